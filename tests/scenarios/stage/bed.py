"""Bed: one real control plane (tests/cluster), from up to down."""

import json
import os
import signal

from stage import commands, places
from stage.audit import Audit
from stage.checks import Failed, until


class Bed:
    def __init__(self, folder):
        """Starts it, which takes seconds, or minutes where it was never built."""
        self.folder = folder
        self.kubeconfig = folder / "kubeconfig"
        self.audit = Audit(folder / "audit.log")
        self._stopped = set()
        ended = commands.run([places.CLUSTER / "up", folder], deadline=900)
        if ended.status != 0:
            raise Failed(f"the bed did not start\n{ended}")

    def down(self):
        for pid in list(self._stopped):
            self.resume(pid)
        Bed.end(self.folder)

    @staticmethod
    def end(folder):
        """Ends what runs in the folder, also where starting it failed half-way."""
        if (folder / "run").is_dir() and (folder / "log").is_dir():
            commands.run([places.CLUSTER / "down", "--wipe", folder], at_the_end=True)

    # Faults.

    def stop(self, component, kill=False):
        self._must([places.CLUSTER / "stop", *(["--kill"] if kill else []), self.folder, component])

    def start(self, component):
        self._must([places.CLUSTER / "start", self.folder, component])

    def bring_back_the_apiserver(self):
        """After a stop of some seconds. Other clients would wait half a minute before they try
        again, so they are started anew; KWOK is quick by itself."""
        self.start("apiserver")
        for component in ("storage", "scheduler", "controller-manager"):
            self.stop(component)
            self.start(component)

    def freeze(self, component):
        """The program keeps its sockets and answers nothing, until resume(); returns its pid."""
        lines = (self.folder / "pids").read_text().splitlines()
        pid = next(int(line.split()[1]) for line in reversed(lines)
                   if line.split()[0] == component)
        os.kill(pid, signal.SIGSTOP)
        self._stopped.add(pid)
        return pid

    def resume(self, pid):
        os.kill(pid, signal.SIGCONT)
        self._stopped.discard(pid)

    # Its objects.

    def kubectl(self, *arguments, stdin=None, may_fail=False):
        """What kubectl prints; fails if kubectl does, unless it may."""
        ended = commands.run([self.folder / "bin" / "kubectl", *arguments], stdin=stdin,
                             env=self.environment())
        if ended.status != 0 and not may_fail:
            raise Failed(str(ended))
        return ended.out

    def get(self, kind, name, namespace=None):
        """The object, or None if it is not there."""
        where = ["-n", namespace] if namespace else []
        text = self.kubectl("get", kind, name, *where, "-o", "json", "--ignore-not-found")
        return json.loads(text) if text.strip() else None

    def list(self, kind, namespace=None):
        where = ["-n", namespace] if namespace else ["-A"]
        return json.loads(self.kubectl("get", kind, *where, "-o", "json"))["items"]

    def apply(self, text):
        self.kubectl("apply", "--server-side", "-f", "-", stdin=text)

    def new_namespace(self, name):
        self.kubectl("create", "namespace", name)
        until(lambda: self.get("serviceaccount", "default", name), 30,
              f"the namespace {name} has a ServiceAccount")

    def destroyed(self):
        """The lines of destroyed.log: every volume and snapshot that is no more."""
        return (self.folder / "destroyed.log").read_text().splitlines()

    def environment(self):
        """For a program that is to find this cluster, and nothing else of the machine's."""
        return {"PATH": os.environ["PATH"], "HOME": str(self.folder), "LANG": "C.UTF-8",
                "KUBECONFIG": str(self.kubeconfig)}

    def _must(self, argv):
        ended = commands.run(argv)
        if ended.status != 0:
            raise Failed(str(ended))
