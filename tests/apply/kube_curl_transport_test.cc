#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <mutex>
#include <thread>

#include "apply/curl_transport.h"

namespace holdfast {
namespace {

using std::chrono::milliseconds;

/// A server on loopback whose every connection gets the same bytes and is then
/// closed, or left open without a further word.
class TestServer {
 public:
  enum class Then { kClose, kHang };

  TestServer(std::string answer, Then then) : answer_(std::move(answer)), then_(then) {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    REQUIRE(bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0);
    REQUIRE(listen(listener_, 64) == 0);
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { Serve(); });
  }

  ~TestServer() {
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
    close(listener_);
    for (const int connection : open_) close(connection);
  }

  Connection connection() const {
    Connection connection;
    connection.server = "http://127.0.0.1:" + std::to_string(port_);
    return connection;
  }

  int connections() const { return connections_; }
  std::string first_request() {
    const std::lock_guard lock(mutex_);
    return first_request_;
  }

 private:
  void Serve() {
    while (true) {
      const int connection = accept(listener_, nullptr, nullptr);
      if (connection < 0) return;
      ++connections_;
      char buffer[65536];
      const ssize_t size = recv(connection, buffer, sizeof buffer, 0);
      {
        const std::lock_guard lock(mutex_);
        if (first_request_.empty() && size > 0) {
          first_request_.assign(buffer, static_cast<std::size_t>(size));
        }
      }
      (void)send(connection, answer_.data(), answer_.size(), MSG_NOSIGNAL);
      if (then_ == Then::kClose) {
        close(connection);
      } else {
        open_.push_back(connection);
      }
    }
  }

  std::string answer_;
  Then then_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<int> connections_{0};
  std::mutex mutex_;
  std::string first_request_;
  std::vector<int> open_;
  std::thread thread_;
};

HttpRequest Asking(milliseconds timeout = milliseconds(5000)) {
  HttpRequest request;
  request.target = "/api";
  request.timeout = timeout;
  return request;
}

std::string Answering(const std::string& body, std::size_t length) {
  return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
         std::to_string(length) + "\r\nConnection: close\r\n\r\n" + body;
}

TEST_CASE("an answer has its status, its headers in lower case and its body") {
  TestServer server(Answering("{}", 2), TestServer::Then::kClose);
  Connection connection = server.connection();
  connection.token = []() -> Result<std::string> { return std::string("t0ken"); };
  const auto transport = MakeCurlTransport(connection);
  HttpRequest request = Asking();
  request.method = "PATCH";
  request.body = "{\"a\":1}";
  request.headers["Content-Type"] = "application/apply-patch+yaml";
  const auto answers = transport->Send({request, Asking()});
  REQUIRE(answers.size() == 2);
  REQUIRE(answers[0].ok());
  CHECK(answers[0]->status == 200);
  CHECK(answers[0]->headers.at("content-type") == "application/json");
  CHECK(answers[0]->body == "{}");
  const std::string sent = server.first_request();
  for (const std::string part :
       {"PATCH /api HTTP/1.1", "Authorization: Bearer t0ken", "User-Agent: holdfast/0.1",
        "Content-Type: application/apply-patch+yaml", "Content-Length: 7"}) {
    CAPTURE(part);
    CHECK(sent.find(part) != std::string::npos);
  }
}

TEST_CASE("why no answer came is said in words") {
  struct Case {
    std::string what;
    std::string answer;
    TestServer::Then then;
    ErrorCode code;
    std::string words;
  };
  const Case cases[] = {
      {"cut before the answer", "", TestServer::Then::kClose, ErrorCode::kUnavailable,
       "the connection was cut before an answer came"},
      {"cut in the body", Answering("{", 100), TestServer::Then::kClose,
       ErrorCode::kUnavailable, "the connection was cut amid the answer"},
      {"no word", "", TestServer::Then::kHang, ErrorCode::kTimeout,
       "no answer within 0.3 s"},
      {"half a word", Answering("{", 100), TestServer::Then::kHang, ErrorCode::kTimeout,
       "no complete answer within 0.3 s"},
      {"no HTTP", "SSH-2.0-OpenSSH_9.2\r\n", TestServer::Then::kHang,
       ErrorCode::kUnavailable, "does not speak HTTP"},
      {"too long", Answering(std::string(2000, 'x'), 2000), TestServer::Then::kClose,
       ErrorCode::kInvalid, "longer than allowed"},
  };
  for (const Case& row : cases) {
    CAPTURE(row.what);
    TestServer server(row.answer, row.then);
    TransportOptions options;
    options.max_answer = 1000;
    const auto transport = MakeCurlTransport(server.connection(), options);
    const auto answers = transport->Send({Asking(milliseconds(300))});
    REQUIRE_FALSE(answers[0].ok());
    CAPTURE(answers[0].error().message);
    CHECK(ToString(answers[0].error().code) == ToString(row.code));
    CHECK(answers[0].error().message.find(row.words) != std::string::npos);
  }
}

TEST_CASE("a server that is away is told once, and without the secret") {
  Connection connection;
  connection.server = "http://127.0.0.1:1";
  connection.token = []() -> Result<std::string> { return std::string("s3cret"); };
  const auto transport = MakeCurlTransport(connection);
  const auto answers = transport->Send(std::vector<HttpRequest>(500, Asking()));
  REQUIRE(answers.size() == 500);
  for (const auto& answer : answers) {
    REQUIRE_FALSE(answer.ok());
    CHECK(answer.error().code == ErrorCode::kUnavailable);
    CHECK(answer.error().message.find("connection refused") != std::string::npos);
    CHECK(answer.error().message.find("s3cret") == std::string::npos);
  }
  CHECK(answers.back().error().message.find("not sent: ") == 0);
}

TEST_CASE("a mute server costs one time-out, however many wait") {
  TestServer server("", TestServer::Then::kHang);
  TransportOptions options;
  options.max_in_flight = 2;
  const auto transport = MakeCurlTransport(server.connection(), options);
  const auto answers =
      transport->Send(std::vector<HttpRequest>(50, Asking(milliseconds(200))));
  CHECK(answers[0].error().code == ErrorCode::kTimeout);
  CHECK(answers[49].error().code == ErrorCode::kUnavailable);
  CHECK(server.connections() <= 2);
}

TEST_CASE("whoever cancels does not wait") {
  TestServer server("", TestServer::Then::kHang);
  std::atomic<int> looks{0};
  TransportOptions options;
  options.cancelled = [&] { return ++looks > 2; };
  const auto transport = MakeCurlTransport(server.connection(), options);
  const auto answers = transport->Send({Asking(milliseconds(60'000)), Asking()});
  CHECK(answers[0].error().code == ErrorCode::kCancelled);
  CHECK(answers[1].error().code == ErrorCode::kCancelled);
  CHECK(transport->Receive(milliseconds(60'000)).empty());
}

TEST_CASE("a write that is under way when somebody cancels is waited for a little longer") {
  struct Row {
    const char* what;
    milliseconds last_wait;
    TestServer::Then then;
    bool answered;
  };
  for (const Row& row : {Row{"it is answered", milliseconds(5000), TestServer::Then::kClose, true},
                         Row{"it is not", milliseconds(50), TestServer::Then::kHang, false}}) {
    CAPTURE(row.what);
    TestServer server(row.answered ? Answering("{}", 2) : "", row.then);
    std::atomic<int> looks{0};
    TransportOptions options;
    options.cancelled = [&] { return ++looks > 1; };
    options.last_wait = row.last_wait;
    const auto transport = MakeCurlTransport(server.connection(), options);
    HttpRequest write = Asking(milliseconds(60'000));
    write.on_cancel = OnCancel::kAwait;
    const auto answers = transport->Send({write});
    CHECK(answers[0].ok() == row.answered);
    if (!answers[0].ok()) CHECK(answers[0].error().code == ErrorCode::kCancelled);
  }
}

TEST_CASE("what is not sent yet when somebody cancels is not sent, but for a last word") {
  for (const OnCancel chosen : {OnCancel::kGiveUp, OnCancel::kAwait, OnCancel::kSend}) {
    TestServer server(Answering("{}", 2), TestServer::Then::kClose);
    TransportOptions options;
    options.cancelled = [] { return true; };
    const auto transport = MakeCurlTransport(server.connection(), options);
    HttpRequest request = Asking(milliseconds(5000));
    request.on_cancel = chosen;
    const auto answers = transport->Send({request});
    CHECK(answers[0].ok() == (chosen == OnCancel::kSend));
    CHECK(server.connections() == (chosen == OnCancel::kSend ? 1 : 0));
  }
}

TEST_CASE("a stream goes on while requests are answered, and ends with a reason") {
  TestServer server(Answering("line\n", 100), TestServer::Then::kHang);
  const auto transport = MakeCurlTransport(server.connection());
  const StreamId stream = transport->Open(Asking(milliseconds(5000)));
  // The answer is not complete, so this times out, and with it all old connections.
  (void)transport->Send({Asking(milliseconds(300))});
  std::string bytes;
  std::string error;
  while (error.empty()) {
    const auto parts = transport->Receive(milliseconds(5000));
    REQUIRE(parts.size() == 1);
    CHECK(parts[0].stream == stream);
    CHECK(parts[0].status == 200);
    bytes += parts[0].bytes;
    error = parts[0].error;
  }
  CHECK(bytes == "line\n");
  CHECK(error.find("connection given up") != std::string::npos);
}

TEST_CASE("a stream that cannot begin says so as its only part") {
  Connection connection;
  connection.server = "http://127.0.0.1:1";
  const auto transport = MakeCurlTransport(connection);
  const StreamId stream = transport->Open(Asking());
  const auto parts = transport->Receive(milliseconds(5000));
  REQUIRE(parts.size() == 1);
  CHECK(parts[0].stream == stream);
  CHECK(parts[0].ended);
  CHECK(parts[0].status == 0);
  CHECK(parts[0].error.find("connection refused") != std::string::npos);
  transport->Close(stream);
  CHECK(transport->Receive(milliseconds(1)).empty());
}

TEST_CASE("a token that cannot be read, or would break the header, is never sent") {
  TestServer server(Answering("{}", 2), TestServer::Then::kClose);
  for (const std::string token : {"", "a\r\nX-Evil: 1"}) {
    Connection connection = server.connection();
    connection.token = [token]() -> Result<std::string> { return token; };
    const auto transport = MakeCurlTransport(connection);
    CHECK(transport->Send({Asking()})[0].error().code == ErrorCode::kDenied);
    transport->Open(Asking());
    CHECK(transport->Receive(milliseconds(1000))[0].ended);
  }
  CHECK(server.connections() == 0);
}

}  // namespace
}  // namespace holdfast
