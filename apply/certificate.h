// Certificate: what a person wants to know about one.

#pragma once

#include <string>
#include <string_view>

#include "diff/result.h"

namespace holdfast {

/// "admin, valid until 2027-01-31" of the first certificate in `pem`: its common
/// name and its last day. kInvalid if there is none in it.
Result<std::string> DescribeCertificate(std::string_view pem);

}  // namespace holdfast
