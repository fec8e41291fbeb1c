// MortalCluster: a Cluster through which a run dies at a request of one's choice.
//
// A process that is killed asks nothing any more; what it has asked is done or not. So
// from the chosen request on nothing goes through, and whoever drives the run begins
// anew.

#pragma once

#include "apply/cluster.h"

namespace holdfast::histories {

enum class LastWords {
  kUnsent,   ///< The request at which it dies never leaves.
  kUnheard,  ///< It is carried out, and its answer is heard by nobody.
};

class MortalCluster : public Cluster {
 public:
  /// `inner` outlives it.
  explicit MortalCluster(Cluster& inner) : inner_(inner) {}

  /// Dies at the `n`-th request from now, counted from 1.
  void DieAt(int n, LastWords last) {
    left_ = n;
    last_ = last;
  }
  bool dead() const { return dead_; }
  int requests() const { return requests_; }
  /// Requests for good, dry runs left aside.
  int writes() const { return writes_; }

  std::string Address() const override { return inner_.Address(); }
  Result<std::string> Uid() override;
  long long ServerTime() const override { return inner_.ServerTime(); }
  Result<const Discovery*> Discover() override;
  Result<const Discovery*> Rediscover() override;
  std::vector<Result<Json>> ReadDocuments(
      const std::vector<std::string>& targets) override;
  std::vector<Result<Object>> Get(const std::vector<ObjectKey>& keys) override;
  std::vector<Result<ObjectList>> List(const std::vector<ListCall>& calls) override;
  std::vector<ApplyAnswer> Apply(const std::vector<ApplyCall>& calls) override;
  std::vector<ApplyAnswer> Patch(const std::vector<PatchCall>& calls) override;
  ApplyAnswer Create(const Object& object) override;
  ApplyAnswer Replace(const Object& object) override;
  Status Delete(Permit permit, WriteMode mode) override;
  WatchId Watch(const ListCall& what, const std::string& from) override;
  void Unwatch(WatchId watch) override { inner_.Unwatch(watch); }
  std::vector<WatchEvent> WaitForEvents(std::chrono::milliseconds up_to) override;

 private:
  enum class Fate { kSent, kUnheard, kUnsent };

  /// What becomes of the next request.
  Fate Next();

  template <typename Answer, typename Call, typename Send>
  std::vector<Answer> SendEach(const std::vector<Call>& calls, const Send& send);
  template <typename Answer, typename Send>
  Answer SendOne(const Send& send);

  Cluster& inner_;
  int left_ = 0;  ///< Requests until death; 0: immortal.
  LastWords last_ = LastWords::kUnsent;
  bool dead_ = false;
  int requests_ = 0;
  int writes_ = 0;
};

}  // namespace holdfast::histories
