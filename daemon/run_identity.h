// RunIdentity: who carries out a sync, told to other runs and to people.

#pragma once

#include <string>

namespace holdfast {

/// This process, and no other ever: "laptop pid 4711 started 8123456 boot 9f2c1d80 ns
/// 4026531836". The host's name comes first; what follows makes it certain, on Linux,
/// whether the process still runs.
std::string RunIdentity();

/// True only if the process of `identity` is certain to be over: it ran under the kernel
/// that we run under, since its last start, and in our process namespace, and is not there
/// any more. False for any other machine or container, and where it cannot be told.
bool HasEnded(const std::string& identity);

}  // namespace holdfast
