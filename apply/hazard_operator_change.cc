// H-A9, H-D4, H-F5, H-F10: a resource of an operator changes in a field that decides over
// data. The operator carries it out by itself; it is not asked again there.

#include <set>

#include "apply/engine_version.h"
#include "apply/enumerated.h"
#include "apply/hazard.h"
#include "apply/operators.h"
#include "diff/quantity.h"

namespace holdfast {
namespace {

std::string TextOf(const Json& value) {
  return value.is_string() ? value.get<std::string>() : DumpJson(value);
}

const Engine* EngineNamed(std::string_view name) {
  if (name.empty()) return nullptr;
  const char* image = name == "Cassandra"        ? "cassandra"
                      : name == "MySQL"          ? "mysql"
                      : name == "MariaDB"        ? "mariadb"
                      : name == "Percona Server" ? "percona"
                      : name == "PostgreSQL"     ? "postgres"
                                                 : "";
  return EngineOfImage(image);
}

class OperatorChange {
 public:
  OperatorChange(const ChangeCase& change, const OperatorKind& op,
                 std::vector<Finding>& findings)
      : change_(change),
        op_(op),
        before_(change.live->json()),
        after_(change.After().json()),
        findings_(findings) {}

  void Judge() {
    Arming();
    Fewer();
    Smaller();
    Version();
    Removed();
  }

 private:
  std::string Where(const std::string& pointer) const {
    const std::string where = change_.manifest.WhereIs(pointer);
    return where.empty() ? change_.manifest.source.ToString() : where;
  }
  std::string Is() const { return change_.ref().kind + " " + change_.ref().name; }
  void Add(const char* hazard, Ruling ruling, std::string reason, std::string remedy) {
    findings_.push_back({hazard, ruling, std::move(reason), std::move(remedy)});
  }

  /// A delete finalizer is added, or what keeps the claims is removed.
  void Arming() {
    if (op_.by == ClaimSwitch::kNone || !KeepsClaims(op_, *change_.live) ||
        KeepsClaims(op_, change_.After())) {
      return;
    }
    Add("H-A9", Ruling::kApproval,
        Where("/metadata") + ": from now on the operator would delete the claims of " +
            Is() + ", and their data, when it is deleted",
        "keep them safe: leave " + DescribeOptOut(op_) + " as it is");
  }

  /// The value that stands at `pointer` before, if one does.
  const Json* Before(std::string_view pointers, const std::string& pointer) const {
    for (const FieldAt& field : FieldsAt(before_, pointers)) {
      if (field.pointer == pointer) return field.value;
    }
    return nullptr;
  }

  void Fewer() {
    // A shape like a StatefulSet's is judged as one.
    if (change_.ref().kind == "StatefulSet") return;
    for (const FieldAt& field : FieldsAt(after_, op_.replicas)) {
      const Json* was = Before(op_.replicas, field.pointer);
      if (was == nullptr || !was->is_number_integer() ||
          !field.value->is_number_integer() ||
          field.value->get<long long>() >= was->get<long long>()) {
        continue;
      }
      Add("H-A9", Ruling::kApproval,
          Where(field.pointer) + ": " + Is() + " goes from " + TextOf(*was) + " to " +
              TextOf(*field.value) +
              " members: its operator takes the others out, and may delete their claims "
              "and data",
          "keep the number, or see that the others hold all data and approve it: "
          "holdfast "
          "approve > approvals/" +
              change_.ref().name + ".yaml");
    }
  }

  void Smaller() {
    for (const FieldAt& field : FieldsAt(after_, op_.storage)) {
      const Json* was = Before(op_.storage, field.pointer);
      if (was == nullptr) continue;
      const auto old_size = Quantity::Parse(TextOf(*was));
      const auto new_size = Quantity::Parse(TextOf(*field.value));
      if (!old_size || !new_size || *new_size >= *old_size) continue;
      Add("H-D4", Ruling::kRefuse,
          Where(field.pointer) + ": the volumes of " + Is() + " go from " + TextOf(*was) +
              " to " + TextOf(*field.value) + ", and no volume can shrink",
          "keep " + TextOf(*was));
    }
  }

  void Version() {
    const Engine* engine = EngineNamed(op_.engine);
    for (const FieldAt& field : FieldsAt(after_, op_.version)) {
      const Json* was = Before(op_.version, field.pointer);
      if (was == nullptr || *was == *field.value) continue;
      const auto from = Parse(TextOf(*was));
      const auto to = Parse(TextOf(*field.value));
      VersionStep step{Ruling::kApproval, "which release that is cannot be told"};
      if (engine != nullptr && from && to) step = JudgeVersionStep(*engine, *from, *to);
      if (!Stops(step.ruling)) continue;
      Add("H-F10", step.ruling,
          Where(field.pointer) + ": " + Is() + " goes from " + TextOf(*was) + " to " +
              TextOf(*field.value) + ": " + step.reason,
          step.ruling == Ruling::kRefuse
              ? "keep " + TextOf(*was)
              : "have a backup, then approve it: holdfast approve > approvals/" +
                    change_.ref().name + ".yaml");
    }
  }

  /// Of a bare version or of an image.
  static std::optional<EngineVersion> Parse(const std::string& text) {
    const std::string_view tag = TagOf(text);
    return ParseEngineVersion(tag.empty() ? std::string_view(text) : tag);
  }

  void Removed() {
    std::set<std::string> stay;
    for (const FieldAt& field : FieldsAt(after_, op_.parts))
      stay.insert(TextOf(*field.value));
    std::vector<std::string> gone;
    for (const FieldAt& field : FieldsAt(before_, op_.parts)) {
      if (stay.count(TextOf(*field.value)) == 0) gone.push_back(TextOf(*field.value));
    }
    if (gone.empty()) return;
    Add("H-F5", Ruling::kRefuse,
        change_.manifest.source.ToString() + ": " + Is() + " no longer has " +
            Enumerated(gone, 6) + ": what is stored there would go with it",
        "put it back; take it out by the engine's own tools first, as its operator's "
        "manual says");
  }

  const ChangeCase& change_;
  const OperatorKind& op_;
  const Json& before_;
  const Json& after_;
  std::vector<Finding>& findings_;
};

}  // namespace

void GuardOperatorChange(const ChangeCase& change, std::vector<Finding>& findings) {
  const OperatorKind* op = OperatorOf(change.ref());
  if (op == nullptr || change.live == nullptr) return;
  OperatorChange(change, *op, findings).Judge();
}

}  // namespace holdfast
