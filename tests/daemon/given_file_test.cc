#include "daemon/given_file.h"

#include <doctest/doctest.h>

#include <sstream>

#include "tests/repo-layout/temporary_folder.h"

namespace holdfast {
namespace {

TEST_CASE("a file is read whole") {
  const TemporaryFolder folder;
  folder.Write("file", std::string("a\0b\n", 4));
  CHECK(ReadGivenFile(folder.At("file"), "--f x").value() == std::string("a\0b\n", 4));
}

TEST_CASE("what cannot be read is called as the person called it") {
  const TemporaryFolder folder;
  folder.Write("file", "12345");
  const auto why = [&](const std::string& path) {
    const auto read = ReadGivenFile(path, "--f x", 4);
    return read.ok() ? "" : read.error().message;
  };
  CHECK(why(folder.path()) == "--f x: is a folder; name a file");
  CHECK(why(folder.At("absent")) == "--f x: cannot be read (No such file or directory)");
  CHECK(why(folder.At("file")) == "--f x: is larger than 4 bytes");
  CHECK(why("/dev/zero") == "--f x: is larger than 4 bytes");
}

TEST_CASE("of a stream what is left of it is read") {
  std::istringstream stream("first second");
  std::string first;
  stream >> first;
  CHECK(ReadGivenStream(stream, "--f -").value() == " second");
}

}  // namespace
}  // namespace holdfast
