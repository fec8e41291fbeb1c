// MemoryTree: a Tree that a test makes up.

#pragma once

#include <map>
#include <string>
#include <vector>

#include "repo-layout/tree.h"

namespace holdfast {

class MemoryTree : public Tree {
 public:
  std::map<std::string, std::string> files;
  std::vector<TreeEntry> others;
  std::vector<std::string> broken;  ///< Files that List() names and Read() cannot read.

  Result<std::vector<TreeEntry>> List() const override {
    std::vector<TreeEntry> entries = others;
    for (const auto& [path, text] : files) entries.push_back({.path = path, .why = ""});
    for (const std::string& path : broken) entries.push_back({.path = path, .why = ""});
    return entries;
  }
  Result<std::string> Read(const std::string& path) const override {
    const auto found = files.find(path);
    if (found == files.end()) return Error{ErrorCode::kDenied, "cannot be read"};
    return found->second;
  }
};

}  // namespace holdfast
