// What people and bad merges do to a repository.

#include <algorithm>
#include <utility>

#include "apply/approval_draft.h"
#include "apply/timestamp.h"
#include "tests/histories/world.h"

namespace holdfast::histories {
namespace {

std::string KindOf(const Json& document) { return StringIn(document, "kind"); }
std::string NameOf(const Json& document) {
  return StringIn(document, "metadata", "name");
}
std::string Named(const Json& document) {
  return KindOf(document) + " " + NameOf(document);
}

bool IsAny(const Json&) { return true; }
bool IsClaim(const Json& document) { return KindOf(document) == "PersistentVolumeClaim"; }
bool IsSet(const Json& document) { return KindOf(document) == "StatefulSet"; }
bool IsDeployment(const Json& document) { return KindOf(document) == "Deployment"; }
bool IsClass(const Json& document) { return KindOf(document) == "StorageClass"; }
bool IsVolumeDocument(const Json& document) {
  return KindOf(document) == "PersistentVolume";
}
bool IsWorkload(const Json& document) {
  return IsSet(document) || IsDeployment(document);
}
bool HasStorage(const Json& document) { return IsClaim(document) || IsSet(document); }
bool HasNamespace(const Json& document) {
  return !IsClass(document) && KindOf(document) != "Namespace" &&
         KindOf(document) != "PersistentVolume";
}

/// The spec of a claim, or of a set's first template; null if there is none.
Json* ClaimSpec(Json& document) {
  if (IsClaim(document)) return &document["spec"];
  Json& templates = document["spec"]["volumeClaimTemplates"];
  return templates.is_array() && !templates.empty() ? &templates[0]["spec"] : nullptr;
}

constexpr const char* kSizes[] = {"512Mi", "1Gi", "2Gi", "3Gi"};
constexpr const char* kImages[] = {"mysql:8.4.7",     "mysql:8.0.40",
                                   "mysql:9.0.1",     "cassandra:4.1.11",
                                   "cassandra:5.0.2", "cassandra:3.11.17"};

}  // namespace

void World::Commit(Files files, const std::string& story) {
  repository_.Save(std::move(files), clock_.SecondsSinceEpoch());
  Say("git: " + story);
}

Json* World::Choose(Files& files, std::uint32_t n,
                    const std::function<bool(const Json&)>& fits,
                    std::string& what) const {
  std::vector<Json*> fitting;
  for (auto& [path, documents] : files.documents) {
    if (path.starts_with("approvals/")) continue;
    for (Json& document : documents) {
      if (fits(document)) fitting.push_back(&document);
    }
  }
  if (fitting.empty()) return nullptr;
  Json* chosen = fitting[n % fitting.size()];
  what = Named(*chosen);
  return chosen;
}

void World::DropDocument(const Step& step) {
  const std::vector<Place> places = repository_.Documents();
  if (places.empty()) return;
  const Place& place = places[step.a % places.size()];
  Files files = repository_.head();
  std::vector<Json>& documents = files.documents[place.path];
  const std::string what = Named(documents[place.index]);
  documents.erase(documents.begin() + static_cast<std::ptrdiff_t>(place.index));
  Commit(std::move(files), "drop " + what);
}

void World::DropFile(const Step& step) {
  const std::vector<Place> places = repository_.Documents();
  if (places.empty()) return;
  const std::string path = places[step.a % places.size()].path;
  Files files = repository_.head();
  files.documents.erase(path);
  Commit(std::move(files), "drop file " + path);
}

/// All that has this name in its own: the claims of a database and its workload.
void World::DropDatabase(const Step& step) {
  Files files = repository_.head();
  std::string what;
  const Json* chosen = Choose(files, step.a, IsWorkload, what);
  if (chosen == nullptr) return;
  const std::string name = NameOf(*chosen);
  for (auto& [path, documents] : files.documents) {
    if (path.starts_with("approvals/")) continue;
    std::erase_if(documents, [&](const Json& document) {
      return NameOf(document).starts_with(name);
    });
  }
  Commit(std::move(files), "drop all of " + name);
}

void World::EmptyFolder(const Step& step) {
  Files files = repository_.head();
  if (step.a % 3 == 0) {
    files.documents.clear();
    files.raw.clear();
  } else {
    std::erase_if(files.documents, [](const auto& file) {
      return file.first.find('/') != std::string::npos;
    });
  }
  Commit(std::move(files), step.a % 3 == 0 ? "empty it" : "drop the folders");
}

void World::Rename(const Step& step) {
  Files files = repository_.head();
  std::string what;
  Json* chosen = Choose(files, step.a, IsAny, what);
  if (chosen == nullptr) return;
  const std::string old = NameOf(*chosen);
  (*chosen)["metadata"]["name"] =
      old.ends_with("-x") ? old.substr(0, old.size() - 2) : old + "-x";
  // Half of the people think of those who name it.
  if (IsClaim(*chosen) && step.b % 2 == 0) {
    const std::string now = NameOf(*chosen);
    for (auto& [path, documents] : files.documents) {
      for (Json& document : documents) {
        if (!IsDeployment(document)) continue;
        for (Json& volume : document["spec"]["template"]["spec"]["volumes"]) {
          if (StringIn(volume, "persistentVolumeClaim", "claimName") == old) {
            volume["persistentVolumeClaim"]["claimName"] = now;
          }
        }
      }
    }
  }
  Commit(std::move(files), "rename " + what);
}

void World::Move(const Step& step) {
  Files files = repository_.head();
  std::string what;
  const std::string other = options_.prefix + "-b";
  const auto move = [&](Json& document) {
    if (StringIn(document, "metadata", "namespace") == other) {
      document["metadata"].erase("namespace");
    } else {
      document["metadata"]["namespace"] = other;
    }
  };
  if (step.b % 4 == 0) {
    for (auto& [path, documents] : files.documents) {
      for (Json& document : documents) {
        if (HasNamespace(document) && !path.starts_with("approvals/")) move(document);
      }
    }
    what = "all";
  } else {
    Json* chosen = Choose(files, step.a, HasNamespace, what);
    if (chosen == nullptr) return;
    move(*chosen);
  }
  Commit(std::move(files), "move " + what + " to another namespace");
}

void World::MoveFile(const Step& step) {
  const std::vector<Place> places = repository_.Documents();
  if (places.empty()) return;
  const std::string path = places[step.a % places.size()].path;
  Files files = repository_.head();
  auto moved = files.documents.extract(path);
  moved.key() = "moved/" + std::to_string(step.b % 3) + ".yaml";
  files.documents.erase(moved.key());
  files.documents.insert(std::move(moved));
  Commit(std::move(files), "move the file " + path);
}

void World::Resize(const Step& step) {
  Files files = repository_.head();
  std::string what;
  Json* chosen = Choose(files, step.a, HasStorage, what);
  Json* spec = chosen == nullptr ? nullptr : ClaimSpec(*chosen);
  if (spec == nullptr) return;
  const std::string size = kSizes[step.b % std::size(kSizes)];
  (*spec)["resources"]["requests"]["storage"] = size;
  Commit(std::move(files), "resize " + what + " to " + size);
}

void World::ChangeClass(const Step& step) {
  Files files = repository_.head();
  std::string what;
  Json* chosen = Choose(files, step.a, HasStorage, what);
  Json* spec = chosen == nullptr ? nullptr : ClaimSpec(*chosen);
  if (spec == nullptr) return;
  if (step.b % 3 == 0) {
    spec->erase("storageClassName");
  } else {
    (*spec)["storageClassName"] = options_.prefix + (step.b % 3 == 1 ? "-kept" : "-disk");
  }
  Commit(std::move(files), "another class for " + what);
}

void World::Scale(const Step& step) {
  Files files = repository_.head();
  std::string what;
  Json* chosen = Choose(files, step.a, IsWorkload, what);
  if (chosen == nullptr) return;
  Json& spec = (*chosen)["spec"];
  const std::uint32_t count = step.b % 6;
  if (count == 5) {
    spec.erase("replicas");
  } else {
    spec["replicas"] = count;
  }
  if (step.b % 5 == 0)
    (*chosen)["metadata"]["annotations"]["holdfast.dev/stopped"] = "true";
  if (step.b % 7 == 0)
    (*chosen)["metadata"]["annotations"]["holdfast.dev/min-replicas"] = "1";
  Commit(std::move(files),
         "scale " + what + " to " + (count == 5 ? "?" : std::to_string(count)));
}

void World::ChangeRetention(const Step& step) {
  Files files = repository_.head();
  std::string what;
  Json* chosen = Choose(files, step.a, IsSet, what);
  if (chosen == nullptr) return;
  Json& policy = (*chosen)["spec"]["persistentVolumeClaimRetentionPolicy"];
  policy[step.b % 2 == 0 ? "whenDeleted" : "whenScaled"] =
      step.b % 3 == 0 ? "Retain" : "Delete";
  Commit(std::move(files), "retention of " + what + " " + DumpJson(policy));
}

void World::ChangeSelector(const Step& step) {
  Files files = repository_.head();
  std::string what;
  Json* chosen = Choose(files, step.a, IsWorkload, what);
  if (chosen == nullptr) return;
  Json& spec = (*chosen)["spec"];
  spec["selector"]["matchLabels"]["app"] = "other";
  if (step.b % 2 == 0) spec["template"]["metadata"]["labels"]["app"] = "other";
  Commit(std::move(files), "another selector for " + what);
}

void World::ChangeStrategy(const Step& step) {
  Files files = repository_.head();
  std::string what;
  Json* chosen = Choose(files, step.a, IsWorkload, what);
  if (chosen == nullptr) return;
  Json& spec = (*chosen)["spec"];
  const char* field = IsSet(*chosen) ? "updateStrategy" : "strategy";
  if (step.b % 3 == 0) {
    spec.erase(field);
  } else if (IsSet(*chosen)) {
    spec[field] = {{"type", step.b % 3 == 1 ? "OnDelete" : "RollingUpdate"}};
  } else {
    spec[field] = {{"type", step.b % 3 == 1 ? "Recreate" : "RollingUpdate"}};
  }
  Commit(std::move(files), "another strategy for " + what);
}

void World::ChangeMount(const Step& step) {
  Files files = repository_.head();
  std::string what;
  Json* chosen = Choose(files, step.a, IsDeployment, what);
  if (chosen == nullptr) return;
  Json& pod = (*chosen)["spec"]["template"]["spec"];
  if (step.b % 3 == 0) {
    pod["volumes"][0] = {{"name", "data"}, {"emptyDir", Json::object()}};
  } else if (step.b % 3 == 1) {
    pod["volumes"][0] = {{"name", "data"},
                         {"persistentVolumeClaim", {{"claimName", "data-cassandra-0"}}}};
  } else {
    pod["containers"][0]["volumeMounts"][0]["mountPath"] = "/elsewhere";
  }
  Commit(std::move(files), "another mount for " + what);
}

void World::ChangeImage(const Step& step) {
  Files files = repository_.head();
  std::string what;
  Json* chosen = Choose(files, step.a, IsWorkload, what);
  if (chosen == nullptr) return;
  const std::string image = kImages[step.b % std::size(kImages)];
  (*chosen)["spec"]["template"]["spec"]["containers"][0]["image"] = image;
  Commit(std::move(files), "image of " + what + " " + image);
}

void World::ChangePolicy(const Step& step) {
  Files files = repository_.head();
  std::string what;
  Json* chosen = Choose(files, step.a, IsClass, what);
  if (chosen == nullptr) return;
  const bool keeps = StringIn(*chosen, "reclaimPolicy") == "Retain";
  (*chosen)["reclaimPolicy"] = keeps ? "Delete" : "Retain";
  Commit(std::move(files), "another reclaim policy for " + what);
}

void World::Annotate(const Step& step) {
  Files files = repository_.head();
  std::string what;
  Json* chosen = Choose(files, step.a, IsAny, what);
  if (chosen == nullptr) return;
  Json& annotations = (*chosen)["metadata"]["annotations"];
  if (step.b % 3 == 0) {
    annotations["holdfast.dev/protect"] = "true";
  } else if (step.b % 3 == 1) {
    annotations["holdfast.dev/prune"] = "disabled";
  } else {
    (*chosen)["metadata"].erase("annotations");
  }
  Commit(std::move(files), "annotate " + what);
}

void World::AddOwner(const Step& step) {
  Files files = repository_.head();
  std::string what;
  Json* chosen = Choose(files, step.a, IsClaim, what);
  if (chosen == nullptr) return;
  (*chosen)["metadata"]["ownerReferences"] =
      Json::array({{{"apiVersion", "v1"},
                    {"kind", "ConfigMap"},
                    {"name", "notes"},
                    {"uid", "00000000-0000-4000-8000-0000000000ff"}}});
  Commit(std::move(files), "an owner for " + what);
}

/// Somebody writes the live volume into Git, as kubectl get shows it.
void World::AddVolume(const Step& step) {
  const std::vector<Object> volumes = LiveObjects({"", "v1", "PersistentVolume"}, false);
  if (volumes.empty()) return;
  const Object& volume = volumes[step.a % volumes.size()];
  Json document = {{"apiVersion", "v1"},
                   {"kind", "PersistentVolume"},
                   {"metadata", {{"name", volume.ref().name}}},
                   {"spec", MapIn(volume.json(), "spec")}};
  Json& spec = document["spec"];
  spec["claimRef"].erase("resourceVersion");
  // With a uid it is refused.
  if (step.b % 6 != 5) spec["claimRef"].erase("uid");
  switch (step.b % 6) {
    case 0:
      spec["persistentVolumeReclaimPolicy"] = "Delete";
      break;
    case 1:
      spec["persistentVolumeReclaimPolicy"] = "Retain";
      break;
    case 2:
      spec.erase("claimRef");
      break;
    case 4:
      spec["claimRef"]["uid"] = "00000000-0000-4000-8000-0000000000fe";
      break;
    default:
      break;
  }
  Files files = repository_.head();
  files.documents["volume.yaml"] = {std::move(document)};
  Commit(std::move(files), "write volume " + volume.ref().name + " into Git");
}

/// A volume that Git has, by a careless hand.
void World::ChangeVolume(const Step& step) {
  Files files = repository_.head();
  std::string what;
  Json* chosen = Choose(files, step.a, IsVolumeDocument, what);
  if (chosen == nullptr) return;
  Json& spec = (*chosen)["spec"];
  switch (step.b % 8) {
    case 0:
    case 1:
      spec["persistentVolumeReclaimPolicy"] = "Delete";
      break;
    case 2:
      spec["persistentVolumeReclaimPolicy"] = "Retain";
      break;
    case 3:
      spec.erase("claimRef");
      break;
    case 4:
    case 5:
      spec["claimRef"]["name"] = "another";
      break;
    case 6:
      spec["claimRef"]["namespace"] = options_.prefix + "-b";
      break;
    default:
      spec["claimRef"]["uid"] = "00000000-0000-4000-8000-0000000000fe";
      break;
  }
  Commit(std::move(files), "change " + what);
}

void World::DropVolume(const Step& step) {
  Files files = repository_.head();
  std::string what;
  const Json* chosen = Choose(files, step.a, IsVolumeDocument, what);
  if (chosen == nullptr) return;
  const Json gone = *chosen;
  for (auto& [path, documents] : files.documents) std::erase(documents, gone);
  Commit(std::move(files), "drop " + what);
}

/// What a live claim names as its owner.
void World::DropOwner(const Step& step) {
  std::set<std::string> owners;
  for (const Object& claim : LiveClaims()) {
    for (const Json& owner : ArrayIn(claim.json(), "metadata", "ownerReferences")) {
      owners.insert(StringIn(owner, "kind") + " " + StringIn(owner, "name"));
    }
  }
  Files files = repository_.head();
  std::string what;
  const Json* chosen = Choose(
      files, step.a, [&](const Json& one) { return owners.contains(Named(one)); }, what);
  if (chosen == nullptr) return;
  const Json gone = *chosen;
  for (auto& [path, documents] : files.documents) std::erase(documents, gone);
  Commit(std::move(files), "drop " + what + ", which owns a claim");
}

/// First it is stopped, then it goes.
void World::Retire(const Step& step) {
  Files files = repository_.head();
  std::string what;
  Json* chosen = Choose(files, step.a, IsWorkload, what);
  if (chosen == nullptr) return;
  if (IntegerIn(1, *chosen, "spec", "replicas") != 0) {
    (*chosen)["spec"]["replicas"] = 0;
    (*chosen)["metadata"]["annotations"]["holdfast.dev/stopped"] = "true";
    return Commit(std::move(files), "stop " + what);
  }
  const Json gone = *chosen;
  for (auto& [path, documents] : files.documents) std::erase(documents, gone);
  Commit(std::move(files), "drop " + what + ", which is stopped");
}

void World::AddNamespace(const Step& step) {
  Files files = repository_.head();
  const std::string name = options_.prefix + (step.a % 2 == 0 ? "-a" : "-b");
  files.documents["namespaces.yaml"] = {
      {{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", name}}}}};
  Commit(std::move(files), "write namespace " + name + " into Git");
}

void World::AddHarmless(const Step& step) {
  Files files = repository_.head();
  const std::string name = "map-" + std::to_string(step.a % 4);
  files.documents["maps.yaml"].push_back({{"apiVersion", "v1"},
                                          {"kind", "ConfigMap"},
                                          {"metadata", {{"name", name}}},
                                          {"data", {{"b", std::to_string(step.b)}}}});
  Commit(std::move(files), "add ConfigMap " + name);
}

void World::Duplicate(const Step& step) {
  Files files = repository_.head();
  std::string what;
  const Json* chosen = Choose(files, step.a, IsAny, what);
  if (chosen == nullptr) return;
  Json copy = *chosen;
  files.documents["copy.yaml"] = {std::move(copy)};
  Commit(std::move(files), "copy " + what);
}

void World::LeaveMarkers(const Step& step) {
  const std::vector<Place> places = repository_.Documents();
  if (places.empty()) return;
  const std::string path = places[step.a % places.size()].path;
  Files files = repository_.head();
  files.raw[path] =
      "<<<<<<< HEAD\nkind: ConfigMap\n=======\nkind: Secret\n>>>>>>> feature\n";
  files.documents.erase(path);
  Commit(std::move(files), "leave merge markers in " + path);
}

void World::Revert(const Step& step) {
  repository_.RevertTo(step.a, clock_.SecondsSinceEpoch());
  Say("git: revert to commit " + std::to_string(step.a % repository_.age()));
}

void World::Rewind(const Step& step) {
  repository_.RewindTo(step.a);
  Say("git: rewind to " + repository_.head_commit().id.substr(36));
}

/// A document that an earlier commit had and the head has not any more.
void World::BringBack(const Step& step) {
  Files files = repository_.head();
  std::set<std::string> there;
  for (const auto& [path, documents] : files.documents) {
    for (const Json& document : documents) there.insert(Named(document));
  }
  std::vector<std::pair<std::string, Json>> gone;
  for (std::size_t n = 0; n < repository_.age(); ++n) {
    for (const auto& [path, documents] : repository_.FilesOf(n).documents) {
      if (path.starts_with("approvals/")) continue;
      for (const Json& document : documents) {
        if (there.insert(Named(document)).second) gone.emplace_back(path, document);
      }
    }
  }
  if (gone.empty()) return;
  auto& [path, document] = gone[step.a % gone.size()];
  const std::string what = Named(document);
  files.raw.erase(path);
  files.documents[path].push_back(document);
  Commit(std::move(files), "bring back " + what);
}

/// What `holdfast approve` prints, committed as it is; who scales down says that the
/// engine has let go of its members.
void World::Approve(const Step& step) {
  const Judged judged = JudgeHead();
  if (!judged.errors.empty() || judged.input.desired.empty()) return;
  Files files = repository_.head();
  for (Json& document : DraftApprovals(judged.input, judged.plan).documents) {
    if (StringIn(document, "spec", "action") == "scale-down" && step.a % 2 == 0) {
      document["spec"]["decommissioned"] = true;
    }
    const std::string name = NameOf(document);
    files.documents["approvals/" + name + ".yaml"] = {document};
    ++tally_["approvals drafted: " + StringIn(document, "spec", "action")];
  }
  Commit(std::move(files), "approve");
}

/// The same, but for one thing that makes it worth nothing.
void World::Forge(const Step& step) {
  const Judged judged = JudgeHead();
  if (!judged.errors.empty() || judged.input.desired.empty()) return;
  Files files = repository_.head();
  const long long now = clock_.SecondsSinceEpoch();
  const std::string no_uid = "00000000-0000-4000-8000-0000000000fd";
  for (Json& document : DraftApprovals(judged.input, judged.plan).documents) {
    Json& spec = document["spec"];
    const bool aims = spec.contains("targets") && !spec["targets"].empty();
    switch (step.b % 8) {
      case 0:
        spec["cluster"] = no_uid;
        break;
      case 1:
        if (!aims) continue;
        spec["targets"][0]["uid"] = no_uid;
        break;
      case 2:
        spec["notBefore"] = FormatTimestamp(now - 5 * 86400);
        spec["expires"] = FormatTimestamp(now - 86400);
        break;
      case 3:
        spec["expires"] = FormatTimestamp(now + 60 * 86400);
        break;
      case 4:
        if (!aims) continue;
        spec["targets"][0]["name"] = "*";
        break;
      case 5:
        spec["everything"] = true;
        break;
      case 6:
        if (!aims || !spec["targets"][0].contains("pvUid")) continue;
        spec["targets"][0]["pvUid"] = no_uid;
        break;
      default:
        spec["notBefore"] = FormatTimestamp(now + 86400);
        break;
    }
    files.documents["approvals/forged-" + std::to_string(step.a % 3) + ".yaml"] = {
        document};
    ++tally_["approvals forged"];
  }
  Commit(std::move(files), "forge an approval");
}

/// An approval of an earlier commit comes back, as with a revert.
void World::BringBackApproval(const Step& step) {
  Files files = repository_.head();
  const Files& old = repository_.FilesOf(step.a);
  for (const auto& [path, documents] : old.documents) {
    if (path.starts_with("approvals/")) files.documents[path] = documents;
  }
  Commit(std::move(files), "bring back approvals");
}

void World::DropApprovals(const Step&) {
  Files files = repository_.head();
  std::erase_if(files.documents,
                [](const auto& file) { return file.first.starts_with("approvals/"); });
  Commit(std::move(files), "drop the approvals");
}

}  // namespace holdfast::histories
