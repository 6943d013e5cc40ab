#!/usr/bin/env bash
# The one door to W2S: sets the machine up where something is missing, builds where something changed,
# and then becomes the program. See ./run.sh help and docs/install.md.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
artifacts="$root/artifacts"
program="$artifacts/bin/W2S/release/W2S"

# The program needs no ICU, so neither does the SDK; English, because the test summary below is parsed.
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_CLI_UI_LANGUAGE=en
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_GENERATE_ASPNET_CERTIFICATE=false

say() { echo "run.sh: $*" >&2; }
die() { say "$*"; exit 1; }

help() {
    cat <<'TEXT'
./run.sh                     set up, build, and reproduce the paper's synthetic study (reproduce synthetic)
./run.sh <command> [options] the program; ./run.sh <command> --help teaches each command
./run.sh setup [peers]       only set up and build; peers adds python3-torch, which tests and bench compare with, and Slurm
./run.sh setup molecules     the same, with python3-rdkit and python3-scipy, which data prepare needs
./run.sh test [filter…]      build and run all tests, or those whose full name contains a filter
./run.sh bench [options]     time W2S beside its PyTorch peer (--json for programs)
./run.sh help                this text and the program's own

LIBTORCH=/path ./run.sh …          use this libtorch (the folder torch/ of an installed PyTorch, CUDA too)
TorchProvider=nuget ./run.sh …     use the packages TorchSharp and libtorch-cpu instead of a libtorch on the machine
They are remembered in Local.props; delete it to choose anew.
TEXT
}

# ---- What the machine needs ----------------------------------------------------------------------------------------

# The .NET SDK is the one thing that run.sh does not install: Debian has no package of it.
require_dotnet() {
    command -v dotnet >/dev/null ||
        die "The .NET 10 SDK is missing: no 'dotnet' on the PATH. Install it from https://dotnet.microsoft.com/download/dotnet/10.0 and run this again."
    (cd "$root" && dotnet --version >/dev/null 2>&1) ||
        die "W2S needs the .NET SDK that global.json names (10.0.100 or a later 10.0), but 'dotnet --list-sdks' says: $(dotnet --list-sdks | tr '\n' ' '). Install it from https://dotnet.microsoft.com/download/dotnet/10.0 and run this again."
}

libtorch_header=include/torch/csrc/autograd/autograd.h # the one that src/StandIns/StandIns.props looks for
has_libtorch() { [[ -e "$1/$libtorch_header" ]]; }

# Where python keeps an installed PyTorch, found without importing it (that would take seconds).
python_torch() {
    python3 -c 'import importlib.util as u; s = u.find_spec("torch"); print(s.submodule_search_locations[0] if s else "")' 2>/dev/null || true
}

has_gpu() { [[ -e /dev/nvidiactl ]]; }

# What an earlier run remembered counts where the environment says nothing.
recall() {
    local name
    [[ -e "$root/Local.props" ]] || return 0
    for name in TorchProvider TorchDevice LIBTORCH; do
        [[ -n "${!name:-}" || ! "$(<"$root/Local.props")" =~ \<$name[^\>]*\>([^\<]+)\< ]] || export "$name=${BASH_REMATCH[1]}"
    done
}

# Writes what differs from the default into Local.props, so that dotnet build, run and test choose alike.
remember() {
    local name
    {
        echo "<!-- Written by run.sh: where TorchSharp comes from on this machine. Delete this file to choose anew. -->"
        echo "<Project><PropertyGroup>"
        for name in TorchProvider TorchDevice LIBTORCH; do
            [[ -z "${!name:-}" ]] || echo "  <$name Condition=\"'\$($name)' == ''\">${!name}</$name>"
        done
        echo "</PropertyGroup></Project>"
    } >"$root/Local.props"
}

# Chooses where TorchSharp comes from, remembers it where it is not the default, and notes what apt must install for it.
choose_torch() {
    if [[ "${TorchProvider:-}" == nuget ]]; then
        remember
        return
    fi
    if [[ -n "${LIBTORCH:-}" ]]; then
        has_libtorch "$LIBTORCH" || die "LIBTORCH is '$LIBTORCH', but $LIBTORCH/$libtorch_header does not exist, so that is no libtorch with headers. Set it to the folder that holds include/ and lib/ (of an installed PyTorch: its folder torch/), or unset LIBTORCH and delete Local.props."
        LIBTORCH="$(realpath "$LIBTORCH")"
        remember
    elif ! has_libtorch /usr || has_gpu; then
        local installed
        installed="$(python_torch)"
        if [[ -n "$installed" ]] && has_libtorch "$installed" && { ! has_libtorch /usr || [[ -e "$installed/lib/libtorch_cuda.so" ]]; }; then
            say "using the libtorch of the PyTorch in $installed"
            export LIBTORCH="$installed"
            remember
        elif ! has_libtorch /usr; then
            need libtorch-dev "the tensor library under TorchSharp (PyTorch's C++ part, CPU)"
        fi
    fi
    command -v g++ >/dev/null || need g++ "the compiler of the one native file that binds libtorch"
    [[ -n "${LIBTORCH:-}" ]] || has_fast_blas || wish libopenblas0-openmp "multiplies large matrices seven to ten times faster than Debian's reference BLAS, on libtorch's own threads"
}

# Debian's libtorch takes whichever BLAS the system's alternatives point to. (A PyTorch from elsewhere brings its own.)
has_fast_blas() {
    local chosen
    chosen="$(readlink -f /usr/lib/*-linux-gnu/libblas.so.3)" && [[ -e "$chosen" && "$chosen" != */blas/libblas.so* ]]
}

needs=() wishes=() # what the machine lacks: W2S cannot do without the former
need() { needs+=("$1") && say "missing: $1, which is $2"; }
wish() { wishes+=("$1") && say "missing: $1, which $2"; }

# What cannot be installed stops us, unless it was only wished for.
do_without() {
    ((!${#needs[@]})) || die "$1"
    say "going on without ${wishes[*]}, which cannot be installed here"
}

# Installs what is missing through apt, or says exactly what to do instead.
install_packages() {
    local log="$artifacts/install.log" as_root=(env DEBIAN_FRONTEND=noninteractive)
    local install=(apt-get install -y --no-install-recommends "${needs[@]}" "${wishes[@]}")
    ((${#needs[@]} + ${#wishes[@]})) || return 0
    if ! command -v apt-get >/dev/null; then
        do_without "There is no apt-get here to install it with. By other means, W2S needs: a C++17 compiler (g++) on the PATH, and a libtorch with headers whose folder the variable LIBTORCH names (PyTorch's C++ distribution, or the folder torch/ of an installed PyTorch). Or set TorchProvider=nuget, which takes the packages TorchSharp and libtorch-cpu and needs neither."
        return
    fi
    if ((EUID)) && ! sudo -n true 2>/dev/null; then
        do_without "Installing needs root, and sudo is not to be had without a password. Run this once as root, then ./run.sh again:
    apt-get update && ${install[*]}
Without root: set LIBTORCH to the folder torch/ of an installed PyTorch (and have g++ on the PATH), or set TorchProvider=nuget."
        return
    fi
    ((!EUID)) || as_root=(sudo -n "${as_root[@]}")
    say "installing (a few minutes where libtorch is missing; log: $log): ${install[*]}"
    mkdir -p "$artifacts"
    # An image may come without package lists, or with lists so old that the versions they name are gone.
    "${as_root[@]}" "${install[@]}" >"$log" 2>&1 </dev/null ||
        { "${as_root[@]}" apt-get update >>"$log" 2>&1 && "${as_root[@]}" "${install[@]}" >>"$log" 2>&1 </dev/null; } ||
        do_without "apt-get could not install ${needs[*]} ${wishes[*]}: $(grep -m1 '^E:' "$log" || tail -n 1 "$log")
The whole log: $log. Instead of apt's libtorch you can set LIBTORCH to the folder torch/ of an installed PyTorch, or TorchProvider=nuget."
    needs=() wishes=()
}

# ---- Building ------------------------------------------------------------------------------------------------------

settings() { echo "TorchProvider=${TorchProvider:-} TorchDevice=${TorchDevice:-} LIBTORCH=${LIBTORCH:-}"; }

stamp_of() { echo "$artifacts/bin/${1##*/}.built"; } # it goes when the outputs go

# A build is fresh while no source file or folder (a folder's time changes when a file in it goes) is newer than the
# moment before that build began, and the settings are the same. Costs milliseconds; asking dotnet costs seconds.
is_fresh() {
    local stamp sources=("$root"/{src,configs,W2S.csproj,Directory.Build.props,Directory.Packages.props,global.json} "${@:2}")
    stamp="$(stamp_of "$1")"
    [[ ! -e "$root/Local.props" ]] || sources+=("$root/Local.props")
    [[ -e "$stamp" && "$(<"$stamp")" == "$(settings)" ]] &&
        [[ -z "$(find "${sources[@]}" -newer "$stamp" -print -quit)" ]]
}

# ensure_built WHAT [FOLDER…]: sets up and builds a project or the solution, unless nothing in src/ and the folders changed.
ensure_built() {
    is_fresh "$@" && return
    require_dotnet
    choose_torch
    install_packages
    mkdir -p "$artifacts/bin"
    {
        flock 9 # two builds at once would write the same files
        is_fresh "$@" || build "$1" 9>&-
    } 9>"$artifacts/build.lock"
}

build() {
    local stamp log="$artifacts/build.log" began=$SECONDS
    stamp="$(stamp_of "$1")"
    settings >"$stamp.new"
    say "building $1 (the first time takes a minute or two, most of it fetching packages; log: $log)"
    if ! (cd "$root" && dotnet build "$1" -c Release -v minimal --tl:off -nodeReuse:false >"$log" 2>&1); then
        { grep -oP 'error [A-Z]+\d*: .*?(?= \[)|^.*?\(\d+,\d+\): error .*?(?= \[)' "$log" || tail -n 8 "$log"; } | sort -u | head -n 8 >&2
        die "the build failed; the whole log is in $log"
    fi
    [[ "$1" != W2S.sln ]] || cp -p "$stamp.new" "$(stamp_of W2S.csproj)" # the solution holds the program
    mv "$stamp.new" "$stamp"
    say "built in $((SECONDS - began)) s"
}

# ---- Commands ------------------------------------------------------------------------------------------------------

become() {
    # The program looks for .NET in the system's places; tell it where this dotnet is if it is elsewhere.
    [[ -n "${DOTNET_ROOT:-}" ]] || DOTNET_ROOT="$(dirname "$(readlink -f "$(command -v dotnet)")")"
    export DOTNET_ROOT
    exec "$@"
}

run_tests() {
    local filter="" log="$artifacts/test.log" status=0 name assemblies=()
    for name in "$@"; do filter+="${filter:+|}FullyQualifiedName~$name"; done
    ensure_built W2S.sln "$root/tests"
    cd "$root"
    for name in tests/*/*.csproj; do
        name="$(basename "$name" .csproj)"
        assemblies+=("artifacts/bin/$name/release/$name.dll")
    done
    dotnet test "${assemblies[@]}" ${filter:+--filter "$filter"} 2>&1 | tee "$log" || status=$?
    # One line per test project: "Passed!  - Failed:     0, Passed:     7, Skipped:     1, Total: …"
    awk -v status="$status" -F'[:,]' '
        /^(Passed|Failed|Skipped)! +- Failed:/ { failed += $2; passed += $4; skipped += $6 }
        /^No test is available in / { print "A project without tests is a project that was not built."; failed += 1 }
        END {
            if (status != 0 && failed == 0) { print "The test run itself failed; its last words are above."; failed = 1 }
            if (passed + failed + skipped == 0) { print "No test ran."; status = 1 }
            print passed + 0 " passed, " failed + 0 " failed, " skipped + 0 " skipped"
            exit (status != 0 || failed != 0)
        }' "$log"
}

recall
case "${1-}" in
    help)
        help
        ensure_built W2S.csproj
        echo
        become "$program" --help
        ;;
    setup)
        if [[ "${2-}" == peers ]]; then
            if ! dpkg -s python3-torch >/dev/null 2>&1; then
                wish python3-torch "is the peer that tests and benchmarks compare with"
                install_packages
            fi
            "$root/cluster/local-slurm.sh" install || say "going on without Slurm; the tests on a real one will skip"
        fi
        if [[ "${2-}" == molecules ]]; then
            dpkg -s python3-rdkit >/dev/null 2>&1 || wish python3-rdkit "kekulises molecules and computes their descriptors"
            dpkg -s python3-scipy >/dev/null 2>&1 || wish python3-scipy "has the distributions that descriptors are normalised by"
            install_packages
        fi
        ensure_built W2S.csproj
        ;;
    test)
        shift
        run_tests "$@"
        ;;
    bench)
        shift
        ensure_built bench/W2S.Bench/W2S.Bench.csproj "$root/bench"
        become "$artifacts/bin/W2S.Bench/release/W2S.Bench" "$@"
        ;;
    *)
        ensure_built W2S.csproj
        (($#)) || set -- reproduce synthetic
        become "$program" "$@"
        ;;
esac
