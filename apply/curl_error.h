// Why libcurl gave up, in words. Inner part of curl_transport.

#pragma once

#include <curl/curl.h>

#include <chrono>
#include <string>
#include <string_view>

#include "apply/connection.h"
#include "diff/error.h"

namespace holdfast {

/// kUnavailable: not connected, so nothing was asked, or cut, and then the words
/// say that it may have been carried out. kDenied: one of the two certificates.
/// `details` is libcurl's error buffer; `handle` the request that ended.
Error DescribeFailure(CURLcode code, CURL* handle, std::string_view details,
                      const Connection& connection, bool answer_begun,
                      std::chrono::milliseconds timeout);

/// "1 s", "1.5 s".
std::string InSeconds(std::chrono::milliseconds time);

}  // namespace holdfast
