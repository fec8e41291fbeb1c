"""State: what is in a scene's namespace, told so that two histories can be compared.

What the server draws (uids, addresses, times, the ends of names) is left out. What
Holdfast owns of each object is in it, and what its inventory holds.
"""

import json
import os
import re

_KINDS = {
    "": ("configmaps", "secrets", "serviceaccounts", "persistentvolumeclaims", "services", "pods"),
    "apps": ("deployments", "statefulsets", "replicasets"),
    "policy": ("poddisruptionbudgets",),
}
# Drawn by the server or by a controller.
_DRAWN = {"uid", "resourceVersion", "creationTimestamp", "generation", "selfLink", "clusterIP",
          "clusterIPs", "nodePort", "healthCheckNodePort", "volumeName", "nodeName",
          "ownerReferences", "managedFields", "status", "pod-template-hash",
          "controller-revision-hash", "deployment.kubernetes.io/revision",
          "volume.kubernetes.io/selected-node", "tolerations", "apps.kubernetes.io/pod-index"}


def state(api, scene, newest=""):
    """Sentences, sorted: one for each object and what is wanted of it. `newest` is what this
    turn of an act wrote, and another turn otherwise."""
    told = []
    uids = {one["metadata"]["uid"]
            for one in api.list("/apis/storage.k8s.io/v1/storageclasses")[0]}
    for group, plurals in _KINDS.items():
        root = f"/apis/{group}/v1" if group else "/api/v1"
        for plural in plurals:
            for one in api.list(f"{root}/namespaces/{scene.namespace}/{plural}")[0]:
                uids.add(one["metadata"]["uid"])
                told.append(f"{plural}/{_name(one)} {_health(plural, one)} "
                            f"{json.dumps(_bare(one), sort_keys=True)} {_owned(one)}")
    told += [_volume(one) for one in volumes(api, scene)]
    told += _bookkeeping(api, scene, uids)
    return sorted(_anonymous(line, scene, newest) for line in told)


def bindings(api, scene):
    """The claims, each with its uid and its volume."""
    claims = api.list(f"/api/v1/namespaces/{scene.namespace}/persistentvolumeclaims")[0]
    return {one["metadata"]["name"]: (one["metadata"]["uid"], one["spec"].get("volumeName"))
            for one in claims}


def volumes(api, scene):
    """Those that were made for a claim of the scene's namespace."""
    return [one for one in api.list("/api/v1/persistentvolumes")[0]
            if one["spec"].get("claimRef", {}).get("namespace") == scene.namespace]


def difference(wanted, got):
    """What is in one only. Where both have something of that name, from where they differ."""
    left = [line for line in wanted if line not in got]
    right = [line for line in got if line not in wanted]
    told = []
    for line in left:
        name = line.split(" ")[0]
        twin = next((each for each in right if each.split(" ")[0] == name), None)
        if twin is None:
            told.append(f"missing: {line[:200]}")
            continue
        right.remove(twin)
        at = max(0, len(os.path.commonprefix([line, twin])) - 60)
        told.append(f"{name}: wanted ...{line[at:at + 160]}\n{' ' * len(name)}     got ...{twin[at:at + 160]}")
    return "\n".join(told + [f"too much: {line[:200]}" for line in right])


def _name(one):
    name = one["metadata"]["name"]
    owner = one["metadata"].get("ownerReferences", [{}])[0].get("kind")
    drawn = {"Deployment": 1, "ReplicaSet": 2}.get(owner, 0)
    return name.rsplit("-", drawn)[0] if drawn else name


def _health(plural, one):
    status = one.get("status", {})
    if one["metadata"].get("deletionTimestamp"):
        return "Terminating"
    if plural in ("deployments", "statefulsets", "replicasets"):
        return f"{status.get('readyReplicas', 0)} of {status.get('replicas', 0)} ready"
    if plural == "pods":
        images = [container["image"] for container in one["spec"]["containers"]]
        ready = [each["status"] for each in status.get("conditions", []) if each["type"] == "Ready"]
        return f"{status.get('phase')} {ready} {images}"
    return status.get("phase", "") if plural == "persistentvolumeclaims" else ""


def _bare(value):
    if isinstance(value, dict):
        return {key: _bare(each) for key, each in value.items() if key not in _DRAWN}
    if isinstance(value, list):
        return [_bare(each) for each in value]
    return value


def _owned(one):
    """The fields that are Holdfast's."""
    return json.dumps([entry["fieldsV1"] for entry in one["metadata"].get("managedFields", [])
                       if entry["manager"] == "holdfast"], sort_keys=True)


def _volume(one):
    spec, labels = one["spec"], sorted(one["metadata"].get("labels", {}))
    return (f"volume of {spec['claimRef']['name']} {one['status'].get('phase')} "
            f"{spec['persistentVolumeReclaimPolicy']} {labels}")


def _bookkeeping(api, scene, uids):
    """What Holdfast keeps of this sync: names, and what its inventory holds. The uids that the
    inventory has must be those of the objects that are there."""
    told = []
    for one in api.list("/api/v1/namespaces/holdfast-system/configmaps")[0]:
        name = one["metadata"]["name"]
        if name.endswith("-" + scene.name):
            rows = json.loads(one.get("data", {}).get("entries.json", "[]"))
            held = [row[:5] + ["there" if row[5] in uids else f"not there: {row[5]}"]
                    for row in rows]
            told.append(f"holdfast-system/{name} {json.dumps(held)}")
    return told


def _anonymous(line, scene, newest):
    if newest:
        line = line.replace(newest, "NEWEST")
    line = line.replace(scene.name, "SCENE").replace(f'"{scene.namespace}"', '"SCENE"')
    line = re.sub(r"applyset-[\w-]{43}-v1", "applyset-ID-v1", line)
    line = re.sub(r"-[a-z0-9]{5}\b(?=\")", "-DRAWN", line)
    return re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "UID", line)
