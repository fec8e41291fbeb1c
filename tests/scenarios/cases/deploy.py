"""The example repository onto an empty cluster, and once more."""

from stage.checks import expect, expect_equal
from stage.program import document
from stage.runner import scenario

BED = "own"
SECONDS = 25

# Each row is written before the next one begins.
ORDER = [
    [("storageclasses", "local-path")],
    [("secrets", "mysql")],
    [("persistentvolumeclaims", "mysql-data"), ("persistentvolumeclaims", "wordpress-data")],
    [("services", "mysql"), ("services", "wordpress"), ("services", "cassandra")],
    [("deployments", "mysql")],
    [("deployments", "wordpress")],
]


@scenario("the example becomes healthy on an empty cluster, each thing after what it needs")
def example_on_an_empty_cluster(scene):
    repo = scene.example("storage", "mysql", "cassandra")
    repo.replace_everywhere(scene.storage_class, "local-path").commit("Add the databases")

    diff = scene.diff_document(repo, status=1)
    expect_equal(diff["summary"]["create"], 13, "objects to create")
    scene.plan(repo, status=1)
    scene.wrote_nothing()

    scene.sync(repo)

    written_in_order(scene, ORDER)
    written_in_order(scene, [[("services", "cassandra")], [("statefulsets", "cassandra")]])
    expect(scene.ready("deployment", "mysql", 1), "MySQL is ready")
    expect(scene.ready("deployment", "wordpress", 1), "WordPress is ready")
    expect(scene.ready("statefulset", "cassandra", 3), "Cassandra is ready")
    expect(scene.bound("mysql-data", "wordpress-data", "data-cassandra-0", "data-cassandra-1",
                       "data-cassandra-2"), "every claim is bound")

    scene.mark()
    again = scene.sync_document(repo)
    scene.wrote_nothing()
    expect_equal({one["outcome"] for one in again["outcomes"]}, {"unchanged"}, "outcomes")
    quiet = document(scene.diff(repo, "-o", "json", status=0))
    expect_equal(quiet["changes"], [], "changes afterwards")
    scene.plan(repo, status=0)
    scene.wrote_nothing()


@scenario("WordPress is written only when MySQL is ready, not merely there")
def database_before_its_client(scene):
    repo = scene.example("storage", "mysql")
    repo.replace("mysql/deployment.yaml", "    metadata:\n      labels:",
                 '    metadata:\n      annotations: {bed.holdfast.dev/ready-after: "3s"}\n'
                 "      labels:")
    repo.commit()

    scene.sync(repo)

    database = scene.request_that_wrote("deployments", "mysql")
    client = scene.request_that_wrote("deployments", "wordpress")
    waited = (client.received - database.answered).total_seconds()
    expect(waited >= 2.5, f"WordPress came {waited} s after a MySQL that is ready after 3 s")


@scenario("a folder on disk is synced like a repository")
def folder_on_disk(scene):
    repo = scene.example("storage", "mysql")
    where = [str(repo.folder), "--name", scene.name, "--namespace", scene.namespace]
    scene.holdfast("diff", *where, status=1)
    scene.holdfast("sync", *where)
    expect(scene.ready("deployment", "wordpress", 1), "WordPress is ready")
    scene.mark()
    scene.holdfast("sync", *where)
    scene.holdfast("diff", *where, status=0)
    scene.wrote_nothing()


def written_in_order(scene, rows):
    """The API server had answered every write of a row before it was asked for the next."""
    rows = [[scene.request_that_wrote(*one) for one in row] for row in rows]
    for before, after in zip(rows, rows[1:]):
        for first in before:
            for second in after:
                expect(first.answered <= second.received, f"order:\n{first}\nbefore\n{second}")


@scenario("bare Pods in namespaces that come with them")
def with_its_namespace(scene):
    repo = scene.repository()
    for i in range(8):
        repo.write(f"{i}.yaml", f"""
            apiVersion: v1
            kind: Namespace
            metadata: {{name: {scene.name}-{i}}}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {{name: alone, namespace: {scene.name}-{i}}}
            spec: {{containers: [{{name: c, image: "registry.example/app:1"}}]}}
            """)
    repo.commit()
    scene.sync(repo)
    scene.diff(repo, status=0)
