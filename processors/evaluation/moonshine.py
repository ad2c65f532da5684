"""Moonshine tiny (arXiv 2410.15608), a strong recognizer for English.

Its models and its tokens are files in the wheel `moonshine-voice`; they run in onnxruntime, one
thread each, so that stage 4 can use several processes. The wheel's own code, which opens
microphones, is not imported. Wheels from 0.1 on have no models and would download them.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np

from recital.utils.errors import RecitalError

MODEL = Path("assets") / "tiny-en"
BEGIN, END = 1, 2  # tokens
TOKENS_A_SECOND = 6.5  # at most, as the paper's decoder: speech has fewer
LEAST_SECONDS = 0.1
BLANK = "\u2581"  # begins a word


class Moonshine:
    """Greedy decoding of one recording at a time."""

    sample_rate = 16000

    def __init__(self) -> None:
        folder = model_folder()
        if folder is None:
            raise RecitalError(
                "moonshine-voice: is missing, or has no model; "
                "pip install 'moonshine-voice==0.0.73' onnxruntime"
            )
        self.encoder = session(folder / "encoder_model.ort")
        self.decoder = session(folder / "decoder_model_merged.ort")
        self.tokens = read_tokens((folder / "tokenizer.bin").read_bytes())
        self.state = {
            i.name: tuple(size if isinstance(size, int) else 0 for size in i.shape)
            for i in self.decoder.get_inputs()
            if i.name.startswith("past_key_values")
        }

    def transcribe(self, wav: np.ndarray) -> str:
        """wav [S] in [-1, 1] at 16 kHz -> transcript."""
        seconds = len(wav) / self.sample_rate
        if seconds < LEAST_SECONDS or float(np.abs(wav).max()) == 0.0:
            return ""
        heard = np.ones((1, len(wav)), np.int64)
        (hidden,) = self.encoder.run(
            None, {"input_values": wav[None].astype(np.float32), "attention_mask": heard}
        )
        state = {name: np.zeros((1, *shape[1:]), np.float32) for name, shape in self.state.items()}
        fixed = {
            "encoder_hidden_states": hidden,
            # One for all places: the graph takes every 384th of what it is given, so that one for
            # each place of `hidden` would be two from 9.2 s on.
            "encoder_attention_mask": np.ones((1, 1), np.int64),
        }
        written, token = list[int](), BEGIN
        for step in range(int(seconds * TOKENS_A_SECOND) + 1):
            logits, *present = self.decoder.run(
                None,
                fixed
                | state
                | {
                    "input_ids": np.array([[token]], np.int64),
                    "use_cache_branch": np.array([step > 0]),
                },
            )
            token = int(logits[0, -1].argmax())
            if token == END:
                break
            written.append(token)
            for name, value in zip(state, present, strict=True):
                # the keys of the recording are computed in the first step only
                if step == 0 or ".encoder." not in name:
                    state[name] = value
        return self.text_of(written)

    def text_of(self, tokens: list[int]) -> str:
        """Tokens -> text; bytes that are no UTF-8 become U+FFFD."""
        joined = b"".join(self.tokens[token] for token in tokens)
        return joined.decode("utf-8", "replace").replace(BLANK, " ").strip()


def model_folder() -> Path | None:
    """The folder of the models in the installed wheel; None if there is none."""
    found = importlib.util.find_spec("moonshine_voice")
    for place in (found.submodule_search_locations or []) if found else []:
        folder = Path(place) / MODEL
        if (folder / "encoder_model.ort").is_file():
            return folder
    return None


def read_tokens(content: bytes) -> list[bytes]:
    """The tokens of `tokenizer.bin`: each after its length, which is one byte, or two from 128 on:
    length % 128 + 128, then length // 128.
    """
    tokens, place = list[bytes](), 0
    while place < len(content):
        size, place = content[place], place + 1
        if size >= 128:
            size, place = content[place] * 128 + size - 128, place + 1
        tokens.append(content[place : place + size])
        place += size
    return tokens


def session(path: Path):  # type: ignore[no-untyped-def]
    """A model for onnxruntime on one thread of the CPU."""
    from recital.processors.evaluation.recognizers import package

    onnxruntime = package("onnxruntime")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(
        str(path), sess_options=options, providers=["CPUExecutionProvider"]
    )
