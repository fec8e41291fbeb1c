"""What the guard has to say of a commit, where it rests on what the API server really does."""

from stage.checks import expect, expect_equal, expect_words, until
from stage.runner import scenario

SECONDS = 60


@scenario("a Job that has run and is gone is not run again; another spec under its name neither")
def job_rerun(scene):
    repo = scene.repository()
    write_job(repo, "migrate:1")
    repo.commit()
    scene.sync(repo)
    until(lambda: not scene.has("job", "migrate"), 60, "the server has removed the Job")
    scene.mark()

    told = scene.sync(repo)
    expect(not scene.has("job", "migrate"), "it stays away")
    expect_words(scene.diff(repo, status=0).out, "Job", "not run again", "[H-D10]")
    expect_equal(scene.writes_to_objects(), [], f"writes to objects\n{told.said}")

    write_job(repo, "migrate:2")
    repo.commit()
    expect_words(scene.sync(repo, status=3).said, "H-D10", "has run to its end",
                 "holdfast.dev/rerunnable")
    scene.wrote_nothing()

    write_job(repo, "migrate:2", "annotations: {holdfast.dev/rerunnable: \"true\"}")
    repo.commit()
    scene.sync(repo)
    scene.request_that_wrote("jobs", "migrate")


@scenario("a Job that has run is not run again by the revert of the commit that removed it")
def job_reverted(scene):
    repo = scene.repository()
    repo.write("map.yaml", "{apiVersion: v1, kind: ConfigMap, metadata: {name: one}}")
    write_job(repo, "migrate:1")
    repo.commit()
    scene.sync(repo)
    until(lambda: not scene.has("job", "migrate"), 60, "the server has removed the Job")
    repo.remove("job.yaml").commit()
    scene.sync(repo)
    scene.diff(repo, status=0)

    repo.git("revert", "--no-edit", "HEAD")
    scene.mark()
    told = scene.sync(repo)
    expect(not scene.has("job", "migrate"), "it stays away")
    expect_words(scene.diff(repo, status=0).out, "Job", "not run again", "[H-D10]")
    expect_equal(scene.writes_to_objects(), [], f"writes to objects\n{told.said}")


@scenario("a manifest whose file is left out from now on is no removal: refused, nothing is written")
def left_out(scene):
    repo = scene.repository()
    for name in ("one", "two", "three", "four"):
        repo.write(f"maps/{name}.yaml",
                   f"{{apiVersion: v1, kind: ConfigMap, metadata: {{name: {name}}}}}")
    repo.commit()
    scene.sync(repo)
    scene.mark()

    before = repo.git("rev-parse", "HEAD")
    repo.write(".holdfast.yaml", """
        apiVersion: holdfast.dev/v1
        kind: Layout
        exclude: ["maps/two.yaml"]
    """).commit()
    expect_words(scene.sync(repo, status=3).said, "H-H5", "ConfigMap", "maps/two.yaml")
    scene.wrote_nothing()
    repo.back_to(before)
    repo.git("mv", "maps/two.yaml", "maps/two.yaml.disabled")
    repo.commit()
    expect_words(scene.sync(repo, status=3).said, "H-H5", "maps/two.yaml.disabled")
    scene.wrote_nothing()
    expect(scene.has("configmap", "two"), "it is there")


@scenario("finalizer, grace, kind of a Service, member: what falls back to a default is refused")
def dropped(scene):
    repo = scene.example("storage", "cassandra")
    service = "cassandra/service.yaml"
    repo.replace(service, "  name: cassandra\n", "  name: cassandra\n"
                 "  finalizers: [example.com/wait]\n").commit()
    scene.sync(repo)
    base = repo.git("rev-parse", "HEAD")
    scene.mark()
    rows = [
        ("H-A10", service, "  finalizers: [example.com/wait]\n", ""),
        ("H-F14", "cassandra/statefulset.yaml", "terminationGracePeriodSeconds: 1800\n", "\n"),
        ("H-D8", service, "clusterIP: None\n", "type: ExternalName\n  externalName: x.example.com\n"),
        ("H-F6", "cassandra/statefulset.yaml", "replicas: 3\n", "replicas: 2\n"),
        ("H-G4", "cassandra/statefulset.yaml", "type: RollingUpdate\n",
         "type: RollingUpdate\n    rollingUpdate: {maxUnavailable: 2}\n"),
        ("H-F17", "cassandra/poddisruptionbudget.yaml", "maxUnavailable: 1", "maxUnavailable: 2"),
        ("H-F13", "cassandra/statefulset.yaml", "fsGroup: 999", "fsGroup: 1000"),
    ]
    for hazard, path, old, new in rows:
        repo.replace(path, old, new).commit()
        expect_words(scene.diff(repo, status=3).said, hazard)
        repo.back_to(base)
    scene.wrote_nothing()
    scene.kubectl("patch", "service", "cassandra", "--type=merge",
                  "-p", '{"metadata":{"finalizers":null}}')


@scenario("a node that the volume is not on, a port that a client uses: refused; its node: goes ahead")
def other_node(scene):
    repo = scene.example("storage", "mysql")
    repo.commit()
    scene.sync(repo)
    node = next(one["spec"]["nodeName"] for one in scene.list("pods")
                if one["metadata"]["name"].startswith("mysql"))
    other = next(one["metadata"]["name"] for one in scene.bed.list("nodes")
                 if one["metadata"]["name"] != node)
    base = repo.git("rev-parse", "HEAD")
    select = ("      terminationGracePeriodSeconds: 120\n",
              "      terminationGracePeriodSeconds: 120\n"
              "      nodeSelector: {{kubernetes.io/hostname: {}}}\n")
    repo.replace("mysql/deployment.yaml", select[0], select[1].format(other)).commit()
    expect_words(scene.diff(repo, status=3).said, "H-F16", "mysql-data", node)
    repo.back_to(base)
    repo.replace("mysql/deployment.yaml", select[0], select[1].format(node)).commit()
    scene.diff(repo, status=1)
    repo.back_to(base)
    repo.replace("mysql/service.yaml", "port: 3306\n", "port: 3307\n").commit()
    expect_words(scene.diff(repo, status=3).said, "H-F18", "port 3306", "Deployment",
                 "wordpress")


def write_job(repo, image, metadata=""):
    repo.write("job.yaml", f"""
        apiVersion: batch/v1
        kind: Job
        metadata:
          name: migrate
          {metadata}
        spec:
          ttlSecondsAfterFinished: 0
          template:
            spec:
              restartPolicy: Never
              containers: [{{name: c, image: "{image}"}}]
    """)
