// Repository: a manifest repository in memory, with a past, and how people edit it.

#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "daemon/source.h"
#include "diff/json.h"

namespace holdfast::histories {

/// The files of one revision.
struct Files {
  std::map<std::string, std::vector<Json>> documents;  ///< By path.
  std::map<std::string, std::string> raw;  ///< Files that are no documents any more.

  bool operator==(const Files&) const = default;
};

struct Commit {
  std::string id;
  int parent = -1;  ///< Index; -1: none.
  long long time = 0;
  Files files;
};

/// Where a document stands.
struct Place {
  std::string path;
  std::size_t index = 0;
};

class Repository {
 public:
  /// Names of the cluster's scope begin with `prefix`, and namespaces are `prefix`-a and
  /// `prefix`-b.
  Repository(std::string prefix, int base);

  const Files& head() const { return commits_[static_cast<std::size_t>(head_)].files; }
  const Commit& head_commit() const { return commits_[static_cast<std::size_t>(head_)]; }
  const std::string& prefix() const { return prefix_; }
  std::size_t age() const { return commits_.size(); }

  /// A new commit on top of the head, unless nothing changed.
  void Save(Files files, long long time);
  /// A new commit with the files of commit `n`: git revert, or a copy of old files.
  void RevertTo(std::size_t n, long long time);
  /// The branch is moved to commit `n`: git reset and push --force.
  void RewindTo(std::size_t n);
  const Files& FilesOf(std::size_t n) const {
    return commits_[n % commits_.size()].files;
  }

  /// The documents of the head, those of approvals/ left aside.
  std::vector<Place> Documents() const;

  /// As Holdfast reads it.
  Revision Read() const;

 private:
  bool Follows(int commit, const std::string& older) const;
  /// The files of the head, parsed.
  const Revision& Parsed() const;

  std::string prefix_;
  std::vector<Commit> commits_;
  int head_ = 0;
  // A head is read many times, and nothing in it changes.
  mutable int parsed_head_ = -1;
  mutable Revision parsed_;
};

/// How many different repositories a history can begin with.
inline constexpr int kBases = 4;

}  // namespace holdfast::histories
