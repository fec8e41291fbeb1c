#include "apply/curl_error.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>

namespace holdfast {
namespace {

/// libcurl's own sentence; the name of the code where it has none.
std::string Details(CURLcode code, std::string_view details) {
  const std::string_view text = details.substr(0, details.find('\0'));
  if (!text.empty()) return std::string(text);
  return curl_easy_strerror(code);
}

/// "example.org" of "https://example.org:6443/path".
std::string HostOf(std::string_view server) {
  server.remove_prefix(std::min(server.find("://") + 3, server.size()));
  const std::size_t end =
      server.front() == '[' ? server.find(']') + 1 : server.find_first_of(":/");
  return std::string(server.substr(0, end));
}

Error NotTrusted(const std::string& details, const Connection& connection) {
  const bool wrong_name = details.find("subject name") != std::string::npos ||
                          details.find("does not match") != std::string::npos;
  const std::string reason = details.substr(
      details.rfind("problem: ") == std::string::npos ? 0
                                                      : details.rfind("problem: ") + 9);
  if (wrong_name) {
    return {ErrorCode::kDenied,
            connection.server + ": its certificate is for another host name (" + reason +
                "); if that is right, set tls-server-name in the kubeconfig"};
  }
  return {ErrorCode::kDenied, connection.server +
                                  ": its certificate is not trusted: " + reason +
                                  " (checked against " + connection.ca_name + ")"};
}

/// "error:0A000412:SSL routines::sslv3 alert bad certificate, errno 0" says it in
/// its last part.
std::string OpenSslReason(const std::string& details) {
  const std::size_t at = details.rfind("::");
  return at == std::string::npos
             ? details
             : details.substr(at + 2, details.find(", errno", at) - at - 2);
}

Error TlsFailure(const std::string& details, const Connection& connection) {
  const std::string reason = OpenSslReason(details);
  const bool about_certificate = reason.find("alert") != std::string::npos &&
                                 reason.find("certificate") != std::string::npos;
  if (about_certificate) {
    return {ErrorCode::kDenied, connection.server +
                                    ": it refuses our client certificate: " + reason +
                                    " (" + connection.identity + ")"};
  }
  return {ErrorCode::kUnavailable, connection.server + ": no TLS connection: " + reason};
}

Error NotConnected(CURL* handle, const std::string& details,
                   const Connection& connection) {
  long system_error = 0;
  curl_easy_getinfo(handle, CURLINFO_OS_ERRNO, &system_error);
  const std::string reason =
      system_error == ECONNREFUSED ? "connection refused: nothing listens there"
      : system_error != 0 ? std::string(std::strerror(static_cast<int>(system_error)))
                          : details;
  return {ErrorCode::kUnavailable, connection.server + ": cannot connect: " + reason};
}

Error Cut(const std::string& details, const Connection& connection, bool answer_begun) {
  const std::string reason = OpenSslReason(details);
  return {ErrorCode::kUnavailable,
          connection.server +
              (answer_begun ? ": the connection was cut amid the answer: "
                            : ": the connection was cut before an answer came: ") +
              reason};
}

}  // namespace

std::string InSeconds(std::chrono::milliseconds time) {
  const auto tenths = time.count() / 100;
  std::string text = std::to_string(tenths / 10);
  if (tenths % 10 != 0) text += "." + std::to_string(tenths % 10);
  return text + " s";
}

Error DescribeFailure(CURLcode code, CURL* handle, std::string_view buffer,
                      const Connection& connection, bool answer_begun,
                      std::chrono::milliseconds timeout) {
  const std::string details = Details(code, buffer);
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return {ErrorCode::kUnavailable, connection.server + ": the name " +
                                           HostOf(connection.server) +
                                           " cannot be resolved"};
    case CURLE_COULDNT_CONNECT:
      return NotConnected(handle, details, connection);
    case CURLE_OPERATION_TIMEDOUT:
      // Only the connect time-out is libcurl's; nothing was sent yet.
      return {ErrorCode::kUnavailable, connection.server + ": no connection within " +
                                           InSeconds(timeout) + ": it does not answer"};
    case CURLE_PEER_FAILED_VERIFICATION:
      return NotTrusted(details, connection);
    case CURLE_SSL_CERTPROBLEM:
      return {ErrorCode::kDenied,
              connection.server + ": our client certificate or its key cannot be used: " +
                  details + " (" + connection.identity + ")"};
    case CURLE_SSL_CACERT_BADFILE:
      return {ErrorCode::kDenied, connection.server +
                                      ": the CA certificate cannot be used: " + details +
                                      " (" + connection.ca_name + ")"};
    case CURLE_SSL_CONNECT_ERROR:
      return TlsFailure(details, connection);
    case CURLE_URL_MALFORMAT:
      return Invalid(connection.server + ": not an address: " + details);
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY:
      return {ErrorCode::kUnavailable,
              connection.server + ": what answers does not speak HTTP (" + details + ")"};
    case CURLE_BAD_CONTENT_ENCODING:
      return {ErrorCode::kUnavailable,
              connection.server + ": the answer cannot be unpacked: " + details};
    default:
      // TLS 1.3 servers look at the client's certificate after the handshake.
      if (details.find(" alert ") != std::string::npos)
        return TlsFailure(details, connection);
      return Cut(details, connection, answer_begun);
  }
}

}  // namespace holdfast
