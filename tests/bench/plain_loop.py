"""The plain loop: what the same server takes to be sent the same objects, and no more."""

import queue
import threading
import time

import workload
from measure import Took
from stage.api import Api
from stage.checks import Failed

THREADS = 16
CLIENT = "plain-loop"


def apply_all(bed, objects):
    """A server-side apply for each object; kinds one after the other, 16 at a time."""
    api = Api(bed.folder)
    connections = [api.connect() for _ in range(THREADS)]
    began = time.monotonic()
    for kind in workload.KINDS_IN_ORDER:
        waiting = queue.SimpleQueue()
        for one in objects:
            if one["kind"] == kind:
                waiting.put((workload.path(one), workload.text(one)))
        _drain(waiting, connections, api.authorization)
    seconds = time.monotonic() - began
    for connection in connections:
        connection.close()
    return Took(CLIENT, seconds)


def _drain(waiting, connections, authorization):
    failures = []

    def work(connection):
        try:
            while True:
                path, body = waiting.get_nowait()
                connection.request(
                    "PATCH", f"{path}?fieldManager={CLIENT}&fieldValidation=Strict", body,
                    {"Content-Type": "application/apply-patch+yaml", "User-Agent": f"{CLIENT}/1",
                     **authorization})
                answer = connection.getresponse()
                text = answer.read()
                if answer.status >= 300:
                    failures.append(f"{path}: {answer.status} {text[:300]!r}")
        except queue.Empty:
            pass
        except OSError as error:
            failures.append(str(error))

    threads = [threading.Thread(target=work, args=(one,)) for one in connections]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise Failed("the plain loop failed: " + failures[0])
