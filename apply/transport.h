// Transport: HTTP requests to one server, and their answers.
//
// The seam below the Kubernetes client: curl_transport speaks TLS to a real API
// server; tests put a recording or a failing one in its place. One thread uses
// one Transport.

#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "diff/result.h"

namespace holdfast {

/// What becomes of a request when somebody cancels.
enum class OnCancel {
  kGiveUp,  ///< It ends at once.
  kAwait,   ///< Begun, it gets TransportOptions::last_wait: else nobody knows what it did.
  kSend,    ///< It is sent all the same, alone in its Send().
};

struct HttpRequest {
  std::string method = "GET";
  std::string target;  ///< Path and query: "/api/v1/namespaces?limit=500".
  std::map<std::string, std::string> headers;
  std::string body;
  /// From the start of the request to the last byte of its answer; for a
  /// stream: to the first byte of its answer.
  std::chrono::milliseconds timeout{30'000};
  OnCancel on_cancel = OnCancel::kGiveUp;
};

/// Any complete HTTP answer, whatever its status: what a status means is for
/// the caller to say.
struct HttpAnswer {
  int status = 0;
  std::map<std::string, std::string> headers;  ///< Names in lower case.
  std::string body;
};

using StreamId = std::uint64_t;

/// What came in on a stream since the last Receive().
struct StreamPart {
  StreamId stream = 0;
  std::string bytes;
  bool ended = false;        ///< Nothing more comes; `status` and `error` say how it ended.
  int status = 0;            ///< Of the answer; 0 if there was none.
  std::string error;         ///< Why it broke; empty for an orderly end.
};

class Transport {
 public:
  virtual ~Transport() = default;

  /// Sends all of them, a bounded number at a time, and returns their answers
  /// in the order of `requests` when all have ended. An entry is an Error where
  /// no complete answer came: kUnavailable (not connected, TLS, cut), kTimeout
  /// (whether it was carried out is then unknown), kDenied (certificate),
  /// kCancelled. Never repeats a request by itself.
  virtual std::vector<Result<HttpAnswer>> Send(const std::vector<HttpRequest>& requests) = 0;

  /// Starts a request whose answer is read as it comes. Never fails: a failure
  /// is the stream's first and last part.
  virtual StreamId Open(const HttpRequest& request) = 0;

  /// Waits until any stream has something, at most `up_to`, and returns all
  /// that came; empty if nothing did or somebody cancelled.
  virtual std::vector<StreamPart> Receive(std::chrono::milliseconds up_to) = 0;

  /// Ends a stream; what it still had is dropped. Unknown ids are ignored.
  virtual void Close(StreamId stream) = 0;
};

}  // namespace holdfast
