// JournalEntry: an act of several steps that a run has begun and not ended yet.
//
// Some acts leave the cluster in between two states: a StatefulSet that is deleted around
// its pods and made anew, a partition that holds a rollout back, an autoscaler that is
// frozen meanwhile. Such an act is noted in the cluster before its first write
// (apply/journal.h), so that whoever comes after a run that was killed, on another machine
// too, can tell its traces from what Git or people want, and ends it or takes it back.
//
// An entry carries all that this needs, since what was there before may be gone. It is
// bound to the uid of its object: another object of the same name is another object, and
// an entry that means one that is gone may be closed but never carried out on its heir,
// unless the act itself has made the heir.

#pragma once

#include <map>
#include <string>
#include <string_view>

#include "diff/json.h"
#include "diff/object_ref.h"
#include "diff/result.h"

namespace holdfast {

struct JournalEntry {
  /// Which act: a word of letters, digits and '-', the name under which the code that
  /// opens, resumes and closes it finds its own entries. Of those of others nothing may be
  /// assumed.
  std::string act{};
  Gvk gvk{};          ///< Of the object that is acted on.
  ObjectRef ref{};
  std::string uid{};  ///< That it had when the act began.
  std::string step{};      ///< How far it has come, in the act's own words; may be empty.
  std::string by{};        ///< The run that wrote it last.
  std::string since{};     ///< RFC 3339, by the API server's clock: when it was opened.
  std::string revision{};  ///< The commit that it was begun for; empty for a folder on disk.
  /// What was there, and what is to be there in the end, as the act needs them: whole
  /// objects, or some fields. Never anything of a Secret: a journal is not guarded like one.
  Json before = Json::object();
  Json after = Json::object();

  /// One act of a kind on one object: two entries of the same key are the same act.
  std::string Key() const { return act + "." + uid; }

  bool operator==(const JournalEntry&) const = default;
};

/// Those that are open, by key.
using JournalEntries = std::map<std::string, JournalEntry>;

/// The entry of `act` about the object of this identity, whatever its uid; null if there
/// is none. Of several, for objects of the same name that came one after the other, the
/// first by key.
const JournalEntry* FindEntry(const JournalEntries& entries, std::string_view act,
                              const ObjectRef& ref);

/// One entry as JSON, and back. kInvalid for anything that ToJson did not write.
Json ToJson(const JournalEntry& entry);
Result<JournalEntry> JournalEntryFromJson(const Json& json);

}  // namespace holdfast
