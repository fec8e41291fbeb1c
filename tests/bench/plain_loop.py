"""The plain loop: what the same server takes to be sent the same objects, and no more."""

import base64
import http.client
import json
import queue
import ssl
import tempfile
import threading
import time
import urllib.parse

import workload
from measure import Took
from stage.checks import Failed

THREADS = 16
CLIENT = "plain-loop"


def apply_all(bed, objects):
    """A server-side apply for each object; kinds one after the other, 16 at a time."""
    cluster = _Cluster(bed)
    connections = [cluster.connect() for _ in range(THREADS)]
    began = time.monotonic()
    for kind in workload.KINDS_IN_ORDER:
        waiting = queue.SimpleQueue()
        for one in objects:
            if one["kind"] == kind:
                waiting.put((workload.path(one), workload.text(one)))
        _drain(waiting, connections)
    seconds = time.monotonic() - began
    for connection in connections:
        connection.close()
    return Took(CLIENT, seconds)


def _drain(waiting, connections):
    failures = []

    def work(connection):
        try:
            while True:
                path, body = waiting.get_nowait()
                connection.request(
                    "PATCH", f"{path}?fieldManager={CLIENT}&fieldValidation=Strict", body,
                    {"Content-Type": "application/apply-patch+yaml", "User-Agent": f"{CLIENT}/1"})
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


class _Cluster:
    def __init__(self, bed):
        config = json.loads(bed.kubectl("config", "view", "--raw", "-o", "json"))
        cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
        self._host = urllib.parse.urlsplit(cluster["server"]).netloc
        authority = base64.b64decode(cluster["certificate-authority-data"]).decode()
        self._tls = ssl.create_default_context(cadata=authority)
        with tempfile.NamedTemporaryFile("wb") as pair:  # ssl reads certificates from files.
            pair.write(base64.b64decode(user["client-certificate-data"]) +
                       base64.b64decode(user["client-key-data"]))
            pair.flush()
            self._tls.load_cert_chain(pair.name)

    def connect(self):
        connection = http.client.HTTPSConnection(self._host, context=self._tls, timeout=60)
        connection.connect()
        return connection
