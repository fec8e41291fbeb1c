#include "apply/backup_objects.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>

#include "apply/pod_template.h"

namespace holdfast {
namespace {

struct BackupKind {
  std::string_view group;
  std::string_view kind;
};

// From the API reference of each project.
constexpr BackupKind kKinds[] = {
    {"velero.io", "Schedule"},
    {"velero.io", "BackupStorageLocation"},
    {"medusa.k8ssandra.io", "MedusaBackupSchedule"},
    {"medusa.k8ssandra.io", "MedusaConfiguration"},
    {"postgresql.cnpg.io", "ScheduledBackup"},
    {"k8s.mariadb.com", "Backup"},
    {"k8s.mariadb.com", "PhysicalBackup"},
    {"snapscheduler.backube", "SnapshotSchedule"},
    {"k8up.io", "Schedule"},
    {"stash.appscode.com", "BackupConfiguration"},
    {"longhorn.io", "RecurringJob"},
    {"planetscale.com", "VitessBackupSchedule"},
};

/// Programs that copy data away, and what people call such a job.
constexpr std::array<std::string_view, 16> kWords = {
    "backup",   "mysqldump",   "mariadb-dump", "mysqlpump", "mydumper", "xtrabackup",
    "pg_dump",  "pgbackrest",  "pg_basebackup", "barman",   "wal-g",    "mongodump",
    "nodetool snapshot", "restic", "borg", "medusa"};

bool Speaks(const std::string& text) {
  return std::any_of(kWords.begin(), kWords.end(), [&](std::string_view word) {
    return text.find(word) != std::string::npos;
  });
}

}  // namespace

bool IsBackup(const Object& object) {
  const ObjectRef& ref = object.ref();
  const bool known = std::any_of(
      std::begin(kKinds), std::end(kKinds),
      [&](const BackupKind& one) { return ref.Is(one.group, one.kind); });
  if (known || !ref.Is("batch", "CronJob")) return known;
  if (Speaks(ref.name)) return true;
  for (const ContainerAt& container : PodTemplate(object).Containers()) {
    std::string text = StringIn(*container.json, "image");
    for (const char* field : {"command", "args"}) {
      for (const Json& word : ArrayIn(*container.json, field)) {
        if (word.is_string()) text += " " + word.get<std::string>();
      }
    }
    if (Speaks(text)) return true;
  }
  return false;
}

bool IsPaused(const Object& object) {
  for (const char* field : {"suspend", "paused", "disabled"}) {
    const Json* value = FindIn(object.json(), "spec", field);
    if (value != nullptr && *value == true) return true;
  }
  return false;
}

}  // namespace holdfast
