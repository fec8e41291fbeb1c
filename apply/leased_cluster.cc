#include "apply/leased_cluster.h"

#include <algorithm>
#include <utility>
#include <variant>

namespace holdfast {
namespace {

/// After any other Error the server has said what became of it.
bool IsUnanswered(const Error& error) {
  return error.code == ErrorCode::kCancelled || error.code == ErrorCode::kTimeout ||
         error.code == ErrorCode::kUnavailable;
}

}  // namespace

ApplyAnswer LeasedCluster::Noted(const ObjectRef& ref, ApplyAnswer answer) {
  const auto* error = std::get_if<Error>(&answer);
  const bool unanswered = error != nullptr && IsUnanswered(*error);
  if (unanswered) lease_.NoteUnanswered();
  const bool may_be_done = unanswered || std::holds_alternative<Object>(answer);
  wrote_ = wrote_ || (may_be_done && !IsOfBooks(ref));
  return answer;
}

bool LeasedCluster::IsOfBooks(const ObjectRef& ref) const {
  return ref.name_space == own_namespace_ ||
         (ref.Is("", "Namespace") && ref.name == own_namespace_);
}

template <typename Call>
Status LeasedCluster::CheckCalls(const std::vector<Call>& calls) {
  const bool writes = std::any_of(calls.begin(), calls.end(), [](const Call& call) {
    return call.mode == WriteMode::kReal;
  });
  if (writes) return lease_.Check(Lease::Act::kWrite);
  lease_.Tend();
  return {};
}

Result<const Discovery*> LeasedCluster::Rediscover() {
  lease_.Tend();
  return cluster_.Rediscover();
}

std::vector<Result<Json>> LeasedCluster::ReadDocuments(
    const std::vector<std::string>& targets) {
  lease_.Tend();
  return cluster_.ReadDocuments(targets);
}

std::vector<Result<Object>> LeasedCluster::Get(const std::vector<ObjectKey>& keys) {
  lease_.Tend();
  return cluster_.Get(keys);
}

std::vector<Result<ObjectList>> LeasedCluster::List(const std::vector<ListCall>& calls) {
  lease_.Tend();
  return cluster_.List(calls);
}

std::vector<ApplyAnswer> LeasedCluster::Apply(const std::vector<ApplyCall>& calls) {
  // Many take longer than the lease lasts, so each part of them asks for itself.
  constexpr std::ptrdiff_t kPart = 128;
  std::vector<ApplyAnswer> answers;
  for (auto from = calls.begin(); from != calls.end();) {
    const auto to = from + std::min(kPart, calls.end() - from);
    const std::vector<ApplyCall> part(from, to);
    const Status may = CheckCalls(part);
    auto some = may.ok() ? cluster_.Apply(part)
                         : std::vector<ApplyAnswer>(part.size(), may.error());
    for (std::size_t i = 0; i < part.size(); ++i) {
      const bool real = may.ok() && part[i].mode == WriteMode::kReal;
      answers.push_back(real ? Noted(part[i].object.ref(), std::move(some[i]))
                             : std::move(some[i]));
    }
    from = to;
  }
  return answers;
}

std::vector<ApplyAnswer> LeasedCluster::Patch(const std::vector<PatchCall>& calls) {
  const bool destroys = std::any_of(calls.begin(), calls.end(), [](const PatchCall& call) {
    return call.destroys && call.mode == WriteMode::kReal;
  });
  const Status may = destroys ? lease_.Check(Lease::Act::kDestroy) : CheckCalls(calls);
  if (!may.ok()) {
    return std::vector<ApplyAnswer>(calls.size(), may.error());
  }
  std::vector<ApplyAnswer> answers = cluster_.Patch(calls);
  for (std::size_t i = 0; i < calls.size(); ++i) {
    if (calls[i].mode != WriteMode::kReal) continue;
    answers[i] = Noted(calls[i].live.ref(), std::move(answers[i]));
  }
  return answers;
}

ApplyAnswer LeasedCluster::Create(const Object& object) {
  if (const Status may = lease_.Check(Lease::Act::kWrite); !may.ok()) return may.error();
  return Noted(object.ref(), cluster_.Create(object));
}

ApplyAnswer LeasedCluster::Replace(const Object& object) {
  if (const Status may = lease_.Check(Lease::Act::kWrite); !may.ok()) return may.error();
  return Noted(object.ref(), cluster_.Replace(object));
}

Status LeasedCluster::Delete(Permit permit, WriteMode mode) {
  if (mode == WriteMode::kReal) {
    HOLDFAST_TRY(lease_.Check(Lease::Act::kDestroy));
  } else {
    lease_.Tend();
  }
  Status deleted = cluster_.Delete(std::move(permit), mode);
  if (mode == WriteMode::kDryRun) return deleted;
  const bool unanswered = !deleted.ok() && IsUnanswered(deleted.error());
  if (unanswered) lease_.NoteUnanswered();
  wrote_ = wrote_ || deleted.ok() || unanswered;
  return deleted;
}

WatchId LeasedCluster::Watch(const ListCall& what, const std::string& from) {
  lease_.Tend();
  return cluster_.Watch(what, from);
}

std::vector<WatchEvent> LeasedCluster::WaitForEvents(std::chrono::milliseconds up_to) {
  lease_.Tend();
  return cluster_.WaitForEvents(up_to);
}

}  // namespace holdfast
