"""holdfast hook pre-receive, run by Git at a real `git push` to a bare repository."""

import shlex
import socket

from stage import commands
from stage.checks import expect, expect_equal, expect_words
from stage.https_server import write_kubeconfig
from stage.runner import scenario

PUSHED_OUT = 1  # git push, when the server says no.


@scenario("a push that would cost data is refused with the reason, others pass, an approved one too")
def pre_receive(scene):
    repo = scene.example("storage", "mysql")
    began = repo.commit()
    scene.sync(repo)
    server = given_a_server(scene, repo)

    repo.write("note.yaml", "{apiVersion: v1, kind: ConfigMap, metadata: {name: note}}")
    harmless = repo.commit()
    scene.mark()
    told = repo.try_git("push", "server", "main", status=0)
    expect_words(told.err, f"remote: holdfast: {harmless[:12]} may come to refs/heads/main")
    scene.wrote_nothing()

    # Refused; and the same commit is welcome where nothing follows it.
    repo.remove("mysql/claim.yaml").commit()
    told = repo.try_git("push", "server", "main", status=PUSHED_OUT)
    for words in ("remote: holdfast: refused",
                  f"remote: ! PersistentVolumeClaim {scene.namespace}/mysql-data", "[H-A1]",
                  "remote:     do: "):
        expect_words(told.err, words)
    expect_equal(at(server), harmless, "main of the server")
    repo.try_git("push", "server", "main:elsewhere", status=0)
    broken = repo.write("broken.yaml", "a: [\n").commit()
    told = repo.try_git("push", "server", "main", status=PUSHED_OUT)
    expect_words(told.err, "broken.yaml:", "[H-H3]")

    # History: the branch gone, or rewritten.
    told = repo.try_git("push", "server", ":main", status=PUSHED_OUT)
    expect_words(told.err, "refused: refs/heads/main is what sync")
    told = repo.try_git("push", "--force", "server", f"{began}:main", status=PUSHED_OUT)
    expect_words(told.err, "history would be rewritten", "[H-H2]")
    expect_equal(at(server), harmless, "main of the server")
    expect(broken != harmless, "they differ")

    # What waits for an approval comes together with it.
    repo.back_to(harmless)
    repo.remove("mysql/claim.yaml", "mysql/deployment.yaml").commit()
    repo.try_git("push", "server", "main", status=PUSHED_OUT)
    text = scene.holdfast("approve", *scene.flags(repo)).out
    approved = repo.write("approvals/mysql-data.yaml", text).commit()
    repo.try_git("push", "server", "main", status=0)
    expect_equal(at(server), approved, "main of the server")
    scene.wrote_nothing()
    expect(scene.bound("mysql-data", "wordpress-data"), "the claims are Bound")


@scenario("a push while the cluster is away, and a hook that is told nonsense: refused, with status 2")
def unanswered(scene):
    repo = scene.repository()
    first = repo.write("a.yaml", "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}").commit()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))  # Bound and not listening: refused, and nobody else's.
        away = write_kubeconfig(scene.folder / "away",
                                f"https://127.0.0.1:{free.getsockname()[1]}",
                                "insecure-skip-tls-verify: true", "token: none")
        server = given_a_server(scene, repo, kubeconfig=away, empty=True)
        told = repo.try_git("push", "server", "main", status=PUSHED_OUT)
        expect_words(told.err, "remote: holdfast: what this push would do cannot be told",
                     "127.0.0.1", "push again")
        expect_equal(at(server), None, "main of the server")
    for said, status in ((f"{'0' * 40} {first} refs/heads/main\n", 2), ("nonsense\n", 2),
                         (f"{'0' * 40} {first} refs/heads/else\n", 0), ("", 0)):
        ended = commands.run(hook(scene, away), stdin=said,
                             env={**scene.environment, "GIT_DIR": str(repo.folder / ".git")})
        expect_equal(ended.status, status, f"status for {said!r}:\n{ended}")
    gone = commands.run(hook(scene, away), stdin=f"{first} {'0' * 40} refs/heads/main\n",
                        env={**scene.environment, "GIT_DIR": str(repo.folder / ".git")})
    expect_equal(gone.status, 3, f"status for a deletion:\n{gone}")


def hook(scene, kubeconfig):
    return [str(scene.program_path), "hook", "pre-receive", "--ref", "main", "--name", scene.name,
            "--namespace", scene.namespace, "--kubeconfig", str(kubeconfig)]


def given_a_server(scene, repo, kubeconfig=None, empty=False):
    """A bare repository with the hook, which `repo` knows as server."""
    server = scene.folder / "server.git"
    repo.git("init", "-q", "--bare", "-b", "main", str(server))
    repo.git("-C", str(server), "config", "receive.denyDeleteCurrent", "ignore")
    repo.git("remote", "add", "server", str(server))
    if not empty:
        repo.git("push", "-q", "server", "main")
    script = server / "hooks/pre-receive"
    script.write_text("#!/bin/sh\nexec " +
                      shlex.join(hook(scene, kubeconfig or scene.bed.kubeconfig)) + "\n")
    script.chmod(0o755)
    return server


def at(server):
    """The commit of main there, or None."""
    ended = commands.run(["git", "-C", server, "rev-parse", "-q", "--verify", "main"])
    return ended.out.strip() or None
