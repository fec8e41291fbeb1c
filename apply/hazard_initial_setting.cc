// H-C4, H-F1, H-F5, H-F9, H-F10, H-F11: what a database reads once, when its data are first
// made, or what must agree with them for ever: its password, the cluster's name, the
// place and layout of its files. Changed afterwards it does nothing, or the server does
// not start.

#include <algorithm>
#include <string>
#include <string_view>

#include "apply/hazard.h"
#include "apply/kinds.h"
#include "apply/ordinals.h"
#include "apply/pod_template.h"
#include "apply/stateful.h"
#include "diff/engine_settings.h"

namespace holdfast {
namespace {

struct Setting {
  std::string_view engines;  ///< Their names, each between bars.
  std::string_view key;      ///< An environment variable, or an option without dashes.
  std::string_view hazard;
  Ruling ruling;
  std::string_view why;
};

constexpr std::string_view kMysqls = "|MySQL|MariaDB|Percona Server|";
constexpr std::string_view kRings = "|Cassandra|DataStax Enterprise|";

constexpr std::string_view kNoStart =
    "it is written into the data, and a server that is told otherwise does not start";

constexpr std::string_view kElsewhere =
    "the server would look for its data elsewhere and begin with an empty database";
constexpr std::string_view kKeys =
    "what is encrypted cannot be read without the key that it was written with";
constexpr std::string_view kForeign =
    "a member that is let into another data centre or rack than its data say may hold "
    "all copies of a row in one place";

constexpr Setting kSettings[] = {
    {kMysqls, "datadir", "H-C4", Ruling::kRefuse, kElsewhere},
    {kMysqls, "innodb_data_home_dir", "H-C4", Ruling::kRefuse, kElsewhere},
    {kMysqls, "innodb_undo_directory", "H-C4", Ruling::kRefuse, kElsewhere},
    {kMysqls, "innodb_log_group_home_dir", "H-C4", Ruling::kRefuse, kElsewhere},
    {kRings, "data_file_directories", "H-C4", Ruling::kRefuse, kElsewhere},
    {kRings, "commitlog_directory", "H-C4", Ruling::kRefuse, kElsewhere},
    {"|PostgreSQL|", "PGDATA", "H-C4", Ruling::kRefuse, kElsewhere},
    {"|MongoDB|", "dbpath", "H-C4", Ruling::kRefuse, kElsewhere},
    {"|Redis|Valkey|", "dir", "H-C4", Ruling::kRefuse, kElsewhere},
    {kMysqls, "lower_case_table_names", "H-F11", Ruling::kRefuse, kNoStart},
    {kMysqls, "innodb_page_size", "H-F11", Ruling::kRefuse, kNoStart},
    {kMysqls, "innodb_data_file_path", "H-F11", Ruling::kRefuse, kNoStart},
    {kMysqls, "innodb_undo_tablespaces", "H-F11", Ruling::kRefuse, kNoStart},
    {kMysqls, "early_plugin_load", "H-F11", Ruling::kRefuse, kKeys},
    {kMysqls, "keyring_file_data", "H-F11", Ruling::kRefuse, kKeys},
    {kRings, "cluster_name", "H-F5", Ruling::kRefuse, kNoStart},
    {kRings, "endpoint_snitch", "H-F5", Ruling::kRefuse, kNoStart},
    {kRings, "num_tokens", "H-F5", Ruling::kRefuse, kNoStart},
    {kRings, "partitioner", "H-F5", Ruling::kRefuse, kNoStart},
    {kRings, "dc", "H-F5", Ruling::kRefuse, kNoStart},
    {kRings, "rack", "H-F5", Ruling::kRefuse, kNoStart},
    {kRings, "cassandra.ignore_dc", "H-F5", Ruling::kRefuse, kForeign},
    {kRings, "cassandra.ignore_rack", "H-F5", Ruling::kRefuse, kForeign},
    {kRings, "storage_compatibility_mode", "H-F10", Ruling::kApproval,
     "once the new format is written there is no way back to the version before"},
    {kRings, "CASSANDRA_CLUSTER_NAME", "H-F5", Ruling::kRefuse, kNoStart},
    {kRings, "CASSANDRA_DC", "H-F5", Ruling::kRefuse, kNoStart},
    {kRings, "CASSANDRA_RACK", "H-F5", Ruling::kRefuse, kNoStart},
    {kRings, "CASSANDRA_ENDPOINT_SNITCH", "H-F5", Ruling::kRefuse,
     "another snitch reads data centre and rack from elsewhere, and a server whose data "
     "say "
     "otherwise does not start"},
    {kRings, "CASSANDRA_NUM_TOKENS", "H-F5", Ruling::kRefuse, kNoStart},
    {kRings, "CASSANDRA_SEEDS", "H-F9", Ruling::kApproval,
     "a member that finds none of its seeds starts a ring of its own"},
};

/// Variables of the images that act only while there is no database yet.
constexpr std::string_view kOnce[] = {"MYSQL_ROOT_PASSWORD",
                                      "MYSQL_PASSWORD",
                                      "MYSQL_USER",
                                      "MYSQL_DATABASE",
                                      "MYSQL_ROOT_HOST",
                                      "MARIADB_ROOT_PASSWORD",
                                      "MARIADB_PASSWORD",
                                      "MARIADB_USER",
                                      "MARIADB_DATABASE",
                                      "POSTGRES_PASSWORD",
                                      "POSTGRES_USER",
                                      "POSTGRES_DB",
                                      "MONGO_INITDB_ROOT_PASSWORD",
                                      "MONGO_INITDB_ROOT_USERNAME"};

constexpr const char* kRotated = "holdfast.dev/rotated-out-of-band";

using Values = EngineSettings;

bool Concerns(const Setting& setting, const Engine& engine) {
  return setting.engines.find("|" + std::string(engine.name) + "|") !=
         std::string_view::npos;
}

/// What the containers of one engine are told by environment and options.
Values ToldTo(const Object& workload) {
  Values values;
  const PodTemplate pods(workload);
  for (const ContainerAt& container : pods.Containers()) {
    if (container.init || EngineOfImage(StringIn(*container.json, "image")) == nullptr) {
      continue;
    }
    values.merge(SettingsOf(*container.json));
  }
  return values;
}

/// What the configuration files that a ConfigMap holds say.
Values OptionsIn(const Object& config) {
  return SettingsInFiles(MapIn(config.json(), "data"));
}

bool KeepsData(const Object& workload) {
  return !ClaimTemplateNames(workload).empty() ||
         !MountedClaims(PodTemplate(workload)).empty();
}

/// The engine of a workload that has data already: it is live, and has claims.
const Engine* EngineWithData(const Object& workload, const Snapshot& live) {
  const Object* now = live.Find(workload.ref());
  return now == nullptr || !KeepsData(*now) ? nullptr : EngineOf(*now);
}

bool Mounts(const Object& workload, const ObjectRef& config) {
  for (const Json& volume : ArrayIn(PodTemplate(workload).spec(), "volumes")) {
    if (StringIn(volume, "configMap", "name") == config.name) return true;
  }
  return false;
}

std::string Shown(const Values& values, const std::string& key) {
  const auto found = values.find(key);
  return found == values.end() ? "unset" : "\"" + found->second + "\"";
}

bool AnySettingDiffers(const Values& before, const Values& after) {
  return std::any_of(std::begin(kSettings), std::end(kSettings), [&](const Setting& one) {
    return Shown(before, std::string(one.key)) != Shown(after, std::string(one.key));
  });
}

/// True if one of the seeds is a member of the set, or its Service, which leads to them.
bool LeadsToMember(const std::string& seeds, const Object& set) {
  const std::string service = StringIn(set.json(), "spec", "serviceName");
  const Ordinals members = OrdinalsOf(set);
  std::string rest = seeds + ",";
  while (!rest.empty()) {
    const auto comma = rest.find(',');
    std::string host = rest.substr(0, comma);
    rest = rest.substr(comma + 1);
    host = host.substr(host.find_first_not_of(' ') == host.npos
                           ? 0
                           : host.find_first_not_of(' '));
    host = host.substr(0, host.find('.'));
    if (!service.empty() && host == service) return true;
    for (long long i = members.first; i < members.end; ++i) {
      if (host == set.ref().name + "-" + std::to_string(i)) return true;
    }
  }
  return false;
}

void CompareSettings(const ChangeCase& change, const Engine& engine, const Values& before,
                     const Values& after, std::vector<Finding>& findings) {
  for (const Setting& setting : kSettings) {
    const std::string key(setting.key);
    if (!Concerns(setting, engine) || Shown(before, key) == Shown(after, key)) continue;
    // An override that is taken out does no harm.
    if (key.starts_with("cassandra.") && Shown(after, key) != "\"true\"") continue;
    const bool lost_seeds = key == "CASSANDRA_SEEDS" && IsStatefulSet(change.ref()) &&
                            !LeadsToMember(after.count(key) != 0 ? after.at(key) : "",
                                           change.manifest.object);
    const Ruling ruling = lost_seeds ? Ruling::kRefuse : setting.ruling;
    const bool asks = ruling == Ruling::kApproval;
    findings.push_back(
        {std::string(setting.hazard), ruling,
         change.manifest.source.ToString() + ": " + key + " of " +
             std::string(engine.name) + " goes from " + Shown(before, key) + " to " +
             Shown(after, key) + ": " + std::string(setting.why) +
             (lost_seeds ? ", and none of these is a member of " + change.ref().ToString()
                         : ""),
         "keep " + key + " as it is" +
             (asks ? ", or approve the change: holdfast approve > approvals/" +
                         change.ref().name + ".yaml, and commit it"
                   : "; to change it, make a new database beside this one and copy the "
                     "data")});
  }
}

/// The variable by which `workload` reads `key` of `secret` and that acts only once; ""
/// if none does.
std::string ReadOnce(const Object& workload, const std::string& secret,
                     const std::string& key) {
  for (const ContainerAt& container : PodTemplate(workload).Containers()) {
    for (const Json& one : ArrayIn(*container.json, "env")) {
      const Json& from = MapIn(one, "valueFrom", "secretKeyRef");
      const std::string name = StringIn(one, "name");
      const bool once =
          std::find(std::begin(kOnce), std::end(kOnce), name) != std::end(kOnce);
      if (once && StringIn(from, "name") == secret && StringIn(from, "key") == key)
        return name;
    }
    for (const Json& one : ArrayIn(*container.json, "envFrom")) {
      const bool once =
          std::find(std::begin(kOnce), std::end(kOnce), key) != std::end(kOnce);
      if (once && StringIn(one, "secretRef", "name") == secret) return key;
    }
  }
  return "";
}

}  // namespace

void GuardInitialSettings(const ChangeCase& change, std::vector<Finding>& findings) {
  if (change.live == nullptr) return;
  const Snapshot& live = change.outlook.live();
  if (change.ref().Is("", "ConfigMap")) {
    const Values before = OptionsIn(*change.live);
    const Values after = OptionsIn(change.manifest.object);
    // Looked at first: who mounts it is a question to every workload.
    if (!AnySettingDiffers(before, after)) return;
    for (const Object* workload : change.outlook.Remaining()) {
      if (workload->ref().name_space != change.ref().name_space) continue;
      const Engine* engine = EngineWithData(*workload, live);
      if (engine == nullptr || !Mounts(*workload, change.ref())) continue;
      CompareSettings(change, *engine, before, after, findings);
      return;
    }
    return;
  }
  const Engine* engine = EngineWithData(*change.live, live);
  if (engine == nullptr) return;
  CompareSettings(change, *engine, ToldTo(*change.live), ToldTo(change.manifest.object),
                  findings);
}

void GuardInitialPassword(const ChangeCase& change, std::vector<Finding>& findings) {
  if (!change.ref().Is("", "Secret") || change.live == nullptr) return;
  const Json& before = MapIn(change.live->json(), "data");
  for (const auto& [key, value] : MapIn(change.manifest.object.json(), "data").items()) {
    const Json* old = FindIn(before, key);
    if (old == nullptr || *old == value) continue;
    for (const Object* workload : change.outlook.Remaining()) {
      if (workload->ref().name_space != change.ref().name_space) continue;
      const Engine* engine = EngineWithData(*workload, change.outlook.live());
      const std::string variable =
          engine == nullptr ? "" : ReadOnce(*workload, change.ref().name, key);
      if (variable.empty()) continue;
      const std::string stated = change.manifest.object.annotation(kRotated);
      const bool attested =
          !stated.empty() && stated != change.live->annotation(kRotated);
      findings.push_back(
          {"H-F1", attested ? Ruling::kNote : Ruling::kApproval,
           change.manifest.WhereIs("/data/" + key) + ": key " + key + " is what " +
               workload->ref().ToString() + " reads as " + variable + ", and " +
               std::string(engine->name) +
               " reads that only when its database is first made: the password in the "
               "database stays the old one, and who reads the new one is turned away" +
               (attested ? "; it was changed in the database too, says annotation " +
                               std::string(kRotated)
                         : ""),
           attested ? ""
                    : "change it in the database first (ALTER USER ... RETAIN CURRENT "
                      "PASSWORD), and say so in the same commit: annotation " +
                          std::string(kRotated) +
                          ": \"<date, and what was done>\" on the Secret"});
      return;
    }
  }
}

}  // namespace holdfast
