// What Kubernetes does by itself that destroys data, or keeps them.

#include "tests/memory-cluster/contract.h"

namespace holdfast::memory {
namespace {

const char* kClaim = "v1 PersistentVolumeClaim data";
const char* kPod = "v1 Pod user";
const char* kSet = "apps/v1 StatefulSet db";

std::string VolumeOf(const Object& claim) {
  return "v1 PersistentVolume /" + StringIn(claim.json(), "spec", "volumeName");
}

std::string Retention(const std::string& deleted, const std::string& scaled) {
  return "'persistentVolumeClaimRetentionPolicy':{'whenDeleted':'" + deleted +
         "','whenScaled':'" + scaled + "'},";
}

std::string ClaimOfMember(int ordinal) {
  return "v1 PersistentVolumeClaim data-db-" + std::to_string(ordinal);
}

std::string UidOf(Play& play, const std::string& head) {
  return play.Text(head, "/metadata/uid");
}

/// Nothing more happens, and the data of this claim are still there.
void StaysSafe(Play& play, const std::string& claim_uid, const std::string& what) {
  play.bed().Settle();
  play.Expect(!play.IsDestroyed(claim_uid), what + ": the data are still there");
}

void IsLost(Play& play, const std::string& claim_uid, const std::string& what) {
  play.Await(what + ": the data are destroyed",
             [&] { return play.IsDestroyed(claim_uid); });
}

void Binds(Play& play) {
  play.MakeClass("Delete");
  play.Create(play.Make("v1 PersistentVolumeClaim lonely",
                        "'spec':{'storageClassName':'NS','accessModes':['ReadWriteOnce'],"
                        "'resources':{'requests':{'storage':'1Gi'}}}"));
  const Object claim = play.MakeBoundClaim();
  play.Expect(play.Is("v1 PersistentVolumeClaim lonely", "/status/phase", "Pending"),
              "without a pod a claim waits");
  const std::string volume = VolumeOf(claim);
  play.Expect(play.Is(volume, "/spec/claimRef/uid", claim.uid()),
              "the volume names the claim");
  play.Expect(play.Is(volume, "/spec/persistentVolumeReclaimPolicy", "Delete"),
              "the policy is the class's");
  play.Expect(play.Is(kClaim, "/status/capacity/storage", "1Gi"),
              "the claim has its size");
}

void StaysWhileUsed(Play& play) {
  play.MakeClass("Delete");
  const Object claim = play.MakeBoundClaim();
  play.Delete(kClaim);
  StaysSafe(play, claim.uid(), "a claim that is deleted while a pod uses it");
  play.Expect(!play.Text(kClaim, "/metadata/deletionTimestamp").empty(),
              "it is Terminating");
  play.Delete(kPod);
  play.AwaitGone(kClaim);
  IsLost(play, claim.uid(), "when the pod is gone");
  play.AwaitGone(VolumeOf(claim));
}

void RetainKeeps(Play& play) {
  play.MakeClass("Retain");
  const Object claim = play.MakeBoundClaim();
  const std::string volume = VolumeOf(claim);
  play.Delete(kPod);
  play.Delete(kClaim);
  play.AwaitText(volume, "/status/phase", "Released");
  StaysSafe(play, claim.uid(), "a volume under Retain");

  // A claim of the old name gets another volume; the old one is given to nobody.
  play.AwaitGone(kPod);
  const Object again = play.MakeBoundClaim();
  play.Expect(VolumeOf(again) != volume, "a claim of the old name gets an empty volume");
  play.Delete(kPod);
  play.Delete(kClaim);
  play.AwaitGone(kClaim);
  play.AwaitGone(kPod);

  // Without the uid in its claimRef it is reserved for the name.
  play.Edit(volume, "{'spec':{'claimRef':{'uid':null,'resourceVersion':null}}}");
  play.AwaitText(volume, "/status/phase", "Available");
  const Object third = play.MakeBoundClaim();
  play.Expect(VolumeOf(third) == volume, "then the claim gets its old volume back");
}

void RetainInTime(Play& play) {
  play.MakeClass("Delete");
  const Object claim = play.MakeBoundClaim();
  play.Delete(kClaim);
  play.Edit(VolumeOf(claim), "{'spec':{'persistentVolumeReclaimPolicy':'Retain'}}");
  play.Delete(kPod);
  play.AwaitText(VolumeOf(claim), "/status/phase", "Released");
  StaysSafe(play, claim.uid(), "a volume that becomes Retain before its claim is gone");
}

void WeakenedWhenReleased(Play& play) {
  play.MakeClass("Retain");
  const Object claim = play.MakeBoundClaim();
  play.Delete(kPod);
  play.Delete(kClaim);
  play.AwaitText(VolumeOf(claim), "/status/phase", "Released");
  play.Edit(VolumeOf(claim), "{'spec':{'persistentVolumeReclaimPolicy':'Delete'}}");
  IsLost(play, claim.uid(), "a Released volume that becomes Delete");
}

void VolumeDeletedWhileBound(Play& play) {
  play.MakeClass("Delete");
  const Object claim = play.MakeBoundClaim();
  play.Delete(VolumeOf(claim));
  StaysSafe(play, claim.uid(), "a volume that is deleted while it is bound");
  play.Expect(!play.Text(VolumeOf(claim), "/metadata/deletionTimestamp").empty(),
              "it is Terminating");
  play.Delete(kPod);
  play.Delete(kClaim);
  IsLost(play, claim.uid(), "when its claim goes");
}

void ForeignUid(Play& play) {
  play.MakeClass("Delete");
  const Object claim = play.MakeBoundClaim();
  play.Edit(VolumeOf(claim),
            "{'spec':{'claimRef':{'uid':'00000000-0000-4000-8000-0000000000ff'}}}");
  IsLost(play, "00000000-0000-4000-8000-0000000000ff",
         "a volume whose claimRef names another uid");
  play.AwaitText(kClaim, "/status/phase", "Lost");
}

void SetLeavesClaims(Play& play) {
  play.MakeClass("Delete");
  play.MakeSet(2, "");
  const std::string uid = UidOf(play, ClaimOfMember(0));
  play.Edit(kSet, "{'spec':{'replicas':1}}");
  play.AwaitGone("v1 Pod db-1");
  play.Delete(kSet);
  play.AwaitGone("v1 Pod db-0");
  StaysSafe(play, uid, "a StatefulSet that goes");
  play.Expect(!play.Gone(ClaimOfMember(0)) && !play.Gone(ClaimOfMember(1)),
              "its claims stay");
}

void PodsPrecede(Play& play) {
  play.MakeClass("Delete");
  play.MakeSet(2, "");
  const std::string uid = UidOf(play, ClaimOfMember(0));
  play.Delete(kSet, Propagation::kForeground);
  play.AwaitGone(kSet);
  play.Expect(play.Gone("v1 Pod db-0") && play.Gone("v1 Pod db-1"),
              "it was there until its pods had stopped");
  StaysSafe(play, uid, "a StatefulSet whose pods go first");
}

void SetTakesClaims(Play& play) {
  play.MakeClass("Delete");
  play.MakeSet(1, Retention("Delete", "Retain"));
  const std::string uid = UidOf(play, ClaimOfMember(0));
  play.Await("the set owns the claim", [&] {
    return play.Is(ClaimOfMember(0), "/metadata/ownerReferences/0/kind", "StatefulSet");
  });
  play.Delete(kSet);
  IsLost(play, uid, "whenDeleted: Delete");
}

void PolicyIsArmedAndDisarmed(Play& play) {
  play.MakeClass("Delete");
  play.MakeSet(1, "");
  const std::string uid = UidOf(play, ClaimOfMember(0));
  play.Edit(kSet,
            "{'spec':{'persistentVolumeClaimRetentionPolicy':{'whenDeleted':'Delete'}}}");
  play.AwaitText(ClaimOfMember(0), "/metadata/ownerReferences/0/kind", "StatefulSet");
  play.Edit(kSet,
            "{'spec':{'persistentVolumeClaimRetentionPolicy':{'whenDeleted':'Retain'}}}");
  play.AwaitText(ClaimOfMember(0), "/metadata/ownerReferences", "");
  play.Delete(kSet);
  play.AwaitGone("v1 Pod db-0");
  StaysSafe(play, uid, "whenDeleted put back to Retain in time");
}

void ScaleTakesClaims(Play& play) {
  play.MakeClass("Delete");
  play.MakeSet(2, Retention("Retain", "Delete"));
  const std::string stays = UidOf(play, ClaimOfMember(0));
  const std::string goes = UidOf(play, ClaimOfMember(1));
  play.Edit(kSet, "{'spec':{'replicas':1}}");
  IsLost(play, goes, "whenScaled: Delete");
  StaysSafe(play, stays, "the member that stays");
}

void OrphansKeepClaims(Play& play) {
  play.MakeClass("Delete");
  play.MakeSet(1, Retention("Delete", "Retain"));
  const std::string uid = UidOf(play, ClaimOfMember(0));
  const std::string pod = UidOf(play, "v1 Pod db-0");
  play.AwaitText(ClaimOfMember(0), "/metadata/ownerReferences/0/kind", "StatefulSet");
  play.Delete(kSet, Propagation::kOrphan);
  play.AwaitGone(kSet);
  StaysSafe(play, uid, "an orphan deletion");
  play.Expect(UidOf(play, "v1 Pod db-0") == pod, "the pod goes on");
  play.Create(play.Set(1, Retention("Delete", "Retain")));
  play.AwaitText(kSet, "/status/readyReplicas", "1");
  play.Expect(UidOf(play, "v1 Pod db-0") == pod, "and becomes the new set's");
}

void OwnersTakeClaims(Play& play) {
  play.MakeClass("Delete");
  const Object claim = play.MakeBoundClaim();
  const Object owner = play.Create(play.Make("v1 ConfigMap owner", ""));
  play.Edit(kClaim,
            "{'metadata':{'ownerReferences':[{'apiVersion':'v1','kind':'ConfigMap',"
            "'name':'owner','uid':'" +
                owner.uid() + "'}]}}");
  StaysSafe(play, claim.uid(), "a claim whose owner is there");
  play.Delete("v1 ConfigMap owner");
  play.Delete(kPod);
  IsLost(play, claim.uid(), "a claim whose owner is gone");
}

void UnknownOwner(Play& play) {
  play.MakeClass("Delete");
  const Object claim = play.MakeBoundClaim();
  play.Edit(kClaim,
            "{'metadata':{'ownerReferences':[{'apiVersion':'v1','kind':'ConfigMap',"
            "'name':'none','uid':'00000000-0000-4000-8000-0000000000ee'}]}}");
  play.Delete(kPod);
  IsLost(play, claim.uid(), "a claim whose owner was never there");
}

void NamespaceTakesAll(Play& play) {
  play.MakeClass("Delete");
  const Object claim = play.MakeBoundClaim();
  play.Delete("v1 Namespace /" + play.space());
  IsLost(play, claim.uid(), "a namespace that goes");
  play.AwaitGone("v1 Namespace /" + play.space());
  const ApplyAnswer answer = play.bed().Create(play.Make("v1 ConfigMap x", ""));
  play.Expect(!std::holds_alternative<Object>(answer), "and takes nothing any more");
}

/// What its instances own goes too, at once in memory; really when the garbage collector
/// has learned of the kind, which may take longer than a row waits.
void KindTakesInstances(Play& play) {
  const std::string group = play.space() + ".example.org";
  const std::string definition =
      "apiextensions.k8s.io/v1 CustomResourceDefinition /shops." + group;
  play.Create(play.Make(definition,
                        "'spec':{'group':'" + group +
                            "','scope':'Namespaced','names':{'kind':'Shop','plural':"
                            "'shops','singular':'shop','listKind':'ShopList'},'versions':"
                            "[{'name':'v1','served':true,"
                            "'storage':true,'schema':{'openAPIV3Schema':{'type':'object',"
                            "'x-kubernetes-preserve-unknown-fields':true}}}]}"));
  const std::string shop = group + "/v1 Shop shop";
  play.Await("its kind is served", [&] {
    return std::holds_alternative<Object>(
        play.bed().Create(play.Make(shop, "'spec':{}")));
  });
  (void)play.cluster().Rediscover();
  play.Delete(definition);
  play.AwaitGone(definition);
  const auto gone = play.cluster().Rediscover();
  play.Expect(gone.ok() && (*gone)->Find(play.Key(shop).gvk) == nullptr, "it is served no more");
}

void ClaimsGrow(Play& play) {
  play.MakeClass("Delete", /*grows=*/true);
  const Object claim = play.MakeBoundClaim();
  play.Edit(kClaim, "{'spec':{'resources':{'requests':{'storage':'2Gi'}}}}");
  play.AwaitText(kClaim, "/status/capacity/storage", "2Gi");
  play.Expect(play.Is(VolumeOf(claim), "/spec/capacity/storage", "2Gi"),
              "the volume too");
}

void DeploymentLeavesClaims(Play& play) {
  play.MakeClass("Delete");
  const Object claim = play.MakeBoundClaim();
  play.Delete(kPod);
  play.AwaitGone(kPod);
  play.Create(play.Make(
      "apps/v1 Deployment d",
      "'spec':{'strategy':{'type':'Recreate'},'selector':{'matchLabels':{'a':'d'}},'"
      "template':{"
      "'metadata':{'labels':{'a':'d'}},'spec':{'containers':[{'name':'c','image':"
      "'example.org/c:1'}],'volumes':[{'name':'v','persistentVolumeClaim':{'claimName':"
      "'data'}}]}}}"));
  play.AwaitText("apps/v1 Deployment d", "/status/availableReplicas", "1");
  play.Edit("apps/v1 Deployment d",
            "{'metadata':{'labels':{'x':'y'}},'spec':{'replicas':0}}");
  play.AwaitText("apps/v1 Deployment d", "/status/availableReplicas", "");
  play.Edit("apps/v1 Deployment d", "{'spec':{'replicas':1}}");
  play.AwaitText("apps/v1 Deployment d", "/status/availableReplicas", "1");
  play.Delete("apps/v1 Deployment d");
  play.Await("its pods go", [&] {
    return play.cluster()
        .List({{{"", "v1", "Pod"}, play.space(), ""}})[0]
        ->objects.empty();
  });
  StaysSafe(play, claim.uid(), "a Deployment that goes");
  play.Expect(!play.Gone(kClaim), "its claim stays");
}

void PodsOutliveNoRollout(Play& play) {
  play.MakeClass("Delete");
  play.MakeSet(2, "");
  const std::string first = UidOf(play, "v1 Pod db-0");
  const std::string claim = UidOf(play, ClaimOfMember(0));
  play.Edit(kSet, "{'spec':{'template':{'metadata':{'annotations':{'a':'1'}}}}}");
  play.Await("both pods are new", [&] {
    return UidOf(play, "v1 Pod db-0") != first &&
           play.Is(kSet, "/status/readyReplicas", "2") &&
           play.Is(kSet, "/status/updatedReplicas", "2");
  });
  play.Expect(UidOf(play, ClaimOfMember(0)) == claim, "on the same claims");
}

}  // namespace

std::vector<Row> RowsOfTheControllers() {
  return {
      {"binds", "a claim gets its volume when its first pod has a node", Binds},
      {"used",
       "a claim that is deleted while used goes with its last pod, and its data too",
       StaysWhileUsed},
      {"retain", "a volume under Retain outlives its claim, and comes back if reserved",
       RetainKeeps},
      {"in-time", "a volume that becomes Retain while its claim is Terminating is kept",
       RetainInTime},
      {"weakened", "a Released volume that becomes Delete is destroyed",
       WeakenedWhenReleased},
      {"volume",
       "a volume that is deleted while bound goes with its claim, and its data too",
       VolumeDeletedWhileBound},
      {"foreign", "a volume whose claimRef names a strange uid is destroyed", ForeignUid},
      {"leaves", "a StatefulSet leaves its claims behind", SetLeavesClaims},
      {"precede", "a foreground deletion ends when the pods have stopped", PodsPrecede},
      {"takes", "with whenDeleted: Delete a StatefulSet takes its claims along",
       SetTakesClaims},
      {"disarmed", "whenDeleted can be armed and disarmed in place",
       PolicyIsArmedAndDisarmed},
      {"scale", "with whenScaled: Delete a member that leaves takes its claims along",
       ScaleTakesClaims},
      {"orphan",
       "an orphan deletion keeps pods and claims, and a new set adopts the pods",
       OrphansKeepClaims},
      {"owners", "a claim goes with its last owner", OwnersTakeClaims},
      {"unknown-owner", "a claim whose owner was never there goes too", UnknownOwner},
      {"namespace", "a namespace takes its claims along", NamespaceTakesAll},
      {"kind", "a custom kind goes with its definition, once its instances are gone",
       KindTakesInstances},
      {"grows", "a claim grows where its class lets it", ClaimsGrow},
      {"deployment", "a Deployment leaves its claims behind", DeploymentLeavesClaims},
      {"rollout", "a rollout keeps the claims", PodsOutliveNoRollout},
  };
}

}  // namespace holdfast::memory
