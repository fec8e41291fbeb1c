#include "apply/curl_transport.h"

#include <curl/curl.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "apply/curl_error.h"
#include "apply/curl_request.h"
#include "diff/base64.h"

namespace holdfast {
namespace {

using std::chrono::milliseconds;
using TimePoint = CurlRequest::TimePoint;

TimePoint Now() { return std::chrono::steady_clock::now(); }

/// How often a wait looks at `cancelled`.
constexpr milliseconds kTick{100};
/// The same while a connection that was given up still has requests: only one
/// generation can be waited on.
constexpr milliseconds kTickWithOld{10};

struct MultiDeleter {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};

/// The connections of one curl_multi.
///
/// libcurl never gives up an HTTP/2 connection that has gone dead without a word:
/// each new request is put on it and times out too. So after a time-out all that
/// is new goes to a new generation, and the old one ends with its last request.
struct Generation {
  Generation() : multi(curl_multi_init()) {
    curl_multi_setopt(multi.get(), CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
  }
  std::unique_ptr<CURLM, MultiDeleter> multi;
};

/// What one Send() has to do.
struct Batch {
  const std::vector<HttpRequest>& requests;
  std::vector<std::optional<Result<HttpAnswer>>> answers;
  std::string authorization;
  std::size_t next = 0;  ///< The first that is not begun.
  std::size_t in_flight = 0;
  std::optional<Error> stop;  ///< Why no more are begun.
  std::optional<TimePoint> cancelled;  ///< Since when.
};

/// A request under way: of the batch, at `index`, or a stream.
struct Transfer {
  std::shared_ptr<Generation> generation;
  std::unique_ptr<HttpRequest> own_request;  ///< Of a stream: nobody else keeps it.
  std::unique_ptr<CurlRequest> request;
  std::size_t index = 0;
  StreamId stream = 0;  ///< 0: of the batch.
};

Error Cancelled() { return {ErrorCode::kCancelled, "asked to stop"}; }

class CurlTransport : public Transport {
 public:
  CurlTransport(Connection connection, TransportOptions options)
      : connection_(std::move(connection)), options_(std::move(options)) {
    curl_global_init(CURL_GLOBAL_DEFAULT);
    generation_ = std::make_shared<Generation>();
  }

  ~CurlTransport() override {
    for (auto& [handle, transfer] : transfers_) Detach(transfer);
    transfers_.clear();
    generation_.reset();
    curl_global_cleanup();
  }

  std::vector<Result<HttpAnswer>> Send(
      const std::vector<HttpRequest>& requests) override {
    Batch batch{requests, {}, "", 0, 0, std::nullopt, std::nullopt};
    batch.answers.resize(requests.size());
    auto authorization = Authorization();
    if (authorization.ok()) {
      batch.authorization = std::move(authorization).value();
    } else {
      batch.stop = authorization.error();
    }
    batch_ = &batch;
    while (true) {
      if (options_.cancelled()) Abandon(batch);
      StartMore(batch);
      if (batch.in_flight == 0) break;
      Step(kTick);
    }
    batch_ = nullptr;
    return Collect(batch);
  }

  StreamId Open(const HttpRequest& request) override {
    const StreamId id = next_stream_++;
    auto authorization = Authorization();
    if (!authorization.ok()) {
      ended_.push_back({id, "", true, 0, authorization.error().message});
      return id;
    }
    Transfer transfer;
    transfer.own_request = std::make_unique<HttpRequest>(request);
    transfer.stream = id;
    auto failed = Begin(std::move(transfer), nullptr, *authorization);
    if (!failed.ok()) ended_.push_back({id, "", true, 0, failed.error().message});
    return id;
  }

  std::vector<StreamPart> Receive(milliseconds up_to) override {
    const TimePoint until = Now() + up_to;
    while (true) {
      std::vector<StreamPart> parts = TakeParts();
      const auto left = std::chrono::ceil<milliseconds>(until - Now());
      if (!parts.empty() || left <= milliseconds(0) || options_.cancelled()) return parts;
      Step(std::min(left, kTick));
    }
  }

  void Close(StreamId stream) override {
    std::erase_if(ended_, [&](const StreamPart& part) { return part.stream == stream; });
    for (auto it = transfers_.begin(); it != transfers_.end(); ++it) {
      if (it->second.stream != stream) continue;
      Detach(it->second);
      transfers_.erase(it);
      return;
    }
  }

 private:
  /// The value of the Authorization header; "" if there is none.
  Result<std::string> Authorization() const {
    if (connection_.token) {
      auto token = connection_.token();
      if (!token.ok()) return Error{ErrorCode::kDenied, token.error().message};
      // A line break would end the header and begin another.
      if (token->empty() || token->find_first_of("\r\n") != std::string::npos) {
        return Error{ErrorCode::kDenied, "the token is empty or has several lines (" +
                                             connection_.identity + ")"};
      }
      return "Bearer " + *token;
    }
    if (connection_.user_name.empty()) return std::string();
    return "Basic " + EncodeBase64(connection_.user_name + ":" + connection_.password);
  }

  Status Begin(Transfer transfer, const HttpRequest* request,
               const std::string& authorization) {
    const AnswerMode mode = request != nullptr ? AnswerMode::kWhole : AnswerMode::kStream;
    if (request == nullptr) request = transfer.own_request.get();
    transfer.generation = generation_;
    transfer.request = std::make_unique<CurlRequest>(
        connection_, CurlLimits{options_.connect_timeout, options_.max_answer}, *request,
        authorization, mode, Now());
    CURL* handle = transfer.request->handle();
    if (handle == nullptr ||
        curl_multi_add_handle(generation_->multi.get(), handle) != CURLM_OK) {
      return Internal("libcurl cannot begin a request: out of memory?");
    }
    transfers_.emplace(handle, std::move(transfer));
    return {};
  }

  void StartMore(Batch& batch) {
    const std::size_t limit = std::max<std::size_t>(1, options_.max_in_flight);
    while (batch.next < batch.requests.size() && batch.in_flight < limit && !batch.stop) {
      Transfer transfer;
      transfer.index = batch.next++;
      const HttpRequest& request = batch.requests[transfer.index];
      const std::size_t index = transfer.index;
      Status begun = Begin(std::move(transfer), &request, batch.authorization);
      if (begun.ok()) {
        ++batch.in_flight;
      } else {
        batch.answers[index] = begun.error();
      }
    }
  }

  /// Lets everything go on, and waits at most `up_to` if nothing does.
  void Step(milliseconds up_to) {
    const bool has_old = std::any_of(
        transfers_.begin(), transfers_.end(),
        [&](const auto& transfer) { return transfer.second.generation != generation_; });
    const auto wait = std::min(up_to, has_old ? kTickWithOld : kTick);
    curl_multi_poll(generation_->multi.get(), nullptr, 0, static_cast<int>(wait.count()),
                    nullptr);
    Perform(*generation_);
    if (has_old) {
      std::vector<std::shared_ptr<Generation>> old;
      for (const auto& [handle, transfer] : transfers_) {
        const auto& its = transfer.generation;
        const bool is_known = std::find(old.begin(), old.end(), its) != old.end();
        if (its != generation_ && !is_known) old.push_back(its);
      }
      for (const auto& generation : old) Perform(*generation);
    }
    ExpireOverdue();
  }

  void Perform(Generation& generation) {
    int running = 0;
    curl_multi_perform(generation.multi.get(), &running);
    int queued = 0;
    while (const CURLMsg* message =
               curl_multi_info_read(generation.multi.get(), &queued)) {
      if (message->msg != CURLMSG_DONE) continue;
      const CURLcode code = message->data.result;
      const auto found = transfers_.find(message->easy_handle);
      if (found != transfers_.end()) OnEnd(found, code);
    }
  }

  using TransferPlace = std::map<CURL*, Transfer>::iterator;

  void OnEnd(TransferPlace place, CURLcode code) {
    CurlRequest& request = *place->second.request;
    NoteSignOfLife(request);
    if (code != CURLE_OK) {
      Finish(place, request.Failure(code));
    } else {
      Finish(place, std::nullopt);
    }
  }

  void NoteSignOfLife(const CurlRequest& request) {
    if (request.answer_begun()) last_byte_ = std::max(last_byte_, request.last_byte());
  }

  /// Ends one transfer: with its answer, or with `failure`.
  void Finish(TransferPlace place, std::optional<Error> failure) {
    Transfer transfer = std::move(place->second);
    transfers_.erase(place);
    Detach(transfer);
    CurlRequest& request = *transfer.request;
    if (transfer.stream != 0) {
      StreamPart part{transfer.stream, request.TakeBytes(), true, request.status(), ""};
      if (failure) part.error = failure->message;
      ended_.push_back(std::move(part));
      return;
    }
    --batch_->in_flight;
    if (!failure) {
      batch_->answers[transfer.index] = request.TakeAnswer();
      return;
    }
    // Nothing at all has come since it began: the server is away or mute, and
    // what is not begun yet would only wait for the same.
    if (last_byte_ < request.begun() && failure->code != ErrorCode::kCancelled) {
      batch_->stop = failure;
    }
    batch_->answers[transfer.index] = std::move(*failure);
  }

  /// What is over its deadline ends; libcurl's own time-outs are averages and
  /// late (its LOW_SPEED_TIME) or none.
  void ExpireOverdue() {
    const TimePoint now = Now();
    std::vector<CURL*> overdue;
    for (const auto& [handle, transfer] : transfers_) {
      const CurlRequest& request = *transfer.request;
      NoteSignOfLife(request);
      const bool is_open_stream = transfer.stream != 0 && request.answer_begun();
      if (!is_open_stream && now >= request.deadline()) overdue.push_back(handle);
    }
    bool is_suspect = false;
    for (CURL* handle : overdue) {
      const auto place = transfers_.find(handle);
      is_suspect = is_suspect || place->second.generation == generation_;
      const CurlRequest& request = *place->second.request;
      Finish(place, Error{ErrorCode::kTimeout,
                          connection_.server + ": no " +
                              (request.answer_begun() ? "complete answer" : "answer") +
                              " within " + InSeconds(request.timeout())});
    }
    if (is_suspect) BeginGeneration();
  }

  /// From now on new connections. Streams of the old ones would never notice that
  /// theirs is dead; whoever reads them opens them again.
  void BeginGeneration() {
    generation_ = std::make_shared<Generation>();
    std::vector<CURL*> streams;
    for (const auto& [handle, transfer] : transfers_) {
      if (transfer.stream != 0) streams.push_back(handle);
    }
    for (CURL* handle : streams) {
      Finish(transfers_.find(handle),
             Error{ErrorCode::kUnavailable,
                   connection_.server +
                       ": connection given up after a request on it got no answer"});
    }
  }

  static void Detach(const Transfer& transfer) {
    curl_multi_remove_handle(transfer.generation->multi.get(),
                             transfer.request->handle());
  }

  void Abandon(Batch& batch) {
    if (!batch.cancelled) batch.cancelled = Now();
    const bool waited = Now() - *batch.cancelled >= options_.last_wait;
    const auto stays = [&](std::size_t index) {
      const OnCancel chosen = batch.requests[index].on_cancel;
      return chosen == OnCancel::kSend || (chosen == OnCancel::kAwait && !waited);
    };
    const bool is_last_word =
        batch.requests.size() == 1 && batch.requests.front().on_cancel == OnCancel::kSend;
    if (!is_last_word && !batch.stop) batch.stop = Cancelled();
    std::vector<CURL*> handles;
    for (const auto& [handle, transfer] : transfers_) {
      if (transfer.stream == 0 && !stays(transfer.index)) handles.push_back(handle);
    }
    for (CURL* handle : handles) Finish(transfers_.find(handle), Cancelled());
  }

  /// Unlike what it waited for, it certainly was not carried out.
  static Error NotBegun(const Batch& batch) {
    Error why = batch.stop.value_or(Internal("a request was never begun"));
    if (why.code == ErrorCode::kTimeout) why.code = ErrorCode::kUnavailable;
    if (why.code == ErrorCode::kUnavailable) return why.In("not sent");
    return why;
  }

  static std::vector<Result<HttpAnswer>> Collect(Batch& batch) {
    std::vector<Result<HttpAnswer>> answers;
    answers.reserve(batch.answers.size());
    for (auto& answer : batch.answers) {
      if (answer) {
        answers.push_back(std::move(*answer));
      } else {
        answers.push_back(NotBegun(batch));
      }
    }
    return answers;
  }

  std::vector<StreamPart> TakeParts() {
    std::vector<StreamPart> parts;
    for (auto& [handle, transfer] : transfers_) {
      if (transfer.stream == 0 || !transfer.request->has_bytes()) continue;
      const int status = transfer.request->status();
      parts.push_back(
          {transfer.stream, transfer.request->TakeBytes(), false, status, ""});
    }
    for (StreamPart& part : ended_) parts.push_back(std::move(part));
    ended_.clear();
    std::sort(parts.begin(), parts.end(), [](const StreamPart& a, const StreamPart& b) {
      return a.stream < b.stream;
    });
    return parts;
  }

  const Connection connection_;
  const TransportOptions options_;
  std::shared_ptr<Generation> generation_;  ///< Where what begins now goes.
  std::map<CURL*, Transfer> transfers_;
  Batch* batch_ = nullptr;         ///< Of the Send() that is running.
  std::vector<StreamPart> ended_;  ///< Last parts of streams, not yet received.
  StreamId next_stream_ = 1;
  TimePoint last_byte_{};  ///< When anything last came from the server.
};

}  // namespace

std::unique_ptr<Transport> MakeCurlTransport(Connection connection,
                                             TransportOptions options) {
  return std::make_unique<CurlTransport>(std::move(connection), std::move(options));
}

}  // namespace holdfast
