// Random: numbers that a seed repeats, on every machine.

#pragma once

#include "tests/property/random.h"

namespace holdfast::memory {

using property::Random;

}  // namespace holdfast::memory
