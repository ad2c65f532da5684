#!/bin/sh
# Shared by all recipes: find a Python and run bins/recipe.py. sh recipe.sh RECIPE_FOLDER FLAGS...
# bins/recipe.py parses the flags; each value reaches it as one argument.
trap 'exit 75' TERM USR1 # nothing has started yet: the exit code of a stage 2 to be requeued
set -eu
unset CDPATH
recipe=$1
shift
root=$(cd -- "$(dirname -- "$0")/.." && pwd -P)
kind=$(basename -- "$(dirname -- "$recipe")") # tts or vocoder

find_python() { # find_python stages|flags CANDIDATES...: the first that can run stages, or parse flags
    what=$1
    shift
    for python in "$@"; do
        if "$python" "$root/bins/common/interpreter.py" "$what" >/dev/null 2>&1; then return 0; fi
    done
    return 1
}

own=$root/.venv/bin/python
if [ -n "${PYTHON:-}" ]; then
    find_python stages "$PYTHON" || find_python flags "$PYTHON"
else
    # any Python can print the help, reject a wrong flag and set up the demo
    find_python stages "$own" python3 ||
        find_python flags "$own" python3 python3.13 python3.12 python3.11 python3.10
fi || {
    printf 'run.sh: %s lacks what Recital needs; set it up with: sh %s/env.sh\n' "${PYTHON:-python3}" "$root" >&2
    exit 1
}
export PYTHONPATH="$root${PYTHONPATH:+:$PYTHONPATH}"
set -- "$python" -m recital.bins.recipe "$kind" "$recipe" "$@"
wait_for_handlers='--block-signal=TERM --block-signal=USR1' # GNU env: no signal is lost while Python starts
# shellcheck disable=SC2086
if env $wait_for_handlers true 2>/dev/null; then set -- env $wait_for_handlers "$@"; fi
exec "$@"
