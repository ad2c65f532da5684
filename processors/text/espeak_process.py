"""The worker that calls espeak-ng, in a process of its own so that GPL code never shares one
with the rest.

It is run as a script. It reads one JSON request a line on stdin, `{"id", "op", "voice", "texts"}`,
and answers each text with one JSON line of that id on stdout; an answer of `speak` is followed by
as many bytes of 16-bit PCM as it says.
"""

from __future__ import annotations

import ctypes
import json
import os
import re
import signal
import sys
from collections.abc import Callable
from functools import partial
from typing import Any, BinaryIO

SYNCHRONOUS = 2  # espeak_AUDIO_OUTPUT: the call returns when all is spoken
PHONEME_EVENTS, IPA_NAMES, KEEP_RUNNING = 0x1, 0x2, 0x8000  # espeak_Initialize
UTF8, PHONEMES, END_PAUSE = 0x1, 0x100, 0x1000  # espeak_Synth
EVENT_END, EVENT_PHONEME = 0, 7
SEPARATED_IPA = (ord("_") << 8) | 0x2  # espeak_TextToPhonemes: `_` between phonemes

# What closes a clause: its mark, quotes or brackets, and the character that espeak read ahead.
CLAUSE_MARK = re.compile(r"""([,.;:!?…—–]|(?<=\s)-+(?=\s))[-,.;:!?…—–"'”’»)\]}\s]*\S?$""")
FOREIGN = re.compile(r"\([a-z-]+\)")  # "(fr)…(en)": espeak marks a change of language
MARKS = {"…": ".", "—": "-", "–": "-"}


class _Name(ctypes.Union):
    _fields_ = [("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8)]


class _Event(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),  # ms
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Name),
    ]


class Espeak:
    """The library, one voice at a time."""

    def __init__(self) -> None:
        import espeakng_loader

        self.library = ctypes.CDLL(espeakng_loader.get_library_path())
        self.library.espeak_TextToPhonemes.restype = ctypes.c_char_p
        options = PHONEME_EVENTS | IPA_NAMES | KEEP_RUNNING
        path = os.fsencode(espeakng_loader.get_data_path())
        self.sample_rate: int = self.library.espeak_Initialize(SYNCHRONOUS, 0, path, options)
        if self.sample_rate <= 0:
            raise RuntimeError(f"espeak-ng found no data in {path!r}")
        callback = ctypes.CFUNCTYPE(
            ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(_Event)
        )
        self.callback = callback(self._collect)  # kept: the library holds only a pointer
        self.library.espeak_SetSynthCallback(self.callback)
        self.pcm: list[bytes] = []
        self.phonemes: list[tuple[str, int]] = []
        # espeak_TextToPhonemes has no option of its own for `[[…]]`: it takes that of the last call
        self.library.espeak_Synth(b" ", 2, 0, 1, 0, UTF8 | PHONEMES, None, None)

    def open(self, voice: str) -> str:
        """Take a voice, and say what is wrong with it, or nothing."""
        if self.library.espeak_SetVoiceByName(voice.encode()) != 0:
            return f"espeak-ng has no voice {voice!r}"
        return ""

    def speak(self, text: str) -> tuple[bytes, list[tuple[str, int]]]:
        """16-bit PCM, and each phoneme with its first sample; a pause is the empty phoneme."""
        self.pcm, self.phonemes = [], []
        data = text.encode()
        code = self.library.espeak_Synth(data, len(data) + 1, 0, 1, 0, UTF8 | END_PAUSE, None, None)
        if code != 0:
            raise OSError(f"espeak_Synth returned {code}")
        return b"".join(self.pcm), self.phonemes

    def phonemize(self, text: str) -> list[str]:
        """Phonemes, with " " between words and the mark that closes each clause; `[[…]]` holds
        phonemes in espeak-ng's notation.
        """
        data = text.encode()
        buffer = ctypes.create_string_buffer(data)
        start = ctypes.addressof(buffer)
        rest = ctypes.c_void_p(start)
        tokens: list[str] = []
        done = 0
        while rest.value:
            ipa = self.library.espeak_TextToPhonemes(
                ctypes.byref(rest), UTF8, SEPARATED_IPA
            ).decode()
            until = rest.value - start if rest.value else len(data)
            words = [[p for p in word.split("_") if p] for word in FOREIGN.sub("", ipa).split()]
            for word in filter(None, words):
                if tokens:
                    tokens.append(" ")
                tokens += word
            mark = CLAUSE_MARK.search(data[done:until].decode(errors="ignore"))
            if mark and tokens and tokens[-1] not in MARK_TOKENS:
                tokens.append(MARKS.get(mark[1], mark[1][0]))
            done = until
        return tokens

    def _collect(self, wav: int | None, n_samples: int, events: Any) -> int:
        if wav and n_samples > 0:
            self.pcm.append(ctypes.string_at(wav, 2 * n_samples))
        for event in _until_end(events):
            if event.type == EVENT_PHONEME:
                name = ctypes.string_at(ctypes.addressof(event.id), 8).split(b"\0")[0]
                self.phonemes.append((name.decode(errors="ignore"), event.sample))
        return 0


MARK_TOKENS = frozenset(",.;:!?-")


def _until_end(events: Any) -> Any:
    i = 0
    while events[i].type != EVENT_END:
        yield events[i]
        i += 1


def answer_speak(espeak: Espeak, text: str, replies: BinaryIO, number: int) -> None:
    espeak.speak("a")  # the first text that the library speaks loses its first phoneme's event
    pcm, phonemes = espeak.speak(text)
    header: dict[str, Any] = {"id": number, "bytes": len(pcm)}
    header |= {"sample_rate": espeak.sample_rate, "phonemes": phonemes}
    replies.write(json.dumps(header).encode() + b"\n" + pcm)
    replies.flush()


def in_child(work: Callable[[], None]) -> None:
    """Run `work` in a fork: what is spoken leaves traces in the synthesizer (phases, flutter,
    noise), and one text must give the same wave whatever was spoken before.
    """
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    if os.waitpid(pid, 0)[1] != 0:
        sys.exit(1)  # half an answer may be out: the client restarts it


def serve() -> None:
    """Answer requests until stdin ends."""
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what the library prints must not get between the frames
    espeak = Espeak()
    voice = ""
    for line in sys.stdin.buffer:
        request = json.loads(line)
        if request["voice"] != voice:
            voice = request["voice"]
            if error := espeak.open(voice):
                voice = ""
                replies.write(json.dumps({"id": request["id"], "error": error}).encode() + b"\n")
                replies.flush()
                continue
        for text in request["texts"]:
            if request["op"] == "speak":
                replies.flush()
                in_child(partial(answer_speak, espeak, text, replies, request["id"]))
            else:
                answer = {"id": request["id"], "phonemes": espeak.phonemize(text)}
                replies.write(json.dumps(answer).encode() + b"\n")
        replies.flush()


if __name__ == "__main__":
    # Ctrl-C reaches the whole process group: the client ends this worker, without its traceback
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    serve()
