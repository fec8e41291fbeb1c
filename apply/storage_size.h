// StorageSize: "20Gi" as a number of bytes, to compare sizes of claims and volumes.

#pragma once

#include <optional>
#include <string_view>

namespace holdfast {

/// Bytes of a quantity ("20Gi", "1.5G", "1e9"; apimachinery's resource.Quantity); empty if
/// it is none. long double holds every whole number of bytes that a volume can have exactly.
std::optional<long double> StorageBytes(std::string_view text);

}  // namespace holdfast
