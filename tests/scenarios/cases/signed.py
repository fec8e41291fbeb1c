"""approvals.requireSignature: an approval counts by the signature of its commit."""

import re

from cases.approve import given_mysql, reasons
from cases.purge import given_detached, make_older, stops
from stage import commands
from stage.checks import expect, expect_equal, expect_words
from stage.runner import scenario


@scenario("an approval that is unsigned, of an unknown key, of the author himself, or altered is none; a signed one counts")
def signature(scene):
    repo = given_mysql(scene)
    signers = scene.folder / "allowed_signers"
    keys = {who: a_key(scene, who) for who in ("alice", "mallory", "author")}
    signers.write_text("".join(
        f"{mail} {keys[who].with_suffix('.pub').read_text()}"
        for who, mail in (("alice", "alice@holdfast.example"),
                          ("author", "scenario@holdfast.example"))))
    flags = ["--allowed-signers", str(signers)]
    repo.remove("mysql/claim.yaml", "mysql/deployment.yaml")
    removed = repo.commit()
    text = scene.holdfast("approve", *scene.flags(repo), *flags).out
    for key, why in ((None, "it is not signed"),
                     (keys["mallory"], "which is no allowed signer's"),
                     (keys["author"], "who is also the author of commit")):
        repo.back_to(removed)
        repo.write("approvals/a.yaml", text).commit(signed_by=key)
        scene.mark()
        told = scene.sync_document(repo, *flags, status=3)
        expect_words(reasons(told), "approvals/a.yaml", "signatures are asked for", why)
        scene.wrote_nothing()

    # Altered: the same signature over another message.
    repo.back_to(removed)
    commit = repo.write("approvals/a.yaml", text).commit("As signed", signed_by=keys["alice"])
    altered = scene.folder / "altered"
    altered.write_text(repo.try_git("cat-file", "commit", commit, status=0).out.replace(
        "As signed", "As altered"))
    repo.git("reset", "-q", "--hard", repo.git("hash-object", "-t", "commit", "-w", str(altered)))
    told = scene.sync_document(repo, *flags, status=3)
    expect_words(reasons(told), "it was altered after it was signed")
    scene.wrote_nothing()

    repo.back_to(commit)
    scene.sync(repo, *flags)
    expect(not scene.has("pvc", "mysql-data"), "the claim is gone")
    expect_equal(scene.bed.destroyed(), [], "destroyed volumes")


@scenario("a volume of which no copy is known dies by two people's signatures, and by no fewer")
def two_people(scene):
    repo, volume = given_detached(scene, snapshot=False)
    make_older(scene, volume)
    keys = {who: a_key(scene, who) for who in ("alice", "bob")}
    signers = scene.folder / "allowed_signers"
    signers.write_text("".join(f"{who}@holdfast.example {key.with_suffix('.pub').read_text()}"
                               for who, key in keys.items()))
    flags = ["--allowed-signers", str(signers)]
    text = scene.holdfast("approve", "--destroy", volume, *scene.flags(repo), *flags).out
    expect_words(text, "noCopy: true")
    repo.write("approvals/alice.yaml", text).commit("By Alice", signed_by=keys["alice"])
    stops(scene, repo, "two approvers", flags=flags)
    # The same person twice is one.
    repo.write("approvals/again.yaml", in_own_words(text, "I still say so"))
    alone = repo.commit("By Alice again", signed_by=keys["alice"])
    stops(scene, repo, "two approvers", flags=flags)
    repo.back_to(alone)
    repo.remove("approvals/again.yaml")
    repo.write("approvals/bob.yaml", in_own_words(text, "I have looked at it too"))
    repo.commit("By Bob", signed_by=keys["bob"])
    scene.sync(repo, *flags)
    expect_equal(scene.destroyed(), [volume], "destroyed volumes")
    scene.loses_nothing(destroyed=[volume])


def in_own_words(approval, reason):
    return re.sub("reason: .*", f'reason: "{reason}"', approval)


def a_key(scene, who):
    path = scene.folder / who
    made = commands.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path])
    expect_equal(made.status, 0, f"making a key\n{made}")
    return path
