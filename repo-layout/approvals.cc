#include "repo-layout/approvals.h"

#include <string_view>
#include <utility>

#include "diff/value_text.h"
#include "repo-layout/yaml.h"

namespace holdfast {
namespace {

/// A person writes them by hand or by `holdfast approve`; more is a mistake.
constexpr std::size_t kMostBytes = 1U << 20U;

class Reader {
 public:
  explicit Reader(const Tree& tree) : tree_(tree) {}

  void Take(const TreeEntry& entry) {
    const std::string_view name = std::string_view(entry.path).substr(10);
    if (!name.ends_with(".yaml") || name.find('/') != std::string_view::npos) {
      return Warn({entry.path, 1, 0},
                  "is left out: an Approval is a file approvals/*.yaml",
                  "rename it, or move it out of the folder");
    }
    if (Printable(entry.path) != entry.path) {
      return Hold(entry.path, 0, 0, "has a name that cannot be shown as it is");
    }
    if (entry.kind != TreeEntry::Kind::kFile) {
      return Hold(entry.path, 0, 0, "is " + entry.why);
    }
    const auto bytes = tree_.Read(entry.path);
    if (!bytes.ok()) return Hold(entry.path, 0, 0, bytes.error().message);
    if (bytes->size() > kMostBytes) return Hold(entry.path, 0, 0, "is larger than 1 MiB");
    YamlFile file = ParseYaml(*bytes);
    for (const TextError& error : file.errors) {
      Hold(entry.path, error.line, error.column, error.message);
    }
    if (!file.errors.empty()) return;
    for (YamlDocument& document : file.documents) TakeDocument(entry.path, document);
  }

  LoadedApprovals Done() { return std::move(loaded_); }

 private:
  void TakeDocument(const std::string& path, YamlDocument& document) {
    const Source source{path, document.number, document.line};
    auto object = Object::Make(std::move(document.json));
    if (!object.ok()) {
      return Warn(source, "not an approval: " + object.error().message,
                  "correct it or remove it; holdfast approve prints what is needed");
    }
    loaded_.documents.push_back({std::move(object).value(), source, document.lines});
  }

  void Add(const Source& source, int column, Finding finding) {
    std::string where = source.path;
    if (source.line > 0) where += ":" + std::to_string(source.line);
    if (column > 0) where += ":" + std::to_string(column);
    finding.reason = Printable(where + ": " + finding.reason);
    loaded_.findings.push_back({source, column, std::nullopt, std::move(finding)});
  }

  void Warn(const Source& source, std::string reason, std::string remedy) {
    Add(source, 0, {"H-H5", Ruling::kWarn, std::move(reason), std::move(remedy)});
  }

  void Hold(const std::string& path, int line, int column, std::string reason) {
    Add({path, 1, line}, column,
        {"H-H3", Ruling::kHold, std::move(reason), "correct it, or remove it"});
  }

  const Tree& tree_;
  LoadedApprovals loaded_;
};

}  // namespace

LoadedApprovals LoadApprovals(const Tree& tree, const std::vector<TreeEntry>& entries) {
  Reader reader(tree);
  for (const TreeEntry& entry : entries) {
    if (entry.path.starts_with(kApprovalsFolder)) reader.Take(entry);
  }
  return reader.Done();
}

}  // namespace holdfast
