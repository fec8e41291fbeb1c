// Rows of the tests of Compare.

#pragma once

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "diff/compare.h"

namespace holdfast {

doctest::String toString(Answer answer);

struct CompareRow {
  std::string what;
  std::string desired;  ///< Members of the object beside its identity.
  std::string live;
  std::string ours;    ///< fieldsV1 of what holdfast applied.
  std::string theirs;  ///< fieldsV1 of another manager; may be empty.
  Answer answer;
  std::vector<std::string> fields;
};

/// Compares each row as an object of this kind, which the core schema knows.
void CheckRows(const std::string& api_version, const std::string& kind,
               const std::vector<CompareRow>& rows);

/// The same by another schema.
void CheckRows(const Schema& schema, const std::string& api_version,
               const std::string& kind, const std::vector<CompareRow>& rows);

}  // namespace holdfast
