"""Acts: what Holdfast is interrupted in. Each starts from a state that is in sync, and can be
played again and again: what it changed is put back, or goes on from there.

The StorageClass destroys: were a claim deleted before its volume is made sure of,
destroyed.log would say so.
"""

import re

from stage.checks import until


class Act:
    name = ""
    sentence = ""
    parts = ()             # Folders of the example.
    fresh = False          # Each turn needs a namespace of its own.
    by_daemon = False      # `holdfast run` does it, from its start on; else `sync`.

    def given(self, scene):
        """A repository whose last commit is in force."""
        repo = scene.example(*self.parts)
        repo.replace("storage/storageclass.yaml", "reclaimPolicy: Retain", "reclaimPolicy: Delete")
        if "cassandra" in self.parts:
            repo.replace("cassandra/statefulset.yaml", "replicas: 3", "replicas: 2")
        repo.commit("The beginning")
        if not self.fresh:
            scene.sync(repo)
        return repo

    def forth(self, scene, repo):
        """Commits what the act is to bring about."""

    def back(self, scene, repo):
        """Undoes it, undisturbed."""

    def newest(self, repo):
        """What each turn writes anew, as it is in Git now; "" if a turn is like the other."""
        return ""


class Deploy(Act):
    name = "deploy"
    sentence = "the example is deployed"
    parts = ("storage", "mysql", "cassandra")
    fresh = True


class Rollout(Act):
    name = "rollout"
    sentence = "Cassandra gets a new image"
    parts = ("storage", "cassandra")

    def forth(self, scene, repo):
        # Always a newer one: an older release may not read what a newer one wrote.
        one_more(repo, r"cassandra:4\.1\.(\d+)")
        repo.commit("A newer Cassandra")

    def newest(self, repo):
        return found_in(repo, r"cassandra:4\.1\.(\d+)")[0]


class Push(Rollout):
    name = "push"
    sentence = "the daemon starts, and rolls out what was pushed"
    by_daemon = True

    def given(self, scene):
        repo = super().given(scene)
        daemon = scene.start_daemon(scene.sync_of(repo))
        until(lambda: scene.bed.get("configmap", f"holdfast-status-{scene.name}",
                                    "holdfast-system"), 60, "the daemon has told its status")
        daemon.await_words("in sync with")
        daemon.terminate()
        return repo


class Resize(Act):
    name = "resize"
    sentence = "Cassandra's volumes grow, by approval, and no pod is restarted"
    parts = ("storage", "cassandra")

    def given(self, scene):
        repo = super().given(scene)
        repo.replace("storage/storageclass.yaml", "reclaimPolicy: Delete",
                     "reclaimPolicy: Delete\nallowVolumeExpansion: true")
        repo.commit("Its volumes may grow")
        scene.sync(repo)
        return repo

    def forth(self, scene, repo):
        one_more(repo, r"storage: (\d+)Gi")  # A volume never shrinks.
        repo.commit("Larger volumes")
        approval = scene.holdfast("approve", *scene.flags(repo)).out
        repo.write("approvals/resize.yaml", approval).commit("They may grow")

    def newest(self, repo):
        _, size = found_in(repo, r"storage: (\d+)Gi")
        return f'"{size}Gi"'


class Detach(Act):
    name = "detach"
    sentence = "MySQL goes with its claim, by approval, and its volume stays"
    parts = ("storage", "mysql")

    def forth(self, scene, repo):
        repo.remove("mysql/claim.yaml", "mysql/deployment.yaml").commit("No MySQL")
        approval = scene.holdfast("approve", *scene.flags(repo)).out
        repo.write("approvals/detach.yaml", approval).commit("Its claim may go")

    def back(self, scene, repo):
        repo.git("checkout", "-q", "HEAD~2", "--", "mysql")
        repo.remove("approvals").commit("MySQL again")
        scene.sync(repo)


class Remove(Act):
    name = "remove"
    sentence = "WordPress goes, and its claim stays"
    parts = ("storage", "mysql")

    def forth(self, scene, repo):
        text = (repo.folder / "mysql/wordpress.yaml").read_text()
        repo.replace("mysql/wordpress.yaml", "replicas: 1", "replicas: 0").commit("It stops first")
        scene.sync(repo)
        repo.write("mysql/wordpress.yaml", text.split("\n---\n")[0] + "\n").commit("No WordPress")

    def back(self, scene, repo):
        repo.git("checkout", "-q", "HEAD~2", "--", "mysql")
        repo.commit("WordPress again")
        scene.sync(repo)


RING = "cassandra/statefulset.yaml"


def found_in(repo, pattern):
    """The first match in the manifest of the ring, and the number in it."""
    found = re.search(pattern, (repo.folder / RING).read_text())
    return found[0], int(found[1])


def one_more(repo, pattern):
    old, number = found_in(repo, pattern)
    head, _, tail = old.rpartition(str(number))
    repo.replace(RING, old, f"{head}{number + 1}{tail}")


ACTS = [Deploy(), Rollout(), Push(), Resize(), Detach(), Remove()]
