#include "apply/journal_entry.h"

#include <doctest/doctest.h>

#include <string>

namespace holdfast {
namespace {

JournalEntry Entry() {
  return {.act = "freeze",
          .gvk = {"autoscaling", "v2", "HorizontalPodAutoscaler"},
          .ref = {"autoscaling", "HorizontalPodAutoscaler", "shop", "web"},
          .uid = "7c0f",
          .step = "frozen",
          .by = "laptop",
          .since = "2026-11-24T09:06:00Z",
          .revision = "41aa",
          .before = {{"minReplicas", 2}},
          .after = {{"minReplicas", 3}}};
}

TEST_CASE("an entry survives its way through the cluster, down to every field") {
  const auto back = JournalEntryFromJson(ToJson(Entry()));
  REQUIRE(back.ok());
  CHECK(*back == Entry());
}

TEST_CASE("an entry that lacks what it is bound to is none") {
  for (const std::string& field :
       {std::string("act"), std::string("apiVersion"), std::string("kind"), std::string("name"),
        std::string("uid"), std::string("before"), std::string("after")}) {
    CAPTURE(field);
    Json json = ToJson(Entry());
    json.erase(field);
    CHECK_FALSE(JournalEntryFromJson(json).ok());
  }
  CHECK_FALSE(JournalEntryFromJson(Json("text")).ok());
}

TEST_CASE("an act is found by what it is and by its object, whatever uid it had") {
  JournalEntries entries;
  entries.emplace(Entry().Key(), Entry());
  CHECK(FindEntry(entries, "freeze", Entry().ref) != nullptr);
  CHECK(FindEntry(entries, "partition", Entry().ref) == nullptr);
  CHECK(FindEntry(entries, "freeze", {"apps", "StatefulSet", "shop", "web"}) == nullptr);
}

}  // namespace
}  // namespace holdfast
