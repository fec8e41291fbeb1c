package main

import (
	"context"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const (
	provisionerAnnotation  = "volume.kubernetes.io/storage-provisioner"
	selectedNodeAnnotation = "volume.kubernetes.io/selected-node"
	provisionedBy          = "pv.kubernetes.io/provisioned-by"

	// localPath is the one provisioner whose volumes belong to a node, if one was
	// selected.
	localPath = "rancher.io/local-path"
)

// serveClaim makes the volume that a claim waits for, or grows the one it has.
func (p *player) serveClaim(ctx context.Context, namespace, name string) error {
	claim, err := p.claims.PersistentVolumeClaims(namespace).Get(name)
	if errors.IsNotFound(err) {
		return nil
	}
	if err != nil || claim.DeletionTimestamp != nil {
		return err
	}
	if claim.Status.Phase == corev1.ClaimBound {
		return p.expand(ctx, claim)
	}
	class := p.classToServe(claim)
	if class == nil {
		return nil
	}
	return p.provision(ctx, claim, class)
}

// classToServe tells whether a claim waits for a volume of ours, and of which
// class.
func (p *player) classToServe(claim *corev1.PersistentVolumeClaim) *storagev1.StorageClass {
	if claim.Spec.VolumeName != "" || claim.Spec.StorageClassName == nil {
		return nil
	}
	class, err := p.classes.Get(*claim.Spec.StorageClassName)
	if err != nil || !ours(class.Provisioner) {
		return nil
	}
	// Kubernetes sets it when no volume that exists would do. Until then one
	// that was made by hand may be bound.
	if claim.Annotations[provisionerAnnotation] != class.Provisioner {
		return nil
	}
	if waitsForConsumer(class) && claim.Annotations[selectedNodeAnnotation] == "" {
		return nil
	}
	return class
}

// ours is false for the provisioners inside Kubernetes, no-provisioner among
// them.
func ours(provisioner string) bool {
	return provisioner != "" && !strings.HasPrefix(provisioner, "kubernetes.io/")
}

func waitsForConsumer(class *storagev1.StorageClass) bool {
	return class.VolumeBindingMode != nil &&
		*class.VolumeBindingMode == storagev1.VolumeBindingWaitForFirstConsumer
}

func (p *player) provision(ctx context.Context, claim *corev1.PersistentVolumeClaim, class *storagev1.StorageClass) error {
	source, err := p.sourceOf(claim)
	if err != nil {
		return err
	}
	volume := p.volumeFor(claim, class)
	owner := fmt.Sprintf("%s/%s %s", claim.Namespace, claim.Name, claim.UID)
	if err := p.disk.create(volumes, volume.Name, source, owner); err != nil {
		return err
	}
	_, err = p.client.CoreV1().PersistentVolumes().Create(ctx, volume, metav1.CreateOptions{})
	if errors.IsAlreadyExists(err) {
		return nil
	}
	return err
}

// volumeFor describes the volume for a claim, bound to it by its UID, so that
// no other claim of that name can get it.
func (p *player) volumeFor(claim *corev1.PersistentVolumeClaim, class *storagev1.StorageClass) *corev1.PersistentVolume {
	policy := corev1.PersistentVolumeReclaimDelete
	if class.ReclaimPolicy != nil {
		policy = *class.ReclaimPolicy
	}
	name := "pvc-" + string(claim.UID)
	volume := &corev1.PersistentVolume{
		ObjectMeta: metav1.ObjectMeta{
			Name:        name,
			Annotations: map[string]string{provisionedBy: class.Provisioner},
		},
		Spec: corev1.PersistentVolumeSpec{
			AccessModes:                   claim.Spec.AccessModes,
			Capacity:                      corev1.ResourceList{corev1.ResourceStorage: claim.Spec.Resources.Requests[corev1.ResourceStorage]},
			ClaimRef:                      claimReference(claim),
			MountOptions:                  class.MountOptions,
			PersistentVolumeReclaimPolicy: policy,
			StorageClassName:              class.Name,
			VolumeAttributesClassName:     claim.Spec.VolumeAttributesClassName,
			VolumeMode:                    claim.Spec.VolumeMode,
		},
	}
	if policy == corev1.PersistentVolumeReclaimDelete {
		volume.Finalizers = []string{volumeFinalizer}
	}
	volume.Spec.PersistentVolumeSource = p.sourceFor(name, class)
	if node := claim.Annotations[selectedNodeAnnotation]; class.Provisioner == localPath && node != "" {
		volume.Spec.NodeAffinity = onNode(node)
	}
	return volume
}

// sourceFor says where a volume's data lies: behind a CSI driver, or in a folder
// if the provisioner is none, which the slash in its name tells.
func (p *player) sourceFor(name string, class *storagev1.StorageClass) corev1.PersistentVolumeSource {
	if strings.Contains(class.Provisioner, "/") {
		create := corev1.HostPathDirectoryOrCreate
		return corev1.PersistentVolumeSource{HostPath: &corev1.HostPathVolumeSource{
			Path: p.disk.path(volumes, name),
			Type: &create,
		}}
	}
	return corev1.PersistentVolumeSource{CSI: &corev1.CSIPersistentVolumeSource{
		Driver:       class.Provisioner,
		VolumeHandle: name,
		FSType:       class.Parameters["csi.storage.k8s.io/fstype"],
	}}
}

func claimReference(claim *corev1.PersistentVolumeClaim) *corev1.ObjectReference {
	return &corev1.ObjectReference{
		APIVersion:      "v1",
		Kind:            "PersistentVolumeClaim",
		Namespace:       claim.Namespace,
		Name:            claim.Name,
		UID:             claim.UID,
		ResourceVersion: claim.ResourceVersion,
	}
}

func onNode(node string) *corev1.VolumeNodeAffinity {
	return &corev1.VolumeNodeAffinity{
		Required: &corev1.NodeSelector{
			NodeSelectorTerms: []corev1.NodeSelectorTerm{{
				MatchExpressions: []corev1.NodeSelectorRequirement{{
					Key:      corev1.LabelHostname,
					Operator: corev1.NodeSelectorOpIn,
					Values:   []string{node},
				}},
			}},
		},
	}
}

// sourceOf returns the folder that a claim's volume starts as a copy of, or
// nothing.
func (p *player) sourceOf(claim *corev1.PersistentVolumeClaim) (string, error) {
	source := claim.Spec.DataSource
	if source == nil {
		return "", nil
	}
	switch source.Kind {
	case "VolumeSnapshot":
		handle, err := p.readyHandle(claim.Namespace, source.Name)
		return p.disk.path(snapshots, handle), err
	case "PersistentVolumeClaim":
		volume, err := p.volumeOf(claim.Namespace, source.Name)
		if err != nil {
			return "", err
		}
		return p.disk.path(volumes, handleOf(volume)), nil
	}
	return "", fmt.Errorf("no data source of kind %s is known here", source.Kind)
}

// volumeOf returns the volume that a claim is bound to.
func (p *player) volumeOf(namespace, name string) (*corev1.PersistentVolume, error) {
	claim, err := p.claims.PersistentVolumeClaims(namespace).Get(name)
	if err != nil {
		return nil, err
	}
	if claim.Status.Phase != corev1.ClaimBound {
		return nil, fmt.Errorf("claim %s/%s is not bound", namespace, name)
	}
	return p.volumes.Get(claim.Spec.VolumeName)
}
