// GivenFile: the bytes of a file that a person named, on the command line or in a
// configuration.

#pragma once

#include <cstddef>
#include <istream>
#include <string>

#include "diff/result.h"

namespace holdfast {

inline constexpr std::size_t kMostBytesGiven = 1U << 30U;

/// The whole file, of at most `most` bytes: it may be a device that never ends. An error
/// begins with `called`, as the person would know the file: "--live objects.yaml".
Result<std::string> ReadGivenFile(const std::string& path, const std::string& called,
                                  std::size_t most = kMostBytesGiven);

/// The same of what is left of a stream.
Result<std::string> ReadGivenStream(std::istream& stream, const std::string& called,
                                    std::size_t most = kMostBytesGiven);

}  // namespace holdfast
