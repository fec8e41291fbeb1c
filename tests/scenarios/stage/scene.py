"""Scene: what one scenario works with. Its names are its own, so scenarios can share a bed."""

import datetime

from stage import places
from stage.checks import Failed, expect, expect_equal, until
from stage.program import document
from stage.repo import Repository

# What a sync writes of its own is in this namespace and these kinds.
INVENTORY_NAMESPACE = "holdfast-system"


class Scene:
    def __init__(self, bed, program, folder, name):
        self.bed = bed
        self.folder = folder
        self.environment = bed.environment()
        self.history = []      # Every run of holdfast, for the report of a failure.
        self._program = program
        self._running = []
        self._repositories = 0
        self._beside = []
        self._since = bed.audit.now()
        self.began = self._since
        self.begin_anew(name)

    def another(self, name):
        """A scene beside this one, on the same bed, that ends with it."""
        folder = self.folder / name
        folder.mkdir()
        beside = Scene(self.bed, self._program, folder, f"{self.name}-{name}")
        self._beside.append(beside)
        return beside

    def begin_anew(self, name):
        """Another sync, namespace and StorageClass, all of this name."""
        self.name = self.namespace = self.storage_class = name
        self.bed.new_namespace(name)

    # Given.

    def repository(self):
        self._repositories += 1
        return Repository(self.folder / f"repository-{self._repositories}")

    def example(self, *parts):
        """A repository with these folders of the example; its StorageClass has our name."""
        repo = self.repository()
        for part in parts:
            repo.copy(places.EXAMPLE / part, part)
        return repo.replace_everywhere("local-path", self.storage_class).replace_everywhere(
            f"rancher.io/{self.storage_class}", "rancher.io/local-path")

    # When.

    def holdfast(self, *arguments, status=0, deadline=120):
        ended = self._program.run(arguments, self.environment, status, deadline)
        self.history.append(ended)
        return ended

    def sync(self, repo, *flags, status=0):
        return self.holdfast("sync", *self.flags(repo), *flags, status=status)

    def diff(self, repo, *flags, status):
        return self.holdfast("diff", *self.flags(repo), *flags, status=status)

    def plan(self, repo, *flags, status):
        return self.holdfast("plan", *self.flags(repo), *flags, status=status)

    def sync_document(self, repo, *flags, status=0):
        """The same as sync(), told as JSON."""
        return document(self.sync(repo, *flags, "-o", "json", status=status))

    def diff_document(self, repo, *flags, status):
        return document(self.diff(repo, *flags, "-o", "json", status=status))

    def start(self, *arguments):
        running = self._program.start(arguments, self.environment)
        self._running.append(running)
        return running

    @property
    def program_path(self):
        """For whoever else runs it, such as Git."""
        return self._program.path

    def start_sync(self, repo, *flags):
        return self.start("sync", *self.flags(repo), *flags)

    def start_daemon(self, *documents):
        """The daemon with these Sync documents (sync_of())."""
        config = self.folder / "syncs.yaml"
        config.write_text("---\n".join(documents))
        return self.start("run", "--config", str(config))

    def sync_of(self, repo, name=None):
        """A Sync document; its inventory is the scenario's own."""
        return f"""\
apiVersion: holdfast.dev/v1
kind: Sync
metadata: {{name: {self.name}{'-' + name if name else ''}}}
spec:
  repo: {repo.folder}
  ref: main
  interval: 1s
  namespace: {self.namespace}
"""

    def flags(self, repo):
        return ["--repo", str(repo.folder), "--ref", "main", "--name", self.name,
                "--namespace", self.namespace]

    def mark(self):
        """From here on, writes() counts."""
        self._since = self.bed.audit.now()

    def kubectl(self, *arguments, **options):
        return self.bed.kubectl("-n", self.namespace, *arguments, **options)

    # Then.

    def writes(self):
        """What holdfast has written since mark()."""
        return self.bed.audit.writes(self._since)

    def wrote_nothing(self):
        writes = self.writes()
        expect(not writes, "it was to write nothing, but wrote\n" + "\n".join(map(str, writes)))

    def writes_to_objects(self):
        """The same without the inventory's."""
        return [write for write in self.writes() if not self._is_bookkeeping(write)]

    def request_that_wrote(self, resource, name):
        """The first request of holdfast since mark() that wrote this object."""
        for write in self.writes():
            if write.is_of(resource, name) and 200 <= write.status < 300:
                return write
        raise Failed(f"holdfast has not written {resource} {name}; its writes:\n" +
                     "\n".join(map(str, self.writes())))

    def get(self, kind, name):
        return self.bed.get(kind, name, self.namespace)

    def has(self, kind, name):
        return self.get(kind, name) is not None

    def list(self, kind):
        return self.bed.list(kind, self.namespace)

    def uids(self, *kinds):
        """Name and uid of all objects of these kinds."""
        return {f"{kind}/{one['metadata']['name']}": one["metadata"]["uid"]
                for kind in kinds for one in self.list(kind)}

    def loses_nothing(self, destroyed=()):
        """The claims that are there survive it when every pod is deleted once, and nothing was
        destroyed but the volumes `destroyed`: a loss that only waits for a restart is one too.
        A scenario that is about data ends by asking this."""
        before = self.uids("persistentvolumeclaims")
        self.kubectl("delete", "pods", "--all", "--wait=true")
        for kind in ("deployments", "statefulsets"):
            for one in self.list(kind):
                self.await_ready(kind, one["metadata"]["name"], one["spec"]["replicas"])
        expect_equal(self.uids("persistentvolumeclaims"), before,
                     "claims after every pod was restarted")
        expect_equal(sorted(self.destroyed()), sorted(destroyed), "destroyed volumes")

    def destroyed(self):
        """The volumes and snapshots of this scenario's namespace that are no more."""
        lines = [line.split("\t") for line in self.bed.destroyed()]
        return [name for name, claim, *_ in lines if claim.startswith(self.namespace + "/")]

    def ready(self, kind, name, replicas):
        """True if all its replicas are ready and the controller has seen its newest state."""
        one = self.get(kind, name) or {}
        status = one.get("status", {})
        return (status.get("observedGeneration") == one.get("metadata", {}).get("generation")
                and status.get("readyReplicas", 0) == replicas
                and status.get("replicas", 0) == replicas
                and status.get("updatedReplicas", 0) == replicas)

    def await_ready(self, kind, name, replicas, seconds=60):
        until(lambda: self.ready(kind, name, replicas), seconds,
              f"{kind} {name} has {replicas} ready")

    def bound(self, *names):
        """True if just these claims are there, and are Bound."""
        phases = {one["metadata"]["name"]: one["status"].get("phase")
                  for one in self.list("persistentvolumeclaims")}
        return phases == {name: "Bound" for name in names}

    # In the end.

    def close(self):
        for beside in self._beside:
            beside.close()
        for running in self._running:
            if running.runs:
                running.kill()

    def report(self, failure):
        """What a failure should be read with: the last runs, what holdfast wrote, and asked last."""
        runs = [_shortened(str(ended)) for ended in self.history[-2:]
                if str(ended) not in failure]
        runs += [f"-- in the background\n{running.said()}"
                 for scene in (self, *self._beside) for running in scene._running]
        writes = [str(write) for write in self.bed.audit.writes(self.began)]
        asked = [str(one) for one in self.bed.audit.requests(self.began, "holdfast")][-20:]
        return "\n".join(runs + ["-- written by holdfast in this scenario",
                                 _shortened("\n".join(writes)),
                                 "-- the last that holdfast asked", *asked,
                                 f"-- {datetime.datetime.now(datetime.timezone.utc):%H:%M:%S.%f} now"])

    @staticmethod
    def _is_bookkeeping(write):
        return (write.namespace == INVENTORY_NAMESPACE
                or write.is_of("namespaces", INVENTORY_NAMESPACE))


def _shortened(text):
    lines = text.splitlines()
    if len(lines) > 60:
        lines[20:-40] = [f"... {len(lines) - 60} more lines ..."]
    return "\n".join(lines)
