#include "daemon/given_file.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace holdfast {
namespace {

constexpr std::size_t kChunk = 1U << 20U;

std::string Size(std::size_t bytes) {
  return bytes < kChunk ? std::to_string(bytes) + " bytes"
                        : std::to_string(bytes / kChunk) + " MiB";
}

}  // namespace

Result<std::string> ReadGivenFile(const std::string& path, const std::string& called,
                                  std::size_t most) {
  // A stream of a folder opens, and throws when it is read.
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    return Invalid(called + ": is a folder; name a file");
  }
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) return NotFound(called + ": cannot be read (" + std::strerror(errno) + ")");
  return ReadGivenStream(file, called, most);
}

Result<std::string> ReadGivenStream(std::istream& stream, const std::string& called,
                                    std::size_t most) {
  std::string bytes;
  std::string chunk(std::min(kChunk, most + 1), '\0');
  while (stream && bytes.size() <= most) {
    stream.read(chunk.data(), static_cast<std::streamsize>(chunk.size()));
    bytes.append(chunk, 0, static_cast<std::size_t>(stream.gcount()));
  }
  if (stream.bad()) return NotFound(called + ": cannot be read to its end");
  if (bytes.size() > most) return Invalid(called + ": is larger than " + Size(most));
  return bytes;
}

}  // namespace holdfast
