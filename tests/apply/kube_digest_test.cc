#include <doctest/doctest.h>

#include "apply/digest.h"

namespace holdfast {
namespace {

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
