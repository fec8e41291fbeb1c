"""FaultProxy: passes requests on to a bed's API server, and stages faults on the way.

It speaks HTTP/1.1 to both sides. A client comes with the bed's token, which is passed on
like its other headers, so the audit log names the client and not the proxy. Watches stream.
"""

import http.client
import http.server
import json
import re
import select
import threading
import time
import urllib.parse

from fault import Fault
from stage.api import Api
from stage.https_server import HttpsServer

_TIMEOUT = 60  # Seconds that the server has for an answer that is no watch.
# Of one hop (RFC 9110, 7.6.1), or made anew here.
_OF_THIS_HOP = ("connection", "keep-alive", "transfer-encoding", "host", "content-length")


class Request:
    """One that came in; `number` counts from 1 since the proxy was last armed."""

    def __init__(self, number, method, target, headers, body):
        self.number = number
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        self.received = time.monotonic()
        self.fault = None
        self.status = 0  # Of the answer; 0 while there is none, and if there was none.
        self.verb = self._verb()

    def _verb(self):
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.target).query)
        if query.get("watch", ["0"])[0] in ("1", "true"):
            return "WATCH"
        dry = "dryRun" in query or (self.method == "DELETE" and b'"dryRun"' in self.body)
        return "DRYRUN" if dry else self.method

    @property
    def writes(self):
        return self.verb in ("POST", "PUT", "PATCH", "DELETE")

    def __str__(self):
        fault = f"  <- {self.fault}" if self.fault else ""
        return f"{self.number:4} {self.verb:6} {self.status or '-':>3} {self.target}{fault}"


class FaultProxy(HttpsServer):
    """Use it in a `with`. `kubeconfig` leads through it."""

    def __init__(self, folder, bed_folder):
        self.api = Api(bed_folder)
        self._lock = threading.Lock()
        self._kill = lambda: None
        self._earlier = None
        self.arm()
        super().__init__(folder, _handler_of(self), f"token: {self.api.token}")

    def arm(self, *faults, kill=None):
        """From here on requests are counted anew, and these faults (their texts) are staged.
        `kill` ends the client at once."""
        with self._lock:
            self._faults = [Fault(text) for text in faults]
            self._kill = kill or (lambda: None)
            self._is_killed = False
            self.requests = []

    def remember(self):
        """What is there now is what a stale read will tell."""
        _, self._earlier = self.api.list("/api/v1/namespaces?limit=1")

    def _take(self, method, target, headers, body):
        """Counts the request and finds its fault; None once the client is killed."""
        with self._lock:
            if self._is_killed:
                return None
            request = Request(len(self.requests) + 1, method, target, headers, body)
            self.requests.append(request)
            request.fault = next((one for one in self._faults if one.strikes(request)), None)
            # What comes at the same moment is not to outlive the client.
            self._is_killed = bool(request.fault) and request.fault.kind.startswith("kill")
            return request

    def _as_it_was(self, target):
        """The target that asks for the earlier state, and the name of the one object that is
        meant; the target as it is, where the server cannot be asked for the past."""
        url = urllib.parse.urlsplit(target)
        parts = url.path.strip("/").split("/")
        rest = parts[2:] if parts[0] == "api" else parts[3:]
        if len(rest) > 2 and rest[0] == "namespaces":
            rest = rest[2:]
        if self._earlier is None or parts[0] not in ("api", "apis") or len(rest) not in (1, 2):
            return target, None
        query = urllib.parse.parse_qs(url.query)
        query["resourceVersion"] = [self._earlier]
        if "watch" not in query:
            query["resourceVersionMatch"] = ["Exact"]
            query.pop("continue", None)
        name, path = None, url.path
        if len(rest) == 2:
            name, path = rest[1], url.path.rsplit("/", 1)[0]
            query["fieldSelector"] = [f"metadata.name={name}"]
        return f"{path}?{urllib.parse.urlencode(query, doseq=True)}", name


def _handler_of(proxy):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        _upstream = None

        def serve(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name: value for name, value in self.headers.items()
                       if name.lower() not in _OF_THIS_HOP}
            request = proxy._take(self.command, self.path, headers, body)
            if request is None:
                return self._await_the_end()
            kind = request.fault.kind if request.fault else None
            if kind == "delay":
                time.sleep(request.fault.seconds)
            # Of a watch there is nothing to carry out.
            if kind == "kill" or (kind == "kill-after" and request.verb == "WATCH"):
                proxy._kill()
                return self._hang_up()
            if kind == "drop" or (kind == "lose" and request.verb == "WATCH"):
                return self._hang_up()
            if kind in ("403", "409", "410", "429", "500", "html"):
                return self._answer(request, *_answer_of(request.fault))
            if request.verb == "WATCH":
                return self._stream(request, kind)
            if kind == "stale" and request.verb == "GET":
                return self._answer(request, *self._stale(request))
            if kind == "repeat":
                self._pass_on(request)
            status, headers, body = self._pass_on(request)
            if kind == "kill-after":
                proxy._kill()
            if kind in ("lose", "kill-after"):
                return self._hang_up()
            if kind == "other":
                body = re.sub(rb'"uid":"[0-9a-f-]{8}', b'"uid":"ffffffff', body)
            self._answer(request, status, headers, body, cut=kind == "cut")

        do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = serve

        def _pass_on(self, request, target=None):
            for fresh in (False, True):
                if self._upstream is None:
                    self._upstream, fresh = proxy.api.connect(_TIMEOUT), True
                try:
                    self._upstream.request(request.method, target or request.target,
                                           request.body or None, request.headers)
                    answer = self._upstream.getresponse()
                    return answer.status, dict(answer.getheaders()), answer.read()
                except (http.client.HTTPException, OSError):
                    self._upstream.close()
                    self._upstream = None
                    if fresh:  # Else the server had closed a connection that was idle.
                        raise

        def _stale(self, request):
            target, name = proxy._as_it_was(request.target)
            status, headers, body = self._pass_on(request, target)
            if name is None or status != 200:
                return status, headers, body
            listed = json.loads(body)
            if not listed["items"]:
                return _status(404, "NotFound", f"{name!r} not found")
            one = {"kind": listed["kind"].removesuffix("List"),
                   "apiVersion": listed["apiVersion"], **listed["items"][0]}
            return 200, {"Content-Type": "application/json"}, json.dumps(one).encode()

        def _answer(self, request, status, headers, body, cut=False):
            request.status = status
            lines = [f"HTTP/1.1 {status} {http.client.responses.get(status, '')}"]
            lines += [f"{name}: {value}" for name, value in headers.items()
                      if name.lower() not in _OF_THIS_HOP]
            head = "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode()
            self.wfile.write(head + (body[:len(body) // 2] if cut else body))
            if cut:
                self._hang_up()

        def _stream(self, request, kind):
            """Byte by byte as the server writes it, until either side ends."""
            target = request.target
            if kind == "stale":
                target, _ = proxy._as_it_was(target)
            upstream = proxy.api.connect(None).sock
            try:
                lines = [f"{request.method} {target} HTTP/1.1", "Host: 127.0.0.1"]
                lines += [f"{name}: {value}" for name, value in request.headers.items()]
                upstream.sendall("\r\n".join([*lines, "", ""]).encode())
                began = False
                while True:
                    if not upstream.pending():
                        ready, _, _ = select.select([upstream, self.connection], [], [])
                        if self.connection in ready:
                            break  # It has nothing to say during a watch but good-bye.
                    data = upstream.recv(65536)
                    if not data:
                        break
                    if not began:
                        began, request.status = True, int(data.split(None, 2)[1])
                    self.connection.sendall(data)
                    # The headers, and the beginning of the first event after them.
                    if kind == "cut" and not data.startswith(b"HTTP/1.1"):
                        break
            finally:
                upstream.close()
                self._hang_up()

        def _await_the_end(self):
            """Of a client that is about to be killed: an answer, or none, would be news to it."""
            select.select([self.connection], [], [], _TIMEOUT)
            self._hang_up()

        def _hang_up(self):
            self.close_connection = True

        def finish(self):
            super().finish()
            if self._upstream is not None:
                self._upstream.close()

        def log_message(self, *_):
            pass

    return Handler


def _answer_of(fault):
    seconds = str(round(fault.seconds))
    if fault.kind == "409":
        return _status(409, "Conflict", "Operation cannot be fulfilled: the object has been "
                       "modified; please apply your changes to the latest version and try again")
    if fault.kind == "410":
        return _status(410, "Expired", "too old resource version")
    if fault.kind == "429":
        return _status(429, "TooManyRequests", "the server is busy, please try again later",
                       {"Retry-After": seconds})
    if fault.kind == "403":
        return _status(403, "Forbidden", "it is forbidden to read this")
    if fault.kind == "500":
        return _status(500, "InternalError", "Internal error occurred: etcdserver: no leader")
    return (200, {"Content-Type": "text/html"},
            b"<html><body><h1>Welcome to the login page</h1></body></html>")


def _status(code, reason, message, headers=None):
    body = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
            "message": message, "reason": reason, "code": code}
    return code, {"Content-Type": "application/json", **(headers or {})}, json.dumps(body).encode()
