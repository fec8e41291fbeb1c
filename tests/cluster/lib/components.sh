# shellcheck shell=bash
# How each program of the bed is started. All run in $BED/run, where etcd's
# sockets lie: named without a folder, they need no port and have no limit of
# length.

start_component() {
  runs "$1" && return
  case $1 in
    etcd) start_etcd ;;
    apiserver) start_apiserver ;;
    controller-manager) start_controller_manager ;;
    scheduler) start_scheduler ;;
    kwok) start_kwok ;;
    storage) start_storage ;;
    *) die "no component $1; there are: ${COMPONENTS[*]}" ;;
  esac
}

start_etcd() {
  # Sockets that a crash left behind.
  rm -f "$BED"/run/{client,peer}:0
  # What fsync protects from, losing power, does not happen to a test.
  launch etcd "$PROGRAMS/etcd" \
    --name=bed --data-dir="$BED/etcd" --unsafe-no-fsync --log-level=warn \
    --listen-client-urls=unix://client:0 \
    --advertise-client-urls=unix://client:0 \
    --listen-peer-urls=unix://peer:0 \
    --initial-advertise-peer-urls=unix://peer:0 \
    --initial-cluster=bed=unix://peer:0
}

# On a bed that was never up the port may be drawn again; afterwards clients
# know it, and so it stays.
start_apiserver() {
  if [[ -e $BED/port ]]; then
    serve "$(<"$BED/port")" || die "no API server: see $BED/log/apiserver.log"
    return
  fi
  local tries port
  for ((tries = 0; tries < 5; tries++)); do
    # Below the ports that Linux gives to outgoing connections.
    port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
    write_kubeconfigs "$port"
    if serve "$port"; then
      echo "$port" >"$BED/port"
      return
    fi
    grep -q 'address already in use' "$BED/log/apiserver.log" || break
  done
  die "no API server: see $BED/log/apiserver.log"
}

# Starts the API server at PORT and waits until it is ready; fails when it ends
# before.
serve() {
  local port=$1 pki=$BED/pki
  end apiserver
  launch apiserver "$PROGRAMS/kube-apiserver" \
    --etcd-servers=unix://client:0 \
    --bind-address=127.0.0.1 --secure-port="$port" \
    --advertise-address=127.0.0.1 --endpoint-reconciler-type=none \
    --service-cluster-ip-range=10.0.0.0/16 \
    --tls-cert-file="$pki/apiserver.crt" \
    --tls-private-key-file="$pki/apiserver.key" \
    --client-ca-file="$pki/ca.crt" \
    --token-auth-file="$pki/tokens.csv" \
    --service-account-issuer=https://kubernetes.default.svc \
    --service-account-key-file="$pki/service-account.pub" \
    --service-account-signing-key-file="$pki/service-account.key" \
    --authorization-mode=Node,RBAC \
    --allow-privileged \
    --audit-policy-file="$BED/audit-policy.yaml" \
    --audit-log-path="$BED/audit.log" \
    --audit-log-mode=blocking --audit-log-maxsize=100000
  eventually 60 ready_or_ended && runs apiserver
}

ready_or_ended() { is_ready || ! runs apiserver; }

is_ready() { kubectl get --raw=/readyz >/dev/null 2>&1; }

kubectl() { "$PROGRAMS/kubectl" --kubeconfig="$BED/kubeconfig" "$@"; }

start_controller_manager() {
  # Simulated nodes report seldom, so that an idle bed is idle.
  launch controller-manager "$PROGRAMS/kube-controller-manager" \
    --kubeconfig="$BED/pki/controller-manager.kubeconfig" \
    --use-service-account-credentials --leader-elect=false --secure-port=0 \
    --service-account-private-key-file="$BED/pki/service-account.key" \
    --root-ca-file="$BED/pki/ca.crt" \
    --cluster-signing-cert-file="$BED/pki/ca.crt" \
    --cluster-signing-key-file="$BED/pki/ca.key" \
    --node-monitor-grace-period=2h \
    --kube-api-qps=500 --kube-api-burst=1000
}

start_scheduler() {
  launch scheduler "$PROGRAMS/kube-scheduler" \
    --kubeconfig="$BED/pki/scheduler.kubeconfig" \
    --leader-elect=false --secure-port=0 \
    --kube-api-qps=500 --kube-api-burst=1000
}

start_kwok() {
  # Pods of a node are played by whoever holds its lease, and the leases of a KWOK
  # that is gone run for an hour.
  kubectl delete lease --namespace=kube-node-lease --all >/dev/null
  launch kwok "$PROGRAMS/kwok" \
    --kubeconfig="$BED/pki/kwok.kubeconfig" --config="$BED/stages.yaml" \
    --manage-all-nodes --node-lease-duration-seconds=3600 \
    --node-ip=10.1.0.1 --cidr=10.2.0.1/16
}

start_storage() {
  launch storage "$STORAGE/storage" \
    --kubeconfig="$BED/pki/storage.kubeconfig" --bed="$BED"
}
