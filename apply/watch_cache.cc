#include "apply/watch_cache.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

namespace holdfast {

using std::chrono::milliseconds;

/// Waits are rounded to milliseconds on their way down.
constexpr milliseconds kTolerance{5};

/// One kind in one namespace, or in all.
struct WatchCache::Followed {
  enum class State {
    kToList,   ///< Nothing is known, or too little: list it, then watch.
    kToWatch,  ///< What is known is right up to `version`: watch from there.
    kWatching,
    kGivenUp,  ///< Dispensable, and refused.
  };
  ListCall what;
  Backoff backoff;
  bool dispensable = false;
  State state = State::kToList;
  WatchId watch = 0;
  std::string version{};      ///< Up to which all events were taken.
  Clock::TimePoint since{};   ///< When the watch was opened.
  Clock::TimePoint try_at{};  ///< Not before; unless kWatching.

  bool IsSettled() const { return state == State::kWatching || state == State::kGivenUp; }
  bool Has(const ObjectRef& ref) const {
    return ref.Is(what.gvk.group, what.gvk.kind) &&
           (what.name_space.empty() || what.name_space == ref.name_space);
  }
};

WatchCache::WatchCache(Cluster& cluster, WatchCacheOptions options)
    : cluster_(cluster), options_(std::move(options)) {}

WatchCache::~WatchCache() {
  for (const auto& followed : followed_) {
    if (followed->watch != 0) cluster_.Unwatch(followed->watch);
  }
}

bool WatchCache::Covers(const ListCall& what) const {
  return std::any_of(followed_.begin(), followed_.end(), [&](const auto& followed) {
    const ListCall& has = followed->what;
    return has.gvk == what.gvk &&
           (has.name_space.empty() || has.name_space == what.name_space);
  });
}

Status WatchCache::Add(const std::vector<ListCall>& what) { return Follow(what, false); }

void WatchCache::AddIfPossible(const std::vector<ListCall>& what) {
  (void)Follow(what, true);
}

Status WatchCache::Follow(const std::vector<ListCall>& what, bool dispensable) {
  std::vector<Followed*> added;
  for (const ListCall& call : what) {
    if (!call.label_selector.empty()) {
      return Internal("a WatchCache follows whole kinds, not those with labels " +
                      call.label_selector);
    }
    if (Covers(call)) continue;
    followed_.push_back(std::make_unique<Followed>(Followed{
        call,
        Backoff(options_.first_backoff, options_.longest_backoff, options_.random),
        dispensable}));
    added.push_back(followed_.back().get());
  }
  Changes new_objects;
  const std::vector<Error> errors = ListAgain(added, new_objects);
  if (!errors.empty()) return errors.front();
  return {};
}

Result<std::vector<ObjectRef>> WatchCache::WaitForChange(milliseconds up_to) {
  const auto until = options_.clock->Now() + up_to;
  Changes changes;
  while (changes.empty()) {
    HOLDFAST_TRY(Mend(changes));
    const auto left =
        std::chrono::duration_cast<milliseconds>(until - options_.clock->Now());
    // With changes in hand only what is there already is taken along.
    const milliseconds wait = changes.empty() ? UntilNextTry(left) : milliseconds(0);
    const auto begun = options_.clock->Now();
    std::vector<WatchEvent> events =
        cluster_.WaitForEvents(std::max(wait, milliseconds(0)));
    // Nothing came well before its time was up: somebody cancelled.
    const bool was_cancelled =
        events.empty() && options_.clock->Now() + kTolerance < begun + wait;
    for (WatchEvent& event : events) Take(std::move(event), changes);
    if (was_cancelled || options_.clock->Now() >= until) break;
  }
  std::sort(changes.begin(), changes.end());
  changes.erase(std::unique(changes.begin(), changes.end()), changes.end());
  live_.server_time = cluster_.ServerTime();
  return changes;
}

milliseconds WatchCache::UntilNextTry(milliseconds up_to) const {
  const auto now = options_.clock->Now();
  for (const auto& followed : followed_) {
    if (followed->IsSettled()) continue;
    // Rounded up, or the last fraction of a millisecond would be waited for in a spin.
    up_to = std::min(up_to, std::chrono::ceil<milliseconds>(followed->try_at - now));
  }
  return up_to;
}

/// Lists and watches again what is due.
Status WatchCache::Mend(Changes& changes) {
  std::vector<Followed*> to_list;
  const auto now = options_.clock->Now();
  for (const auto& followed : followed_) {
    if (followed->IsSettled() || now < followed->try_at) continue;
    if (followed->state == Followed::State::kToWatch) {
      OpenWatch(*followed);
    } else {
      to_list.push_back(followed.get());
    }
  }
  for (const Error& error : ListAgain(to_list, changes)) {
    if (error.code != ErrorCode::kUnavailable && error.code != ErrorCode::kTimeout)
      return error;
  }
  return {};
}

/// Lists all of `which` concurrently and watches what could be listed.
std::vector<Error> WatchCache::ListAgain(const std::vector<Followed*>& which,
                                         Changes& changes) {
  std::vector<Error> errors;
  if (which.empty()) return errors;
  std::vector<ListCall> calls;
  for (const Followed* followed : which) calls.push_back(followed->what);
  auto lists = cluster_.List(calls);
  for (std::size_t i = 0; i < which.size(); ++i) {
    Followed& followed = *which[i];
    if (lists[i].ok()) {
      Replace(followed, std::move(lists[i]).value(), changes);
      OpenWatch(followed);
      ClearGap(followed);
      continue;
    }
    SetGap(followed, lists[i].error());
    followed.try_at = options_.clock->Now() + followed.backoff.Next();
    const bool may_pass = lists[i].error().code == ErrorCode::kUnavailable ||
                          lists[i].error().code == ErrorCode::kTimeout;
    if (followed.dispensable && !may_pass) followed.state = Followed::State::kGivenUp;
    if (!followed.dispensable) errors.push_back(lists[i].error());
  }
  live_.server_time = cluster_.ServerTime();
  return errors;
}

/// What is live of `followed` is `list`, and nothing else.
void WatchCache::Replace(Followed& followed, ObjectList list, Changes& changes) {
  followed.version = list.resource_version;
  std::set<ObjectRef> present;
  for (Object& object : list.objects) {
    const ObjectRef& ref = object.ref();
    present.insert(ref);
    const Object* known = live_.Find(ref);
    const bool is_same = known != nullptr && known->uid() == object.uid() &&
                         known->resource_version() == object.resource_version();
    if (is_same) continue;
    changes.push_back(ref);
    live_.Put(std::move(object));
  }
  std::erase_if(live_.objects, [&](const auto& entry) {
    const ObjectRef& ref = entry.first;
    if (!followed.Has(ref) || present.contains(ref)) return false;
    changes.push_back(ref);
    return true;
  });
}

void WatchCache::OpenWatch(Followed& followed) {
  followed.watch = cluster_.Watch(followed.what, followed.version);
  followed.since = options_.clock->Now();
  followed.state = Followed::State::kWatching;
}

WatchCache::Followed* WatchCache::FollowedBy(WatchId watch) {
  for (const auto& followed : followed_) {
    if (followed->watch == watch) return followed.get();
  }
  return nullptr;
}

void WatchCache::Take(WatchEvent event, Changes& changes) {
  Followed* followed = FollowedBy(event.watch);
  if (followed == nullptr) return;
  if (event.kind == WatchEvent::Kind::kBroken ||
      event.kind == WatchEvent::Kind::kExpired) {
    OnBroken(*followed, event);
    return;
  }
  followed->backoff.Reset();
  if (!event.resource_version.empty()) followed->version = event.resource_version;
  if (!event.object) return;
  const ObjectRef ref = event.object->ref();
  changes.push_back(ref);
  if (event.kind == WatchEvent::Kind::kGone) {
    live_.objects.erase(ref);
  } else {
    live_.Put(std::move(*event.object));
  }
}

void WatchCache::OnBroken(Followed& followed, const WatchEvent& event) {
  const auto now = options_.clock->Now();
  followed.watch = 0;
  if (now - followed.since >= options_.settled_after) followed.backoff.Reset();
  const bool is_orderly_end =
      event.kind == WatchEvent::Kind::kBroken && event.reason.empty();
  const bool is_first = followed.backoff.failures() == 0;
  const bool at_once =
      is_first && (is_orderly_end || event.kind == WatchEvent::Kind::kExpired);
  followed.try_at = at_once ? now : now + followed.backoff.Next();
  if (at_once) followed.backoff.Next();
  // A first break may be a connection that was cut, and the watch goes on where it
  // was. After a second nobody knows what the server still knows.
  if (event.kind == WatchEvent::Kind::kBroken && is_first) {
    followed.state = Followed::State::kToWatch;
    return;
  }
  followed.state = Followed::State::kToList;
  SetGap(followed, {ErrorCode::kUnavailable,
                    event.reason.empty() ? "the watch ended at once" : event.reason});
}

void WatchCache::SetGap(const Followed& followed, const Error& why) {
  ClearGap(followed);
  const Gvk& gvk = followed.what.gvk;
  std::erase(live_.listed,
             Snapshot::Listed{gvk.group, gvk.kind, followed.what.name_space});
  live_.gaps.push_back({{gvk.group, gvk.kind, followed.what.name_space, ""}, why});
}

void WatchCache::ClearGap(const Followed& followed) {
  const Gvk& gvk = followed.what.gvk;
  const ObjectRef all{gvk.group, gvk.kind, followed.what.name_space, ""};
  std::erase_if(live_.gaps, [&](const Snapshot::Gap& gap) { return gap.what == all; });
  const Snapshot::Listed listed{gvk.group, gvk.kind, followed.what.name_space};
  if (std::find(live_.listed.begin(), live_.listed.end(), listed) == live_.listed.end()) {
    live_.listed.push_back(listed);
  }
}

}  // namespace holdfast
