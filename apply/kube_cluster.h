// KubeCluster: a Cluster that is a real Kubernetes API server.
//
// What is asked again when it fails, and what is not:
//
// - What changes nothing (get, list, discovery, dry runs): when the connection
//   breaks, and on 429, 500, 502, 503, 504.
// - A real server-side apply: on 429 and on 503 with Retry-After, by which the
//   server says that it did nothing; and when the connection breaks, since an
//   apply that is carried out twice leaves what it leaves once. On a 409 that names no
//   field manager, dry or not: somebody wrote at the same moment.
// - Create, Replace, Delete, and an apply to one resourceVersion: on 429 and 503 with
//   Retry-After only. A second Create could not tell its own object from a stranger's.
// - Nothing after a time-out of ours: the server had its time, and a caller that
//   waits has a right to know. Before the server's first success only on 429
//   and 503 with Retry-After, so that a wrong address is told at once and not after
//   `retry_for`.
//
// Each wait is drawn by Backoff, at least as long as Retry-After asks for, and ends
// when somebody cancels. A write that was sent by then is waited for a little longer, so
// that it is known whether it was carried out.

#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apply/api_error.h"
#include "apply/backoff.h"
#include "apply/clock.h"
#include "apply/cluster.h"
#include "apply/discovery.h"
#include "apply/object_json.h"
#include "apply/transport.h"

namespace holdfast {

struct KubeOptions {
  std::string address;   ///< Connection::server
  std::string identity;  ///< Connection::identity; for messages.
  std::chrono::milliseconds request_timeout{30'000};
  /// From the first failure of a call until it is given up. Below a lease's
  /// duration: a write of an earlier leader must not come late.
  std::chrono::milliseconds retry_for{10'000};
  std::chrono::milliseconds first_backoff{100};
  std::chrono::milliseconds longest_backoff{3'000};
  int page_size = 500;                 ///< Objects of one page of a list.
  std::size_t requests_at_once = 128;  ///< Whose bodies are held in memory together.
  std::chrono::seconds shortest_watch{300};  ///< A watch ends after a random time between
  std::chrono::seconds longest_watch{600};   ///< these two; the server ends it.
  std::shared_ptr<const Clock> clock = std::make_shared<SteadyClock>();
  RandomSource random = SystemRandom();
  std::function<bool()> cancelled = [] { return false; };
};

class KubeCluster : public Cluster {
 public:
  KubeCluster(std::unique_ptr<Transport> transport, KubeOptions options);
  ~KubeCluster() override;

  std::string Address() const override { return options_.address; }
  Result<std::string> Uid() override;
  long long ServerTime() const override { return server_time_; }
  Result<const Discovery*> Discover() override;
  Result<const Discovery*> Rediscover() override;
  std::vector<Result<Json>> ReadDocuments(const std::vector<std::string>& targets) override;
  std::vector<Result<Object>> Get(const std::vector<ObjectKey>& keys) override;
  std::vector<Result<ObjectList>> List(const std::vector<ListCall>& calls) override;
  std::vector<ApplyAnswer> Apply(const std::vector<ApplyCall>& calls) override;
  std::vector<ApplyAnswer> Patch(const std::vector<PatchCall>& calls) override;
  ApplyAnswer Create(const Object& object) override;
  ApplyAnswer Replace(const Object& object) override;
  ApplyAnswer ReplaceAtLast(const Object& object) override;
  Status Delete(Permit permit, WriteMode mode) override;
  WatchId Watch(const ListCall& what, const std::string& from) override;
  void Unwatch(WatchId watch) override;
  std::vector<WatchEvent> WaitForEvents(std::chrono::milliseconds up_to) override;

 private:
  struct ListInProgress;
  struct OpenWatch;

  /// When a request may be sent again; see the head of this file.
  enum class Repeat { kRead, kDryApply, kApply, kOnlyIfNotDone };

  // kube_sending.cc
  std::vector<Result<HttpAnswer>> SendAll(std::vector<HttpRequest> requests,
                                          Repeat repeat);
  Result<HttpAnswer> SendOne(HttpRequest request, Repeat repeat);
  bool MayRepeat(const Result<HttpAnswer>& answer, Repeat repeat) const;
  bool Pause(std::chrono::milliseconds time);
  void NoteServerTime(const HttpAnswer& answer);
  HttpRequest Read(std::string target) const;
  AskedFor Asked(std::string what) const;

  // kube_reading.cc
  Result<Discovery> ReadDiscovery();
  Status ReadClassicLists(const std::vector<ResourceListToRead>& lists,
                          Discovery& discovery);
  Result<Json> ReadJson(const HttpRequest& request, const std::string& what);
  Result<Object> ReadObject(const ObjectKey& key, Result<HttpAnswer>& answer) const;
  Result<std::string> PathOf(const Gvk& gvk, const std::string& name_space,
                             const std::string& name);
  Result<std::string> PathOfAll(const ListCall& call);
  void TakePage(Result<HttpAnswer>& answer, ListInProgress& list) const;

  // kube_writing.cc
  ApplyAnswer AnswerOfWrite(Result<HttpAnswer>& answer, const std::string& what) const;
  Result<HttpRequest> ApplyRequest(const ApplyCall& call);
  Result<HttpRequest> PatchRequest(const PatchCall& call);
  ApplyAnswer PatchOne(const PatchCall& call);
  ApplyAnswer Put(const Object& object, OnCancel on_cancel, std::chrono::milliseconds timeout);
  ApplyAnswer PutBackLists(const ApplyCall& call, Rejection no);
  void ApplySome(const std::vector<ApplyCall>& calls,
                 const std::vector<std::size_t>& which, Repeat repeat,
                 std::vector<ApplyAnswer>& answers);

  // kube_watching.cc
  void TakeStreamPart(const StreamPart& part, std::vector<WatchEvent>& events);
  void EndWatch(OpenWatch& watch, const StreamPart& part,
                std::vector<WatchEvent>& events);
  void TakeLine(OpenWatch& watch, const std::string& line,
                std::vector<WatchEvent>& events);
  void EndOverdueWatches(std::vector<WatchEvent>& events);

  std::unique_ptr<Transport> transport_;
  const KubeOptions options_;
  std::optional<Discovery> discovery_;
  std::string uid_;
  long long server_time_ = 0;
  bool has_answered_ = false;  ///< With a success, at least once.

  std::map<StreamId, std::unique_ptr<OpenWatch>> watches_;
  WatchId next_watch_ = 1;
  std::vector<StreamPart> held_parts_;   ///< Came while a call waited for its next try.
  std::vector<WatchEvent> held_events_;  ///< Of watches that could not be opened.
};

}  // namespace holdfast
