#!/bin/sh
# Set-up for people, make, run.sh and CI: .venv with pinned libraries. A second call is instant.
set -eu
unset CDPATH
root=$(cd -- "$(dirname -- "$0")" && pwd -P)
venv=$root/.venv
log=$venv/setup.log
torch=2.13.0

usage() {
    cat <<'HELP'
sh env.sh [dev] [cpu|cuda]    make .venv and install Recital into it; no compiler, no sudo

  dev         also install what the tests, linters and evaluation need
  cpu, cuda   this build of torch; the default is cuda if an NVIDIA GPU is found, else cpu.
              On a login node without a GPU, pass cuda.

  PYTHON=python3.12        make .venv with this Python (3.10 to 3.13)
  RECITAL_TORCH_INDEX=URL  take torch from this package index
HELP
}

fail() {
    printf 'env.sh: %s\n' "$1" >&2
    exit 1
}

pip_install() { # pip_install TITLE WORDS...: output goes to a log; a terminal shows the seconds
    title=$1
    shift
    began=$(date +%s)
    printf '%-30s' "$title"
    "$venv/bin/python" -m pip --disable-pip-version-check --no-input install \
        -c "$root/constraints.txt" --only-binary :all: "$@" >"$log" 2>&1 &
    child=$!
    trap 'kill "$child"; exit 130' INT TERM HUP
    while kill -0 "$child" 2>/dev/null; do
        if [ -t 1 ]; then
            printf '\r%-30s %4d s  %-40s' "$title" "$(($(date +%s) - began))" \
                "$(tail -n 1 "$log" | tr -dc '[:print:]' | cut -c 1-40)"
        fi
        sleep 1
    done
    trap - INT TERM HUP
    [ ! -t 1 ] || printf '\r%80s\r%-30s' '' "$title"
    printf ' %4d s\n' "$(($(date +%s) - began))"
    wait "$child"
}

python_of_user() { # the first Python from 3.10 to 3.13
    for candidate in "${PYTHON:-python3}" python3.13 python3.12 python3.11 python3.10; do
        if "$candidate" -c 'import sys; sys.exit(not (3, 10) <= sys.version_info < (3, 14))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
        [ -z "${PYTHON:-}" ] || fail "PYTHON=$PYTHON: expected a Python from 3.10 to 3.13"
    done
    fail "no Python from 3.10 to 3.13 found; name one, as in PYTHON=/opt/python3.12/bin/python3 sh env.sh"
}

has_gpu() {
    [ -e /proc/driver/nvidia/version ] || nvidia-smi >/dev/null 2>&1
}

install_torch() { # install_torch BUILD: "+cpu" in the version keeps pip from taking the CUDA build
    case $1 in
        cpu) set -- "torch $torch for the CPU" "torch==$torch+cpu" ;;
        cuda) set -- "torch $torch for CUDA" "torch==$torch,!=$torch+cpu" ;;
        *) set -- "torch $torch" "torch==$torch" ;;
    esac
    pip_install "$@" setuptools ${RECITAL_TORCH_INDEX:+--extra-index-url "$RECITAL_TORCH_INDEX"}
}

# Links for type checkers and editors, which cannot see that recital/__init__.py adds the checkout to
# the package's path.
link_package() {
    types=$root/build/types/recital
    mkdir -p "$types"
    for link in "$types"/*; do
        [ -e "$link" ] || rm -f "$link"
    done
    for file in "$root"/recital/*.py; do
        ln -sf "../../../recital/${file##*/}" "$types/"
    done
    for init in "$root"/*/__init__.py; do
        folder=$(basename "$(dirname "$init")")
        [ "$folder" = recital ] || ln -sfn "../../../$folder" "$types/$folder"
    done
}

build=
extras=arpabet
for word in "$@"; do
    case $word in
        dev) extras=arpabet,mandarin,eval,cluster,hdf5,onnx,serve,dev ;;
        cpu | cuda) build=$word ;;
        -h | --help) usage && exit 0 ;;
        *) printf 'env.sh: %s: expected dev, cpu or cuda; see sh env.sh --help\n' "$word" >&2 && exit 2 ;;
    esac
done

case $extras in *dev) link_package ;; esac
stamp=$venv/recital.stamp
inputs=$({ cat "$root/env.sh" "$root/constraints.txt" "$root/setup.py" && printf '%s' "$root"; } | cksum)
if [ -z "$build" ] && [ -x "$venv/bin/python" ]; then
    case $(cat "$stamp" 2>/dev/null) in "$inputs $extras"*) exit 0 ;; esac # dev includes the users' extras
fi

if ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    python=$(python_of_user)
    printf 'Setting up %s with %s\n' "$venv" "$("$python" -V)"
    "$python" -m venv "$venv" ||
        fail "$python cannot make a virtual environment; install its venv and pip (on Debian: python3-venv), or name another PYTHON"
fi
if [ -z "$build" ]; then
    case $(uname -s) in
        Linux) if has_gpu; then build=cuda; else build=cpu; fi ;;
        *) build=standard ;;
    esac
    for installed in "$venv"/lib/python3*/site-packages/torch-"$torch"*.dist-info; do
        [ ! -d "$installed" ] || build=kept # keep the build chosen earlier
    done
fi
if [ "$build" != kept ] && ! install_torch "$build"; then
    grep '^ERROR' "$log" >&2 || true
    [ "$build" != cpu ] || fail "this package index has no CPU build of torch $torch; set RECITAL_TORCH_INDEX to the \
index of CPU builds that pytorch.org/get-started names, or take the CUDA build, several GB, by: sh env.sh cuda"
    fail "no torch $torch ($build) to be had; name an index that has it in RECITAL_TORCH_INDEX (log: $log)"
fi
if ! pip_install "Recital and its libraries" --no-build-isolation -e "${root}[$extras]"; then
    grep '^ERROR' "$log" >&2 || true
    fail "the libraries could not be installed; what pip says is in $log"
fi
printf '%s\n' "$inputs $extras" >"$stamp"
