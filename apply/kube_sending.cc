// KubeCluster: sending, and sending again.

#include <algorithm>
#include <utility>

#include "apply/http_date.h"
#include "apply/kube_cluster.h"
#include "apply/kube_watch.h"

namespace holdfast {

using std::chrono::milliseconds;

KubeCluster::KubeCluster(std::unique_ptr<Transport> transport, KubeOptions options)
    : transport_(std::move(transport)), options_(std::move(options)) {}

KubeCluster::~KubeCluster() = default;

HttpRequest KubeCluster::Read(std::string target) const {
  HttpRequest request;
  request.target = std::move(target);
  request.headers["Accept"] = "application/json";
  request.timeout = options_.request_timeout;
  return request;
}

AskedFor KubeCluster::Asked(std::string what) const {
  return {std::move(what), options_.address, options_.identity};
}

void KubeCluster::NoteServerTime(const HttpAnswer& answer) {
  const auto date = answer.headers.find("date");
  if (date == answer.headers.end()) return;
  server_time_ = ParseHttpDate(date->second).value_or(server_time_);
}

bool KubeCluster::MayRepeat(const Result<HttpAnswer>& answer, Repeat repeat) const {
  if (answer.ok() && WasNotDone(*answer)) return true;
  if (!has_answered_) return false;
  if (answer.ok()) {
    const bool applies = repeat == Repeat::kApply || repeat == Repeat::kDryApply;
    const bool changes_nothing = repeat == Repeat::kRead || repeat == Repeat::kDryApply;
    return (changes_nothing && MayHeal(*answer)) || (applies && WasOvertaken(*answer));
  }
  return answer.error().code == ErrorCode::kUnavailable &&
         repeat != Repeat::kOnlyIfNotDone;
}

/// Waits, while watches go on. False if somebody cancelled.
bool KubeCluster::Pause(milliseconds time) {
  const auto until = options_.clock->Now() + time;
  while (!options_.cancelled()) {
    const auto left = std::chrono::ceil<milliseconds>(until - options_.clock->Now());
    if (left <= milliseconds(0)) return true;
    for (StreamPart& part : transport_->Receive(left))
      held_parts_.push_back(std::move(part));
  }
  return false;
}

Result<HttpAnswer> KubeCluster::SendOne(HttpRequest request, Repeat repeat) {
  std::vector<HttpRequest> one;
  one.push_back(std::move(request));
  return std::move(SendAll(std::move(one), repeat).front());
}

std::vector<Result<HttpAnswer>> KubeCluster::SendAll(std::vector<HttpRequest> requests,
                                                     Repeat repeat) {
  if (requests.empty()) return {};
  std::vector<Result<HttpAnswer>> answers = transport_->Send(requests);
  Backoff backoff(options_.first_backoff, options_.longest_backoff, options_.random);
  const auto give_up_at = options_.clock->Now() + options_.retry_for;
  while (true) {
    const bool is_mute =
        std::any_of(answers.begin(), answers.end(), [](const auto& answer) {
          return !answer.ok() && answer.error().code == ErrorCode::kTimeout;
        });
    std::vector<std::size_t> again;
    milliseconds wait = backoff.Next();
    for (std::size_t i = 0; i < answers.size(); ++i) {
      if (answers[i].ok()) {
        has_answered_ = has_answered_ || IsSuccess(*answers[i]);
        NoteServerTime(*answers[i]);
      }
      if (!MayRepeat(answers[i], repeat)) continue;
      again.push_back(i);
      if (!answers[i].ok()) continue;
      if (const auto asked_for = RetryAfter(*answers[i])) {
        wait = std::max<milliseconds>(wait, *asked_for);
      }
    }
    if (again.empty() || is_mute || options_.clock->Now() + wait > give_up_at ||
        !Pause(wait)) {
      return answers;
    }
    // Whoever was frozen in the pause has no right to write any more.
    if (options_.clock->Now() > give_up_at) return answers;
    std::vector<HttpRequest> repeated;
    for (const std::size_t i : again) repeated.push_back(std::move(requests[i]));
    std::vector<Result<HttpAnswer>> newer = transport_->Send(repeated);
    for (std::size_t i = 0; i < again.size(); ++i) {
      answers[again[i]] = std::move(newer[i]);
      requests[again[i]] = std::move(repeated[i]);
    }
  }
}

}  // namespace holdfast
