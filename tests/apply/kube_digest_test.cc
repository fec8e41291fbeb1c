#include <doctest/doctest.h>

#include "apply/base64.h"
#include "apply/digest.h"

namespace holdfast {
namespace {

TEST_CASE("base64 follows the vectors of RFC 4648") {
  struct Case {
    std::string bytes;
    std::string text;
  };
  const Case cases[] = {{"", ""},
                        {"f", "Zg=="},
                        {"fo", "Zm8="},
                        {"foo", "Zm9v"},
                        {"foob", "Zm9vYg=="},
                        {"fooba", "Zm9vYmE="},
                        {"foobar", "Zm9vYmFy"},
                        {"\xfb\xff", "+/8="}};
  for (const Case& row : cases) {
    CAPTURE(row.bytes);
    CHECK(Base64(row.bytes) == row.text);
    CHECK(DecodeBase64(row.text).value() == row.bytes);
  }
  CHECK(Base64Url("\xfb\xff") == "-_8");
  CHECK(DecodeBase64("Zm9v\nYmFy\n").value() == "foobar");
}

TEST_CASE("what is no base64 is an error and not a shorter text") {
  for (const std::string text : {"Zm9", "Zg==Zg==", "Zm9v!", "Z===", "Zg=", "-_8="}) {
    CAPTURE(text);
    CHECK_FALSE(DecodeBase64(text).ok());
  }
}

TEST_CASE("digests follow the published vectors") {
  CHECK(Sha256Hex("abc") ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(Sha256("").size() == 32);
  // RFC 4231, test case 2.
  CHECK(HmacSha256Hex("Jefe", "what do ya want for nothing?") ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  CHECK(RandomKey().value() != RandomKey().value());
}

}  // namespace
}  // namespace holdfast
