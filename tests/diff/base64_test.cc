#include "diff/base64.h"

#include <doctest/doctest.h>

#include <string>

namespace holdfast {
namespace {

TEST_CASE("base64 there and back") {
  struct Row {
    std::string bytes;
    std::string text;
    std::string url;
  };
  const Row rows[] = {
      // The vectors of RFC 4648, 10.
      {"", "", ""},
      {"f", "Zg==", "Zg"},
      {"fo", "Zm8=", "Zm8"},
      {"foo", "Zm9v", "Zm9v"},
      {"foob", "Zm9vYg==", "Zm9vYg"},
      {"fooba", "Zm9vYmE=", "Zm9vYmE"},
      {"foobar", "Zm9vYmFy", "Zm9vYmFy"},
      {"\xfb\xff", "+/8=", "-_8"},
      {std::string("\0\xff\x10", 3), "AP8Q", "AP8Q"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CHECK(EncodeBase64(row.bytes) == row.text);
    CHECK(EncodeBase64Url(row.bytes) == row.url);
    CHECK(DecodeBase64(row.text).value() == row.bytes);
  }
  CHECK(DecodeBase64("Zm9v\nYmFy\r\n").value() == "foobar");
}

TEST_CASE(
    "what is no base64 is an error that does not quote it, and not a shorter text") {
  for (const std::string bad :
       {"Z", "Zg", "Zg=", "Zg===", "Z===", "Zm=v", "Zm9v YmFy", "Zm9v\tYmFy", "Zm-v",
        "-_8=", "====", "Zm9", "Zm9v!", "Zg==Zg==", "=", "Zm9v="}) {
    CAPTURE(bad);
    const auto bytes = DecodeBase64(bad);
    REQUIRE_FALSE(bytes.ok());
    CHECK(bytes.error().code == ErrorCode::kInvalid);
    CHECK(bytes.error().message.find(bad.substr(0, 2)) == std::string::npos);
  }
}

}  // namespace
}  // namespace holdfast
