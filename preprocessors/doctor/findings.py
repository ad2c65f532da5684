"""Findings of the doctor: code, file, reason and remedy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from recital.processors.store import Rejected

Severity = Literal["error", "warning", "note"]


class Code(NamedTuple):
    """A kind of finding. An error stops a stage or makes stage 1 reject the recording; a warning is
    trained on unless it is fixed or excluded; a note is not a fault.
    """

    severity: Severity
    remedy: str
    exclude: bool = False  # whether such a recording goes on the list of exclusions


UNKNOWN = "unknown_symbols"
LEFT_OUT = "which is left out"  # by the reference's cleaners, which stop at no symbol

CODES: dict[str, Code] = {
    # the config and the machine
    "config": Code("error", "fix the config"),
    "corpus_missing": Code("error", "fix dataset_path or dataset_layout"),
    "corpus_empty": Code("error", "fix dataset_path or dataset_layout"),
    "too_many_rejected": Code("error", "fix the recordings, or raise preprocess.max_rejected"),
    "exclude_list": Code("error", "fix dataset_exclude, or remove it from the config"),
    "not_writable": Code("error", "choose another folder, or make this one writable"),
    "disk_space": Code("error", "free some space, or choose a folder on another disk"),
    "memory": Code("warning", "lower train.batch_size or train.max_frames"),
    "gpu": Code("note", "training on the CPU is slow: use a GPU for a model of this size"),
    "gpu_precision": Code("error", 'set train.precision to "auto" or "no"'),
    "package": Code("error", "pip install the package"),
    "vocoder": Code("error", "use a vocoder trained with this audio section"),
    "hop_upsampling": Code("error", "make the product of upsample_rates equal audio.hop_length"),
    "frame_budget": Code("error", "raise train.max_frames, or lower preprocess.max_seconds"),
    "segment": Code("note", "shorter recordings are padded: lower train.segment_frames"),
    "corpus_small": Code("warning", "add recordings, or fine-tune from a trained voice"),
    "too_few": Code("error", "record more sentences; at least one text is held out for valid"),
    "split": Code("warning", "lower preprocess.valid and preprocess.test"),
    "languages": Code("warning", "train on one language, or use a symbol set that covers all"),
    "model": Code("note", "train first, or give a trained experiment"),
    # lists and transcripts
    "bom": Code("note", "save the file as UTF-8 without a byte order mark"),
    "crlf": Code("note", "save the file with Unix line ends"),
    "metadata": Code("error", "fix the line", True),
    "bad_id": Code("error", "name it with letters, digits, '-', '_' and '.'", True),
    "bad_segment": Code("error", "fix its start and end", True),
    "overlap": Code("warning", "fix the starts and ends of the segments"),
    "duplicate": Code("error", "keep one of them, or give it another id"),
    "outside": Code("error", "keep recordings inside the folder that the config names"),
    "pipe": Code("error", "keep the recording as a file"),
    "channels": Code("error", "write each channel into a file of its own"),
    "no_text": Code("error", "write what is said in it, or leave it out"),
    "badly_restored": Code("note", "leave it out"),
    "empty_text": Code("error", "write what is said in it, or leave it out", True),
    "excluded": Code("note", "take it off the list"),
    "other_case": Code("error", "write the file name as it is on disk"),
    "unlisted": Code("note", "write its text into the list, or remove the file"),
    # texts
    "no_words": Code("error", "write what is said in words, or leave it out", True),
    "unknown_symbols": Code("error", "spell these out, or let text.cleaners do it", True),
    "mojibake": Code("warning", "save the transcripts as UTF-8 from where they are right", True),
    "lost_characters": Code("warning", "restore the characters that a conversion lost", True),
    "control_characters": Code("warning", "remove the invisible characters"),
    "decomposed": Code("note", "save the transcripts in Unicode's composed form (NFC)"),
    "mixed_scripts": Code("warning", "write the letters of one alphabet in one word", True),
    "other_script": Code("warning", "set the language of the corpus, or leave it out", True),
    "braces": Code("warning", "write both braces around phones, or none", True),
    "markup": Code("warning", "remove the markup from the transcripts", True),
    "annotation": Code("warning", "write only what is spoken", True),
    "text_is_name": Code("warning", "write what is said in it", True),
    "placeholder": Code("warning", "write what is said in it, or leave it out", True),
    "repeated_words": Code("warning", "remove the words that come twice"),
    "long_word": Code("warning", "put blanks between the words"),
    "capitals": Code("warning", "write it in sentence case: capitals are read as initials"),
    "duplicate_text": Code("warning", "check which of the recordings it belongs to"),
    "words_unchecked": Code("note", "pip install 'recital[arpabet]', or set text.lexicon_path"),
    "unknown_words": Code("note", "check how they are pronounced; add names to text.lexicon_path"),
    # recordings
    "missing": Code("error", "restore it, or remove its line"),
    "unreadable": Code("error", "copy it again, or encode it again as WAV or FLAC"),
    "empty_file": Code("error", "copy it again"),
    "no_samples": Code("error", "record or encode it again"),
    "non_finite": Code("error", "encode it again as WAV or FLAC"),
    "silent": Code("error", "record it again, louder"),
    "clipped": Code("error", "record it again with a lower gain"),
    "too_short": Code("error", "join it with a neighbour, or leave it out"),
    "too_long": Code("error", "cut it into sentences, or raise preprocess.max_seconds"),
    "wrong_suffix": Code("note", "give it the suffix of its format"),
    "mixed_rates": Code("warning", "record or resample all of a speaker at one rate"),
    "low_rate": Code("warning", "lower audio.sample_rate, or find the original recordings"),
    "narrow_band": Code("warning", "find the original: it was resampled from a lower rate"),
    "mixed_channels": Code("note", "stage 1 mixes the channels to one"),
    "dead_channel": Code("warning", "keep only the live channel: mixing halves its level"),
    "opposite_channels": Code("warning", "keep one channel: mixing them cancels the sound", True),
    "different_channels": Code("warning", "keep the channel that has the voice"),
    "dc_offset": Code("warning", "subtract the mean, or filter below 20 Hz"),
    "leading_silence": Code("warning", "cut it, or set preprocess.trim"),
    "trailing_silence": Code("warning", "cut it, or set preprocess.trim"),
    "long_pause": Code("warning", "cut the recording in two, or shorten the pause"),
    "cut_start": Code("warning", "cut it again, with a little silence before the voice"),
    "cut_end": Code("warning", "cut it again, with a little silence after the voice"),
    "dropout": Code("warning", "record it again: samples are lost within the speech", True),
    "clicks": Code("warning", "remove the clicks, or record it again"),
    "noisy": Code("warning", "denoise it, or leave it out", True),
    "hum": Code("warning", "filter it out, and check the cables"),
    "few_bits": Code("warning", "find the original: it was stored with fewer bits"),
    "quiet": Code("warning", "raise its level, or record it again"),
    "level": Code("warning", "bring it to the level of the others"),
    "no_voice": Code("warning", "listen to it: it does not sound like speech", True),
    "other_voice": Code("warning", "listen to it: is it another speaker?"),
    "duplicate_audio": Code("warning", "keep one of them: one recording has two texts", True),
    # a text against its recording
    "fast": Code("warning", "check whether the text is another recording's, or too long", True),
    "slow": Code("warning", "check whether the text is another recording's, or too short", True),
    "takes_differ": Code("warning", "check whether both have the same text", True),
    "more_tokens_than_frames": Code("error", "check whether the text is another recording's", True),
    # speakers
    "speaker_missing": Code("warning", "name the speaker in every line, or in none"),
    "speaker_names": Code("warning", "write a speaker's name the same way everywhere"),
    "speaker_small": Code("warning", "add recordings of the speaker, or leave the speaker out"),
    "speaker_imbalance": Code("warning", "add recordings, or weight the datasets"),
}


@dataclass(frozen=True)
class Finding:
    """One fault. Without an id it concerns the corpus or the config."""

    code: str
    severity: Severity
    dataset: str
    id: str
    file: str
    reason: str
    remedy: str


def find(
    code: str,
    reason: str,
    *,
    dataset: str = "",
    id: str = "",
    file: str = "",
    remedy: str = "",
    severity: Severity | None = None,
) -> Finding:
    """Make a finding of one of `CODES`, with that code's remedy and severity unless given."""
    known = CODES[code]
    how, severity = remedy or known.remedy, severity or known.severity
    return Finding(code, severity, dataset, id, file, reason, how)


def of_rejected(dataset: str, rejected: Rejected) -> Finding:
    """The finding for something that stage 1 would reject."""
    code = rejected.code if rejected.code in CODES else "metadata"
    return find(
        code,
        rejected.reason,
        dataset=dataset,
        id=rejected.id,
        file=rejected.audio,
        remedy=rejected.remedy,
    )


@dataclass
class Diagnosis:
    """All findings, and figures about the corpora."""

    findings: list[Finding] = field(default_factory=list)
    n_recordings: dict[str, int] = field(default_factory=dict)  # by dataset
    figures: dict[str, dict[str, float]] = field(default_factory=dict)  # by dataset, for display

    def add(self, more: Iterable[Finding]) -> None:
        self.findings.extend(more)

    def flagged(self, dataset: str) -> set[str]:
        """The ids with a fault."""
        return {
            f.id for f in self.findings if f.dataset == dataset and f.id and f.severity != "note"
        }

    def stops(self) -> list[Finding]:
        """The findings that would stop a stage: of the whole, and texts of which no tokens can be
        made.
        """
        errors = [f for f in self.findings if f.severity == "error"]
        return [f for f in errors if not f.id or (f.code == UNKNOWN and LEFT_OUT not in f.reason)]

    def to_exclude(self, dataset: str) -> dict[str, str]:
        """Id -> reason of the recordings to leave out."""
        chosen: dict[str, str] = {}
        for f in self.findings:
            if f.dataset == dataset and f.id and CODES[f.code].exclude:
                chosen.setdefault(f.id, f"{f.code}: {f.reason}")
        return chosen


def by_code(findings: Sequence[Finding]) -> dict[str, list[Finding]]:
    """Group by code: errors first, then warnings and notes; the most frequent first."""
    order = {"error": 0, "warning": 1, "note": 2}
    groups: dict[str, list[Finding]] = {}
    for f in findings:
        groups.setdefault(f.code, []).append(f)
    ranked = sorted(groups.items(), key=lambda g: (order[g[1][0].severity], -len(g[1]), g[0]))
    return dict(ranked)
