#include "diff/field_path.h"

#include <doctest/doctest.h>

#include "tests/diff/fixture.h"

namespace holdfast {
namespace {

TEST_CASE("a path is read as we print it and as the API server writes it") {
  struct Row {
    std::string what;
    std::string text;
    std::string printed;
  };
  const Row rows[] = {
      {"ours", R"(spec.template.spec.containers[name="mysql"].image)",
       R"(spec.template.spec.containers[name="mysql"].image)"},
      {"of an apply error", R"(.spec.template.spec.containers[name="mysql"].imag)",
       R"(spec.template.spec.containers[name="mysql"].imag)"},
      {"two keys", R"(.spec.ports[port=80,protocol="TCP"].nodePort)",
       R"(spec.ports[port=80,protocol="TCP"].nodePort)"},
      {"keys in another order", R"(spec.ports[protocol="TCP",port=80])",
       R"(spec.ports[port=80,protocol="TCP"])"},
      {"a validation cause", "spec.template.spec.containers[0].image",
       "spec.template.spec.containers[0].image"},
      {"a key of a map in a cause", "metadata.annotations[example.com/x]",
       R"(metadata.annotations["example.com/x"])"},
      {"a key that looks like a name", "metadata.labels[app]", "metadata.labels.app"},
      {"a label", ".metadata.labels.app", "metadata.labels.app"},
      {"quoted", R"(data["my.cnf"])", R"(data["my.cnf"])"},
      {"quotes in a key", R"(data["a\"]b"])", R"(data["a\"]b"])"},
      {"an entry of a set", R"(metadata.finalizers[="a,b]"])",
       R"(metadata.finalizers[="a,b]"])"},
      {"a dotted key", R"(spec.volumeClaimTemplates[metadata.name="data"].spec)",
       R"(spec.volumeClaimTemplates[metadata.name="data"].spec)"},
      {"a bracket in a value", R"(a[name="x],y"].b)", R"(a[name="x],y"].b)"},
      {"nothing is the object itself", "", ""},
      {"a list alone", "[0]", "[0]"},
      {"an odd name of a key", R"(a["b=c"="d"])", R"(a["b=c"="d"])"},
      {"true as a key", "a[b=true]", "a[b=true]"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    const auto path = FieldPath::Parse(row.text);
    REQUIRE(path.ok());
    CHECK(path->ToString() == row.printed);
    const auto again = FieldPath::Parse(row.printed);
    REQUIRE(again.ok());
    CHECK(*again == *path);
  }
}

TEST_CASE("what is no path is refused with the place") {
  const std::string rows[] = {"a..b",   "a.",      ".",       "a[",           "a[]",
                              "a[b",    "a[b=]",   "a[b=c]",  "a[name=\"x\"", "a[=]",
                              "a[\"x]", "a[\"x\"", "a[b=1,]", "a[b=1,b=2]",   "a[0]b",
                              "a]",     "[=1,2]"};
  for (const std::string& text : rows) {
    CAPTURE(text);
    const auto path = FieldPath::Parse(text);
    if (text == "a]") {
      CHECK(path.ok());  // A key may hold anything but a dot and '['.
      continue;
    }
    REQUIRE_FALSE(path.ok());
    CHECK(path.error().message.find("at character") != std::string::npos);
  }
}

TEST_CASE("keys of managedFields") {
  struct Row {
    std::string text;
    std::string printed;
  };
  const Row rows[] = {
      {"f:spec", "spec"},
      {"f:my.cnf", R"(["my.cnf"])"},
      {R"(k:{"containerPort":80,"protocol":"TCP"})",
       R"([containerPort=80,protocol="TCP"])"},
      {R"(v:"x")", R"([="x"])"},
      {"i:3", "[3]"},
      {"f:", R"([""])"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto step = PathStep::ParseFieldsV1(row.text);
    REQUIRE(step.ok());
    CHECK(FieldPath({*step}).ToString() == row.printed);
  }
  for (const std::string bad :
       {"", "f", "x:y", "k:{}", "k:[1]", "k:{", "v:", "i:x", "i:-1", "."}) {
    CAPTURE(bad);
    CHECK_FALSE(PathStep::ParseFieldsV1(bad).ok());
  }
}

TEST_CASE("a field is found in an object, or the nearest ancestor") {
  const Json object = J(R"({
    "metadata": {"annotations": {"example.com/x": "1", "a~b": "2"}},
    "spec": {"template": {"spec": {"containers": [
        {"name": "init"}, {"name": "mysql", "image": "mysql:8"}]}},
      "set": ["a", "b"],
      "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": {}}]}})");
  struct Row {
    std::string what;
    std::string path;
    std::string pointer;
  };
  const Row rows[] = {
      {"by key", R"(spec.template.spec.containers[name="mysql"].image)",
       "/spec/template/spec/containers/1/image"},
      {"a misspelled field", R"(spec.template.spec.containers[name="mysql"].imag)",
       "/spec/template/spec/containers/1"},
      {"an entry that is not there", R"(spec.template.spec.containers[name="x"].image)",
       "/spec/template/spec/containers"},
      {"by index", "spec.template.spec.containers[1].image",
       "/spec/template/spec/containers/1/image"},
      {"an index too large", "spec.template.spec.containers[7].image",
       "/spec/template/spec/containers"},
      {"a key torn apart at its dots", ".metadata.annotations.example.com/x",
       "/metadata/annotations/example.com~1x"},
      {"escaped", R"(metadata.annotations["a~b"])", "/metadata/annotations/a~0b"},
      {"of a set", R"(spec.set[="b"])", "/spec/set/1"},
      {"by a dotted key", R"(spec.volumeClaimTemplates[metadata.name="data"].spec)",
       "/spec/volumeClaimTemplates/0/spec"},
      {"nothing of it", "status.phase", ""},
      {"below a scalar", R"(spec.template.spec.containers[name="mysql"].image.tag)",
       "/spec/template/spec/containers/1/image"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    const auto path = FieldPath::Parse(row.path);
    REQUIRE(path.ok());
    CHECK(path->PointerIn(object) == row.pointer);
  }
}

TEST_CASE("a path begins with its ancestors and with itself") {
  const auto path = *FieldPath::Parse(R"(spec.ports[port=80].nodePort)");
  CHECK(path.StartsWith(*FieldPath::Parse("spec.ports")));
  CHECK(path.StartsWith(path));
  CHECK(path.StartsWith(FieldPath()));
  CHECK_FALSE(path.StartsWith(*FieldPath::Parse("spec.ports[port=81]")));
  CHECK_FALSE(FieldPath().StartsWith(path));
}

}  // namespace
}  // namespace holdfast
