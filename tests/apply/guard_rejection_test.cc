#include "apply/guard.h"
#include "tests/apply/judged.h"

namespace holdfast {
namespace {

Rejection Invalid(const std::string& field, const std::string& message) {
  return {Rejection::Kind::kInvalid,
          422,
          "x is invalid: " + field + ": " + message,
          {{field, message, ""}}};
}

Object WithSpec(const Object& object, const std::string& field,
                const std::string& value) {
  Json json = object.json();
  json["spec"][field] = J(value);
  return *Object::Make(json);
}

Object WithoutSpec(const Object& object, const std::string& field) {
  Json json = object.json();
  json["spec"].erase(field);
  return *Object::Make(json);
}

TEST_CASE("fields that Kubernetes keeps as they are") {
  const std::string set_message =
      "Forbidden: updates to statefulset spec for fields other than 'replicas' are "
      "forbidden";
  struct Row {
    std::string sentence;
    Object before;
    Object after;
    Rejection rejection;
    std::string findings;
  };
  const Object claim = Claim("c", kBound);
  const auto of = [](const std::string& head) { return Make(head); };
  const std::string fixed = "Invalid value: \"x\": field is immutable";
  const Row rows[] = {
      {"a claim's class", claim, claim,
       Invalid("spec", "Forbidden: spec is immutable after creation"), "H-C5 refuse"},
      {"a set's selector", Cassandra(),
       WithSpec(Cassandra(), "selector", "{'matchLabels':{'app':'other'}}"),
       Invalid("spec", set_message), "H-D6 refuse"},
      {"a set's Service, and its count is dropped", Cassandra(),
       WithoutSpec(WithSpec(Cassandra(), "serviceName", "'other'"), "replicas"),
       Invalid("spec", set_message), "H-D7 refuse, H-F18 hold, H-F7 refuse"},
      {"a set's start order", Cassandra(),
       WithSpec(Cassandra(), "podManagementPolicy", "'Parallel'"),
       Invalid("spec", set_message), "H-D2 refuse"},
      {"a set's templates", Cassandra(), Cassandra(), Invalid("spec", set_message),
       "H-D3 refuse"},
      {"a Deployment's selector", of("apps/v1 Deployment default/d"),
       of("apps/v1 Deployment default/d"), Invalid("spec.selector", fixed),
       "H-D6 refuse"},
      {"a Service's address", of("v1 Service default/s"), of("v1 Service default/s"),
       Invalid("spec.clusterIPs[0]", "Invalid value: []: may not change once set"),
       "H-D8 refuse"},
      {"a frozen Secret", of("v1 Secret default/s"), of("v1 Secret default/s"),
       Invalid("data", "Forbidden: field is immutable when `immutable` is set"),
       "H-D9 refuse"},
      {"a Secret's type", of("v1 Secret default/s"), of("v1 Secret default/s"),
       Invalid("type", fixed), "H-D9 refuse"},
      {"a Job's template", of("batch/v1 Job default/j"), of("batch/v1 Job default/j"),
       Invalid("spec.template", fixed), "H-D10 refuse"},
      {"a class's parameters", of("storage.k8s.io/v1 StorageClass c"),
       of("storage.k8s.io/v1 StorageClass c"),
       Invalid("parameters", "Forbidden: updates to parameters are forbidden."),
       "H-D11 refuse"},
      {"a binding's role", of("rbac.authorization.k8s.io/v1 RoleBinding default/b"),
       of("rbac.authorization.k8s.io/v1 RoleBinding default/b"),
       Invalid("roleRef", "Invalid value: {}: cannot change roleRef"), "H-D2 refuse"},
      {"a wrong value is no immutable field", of("v1 Service default/s"),
       of("v1 Service default/s"),
       Invalid("spec.clusterIPs[0]", "Invalid value: \"x\": must be a valid IP address"),
       ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.sentence);
    World world;
    world.Rejected(row.before, row.after, row.rejection);
    world.Live(LocalPath())
        .Live(CassandraService())
        .Live(Make("v1 PersistentVolume pv-c"));
    // Git owned the count, so dropping it counts.
    if (row.findings.find("H-F7") != std::string::npos) {
      Json json = AsLive(row.before).json();
      json["metadata"]["managedFields"] =
          J("[{'manager':'holdfast','operation':'Apply','fieldsV1':{'f:spec':{'f:"
            "replicas':{}}}}]");
      world.Live(*Object::Make(json));
    }
    CHECK(Judged(world, row.after.ref()) == row.findings);
    CHECK(IsGuardMatter(row.rejection, row.after) == !row.findings.empty());
  }
}

TEST_CASE("which rejections the guard answers for") {
  const Object claim = Claim("c");
  struct Row {
    std::string sentence;
    Rejection rejection;
    bool guard;
  };
  const Row rows[] = {
      {"a field of another manager",
       {Rejection::Kind::kFieldConflict, 409, "", {}},
       true},
      {"growth that the class forbids",
       {Rejection::Kind::kForbidden,
        403,
        "only dynamically provisioned pvc can be resized and the storageclass that "
        "provisions the pvc must support resize",
        {}},
       true},
      {"shrinking",
       Invalid("spec.resources.requests.storage",
               "Forbidden: field can not be less than status.capacity"),
       true},
      {"the same with the cause in the message alone",
       {Rejection::Kind::kInvalid,
        422,
        "PersistentVolumeClaim \"c\" is invalid: spec: Forbidden: spec is immutable "
        "after creation",
        {}},
       true},
      {"no rights", {Rejection::Kind::kForbidden, 403, "user cannot patch", {}}, false},
      {"quota", {Rejection::Kind::kForbidden, 403, "exceeded quota: storage", {}}, false},
      {"a misspelled field",
       {Rejection::Kind::kUnknownField, 500, ".spec.x: not declared", {}},
       false},
      {"admission", {Rejection::Kind::kAdmission, 400, "field is immutable", {}}, false},
      {"validation", Invalid("spec.resources", "Required value"), false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.sentence);
    CHECK(IsGuardMatter(row.rejection, claim) == row.guard);
  }
}

TEST_CASE("another manager's field is named, with its manager") {
  World world;
  Rejection rejection{Rejection::Kind::kFieldConflict,
                      409,
                      "conflict",
                      {{".spec.replicas", "conflict with \"kubectl\"", "kubectl"}}};
  world.Rejected(Cassandra(), Cassandra(), rejection)
      .Live(CassandraService())
      .Live(LocalPath());
  const Plan plan = MakePlan(world.input);
  const Change* change = ChangeOf(plan, "StatefulSet default/cassandra");
  REQUIRE(change != nullptr);
  REQUIRE(Joined(Brief(change->findings)) == "H-E7 refuse");
  CHECK(change->findings[0].reason.find("spec.replicas (kubectl)") != std::string::npos);
}

}  // namespace
}  // namespace holdfast
