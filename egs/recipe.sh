#!/bin/sh
# The launcher that all recipes share: sh recipe.sh RECIPE_FOLDER FLAGS...
# A value reaches Python as one word of its own: texts hold quotes, dollars, spaces and newlines.
set -eu
unset CDPATH
recipe=$1
shift
root=$(cd -- "$(dirname -- "$0")/.." && pwd -P)
default_name=$(basename -- "$recipe" | tr '[:upper:]' '[:lower:]')
kind=$(basename -- "$(dirname -- "$recipe")") # tts or vocoder

usage_of_voices() {
    cat <<HELP
Stage 3, inference
  --infer_expt_dir DIR        the experiment or checkpoint that speaks
                              (default: the one called NAME,
                              or while there is none, Recital's own voice)
  --infer_output_dir DIR      where the wavs go (default: infer/ in its folder)
  --infer_mode MODE           single: one text; batch: a file, or a split
  --infer_text TEXT           what to say (single)
  --infer_text_file FILE      what to say, one phrase a line (batch)
  --infer_dataset NAME        the dataset to take texts from (batch)
  --infer_testing_set SPLIT   its train, valid, test or golden_test
  --infer_speaker_name NAME   who speaks, in a voice of several speakers
  --speaker NAME              the same
  --vocoder_dir DIR           a trained vocoder (default: Griffin-Lim)
  --denoising_strength X      take off what the vocoder hums: 0.005 to 0.1
  --pace X                    speed: 1.2 is faster
  --pitch_shift X             raise the pitch: 20Hz, or -2st (semitones)
  --pitch_scale X             widen its movement: 1.5; narrow it: 0.5
  --pitch_flatten             a monotone
  --pitch_invert              rises become falls
  --pitch_file FILE           F0 of each token in Hz
  --energy_scale X            multiply the predicted energy
  --duration_control X        the inverse of --pace, as FastSpeech 2 has it
  --pitch_control X           the same as --pitch_scale
  --energy_control X          the same as --energy_scale
                              X of these, and of --pace: a number, or one for
                              each token: 1,1.2,0.9 or a file of them
  --fade_out SECONDS          fade the end of each wav

Instead of a stage
  --extract_durations         a trained voice that aligns writes durations, from
                              which others learn
  --predict_mels              a trained voice writes the mels that it makes of
                              the true durations, for a vocoder to learn from:
                              --set preprocess.predicted_mels=NAME
HELP
}

usage_of_vocoders() {
    cat <<HELP
Stage 3, inference: <out>/pred, and the recordings in <out>/gt
  --infer_expt_dir DIR        the experiment or checkpoint of the vocoder
                              (default: the one called NAME)
  --griffin_lim               Griffin-Lim instead, to compare with
  --infer_output_dir DIR      <out> (default: infer/MODE/ in its folder)
  --infer_mode MODE           infer_from_dataset, infer_from_feature or
                              infer_from_audio (default: by what is given)
  --infer_datasets NAMES      datasets, as in "A B" (default: all of the config)
  --infer_testing_set SPLIT   their train, valid, test or golden_test
  --infer_feature_dir DIR     a folder of mels: .npy, .pt or .safetensors
  --infer_audio_dir DIR       a folder of audio files: copy synthesis
  --denoising_strength X      take off what the vocoder hums: 0.005 to 0.1
  --infer_dataset NAME        the dataset of stage 4 (default: the first)
HELP
}

usage() {
    cat <<HELP
sh run.sh [--stage N] [--stop_stage M] [flags]

Stages: 1 features, 2 training, 3 inference, 4 evaluation. Without --stage,
1 to 3.
  --stage N                   run stage N alone, or from it on with --stop_stage
  --stop_stage M              run up to stage M
  -c, --config FILE           default: exp_config.json beside run.sh
  -n, --name NAME             folder under log_dir (default: $default_name)
  --set KEY.PATH=VALUE        override a key of the config; may be given again
  --demo                      set up, then all stages on a corpus made here
  --doctor                    instead of a stage: what is wrong with config,
                              corpora and machine, before anything runs; with
                              -n, what that voice says of each utterance, too
  -h, --help                  this page

Stage 1, features
  --jobs J                    worker processes (stage 4 and --doctor too)
  --backend NAME              loky (this machine), dask or ray

Stage 2, training
  --resume                    go on from the newest whole checkpoint
  --resume_from_ckpt_path DIR go on from this checkpoint
  --resume_type TYPE          resume: weights, optimizer and position;
                              finetune: weights alone

Stages 2 and 3, processes
  --gpu IDS                   one process a GPU, as in --gpu "0,1"; without
                              it the first GPU, or the CPU if there is none
  --num_processes P           P processes on the CPU
  --num_machines M            machines that train together; on each of them give
  --machine_rank R            its number, 0 to M - 1,
  --main_process_ip IP        and the address and a free port of number 0
  --main_process_port PORT    (default: 29500)

HELP
    if [ "$kind" = vocoder ]; then usage_of_vocoders; else usage_of_voices; fi
    cat <<HELP

Stage 4, evaluation: a split as stage 3 spoke it (what is missing is spoken
first: --infer_... and --vocoder_dir as there), or two folders of wavs
  --synthesis_dir [NAME=]DIR  wavs called like the recordings; give it again
                              to compare several runs
  --reference_dir DIR         recordings, instead of a split
  --texts FILE                what they say: id|text lines
  --in_step WHEN              auto, yes or no: frames go together without DTW
  --recognizer NAME           pocketsphinx (default), whisper or none
  --recognizer_dir DIR        the folder of a Whisper model
  --eval_output_dir DIR       default: evaluation/ in the experiment's folder
  --page_limit N              utterances on the page, worst first (100)
  --page_audio HOW            embed it in the page, or link to the files
  --seed N                    of the confidence intervals

Python is \$PYTHON, else .venv (made by: sh env.sh), else the python3 in use.
HELP
}

refuse() {
    printf 'run.sh: %s\n' "$1" >&2
    exit 2
}

describe() { # describe FLAG: which command lines take it (v: a vocoder's stage 3), and whether a value follows; fails for an unknown flag
    value_follows=yes
    case $1 in
        -h | --help | --demo | --doctor | --extract_durations | --predict_mels) takers=here value_follows=no ;;
        --stage | --stop_stage) takers=here ;;
        -c | --config | -n | --name | --speaker) takers=here ;;
        --gpu | --num_processes | --num_machines | --machine_rank) takers=here ;;
        --main_process_ip | --main_process_port) takers=here ;;
        --set) takers='0 1 2 3 4 8 9 v' ;;
        --jobs) takers='1 4 9' ;;
        --backend) takers='1 9' ;;
        --resume) takers=2 value_follows=no ;;
        --resume_from_ckpt_path | --resume_type) takers=2 ;;
        --pitch_flatten | --pitch_invert) takers=3 value_follows=no ;;
        --infer_expt_dir) takers='0 3 4 8 v' ;;
        --infer_output_dir | --infer_testing_set) takers='3 4 v' ;;
        --infer_mode | --denoising_strength) takers='3 v' ;;
        --infer_text | --infer_text_file) takers=3 ;;
        --infer_dataset) takers='3 4' ;;
        --infer_datasets | --infer_feature_dir | --infer_audio_dir) takers=v ;;
        --griffin_lim) takers=v value_follows=no ;;
        --vocoder_dir) takers='3 4 9' ;;
        --infer_speaker_name) takers=3 ;;
        --duration_control | --pitch_control | --energy_control) takers=3 ;;
        --pace | --pitch_shift | --pitch_scale | --pitch_file | --energy_scale | --fade_out) takers=3 ;;
        --synthesis_dir | --reference_dir | --texts | --in_step | --recognizer | --recognizer_dir) takers=4 ;;
        --eval_output_dir | --page_limit | --page_audio | --seed) takers=4 ;;
        *) return 1 ;;
    esac
}

require_kind() { # require_kind FLAG: what only recipes of the other kind take is an error, and not silently left out
    case $kind:$1:$takers in
        vocoder:--speaker:* | vocoder:--extract_durations:* | vocoder:--predict_mels:* | vocoder:*:3)
            refuse "$1: is for recipes of egs/tts; see sh run.sh --help" ;;
        tts:*:v) refuse "$1: is for recipes of egs/vocoder; see sh run.sh --help" ;;
    esac
}

require_choice() { # require_choice FLAG VALUE: early, and not after hours of stage 2
    case $1 in
        --stage | --stop_stage) choices='1 2 3 4' ;;
        --backend) choices='loky dask ray' ;;
        --resume_type) choices='resume finetune' ;;
        --infer_mode)
            choices='single batch'
            [ "$kind" != vocoder ] || choices='infer_from_dataset infer_from_feature infer_from_audio'
            ;;
        --in_step) choices='auto yes no' ;;
        --recognizer) choices='pocketsphinx whisper none' ;;
        --page_audio) choices='embed link' ;;
        --infer_testing_set) choices='train valid test golden_test' ;;
        *) return 0 ;;
    esac
    for choice in $choices; do
        [ "$2" != "$choice" ] || return 0
    done
    refuse "$1 $2: expected one of: $choices"
}

has_recital() { # what stages cannot do without; looked for, not imported, since torch takes seconds
    "$1" -c 'import sys
from importlib.util import find_spec
sys.exit(not all(map(find_spec, ("torch", "accelerate", "numpy", "safetensors", "json5"))))' >/dev/null 2>&1
}

find_python() {
    for python in "${PYTHON:-$root/.venv/bin/python}" python3; do
        if has_recital "$python"; then return 0; fi
        [ -z "${PYTHON:-}" ] || break
    done
    return 1
}

run_stage() { # run_stage N WORDS...: its command line, with those of the words that it takes
    number=$1
    shift
    if [ "$number$kind" = 3vocoder ]; then number=v; fi
    for word in "$@"; do
        shift
        describe "${word%%=*}"
        case $takers in *"$number"*) set -- "$@" "$word" ;; esac
    done
    case $number in
        0) set -- recital.bins.extract_durations --config="$config" --name="$name" "$@" ;;
        1) set -- recital.bins.preprocess --config="$config" "$@" ;;
        2) set -- recital.bins.train --config="$config" --name="$name" "$@" ;;
        3) set -- recital.bins.inference --config="$config" --name="$name" ${or_shipped+"$or_shipped"} "$@" ;;
        v) set -- recital.bins.vocode --config="$config" --name="$name" "$@" ;;
        4) set -- recital.bins.evaluate --config="$config" --name="$name" "$@" ;;
        8) set -- recital.bins.predict_mels --config="$config" --name="$name" "$@" ;;
        9) set -- recital.bins.doctor --config="$config" ${trained+--name="$trained"} "$@" ;;
    esac
    if [ "$number" = 2 ] || { [ "$launch" = yes ] && { [ "$number" = 3 ] || [ "$number" = v ]; }; }; then
        set -- recital.bins.launch ${gpu+--gpu="$gpu"} ${num_processes+--num_processes="$num_processes"} \
            ${num_machines+--num_machines="$num_machines"} ${machine_rank+--machine_rank="$machine_rank"} \
            ${main_process_ip+--main_process_ip="$main_process_ip"} \
            ${main_process_port+--main_process_port="$main_process_port"} "$@"
    fi
    if [ "$stage" -eq "$stop_stage" ] && [ "$demo" = no ]; then
        exec "$python" -m "$@" # so that a scheduler's signal and the exit code are those of the stage
    fi
    "$python" -m "$@" || exit $?
    [ -z "$signal" ] || exit "$signal"
}

# Every flag is checked before anything runs. The stages' own ones stay in "$@", as --flag=value: a value may begin with a dash.
unset config name trained gpu num_processes num_machines machine_rank main_process_ip main_process_port
stage='' stop_stage='' demo=no launch=no signal=''
or_shipped=--or_shipped # while nothing else is named, Recital's own voice speaks where the recipe has none yet
todo=$#
while [ "$todo" -gt 0 ]; do
    flag=$1
    describe "$flag" || refuse "$flag: unknown flag; see sh run.sh --help"
    require_kind "$flag"
    shift
    todo=$((todo - 1))
    if [ "$value_follows" = yes ]; then
        if [ "$todo" -eq 0 ] || describe "$1"; then
            refuse "$flag: expected a value after it; see sh run.sh --help"
        fi
        value=$1
        shift
        todo=$((todo - 1))
        require_choice "$flag" "$value"
    fi
    case $flag in
        -h | --help) usage && exit 0 ;;
        --demo) demo=yes ;;
        --doctor) stage=9 stop_stage=9 ;;
        --extract_durations) stage=0 stop_stage=0 ;;
        --predict_mels) stage=8 stop_stage=8 ;;
        --stage) stage=$value ;;
        --stop_stage) stop_stage=$value ;;
        -c | --config) config=$value && unset or_shipped ;;
        -n | --name) name=$value trained=$value && unset or_shipped ;;
        --gpu) gpu=$value launch=yes ;;
        --num_processes) num_processes=$value launch=yes ;;
        --num_machines) num_machines=$value launch=yes ;;
        --machine_rank) machine_rank=$value ;;
        --main_process_ip) main_process_ip=$value ;;
        --main_process_port) main_process_port=$value ;;
        --speaker) set -- "$@" "--infer_speaker_name=$value" ;;
        --resume | --pitch_flatten | --pitch_invert | --griffin_lim) set -- "$@" "$flag" ;;
        *) set -- "$@" "$flag=$value" ;;
    esac
done
: "${stop_stage:=${stage:-3}}" "${stage:=1}" # one stage alone, or a range, or all
[ "$stage" -le "$stop_stage" ] || refuse "--stop_stage $stop_stage: expected $stage or more, since --stage is $stage"

if [ "$demo" = yes ]; then
    : "${config=$recipe/demo.json}" "${name=demo}"
    set -- --resume "$@"
    if ! has_recital "${PYTHON:-}"; then
        sh "$root/env.sh"
        unset PYTHON
    fi
fi
: "${config=$recipe/exp_config.json}" "${name=$default_name}"
find_python || {
    printf 'run.sh: %s lacks what Recital needs; set it up with: sh %s/env.sh\n' "${PYTHON:-python3}" "$root" >&2
    exit 1
}
export PYTHONPATH="$root${PYTHONPATH:+:$PYTHONPATH}"
trap 'signal=130' INT
trap 'signal=143' TERM
trap 'signal=138' USR1
while [ "$stage" -le "$stop_stage" ]; do
    run_stage "$stage" "$@"
    stage=$((stage + 1))
done
if [ "$demo$kind" = yesvocoder ] && [ -d "$root/ckpts/vocoder/$name/infer" ]; then
    cat <<SUMMARY

The vocoder is in $root/ckpts/vocoder/$name
  infer/infer_from_dataset/  recordings that it never heard: pred/ as it makes them of their mels, gt/ as they are
  show/                      mels and sound, as training went on
  loss.png                   the losses; log.jsonl and tensorboard/ hold all numbers
Copy other recordings: sh $recipe/run.sh -c $config -n $name --stage 3 --infer_audio_dir FOLDER
Let a voice speak through it: --vocoder_dir $root/ckpts/vocoder/$name
SUMMARY
elif [ "$demo" = yes ] && [ -d "$root/ckpts/tts/$name/infer" ]; then
    cat <<SUMMARY

The voice is in $root/ckpts/tts/$name
  infer/batch/        sentences that it never heard: a wav, a plot of mel and pitch, and a JSON each
  show/               mels, alignments, pitch contours and sound, as training went on
  loss.png            the losses; log.jsonl and tensorboard/ hold all numbers
Let it speak: sh $recipe/run.sh -c $config -n $name --stage 3 --infer_text "Hello."
SUMMARY
fi
