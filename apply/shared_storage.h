// SharedStorage: volumes that lie in the same place (H-C8).
//
// When one of them is cleaned up, the others are emptied: a folder that is another's,
// or lies within it or around it, on the same node or the same file server; one disk
// behind two objects.

#pragma once

#include <map>
#include <string>
#include <utility>

#include "diff/object.h"
#include "diff/snapshot.h"

namespace holdfast {

/// Views into the snapshot, which must outlive it.
class SharedStorage {
 public:
  /// REQUIRES that the PersistentVolumes were listed.
  explicit SharedStorage(const Snapshot& live);

  /// Another volume with the disk of `volume` or its folder on a node; null if there is
  /// none. As cheap as its path is short, however many volumes there are.
  const Object* OtherAt(const Object& volume) const;

  /// The same of its folder on a file server: spec.nfs, or what the attributes of a CSI
  /// volume name (server, share, source, subDir). To be asked where data are destroyed,
  /// not where a claim only lets go of them: claims of two namespaces share a folder by
  /// two volumes, and a provisioner may have one around all that it makes.
  const Object* OtherOnServer(const Object& volume) const;

  /// Of two volumes of claims of one name: true if both are of one provisioner on a file
  /// server, and it cannot be told that they are not one folder, named after the claim.
  /// A claim that is made again has that folder again, while a disk is another each time.
  static bool MayBeOneFolder(const Object& one, const Object& other);

 private:
  struct Place {
    const Object* volume = nullptr;
    std::string node;  ///< Empty: on every node.
  };
  /// By server, which is empty on a node, and path, without a '/' at its end but for the
  /// root.
  using Places = std::multimap<std::pair<std::string, std::string>, Place>;

  static const Object* OtherIn(const Places& places, const std::string& server,
                               const std::string& path, const Place& of);

  Places on_nodes_;
  Places on_servers_;
  std::multimap<std::string, const Object*> disks_;  ///< By driver and handle.
};

}  // namespace holdfast
