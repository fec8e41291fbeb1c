// KubeCluster: watching.

#include <algorithm>
#include <utility>

#include "apply/api_path.h"
#include "apply/kube_cluster.h"
#include "apply/kube_watch.h"

namespace holdfast {
namespace {

using std::chrono::milliseconds;

/// Beyond what any object has (etcd takes 1.5 MiB); a line without end stops here.
constexpr std::size_t kLongestLine = std::size_t{16} << 20;
/// How much later than it was asked to the server may end a watch.
constexpr std::chrono::seconds kGrace{30};

}  // namespace

WatchId KubeCluster::Watch(const ListCall& what, const std::string& from) {
  auto watch = std::make_unique<OpenWatch>();
  watch->id = next_watch_++;
  const WatchId id = watch->id;
  watch->gvk = what.gvk;
  watch->what = "watch " + what.gvk.kind +
                (what.name_space.empty() ? "" : " in " + what.name_space);
  const auto path = PathOfAll(what);
  if (!path.ok()) {
    held_events_.push_back({id, WatchEvent::Kind::kBroken, std::nullopt, "",
                            path.error().In(watch->what).message});
    return id;
  }
  // Not all at the same moment.
  const auto range =
      static_cast<double>((options_.longest_watch - options_.shortest_watch).count());
  const auto lasts =
      options_.shortest_watch +
      std::chrono::seconds(static_cast<long long>(options_.random() * range));
  watch->ends_by = options_.clock->Now() + lasts + kGrace;
  watch->stream = transport_->Open(
      Read(*path + Query({{"watch", "true"},
                          {"allowWatchBookmarks", "true"},
                          {"resourceVersion", from},
                          {"labelSelector", what.label_selector},
                          {"timeoutSeconds", std::to_string(lasts.count())}})));
  const StreamId stream = watch->stream;
  watches_[stream] = std::move(watch);
  return id;
}

void KubeCluster::Unwatch(WatchId id) {
  std::erase_if(held_events_, [&](const WatchEvent& event) { return event.watch == id; });
  for (auto it = watches_.begin(); it != watches_.end(); ++it) {
    if (it->second->id != id) continue;
    const StreamId stream = it->first;
    transport_->Close(stream);
    std::erase_if(held_parts_,
                  [&](const StreamPart& part) { return part.stream == stream; });
    watches_.erase(it);
    return;
  }
}

std::vector<WatchEvent> KubeCluster::WaitForEvents(milliseconds up_to) {
  std::vector<WatchEvent> events = std::exchange(held_events_, {});
  const auto until = options_.clock->Now() + up_to;
  while (true) {
    std::vector<StreamPart> parts = std::exchange(held_parts_, {});
    if (parts.empty()) {
      auto left = std::chrono::ceil<milliseconds>(until - options_.clock->Now());
      for (const auto& [stream, watch] : watches_) {
        left = std::min(left, std::chrono::ceil<milliseconds>(watch->ends_by -
                                                              options_.clock->Now()));
      }
      // With events in hand only what is there already is taken along.
      if (!events.empty()) left = milliseconds(0);
      parts = transport_->Receive(std::max(left, milliseconds(0)));
    }
    for (const StreamPart& part : parts) TakeStreamPart(part, events);
    EndOverdueWatches(events);
    // Parts without an event are lines that have not ended yet.
    if (!events.empty() || parts.empty() || options_.clock->Now() >= until) return events;
  }
}

void KubeCluster::EndOverdueWatches(std::vector<WatchEvent>& events) {
  for (auto it = watches_.begin(); it != watches_.end();) {
    const OpenWatch& watch = *it->second;
    if (options_.clock->Now() < watch.ends_by) {
      ++it;
      continue;
    }
    transport_->Close(watch.stream);
    events.push_back({watch.id, WatchEvent::Kind::kBroken, std::nullopt, "",
                      watch.what + ": " + options_.address +
                          " did not end it when it should have; the connection is dead"});
    it = watches_.erase(it);
  }
}

void KubeCluster::TakeStreamPart(const StreamPart& part,
                                 std::vector<WatchEvent>& events) {
  const auto found = watches_.find(part.stream);
  if (found == watches_.end()) return;  // Ended by its own ERROR event.
  OpenWatch& watch = *found->second;
  if (part.status == 200) {
    has_answered_ = true;
    for (const std::string& line : watch.lines.Add(part.bytes)) {
      TakeLine(watch, line, events);
      if (watch.has_ended) break;
    }
    if (!watch.has_ended && watch.lines.rest().size() > kLongestLine) {
      watch.End(WatchEvent::Kind::kBroken, "an event without end", events);
    }
  } else {
    watch.error_body += part.bytes;
    if (watch.error_body.size() > kLongestLine) {
      watch.End(WatchEvent::Kind::kBroken, "an answer without end", events);
    }
  }
  if (part.ended && !watch.has_ended) EndWatch(watch, part, events);
  if (!watch.has_ended) return;
  if (!part.ended) transport_->Close(part.stream);
  watches_.erase(found);
}

/// The stream has ended: as agreed, by an error, or it never was a watch.
void KubeCluster::EndWatch(OpenWatch& watch, const StreamPart& part,
                           std::vector<WatchEvent>& events) {
  if (!part.error.empty()) {
    watch.End(WatchEvent::Kind::kBroken, part.error, events);
  } else if (part.status == 200) {
    // The time that was asked for is over; the reason stays empty.
    events.push_back({watch.id, WatchEvent::Kind::kBroken, std::nullopt, "", ""});
    watch.has_ended = true;
  } else {
    HttpAnswer answer;
    answer.status = part.status;
    answer.body = std::move(watch.error_body);
    const auto kind =
        part.status == 410 ? WatchEvent::Kind::kExpired : WatchEvent::Kind::kBroken;
    events.push_back({watch.id, kind, std::nullopt, "",
                      ErrorOfRead(answer, Asked(watch.what)).message});
    watch.has_ended = true;
  }
}

void KubeCluster::TakeLine(OpenWatch& watch, const std::string& line,
                           std::vector<WatchEvent>& events) {
  auto json = ParseJson(line);
  if (!json.ok()) {
    watch.End(WatchEvent::Kind::kBroken, "an event that is not JSON", events);
    return;
  }
  const std::string type = StringIn(*json, "type");
  const auto member = json->is_object() ? json->find("object") : json->end();
  if (member == json->end()) {
    watch.End(WatchEvent::Kind::kBroken, "an event without an object", events);
    return;
  }
  const std::string version = StringIn(*member, "metadata", "resourceVersion");
  if (type == "BOOKMARK") {
    events.push_back({watch.id, WatchEvent::Kind::kBookmark, std::nullopt, version, ""});
  } else if (type == "ERROR") {
    const bool is_old = IntegerIn(0, *member, "code") == 410;
    watch.End(is_old ? WatchEvent::Kind::kExpired : WatchEvent::Kind::kBroken,
              StringIn(*member, "message"), events);
  } else if (type == "ADDED" || type == "MODIFIED" || type == "DELETED") {
    auto object = Object::Make(std::move(*member));
    if (!object.ok() || object->gvk() != watch.gvk) {
      watch.End(WatchEvent::Kind::kBroken, "an event with a foreign object", events);
      return;
    }
    events.push_back(
        {watch.id,
         type == "DELETED" ? WatchEvent::Kind::kGone : WatchEvent::Kind::kChanged,
         std::move(object).value(), version, ""});
  } else {
    watch.End(WatchEvent::Kind::kBroken, "an event of the unknown type " + type, events);
  }
}

}  // namespace holdfast
