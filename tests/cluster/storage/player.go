package main

import (
	"context"
	"sync"
	"time"

	snapshotclient "github.com/kubernetes-csi/external-snapshotter/client/v8/clientset/versioned"
	snapshotinformers "github.com/kubernetes-csi/external-snapshotter/client/v8/informers/externalversions"
	snapshotlisters "github.com/kubernetes-csi/external-snapshotter/client/v8/listers/volumesnapshot/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	corelisters "k8s.io/client-go/listers/core/v1"
	storagelisters "k8s.io/client-go/listers/storage/v1"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/util/workqueue"
	"k8s.io/klog/v2"
)

// player reacts to changes of claims, volumes and snapshots. Each change queues
// the objects that it may concern; a worker then compares such an object with
// what should be, and does one thing. Nothing is done by the clock.
type player struct {
	client         kubernetes.Interface
	snapshotClient snapshotclient.Interface
	disk           *disk
	queue          workqueue.TypedRateLimitingInterface[key]

	informers         informers.SharedInformerFactory
	snapshotInformers snapshotinformers.SharedInformerFactory

	claims          corelisters.PersistentVolumeClaimLister
	volumes         corelisters.PersistentVolumeLister
	classes         storagelisters.StorageClassLister
	snapshots       snapshotlisters.VolumeSnapshotLister
	contents        snapshotlisters.VolumeSnapshotContentLister
	snapshotClasses snapshotlisters.VolumeSnapshotClassLister
}

// key names an object and what kind it is. All volumes lie in no namespace.
type key struct {
	kind      kind
	namespace string
	name      string
}

type kind string

const (
	claimKind    kind = "claim"
	volumeKind   kind = "volume"
	snapshotKind kind = "snapshot"
	contentKind  kind = "content"
)

func newPlayer(client kubernetes.Interface, snapshotClient snapshotclient.Interface, disk *disk) *player {
	core := informers.NewSharedInformerFactory(client, 0)
	snap := snapshotinformers.NewSharedInformerFactory(snapshotClient, 0)
	p := &player{
		client:            client,
		snapshotClient:    snapshotClient,
		disk:              disk,
		informers:         core,
		snapshotInformers: snap,
		queue: workqueue.NewTypedRateLimitingQueue(
			workqueue.NewTypedItemExponentialFailureRateLimiter[key](20*time.Millisecond, 5*time.Second)),
		claims:          core.Core().V1().PersistentVolumeClaims().Lister(),
		volumes:         core.Core().V1().PersistentVolumes().Lister(),
		classes:         core.Storage().V1().StorageClasses().Lister(),
		snapshots:       snap.Snapshot().V1().VolumeSnapshots().Lister(),
		contents:        snap.Snapshot().V1().VolumeSnapshotContents().Lister(),
		snapshotClasses: snap.Snapshot().V1().VolumeSnapshotClasses().Lister(),
	}
	p.watch()
	return p
}

// watch decides which objects a change may concern.
func (p *player) watch() {
	core, storage := p.informers.Core().V1(), p.informers.Storage().V1()
	snap := p.snapshotInformers.Snapshot().V1()
	on(core.PersistentVolumeClaims().Informer(), func(namespace, name string) {
		p.queue.Add(key{claimKind, namespace, name})
		p.addSnapshots(namespace)
	})
	on(core.PersistentVolumes().Informer(), func(_, name string) {
		p.queue.Add(key{volumeKind, "", name})
		p.addClaimOf(name)
	})
	on(storage.StorageClasses().Informer(), func(_, _ string) { p.addClaims("") })
	on(snap.VolumeSnapshots().Informer(), func(namespace, name string) {
		p.queue.Add(key{snapshotKind, namespace, name})
		p.addClaims(namespace)
	})
	on(snap.VolumeSnapshotContents().Informer(), func(_, name string) {
		p.queue.Add(key{contentKind, "", name})
		p.addSnapshotOf(name)
	})
	on(snap.VolumeSnapshotClasses().Informer(), func(_, _ string) { p.addSnapshots("") })
}

// on calls changed with the name of each object that is new, other or gone.
func on(informer cache.SharedIndexInformer, changed func(namespace, name string)) {
	notify := func(object any) {
		if name, err := cache.DeletionHandlingObjectToName(object); err == nil {
			changed(name.Namespace, name.Name)
		}
	}
	// It fails only when the informer has been stopped.
	_, _ = informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    notify,
		UpdateFunc: func(_, object any) { notify(object) },
		DeleteFunc: notify,
	})
}

func (p *player) addClaims(namespace string) {
	claims, _ := p.claims.PersistentVolumeClaims(namespace).List(labels.Everything())
	for _, claim := range claims {
		p.queue.Add(key{claimKind, claim.Namespace, claim.Name})
	}
}

func (p *player) addSnapshots(namespace string) {
	snapshots, _ := p.snapshots.VolumeSnapshots(namespace).List(labels.Everything())
	for _, snapshot := range snapshots {
		p.queue.Add(key{snapshotKind, snapshot.Namespace, snapshot.Name})
	}
}

func (p *player) addClaimOf(volume string) {
	if v, err := p.volumes.Get(volume); err == nil && v.Spec.ClaimRef != nil {
		p.queue.Add(key{claimKind, v.Spec.ClaimRef.Namespace, v.Spec.ClaimRef.Name})
	}
}

func (p *player) addSnapshotOf(content string) {
	if c, err := p.contents.Get(content); err == nil {
		p.queue.Add(key{snapshotKind, c.Spec.VolumeSnapshotRef.Namespace, c.Spec.VolumeSnapshotRef.Name})
	}
}

// run works until ctx is done.
func (p *player) run(ctx context.Context) {
	p.informers.Start(ctx.Done())
	p.snapshotInformers.Start(ctx.Done())
	p.informers.WaitForCacheSync(ctx.Done())
	p.snapshotInformers.WaitForCacheSync(ctx.Done())

	var workers sync.WaitGroup
	for range 4 {
		workers.Go(func() {
			for p.work(ctx) {
			}
		})
	}
	<-ctx.Done()
	p.queue.ShutDown()
	workers.Wait()
}

func (p *player) work(ctx context.Context) bool {
	item, stopped := p.queue.Get()
	if stopped {
		return false
	}
	defer p.queue.Done(item)
	if err := p.serve(ctx, item); err != nil {
		klog.Infof("%s %s/%s: %v", item.kind, item.namespace, item.name, err)
		p.queue.AddRateLimited(item)
		return true
	}
	p.queue.Forget(item)
	return true
}

func (p *player) serve(ctx context.Context, item key) error {
	switch item.kind {
	case claimKind:
		return p.serveClaim(ctx, item.namespace, item.name)
	case volumeKind:
		return p.serveVolume(ctx, item.name)
	case snapshotKind:
		return p.serveSnapshot(ctx, item.namespace, item.name)
	default:
		return p.serveContent(ctx, item.name)
	}
}
