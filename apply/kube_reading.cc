// KubeCluster: reading.

#include <algorithm>
#include <utility>

#include "apply/api_path.h"
#include "apply/discovery.h"
#include "apply/kube_cluster.h"

namespace holdfast {
namespace {

std::string Name(const ObjectKey& key) {
  return ObjectRef{key.gvk.group, key.gvk.kind, key.name_space, key.name}.ToString();
}

std::string Name(const ListCall& call) {
  return call.gvk.kind + (call.name_space.empty() ? "" : " in " + call.name_space);
}

}  // namespace

Result<std::string> KubeCluster::Uid() {
  if (!uid_.empty()) return uid_;
  HOLDFAST_TRY_ASSIGN(const Json json, ReadJson(Read("/api/v1/namespaces/kube-system"),
                                                "get Namespace kube-system"));
  const std::string uid = StringIn(json, "metadata", "uid");
  if (uid.empty()) {
    return Error{ErrorCode::kUnavailable,
                 options_.address +
                     ": namespace kube-system has no uid: is this really a "
                     "Kubernetes API server?"};
  }
  uid_ = uid;
  return uid_;
}

Result<Json> KubeCluster::ReadJson(const HttpRequest& request, const std::string& what) {
  const auto answer = SendOne(request, Repeat::kRead);
  if (!answer.ok()) return answer.error().In(what);
  if (!IsSuccess(*answer)) return ErrorOfRead(*answer, Asked(what));
  return BodyOf(*answer, Asked(what));
}

Result<const Discovery*> KubeCluster::Discover() {
  if (discovery_) return &*discovery_;
  return Rediscover();
}

Result<const Discovery*> KubeCluster::Rediscover() {
  HOLDFAST_TRY_ASSIGN(Discovery read, ReadDiscovery());
  discovery_ = std::move(read);
  return &*discovery_;
}

Result<Discovery> KubeCluster::ReadDiscovery() {
  Discovery discovery;
  std::vector<ResourceListToRead> lists;
  std::vector<HttpRequest> requests{Read("/api"), Read("/apis")};
  for (HttpRequest& request : requests) {
    request.headers["Accept"] = std::string(kDiscoveryAccept);
  }
  for (const auto& answer : SendAll(std::move(requests), Repeat::kRead)) {
    const std::string what = "discover what the API server serves";
    if (!answer.ok()) return answer.error().In(what);
    if (!IsSuccess(*answer)) return ErrorOfRead(*answer, Asked(what));
    HOLDFAST_TRY_ASSIGN(const Json json, BodyOf(*answer, Asked(what)));
    HOLDFAST_TRY_ASSIGN(auto more, AddGroups(json, discovery).In(options_.address));
    for (ResourceListToRead& list : more) lists.push_back(std::move(list));
  }
  HOLDFAST_TRY(ReadClassicLists(lists, discovery));
  Finish(discovery);
  return discovery;
}

Status KubeCluster::ReadClassicLists(const std::vector<ResourceListToRead>& lists,
                                     Discovery& discovery) {
  std::vector<HttpRequest> requests;
  for (const ResourceListToRead& list : lists) requests.push_back(Read(list.path));
  if (requests.empty()) return {};
  const auto answers = SendAll(std::move(requests), Repeat::kRead);
  for (std::size_t i = 0; i < lists.size(); ++i) {
    const auto& answer = answers[i];
    const AskedFor asked = Asked("discover what " + lists[i].path + " serves");
    if (!answer.ok() && answer.error().code != ErrorCode::kUnavailable &&
        answer.error().code != ErrorCode::kTimeout) {
      return answer.error().In(asked.what);
    }
    Status added;
    if (!answer.ok()) {
      added = answer.error();
    } else if (!IsSuccess(*answer)) {
      added = ErrorOfRead(*answer, asked);
    } else {
      auto json = BodyOf(*answer, asked);
      added = json.ok() ? AddResourceList(*json, lists[i], discovery) : json.error();
    }
    // Without the core group nothing can be said at all.
    if (!added.ok() && lists[i].group.empty()) return added;
    if (!added.ok()) discovery.failed_groups.push_back(lists[i].group);
  }
  return {};
}

std::vector<Result<Json>> KubeCluster::ReadDocuments(const std::vector<std::string>& targets) {
  std::vector<HttpRequest> requests;
  for (const std::string& target : targets) requests.push_back(Read(target));
  auto answers = SendAll(std::move(requests), Repeat::kRead);
  std::vector<Result<Json>> documents;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const AskedFor asked = Asked("read " + targets[i].substr(0, targets[i].find('?')));
    auto& answer = answers[i];
    if (!answer.ok()) {
      documents.emplace_back(answer.error().In(asked.what));
    } else if (!IsSuccess(*answer)) {
      documents.emplace_back(ErrorOfRead(*answer, asked));
    } else {
      // The index of OpenAPI is JSON that the server calls plain text.
      answer->headers["content-type"] = "application/json";
      documents.push_back(BodyOf(*answer, asked));
      answer = HttpAnswer();  // Megabytes.
    }
  }
  return documents;
}

Result<std::string> KubeCluster::PathOf(const Gvk& gvk, const std::string& name_space,
                                        const std::string& name) {
  HOLDFAST_TRY_ASSIGN(const Discovery* discovery, Discover());
  HOLDFAST_TRY_ASSIGN(const ApiResource* resource, Resolve(*discovery, gvk));
  return ObjectPath(*resource, name_space, name);
}

std::vector<Result<Object>> KubeCluster::Get(const std::vector<ObjectKey>& keys) {
  std::vector<Result<Object>> objects(keys.size(), Internal("not asked"));
  std::size_t next = 0;
  while (next < keys.size()) {
    std::vector<HttpRequest> requests;
    std::vector<std::size_t> asked;
    for (; next < keys.size() && requests.size() < options_.requests_at_once; ++next) {
      const ObjectKey& key = keys[next];
      auto path = PathOf(key.gvk, key.name_space, key.name);
      if (path.ok()) {
        requests.push_back(Read(std::move(path).value()));
        asked.push_back(next);
      } else {
        objects[next] = path.error().In("get " + Name(key));
      }
    }
    auto answers = SendAll(std::move(requests), Repeat::kRead);
    for (std::size_t i = 0; i < asked.size(); ++i) {
      objects[asked[i]] = ReadObject(keys[asked[i]], answers[i]);
    }
  }
  return objects;
}

/// Frees the answer's text, so that texts and objects are not all held at once.
Result<Object> KubeCluster::ReadObject(const ObjectKey& key,
                                       Result<HttpAnswer>& answer) const {
  const AskedFor asked = Asked("get " + Name(key));
  if (!answer.ok()) return answer.error().In(asked.what);
  const HttpAnswer taken = std::exchange(*answer, {});
  if (!IsSuccess(taken)) return ErrorOfRead(taken, asked);
  HOLDFAST_TRY_ASSIGN(Json json, BodyOf(taken, asked));
  HOLDFAST_TRY_ASSIGN(Object object, Object::Make(std::move(json)).In(asked.what));
  if (object.ref() != ObjectRef{key.gvk.group, key.gvk.kind, key.name_space, key.name}) {
    return Error{ErrorCode::kUnavailable, asked.what + ": " + options_.address +
                                              " answered with " +
                                              object.ref().ToString()};
  }
  return object;
}

/// A list of which some pages are read.
struct KubeCluster::ListInProgress {
  const ListCall* call = nullptr;
  std::string what;  ///< "list Secret in default"
  std::string path;  ///< Without what makes it a page.
  std::string continue_token;
  ObjectList list;
  int restarts = 0;
  bool is_complete = false;
  std::optional<Error> error;

  bool is_open() const { return !is_complete && !error; }

  /// A page that is not of the same moment as those before must not be added to
  /// them: begin again (H-I2).
  void Restart(const std::string& why) {
    constexpr int kMaxRestarts = 4;
    list = {};
    continue_token.clear();
    if (++restarts > kMaxRestarts) {
      error = Error{ErrorCode::kUnavailable,
                    what + ": it changes faster than it can be read: " + why};
    }
  }
};

Result<std::string> KubeCluster::PathOfAll(const ListCall& call) {
  HOLDFAST_TRY_ASSIGN(const Discovery* discovery, Discover());
  HOLDFAST_TRY_ASSIGN(const ApiResource* resource, Resolve(*discovery, call.gvk));
  if (!resource->namespaced && !call.name_space.empty()) {
    return Invalid(call.gvk.kind +
                   " belongs to no namespace, but one is given: " + call.name_space);
  }
  return CollectionPath(*resource, call.name_space);
}

std::vector<Result<ObjectList>> KubeCluster::List(const std::vector<ListCall>& calls) {
  std::vector<ListInProgress> lists(calls.size());
  for (std::size_t i = 0; i < calls.size(); ++i) {
    lists[i].call = &calls[i];
    lists[i].what = "list " + Name(calls[i]);
    auto path = PathOfAll(calls[i]);
    if (path.ok()) {
      lists[i].path = std::move(path).value();
    } else {
      lists[i].error = path.error().In(lists[i].what);
    }
  }
  while (true) {
    std::vector<HttpRequest> requests;
    std::vector<ListInProgress*> asked;
    for (ListInProgress& list : lists) {
      if (!list.is_open() || requests.size() == options_.requests_at_once) continue;
      requests.push_back(
          Read(list.path + Query({{"limit", std::to_string(options_.page_size)},
                                  {"continue", list.continue_token},
                                  {"labelSelector", list.call->label_selector}})));
      asked.push_back(&list);
    }
    if (requests.empty()) break;
    auto answers = SendAll(std::move(requests), Repeat::kRead);
    for (std::size_t i = 0; i < asked.size(); ++i) TakePage(answers[i], *asked[i]);
  }
  std::vector<Result<ObjectList>> results;
  results.reserve(calls.size());
  for (ListInProgress& list : lists) {
    if (list.error) {
      results.emplace_back(std::move(*list.error));
    } else {
      results.emplace_back(std::move(list.list));
    }
  }
  return results;
}

void KubeCluster::TakePage(Result<HttpAnswer>& answer, ListInProgress& list) const {
  const AskedFor asked = Asked(list.what);
  if (!answer.ok()) {
    list.error = answer.error().In(asked.what);
    return;
  }
  const HttpAnswer taken = std::exchange(*answer, {});
  if (!IsSuccess(taken)) {
    const Error error = ErrorOfRead(taken, asked);
    if (taken.status == 410 && !list.continue_token.empty()) {
      list.Restart(error.message);
    } else {
      list.error = error;
    }
    return;
  }
  auto json = BodyOf(taken, asked);
  if (!json.ok()) {
    list.error = json.error();
    return;
  }
  auto page = ParseListPage(std::move(json).value(), list.call->gvk);
  if (!page.ok()) {
    list.error = Error{ErrorCode::kUnavailable, page.error().In(asked.what).message};
    return;
  }
  const bool is_first = list.continue_token.empty();
  if (!is_first && page->resource_version != list.list.resource_version) {
    list.Restart("its pages are of different moments");
    return;
  }
  list.list.resource_version = std::move(page->resource_version);
  for (Object& object : page->objects) list.list.objects.push_back(std::move(object));
  list.continue_token = std::move(page->continue_token);
  list.is_complete = list.continue_token.empty();
}

}  // namespace holdfast
