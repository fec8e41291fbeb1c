// EngineSettings: what a database is told, by its container and by its files.

#pragma once

#include <map>
#include <string>

#include "diff/json.h"

namespace holdfast {

/// Values by name. The variables of the environment have their own names
/// ("CASSANDRA_DC"); options are in small letters, without dashes in front and with '_'
/// for '-' within ("lower_case_table_names"), as MySQL takes them for the same; system
/// properties of Java without "-D" ("cassandra.ignore_dc"). A value that comes from a
/// Secret or ConfigMap is the reference to it, as JSON.
using EngineSettings = std::map<std::string, std::string>;

/// What a container is told by env, command and args.
EngineSettings SettingsOf(const Json& container);

/// What the files in the data of a ConfigMap say: option files ("a = b"), properties and
/// the top level of YAML ("a: b"), options of Java. A list of YAML is its items in one
/// text. Comments and section heads are left out.
EngineSettings SettingsInFiles(const Json& data);

}  // namespace holdfast
