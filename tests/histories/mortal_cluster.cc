#include "tests/histories/mortal_cluster.h"

#include <algorithm>
#include <utility>

namespace holdfast::histories {
namespace {

Error Dead() { return {ErrorCode::kCancelled, "the run has been killed"}; }

}  // namespace

MortalCluster::Fate MortalCluster::Next() {
  if (dead_) return Fate::kUnsent;
  ++requests_;
  if (left_ == 0 || --left_ > 0) return Fate::kSent;
  dead_ = true;
  return last_ == LastWords::kUnheard ? Fate::kUnheard : Fate::kUnsent;
}

/// All that are sent go in one batch, as they would.
template <typename Answer, typename Call, typename Send>
std::vector<Answer> MortalCluster::SendEach(const std::vector<Call>& calls,
                                            const Send& send) {
  std::vector<Call> sent;
  std::size_t heard = 0;
  for (const Call& call : calls) {
    const Fate fate = Next();
    if (fate == Fate::kUnsent) break;
    sent.push_back(call);
    if (fate == Fate::kSent) ++heard;
  }
  std::vector<Answer> answers;
  if (!sent.empty()) answers = send(sent);
  while (answers.size() > heard) answers.pop_back();
  answers.resize(calls.size(), Answer(Dead()));
  return answers;
}

template <typename Answer, typename Send>
Answer MortalCluster::SendOne(const Send& send) {
  const Fate fate = Next();
  if (fate == Fate::kUnsent) return Answer(Dead());
  Answer answer = send();
  return fate == Fate::kSent ? std::move(answer) : Answer(Dead());
}

Result<std::string> MortalCluster::Uid() {
  return SendOne<Result<std::string>>([&] { return inner_.Uid(); });
}

Result<const Discovery*> MortalCluster::Discover() {
  if (dead_) return Dead();
  return inner_.Discover();
}

Result<const Discovery*> MortalCluster::Rediscover() {
  return SendOne<Result<const Discovery*>>([&] { return inner_.Rediscover(); });
}

std::vector<Result<Json>> MortalCluster::ReadDocuments(
    const std::vector<std::string>& targets) {
  return SendEach<Result<Json>>(targets, [&](const std::vector<std::string>& sent) {
    return inner_.ReadDocuments(sent);
  });
}

std::vector<Result<Object>> MortalCluster::Get(const std::vector<ObjectKey>& keys) {
  return SendEach<Result<Object>>(
      keys, [&](const std::vector<ObjectKey>& sent) { return inner_.Get(sent); });
}

std::vector<Result<ObjectList>> MortalCluster::List(const std::vector<ListCall>& calls) {
  return SendEach<Result<ObjectList>>(
      calls, [&](const std::vector<ListCall>& sent) { return inner_.List(sent); });
}

std::vector<ApplyAnswer> MortalCluster::Apply(const std::vector<ApplyCall>& calls) {
  return SendEach<ApplyAnswer>(calls, [&](const std::vector<ApplyCall>& sent) {
    for (const ApplyCall& call : sent) writes_ += call.mode == WriteMode::kReal ? 1 : 0;
    return inner_.Apply(sent);
  });
}

std::vector<ApplyAnswer> MortalCluster::Patch(const std::vector<PatchCall>& calls) {
  return SendEach<ApplyAnswer>(calls, [&](const std::vector<PatchCall>& sent) {
    for (const PatchCall& call : sent) writes_ += call.mode == WriteMode::kReal ? 1 : 0;
    return inner_.Patch(sent);
  });
}

ApplyAnswer MortalCluster::Create(const Object& object) {
  return SendOne<ApplyAnswer>([&] {
    ++writes_;
    return inner_.Create(object);
  });
}

ApplyAnswer MortalCluster::Replace(const Object& object) {
  return SendOne<ApplyAnswer>([&] {
    ++writes_;
    return inner_.Replace(object);
  });
}

Status MortalCluster::Delete(Permit permit, WriteMode mode) {
  return SendOne<Status>([&] {
    writes_ += mode == WriteMode::kReal ? 1 : 0;
    return inner_.Delete(std::move(permit), mode);
  });
}

WatchId MortalCluster::Watch(const ListCall& what, const std::string& from) {
  return inner_.Watch(what, from);
}

std::vector<WatchEvent> MortalCluster::WaitForEvents(std::chrono::milliseconds up_to) {
  if (dead_) return {};
  return inner_.WaitForEvents(up_to);
}

}  // namespace holdfast::histories
