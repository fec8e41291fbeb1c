"""What is uncertain when an approved detach is carried out: nothing is deleted, and the next run ends it.

The plan was made with everything known; then a fact that the deletion needs cannot be read
any more, or the claim is not the one that was read.
"""

import json

from cases.approve import approve, given_mysql, in_quarantine
from fault_proxy import FaultProxy
from stage.checks import expect, expect_equal, expect_words, until
from stage.runner import scenario

BED = "own"
SECONDS = 90


@scenario("volumes that cannot be read, pods that may not be, a claim that changes, groups that "
          "cannot be told, another cluster: no deletion before it is known")
def at_the_act(scene):
    for name, fault, words in (
            ("volume", "500@GET:*/persistentvolumes/*", "volume"),
            ("pods", "403@GET:*/pods*#2-", "pods"),
            ("claim", "409@DELETE:*/persistentvolumeclaims/*", ""),
            ("groups", "500@GET:/apis#2-", "discover what the API server serves"),
            ("cluster", "other@GET:*/namespaces/kube-system#2-", "another cluster answers")):
        place = scene.another(name)
        repo = given_mysql(place)
        claim = place.get("pvc", "mysql-data")
        repo.remove("mysql/claim.yaml", "mysql/deployment.yaml").commit()
        approve(place, repo, "approvals/a.yaml")
        place.mark()
        calm = place.environment["KUBECONFIG"]
        with FaultProxy(place.folder / "proxy", scene.bed.folder) as proxy:
            proxy.arm(fault)
            place.environment["KUBECONFIG"] = str(proxy.kubeconfig)
            ended = place.sync(repo, status=(2, 3))
            expect_words(ended.said, words)
            expect(any(one.fault for one in proxy.requests), f"{name}: the fault struck\n{ended}")
        deleted = [write for write in place.writes_to_objects()
                   if write.verb == "delete" and write.resource == "persistentvolumeclaims"
                   and write.status < 300]
        expect_equal(deleted, [], f"{name}: deletions of claims")
        expect(place.has("pvc", "mysql-data"), f"{name}: the claim is there")
        expect_equal(scene.bed.destroyed(), [], "destroyed volumes")
        place.environment["KUBECONFIG"] = calm
        place.sync(repo)
        expect(not place.has("pvc", "mysql-data"), f"{name}: the next run ends it")
        in_quarantine(place, claim["spec"]["volumeName"], claim)


@scenario("a group of kinds that the server cannot tell about: no deletion, and a change goes on")
def group_away(scene):
    repo = given_mysql(scene)
    repo.remove("mysql/claim.yaml", "mysql/deployment.yaml").commit()
    approve(scene, repo, "approvals/a.yaml")
    scene.bed.kubectl("apply", "-f", "-", stdin="""
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: {name: v1.away.example.com}
spec:
  group: away.example.com
  version: v1
  groupPriorityMinimum: 100
  versionPriority: 100
  insecureSkipTLSVerify: true
  service: {namespace: default, name: no-such-service}
""")
    scene.mark()
    try:
        # The server itself takes a moment to know of the group.
        until(lambda: scene.diff_document(repo, status=(1, 3))["verdict"] == "hold", 30,
              "the group that is away holds the deletion")
        told = scene.sync_document(repo, status=3)
        expect_equal([one["hazard"] for one in told["findings"]], ["H-I3"], "findings")
        expect_words(str(told), "away.example.com", "kubectl get apiservices")
        scene.wrote_nothing()
        repo.git("revert", "--no-edit", "HEAD~1")
        repo.write("note.yaml", "{apiVersion: v1, kind: ConfigMap, metadata: {name: note}}").commit()
        scene.sync(repo)
        expect(scene.has("configmap", "note"), "what deletes nothing is applied")
    finally:
        scene.bed.kubectl("delete", "apiservice", "v1.away.example.com")


@scenario("another cluster than the inventory's: nothing is deleted, nothing is written")
def another_cluster(scene):
    repo = given_mysql(scene)
    repo.remove("mysql/claim.yaml", "mysql/deployment.yaml").commit()
    approve(scene, repo, "approvals/a.yaml")
    # As if the kubeconfig led to a copy of the cluster.
    name = "holdfast-inventory-" + scene.name
    inventory = scene.bed.get("configmap", name, "holdfast-system")
    other = inventory["data"]["inventory.json"].replace(
        scene.bed.get("namespace", "kube-system")["metadata"]["uid"],
        "11111111-1111-1111-1111-111111111111")
    scene.bed.kubectl("-n", "holdfast-system", "patch", "configmap", name, "--type=merge", "-p",
                      json.dumps({"data": {"inventory.json": other}}))
    scene.mark()
    told = scene.sync_document(repo, status=3)
    expect_words(str(told), "H-I8", "made in another cluster")
    scene.wrote_nothing()
    expect_equal(scene.bed.destroyed(), [], "destroyed volumes")
