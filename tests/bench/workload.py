"""Workload: objects to measure with, of many kinds, none of which runs anything."""

import json

# As a person would apply them; also where each kind's objects live.
KINDS_IN_ORDER = {
    "StorageClass": "/apis/storage.k8s.io/v1/storageclasses",
    "ServiceAccount": "/api/v1/namespaces/{}/serviceaccounts",
    "Role": "/apis/rbac.authorization.k8s.io/v1/namespaces/{}/roles",
    "RoleBinding": "/apis/rbac.authorization.k8s.io/v1/namespaces/{}/rolebindings",
    "ConfigMap": "/api/v1/namespaces/{}/configmaps",
    "Secret": "/api/v1/namespaces/{}/secrets",
    "PersistentVolumeClaim": "/api/v1/namespaces/{}/persistentvolumeclaims",
    "Service": "/api/v1/namespaces/{}/services",
    "StatefulSet": "/apis/apps/v1/namespaces/{}/statefulsets",
    "Deployment": "/apis/apps/v1/namespaces/{}/deployments",
}


def text(one):
    return json.dumps(one, indent=1) + "\n"


def path(one):
    metadata = one["metadata"]
    return f"{KINDS_IN_ORDER[one['kind']].format(metadata.get('namespace'))}/{metadata['name']}"


def config_maps(namespace, count):
    return [_object("v1", "ConfigMap", namespace, f"c{i}", data={"number": str(i)})
            for i in range(count)]


def mixed(namespace, count):
    """Tenths of ten kinds, about; a StorageClass for the claims on top."""
    objects = [storage_class(namespace)]
    for i in range(-(-count // 10)):
        objects += one_tenant(namespace, i)
    return objects[:count]


def storage_class(name):
    return {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": name},
            "provisioner": "rancher.io/local-path", "volumeBindingMode": "WaitForFirstConsumer",
            "reclaimPolicy": "Retain"}


def namespace(name, **labels):
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}


def databases(prefix, count):
    """One database of one pod in each of `count` namespaces, six objects each, and their
    StorageClass; StatefulSets have the label round=PREFIX."""
    objects = [storage_class(prefix)]
    for i in range(count):
        name = f"{prefix}-{i}"
        labels = {"app": "mysql"}
        template = _pods("mysql", labels)
        template["spec"].pop("serviceAccountName")
        template["spec"]["containers"][0]["volumeMounts"].append(
            {"name": "data", "mountPath": "/var/lib/mysql"})
        stateful = _object("apps/v1", "StatefulSet", name, "mysql", spec={
            "serviceName": "mysql", "replicas": 1, "selector": {"matchLabels": labels},
            "template": template,
            "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": {
                "storageClassName": prefix, "accessModes": ["ReadWriteOnce"],
                "resources": {"requests": {"storage": "1Gi"}}}}]})
        stateful["metadata"]["labels"] = {"round": prefix}
        objects += [
            namespace(name),
            _object("v1", "ConfigMap", name, "mysql", data={"my.cnf": "[mysqld]\nport=3306\n"}),
            _object("v1", "Secret", name, "mysql", stringData={"password": f"only-a-test-{i}"}),
            _object("v1", "Service", name, "mysql", spec={
                "clusterIP": "None", "selector": labels,
                "ports": [{"name": "mysql", "port": 3306}]}),
            _object("policy/v1", "PodDisruptionBudget", name, "mysql", spec={
                "maxUnavailable": 1, "selector": {"matchLabels": labels}}),
            stateful,
        ]
    return objects


def one_tenant(namespace, i):
    """Ten objects that name one another, with no pod."""
    name = f"tenant-{i}"
    labels, web = {"app": name}, {"app": f"{name}-web"}
    rbac = "rbac.authorization.k8s.io/v1"
    return [
        _object("v1", "ServiceAccount", namespace, name),
        _object(rbac, "Role", namespace, name, rules=[
            {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get"]}]),
        _object(rbac, "RoleBinding", namespace, name,
                roleRef={"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": name},
                subjects=[{"kind": "ServiceAccount", "name": name, "namespace": namespace}]),
        _object("v1", "ConfigMap", namespace, name, data={"my.cnf": "[mysqld]\nport=3306\n" * 20}),
        _object("v1", "Secret", namespace, name, stringData={"password": f"only-a-test-{i}"}),
        _object("v1", "PersistentVolumeClaim", namespace, name, spec={
            "storageClassName": namespace, "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": "1Gi"}}}),
        _object("v1", "Service", namespace, name, spec={
            "selector": labels, "ports": [{"name": "mysql", "port": 3306}]}),
        _object("v1", "Service", namespace, f"{name}-headless", spec={
            "clusterIP": "None", "selector": labels, "ports": [{"name": "mysql", "port": 3306}]}),
        _object("apps/v1", "StatefulSet", namespace, name, spec={
            "serviceName": f"{name}-headless", "replicas": 0, "selector": {"matchLabels": labels},
            "template": _pods(name, labels)}),
        _object("apps/v1", "Deployment", namespace, name, spec={
            "replicas": 0, "strategy": {"type": "Recreate"}, "selector": {"matchLabels": web},
            "template": _pods(name, web)}),
    ]


def _pods(name, labels):
    return {"metadata": {"labels": labels}, "spec": {
        "serviceAccountName": name,
        "containers": [{
            "name": "main", "image": "busybox:1.36.1",
            "env": [{"name": "PASSWORD", "valueFrom": {
                "secretKeyRef": {"name": name, "key": "password"}}}],
            "volumeMounts": [{"name": "config", "mountPath": "/etc/mysql"}]}],
        "volumes": [{"name": "config", "configMap": {"name": name}}]}}


def _object(api_version, kind, namespace, name, **rest):
    return {"apiVersion": api_version, "kind": kind,
            "metadata": {"name": name, "namespace": namespace}, **rest}
