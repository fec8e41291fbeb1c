#include "daemon/live_file.h"

#include <iostream>
#include <map>
#include <utility>

#include "daemon/given_file.h"
#include "diff/value_text.h"
#include "repo-layout/json_file.h"
#include "repo-layout/objects.h"
#include "repo-layout/yaml.h"

namespace holdfast {
namespace {

// A cluster of ten thousand objects in one List, managedFields included. The file is
// the caller's own, so this only keeps a mistake from eating the machine.
constexpr YamlLimits kLimits{.depth = 150, .nodes = 20'000'000, .alias_bytes = 8U << 20U};

Result<std::string> ReadBytes(const std::string& path) {
  const std::string called = "--live " + path;
  return path == "-" ? ReadGivenStream(std::cin, called) : ReadGivenFile(path, called);
}

/// A brace with a quote behind it; what else begins with a brace is YAML in flow style.
bool LooksLikeJson(const std::string& bytes) {
  constexpr const char* kBlank = " \t\r\n";
  const auto brace = bytes.find_first_not_of(kBlank);
  if (brace == std::string::npos || bytes[brace] != '{') return false;
  const auto next = bytes.find_first_not_of(kBlank, brace + 1);
  return next == std::string::npos || bytes[next] == '"' || bytes[next] == '}';
}

/// JSON has a parser of its own, which is quicker and complains in its own words; JSON
/// documents with --- between them are YAML.
YamlFile Parse(const std::string& bytes) {
  if (!LooksLikeJson(bytes)) return ParseYaml(bytes, kLimits);
  YamlFile json = ParseJsonFile(bytes);
  if (json.errors.empty() || bytes.find("\n---") == std::string::npos) return json;
  return ParseYaml(bytes, kLimits);
}

class Reader {
 public:
  explicit Reader(std::string path) : path_(std::move(path)) { file_.live.file = path_; }

  LiveFile Run() {
    const auto bytes = ReadBytes(path_);
    if (!bytes.ok()) {
      file_.errors.push_back(bytes.error());
      return std::move(file_);
    }
    YamlFile parsed = Parse(*bytes);
    for (const TextError& error : parsed.errors) Fail(error.line, error.message);
    if (parsed.errors.empty() && parsed.documents.empty()) {
      file_.errors.push_back(
          Invalid("--live " + path_ + ": is empty; an empty cluster is an empty List"));
    }
    const ObjectSink sink{.manifest = [this](Manifest manifest) { Take(std::move(manifest)); },
                          .finding =
                              [this](const Source& source, const Finding& finding) {
                                // Our own kinds are live too, and nothing that is compared.
                                if (finding.hazard == "H-H5") return;
                                Fail(source.line, finding.reason);
                              }};
    for (YamlDocument& document : parsed.documents) TakeObjects(std::move(document), path_, sink);
    return std::move(file_);
  }

 private:
  void Fail(int line, const std::string& why) {
    constexpr std::size_t kMost = 20;
    if (file_.errors.size() < kMost) {
      file_.errors.push_back(
          Invalid("--live " + path_ + ":" + std::to_string(line) + ": " + Printable(why)));
    }
  }

  void Take(Manifest manifest) {
    const auto [known, is_new] = lines_.emplace(manifest.object.ref(), manifest.source.line);
    if (!is_new) {
      return Fail(manifest.source.line,
                  manifest.object.ref().ToString() + " stands on line " +
                      std::to_string(known->second) + " too; keep the one that is live");
    }
    file_.live.objects.push_back(std::move(manifest.object));
  }

  const std::string path_;
  LiveFile file_;
  std::map<ObjectRef, int> lines_;
};

}  // namespace

LiveFile ReadLiveFile(const std::string& path) { return Reader(path).Run(); }

}  // namespace holdfast
