// OpenApiCache: the OpenAPI documents of API servers, in a folder, by their hash.
//
// A document is megabytes and changes with a new version of the server or a new
// CustomResourceDefinition; its hash stands in the server's index (KEP-2896), so
// one small request tells that all of them are still good.

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "diff/json.h"

namespace holdfast {

class OpenApiCache {
 public:
  /// Keeps nothing if `folder` is empty; makes the folder with the first document.
  explicit OpenApiCache(std::string folder) : folder_(std::move(folder)) {}

  /// Nothing if it is not there or cannot be read: the server has it.
  std::optional<Json> Load(std::string_view hash) const;

  /// Whole or not at all, also if two write at once. A folder that cannot be
  /// written to costs a request at the next start and nothing else, so it is no
  /// error: a Pod may have no place to write.
  void Store(std::string_view hash, const Json& document) const;

 private:
  /// Empty where nothing is kept: no folder, or a hash that is no plain name.
  std::string FileOf(std::string_view hash) const;

  std::string folder_;
};

}  // namespace holdfast
