#include "apply/curl_request.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "apply/curl_error.h"

namespace holdfast {
namespace {

/// A stream that nobody reads is held at this many bytes; libcurl itself keeps
/// up to 32 MiB more of it (its HTTP/2 window).
constexpr std::size_t kStreamBuffer = std::size_t{4} << 20;

curl_blob BlobOf(const std::string& bytes) {
  // Not copied: the Connection outlives every request.
  return {const_cast<char*>(bytes.data()), bytes.size(), CURL_BLOB_NOCOPY};
}

/// Notices within 20 s that the machine at the other end has vanished. One that
/// is there and says nothing is for the deadlines to notice.
int OnSocket(void*, curl_socket_t socket, curlsocktype) {
  const unsigned int milliseconds = 20'000;
  setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &milliseconds, sizeof milliseconds);
  return CURL_SOCKOPT_OK;
}

/// scheme, host, port ("" if not given) and path of a server's address.
struct AddressParts {
  std::string scheme;
  std::string host;
  std::string port;
  std::string path;
};

AddressParts Split(const std::string& server) {
  AddressParts parts;
  const std::size_t scheme_end = server.find("://");
  parts.scheme = server.substr(0, scheme_end + 3);
  const std::size_t path_begin =
      std::min(server.find('/', scheme_end + 3), server.size());
  parts.host = server.substr(scheme_end + 3, path_begin - scheme_end - 3);
  parts.path = server.substr(path_begin);
  const std::size_t colon = parts.host.rfind(':');
  const bool has_port =
      colon != std::string::npos && parts.host.find(']', colon) == std::string::npos;
  if (has_port) {
    parts.port = parts.host.substr(colon + 1);
    parts.host.resize(colon);
  }
  return parts;
}

void Append(curl_slist*& list, const std::string& line) {
  if (curl_slist* longer = curl_slist_append(list, line.c_str())) list = longer;
}

}  // namespace

CurlRequest::CurlRequest(const Connection& connection, const CurlLimits& limits,
                         const HttpRequest& request, const std::string& authorization,
                         AnswerMode mode, TimePoint now)
    : connection_(connection),
      request_(request),
      mode_(mode),
      begun_(now),
      timeout_(request.timeout),
      connect_timeout_(std::min(limits.connect_timeout, request.timeout)),
      max_answer_(limits.max_answer),
      last_byte_(now),
      easy_(curl_easy_init()) {
  if (easy_) SetUp(authorization);
}

template <typename Value>
void CurlRequest::Set(CURLoption option, Value value) {
  // Fails only for options that this libcurl was built without, and CMake asks
  // for a version that has them all.
  curl_easy_setopt(easy_.get(), option, value);
}

void CurlRequest::SetUp(const std::string& authorization) {
  SetAddress();
  SetTls();
  SetHeaders(authorization);
  SetBody();
  Set(CURLOPT_CUSTOMREQUEST, request_.method.c_str());
  Set(CURLOPT_USERAGENT, "holdfast/0.1");
  // A watch is small and must not wait in a decoder.
  if (mode_ == AnswerMode::kWhole) Set(CURLOPT_ACCEPT_ENCODING, "gzip");

  // One connection for all: whoever comes while it is being made waits for it
  // (PIPEWAIT), or several would be made at the start.
  Set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  Set(CURLOPT_PIPEWAIT, 1L);
  Set(CURLOPT_MAXLIFETIME_CONN, 1800L);
  Set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(connect_timeout_.count()));
  Set(CURLOPT_TCP_KEEPALIVE, 1L);
  Set(CURLOPT_TCP_KEEPIDLE, 15L);
  Set(CURLOPT_TCP_KEEPINTVL, 5L);
  Set(CURLOPT_SOCKOPTFUNCTION, &OnSocket);
  Set(CURLOPT_NOSIGNAL, 1L);
  // Else ending a request whose name is being resolved waits for the resolver.
  Set(CURLOPT_QUICK_EXIT, 1L);

  Set(CURLOPT_ERRORBUFFER, error_.data());
  Set(CURLOPT_PRIVATE, this);
  Set(CURLOPT_HEADERFUNCTION, &CurlRequest::OnHeader);
  Set(CURLOPT_HEADERDATA, this);
  Set(CURLOPT_WRITEFUNCTION, &CurlRequest::OnBody);
  Set(CURLOPT_WRITEDATA, this);
}

void CurlRequest::SetAddress() {
  std::string server = connection_.server;
  if (!connection_.tls_server_name.empty()) {
    // libcurl checks the certificate against the name in the URL; so the URL has
    // the name, and the connection is made to the address.
    const AddressParts parts = Split(server);
    const std::string port = parts.port.empty() ? std::string() : ":" + parts.port;
    server = parts.scheme + connection_.tls_server_name + port + parts.path;
    curl_slist* list = nullptr;
    Append(list, "::" + parts.host + ":" + parts.port);
    connect_to_.reset(list);
    Set(CURLOPT_CONNECT_TO, connect_to_.get());
  }
  Set(CURLOPT_URL, (server + request_.target).c_str());
  Set(CURLOPT_PATH_AS_IS, 1L);
  Set(CURLOPT_PROTOCOLS_STR, "https,http");
  Set(CURLOPT_FOLLOWLOCATION, 0L);
  Set(CURLOPT_PROXY, "");  // Also forbids those of the environment.
}

void CurlRequest::SetTls() {
  Set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (connection_.skip_verification) {
    Set(CURLOPT_SSL_VERIFYPEER, 0L);
    Set(CURLOPT_SSL_VERIFYHOST, 0L);
  }
  if (!connection_.ca_pem.empty()) {
    curl_blob blob = BlobOf(connection_.ca_pem);
    Set(CURLOPT_CAINFO_BLOB, &blob);
    Set(CURLOPT_CAPATH, nullptr);
  }
  if (!connection_.client_certificate_pem.empty()) {
    curl_blob certificate = BlobOf(connection_.client_certificate_pem);
    curl_blob key = BlobOf(connection_.client_key_pem);
    Set(CURLOPT_SSLCERT_BLOB, &certificate);
    Set(CURLOPT_SSLKEY_BLOB, &key);
    Set(CURLOPT_SSLCERTTYPE, "PEM");
    Set(CURLOPT_SSLKEYTYPE, "PEM");
  }
}

void CurlRequest::SetHeaders(const std::string& authorization) {
  curl_slist* list = nullptr;
  for (const auto& [name, value] : request_.headers) Append(list, name + ": " + value);
  if (!authorization.empty()) Append(list, "Authorization: " + authorization);
  if (!connection_.impersonate.empty()) {
    Append(list, "Impersonate-User: " + connection_.impersonate);
  }
  Append(list, "Expect:");  // Never wait for "100 Continue".
  headers_.reset(list);
  Set(CURLOPT_HTTPHEADER, headers_.get());
}

void CurlRequest::SetBody() {
  if (request_.body.empty()) return;
  // By a read function that cannot be rewound, and not as POSTFIELDS: libcurl
  // sends a request again on its own when a connection that it reused turns out
  // dead, and a write must not be sent twice. Without rewinding it cannot.
  Set(CURLOPT_UPLOAD, 1L);
  Set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
  Set(CURLOPT_READFUNCTION, &CurlRequest::OnUpload);
  Set(CURLOPT_READDATA, this);
}

std::size_t CurlRequest::OnUpload(char* into, std::size_t size, std::size_t count,
                                  void* self) {
  auto& request = *static_cast<CurlRequest*>(self);
  const std::string& body = request.request_.body;
  const std::size_t taken = std::min(size * count, body.size() - request.uploaded_);
  std::memcpy(into, body.data() + request.uploaded_, taken);
  request.uploaded_ += taken;
  return taken;
}

std::size_t CurlRequest::OnHeader(const char* data, std::size_t size, std::size_t count,
                                  void* self) {
  static_cast<CurlRequest*>(self)->NoteHeader({data, size * count});
  return size * count;
}

void CurlRequest::NoteHeader(std::string_view line) {
  last_byte_ =
      std::max(std::chrono::steady_clock::now(), begun_ + TimePoint::duration(1));
  while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
  if (line.starts_with("HTTP/")) answer_.headers.clear();  // What was before was interim.
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return;
  std::string name(line.substr(0, colon));
  for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  std::string_view value = line.substr(colon + 1);
  while (value.starts_with(' ') || value.starts_with('\t')) value.remove_prefix(1);
  answer_.headers[std::move(name)] = std::string(value);
}

std::size_t CurlRequest::OnBody(const char* data, std::size_t size, std::size_t count,
                                void* self) {
  auto& request = *static_cast<CurlRequest*>(self);
  std::string& body = request.answer_.body;
  const std::size_t bytes = size * count;
  request.last_byte_ = std::max(std::chrono::steady_clock::now(), request.last_byte_);
  if (request.mode_ == AnswerMode::kStream && body.size() >= kStreamBuffer) {
    request.held_ = true;
    return CURL_WRITEFUNC_PAUSE;
  }
  // What is no success is a short text; a proxy may have other ideas.
  constexpr std::size_t kMaxErrorBody = std::size_t{1} << 20;
  const std::size_t limit = request.status() >= 300 ? kMaxErrorBody : request.max_answer_;
  if (request.mode_ == AnswerMode::kWhole && body.size() + bytes > limit) {
    request.too_long_ = true;
    return 0;
  }
  body.append(data, bytes);
  return bytes;
}

int CurlRequest::status() const {
  long status = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
  return static_cast<int>(status);
}

HttpAnswer CurlRequest::TakeAnswer() {
  answer_.status = status();
  return std::move(answer_);
}

std::string CurlRequest::TakeBytes() {
  std::string bytes = std::exchange(answer_.body, {});
  if (held_) {
    held_ = false;
    curl_easy_pause(easy_.get(), CURLPAUSE_CONT);
  }
  return bytes;
}

Error CurlRequest::Failure(CURLcode code) const {
  if (too_long_) {
    return Invalid(connection_.server + ": the answer to " + request_.method + " " +
                   request_.target.substr(0, request_.target.find('?')) +
                   " is longer than allowed and was cut");
  }
  return DescribeFailure(code, easy_.get(), error_.data(), connection_, answer_begun(),
                         connect_timeout_);
}

}  // namespace holdfast
