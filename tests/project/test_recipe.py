"""run.sh: its flags, exit codes, and that every value reaches Python unharmed."""

from __future__ import annotations

import argparse
import importlib
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.conftest import ROOT

RECIPES = sorted(path.parent for path in (ROOT / "egs").glob("*/*/run.sh"))
RUN = ROOT / "egs/tts/FastPitch/run.sh"
VOCODER = ROOT / "egs/vocoder/Vocos/run.sh"
RECIPE = ROOT / "egs/recipe.sh"

# A Python that notes its words (one NUL after each, two after the last) instead of running them.
FAKE_PYTHON = """#!/bin/sh
[ "$1" != -c ] || exit 0
printf '%s\\0' "$PWD" "$@" '' >>"$WORDS"
case "$*" in *"$FAIL"*) exit 7 ;; esac
"""


class Runner:
    """Runs run.sh with the Python that only takes notes."""

    def __init__(self, folder: Path) -> None:
        self.cwd = folder / "some where"
        self.cwd.mkdir()
        self.words = folder / "words"
        self.python = folder / "python"
        self.python.write_text(FAKE_PYTHON)
        self.python.chmod(0o755)

    def __call__(
        self, *flags: str, shell: str = "sh", fail: str = "nothing", script: Path = RUN
    ) -> subprocess.CompletedProcess[str]:
        self.words.unlink(missing_ok=True)
        env = {"PATH": "/usr/bin:/bin", "PYTHON": str(self.python), "FAIL": fail}
        return subprocess.run(
            [shell, str(script), *flags],
            cwd=self.cwd,
            env={**env, "WORDS": str(self.words)},
            capture_output=True,
            text=True,
            timeout=30,
        )

    def commands(self) -> list[list[str]]:
        """The words of each command that was run, without `-m`."""
        noted = self.words.read_text().split("\0\0")[:-1]
        commands = [command.split("\0") for command in noted]
        assert all(cwd == str(self.cwd) and dash_m == "-m" for cwd, dash_m, *_ in commands)
        return [words[2:] for words in commands]


@pytest.fixture
def run(tmp_path: Path) -> Runner:
    return Runner(tmp_path)


def flags_of_recipe() -> dict[str, str]:
    """Flag -> which command lines take it, as `describe` of recipe.sh says."""
    table = re.search(r"describe\(\) \{.*?esac", RECIPE.read_text(), re.DOTALL)
    assert table is not None
    flags = {}
    line = r"^ +(-.*?)\) takers='?([\w ]+?)'?(?: value|\s*;)"
    for names, takers in re.findall(line, table[0], re.M):
        flags.update(dict.fromkeys(names.split(" | "), takers))
    return flags


def modules_of(commands: list[list[str]]) -> list[str]:
    return [next(w for w in reversed(words) if w.startswith("recital.")) for words in commands]


PREPROCESS, TRAIN, INFERENCE, EVALUATE, VOCODE = (
    f"recital.bins.{m}" for m in ("preprocess", "train", "inference", "evaluate", "vocode")
)


@pytest.mark.parametrize(
    ("flags", "modules"),
    [
        ((), [PREPROCESS, TRAIN, INFERENCE]),
        (("--stage", "1"), [PREPROCESS]),
        (("--stage", "2"), [TRAIN]),
        (("--stage", "3"), [INFERENCE]),
        (("--stage", "2", "--stop_stage", "3"), [TRAIN, INFERENCE]),
        (("--stop_stage", "2"), [PREPROCESS, TRAIN]),
        (("--stage", "4"), [EVALUATE]),
        (("--stage", "3", "--stop_stage", "4"), [INFERENCE, EVALUATE]),
    ],
)
def test_stages(run: Runner, flags: tuple[str, ...], modules: list[str]) -> None:
    assert run(*flags).returncode == 0
    assert modules_of(run.commands()) == modules


def test_stages_of_vocoders(run: Runner) -> None:
    assert run("--stop_stage", "4", "--num_processes", "2", script=VOCODER).returncode == 0
    assert modules_of(run.commands()) == [PREPROCESS, TRAIN, VOCODE, EVALUATE]
    words = ["--infer_datasets", "A B", "--denoising_strength", "0.1", "--griffin_lim"]
    assert run("--stage", "3", *words, script=VOCODER).returncode == 0
    assert run.commands() == [
        [
            VOCODE,
            f"--config={VOCODER.parent}/exp_config.json",
            "--name=vocos",
            "--infer_datasets=A B",
            "--denoising_strength=0.1",
            "--griffin_lim",
        ]
    ]


@pytest.mark.parametrize(
    ("flags", "given"), [((), True), (("-n", "mine"), False), (("-c", "my.json"), False)]
)
def test_the_shipped_voice_speaks_for_the_recipe_alone(
    run: Runner, flags: tuple[str, ...], given: bool
) -> None:
    assert run("--stage", "3", *flags).returncode == 0
    assert ("--or_shipped" in run.commands()[0]) == given


def test_instead_of_a_stage(run: Runner) -> None:
    for flag, module in (("--extract_durations", "extract_durations"), ("--predict_mels",) * 2):
        words = [flag, "--infer_expt_dir", "voice", "--set", "a=1", "--infer_output_dir", "not"]
        assert run(*words).returncode == 0
        [command] = run.commands()
        assert command[0] == f"recital.bins.{module.removeprefix('--')}"
        assert command[2:] == ["--name=fastpitch", "--infer_expt_dir=voice", "--set=a=1"]


@pytest.mark.parametrize("shell", ["sh", "dash", "bash"])
def test_values_reach_python_unharmed(run: Runner, shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"no {shell} here")
    text = 'it\'s "$HOME" `id` $(id) * ?\n\\ second; line & more | done \t#'
    words = [
        "--infer_text",
        text,
        "--set",
        "a.b=[1, 'x y']",
        "--set",
        "c=$d",
        "--pitch_shift",
        "-2st",
    ]
    done = run("--stage", "3", *words, "--infer_output_dir", "", shell=shell)
    assert (done.returncode, done.stderr) == (0, "")
    [command] = run.commands()
    assert command == [
        INFERENCE,
        f"--config={ROOT}/egs/tts/FastPitch/exp_config.json",
        "--name=fastpitch",
        "--or_shipped",
        f"--infer_text={text}",
        "--set=a.b=[1, 'x y']",
        "--set=c=$d",
        "--pitch_shift=-2st",
        "--infer_output_dir=",
    ]


def test_config_and_name_are_passed_as_given(run: Runner) -> None:
    assert run("-c", "my config.json", "-n", "voice", "--stage", "2").returncode == 0
    assert run.commands()[0][-2:] == ["--config=my config.json", "--name=voice"]


def test_training_goes_through_the_launcher(run: Runner) -> None:
    machines = (
        "--num_machines 2 --machine_rank 1 --main_process_ip 10.0.0.1 --main_process_port 29501"
    )
    assert run("--stop_stage", "3", "--gpu", "0,1", *machines.split(), "--resume").returncode == 0
    preprocess, train, inference = run.commands()
    launch = ["recital.bins.launch", "--gpu=0,1", "--num_machines=2", "--machine_rank=1"]
    launch += ["--main_process_ip=10.0.0.1", "--main_process_port=29501"]
    assert preprocess[0] == PREPROCESS
    assert train[:7] == [*launch, TRAIN] and train[-1] == "--resume"
    assert inference[:7] == [*launch, INFERENCE] and "--resume" not in inference


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--stages", "1"], "--stages: unknown flag"),
        (["train"], "train: unknown flag"),
        (["--stage"], "--stage: expected a value"),
        (["--name", "--stage", "1"], "--name: expected a value"),
        (["--stage", "0"], "--stage 0: expected one of: 1 2 3 4"),
        (["--stage", "5"], "--stage 5: expected one of: 1 2 3 4"),
        (["--stage", "two"], "--stage two: expected"),
        (["--stage", ""], "--stage : expected"),
        (["--stop_stage", "12"], "--stop_stage 12: expected"),
        (["--stage", "3", "--stop_stage", "2"], "--stop_stage 2: expected 3 or more"),
        (["--infer_mode", "both"], "--infer_mode both: expected one of: single batch"),
        (["--resume_type", "more"], "--resume_type more: expected one of: resume finetune"),
        (["--infer_testing_set", "dev"], "--infer_testing_set dev: expected one of: train"),
        (["--backend", "slurm"], "--backend slurm: expected one of: loky dask ray"),
    ],
)
def test_wrong_command_lines_are_one_line_and_exit_code_2(
    run: Runner, flags: list[str], message: str
) -> None:
    refused(run, run(*flags), message)


@pytest.mark.parametrize(
    ("script", "flags", "message"),
    [
        (VOCODER, ["--infer_text", "Hi"], "--infer_text: is for recipes of egs/tts"),
        (VOCODER, ["--speaker", "A"], "--speaker: is for recipes of egs/tts"),
        (VOCODER, ["--predict_mels"], "--predict_mels: is for recipes of egs/tts"),
        (VOCODER, ["--infer_mode", "batch"], "--infer_mode batch: expected one of: infer_from_dat"),
        (RUN, ["--infer_audio_dir", "x"], "--infer_audio_dir: is for recipes of egs/vocoder"),
        (RUN, ["--griffin_lim"], "--griffin_lim: is for recipes of egs/vocoder"),
    ],
)
def test_flags_of_the_other_kind_are_refused(
    run: Runner, script: Path, flags: list[str], message: str
) -> None:
    refused(run, run(*flags, script=script), message)


def refused(run: Runner, done: subprocess.CompletedProcess[str], message: str) -> None:
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith(f"run.sh: {message}") and done.stderr.count("\n") == 1
    assert not run.words.exists()


@pytest.mark.parametrize("module", [PREPROCESS, TRAIN, INFERENCE])
def test_a_failing_stage_ends_the_walk_with_its_exit_code(run: Runner, module: str) -> None:
    assert run(fail=module).returncode == 7
    assert modules_of(run.commands())[-1] == module


def test_help_explains_every_flag_and_fits_a_terminal(run: Runner) -> None:
    others = {VOCODER: {"3", "0", "8"}, RUN: {"v"}}
    only_voices = {"--speaker", "--extract_durations", "--predict_mels"}
    for script, foreign in others.items():
        done = run("--help", script=script)
        assert done.returncode == 0 and not run.words.exists()
        assert max(map(len, done.stdout.splitlines())) <= 80
        explained = set(re.findall(r"(?<![\w-])--?[a-z]\w*", done.stdout))
        own = {f for f, takers in flags_of_recipe().items() if set(takers.split()) - foreign}
        assert own - (only_voices if script == VOCODER else set()) <= explained


def test_flags_are_those_of_the_command_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    stages = {"1": "preprocess", "2": "train", "3": "inference", "v": "vocode", "4": "evaluate"}
    stages |= {"0": "extract_durations", "8": "predict_mels"}
    monkeypatch.setattr(argparse.ArgumentParser, "parse_args", caught)
    for stage, module in stages.items():
        with pytest.raises(Caught) as found:
            importlib.import_module(f"recital.bins.{module}").main([])
        # these are given by the launcher itself
        known = set(found.value.args) - {"-h", "--help", "--config", "--name", "--or_shipped"}
        assert known == {f for f, takers in flags_of_recipe().items() if stage in takers.split()}


class Caught(Exception):
    """The flags of a command line."""


def caught(parser: argparse.ArgumentParser, *_: object) -> None:
    raise Caught(*(flag for action in parser._actions for flag in action.option_strings))


def test_python_without_the_libraries_is_one_line(run: Runner) -> None:
    run.python.write_text("#!/bin/sh\nexit 1\n")
    done = run("--stage", "1")
    assert done.returncode == 1
    assert "env.sh" in done.stderr and done.stderr.count("\n") == 1


def test_demo_goes_on_where_it_stopped(run: Runner) -> None:
    assert run("--demo").returncode == 0
    preprocess, train, inference = run.commands()
    assert preprocess == [PREPROCESS, f"--config={ROOT}/egs/tts/FastPitch/demo.json"]
    assert "--name=demo" in train and "--resume" in train
    assert inference[0] == INFERENCE and "--resume" not in inference
    assert run("--demo", "-n", "mine", "--speaker", "A B", "--stage", "3").returncode == 0
    assert run.commands()[0][2:] == ["--name=mine", "--infer_speaker_name=A B"]


def test_a_signal_reaches_the_stage_and_its_exit_code_comes_back(run: Runner) -> None:
    run.python.write_text(
        '#!/bin/sh\n[ "$1" != -c ] || exit 0\ntrap \'exit 75\' TERM\n: >"$WORDS"\n'
        "while :; do sleep 0.05; done\n"
    )
    env = {"PATH": "/usr/bin:/bin", "PYTHON": str(run.python), "WORDS": str(run.words)}
    process = subprocess.Popen(["sh", str(RUN), "--stage", "2"], env=env)
    while not run.words.exists():
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=10) == 75


def test_every_recipe_is_a_few_lines_over_the_launcher(run: Runner) -> None:
    for recipe in RECIPES:
        assert len((recipe / "run.sh").read_text().splitlines()) <= 8
        assert run("--stage", "1", script=recipe / "run.sh").returncode == 0
        assert run.commands()[0][1] == f"--config={recipe}/exp_config.json"


def test_shell_scripts_are_clean() -> None:
    shellcheck = shutil.which("shellcheck") or shutil.which(str(ROOT / ".venv/bin/shellcheck"))
    if shellcheck is None:
        pytest.skip("no shellcheck here")
    scripts = [ROOT / "env.sh", ROOT / ".ci/run", RECIPE, *(r / "run.sh" for r in RECIPES)]
    done = subprocess.run([shellcheck, *map(str, scripts)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
