"""Webhook: an admission webhook of ours, on loopback, that the bed's API server calls."""

import base64
import http.server
import json
import threading

from stage.https_server import HttpsServer


class Webhook(HttpsServer):
    """Use it in a `with`. `answer` is given the AdmissionReview's request and returns what of
    its response is not as usual: {} allows, {"allowed": False, ...} rejects, and `patch`
    is a JSON patch. None: no answer comes until the webhook ends."""

    def __init__(self, folder, answer):
        self.asked = []  # Kind and name, for each question.
        self._over = threading.Event()
        webhook = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                review = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                asked = review["request"]
                webhook.asked.append((asked["kind"]["kind"], asked.get("name", "")))
                told = answer(asked)
                if told is None:
                    webhook._over.wait(60)
                    self.close_connection = True
                    return
                response = {"uid": asked["uid"], "allowed": True, **told}
                if "patch" in response:
                    patch = json.dumps(response["patch"]).encode()
                    response |= {"patchType": "JSONPatch",
                                 "patch": base64.b64encode(patch).decode()}
                body = json.dumps({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
                                   "response": response}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        super().__init__(folder, Handler)

    def __exit__(self, *ending):
        self._over.set()
        super().__exit__(*ending)

    def configuration(self, kind, name, namespace, resources):
        """The configuration that asks it about these resources (plurals of any group) in one
        namespace; `kind` is "Validating" or "Mutating"."""
        return json.dumps({
            "apiVersion": "admissionregistration.k8s.io/v1",
            "kind": f"{kind}WebhookConfiguration",
            "metadata": {"name": name},
            "webhooks": [{
                "name": f"{name}.holdfast.example",
                "clientConfig": {"url": self.address,
                                 "caBundle": base64.b64encode(self.certificate).decode()},
                "rules": [{"apiGroups": ["*"], "apiVersions": ["*"], "resources": resources,
                           "operations": ["CREATE", "UPDATE"]}],
                "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}},
                "admissionReviewVersions": ["v1"],
                "sideEffects": "None",
                "failurePolicy": "Fail",
                "timeoutSeconds": 2,
            }],
        })
