#include "tests/memory-cluster/contract.h"

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <utility>

namespace holdfast::memory {

Play::Play(Bed& bed, std::string name) : bed_(bed), name_(std::move(name)) {
  Create(Make("v1 Namespace /" + name_, ""));
}

bool Play::Expect(bool holds, const std::string& what) {
  if (!holds) wrong_.push_back(what);
  return holds;
}

Json Play::J(std::string text) const {
  std::replace(text.begin(), text.end(), '\'', '"');
  for (auto at = text.find("NS"); at != std::string::npos; at = text.find("NS", at)) {
    text.replace(at, 2, name_);
  }
  auto json = ParseJson(text);
  if (json.ok()) return std::move(json).value();
  std::cerr << "a row has no JSON: " << text << "\n";
  std::abort();
}

ObjectKey Play::Key(const std::string& head) const {
  const auto blank = head.find(' ');
  const auto second = head.find(' ', blank + 1);
  const Gvk gvk =
      Gvk::Parse(head.substr(0, blank), head.substr(blank + 1, second - blank - 1))
          .value();
  std::string name = head.substr(second + 1);
  const bool of_cluster = name.starts_with('/');
  if (of_cluster) name.erase(0, 1);
  return {gvk, of_cluster ? "" : name_, name};
}

Object Play::Make(const std::string& head, const std::string& members,
                  const std::string& metadata) const {
  const ObjectKey key = Key(head);
  std::string text = "{'apiVersion':'" + key.gvk.ApiVersion() + "','kind':'" +
                     key.gvk.kind + "','metadata':{'name':'" + key.name + "'";
  if (!key.name_space.empty()) text += ",'namespace':'NS'";
  text += (metadata.empty() ? "" : ",") + metadata + "}";
  text += (members.empty() ? "" : ",") + members + "}";
  return Object::Make(J(text)).value();
}

Object Play::Create(const Object& object) {
  ApplyAnswer answer = bed_.Create(object);
  if (auto* made = std::get_if<Object>(&answer)) return std::move(*made);
  const auto* no = std::get_if<Rejection>(&answer);
  Expect(false, "create " + object.ref().ToString() + ": " +
                    (no != nullptr ? no->message : std::get<Error>(answer).message));
  return object;
}

void Play::Edit(const std::string& head, const std::string& changes) {
  const ApplyAnswer answer = bed_.Edit(Key(head), J(changes));
  const auto* no = std::get_if<Rejection>(&answer);
  Expect(std::holds_alternative<Object>(answer),
         "edit " + head + ": " + (no == nullptr ? "no answer" : no->message));
}

void Play::Delete(const std::string& head, Propagation propagation) {
  const Status status = bed_.Delete(Key(head), propagation);
  Expect(status.ok(),
         "delete " + head + (status.ok() ? "" : ": " + status.error().message));
}

Json Play::Live(const std::string& head) {
  const auto object = std::move(bed_.cluster().Get({Key(head)}).front());
  return object.ok() ? object->json() : Json();
}

std::string Play::Text(const std::string& head, const std::string& pointer) {
  const Json live = Live(head);
  const Json::json_pointer at(pointer);
  if (!live.contains(at)) return "";
  const Json& value = live.at(at);
  return value.is_string() ? value.get<std::string>() : DumpJson(value);
}

bool Play::Is(const std::string& head, const std::string& pointer,
              const std::string& value) {
  return Text(head, pointer) == value;
}

bool Play::Gone(const std::string& head) {
  const auto object = std::move(bed_.cluster().Get({Key(head)}).front());
  return !object.ok() && object.error().code == ErrorCode::kNotFound;
}

void Play::Await(const std::string& what, const std::function<bool()>& holds) {
  Expect(bed_.Await(holds), what);
}

void Play::AwaitText(const std::string& head, const std::string& pointer,
                     const std::string& value) {
  Await(head + pointer + " becomes " + value, [&] { return Is(head, pointer, value); });
}

void Play::AwaitGone(const std::string& head) {
  Await(head + " goes", [&] { return Gone(head); });
}

bool Play::IsDestroyed(const std::string& claim_uid) {
  for (const Destroyed& one : bed_.destroyed()) {
    if (one.claim_uid == claim_uid) return true;
  }
  return false;
}

void Play::MakeClass(const std::string& policy, bool grows) {
  Create(
      Make("storage.k8s.io/v1 StorageClass /" + name_,
           "'provisioner':'example.org/disk','volumeBindingMode':'WaitForFirstConsumer',"
           "'reclaimPolicy':'" +
               policy + "','allowVolumeExpansion':" + (grows ? "true" : "false")));
}

Object Play::Pod(const std::string& name, const std::string& claim) const {
  return Make(
      "v1 Pod " + name,
      "'spec':{'containers':[{'name':'c','image':'example.org/c:1'}],'volumes':[{'name':"
      "'v','persistentVolumeClaim':{'claimName':'" +
          claim + "'}}]}");
}

Object Play::MakeBoundClaim() {
  Create(Make("v1 PersistentVolumeClaim data",
              "'spec':{'storageClassName':'NS','accessModes':['ReadWriteOnce'],"
              "'resources':{'requests':{'storage':'1Gi'}}}"));
  // Kubernetes itself makes it, and a pod without it is refused.
  Await("there is a ServiceAccount", [&] { return !Gone("v1 ServiceAccount default"); });
  Create(Pod("user", "data"));
  AwaitText("v1 PersistentVolumeClaim data", "/status/phase", "Bound");
  AwaitText("v1 Pod user", "/status/phase", "Running");
  return Object::Make(Live("v1 PersistentVolumeClaim data")).value();
}

Object Play::Set(int replicas, const std::string& retention,
                 const std::string& size) const {
  return Make(
      "apps/v1 StatefulSet db",
      "'spec':{'replicas':" + std::to_string(replicas) +
          ",'serviceName':'db','selector':{'matchLabels':{'app':'db'}}," + retention +
          "'template':{'metadata':{'labels':{'app':'db'}},'spec':{'containers':[{'name':"
          "'c','image':'example.org/c:1','volumeMounts':[{'name':'data','mountPath':"
          "'/data'}]}]}},'volumeClaimTemplates':[{'metadata':{'name':'data'},'spec':{"
          "'storageClassName':'NS','accessModes':['ReadWriteOnce'],'resources':{"
          "'requests':{'storage':'" +
          size + "'}}}}]}");
}

void Play::MakeSet(int replicas, const std::string& retention) {
  Create(Set(replicas, retention));
  AwaitText("apps/v1 StatefulSet db", "/status/readyReplicas", std::to_string(replicas));
}

std::vector<Row> Contract() {
  std::vector<Row> rows = RowsOfTheServer();
  for (const Row& row : RowsOfTheControllers()) rows.push_back(row);
  return rows;
}

}  // namespace holdfast::memory
