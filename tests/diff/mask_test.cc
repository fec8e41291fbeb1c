#include "diff/mask.h"

#include <doctest/doctest.h>

#include "tests/diff/fixture.h"

namespace holdfast {
namespace {

std::string Hash(std::string_view text) { return "#" + std::string(text); }

const ObjectRef kSecret{"", "Secret", "default", "s"};

TEST_CASE("changes of a Secret are masked by what they encode") {
  struct Row {
    std::string what;
    std::string path;
    std::string value;
    std::string masked;
  };
  const Row rows[] = {
      {"data", "data.a", R"("cm9vdA==")", R"({"hash":"#root"})"},
      {"stringData", "stringData.a", R"("root")", R"({"hash":"#root"})"},
      {"a quoted key", R"(data["my.cnf"])", R"("cm9vdA==")", R"({"hash":"#root"})"},
      {"no base64", "data.a", R"("?")", R"({"hash":"#?"})"},
      {"a number", "data.a", "7", R"({"hash":"#7"})"},
      {"all of data", "data", R"({"a":"cm9vdA==","hash":"eA=="})",
       R"({"a":{"hash":"#root"},"hash":{"hash":"#x"}})"},
      {"data that is no map", "data", R"(["cm9vdA=="])", R"({"hash":"#[\"cm9vdA==\"]"})"},
      {"an empty value", "data.a", R"("")", R"({"hash":"#"})"},
      {"masked already", "data.a", R"({"hash":"#root"})", R"({"hash":"#root"})"},
      {"last applied",
       R"(metadata.annotations["kubectl.kubernetes.io/last-applied-configuration"])",
       R"("{}")", R"({"hash":"#{}"})"},
      {"annotations as a whole", "metadata.annotations",
       R"({"a":"b","kubectl.kubernetes.io/last-applied-configuration":"x"})",
       R"({"a":"b","kubectl.kubernetes.io/last-applied-configuration":{"hash":"#x"}})"},
      {"a misspelt field", "stringdata.a", R"("root")", R"({"hash":"#root"})"},
      {"a misspelt field that is no map", "password", R"("root")", R"({"hash":"#root"})"},
      {"a label", "metadata.labels.a", R"("b")", R"("b")"},
      {"the type", "type", R"("Opaque")", R"("Opaque")"},
      {"a path that cannot be read", "data..", R"("x")", R"({"hash":"#x"})"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    std::vector<FieldChange> fields = {{row.path, J(row.value), std::nullopt, ""}};
    MaskChanges(kSecret, fields, Hash);
    CHECK(DumpJson(*fields[0].before) == row.masked);
    CHECK_FALSE(fields[0].after.has_value());
    // {"hash": ...} in place of all of data reads as a map with a key "hash".
    const bool ambiguous = row.what.ends_with("that is no map");
    CHECK(IsUnmasked(kSecret, row.path, *fields[0].before) == ambiguous);
    CHECK(IsUnmasked(kSecret, row.path, J(row.value)) == (row.value != row.masked));

    std::vector<FieldChange> other = {{row.path, J(row.value), std::nullopt, ""}};
    MaskChanges({"", "ConfigMap", "", "s"}, other, Hash);
    CHECK(*other[0].before == J(row.value));
  }
}

TEST_CASE("an object is masked as a whole") {
  const Object secret = O(R"({"apiVersion": "v1", "kind": "Secret",
      "metadata": {"name": "s", "labels": {"a": "b"}, "annotations": {
        "kubectl.kubernetes.io/last-applied-configuration": "{\"data\": {}}"}},
      "data": {"a": "cm9vdA=="}, "stringData": {"b": "toor"}, "type": "Opaque"})");
  const std::string text =
      DumpJson(MaskObject(secret, [](std::string_view) { return "h"; }));
  CHECK(
      text ==
      R"({"apiVersion":"v1","data":{"a":{"hash":"h"}},"kind":"Secret","metadata":)"
      R"({"annotations":{"kubectl.kubernetes.io/last-applied-configuration":{"hash":"h"}},)"
      R"("labels":{"a":"b"},"name":"s"},"stringData":{"b":{"hash":"h"}},"type":"Opaque"})");
}

const SecretFields kCustom = {
    {"example.org", "Vault", FieldPath::Parse("spec.target.template").value()},
    {"example.org", "Vault", FieldPath::Parse("spec.users.password").value()}};

TEST_CASE("the fields that are named are masked in a custom kind") {
  const std::string hidden = R"({"hash": "h"})";
  struct Row {
    std::string what;
    std::string path;
    std::string value;
    std::string masked;
  };
  const Row rows[] = {
      {"the field", "spec.target.template", R"("x")", hidden},
      {"below it", "spec.target.template.data.a", R"("x")", hidden},
      {"all in it", "spec.target.template", R"({"a": ["x", 1]})",
       R"({"a": [)" + hidden + ", " + hidden + "]}"},
      {"above it", "spec.target", R"({"name": "n", "template": {"a": "x"}})",
       R"({"name": "n", "template": {"a": )" + hidden + "}}"},
      {"in each entry", "spec.users", R"([{"name": "n", "password": "x"}])",
       R"([{"name": "n", "password": )" + hidden + "}]"},
      {"in one entry", R"(spec.users[name="n"].password)", R"("x")", hidden},
      {"one entry", R"(spec.users[name="n"])", R"({"name": "n", "password": "x"})",
       R"({"name": "n", "password": )" + hidden + "}"},
      {"beside it", "spec.target.name", R"("x")", R"("x")"},
      {"with a name that begins so", "spec.target.templates", R"("x")", R"("x")"},
      {"the whole manifest, as kubectl noted it down",
       R"(metadata.annotations["kubectl.kubernetes.io/last-applied-configuration"])",
       R"("x")", hidden},
  };
  const auto hash = [](std::string_view) { return "h"; };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    std::vector<FieldChange> fields = {{row.path, J(row.value), std::nullopt, ""}};
    MaskChanges({"example.org", "Vault", "ns", "v"}, fields, hash, kCustom);
    CHECK(*fields[0].before == J(row.masked));
    fields = {{row.path, std::nullopt, J(row.value), ""}};
    MaskChanges({"example.com", "Vault", "ns", "v"}, fields, hash, kCustom);
    CHECK(*fields[0].after == J(row.value));
  }
}

TEST_CASE("the values of fields that are named are left in no text") {
  const std::vector<Object> vaults = {
      O(R"({"apiVersion": "example.org/v1", "kind": "Vault", "metadata": {"name": "v"},
            "spec": {"target": {"name": "public", "template": {"a": "planted-1"}},
                     "users": [{"name": "public", "password": "planted-2"}]}})")};
  CHECK(MaskText("planted-1, planted-2 and public", vaults, kCustom) ==
        "[secret], [secret] and public");
  CHECK(MaskText("planted-1", vaults) == "planted-1");
}

TEST_CASE("no value of a Secret is left in a text") {
  const std::vector<Object> secrets = {
      O(R"({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "data": {
          "password": "czNjciZ0PHgiLz8+", "short": "cm9vdA==", "one": "eA==", "empty": ""},
          "stringData": {"pem": "-----BEGIN-----\n  QUJDREVGRw==\nab\n", "more": "hunter2x"}})"),
      O(R"({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"},
          "data": {"public": "visible"}})")};
  // password is s3cr&t<x"/?>
  struct Row {
    std::string what;
    std::string text;
    std::string masked;
  };
  const Row rows[] = {
      {"nothing secret", "the claim is visible", "the claim is visible"},
      {"plain", R"(got s3cr&t<x"/?>!)", "got [secret]!"},
      {"base64", "data: czNjciZ0PHgiLz8+, next", "data: [secret], next"},
      {"base64 for an address", "?d=czNjciZ0PHgiLz8-&y", "?d=[secret]&y"},
      {"escaped as in JSON", R"("s3cr&t<x\"/?>")", R"("[secret]")"},
      {"as Go escapes it", R"("s3cr\u0026t\u003cx\"/?\u003e")", R"("[secret]")"},
      {"percent-encoded", "p=s3cr%26t%3Cx%22%2F%3F%3E;", "p=[secret];"},
      {"percent-encoded in small letters", "p=s3cr%26t%3cx%22%2f%3f%3e;", "p=[secret];"},
      {"twice", "hunter2xhunter2x", "[secret]"},
      {"within a longer word", "myhunter2xy", "my[secret]y"},
      {"a short one alone", "user root denied", "user [secret] denied"},
      {"a short one in quotes", "user 'root'@'%'", "user '[secret]'@'%'"},
      {"a short one within words", "rooted in uproot", "rooted in uproot"},
      {"one letter alone", "x is wrong, exit", "[secret] is wrong, exit"},
      {"a line of a long one", "line QUJDREVGRw== is bad", "line [secret] is bad"},
      {"a short line of a long one is a word like others", "ab", "ab"},
      {"the whole of a long one", "-----BEGIN-----\n  QUJDREVGRw==\nab\n.", "[secret]."},
      {"nothing", "", ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    CHECK(MaskText(row.text, secrets) == row.masked);
  }
  CHECK(MaskText("root", {}) == "root");
}

TEST_CASE("of secrets that begin alike each is found") {
  // The last one is ff fe fd 80 81 82, which is no UTF-8.
  TextMask mask({O(R"({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"},
      "stringData": {"a": "same-same", "b": "same-same-but", "c": "same", "d": "ämter-öl"},
      "data": {"e": "//79gIGC"}})")});
  struct Row {
    std::string text;
    std::string masked;
  };
  const Row rows[] = {
      {"same-same-", "[secret]-"},
      {"same-same-bu", "[secret]-bu"},
      {"same-same-but not", "[secret] not"},
      {"same-so", "[secret]-so"},
      {"sameness same", "sameness [secret]"},
      {"xsame-samex", "x[secret]x"},
      {"ein ämter-öl", "ein [secret]"},
      {"bytes \xff\xfe\xfd\x80\x81\x82.", "bytes [secret]."},
      {"//79gIGC", "[secret]"},
      {"", ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CHECK(mask.Apply(row.text) == row.masked);
  }
  CHECK(TextMask().Apply("same-same") == "same-same");

  CHECK(mask.Apply("a later one") == "a later one");
  mask.Add(O(R"({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "t"},
      "stringData": {"a": "later"}})"));
  CHECK(mask.Apply("a later one, and same") == "a [secret] one, and [secret]");
}

}  // namespace
}  // namespace holdfast
