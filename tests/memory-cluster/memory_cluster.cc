#include "tests/memory-cluster/memory_cluster.h"

#include <cstdlib>
#include <utility>

#include "apply/api_error.h"
#include "apply/api_path.h"
#include "apply/managed_fields.h"

namespace holdfast::memory {
namespace {

bool Matches(const Object& object, const std::string& label_selector) {
  if (label_selector.empty()) return true;
  const auto equals = label_selector.find('=');
  return object.label(label_selector.substr(0, equals)) ==
         label_selector.substr(equals + 1);
}

Propagation PropagationOf(Permit::Dependents dependents) {
  switch (dependents) {
    case Permit::Dependents::kFollow: return Propagation::kBackground;
    case Permit::Dependents::kPrecede: return Propagation::kForeground;
    case Permit::Dependents::kStay: break;
  }
  return Propagation::kOrphan;
}

}  // namespace

void MemoryCluster::LetOthersWork() {
  if (pace_ == 0) return;
  for (std::size_t steps = random_.Below(pace_ + 1); steps > 0; --steps) {
    controllers_.Step(server_, random_);
  }
}

Status MemoryCluster::Serves(const Gvk& gvk) {
  HOLDFAST_TRY_ASSIGN(const Discovery* discovery, Discover());
  if (served_.contains(gvk)) return {};
  const auto kind = Resolve(*discovery, gvk);
  if (!kind.ok()) return kind.error();
  served_.insert(gvk);
  return {};
}

Result<std::string> MemoryCluster::Uid() {
  const Object* space = server_.Find({"", "Namespace", "", "kube-system"});
  if (space == nullptr) return NotFound("namespace kube-system");
  return space->uid();
}

Result<const Discovery*> MemoryCluster::Discover() {
  if (!discovery_) discovery_ = server_.Served();
  return &*discovery_;
}

Result<const Discovery*> MemoryCluster::Rediscover() {
  discovery_.reset();
  served_.clear();
  return Discover();
}

std::vector<Result<Json>> MemoryCluster::ReadDocuments(
    const std::vector<std::string>& targets) {
  return {targets.size(), Result<Json>(NotFound("there are no documents"))};
}

std::vector<Result<Object>> MemoryCluster::Get(const std::vector<ObjectKey>& keys) {
  LetOthersWork();
  std::vector<Result<Object>> answers;
  for (const ObjectKey& key : keys) {
    if (const Status served = Serves(key.gvk); !served.ok()) {
      answers.emplace_back(served.error());
      continue;
    }
    const ObjectRef ref{key.gvk.group, key.gvk.kind, key.name_space, key.name};
    const Object* object = server_.Find(ref);
    if (object == nullptr) {
      answers.emplace_back(NotFound(ref.ToString() + " not found"));
    } else {
      answers.emplace_back(*object);
    }
  }
  return answers;
}

std::vector<Result<ObjectList>> MemoryCluster::List(const std::vector<ListCall>& calls) {
  LetOthersWork();
  std::vector<Result<ObjectList>> answers;
  for (const ListCall& call : calls) {
    if (const Status served = Serves(call.gvk); !served.ok()) {
      answers.emplace_back(served.error());
      continue;
    }
    ObjectList list;
    for (const Object* object :
         server_.All(call.gvk.group, call.gvk.kind, call.name_space)) {
      if (Matches(*object, call.label_selector)) list.objects.push_back(*object);
    }
    list.resource_version = std::to_string(server_.version());
    answers.emplace_back(std::move(list));
  }
  return answers;
}

std::vector<ApplyAnswer> MemoryCluster::Apply(const std::vector<ApplyCall>& calls) {
  std::vector<ApplyAnswer> answers;
  for (const ApplyCall& call : calls) {
    LetOthersWork();
    if (const Status served = Serves(call.object.gvk()); !served.ok()) {
      answers.emplace_back(served.error());
      continue;
    }
    answers.push_back(
        server_.Apply(call.object, call.manager, call.on_conflict, call.mode));
  }
  return answers;
}

std::vector<ApplyAnswer> MemoryCluster::Patch(const std::vector<PatchCall>& calls) {
  std::vector<ApplyAnswer> answers;
  for (const PatchCall& call : calls) {
    LetOthersWork();
    answers.push_back(server_.MergePatch(call.live.gvk(), call.live.ref(), call.changes,
                                         kFieldManager, call.mode));
  }
  return answers;
}

ApplyAnswer MemoryCluster::Create(const Object& object) {
  LetOthersWork();
  if (const Status served = Serves(object.gvk()); !served.ok()) return served.error();
  return server_.Create(object, kFieldManager, WriteMode::kReal);
}

ApplyAnswer MemoryCluster::Replace(const Object& object) {
  LetOthersWork();
  if (object.resource_version().empty()) {
    return Internal("replace " + object.ref().ToString() +
                    ": without the resourceVersion that it was read at");
  }
  return server_.Replace(object, kFieldManager, WriteMode::kReal);
}

Status MemoryCluster::Delete(Permit permit, WriteMode mode) {
  LetOthersWork();
  const std::string what = "delete " + permit.ref().ToString();
  if (permit.uid().empty() || permit.resource_version().empty()) {
    return Internal(what +
                    ": without uid and resourceVersion of the object that was judged");
  }
  const ApplyAnswer answer = server_.Delete(
      permit.ref(), {.uid = permit.uid(), .resource_version = permit.resource_version()},
      PropagationOf(permit.dependents()), mode);
  if (const auto* no = std::get_if<Rejection>(&answer)) {
    if (no->kind == Rejection::Kind::kNotFound) return {};
    return ErrorOf(*no, {.what = what, .address = Address(), .identity = ""});
  }
  if (const auto* error = std::get_if<Error>(&answer)) return *error;
  return {};
}

WatchId MemoryCluster::Watch(const ListCall& what, const std::string& from) {
  const WatchId id = next_watch_++;
  watches_[id] = {what, std::atoll(from.c_str())};
  return id;
}

std::vector<WatchEvent> MemoryCluster::Events() {
  std::vector<WatchEvent> told;
  for (auto at = watches_.begin(); at != watches_.end();) {
    auto& [id, watch] = *at;
    const auto events = server_.Since(watch.seen);
    if (!events) {
      told.push_back({.watch = id,
                      .kind = WatchEvent::Kind::kExpired,
                      .object = std::nullopt,
                      .resource_version = "",
                      .reason = "too old resource version"});
      at = watches_.erase(at);
      continue;
    }
    for (const Event& event : *events) {
      watch.seen = event.version;
      const ObjectRef& ref = event.object->ref();
      const bool wanted =
          ref.Is(watch.what.gvk.group, watch.what.gvk.kind) &&
          (watch.what.name_space.empty() || watch.what.name_space == ref.name_space) &&
          Matches(*event.object, watch.what.label_selector);
      if (!wanted) continue;
      told.push_back(
          {.watch = id,
           .kind = event.gone ? WatchEvent::Kind::kGone : WatchEvent::Kind::kChanged,
           .object = *event.object,
           .resource_version = event.object->resource_version(),
           .reason = ""});
    }
    ++at;
  }
  return told;
}

std::vector<WatchEvent> MemoryCluster::WaitForEvents(std::chrono::milliseconds up_to) {
  while (true) {
    std::vector<WatchEvent> events = Events();
    if (!events.empty()) return events;
    if (up_to.count() <= 0) return {};
    if (!controllers_.Step(server_, random_)) break;
  }
  clock_.Advance(up_to);
  return {};
}

}  // namespace holdfast::memory
