"""What Holdfast knows of the kinds that a server serves."""

import json
import pathlib
import subprocess

from stage import places
from stage.checks import expect, expect_equal, until
from stage.runner import scenario

SECONDS = 12

QUANTITY = (r"^(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|"
            r"([eE](\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))))?$")


def crd(group):
    number_or_text = {"anyOf": [{"type": "integer"}, {"type": "string"}],
                      "x-kubernetes-int-or-string": True}
    member = {"type": "object", "required": ["name"], "properties": {
        "name": {"type": "string"}, "port": {"type": "integer", "default": 3306},
        "tags": {"type": "array", "items": {"type": "string"}, "x-kubernetes-list-type": "set"}}}
    spec = {"type": "object", "properties": {
        "replicas": {"type": "integer", "default": 3},
        "storage": {**number_or_text, "pattern": QUANTITY},
        "members": {"type": "array", "items": member, "x-kubernetes-list-type": "map",
                    "x-kubernetes-list-map-keys": ["name", "port"]},
        "backups": {"type": "array", "items": {"type": "object", "required": ["name"], "properties": {
            "name": {"type": "string"}, "keep": {"type": "integer", "default": 7}}}},
        "options": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}}
    return json.dumps({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": f"shops.{group}"},
        "spec": {"group": group, "scope": "Namespaced",
                 "names": {"kind": "Shop", "plural": "shops", "singular": "shop",
                           "listKind": "ShopList"},
                 "versions": [{"name": "v1", "served": True, "storage": True, "schema": {
                     "openAPIV3Schema": {"type": "object", "properties": {"spec": spec}}}}]}})


def define(scene, group):
    """The server tells of a new kind's schema some time after it serves the kind."""
    scene.bed.kubectl("create", "-f", "-", stdin=crd(group))
    until(lambda: group in scene.bed.kubectl("get", "--raw", "/openapi/v3"), 30,
          f"the server tells the schema of {group}")


SHOP = """
apiVersion: GROUP/v1
kind: Shop
metadata: {name: shop}
spec:
  storage: 1024Mi
  members:
    - {name: a, tags: [two, one]}
    - {name: b, port: 3307}
  backups: [{name: nightly}]
  options: {deep: {er: 1}}
"""


@scenario("the table of built-in kinds merges as the server's own documents say")
def table_agrees(scene):
    index = json.loads(scene.bed.kubectl("get", "--raw", "/openapi/v3"))["paths"]
    folder = scene.folder / "openapi"
    for name, document in index.items():
        if name.startswith("api/v") or name.count("/") == 2:
            file = folder / f"{name}.json"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(scene.bed.kubectl("get", "--raw", document["serverRelativeURL"]))
    check = places.ROOT / "build/dev/tests/diff/core_schema_agrees"
    ended = subprocess.run([check, folder], capture_output=True, text=True, check=False)
    expect_equal(ended.returncode, 0, ended.stdout + ended.stderr)
    kinds = int(ended.stdout.split()[-4])
    expect(kinds > 30, f"it compared something: {ended.stdout}")


@scenario("a custom kind is compared by its own schema, without a dry run where nothing changes")
def custom_kind(scene):
    group = f"{scene.name}.example.org"
    define(scene, group)
    repo = scene.repository()
    repo.write("shop.yaml", SHOP.replace("GROUP", group)).commit()
    scene.sync(repo)
    live = scene.get(f"shops.{group}", "shop")["spec"]
    expect_equal(live["replicas"], 3, "the default of the schema")

    # Other words for the same.
    repo.write("shop.yaml", SHOP.replace("GROUP", group).replace("1024Mi", "1Gi").replace(
        "[two, one]", "[one, two]")).commit()
    since = scene.bed.audit.now()
    scene.diff(repo, status=0)
    dry_runs = [one for one in scene.bed.audit.requests(since, "holdfast") if one.dry_run]
    expect_equal(dry_runs, [], "dry runs")

    # Defaults that Git says now too: nothing changes, but whose they are.
    repo.write("shop.yaml", SHOP.replace("GROUP", group).replace(
        "{name: a,", "{name: a, port: 3306,").replace(
            "[{name: nightly}]", "[{keep: 7, name: nightly}]")).commit()
    fields = [one["fields"] for one in scene.diff_document(repo, status=1)["changes"]]
    expect_equal(fields, [[]], "what changes")

    repo.write("shop.yaml", SHOP.replace("GROUP", group).replace(
        "port: 3307", "port: 3308").replace("[{name: nightly}]", "[{name: nightly, keep: 9}]"))
    repo.commit()
    fields = {field["path"] for change in scene.diff_document(repo, status=1)["changes"]
              for field in change["fields"]}
    expect_equal(fields, {'spec.members[name="b",port=3307]', 'spec.members[name="b",port=3308]',
                          'spec.backups[name="nightly"].keep'}, "what changes")


@scenario("the schema of a custom kind is read once, and again when the kind has changed")
def schema_is_cached(scene):
    group = f"{scene.name}.example.org"
    define(scene, group)
    repo = scene.repository()
    repo.write("shop.yaml", SHOP.replace("GROUP", group)).commit()
    scene.sync(repo)
    cache = pathlib.Path(scene.environment["HOME"]) / ".cache/holdfast/openapi"
    scene.diff(repo, status=0)
    before = set(cache.iterdir())
    scene.diff(repo, status=0)
    expect_equal(set(cache.iterdir()), before, "cached documents")
    expect(before, "there is a cached document")

    # The list of backups is now merged by name: what another manager added is none of ours.
    scene.bed.kubectl("patch", "crd", f"shops.{group}", "--type=json", "-p", json.dumps([
        {"op": "add", "value": "map", "path": "/spec/versions/0/schema/openAPIV3Schema/properties/"
         "spec/properties/backups/x-kubernetes-list-type"},
        {"op": "add", "value": ["name"], "path": "/spec/versions/0/schema/openAPIV3Schema/"
         "properties/spec/properties/backups/x-kubernetes-list-map-keys"}]))
    # The server publishes a changed schema a moment later.
    until(lambda: '"x-kubernetes-list-map-keys":["name"]' in scene.bed.kubectl(
        "get", "--raw", f"/openapi/v3/apis/{group}/v1").replace(" ", ""), 30, "it is published")
    scene.kubectl("apply", "--server-side", "--field-manager", "other", "-f", "-", stdin=json.dumps({
        "apiVersion": f"{group}/v1", "kind": "Shop", "metadata": {"name": "shop"},
        "spec": {"backups": [{"name": "weekly"}]}}))
    scene.sync(repo)
    scene.diff(repo, status=0)
    names = [one["name"] for one in scene.get(f"shops.{group}", "shop")["spec"]["backups"]]
    expect("weekly" in names, f"what the other added stays: {names}")


@scenario("lint --schema finds what the server would not take, with file and line, and no server")
def linted_by_schema(scene):
    documents = []
    for name in ("apis/apps/v1", "api/v1"):
        file = scene.folder / f"{name.replace('/', '-')}.json"
        file.write_text(scene.bed.kubectl("get", "--raw", f"/openapi/v3/{name}"))
        documents += ["--schema", str(file)]
    example = scene.example("storage", "mysql", "cassandra")
    scene.holdfast("lint", str(example.folder), *documents)
    repo = scene.repository()
    repo.write("db.yaml", """
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: {name: db}
        spec:
          replica: 3
          serviceName: db
          selector: {matchLabels: {app: db}}
          template:
            metadata: {labels: {app: db}}
            spec:
              containers:
                - name: db
                  image: example.org/db:1
                  ports:
                    - {containerPort: "3306"}
        """)
    scene.holdfast("lint", str(repo.folder))
    ended = scene.holdfast("lint", str(repo.folder), *documents, status=3)
    for words in ("db.yaml:5: spec.replica: there is no such field",
                  "db.yaml:15: spec.template.spec.containers[0].ports[0].containerPort: "
                  "wants a whole number, and has a text"):
        expect(words in ended.out, f"{words!r} is in\n{ended.out}")
    scene.holdfast("lint", str(repo.folder), "--schema", str(repo.folder / "db.yaml"), status=2)
    scene.holdfast("lint", str(repo.folder), "--schema", "/nowhere.json", status=2)
