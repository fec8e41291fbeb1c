"""Acts: what Holdfast is interrupted in. Each starts from a state that is in sync, and can be
played again and again: what it changed is put back, or goes on from there.

The StorageClass destroys: were a claim deleted before its volume is made sure of,
destroyed.log would say so.
"""


class Act:
    name = ""
    sentence = ""
    parts = ()             # Folders of the example.
    fresh = False          # Each turn needs a namespace of its own.

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
        file = repo.folder / "cassandra/statefulset.yaml"
        head, _, rest = file.read_text().partition("cassandra:4.1.")
        number, newline, tail = rest.partition("\n")
        file.write_text(f"{head}cassandra:4.1.{int(number) + 1}{newline}{tail}")
        repo.commit("A newer Cassandra")


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


ACTS = [Deploy(), Rollout(), Detach(), Remove()]
