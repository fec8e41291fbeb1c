"""The manifests of a book, as published: what a newcomer will try first.

They are not in this repository. $HOLDFAST_BOOK names their folder; the default is
shared/data/book beside the repository.
"""

import os
import pathlib

from stage import places
from stage.checks import expect, expect_words
from stage.runner import scenario

BED = "own"  # Its claims want a default class, which is the whole cluster's.
SECONDS = 25

BOOK = pathlib.Path(os.environ.get("HOLDFAST_BOOK", places.ROOT.parent / "shared/data/book"))
ODD_FILES = ("cassandra-statefulset-orig.yaml", "k8ssandra-sts-example.yaml")


def missing():
    return None if BOOK.is_dir() else f"there is no folder {BOOK} (set $HOLDFAST_BOOK)"


@scenario("chapter 3's WordPress with chapter 2's class: healthy, and in the right order")
def wordpress(scene):
    given_a_default_class(scene)
    repo = scene.repository()
    repo.copy(BOOK / "ch3-mysql", "ch3-mysql")
    repo.write("ch2-storage/local-path-sc.yaml",
               (BOOK / "ch2-storage/local-path-sc.yaml").read_text())
    repo.commit()

    scene.diff(repo, status=1)
    scene.sync(repo)

    order = [scene.request_that_wrote(*one) for one in (
        ("storageclasses", "local-path"), ("secrets", "mysql-root-password"),
        ("persistentvolumeclaims", "mysql-pv-claim"), ("services", "wordpress-mysql"),
        ("deployments", "wordpress-mysql"), ("deployments", "wordpress"))]
    for first, second in zip(order, order[1:]):
        expect(first.answered <= second.received, f"order:\n{first}\nbefore\n{second}")
    expect(scene.ready("deployment", "wordpress-mysql", 1), "MySQL is ready")
    expect(scene.ready("deployment", "wordpress", 1), "WordPress is ready")
    expect(scene.bound("mysql-pv-claim", "wp-pv-claim"), "the claims are bound")
    scene.mark()
    scene.sync(repo)
    scene.wrote_nothing()


@scenario("chapter 3's Cassandra as it stands: refused, a sentence for each cause, no write")
def cassandra_as_it_stands(scene):
    for command in ("lint", "diff", "sync"):
        told = scene.holdfast(command, str(BOOK / "ch3-cassandra"), "--name", scene.name,
                              "--namespace", scene.namespace, status=3)
        expect_words(told.out, *ODD_FILES, "cassandra-statefulset.yaml", "StatefulSet",
                     "H-H4",                         # Two documents of one identity.
                     "H-B5", "ownerReferences")      # A live dump, owned by somebody else.
    scene.wrote_nothing()


@scenario("the same without its two odd files, and class standard made by hand: three nodes")
def cassandra(scene):
    given_a_default_class(scene)
    repo = scene.repository()
    repo.copy(BOOK / "ch3-cassandra").remove(*ODD_FILES).commit()
    scene.diff(repo, status=1)
    scene.sync(repo)
    expect(scene.ready("statefulset", "cassandra", 3), "three nodes are ready")
    expect(scene.bound(*(f"cassandra-data-cassandra-{i}" for i in range(3))), "three claims")


def given_a_default_class(scene):
    """As minikube and kind have it."""
    scene.bed.apply("""
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata:
  name: standard
  annotations: {storageclass.kubernetes.io/is-default-class: "true"}
provisioner: k8s.io/minikube-hostpath
volumeBindingMode: Immediate
""")
