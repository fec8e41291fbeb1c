// ChildProcess: a program that others keep well, run to its end.

#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "diff/result.h"

namespace holdfast {

struct ProcessCall {
  std::vector<std::string>
      arguments;      ///< The first is the program, found in /usr/bin and /bin.
  std::string input;  ///< On its standard input.
  /// Bytes that it reads as files, by the names /dev/fd/3, /dev/fd/4, ...; nothing is
  /// written to a disk.
  std::vector<std::string> files;
  std::chrono::milliseconds deadline{10'000};
};

struct ProcessEnd {
  int status = 0;  ///< Exit status; -1 if a signal ended it.
  std::string out;
  std::string err;
};

/// Runs it with an environment of its own (PATH, LANG=C and no home), so that nothing of
/// ours and no configuration of a person takes part. kNotFound if there is no such
/// program, kTimeout if it did not end in time and was killed.
Result<ProcessEnd> RunProcess(const ProcessCall& call);

}  // namespace holdfast
