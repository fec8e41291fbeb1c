"""The value of a Secret is never shown: not in a diff, not in an error, not in a log."""

import base64
import json

from stage.checks import expect, expect_words, until
from stage.runner import scenario

SECONDS = 20

# Planted in every place where a Secret has values.
MARKERS = {"data": "marker-one-4d6f", "stringData": "marker-two-8a1c", "later": "marker-three-77e2"}


@scenario("never in what diff, plan and sync say of a Secret that is new, unchanged or changed")
def in_results(scene):
    repo = given_secrets(scene)
    for say in ("text", "json", "yaml"):
        flags = ["-o", say] + (["--all", "-v"] if say == "text" else ["--all"])
        scene.diff(repo, *flags, status=1)
        scene.plan(repo, *flags, status=1)
    scene.sync(repo, "-v")
    scene.diff(repo, "--all", "-v", status=0)
    scene.sync(repo, "-o", "json")

    repo.replace("planted.yaml", MARKERS["stringData"], MARKERS["later"])
    repo.replace("planted.yaml", encoded("data"), encoded("later")).commit()
    for say in ("text", "json", "yaml"):
        changed = scene.diff(repo, "-o", say, status=1)
        expect_words(changed.out, "planted", "password")
        scene.plan(repo, "-o", say, status=1)
    scene.sync(repo, "-o", "json")
    scene.kubectl("patch", "secret", "planted", "--type=merge", "-p",
                  f'{{"data": {{"password": "{encoded("data")}"}}}}')
    scene.diff(repo, status=1)
    repo.remove("planted.yaml").commit()
    scene.diff(repo, "-o", "json", status=1)
    scene.sync(repo, "-v")
    no_marker_in(*scene.history)


@scenario("never in an error about a Secret that is misspelled, mistyped or badly encoded")
def in_errors(scene):
    repo = scene.repository()
    for spoiled in (
        f"kind: Secret\nmetadata: {{name: x}}\nstringData: {{password: 'marker-one-4d6f'\n",
        f"kind: Secret\nmetadata: {{name: x}}\nstringData: {{a: 'marker-one-4d6f', a: b}}\n",
        f"kind: Secret\nmetadata: {{name: x}}\nstringDate: {{password: marker-one-4d6f}}\n",
        f"kind: Secret\nmetadata: {{name: x}}\nstringData: [marker-one-4d6f]\n",
        f"kind: Secret\nmetadata: {{name: x}}\nstringData: {{password: [marker-one-4d6f]}}\n",
        f"kind: Secret\nmetadata: {{name: x}}\ndata: {{password: marker-one-4d6f}}\n",
        f"kind: Secret\nmetadata: {{name: x}}\ndata: marker-one-4d6f\n",
        f"kind: Secret\nmetadata: {{name: x}}\ntype: kubernetes.io/tls\n"
        f"stringData: {{tls.crt: marker-one-4d6f}}\n",
        f"kind: Secret\nmetadata: {{name: x}}\ntype: kubernetes.io/dockerconfigjson\n"
        f"stringData: {{.dockerconfigjson: marker-one-4d6f}}\n",
    ):
        repo.write("x.yaml", "apiVersion: v1\n" + spoiled).commit()
        for command in (scene.diff, scene.sync):
            command(repo, status=(2, 3))
            command(repo, "-o", "json", status=(2, 3))
    # A number that should have been text: servers like to repeat those.
    repo.write("x.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: x}\n"
               "stringData: {password: 8172635445362718}\n").commit()
    scene.sync(repo, status=(2, 3))
    scene.diff(repo, "-o", "json", status=(2, 3))
    repo.remove("x.yaml").write("x.json", '{"apiVersion": "v1", "kind": "Secret", "metadata": '
                                '{"name": "x"}, "stringData": {"p": "marker-one-4d6f\n"}}').commit()
    scene.diff(repo, status=(2, 3))
    scene.diff(repo, "-o", "json", status=(2, 3))
    no_marker_in(*scene.history, also=["8172635445362718"])


@scenario("never in the words of a policy that declines it and repeats what it was given")
def in_a_policys_words(scene):
    repo = given_secrets(scene)
    scene.bed.apply(f"""
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {{name: {scene.name}}}
spec:
  matchConstraints:
    resourceRules:
    - {{apiGroups: [""], apiVersions: [v1], resources: [secrets], operations: [CREATE]}}
  validations:
  - expression: "request.dryRun"
    messageExpression: "'it holds ' + string(object.data['password'])"
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {{name: {scene.name}}}
spec:
  policyName: {scene.name}
  validationActions: [Deny]
  matchResources:
    namespaceSelector:
      matchLabels: {{kubernetes.io/metadata.name: {scene.namespace}}}
""")

    def in_force():
        created = scene.kubectl("create", "secret", "generic", "probe", "--from-literal=password=x",
                                may_fail=True)
        if created:
            scene.kubectl("delete", "secret", "probe")
        return not created
    until(in_force, 30, "the policy is in force")

    declined = scene.sync(repo, "-v", status=2)
    expect_words(declined.said, "it holds")
    scene.sync(repo, "-o", "json", status=2)
    daemon = given_a_daemon(scene, repo)
    daemon.await_words("it holds", 30)
    no_marker_in(daemon.terminate())
    no_marker_in(*scene.history)


@scenario("never in the daemon's log")
def in_the_log(scene):
    repo = given_secrets(scene)
    daemon = given_a_daemon(scene, repo)
    daemon.await_words("in sync with")
    repo.replace("planted.yaml", MARKERS["stringData"], MARKERS["later"])
    commit = repo.commit()
    daemon.await_words(f"in sync with {commit[:12]}")
    scene.kubectl("patch", "secret", "planted", "--type=merge", "-p",
                  f'{{"data": {{"password": "{encoded("later")}"}}}}')
    daemon.await_words("not as Git says")
    repo.write("planted.yaml", repo_text(repo).replace("stringData:", "stringDate:")).commit()
    daemon.await_words("trying again")
    ended = daemon.terminate()
    no_marker_in(ended)


def given_secrets(scene):
    repo = scene.repository()
    repo.write("other.yaml", "{apiVersion: v1, kind: ConfigMap, metadata: {name: other}}\n")
    repo.write("planted.yaml", f"""
        apiVersion: v1
        kind: Secret
        metadata: {{name: planted}}
        data: {{password: {encoded("data")}}}
        stringData: {{token: {MARKERS["stringData"]}}}
        """)
    repo.commit()
    return repo


def repo_text(repo):
    return (repo.folder / "planted.yaml").read_text()


def given_a_daemon(scene, repo):
    config = scene.folder / "syncs.yaml"
    config.write_text(f"""\
apiVersion: holdfast.dev/v1
kind: Sync
metadata: {{name: {scene.name}}}
spec: {{repo: {repo.folder}, ref: main, interval: 1s, namespace: {scene.namespace}}}
""")
    return scene.start("run", "--config", str(config), "-v")


def encoded(place):
    return base64.b64encode(MARKERS[place].encode()).decode()


def no_marker_in(*runs, also=()):
    shown = [*MARKERS.values(), *map(encoded, MARKERS), *also]
    lines = {line.strip() for ended in runs for line in ended.said.splitlines()
             if any(marker in line for marker in shown)}
    expect(not lines, "values of a Secret are shown:\n" + "\n".join(sorted(lines)))


@scenario("never of a custom kind whose secret fields the repository names")
def in_custom_kinds(scene):
    group = f"{scene.name}.example.org"
    free = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    scene.bed.kubectl("create", "-f", "-", stdin=json.dumps({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": f"vaults.{group}"},
        "spec": {"group": group, "scope": "Namespaced",
                 "names": {"kind": "Vault", "plural": "vaults"},
                 "versions": [{"name": "v1", "served": True, "storage": True, "schema": {
                     "openAPIV3Schema": {"type": "object", "properties": {"spec": free}}}}]}}))
    scene.bed.kubectl("wait", "--for=condition=Established", f"crd/vaults.{group}")
    repo = scene.repository()
    repo.write(".holdfast.yaml", f"""
        apiVersion: holdfast.dev/v1
        kind: Layout
        secretFields: [{{group: {group}, kind: Vault, paths: [spec.template, spec.users.password]}}]
        """)
    repo.write("vault.yaml", f"""
        apiVersion: {group}/v1
        kind: Vault
        metadata: {{name: planted}}
        spec:
          template: {{a: {MARKERS["data"]}}}
          users: [{{name: visible, password: {MARKERS["stringData"]}}}]
        """).commit()
    scene.sync(repo)
    repo.replace("vault.yaml", MARKERS["data"], MARKERS["later"])
    repo.replace("vault.yaml", MARKERS["stringData"], "marker-four-2b9d").commit()
    for say in ("text", "json", "yaml"):
        changed = scene.diff(repo, "-o", say, "-v", status=1)
        expect_words(changed.out, "planted", "template")
    scene.sync(repo)
    no_marker_in(*scene.history)
    expect(all("marker-four" not in ended.out + ended.err for ended in scene.history),
           "no value of the list is shown")
