# shellcheck shell=bash
# Who is who in the bed: a certificate authority of its own, a certificate for
# each program and for the administrator, and the kubeconfigs that carry them.

# Makes what is missing; what is there stays, so that clients survive a restart.
make_certificates() {
  [[ ! -e $BED/pki/complete ]] || return 0
  mkdir -p "$BED/pki"
  chmod 700 "$BED/pki"
  (
    cd "$BED/pki"
    new_key ca
    openssl req -x509 -key ca.key -subj /CN=holdfast-bed -days 3650 -out ca.crt
    new_key service-account
    openssl ec -in service-account.key -pubout -out service-account.pub

    sign apiserver /CN=kube-apiserver \
      extendedKeyUsage=serverAuth,clientAuth \
      subjectAltName=IP:127.0.0.1,IP:10.0.0.1,DNS:localhost,DNS:kubernetes.default.svc
    sign_client admin /O=system:masters/CN=admin
    sign_client controller-manager /CN=system:kube-controller-manager
    sign_client scheduler /CN=system:kube-scheduler
    sign_client kwok /O=system:masters/CN=kwok
    sign_client storage /O=system:masters/CN=storage

    # Tokens for whoever wants to try that way in; no other client uses it.
    echo "$(openssl rand -hex 16),token-admin,token-admin,system:masters" >tokens.csv
    touch complete
  ) 2>"$BED/log/openssl.log" || die "no certificates: see $BED/log/openssl.log"
}

new_key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1.key"; }

sign_client() { sign "$1" "$2" extendedKeyUsage=clientAuth; }

# sign NAME SUBJECT EXTENSION...
sign() {
  local name=$1 subject=$2
  shift 2
  new_key "$name"
  openssl req -new -key "$name.key" -subj "$subject" |
    openssl x509 -req -CA ca.crt -CAkey ca.key -CAcreateserial -days 3650 \
      -extfile <(printf '%s\n' basicConstraints=CA:FALSE "$@") -out "$name.crt"
}

# Writes the kubeconfigs for an API server at PORT.
write_kubeconfigs() {
  local port=$1 name
  for name in controller-manager scheduler kwok storage; do
    kubeconfig "$port" "$name" "$(certificate_of "$name")" >"$BED/pki/$name.kubeconfig"
  done
  kubeconfig "$port" token-admin "token: $(cut -d, -f1 "$BED/pki/tokens.csv")" \
    >"$BED/kubeconfig-token"
  kubeconfig "$port" admin "$(certificate_of admin)" >"$BED/kubeconfig"
}

certificate_of() {
  echo "client-certificate-data: $(base64 -w0 "$BED/pki/$1.crt")"
  echo "    client-key-data: $(base64 -w0 "$BED/pki/$1.key")"
}

kubeconfig() {
  cat <<EOF
apiVersion: v1
kind: Config
clusters:
- name: bed
  cluster:
    server: https://127.0.0.1:$1
    certificate-authority-data: $(base64 -w0 "$BED/pki/ca.crt")
users:
- name: $2
  user:
    $3
contexts:
- name: bed
  context: {cluster: bed, user: $2}
current-context: bed
EOF
}
