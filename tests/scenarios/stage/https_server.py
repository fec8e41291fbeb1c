"""HttpsServer: an HTTPS server on loopback, and a kubeconfig that leads to it and trusts it."""

import http.server
import ssl
import threading

from stage import commands
from stage.checks import expect_equal


class HttpsServer:
    """Use it in a `with`. `handler` is a BaseHTTPRequestHandler; its requests run at once."""

    def __init__(self, folder, handler, user="token: none"):
        folder.mkdir(parents=True, exist_ok=True)
        certificate, key = folder / "server.crt", folder / "server.key"
        _make_certificate(certificate, key)
        self.certificate = certificate.read_bytes()  # PEM; it is its own authority.
        self._server = _Server(("127.0.0.1", 0), handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        # The handshake is for the request's own thread: a client that hangs stops no other.
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True,
                                                  do_handshake_on_connect=False)
        self.port = self._server.server_port
        self.address = f"https://127.0.0.1:{self.port}"
        self.kubeconfig = write_kubeconfig(folder / "kubeconfig", self.address,
                                           f"certificate-authority: {certificate}", user)

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256  # A client of HTTP/1.1 opens a connection for each request at once.

    def handle_error(self, request, client_address):
        pass  # A client that goes away, or does not trust us, is what tests are about.


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


def _make_certificate(certificate, key):
    made = commands.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-keyout", key, "-out", certificate,
         "-subj", "/CN=odd", "-days", "2", "-addext", "subjectAltName=IP:127.0.0.1"])
    expect_equal(made.status, 0, f"making a certificate\n{made}")
