"""OddServer: an HTTPS server that gives one answer to everything, and counts the questions."""

import http.server

from stage.https_server import HttpsServer


class OddServer(HttpsServer):
    """Use it in a `with`. `kubeconfig` leads to it and trusts it."""

    def __init__(self, folder, status, body, headers=None):
        self.asked = []  # The request lines.
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                server.asked.append(self.requestline)
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                self.send_response(status)
                for name, value in (headers or {}).items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = answer

            def log_message(self, *_):
                pass

        super().__init__(folder, Handler)

    @property
    def writes(self):
        return [line for line in self.asked if line.split()[0] not in ("GET", "HEAD")]
