#include <doctest/doctest.h>

#include "apply/api_error.h"

namespace holdfast {
namespace {

using Kind = Rejection::Kind;

const AskedFor kAsked{"apply X a/b", "https://api:6443", "user admin"};

HttpAnswer Json(int status, const std::string& body) {
  return {status, {{"content-type", "application/json"}}, body};
}

HttpAnswer Text(int status, const std::string& type, const std::string& body) {
  return {status, {{"content-type", type}}, body};
}

/// A Status as the server writes it.
HttpAnswer Said(int code, const std::string& message, const std::string& details = "{}") {
  const std::string quoted = DumpJson(holdfast::Json(message));
  return Json(code,
              R"({"kind":"Status","apiVersion":"v1","status":"Failure","message":)" +
                  quoted + R"(,"details":)" + details + R"(,"code":)" +
                  std::to_string(code) + "}");
}

const HttpAnswer kTwoErrors = Said(
    500,
    "failed to create typed patch object (/d; apps/v1, Kind=Deployment): errors:\n"
    "  .spec.template.spec.containers: duplicate entries for key [name=\"c: d\"]\n"
    "  .spec.template.spec.containers[name=\"c: d\"].imag: field not declared in schema");

TEST_CASE("the server's no to a write is told apart from its silence") {
  struct Case {
    std::string what;
    HttpAnswer answer;
    Kind kind;
    std::string field;  ///< Of the last cause.
    std::string manager;
  };
  const Case cases[] = {
      {"apply of an unknown field",
       Said(500,
            "failed to create typed patch object (/d; apps/v1, Kind=Deployment): "
            ".spec.replica: field not declared in schema"),
       Kind::kUnknownField, ".spec.replica", ""},
      {"apply with two errors, one an unknown field", kTwoErrors, Kind::kUnknownField,
       ".spec.template.spec.containers[name=\"c: d\"].imag", ""},
      {"apply of a wrong type",
       Said(500,
            "failed to create typed patch object (/d; apps/v1, Kind=Deployment): "
            ".spec.replicas: expected numeric (int or float), got string"),
       Kind::kInvalid, ".spec.replicas", ""},
      {"create with unknown fields",
       Said(400,
            "ConfigMap in version \"v1\" cannot be handled as a ConfigMap: strict "
            "decoding "
            "error: unknown field \"datum\", unknown field \"spec.x\""),
       Kind::kUnknownField, "spec.x", ""},
      {"validation",
       Said(422, "Deployment.apps \"d\" is invalid",
            R"({"causes":[{"reason":"FieldValueRequired","message":"Required value",
                           "field":"spec.selector"}]})"),
       Kind::kInvalid, "spec.selector", ""},
      {"a field of another manager",
       Said(409, "Apply failed with 1 conflict",
            R"({"causes":[{"reason":"FieldManagerConflict","field":".spec.replicas",
                "message":"conflict with \"kube-controller\" with subresource \"scale\""}]})"),
       Kind::kFieldConflict, ".spec.replicas", "kube-controller"},
      {"another resourceVersion", Said(409, "the object has been modified"),
       Kind::kConflict, "", ""},
      {"quota", Said(403, "configmaps \"zz\" is forbidden: exceeded quota: one"),
       Kind::kForbidden, "", ""},
      {"no such namespace", Said(404, "namespaces \"nope\" not found"), Kind::kNotFound,
       "", ""},
      {"a webhook that says no",
       Said(403, "admission webhook \"policy.example.org\" denied the request: no"),
       Kind::kAdmission, "", ""},
      {"a webhook that is away",
       Said(500,
            "Internal error occurred: failed calling webhook \"away.example.org\": "
            "connection refused"),
       Kind::kAdmission, "", ""},
      {"a text that is no amount",
       Said(500,
            "failed to convert new object (default/x; /v1, Kind=PersistentVolumeClaim) to "
            "proper version: quantities must match the regular expression"),
       Kind::kInvalid, "", ""},
      {"a node port twice", Said(500, "duplicate nodePort: {TCP 31306}"), Kind::kInvalid, "",
       ""},
      {"a policy that says no",
       Said(422,
            "services \"zz\" is forbidden: ValidatingAdmissionPolicy 'noname' with "
            "binding 'noname' denied request: no services today"),
       Kind::kAdmission, "", ""},
  };
  for (const Case& row : cases) {
    CAPTURE(row.what);
    const auto no = NoOfWrite(row.answer, kAsked);
    const auto* rejection = std::get_if<Rejection>(&no);
    REQUIRE(rejection != nullptr);
    CHECK(static_cast<int>(rejection->kind) == static_cast<int>(row.kind));
    CHECK(rejection->http_status == row.answer.status);
    CHECK_FALSE(MayHeal(row.answer));
    if (row.field.empty()) continue;
    REQUIRE_FALSE(rejection->causes.empty());
    CHECK(rejection->causes.back().field == row.field);
    CHECK(rejection->causes.back().manager == row.manager);
  }
}

TEST_CASE("what is no answer about the object is an error") {
  struct Case {
    std::string what;
    HttpAnswer answer;
    ErrorCode code;
    std::string words;
    bool may_heal;
  };
  const Case cases[] = {
      {"wrong credentials", Said(401, "Unauthorized"), ErrorCode::kDenied,
       "refused the credentials (401): they have expired or are wrong (user admin)",
       false},
      {"etcd is away", Said(500, "etcdserver: request timed out"),
       ErrorCode::kUnavailable, "etcdserver: request timed out", true},
      {"too long on the server", Said(504, "Timeout: request did not complete"),
       ErrorCode::kTimeout, "did not complete", true},
      {"throttled",
       Text(429, "text/plain; charset=utf-8", "Too many requests, please wait.\n"),
       ErrorCode::kUnavailable, "answered 429: Too many requests", true},
      {"storage begins anew", Said(429, "storage is (re)initializing"),
       ErrorCode::kUnavailable, "storage is (re)initializing", true},
      {"a proxy with a page", Text(502, "text/html", "<html>Bad Gateway</html>"),
       ErrorCode::kUnavailable,
       "answered 502 with text/html: is this really a Kubernetes API server?", true},
      {"a login page", Text(403, "text/html", "<html>"), ErrorCode::kUnavailable,
       "is this really a Kubernetes API server?", false},
      {"nothing", HttpAnswer{500, {}, ""}, ErrorCode::kUnavailable,
       "is this really a Kubernetes API server?", true},
  };
  for (const Case& row : cases) {
    CAPTURE(row.what);
    const auto no = NoOfWrite(row.answer, kAsked);
    const auto* error = std::get_if<Error>(&no);
    REQUIRE(error != nullptr);
    CHECK(ToString(error->code) == ToString(row.code));
    CHECK(error->message.find(row.words) != std::string::npos);
    CHECK(error->message.find("apply X a/b: https://api:6443") == 0);
    CHECK(MayHeal(row.answer) == row.may_heal);
    CHECK(ErrorOfRead(row.answer, kAsked) == *error);
  }
}

TEST_CASE("no such object is another thing than no such kind") {
  struct Case {
    std::string what;
    HttpAnswer answer;
    ErrorCode code;
  };
  const Case cases[] = {
      {"no such object", Said(404, "configmaps \"x\" not found", R"({"name":"x"})"),
       ErrorCode::kNotFound},
      {"no such kind", Said(404, "the server could not find the requested resource"),
       ErrorCode::kInvalid},
      {"no such group", Text(404, "text/plain", "404 page not found\n"),
       ErrorCode::kInvalid},
      {"a page of something else", Text(404, "text/html", "<html>"),
       ErrorCode::kUnavailable},
      {"an account that may not", Said(403, "secrets is forbidden"), ErrorCode::kDenied},
      {"a continue token that is too old", Said(410, "expired"), ErrorCode::kConflict},
      {"an APIService that is away", Text(503, "text/plain", "service unavailable\n"),
       ErrorCode::kUnavailable},
  };
  for (const Case& row : cases) {
    CAPTURE(row.what);
    CHECK(ToString(ErrorOfRead(row.answer, kAsked).code) == ToString(row.code));
  }
}

TEST_CASE("a write is repeated only where the server did nothing") {
  HttpAnswer throttled = Said(429, "later");
  HttpAnswer draining = Said(503, "shutting down");
  CHECK(WasNotDone(throttled));
  CHECK_FALSE(WasNotDone(draining));
  draining.headers["retry-after"] = "2";
  CHECK(WasNotDone(draining));
  CHECK(RetryAfter(draining) == std::chrono::seconds(2));
  CHECK_FALSE(RetryAfter(throttled).has_value());
  draining.headers["retry-after"] = "Tue, 24 Nov 2026 09:06:07 GMT";
  CHECK_FALSE(RetryAfter(draining).has_value());  // Whose clock is it?
  draining.headers["date"] = "Tue, 24 Nov 2026 09:06:00 GMT";
  CHECK(RetryAfter(draining) == std::chrono::seconds(7));
}

TEST_CASE("a success that is no JSON is an error") {
  CHECK(BodyOf(Json(200, "{}"), kAsked).ok());
  CHECK(BodyOf(Text(200, "text/html", "<html>"), kAsked).error().message.find("really") !=
        std::string::npos);
  const auto cut = BodyOf(Json(200, R"({"items":[)"), kAsked);
  REQUIRE_FALSE(cut.ok());
  CHECK(ToString(cut.error().code) == "unavailable");
}

}  // namespace
}  // namespace holdfast
