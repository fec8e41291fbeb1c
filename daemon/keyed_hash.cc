#include "daemon/keyed_hash.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

#include "apply/digest.h"

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

Error Unfit(const std::string& file, const std::string& why) {
  return Invalid("--stable-hash " + file + ": " + why + kHowToMake);
}

/// At most kLongestKey + 1 bytes: the file may be a device that never ends.
Result<std::string> ReadKey(const std::string& file) {
  std::error_code ignored;
  if (fs::is_directory(file, ignored))
    return Unfit(file, "is a folder, not a file with a key");
  errno = 0;
  std::ifstream stream(file, std::ios::binary);
  if (!stream) {
    return NotFound("--stable-hash " + file + ": cannot be read (" +
                    std::strerror(errno) + ")" + kHowToMake);
  }
  std::string key(kLongestKey + 1, '\0');
  stream.read(key.data(), static_cast<std::streamsize>(key.size()));
  key.resize(static_cast<std::size_t>(stream.gcount()));
  if (stream.bad())
    return NotFound("--stable-hash " + file + ": cannot be read to its end");
  return key;
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
  HOLDFAST_TRY_ASSIGN(std::string key, ReadKey(file));
  if (key.size() > kLongestKey)
    return Unfit(file, "is longer than 4096 bytes, so it is no key");
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
