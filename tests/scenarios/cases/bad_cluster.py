"""Clusters that cannot be reached, do not let us in, answer nonsense, or die half-way."""

import json
import socket

from stage import commands
from stage.checks import expect, expect_equal, expect_words, until
from stage.https_server import write_kubeconfig
from stage.odd_server import OddServer
from stage.runner import scenario

BED = "own"
SECONDS = 100

STATUS = {"kind": "Status", "apiVersion": "v1", "status": "Failure"}


@scenario("a kubeconfig or a context that is not there")
def no_kubeconfig(scene):
    repo = given_a_repository(scene)
    fails(scene, repo, ["--kubeconfig", "/no/such/kubeconfig"], "/no/such/kubeconfig")
    fails(scene, repo, ["--context", "no-such-context"], "no-such-context")
    empty = scene.folder / "empty"
    empty.write_text("")
    fails(scene, repo, ["--kubeconfig", str(empty)], str(empty))
    broken = scene.folder / "broken"
    broken.write_text("apiVersion: v1\nclusters: [\n")
    fails(scene, repo, ["--kubeconfig", str(broken)], str(broken))
    scene.environment["KUBECONFIG"] = "/no/such/kubeconfig"
    fails(scene, repo, [], "/no/such/kubeconfig")


@scenario("a wrong token, an expired certificate, no credentials, a person without rights")
def not_let_in(scene):
    repo = given_a_repository(scene)
    server = the_server(scene)
    pki = scene.bed.folder / "pki"
    authority = a_certificate_authority(scene)
    for name, user, words in [
        ("wrong-token", "token: not-the-token", ["401"]),
        ("expired", expired_certificate(scene, pki), ["expired"]),
        ("nobody", "{}", ["anonymous"]),
    ]:
        path = write_kubeconfig(scene.folder / name, server, authority, user)
        fails(scene, repo, ["--kubeconfig", str(path)], *words)

    scene.kubectl("create", "serviceaccount", "reader")
    token = scene.kubectl("create", "token", "reader").strip()
    path = write_kubeconfig(scene.folder / "reader", server, authority, f"token: {token}")
    fails(scene, repo, ["--kubeconfig", str(path)], "forbidden", "reader")


@scenario("a server whose certificate nobody trusts, or one that speaks no TLS")
def not_trusted(scene):
    repo = given_a_repository(scene)
    with OddServer(scene.folder / "odd", 200, b"{}") as odd:
        path = write_kubeconfig(
            scene.folder / "distrust", the_server(scene),
            f"certificate-authority: {odd.kubeconfig.parent / 'server.crt'}", "token: none")
        fails(scene, repo, ["--kubeconfig", str(path)], "certificate")
        expect_equal(odd.asked, [], "requests to a server that is not meant")


@scenario("a server that is away: connection refused")
def away(scene):
    repo = given_a_repository(scene)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))  # Bound and not listening: refused, and nobody else's.
        server = f"https://127.0.0.1:{free.getsockname()[1]}"
        path = write_kubeconfig(scene.folder / "away", server, a_certificate_authority(scene), "token: none")
        told = fails(scene, repo, ["--kubeconfig", str(path)], server.removeprefix("https://"))
        expect(told.seconds < 15, f"it took {told.seconds:.1f} s")


@scenario("a server that answers 500 to everything")
def answers_500(scene):
    body = json.dumps({**STATUS, "code": 500, "message": "etcd is out to lunch"}).encode()
    nonsense(scene, 500, body, {"Content-Type": "application/json"}, "500", "out to lunch")


@scenario("a server that answers 429 to everything")
def answers_429(scene):
    body = json.dumps({**STATUS, "code": 429, "message": "slow down"}).encode()
    nonsense(scene, 429, body, {"Content-Type": "application/json", "Retry-After": "1"}, "429")


@scenario("a server that answers HTML, well or badly, or nothing")
def answers_html(scene):
    page = b"<html><body><h1>Welcome to the login page</h1></body></html>"
    nonsense(scene, 200, page, {"Content-Type": "text/html"}, "text/html", "really a Kubernetes API server")
    nonsense(scene, 502, page, {"Content-Type": "text/html"}, "502")
    nonsense(scene, 302, b"", {"Location": "https://127.0.0.1:9/login"}, "302")
    nonsense(scene, 200, b"", {"Content-Type": "application/json"}, "Lease")
    nonsense(scene, 200, b'{"kind": "APIGroup', {"Content-Type": "application/json"}, "Lease")


@scenario("a server that hangs: an error in bounded time, and Ctrl-C works meanwhile")
def hangs(scene):
    repo = given_a_repository(scene)
    pid = scene.bed.freeze("apiserver")
    try:
        running = scene.start("diff", *scene.flags(repo))
        commands.pause(1)  # It hangs now: nothing tells that it does.
        ended = running.interrupt(3)
        expect_equal(ended.status, 2, "exit status after Ctrl-C")
        told = scene.holdfast("sync", *scene.flags(repo), "--timeout", "3s", status=2, deadline=60)
        expect_words(told.err, the_server(scene).removeprefix("https://"))
    finally:
        scene.bed.resume(pid)
    scene.wrote_nothing()


@scenario("a server that dies half-way: what was applied is told, and the next run converges")
def dies(scene):
    for point in (4, 9):
        scene.begin_anew(f"dies-{point}")
        repo = scene.example("storage", "mysql")
        repo.commit()
        scene.mark()
        running = scene.start_sync(repo, "-o", "json", "--timeout", "5s")
        until(lambda: len(scene.writes()) >= point or not running.runs, 30, f"{point} writes")
        scene.bed.stop("apiserver", kill=True)
        try:
            ended = running.ended(60)
        finally:
            scene.bed.bring_back_the_apiserver()
        expect_equal(ended.status, 2, f"exit status\n{ended}")
        told = json.loads(ended.out)
        expect_equal(told["kind"], "SyncResult", "kind of the answer")
        applied = {one["name"] for one in told["outcomes"] if one["outcome"] != "not reached"}
        expect(scene.name in str(told) and applied, f"what was applied is told: {told['outcomes']}")
        expect(told["reason"], "the reason is told")
        scene.sync(repo)
        expect(scene.ready("deployment", "wordpress", 1), "WordPress is ready")
        scene.diff(repo, status=0)


@scenario("a restart of the API server during a wait does not end the wait")
def restarts(scene):
    repo = scene.example("storage", "mysql")
    repo.replace("mysql/deployment.yaml", "    metadata:\n      labels:",
                 '    metadata:\n      annotations: {bed.holdfast.dev/never-ready: "true"}\n'
                 "      labels:").commit()
    running = scene.start_sync(repo)
    until(lambda: scene.has("deployment", "mysql"), 30, "MySQL is written")
    scene.bed.stop("apiserver", kill=True)
    scene.bed.start("apiserver")
    until(lambda: scene.list("pods"), 30, "MySQL has a pod")
    scene.kubectl("annotate", "pod", "--all", "bed.holdfast.dev/never-ready-")
    ended = running.ended(60)
    expect_equal(ended.status, 0, f"exit status\n{ended}")
    expect(scene.ready("deployment", "wordpress", 1), "WordPress is ready")


def given_a_repository(scene):
    repo = scene.repository()
    repo.write("one.yaml", "{apiVersion: v1, kind: ConfigMap, metadata: {name: one}}\n").commit()
    return repo


def the_server(scene):
    return json.loads(scene.bed.kubectl("config", "view", "-o", "json"))["clusters"][0]["cluster"][
        "server"]


def a_certificate_authority(scene):
    return f"certificate-authority: {scene.bed.folder / 'pki' / 'ca.crt'}"


def expired_certificate(scene, pki):
    """A certificate of an administrator, by the cluster's own authority, of yesterday."""
    key, request, certificate = (scene.folder / f"expired.{end}" for end in ("key", "csr", "crt"))
    for argv in (
        ["openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
         "-keyout", key, "-subj", "/O=system:masters/CN=late", "-out", request],
        ["openssl", "x509", "-req", "-in", request, "-CA", pki / "ca.crt", "-CAkey", pki / "ca.key",
         "-set_serial", "1", "-days", "-1", "-out", certificate],
    ):
        made = commands.run(argv)
        expect_equal(made.status, 0, str(made))
    return f"{{client-certificate: {certificate}, client-key: {key}}}"


def fails(scene, repo, flags, *words):
    """diff and sync end with status 2 and these words, without a write."""
    for command in (scene.diff, scene.sync):
        told = command(repo, *flags, status=2)
        expect_words(told.err, "error: ", *words)
        expect(len(told.err) < 2_000, "it is a paragraph")
    scene.wrote_nothing()
    return told


def nonsense(scene, status, body, headers, *words):
    repo = given_a_repository(scene)
    with OddServer(scene.folder / f"odd-{status}", status, body, headers) as odd:
        told = scene.sync(repo, "--kubeconfig", str(odd.kubeconfig), status=2)
        expect_words(told.err, "error: ", *words)
        expect(len(told.err) < 2_000, "it is a paragraph")
        expect_equal(odd.writes, [], "writes")
        expect(odd.asked, "the server was asked")
        expect(told.seconds < 30, f"it took {told.seconds:.1f} s")
