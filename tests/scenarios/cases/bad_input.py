"""Manifests and flags that are no good: one clear sentence each, and not one write."""

from stage.checks import expect, expect_equal, expect_words
from stage.runner import scenario

SECONDS = 20

CONFIG_MAP = "{apiVersion: v1, kind: ConfigMap, metadata: {name: one}}\n"


@scenario("no such folder, repository, ref, or path in it")
def nowhere(scene):
    repo = scene.repository()
    repo.write("one.yaml", CONFIG_MAP).commit()
    folder = str(repo.folder)
    for arguments, words in [
        (["/no/such/folder"], ["/no/such/folder"]),
        (["--repo", "/no/such/repository"], ["/no/such/repository"]),
        (["--repo", "file:///no/such/repository"], ["/no/such/repository"]),
        (["--repo", folder, "--ref", "no-such-branch"], ["no-such-branch"]),
        (["--repo", folder, "--ref", "0123456789abcdef0123456789abcdef01234567"], ["0123456789ab"]),
        (["--repo", folder, "--path", "no/such/path"], ["no/such/path"]),
        (["--repo", folder, "--path", "one.yaml"], ["one.yaml"]),
    ]:
        fails(scene, arguments, 2, *words)


@scenario("an empty path, an empty folder, a folder without any manifest")
def empty(scene):
    repo = scene.repository()
    repo.write("docs/README.md", "# Nothing to apply\n").write("one/one.yaml", CONFIG_MAP).commit()
    fails(scene, ["--repo", str(repo.folder), "--path", "docs"], (2, 3), "no manifest")
    fails(scene, [str(repo.folder / "docs")], (2, 3), "no manifest")
    fails(scene, [""], 2)


@scenario("flags that do not exist or do not fit")
def bad_flags(scene):
    for arguments, word in [
        (["sync", "--nonsense"], "--nonsense"),
        (["sink"], "sink"),
        (["sync", "--timeout", "soon"], "--timeout"),
        (["sync", "--ref", "main"], "--repo"),
        (["sync", "a", "b"], "b"),
        (["sync", "-o", "xml"], "xml"),
        (["sync", "--name", "Not A Name"], "Not A Name"),
        (["run"], "--config"),
    ]:
        expect_words(scene.holdfast(*arguments, status=2).err, word)
    scene.wrote_nothing()


@scenario("broken YAML: every broken file is named, with line and column")
def broken_yaml(scene):
    repo = scene.repository()
    repo.write("good.yaml", CONFIG_MAP)
    repo.write("first.yaml", "apiVersion: v1\nkind: [ConfigMap\nmetadata: {name: x}\n")
    repo.write("second.yaml", "apiVersion: v1\nkind: ConfigMap\nkind: Secret\n")
    repo.write("third.json", '{"apiVersion": "v1",}')
    repo.commit()
    told = fails(scene, at(repo), 3, "first.yaml:", "second.yaml:3", "third.json:1",
                 "nothing of")
    expect("good.yaml" not in told.out, f"the good one is not complained of:\n{told.out}")


@scenario("merge markers, a Git LFS pointer, a live dump: said to be just that")
def no_manifests(scene):
    repo = scene.repository()
    repo.write("merge.yaml", "<<<<<<< HEAD\na: 1\n=======\na: 2\n>>>>>>> other\n")
    repo.write("pointer.yaml", "version https://git-lfs.github.com/spec/v1\n"
               f"oid sha256:{'0' * 64}\nsize 12\n")
    repo.commit()
    fails(scene, at(repo), 3, "merge.yaml", "merge", "pointer.yaml", "LFS")


@scenario("two documents of one identity: refused, both places named")
def twice(scene):
    repo = scene.repository()
    repo.write("here.yaml", f"{CONFIG_MAP}---\n{CONFIG_MAP}").write("there.yaml", CONFIG_MAP)
    repo.commit()
    fails(scene, at(repo), 3, "here.yaml:1", "here.yaml:3", "there.yaml:1", "ConfigMap", "H-H4")


@scenario("two documents that are one object only in this cluster: refused as well, nothing dropped")
def twice_once_namespaces_are_known(scene):
    repo = scene.repository()
    role = ("apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\n"
            "metadata: {name: %s, namespace: %s}\nrules: []\n")
    repo.write("here.yaml", role % (scene.name, "one"))
    repo.write("there.yaml", role % (scene.name, "two"))
    repo.commit()
    fails(scene, at(repo), 3, "here.yaml:1", "there.yaml:1", "ClusterRole", "H-H4")


@scenario("a kind that the server does not know")
def unknown_kind(scene):
    repo = scene.repository()
    repo.write("one.yaml", CONFIG_MAP)
    repo.write("ring.yaml", ring(scene))
    repo.commit()
    fails(scene, at(repo), 2, "ring.yaml:1", "Ring", f"{scene.name}.example.com")


@scenario("the same with its CustomResourceDefinition in the same revision: applied in order")
def kind_with_its_definition(scene):
    repo = scene.repository()
    repo.write("a-ring.yaml", ring(scene))
    repo.write("definition.yaml", definition(scene))
    repo.commit()
    scene.diff(repo, status=1)
    scene.sync(repo)
    made = scene.request_that_wrote("customresourcedefinitions", f"rings.{scene.name}.example.com")
    used = scene.request_that_wrote("rings", "one")
    established = [one for one in scene.bed.audit.requests(scene.began)
                   if one.resource == "customresourcedefinitions/status"
                   and one.name == made.name]
    expect(made.answered <= used.received, f"order:\n{made}\n{used}")
    expect(established and established[0].answered <= used.received,
           "the custom resource is written only when its definition is established")
    scene.mark()
    scene.sync(repo)
    scene.wrote_nothing()


@scenario("a misspelled field: path in the object, file and line, and nothing is written")
def misspelled(scene):
    repo = scene.example("storage", "mysql")
    repo.replace("mysql/deployment.yaml", "  replicas: 1", "  replica: 1").commit()
    line = 1 + next(i for i, text in enumerate(
        (repo.folder / "mysql/deployment.yaml").read_text().splitlines()) if "replica:" in text)
    told = fails(scene, at(repo), 2, "spec.replica", f"mysql/deployment.yaml:{line}")
    expect(".yaml:1:" not in told.err or line == 1, f"the line is that of the field:\n{told.err}")


@scenario("a value of the wrong type, deep in a pod template")
def wrong_type(scene):
    repo = scene.example("storage", "mysql")
    repo.replace("mysql/deployment.yaml", "containerPort: 3306", "containerPort: mysql").commit()
    fails(scene, at(repo), 2, "containerPort", "mysql/deployment.yaml:")


@scenario("an object that the API server calls invalid: its field and its place in Git")
def invalid(scene):
    repo = scene.repository()
    repo.write("one.yaml", CONFIG_MAP)
    repo.write("service.yaml", """
        apiVersion: v1
        kind: Service
        metadata: {name: one}
        spec:
          ports:
            - port: 70000
        """)
    repo.commit()
    fails(scene, at(repo), 2, "service.yaml:", "spec.ports[0].port", "70000")


@scenario("an object in a namespace that nobody makes")
def no_namespace(scene):
    repo = scene.repository()
    repo.write("one.yaml", CONFIG_MAP.replace("name: one", "name: one, namespace: nobody-made-it"))
    repo.commit()
    fails(scene, at(repo), (2, 3), "one.yaml:1", "nobody-made-it")


@scenario("a reference to nothing: a claim, a Secret, a key that is not there")
def missing_reference(scene):
    repo = scene.example("storage", "mysql")
    repo.remove("mysql/claim.yaml").commit()
    fails(scene, at(repo), 3, "mysql-data", "mysql/deployment.yaml:")
    repo = scene.example("storage", "mysql")
    repo.replace("mysql/secret.yaml", "root-password:", "other-password:").commit()
    fails(scene, at(repo), 3, "root-password", "Secret")


def at(repo):
    return ["--repo", str(repo.folder), "--ref", "main"]


def fails(scene, arguments, status, *words):
    """diff, plan and sync end alike: with the status, with these words, without a write."""
    for command in ("diff", "plan", "sync"):
        told = scene.holdfast(command, *arguments, "--name", scene.name, "--namespace",
                              scene.namespace, status=status)
        expect_words(told.said, *words)
        expect("terminate called" not in told.said and "exception" not in told.said.lower(),
               f"it is a sentence and no crash:\n{told.said}")
        expect_equal(told.said.count("\n\n\n"), 0, "gaps in what it says")
    scene.wrote_nothing()
    return told


def ring(scene):
    return (f"apiVersion: {scene.name}.example.com/v1\nkind: Ring\n"
            "metadata: {name: one}\nspec: {nodes: 3}\n")


def definition(scene):
    return f"""
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {{name: rings.{scene.name}.example.com}}
        spec:
          group: {scene.name}.example.com
          names: {{kind: Ring, listKind: RingList, plural: rings, singular: ring}}
          scope: Namespaced
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
                        nodes: {{type: integer}}
        """


@scenario("the data of an immutable ConfigMap dropped in Git: refused, and never called in sync")
def immutable_data_dropped(scene):
    repo = scene.repository()
    fixed = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: fixed}\nimmutable: true\n"
    repo.write("fixed.yaml", fixed + 'data: {a: "1"}\n').commit()
    scene.sync(repo)
    scene.mark()
    repo.write("fixed.yaml", fixed).commit()
    told = scene.sync(repo, status=3)
    expect_words(told.out, "H-D9", "data.a")
    scene.wrote_nothing()
