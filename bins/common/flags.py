"""All flags of the recipes: names, help, choices, and the commands that accept them.

A command builds its parser from this table, and run.sh (`bins/recipe.py`) one for all commands.
Nothing here imports torch or NumPy, so that a wrong command line is refused immediately.
"""

from __future__ import annotations

import re
import sys
from argparse import ArgumentTypeError
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from recital.bins.common.command import cores
from recital.bins.common.parser import Parser
from recital.processors.evaluation.recognizers import RECOGNIZERS
from recital.processors.split_names import SPLITS
from recital.utils.parallel import BACKENDS

MODES = ("infer_from_dataset", "infer_from_feature", "infer_from_audio")  # of a vocoder's stage 3


DEFAULT_PLOTS = 20  # for a long list, drawing all takes longer than synthesis


def number_of_plots(text: str) -> int:
    """`all`, `none` or a number."""
    if text in ("all", "none"):
        return sys.maxsize if text == "all" else 0
    return from_zero(text)


def true_or_false(text: str) -> bool:
    """`true` or `false`."""
    if text.lower() not in ("true", "false"):
        raise ArgumentTypeError(f"expected true or false, found {text!r}")
    return text.lower() == "true"


def above_zero(text: str) -> int:
    """A whole number from 1."""
    return _whole(text, 1)


def from_zero(text: str) -> int:
    """A whole number from 0."""
    return _whole(text, 0)


def _whole(text: str, least: int) -> int:
    if not re.fullmatch(r"[+-]?\d{1,9}", text) or int(text) < least:
        most = " to 999999999" if re.fullmatch(r"\d{10,}", text) else ""
        raise ArgumentTypeError(f"expected a whole number from {least}{most}, found {text!r}")
    return int(text)


class Flag(NamedTuple):
    """One flag. Among its commands, `recipe` means run.sh itself and `tts_recipe` the run.sh of an
    acoustic model.
    """

    names: tuple[str, ...]
    commands: frozenset[str]
    options: Mapping[str, Any]  # of `add_argument`
    required: frozenset[str] = frozenset()  # commands that require it

    def add_to(self, group: Any, required: bool = False) -> None:
        """Add the flag to `group`, a parser or a group of one."""
        group.add_argument(*self.names, **self.options, **({"required": True} if required else {}))


def flag(names: str, commands: str, required: str = "", **options: Any) -> Flag:
    """A row of the table."""
    return Flag(tuple(names.split()), frozenset(commands.split()), options, _set(required))


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


TEACHERS = "extract_durations predict_mels"
STAGES = f"preprocess train inference vocode evaluate doctor segment {TEACHERS}"
SWITCH: dict[str, Any] = {"action": "store_true"}
DIR: dict[str, Any] = {"type": Path, "metavar": "DIR"}
FILE: dict[str, Any] = {"type": Path, "metavar": "FILE"}
TEXTS = {"say": "text"}  # commands that take a text outside of flags
BY_TOKEN = "; X,X,... or a file of them: one for each token"

# Groups of the help page -> rows. A flag is in the group of the first stage that takes it.
FLAGS: dict[str, list[Flag]] = {
    "What runs": [
        flag(
            "-s --stage",
            "recipe",
            choices=(1, 2, 3, 4),
            type=int,
            metavar="N",
            help="run stage N alone, or stages N to M with --stop_stage M",
        ),
        flag(
            "--stop_stage",
            "recipe",
            choices=(1, 2, 3, 4),
            type=int,
            metavar="M",
            help="run up to stage M",
        ),
        flag(
            "-c --config",
            f"recipe unknown_words {STAGES}",
            required=f"preprocess train doctor segment {TEACHERS}",
            **FILE,
            help="the config (run.sh: exp_config.json in its folder)",
        ),
        flag(
            "-n --name",
            "recipe train inference vocode evaluate doctor " + TEACHERS,
            required="train",
            metavar="NAME",
            help="the experiment: its folder under log_dir (run.sh: the name of the recipe)",
        ),
        flag(
            "--set",
            f"unknown_words {STAGES}",
            action="append",
            default=[],
            metavar="KEY.PATH=VALUE",
            help="override a key of the config; may be given again",
        ),
        flag(
            "--finetune_from",
            "recipe",
            metavar="VOICE",
            help="use the recipe's finetune.json and start from this voice: shipped (Recital's "
            "own), or a voice, experiment or checkpoint; the minutes of speech choose the steps "
            "and the learning rate",
        ),
        flag(
            "--dataset_path",
            "recipe",
            **DIR,
            help="train on the recordings of this folder, as the dataset NAME: metadata.csv and "
            "wavs/, or x.wav next to x.txt (other layouts: --set dataset_layout.NAME=...)",
        ),
        flag(
            "--demo",
            "recipe",
            **SWITCH,
            help="set up, then run all stages on a corpus that is made here",
        ),
        flag(
            "--doctor",
            "recipe",
            **SWITCH,
            help="instead of a stage: report what is wrong with config, corpora and machine; with "
            "-n also the losses of that model for each utterance",
        ),
        flag(
            "--segment",
            "tts_recipe segment",
            required="segment",
            **DIR,
            help="instead of a stage: cut the long recordings in DIR, each with its text (x.flac, "
            "x.txt), into a corpus of utterances",
        ),
        flag(
            "--segment_output",
            "tts_recipe segment",
            **DIR,
            help="of --segment: the folder of the corpus (default: corpora/ and the name of DIR)",
        ),
        flag(
            "--segment_confidence",
            "tts_recipe segment",
            type=float,
            default=0.5,
            metavar="X",
            help="of --segment: keep utterances of at least this confidence, from 0 to 1 "
            "(default: %(default)s)",
        ),
        flag(
            "--extract_durations",
            "tts_recipe",
            **SWITCH,
            help="instead of a stage: write the durations that a trained voice aligns, for other "
            "models to learn from",
        ),
        flag(
            "--aligner",
            "tts_recipe extract_durations",
            choices=("voice", "hmm"),
            default="voice",
            help="of --extract_durations: a trained voice (--name or --infer_expt_dir), or hmm, "
            "which learns from the recordings alone and is the more exact (default: %(default)s)",
        ),
        flag(
            "--predict_mels",
            "tts_recipe",
            **SWITCH,
            help="instead of a stage: write the mels that a trained voice predicts from the true "
            "durations, for a vocoder to learn from (--set preprocess.predicted_mels=NAME)",
        ),
    ],
    "Stage 1, features": [
        flag(
            "--jobs",
            "preprocess evaluate doctor segment",
            type=int,
            default=cores(),
            metavar="J",
            help="worker processes, in stage 4, --doctor and --segment too (default: %(default)s, "
            "the cores)",
        ),
        flag(
            "--backend",
            "preprocess doctor segment",
            choices=BACKENDS,
            default="loky",
            help="where the work runs: on this machine (loky), or on a cluster (default: loky)",
        ),
    ],
    "Stage 2, training": [
        flag(
            "--resume",
            "train",
            nargs="?",
            const=True,
            default=False,
            type=true_or_false,
            metavar="true",
            help="continue from the newest whole checkpoint",
        ),
        flag(
            "--resume_from_ckpt_path --checkpoint",
            "train",
            **DIR,
            help="continue from this checkpoint",
        ),
        flag(
            "--resume_type",
            "train",
            choices=("resume", "finetune"),
            default="resume",
            help="resume: weights, optimizer and position; finetune: weights alone",
        ),
    ],
    "Stages 2 and 3, processes": [
        flag(
            "--gpu",
            "launch",
            metavar="IDS",
            help="one process a GPU, as in 0,1; without it the first GPU, or the CPU if there is "
            "none",
        ),
        flag("--num_processes", "launch", type=int, metavar="P", help="P processes on the CPU"),
        flag(
            "--num_machines",
            "launch",
            type=int,
            metavar="M",
            help="machines that train together (default: 1); on each of them give --machine_rank",
        ),
        flag(
            "--machine_rank",
            "launch",
            type=int,
            metavar="R",
            help="the number of this machine, 0 to M - 1",
        ),
        flag("--main_process_ip", "launch", metavar="IP", help="the address of machine 0"),
        flag(
            "--main_process_port",
            "launch",
            type=int,
            metavar="PORT",
            help="a free port of machine 0 (default: 29500)",
        ),
        flag(
            "--config_file",
            "launch",
            type=Path,
            metavar="FILE",
            help="what `accelerate config` wrote (default: $ACCELERATE_CONFIG_FILE, or where it "
            "writes): processes unless given here, precision and dynamo unless CONFIG has them",
        ),
    ],
    "Stage 3, inference": [
        flag(
            "--infer_expt_dir",
            f"inference vocode evaluate {TEACHERS}",
            **DIR,
            help="the experiment or checkpoint to use, or one of another project (default: the one "
            "called NAME; run.sh of a voice without -c or -n, while there is none: Recital's own)",
        ),
        flag(
            "--infer_output_dir",
            "inference vocode evaluate",
            **DIR,
            help="where the wavs go (default: infer/ in the experiment's folder, of a vocoder "
            "infer/MODE/)",
        ),
        flag(
            "--infer_mode",
            "inference",
            choices=("single", "batch"),
            help="one text, or a file or split of them (default: by what is given)",
        ),
        flag("--infer_mode", "vocode", choices=MODES, help="default: by what is given"),
        flag("--infer_text", "inference", metavar="TEXT", help="what to say (single)"),
        flag(
            "--infer_text_file",
            "inference",
            **FILE,
            help="one phrase a line, id|text lines, or a table whose first line names its columns: "
            "text, output (the wav), speaker (batch)",
        ),
        flag(
            "--controls",
            "inference say",
            **FILE,
            help="instead of a text: its controls, with durations, pitch and energy of each token, "
            "as the page of recital serve saves them",
        ),
        flag(
            "--infer_dataset",
            "inference evaluate",
            metavar="NAME",
            help="the dataset to take texts from, and to compare with (default: the first)",
        ),
        flag(
            "--infer_datasets",
            "vocode",
            type=lambda text: text.replace(",", " ").split(),
            default=[],
            metavar="NAMES",
            help="datasets, as in 'A B' (default: all of the config)",
        ),
        flag(
            "--infer_testing_set",
            "inference vocode evaluate",
            choices=SPLITS,
            default="test",
            help="the split of the dataset (default: test)",
        ),
        flag("--infer_feature_dir", "vocode", **DIR, help="mels: .npy, .pt or .safetensors"),
        flag("--infer_audio_dir", "vocode", **DIR, help="audio files: copy synthesis"),
        flag("--griffin_lim", "vocode", **SWITCH, help="Griffin-Lim instead, to compare with"),
        flag(
            "--infer_speaker_name --speaker",
            "inference say",
            metavar="NAME",
            help="who speaks, in a voice of several speakers: a name, or a number from 0",
        ),
        flag(
            "--language",
            "inference say",
            metavar="NAME",
            help="the language of the text, such as de, for a voice that has text.languages "
            "(default: its text.voice)",
        ),
        flag(
            "--speaker_wav",
            "inference",
            action="append",
            metavar="FILE",
            help="speak like the one in this recording, if the voice was trained with "
            "model.speaker_conditioning: 'embedding'; give it again for more recordings",
        ),
        flag(
            "--vocoder_dir",
            "inference evaluate doctor serve say",
            **DIR,
            help="a trained vocoder, or one of another project (default: that of the voice, else "
            "Griffin-Lim); VITS needs none, and takes none",
        ),
        flag(
            "--denoising_strength",
            "inference vocode say",
            type=float,
            default=0.0,
            metavar="X",
            help="remove the hum of the vocoder: 0.005 to 0.1 is usual",
        ),
        flag(
            "--sigma",
            "inference vocode",
            type=float,
            metavar="X",
            help="WaveGlow: standard deviation of its noise (default: its model.sigma, 0.6)",
        ),
        flag(
            "--precision",
            "inference vocode",
            choices=("fp32", "bf16", "fp16"),
            default="fp32",
            help="precision of both models; fp16 needs a GPU (default: fp32)",
        ),
        flag(
            "--batch_size",
            "inference vocode",
            type=above_zero,
            metavar="N",
            help="texts, or mels of a vocoder, made together; the sound is the same (default: 16; "
            "for a vocoder 16 on a GPU and 1 on a CPU)",
        ),
        flag(
            "--repeats",
            "inference vocode",
            type=above_zero,
            default=1,
            metavar="N",
            help="make each batch N times, for the latencies of the report (default: 1)",
        ),
        flag(
            "--warmup_steps",
            "inference vocode",
            type=from_zero,
            default=0,
            metavar="N",
            help="make each batch N times before its time is taken (default: 0)",
        ),
        flag(
            "--save_mels",
            "inference",
            **SWITCH,
            help="also write the log mel of each text, [n_mels, T], as a .npy next to its wav, for "
            "--infer_feature_dir of a vocoder",
        ),
        flag(
            "--keep_failed",
            "inference",
            **SWITCH,
            help="also write the output of a voice whose attention fails or that does not stop",
        ),
        flag(
            "--device",
            "inference vocode",
            metavar="NAME",
            help="cpu, cuda, cuda:1 or mps (default: the first GPU, or the CPU if there is none)",
        ),
        flag(
            "--device",
            "serve say",
            metavar="NAME",
            help="cpu, cuda, cuda:1 or mps (default: the CPU)",
        ),
        flag(
            "--plots",
            "inference",
            type=number_of_plots,
            default=DEFAULT_PLOTS,
            metavar="N",
            help=f"how many pictures are drawn: a number, all or none (default: {DEFAULT_PLOTS})",
        ),
        flag("--pace", "inference say", metavar="X", help=f"1.2 is faster{BY_TOKEN}"),
        flag(
            "--duration_control",
            "inference say",
            metavar="X",
            help=f"the inverse of --pace, as FastSpeech 2 has it{BY_TOKEN}",
        ),
        flag(
            "--pitch_scale --pitch_control",
            "inference say",
            metavar="X",
            help=f"widen the pitch's movement: 1.5; narrow it: 0.5{BY_TOKEN}",
        ),
        flag(
            "--energy_scale --energy_control",
            "inference say",
            metavar="X",
            help="multiplies the predicted energy (FastPitch's is the norm of a log mel: 1.05 is "
            f"a little softer, 0.95 louder, 1.5 hardly heard){BY_TOKEN}",
        ),
        flag(
            "--pitch_shift",
            "inference say",
            metavar="X",
            help="raise the pitch: 20Hz, or -2st (semitones)",
        ),
        flag("--pitch_flatten", "inference say", **SWITCH, help="speak at one pitch"),
        flag(
            "--pitch_invert",
            "inference say",
            **SWITCH,
            help="turn rises into falls, and falls into rises",
        ),
        flag(
            "--pitch_transform --pitch_transform_custom",
            "inference say",
            metavar="FILE.py:FUNCTION",
            help="your own function(pitch, token_lengths) of pitch [B, N] in Hz; also as "
            "MODULE:FUNCTION",
        ),
        flag(
            "--temperature",
            "inference say",
            type=float,
            metavar="X",
            help="Matcha-TTS and VITS: standard deviation of the noise that becomes speech; less "
            "is steadier (default: its model.temperature, 0.667). FastPitch with drawn prosody: of "
            "that which becomes pitch (model.prosody.temperature)",
        ),
        flag(
            "--duration_temperature",
            "inference say",
            type=float,
            metavar="X",
            help="VITS, and FastPitch with drawn prosody: standard deviation of the noise that "
            "becomes durations (default: the voice's model.duration_temperature, or that of "
            "model.prosody)",
        ),
        flag(
            "--n_steps",
            "inference say",
            type=above_zero,
            metavar="N",
            help="Matcha-TTS: steps from noise to speech; 2 are five times as fast as the "
            "default, its model.n_steps, 10. FastPitch with drawn prosody: from noise to pitch "
            "and durations",
        ),
        flag("--pitch_file", "inference say", **FILE, help="F0 of each token in Hz (single)"),
        flag(
            "--fade_out",
            "inference say",
            type=float,
            default=0.0,
            metavar="SECONDS",
            help="fade the end of each wav",
        ),
        flag(
            "--max_seconds",
            "inference serve say",
            type=float,
            default=900.0,
            metavar="SECONDS",
            help="refuse a text that would last longer",
        ),
    ],
    "Speech from the shell": [
        flag("-o --output", "say", metavar="FILE", help="the .wav to write; - is standard output"),
        flag("--file", "say", **FILE, help="a text of any size, in UTF-8; - is standard input"),
        flag(
            "--split",
            "say",
            nargs="?",
            const="line",
            choices=("line", "paragraph"),
            help="one wav a line (--split=paragraph: up to a blank line), numbered: FILE-0001.wav",
        ),
        flag("--play", "say", **SWITCH, help="play it while it is made"),
        flag(
            "--voice",
            "say",
            metavar="VOICE",
            help="one of `recital voices`, or a folder (default: the voice that comes with "
            "Recital)",
        ),
    ],
    "Stage 4, evaluation of a split (synthesized first if needed) or of two folders": [
        flag(
            "--synthesis_dir",
            "evaluate",
            action="append",
            metavar="[NAME=]DIR",
            help="wavs with the names of the recordings; give it again to compare several runs",
        ),
        flag(
            "--reference_dir",
            "evaluate",
            **DIR,
            help="recordings to compare with, instead of a split",
        ),
        flag(
            "--texts",
            "evaluate",
            **FILE,
            help="their texts: id|text lines, as in LJSpeech's metadata.csv",
        ),
        flag(
            "--in_step",
            "evaluate",
            choices=("auto", "yes", "no"),
            default="auto",
            help="compare frame t with frame t, without DTW (default: auto, by the lengths)",
        ),
        flag(
            "--recognizer",
            "evaluate",
            choices=(*RECOGNIZERS, "none"),
            help="the recognizer for word errors (default: moonshine if installed, else "
            "pocketsphinx; both are for English)",
        ),
        flag("--recognizer_dir", "evaluate", **DIR, help="the folder of a Whisper model"),
        flag(
            "--judges",
            "evaluate",
            choices=("all", "none"),
            default="all",
            help="naturalness, quality and speaker similarity, by the judges that are installed",
        ),
        flag(
            "--strangers_dir",
            "evaluate",
            **DIR,
            help="recordings of other people: how many of them sound closer to a wave than the "
            "speaker's own other recordings do",
        ),
        flag(
            "--eval_output_dir",
            "evaluate",
            **DIR,
            help="where the results go (default: evaluation/ in the experiment's folder)",
        ),
        flag(
            "--page_limit",
            "evaluate",
            type=int,
            default=100,
            metavar="N",
            help="utterances on the page, worst first (default: %(default)s)",
        ),
        flag(
            "--page_audio",
            "evaluate",
            choices=("embed", "link"),
            default="embed",
            help="embed it in the page, or link to the files",
        ),
        flag(
            "--seed",
            "evaluate",
            type=from_zero,
            default=1234,
            metavar="N",
            help="seed of the confidence intervals (default: %(default)s)",
        ),
    ],
    "Server": [
        flag(
            "--voice",
            "serve",
            action="append",
            default=[],
            metavar="NAME=DIR",
            help="a voice and its name; may be given again, and the first speaks where a request "
            "names none (default: Recital's own)",
        ),
        flag(
            "--runtime",
            "serve",
            choices=("torch", "cuda_graphs", "onnx"),
            help="what runs the models (default: onnx where a voice has graphs, unless --device or "
            "--vocoder_dir is given, else torch); cuda_graphs is torch on a GPU, faster for short "
            "texts",
        ),
        flag(
            "--host",
            "serve",
            default="127.0.0.1",
            metavar="ADDRESS",
            help="where to listen (default: %(default)s; any other than loopback needs "
            "RECITAL_API_KEY in the environment)",
        ),
        flag("--port", "serve", type=int, default=8080, metavar="N", help="default: %(default)s"),
        flag(
            "--wyoming",
            "serve",
            type=int,
            metavar="PORT",
            help="also speak with Home Assistant there (10200 is usual; this protocol has no key)",
        ),
        flag(
            "--threads",
            "serve",
            type=int,
            default=cores(),
            metavar="N",
            help="replies made at the same time (default: %(default)s, the cores)",
        ),
        flag(
            "--max_requests",
            "serve",
            type=int,
            default=64,
            metavar="N",
            help="requests spoken or waiting at once; more are refused (default: %(default)s)",
        ),
        flag(
            "--max_letters",
            "serve",
            type=int,
            default=4096,
            metavar="N",
            help="refuse a longer text (default: %(default)s)",
        ),
    ],
}


def command_parser(command: str, description: str | None = None) -> Parser:
    """The parser of `python -m recital.bins.<command>`."""
    parser = Parser(f"recital {command}", description, TEXTS.get(command))
    for rows in FLAGS.values():
        for row in rows:
            if command in row.commands:
                row.add_to(parser, required=command in row.required)
    return parser
