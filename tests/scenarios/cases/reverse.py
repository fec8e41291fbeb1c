"""What Git drops goes in the reverse of the order in which it came, each step behind the one
before it, and nothing is forced."""

from cases.approve import approve
from cases.daemon import claim
from stage.checks import expect, expect_equal, expect_words, until
from stage.runner import scenario

SECONDS = 60


@scenario("the scaler and the CronJob first, clients before the database, pods before their claim, "
          "Services behind the pods")
def order(scene):
    repo = given_a_shop(scene)
    repo.remove("shop").commit()
    approve(scene, repo, "approvals/shop.yaml")
    since = scene.bed.audit.now()
    scene.mark()
    scene.sync(repo)

    gone = [(one.resource, one.name) for one in scene.writes_to_objects() if one.verb == "delete"]
    expect_equal(sorted(gone), sorted(SHOP), "what was deleted")
    at = {one: gone.index(one) for one in gone}
    for first, then in ((SCALER, CLIENT), (NIGHTLY, CLIENT), (CLIENT, DATABASE),
                        (DATABASE, CLAIM), (DATABASE, GOVERNING), (CLIENT, ENTRANCE)):
        expect(at[first] < at[then], f"{first} goes before {then}: {gone}")
    # Not only the workload: its pods, which take their time.
    for pod, then in (("web-", DATABASE), ("db-", CLAIM), ("db-", GOVERNING)):
        deletion = scene.request_that_wrote(*then)
        left = last_of_pods(scene, since, pod)
        expect(left < deletion.received, f"{then} waits for the pods {pod}*: {left} {deletion}")
    expect_equal(scene.bed.destroyed(), [], "destroyed volumes")
    scene.diff(repo, status=0)


@scenario("a CronJob whose job runs: no other is begun, the job is waited for and ends, and then it goes")
def running_job(scene):
    repo = scene.repository()
    repo.write("stays.yaml", "{apiVersion: v1, kind: ConfigMap, metadata: {name: stays}}")
    repo.write("report.yaml", """
        apiVersion: batch/v1
        kind: CronJob
        metadata: {name: report}
        spec:
          schedule: "* * * * *"
          concurrencyPolicy: Forbid
          jobTemplate:
            spec:
              template:
                metadata: {annotations: {bed.holdfast.dev/never-ready: "true"}}
                spec: {restartPolicy: Never, containers: [{name: c, image: "report:1"}]}
        """).commit()
    scene.sync(repo)
    until(lambda: scene.list("pods"), 90, "a job has begun")
    scene.mark()
    repo.remove("report.yaml").commit()
    late = scene.sync(repo, "--timeout", "2s", status=4)
    expect_words(late.said, "CronJob", "its Job report-", "is running")
    expect_equal(scene.get("cronjob", "report")["spec"]["suspend"], True, "it is suspended")
    expect_equal([str(one) for one in scene.writes() if one.verb == "delete"], [], "deletions")
    # Taken back meanwhile it works on.
    repo.git("revert", "--no-edit", "HEAD")
    scene.sync(repo)
    expect(not scene.get("cronjob", "report")["spec"]["suspend"], "it is suspended no more")
    scene.diff(repo, status=0)
    repo.remove("report.yaml").commit()
    running = scene.start_sync(repo)
    for pod in scene.list("pods"):  # So it gets ready, and ends.
        scene.kubectl("annotate", "pod", pod["metadata"]["name"], "bed.holdfast.dev/never-ready-")
    ended = running.ended()
    expect_equal(ended.status, 0, f"exit status\n{ended}\n")
    expect(not scene.has("cronjob", "report"), "it is gone")
    scene.diff(repo, status=0)


@scenario("a finalizer that nobody ends: named within seconds, left alone, and the rest waits behind it")
def hangs(scene):
    repo = scene.repository()
    for name in ("stuck", "stays"):
        repo.write(f"{name}.yaml", f"{{apiVersion: v1, kind: ConfigMap, metadata: {{name: {name}}}}}")
    repo.commit()
    scene.sync(repo)
    scene.kubectl("patch", "configmap", "stuck", "--type=merge", "-p",
                  '{"metadata":{"finalizers":["example.com/backup-first"]}}')
    repo.remove("stuck.yaml").commit()
    late = scene.sync(repo, "--timeout", "3s", status=4)
    expect_words(late.said, "ConfigMap", "stuck", "Terminating", "example.com/backup-first")
    left = scene.get("configmap", "stuck")["metadata"]
    expect_equal(left["finalizers"], ["example.com/backup-first"], "its finalizers")
    # It is told for as long as it hangs; once somebody ends it, all is well.
    scene.mark()
    expect_words(scene.sync(repo, "--timeout", "2s", status=4).said, "example.com/backup-first")
    expect_equal([str(one) for one in scene.writes() if one.verb == "delete"], [], "deletions anew")
    scene.kubectl("patch", "configmap", "stuck", "--type=merge", "-p",
                  '{"metadata":{"finalizers":null}}')
    until(lambda: not scene.has("configmap", "stuck"), 10, "it is gone")
    scene.sync(repo)
    scene.diff(repo, status=0)


@scenario("wanted again while it still goes: told as soon as it is gone, and made anew by the next run")
def wanted_again(scene):
    repo = scene.repository()
    repo.write("web.yaml", workload("web", """
              containers: [{name: web, image: "registry.example/shop:1"}]""")).commit()
    scene.sync(repo)
    scene.kubectl("delete", "deployment", "web", "--cascade=foreground", "--wait=false")
    gone = scene.sync(repo, "--timeout", "60s", status=4)
    expect_words(gone.said, "somebody deleted it", "the next run makes it anew")
    expect(gone.seconds < 30, f"it took {gone.seconds:.0f} s to say so")
    scene.sync(repo)
    expect(scene.ready("deployment", "web", 1), "it is ready")


SCALER = ("horizontalpodautoscalers", "web")
NIGHTLY = ("cronjobs", "nightly")
CLIENT = ("deployments", "web")
ENTRANCE = ("services", "web")
DATABASE = ("deployments", "db")
GOVERNING = ("services", "db")
CLAIM = ("persistentvolumeclaims", "data")
SHOP = (SCALER, NIGHTLY, CLIENT, ENTRANCE, DATABASE, GOVERNING, CLAIM)


def given_a_shop(scene):
    """MySQL and its client, whose pods take two seconds to go, beside much that stays."""
    repo = scene.example("storage")
    repo.replace("storage/storageclass.yaml", "reclaimPolicy: Retain", "reclaimPolicy: Delete")
    for i in range(20):
        repo.write(f"stays/{i}.yaml",
                   f"{{apiVersion: v1, kind: ConfigMap, metadata: {{name: stays-{i}}}}}")
    repo.write("shop/db.yaml", workload("db", """
              containers:
              - name: mysql
                image: mysql:8.4.6
                volumeMounts: [{name: data, mountPath: /var/lib/mysql}]
              volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]"""))
    repo.write("shop/web.yaml", workload("web", """
              containers:
              - name: web
                image: registry.example/shop:1
                env: [{name: DB_HOST, value: db}]"""))
    repo.write("shop/claim.yaml", claim(scene, "data"))
    repo.write("shop/scaler.yaml", """
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: web}
        spec:
          scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
          minReplicas: 1
          maxReplicas: 3
        """)
    repo.write("shop/nightly.yaml", """
        apiVersion: batch/v1
        kind: CronJob
        metadata: {name: nightly}
        spec:
          schedule: "0 3 * * *"
          jobTemplate:
            spec:
              template:
                spec:
                  restartPolicy: Never
                  containers: [{name: report, image: "registry.example/report:1"}]
        """)
    repo.commit()
    scene.sync(repo)
    expect(scene.bound("data"), "the claim is Bound")
    return repo


def workload(name, pod):
    return f"""
        apiVersion: v1
        kind: Service
        metadata: {{name: {name}}}
        spec: {{selector: {{app: {name}}}, ports: [{{port: 80}}]}}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {{name: {name}}}
        spec:
          replicas: 1
          strategy: {{type: Recreate}}
          selector: {{matchLabels: {{app: {name}}}}}
          template:
            metadata:
              labels: {{app: {name}}}
              annotations: {{bed.holdfast.dev/delete-after: 2s}}
            spec:{pod}
        """


def last_of_pods(scene, since, prefix):
    """When the last of these pods was taken out of the cluster. A controller may ask again
    for one that has gone, which the API server declines."""
    times = [one.answered for one in scene.bed.audit.requests(since)
             if one.verb == "delete" and one.resource == "pods" and not one.dry_run
             and 200 <= one.status < 300
             and one.namespace == scene.namespace and one.name.startswith(prefix)]
    expect(times, f"pods {prefix}* have gone")
    return max(times)
