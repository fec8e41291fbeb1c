// KeyedHash: what stands for a secret value in the output of one run.

#pragma once

#include "diff/mask.h"

namespace holdfast {

/// HMAC-SHA-256 with a key that is drawn anew and forgotten with the process, so
/// that the outputs of two runs cannot be compared by an outsider; sixteen digits.
/// If the system gives no random key, every value gets the same hash: nothing is
/// shown rather than something guessable.
KeyedHash MakeKeyedHash();

}  // namespace holdfast
