#!/bin/sh
# sh install.sh PYTHON FOLDER: piper-tts and two generations of sherpa-onnx, for the tests of exported voices.
set -eu
python=$1 folder=$2
here=$(dirname -- "$0")
wanted=$(cat "$here"/requirements*.txt)
[ "$wanted" != "$(cat "$folder/installed.txt" 2>/dev/null)" ] || exit 0
"$python" -m venv --clear "$folder"
set -- "$folder/bin/python" -m pip -q --disable-pip-version-check install --only-binary :all:
"$@" -c "$here/../../constraints.txt" -r "$here/requirements.txt"
"$@" --no-deps --target "$folder/newer" -r "$here/requirements2.txt"
printf '%s\n' "$wanted" >"$folder/installed.txt"
