// DangerousSetting: what a database can be told for an hour of need, and must not be told
// by mistake or be left with (H-F12).

#pragma once

#include <string>
#include <vector>

#include "diff/change.h"
#include "diff/engine.h"
#include "diff/engine_settings.h"
#include "diff/json.h"

namespace holdfast {

struct DangerousSetting {
  std::string what;  ///< "--skip-grant-tables", "rm -rf /var/lib/mysql".
  std::string why;   ///< A clause.
  Ruling ruling = Ruling::kRefuse;
  std::string pointer;  ///< Of the container, in the object; empty for a file's.
};

/// Those among `settings` of an engine.
///
///   MySQL      refman 8.4 "Initializing the Data Directory", "Server Options", "Forcing
///              InnoDB Recovery"
///   Cassandra  bin/cassandra -D options, conf/jvm-server.options; NEWS.txt
std::vector<DangerousSetting> DangersAmong(const Engine& engine,
                                           const EngineSettings& settings);

/// Those of all containers of a pod spec that runs an engine, and commands in it that
/// empty the place where a claim is mounted. `pointer` is the spec's, `claim_templates`
/// those of its StatefulSet, if it is one.
std::vector<DangerousSetting> DangersIn(const Json& pod_spec, const std::string& pointer,
                                        const Json& claim_templates);

}  // namespace holdfast
