# shellcheck shell=bash
# shellcheck disable=SC2034  # Used by who sources this.
# What every command of the test bed needs: names, places, and how to fail.

CLUSTER_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
readonly CLUSTER_DIR
readonly CACHE="${HOLDFAST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/holdfast}"

# In starting order; they are ended in the reverse.
readonly COMPONENTS=(etcd apiserver controller-manager scheduler kwok storage)

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

die() {
  say "$*"
  exit 1
}

# Waits until COMMAND succeeds, at most SECONDS, or fails.
#   eventually SECONDS COMMAND...
eventually() {
  local deadline=$((SECONDS + $1))
  shift
  until "$@"; do
    ((SECONDS < deadline)) || return 1
    sleep 0.1
  done
}

# Makes this process the only one that starts or ends programs of the bed BED
# until it exits. The programs it starts must not inherit descriptor 9.
lock_bed() {
  exec 9>"$BED/lock"
  flock 9
}

# Installs Debian packages when COMMAND is missing and we may.
#   need COMMAND PACKAGE...
need() {
  local command=$1
  shift
  command -v "$command" >/dev/null && return
  install_packages "$@"
  command -v "$command" >/dev/null || die "$command is missing: install $*"
}

install_packages() {
  if ((EUID != 0)) || ! command -v apt-get >/dev/null; then
    die "please install $*"
  fi
  say "installing $*"
  DEBIAN_FRONTEND=noninteractive apt-get install -y "$@" >&2 ||
    { apt-get update >&2 &&
      DEBIAN_FRONTEND=noninteractive apt-get install -y "$@" >&2; } ||
    die "could not install $*"
}
