// H-D6 and H-G7: what one object changes for others of the same repository.

#include "tests/apply/example_objects.h"
#include "tests/apply/judged.h"

namespace holdfast {
namespace {

Object Workload(const std::string& kind, const std::string& name,
                const std::string& selector, const std::string& labels,
                const std::string& space = "default") {
  const std::string mount =
      kind == "StatefulSet" ? ",'volumeClaimTemplates':[{'metadata':{'name':'d'},'spec':{'storageClassName':'local-path'"
                            "}}]" : "";
  return Make("apps/v1 " + kind + " " + space + "/" + name,
              "'spec':{'selector':{" + selector + "},'template':{'metadata':{'labels':{" +
                  labels + "}},'spec':{'containers':[]}}" + mount + "}");
}

TEST_CASE("a selector picks its own pods alone") {
  const Object set =
      Workload("StatefulSet", "db", "'matchLabels':{'app':'a'}", "'app':'a','tier':'db'");
  const Object web =
      Workload("Deployment", "web", "'matchLabels':{'app':'a','tier':'web'}",
               "'app':'a','tier':'web'");
  const Object own =
      Workload("StatefulSet", "db", "'matchLabels':{'app':'a','tier':'db'}",
               "'app':'a','tier':'db'");
  const Object elsewhere =
      Workload("Deployment", "web", "'matchLabels':{'app':'a'}", "'app':'a'", "other");
  const Object expression = Workload(
      "StatefulSet", "db",
      "'matchLabels':{'app':'a'},'matchExpressions':[{'key':'tier','operator':'Exists'}]",
      "'app':'a','tier':'db'");
  const auto judged = [](World world, const ObjectRef& ref) {
    world.Live(LocalPath());
    return Judged(world, ref);
  };
  CHECK(judged(World().Added(set).Unchanged(web), set.ref()) == "H-D6 refuse");
  CHECK(judged(World().Unchanged(set).Unchanged(web), set.ref()) == "H-D6 warn");
  CHECK(judged(World().Added(own).Added(web), own.ref()).empty());
  CHECK(judged(World().Added(set).Added(elsewhere), set.ref()).empty());
  CHECK(judged(World().Added(expression).Added(web), expression.ref()).empty());
  const Object plain =
      Workload("Deployment", "all", "'matchLabels':{'app':'a'}", "'app':'a'");
  CHECK(judged(World().Added(plain).Added(web), plain.ref()) == "H-D6 warn");
}

Object Class(const std::string& is_default) {
  return Make("storage.k8s.io/v1 StorageClass fast", "'provisioner':'csi.example.com'",
              "'annotations':{'storageclass.kubernetes.io/is-default-class':'" +
                  is_default + "'}");
}

Object PlainClaim(const std::string& name_of_class) {
  return Make(
      "v1 PersistentVolumeClaim default/c",
      "'spec':{" +
          (name_of_class.empty() ? "" : "'storageClassName':'" + name_of_class + "',") +
          "'resources':{'requests':{'storage':'1Gi'}}}");
}

TEST_CASE("another default class where claims name none") {
  const auto judged = [](const char* before, const char* after,
                         const std::string& of_class) {
    World world;
    world.Unchanged(PlainClaim(of_class)).Changed(Class(before), Class(after));
    return Judged(world, Class("").ref());
  };
  CHECK(judged("true", "false", "") == "H-G7 approval");
  CHECK(judged("false", "true", "") == "H-G7 approval");
  CHECK(judged("false", "true", "fast").empty());
  CHECK(judged("true", "true", "").empty());
  World world;
  world.ListsAll().Unchanged(PlainClaim("")).Removed(Class("true"));
  CHECK(Judged(world, Class("").ref()).find("H-G7 approval") != std::string::npos);
}

}  // namespace
}  // namespace holdfast
