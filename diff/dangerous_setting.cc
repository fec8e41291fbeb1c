#include "diff/dangerous_setting.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <iterator>
#include <set>
#include <string_view>

namespace holdfast {
namespace {

struct Row {
  std::string_view engines;  ///< Their names, each between bars.
  std::string_view name;     ///< As in EngineSettings.
  std::string_view value;    ///< That is dangerous; "" any, ">=4" from 4 on.
  std::string_view why;
};

constexpr std::string_view kMysqls = "|MySQL|MariaDB|Percona Server|";
constexpr std::string_view kRings = "|Cassandra|DataStax Enterprise|";

constexpr Row kRows[] = {
    {kMysqls, "initialize", "",
     "it makes a new database at every start, and does not start where there is one"},
    {kMysqls, "initialize_insecure", "",
     "it makes a new database without a password at every start"},
    {kMysqls, "skip_grant_tables", "", "everybody may do everything, without a password"},
    {kMysqls, "innodb_force_recovery", ">=4",
     "from 4 on it can damage the data files for good"},
    {kRings, "cassandra.override_decommission", "true",
     "a member that has left comes back with rows that were deleted since"},
    {kRings, "cassandra.auto_bootstrap", "false",
     "a new member does not fetch its part of the data and answers without it"},
    {kRings, "auto_bootstrap", "false",
     "a new member does not fetch its part of the data and answers without it"},
    {kRings, "CASSANDRA_AUTO_BOOTSTRAP", "false",
     "a new member does not fetch its part of the data and answers without it"},
    {kRings, "cassandra.reset_bootstrap_progress", "true",
     "a member forgets what it has fetched already and begins anew"},
    {kRings, "cassandra.replace_address", "",
     "left in, the member does not start a second time; replace_address_first_boot is "
     "meant for files"},
};

bool Concerns(const Row& row, const Engine& engine) {
  return row.engines.find("|" + std::string(engine.name) + "|") != row.engines.npos;
}

bool IsDangerous(const Row& row, const std::string& value) {
  if (row.value.empty()) return value != "0" && value != "OFF" && value != "false";
  if (!row.value.starts_with(">=")) return value == row.value;
  int least = 0;
  int is = 0;
  std::from_chars(row.value.data() + 2, row.value.data() + row.value.size(), least);
  const auto parsed = std::from_chars(value.data(), value.data() + value.size(), is);
  return parsed.ec == std::errc() && is >= least;
}

std::string WithoutSlash(std::string path) {
  while (path.size() > 1 && (path.ends_with('/') || path.ends_with('*'))) path.pop_back();
  return path;
}

/// Where the container has claims mounted.
std::set<std::string> ClaimPaths(const Json& container, const Json& pod_spec,
                                 const Json& claim_templates) {
  std::set<std::string> claims;
  for (const Json& volume : ArrayIn(pod_spec, "volumes")) {
    if (FindIn(volume, "persistentVolumeClaim") != nullptr) {
      claims.insert(StringIn(volume, "name"));
    }
  }
  for (const Json& one : claim_templates) claims.insert(StringIn(one, "metadata", "name"));
  std::set<std::string> paths;
  for (const Json& mount : ArrayIn(container, "volumeMounts")) {
    const std::string path = StringIn(mount, "mountPath");
    if (claims.count(StringIn(mount, "name")) != 0 && !path.empty()) {
      paths.insert(WithoutSlash(path));
    }
  }
  return paths;
}

std::vector<std::string> WordsOf(const std::string& text) {
  constexpr const char* kEnds = " \t\n;&|()\"'";
  std::vector<std::string> words;
  std::size_t at = 0;
  while (at < text.size()) {
    const auto first = text.find_first_not_of(kEnds, at);
    if (first == text.npos) break;
    const auto end = std::min(text.find_first_of(kEnds, first), text.size());
    words.push_back(text.substr(first, end - first));
    at = end;
  }
  return words;
}

/// "rm -rf /var/lib/mysql/*" if a command of the container empties one of `paths`.
std::string Wipes(const Json& container, const std::set<std::string>& paths) {
  std::string text;
  for (const char* field : {"command", "args"}) {
    for (const Json& word : ArrayIn(container, field)) {
      if (word.is_string()) text += " " + word.get<std::string>();
    }
  }
  const std::vector<std::string> words = WordsOf(text);
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] != "rm" && !words[i].ends_with("/rm")) continue;
    bool recursive = false;
    for (std::size_t k = i + 1; k < words.size(); ++k) {
      const std::string& word = words[k];
      const bool option = word.starts_with('-');
      recursive = recursive ||
                  (option && word.find_first_of("rR") != word.npos);
      if (option) continue;
      // A folder in it, lost+found for one, is not all of it.
      if (!word.starts_with('/')) break;
      if (recursive && paths.count(WithoutSlash(word)) != 0) return "rm -r " + word;
    }
  }
  return "";
}

}  // namespace

std::vector<DangerousSetting> DangersAmong(const Engine& engine,
                                           const EngineSettings& settings) {
  std::vector<DangerousSetting> dangers;
  for (const Row& row : kRows) {
    const auto found = settings.find(std::string(row.name));
    if (!Concerns(row, engine) || found == settings.end()) continue;
    if (!IsDangerous(row, found->second)) continue;
    dangers.push_back({std::string(row.name) +
                           (found->second.empty() ? "" : "=" + found->second),
                       std::string(row.why), Ruling::kApproval, ""});
  }
  return dangers;
}

std::vector<DangerousSetting> DangersIn(const Json& pod_spec, const std::string& pointer,
                                        const Json& claim_templates) {
  std::vector<DangerousSetting> dangers;
  const Engine* engine = nullptr;
  for (const Json& one : ArrayIn(pod_spec, "containers")) {
    if (engine == nullptr) engine = EngineOfImage(StringIn(one, "image"));
  }
  if (engine == nullptr) return dangers;
  for (const char* list : {"initContainers", "containers"}) {
    const Json& containers = ArrayIn(pod_spec, list);
    for (std::size_t i = 0; i < containers.size(); ++i) {
      const std::string at = pointer + "/" + list + "/" + std::to_string(i);
      for (DangerousSetting& one : DangersAmong(*engine, SettingsOf(containers[i]))) {
        one.pointer = at;
        dangers.push_back(std::move(one));
      }
      const std::string wipes =
          Wipes(containers[i], ClaimPaths(containers[i], pod_spec, claim_templates));
      if (wipes.empty()) continue;
      dangers.push_back({wipes, "each start of the pod would empty the claim that is "
                                "mounted there",
                         Ruling::kRefuse, at});
    }
  }
  return dangers;
}

}  // namespace holdfast
