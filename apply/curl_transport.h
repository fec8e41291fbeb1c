// CurlTransport: HTTP requests to one API server, over libcurl.

#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>

#include "apply/connection.h"
#include "apply/transport.h"

namespace holdfast {

struct TransportOptions {
  /// Requests of one Send() that are under way at once. On one connection where
  /// the server speaks HTTP/2, as API servers do.
  std::size_t max_in_flight = 32;
  std::chrono::milliseconds connect_timeout{10'000};
  /// Of one answer, unpacked, in bytes; a longer one is an Error.
  std::size_t max_answer = std::size_t{256} << 20;
  /// Looked at ten times a second while waiting; true ends Send() and Receive().
  std::function<bool()> cancelled = [] { return false; };
  /// From when somebody cancels, for the answers of requests that are OnCancel::kAwait.
  std::chrono::milliseconds last_wait{300};
};

/// TLS 1.2 or later, HTTP/2 where the server can, no redirects, no proxy, nothing
/// taken from the environment. Errors name the address and the cause in words.
///
/// Beyond what Transport promises: if the server does not answer at all, those
/// requests of a Send() that wait for their turn are not begun any more, so that
/// a batch of any size fails after about one timeout.
std::unique_ptr<Transport> MakeCurlTransport(Connection connection,
                                             TransportOptions options = {});

}  // namespace holdfast
