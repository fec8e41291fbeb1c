// SharedStorage: volumes that lie in the same place (safety.md H-C8).
//
// When one of them is cleaned up, the others are emptied: a folder that is another's,
// or lies within it or around it, on the same node; one disk behind two objects.

#pragma once

#include <map>
#include <string>

#include "diff/object.h"
#include "diff/snapshot.h"

namespace holdfast {

/// Views into the snapshot, which must outlive it.
class SharedStorage {
 public:
  /// REQUIRES that the PersistentVolumes were listed.
  explicit SharedStorage(const Snapshot& live);

  /// Another volume in the place of `volume`; null if there is none. As cheap as its path
  /// is short, however many volumes there are.
  const Object* OtherAt(const Object& volume) const;

 private:
  struct Place {
    const Object* volume = nullptr;
    std::string node;  ///< Empty: on every node.
  };
  using Places = std::multimap<std::string, Place>;

  Places folders_;  ///< By path, without a '/' at its end but for the root.
  std::multimap<std::string, const Object*> disks_;  ///< By driver and handle.
};

}  // namespace holdfast
