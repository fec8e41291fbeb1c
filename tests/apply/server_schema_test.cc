#include "apply/server_schema.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/apply/kube_scripted_transport.h"

namespace holdfast {
namespace {

const Gvk kDatabase{"example.org", "v1", "Database"};
const Gvk kBackup{"example.org", "v1", "Backup"};

/// A server with one group; a test changes what it tells.
struct Server {
  std::string hash = "A1";
  std::string document = Document("integer");
  int index_status = 200;
  int document_status = 200;
  ScriptedCluster scripted{[this](const HttpRequest& request) -> Result<HttpAnswer> {
    if (request.target == "/openapi/v3") {
      HttpAnswer index = JsonAnswer(
          index_status, R"({"paths": {"apis/example.org/v1": {"serverRelativeURL":
              "/openapi/v3/apis/example.org/v1?hash=)" +
                            hash + R"("}}})");
      index.headers["content-type"] = "text/plain; charset=utf-8";  // As servers call it.
      return index;
    }
    return JsonAnswer(document_status, document);
  }};

  static std::string Document(const std::string& type) {
    return R"({"components": {"schemas": {"D": {"type": "object", "properties":
        {"spec": {"type": ")" +
           type + R"("}}, "x-kubernetes-group-version-kind":
        [{"group": "example.org", "version": "v1", "kind": "Database"}]}}}})";
  }

  /// The requests since the last call.
  std::vector<std::string> Asked() {
    return std::exchange(scripted.transport->asked, {});
  }
};

const std::vector<std::string> kIndexOnly{"GET /openapi/v3"};
const std::vector<std::string> kIndexAndDocument{
    "GET /openapi/v3", "GET /openapi/v3/apis/example.org/v1?hash=A1"};

TEST_CASE("what is built into Kubernetes costs no request") {
  Server server;
  ServerSchema schema{OpenApiCache("")};
  schema.Learn(*server.scripted.cluster,
               {{"apps", "v1", "StatefulSet"}, {"", "v1", "Secret"}});
  CHECK(server.Asked().empty());
  CHECK(schema.Find({"apps", "v1", "StatefulSet"}) != nullptr);
}

TEST_CASE("a custom kind costs the index, and its document once") {
  Server server;
  ServerSchema schema{OpenApiCache("")};
  CHECK(schema.Find(kDatabase) == nullptr);
  schema.Learn(*server.scripted.cluster, {kDatabase});
  CHECK(server.Asked() == kIndexAndDocument);
  REQUIRE(schema.Find(kDatabase) != nullptr);

  schema.Learn(*server.scripted.cluster, {kDatabase});
  CHECK(server.Asked() == kIndexOnly);
  CHECK(schema.Find(kDatabase) != nullptr);
}

TEST_CASE("a document with a new hash is learned again") {
  Server server;
  ServerSchema schema{OpenApiCache("")};
  schema.Learn(*server.scripted.cluster, {kDatabase});
  CHECK(schema.Find(kDatabase)->Member("spec").type->shape == Type::Shape::kScalar);
  server.hash = "B2";
  server.document = Server::Document("array");
  schema.Learn(*server.scripted.cluster, {kDatabase});
  CHECK(schema.Find(kDatabase)->Member("spec").type->shape == Type::Shape::kList);
}

TEST_CASE("what cannot be learned is unknown, and why") {
  struct Row {
    std::string what;
    int index_status;
    int document_status;
    std::string document;
    std::string why;
  };
  const Row rows[] = {
      {"no index", 403, 200, "", "read /openapi/v3"},
      {"no document", 200, 403, "", "read /openapi/v3/apis/example.org/v1"},
      {"a document that is none", 200, 200, "<html>",
       "read /openapi/v3/apis/example.org/v1"},
      {"a document without the kind", 200, 200, "{}", "the OpenAPI document has no"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    Server server;
    ServerSchema schema{OpenApiCache("")};
    schema.Learn(*server.scripted.cluster, {kDatabase});
    REQUIRE(schema.Find(kDatabase) != nullptr);
    server.hash = "B2";
    server.index_status = row.index_status;
    server.document_status = row.document_status;
    server.document = row.document;
    schema.Learn(*server.scripted.cluster, {kDatabase});
    CHECK(schema.Find(kDatabase) == nullptr);
    const std::string why = schema.WhyUnknown(kDatabase);
    CAPTURE(why);
    CHECK(why.find(row.why) != std::string::npos);
  }
}

TEST_CASE("a kind that the document does not have leaves the others known") {
  Server server;
  ServerSchema schema{OpenApiCache("")};
  schema.Learn(*server.scripted.cluster, {kBackup, kDatabase, kDatabase});
  CHECK(server.Asked() == kIndexAndDocument);
  CHECK(schema.Find(kDatabase) != nullptr);
  CHECK(schema.Find(kBackup) == nullptr);
}

struct Folder {
  std::string path = (std::filesystem::temp_directory_path() /
                      ("holdfast-openapi-" + std::to_string(getpid())))
                         .string();
  ~Folder() { std::filesystem::remove_all(path); }
};

TEST_CASE("the next process finds the document in the cache") {
  const Folder folder;
  Server server;
  ServerSchema first{OpenApiCache(folder.path)};
  first.Learn(*server.scripted.cluster, {kDatabase});
  server.Asked();

  ServerSchema next{OpenApiCache(folder.path)};
  next.Learn(*server.scripted.cluster, {kDatabase});
  CHECK(server.Asked() == kIndexOnly);
  CHECK(next.Find(kDatabase) != nullptr);

  std::ofstream(folder.path + "/A1.json") << "{\"components\": {";
  ServerSchema after_a_crash{OpenApiCache(folder.path)};
  after_a_crash.Learn(*server.scripted.cluster, {kDatabase});
  CHECK(server.Asked() == kIndexAndDocument);
  CHECK(after_a_crash.Find(kDatabase) != nullptr);
}

TEST_CASE("a cache that cannot be written, or a hash that is a path, keeps nothing") {
  Server server;
  server.hash = "../../x";
  ServerSchema schema{OpenApiCache("/proc/none")};
  schema.Learn(*server.scripted.cluster, {kDatabase});
  CHECK(schema.Find(kDatabase) != nullptr);
  CHECK_FALSE(OpenApiCache("/proc/none").Load("A1").has_value());
}

}  // namespace
}  // namespace holdfast
