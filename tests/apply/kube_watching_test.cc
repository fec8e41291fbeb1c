#include <doctest/doctest.h>

#include "tests/apply/kube_scripted_transport.h"

namespace holdfast {
namespace {

using std::chrono::milliseconds;
using Kind = WatchEvent::Kind;

const Gvk kConfigMap{"", "v1", "ConfigMap"};

std::string Event(const std::string& type, const std::string& name,
                  const std::string& version) {
  return R"({"type":")" + type +
         R"(","object":{"apiVersion":"v1","kind":"ConfigMap","metadata":{"namespace":"a","name":")" +
         name + R"(","resourceVersion":")" + version + "\"}}}\n";
}

std::string ErrorEvent(int code) {
  return R"({"type":"ERROR","object":{"kind":"Status","message":"m","code":)" +
         std::to_string(code) + "}}\n";
}

Result<HttpAnswer> Nothing(const HttpRequest&) {
  return Internal("not asked in this test");
}

TEST_CASE("lines are found wherever the chunks of a stream end") {
  const std::string text = "one\ntwo\r\n\nthree";
  for (std::size_t size = 1; size <= text.size(); ++size) {
    CAPTURE(size);
    LineSplitter splitter;
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < text.size(); at += size) {
      for (std::string& line : splitter.Add(text.substr(at, size))) lines.push_back(line);
    }
    CHECK(lines == std::vector<std::string>{"one", "two"});
    CHECK(splitter.rest() == "three");
  }
}

TEST_CASE("a watch asks for bookmarks and for an end") {
  ScriptedCluster scripted(&Nothing);
  scripted.cluster->Watch({kConfigMap, "a", ""}, "5");
  CHECK(scripted.transport->asked.back() ==
        "WATCH /api/v1/namespaces/a/configmaps?watch=true&allowWatchBookmarks=true"
        "&resourceVersion=5&timeoutSeconds=450");
}

TEST_CASE("events arrive whole and in order") {
  ScriptedCluster scripted(&Nothing);
  const WatchId watch = scripted.cluster->Watch({kConfigMap, "a", ""}, "5");
  const std::string text = Event("ADDED", "x", "6") + Event("BOOKMARK", "", "8") +
                           Event("MODIFIED", "x", "9") + Event("DELETED", "x", "10");
  for (std::size_t at = 0; at < text.size(); at += 50) {
    scripted.transport->parts.push_back({{1, text.substr(at, 50), false, 200, ""}});
  }
  std::vector<WatchEvent> all;
  while (!scripted.transport->parts.empty()) {
    for (WatchEvent& event : scripted.cluster->WaitForEvents(milliseconds(100))) {
      all.push_back(std::move(event));
    }
  }
  REQUIRE(all.size() == 4);
  const Kind kinds[] = {Kind::kChanged, Kind::kBookmark, Kind::kChanged, Kind::kGone};
  const std::string versions[] = {"6", "8", "9", "10"};
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(all[i].watch == watch);
    CHECK(static_cast<int>(all[i].kind) == static_cast<int>(kinds[i]));
    CHECK(all[i].resource_version == versions[i]);
    CHECK(all[i].object.has_value() == (i != 1));
  }
}

TEST_CASE("how a watch ends") {
  struct Case {
    std::string what;
    StreamPart part;
    Kind kind;
    std::string reason;  ///< A part of it; "" for none at all.
    bool closed;         ///< By us.
  };
  const Case cases[] = {
      {"its time is over", {1, "", true, 200, ""}, Kind::kBroken, "", false},
      {"the connection is cut", {1, "", true, 200, "cut"}, Kind::kBroken, "cut", false},
      {"there never was a connection",
       {1, "", true, 0, "refused"},
       Kind::kBroken,
       "refused",
       false},
      {"410 as an event",
       {1, ErrorEvent(410), false, 200, ""},
       Kind::kExpired,
       "m",
       true},
      {"410 as a status",
       {1, R"({"kind":"Status","message":"too old","code":410})", true, 410, ""},
       Kind::kExpired,
       "too old",
       false},
      {"500 as an event", {1, ErrorEvent(500), false, 200, ""}, Kind::kBroken, "m", true},
      {"403",
       {1, R"({"kind":"Status","message":"no","code":403})", true, 403, ""},
       Kind::kBroken,
       "watch ConfigMap in a: no",
       false},
      {"HTML", {1, "<html>\n", false, 200, ""}, Kind::kBroken, "not JSON", true},
      {"an object of another kind",
       {1,
        R"({"type":"ADDED","object":{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"}}})"
        "\n",
        false, 200, ""},
       Kind::kBroken,
       "foreign",
       true},
  };
  for (const Case& row : cases) {
    CAPTURE(row.what);
    ScriptedCluster scripted(&Nothing);
    scripted.cluster->Watch({kConfigMap, "a", ""}, "5");
    scripted.transport->parts.push_back({row.part});
    const auto events = scripted.cluster->WaitForEvents(milliseconds(100));
    REQUIRE(events.size() == 1);
    CHECK(static_cast<int>(events[0].kind) == static_cast<int>(row.kind));
    CHECK(events[0].reason.find(row.reason) != std::string::npos);
    CHECK(events[0].reason.empty() == row.reason.empty());
    CHECK(scripted.transport->closed.empty() != row.closed);
    CHECK(scripted.cluster->WaitForEvents(milliseconds(100)).empty());
  }
}

TEST_CASE("a watch of an unknown kind breaks, one that outlives its time is given up") {
  ScriptedCluster scripted(&Nothing);
  const WatchId unknown = scripted.cluster->Watch({{"", "v1", "Foo"}, "", ""}, "5");
  auto events = scripted.cluster->WaitForEvents(milliseconds(100));
  REQUIRE(events.size() == 1);
  CHECK(events[0].watch == unknown);
  CHECK(events[0].reason.find("does not know the kind") != std::string::npos);

  scripted.cluster->Watch({kConfigMap, "a", ""}, "5");
  events = scripted.cluster->WaitForEvents(std::chrono::hours(1));
  REQUIRE(events.size() == 1);
  CHECK(events[0].reason.find("the connection is dead") != std::string::npos);
  CHECK(scripted.transport->closed.size() == 1);
}

TEST_CASE("what comes while a call waits for its next try is not lost") {
  int times = 0;
  ScriptedCluster scripted([&](const HttpRequest&) -> Result<HttpAnswer> {
    if (++times == 1) return Error{ErrorCode::kUnavailable, "cut"};
    return StatusAnswer(404, "not found", "x");
  });
  scripted.cluster->Watch({kConfigMap, "a", ""}, "5");
  scripted.transport->parts.push_back({{1, Event("ADDED", "x", "6"), false, 200, ""}});
  (void)scripted.cluster->Get({{kConfigMap, "a", "x"}});
  CHECK(scripted.cluster->WaitForEvents(milliseconds(0)).size() == 1);
}

}  // namespace
}  // namespace holdfast
