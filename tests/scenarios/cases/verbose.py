"""-v: what answered for each object, and why it took so much."""

from stage.checks import expect, expect_words
from stage.runner import scenario

SECONDS = 10


@scenario("-v tells of each object which rung of the ladder answered, and why")
def rungs(scene):
    repo = scene.repository()
    config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s}\ndata: {key: %s}\n"
    repo.write("same.yaml", config % ("same", "a"))
    repo.write("changed.yaml", config % ("changed", "a")).commit()
    scene.sync(repo)

    later = f"{scene.name}-later"
    repo.write("changed.yaml", config % ("changed", "b"))
    repo.write("new.yaml", config % ("new", "a"))
    repo.write("later.yaml", f"apiVersion: v1\nkind: Namespace\nmetadata: {{name: {later}}}\n---\n"
               + config.replace("name: %s", f"name: x, namespace: {later}", 1) % "a").commit()
    quiet = scene.diff(repo, status=1)
    expect("dry run" not in quiet.err, f"nothing of it without -v:\n{quiet.err}")
    told = scene.diff(repo, "-v", status=1)
    for name, words in {
            f"{scene.namespace}/same": "nothing to do, compared here without a request",
            f"{scene.namespace}/changed": "dry run on the server, since it differs",
            f"{scene.namespace}/new": "dry run on the server, since it is not there yet",
            f"{later}/x": "asked later, since its namespace or its kind comes with this plan",
    }.items():
        expect_words(told.err, f"ConfigMap {name}: {words}")


@scenario("-v shows a long text whole, which is cut with a count otherwise")
def long_values(scene):
    repo = scene.repository()
    lines = "".join(f"    line {number}\n" for number in range(60))
    config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: long}\ndata:\n  file: |\n"
    repo.write("long.yaml", config + "    short\n").commit()
    scene.sync(repo)
    repo.write("long.yaml", config + lines).commit()
    expect_words(scene.diff(repo, status=1).out, "more lines)")
    expect_words(scene.diff(repo, "-v", status=1).out, "+ line 0\n", "+ line 59\n")
