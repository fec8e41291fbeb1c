package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	snapshotv1 "github.com/kubernetes-csi/external-snapshotter/client/v8/apis/volumesnapshot/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

const (
	snapshotFinalizer    = "snapshot.storage.kubernetes.io/volumesnapshot-bound-protection"
	contentFinalizer     = "snapshot.storage.kubernetes.io/volumesnapshotcontent-bound-protection"
	defaultSnapshotClass = "snapshot.storage.kubernetes.io/is-default-class"
)

// serveSnapshot brings a VolumeSnapshot to ready: a content, then a bond in
// both directions. Each step is seen as a change, and leads to the next.
func (p *player) serveSnapshot(ctx context.Context, namespace, name string) error {
	snapshot, err := p.snapshots.VolumeSnapshots(namespace).Get(name)
	if errors.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if snapshot.DeletionTimestamp != nil {
		return p.releaseSnapshot(ctx, snapshot)
	}
	if ready(snapshot) {
		return nil
	}
	if !slices.Contains(snapshot.Finalizers, snapshotFinalizer) {
		snapshot = snapshot.DeepCopy()
		snapshot.Finalizers = append(snapshot.Finalizers, snapshotFinalizer)
		_, err := p.snapshotClient.SnapshotV1().VolumeSnapshots(namespace).Update(ctx, snapshot, metav1.UpdateOptions{})
		return err
	}
	content, err := p.contents.Get(contentName(snapshot))
	switch {
	case errors.IsNotFound(err) && snapshot.Spec.Source.PersistentVolumeClaimName != nil:
		return p.takeSnapshot(ctx, snapshot)
	case errors.IsNotFound(err):
		return nil // Someone else is to make it; then we are called again.
	case err != nil:
		return err
	}
	return p.bind(ctx, snapshot, content)
}

func ready(snapshot *snapshotv1.VolumeSnapshot) bool {
	return snapshot.Status != nil && snapshot.Status.ReadyToUse != nil && *snapshot.Status.ReadyToUse
}

func contentName(snapshot *snapshotv1.VolumeSnapshot) string {
	if name := snapshot.Spec.Source.VolumeSnapshotContentName; name != nil {
		return *name
	}
	return "snapcontent-" + string(snapshot.UID)
}

// takeSnapshot copies a volume's data and makes the content that stands for the
// copy. It waits for a claim that has no volume yet.
func (p *player) takeSnapshot(ctx context.Context, snapshot *snapshotv1.VolumeSnapshot) error {
	volume, err := p.volumeOf(snapshot.Namespace, *snapshot.Spec.Source.PersistentVolumeClaimName)
	if err != nil {
		return nil // Its change calls us again.
	}
	class := p.snapshotClass(snapshot, volume.Annotations[provisionedBy])
	if class == nil {
		return nil // Likewise.
	}
	name := contentName(snapshot)
	owner := fmt.Sprintf("%s/%s %s", snapshot.Namespace, snapshot.Name, snapshot.UID)
	if err := p.disk.create(snapshots, name, p.disk.path(volumes, handleOf(volume)), owner); err != nil {
		return err
	}
	handle := handleOf(volume)
	content := &snapshotv1.VolumeSnapshotContent{
		ObjectMeta: metav1.ObjectMeta{Name: name, Finalizers: []string{contentFinalizer}},
		Spec: snapshotv1.VolumeSnapshotContentSpec{
			DeletionPolicy:          class.DeletionPolicy,
			Driver:                  class.Driver,
			Source:                  snapshotv1.VolumeSnapshotContentSource{VolumeHandle: &handle},
			SourceVolumeMode:        volume.Spec.VolumeMode,
			VolumeSnapshotClassName: &class.Name,
			VolumeSnapshotRef:       snapshotReference(snapshot),
		},
	}
	_, err = p.snapshotClient.SnapshotV1().VolumeSnapshotContents().Create(ctx, content, metav1.CreateOptions{})
	if errors.IsAlreadyExists(err) {
		return nil
	}
	return err
}

func snapshotReference(snapshot *snapshotv1.VolumeSnapshot) corev1.ObjectReference {
	return corev1.ObjectReference{
		APIVersion: "snapshot.storage.k8s.io/v1",
		Kind:       "VolumeSnapshot",
		Namespace:  snapshot.Namespace,
		Name:       snapshot.Name,
		UID:        snapshot.UID,
	}
}

// snapshotClass is the class that a snapshot names, or else the default one for
// the driver of its volume.
func (p *player) snapshotClass(snapshot *snapshotv1.VolumeSnapshot, driver string) *snapshotv1.VolumeSnapshotClass {
	if name := snapshot.Spec.VolumeSnapshotClassName; name != nil {
		class, err := p.snapshotClasses.Get(*name)
		if err != nil || class.Driver != driver {
			return nil
		}
		return class
	}
	classes, _ := p.snapshotClasses.List(labels.Everything())
	for _, class := range classes {
		if class.Driver == driver && class.Annotations[defaultSnapshotClass] == "true" {
			return class
		}
	}
	return nil
}

// bind makes a snapshot and its content know each other.
func (p *player) bind(ctx context.Context, snapshot *snapshotv1.VolumeSnapshot, content *snapshotv1.VolumeSnapshotContent) error {
	reference := content.Spec.VolumeSnapshotRef
	if reference.Namespace != snapshot.Namespace || reference.Name != snapshot.Name ||
		(reference.UID != "" && reference.UID != snapshot.UID) {
		return nil // It belongs to another.
	}
	if reference.UID == "" {
		content = content.DeepCopy()
		content.Spec.VolumeSnapshotRef.UID = snapshot.UID
		_, err := p.snapshotClient.SnapshotV1().VolumeSnapshotContents().Update(ctx, content, metav1.UpdateOptions{})
		return err
	}
	if content.Status == nil || content.Status.ReadyToUse == nil {
		return nil // serveContent is about to say so.
	}
	snapshot = snapshot.DeepCopy()
	created := metav1.NewTime(time.Unix(0, *content.Status.CreationTime))
	snapshot.Status = &snapshotv1.VolumeSnapshotStatus{
		BoundVolumeSnapshotContentName: &content.Name,
		CreationTime:                   &created,
		ReadyToUse:                     content.Status.ReadyToUse,
		RestoreSize:                    p.restoreSize(snapshot),
	}
	_, err := p.snapshotClient.SnapshotV1().VolumeSnapshots(snapshot.Namespace).UpdateStatus(ctx, snapshot, metav1.UpdateOptions{})
	return err
}

// serveContent says of a content that its data is there, and destroys the data
// with it if its policy says so.
func (p *player) serveContent(ctx context.Context, name string) error {
	content, err := p.contents.Get(name)
	if errors.IsNotFound(err) {
		return nil
	}
	if err != nil || !ours(content.Spec.Driver) {
		return err
	}
	if content.DeletionTimestamp != nil {
		return p.destroyContent(ctx, content)
	}
	if content.Status != nil && content.Status.ReadyToUse != nil {
		return nil
	}
	handle, now, isReady := snapshotHandle(content), time.Now().UnixNano(), true
	content = content.DeepCopy()
	content.Status = &snapshotv1.VolumeSnapshotContentStatus{
		CreationTime:   &now,
		ReadyToUse:     &isReady,
		SnapshotHandle: &handle,
	}
	_, err = p.snapshotClient.SnapshotV1().VolumeSnapshotContents().UpdateStatus(ctx, content, metav1.UpdateOptions{})
	return err
}

// snapshotHandle names the folder with the data of a content.
func snapshotHandle(content *snapshotv1.VolumeSnapshotContent) string {
	if handle := content.Spec.Source.SnapshotHandle; handle != nil {
		return *handle
	}
	return content.Name
}

// releaseSnapshot takes leave of a snapshot that is being deleted: its content
// goes with it, or stays, as the content's policy says.
func (p *player) releaseSnapshot(ctx context.Context, snapshot *snapshotv1.VolumeSnapshot) error {
	content, err := p.contents.Get(contentName(snapshot))
	if err != nil && !errors.IsNotFound(err) {
		return err
	}
	if err == nil && content.Spec.VolumeSnapshotRef.UID == snapshot.UID &&
		content.Spec.DeletionPolicy == snapshotv1.VolumeSnapshotContentDelete {
		err = p.snapshotClient.SnapshotV1().VolumeSnapshotContents().Delete(ctx, content.Name, metav1.DeleteOptions{})
		if err != nil && !errors.IsNotFound(err) {
			return err
		}
	}
	// It may have been deleted first, and have waited for this.
	p.queue.Add(key{contentKind, "", contentName(snapshot)})
	if !slices.Contains(snapshot.Finalizers, snapshotFinalizer) {
		return nil
	}
	snapshot = snapshot.DeepCopy()
	snapshot.Finalizers = slices.DeleteFunc(snapshot.Finalizers, func(f string) bool { return f == snapshotFinalizer })
	_, err = p.snapshotClient.SnapshotV1().VolumeSnapshots(snapshot.Namespace).Update(ctx, snapshot, metav1.UpdateOptions{})
	if errors.IsNotFound(err) {
		return nil
	}
	return err
}

// destroyContent lets a content go, which waits for its snapshot to go first.
func (p *player) destroyContent(ctx context.Context, content *snapshotv1.VolumeSnapshotContent) error {
	if p.inUse(content) {
		return nil
	}
	if content.Spec.DeletionPolicy == snapshotv1.VolumeSnapshotContentDelete {
		reference := content.Spec.VolumeSnapshotRef
		err := p.disk.destroy(snapshots, snapshotHandle(content), destruction{
			name:  "snapshot " + content.Name,
			owner: reference.Namespace + "/" + reference.Name,
			uid:   string(reference.UID),
		})
		if err != nil {
			return err
		}
	}
	if !slices.Contains(content.Finalizers, contentFinalizer) {
		return nil
	}
	content = content.DeepCopy()
	content.Finalizers = slices.DeleteFunc(content.Finalizers, func(f string) bool { return f == contentFinalizer })
	_, err := p.snapshotClient.SnapshotV1().VolumeSnapshotContents().Update(ctx, content, metav1.UpdateOptions{})
	if errors.IsNotFound(err) {
		return nil
	}
	return err
}

func (p *player) inUse(content *snapshotv1.VolumeSnapshotContent) bool {
	reference := content.Spec.VolumeSnapshotRef
	snapshot, err := p.snapshots.VolumeSnapshots(reference.Namespace).Get(reference.Name)
	return err == nil && snapshot.UID == reference.UID && snapshot.DeletionTimestamp == nil
}

// readyHandle names the data of a snapshot that can be restored.
func (p *player) readyHandle(namespace, name string) (string, error) {
	snapshot, err := p.snapshots.VolumeSnapshots(namespace).Get(name)
	if err != nil {
		return "", err
	}
	if !ready(snapshot) {
		return "", fmt.Errorf("snapshot %s/%s is not ready", namespace, name)
	}
	content, err := p.contents.Get(*snapshot.Status.BoundVolumeSnapshotContentName)
	if err != nil {
		return "", err
	}
	return snapshotHandle(content), nil
}

// restoreSize is the size of the volume that a snapshot was taken of, if that
// is still there.
func (p *player) restoreSize(snapshot *snapshotv1.VolumeSnapshot) *resource.Quantity {
	claim := snapshot.Spec.Source.PersistentVolumeClaimName
	if claim == nil {
		return nil
	}
	volume, err := p.volumeOf(snapshot.Namespace, *claim)
	if err != nil {
		return nil
	}
	size := volume.Spec.Capacity[corev1.ResourceStorage]
	return &size
}
