// CurlRequest: one request as libcurl carries it out. Inner part of curl_transport.

#pragma once

#include <curl/curl.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "apply/connection.h"
#include "apply/transport.h"
#include "diff/result.h"

namespace holdfast {

/// The bytes of an answer: all of it at its end, or as they come.
enum class AnswerMode { kWhole, kStream };

struct CurlLimits {
  std::chrono::milliseconds connect_timeout;
  std::size_t max_answer;
};

class CurlRequest {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// `connection` outlives it; `request` must until it has ended.
  /// `authorization` is the value of that header; "" sends none.
  CurlRequest(const Connection& connection, const CurlLimits& limits,
              const HttpRequest& request, const std::string& authorization,
              AnswerMode mode, TimePoint now);
  CurlRequest(const CurlRequest&) = delete;
  CurlRequest& operator=(const CurlRequest&) = delete;

  CURL* handle() const { return easy_.get(); }
  TimePoint begun() const { return begun_; }
  TimePoint deadline() const { return begun_ + timeout_; }
  std::chrono::milliseconds timeout() const { return timeout_; }
  /// When the server last sent something for this request; begun() if never.
  TimePoint last_byte() const { return last_byte_; }
  bool answer_begun() const { return last_byte_ > begun_; }

  /// Of an answer whose end libcurl has reported with kCode == CURLE_OK.
  HttpAnswer TakeAnswer();
  int status() const;

  /// Why libcurl ended it with `code`, in words.
  Error Failure(CURLcode code) const;

  /// What came of a stream since the last call; it goes on if it had been held
  /// because nobody took it.
  std::string TakeBytes();
  bool has_bytes() const { return !answer_.body.empty(); }

 private:
  struct HandleDeleter {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  };
  struct ListDeleter {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  };

  static std::size_t OnHeader(const char* data, std::size_t size, std::size_t count,
                              void* self);
  static std::size_t OnBody(const char* data, std::size_t size, std::size_t count,
                            void* self);
  static std::size_t OnUpload(char* into, std::size_t size, std::size_t count,
                              void* self);

  void SetUp(const std::string& authorization);
  void SetAddress();
  void SetTls();
  void SetBody();
  void SetHeaders(const std::string& authorization);
  void NoteHeader(std::string_view line);
  template <typename Value>
  void Set(CURLoption option, Value value);

  const Connection& connection_;
  const HttpRequest& request_;
  const AnswerMode mode_;
  const TimePoint begun_;
  const std::chrono::milliseconds timeout_;
  const std::chrono::milliseconds connect_timeout_;
  const std::size_t max_answer_;
  TimePoint last_byte_;

  std::unique_ptr<curl_slist, ListDeleter> headers_;
  std::unique_ptr<curl_slist, ListDeleter> connect_to_;
  std::array<char, CURL_ERROR_SIZE> error_{};
  std::size_t uploaded_ = 0;
  HttpAnswer answer_;
  bool too_long_ = false;
  bool held_ = false;
  std::unique_ptr<CURL, HandleDeleter> easy_;  ///< Last: it points into the others.
};

}  // namespace holdfast
