#!/usr/bin/env bash
# A whole Slurm on this one machine, for tests and for trying a sweep before it goes to the cluster:
#
#     cluster/local-slurm.sh start  FOLDER [NODES [OWNER]]   installs what is missing, starts munge, slurmctld and NODES (2)
#                                                    slurmd; with a process number as OWNER it stops when that process ends
#     export SLURM_CONF=FOLDER/slurm.conf            now sbatch, squeue, scontrol … talk to it
#     cluster/local-slurm.sh status FOLDER           its nodes and jobs; exit code 1 when it is not up
#     cluster/local-slurm.sh stop   FOLDER           cancels the jobs, ends every process of it, removes FOLDER
#     cluster/local-slurm.sh installed               exit code 3 where Slurm is not installed
#     cluster/local-slurm.sh install                 only installs slurm-wlm and munge (Debian's packages)
#     cluster/local-slurm.sh node-down FOLDER NODE   as if the node lost its power: its slurmd and all its jobs' processes are killed
#     cluster/local-slurm.sh node-up   FOLDER NODE   starts that node again
#
# Everything lives in FOLDER (configuration, munge's key and socket, logs, state, pid files), on ports that were free; a
# Slurm that the machine already belongs to has its own configuration, key and ports and is not touched. Nothing is
# confined (proctrack/linuxproc, task/none, no cgroups), so it works in a container too. Memory and cores are counted for
# scheduling, not enforced. Runs as root, or as a user who then is the only one whose jobs run.
#
# Exit codes: 0 done, 1 failed (the reason is on the error stream), 2 wrong usage,
# 3 Slurm is not installed and cannot be installed here.
set -euo pipefail
export PATH="$PATH:/usr/sbin:/sbin"

say() { echo "local-slurm.sh: $*" >&2; }
die() { say "$1"; exit "${2:-1}"; }

programs=(munged mungekey slurmctld slurmd sbatch scontrol sinfo scancel)

installed() {
    local program
    for program in "${programs[@]}"; do
        command -v "$program" >/dev/null || return 1
    done
}

install() {
    local log as_root=(env DEBIAN_FRONTEND=noninteractive) command=(apt-get install -y --no-install-recommends slurm-wlm munge) guard
    installed && return
    command -v apt-get >/dev/null ||
        die "Slurm is missing (${programs[*]} are not all on the PATH) and there is no apt-get to install it with." 3
    if ((EUID)); then
        sudo -n true 2>/dev/null || die "Slurm is missing. Installing it needs root: apt-get update && ${command[*]}" 3
        as_root=(sudo -n "${as_root[@]}")
    fi
    # The packages would start daemons for which there is no configuration. Debian's way to prevent that is a policy
    # script; one that is already there is the machine's own and is left alone.
    guard=/usr/sbin/policy-rc.d
    if [[ -e $guard ]]; then guard=""; else
        printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee $guard >/dev/null
        "${as_root[@]}" chmod 755 $guard
        # shellcheck disable=SC2064 # the values of now are the ones that are meant
        trap "${as_root[*]} rm -f $guard" EXIT
    fi
    log="$(mktemp)"
    "${as_root[@]}" "${command[@]}" >"$log" 2>&1 </dev/null ||
        { "${as_root[@]}" apt-get update >>"$log" 2>&1 && "${as_root[@]}" "${command[@]}" >>"$log" 2>&1 </dev/null; } ||
        die "apt-get could not install slurm-wlm and munge: $(grep -m1 '^E:' "$log" || tail -n 1 "$log") (whole log: $log)" 3
    rm -f "$log"
    if [[ -n $guard ]]; then "${as_root[@]}" rm -f $guard; trap - EXIT; fi
    installed || die "slurm-wlm and munge were installed, yet not all of ${programs[*]} are on the PATH ($PATH)." 3
}

# Prints COUNT neighbouring ports on which nothing listens.
free_ports() {
    local count=$1 try first listening
    listening=" $(awk 'FNR > 1 && $4 == "0A" { sub(/.*:/, "", $2); print $2 }' /proc/net/tcp /proc/net/tcp6 2>/dev/null | while read -r hex; do echo $((16#$hex)); done | tr '\n' ' ')"
    for try in {1..50}; do
        first=$((20000 + (RANDOM % 1200) * 10))
        local offset taken=""
        for ((offset = 0; offset < count; offset++)); do
            [[ "$listening" != *" $((first + offset)) "* ]] || taken=yes
        done
        [[ -n $taken ]] || { echo "$first"; return; }
    done
    die "no $count neighbouring free ports were found between 20000 and 32000."
}

configure() {
    local host user first
    host="$(hostname -s)"
    user="$(id -un)"
    first="$(free_ports $((nodes + 1)))"
    cat >"$folder/slurm.conf" <<TEXT
# Written by cluster/local-slurm.sh.
ClusterName=w2s-local
SlurmctldHost=$host(127.0.0.1)
SlurmUser=$user
SlurmdUser=$user
SlurmctldPort=$first
# cred_expire is also how long a requeued job waits before it may start again: 120 s by default, at least 5.
AuthType=auth/munge
AuthInfo=socket=$folder/munge/socket,cred_expire=5
CredType=cred/munge
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.%n.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.%n.log
SlurmdSyslogDebug=quiet
SlurmctldSyslogDebug=quiet
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool/%n
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MailProg=/bin/true
MpiDefault=none
SwitchType=switch/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=0,sched_interval=2,bf_interval=2,sched_min_interval=0
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
GresTypes=gpu
MaxArraySize=1001
JobRequeue=1
ReturnToService=2
KillWait=5
SlurmctldTimeout=30
SlurmdTimeout=10
InactiveLimit=0
MinJobAge=300
MessageTimeout=10
# The machine's cores and memory are shared by nodes that each claim all of them.
SlurmdParameters=config_overrides
TEXT
    local node
    for ((node = 1; node <= nodes; node++)); do
        echo "NodeName=local$node NodeHostname=$host NodeAddr=127.0.0.1 Port=$((first + node)) CPUs=8 RealMemory=64000 Gres=gpu:2 State=UNKNOWN"
        mkdir -p "$folder/spool/local$node"
    done >>"$folder/slurm.conf"
    echo "PartitionName=main Nodes=ALL Default=YES MaxTime=1-00:00:00 DefaultTime=00:30:00 State=UP" >>"$folder/slurm.conf"
    # Two devices that are none, so that asking for a GPU can be tried. (Slurm sets no CUDA_VISIBLE_DEVICES for these.)
    touch "$folder/gpu0" "$folder/gpu1"
    echo "Name=gpu File=$folder/gpu[0-1]" >"$folder/gres.conf"
    printf "CgroupPlugin=cgroup/v1\nCgroupAutomount=no\n" >"$folder/cgroup.conf"
    mkdir -p "$folder/state"
}

# munged wants a socket folder that all may enter and a private folder for the rest.
start_munge() {
    mkdir -m 755 "$folder/munge"
    mkdir -m 700 "$folder/munge/private"
    mungekey --create --keyfile "$folder/munge/private/key"
    munged --force --socket "$folder/munge/socket" --key-file "$folder/munge/private/key" --pid-file "$folder/munge/private/pid" \
        --seed-file "$folder/munge/private/seed" --log-file "$folder/munge/private/log" --num-threads 2 \
        >"$folder/munge/private/output" 2>&1 || die "munged did not start: $(tail -n 3 "$folder/munge/private/output")"
}

start_node() { slurmd -N "$1" -f "$folder/slurm.conf" >>"$folder/slurmd.$1.log" 2>&1 || die "slurmd of $1 did not start: $(tail -n 3 "$folder/slurmd.$1.log")"; }

# Waits until `sinfo` counts COUNT nodes idle or at work.
await_nodes() {
    local count=$1 tenth
    for ((tenth = 0; tenth < 200; tenth++)); do
        (($(sinfo --noheader --Node --format='%T' 2>/dev/null | grep -cE '^(idle|mixed|allocated|completing)$') < count)) || return 0
        sleep 0.1
    done
    return 1
}

start() {
    [[ ! -e "$folder" || -z "$(ls -A "$folder")" ]] || die "$folder is not empty; name a new folder (or stop the Slurm that is in it)."
    install
    mkdir -p "$folder"
    chmod 755 "$folder"
    folder="$(realpath "$folder")"
    ((${#folder} < 80)) || die "$folder is too long a name for a Unix socket inside; choose a shorter folder."
    [[ "$folder" =~ ^[A-Za-z0-9/._-]+$ ]] || die "$folder: Slurm's configuration takes no spaces or other special characters in a folder's name."
    export SLURM_CONF="$folder/slurm.conf"
    trap 'status=$?; ((status == 0)) || { keep_logs; stop; }' EXIT
    configure
    start_munge
    slurmctld -f "$SLURM_CONF" >>"$folder/slurmctld.log" 2>&1 || die "slurmctld did not start: $(grep -m1 -E 'fatal|error' "$folder/slurmctld.log")"
    local node
    for ((node = 1; node <= nodes; node++)); do start_node "local$node"; done
    await_nodes "$nodes" || die "the nodes did not come up within 20 s: $(sinfo --noheader --Node --format='%N %T %E' 2>&1 | tr '\n' ';') $(tail -qn 2 "$folder"/slurmctld.log "$folder"/slurmd.*.log)"
    trap - EXIT
    if [[ -n "$owner" ]]; then setsid bash "$(realpath "${BASH_SOURCE[0]}")" guard "$folder" "$owner" </dev/null >/dev/null 2>&1 & fi
    echo "SLURM_CONF=$SLURM_CONF"
}

# Waits for the owner's end, or for somebody else to stop this Slurm.
guard() {
    while alive "$1" && [[ -e "$folder/slurm.conf" ]]; do sleep 1; done
    [[ ! -e "$folder/slurm.conf" ]] || stop
}

# What a failed start leaves for reading, since the folder goes.
keep_logs() {
    local kept
    kept="$(mktemp -d)"
    cp "$folder"/*.log "$folder/slurm.conf" "$kept/" 2>/dev/null && say "the logs are kept in $kept" || rmdir "$kept"
}

# The processes of this Slurm's jobs, or of those on one NODE: first every slurmstepd that has a log of this folder open
# (it must not live to report the death of its children as the job's own failure: a lost node reports nothing), then
# everything that carries this Slurm's SLURM_CONF together with a job's number.
job_processes() {
    local process environment others=()
    for process in /proc/[0-9]*; do
        if [[ "$(readlink "$process/exe" 2>/dev/null)" == */slurmstepd* ]]; then
            ls -l "$process/fd" 2>/dev/null | grep -qF " $folder/slurmd.${1:-}" && echo "${process#/proc/}"
        else
            environment="$({ tr '\0' '\n' <"$process/environ"; } 2>/dev/null)" || continue
            grep -qxF "SLURM_CONF=$folder/slurm.conf" <<<"$environment" && grep -q '^SLURM_JOB_ID=' <<<"$environment" || continue
            [[ -z "${1:-}" ]] || grep -qxF "SLURMD_NODENAME=$1" <<<"$environment" || continue
            others+=("${process#/proc/}")
        fi
    done
    ((!${#others[@]})) || printf '%s\n' "${others[@]}"
}

# A dead process that its parent has not asked after yet counts as gone.
alive() { grep -qv '^[^)]*) Z' "/proc/$1/stat" 2>/dev/null; }

# end_process PIDFILE [SIGNAL]: ends a daemon by its pid file, and waits until it is gone.
end_process() {
    local pid tenth
    [[ -s "$1" ]] || return 0
    pid="$(<"$1")"
    kill "-${2:-TERM}" "$pid" 2>/dev/null || return 0
    for ((tenth = 0; tenth < 50; tenth++)); do
        alive "$pid" || return 0
        sleep 0.1
    done
    kill -KILL "$pid" 2>/dev/null || true
}

# Once more after a moment, for what was being started while the first were killed.
kill_jobs() {
    local pids again
    for again in {1..20}; do
        mapfile -t pids < <(job_processes "$@")
        ((${#pids[@]})) || return 0
        kill -KILL "${pids[@]}" 2>/dev/null || true
        sleep 0.1
    done
}

stop() {
    [[ -e "$folder/slurm.conf" ]] || die "$folder holds no Slurm of this script (no slurm.conf)."
    folder="$(realpath "$folder")"
    export SLURM_CONF="$folder/slurm.conf"
    head -n 1 "$SLURM_CONF" | grep -q 'cluster/local-slurm.sh' || die "$SLURM_CONF was not written by this script; nothing was done."
    local file
    for file in "$folder"/slurmctld.pid "$folder"/slurmd.*.pid; do end_process "$file" KILL; done # no state is to be saved
    kill_jobs
    end_process "$folder/munge/private/pid"
    rm -rf "$folder"
}

status() {
    [[ -e "$folder/slurm.conf" ]] || die "$folder holds no Slurm of this script (no slurm.conf)."
    export SLURM_CONF="$folder/slurm.conf"
    sinfo --Node --format='%N %T %C %E' || die "the Slurm in $folder does not answer; its log is $folder/slurmctld.log."
    squeue --format='%.14i %.20j %.9T %.10M %R'
}

node_down() {
    end_process "$folder/slurmd.$1.pid" KILL # before the jobs, so that nothing can tell the controller about them
    kill_jobs "$1"
    rm -f "$folder/slurmd.$1.pid"
    SLURM_CONF="$folder/slurm.conf" scontrol update nodename="$1" state=down reason="local-slurm.sh node-down"
}

node_up() {
    export SLURM_CONF="$folder/slurm.conf"
    start_node "$1"
    scontrol update nodename="$1" state=resume 2>/dev/null || true # with ReturnToService it may be back by itself
    await_nodes 1
}

usage() { sed -n '2,13p' "${BASH_SOURCE[0]}" | sed 's/^# \{0,1\}//' >&2; exit 2; }

command="${1-}"
case "$command" in
    install) install && exit ;;
    installed) installed || exit 3; exit ;;
esac
(($# >= 2)) || usage
folder="$2"
case "$command" in
    start)
        nodes="${3:-2}" owner="${4-}"
        [[ "$nodes" =~ ^[1-9]$ ]] || die "NODES is '$nodes'; it must be a number from 1 to 9." 2
        [[ "$owner" =~ ^[0-9]*$ ]] || die "OWNER is '$owner'; it must be the number of a process." 2
        start
        ;;
    guard) guard "${3-}" ;;
    stop) stop ;;
    status) status ;;
    node-down | node-up)
        [[ -n "${3-}" && -d "$folder/spool/${3-}" ]] || die "'${3-}' is no node of the Slurm in $folder; it has $(ls "$folder/spool" 2>/dev/null | tr '\n' ' ')." 2
        folder="$(realpath "$folder")"
        "${command/-/_}" "$3"
        ;;
    *) usage ;;
esac
