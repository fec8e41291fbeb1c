#include "daemon/sync_status.h"

#include <doctest/doctest.h>

namespace holdfast {
namespace {

constexpr long long kNoon = 1795521600;  // 2026-11-24T12:00:00Z

std::string Condition(const Json& status, const std::string& type) {
  for (const Json& one : ArrayIn(status, "conditions")) {
    if (StringIn(one, "type") == type) {
      return StringIn(one, "status") + " since " + StringIn(one, "lastTransitionTime");
    }
  }
  return "none";
}

ChangeSet Refused() {
  ChangeSet set;
  Change change;
  change.ref = {"", "PersistentVolumeClaim", "data", "mysql"};
  change.findings = {{"H-A1", Ruling::kRefuse, "it is Bound", "keep it"},
                     {"H-A1", Ruling::kNote, "by the way", ""}};
  set.changes.push_back(change);
  return set;
}

TEST_CASE("from the first commit to one that is held") {
  using Phase = SyncState::Phase;
  const ChangeSet good;
  Json status = NextStatus({}, "db",
                           {.phase = Phase::kReconciling,
                            .message = "applying",
                            .wanted = "aaa",
                            .plan = &good},
                           kNoon);
  CHECK(Condition(status, "Ready") == "False since 2026-11-24T12:00:00Z");
  CHECK(Condition(status, "Reconciling") == "True since 2026-11-24T12:00:00Z");
  CHECK(ArrayIn(status, "history").empty());

  status = NextStatus(status, "db",
                      {.phase = Phase::kInSync,
                       .message = "in sync",
                       .wanted = "aaa",
                       .in_force = "aaa",
                       .plan = &good},
                      kNoon + 60);
  CHECK(Condition(status, "Ready") == "True since 2026-11-24T12:01:00Z");
  CHECK(Condition(status, "Held") == "False since 2026-11-24T12:00:00Z");
  CHECK(StringIn(status, "verdict") == "ok");
  CHECK(ArrayIn(status, "history").size() == 1);

  const ChangeSet refused = Refused();
  status = NextStatus(status, "db",
                      {.phase = Phase::kHeld,
                       .message = "bbb is stopped",
                       .wanted = "bbb",
                       .in_force = "aaa",
                       .plan = &refused},
                      kNoon + 120);
  CHECK(Condition(status, "Ready") == "False since 2026-11-24T12:02:00Z");
  CHECK(Condition(status, "Held") == "True since 2026-11-24T12:02:00Z");
  CHECK(StringIn(status, "verdict") == "refuse");
  CHECK(StringIn(status, "revision", "wanted") == "bbb");
  CHECK(StringIn(status, "revision", "inForce") == "aaa");
  const Json& held = ArrayIn(status, "held");
  REQUIRE(held.size() == 1);
  CHECK(held[0]["kind"] == "PersistentVolumeClaim");
  CHECK(held[0]["hazard"] == "H-A1");
  CHECK(held[0]["reason"] == "it is Bound");
  REQUIRE(ArrayIn(status, "history").size() == 2);
  CHECK(status["history"][0]["revision"] == "bbb");
  CHECK(status["history"][0]["verdict"] == "refuse");

  // The same again is the same document, and a failure keeps what is held.
  CHECK(NextStatus(status, "db",
                   {.phase = Phase::kHeld,
                    .message = "bbb is stopped",
                    .wanted = "bbb",
                    .in_force = "aaa",
                    .plan = &refused},
                   kNoon + 180) == status);
  status = NextStatus(
      status, "db",
      {.phase = Phase::kFailing, .message = "away", .wanted = "bbb", .in_force = "aaa"},
      kNoon + 240);
  CHECK(ArrayIn(status, "held").size() == 1);
  CHECK(Condition(status, "Stalled") == "True since 2026-11-24T12:04:00Z");
  CHECK(NextStatus(status, "db",
                   {.phase = Phase::kFailing,
                    .message = "away",
                    .wanted = "ccc",
                    .in_force = "aaa"},
                   kNoon)["held"]
            .empty());
}

TEST_CASE("the history has the last ten, the newest first") {
  Json status;
  for (int i = 0; i < 15; ++i) {
    status = NextStatus(status, "db",
                        {.phase = SyncState::Phase::kInSync,
                         .message = "in sync",
                         .wanted = std::to_string(i)},
                        kNoon + i);
  }
  const Json& history = ArrayIn(status, "history");
  REQUIRE(history.size() == 10);
  CHECK(history[0]["revision"] == "14");
  CHECK(history[9]["revision"] == "5");
}

TEST_CASE("whoever depends on a sync of the same repository waits for the same commit") {
  const Json ready = NextStatus({}, "db",
                                {.phase = SyncState::Phase::kInSync,
                                 .message = "in sync",
                                 .wanted = "aaa",
                                 .in_force = "aaa",
                                 .repo = "/r",
                                 .ref = "main"},
                                kNoon);
  CHECK(IsReady(ready, "/r", "main", "aaa"));
  CHECK_FALSE(IsReady(ready, "/r", "main", "bbb"));
  CHECK(IsReady(ready, "/r", "other", "bbb"));
  CHECK(IsReady(ready, "/another", "main", "bbb"));
  CHECK_FALSE(IsReady(Json(), "/r", "main", "aaa"));
  const Json held = NextStatus(ready, "db",
                               {.phase = SyncState::Phase::kHeld,
                                .message = "held",
                                .wanted = "bbb",
                                .in_force = "aaa"},
                               kNoon);
  CHECK_FALSE(IsReady(held, "/another", "main", "bbb"));
}

TEST_CASE("for people, with the next step") {
  const ChangeSet refused = Refused();
  const Json status = NextStatus({}, "db",
                                 {.phase = SyncState::Phase::kHeld,
                                  .message = "bbb is stopped",
                                  .wanted = "bbb",
                                  .in_force = "aaa",
                                  .plan = &refused},
                                 kNoon);
  CHECK(StatusText({status}) ==
        "db  bbb is stopped\n"
        "    in force aaa, wanted bbb\n"
        "  ! PersistentVolumeClaim data/mysql: refuse: it is Bound  [H-A1]\n"
        "    do: keep it\n"
        "    2026-11-24T12:00:00Z  bbb  held\n");
  CHECK(StatusText({}) == "no sync has run in this cluster yet\n");
}

}  // namespace
}  // namespace holdfast
