"""VITS (arXiv 2106.06103): text to wave in one model, a variational autoencoder with a flow,
durations drawn from a distribution, and HiFi-GAN's decoder and discriminators.

Deviations: the mel loss compares the mels of the two segments (in the authors' code, the recorded
one is cut from the mel of the whole); the discriminators are HiFi-GAN's; padding has no influence;
in inference the noise is the same for each text, so that a text always sounds the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor

from recital.models.tts.vits.network import Found, VitsNetwork
from recital.modules.acoustic.blanks import owners, sum_units, whole_frames
from recital.modules.acoustic.graph import wave_voice_graph
from recital.modules.acoustic.inference import check_given
from recital.modules.acoustic.length import most_frames
from recital.modules.acoustic.noise import DURATION_ROWS, Noise, fixed_noise
from recital.modules.acoustic.showing import show_alignment, show_mels
from recital.modules.acoustic.speakers import append_speaker, learn_speakers, learned_features
from recital.modules.contract.audio import AudioConfig
from recital.modules.contract.batch import Batch
from recital.modules.contract.graph import Graph
from recital.modules.contract.mel import MelSpectrogram
from recital.modules.contract.model import (
    AS_CONFIGURED,
    Acoustic,
    AcousticModel,
    Arrays,
    EnergyTransform,
    PitchTransform,
    Sampling,
    Shown,
)
from recital.modules.layers.masking import length_mask
from recital.modules.losses.discriminators import Discriminators
from recital.modules.losses.game import fooled_losses, judged_losses, losses_of, means_of
from recital.modules.signal.gain import louder
from recital.utils.errors import DataError
from recital.utils.ranges import ForInference, Frames, Temperature
from recital.utils.training.trainable import bare


class VITS(AcousticModel):
    """The model: the network, its losses, and inference. Without discriminators (as imported) it
    only speaks.
    """

    training_only = {"discriminator": "discriminators"}
    makes_waves = True
    sampling_controls = frozenset({"temperature", "duration_temperature"})
    can_align = True

    def __init__(
        self,
        network: VitsNetwork,
        audio: AudioConfig,
        *,
        temperature: ForInference[Temperature] = 0.667,
        duration_temperature: ForInference[Temperature] = 0.8,
        max_duration: ForInference[Frames] = 500.0,
        discriminators: Mapping[str, Mapping[str, Any] | None] | None = None,
        adversarial: Literal["lsgan", "hinge"] = "lsgan",
    ) -> None:
        """`temperature` and `duration_temperature` are the standard deviations of the noise in
        inference (`noise_scale` and `noise_scale_w` of the authors' code); `max_duration` bounds
        the predicted frames of a token or blank.
        """
        super().__init__()
        self.network: Any = network  # or its data-parallel wrapper
        self.audio = audio
        parts = {name: part for name, part in (discriminators or {}).items() if part is not None}
        self.discriminator: Any = Discriminators(parts) if parts else None
        self.networks = ("network", "discriminator") if parts else ("network",)
        self.temperature: float = temperature
        self.duration_temperature: float = duration_temperature
        self.temperatures = temperature, duration_temperature
        self.max_duration = max_duration
        self.adversarial: Literal["lsgan", "hinge"] = adversarial
        own = {"mel", "divergence", "duration"}
        self.losses = losses_of("network", own, judged=bool(parts))
        self.mel = MelSpectrogram(audio)
        several = network.speaker_embedding is not None
        self.needs = frozenset({"tokens", "mel", "wav"} | ({"speaker"} if several else set()))
        self.learns = learned_features(network.speaker_embedding)

    @property
    def bare_network(self) -> VitsNetwork:
        """The network without the wrappers of data parallelism and compilation."""
        return bare(self.network, VitsNetwork)

    def learn_statistics(self, arrays: Arrays) -> None:
        """Learn the speakers' vectors, if the voice has any."""
        learn_speakers(self.bare_network.speaker_embedding, arrays)

    def add_speaker(self, vector: np.ndarray, pitch: tuple[float, float] | None) -> None:
        append_speaker(self, self.bare_network.speaker_embedding, vector, (), pitch)

    def step(self, batch: Batch) -> Iterator[tuple[str, dict[str, Tensor]]]:
        """The discriminators' turn, then the network's: mel, divergence (of posterior and prior, a
        frame's channels added up), duration, and the game's losses (section 2.4).
        """
        assert batch.wav is not None
        out = self.network(
            batch.tokens,
            batch.token_lengths,
            self.spectrogram(batch),
            batch.mel_lengths,
            batch.speaker if "speaker" in self.needs else None,
        )
        real = segments(batch.wav, out.starts * self.audio.hop_length, out.wav.shape[1])
        own = {
            "divergence": (out.divergence, out.n_frames),
            "duration": (out.duration, out.n_units),
        }
        distance = {"mel": (self.mel(out.wav) - self.mel(real)).abs().mean()}
        if self.discriminator is None:
            yield "network", means_of(distance, len(real), own)
            return
        game = self.discriminator, self.adversarial, real, out.wav
        yield "discriminator", means_of(judged_losses(*game), len(real))
        yield "network", means_of(distance | fooled_losses(*game), len(real), own)

    @torch.no_grad()
    def spectrogram(self, batch: Batch) -> Tensor:
        """The magnitudes of the recordings, [B, n_fft // 2 + 1, T]."""
        assert batch.wav is not None and batch.mel_lengths is not None
        return self.mel.magnitude(batch.wav, batch.mel_lengths * self.audio.hop_length)

    @torch.no_grad()
    def align(self, batch: Batch) -> tuple[Tensor, list[str | None]]:
        """The durations of the monotonic alignment, [B, N] int64, which sum to each item's frames;
        a token's include those of the blank after it. The posterior's mean is aligned, so that the
        result is deterministic.
        """
        assert batch.tokens is not None
        found = self._find(batch)
        durations = sum_units(found.repeats, self._owners(found.repeats), batch.tokens.shape[1])
        return durations, [None] * len(batch.ids)

    def _find(self, batch: Batch) -> Found:
        network = self.bare_network
        vector = network.speaker_vector(batch.speaker, len(batch.ids))
        spectrogram = self.spectrogram(batch)
        noise = torch.zeros((), device=spectrogram.device)
        assert batch.tokens is not None and batch.token_lengths is not None
        assert batch.mel_lengths is not None
        return network.find(
            batch.tokens, batch.token_lengths, spectrogram, batch.mel_lengths, vector, noise
        )

    def _owners(self, units: Tensor) -> Tensor:
        """The token of each unit of [B, U]."""
        return owners(units.shape[1], self.bare_network.blanks, units.device)

    def infer(
        self,
        tokens: Tensor,
        token_lengths: Tensor,
        *,
        speaker: Tensor | None = None,
        pace: float | Tensor = 1.0,
        pitch: Tensor | None = None,
        energy: Tensor | None = None,
        durations: Tensor | None = None,
        pitch_transform: PitchTransform | None = None,
        energy_transform: EnergyTransform | None = None,
        sampling: Sampling = AS_CONFIGURED,
    ) -> Acoustic:
        """tokens [B, N], token_lengths [B], speaker [B] -> wav, and its mel.

        `pace` above 1 is faster: a number, or a tensor [B] or [B, N]. durations [B, N] (frames;
        below 0 keeps the prediction) replace the predictions; a token's include those of the blank
        after it. Transforms are not called, since neither pitch nor energy is predicted. Raises
        `DataError` for a pace that is not positive, a tensor of the wrong shape, and given pitch or
        energy.
        """
        check_given(tokens, pace, durations=durations)
        for name, value in (("pitch", pitch), ("energy", energy)):
            if value is not None:
                raise DataError(f"{name}: VITS cannot be given any; leave it out")
        temperature, _ = sampling.or_else(self.temperature)
        of_durations = sampling.durations_or_else(self.duration_temperature)
        noise = fixed_noise(self.bare_network.d_latent, temperature, of_durations, tokens.device)
        return self.speak(tokens, token_lengths, noise, speaker, pace, durations)

    @torch.no_grad()
    def speak(
        self,
        tokens: Tensor,
        token_lengths: Tensor,
        noise: Noise,
        speaker: Tensor | None = None,
        pace: float | Tensor = 1.0,
        durations: Tensor | None = None,
    ) -> Acoustic:
        """`infer` with any noise, which is drawn for the durations first."""
        network = self.bare_network
        n_items, n_tokens = tokens.shape[0], tokens.shape[1]
        vector = network.speaker_vector(speaker, n_items)
        text = network.encode(tokens, token_lengths)
        drawn = noise.durations(text.encoded.shape[2]).expand(n_items, -1, -1)
        logs = network.durations.predict(text.encoded, text.mask, drawn, vector)
        predicted = logs.float().exp().clamp(max=self.max_duration) * text.mask[:, 0]
        owner = self._owners(predicted)
        paces = torch.as_tensor(pace, dtype=torch.float32, device=tokens.device)
        paces = (paces[:, None] if paces.dim() == 1 else paces).expand(n_items, n_tokens)
        repeats = whole_frames(predicted, paces, durations, owner, text.lengths)
        mel_lengths = repeats.sum(1)
        n_frames = most_frames(mel_lengths)
        latents = network.draw(text, repeats, n_frames, noise.latents(n_frames), vector)
        wav = self._decode(latents, mel_lengths, vector)
        wav = louder(wav, self.gain_db) if self.gain_db else wav
        samples = mel_lengths * self.audio.hop_length
        mel = self.mel(wav, samples) * length_mask(mel_lengths, n_frames)[:, None]
        return Acoustic(
            mel=mel,
            mel_lengths=mel_lengths,
            durations=sum_units(predicted, owner, n_tokens),
            repeats=sum_units(repeats, owner, n_tokens),
            wav=wav,
        )

    def _decode(self, latents: Tensor, lengths: Tensor, vector: Tensor | None) -> Tensor:
        """latents [B, d_latent, T], lengths [B] -> wav [B, T * hop_length], 0 in padding. Items of
        other lengths are decoded one by one: in a batch, the end of a shorter one would hear the
        zeros after it.
        """
        network, hop = self.bare_network, self.audio.hop_length
        alone = torch.jit.is_tracing() or len(latents) == 1
        if alone or int(lengths.min()) == latents.shape[2]:
            wav = network.decoder.infer(latents, vector).float()
            return wav * length_mask(lengths * hop, wav.shape[1])
        wav = torch.zeros(len(latents), latents.shape[2] * hop, device=latents.device)
        for i, n in enumerate(lengths.tolist()):
            if n:
                own = None if vector is None else vector[i : i + 1]
                wav[i, : n * hop] = network.decoder.infer(latents[i : i + 1, :, :n], own)[0]
        return wav

    def graphs(self) -> list[Graph]:
        """One graph, from tokens to wav."""
        embedding = self.bare_network.embedding
        several = self.bare_network.speaker_embedding
        n_speakers = 1 if several is None else len(next(several.parameters()))
        rows = self.bare_network.d_latent + DURATION_ROWS
        return [wave_voice_graph(self, embedding.num_embeddings, n_speakers, rows)]

    @torch.no_grad()
    def show(self, batch: Batch) -> list[Shown]:
        """The first two utterances: recorded, decoded from their latents, and spoken."""
        batch = batch.first(2)
        assert batch.tokens is not None and batch.token_lengths is not None
        assert batch.mel_lengths is not None and batch.wav is not None
        found = self._find(batch)
        vector = self.bare_network.speaker_vector(batch.speaker, len(batch.ids))
        taught = self._decode(found.latents, batch.mel_lengths, vector)
        free = self.infer(batch.tokens, batch.token_lengths, speaker=batch.speaker)
        samples = batch.mel_lengths * self.audio.hop_length
        assert free.wav is not None
        waves = {
            "true": (batch.wav, samples),
            "taught": (taught, samples),
            "predicted": (free.wav, free.mel_lengths * self.audio.hop_length),
        }
        shown = show_mels(batch, self.mel(taught, samples), free)
        for kind, (wav, lengths) in waves.items():
            for name, row, n in zip(batch.ids, wav, lengths.tolist(), strict=True):
                wave = row[:n].float().cpu().numpy()
                rate = self.audio.sample_rate
                shown.append(Shown(f"audio/{kind}/{name}", "audio", wave, sample_rate=rate))
        return shown + show_alignment(batch, self.align(batch)[0])


def segments(wav: Tensor, starts: Tensor, size: int) -> Tensor:
    """`size` samples of each wave [B, S] from sample starts [B] on; 0 beyond the end."""
    index = starts[:, None] + torch.arange(size, device=wav.device)
    found = wav.gather(1, index.clamp(max=wav.shape[1] - 1))
    return torch.where(index < wav.shape[1], found, 0.0)
