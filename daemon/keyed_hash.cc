#include "daemon/keyed_hash.h"

#include <filesystem>
#include <string>
#include <system_error>

#include "apply/digest.h"
#include "daemon/given_file.h"

namespace holdfast {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kShortestKey = 16;
constexpr std::size_t kLongestKey = 4096;
constexpr const char* kHowToMake =
    "; make one with: (umask 077; openssl rand -base64 32 > FILE)";

KeyedHash HashWith(std::string key) {
  return [key = std::move(key)](std::string_view value) {
    return HmacSha256Hex(key, value).substr(0, 16);
  };
}

std::string Called(const std::string& file) { return "--stable-hash " + file; }

Error Unfit(const std::string& file, const std::string& why) {
  return Invalid(Called(file) + ": " + why + kHowToMake);
}

std::string WarningAbout(const std::string& file) {
  std::error_code failed;
  const fs::perms permissions = fs::status(file, failed).permissions();
  if (failed || (permissions & fs::perms::others_read) == fs::perms::none) return "";
  return "everybody on this machine can read " + file +
         ", and with it try out secret values against an output; chmod 600 " + file;
}

}  // namespace

KeyedHash MakeKeyedHash() {
  auto key = RandomKey();
  if (!key.ok()) return [](std::string_view) { return std::string("unknown"); };
  return HashWith(std::move(key).value());
}

Result<StableHash> StableKeyedHash(const std::string& file) {
  auto read = ReadGivenFile(file, Called(file), kLongestKey);
  if (!read.ok()) return Error{read.error().code, read.error().message + kHowToMake};
  std::string key = std::move(read).value();
  if (key.ends_with('\n')) key.pop_back();
  if (key.ends_with('\r')) key.pop_back();
  if (key.empty()) return Unfit(file, "is empty");
  if (key.size() < kShortestKey) {
    return Unfit(file, "has " + std::to_string(key.size()) +
                           " bytes; a key that nobody can guess has 16 or more");
  }
  if (key.find_first_not_of(key.front()) == std::string::npos) {
    return Unfit(file, "repeats one byte, so everybody can guess it");
  }
  return StableHash{HashWith(std::move(key)), WarningAbout(file)};
}

}  // namespace holdfast
