"""Audit: what the API server was asked, in the order in which it answered.

The format is read by tests/cluster/audit; this module adds positions, so that a
scenario can look at its own part of the log, and one type for a request.
"""

import importlib.machinery
import importlib.util
import json
import os

from stage import places


def _load_tool():
    loader = importlib.machinery.SourceFileLoader("audit_tool", str(places.CLUSTER / "audit"))
    module = importlib.util.module_from_spec(
        importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


_tool = _load_tool()


class Request:
    def __init__(self, entry):
        reference = entry.get("objectRef", {})
        self.entry = entry
        self.client = _tool.client(entry)
        self.verb = entry["verb"]
        self.dry_run = _tool.is_dry_run(entry)
        self.writes = _tool.is_write(entry) and not self.dry_run
        self.resource = reference.get("resource", "-")
        if reference.get("subresource"):
            self.resource += "/" + reference["subresource"]
        self.namespace = reference.get("namespace", "")
        self.name = reference.get("name", "")
        self.status = entry.get("responseStatus", {}).get("code", 0)
        self.received = _tool.moment(entry["requestReceivedTimestamp"])
        self.answered = _tool.moment(entry["stageTimestamp"])

    @property
    def options(self):
        """Of a deletion: what it was asked with, preconditions among it."""
        return self.entry.get("requestObject") or {}

    def is_of(self, resource, name):
        return self.resource == resource and self.name == name

    def __str__(self):
        verb = ("dry-run-" if self.dry_run else "") + self.verb
        return (f"{self.received:%H:%M:%S.%f} {self.client} {verb} {self.resource} "
                f"{self.namespace}/{self.name} {self.status}")


class Audit:
    def __init__(self, path):
        self._path = path

    def now(self):
        """The position after the last whole line."""
        with open(self._path, "rb") as log:
            size = log.seek(0, os.SEEK_END)
            while size > 0:
                log.seek(max(0, size - 65536))
                block = log.read(size - log.tell())
                at = block.rfind(b"\n")
                if at >= 0:
                    return size - len(block) + at + 1
                size -= len(block)
            return 0

    def requests(self, since=0, client=None):
        """Requests that were answered after `since`, watches when they began."""
        found = []
        with open(self._path, "rb") as log:
            log.seek(since)
            for line in log:
                if not line.endswith(b"\n"):
                    break  # Being written.
                entry = json.loads(line)
                wanted = ("ResponseStarted",) if entry["verb"] == "watch" else (
                    "ResponseComplete", "Panic")
                if entry["stage"] in wanted:
                    request = Request(entry)
                    if client is None or request.client == client:
                        found.append(request)
        return found

    def writes(self, since=0, client="holdfast"):
        """Requests that could change something, dry runs left out."""
        return [request for request in self.requests(since, client) if request.writes]
