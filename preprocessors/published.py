"""The corpora that have a layout here: where they are published, and what goes where.

Checksums are those of torchaudio's loaders and of openslr.org: SHA-256 (64 digits) or MD5 (32). ""
is a file whose checksum its publisher does not give: then only its length is checked.
"""

from __future__ import annotations

from typing import NamedTuple


class Archive(NamedTuple):
    """One file that is published."""

    url: str
    folder: str  # what it becomes, in the folder of corpora
    inside: str  # the folder in the archive that becomes it; "": the whole archive
    checksum: str = ""
    size: str = ""  # about


class Published(NamedTuple):
    """A corpus."""

    layout: str
    page: str
    folder: str  # `dataset_path`, in the folder of corpora
    expected: str  # what is in it
    parts: dict[str, Archive]  # name -> archive; one part alone is the whole; none: by hand


def _one(
    url: str, folder: str, inside: str, checksum: str = "", size: str = ""
) -> dict[str, Archive]:
    return {"all": Archive(url, folder, inside, checksum, size)}


def _libritts(name: str, checksum: str, size: str) -> Archive:
    place = f"LibriTTS/{name}"
    url = f"https://www.openslr.org/resources/60/{name}.tar.gz"
    return Archive(url, place, place, checksum, size)


def _arctic(voice: str, checksum: str) -> Archive:
    name = f"cmu_us_{voice}_arctic"
    url = f"http://festvox.org/cmu_arctic/packed/{name}.tar.bz2"
    return Archive(url, f"ARCTIC/{name}", name, checksum, "100 MB")


ARCTIC = {
    "awb": "d74a950c9739a65f7bfc4dfa6187f2730fa03de5b8eb3f2da97a51b74df64d3c",
    "bdl": "26b91aaf48b2799b2956792b4632c2f926cd0542f402b5452d5adecb60942904",
    "clb": "3f16dc3f3b97955ea22623efb33b444341013fc660677b2e170efdcc959fa7c6",
    "jmk": "3a37c0e1dfc91e734fdbc88b562d9e2ebca621772402cdc693bbc9b09b211d73",
    "ksp": "8029cafce8296f9bed3022c44ef1e7953332b6bf6943c14b929f468122532717",
    "rms": "c6dc11235629c58441c071a7ba8a2d067903dfefbaabc4056d87da35b72ecda4",
    "slt": "7c173297916acf3cc7fcab2713be4c60b27312316765a90934651d367226b4ea",
}
CORPORA = {
    "LJSpeech": Published(
        "ljspeech",
        "https://keithito.com/LJ-Speech-Dataset",
        "LJSpeech-1.1",
        "metadata.csv and wavs/",
        _one(
            "https://data.keithito.com/data/speech/LJSpeech-1.1.tar.bz2",
            "LJSpeech-1.1",
            "LJSpeech-1.1",
            "be1a30453f28eb8dd26af4101ae40cbf2c50413b1bb21936cbcdc6fae3de8aa5",
            "2.6 GB",
        ),
    ),
    "VCTK": Published(
        "vctk",
        "https://datashare.ed.ac.uk/handle/10283/3443",
        "VCTK-Corpus-0.92",
        "wav48_silence_trimmed/ and txt/",
        _one(
            "https://datashare.ed.ac.uk/bitstream/handle/10283/3443/VCTK-Corpus-0.92.zip",
            "VCTK-Corpus-0.92",
            "",
            "8a6ba2946b36fcbef0212cad601f4bfa",
            "11 GB",
        ),
    ),
    "LibriTTS": Published(
        "libritts",
        "https://www.openslr.org/60",
        "LibriTTS",
        "train-clean-100/ and other subsets",
        {
            a.folder.partition("/")[2]: a
            for a in (
                _libritts(
                    "dev-clean",
                    "da0864e1bd26debed35da8a869dd5c04dfc27682921936de7cff9c8a254dbe1a",
                    "1.2 GB",
                ),
                _libritts(
                    "dev-other",
                    "d413eda26f3a152ac7c9cf3658ef85504dfb1b625296e5fa83727f5186cca79c",
                    "0.9 GB",
                ),
                _libritts(
                    "test-clean",
                    "234ea5b25859102a87024a4b9b86641f5b5aaaf1197335c95090cde04fe9a4f5",
                    "1.2 GB",
                ),
                _libritts("test-other", "ae3258249472a13b5abef2a816f733e4", "1 GB"),
                _libritts("train-clean-100", "4a8c202b78fe1bc0c47916a98f3a2ea8", "7.7 GB"),
                _libritts("train-clean-360", "a84ef10ddade5fd25df69596a2767b2d", "27 GB"),
                _libritts("train-other-500", "7b181dd5ace343a5f38427999684aa6f", "44 GB"),
            )
        },
    ),
    "HiFiTTS": Published(
        "hifitts",
        "https://www.openslr.org/109",
        "hi_fi_tts_v0",
        "audio/ and *_manifest_*.json",
        _one(
            "https://www.openslr.org/resources/109/hi_fi_tts_v0.tar.gz",
            "hi_fi_tts_v0",
            "hi_fi_tts_v0",
            size="41 GB",
        ),
    ),
    "AISHELL3": Published(
        "aishell3",
        "https://www.openslr.org/93",
        "AISHELL-3",
        "train/ and test/",
        _one(
            "https://www.openslr.org/resources/93/data_aishell3.tgz", "AISHELL-3", "", size="19 GB"
        ),
    ),
    "ARCTIC": Published(
        "arctic",
        "http://www.festvox.org/cmu_arctic",
        "ARCTIC",
        "cmu_us_slt_arctic/ and other voices",
        {voice: _arctic(voice, checksum) for voice, checksum in ARCTIC.items()},
    ),
    # these ask for an agreement or an account before they give an address
    "CommonVoice": Published(
        "commonvoice",
        "https://commonvoice.mozilla.org/datasets",
        "cv-corpus/en",
        "validated.tsv and clips/",
        {},
    ),
    "CSS10": Published(
        "css10", "https://github.com/Kyubyong/css10", "css10", "a folder of each language", {}
    ),
    "M-AILABS": Published(
        "mailabs",
        "https://github.com/imdatceleste/m-ailabs-dataset",
        "m-ailabs",
        "en_US/by_book/… or any part of it",
        {},
    ),
}


def of_layout(layout: str) -> tuple[str, Published] | None:
    """The corpus that a layout is named after."""
    return next(((name, c) for name, c in CORPORA.items() if c.layout == layout), None)
