#include "apply/lease.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "apply/own_namespace.h"
#include "apply/timestamp.h"
#include "apply/watch_cache.h"

namespace holdfast {
namespace {

using std::chrono::milliseconds;

const Gvk kLease{"coordination.k8s.io", "v1", "Lease"};
constexpr milliseconds kLook{200};
constexpr milliseconds kBetweenAttempts{2'000};

/// A metav1.MicroTime, which has six digits after the point.
std::string MicroTime(long long seconds) {
  std::string text = FormatTimestamp(seconds);
  text.insert(text.size() - 1, ".000000");
  return text;
}

}  // namespace

Lease::Lease(Cluster& cluster, const Clock& clock, LeaseOptions options)
    : cluster_(cluster), clock_(clock), options_(std::move(options)) {}

Lease::Moment Lease::Now() const { return {clock_.Now(), clock_.SecondsSinceEpoch()}; }

milliseconds Lease::Elapsed(const Moment& since) const {
  const Moment now = Now();
  const auto steady = std::chrono::duration_cast<milliseconds>(now.steady - since.steady);
  return std::max<milliseconds>(steady, std::chrono::seconds(now.epoch - since.epoch - 1));
}

std::string Lease::Holder() const {
  return stored_ ? StringIn(stored_->json(), "spec", "holderIdentity") : "";
}

void Lease::See(std::optional<Object> stored) {
  const auto version = [](const std::optional<Object>& one) {
    return one ? one->uid() + "/" + one->resource_version() : "";
  };
  if (!looked_ || version(stored) != version(stored_)) seen_ = Now();
  stored_ = std::move(stored);
  looked_ = true;
}

Status Lease::Read() {
  const ObjectKey key{kLease, options_.place.name_space, options_.place.LeaseName()};
  auto read = std::move(cluster_.Get({key}).front());
  if (read.ok()) {
    See(std::move(read).value());
    return {};
  }
  if (read.error().code != ErrorCode::kNotFound) {
    return read.error().In("reading who else carries out this sync");
  }
  See(std::nullopt);
  return {};
}

Status Lease::Look() {
  if (held_) return {};
  return Read();
}

bool Lease::IsFree() const {
  const std::string holder = Holder();
  return holder.empty() || holder == options_.identity || options_.is_dead(holder);
}

bool Lease::HasExpired() const {
  const long long seconds = IntegerIn(options_.duration.count(), stored_->json(), "spec",
                                      "leaseDurationSeconds");
  return Elapsed(seen_) > std::chrono::seconds(seconds);
}

Error Lease::HeldByOther() const {
  return Error{ErrorCode::kTimeout,
               "sync " + options_.place.sync + " is being carried out by another run, " +
                   Holder() + ", since " +
                   StringIn(stored_->json(), "spec", "acquireTime") +
                   " (Lease " + options_.place.name_space + "/" +
                   options_.place.LeaseName() +
                   "); nothing was written: run again when it is done, or with a longer "
                   "--timeout"};
}

Result<bool> Lease::Write(As state) {
  const std::string now = MicroTime(cluster_.ServerTime());
  const bool ours = state != As::kFree;
  const bool renewal = state == As::kRenewed;
  long long transitions =
      stored_ ? IntegerIn(0, stored_->json(), "spec", "leaseTransitions") : 0;
  if (state == As::kTaken) ++transitions;
  Json spec = {{"leaseDurationSeconds", options_.duration.count()},
               {"acquireTime", renewal ? acquired_ : now},
               {"renewTime", now},
               {"leaseTransitions", transitions}};
  // Free is without a holder: an empty one is invalid.
  if (ours) spec["holderIdentity"] = options_.identity;
  Object object =
      Object::Make({{"apiVersion", kLease.ApiVersion()},
                    {"kind", kLease.kind},
                    {"metadata",
                     {{"namespace", options_.place.name_space},
                      {"name", options_.place.LeaseName()},
                      {"labels", {{"app.kubernetes.io/managed-by", "holdfast"}}}}},
                    {"spec", std::move(spec)}})
          .value();  // It has all that Make() asks for.
  if (stored_) object = object.AtResourceVersion(stored_->resource_version());
  ApplyAnswer answer = !stored_ ? cluster_.Create(object)
                       : ours   ? cluster_.Replace(object)
                                : cluster_.ReplaceAtLast(object);
  if (auto* written = std::get_if<Object>(&answer)) {
    if (ours) acquired_ = renewal ? acquired_ : now;
    See(std::move(*written));
    return true;
  }
  const std::string what = "writing Lease " + options_.place.LeaseName();
  if (const auto* error = std::get_if<Error>(&answer)) return error->In(what);
  const Rejection& no = std::get<Rejection>(answer);
  if (no.kind == Rejection::Kind::kConflict) return false;
  if (no.kind == Rejection::Kind::kNotFound) {
    // Somebody removed the Lease, or its namespace was never there.
    if (!stored_) HOLDFAST_TRY(MakeNamespace(cluster_, options_.place.name_space));
    return false;
  }
  return Error{ErrorCode::kDenied, what + ": the API server declined it: " + no.message};
}

Result<Lease::Taken> Lease::Take(milliseconds wait,
                                 const std::function<void(const std::string&)>& say) {
  Taken how = Taken::kUndisturbed;
  if (!looked_) {
    how = Taken::kAfterOthers;
    HOLDFAST_TRY(Read());
  }
  lost_.clear();
  const Clock::TimePoint deadline = clock_.Now() + wait;
  std::optional<WatchCache> watched;
  while (true) {
    if (options_.cancelled()) return Error{ErrorCode::kCancelled, "stopped on request"};
    if (!Holder().empty()) how = Taken::kAfterOthers;
    if (IsFree() || HasExpired()) {
      const Moment before = Now();
      HOLDFAST_TRY_ASSIGN(const bool taken, Write(As::kTaken));
      if (taken) {
        held_ = true;
        unanswered_ = false;
        renewed_ = tried_ = before;
        return how;
      }
      const bool there = stored_.has_value();
      HOLDFAST_TRY(Read());
      // Where its namespace had to be made, nobody else can have been at work.
      if (there || stored_) how = Taken::kAfterOthers;
      continue;
    }
    if (clock_.Now() >= deadline) return HeldByOther();
    if (!watched) {
      say("waiting for another run of this sync, " + Holder() + ", since " +
          StringIn(stored_->json(), "spec", "acquireTime"));
      watched.emplace(cluster_);
      HOLDFAST_TRY(watched->Add({{kLease, options_.place.name_space, ""}})
                       .In("waiting for another run to end"));
    } else if (const auto changed = watched->WaitForChange(kLook); !changed.ok()) {
      return changed.error().In("waiting for another run to end");
    }
    const Object* now = watched->live().Find(
        {kLease.group, kLease.kind, options_.place.name_space, options_.place.LeaseName()});
    See(now == nullptr ? std::nullopt : std::optional(*now));
  }
}

Status Lease::Release() {
  if (!held_) return {};
  held_ = false;
  looked_ = false;
  if (lost()) return {};
  if (unanswered_) {
    return Error{ErrorCode::kTimeout, "a write of this run is unanswered, so Lease " +
                                          options_.place.LeaseName() + " is left to expire"};
  }
  const auto released = Write(As::kFree);
  looked_ = false;
  if (!released.ok()) return released.error();
  return {};
}

void Lease::Lose(std::string why) {
  if (lost_.empty()) {
    lost_ = "this run no longer holds Lease " + options_.place.LeaseName() + ": " +
            std::move(why) + "; it stops, and the next run goes on from what is there then";
  }
}

Status Lease::Renew() {
  const Moment before = tried_ = Now();
  HOLDFAST_TRY_ASSIGN(bool renewed, Write(As::kRenewed));
  if (!renewed) {
    // Another one has it; or a renewal of ours came through whose answer was lost.
    HOLDFAST_TRY(Read());
    if (Holder() == options_.identity) {
      HOLDFAST_TRY_ASSIGN(renewed, Write(As::kRenewed));
    }
    if (!renewed) {
      Lose(Holder().empty() ? "somebody took it away" : Holder() + " has it now");
      return Error{ErrorCode::kConflict, lost_};
    }
  }
  renewed_ = before;
  return {};
}

void Lease::Tend() {
  if (!held_ || lost()) return;
  if (Elapsed(renewed_) < options_.duration / 3 || Elapsed(tried_) < kBetweenAttempts) return;
  // What goes wrong is told by Check(), when it matters.
  (void)Renew();
}

Status Lease::Check(Act act) {
  if (!held_) return Internal("a write was tried without holding the lease of the sync");
  if (options_.cancelled()) return Error{ErrorCode::kCancelled, "stopped on request"};
  if (!lost() && Elapsed(renewed_) >= options_.duration) {
    Lose("it was not renewed for " + std::to_string(Elapsed(renewed_).count() / 1000) +
         " s, because this run stood still or the API server was away");
  }
  Tend();
  if (lost()) return Error{ErrorCode::kConflict, lost_};
  if (act == Act::kWrite) return {};
  HOLDFAST_TRY(Renew().In("making sure that no other run carries out this sync"));
  if (options_.duration - Elapsed(renewed_) < options_.margin) {
    Lose("less than " + std::to_string(options_.margin.count()) + " s are left");
    return Error{ErrorCode::kConflict, lost_};
  }
  return {};
}

}  // namespace holdfast
