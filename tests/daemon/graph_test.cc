#include "daemon/graph.h"

#include <doctest/doctest.h>

namespace holdfast {
namespace {

Plan DatabaseAndClient() {
  const ObjectRef service{"", "Service", "data", "mysql"};
  const ObjectRef mysql{"apps", "StatefulSet", "data", "mysql"};
  const ObjectRef web{"apps", "Deployment", "data", "web"};
  Plan plan;
  plan.steps = {{.ref = service, .wave = 1, .needs = {}, .why = ""},
                {.ref = mysql, .wave = 2, .needs = {}, .why = ""},
                {.ref = web, .wave = 3, .needs = {}, .why = ""}};
  plan.edges = {{.from = web, .to = mysql, .strength = EdgeStrength::kSoft, .why = "", .pointer = ""},
                {.from = mysql, .to = service, .strength = EdgeStrength::kHard, .why = "", .pointer = ""},
                {.from = mysql, .to = service, .strength = EdgeStrength::kSoft, .why = "", .pointer = ""}};
  return plan;
}

TEST_CASE("the order is drawn as Mermaid: boxes are waves, arrows lead to what waits") {
  CHECK(DrawGraph(DatabaseAndClient(), GraphFormat::kMermaid) ==
        "flowchart LR\n"
        "  subgraph w1[wave 1]\n"
        "    n1[\"Service data/mysql\"]\n"
        "  end\n"
        "  subgraph w2[wave 2]\n"
        "    n2[\"StatefulSet data/mysql\"]\n"
        "  end\n"
        "  subgraph w3[wave 3]\n"
        "    n3[\"Deployment data/web\"]\n"
        "  end\n"
        "  n1 --> n2\n"
        "  n2 -.-> n3\n");
}

TEST_CASE("an arrow that rests on a guess says so") {
  Plan plan = DatabaseAndClient();
  plan.edges.front().guess = true;
  CHECK(DrawGraph(plan, GraphFormat::kMermaid).find("  n2 -. a guess .-> n3\n") !=
        std::string::npos);
  CHECK(DrawGraph(plan, GraphFormat::kDot)
            .find("  n2 -> n3 [style=dotted, label=\"a guess\"];\n") != std::string::npos);
}

TEST_CASE("the order is drawn as DOT") {
  CHECK(DrawGraph(DatabaseAndClient(), GraphFormat::kDot) ==
        "digraph holdfast {\n"
        "  rankdir=LR;\n"
        "  subgraph cluster_1 {\n"
        "    label=\"wave 1\";\n"
        "    n1 [label=\"Service data/mysql\", shape=box];\n"
        "  }\n"
        "  subgraph cluster_2 {\n"
        "    label=\"wave 2\";\n"
        "    n2 [label=\"StatefulSet data/mysql\", shape=box];\n"
        "  }\n"
        "  subgraph cluster_3 {\n"
        "    label=\"wave 3\";\n"
        "    n3 [label=\"Deployment data/web\", shape=box];\n"
        "  }\n"
        "  n1 -> n2;\n"
        "  n2 -> n3 [style=dotted];\n"
        "}\n");
}

}  // namespace
}  // namespace holdfast
