#include "diff/render_text.h"

#include <algorithm>
#include <map>
#include <utility>

#include "diff/mask.h"
#include "diff/value_text.h"

namespace holdfast {
namespace {

constexpr std::size_t kGap = 4;          // between the longest name and its source
constexpr std::size_t kWidestName = 70;  // longer ones do not move the column
constexpr std::size_t kShortCommit = 7;

std::string ShortCommit(const std::string& revision) {
  const bool hex = revision.size() >= 40 &&
                   revision.find_first_not_of("0123456789abcdef") == std::string::npos;
  return hex ? revision.substr(0, kShortCommit) : Printable(revision);
}

char MarkOf(const Change& change) {
  if (Stops(change.worst())) return '!';
  switch (change.action) {
    case Action::kCreate:
      return '+';
    case Action::kUpdate:
    case Action::kAdopt:
      return '~';
    case Action::kRecreate:
    case Action::kDelete:
    case Action::kDetach:
      return '-';
    case Action::kKeep:
    case Action::kNone:
      break;
  }
  return ' ';
}

/// What is said of an action beside its mark.
std::string_view RemarkOn(const Change& change) {
  switch (change.action) {
    case Action::kRecreate:
      return "is deleted and created again";
    case Action::kDetach:
      return "the claim goes, its volume and the data stay";
    case Action::kKeep:
      return "stays in the cluster and is no longer managed";
    case Action::kAdopt:
      return "is there already and becomes managed";
    default:
      return "";
  }
}

std::string_view WordOf(Ruling ruling) {
  switch (ruling) {
    case Ruling::kRefuse:
      return "refused";
    case Ruling::kHold:
      return "held";
    case Ruling::kApproval:
      return "needs an approval";
    case Ruling::kWarn:
      return "warning";
    case Ruling::kNote:
    case Ruling::kOk:
      break;
  }
  return "note";
}

std::string Counted(int count, const std::string& word) {
  const bool plural = count != 1 && !word.ends_with("ed") && word.find(' ') == word.npos;
  const std::string ending = !plural ? "" : word.ends_with("ch") ? "es" : "s";
  return std::to_string(count) + " " + word + ending;
}

class Text {
 public:
  Text(const ChangeSet& set, const TextOptions& options) : set_(set), options_(options) {}

  std::string Run() {
    MeasureColumn();
    Heading();
    for (const Change& change : set_.changes) {
      if (IsShown(change)) OneChange(change);
    }
    if (!set_.findings.empty()) {
      const bool stops =
          std::any_of(set_.findings.begin(), set_.findings.end(),
                      [](const Finding& finding) { return Stops(finding.ruling); });
      Line(Painted(stops ? '!' : ' ', "the revision as a whole"));
      Findings(set_.findings);
    }
    Totals();
    return std::move(out_);
  }

 private:
  bool IsShown(const Change& change) const {
    return options_.show == Show::kAll || change.action != Action::kNone ||
           !change.findings.empty();
  }

  std::string Title() const {
    std::string title = Printable(set_.sync);
    if (!set_.revision.empty()) {
      title += " ";
      const std::string& from = options_.revision_in_force;
      if (!from.empty() && from != set_.revision) title += ShortCommit(from) + " -> ";
      title += ShortCommit(set_.revision);
    }
    if (!set_.ref.empty() && set_.ref != set_.revision) {
      title += " (" + Printable(set_.ref) + ")";
    }
    return title;
  }

  void MeasureColumn() {
    std::size_t longest = Title().size();
    for (const Change& change : set_.changes) {
      const std::size_t size = change.ref.ToString().size();
      if (IsShown(change) && size <= kWidestName) longest = std::max(longest, size);
    }
    column_ = 2 + longest + kGap;
  }

  void Line(const std::string& text) {
    out_ += text;
    out_ += '\n';
  }

  std::string InColumns(std::string left, std::size_t width,
                        const std::string& right) const {
    if (right.empty()) return left;
    left.append(width < column_ ? column_ - width : 2, ' ');
    return left + right;
  }

  void Heading() {
    const std::string title = "  " + Title();
    const std::string cluster =
        options_.cluster_name.empty() ? set_.cluster : options_.cluster_name;
    const std::string live =
        set_.live_file.empty() ? (cluster.empty() ? "" : "cluster " + Printable(cluster))
                               : "live " + Printable(set_.live_file);
    Line(InColumns(title, title.size(), live));
    Line("");
  }

  std::string Colour(char mark, const std::string& text) const {
    if (options_.colour != TextOptions::Colour::kAlways) return text;
    const std::map<char, std::string> codes = {
        {'+', "32"}, {'~', "33"}, {'-', "31"}, {'!', "1;31"}, {'@', "36"}};
    const auto code = codes.find(mark);
    return code == codes.end() ? text : "\033[" + code->second + "m" + text + "\033[0m";
  }

  std::string Painted(char mark, const std::string& name) const {
    return Colour(mark, std::string(1, mark) + " " + name);
  }

  void OneChange(const Change& change) {
    const std::string name = Printable(change.ref.ToString());
    const std::string where =
        change.source ? Printable(change.source->ToString()) : "removed from Git";
    Line(InColumns(Painted(MarkOf(change), name), 2 + name.size(), where));
    if (const auto remark = RemarkOn(change); !remark.empty()) {
      Line("    " + std::string(remark));
    }
    for (const FieldChange& field : change.fields) OneField(change.ref, field);
    for (const std::string& effect : change.effects) Line("    " + Printable(effect));
    if (!change.unsure.empty()) Line("    unsure: " + Printable(change.unsure));
    Findings(change.findings);
  }

  void OneField(const ObjectRef& ref, const FieldChange& field) {
    std::string path = "    " + Printable(field.path);
    if (!field.manager.empty()) path += "  (held by " + Printable(field.manager) + ")";
    Line(path);
    FieldChange safe = field;
    for (auto* value : {&safe.before, &safe.after}) {
      if (*value && IsUnmasked(ref, field.path, **value)) *value = Json{{"hash", ""}};
    }
    const ValueLimits limits{options_.value_width, options_.value_lines,
                             options_.context_lines};
    for (const ValueLine& line : ValueLines(safe, limits)) {
      Line("      " + Colour(line.mark, std::string(1, line.mark) + " " + line.text));
    }
  }

  void Findings(const std::vector<Finding>& findings) {
    for (const Finding& finding : findings) {
      std::string line =
          "    " + std::string(WordOf(finding.ruling)) + ": " + Printable(finding.reason);
      if (!finding.hazard.empty()) line += "  [" + Printable(finding.hazard) + "]";
      Line(Colour(Stops(finding.ruling) ? '!' : ' ', line));
      if (!finding.remedy.empty()) Line("    do: " + Printable(finding.remedy));
    }
  }

  void Totals() {
    if (out_.ends_with("\n\n") == false) Line("");
    VolumesLine();
    if (!set_.changes_anything() && set_.verdict() <= Ruling::kNote) {
      const auto objects = static_cast<int>(set_.changes.size());
      Line("  in sync: " + Counted(objects, "object") +
           (objects == 1 ? " is as Git wants it" : " are as Git wants them"));
      return;
    }
    std::string line;
    for (const auto& [word, count] : Counts()) {
      if (count > 0) line += (line.empty() ? "  " : ", ") + Counted(count, word);
    }
    if (Stops(set_.verdict())) {
      line += (line.empty() ? "  " : ": ") +
              std::string("nothing of this revision is applied");
    }
    if (!line.empty()) Line(line);
  }

  void VolumesLine() {
    if (set_.volumes.empty()) return;
    std::map<VolumeFate, int> counts;
    for (const VolumeReport& volume : set_.volumes) ++counts[volume.fate];
    std::string line;
    for (const auto& [fate, count] : counts) {
      line += (line.empty() ? "  volumes  " : " · ") + std::string(ToString(fate)) + " " +
              std::to_string(count);
    }
    Line(line);
  }

  /// An object that is stopped is counted as that, whatever was wanted of it.
  std::vector<std::pair<std::string, int>> Counts() const {
    std::vector<std::pair<std::string, int>> counts = {
        {"create", 0},    {"update", 0},
        {"recreate", 0},  {"delete", 0},
        {"detach", 0},    {"adopt", 0},
        {"refused", 0},   {"waiting for approval", 0},
        {"held", 0},      {"kept on purpose", 0},
        {"unchanged", 0}, {"unchanged as far as can be seen", 0}};
    for (const Change& change : set_.changes) {
      std::string word(ToString(change.action));
      if (change.action == Action::kNone) {
        word = change.unsure.empty() ? "unchanged" : "unchanged as far as can be seen";
      }
      if (change.action == Action::kKeep) word = "kept on purpose";
      if (change.worst() == Ruling::kRefuse) word = "refused";
      if (change.worst() == Ruling::kApproval) word = "waiting for approval";
      if (change.worst() == Ruling::kHold) word = "held";
      const auto found = std::find_if(counts.begin(), counts.end(),
                                      [&](const auto& one) { return one.first == word; });
      if (found != counts.end()) ++found->second;
    }
    return counts;
  }

  const ChangeSet& set_;
  const TextOptions& options_;
  std::size_t column_ = 0;
  std::string out_;
};

}  // namespace

std::string RenderText(const ChangeSet& changes, const TextOptions& options) {
  return Text(changes, options).Run();
}

}  // namespace holdfast
