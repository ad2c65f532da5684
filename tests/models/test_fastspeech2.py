"""FastSpeech 2: shapes, padding, learning, controls, saving."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
import torch
from fastspeech2_helpers import set_ranges, tiny_config, tiny_model
from torch import Tensor, nn
from tts_helpers import losses_of, one_item, random_batch, without_dropout

from recital.models import build, load
from recital.models.tts.fastspeech2.control import control_durations
from recital.models.tts.fastspeech2.variance import interpolate_unvoiced
from recital.modules.acoustic.controls import transform_pitch
from recital.modules.acoustic.length import frame_tokens
from recital.modules.layers.postnet import MaskedBatchNorm
from recital.utils.checkpoint import save_model
from recital.utils.errors import ConfigError, DataError
from recital.utils.statistics import Statistics

CONTINUOUS = {"predictor": {"channels": 24}, "scale": "continuous"}


def close(a: Tensor, b: Tensor, tolerance: float = 1e-5) -> None:
    torch.testing.assert_close(a, b, rtol=tolerance, atol=tolerance)


def test_needs_follow_from_the_parts():
    assert tiny_model().needs == {"tokens", "mel", "pitch"}
    assert tiny_model(n_speakers=2).needs == {"tokens", "mel", "pitch", "speaker"}
    assert tiny_model(aligner=None).needs == {"tokens", "mel", "pitch", "durations"}


@pytest.mark.parametrize("level", ["token", "frame"])
@pytest.mark.parametrize("n_speakers", [1, 3])
def test_an_item_in_a_padded_batch_equals_the_item_alone_in_inference(level, n_speakers):
    model = tiny_model(level=level, n_speakers=n_speakers).eval()
    batch = random_batch([14, 1, 6], n_speakers=n_speakers)
    up = partial(transform_pitch, shift_hz=20.0, scale=1.3)
    options = {"pace": 0.8, "pitch_transform": up}
    together = model.infer(batch.tokens, batch.token_lengths, speaker=batch.speaker, **options)
    assert together.mel.shape == (3, 20, int(together.mel_lengths.max()))
    assert together.pitch.shape == (3, 1, 14) and together.energy.shape == (3, 14)
    assert torch.equal(together.repeats.sum(1), together.mel_lengths)
    for i, n in enumerate(batch.token_lengths.tolist()):
        item = one_item(batch, i)
        alone = model.infer(item.tokens, item.token_lengths, speaker=item.speaker, **options)
        t = int(alone.mel_lengths)
        assert int(together.mel_lengths[i]) == t
        close(together.mel[i, :, :t], alone.mel[0, :, :t])
        assert together.mel[i, :, t:].abs().sum() == 0
        for name in ("durations", "pitch", "energy"):
            close(getattr(together, name)[i, ..., :n], getattr(alone, name)[0])
            assert getattr(together, name)[i, ..., n:].abs().sum() == 0


@pytest.mark.parametrize("level", ["token", "frame"])
def test_losses_of_a_batch_are_the_weighted_means_of_those_alone(level):
    """Batch norm would use statistics of the batch, so it is set to evaluation mode."""
    model = without_dropout(tiny_model(level=level))
    for part in model.modules():
        if isinstance(part, MaskedBatchNorm):
            part.eval()
    model.binarization.ramp.fill_(model.binarization.warmup)
    batch = random_batch([11, 4, 1, 23])
    with torch.no_grad():
        together = losses_of(model, batch)
        alone = [losses_of(model, one_item(batch, i)) for i in range(4)]
    frames, tokens = batch.mel_lengths, batch.token_lengths
    weights = dict.fromkeys(("mel", "mel_postnet", "binarization", "alignment_focus"), frames)
    weights |= dict.fromkeys(("pitch", "energy"), tokens if level == "token" else frames)
    weights |= {"alignment": torch.ones(4), "duration": tokens}
    assert set(together) == set(weights)
    for name, value in together.items():
        w = weights[name].double()
        mean = sum(w[i] * alone[i][name].double() for i in range(4)) / w.sum()
        close(value.double(), mean)


def test_what_stands_in_padding_changes_nothing_in_training():
    model = without_dropout(tiny_model(level="frame"))
    batch = random_batch([9, 3])
    n, t = int(batch.token_lengths[1]), int(batch.mel_lengths[1])
    noisy = {name: getattr(batch, name).clone() for name in ("tokens", "mel", "pitch")}
    noisy["tokens"][1, n:] = 5
    noisy["mel"][1, :, t:] = 3.0
    noisy["pitch"][1, t:] = 77.0
    with torch.no_grad():
        clean, dirty = losses_of(model, batch), losses_of(model, batch._replace(**noisy))
    for name in clean:
        close(clean[name], dirty[name])


@pytest.mark.parametrize("options", [{"n_speakers": 2}, {"pitch": CONTINUOUS, "postnet": None}])
def test_one_batch_overfits_and_every_parameter_learns(options):
    model = without_dropout(tiny_model(**options))
    batch = random_batch([6, 9], n_speakers=options.get("n_speakers", 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    mels = []
    for _ in range(40):
        losses = losses_of(model, batch)
        optimizer.zero_grad()
        sum(v for name, v in losses.items() if name != "alignment_focus").backward()
        optimizer.step()
        mels.append(float(losses["mel"].detach()))
    assert [name for name, p in model.named_parameters() if p.grad is None] == []
    assert mels[-1] < 0.7 * mels[0]


def test_durations_are_rounded_times_the_control_and_cut_off_as_in_the_references():
    durations = torch.tensor([[2.5, 3.5, 4.9, 0.4, 1.0]])
    assert control_durations(durations, 1.0).tolist() == [[2, 4, 5, 0, 1]]
    assert control_durations(durations, 1 / 1.2).tolist() == [[2, 4, 6, 0, 1]]
    assert control_durations(durations, 1 / 0.8).tolist() == [[1, 3, 4, 0, 0]]
    per_token = torch.tensor([[1.0, 2.0, 0.5, 1.0, 0.25]])
    assert control_durations(durations, per_token).tolist() == [[2, 2, 10, 0, 4]]


def test_deviations_of_each_band_are_scaled():
    tokens, lengths = torch.arange(1, 9)[None], torch.tensor([8])
    one, other = (
        tiny_model(deviation_scale=s).eval().infer(tokens, lengths).mel for s in (1.0, 1.25)
    )
    torch.testing.assert_close(other.mean(2), one.mean(2))
    torch.testing.assert_close(other.std(2), 1.25 * one.std(2))


@pytest.mark.parametrize("level", ["token", "frame"])
def test_controls_change_what_they_name(level):
    model = tiny_model(level=level).eval()
    batch = random_batch([8, 5])
    run = partial(model.infer, batch.tokens, batch.token_lengths)
    free = run()
    slow = run(durations=torch.full_like(free.durations, 4.0))
    assert slow.mel_lengths.tolist() == [32, 20]
    louder = run(energy=free.energy + 1.0)
    assert not torch.equal(louder.mel, free.mel) and torch.equal(louder.pitch, free.pitch)
    close(run(pitch_transform=partial(transform_pitch, scale=1.2)).pitch, free.pitch * 1.2)
    shifted = run(pitch_transform=partial(transform_pitch, shift_hz=20.0)).pitch
    close(shifted[0], free.pitch[0] + 20.0 / 40.0)
    one = torch.zeros_like(free.pitch)
    one[0, 0, 3] = 2.0
    higher = run(pitch=one).mel
    assert not torch.equal(higher, run(pitch=torch.zeros_like(one)).mel)
    for given in ({"pace": 0.0}, {"pitch": torch.zeros(2, 8)}, {"durations": torch.ones(1, 3)}):
        with pytest.raises(DataError, match=next(iter(given))):
            run(**given)


def test_a_transform_at_frame_level_reaches_every_frame_of_its_token():
    model = tiny_model(level="frame").eval()
    batch = random_batch([8])
    flat = model.infer(
        batch.tokens, batch.token_lengths, pitch_transform=partial(transform_pitch, flatten=True)
    )
    given = model.infer(batch.tokens, batch.token_lengths, pitch=torch.zeros(1, 1, 8))
    close(flat.mel, given.mel)


class Changed(nn.Module):
    """The result expected of a transform: a predictor whose every value is changed."""

    def __init__(self, predictor: nn.Module, change: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.predictor, self.change = predictor, change

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        return self.change(self.predictor(x, mask))


SCALE = torch.tensor([[0.5, 3.0, -1.0, 2.0, 0.0, 1.0, 0.25], [2.0, -2.0, 0.5, 4.0, 0, 0, 0]])


@pytest.mark.parametrize("level", ["token", "frame"])
@pytest.mark.parametrize("quantity", ["pitch", "energy"])
@pytest.mark.parametrize("change", ["clamp", "scale"])
def test_a_transform_is_done_to_every_value_once(level, quantity, change):
    """Transforms need not be affine: a clamp, and a scale per token, are exact on tokens and on
    frames.
    """
    continuous = {**CONTINUOUS, "level": level}
    model = tiny_model(level=level, pitch=continuous, energy=continuous).eval()
    batch = random_batch([7, 4])
    run = partial(model.infer, batch.tokens, batch.token_lengths, pace=0.7)
    repeats = run().repeats
    shapes = []

    def of_tokens(values: Tensor) -> Tensor:
        """[B, N] of energy, or [B, C, N]."""
        shapes.append(values.shape)
        if change == "clamp":
            return values.clamp(min=0.1)
        return values * (SCALE if values.dim() == 2 else SCALE[:, None])

    def of_pitch(values: Tensor, lengths: Tensor, *, mean: Tensor, std: Tensor) -> Tensor:
        assert torch.equal(lengths, batch.token_lengths)
        assert float(mean) == 200.0 and float(std) == 40.0
        return of_tokens(values)

    def of_values(values: Tensor) -> Tensor:
        if change == "clamp":
            return values.clamp(min=0.1)
        index = frame_tokens(repeats, values.shape[1])
        return values * (SCALE if level == "token" else SCALE.gather(1, index))

    transform = of_pitch if quantity == "pitch" else of_tokens
    out = run(**{f"{quantity}_transform": transform})
    size = (2, int(repeats.max()), 7) if level == "frame" else (2, 1, 7)
    assert shapes == [(2, 7) if (level, quantity) == ("token", "energy") else size]
    variance = model.network.get_submodule(quantity)
    variance.predictor = Changed(variance.predictor, of_values)
    expected = run()
    assert int(repeats.max()) > 3
    close(out.mel, expected.mel)
    close(getattr(out, quantity), getattr(expected, quantity))
    assert torch.equal(out.repeats, repeats)


@pytest.mark.parametrize("level", ["token", "frame"])
def test_a_clamp_changes_the_mel_as_much_as_the_pitch_that_is_reported(level):
    model = tiny_model(level=level, pitch={**CONTINUOUS, "level": level}).eval()
    batch = random_batch([9])
    run = partial(model.infer, batch.tokens, batch.token_lengths)
    free = run()
    high = run(pitch_transform=lambda pitch, lengths, *, mean, std: pitch.clamp(min=1.0))
    assert (high.pitch - free.pitch).abs().max() > 0.5
    assert (high.mel - free.mel).abs().max() > 1e-3


def test_the_contour_is_linear_between_voiced_frames():
    pitch = torch.tensor([[0.0, 100.0, 0.0, 0.0, 160.0, 0.0, 99.0], [0.0] * 7])
    contour = interpolate_unvoiced(pitch, torch.tensor([6, 5]))
    close(contour[0], torch.tensor([100.0, 100.0, 120.0, 140.0, 160.0, 160.0, 0.0]))
    assert contour[1].abs().sum() == 0


def test_bins_cover_the_range_that_was_set():
    model = tiny_model()
    edges = model.network.pitch.edges * 40 + 200
    close(edges[[0, -1]], torch.tensor([90.0, 310.0]), 1e-4)
    close(edges.diff(), torch.full((14,), 220 / 14), 1e-4)
    log = {"predictor": {"channels": 24}, "scale": "log", "n_bins": 4}
    model = tiny_model(pitch=log)
    ratios = (model.network.pitch.edges * 40 + 200)[1:] / (model.network.pitch.edges * 40 + 200)[
        :-1
    ]
    close(ratios, ratios[:1].expand(2), 1e-4)
    with pytest.raises(ConfigError, match="above 0"):
        model.network.pitch.set_range([Statistics(200.0, 40.0, 0.0, 300.0)])


def test_bins_cover_every_speaker_in_units_of_their_own():
    speakers = [Statistics(100.0, 20.0, 60.0, 180.0), Statistics(200.0, 50.0, 50.0, 300.0)]
    for scale in ("linear", "log"):  # -3 to 4 deviations of the mean speaker: 45 to 290
        variance = tiny_model(pitch={"predictor": {"channels": 24}, "scale": scale}).network.pitch
        variance.set_range(speakers)
        lowest = -3.0 if scale == "linear" else (50.0 - 150.0) / 35.0
        close(variance.edges[[0, -1]], torch.tensor([lowest, 4.0]), 1e-4)


def test_statistics_of_a_corpus_are_those_of_each_speaker():
    rng = np.random.default_rng(0)
    corpus = {
        "pitch": [(i, np.append(rng.normal(m, 9.0, 40), 0.0)) for i, m in ((0, 110), (1, 220))] * 2,
        "mel": [(i, rng.uniform(-6, m, (20, 30)).astype(np.float32)) for i, m in ((0, 0), (1, -3))],
    }
    model = build(tiny_config(n_speakers=3))
    model.learn_statistics(lambda feature: iter(corpus[feature]))
    for speaker in (0, 1):
        hz = corpus["pitch"][speaker][1][:-1]
        norm = np.linalg.norm(np.exp(corpus["mel"][speaker][1]), axis=0)
        for ours, theirs in (
            (model.pitch_mean, hz.mean()),
            (model.pitch_std, hz.std()),
            (model.energy_mean, norm.mean()),
            (model.energy_std, norm.std()),
        ):
            assert float(ours[speaker]) == pytest.approx(float(theirs), rel=1e-4)
    assert model.pitch_mean[2] == pytest.approx(float(model.pitch_mean[:2].mean()))  # no setting
    with pytest.raises(DataError, match=r"pitch: .*none in any recording; look at preprocess"):
        model.learn_statistics(lambda _: iter([(0, np.zeros(20))]))


def test_batch_statistics_are_those_of_real_positions():
    torch.manual_seed(0)
    x, mask = torch.randn(2, 5, 3), torch.tensor([[True] * 5, [True, True, False, False, False]])
    ours, theirs = MaskedBatchNorm(3).train(), torch.nn.BatchNorm1d(3).train()
    close(ours(x, mask)[mask], theirs(x[mask]))
    close(ours.running_mean, theirs.running_mean)
    close(ours.running_var, theirs.running_var)
    close(ours.eval()(x, mask)[mask], theirs.eval()(x[mask]))


def test_saved_and_loaded_it_says_the_same(tmp_path):
    config = tiny_config(n_speakers=2)
    model = build(config).eval()
    model.pitch_statistics.set([180.0, 220.0], [30.0, 40.0])
    set_ranges(model, 90.0, 310.0)
    save_model(tmp_path / "voice", model.state_dict(), config)
    again, _ = load(tmp_path / "voice")
    batch = random_batch([8, 5], n_speakers=2)
    outs = [
        m.infer(batch.tokens, batch.token_lengths, speaker=batch.speaker) for m in (model, again)
    ]
    assert torch.equal(outs[0].mel, outs[1].mel)


@pytest.mark.parametrize("level", ["token", "frame"])
def test_a_validation_shows_mels_alignments_and_pitch(level):
    model = tiny_model(level=level).eval()
    shown = model.show(random_batch([7, 5, 3]))
    names = {item.name.rpartition("/")[0] for item in shown}
    kinds = {"mel/true", "mel/taught", "mel/predicted", "pitch"}
    assert names == kinds | {"alignment/soft", "alignment/hard"}


def test_bfloat16_keeps_durations_and_losses_finite():
    model = without_dropout(tiny_model())
    batch = random_batch([6, 9])
    with torch.autocast("cpu", torch.bfloat16):
        losses = losses_of(model, batch)
    sum(losses.values()).backward()
    assert all(bool(p.grad.isfinite().all()) for p in model.parameters())
