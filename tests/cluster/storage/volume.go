package main

import (
	"context"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// volumeFinalizer keeps a volume with the policy Delete until its data is
// destroyed, whichever of claim and volume is deleted first
// (KEP-2644, HonorPVReclaimPolicy).
const volumeFinalizer = "external-provisioner.volume.kubernetes.io/finalizer"

// serveVolume destroys a volume that nobody claims any more, if its policy says
// so.
func (p *player) serveVolume(ctx context.Context, name string) error {
	volume, err := p.volumes.Get(name)
	if errors.IsNotFound(err) {
		return nil
	}
	if err != nil || !ours(volume.Annotations[provisionedBy]) {
		return err
	}
	if mayDestroy(volume) {
		return p.destroyVolume(ctx, volume)
	}
	return p.keepFinalizer(ctx, volume)
}

func mayDestroy(volume *corev1.PersistentVolume) bool {
	if volume.DeletionTimestamp != nil && !slices.Contains(volume.Finalizers, volumeFinalizer) {
		return false
	}
	return volume.Status.Phase == corev1.VolumeReleased &&
		volume.Spec.PersistentVolumeReclaimPolicy == corev1.PersistentVolumeReclaimDelete
}

func (p *player) destroyVolume(ctx context.Context, volume *corev1.PersistentVolume) error {
	// Data cannot be brought back: what the watch says may be old.
	volume, err := p.client.CoreV1().PersistentVolumes().Get(ctx, volume.Name, metav1.GetOptions{})
	if errors.IsNotFound(err) {
		return nil
	}
	if err != nil || !mayDestroy(volume) {
		return err
	}
	claim := volume.Spec.ClaimRef
	err = p.disk.destroy(volumes, handleOf(volume), destruction{
		name:  volume.Name,
		owner: claim.Namespace + "/" + claim.Name,
		uid:   string(claim.UID),
	})
	if err != nil {
		return err
	}
	err = p.client.CoreV1().PersistentVolumes().Delete(ctx, volume.Name, metav1.DeleteOptions{
		Preconditions: metav1.NewUIDPreconditions(string(volume.UID)),
	})
	if err != nil && !errors.IsNotFound(err) {
		return err
	}
	// What the deletion changed is read again when it is seen.
	fresh, err := p.client.CoreV1().PersistentVolumes().Get(ctx, volume.Name, metav1.GetOptions{})
	if errors.IsNotFound(err) {
		return nil
	}
	if err != nil || fresh.UID != volume.UID {
		return err
	}
	return p.setFinalizer(ctx, fresh, false)
}

// keepFinalizer holds the finalizer on volumes with the policy Delete and on no
// others: a volume under Retain goes without its data.
func (p *player) keepFinalizer(ctx context.Context, volume *corev1.PersistentVolume) error {
	destructible := volume.Spec.PersistentVolumeReclaimPolicy == corev1.PersistentVolumeReclaimDelete
	if destructible && volume.DeletionTimestamp != nil {
		return nil // No finalizer can be added to what is being deleted.
	}
	return p.setFinalizer(ctx, volume, destructible)
}

func (p *player) setFinalizer(ctx context.Context, volume *corev1.PersistentVolume, wanted bool) error {
	if slices.Contains(volume.Finalizers, volumeFinalizer) == wanted {
		return nil
	}
	volume = volume.DeepCopy()
	if wanted {
		volume.Finalizers = append(volume.Finalizers, volumeFinalizer)
	} else {
		volume.Finalizers = slices.DeleteFunc(volume.Finalizers, func(f string) bool { return f == volumeFinalizer })
	}
	_, err := p.client.CoreV1().PersistentVolumes().Update(ctx, volume, metav1.UpdateOptions{})
	if errors.IsNotFound(err) {
		return nil
	}
	return err
}

// handleOf names the folder with the data of a volume. It is not the name of
// the object: someone may make another for the same data.
func handleOf(volume *corev1.PersistentVolume) string {
	switch {
	case volume.Spec.CSI != nil:
		return volume.Spec.CSI.VolumeHandle
	case volume.Spec.HostPath != nil:
		return volume.Spec.HostPath.Path
	}
	return volume.Name
}

// expand grows a volume to what its claim asks for. Whether the class allows it
// the API server has decided when it took the request.
func (p *player) expand(ctx context.Context, claim *corev1.PersistentVolumeClaim) error {
	wanted := claim.Spec.Resources.Requests[corev1.ResourceStorage]
	if have := claim.Status.Capacity[corev1.ResourceStorage]; wanted.Cmp(have) <= 0 {
		return nil
	}
	volume, err := p.volumes.Get(claim.Spec.VolumeName)
	if err != nil || !ours(volume.Annotations[provisionedBy]) {
		return err
	}
	if have := volume.Spec.Capacity[corev1.ResourceStorage]; wanted.Cmp(have) > 0 {
		volume = volume.DeepCopy()
		volume.Spec.Capacity[corev1.ResourceStorage] = wanted
		if _, err := p.client.CoreV1().PersistentVolumes().Update(ctx, volume, metav1.UpdateOptions{}); err != nil {
			return err
		}
	}
	claim = claim.DeepCopy()
	if claim.Status.Capacity == nil {
		claim.Status.Capacity = corev1.ResourceList{}
	}
	claim.Status.Capacity[corev1.ResourceStorage] = wanted
	claim.Status.Conditions = nil
	_, err = p.client.CoreV1().PersistentVolumeClaims(claim.Namespace).UpdateStatus(ctx, claim, metav1.UpdateOptions{})
	return err
}
