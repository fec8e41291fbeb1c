#include "diff/render_text.h"

#include <doctest/doctest.h>

#include "tests/diff/change_sets.h"

namespace holdfast {
namespace {

TEST_CASE("the model of cli.md, to the letter") {
  TextOptions options;
  options.revision_in_force = "41aa0c3000000000000000000000000000000000";
  options.cluster_name = "kind-prod";
  CHECK(RenderText(RefusedSet(), options) ==
        R"(  databases 41aa0c3 -> 9f2c1d8 (main)          cluster kind-prod

~ StatefulSet default/cassandra                cassandra/statefulset.yaml:1
    spec.template.spec.containers[name="cassandra"].image
      - cassandra:4.1.10
      + cassandra:4.1.11
    rolls 3 pods, highest ordinal first
! PersistentVolumeClaim default/wp-pv-claim    removed from Git
    refused: the claim is Bound to pvc-5b1e (20Gi, reclaim policy Delete, no snapshot): its data would be destroyed  [H-A1]
    do: keep the manifest, or approve a detach: holdfast approve > approvals/wp-pv-claim.yaml

  volumes  kept 4 · refused 1
  1 update, 1 refused, 11 unchanged: nothing of this revision is applied
)");
}

TEST_CASE("all in sync") {
  CHECK(RenderText(InSyncSet()) == R"(  databases 9f2c1d8 (main)    cluster b6f8

  in sync: 2 objects are as Git wants them
)");
  TextOptions all;
  all.show = Show::kAll;
  CHECK(RenderText(InSyncSet(), all) == R"(  databases 9f2c1d8 (main)    cluster b6f8

  ConfigMap default/a         a.yaml:1
  ConfigMap default/b         b.yaml:1

  in sync: 2 objects are as Git wants them
)");
}

TEST_CASE("every action and every ruling") {
  CHECK(RenderText(MixedSet()) == R"(  default

+ Secret db/create      create.yaml:8
~ Secret db/update      update.yaml:8
    data.a  (held by kubectl)
      - secret value, hash 12ab
      + secret value, hash 34cd
    data.b
      + secret value
    type
      - Opaque
    warning: clients read it at their start  [H-F1]
- Secret db/recreate    recreate.yaml:8
    is deleted and created again
! Secret db/delete      removed from Git
    needs an approval: a pod reads it  [H-F2]
    do: holdfast approve
- Secret db/detach      removed from Git
    the claim goes, its volume and the data stay
~ Secret db/adopt       adopt.yaml:8
    is there already and becomes managed
  Secret db/keep        removed from Git
    stays in the cluster and is no longer managed
! the revision as a whole
    held: the list of claims is incomplete  [H-I4]
    do: run it again

  1 create, 1 update, 1 recreate, 1 detach, 1 adopt, 1 waiting for approval, 1 kept on purpose, 1 unchanged: nothing of this revision is applied
)");
}

TEST_CASE("live objects of a file, and what it cannot tell") {
  ChangeSet set = InSyncSet();
  set.live_file = "live.yaml";
  set.changes[0].unsure = "metadata.managedFields is missing";
  CHECK(RenderText(set) == R"(  databases 9f2c1d8 (main)    live live.yaml

  1 unchanged, 1 unchanged as far as can be seen
)");
  TextOptions all;
  all.show = Show::kAll;
  CHECK(RenderText(set, all).find("    unsure: metadata.managedFields is missing\n") !=
        std::string::npos);
}

TEST_CASE("a text of several lines, with as many around as were asked for") {
  ChangeSet set = InSyncSet();
  set.changes[0].action = Action::kUpdate;
  set.changes[0].fields = {
      {"data[\"my.cnf\"]", Json("1\n2\n3\n4\n5\n"), Json("1\n2\n3\n4\nfive\n"), ""}};
  TextOptions options;
  options.context_lines = 1;
  CHECK(RenderText(set, options).find(R"(    data["my.cnf"]
      @ line 4
        4
      - 5
      + five
)") != std::string::npos);
  options.context_lines = 0;
  CHECK(RenderText(set, options).find("        4\n") == std::string::npos);
  options.colour = TextOptions::Colour::kAlways;
  CHECK(RenderText(set, options).find("\033[36m@ line 5\033[0m") != std::string::npos);
}

TEST_CASE("colour is there only when asked for") {
  CHECK(RenderText(RefusedSet()).find('\033') == std::string::npos);
  TextOptions options;
  options.colour = TextOptions::Colour::kAlways;
  const std::string text = RenderText(RefusedSet(), options);
  CHECK(text.find("\033[33m~ StatefulSet default/cassandra\033[0m     ") !=
        std::string::npos);
  CHECK(text.find("\033[31m- cassandra:4.1.10\033[0m") != std::string::npos);
  CHECK(text.find("\033[1;31m! PersistentVolumeClaim") != std::string::npos);
}

TEST_CASE("no manifest moves the cursor of a reader") {
  ChangeSet set = InSyncSet();
  set.changes[0].action = Action::kUpdate;
  set.changes[0].fields = {{"data.a", Json("\033[2J"), Json("b\rc\xc2\x9b"), "x\033y"}};
  set.changes[0].effects = {"\033[0m"};
  const std::string text = RenderText(set);
  CHECK(text.find('\033') == std::string::npos);
  CHECK(text.find('\r') == std::string::npos);
  CHECK(text.find("- \\x1b[2J") != std::string::npos);
  CHECK(text.find("+ b\\x0dc\\x9b") != std::string::npos);
}

}  // namespace
}  // namespace holdfast
