// What the tests of diff/ write objects with.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "diff/change.h"
#include "diff/object.h"

namespace holdfast {

/// The value of a JSON text; ends the test if it is none.
Json J(std::string_view text);

/// The object of a JSON text; ends the test if it is none.
Object O(std::string_view text);

/// A file's bytes.
std::string ReadFile(const std::string& path);

/// The names of the files in a folder, sorted.
std::vector<std::string> FilesIn(const std::string& folder);

/// `spec.replicas: 1 -> 2`, one for each change: what a row expects.
std::vector<std::string> Told(const std::vector<FieldChange>& changes);

}  // namespace holdfast
