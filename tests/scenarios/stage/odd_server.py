"""OddServer: an HTTPS server that gives one answer to everything, and counts the questions."""

import http.server
import ssl
import threading

from stage import commands
from stage.checks import expect_equal


class OddServer:
    """Use it in a `with`. `kubeconfig` leads to it and trusts it."""

    def __init__(self, folder, status, body, headers=None):
        folder.mkdir(parents=True, exist_ok=True)
        self.asked = []  # The request lines.
        self._folder = folder
        self._make_certificate()
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

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "server.crt", folder / "server.key")
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True,
                                                  do_handshake_on_connect=False)
        self.kubeconfig = write_kubeconfig(
            folder / "kubeconfig", f"https://127.0.0.1:{self._server.server_port}",
            f"certificate-authority: {folder / 'server.crt'}", "token: none")

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

    @property
    def writes(self):
        return [line for line in self.asked if line.split()[0] not in ("GET", "HEAD")]

    def _make_certificate(self):
        made = commands.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
             "-nodes", "-keyout", self._folder / "server.key", "-out", self._folder / "server.crt",
             "-subj", "/CN=odd", "-days", "2", "-addext", "subjectAltName=IP:127.0.0.1"])
        expect_equal(made.status, 0, f"making a certificate\n{made}")


def write_kubeconfig(path, server, authority, user):
    path.write_text(f"""\
apiVersion: v1
kind: Config
clusters:
- name: odd
  cluster:
    server: {server}
    {authority}
users:
- name: odd
  user:
    {user}
contexts:
- name: odd
  context: {{cluster: odd, user: odd}}
current-context: odd
""")
    return path
