"""Api: the bed's API server, asked directly, where kubectl would take too long."""

import http.client
import json
import ssl

from stage.checks import Failed


class Api:
    def __init__(self, bed_folder):
        self._port = int((bed_folder / "port").read_text())
        self._tls = ssl.create_default_context(cafile=bed_folder / "pki" / "ca.crt")
        # Of an administrator (tests/cluster).
        self.token = (bed_folder / "pki" / "tokens.csv").read_text().split(",")[0]
        self._kept = None

    @property
    def authorization(self):
        """The header that lets a request in."""
        return {"Authorization": f"Bearer {self.token}"}

    def connect(self, timeout=60):
        connection = http.client.HTTPSConnection("127.0.0.1", self._port, context=self._tls,
                                                 timeout=timeout)
        connection.connect()
        return connection

    def list(self, path):
        """The items and the resourceVersion of a list. One thread at a time."""
        status, body = self._get(path)
        if status != 200:
            raise Failed(f"GET {path}: {status} {body[:300]!r}")
        listed = json.loads(body)
        return listed["items"], listed["metadata"]["resourceVersion"]

    def _get(self, path):
        while True:
            is_new = self._kept is None
            self._kept = self._kept or self.connect()
            try:
                self._kept.request("GET", path, headers=self.authorization)
                answer = self._kept.getresponse()
                return answer.status, answer.read()
            except (http.client.HTTPException, OSError):
                self._kept.close()
                self._kept = None
                if is_new:  # Else the server had closed it, idle as it was.
                    raise
