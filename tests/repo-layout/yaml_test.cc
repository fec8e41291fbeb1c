// What YAML is read, what is refused, and where it says the mistake is.

#include "repo-layout/yaml.h"

#include <doctest/doctest.h>

#include <string>

namespace holdfast {
namespace {

/// The documents as JSON, one a line; for errors "line:column message".
std::string Read(const std::string& yaml) {
  const YamlFile file = ParseYaml(yaml);
  std::string text;
  for (const YamlDocument& document : file.documents)
    text += DumpJson(document.json) + "\n";
  for (const TextError& error : file.errors) {
    text += std::to_string(error.line) + ":" + std::to_string(error.column) + " " +
            error.message + "\n";
  }
  return text;
}

struct Row {
  std::string name;
  std::string yaml;
  std::string want;
};

TEST_CASE("YAML that is read") {
  const Row rows[] = {
      {"nothing", "", ""},
      {"comments only", "# a\n\n# b\n", ""},
      {"two documents", "a: 1\n---\nb: 2\n", "{\"a\":1}\n{\"b\":2}\n"},
      {"empty documents between", "---\n---\na: 1\n---\n# nothing\n---\n", "{\"a\":1}\n"},
      {"a comment behind the separator", "---   # first\na: 1\n", "{\"a\":1}\n"},
      {"a document on the separator's line", "--- {a: 1}\n", "{\"a\":1}\n"},
      {"a document end", "a: 1\n...\n---\nb: 2\n", "{\"a\":1}\n{\"b\":2}\n"},
      {"a version directive in front", "# x\n%YAML 1.1\n---\na: 1\n", "{\"a\":1}\n"},
      {"a byte order mark",
       "\xEF\xBB\xBF"
       "a: 1\n",
       "{\"a\":1}\n"},
      {"UTF-16 with a byte order mark",
       std::string("\xFF\xFE"
                   "a\0:\0 \0001\0\n\0",
                   12),
       "{\"a\":1}\n"},
      {"CR LF", "a: 1\r\nb: |\r\n  x\r\n", "{\"a\":1,\"b\":\"x\\n\"}\n"},
      {"a tab behind the colon", "a:\t1\n", "{\"a\":1}\n"},
      {"a block scalar that ends the file", "a: |\n  x\n", "{\"a\":\"x\\n\"}\n"},
      {"no line break at the end: one is put there, as kubectl does", "a: |\n  x",
       "{\"a\":\"x\\n\"}\n"},
      {"a folded one without a line break at the end", "a: >\n  x\n  y",
       "{\"a\":\"x y\\n\"}\n"},
      {"a stripped one without a line break at the end", "a: |-\n  x", "{\"a\":\"x\"}\n"},
      {"a stripped one and blanks at the end", "a: >-\n  x\n  ", "{\"a\":\"x\"}\n"},
      {"a kept one without a line break at the end", "a: |+\n  x", "{\"a\":\"x\\n\"}\n"},
      {"a kept one at the end", "a: |+\n  x\n\n", "{\"a\":\"x\\n\\n\"}\n"},
      {"a block scalar that keeps its breaks", "a: |+\n  x\n\n---\nb: 1\n",
       "{\"a\":\"x\\n\\n\"}\n{\"b\":1}\n"},
      {"nothing in a block scalar", "a: |\n", "{\"a\":\"\"}\n"},
      {"an explicit indentation", "a: |1\n  x\n", "{\"a\":\" x\\n\"}\n"},
      {"separators inside of a block scalar", "a: |\n  ---\n  %x\n",
       "{\"a\":\"---\\n%x\\n\"}\n"},
      {"JSON with a comment", "# a dump\n{\n  \"a\": [1, \"x\"],\n  \"b\": null\n}\n",
       "{\"a\":[1,\"x\"],\"b\":null}\n"},
      {"a key without a value", "a:\nb: 1\n", "{\"a\":null,\"b\":1}\n"},
      {"a null in braces", "a: {b: null, c: ~}\n", "{\"a\":{\"b\":null,\"c\":null}}\n"},
      {"a null in brackets", "a: [null, ~, &x Null]\n", "{\"a\":[null,null,null]}\n"},
      {"a comma at the end", "a: [1, 2,]\nb: {c: 1,}\n",
       "{\"a\":[1,2],\"b\":{\"c\":1}}\n"},
      {"a dash without a value", "a:\n-\n- 1\n", "{\"a\":[null,1]}\n"},
      {"a question mark in front of a key", "? a\n: 1\n? b\n:\n  c: 2\n",
       "{\"a\":1,\"b\":{\"c\":2}}\n"},
      {"a value on the next line", "a:\n  1\nb:\n  {c: 1}\nd:\n [2]\n",
       "{\"a\":1,\"b\":{\"c\":1},\"d\":[2]}\n"},
      {"an alias", "a: &x [1]\nb: *x\n", "{\"a\":[1],\"b\":[1]}\n"},
      {"an alias as a key", "a: &x k\nb: {*x : 1}\n", "{\"a\":\"k\",\"b\":{\"k\":1}}\n"},
      {"an anchor that is set anew", "a: &x 1\nb: *x\nc: &x 2\nd: *x\n",
       "{\"a\":1,\"b\":1,\"c\":2,\"d\":2}\n"},
      {"a merge", "a: &x {p: 1, q: 2}\nb:\n  <<: *x\n  q: 3\n",
       "{\"a\":{\"p\":1,\"q\":2},\"b\":{\"p\":1,\"q\":3}}\n"},
      {"a merge of several, the first wins",
       "- &x {p: 1}\n- &y {p: 2, q: 2}\n- <<: [*x, *y]\n",
       "[{\"p\":1},{\"p\":2,\"q\":2},{\"p\":1,\"q\":2}]\n"},
      {"a quoted << is a key", "\"<<\": 1\n", "{\"<<\":1}\n"},
      {"an anchor behind the key of a map", "a: &x\n  b:\n    c: 1\nd: *x\n",
       "{\"a\":{\"b\":{\"c\":1}},\"d\":{\"b\":{\"c\":1}}}\n"},
      {"an anchor in front of a first key", "- &x a:\n    b: 1\n", "[{\"a\":{\"b\":1}}]\n"},
      {"a tag behind the key of a map", "long: !!map\n  b:\n    c: 1\n",
       "{\"long\":{\"b\":{\"c\":1}}}\n"},
      {"a list at its parent's column", "a:\n- 1\n- 2\n", "{\"a\":[1,2]}\n"},
      {"letters of any script", "a: \xC3\xA4\xE6\x97\xA5\xF0\x9F\x98\x80\n",
       "{\"a\":\"\xC3\xA4\xE6\x97\xA5\xF0\x9F\x98\x80\"}\n"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    CHECK(Read(row.yaml) == row.want);
  }
}

TEST_CASE("YAML that is refused, with line and column") {
  const std::string deep_flow = std::string(101, '[') + std::string(101, ']') + "\n";
  const Row rows[] = {
      // What yaml-cpp itself would accept in silence.
      {"a key twice", "a: 1\nb: 2\na: 3\n", "3:1 the key \"a\" stands twice"},
      {"a key twice names the first line", "a: 1\nb: 2\na: 3\n", "first on line 1"},
      {"a key twice, deep", "s:\n  p:\n    x: 1\n    x: 2\n", "4:5 the key \"x\""},
      {"a key twice in braces", "{a: 1, a: 2}\n", "1:8 the key \"a\""},
      {"a key twice in two spellings", "true: 1\non: 2\n", "2:1 the key \"true\""},
      {"two merges in one map", "a: &x {p: 1}\nb:\n  <<: *x\n  <<: *x\n",
       "4:3 the key \"<<\""},
      {"a line without a colon", "a: 1\nb\n", "2:1"},
      {"a line without a colon, last of an inner map", "s:\n  a: 1\n  b\nt: 1\n",
       "or a line above without a colon"},
      {"a key alone in braces", "a: {app mysql}\n",
       "1:5 the key \"app mysql\" has no value"},
      {"a key with a colon alone in braces", "a: {c: 1, b: }\n",
       "1:11 the key \"b\" has no value"},
      {"a blank that is missing behind a colon, in braces", "a: {cpu:250m, b: 1}\n",
       "1:5 the key \"cpu:250m\" has no value"},
      {"two commas", "a: [1,, 2]\n", "1:7 nothing stands in front of this comma"},
      {"a comma that begins a list", "a: [ , 2]\n", "1:6 nothing stands in front"},
      {"a tag without a value", "a: [!x, b]\n", "1:5 a tag stands inside of brackets"},
      {"a map below its key, not indented", "a:\n{b: 1}\n",
       "2:1 the value of \"a\" stands below its key and is not indented"},
      {"a list in brackets below its key", "s:\n  a:\n  [b]\n", "3:3 the value of \"a\""},
      {"a text below its key", "a:\n\"x\"\nb: 1\n", "2:1 the value of \"a\""},
      {"an alias below its key", "a: &x 1\nb:\n*x\n", "3:1 the value of \"b\""},
      {"a separator that goes on at once", "a: 1\n---b: 2\n",
       "2:1 a line begins with \"---\" and goes on"},
      {"four dashes", "a: 1\n----\nb: 2\n", "2:1 a line begins with \"---\""},
      {"a double quote that is never closed", "a: 1\nb: \"x\nc: 2\n",
       "a quote that is opened on line 2 or below is never closed"},
      {"a single quote that is never closed", "a: 'x\nb: 2\n", "is never closed"},
      {"a quote that is open at a separator", "a: \"x\n---\nb: 1\n", "is never closed"},
      {"an open quote without a last line break", "a: \"x", "is never closed"},
      {"a percent sign in the middle", "a: 1\n%b: 2\n", "2:1 a line begins with \"%\""},
      {"a tag directive", "%TAG ! x:\n---\na: 1\n", "1:1 a line begins with \"%\""},
      {"a directive between documents", "a: 1\n---\n%YAML 1.1\n---\nb: 1\n", "3:1"},
      {"a directive without a document", "%YAML 1.1\na: 1\n", "1:1 a %YAML directive"},
      {"a first line that is indented more", "  a: 1\nb: 2\n", "2:1"},
      {"text behind a document end", "a: 1\n...\nb: 2\n", "3:1"},
      {"broken UTF-8", "a: 1\nb: \xC3(\n", "2:4 holds bytes that are not UTF-8"},
      {"an overlong form", "a: \xC0\xAF\n", "1:4 holds bytes that are not UTF-8"},
      {"a surrogate", "a: \xED\xA0\x80\n", "1:4 holds bytes that are not UTF-8"},
      {"a NUL byte", std::string("a: \0\n", 5), "1:4 holds a NUL byte"},
      {"a control character", "a: \x07\n", "1:4 holds the control character U+0007"},
      {"DEL", "a: \x7F\n", "1:4 holds the control character U+007F"},
      {"NEL", "a: x\xC2\x85y\n", "1:5 holds the line break U+0085"},
      {"a line separator", "a: x\xE2\x80\xA8y\n", "1:5 holds the line break U+2028"},
      {"a paragraph separator", "a: x\xE2\x80\xA9y\n", "1:5 holds the line break U+2029"},
      {"a carriage return alone", "a: 1\rb: 2\n", "1:5 holds a carriage return"},
      {"two carriage returns", "a: 1\r\r\nb: 2\r\n", "1:5 holds a carriage return"},
      {"a byte order mark in the middle",
       "a: 1\n\xEF\xBB\xBF"
       "b: 2\n",
       "2:1 holds a byte order"},
      {"broken UTF-16",
       std::string("\xFF\xFE"
                   "a",
                   3),
       "1:1 is broken UTF-16"},
      {"an alias of what is still open", "a: &x [*x]\n", "1:8 an alias stands inside"},
      // What yaml-cpp refuses too, in words that help.
      {"an alias of nothing", "a: *x\n", "1:4"},
      {"a tab that indents", "a:\n\tb: 1\n", "a tab stands where YAML counts blanks"},
      {"two colons", "a: b: c\n", "1:"},
      {"a character that YAML keeps", "a: @x\n", "1:4"},
      {"a wrong indentation", "a:\n    b: 1\n  c: 2\n", "3:"},
      {"a list that is never closed", "a: [1, 2\nb: 3\n",
       "1:4 a bracket that is opened here"},
      {"a map that is never closed", "x: 1\na: {b: [1], c: 2\n",
       "2:4 a bracket that is opened"},
      {"a bracket at the end of the text", "kind: [",
       "1:7 a bracket that is opened here"},
      {"an escape that yaml-cpp gets wrong", "a: \"x\\Ny\"\n",
       "1:4 holds the escape \\N or \\_"},
      // What JSON cannot hold.
      {"a null key", "~: 1\n", "1:1 a key is null"},
      {"an empty key", ": 1\n", "1:1 a key is null"},
      {"a key that would be another text", "1.10: x\n",
       "1:1 the key 1.10 is a number and would become \"1.1\""},
      {"a key with an exponent", "1e6: x\n", "would become \"1e+06\""},
      {"a key of more than 63 bits", "18446744073709551615: x\n",
       "1:1 the key 18446744073709551615 is too large a number"},
      {"a list as a key", "? [a]\n: 1\n", "1:3 a key is a map or a list"},
      {"a map as a key", "{{a: 1}: 2}\n", "1:2 a key is a map or a list"},
      {"a merge of a text", "a:\n  <<: x\n", "\"<<\" takes a map"},
      {"a merge of a list of texts", "a:\n  <<: [x]\n", "\"<<\" takes a map"},
      {"too deep in brackets", deep_flow, "1:101 nested deeper than 100 levels"},
      // What a person did by mistake.
      {"a merge conflict", "a: 1\n<<<<<<< HEAD\nb: 2\n=======\nb: 3\n>>>>>>> x\n",
       "2:1 a merge conflict was committed unresolved"},
      {"a pointer of Git LFS",
       "version https://git-lfs.github.com/spec/v1\noid sha256:1\n",
       "1:1 is a pointer of Git LFS"},
      {"a second document is broken", "a: 1\n---\nb: [\n---\nc: 2\n---\nd: 1\nd: 2\n",
       "8:1 the key \"d\""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    const std::string got = Read(row.yaml);
    CAPTURE(got);
    CHECK(got.find(row.want) != std::string::npos);
    CHECK_FALSE(ParseYaml(row.yaml).errors.empty());
  }
}

TEST_CASE("every bad document of a file is reported, and the good ones are kept") {
  const YamlFile file = ParseYaml("a: 1\na: 2\n---\nb: 1\n---\nc: {\n");
  REQUIRE(file.errors.size() == 2);
  CHECK(file.errors[0].line == 2);
  CHECK(file.errors[1].line >= 6);
  REQUIRE(file.documents.size() == 1);
  CHECK(file.documents[0].number == 2);
  CHECK(file.documents[0].line == 4);
}

TEST_CASE("documents are counted as people count them") {
  const YamlFile file = ParseYaml("# head\n---\na: 1\n---\n\n# more\nb: 2\n");
  REQUIRE(file.documents.size() == 2);
  CHECK(file.documents[0].number == 1);
  CHECK(file.documents[0].line == 3);
  CHECK(file.documents[1].number == 2);
  CHECK(file.documents[1].line == 7);
}

TEST_CASE("fields know their lines") {
  const YamlFile file = ParseYaml(
      "# x\nkind: A\nspec:\n  a/b~c: 1\n  ports:\n  - port: 1\n  - name: x\n    port: "
      "2\n");
  REQUIRE(file.documents.size() == 1);
  const LineMap& lines = *file.documents.front().lines;
  struct Wanted {
    std::string pointer;
    int line;
  };
  const Wanted wanted[] = {{"", 2},
                           {"/kind", 2},
                           {"/spec", 3},
                           {"/spec/a~1b~0c", 4},
                           {"/spec/ports/0/port", 6},
                           {"/spec/ports/1", 7},
                           {"/spec/ports/1/port", 8},
                           {"/spec/ports/1/nothing", 7},
                           {"/nothing", 2}};
  for (const Wanted& one : wanted) {
    CAPTURE(one.pointer);
    CHECK(lines.LineOf(one.pointer) == one.line);
  }
}

TEST_CASE("members of a list of objects have lines of their own") {
  const YamlFile file =
      ParseYaml("kind: List\nitems:\n- kind: A\n- kind: B\n  spec:\n    x: 1\n");
  REQUIRE(file.documents.size() == 1);
  const auto& items = file.documents.front().item_lines;
  REQUIRE(items.size() == 2);
  CHECK(items[0]->LineOf("") == 3);
  CHECK(items[1]->LineOf("/spec/x") == 6);
}

TEST_CASE("no file costs more than its size allows") {
  std::string laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    laughs += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
    for (int k = 0; k < 9; ++k) laughs += ", " + before;
    laughs += "]\n";
  }
  std::string long_text = "a: &a " + std::string(100'000, 'x') + "\nb:\n";
  for (int i = 0; i < 10'000; ++i) long_text += "- *a\n";
  std::string merges = "a: &a {";
  for (int i = 0; i < 10'000; ++i) merges += "k" + std::to_string(i) + ": 1, ";
  merges += "z: 1}\nb:\n";
  for (int i = 0; i < 10'000; ++i) merges += "- <<: *a\n";
  std::string chain = "a0: &a0 [x]\n";
  for (int i = 1; i < 1000; ++i) {
    chain += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [*a" +
             std::to_string(i - 1) + "]\n";
  }
  const Row rows[] = {
      {"aliases of aliases", laughs, "unfold to more than is read"},
      {"a long text, again and again", long_text, "unfold to more than is read"},
      {"a large map, merged again and again", merges, "unfold to more than is read"},
      {"a chain of aliases", chain, "nested deeper than 100 levels"},
      {"100,000 brackets", std::string(100'000, '[') + std::string(100'000, ']'),
       "nested deeper"},
      {"100,000 dashes",
       [] {
         std::string text;
         for (int i = 0; i < 100'000; ++i) text += "- ";
         return text + "x\n";
       }(),
       "nested deeper"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    const std::string got = Read(row.yaml);
    CAPTURE(got.substr(0, 300));
    CHECK(got.size() < 1000);
    CHECK(got.find(row.want) != std::string::npos);
  }
  std::string many;
  for (int i = 0; i < 1000; ++i) many += "---\na: &a [x, x, x, x]\nb: [*a, *a, *a]\n";
  const YamlFile file = ParseYaml(many, {.alias_bytes = 10'000});
  CHECK(file.documents.size() < 20);
  CHECK(file.unfolded <= 10'000);
  CHECK(file.errors.size() + file.documents.size() == 1000);
  CHECK_FALSE(ParseYaml("a: [1, 2, 3]\n", {.nodes = 4}).errors.empty());
  CHECK(ParseYaml("a: [1, 2, 3]\n", {.nodes = 5}).errors.empty());
}

}  // namespace
}  // namespace holdfast
