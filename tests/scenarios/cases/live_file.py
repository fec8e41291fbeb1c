"""A file of live objects in place of a cluster: what kubectl wrote is compared, and nobody is asked."""

import json

from stage.checks import expect, expect_equal, expect_words, until
from stage.program import document
from stage.runner import scenario

SECONDS = 30

KINDS = ("configmaps,secrets,services,deployments,statefulsets,persistentvolumeclaims,"
         "poddisruptionbudgets")


@scenario("what diff says of a file with managedFields is what it says of the cluster")
def same_answer(scene):
    repo = given_a_synced_example(scene)
    live = dump(scene, "live.yaml")
    scene.diff(repo, status=0)
    offline(scene, repo, live, status=0)

    repo.replace("mysql/configmap.yaml", "[mysqld]", "[mysqld]\n    max_connections = 77")
    repo.replace("cassandra/statefulset.yaml", "cassandra:4.1.10", "cassandra:4.1.11").commit()
    online = scene.diff_document(repo, status=1)
    told = document(offline(scene, repo, live, "-o", "json", status=1))
    expect_equal(told["live"], str(live), "the document names the file")
    expect_equal(changes_of(told), changes_of(online), "changes by the file and by the cluster")
    expect_equal([change["effects"] for change in told["changes"]],
                 [change["effects"] for change in online["changes"]], "effects")

    text = offline(scene, repo, live, status=1).out
    expect_words(text, f"live {live}", "+ max_connections = 77", "  innodb_buffer_pool_size", "rolls 3 pods")
    without = offline(scene, repo, live, "--context-lines", "0", status=1).out
    expect(len(without.splitlines()) < len(text.splitlines()), "fewer lines without context")


@scenario("not one request is made, with or without a cluster in the environment")
def no_request(scene):
    repo = given_a_synced_example(scene)
    live = dump(scene, "live.json", form="json")
    since = scene.bed.audit.now()
    for command in ("diff", "plan"):
        offline(scene, repo, live, command=command, status=0)
    offline(scene, repo, live, command="lint", status=0)
    asked = scene.bed.audit.requests(since, client="holdfast")
    expect_equal([str(one) for one in asked], [], "requests of holdfast")
    scene.environment["KUBECONFIG"] = "/nowhere"
    offline(scene, repo, live, status=0)


@scenario("a file without managedFields: what Git may have dropped is said to be unknown, status 1")
def without_managed_fields(scene):
    repo = given_a_synced_example(scene)
    live = dump(scene, "bare.yaml", managed=False)
    told = document(offline(scene, repo, live, "--all", "-o", "json", status=1))
    expect_equal({change["action"] for change in told["changes"]}, {"none"}, "actions")
    expect(all("managedFields" in change.get("unsure", "") for change in told["changes"]),
           "each object is unsure, and says why")
    expect_equal(told["verdict"], "warn", "verdict")
    said = offline(scene, repo, live, "-v", status=1)
    expect_words(said.out, "as far as can be seen", "--show-managed-fields")
    expect_words(said.err, "no server to ask; unsure, since metadata.managedFields")


@scenario("a field that Git dropped is found in a file with managedFields")
def dropped_field(scene):
    repo = given_a_synced_example(scene)
    live = dump(scene, "live.yaml")
    repo.replace("cassandra/statefulset.yaml", "  replicas: 3\n", "").commit()
    told = document(offline(scene, repo, live, "-o", "json", status=3))
    online = scene.diff_document(repo, status=3)
    expect_equal(changes_of(told), changes_of(online), "changes by the file and by the cluster")
    expect_words(json.dumps(told), "H-F7")


@scenario("a claim that Git dropped is held by a file that holds the inventory")
def dropped_claim(scene):
    repo = given_a_synced_example(scene)
    live = dump(scene, "live.yaml")
    repo.remove("mysql").commit()
    told = document(offline(scene, repo, live, "-o", "json", status=3))
    claim = next(one for one in told["changes"] if one["name"] == "mysql-data")
    expect_equal(claim["action"], "delete", "what would be done")
    expect(any(one["ruling"] in ("refuse", "hold") for one in claim["findings"]),
           f"it is stopped: {claim['findings']}")


@scenario("of a custom kind, its definition in the file or a document of its server tells how it is merged")
def custom_kind(scene):
    repo = scene.repository()
    repo.write("definition.yaml", """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: rotas.live.example.com}
        spec:
          group: live.example.com
          scope: Namespaced
          names: {plural: rotas, kind: Rota}
          versions:
          - name: v1
            served: true
            storage: true
            schema:
              openAPIV3Schema:
                type: object
                properties:
                  spec:
                    type: object
                    properties:
                      keep: {type: integer, default: 7}
                      turns:
                        type: array
                        x-kubernetes-list-type: map
                        x-kubernetes-list-map-keys: [who]
                        items:
                          type: object
                          required: [who]
                          properties: {who: {type: string}, hours: {type: integer, default: 8}}
        """)
    repo.write("rota.yaml", """
        apiVersion: live.example.com/v1
        kind: Rota
        metadata: {name: weekdays}
        spec: {turns: [{who: anna}, {who: ben, hours: 4}]}
        """).commit()
    scene.sync(repo)
    show = ("-o", "json", "--show-managed-fields")
    live = scene.folder / "rota.json"
    live.write_text(scene.kubectl("get", "rotas.live.example.com", *show))
    document_of_server = scene.folder / "openapi.json"
    until(lambda: "/live.example.com/v1" in scene.bed.kubectl("get", "--raw", "/openapi/v3"), 15,
          "the server tells of the kind")
    document_of_server.write_text(
        scene.bed.kubectl("get", "--raw", "/openapi/v3/apis/live.example.com/v1"))
    definition = scene.folder / "definition.json"
    definition.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": [
        *json.loads(live.read_text())["items"],
        json.loads(scene.bed.kubectl("get", "crd", "rotas.live.example.com", *show))]}))

    repo.replace("rota.yaml", "{who: ben, hours: 4}", "{who: ben, hours: 5}").commit()
    online = fields_of(scene.diff_document(repo, status=1), "Rota")
    expect_equal([field["path"] for field in online], ['spec.turns[who="ben"].hours'],
                 "what the server says")
    for given in (definition, live):
        flags = ["--schema", str(document_of_server)] if given is live else []
        told = document(offline(scene, repo, given, "-o", "json", *flags, status=1))
        expect_equal(fields_of(told, "Rota"), online, f"changes by {given.name}")

    # Without either it is one more kind of which nothing is known.
    repo.remove("definition.yaml").commit()
    said = offline(scene, repo, live, "-v", status=1)
    expect_words(said.err, "neither a CustomResourceDefinition nor a schema")
    wrong = scene.diff(repo, "--schema", str(document_of_server), status=2)
    expect_words(wrong.err, "--live")


def fields_of(told, kind):
    return [field for change in told["changes"] if change["kind"] == kind
            for field in change["fields"]]


@scenario("two runs have equal hashes with --stable-hash, and other ones without it")
def stable_hash(scene):
    repo = given_a_synced_example(scene)
    live = dump(scene, "live.yaml")
    key = scene.folder / "key"
    key.write_text("a key of more than sixteen bytes\n")
    key.chmod(0o600)
    repo.replace("mysql/secret.yaml", "stringData:", "stringData:\n  other: marker-one-4d6f")
    repo.commit()
    runs = [offline(scene, repo, live, "-o", "json", *flags, status=1).out
            for flags in (["--stable-hash", str(key)],) * 2 + ([],) * 2]
    expect_equal(runs[0], runs[1], "two runs with the key")
    expect(runs[2] != runs[3], "two runs without it differ")
    expect(not any("marker-one" in run for run in runs), "no value is shown")
    key.chmod(0o644)
    warned = scene.diff(repo, "--stable-hash", str(key), status=1)
    expect_words(warned.err, "chmod 600")
    key.write_text("short")
    refused = scene.diff(repo, "--stable-hash", str(key), status=2)
    expect_words(refused.err, str(key), "5 bytes", "openssl rand")


def given_a_synced_example(scene):
    repo = scene.example("storage", "mysql", "cassandra")
    repo.commit()
    scene.sync(repo)
    return repo


def dump(scene, name, form="yaml", managed=True):
    """What a person would write: the namespace's objects, the inventory and what is beside it."""
    show = ["--show-managed-fields"] if managed else []
    parts = [scene.kubectl("get", KINDS, "-o", "json", *show),
             scene.bed.kubectl("get", "configmap", "-n", "holdfast-system",
                               f"holdfast-inventory-{scene.name}", "-o", "json", *show),
             scene.bed.kubectl("get", "storageclass", scene.storage_class, "-o", "json", *show),
             scene.bed.kubectl("get", "namespace", scene.namespace, "kube-system", "-o", "json",
                               *show)]
    path = scene.folder / name
    if form == "json":
        items = [item for part in parts for item in json.loads(part).get("items",
                                                                         [json.loads(part)])]
        path.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))
    else:
        path.write_text("\n---\n".join(parts))
    return path


def offline(scene, repo, live, *flags, command="diff", status):
    return scene.holdfast(command, *scene.flags(repo), "--live", str(live), *flags, status=status)


def changes_of(told):
    return [(change["kind"], change["name"], change["action"],
             [(field["path"], field.get("before"), field.get("after"))
              for field in change["fields"]]) for change in told["changes"]]
