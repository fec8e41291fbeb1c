"""A word planted wherever a Secret holds values comes out nowhere, however it is written."""

import base64
import json

from stage.checks import expect
from stage.runner import scenario

BED = "own"
SECONDS = 40

# What is planted is such a word amid letters that every encoding writes otherwise.
WORDS = {"data": "Zq7xK4d6f", "text": "Yw3vJ8a1c", "applied": "Xt5uH77e2", "later": "Wr9sG20b4",
         "wrong": "Vp1mF63d8"}


@scenario("not in any output, log, event, request or record of a Secret's whole life")
def a_whole_life(scene):
    since = scene.bed.audit.now()
    repo = scene.repository()
    repo.write("planted.yaml", secret("planted", data="data", text="text")).commit()
    say_everything(scene, repo, status=1)
    scene.sync(repo, "-v")
    say_everything(scene, repo, status=0)

    # Written by kubectl, which keeps the whole object in an annotation; then taken over.
    scene.kubectl("apply", "-f", "-", stdin=secret("taken", data="applied", text="applied"))
    repo.write("taken.yaml", secret("taken", data="later", text="later")).commit()
    say_everything(scene, repo, status=1)
    scene.sync(repo, "-o", "json")
    say_everything(scene, repo, status=0)

    # Somebody else writes; a key goes; all of it goes.
    scene.kubectl("patch", "secret", "planted", "--type=merge", "-p",
                  json.dumps({"data": {"password": encoded("later")}}))
    say_everything(scene, repo, status=1)
    scene.sync(repo, "-v", status=(0, 2, 3))
    repo.write("planted.yaml", secret("planted", data="data")).commit()
    say_everything(scene, repo, status=(1, 3))
    scene.sync(repo, "-v", status=(0, 2, 3))
    repo.remove("taken.yaml").commit()
    say_everything(scene, repo, status=(1, 3))
    scene.sync(repo, "-v", status=(0, 2, 3))
    comes_out_nowhere(scene, since)


@scenario("not in what the server or we say of a Secret that is wrong")
def what_is_wrong(scene):
    since = scene.bed.audit.now()
    repo = scene.repository()
    repo.write("kept.yaml", secret("kept", text="text", more="immutable: true")).commit()
    scene.sync(repo)
    word = planted("wrong")
    spoiled = {
        "of an immutable one": secret("kept", text="wrong", more="immutable: true"),
        "of another type": secret("kept", text="text", more="immutable: true\ntype: example.com/x"),
        "no certificate": secret("x", text="wrong", more="type: kubernetes.io/tls"),
        "no account": secret("x", more="type: kubernetes.io/dockerconfigjson\n"
                             "stringData: {.dockerconfigjson: " + json.dumps(word) + "}"),
        "a wrong key": secret("x", more="stringData: {'a b': " + json.dumps(word) + "}"),
        "no base64": secret("x", more="data: {a: " + json.dumps(word) + "}"),
        "a misspelled field": secret("x", more="stringDate: {a: " + json.dumps(word) + "}"),
        "a list": secret("x", more="stringData: [" + json.dumps(word) + "]"),
        "deeper": secret("x", more="stringData: {a: {b: " + json.dumps(word) + "}}"),
        "twice": secret("x", more="stringData: {a: " + json.dumps(word) + ", a: b}"),
        "never closed": secret("x", more="stringData: {a: " + json.dumps(word)),
        "too large": secret("x", more="stringData: {a: " + json.dumps(word * 70000) + "}"),
    }
    for text in spoiled.values():
        repo.write("kept.yaml" if "name: kept" in text else "x.yaml", text).commit()
        for verb in (scene.diff, scene.plan, scene.sync):
            for say in (["-v"], ["-o", "json"], ["-o", "yaml"]):
                verb(repo, *say, status=(0, 1, 2, 3))
        repo.write("kept.yaml", secret("kept", text="text", more="immutable: true"))
    comes_out_nowhere(scene, since)


@scenario("not in the daemon's log, whatever comes")
def in_the_log(scene):
    since = scene.bed.audit.now()
    repo = scene.repository()
    repo.write("planted.yaml", secret("planted", data="data", text="text")).commit()
    config = scene.folder / "syncs.yaml"
    config.write_text(f"""\
apiVersion: holdfast.dev/v1
kind: Sync
metadata: {{name: {scene.name}}}
spec: {{repo: {repo.folder}, ref: main, interval: 1s, namespace: {scene.namespace}}}
""")
    daemon = scene.start("run", "--config", str(config), "-v")
    daemon.await_words("in sync with")
    commit = repo.write("planted.yaml", secret("planted", data="later", text="later")).commit()
    daemon.await_words(f"in sync with {commit[:12]}")
    repo.write("planted.yaml", secret("planted", more="data: {a: " + json.dumps(planted("wrong")) +
                                      "}")).commit()
    daemon.await_words("is stopped")
    scene.history.append(daemon.terminate())
    comes_out_nowhere(scene, since)


def planted(place):
    return f"{WORDS[place]}\"&'/<\\é> {WORDS[place]}"


def encoded(place):
    return base64.b64encode(planted(place).encode()).decode()


def secret(name, data=None, text=None, more=""):
    lines = ["apiVersion: v1", "kind: Secret", f"metadata: {{name: {name}}}"]
    if data:
        lines.append(f"data: {{password: {encoded(data)}}}")
    if text:
        lines.append(f"stringData: {{token: {json.dumps(planted(text))}, my.cnf: "
                     + json.dumps(f"[client]\npassword = {planted(text)}\n") + "}")
    return "\n".join(lines + [more]) + "\n"


def say_everything(scene, repo, status):
    for say in (["--all", "-v"], ["--all", "-o", "json"], ["--all", "-o", "yaml"],
                ["--all", "--color", "always"]):
        scene.diff(repo, *say, status=status)
        scene.plan(repo, *say, status=status)


def comes_out_nowhere(scene, since):
    """Looks through all that holdfast has said and written since, and that was said of it."""
    expect(scene.history, "something was said")
    places = {f"{ended.argv[1]} {number}": ended.said
              for number, ended in enumerate(scene.history)}
    places["events"] = scene.bed.kubectl("get", "events", "-A", "-o", "json")
    places["inventory"] = scene.bed.kubectl("get", "configmaps", "-n", "holdfast-system", "-o",
                                            "json", "--show-managed-fields")
    requests = scene.bed.audit.requests(since, "holdfast")
    expect(requests, "something was asked")
    # Not the answers: in its own log the server may quote what it was given.
    places["requests"] = "\n".join(one.entry["requestURI"] for one in requests)
    found = [f"{place}: {line.strip()[:200]}" for place, text in places.items()
             for line in text.splitlines() for shape in SHAPES if shape in line]
    expect(not found, "values of a Secret are shown:\n" + "\n".join(sorted(set(found))[:20]))


def shapes_of(word):
    """How the word may stand in a text: as it is (so also in JSON, YAML and an address), in hex,
    and in base64 behind 0, 1 or 2 other bytes, of which only the inner letters are its own."""
    yield word
    yield word[::-1]
    yield word.encode().hex()
    yield word.encode().hex().upper()
    yield "".join(f"%{byte:02x}" for byte in word.encode())
    yield "".join(f"\\x{byte:02x}" for byte in word.encode())
    for ahead in range(3):
        inner = base64.b64encode(b"\0" * ahead + word.encode() + b"\0\0").decode()
        yield inner[4 if ahead else 0:(ahead + len(word)) * 4 // 3 - 1]


SHAPES = sorted({shape for word in WORDS.values() for shape in shapes_of(word)})
