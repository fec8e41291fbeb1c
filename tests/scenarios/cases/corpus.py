"""The corpus (tests/corpus) synced whole: after that nothing is left to say, to ask or to write."""

from stage import places
from stage.checks import expect, expect_equal
from stage.program import document
from stage.runner import scenario

BED = "own"
SECONDS = 60


@scenario("43 kinds, three of them our own: in sync after a sync, without one dry run; one field less is one change")
def round_trip(scene):
    repo = given_the_corpus(scene)
    scene.sync(repo)

    since = scene.bed.audit.now()
    quiet = document(scene.diff(repo, "-o", "json", status=0))
    expect_equal(changed(quiet), [], "changes")
    expect_equal(dry_runs(scene, since), [], "dry runs of a diff of what is in sync")

    scene.mark()
    again = scene.sync_document(repo)
    scene.wrote_nothing()
    expect_equal({one["outcome"] for one in again["outcomes"]}, {"unchanged"}, "outcomes")
    expect_equal(dry_runs(scene, since), [], "dry runs of a second sync")
    one_field_less(scene, repo)


def one_field_less(scene, repo):
    repo.replace("postgres/config.yaml", "  RATIO: \"0.50\"\n", "").commit("Drop a key")
    changes = document(scene.diff(repo, "-o", "json", status=1))
    expect_equal(changed(changes), [("update", "ConfigMap", "postgres-env", ["data.RATIO"])],
                 "changes")
    scene.sync(repo)
    expect("RATIO" not in scene.get("configmap", "postgres-env")["data"], "the key is gone")
    scene.diff(repo, status=0)


def given_the_corpus(scene):
    scene.begin_anew("corpus")  # What it names across namespaces is in this one.
    repo = scene.repository()
    repo.copy(places.ROOT / "tests" / "corpus").remove("README.md").commit("Add the corpus")
    return repo


def changed(diff):
    """What is not only there for a remark of the guard."""
    return [(one["action"], one["kind"], one["name"], [field["path"] for field in one["fields"]])
            for one in diff["changes"] if one["action"] != "none"]


def dry_runs(scene, since):
    return [str(one) for one in scene.bed.audit.requests(since, "holdfast")
            if one.dry_run]
