#!/bin/sh
# VITS: recordings in, a voice out. What it can do: sh run.sh --help
set -eu
unset CDPATH
here=$(cd -- "$(dirname -- "$0")" && pwd -P)
exec sh "$here/../../recipe.sh" "$here" "$@"
