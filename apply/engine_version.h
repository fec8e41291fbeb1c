// EngineVersion: which version of a database may follow which (H-F10).
//
// A data directory is upgraded in place at the first start of a newer server, and an
// older one does not read it any more. So what counts is not the direction of the commit
// but what runs and what is to run: a Git revert of an upgrade is a downgrade.

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "diff/change.h"
#include "diff/engine.h"

namespace holdfast {

/// As far as a tag names it: 8, 8.4, 8.4.6. A part that is missing is -1.
struct EngineVersion {
  int major = -1;
  int minor = -1;
  int patch = -1;

  auto operator<=>(const EngineVersion&) const = default;
  std::string ToString() const;
};

/// Of an image's tag, or of an annotation holdfast.dev/engine-version: "8.4.6-debian" is
/// 8.4.6. Nothing where it does not begin with a number: latest, lts, a bare digest.
std::optional<EngineVersion> ParseEngineVersion(std::string_view text);

/// The tag of an image reference, "" if it has none.
std::string_view TagOf(std::string_view image);

struct VersionStep {
  Ruling ruling = Ruling::kRefuse;
  std::string reason;  ///< A clause; empty where ruling is kOk.
};

/// Whether data written by `from` may be opened by `to`. Refused where a table of the
/// engine's vendor says so, where a part that decides is missing, and for a release that
/// the tables do not know; approval where it works and cannot be taken back.
///
///   MySQL, Percona Server  dev.mysql.com refman 8.4 "Upgrade Paths", "Downgrading
///   MySQL";
///                          MY-014060, MY-014061
///   MariaDB                mariadb.com/kb "Upgrading Between Major MariaDB Versions"
///   Cassandra, DataStax    apache/cassandra NEWS.txt
///   PostgreSQL             "Upgrading a PostgreSQL Cluster": a major version needs
///                          pg_upgrade or a dump
///   others                 no release before the one that wrote; a new major by approval
VersionStep JudgeVersionStep(const Engine& engine, const EngineVersion& from,
                             const EngineVersion& to);

}  // namespace holdfast
