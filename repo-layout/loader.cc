#include "repo-layout/loader.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "repo-layout/json_file.h"
#include "repo-layout/yaml.h"

namespace holdfast {
namespace {

constexpr const char* kExclude =
    "correct it, or exclude it in .holdfast.yaml if it is no manifest";

std::string FolderOf(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

bool IsKustomization(const std::string& path) {
  const std::string name = path.substr(path.rfind('/') + 1);
  return name == "kustomization.yaml" || name == "kustomization.yml" ||
         name == "Kustomization";
}

class Loader {
 public:
  Loader(const Tree& tree, std::string default_namespace)
      : tree_(tree), default_namespace_(std::move(default_namespace)) {}

  Result<LoadedRevision> Load() {
    HOLDFAST_TRY_ASSIGN(const std::vector<TreeEntry> entries, tree_.List());
    ReadLayout(entries);
    const std::set<std::string> built = KustomizedFolders(entries);
    for (const TreeEntry& entry : entries) {
      if (!loaded_.layout.Takes(entry.path)) {
        if (entry.path != kLayoutFile) loaded_.ignored.push_back(entry.path);
      } else if (built.contains(FolderOf(entry.path))) {
        continue;  // The folder as a whole has its finding.
      } else if (entry.kind == TreeEntry::Kind::kUnreadable) {
        Bad({entry.path, 1, 1}, 0, entry.path + " is " + entry.why, kExclude);
      } else {
        ReadFile(entry.path);
      }
    }
    FindDuplicates();
    if (loaded_.manifests.empty() && loaded_.findings.empty()) NothingThere();
    std::stable_sort(loaded_.findings.begin(), loaded_.findings.end(),
                     [](const SourceFinding& a, const SourceFinding& b) {
                       return a.source < b.source;
                     });
    return std::move(loaded_);
  }

 private:
  void Add(const Source& source, int column, std::optional<ObjectRef> ref,
           Finding finding) {
    loaded_.findings.push_back({source, column, std::move(ref), std::move(finding)});
  }

  void Bad(const Source& source, int column, const std::string& reason,
           const std::string& remedy) {
    Add(source, column, std::nullopt, {"H-H3", Ruling::kHold, reason, remedy});
  }

  void ReadLayout(const std::vector<TreeEntry>& entries) {
    const bool present =
        std::any_of(entries.begin(), entries.end(),
                    [](const TreeEntry& entry) { return entry.path == kLayoutFile; });
    if (!present) return;
    const auto bytes = tree_.Read(kLayoutFile);
    auto layout =
        bytes.ok() ? ParseLayout(*bytes) : Result<Layout>(bytes.error().In(kLayoutFile));
    if (layout.ok()) {
      loaded_.layout = std::move(layout).value();
      return;
    }
    Bad({kLayoutFile, 1, 1}, 0, layout.error().message, "correct .holdfast.yaml");
  }

  /// Folders that are built by kustomize, each with a finding: their files are
  /// not what is applied.
  std::set<std::string> KustomizedFolders(const std::vector<TreeEntry>& entries) {
    std::set<std::string> folders;
    for (const TreeEntry& entry : entries) {
      if (!IsKustomization(entry.path) || !loaded_.layout.Takes(entry.path)) continue;
      folders.insert(FolderOf(entry.path));
      Bad({entry.path, 1, 1}, 0,
          "the folder " + (FolderOf(entry.path).empty() ? "." : FolderOf(entry.path)) +
              " is built by kustomize, which this version does not run",
          "commit what `kustomize build` prints, and exclude this folder in "
          ".holdfast.yaml");
    }
    return folders;
  }

  void ReadFile(const std::string& path) {
    const auto bytes = tree_.Read(path);
    if (!bytes.ok()) {
      return Bad({path, 1, 1}, 0, path + ": " + bytes.error().message, kExclude);
    }
    if (bytes->starts_with("version https://git-lfs.github.com/spec/")) {
      return Bad({path, 1, 1}, 0,
                 path + " is a Git LFS pointer: its content is not in Git",
                 "commit the file itself");
    }
    YamlFile file = path.ends_with(".json") ? ParseJsonFile(*bytes) : ParseYaml(*bytes);
    for (const TextError& error : file.errors) {
      const std::string where = path + ":" + std::to_string(error.line) + ":" +
                                std::to_string(error.column) + ": ";
      Bad({path, 1, error.line}, error.column, where + error.message, kExclude);
    }
    for (YamlDocument& document : file.documents) {
      TakeDocument(std::move(document.json), {path, document.number, document.line},
                   document.lines);
    }
  }

  void TakeDocument(Json json, const Source& source,
                    std::shared_ptr<const LineMap> lines) {
    if (IsList(json)) return TakeList(json, source, lines);
    auto object = Object::Make(std::move(json));
    if (!object.ok()) {
      return Bad(source, 0, source.ToString() + ": " + object.error().message, kExclude);
    }
    if (object->gvk().group == "holdfast.dev") {
      return Bad(source, 0,
                 source.ToString() + ": a " + object->gvk().kind +
                     " of Holdfast is no manifest to apply",
                 "Approvals belong into the folder approvals/, Syncs into the daemon's "
                 "configuration");
    }
    loaded_.manifests.push_back({std::move(object).value(), source, std::move(lines)});
  }

  /// `v1/List` and the lists that a server answers ("PodList"): items and no name.
  static bool IsList(const Json& json) {
    const Json* items = FindIn(json, "items");
    return StringIn(json, "kind").ends_with("List") && items != nullptr &&
           items->is_array() && StringIn(json, "metadata", "name").empty();
  }

  void TakeList(const Json& list, const Source& source,
                const std::shared_ptr<const LineMap>& lines) {
    std::size_t index = 0;
    for (const Json& item : ArrayIn(list, "items")) {
      const std::string pointer = "/items/" + std::to_string(index++);
      const int line = lines == nullptr ? 0 : lines->LineOf(pointer);
      Source at = source;
      if (line > 0) at.line = line;
      // The lines of the list begin with another pointer than the item's, so a
      // field of the item is known by the item's line only.
      TakeDocument(item, at, nullptr);
    }
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
           manifest.source.ToString() + ": " + manifest.object.ref().ToString() +
               " stands here and at " + known->second->source.ToString() +
               "; which of the two counts is not for a machine to guess",
           "keep one of them, or give one another name"});
    }
  }

  void NothingThere() {
    Add({"", 1, 1}, 0, std::nullopt,
        {"H-H1", Ruling::kHold,
         "there is no manifest at all; that looks like a wrong path or a failed read, "
         "not like "
         "a wish to delete everything",
         "check the path and the branch"});
  }

  const Tree& tree_;
  std::string default_namespace_;
  LoadedRevision loaded_;
};

}  // namespace

Result<LoadedRevision> LoadTree(const Tree& tree, const std::string& default_namespace) {
  return Loader(tree, default_namespace).Load();
}

}  // namespace holdfast
