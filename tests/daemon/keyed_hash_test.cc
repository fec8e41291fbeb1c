#include "daemon/keyed_hash.h"

#include <doctest/doctest.h>

#include <filesystem>

#include "tests/repo-layout/temporary_folder.h"

namespace holdfast {
namespace {

const std::string kKey = "0123456789abcdef0123456789abcdef";

std::string HashOf(const std::string& file, const std::string& value) {
  const auto stable = StableKeyedHash(file);
  REQUIRE(stable.ok());
  return stable->hash(value);
}

TEST_CASE("a key of each run: equal within it, never between two") {
  const KeyedHash one = MakeKeyedHash();
  const KeyedHash other = MakeKeyedHash();
  CHECK(one("secret").size() == 16);
  CHECK(one("secret") == one("secret"));
  CHECK(one("secret") != one("secreT"));
  CHECK(one("secret") != other("secret"));
}

TEST_CASE("a key from a file: equal in every run with that file") {
  const TemporaryFolder folder;
  folder.Write("key", kKey);
  folder.Write("with-break", kKey + "\n");
  folder.Write("with-dos-break", kKey + "\r\n");
  folder.Write("other", kKey + "x");
  // HMAC-SHA-256 as openssl dgst -hmac has it, the first sixteen digits.
  CHECK(HashOf(folder.At("key"), "secret") == "0ad814968caefdec");
  CHECK(HashOf(folder.At("key"), "secret") == HashOf(folder.At("with-break"), "secret"));
  CHECK(HashOf(folder.At("key"), "secret") ==
        HashOf(folder.At("with-dos-break"), "secret"));
  CHECK(HashOf(folder.At("key"), "secret") != HashOf(folder.At("other"), "secret"));
}

TEST_CASE("a file that is no key is an error that says what to do") {
  const TemporaryFolder folder;
  folder.Write("empty", "");
  folder.Write("break", "\n");
  folder.Write("short", "fifteen-letters\n");
  folder.Write("long", std::string(5000, 'x') + "y");
  folder.Write("zeros", std::string(32, '\0'));
  struct Row {
    std::string file;
    std::string named;
  };
  const Row rows[] = {
      {"empty", "is empty"}, {"break", "is empty"},         {"short", "15 bytes"},
      {"long", "4096"},      {"zeros", "repeats one byte"}, {"absent", "cannot be read"},
      {".", "folder"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.file);
    const auto stable = StableKeyedHash(folder.At(row.file));
    REQUIRE_FALSE(stable.ok());
    const std::string& message = stable.error().message;
    CAPTURE(message);
    CHECK(message.find(row.named) != std::string::npos);
    CHECK(message.find(folder.At(row.file)) != std::string::npos);
    CHECK(message.find("openssl rand") != std::string::npos);
  }
  CHECK_FALSE(StableKeyedHash("/dev/zero").ok());
}

TEST_CASE("a key that everybody can read is used, with a warning") {
  namespace fs = std::filesystem;
  const TemporaryFolder folder;
  folder.Write("key", kKey);
  fs::permissions(folder.At("key"), fs::perms{0644});
  const auto open = StableKeyedHash(folder.At("key"));
  REQUIRE(open.ok());
  CHECK(open->warning.find("chmod 600") != std::string::npos);
  CHECK(open->warning.find(kKey) == std::string::npos);
  fs::permissions(folder.At("key"), fs::perms{0600});
  const auto closed = StableKeyedHash(folder.At("key"));
  REQUIRE(closed.ok());
  CHECK(closed->warning.empty());
}

}  // namespace
}  // namespace holdfast
