"""Accidents of Git around a running MySQL: what is missing in a revision is never a deletion."""

from cases.approve import given_mysql, reasons
from stage.checks import expect, expect_equal, expect_words
from stage.runner import scenario

SECONDS = 60


@scenario("an emptied path, one ConfigMap left, a file with an error, an older commit, a branch that is gone")
def of_git(scene):
    repo = given_mysql(scene)
    first = repo.git("rev-parse", "HEAD")
    repo.write("note.yaml", "{apiVersion: v1, kind: ConfigMap, metadata: {name: note}}")
    good = repo.commit()
    scene.sync(repo)
    uids = scene.uids("persistentvolumeclaims", "deployments", "secrets")
    scene.mark()

    repo.remove("mysql", "storage", "note.yaml").write("README.md", "moved").commit()
    told = scene.sync_document(repo, status=3)
    expect_equal((told["verdict"], hazards(told)), ("hold", {"H-H1"}), "an emptied path")

    repo.back_to(good)
    repo.remove("mysql", "storage").commit()
    told = scene.sync_document(repo, status=3)
    expect_equal(told["verdict"], "refuse", "verdict of one ConfigMap left")
    expect("H-H1" in hazards(told) and "H-A1" in hazards(told), f"one ConfigMap left: {told}")

    repo.back_to(good)
    repo.write("mysql/claim.yaml", "kind: [\n").commit()
    told = scene.sync_document(repo, status=3)
    expect_equal((told["verdict"], hazards(told)), ("hold", {"H-H3"}), "a file with an error")

    repo.back_to(first)
    told = scene.sync_document(repo, status=3)
    expect_equal((told["verdict"], "H-H2" in hazards(told)), ("hold", True), "an older commit")

    repo.git("branch", "-m", "main", "trunk")
    ended = scene.sync(repo, status=2)
    expect_words(ended.err, 'no branch, tag or commit "main"', "trunk")

    scene.wrote_nothing()
    expect_equal(scene.uids("persistentvolumeclaims", "deployments", "secrets"), uids, "uids")
    expect_equal(scene.bed.destroyed(), [], "destroyed volumes")


@scenario("MySQL 8.4 back to 8.0 by a revert, 5.7 to 8.4, Cassandra 3.11 to 5.0: refused; 8.0 to 8.4, 4.1 to 5.0: approval")
def of_versions(scene):
    for i, (before, after, ruling) in enumerate((
            ("mysql:8.4.10", "mysql:8.0.40", "refuse"),
            ("mysql:5.7.44", "mysql:8.4.6", "refuse"),
            ("mysql:8.0.40", "mysql:8.4.6", "approval"),
            ("cassandra:3.11.17", "cassandra:5.0.2", "refuse"),
            ("cassandra:4.1.10", "cassandra:5.0.2", "approval"))):
        place = scene.another(str(i))
        engine = before.split(":")[0]
        file = {"mysql": "mysql/deployment.yaml", "cassandra": "cassandra/statefulset.yaml"}[engine]
        repo = place.example("storage", engine)
        repo.replace(file, {"mysql": "mysql:8.4.6", "cassandra": "cassandra:4.1.10"}[engine], before)
        first = repo.commit()
        place.sync(repo)
        repo.replace(file, before, after).commit()
        place.mark()
        told = place.sync_document(repo, status=3)
        rulings = {one["ruling"] for one in all_findings(told) if one["hazard"] == "H-F10"}
        expect_equal(rulings & {"refuse", "approval"}, {ruling}, f"{before} to {after}")
        place.wrote_nothing()
        repo.git("revert", "--no-edit", "HEAD")
        place.diff(repo, status=0)
        expect(first != repo.git("rev-parse", "HEAD"), "it is a commit of its own")
    expect_equal(scene.bed.destroyed(), [], "destroyed volumes")


@scenario("a template put back by hand while OnDelete keeps the newer pods: what runs is judged, not the template")
def of_versions_that_run(scene):
    repo = scene.example("storage", "cassandra")
    file = "cassandra/statefulset.yaml"
    repo.replace(file, "type: RollingUpdate", "type: OnDelete")
    repo.replace(file, "cassandra:4.1.10", "cassandra:5.0.2").commit()
    scene.sync(repo)
    scene.kubectl("set", "image", "statefulset/cassandra", "cassandra=cassandra:4.1.10")
    repo.replace(file, "cassandra:5.0.2", "cassandra:4.1.10")
    repo.replace(file, "value: 1024M", "value: 2048M").commit()
    scene.mark()
    told = scene.sync_document(repo, status=3)
    refused = [one for one in all_findings(told)
               if one["hazard"] == "H-F10" and one["ruling"] == "refuse"]
    expect_equal(len(refused), 1, "refusals by H-F10")
    expect_words(refused[0]["reason"], "5.0.2", "4.1.10")
    scene.wrote_nothing()
    expect_equal(scene.bed.destroyed(), [], "destroyed volumes")


def all_findings(told):
    return told["findings"] + [one for change in told["changes"] for one in change["findings"]]


def hazards(told):
    return {one["hazard"] for one in all_findings(told) if one["ruling"] in ("approval", "refuse", "hold")}
