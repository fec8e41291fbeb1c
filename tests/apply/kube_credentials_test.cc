#include <doctest/doctest.h>

#include <map>
#include <memory>

#include "apply/credentials.h"
#include "diff/base64.h"

namespace holdfast {
namespace {

/// Made for this test; its key was thrown away.
const std::string kCertificate = R"(-----BEGIN CERTIFICATE-----
MIIBdjCCAR2gAwIBAgIUcGRX9FyUvNzitGqFw4S0X6i3uIQwCgYIKoZIzj0EAwIw
ETEPMA0GA1UEAwwGdGVzdGVyMB4XDTI2MTEyNDA5MjkxN1oXDTM2MTEyMTA5Mjkx
N1owETEPMA0GA1UEAwwGdGVzdGVyMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE
IRHYAhxMsPx+y7TYiUP97VhZM7Ud0LnY74TrBbgw/qdItMxGZ8Xm6pUeLeF9ZHe9
74v/rZHz8NWKvpB0H6Ud3KNTMFEwHQYDVR0OBBYEFHFVMu7t8PE+VY/yDD6W8ina
6PSGMB8GA1UdIwQYMBaAFHFVMu7t8PE+VY/yDD6W8ina6PSGMA8GA1UdEwEB/wQF
MAMBAf8wCgYIKoZIzj0EAwIDRwAwRAIgGhrb2Cbaa0zJW56HDz5pNaET5Qg8xipD
nOmdFsEpw7sCIFljQ6iXykIfXJIqm1m3gg64avG4TinDJrV0AcMM/F9v
-----END CERTIFICATE-----
)";
/// Nothing looks into it before a connection is made.
const std::string kKey =
    "-----BEGIN "
    "PRIVATE KEY-----\nsecret-key\n-----END "
    "PRIVATE KEY-----\n";

using Files = std::map<std::string, std::string>;

FileReader ReaderOf(std::shared_ptr<Files> files) {
  return [files](const std::string& path) -> Result<std::string> {
    const auto found = files->find(path);
    if (found == files->end()) return NotFound(path + ": no such file");
    return found->second;
  };
}

/// A kubeconfig with these members of its one cluster and its one user.
Json Config(const std::string& cluster, const std::string& user) {
  return ParseJson(R"({"current-context":"c",
      "contexts":[{"name":"c","context":{"cluster":"k","user":"u","namespace":"data"}},
                  {"name":"b","context":{"cluster":"gone","user":"u"}}],
      "clusters":[{"name":"k","cluster":)" +
                   cluster + R"(}],
      "users":[{"name":"u","user":)" +
                   user + "}]}")
      .value();
}

const std::string kServer = R"({"server":"https://api:6443/"})";

TEST_CASE("a kubeconfig with files and a token that changes") {
  auto files =
      std::make_shared<Files>(Files{{"/k/ca.crt", kCertificate}, {"/k/tok", "one\n"}});
  const Json merged = MergeKubeconfigs(
      {{"/k", Config(R"({"server":"https://api:6443","certificate-authority":"ca.crt"})",
                     R"({"tokenFile":"tok"})")}});
  const auto connection = FromKubeconfig(merged, "", ReaderOf(files));
  REQUIRE(connection.ok());
  CHECK(connection->server == "https://api:6443");
  CHECK(connection->name_space == "data");
  CHECK(connection->ca_pem == kCertificate);
  CHECK(connection->ca_name == "/k/ca.crt (tester, valid until 2036-11-21)");
  CHECK(connection->identity == "user u, token from /k/tok");
  CHECK(connection->token().value() == "one");
  (*files)["/k/tok"] = "two";
  CHECK(connection->token().value() == "two");
}

TEST_CASE("a kubeconfig with everything in it") {
  const auto connection = FromKubeconfig(
      Config(R"({"server":"https://api:6443/","tls-server-name":"kubernetes",
                 "certificate-authority-data":")" +
                 EncodeBase64(kCertificate) + R"("})",
             R"({"client-certificate-data":")" + EncodeBase64(kCertificate) +
                 R"(","client-key-data":")" + EncodeBase64(kKey) + R"("})"),
      "c", ReaderOf(std::make_shared<Files>()));
  REQUIRE(connection.ok());
  CHECK(connection->server == "https://api:6443");
  CHECK(connection->tls_server_name == "kubernetes");
  CHECK(connection->client_key_pem == kKey);
  CHECK(connection->identity ==
        "user u, client certificate tester, valid until 2036-11-21");
  CHECK_FALSE(static_cast<bool>(connection->token));
}

TEST_CASE("what is wrong with a kubeconfig is said in words and without its secrets") {
  struct Case {
    std::string what;
    Json config;
    std::string context;
    std::string words;
  };
  const std::string secret = R"({"token":"s3cret"})";
  const Case cases[] = {
      {"no such context", Config(kServer, secret), "x",
       "no context \"x\"; there are: b, c"},
      {"no such cluster", Config(kServer, secret), "b",
       "names the cluster \"gone\", which is not there; there are: k"},
      {"nothing at all", Json::object(), "", "no current-context"},
      {"no server", Config("{}", secret), "", "names no server"},
      {"a server that is no address", Config(R"({"server":"api:6443"})", secret), "",
       "no https:// address"},
      {"a token over http", Config(R"({"server":"http://api"})", secret), "",
       "plain http"},
      {"a proxy", Config(R"({"server":"https://api","proxy-url":"http://p"})", secret),
       "", "proxy-url"},
      {"exec", Config(kServer, R"({"exec":{"command":"aws-iam"}})"), "",
       "from the program \"aws-iam\" (exec)"},
      {"an auth-provider", Config(kServer, R"({"auth-provider":{"name":"oidc"}})"), "",
       "auth-provider \"oidc\""},
      {"impersonation", Config(kServer, R"({"token":"s3cret","as":"root"})"), "",
       "impersonates"},
      {"a missing file", Config(kServer, R"({"tokenFile":"/nope"})"), "",
       "user \"u\" of the kubeconfig: tokenFile: /nope: no such file"},
      {"half of a client certificate",
       Config(kServer, R"({"client-key-data":")" + EncodeBase64(kKey) + R"("})"), "",
       "one is missing"},
      {"a key that is no base64", Config(kServer, R"({"client-key-data":"s3cret!"})"), "",
       "client-key-data: not base64"},
      {"a key that is no PEM",
       Config(kServer, R"({"client-key-data":")" + EncodeBase64("s3cret") + R"("})"), "",
       "client-key-data is no PEM text"},
      {"a CA without a certificate",
       Config(R"({"server":"https://api","certificate-authority-data":")" + EncodeBase64(kKey) +
                  R"("})",
              secret),
       "", "certificate-authority: there is no PEM certificate in it"},
  };
  for (const Case& row : cases) {
    CAPTURE(row.what);
    const auto connection =
        FromKubeconfig(row.config, row.context, ReaderOf(std::make_shared<Files>()));
    REQUIRE_FALSE(connection.ok());
    CAPTURE(connection.error().message);
    CHECK(connection.error().message.find(row.words) != std::string::npos);
    CHECK(connection.error().message.find("s3cret") == std::string::npos);
  }
}

TEST_CASE("several kubeconfigs: what is named first stays") {
  Json first = Config(R"({"server":"https://first"})", R"({"tokenFile":"tok"})");
  Json second = Config(R"({"server":"https://second"})", R"({"token":"b"})");
  second["current-context"] = "b";
  second["clusters"].push_back(
      {{"name", "gone"}, {"cluster", {{"server", "https://gone"}}}});
  const Json merged = MergeKubeconfigs({{"/one", first}, {"/two", second}});
  CHECK(StringIn(merged, "current-context") == "c");
  REQUIRE(ArrayIn(merged, "clusters").size() == 2);
  CHECK(StringIn(ArrayIn(merged, "clusters")[0], "cluster", "server") == "https://first");
  CHECK(StringIn(ArrayIn(merged, "users")[0], "user", "tokenFile") == "/one/tok");
  CHECK(ArrayIn(merged, "users").size() == 1);
}

TEST_CASE("a Pod finds its server, its token and its namespace") {
  auto files = std::make_shared<Files>(Files{
      {"/sa/token", "one\n"}, {"/sa/ca.crt", kCertificate}, {"/sa/namespace", "ops\n"}});
  const auto connection = FromPod({"10.0.0.1", "443", "/sa"}, ReaderOf(files));
  REQUIRE(connection.ok());
  CHECK(connection->server == "https://10.0.0.1:443");
  CHECK(connection->name_space == "ops");
  (*files)["/sa/token"] = "two\n";
  CHECK(connection->token().value() == "two");
  CHECK(FromPod({"fd00::1", "443", "/sa"}, ReaderOf(files))->server ==
        "https://[fd00::1]:443");
  CHECK(FromPod({}, ReaderOf(files)).error().code == ErrorCode::kNotFound);
  CHECK_FALSE(FromPod({"10.0.0.1", "443", "/nope"}, ReaderOf(files)).ok());
}

}  // namespace
}  // namespace holdfast
