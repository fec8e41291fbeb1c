// KubeCluster: writing.

#include <algorithm>
#include <utility>

#include "apply/api_path.h"
#include "apply/kube_cluster.h"
#include "apply/managed_fields.h"

namespace holdfast {
namespace {

/// Whoever asks a program to stop waits for it.
constexpr std::chrono::milliseconds kLastWord{1'000};

HttpRequest Write(const char* method, const char* content_type, std::string target,
                  std::string body, std::chrono::milliseconds timeout) {
  HttpRequest request;
  request.method = method;
  request.target = std::move(target);
  request.headers["Accept"] = "application/json";
  request.headers["Content-Type"] = content_type;
  request.body = std::move(body);
  request.timeout = timeout;
  request.on_cancel = OnCancel::kAwait;
  return request;
}

/// True if each complaint is of an entry that stands twice in a list: that is what
/// a merge by keys can make, and nothing else is. A merge patch does not see fields
/// that Git dropped, so after any other no its success would say nothing.
bool IsDuplicateEntry(const Rejection& no) {
  if (no.kind != Rejection::Kind::kInvalid || no.causes.empty()) return false;
  return std::all_of(no.causes.begin(), no.causes.end(), [](const Rejection::Cause& cause) {
    return cause.message.starts_with("Duplicate value");
  });
}

/// metav1.DeletionPropagation
const char* Propagation(Permit::Dependents dependents) {
  switch (dependents) {
    case Permit::Dependents::kFollow: return "Background";
    case Permit::Dependents::kPrecede: return "Foreground";
    case Permit::Dependents::kStay: break;
  }
  return "Orphan";
}

std::string DryRun(WriteMode mode) { return mode == WriteMode::kDryRun ? "All" : ""; }

}  // namespace

/// Frees the answer's text.
ApplyAnswer KubeCluster::AnswerOfWrite(Result<HttpAnswer>& answer,
                                       const std::string& what) const {
  if (!answer.ok()) return answer.error().In(what);
  const HttpAnswer taken = std::exchange(*answer, {});
  const AskedFor asked = Asked(what);
  if (!IsSuccess(taken)) {
    auto no = NoOfWrite(taken, asked);
    if (Rejection* rejection = std::get_if<Rejection>(&no)) return std::move(*rejection);
    return std::get<Error>(std::move(no));
  }
  auto json = BodyOf(taken, asked);
  if (!json.ok()) return json.error();
  auto object = Object::Make(std::move(json).value()).In(what);
  if (!object.ok()) return Error{ErrorCode::kUnavailable, object.error().message};
  return std::move(object).value();
}

Result<HttpRequest> KubeCluster::ApplyRequest(const ApplyCall& call) {
  const Object& object = call.object;
  HOLDFAST_TRY_ASSIGN(const std::string path,
                      PathOf(object.gvk(), object.ref().name_space, object.ref().name));
  const bool takes_over = call.on_conflict == OnFieldConflict::kTakeOver;
  // JSON is YAML.
  return Write("PATCH", "application/apply-patch+yaml",
               path + Query({{"fieldManager", call.manager},
                             {"fieldValidation", "Strict"},
                             {"dryRun", DryRun(call.mode)},
                             {"force", takes_over ? "true" : ""}}),
               DumpJson(object.json()), options_.request_timeout);
}

/// An apply merges lists by their keys. Where somebody changed a key by hand (a
/// Service's port), the entry that Git wants would stand beside the strange one,
/// which the server may refuse ("duplicate name"), and no apply ever mends that.
/// Then the lists are put back as wholes by one merge patch (RFC 7386), which also
/// forgets who owns which field, and the apply after it makes them ours.
ApplyAnswer KubeCluster::PutBackLists(const ApplyCall& call, Rejection no) {
  const Object& object = call.object;
  const std::string what = "apply " + object.ref().ToString();
  Json body = object.json();
  body["metadata"]["managedFields"] = Json::array({Json::object()});
  ApplyAnswer patched = PatchOne({object, std::move(body), call.mode});
  // The first no is the one that people can mend.
  if (!std::holds_alternative<Object>(patched)) return no;
  if (call.mode == WriteMode::kDryRun) return patched;
  auto request = ApplyRequest(call);
  if (!request.ok()) return request.error().In(what);
  auto applied = SendOne(std::move(request).value(), Repeat::kApply);
  return AnswerOfWrite(applied, what);
}

std::vector<ApplyAnswer> KubeCluster::Apply(const std::vector<ApplyCall>& calls) {
  std::vector<ApplyAnswer> answers(calls.size(), Internal("not asked"));
  const auto repeat_of = [](const ApplyCall& call) {
    if (call.mode == WriteMode::kDryRun) return Repeat::kDryApply;
    // Of one version it is carried out once.
    return call.object.resource_version().empty() ? Repeat::kApply : Repeat::kOnlyIfNotDone;
  };
  for (const Repeat repeat : {Repeat::kDryApply, Repeat::kApply, Repeat::kOnlyIfNotDone}) {
    std::vector<std::size_t> some;
    for (std::size_t i = 0; i < calls.size(); ++i) {
      if (repeat_of(calls[i]) == repeat) some.push_back(i);
    }
    ApplySome(calls, some, repeat, answers);
  }
  return answers;
}

void KubeCluster::ApplySome(const std::vector<ApplyCall>& calls,
                            const std::vector<std::size_t>& which, Repeat repeat,
                            std::vector<ApplyAnswer>& answers) {
  std::size_t next = 0;
  while (next < which.size()) {
    std::vector<HttpRequest> requests;
    std::vector<std::size_t> asked;
    for (; next < which.size() && requests.size() < options_.requests_at_once; ++next) {
      const ApplyCall& call = calls[which[next]];
      auto request = ApplyRequest(call);
      if (request.ok()) {
        requests.push_back(std::move(request).value());
        asked.push_back(which[next]);
      } else {
        answers[which[next]] =
            request.error().In("apply " + call.object.ref().ToString());
      }
    }
    auto received = SendAll(std::move(requests), repeat);
    for (std::size_t i = 0; i < asked.size(); ++i) {
      const ApplyCall& call = calls[asked[i]];
      ApplyAnswer answer = AnswerOfWrite(received[i], "apply " + call.object.ref().ToString());
      const auto* no = std::get_if<Rejection>(&answer);
      const bool may_mend = no != nullptr && IsDuplicateEntry(*no) &&
                            call.on_conflict == OnFieldConflict::kTakeOver;
      answers[asked[i]] = may_mend ? PutBackLists(call, *no) : std::move(answer);
    }
  }
}

Result<HttpRequest> KubeCluster::PatchRequest(const PatchCall& call) {
  const Object& object = call.live;
  HOLDFAST_TRY_ASSIGN(const std::string path,
                      PathOf(object.gvk(), object.ref().name_space, object.ref().name));
  return Write("PATCH", "application/merge-patch+json",
               path + Query({{"fieldManager", kFieldManager},
                             {"fieldValidation", "Strict"},
                             {"dryRun", DryRun(call.mode)}}),
               DumpJson(call.changes), options_.request_timeout);
}

std::vector<ApplyAnswer> KubeCluster::Patch(const std::vector<PatchCall>& calls) {
  std::vector<ApplyAnswer> answers;
  for (const PatchCall& call : calls) answers.push_back(PatchOne(call));
  return answers;
}

ApplyAnswer KubeCluster::PatchOne(const PatchCall& call) {
  const std::string what = "patch " + call.live.ref().ToString();
  auto request = PatchRequest(call);
  if (!request.ok()) return request.error().In(what);
  auto answer =
      SendOne(std::move(request).value(),
              call.mode == WriteMode::kDryRun ? Repeat::kRead : Repeat::kOnlyIfNotDone);
  return AnswerOfWrite(answer, what);
}

ApplyAnswer KubeCluster::Create(const Object& object) {
  const std::string what = "create " + object.ref().ToString();
  // Checks the name too, although the path is that of all.
  auto path = PathOf(object.gvk(), object.ref().name_space, object.ref().name);
  if (!path.ok()) return path.error().In(what);
  path->resize(path->rfind('/'));
  auto answer = SendOne(Write("POST", "application/json",
                              *path + Query({{"fieldManager", kFieldManager},
                                             {"fieldValidation", "Strict"}}),
                              DumpJson(object.json()), options_.request_timeout),
                        Repeat::kOnlyIfNotDone);
  return AnswerOfWrite(answer, what);
}

ApplyAnswer KubeCluster::Replace(const Object& object) {
  return Put(object, OnCancel::kAwait, options_.request_timeout);
}

ApplyAnswer KubeCluster::ReplaceAtLast(const Object& object) {
  return Put(object, OnCancel::kSend, std::min(options_.request_timeout, kLastWord));
}

ApplyAnswer KubeCluster::Put(const Object& object, OnCancel on_cancel,
                             std::chrono::milliseconds timeout) {
  const std::string what = "replace " + object.ref().ToString();
  // Without it a PUT overwrites whatever is there.
  if (object.resource_version().empty()) {
    return Internal(what + ": without the resourceVersion that it was read at");
  }
  auto path = PathOf(object.gvk(), object.ref().name_space, object.ref().name);
  if (!path.ok()) return path.error().In(what);
  HttpRequest request =
      Write("PUT", "application/json",
            *path + Query({{"fieldManager", kFieldManager}, {"fieldValidation", "Strict"}}),
            DumpJson(object.json()), timeout);
  request.on_cancel = on_cancel;
  auto answer = SendOne(std::move(request), Repeat::kOnlyIfNotDone);
  return AnswerOfWrite(answer, what);
}

Status KubeCluster::Delete(Permit permit, WriteMode mode) {
  const ObjectRef& ref = permit.ref();
  const std::string what = "delete " + ref.ToString();
  // Empty preconditions are none: they would let any object of this name go.
  if (permit.uid().empty() || permit.resource_version().empty()) {
    return Internal(what +
                    ": without uid and resourceVersion of the object that was judged");
  }
  auto path = PathOf(permit.gvk(), ref.name_space, ref.name);
  if (!path.ok()) return path.error().In(what);
  Json options = {
      {"apiVersion", "v1"},
      {"kind", "DeleteOptions"},
      {"propagationPolicy", Propagation(permit.dependents())},
      {"preconditions",
       {{"uid", permit.uid()}, {"resourceVersion", permit.resource_version()}}}};
  if (mode == WriteMode::kDryRun) options["dryRun"] = Json::array({"All"});
  const auto answer = SendOne(Write("DELETE", "application/json", *path,
                                    DumpJson(options), options_.request_timeout),
                              Repeat::kOnlyIfNotDone);
  if (!answer.ok()) return answer.error().In(what);
  if (IsSuccess(*answer)) {
    auto body = BodyOf(*answer, Asked(what));
    return body.ok() ? Status() : Status(body.error());
  }
  // Gone already: said of this object and not of its kind or namespace.
  const Error as_read = ErrorOfRead(*answer, Asked(what));
  if (as_read.code == ErrorCode::kNotFound) return {};
  auto no = NoOfWrite(*answer, Asked(what));
  if (const Rejection* rejection = std::get_if<Rejection>(&no)) {
    return ErrorOf(*rejection, Asked(what));
  }
  return std::get<Error>(std::move(no));
}

}  // namespace holdfast
