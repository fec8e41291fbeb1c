// What an API server means by an answer that is no success.
//
// A code alone says too little: server-side apply answers 500 where a field is
// misspelled, a webhook that is away answers 500 too, 404 means "no such object"
// or "no such kind", and what answers at all may be a proxy with an HTML page.
// So the Status body is read (API reference, meta/v1 Status).

#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <variant>

#include "apply/rejection.h"
#include "apply/transport.h"
#include "diff/json.h"
#include "diff/result.h"

namespace holdfast {

/// What was asked, for messages.
struct AskedFor {
  std::string what;      ///< "get ConfigMap default/x"
  std::string address;   ///< "https://10.0.0.1:6443"
  std::string identity;  ///< Connection::identity
};

inline bool IsSuccess(const HttpAnswer& answer) {
  return answer.status >= 200 && answer.status < 300;
}

/// The body of a success as JSON. kUnavailable if it is no JSON, with the status,
/// its content type and a doubt whether this is a Kubernetes API server.
Result<Json> BodyOf(const HttpAnswer& answer, const AskedFor& asked);

/// Why a read has failed. kNotFound only where the server says that this object
/// is not there; a kind or path that is not served is kInvalid. kDenied: 401 and
/// 403. kConflict: 409 and 410. kUnavailable: busy, broken, or no API server.
/// REQUIRES !IsSuccess(answer).
Error ErrorOfRead(const HttpAnswer& answer, const AskedFor& asked);

/// The server's no to a write, or why there is neither yes nor no: 401, 408, 429,
/// 5xx that say nothing about the object, and whatever is no API server.
/// REQUIRES !IsSuccess(answer).
std::variant<Rejection, Error> NoOfWrite(const HttpAnswer& answer, const AskedFor& asked);

/// A Rejection where no one can look at causes: as an Error.
Error ErrorOf(const Rejection& rejection, const AskedFor& asked);

/// True if `answer` says that nothing was carried out and that asking again later
/// may help: 429, and 503 with Retry-After. After this even a write may be repeated.
bool WasNotDone(const HttpAnswer& answer);

/// True if somebody else wrote the object at the same moment, as often as the server
/// tried by itself (409 that names no field manager). What asks for no resourceVersion
/// may be sent again.
bool WasOvertaken(const HttpAnswer& answer);

/// True if asking the same question again may help: WasNotDone(), 502, 503, 504, and
/// a 500 that says nothing about the object. Only for what changes nothing.
bool MayHeal(const HttpAnswer& answer);

/// Retry-After, in seconds or as a date measured against the answer's own Date.
std::optional<std::chrono::seconds> RetryAfter(const HttpAnswer& answer);

}  // namespace holdfast
