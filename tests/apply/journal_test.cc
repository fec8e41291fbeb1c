#include "apply/journal.h"

#include <doctest/doctest.h>

#include <map>
#include <string>

#include "tests/apply/kube_scripted_transport.h"

namespace holdfast {
namespace {

/// An API server that keeps one ConfigMap, with resourceVersions.
struct OneConfigMap {
  Json stored;
  int version = 0;
  int writes = 0;
  int lose_answer_of_write = 0;  ///< Counted from 1; it is kept, and nobody hears of it.

  Result<HttpAnswer> operator()(const HttpRequest& request) {
    if (request.method == "GET") {
      if (stored.is_null()) return StatusAnswer(404, "not there", "holdfast-journal-s");
      return JsonAnswer(200, DumpJson(stored));
    }
    const Json sent = ParseJson(request.body).value();
    const bool fits = request.method == "POST"
                          ? stored.is_null()
                          : StringIn(sent, "metadata", "resourceVersion") ==
                                std::to_string(version);
    if (!fits) return StatusAnswer(409, "it has changed", "holdfast-journal-s");
    stored = sent;
    stored["metadata"]["resourceVersion"] = std::to_string(++version);
    if (++writes == lose_answer_of_write) return Error{ErrorCode::kTimeout, "no answer"};
    return JsonAnswer(200, DumpJson(stored));
  }
};

struct Fixture {
  OneConfigMap server;
  ScriptedCluster cluster{[this](const HttpRequest& request) { return server(request); }};

  Journal Of(const std::string& who) {
    return Journal(*cluster.cluster, {.name_space = "holdfast-system", .sync = "s"}, who);
  }
};

JournalEntry Entry(const std::string& uid) {
  return {.act = "partition",
          .gvk = {"apps", "v1", "StatefulSet"},
          .ref = {"apps", "StatefulSet", "shop", "db"},
          .uid = uid,
          .before = {{"partition", 0}}};
}

TEST_CASE("what one run has begun, the next one finds, with who and when") {
  Fixture given;
  Journal first = given.Of("laptop");
  CHECK(first.Load()->empty());
  REQUIRE(first.Open(Entry("u1")).ok());

  Journal next = given.Of("pod");
  const auto found = next.Load();
  REQUIRE(found.ok());
  const JournalEntry* entry = FindEntry(*found, "partition", Entry("u1").ref);
  REQUIRE(entry != nullptr);
  CHECK(entry->by == "laptop");
  CHECK(entry->since == "2026-11-24T09:06:00Z");
  CHECK(entry->before == Json({{"partition", 0}}));
}

TEST_CASE("an act that goes on keeps its beginning, and one that ends is gone") {
  Fixture given;
  Journal journal = given.Of("laptop");
  REQUIRE(journal.Load().ok());
  REQUIRE(journal.Open(Entry("u1")).ok());
  JournalEntry further = journal.open().begin()->second;
  further.step = "deleted";
  REQUIRE(journal.Open(further).ok());
  REQUIRE(journal.Open(Entry("u2")).ok());
  CHECK(journal.open().size() == 2);
  CHECK(journal.open().at("partition.u1").step == "deleted");

  REQUIRE(journal.Close(Entry("u1")).ok());
  CHECK(given.Of("pod").Load()->size() == 1);
  const int writes = given.server.writes;
  REQUIRE(journal.Close(Entry("u1")).ok());  // Of what is closed nothing is written.
  CHECK(given.server.writes == writes);
}

TEST_CASE("of two runs at once the second fails to begin, before it has done anything") {
  Fixture given;
  Journal one = given.Of("laptop");
  Journal other = given.Of("pod");
  REQUIRE(one.Load().ok());
  REQUIRE(other.Load().ok());
  REQUIRE(one.Open(Entry("u1")).ok());
  const Status refused = other.Open(Entry("u1"));
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == ErrorCode::kConflict);
}

TEST_CASE("an entry whose answer was lost is an error, and is there for the next run") {
  Fixture given;
  given.server.lose_answer_of_write = 1;
  Journal journal = given.Of("laptop");
  REQUIRE(journal.Load().ok());
  CHECK_FALSE(journal.Open(Entry("u1")).ok());
  CHECK(journal.open().empty());
  CHECK(given.Of("pod").Load()->contains("partition.u1"));
}

TEST_CASE("a journal that cannot be understood whole is an error, never a part of it") {
  Fixture given;
  Journal journal = given.Of("laptop");
  REQUIRE(journal.Load().ok());
  REQUIRE(journal.Open(Entry("u1")).ok());
  const Json good = given.server.stored;
  const std::map<std::string, std::string> broken = {
      {"no JSON", "{"}, {"another uid", DumpJson(ToJson(Entry("u2")))}, {"nothing", "{}"}};
  for (const auto& row : broken) {
    CAPTURE(row.first);
    given.server.stored = good;
    given.server.stored["data"]["partition.u1"] = row.second;
    const auto read = given.Of("pod").Load();
    REQUIRE_FALSE(read.ok());
    CHECK(read.error().message.find("holdfast-journal-s") != std::string::npos);
  }
}

}  // namespace
}  // namespace holdfast
