// A Transport that answers from a script and records what was asked.

#pragma once

#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "apply/clock.h"
#include "apply/kube_cluster.h"
#include "apply/transport.h"

namespace holdfast {

/// Moves only when somebody waits.
class SteppedClock : public Clock {
 public:
  TimePoint Now() const override { return now; }
  TimePoint now{std::chrono::hours(1)};
};

class ScriptedTransport : public Transport {
 public:
  explicit ScriptedTransport(std::shared_ptr<SteppedClock> clock)
      : clock_(std::move(clock)) {}

  std::vector<Result<HttpAnswer>> Send(
      const std::vector<HttpRequest>& requests) override {
    std::vector<Result<HttpAnswer>> answers;
    for (const HttpRequest& request : requests) {
      asked.push_back(request.method + " " + request.target);
      bodies.push_back(request.body);
      answers.push_back(answer(request));
    }
    return answers;
  }

  StreamId Open(const HttpRequest& request) override {
    asked.push_back("WATCH " + request.target);
    return next_stream++;
  }

  /// Parts that the test has put in; else time goes by.
  std::vector<StreamPart> Receive(std::chrono::milliseconds up_to) override {
    if (meanwhile) meanwhile();
    if (parts.empty()) {
      clock_->now += up_to;
      return {};
    }
    std::vector<StreamPart> first = std::move(parts.front());
    parts.pop_front();
    return first;
  }

  void Close(StreamId stream) override { closed.push_back(stream); }

  std::function<Result<HttpAnswer>(const HttpRequest&)> answer;
  std::function<void()> meanwhile;  ///< While somebody waits.
  std::deque<std::vector<StreamPart>> parts;
  std::vector<std::string> asked;
  std::vector<std::string> bodies;
  std::vector<StreamId> closed;
  StreamId next_stream = 1;

 private:
  std::shared_ptr<SteppedClock> clock_;
};

inline HttpAnswer JsonAnswer(int status, std::string body) {
  return {
      status,
      {{"content-type", "application/json"}, {"date", "Tue, 24 Nov 2026 09:06:00 GMT"}},
      std::move(body)};
}

inline HttpAnswer StatusAnswer(int code, const std::string& message,
                               const std::string& name) {
  return JsonAnswer(code, R"({"kind":"Status","message":")" + message +
                              R"(","details":{"name":")" + name + R"("},"code":)" +
                              std::to_string(code) + "}");
}

/// A KubeCluster over a script that serves ConfigMap and Node; the test says how
/// all but discovery is answered.
struct ScriptedCluster {
  std::shared_ptr<SteppedClock> clock = std::make_shared<SteppedClock>();
  ScriptedTransport* transport = nullptr;
  std::unique_ptr<KubeCluster> cluster;
  bool cancelled = false;

  explicit ScriptedCluster(std::function<Result<HttpAnswer>(const HttpRequest&)> answer) {
    auto scripted = std::make_unique<ScriptedTransport>(clock);
    transport = scripted.get();
    transport->answer = [](const HttpRequest& request) -> Result<HttpAnswer> {
      const std::string name = request.target == "/api" ? "" : "g";
      return JsonAnswer(
          200, R"({"kind":"APIGroupDiscoveryList","items":[{"metadata":{"name":")" +
                   name + R"("},"versions":[{"version":"v1","resources":[
        {"resource":"configmaps","scope":"Namespaced","responseKind":{"kind":"ConfigMap"}},
        {"resource":"nodes","scope":"Cluster","responseKind":{"kind":"Node"}}]}]}]})");
    };
    KubeOptions options;
    options.address = "https://api:6443";
    options.clock = clock;
    options.random = [] { return 0.5; };
    options.cancelled = [this] { return cancelled; };
    cluster = std::make_unique<KubeCluster>(std::move(scripted), std::move(options));
    (void)cluster->Discover();
    transport->asked.clear();
    transport->bodies.clear();
    transport->answer = std::move(answer);
  }
};

}  // namespace holdfast
