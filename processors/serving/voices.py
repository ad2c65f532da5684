"""The voices of a server, opened before it listens: a request can only name one of them."""

from __future__ import annotations

from collections.abc import Mapping

from recital.processors.serving.replies import Refused
from recital.processors.speech.synthesizer import Synthesizer
from recital.utils.config import nearest

MODEL = "recital"  # the only one that /v1/models lists; the voice alone decides


class Voices:
    """Voices by name; the first speaks where a request names none."""

    def __init__(self, by_name: Mapping[str, Synthesizer]) -> None:
        self.by_name = dict(by_name)

    @property
    def default(self) -> str:
        """The first voice."""
        return next(iter(self.by_name))

    def of_language(self, language: str | None) -> str | None:
        """The first voice of a language such as "de" or "de-DE"; None if there is none."""
        wanted = (language or "").partition("-")[0].partition("_")[0].lower()
        for name, voice in self.by_name.items():
            if voice.text.config.language.partition("-")[0] == wanted:
                return name
        return None

    def find(self, name: str | None, speaker: str | None) -> tuple[str, str | None]:
        """The names of a voice and of its speaker (None: the voice has one, without a name).

        `name` may be "voice/speaker". A voice of several speakers has its first where none is
        named. Raises `Refused` for what is not there.
        """
        voice, slash, its_speaker = (name or self.default).partition("/")
        if voice not in self.by_name:
            known = ", ".join(self.by_name)
            hint = nearest(voice, self.by_name)
            raise Refused(
                400, f"voice: no voice {(name or voice)[:80]!r}{hint}; known: {known}", "voice"
            )
        speaker = speaker or (its_speaker if slash else None)
        speakers = self.by_name[voice].speakers
        if speaker is None and len(speakers) > 1:
            speaker = speakers[0]
        if speaker is not None and speaker not in speakers:
            known = ", ".join(speakers[:20]) or "this voice has one, without a name"
            raise Refused(400, f"speaker: no speaker {speaker[:80]!r}; known: {known}", "speaker")
        return voice, speaker

    def describe(self) -> dict[str, object]:
        """The reply of `/v1/voices`: every name that a request may have."""
        return {"object": "list", "data": [self._describe(name) for name in self.by_name]}

    def _describe(self, name: str) -> dict[str, object]:
        voice = self.by_name[name]
        return {
            "id": name,
            "object": "voice",
            "language": voice.text.config.language,
            "speakers": list(voice.speakers),
            "sample_rate": voice.audio.sample_rate,
        }
