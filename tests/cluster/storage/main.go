// Storage plays every storage provider of the test bed: it serves claims and
// snapshots as external-provisioner, external-resizer and external-snapshotter
// do, with folders for volumes, and keeps a record of what it destroyed.
package main

import (
	"context"
	"flag"
	"os/signal"
	"syscall"

	snapshotclient "github.com/kubernetes-csi/external-snapshotter/client/v8/clientset/versioned"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/klog/v2"
)

func main() {
	kubeconfig := flag.String("kubeconfig", "", "how to reach the API server")
	bed := flag.String("bed", "", "folder of the bed: volumes, snapshots and destroyed.log lie in it")
	flag.Parse()

	config, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
	if err != nil {
		klog.Fatal(err)
	}
	config.UserAgent = "bed-storage/v1"
	config.QPS = -1 // The test is the only limit.

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	player := newPlayer(
		kubernetes.NewForConfigOrDie(config),
		snapshotclient.NewForConfigOrDie(config),
		&disk{root: *bed})
	player.run(ctx)
}
