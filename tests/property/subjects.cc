#include "tests/property/subjects.h"

#include <chrono>
#include <memory>
#include <thread>

#include "apply/resolve.h"
#include "repo-layout/folder_tree.h"
#include "repo-layout/loader.h"

namespace holdfast::property {
namespace {

constexpr int kPasses = 40;
constexpr auto kBetweenPasses = std::chrono::milliseconds(250);

std::string WhyNot(const ApplyAnswer& answer) {
  if (const auto* no = std::get_if<Rejection>(&answer)) return no->message;
  if (const auto* error = std::get_if<Error>(&answer)) return error->message;
  return "";
}

Object MadeUp(const std::string& api_version, const std::string& kind,
              const std::string& name) {
  return *Object::Make(
      {{"apiVersion", api_version}, {"kind", kind}, {"metadata", {{"name", name}}}});
}

/// One after the other until the server takes all: a namespace, a kind, a
/// ServiceAccount of a Pod may come with an earlier pass.
Status ApplyAll(Cluster& cluster, const std::vector<Object>& objects) {
  std::vector<Object> pending = objects;
  std::string why;
  for (int pass = 0; pass < kPasses && !pending.empty(); ++pass) {
    if (pass > 0) std::this_thread::sleep_for(kBetweenPasses);
    if (const auto discovery = cluster.Rediscover(); !discovery) return discovery.error();
    std::vector<ApplyCall> calls;
    for (const Object& object : pending) {
      calls.push_back({object, WriteMode::kReal, OnFieldConflict::kTakeOver});
    }
    const auto answers = cluster.Apply(calls);
    std::vector<Object> left;
    why.clear();
    for (std::size_t i = 0; i < answers.size(); ++i) {
      if (std::holds_alternative<Object>(answers[i])) continue;
      left.push_back(pending[i]);
      why += "\n  " + pending[i].ref().ToString() + ": " + WhyNot(answers[i]);
    }
    pending = std::move(left);
  }
  if (!pending.empty()) return Invalid("the server does not take the corpus:" + why);
  return {};
}

}  // namespace

Object Marked(const Object& object) {
  const Json* labels = FindIn(object.json(), "metadata", "labels");
  if (labels != nullptr && !labels->is_object() && !labels->is_null()) return object;
  return object.WithLabel(kMark, "corpus");
}

Result<std::vector<Subject>> Prepare(Cluster& cluster, const std::string& folder,
                                     const std::string& name_space) {
  HOLDFAST_TRY_ASSIGN(const std::unique_ptr<Tree> tree, OpenFolder(folder));
  HOLDFAST_TRY_ASSIGN(LoadedRevision loaded, LoadTree(*tree, name_space));
  for (const SourceFinding& found : loaded.findings) {
    if (Stops(found.finding.ruling)) return Invalid(found.finding.reason);
  }
  HOLDFAST_TRY_ASSIGN(const Discovery* discovery, cluster.Discover());
  const Resolved resolved = Resolve(std::move(loaded.manifests), *discovery, name_space);
  if (!resolved.errors.empty()) return resolved.errors.front();

  std::vector<Object> objects = {MadeUp("v1", "Namespace", name_space)};
  for (const Manifest& manifest : resolved.manifests) objects.push_back(manifest.object);
  // As a sync marks them: no object is without a field of ours then.
  std::vector<Object> marked;
  for (const Object& object : objects) marked.push_back(Marked(object));
  HOLDFAST_TRY(ApplyAll(cluster, marked));

  std::vector<Subject> subjects;
  for (const Object& object : objects) {
    subjects.push_back({object, object, object, {}});
    for (const Object& other : objects) {
      if (other.gvk() == object.gvk() && !(other.ref() == object.ref())) {
        subjects.back().others.push_back(other.json());
      }
    }
  }
  HOLDFAST_TRY(ReadAgain(cluster, subjects));
  return subjects;
}

Status ReadAgain(Cluster& cluster, std::vector<Subject>& subjects) {
  std::vector<ObjectKey> keys;
  for (const Subject& subject : subjects) {
    const ObjectRef& ref = subject.manifest.ref();
    keys.push_back({subject.manifest.gvk(), ref.name_space, ref.name});
  }
  auto answers = cluster.Get(keys);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (!answers[i]) return answers[i].error();
    subjects[i].live = std::move(answers[i]).value();
  }
  return {};
}

}  // namespace holdfast::property
