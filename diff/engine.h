// Engine: the database that a container image is.

#pragma once

#include <string_view>

namespace holdfast {

/// A database engine that is known by the name of its image.
struct Engine {
  std::string_view name;      ///< "MySQL", for messages.
  std::string_view data_dir;  ///< Where its image keeps data; empty if it has no fixed place.
  /// True if a member must be drained by its own means before it leaves.
  bool needs_decommission = false;
};

/// The last part of an image reference without tag and digest: "mysql" of
/// "host:5000/library/mysql:8.0@sha256:...".
std::string_view ImageName(std::string_view image);

/// The engine of an image reference, or null. Whatever begins with an engine's
/// name counts (a vendor's build, "percona-server-mongodb"), but for the programs
/// beside a database that are named after it: exporters, operators, clients.
const Engine* EngineOfImage(std::string_view image);

}  // namespace holdfast
