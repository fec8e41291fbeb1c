#include "daemon/keyed_hash.h"

#include <string>

#include "apply/digest.h"

namespace holdfast {

KeyedHash MakeKeyedHash() {
  const auto key = RandomKey();
  if (!key.ok()) return [](std::string_view) { return std::string("unknown"); };
  return [secret = *key](std::string_view value) {
    return HmacSha256Hex(secret, value).substr(0, 16);
  };
}

}  // namespace holdfast
