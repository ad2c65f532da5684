#!/bin/sh
# The one set-up script: .venv with pinned dependencies, for people, make, run.sh and CI. A second call is instant.
set -eu
unset CDPATH
root=$(cd -- "$(dirname -- "$0")" && pwd -P)
venv=$root/.venv
torch=2.13.0
cpu_index=https://download.pytorch.org/whl/cpu

usage() {
    cat <<'HELP'
sh env.sh [dev] [cpu|cuda]    make .venv and install Recital into it; no compiler, no sudo

  dev         also what the tests, linters and evaluation need
  cpu, cuda   this build of torch; the default is cuda where an NVIDIA GPU is seen, else cpu.
              On a login node without a GPU, say cuda.

  PYTHON=python3.12        make .venv with this Python (3.10 to 3.13)
  RECITAL_TORCH_INDEX=URL  take torch from this package index
HELP
}

fail() {
    printf 'env.sh: %s\n' "$1" >&2
    exit 1
}

quietly() { # quietly TITLE COMMAND...: its output goes to a log, shown where it fails; meanwhile the seconds tick
    title=$1
    shift
    began=$(date +%s)
    "$@" >"$venv/setup.log" 2>&1 &
    child=$!
    trap 'kill "$child" 2>/dev/null; exit 130' INT TERM HUP
    while kill -0 "$child" 2>/dev/null; do
        if [ -t 1 ]; then
            now=$(tail -n 1 "$venv/setup.log" | cut -c 1-50)
            printf '\r%-34s %4d s  %-50s' "$title" "$(($(date +%s) - began))" "$now"
        fi
        sleep 1
    done
    code=0
    wait "$child" || code=$?
    trap - INT TERM HUP
    [ ! -t 1 ] || printf '\r%90s\r' ''
    [ "$code" -ne 0 ] || printf '%-34s %4d s\n' "$title" "$(($(date +%s) - began))"
    return "$code"
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

pip() {
    "$venv/bin/python" -m pip --disable-pip-version-check --no-input "$@"
}

install_torch() { # install_torch BUILD: a CUDA build never comes by chance, since "+cpu" stands in the version
    case $1 in
        cpu) wanted="torch==$torch+cpu" ;;
        cuda) wanted="torch==$torch,!=$torch+cpu" ;;
        *) wanted="torch==$torch" ;;
    esac
    set -- install -c "$root/constraints.txt" --only-binary :all: "$wanted" setuptools
    if [ -n "${RECITAL_TORCH_INDEX:-}" ]; then
        pip "$@" --extra-index-url "$RECITAL_TORCH_INDEX"
    else
        pip "$@" && return
        [ "$wanted" = "torch==$torch+cpu" ] || return 1
        pip "$@" --extra-index-url "$cpu_index" # the package index at hand has no CPU build: PyTorch's own has
    fi
}

install_recital() { # install_recital EXTRAS
    pip install -c "$root/constraints.txt" --prefer-binary --no-build-isolation -e "${root}[$1]"
}

build=
extras=espeak
for word in "$@"; do
    case $word in
        dev) extras=espeak,eval,cluster,dev ;;
        cpu | cuda) build=$word ;;
        -h | --help) usage && exit 0 ;;
        *) printf 'env.sh: %s: expected dev, cpu or cuda; see sh env.sh --help\n' "$word" >&2 && exit 2 ;;
    esac
done

stamp=$venv/recital-$(printf '%s' "$extras" | tr , -).stamp
inputs=$({ cat "$root/env.sh" "$root/constraints.txt" "$root/setup.py" && printf '%s' "$root"; } | cksum)
if [ -z "$build" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$inputs" ] && [ -x "$venv/bin/python" ]; then
    exit 0
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
        [ ! -d "$installed" ] || build=kept # a build that was asked for once stays
    done
fi
if [ "$build" != kept ]; then
    quietly "1/2 torch $torch ($build build)" install_torch "$build" || {
        tail -n 5 "$venv/setup.log" >&2
        fail "no $build build of torch $torch could be installed; name an index that has it in RECITAL_TORCH_INDEX, or ask for the other build (sh env.sh --help)"
    }
fi
quietly "2/2 Recital and its libraries" install_recital "$extras" || {
    tail -n 5 "$venv/setup.log" >&2
    fail "installing failed; the whole log is in $venv/setup.log"
}
printf '%s\n' "$inputs" >"$stamp"
