// KeyedHash: what stands for a secret value in the output of one run.

#pragma once

#include <string>

#include "diff/mask.h"
#include "diff/result.h"

namespace holdfast {

/// HMAC-SHA-256 with a key that is drawn anew and forgotten with the process, so
/// that the outputs of two runs cannot be compared by an outsider; sixteen digits.
/// If the system gives no random key, every value gets the same hash: nothing is
/// shown rather than something guessable.
KeyedHash MakeKeyedHash();

struct StableHash {
  KeyedHash hash;
  std::string warning;  ///< What people should mend about the file; empty if nothing.
};

/// The same with the key in `file`, for pipelines that compare the outputs of two runs:
/// whoever has the key and an output can try values out, so the key is a secret too.
/// The file's bytes are the key, one line break at their end apart. kInvalid for a file
/// that is empty, shorter than 16 bytes, longer than 4 KiB or of one byte only, and
/// kNotFound for one that cannot be read; the message says how to make one.
Result<StableHash> StableKeyedHash(const std::string& file);

}  // namespace holdfast
