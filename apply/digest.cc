#include "apply/digest.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <array>

namespace holdfast {
namespace {

using Hash = std::array<unsigned char, 32>;

std::string Bytes(const Hash& hash) {
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

std::string Hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15U];
  }
  return text;
}

}  // namespace

std::string Sha256(std::string_view bytes) {
  Hash hash{};
  EVP_Digest(bytes.data(), bytes.size(), hash.data(), nullptr, EVP_sha256(), nullptr);
  return Bytes(hash);
}

std::string Sha256Hex(std::string_view bytes) { return Hex(Sha256(bytes)); }

std::string HmacSha256Hex(std::string_view key, std::string_view text) {
  Hash hash{};
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), hash.data(),
       nullptr);
  return Hex(Bytes(hash));
}

Result<std::string> RandomKey() {
  Hash key{};
  if (RAND_bytes(key.data(), static_cast<int>(key.size())) != 1) {
    return Internal("the system gives no random bytes");
  }
  return Bytes(key);
}

}  // namespace holdfast
