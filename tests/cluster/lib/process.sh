# shellcheck shell=bash
# Programs that outlive the script that started them, and how to end these and
# no other.
#
# $BED/pids has a line for each: name, pid, start time in clock ticks after
# boot. A pid may be given to another program; with its start time it may not.

# Prints the start time of a process that runs. A zombie has ended: whoever
# should collect it may never do so.
start_time() {
  local stat
  { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
  # The name, in parentheses, may hold spaces; what follows it may not.
  local -a field
  read -r -a field <<<"${stat##*) }"
  [[ ${field[0]} != Z ]] || return 1
  echo "${field[19]}"
}

same_process_runs() { [[ $(start_time "$1") == "$2" ]]; }

# Starts PROGRAM as NAME in the background. The line in $BED/pids is written
# before the program runs, by the process that becomes the program, so that no
# crash of ours can lose it.
#   launch NAME PROGRAM ARGUMENT...
launch() {
  local name=$1
  shift
  (
    # Read here: inside $( ) it would be that of another process.
    pid=$BASHPID
    echo "$name $pid $(start_time "$pid")" >>"$BED/pids"
    cd "$BED/run" || exit
    exec setsid "$@" 9>&-
  ) </dev/null >>"$BED/log/$name.log" 2>&1 &
  until grep -qs "^$name $! " "$BED/pids"; do sleep 0.01; done
}

# Prints "pid start" of each program NAME that runs.
running() {
  local name pid start
  [[ -e $BED/pids ]] || return 0
  while read -r name pid start; do
    if [[ $name == "$1" ]] && same_process_runs "$pid" "$start"; then
      echo "$pid $start"
    fi
  done <"$BED/pids"
}

runs() { [[ -n $(running "$1") ]]; }

# Ends the programs named, all at once, and forgets them. They are sent SIGNAL,
# TERM if that is not set.
#   end NAME...
end() {
  local name pid start
  for name in "$@"; do
    while read -r pid start; do
      kill -s "${SIGNAL:-TERM}" "$pid" 2>/dev/null || true
    done < <(running "$name")
  done
  for name in "$@"; do
    while read -r pid start; do
      ended "$pid" "$start"
    done < <(running "$name")
    [[ ! -e $BED/pids ]] || sed -i "/^$name /d" "$BED/pids"
  done
}

# Waits until a program has ended, and insists after three seconds: an API server
# would wait for those who watch it.
ended() {
  local tries
  for ((tries = 0; tries < 60; tries++)); do
    same_process_runs "$1" "$2" || return 0
    sleep 0.05
  done
  kill -KILL "$1" 2>/dev/null || true
  while same_process_runs "$1" "$2"; do sleep 0.05; done
}
