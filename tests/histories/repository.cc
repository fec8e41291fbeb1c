#include "tests/histories/repository.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <utility>

#include "diff/yaml_text.h"
#include "tests/repo-layout/memory_tree.h"

namespace holdfast::histories {
namespace {

/// JSON with ' for " and P- for the prefix.
Json J(std::string text, const std::string& prefix) {
  std::replace(text.begin(), text.end(), '\'', '"');
  for (auto at = text.find("P-"); at != std::string::npos; at = text.find("P-", at)) {
    text.replace(at, 2, prefix + "-");
  }
  auto json = ParseJson(text);
  if (json.ok()) return std::move(json).value();
  std::cerr << "no JSON: " << text << "\n";
  std::abort();
}

constexpr const char* kDisk =
    "{'apiVersion':'storage.k8s.io/"
    "v1','kind':'StorageClass','metadata':{'name':'P-disk'},"
    "'provisioner':'example.org/disk','volumeBindingMode':'WaitForFirstConsumer',"
    "'reclaimPolicy':'Delete','allowVolumeExpansion':true}";
constexpr const char* kKept =
    "{'apiVersion':'storage.k8s.io/"
    "v1','kind':'StorageClass','metadata':{'name':'P-kept'},"
    "'provisioner':'example.org/disk','volumeBindingMode':'WaitForFirstConsumer',"
    "'reclaimPolicy':'Retain'}";
constexpr const char* kClaim =
    "{'apiVersion':'v1','kind':'PersistentVolumeClaim','metadata':{'name':'mysql-data'},"
    "'spec':{'storageClassName':'P-disk','accessModes':['ReadWriteOnce'],'resources':{"
    "'requests':{'storage':'1Gi'}}}}";
constexpr const char* kSecret =
    "{'apiVersion':'v1','kind':'Secret','metadata':{'name':'mysql'},'stringData':{'"
    "password':"
    "'not-a-secret'}}";
constexpr const char* kService =
    "{'apiVersion':'v1','kind':'Service','metadata':{'name':'mysql'},'spec':{'clusterIP':"
    "'None',"
    "'selector':{'app':'mysql'},'ports':[{'port':3306}]}}";
constexpr const char* kMysql =
    "{'apiVersion':'apps/"
    "v1','kind':'Deployment','metadata':{'name':'mysql'},'spec':{'replicas':"
    "1,'strategy':{'type':'Recreate'},'selector':{'matchLabels':{'app':'mysql'}},'"
    "template':{"
    "'metadata':{'labels':{'app':'mysql'}},'spec':{'terminationGracePeriodSeconds':120,"
    "'containers':[{'name':'mysql','image':'mysql:8.4.6','env':[{'name':'MYSQL_ROOT_"
    "PASSWORD',"
    "'valueFrom':{'secretKeyRef':{'name':'mysql','key':'password'}}}],'volumeMounts':[{'"
    "name':"
    "'data','mountPath':'/var/lib/mysql'}]}],'volumes':[{'name':'data',"
    "'persistentVolumeClaim':{'claimName':'mysql-data'}}]}}}}";
constexpr const char* kRing =
    "{'apiVersion':'v1','kind':'Service','metadata':{'name':'cassandra'},'spec':{'"
    "clusterIP':"
    "'None','selector':{'app':'cassandra'},'ports':[{'port':9042}]}}";
constexpr const char* kCassandra =
    "{'apiVersion':'apps/"
    "v1','kind':'StatefulSet','metadata':{'name':'cassandra'},'spec':{"
    "'replicas':2,'serviceName':'cassandra','selector':{'matchLabels':{'app':'cassandra'}"
    "},"
    "'template':{'metadata':{'labels':{'app':'cassandra'}},'spec':{"
    "'terminationGracePeriodSeconds':1800,'containers':[{'name':'cassandra','image':"
    "'cassandra:4.1.10','volumeMounts':[{'name':'data','mountPath':'/var/lib/"
    "cassandra'}]}]}},"
    "'volumeClaimTemplates':[{'metadata':{'name':'data'},'spec':{'storageClassName':'P-"
    "disk',"
    "'accessModes':['ReadWriteOnce'],'resources':{'requests':{'storage':'1Gi'}}}}]}}";
constexpr const char* kNotes =
    "{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'notes'},'data':{'a':'1'}}";
constexpr const char* kSpace =
    "{'apiVersion':'v1','kind':'Namespace','metadata':{'name':'P-a'}}";

struct BaseFile {
  const char* path;
  std::vector<const char*> documents;
};

std::vector<BaseFile> BaseFiles(int base) {
  switch (base) {
    case 0:
      return {{"mysql/claim.yaml", {kClaim}},
              {"mysql/mysql.yaml", {kSecret, kService, kMysql}},
              {"storage.yaml", {kDisk, kKept}}};
    case 1:
      return {{"cassandra/service.yaml", {kRing}},
              {"cassandra/set.yaml", {kCassandra}},
              {"notes.yaml", {kNotes}},
              {"storage.yaml", {kDisk}}};
    case 2:
      return {{"a/all.yaml", {kSpace, kClaim, kNotes}},
              {"a/mysql.yaml", {kSecret, kService, kMysql}},
              {"cassandra.yaml", {kRing, kCassandra}},
              {"storage.yaml", {kDisk, kKept}}};
    default:
      return {
          {"claim.yaml", {kClaim}}, {"notes.yaml", {kNotes}}, {"storage.yaml", {kDisk}}};
  }
}

std::string IdOf(std::size_t n) {
  char text[48];
  std::snprintf(text, sizeof text, "%040zx", n + 1);
  return text;
}

/// Thousands of histories come by the same files: a base less one document.
const Revision& ReadOnce(const MemoryTree& tree, const std::string& name_space) {
  constexpr std::size_t kMostKept = 2'000;
  thread_local std::map<std::pair<std::string, std::map<std::string, std::string>>, Revision>
      known;
  const std::pair what(name_space, tree.files);
  const auto found = known.find(what);
  if (found != known.end()) return found->second;
  if (known.size() == kMostKept) known.clear();
  auto read = ReadTree(tree, name_space);
  return known.emplace(what, read.ok() ? std::move(read).value() : Revision{})
      .first->second;
}

}  // namespace

Repository::Repository(std::string prefix, int base) : prefix_(std::move(prefix)) {
  Files files;
  for (const BaseFile& file : BaseFiles(base)) {
    for (const char* document : file.documents) {
      files.documents[file.path].push_back(J(document, prefix_));
    }
  }
  commits_.push_back({IdOf(0), -1, 0, std::move(files)});
}

void Repository::Save(Files files, long long time) {
  std::erase_if(files.documents, [](const auto& file) { return file.second.empty(); });
  if (files == head()) return;
  commits_.push_back({IdOf(commits_.size()), head_, time, std::move(files)});
  head_ = static_cast<int>(commits_.size()) - 1;
}

void Repository::RevertTo(std::size_t n, long long time) { Save(FilesOf(n), time); }

void Repository::RewindTo(std::size_t n) {
  head_ = static_cast<int>(n % commits_.size());
}

std::vector<Place> Repository::Documents() const {
  std::vector<Place> places;
  for (const auto& [path, documents] : head().documents) {
    if (path.starts_with("approvals/")) continue;
    for (std::size_t i = 0; i < documents.size(); ++i) places.push_back({path, i});
  }
  return places;
}

bool Repository::Follows(int commit, const std::string& older) const {
  for (int at = commit; at >= 0; at = commits_[static_cast<std::size_t>(at)].parent) {
    if (commits_[static_cast<std::size_t>(at)].id == older) return true;
  }
  return false;
}

const Revision& Repository::Parsed() const {
  if (parsed_head_ == head_) return parsed_;
  MemoryTree tree;
  for (const auto& [path, documents] : head().documents) {
    std::string text;
    for (const Json& document : documents)
      text += (text.empty() ? "" : "---\n") + ToYaml(document);
    tree.files[path] = std::move(text);
  }
  for (const auto& [path, text] : head().raw) tree.files[path] = text;
  parsed_ = ReadOnce(tree, prefix_ + "-a");
  parsed_head_ = head_;
  return parsed_;
}

Revision Repository::Read() const {
  Revision revision = Parsed();
  revision.repo = "memory";
  revision.ref = "main";
  revision.commit = head_commit().id;
  revision.default_namespace = prefix_ + "-a";
  revision.follows = [this, at = head_](const std::string& older) -> Result<bool> {
    return Follows(at, older);
  };
  // When a file became what it is: the first commit of an unbroken row that has it so.
  for (const auto& [path, documents] : head().documents) {
    if (!path.starts_with("approvals/")) continue;
    for (int at = head_; at >= 0;) {
      const Commit& commit = commits_[static_cast<std::size_t>(at)];
      const auto there = commit.files.documents.find(path);
      if (there == commit.files.documents.end() || there->second != documents) break;
      revision.approval_times[path] = commit.time;
      at = commit.parent;
    }
  }
  return revision;
}

}  // namespace holdfast::histories
