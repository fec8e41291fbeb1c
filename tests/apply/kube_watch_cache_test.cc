#include <doctest/doctest.h>

#include <algorithm>
#include <deque>

#include "apply/watch_cache.h"

namespace holdfast {
namespace {

using std::chrono::milliseconds;
using Kind = WatchEvent::Kind;

const Gvk kPod{"", "v1", "Pod"};
const Gvk kSecret{"", "v1", "Secret"};

class SteppedClock : public Clock {
 public:
  TimePoint Now() const override { return now; }
  TimePoint now{std::chrono::hours(1)};
};

Object Named(const Gvk& gvk, const std::string& name, const std::string& version) {
  return Object::Make(ParseJson(R"({"apiVersion":"v1","kind":")" + gvk.kind +
                                R"(","metadata":{"namespace":"a","name":")" + name +
                                R"(","uid":"u","resourceVersion":")" + version + "\"}}")
                          .value())
      .value();
}

ObjectRef Pod(const std::string& name) { return {"", "Pod", "a", name}; }

/// Lists what the test says and records lists and watches. Time goes by only while
/// somebody waits for events.
class FakeCluster : public Cluster {
 public:
  explicit FakeCluster(std::shared_ptr<SteppedClock> clock) : clock_(std::move(clock)) {}

  std::vector<Result<ObjectList>> List(const std::vector<ListCall>& calls) override {
    std::string kinds;
    std::vector<Result<ObjectList>> lists;
    for (const ListCall& call : calls) {
      kinds += " " + call.gvk.kind;
      lists.push_back(list(call));
    }
    asked.push_back("list" + kinds);
    return lists;
  }
  WatchId Watch(const ListCall& what, const std::string& from) override {
    asked.push_back("watch " + what.gvk.kind + " from " + from);
    return ++last_watch;
  }
  void Unwatch(WatchId watch) override { unwatched.push_back(watch); }
  std::vector<WatchEvent> WaitForEvents(milliseconds up_to) override {
    if (!cancelled && events.empty()) clock_->now += up_to;
    if (events.empty()) return {};
    auto first = std::move(events.front());
    events.pop_front();
    return first;
  }

  std::string Address() const override { return "fake"; }
  Result<std::string> Uid() override { return std::string("uid"); }
  long long ServerTime() const override { return 42; }
  Result<const Discovery*> Discover() override { return Internal("not here"); }
  std::vector<Result<Json>> ReadDocuments(const std::vector<std::string>&) override { return {}; }
  Result<const Discovery*> Rediscover() override { return Internal("not here"); }
  std::vector<Result<Object>> Get(const std::vector<ObjectKey>&) override { return {}; }
  std::vector<ApplyAnswer> Apply(const std::vector<ApplyCall>&) override { return {}; }
  std::vector<ApplyAnswer> Patch(const std::vector<PatchCall>&) override { return {}; }
  ApplyAnswer Create(const Object&) override { return Internal("not here"); }
  ApplyAnswer Replace(const Object&) override { return Internal("not here"); }
  Status Delete(Permit, WriteMode) override { return Internal("not here"); }

  std::function<Result<ObjectList>(const ListCall&)> list;
  std::deque<std::vector<WatchEvent>> events;
  std::vector<std::string> asked;
  std::vector<WatchId> unwatched;
  WatchId last_watch = 0;
  bool cancelled = false;

 private:
  std::shared_ptr<SteppedClock> clock_;
};

struct Bench {
  std::shared_ptr<SteppedClock> clock = std::make_shared<SteppedClock>();
  FakeCluster cluster{clock};
  WatchCache cache{cluster, Options()};

  WatchCacheOptions Options() const {
    WatchCacheOptions options;
    options.clock = clock;
    options.random = [] { return 0.5; };
    return options;
  }

  Bench() {
    cluster.list = [](const ListCall& call) -> Result<ObjectList> {
      if (call.gvk == kSecret) return ObjectList{{}, "3"};
      return ObjectList{{Named(kPod, "x", "1"), Named(kPod, "y", "2")}, "3"};
    };
  }

  std::vector<ObjectRef> Changes(milliseconds up_to = milliseconds(1000)) {
    const auto changes = cache.WaitForChange(up_to);
    REQUIRE(changes.ok());
    return *changes;
  }

  void Push(WatchId watch, Kind kind, const std::string& reason) {
    cluster.events.push_back({{watch, kind, std::nullopt, "", reason}});
  }
};

using Refs = std::vector<ObjectRef>;
using Words = std::vector<std::string>;

TEST_CASE("many kinds cost one concurrent list and one watch each, and once only") {
  Bench bench;
  CHECK(bench.cache.Add({{kPod, "", ""}, {kSecret, "a", ""}}).ok());
  CHECK(bench.cache.Add({{kPod, "a", ""}, {kSecret, "a", ""}}).ok());
  CHECK(bench.cluster.asked ==
        Words{"list Pod Secret", "watch Pod from 3", "watch Secret from 3"});
  CHECK(bench.cache.live().ListsAll("", "Pod", "a"));
  CHECK(bench.cache.live().objects.size() == 2);
  CHECK(bench.cache.live().server_time == 42);
  CHECK(bench.Changes().empty());  // What was listed is no news.
  CHECK_FALSE(bench.cache.Add({{kPod, "b", "x=y"}}).ok());
}

TEST_CASE("what may not be seen and need not be is asked for once") {
  Bench bench;
  bench.cluster.list = [](const ListCall& call) -> Result<ObjectList> {
    if (call.gvk == kSecret) return Error{ErrorCode::kDenied, "forbidden"};
    return ObjectList{{}, "3"};
  };
  REQUIRE(bench.cache.Add({{kPod, "a", ""}}).ok());
  bench.cache.AddIfPossible({{kSecret, "a", ""}});
  const auto asked = bench.cluster.asked.size();
  CHECK(bench.Changes(milliseconds(60'000)).empty());
  CHECK(bench.cluster.asked.size() == asked);
  CHECK_FALSE(bench.cache.live().ListsAll("", "Secret", "a"));
}

TEST_CASE("events change what is live") {
  Bench bench;
  REQUIRE(bench.cache.Add({{kPod, "a", ""}}).ok());
  bench.cluster.events.push_back({{1, Kind::kChanged, Named(kPod, "z", "5"), "5", ""},
                                  {1, Kind::kGone, Named(kPod, "x", "6"), "6", ""}});
  CHECK(bench.Changes() == Refs{Pod("x"), Pod("z")});
  CHECK(bench.cache.live().Find(Pod("x")) == nullptr);
  REQUIRE(bench.cache.live().Find(Pod("z")) != nullptr);
  CHECK(bench.cache.live().Find(Pod("z"))->resource_version() == "5");
}

TEST_CASE("a watch whose time is over goes on where it was") {
  Bench bench;
  REQUIRE(bench.cache.Add({{kPod, "a", ""}}).ok());
  bench.cluster.events.push_back({{1, Kind::kBookmark, std::nullopt, "9", ""}});
  bench.Push(1, Kind::kBroken, "");
  CHECK(bench.Changes().empty());
  CHECK(bench.cluster.asked.back() == "watch Pod from 9");
  CHECK(bench.cache.live().gaps.empty());
  CHECK(bench.cluster.asked.size() == 3);
}

TEST_CASE("a watch that is cut goes on; cut again, it is a gap until it is listed") {
  Bench bench;
  REQUIRE(bench.cache.Add({{kPod, "a", ""}}).ok());
  bench.Push(1, Kind::kBroken, "cut");
  CHECK(bench.Changes().empty());
  CHECK(bench.cluster.asked.back() == "watch Pod from 3");
  CHECK(bench.cache.live().ListsAll("", "Pod", "a"));

  bench.cluster.list = [](const ListCall&) -> Result<ObjectList> {
    return Error{ErrorCode::kUnavailable, "refused"};
  };
  bench.Push(2, Kind::kBroken, "cut again");
  CHECK(bench.Changes(milliseconds(5000)).empty());
  CHECK_FALSE(bench.cache.live().ListsAll("", "Pod", "a"));
  REQUIRE(bench.cache.live().gaps.size() == 1);
  CHECK(bench.cache.live().gaps[0].why.message == "refused");
  const auto lists =
      std::count(bench.cluster.asked.begin(), bench.cluster.asked.end(), "list Pod");
  CHECK(lists > 2);
  CHECK(lists < 10);  // Ever longer waits between.

  bench.cluster.list = [](const ListCall&) -> Result<ObjectList> {
    return ObjectList{{Named(kPod, "y", "8"), Named(kPod, "z", "7")}, "8"};
  };
  CHECK(bench.Changes(milliseconds(20'000)) == Refs{Pod("x"), Pod("y"), Pod("z")});
  CHECK(bench.cache.live().ListsAll("", "Pod", "a"));
  CHECK(bench.cache.live().gaps.empty());
  CHECK(bench.cache.live().Find(Pod("x")) == nullptr);
}

TEST_CASE(
    "a place that the server has forgotten is listed at once, and what vanished is "
    "told") {
  Bench bench;
  REQUIRE(bench.cache.Add({{kPod, "a", ""}}).ok());
  const auto begun = bench.clock->now;
  bench.cluster.list = [](const ListCall&) -> Result<ObjectList> {
    return ObjectList{{Named(kPod, "x", "1")}, "20"};
  };
  bench.Push(1, Kind::kExpired, "too old");
  CHECK(bench.Changes() == Refs{Pod("y")});
  CHECK(bench.clock->now == begun);
  CHECK(bench.cluster.asked.back() == "watch Pod from 20");
}

TEST_CASE("what cannot be listed is told, is a gap, and is tried again") {
  Bench bench;
  ErrorCode code = ErrorCode::kUnavailable;
  bench.cluster.list = [&](const ListCall& call) -> Result<ObjectList> {
    if (call.gvk == kSecret) return Error{code, "no"};
    return ObjectList{{}, "3"};
  };
  CHECK(bench.cache.Add({{kPod, "a", ""}, {kSecret, "a", ""}}).error().message == "no");
  CHECK(bench.cache.live().ListsAll("", "Pod", "a"));
  CHECK_FALSE(bench.cache.live().ListsAll("", "Secret", "a"));
  CHECK(bench.Changes().empty());
  // Waiting cannot help here.
  code = ErrorCode::kDenied;
  const auto denied = bench.cache.WaitForChange(milliseconds(60'000));
  REQUIRE_FALSE(denied.ok());
  CHECK(denied.error().code == ErrorCode::kDenied);
}

TEST_CASE("a cancelled wait ends, and watches end with the cache") {
  {
    Bench bench;
    REQUIRE(bench.cache.Add({{kPod, "a", ""}}).ok());
    bench.cluster.cancelled = true;
    CHECK(bench.Changes(milliseconds(3'600'000)).empty());
  }
  auto clock = std::make_shared<SteppedClock>();
  FakeCluster cluster(clock);
  cluster.list = [](const ListCall&) -> Result<ObjectList> {
    return ObjectList{{}, "3"};
  };
  {
    WatchCache cache(cluster);
    REQUIRE(cache.Add({{kPod, "a", ""}, {kSecret, "a", ""}}).ok());
  }
  CHECK(cluster.unwatched == std::vector<WatchId>{1, 2});
}

}  // namespace
}  // namespace holdfast
