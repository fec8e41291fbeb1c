#include "tests/apply/health_rows.h"

namespace holdfast {
namespace {

Object ContentFor(const std::string& uid) {
  return Make("snapshot.storage.k8s.io/v1 VolumeSnapshotContent c",
              "'spec':{'volumeSnapshotRef':{'namespace':'default','name':'s','uid':'" + uid +
                  "'}}");
}

TEST_CASE("claims and volumes") {
  const auto claim = [](const std::string& status, const std::string& spec = "") {
    return Make("v1 PersistentVolumeClaim default/c",
                "'spec':{'storageClassName':'local-path','resources':{'requests':{'"
                "storage':'2Gi'}}" +
                    spec + "},'status':{" + status + "}");
  };
  const Object immediate = Make("storage.k8s.io/v1 StorageClass local-path",
                                "'volumeBindingMode':'Immediate'");
  const auto failed = [](int times, const std::string& uid = "") {
    return Make("v1 Event default/c.17c3",
                "'type':'Warning','reason':'ProvisioningFailed','message':'disk quota "
                "exceeded','involvedObject':{'kind':'PersistentVolumeClaim','name':'c','uid':'" +
                    uid + "'},'count':" + std::to_string(times));
  };
  const Object taken =
      Make("snapshot.storage.k8s.io/v1 VolumeSnapshot default/s",
           "'status':{'readyToUse':true,'boundVolumeSnapshotContentName':'c'}",
           "'uid':'uid-of-s'");
  CheckRows({
      {"bound",
       claim("'phase':'Bound','capacity':{'storage':'2Gi'}"),
       {},
       "Current",
       "bound"},
      {"bound, written another way",
       claim("'phase':'Bound','capacity':{'storage':'2048Mi'}"),
       {},
       "Current",
       "bound"},
      {"bound and growing",
       claim("'phase':'Bound','capacity':{'storage':'1Gi'}"),
       {},
       "InProgress",
       "growing from 1Gi to 2Gi"},
      {"grown but for its file system",
       claim("'phase':'Bound','capacity':{'storage':'1Gi'}," +
             Conditions("FileSystemResizePending", "True")),
       {},
       "Current",
       "when a pod mounts it"},
      {"grows, and its storage says that it cannot",
       claim("'phase':'Bound','capacity':{'storage':'1Gi'}," +
             Conditions("ControllerResizeError", "True", "", "pool is full")),
       {},
       "Failed",
       "pool is full"},
      {"cannot grow",
       claim("'phase':'Bound','capacity':{'storage':'1Gi'},'allocatedResourceStatuses':{'"
             "storage':'ControllerResizeInfeasible'}"),
       {},
       "Failed",
       "cannot grow"},
      {"waits for its first pod",
       claim("'phase':'Pending'"),
       {LocalPath()},
       "Current",
       "waits for its first pod"},
      {"waits for its first pod, as far as is known",
       claim("'phase':'Pending'"),
       {},
       "InProgress",
       "local-path"},
      {"waits for a volume",
       claim("'phase':'Pending'"),
       {immediate},
       "InProgress",
       "local-path"},
      {"waits for a volume by name",
       claim("'phase':'Pending'", ",'volumeName':'pv'"),
       {LocalPath()},
       "InProgress",
       "volume pv"},
      {"its provisioner has failed",
       claim("'phase':'Pending'"),
       {immediate, failed(3)},
       "InProgress",
       "disk quota exceeded"},
      {"its provisioner fails again and again",
       claim("'phase':'Pending'"),
       {immediate, failed(4)},
       "Failed",
       "disk quota exceeded"},
      {"its provisioner has failed for an earlier claim of its name",
       claim("'phase':'Pending'"),
       {immediate, failed(4, "another")},
       "InProgress",
       "disk quota exceeded"},
      {"its provisioner fails again and again, for its first pod",
       claim("'phase':'Pending'", ",'volumeName':''"),
       {LocalPath(), failed(4)},
       "Current",
       "disk quota exceeded"},
      {"lost", claim("'phase':'Lost'"), {}, "Failed", "lost"},
      {"no status", claim(""), {}, "Unknown", "no status"},
      {"going",
       Make("v1 PersistentVolumeClaim default/c", "'status':{'phase':'Bound'}",
            "'deletionTimestamp':'t'"),
       {},
       "Terminating",
       "deleted"},
      {"a free volume",
       Make("v1 PersistentVolume v", "'status':{'phase':'Available'}"),
       {},
       "Current",
       "free"},
      {"a volume whose claim went",
       Make("v1 PersistentVolume v", "'status':{'phase':'Released'}"),
       {},
       "Failed",
       "Released"},
      {"a snapshot", taken, {ContentFor("uid-of-s")}, "Current", "ready"},
      {"a snapshot whose content is another's",
       taken,
       {ContentFor("other")},
       "InProgress",
       "not bound to it"},
      {"a snapshot whose content may not be read", taken, {}, "Current", "ready"},
      {"a snapshot that is not ready",
       Make("snapshot.storage.k8s.io/v1 VolumeSnapshot default/s",
            "'status':{'error':{'message':'no such disk'}}"),
       {},
       "InProgress",
       "no such disk"},
  });
}

}  // namespace
}  // namespace holdfast
