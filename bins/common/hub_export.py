"""The model card of a voice's folder, as a model hub reads it: licence, language, data, and what
stage 4 measured.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from recital.processors.evaluation.table import METRICS
from recital.processors.text.languages import language_of
from recital.utils.errors import DataError, UsageError
from recital.utils.json_files import read_object
from recital.utils.model_card import write_card

# the figures of stage 4 on a card, in this order
SHOWN = ("wer", "cer", "mcd_24", "log_f0_rmse", "mean_f0_difference", "speaking_rate_difference")
LICENCE = re.compile(r"[a-z0-9][a-z0-9.-]*")  # an identifier of the hub: cc0-1.0, mit, other
HUB_LANGUAGES = {"cmn": "zh", "nb": "no"}  # espeak-ng's names -> ISO 639-1
BODY = """\
# {name}

A voice for Recital: {models}, {speakers}, {rate:,} Hz.

```sh
pip install 'recital[hub]'
recital say "Hello." --voice OWNER/{name} -o hello.wav
```

```python
import recital

wav, sample_rate = recital.load_voice("OWNER/{name}")("Hello.")
```

`OWNER/{name}` is its name on the hub, or the path of this folder.
"""
TABLE = """
## How good it is

Measured by stage 4 on {n} sentences, with 95% intervals. The recognizer is {recognizer}.

| | this voice | recordings |
|---|---|---|
"""


class Measured(NamedTuple):
    """What stage 4 measured: figures by the names of their metrics."""

    run: dict[str, Any]
    recordings: dict[str, Any]
    recognizer: str


def check_licence(licence: str | None) -> str:
    """Raises `UsageError` unless it is one that a card can name."""
    if licence is None or not LICENCE.fullmatch(licence):
        found = "none is given" if licence is None else f"found {licence!r}"
        raise UsageError(
            "--license: a model card names the licence of the weights, as in --license cc-by-4.0; "
            f"{found}"
        )
    return licence


def write_model_card(
    folder: Path,
    name: str,
    licence: str,
    acoustic: Mapping[str, Any],
    vocoder: Mapping[str, Any] | None,
    measured: Measured | None,
) -> None:
    """Write the card of a voice with these two configs, or with one that makes waves itself."""
    parts = [acoustic] if vocoder is None else [acoustic, vocoder]
    datasets = list(dict.fromkeys(name for part in parts for name in part.get("dataset", [])))
    models = [part["model_type"] for part in parts]
    speakers = acoustic.get("speakers", [])
    front: dict[str, Any] = {
        "library_name": "recital",
        "pipeline_tag": "text-to-speech",
        "language": [hub_language(acoustic.get("text", {}))],
        "license": licence,
        "datasets": datasets,
        "tags": models,
    }
    body = BODY.format(
        name=name,
        models=" and ".join(models),
        speakers="one speaker" if len(speakers) < 2 else f"{len(speakers)} speakers",
        rate=acoustic["audio"]["sample_rate"],
    )
    if measured is not None:
        run, recordings, recognizer = measured
        front["metrics"] = [m for m in SHOWN if m in run]
        front["model-index"] = [{"name": name, "results": [_result(run, datasets)]}]
        n = max(figure["n"] for figure in run.values())
        body += TABLE.format(n=n, recognizer=recognizer) + "".join(_rows(run, recordings))
    write_card(folder, front, body)


def hub_language(text: Mapping[str, Any]) -> str:
    """The language of a `text` section, by ISO 639."""
    if text.get("phonemizer") == "pinyin":
        return "zh"
    language = language_of(text.get("voice", "en-us")) if text.get("phonemizer") else "en"
    return HUB_LANGUAGES.get(language, language)


def read_metrics(named: str) -> Measured:
    """The figures of one run from `[RUN=]metrics.json` of stage 4. Raises `UsageError` if it has
    several runs and none is named, and `DataError` for another file.
    """
    run, _, file = named.rpartition("=")
    tree = read_object(Path(file), DataError, missing="no such file")
    try:
        runs = tree["runs"]
        if run and run not in runs or not run and len(runs) != 1:
            raise UsageError(
                f"--metrics {named}: expected RUN=FILE with one of its runs: {', '.join(runs)}"
            )
        summary = runs[run or next(iter(runs))]["summary"]
        shown = {m: summary[m] for m in SHOWN if m in summary and summary[m]["value"] is not None}
        if not shown:
            raise DataError(f"{file}: holds none of {', '.join(SHOWN)}; evaluate the voice again")
        recognizer = str(tree["settings"]["recognizer"])
        return Measured(shown, tree["recordings"]["summary"], recognizer)
    except (KeyError, TypeError, AttributeError):
        raise DataError(f"{file}: is no metrics.json of `recital evaluate`") from None


def _result(run: Mapping[str, Any], datasets: Sequence[str]) -> dict[str, Any]:
    data = ", ".join(datasets) or "its recordings"
    return {
        "task": {"type": "text-to-speech", "name": "Text to speech"},
        "dataset": {"type": data, "name": data, "split": "test"},
        "metrics": [
            {"type": m, "name": _label(m), "value": figure["value"]} for m, figure in run.items()
        ],
    }


def _rows(run: Mapping[str, Any], recordings: Mapping[str, Any]) -> list[str]:
    return [
        f"| {_label(m)} | {_shown(figure)} | {_shown(recordings[m]) if m in recordings else ''} |\n"
        for m, figure in run.items()
    ]


def _shown(figure: Mapping[str, Any]) -> str:
    interval = "" if figure["low"] is None else f" [{figure['low']:.3g}, {figure['high']:.3g}]"
    return f"{figure['value']:.3g}{interval}"


def _label(name: str) -> str:
    metric = next(metric for metric in METRICS if metric.name == name)
    return metric.label + f" ({metric.unit})" * bool(metric.unit)
