"""Corpus layouts as published: each is built small, with recordings by espeak-ng, and read back;
segments; several corpora and speakers in one training.
"""

from __future__ import annotations

import gzip
import importlib.util
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from recital.modules.contract.audio import AudioConfig
from recital.preprocessors.corpora import layouts
from recital.preprocessors.entries import Corpus
from recital.preprocessors.prepare import prepare
from recital.preprocessors.sources import read_corpus
from recital.preprocessors.splits import split
from recital.processors.dataset import SpeechDataset
from recital.processors.features import PreprocessConfig, fingerprint
from recital.processors.store import FeatureStore, Rejected, Utterance, speaker_names
from recital.processors.text import TextConfig, TextProcessor, symbols_for
from recital.utils.errors import ConfigError, DataError
from recital.utils.statistics import pitch_by_speaker
from recital.utils.training.sampler import Sampler

AUDIO = AudioConfig(16000, 512, 512, 256, 20, 0.0, None)
PREPROCESS = PreprocessConfig(valid=1, test=1, golden_test=1, max_rejected=0.6)
TEXTS = ("A small boat lay at the pier.", "Who has heard it?", "Rain fell all night.")
ANNA, BERT = "en-us+f3", "en-us"

SpokenWaves = dict[tuple[str, str], np.ndarray]


@pytest.fixture(scope="module")
def spoken() -> SpokenWaves:
    """(voice, text) -> int16 [S] at 16 kHz."""
    if importlib.util.find_spec("espeakng_loader") is None:
        pytest.skip("espeak-ng is not installed")
    from recital.processors.text.espeak import speak

    return {
        (voice, text): wav.wav
        for voice in (ANNA, BERT)
        for text, wav in zip(TEXTS, speak(TEXTS, voice, AUDIO.sample_rate), strict=True)
    }


def put(path: Path, data: str | bytes | np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(data, np.ndarray):
        soundfile.write(path, data, AUDIO.sample_rate)
    elif isinstance(data, bytes):
        path.write_bytes(data)
    else:
        path.write_text(data, encoding="utf-8")


# Each builds a corpus of two speakers (or one, if the layout has no more) that read TEXTS, and
# returns the expected (id, speaker, language, text) in order, and the codes of the rejected.
Found = tuple[list[tuple[str, str, str, str]], list[str]]


def build_ljspeech(root: Path, voices: list[list[np.ndarray]]) -> Found:
    for i, wav in enumerate(voices[0]):
        put(root / f"wavs/LJ001-{i:04d}.wav", wav)
    put(
        root / "metadata.csv",
        "".join(f"LJ001-{i:04d}|{t.upper()}|{t}\n" for i, t in enumerate(TEXTS)),
    )
    return [(f"LJ001-{i:04d}", "", "", t) for i, t in enumerate(TEXTS)], []


def build_vctk_080(root: Path, voices: list[list[np.ndarray]]) -> Found:
    for speaker, wavs in zip(("p225", "p226"), voices, strict=True):
        for i, wav in enumerate(wavs, 1):
            put(root / f"wav48/{speaker}/{speaker}_{i:03d}.wav", wav)
            put(root / f"txt/{speaker}/{speaker}_{i:03d}.txt", TEXTS[i - 1] + "\n")
    put(root / "wav48/p315/p315_001.wav", voices[0][0])  # has no texts, as published
    return [
        (f"{s}_{i:03d}", s, "en", t) for s in ("p225", "p226") for i, t in enumerate(TEXTS, 1)
    ], ["no_text"]


def build_vctk_092(root: Path, voices: list[list[np.ndarray]]) -> Found:
    for speaker, wavs in zip(("p225", "s5"), voices, strict=True):
        for i, wav in enumerate(wavs, 1):
            for mic in ("mic1", "mic2") if speaker == "p225" else ("mic1",):
                put(root / f"wav48_silence_trimmed/{speaker}/{speaker}_{i:03d}_{mic}.flac", wav)
            put(root / f"txt/{speaker}/{speaker}_{i:03d}.txt", TEXTS[i - 1] + "\n")
    put(root / "wav48_silence_trimmed/log.txt", "not a recording")
    return [
        (f"{s}_{i:03d}", s, "en", t) for s in ("p225", "s5") for i, t in enumerate(TEXTS, 1)
    ], []


def build_libritts(root: Path, voices: list[list[np.ndarray]]) -> Found:
    found = []
    for speaker, part, wavs in zip(
        ("103", "1034"), ("train-clean-100", "dev-clean"), voices, strict=True
    ):
        for i, (wav, text) in enumerate(zip(wavs, TEXTS, strict=True)):
            id = f"{speaker}_1240_000000_{i:06d}"
            put(root / f"{part}/{speaker}/1240/{id}.wav", wav)
            put(root / f"{part}/{speaker}/1240/{id}.original.txt", "The original")
            put(root / f"{part}/{speaker}/1240/{id}.normalized.txt", text)
            found.append((id, speaker, "en", text))
    failed = root / "libritts_r_failed_speech_restoration_examples"
    put(failed / "dev-clean_bad_sample_list.txt", f"./dev-clean/1034/1240/{found[5][0]}.wav\n")
    return sorted(found[3:5]) + found[:3], ["badly_restored"]


def build_hifitts(root: Path, voices: list[list[np.ndarray]]) -> Found:
    found = []
    for reader, quality, wavs in zip(("11614", "92"), ("other", "clean"), voices, strict=True):
        lines = []
        for i, (wav, text) in enumerate(zip(wavs, TEXTS, strict=True)):
            audio = f"audio/{reader}_{quality}/10547/nights_{i:04d}.flac"
            put(root / audio, wav)
            told = {"audio_filepath": audio, "text": text.lower(), "text_normalized": text}
            lines.append(json.dumps(told) + "\n")
            found.append((f"{reader}_{quality}-10547-nights_{i:04d}", reader, "en", text))
        put(root / f"{reader}_manifest_{quality}_train.json", "".join(lines))
    return found, []


def build_arctic(root: Path, voices: list[list[np.ndarray]]) -> Found:
    for speaker, wavs in zip(("bdl", "slt"), voices, strict=True):
        voice = root / f"cmu_us_{speaker}_arctic"
        lines = [f'( arctic_a{i:04d} "{t}" )\n' for i, t in enumerate(TEXTS)]
        put(voice / "etc/txt.done.data", "".join(lines))
        for i, wav in enumerate(wavs):
            put(voice / f"wav/arctic_a{i:04d}.wav", wav)
    return [
        (f"{s}_arctic_a{i:04d}", s, "en", t) for s in ("bdl", "slt") for i, t in enumerate(TEXTS)
    ], []


def build_aishell3(root: Path, voices: list[list[np.ndarray]]) -> Found:
    found = []
    for speaker, part, wavs in zip(("SSB0005", "SSB0009"), ("train", "test"), voices, strict=True):
        lines = []
        for i, (wav, text) in enumerate(zip(wavs, ("广州", "女大学生", "登山"), strict=True)):
            id = f"{speaker}{i:04d}"
            put(root / f"{part}/wav/{speaker}/{id}.wav", wav)
            lines.append(f"{id}.wav\t{' '.join(f'{c} x1' for c in text)}\n")
            found.append((id, speaker, "zh", text))
        put(root / part / "content.txt", "".join(lines))
    return found, []


def build_mailabs(root: Path, voices: list[list[np.ndarray]]) -> Found:
    for speaker, sex, wavs in zip(("elliot", "judy"), ("male", "female"), voices, strict=True):
        book = root / f"en_US/by_book/{sex}/{speaker}/oz"
        put(
            book / "metadata.csv", "".join(f"oz_{i}|{t.upper()}|{t}\n" for i, t in enumerate(TEXTS))
        )
        for i, wav in enumerate(wavs):
            put(book / f"wavs/oz_{i}.wav", wav)
    put(root / "en_US/by_book/info.txt", "not a recording")
    return [
        (f"{s}-oz_{i}", s, "en-us", t) for s in ("judy", "elliot") for i, t in enumerate(TEXTS)
    ], []


def build_css10(root: Path, voices: list[list[np.ndarray]]) -> Found:
    for name, wavs in zip(("german", "greek"), voices, strict=True):
        lines = [f"book/b_{i:04d}.wav|{t.upper()}|{t}|1.0\n" for i, t in enumerate(TEXTS)]
        put(root / name / "transcript.txt", "".join(lines))
        for i, wav in enumerate(wavs):
            put(root / name / f"book/b_{i:04d}.wav", wav)
    return [
        (f"{n}-b_{i:04d}", n, tag, t)
        for n, tag in (("german", "de"), ("greek", "el"))
        for i, t in enumerate(TEXTS)
    ], []


def build_kaldi(root: Path, voices: list[list[np.ndarray]]) -> Found:
    scp, text, spk, lang = [], [], [], []
    for speaker, wavs in zip("ab", voices, strict=True):
        for i, (wav, t) in enumerate(zip(wavs, TEXTS, strict=True)):
            id = f"{speaker}-{i}"
            put(root / f"audio/{id}.wav", wav)
            scp.append(f"{id} audio/{id}.wav\n")
            text.append(f"{id} {t}\n")
            spk.append(f"{id} {speaker}\n")
            lang.append(f"{id} en\n")
    pipes = ["p-0 sox audio/a-0.wav -t wav - |\n", "p-1 feats.ark:123\n", "p-2 audio/a-0.wav\n"]
    put(root / "wav.scp", "".join(scp + pipes))
    put(root / "text", "".join([*text, "p-0 piped\n", "p-1 archived\n"]))
    put(root / "utt2spk", "".join(spk))
    put(root / "utt2lang", "".join(lang))
    found = [(f"{s}-{i}", s, "en", t) for s in "ab" for i, t in enumerate(TEXTS)]
    return found, ["pipe", "pipe", "no_text"]


def build_filelist(root: Path, voices: list[list[np.ndarray]]) -> Found:
    lines = []
    for speaker, wavs in zip("01", voices, strict=True):
        for i, (wav, text) in enumerate(zip(wavs, TEXTS, strict=True)):
            put(root / f"wavs/{speaker}{i}.wav", wav)
            pitch = f"pitch/{speaker}{i}.pt|" if i else ""  # as FastPitch's lists have it
            lines.append(f"wavs/{speaker}{i}.wav|{pitch}{text}|{speaker}\n")
    put(root / "filelist.txt", "".join(lines))
    return [(f"wavs-{s}{i}", s, "", t) for s in "01" for i, t in enumerate(TEXTS)], []


def build_amphion(root: Path, voices: list[list[np.ndarray]]) -> Found:
    for name, wavs in zip(("train", "test"), voices, strict=True):
        items = []
        for i, (wav, text) in enumerate(zip(wavs, TEXTS, strict=True)):
            put(root / f"wavs/{name}{i}.wav", wav)
            more = {"Dataset": "X", "index": i, "Singer": name, "Duration": 1.0}
            items.append({**more, "Uid": f"{name}{i}", "Text": text, "Path": f"wavs/{name}{i}.wav"})
        put(root / f"{name}.json", json.dumps([*items, {"Uid": "x"}], indent=4))
    return [(f"{n}{i}", n, "", t) for n in ("train", "test") for i, t in enumerate(TEXTS)], [
        "metadata",
        "metadata",
    ]


def build_folder(root: Path, voices: list[list[np.ndarray]]) -> Found:
    for speaker, wavs in zip(("anna", "bert"), voices, strict=True):
        for i, (wav, text) in enumerate(zip(wavs, TEXTS, strict=True)):
            put(root / f"{speaker}/day1/{i}.wav", wav)
            put(root / f"{speaker}/day1/{i}.{'lab' if i else 'txt'}", text)
    put(root / "bert/alone.wav", voices[0][0])
    return [(f"{s}-day1-{i}", s, "", t) for s in ("anna", "bert") for i, t in enumerate(TEXTS)], [
        "no_text"
    ]


def lhotse_recording(id: str, wav: np.ndarray, **source: str) -> dict[str, Any]:
    told = {"type": "file", "channels": [0], "source": f"audio/{id}.wav", **source}
    length = {"num_samples": len(wav), "duration": len(wav) / AUDIO.sample_rate}
    return {"id": id, "sources": [told], "sampling_rate": AUDIO.sample_rate, **length}


def build_lhotse(root: Path, voices: list[list[np.ndarray]]) -> Found:
    recordings, supervisions = [], []
    for speaker, wavs in zip("ab", voices, strict=True):
        put(root / f"audio/{speaker}.wav", np.concatenate(wavs))  # one long recording
        recordings.append(lhotse_recording(speaker, np.concatenate(wavs)))
        start = 0
        for i, (wav, text) in enumerate(zip(wavs, TEXTS, strict=True)):
            more = {"recording_id": speaker, "channel": 0, "speaker": speaker, "language": "en"}
            rate = AUDIO.sample_rate
            times = {"start": start / rate, "duration": len(wav) / rate}
            supervisions.append({"id": f"{speaker}-{i}", "text": text, **times, **more})
            start += len(wav)
    recordings.append(lhotse_recording("c", voices[0][0], type="command"))
    recordings.append(lhotse_recording("d", voices[0][0], type="url"))
    for id in "cd":
        supervisions.append({"id": id, "recording_id": id, "start": 0.0, "text": "run me"})
    for name, lines in (("recordings", recordings), ("supervisions", supervisions)):
        data = "".join(json.dumps(line) + "\n" for line in lines).encode()
        put(root / f"set_{name}_train.jsonl.gz", gzip.compress(data))
    found = [(f"{s}-{i}", s, "en", t) for s in "ab" for i, t in enumerate(TEXTS)]
    return found, ["pipe", "pipe"]


def build_commonvoice(root: Path, voices: list[list[np.ndarray]]) -> Found:
    head = "client_id\tpath\tsentence\tup_votes\tlocale\n"
    lines = [head]
    for speaker, wavs in zip(("a" * 128, "b" * 128), voices, strict=True):
        for i, (wav, text) in enumerate(zip(wavs, TEXTS, strict=True)):
            put(root / f"clips/common_voice_en_{speaker[0]}{i}.mp3", wav)
            lines.append(f"{speaker}\tcommon_voice_en_{speaker[0]}{i}.mp3\t{text}\t2\ten\n")
    put(root / "validated.tsv", "".join([*lines, "too\tfew\n"]))
    put(root / "train.tsv", head)
    return [
        (f"common_voice_en_{s}{i}", s * 16, "en", t) for s in "ab" for i, t in enumerate(TEXTS)
    ], ["metadata"]


BUILDERS: dict[str, tuple[str, Callable[[Path, list[list[np.ndarray]]], Found]]] = {
    "aishell3": ("aishell3", build_aishell3),
    "amphion": ("amphion", build_amphion),
    "arctic": ("arctic", build_arctic),
    "commonvoice": ("commonvoice", build_commonvoice),
    "css10": ("css10", build_css10),
    "filelist": ("filelist", build_filelist),
    "folder": ("folder", build_folder),
    "hifitts": ("hifitts", build_hifitts),
    "kaldi": ("kaldi", build_kaldi),
    "lhotse": ("lhotse", build_lhotse),
    "libritts": ("libritts", build_libritts),
    "ljspeech": ("ljspeech", build_ljspeech),
    "mailabs": ("mailabs", build_mailabs),
    "vctk 0.80": ("vctk", build_vctk_080),
    "vctk 0.92": ("vctk", build_vctk_092),
}


def both(spoken: SpokenWaves) -> list[list[np.ndarray]]:
    return [[spoken[voice, text] for text in TEXTS] for voice in (ANNA, BERT)]


def test_every_layout_is_built_here() -> None:
    assert {layout for layout, _ in BUILDERS.values()} | {"embedded"} == set(layouts())


def test_an_unknown_layout_is_refused_with_the_nearest_or_all() -> None:
    corpus = Corpus(Path("nowhere"))
    with pytest.raises(ConfigError, match="no corpus layout 'ljspech'; did you mean 'ljspeech'"):
        read_corpus(corpus, "ljspech")
    with pytest.raises(ConfigError, match="known: " + ", ".join(layouts())):
        read_corpus(corpus, "qqqq")


@pytest.mark.parametrize("name", BUILDERS)
def test_a_published_layout_is_read_and_prepared(
    name: str, tmp_path: Path, spoken: SpokenWaves
) -> None:
    layout, build = BUILDERS[name]
    wanted, left_out = build(tmp_path / "corpus", both(spoken))
    entries = list(read_corpus(Corpus(tmp_path / "corpus"), layout))
    found = [e for e in entries if isinstance(e, Utterance)]
    assert [(u.id, u.speaker, u.language, u.text) for u in found] == wanted
    rejected = [e for e in entries if isinstance(e, Rejected)]
    assert sorted(r.code for r in rejected) == sorted(left_out)
    assert all(r.reason and r.remedy for r in rejected)

    store = FeatureStore(tmp_path / "out")
    corpus = Corpus(tmp_path / "corpus")
    summary = prepare("set", corpus, layout, store, ("wav",), AUDIO, PREPROCESS)
    assert summary.utterances == len(wanted) and summary.rejected == Counter(left_out)
    wavs = store.reader("wav", fingerprint("wav", AUDIO, PREPROCESS))
    for u, recorded in zip(found, [w for voice in both(spoken) for w in voice], strict=False):
        if layout not in ("commonvoice", "libritts", "mailabs"):  # lossy, or in another order
            np.testing.assert_array_equal(wavs[u.id], recorded)


@pytest.mark.parametrize("layout", layouts())
def test_an_empty_folder_is_one_clear_line(layout: str, tmp_path: Path) -> None:
    if layout != "embedded":
        with pytest.raises(DataError, match=f"{tmp_path.name}.*expected"):
            list(read_corpus(Corpus(tmp_path), layout))


def kaldi(root: Path, **files: str) -> list[Utterance | Rejected]:
    for name, text in {"utt2spk": "", **files}.items():
        put(root / name.replace("_", "."), text)
    return list(read_corpus(Corpus(root), "kaldi"))


def test_segments_of_a_long_recording(tmp_path: Path, spoken: SpokenWaves) -> None:
    wavs = both(spoken)[0]
    ends = np.cumsum([len(w) for w in wavs]) / AUDIO.sample_rate
    put(tmp_path / "c/long.wav", np.concatenate(wavs))
    put(tmp_path / "c/wav.scp", "long long.wav\n")
    starts = [0.0, *ends[:-1]]
    lines = [
        f"u{i} long {s:.6f} {e:.6f}\n" for i, (s, e) in enumerate(zip(starts, ends, strict=True))
    ]
    bad = ["v0 long 2 1\n", "v1 long 0 99\n", "v2 other 0 1\n", "v3 long 0\n", "v4 long 0 -1\n"]
    put(tmp_path / "c/segments", "".join(lines + bad))
    texts = [f"u{i} {t}\n" for i, t in enumerate(TEXTS)] + [f"v{i} text {i}\n" for i in range(5)]
    put(tmp_path / "c/text", "".join(texts))
    store = FeatureStore(tmp_path / "out")
    features = ("wav", "mel")

    def stage1() -> Any:
        return prepare("set", Corpus(tmp_path / "c"), "kaldi", store, features, AUDIO, PREPROCESS)

    summary = stage1()
    assert summary.rejected == {"bad_segment": 2, "missing": 1, "metadata": 1}
    kept = {u.id: u for u in store.utterances()}
    assert list(kept) == ["u0", "u1", "u2", "v4"] and kept["u1"].start == pytest.approx(ends[0])
    reader = store.reader("wav", fingerprint("wav", AUDIO, PREPROCESS))
    for i, wav in enumerate(wavs):
        np.testing.assert_array_equal(reader[f"u{i}"], wav)
        assert kept[f"u{i}"].seconds == pytest.approx(len(wav) / AUDIO.sample_rate, abs=1e-6)
    assert len(reader["v4"]) == sum(map(len, wavs))
    assert stage1().extracted == 0
    moved = "".join(lines).replace("u0 long 0.000000", "u0 long 0.100000")
    put(tmp_path / "c/segments", moved)
    assert stage1().extracted == 3  # its shard is computed again
    again = store.reader("wav", fingerprint("wav", AUDIO, PREPROCESS))
    np.testing.assert_array_equal(again["u0"], wavs[0][1600:])


def test_absolute_paths_only_below_the_folder_that_the_config_names(
    tmp_path: Path, spoken: SpokenWaves
) -> None:
    wav = spoken[ANNA, TEXTS[0]]
    for place in ("audio/in.wav", "elsewhere/out.wav", "data/own.wav"):
        put(tmp_path / place, wav)
    (tmp_path / "audio/link.wav").symlink_to(tmp_path / "elsewhere/out.wav")
    paths = {
        "in": f"{tmp_path}/audio/in.wav",
        "relative": "in.wav",
        "out": f"{tmp_path}/elsewhere/out.wav",
        "dots": f"{tmp_path}/audio/../elsewhere/out.wav",
        "up": "../elsewhere/out.wav",
        "link": "link.wav",
    }
    put(tmp_path / "data/wav.scp", "".join(f"{k} {v}\n" for k, v in paths.items()))
    put(tmp_path / "data/text", "".join(f"{k} said {k}\n" for k in paths))
    put(tmp_path / "data/list.txt", "".join(f"{v}|said {k}\n" for k, v in paths.items()))
    items = [{"Uid": k, "Path": v, "Text": k} for k, v in paths.items()]
    put(tmp_path / "data/train.json", json.dumps(items))
    lines = [
        {"id": k, "start": 0, "recording": {"sources": [{"type": "file", "source": v}]}}
        | {"supervisions": [{"id": k, "text": k}]}
        for k, v in paths.items()
    ]
    put(tmp_path / "data/x_cuts.jsonl", "".join(json.dumps(line) + "\n" for line in lines))
    folder, recordings = tmp_path / "data", tmp_path / "audio"
    for layout, place in (
        ("kaldi", folder),
        ("filelist", folder / "list.txt"),
        ("amphion", folder),
        ("lhotse", folder),
    ):
        entries = list(read_corpus(Corpus(place, recordings), layout))
        assert [e.audio for e in entries if isinstance(e, Utterance)] == ["in.wav", "in.wav"]
        rejected = [e for e in entries if isinstance(e, Rejected)]
        assert [r.code for r in rejected] == ["outside"] * 4, layout
    alone = [e for e in read_corpus(Corpus(folder), "kaldi") if isinstance(e, Rejected)]
    assert [r.code for r in alone] == ["outside"] * 4  # nothing absolute without such a folder
    assert "dataset_recordings" in alone[0].remedy and str(recordings) in alone[0].remedy


def test_language_of_the_config_where_the_layout_knows_none(
    tmp_path: Path, spoken: SpokenWaves
) -> None:
    build_ljspeech(tmp_path, both(spoken))
    corpus = Corpus(tmp_path, language="de")
    found = read_corpus(corpus, "ljspeech")
    assert {e.language for e in found if isinstance(e, Utterance)} == {"de"}


def test_excluded_utterances_are_named_and_do_not_count_as_rejected(
    tmp_path: Path, spoken: SpokenWaves
) -> None:
    build_ljspeech(tmp_path / "c", both(spoken))
    store = FeatureStore(tmp_path / "out")
    exclude = {"LJ001-0001": "noisy: hum", "gone": "is not in the corpus any more"}
    strict = replace(PREPROCESS, max_rejected=0.0)
    summary = prepare(
        "set", Corpus(tmp_path / "c"), "ljspeech", store, ("wav",), AUDIO, strict, exclude=exclude
    )
    assert (summary.utterances, summary.excluded, summary.exclude_listed) == (2, 1, 2)
    (rejected,) = store.rejected()
    assert (rejected.id, rejected.code, rejected.reason) == ("LJ001-0001", "excluded", "noisy: hum")


def utterances(n: int, shares: dict[str, float], n_texts: int | None = None) -> list[Utterance]:
    random = np.random.default_rng(0)
    names = random.choice(list(shares), size=n, p=list(shares.values()))
    texts = random.integers(n_texts, size=n) if n_texts else range(n)
    return [
        Utterance(f"u{i}", f"u{i}.wav", f"Text {t}.", str(s))
        for i, (s, t) in enumerate(zip(names, texts, strict=True))
    ]


@pytest.mark.parametrize("n_texts", [None, 300])
def test_splits_have_every_speaker_in_proportion(n_texts: int | None) -> None:
    shares = {"a": 0.5, "b": 0.3, "c": 0.15, "d": 0.05}
    said = utterances(1000, shares, n_texts)
    by_id = {u.id: u for u in said}
    found = split(said, PreprocessConfig(valid=40, test=40))
    for name in ("valid", "test"):
        counts = Counter(by_id[id].speaker for id in found[name])
        assert len(found[name]) == 40
        for speaker, share in shares.items():
            assert abs(counts[speaker] - 40 * share) <= (2 if n_texts is None else 4)
    texts = {name: {by_id[id].text for id in ids} for name, ids in found.items()}
    assert not texts["train"] & (texts["valid"] | texts["test"])
    assert not texts["valid"] & texts["test"]


def test_takes_of_one_sentence_never_cross() -> None:
    """As in kathleen: several takes of a text, with other case and punctuation."""
    said = [
        Utterance(f"k{i}-{take}", f"k{i}-{take}.wav", form.format(i))
        for i in range(60)
        for take, form in enumerate(("Sentence {}.", "sentence {}", "SENTENCE {}!"))
    ]
    found = split(said, PreprocessConfig(valid=9, test=9))
    place = {id: name for name in ("train", "valid", "test") for id in found[name]}
    assert len(found["valid"]) == len(found["test"]) == 9
    for i in range(60):
        assert len({place[f"k{i}-{take}"] for take in range(3)}) == 1


def two_stores(tmp_path: Path, spoken: SpokenWaves) -> dict[str, FeatureStore]:
    """A corpus of two speakers and one of one speaker, which share two sentences."""
    from recital.processors.text.espeak import speak

    own = [f"Number {n} is here." for n in ("one", "two", "three", "four", "five", "six")]
    texts = [*own, *TEXTS]
    wavs = {voice: speak(texts, voice, AUDIO.sample_rate) for voice in (ANNA, BERT)}
    lines = []
    for speaker, voice in (("anna", ANNA), ("bert", BERT)):
        for i, (text, said) in enumerate(zip(texts, wavs[voice], strict=True)):
            put(tmp_path / f"many/wavs/{speaker}{i}.wav", said.wav)
            lines.append(f"wavs/{speaker}{i}.wav|{text}|{speaker}\n")
    put(tmp_path / "many/filelist.txt", "".join(lines))
    for i, (text, said) in enumerate(zip(texts[2:], wavs[BERT][2:], strict=True)):
        put(tmp_path / f"one/wavs/c{i}.wav", said.wav)
        with (tmp_path / "one/metadata.csv").open("a") as file:
            file.write(f"c{i}|{text}\n")
    stores = {name: FeatureStore(tmp_path / f"out/{name}") for name in ("many", "one")}
    preprocess = replace(PREPROCESS, valid=2, test=2)
    for name, layout in (("many", "filelist"), ("one", "ljspeech")):
        prepare(
            name,
            Corpus(tmp_path / name),
            layout,
            stores[name],
            ("mel", "pitch", "energy"),
            AUDIO,
            preprocess,
        )
    return stores


def test_datasets_together(tmp_path: Path, spoken: SpokenWaves) -> None:
    stores = two_stores(tmp_path, spoken)
    names = speaker_names(stores)
    assert names == ["many_anna", "many_bert", "one"]

    def data(split: str, **more: Any) -> SpeechDataset:
        needs = frozenset({"mel", "pitch", "speaker"})
        return SpeechDataset(
            stores, split, needs=needs, audio=AUDIO, preprocess=PREPROCESS, speakers=names, **more
        )

    train = data("train")
    held = {e.utterance.text for split in ("valid", "test") for e in data(split).examples}
    assert held and not held & {e.utterance.text for e in train.examples}  # also across corpora

    statistics = pitch_by_speaker(train.arrays("pitch"), 3)
    pitch = {source.name: source.readers["pitch"] for source in train.sources}
    for speaker in range(3):
        hz = [pitch[e.dataset][e.utterance.id] for e in train.examples if e.speaker == speaker]
        voiced = np.concatenate(hz)
        voiced = voiced[voiced > 0]
        assert statistics[speaker].mean == pytest.approx(voiced.mean(), rel=1e-5)
        assert statistics[speaker].std == pytest.approx(voiced.std(), rel=1e-4)
    assert statistics[0].mean > 1.2 * statistics[1].mean  # a woman's voice and a man's

    weighted = data("train", weights={"one": 2.0, "many": 0.5})
    assert weighted.fingerprint.keys() - train.fingerprint.keys() == {"train weights"}
    sampler = Sampler(weighted.ids, weighted.lengths, 4, seed=1, weights=weighted.weights)
    drawn: Counter[str] = Counter()
    for epoch in range(4):
        assert sampler.plan(epoch) == sampler.plan(epoch)
        drawn.update(weighted.ids[i] for batch in sampler.plan(epoch) for i in batch)
    assert {n for id, n in drawn.items() if id.startswith("one/")} == {8}
    assert {n for id, n in drawn.items() if id.startswith("many/")} == {2}
    assert set(drawn) == set(weighted.ids)


def test_weights_that_leave_nothing_are_refused() -> None:
    with pytest.raises(ConfigError, match="dataset_weights"):
        Sampler(["a", "b"], [1, 1], 2, weights=[0.1, 0.1])


def test_a_text_that_cannot_be_that_of_its_recording_is_left_out_of_the_training(
    tmp_path: Path, spoken: SpokenWaves, caplog: pytest.LogCaptureFixture
) -> None:
    said = list(spoken.values())[0]
    texts = ["One bird.", "... ?!", "Two birds.", "A word too many. " * 60, "Three birds."]
    for i, text in enumerate(texts):
        put(tmp_path / f"c/wavs/u{i}.wav", said)
        with (tmp_path / "c/metadata.csv").open("a") as file:
            file.write(f"u{i}|{text}\n")
    store = FeatureStore(tmp_path / "out")
    few = replace(PREPROCESS, valid=0, test=0)
    prepare("c", Corpus(tmp_path / "c"), "ljspeech", store, ("mel",), AUDIO, few)
    config = TextConfig()
    data = SpeechDataset(
        {"c": store},
        "train",
        needs=frozenset({"tokens", "mel"}),
        audio=AUDIO,
        preprocess=few,
        text=TextProcessor(config, symbols_for(config)),
    )
    assert sorted(data.ids) == ["c/u0", "c/u2", "c/u4"]
    assert "2 utterances of c are left out" in caplog.text
    assert "u1 (nothing to speak in '... ?!')" in caplog.text and "tokens in" in caplog.text
