#include "apply/journal_entry.h"

namespace holdfast {

const JournalEntry* FindEntry(const JournalEntries& entries, std::string_view act,
                              const ObjectRef& ref) {
  for (const auto& [key, entry] : entries) {
    if (entry.act == act && entry.ref == ref) return &entry;
  }
  return nullptr;
}

Json ToJson(const JournalEntry& entry) {
  return {{"act", entry.act},
          {"apiVersion", entry.gvk.ApiVersion()},
          {"kind", entry.gvk.kind},
          {"namespace", entry.ref.name_space},
          {"name", entry.ref.name},
          {"uid", entry.uid},
          {"step", entry.step},
          {"by", entry.by},
          {"since", entry.since},
          {"revision", entry.revision},
          {"before", entry.before},
          {"after", entry.after}};
}

Result<JournalEntry> JournalEntryFromJson(const Json& json) {
  JournalEntry entry;
  entry.act = StringIn(json, "act");
  entry.uid = StringIn(json, "uid");
  entry.step = StringIn(json, "step");
  entry.by = StringIn(json, "by");
  entry.since = StringIn(json, "since");
  entry.revision = StringIn(json, "revision");
  HOLDFAST_TRY_ASSIGN(entry.gvk, Gvk::Parse(StringIn(json, "apiVersion"), StringIn(json, "kind"))
                                     .In("an act's object"));
  entry.ref = {entry.gvk.group, entry.gvk.kind, StringIn(json, "namespace"),
               StringIn(json, "name")};
  for (const auto& [name, value] : {std::pair{"act", entry.act},
                                    {"name", entry.ref.name},
                                    {"uid", entry.uid}}) {
    if (value.empty()) return Invalid(std::string("an act has no ") + name);
  }
  const Json* before = FindIn(json, "before");
  const Json* after = FindIn(json, "after");
  if (before == nullptr || after == nullptr) return Invalid("an act lacks before or after");
  entry.before = *before;
  entry.after = *after;
  return entry;
}

}  // namespace holdfast
