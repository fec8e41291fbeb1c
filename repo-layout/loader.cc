#include "repo-layout/loader.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "diff/value_text.h"
#include "repo-layout/approvals.h"
#include "repo-layout/json_file.h"
#include "repo-layout/objects.h"
#include "repo-layout/yaml.h"

namespace holdfast {
namespace {

std::string LeaveOut(const std::string& path) {
  return "correct it; if it is no manifest, leave it out: exclude: [\"" + path +
         "\"] in .holdfast.yaml";
}

std::string FolderOf(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

/// Bytes of a reason: it may quote a key, and a key may be as long as a file.
constexpr std::size_t kMaxReason = 1000;

/// The tool that builds the folder of a file with this path, or "".
std::string ToolOf(const std::string& path) {
  const std::string name = path.substr(path.rfind('/') + 1);
  if (name == "Chart.yaml") return "helm template";
  const bool kustomize = name == "kustomization.yaml" || name == "kustomization.yml" ||
                         name == "Kustomization";
  return kustomize ? "kustomize build" : "";
}

/// True if a pattern that knew no capital letters would take the file.
bool LooksLikeManifest(std::string path) {
  std::transform(path.begin(), path.end(), path.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  });
  return path.ends_with(".yaml") || path.ends_with(".yml") || path.ends_with(".json");
}

/// True if the file is, or was before somebody renamed it, one of manifests:
/// "mysql.yaml", "mysql.yaml.disabled".
bool MayHoldObjects(const std::string& path) {
  const std::string name = path.substr(path.rfind('/') + 1);
  for (const char* ending : {".yaml", ".yml", ".json"}) {
    const auto at = name.find(ending);
    if (at == name.npos) continue;
    const auto end = at + std::string_view(ending).size();
    if (end == name.size() || name[end] == '.' || name[end] == '~') return true;
  }
  return LooksLikeManifest(path);
}

class Loader {
 public:
  Loader(const Tree& tree, std::string default_namespace)
      : tree_(tree), default_namespace_(std::move(default_namespace)) {}

  Result<LoadedRevision> Load() {
    HOLDFAST_TRY_ASSIGN(const std::vector<TreeEntry> entries, tree_.List());
    // What a broken layout leaves out is not known, so nothing more is said.
    if (!ReadLayout(entries)) return std::move(loaded_);
    FindBuiltFolders(entries);
    for (const TreeEntry& entry : entries) TakeEntry(entry);
    TakeApprovals(entries);
    FindDuplicates();
    const bool stops = std::any_of(
        loaded_.findings.begin(), loaded_.findings.end(),
        [](const SourceFinding& found) { return Stops(found.finding.ruling); });
    if (loaded_.manifests.empty() && !stops) NothingThere();
    std::stable_sort(loaded_.findings.begin(), loaded_.findings.end(),
                     [](const SourceFinding& a, const SourceFinding& b) {
                       return std::tie(a.source.path, a.source.line, a.column) <
                              std::tie(b.source.path, b.source.line, b.column);
                     });
    return std::move(loaded_);
  }

 private:
  void Add(const Source& source, int column, std::optional<ObjectRef> ref,
           Finding finding) {
    std::string where = source.path;
    if (source.line > 0) where += ":" + std::to_string(source.line);
    if (column > 0) where += ":" + std::to_string(column);
    if (!where.empty()) finding.reason = where + ": " + finding.reason;
    finding.reason = Printable(finding.reason.substr(0, kMaxReason));
    finding.remedy = Printable(finding.remedy);
    loaded_.findings.push_back({source, column, std::move(ref), std::move(finding)});
  }

  /// About a file as a whole.
  void Hold(const std::string& path, std::string reason, std::string remedy) {
    Add({path, 1, 0}, 0, std::nullopt,
        {"H-H3", Ruling::kHold, std::move(reason), std::move(remedy)});
  }

  void Hold(const std::string& path, const std::vector<TextError>& errors,
            const std::string& remedy) {
    for (const TextError& error : errors) {
      Add({path, 1, error.line}, error.column, std::nullopt,
          {"H-H3", Ruling::kHold, error.message, remedy});
    }
  }

  /// False if there is a layout that cannot be used.
  bool ReadLayout(const std::vector<TreeEntry>& entries) {
    constexpr const char* kRemedy = "correct .holdfast.yaml";
    const auto found =
        std::find_if(entries.begin(), entries.end(),
                     [](const TreeEntry& entry) { return entry.path == kLayoutFile; });
    if (found == entries.end()) return true;
    if (found->kind != TreeEntry::Kind::kFile) {
      Hold(kLayoutFile, "is " + found->why, kRemedy);
      return false;
    }
    const auto bytes = tree_.Read(kLayoutFile);
    if (!bytes.ok()) {
      Hold(kLayoutFile, bytes.error().message, kRemedy);
      return false;
    }
    ParsedLayout parsed = ParseLayout(*bytes);
    Hold(kLayoutFile, parsed.errors, kRemedy);
    loaded_.layout = std::move(parsed.layout);
    return parsed.errors.empty();
  }

  /// Folders whose files are the input of another tool and not what is to be
  /// applied. One finding each, about the outermost.
  void FindBuiltFolders(const std::vector<TreeEntry>& entries) {
    for (const TreeEntry& entry : entries) {
      const std::string tool = ToolOf(entry.path);
      if (!tool.empty() && !loaded_.layout.LeavesOut(entry.path)) {
        built_.emplace(FolderOf(entry.path), std::pair(entry.path, tool));
      }
    }
    for (const auto& [folder, by] : built_) {
      if (!folder.empty() && IsBuilt(FolderOf(folder))) continue;
      const std::string name = folder.empty() ? "." : folder;
      const std::string pattern = folder.empty() ? "**" : folder + "/**";
      Add({by.first, 1, 0}, 0, std::nullopt,
          {"H-H5", Ruling::kRefuse,
           "the folder " + name + " is the input of `" + by.second +
               "`, which is not run here: its files are not what is to be applied",
           "commit what `" + by.second +
               "` prints, and leave the folder out: exclude: [\"" + pattern +
               "\"] in .holdfast.yaml"});
    }
  }

  /// True if another tool builds `folder` or one around it.
  bool IsBuilt(std::string folder) const {
    if (built_.empty()) return false;
    for (;;) {
      if (built_.contains(folder)) return true;
      if (folder.empty()) return false;
      folder = FolderOf(folder);
    }
  }

  void TakeEntry(const TreeEntry& entry) {
    if (entry.path == kLayoutFile || IsBuilt(FolderOf(entry.path))) return;
    // Nobody knows what a submodule or a linked folder holds, whatever its name.
    const bool hidden = entry.kind == TreeEntry::Kind::kHidden;
    const bool taken =
        hidden ? !loaded_.layout.LeavesOut(entry.path) : loaded_.layout.Takes(entry.path);
    if (!taken) {
      LeaveAside(entry);
    } else if (Printable(entry.path) != entry.path) {
      Hold(entry.path, "has a name that cannot be shown as it is", "rename it");
    } else if (entry.kind == TreeEntry::Kind::kFile) {
      TakeFile(entry.path);
    } else {
      Hold(entry.path, "is " + entry.why, LeaveOut(entry.path));
    }
  }

  void TakeApprovals(const std::vector<TreeEntry>& entries) {
    LoadedApprovals approvals = LoadApprovals(tree_, entries);
    loaded_.approvals = std::move(approvals.documents);
    for (SourceFinding& found : approvals.findings) {
      loaded_.findings.push_back(std::move(found));
    }
  }

  void LeaveAside(const TreeEntry& entry) {
    loaded_.ignored.push_back(entry.path);
    NoteLeftOut(entry);
    if (!LooksLikeManifest(entry.path) || Layout().Takes(entry.path) ||
        loaded_.layout.LeavesOut(entry.path)) {
      return;
    }
    Add({entry.path, 1, 0}, 0, std::nullopt,
        {"H-H5", Ruling::kWarn,
         "is left out: patterns tell capital letters from small ones, and none takes it",
         "rename it, or leave it out on purpose: exclude: [\"" + entry.path +
             "\"] in .holdfast.yaml"});
  }

  void NoteLeftOut(const TreeEntry& entry) {
    const bool approval = entry.path.starts_with("approvals/");
    if (entry.kind != TreeEntry::Kind::kFile || approval || !MayHoldObjects(entry.path))
      return;
    const auto bytes = tree_.Read(entry.path);
    if (!bytes.ok()) return;
    left_out_bytes_ += bytes->size();
    if (left_out_bytes_ > kMaxLeftOutBytes) return;
    YamlFile file =
        entry.path.find(".json") != entry.path.npos ? ParseJsonFile(*bytes) : ParseYaml(*bytes);
    left_out_bytes_ += file.unfolded;
    const ObjectSink sink{
        .manifest = [&](Manifest one) {
          loaded_.left_out.emplace(one.object.ref(), one.source);
        },
        .finding = [](const Source&, const Finding&) {}};
    for (YamlDocument& document : file.documents)
      TakeObjects(std::move(document), entry.path, sink);
  }

  void TakeFile(const std::string& path) {
    if (bytes_read_ > kMaxRevisionBytes) return;
    const auto bytes = tree_.Read(path);
    if (!bytes.ok()) return Hold(path, bytes.error().message, LeaveOut(path));
    bytes_read_ += bytes->size();
    YamlFile file;
    if (bytes_read_ <= kMaxRevisionBytes) {
      file = path.ends_with(".json") ? ParseJsonFile(*bytes) : ParseYaml(*bytes);
      bytes_read_ += file.unfolded;
    }
    if (bytes_read_ > kMaxRevisionBytes) {
      return Hold(path,
                  "with this file the manifests are larger than " +
                      std::to_string(kMaxRevisionBytes >> 20U) +
                      " MiB, aliases unfolded; nothing more is read",
                  "divide them among several syncs, by path");
    }
    Hold(path, file.errors, LeaveOut(path));
    const ObjectSink sink{
        .manifest = [&](Manifest one) { loaded_.manifests.push_back(std::move(one)); },
        .finding = [&](const Source& source,
                       Finding one) { Add(source, 0, std::nullopt, std::move(one)); }};
    for (YamlDocument& document : file.documents)
      TakeObjects(std::move(document), path, sink);
  }

  void FindDuplicates() {
    const std::string& name_space = loaded_.layout.name_space.empty()
                                        ? default_namespace_
                                        : loaded_.layout.name_space;
    std::map<ObjectRef, const Manifest*> first;
    for (const Manifest& manifest : loaded_.manifests) {
      ObjectRef ref = manifest.object.ref();
      if (ref.name_space.empty()) ref.name_space = name_space;
      const auto [known, is_new] = first.emplace(ref, &manifest);
      if (is_new) continue;
      Add(manifest.source, 0, manifest.object.ref(),
          {"H-H4", Ruling::kRefuse,
           manifest.object.ref().ToString() + " stands here and at " +
               known->second->source.ToString() +
               "; which of the two counts is not for a machine to guess",
           "keep one of them, give one another name, or leave one out: exclude: [\"" +
               manifest.source.path + "\"] in .holdfast.yaml"});
    }
  }

  void NothingThere() {
    Add({"", 1, 0}, 0, std::nullopt,
        {"H-H1", Ruling::kHold,
         "there is no manifest at all; that looks like a wrong path or a failed read, "
         "not like "
         "a wish to delete everything",
         "check the path, the branch and the patterns in .holdfast.yaml"});
  }

  const Tree& tree_;
  std::string default_namespace_;
  LoadedRevision loaded_;
  /// By folder: the file that tells, and the tool.
  std::map<std::string, std::pair<std::string, std::string>> built_;
  std::size_t bytes_read_ = 0;
  std::size_t left_out_bytes_ = 0;
};

}  // namespace

Result<LoadedRevision> LoadTree(const Tree& tree, const std::string& default_namespace) {
  return Loader(tree, default_namespace).Load();
}

}  // namespace holdfast
