"""run.sh: flags, exit codes, signals, and values that reach the stages unchanged."""

from __future__ import annotations

import argparse
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from recital.bins import recipe
from recital.bins.common.flags import FLAGS, command_parser
from recital.bins.common.foreign_flags import FOREIGN
from recital.bins.common.plan import Plan, Recipe
from recital.bins.recipe import Walk
from recital.utils.errors import UsageError
from tests.conftest import ROOT

RECIPES = sorted(path.parent for path in (ROOT / "egs").glob("*/*/run.sh"))
RUN = ROOT / "egs/tts/FastPitch/run.sh"
VOCODER = ROOT / "egs/vocoder/Vocos/run.sh"
PREPROCESS, TRAIN, INFERENCE, EVALUATE, VOCODE, LAUNCH = (
    f"recital.bins.{m}"
    for m in ("preprocess", "train", "inference", "evaluate", "vocode", "launch")
)
CONFIG = f"--config={RUN.parent}/exp_config.json"

# A fake Python that records its arguments (NUL after each, two after the last) and runs nothing.
FAKE_PYTHON = """#!/bin/sh
case "$1" in */interpreter.py) exit 0 ;; esac
printf '%s\\0' "$PWD" "$@" '' >>"$WORDS"
case "$*" in *"$FAIL"*) exit 7 ;; esac
"""


def plan(*flags: str, script: Path = RUN) -> Plan:
    folder = script.parent
    return Recipe(folder.parent.name, str(folder)).plan(flags)


def commands(*flags: str, script: Path = RUN) -> list[list[str]]:
    return plan(*flags, script=script).commands


def modules(*flags: str, script: Path = RUN) -> list[str]:
    """The stage that each command belongs to."""
    found = [
        [w for w in words if w.startswith("recital.")] for words in commands(*flags, script=script)
    ]
    return [words[-1] for words in found]


def parsed(words: Sequence[str]) -> argparse.Namespace:
    """The arguments that a stage parses from its command."""
    stage = words[0].removeprefix("recital.bins.")
    return command_parser(stage).parse([w for w in words[1:] if w != "--or_shipped"])


def sh(
    script: Path, *flags: str, shell: str = "sh", **env: str
) -> subprocess.CompletedProcess[str]:
    """run.sh with the Python of these tests."""
    env = {"PATH": "/usr/bin:/bin", "PYTHON": sys.executable, **env}
    return subprocess.run(
        [shell, str(script), *flags], env=env, capture_output=True, text=True, timeout=60
    )


@pytest.mark.parametrize(
    ("flags", "stages"),
    [
        ((), [PREPROCESS, TRAIN, INFERENCE]),
        (("--stage", "1"), [PREPROCESS]),
        (("-s", "1"), [PREPROCESS]),
        (("--stage=2",), [TRAIN]),
        (("--stage", "3"), [INFERENCE]),
        (("--stage", "2", "--stop_stage", "3"), [TRAIN, INFERENCE]),
        (("--stop_stage", "2"), [PREPROCESS, TRAIN]),
        (("--stage", "4"), [EVALUATE]),
        (("--stage", "3", "--stop_stage", "4"), [INFERENCE, EVALUATE]),
    ],
)
def test_stages(flags: tuple[str, ...], stages: list[str]) -> None:
    assert modules(*flags) == stages


@pytest.mark.parametrize(
    ("script", "flags", "stages"),
    [
        (RUN, ["--infer_text", "hi"], [INFERENCE]),
        (RUN, ["-n", "mine", "--gpu", "0", "--set", "a=1", "--speaker", "A"], [INFERENCE]),
        (RUN, ["--vocoder_dir", "v", "--infer_testing_set", "test"], [INFERENCE]),
        (RUN, ["--recognizer", "none"], [EVALUATE]),
        (RUN, ["--recognizer", "none", "--vocoder_dir", "v"], [EVALUATE]),
        (RUN, ["--recognizer", "none", "--pace", "1.1"], [INFERENCE, EVALUATE]),
        (VOCODER, ["--infer_audio_dir", "x"], [VOCODE]),
        (RUN, ["--infer_text", "hi", "--resume"], [PREPROCESS, TRAIN, INFERENCE]),
        (RUN, ["--infer_text", "hi", "--jobs", "2"], [PREPROCESS, TRAIN, INFERENCE]),
        (RUN, ["--infer_text", "hi", "--stop_stage", "3"], [PREPROCESS, TRAIN, INFERENCE]),
        (RUN, ["--set", "train.max_steps=1"], [PREPROCESS, TRAIN, INFERENCE]),
        (RUN, ["--infer_text", "hi", "--demo"], [PREPROCESS, TRAIN, INFERENCE]),
    ],
)
def test_flags_of_inference_alone_never_train(
    script: Path, flags: list[str], stages: list[str]
) -> None:
    found = plan(*flags, script=script)
    assert modules(*flags, script=script) == stages
    assert ("alone mean --stage" in found.note) == (TRAIN not in stages)


def test_stages_of_vocoders() -> None:
    words = ["--stop_stage", "4", "--num_processes", "2"]
    assert modules(*words, script=VOCODER) == [PREPROCESS, TRAIN, VOCODE, EVALUATE]
    words = ["--infer_datasets", "A B", "--denoising_strength", "0.1", "--infer_audio_dir", "x"]
    assert commands("--stage", "3", *words, "--griffin_lim", script=VOCODER) == [
        [
            VOCODE,
            f"--config={VOCODER.parent}/exp_config.json",
            "--name=vocos",
            "--infer_datasets=A B",
            "--denoising_strength=0.1",
            "--infer_audio_dir=x",
            "--griffin_lim",
        ]
    ]


@pytest.mark.parametrize(
    ("flags", "given"), [((), True), (("-n", "mine"), False), (("-c", "my.json"), False)]
)
def test_the_shipped_voice_speaks_for_the_recipe_alone(flags: tuple[str, ...], given: bool) -> None:
    assert ("--or_shipped" in commands("--stage", "3", *flags)[0]) == given


@pytest.mark.parametrize(
    ("words", "whole"),
    [(["--aligner", "hmm"], "--extract_durations"), (["--segment_output", "x"], "--segment")],
)
def test_a_part_of_something_that_is_not_asked_for(words: list[str], whole: str) -> None:
    with pytest.raises(UsageError, match=f"{words[0]}: is of {whole}; give that, too"):
        commands(*words)
    assert commands(*words, whole, *(["folder"] if whole == "--segment" else []))


def test_instead_of_a_stage() -> None:
    for module in ("extract_durations", "predict_mels"):
        words = ["--infer_expt_dir", "voice", "--set", "a=1", "--infer_output_dir", "not"]
        [command] = commands(f"--{module}", *words)
        assert command == [
            f"recital.bins.{module}",
            CONFIG,
            "--name=fastpitch",
            "--infer_expt_dir=voice",
            "--set=a=1",
        ]


def test_the_doctor_asks_a_model_where_one_is_named() -> None:
    assert commands("--doctor", "--jobs=3", "--infer_text=x") == [
        ["recital.bins.doctor", CONFIG, "--jobs=3"]
    ]
    assert "--name=mine" in commands("--doctor", "-n", "mine", script=VOCODER)[0]


VALUES = {
    "--infer_text": [
        'it\'s "$HOME" `id` $(id) * ?\n\\ second; line & more | done \t#',
        "--",
        "-",
        "--hello there",
        "a = b --pace=2",
        "",
    ],
    "--pitch_shift": ["-2st"],
    "--infer_output_dir": ["", "-x", "a b"],
}


@pytest.mark.parametrize(
    ("flag", "value"), [(flag, value) for flag, values in VALUES.items() for value in values]
)
@pytest.mark.parametrize("form", ["one word", "two words"])
def test_any_value_reaches_the_stage(flag: str, value: str, form: str) -> None:
    words = [f"{flag}={value}"] if form == "one word" else [flag, value]
    [command] = commands("--stage", "3", *words)
    assert f"{flag}={value}" in command
    found = vars(parsed(command))[flag.removeprefix("--")]
    assert str(found) == (value or "." if isinstance(found, Path) else value)


def test_a_value_called_like_a_flag_needs_an_equals_sign() -> None:
    assert parsed(commands("--infer_text=--pace")[0]).infer_text == "--pace"


@pytest.mark.parametrize("shell", ["sh", "dash", "bash"])
def test_the_shell_passes_every_word_as_it_is(tmp_path: Path, shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"no {shell} here")
    python, words, cwd = tmp_path / "my python", tmp_path / "words", tmp_path / "some where"
    python.write_text(FAKE_PYTHON)
    python.chmod(0o755)
    cwd.mkdir()
    flags = ["--infer_text", VALUES["--infer_text"][0], "--set", "c=$d", "--", "", "-2st", "a\nb\n"]
    env = {"PATH": "/usr/bin:/bin", "PYTHON": str(python), "WORDS": str(words), "FAIL": "nothing"}
    for script in RECIPES:
        words.unlink(missing_ok=True)
        done = subprocess.run(
            [shell, str(script / "run.sh"), *flags],
            cwd=cwd,
            env=env,
            capture_output=True,
            text=True,
        )
        assert (done.returncode, done.stderr) == (0, "")
        module = ["-m", "recital.bins.recipe", script.parent.name, str(script)]
        assert words.read_text().split("\0") == [str(cwd), *module, *flags, "", ""]


def test_config_and_name_are_passed_as_given() -> None:
    [command] = commands("-c", "my config.json", "-n", "voice", "--stage", "2")
    assert command == [LAUNCH, TRAIN, "--config=my config.json", "--name=voice"]


def test_training_goes_through_the_launcher() -> None:
    machines = (
        "--num_machines 2 --machine_rank 1 --main_process_ip 10.0.0.1 --main_process_port 29501"
    )
    flags = ["--stop_stage", "3", "--gpu", "0,1", *machines.split(), "--resume"]
    preprocess, train, inference = commands(*flags)
    launch = [LAUNCH, "--gpu=0,1", "--num_machines=2", "--machine_rank=1"]
    launch += ["--main_process_ip=10.0.0.1", "--main_process_port=29501"]
    assert preprocess[0] == PREPROCESS
    assert train[:7] == [*launch, TRAIN] and train[-1] == "--resume"
    assert inference[:7] == [*launch, INFERENCE] and "--resume" not in inference


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--stages", "1"], "--stages: unknown flag; did you mean '--stage'"),
        (["train"], "train: unknown flag"),
        (["--stag", "1"], "--stag: unknown flag"),
        (["--"], "--: unknown flag"),
        (["--stage"], "--stage: expected a value"),
        (["--name", "--stage", "1"], "--name: expected a value"),
        (["--name", "--stage=1"], "--name: expected a value"),
        (["--demo=yes"], "--demo: takes no value"),
        (["--resume=yes"], "--resume: expected true or false"),
        (["--stage", "0"], "--stage 0: expected one of: 1 2 3 4"),
        (["-s", "5"], "-s 5: expected one of: 1 2 3 4"),
        (["--stage", "two"], "--stage two: expected"),
        (["--stage="], "--stage : expected"),
        (["--stop_stage", "12"], "--stop_stage 12: expected"),
        (["--stage", "3", "--stop_stage", "2"], "--stop_stage 2: expected 3 or more"),
        (["--infer_mode", "both"], "--infer_mode both: expected one of: single batch"),
        (["--resume_type", "more"], "--resume_type more: expected one of: resume finetune"),
        (["--infer_testing_set", "dev"], "--infer_testing_set dev: expected one of: train"),
        (["--backend", "slurm"], "--backend slurm: expected one of: loky dask ray"),
        # mistakes that the stages themselves would only find hours later
        (["--jobs", "two"], "--jobs: invalid int value: 'two'"),
        (["--gpu", "all"], "--gpu all: expected different numbers"),
        (["--num_machines", "2"], "--num_machines: expected --main_process_ip too"),
        (["--resume_type", "finetune"], "--resume_type finetune: expected --resume_from_ckpt_path"),
        (["--infer_text", "a", "--infer_text_file", "b"], "--infer_text_file: is for --infer_mode"),
        (
            ["--infer_text", b"a\xff".decode("utf-8", "surrogateescape")],
            r"b'a\xff': expected UTF-8",
        ),
    ],
)
def test_wrong_command_lines(flags: list[str], message: str) -> None:
    with pytest.raises(UsageError) as error:
        plan(*flags)
    assert str(error.value).startswith(message) and "\n" not in str(error.value)


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
def test_flags_of_the_other_kind_are_refused(script: Path, flags: list[str], message: str) -> None:
    with pytest.raises(UsageError, match=f"^{message}"):
        plan(*flags, script=script)


def test_a_wrong_command_line_is_one_line_and_exit_code_2() -> None:
    done = sh(VOCODER, "--infer_text", "Hi")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "run.sh: --infer_text: is for recipes of egs/tts; see sh run.sh --help\n"
    )


def test_a_config_of_another_model_is_refused() -> None:
    with pytest.raises(UsageError, match="is of HiFiGAN, and this recipe trains FastPitch"):
        plan("-c", "egs/vocoder/HiFiGAN/demo.json", "--stage", "1")


@pytest.mark.parametrize("script", [RUN, VOCODER])
def test_help_explains_every_flag_and_fits_a_terminal(script: Path) -> None:
    done = sh(script, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert max(map(len, done.stdout.splitlines())) <= 80
    kind = Recipe(script.parent.parent.name, str(script.parent))
    explained = set(re.findall(r"(?<![\w-])--?[a-z]\w*", done.stdout))
    assert set(kind.flags) <= explained
    every = {name for rows in FLAGS.values() for row in rows for name in row.names}
    assert every - set(kind.flags), "a flag of the other kind is not on this page"


@pytest.mark.parametrize("flags", [["--help"], ["--stage", "9"], ["--infer_tex=a"], ["--gpu=x"]])
def test_flags_are_read_without_heavy_imports(flags: list[str]) -> None:
    script = (
        "import sys\nfrom recital.bins.recipe import main\n"
        "try:\n    main(sys.argv[1:])\nexcept SystemExit: pass\n"
        "print(*sorted({'torch', 'numpy', 'accelerate', 'json5'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", script, "tts", str(RUN.parent), *flags]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("\n") and done.stdout.splitlines()[-1] == ""


def test_a_python_that_does_not_serve_is_one_line(tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\nexit 1\n")
    for mode in (0o755, 0o644):
        python.chmod(mode)
        done = sh(RUN, "--stage", "1", PYTHON=str(python))
        assert done.returncode == 1
        assert "env.sh" in done.stderr and done.stderr.count("\n") == 1


def test_a_python_without_the_libraries_prints_the_help_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(recipe, "can_run_stages", lambda: False)
    with pytest.raises(SystemExit) as left:
        recipe.main(["tts", str(RUN.parent), "--help"])
    assert left.value.code == 0 and "--infer_text" in capsys.readouterr().out
    with pytest.raises(recipe.RecitalError, match="set it up with: sh .*env.sh"):
        recipe.main(["tts", str(RUN.parent), "--stage", "1"])


def test_demo_goes_on_where_it_stopped() -> None:
    preprocess, train, inference = commands("--demo")
    assert preprocess == [PREPROCESS, f"--config={ROOT}/egs/tts/FastPitch/demo.json"]
    assert "--name=demo" in train and "--resume" in train
    assert inference[0] == INFERENCE and "--resume" not in inference
    assert "--name=demo" in inference and "--or_shipped" not in inference
    words = ["--demo", "-n", "mine", "--speaker", "A B", "--stage", "3"]
    [command] = commands(*words)
    assert "--name=mine" in command and parsed(command).infer_speaker_name == "A B"


@pytest.mark.parametrize("script", [RUN, VOCODER])
def test_a_demo_ends_with_what_it_left(
    script: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recipe, "ROOT", tmp_path)
    kind = script.parent.parent.name
    found = plan("--demo", script=script)
    assert recipe.summary(kind, str(script.parent), found) == ""
    (tmp_path / "ckpts" / kind / "demo/infer").mkdir(parents=True)
    said = recipe.summary(kind, str(script.parent), found)
    again = f"sh {script} -c {script.parent}/demo.json -n demo --stage 3 --infer_"
    assert str(tmp_path / "ckpts" / kind / "demo") in said and again in said


def fake_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fail: str = "nothing") -> Path:
    python = tmp_path / "python"
    python.write_text(FAKE_PYTHON)
    python.chmod(0o755)
    monkeypatch.setenv("WORDS", str(tmp_path / "words"))
    monkeypatch.setenv("FAIL", fail)
    return python


@pytest.mark.parametrize("stage", [PREPROCESS, TRAIN, INFERENCE])
def test_a_failing_stage_ends_the_walk_with_its_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    python = fake_python(tmp_path, monkeypatch, fail=stage)
    walk = commands("--infer_text", "a\nb", "--stop_stage", "3")
    assert Walk(str(python)).run(walk) == 7
    noted = (tmp_path / "words").read_text().split("\0\0")[:-1]
    ran = [words.split("\0")[2:] for words in noted]
    assert ran == walk[: len(ran)] and stage in ran[-1]


# A torch that takes long to import, as the real one does from a cold disk.
SLOW_TORCH = """import os, time
open(os.environ["IMPORTED"], "w").close()
# in short naps: a signal just before a long one would be handled after it
for _ in range(600):
    time.sleep(0.1)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGUSR1])
@pytest.mark.parametrize("flags", [[], ["--num_processes", "2"], ["--resume", "--gpu=0"]])
def test_a_signal_during_the_start_of_stage_2_asks_for_a_requeue(
    tmp_path: Path, number: signal.Signals, flags: list[str]
) -> None:
    (tmp_path / "torch").mkdir()
    (tmp_path / "torch/__init__.py").write_text(SLOW_TORCH)
    marker = tmp_path / "imported"
    env = {"PATH": "/usr/bin:/bin", "PYTHON": sys.executable, "PYTHONPATH": str(tmp_path)}
    command = ["sh", str(RUN), "--stage", "2", *flags]
    process = subprocess.Popen(command, env={**env, "IMPORTED": str(marker)}, stderr=-1)
    while not marker.exists():
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(number)
    process.communicate(timeout=60)
    assert process.returncode == 75


def test_a_signal_before_python_runs_waits_for_its_handler(tmp_path: Path) -> None:
    if subprocess.run(["env", "--block-signal=TERM", "true"], capture_output=True).returncode:
        pytest.skip("this env cannot block signals")
    begun, python = tmp_path / "begun", tmp_path / "python"
    # not a shell script: dash unblocks inherited signals
    python.write_text(
        f"#!{sys.executable} -S\nimport os, sys, time\n"
        "if sys.argv[1].endswith('interpreter.py'): sys.exit()\n"
        f"open({str(begun)!r}, 'w').close()\ntime.sleep(0.3)\n"
        f"os.execv({sys.executable!r}, [{sys.executable!r}, *sys.argv[1:]])\n"
    )
    python.chmod(0o755)
    env = {"PATH": "/usr/bin:/bin", "PYTHON": str(python)}
    process = subprocess.Popen(["sh", str(RUN), "--stage", "2"], env=env, stderr=-1)
    while not begun.exists():
        time.sleep(0.01)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert process.returncode == 75


STAGE = """
import signal, sys, time
from recital.utils.signals import unblock

def main(argv):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(75))
    time.sleep(0.5)  # a signal that comes meanwhile waits
    print("ready", flush=True)
    unblock()
    # a signal in the instant before a sleep does not end it
    for _ in range(600):
        time.sleep(0.1)

if __name__ == "__main__":
    main(sys.argv)
"""


def test_a_walk_hands_a_signal_to_its_stage(tmp_path: Path) -> None:
    (tmp_path / "stage.py").write_text(STAGE)
    walk = (
        "import sys\nfrom recital.bins import recipe\n"
        "print('begun', flush=True)\n"
        "recipe.LAUNCH = 'stage'\n"
        "sys.exit(recipe.Walk(sys.executable).run([['stage'], ['never']]))"
    )
    env = {"PATH": "/usr/bin:/bin", "PYTHONPATH": f"{ROOT}:{tmp_path}"}
    command = [sys.executable, "-c", walk]
    process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=60) == 75


def test_every_recipe_is_a_few_lines_over_the_launcher() -> None:
    for folder in RECIPES:
        assert len((folder / "run.sh").read_text().splitlines()) <= 8
        [command] = commands("--stage", "1", script=folder / "run.sh")
        assert command == [PREPROCESS, f"--config={folder}/exp_config.json"]


def test_shell_scripts_are_clean() -> None:
    shellcheck = shutil.which("shellcheck") or shutil.which(str(ROOT / ".venv/bin/shellcheck"))
    if shellcheck is None:
        pytest.skip("no shellcheck here")
    scripts = [ROOT / "env.sh", ROOT / ".ci/run", ROOT / "egs/recipe.sh"]
    scripts += [folder / "run.sh" for folder in RECIPES]
    done = subprocess.run([shellcheck, *map(str, scripts)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("flag", "said"),
    [
        ("--skip_train", r"flag of another project; here: --stage 1, or --stage 3"),
        ("--ngpu=2", "here: --gpu 0,1"),
        ("--inference_model", "here: --infer_expt_dir"),
        ("--fp16-run", "here: --precision fp16"),
        ("--pitch-transform-flatten", "here: --pitch_flatten"),
        ("--batch-size", "did you mean '--batch_size'"),
    ],
)
def test_flags_of_other_projects_are_answered_with_ours(flag: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        Recipe("tts", "egs/tts/FastPitch").plan([flag, "true"])


def test_the_answers_name_flags_that_exist() -> None:
    known = {name for kind in ("tts", "vocoder") for name in Recipe(kind, "egs").flags}
    for foreign, instead in FOREIGN.items():
        assert foreign not in known, f"{foreign} is a flag of ours"
        assert {word for word in re.findall(r"--[a-z_]+", instead)} <= known, instead
