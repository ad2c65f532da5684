"""FastPitch: shapes, padding, learning, controls, saving."""

from __future__ import annotations

from functools import partial

import pytest
import torch
from torch import Tensor
from tts_helpers import (
    losses_of,
    one_item,
    random_batch,
    tiny_config,
    tiny_model,
    without_dropout,
)

from recital.models import build, load
from recital.modules.acoustic.controls import transform_pitch
from recital.utils.checkpoint import save_model
from recital.utils.errors import ConfigError, DataError

WEIGHTS = {"mel": 1.0, "duration": 0.1, "pitch": 0.1, "energy": 0.1, "alignment": 1.0}


def close(a: Tensor, b: Tensor) -> None:
    torch.testing.assert_close(a, b, rtol=1e-5, atol=1e-5)


def test_needs_follow_from_the_parts():
    assert tiny_model().needs == {"tokens", "mel", "pitch", "energy"}
    assert tiny_model(n_speakers=2).needs == {"tokens", "mel", "pitch", "energy", "speaker"}
    fastpitch_1_0 = tiny_model(aligner=None, energy_predictor=None)
    assert fastpitch_1_0.needs == {"tokens", "mel", "pitch", "durations"}
    assert fastpitch_1_0.binarization is None


@pytest.mark.parametrize("lengths", [[7], [12, 5], [1, 9, 4]])
def test_shapes_of_inference(lengths):
    model = tiny_model(n_heads=2).eval()
    batch = random_batch(lengths)
    out = model.infer(batch.tokens, batch.token_lengths)
    n_items, n_tokens = batch.tokens.shape
    assert out.mel.shape == (n_items, 20, int(out.mel_lengths.max()))
    assert out.durations.shape == out.energy.shape == out.repeats.shape == (n_items, n_tokens)
    assert out.pitch.shape == (n_items, 1, n_tokens)
    assert torch.equal(out.repeats.sum(1), out.mel_lengths)
    for i, (n, t) in enumerate(zip(batch.token_lengths, out.mel_lengths, strict=True)):
        assert out.mel[i, :, t:].abs().sum() == 0
        assert out.durations[i, n:].abs().sum() == out.pitch[i, :, n:].abs().sum() == 0


@pytest.mark.parametrize("n_heads", [1, 2, 3])
@pytest.mark.parametrize("seed", [0, 1])
def test_an_item_in_a_padded_batch_equals_the_item_alone_in_inference(n_heads, seed):
    model = tiny_model(seed, n_heads=n_heads, n_speakers=3).eval()
    lengths = torch.randint(1, 30, (4,), generator=torch.Generator().manual_seed(seed)).tolist()
    batch = random_batch(lengths, n_speakers=3, seed=seed)
    together = model.infer(batch.tokens, batch.token_lengths, speaker=batch.speaker, pace=0.9)
    for i in range(len(lengths)):
        item = one_item(batch, i)
        alone = model.infer(item.tokens, item.token_lengths, speaker=item.speaker, pace=0.9)
        n, t = lengths[i], int(alone.mel_lengths)
        assert int(together.mel_lengths[i]) == t
        close(together.mel[i, :, :t], alone.mel[0, :, :t])
        for name in ("durations", "pitch", "energy"):
            close(getattr(together, name)[i, ..., :n], getattr(alone, name)[0])


@pytest.mark.parametrize("n_heads", [1, 3])
@pytest.mark.parametrize("aligned", [True, False])
def test_losses_of_a_batch_are_the_weighted_means_of_those_alone(n_heads, aligned):
    model = tiny_model(n_heads=n_heads, **({} if aligned else {"aligner": None}))
    model = without_dropout(model)
    if aligned:
        model.binarization.ramp.fill_(model.binarization.warmup)
    batch = random_batch([11, 4, 1, 23])
    if not aligned:
        batch = batch._replace(durations=_even_durations(batch))
    with torch.no_grad():
        together = losses_of(model, batch)
        alone = [losses_of(model, one_item(batch, i)) for i in range(4)]
    by_frame, by_token = batch.mel_lengths, batch.token_lengths
    weights = dict.fromkeys(("mel", "binarization", "alignment_focus"), by_frame)
    weights |= dict.fromkeys(("duration", "pitch", "energy"), by_token)
    weights["alignment"] = torch.ones(4)
    assert set(together) == (set(weights) if aligned else {"mel", "duration", "pitch", "energy"})
    for name, value in together.items():
        w = weights[name].double()
        mean = sum(w[i] * alone[i][name].double() for i in range(4)) / w.sum()
        close(value.double(), mean)


def test_what_stands_in_padding_changes_nothing():
    model = without_dropout(tiny_model())
    batch = random_batch([9, 3])
    n, t = int(batch.token_lengths[1]), int(batch.mel_lengths[1])
    noisy = {name: getattr(batch, name).clone() for name in ("tokens", "mel", "pitch", "energy")}
    noisy["tokens"][1, n:] = 5
    for name in ("mel", "pitch", "energy"):
        noisy[name][1, ..., t:] = 77.0
    with torch.no_grad():
        clean, dirty = losses_of(model, batch), losses_of(model, batch._replace(**noisy))
    for name in clean:
        close(clean[name], dirty[name])


def test_one_batch_overfits():
    model = without_dropout(tiny_model(n_speakers=2))
    batch = random_batch([6, 9], n_speakers=2)
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    totals, mels = [], []
    for _ in range(60):
        losses = losses_of(model, batch)
        total = sum(weight * losses[name] for name, weight in WEIGHTS.items())
        optimizer.zero_grad()
        total.backward()
        optimizer.step()
        totals.append(float(total.detach()))
        mels.append(float(losses["mel"].detach()))
    assert totals[-1] < 0.6 * totals[0]
    assert mels[-1] < 0.3 * mels[0]


def test_every_parameter_gets_a_gradient():
    model = without_dropout(tiny_model(n_speakers=2))
    losses = losses_of(model, random_batch([6, 9], n_speakers=2))
    sum(losses[name] for name in WEIGHTS).backward()
    assert [name for name, p in model.named_parameters() if p.grad is None] == []


def test_binarization_waits_for_a_sharp_alignment_and_is_kept_in_the_state():
    ramp = {"threshold": 0.9, "warmup": 4, "decay": 0.5}
    model = without_dropout(tiny_model(binarization=ramp))
    batch = random_batch([20, 20])
    for _ in range(8):
        losses = losses_of(model, batch)
    measured = float(losses["alignment_focus"])
    assert measured < 0.9, "a fresh aligner is not sharp"
    assert losses["binarization"].item() == 0.0
    model.binarization.threshold = 0.9 * measured
    weighted = [losses_of(model, batch)["binarization"].item() for _ in range(8)]
    assert [w / weighted[-1] for w in weighted] == pytest.approx([0.0, 0.25, 0.5, 0.75, 1, 1, 1, 1])
    with torch.no_grad():
        losses_of(model, batch)
    state = {name: value.clone() for name, value in model.state_dict().items()}
    assert state["binarization.ramp"].item() == 4.0
    model.binarization.update(torch.tensor(float("nan")))
    for name in ("binarization.ramp", "binarization.focus"):
        assert torch.equal(model.state_dict()[name], state[name])
    model.binarization.threshold = 1.0
    losses_of(model, batch)
    assert model.binarization.weight().item() == 0.75, "a blurred alignment takes the weight back"


def test_pitch_is_normalised_by_the_statistics_of_its_speaker():
    model = without_dropout(tiny_model(n_speakers=2))
    batch = random_batch([5, 5], n_speakers=2)
    shifted = batch._replace(pitch=torch.where(batch.pitch > 0, batch.pitch * 2 + 30, 0.0))
    model.pitch_statistics.set([200.0, 210.0], [40.0, 20.0])
    first = model._teach(batch).pitch_target
    model.pitch_statistics.set([430.0, 450.0], [80.0, 40.0])
    close(first, model._teach(shifted).pitch_target)
    with pytest.raises(DataError, match="pitch_std"):
        model.pitch_statistics.set(200.0, 0.0)


def test_energy_is_normalised_by_the_statistics_of_its_speaker():
    plain = without_dropout(tiny_model(n_speakers=2))
    model = without_dropout(tiny_model(n_speakers=2, normalize_energy=True))
    mean, std = torch.tensor([2.0, 3.0]), torch.tensor([0.5, 0.25])
    model.energy_mean.copy_(mean)
    model.energy_std.copy_(std)
    batch = random_batch([5, 3], n_speakers=2)
    said = batch.speaker[:, None]
    taught, raw = model._teach(batch).energy_target, plain._teach(batch).energy_target
    close(taught[0], (raw[0] - mean[said[0]]) / std[said[0]])
    assert taught[1, 3:].abs().sum() == 0

    run = {"speaker": batch.speaker, "durations": torch.full((2, 5), 3.0)}
    args = (batch.tokens, batch.token_lengths)
    normal = plain.eval().infer(*args, **run)
    out = model.eval().infer(*args, **run)  # in and out are in the unit of the corpus
    close(out.energy[0], normal.energy[0] * std[said[0]] + mean[said[0]])
    close(out.mel, normal.mel)
    close(out.mel, model.infer(*args, **run, energy=out.energy).mel)


@pytest.mark.parametrize("normalize_energy", [False, True])
def test_a_changed_energy_is_the_one_that_is_embedded(normalize_energy):
    """One pass gives the results of two: one that predicts the energy, one that is given its
    multiple.
    """
    model = tiny_model(n_speakers=2, normalize_energy=normalize_energy).eval()
    if normalize_energy:
        model.energy_mean.copy_(torch.tensor([2.0, 3.0]))
        model.energy_std.copy_(torch.tensor([0.5, 0.25]))
    batch = random_batch([8, 5], n_speakers=2)
    run = partial(model.infer, batch.tokens, batch.token_lengths, speaker=batch.speaker)
    scale = torch.linspace(0.5, 2.0, 8)  # per token
    free = run()
    once = run(energy_transform=lambda energy: energy * scale)
    twice = run(energy=free.energy * scale)
    close(once.mel, twice.mel)
    close(once.energy, free.energy * scale)
    assert not torch.equal(once.mel, free.mel) and once.energy[1, 5:].abs().sum() == 0


def test_given_values_replace_predictions():
    model = tiny_model().eval()
    batch = random_batch([8, 5])
    run = partial(model.infer, batch.tokens, batch.token_lengths)
    free = run()
    same = run(durations=free.durations, pitch=free.pitch, energy=free.energy)
    assert torch.equal(free.mel, same.mel)
    slow = run(durations=torch.full_like(free.durations, 4.0))
    assert slow.mel_lengths.tolist() == [32, 20]
    assert run(durations=torch.full_like(free.durations, 4.0), pace=2.0).mel_lengths.tolist() == [
        16,
        10,
    ]
    per_item = run(durations=torch.full_like(free.durations, 4.0), pace=torch.tensor([1.0, 4.0]))
    assert per_item.mel_lengths.tolist() == [32, 5]
    none = run(durations=torch.zeros_like(free.durations))
    assert none.mel_lengths.tolist() == [0, 0] and bool(none.mel.isfinite().all())
    assert not torch.equal(run(pitch=free.pitch + 1).mel, free.mel)
    assert not torch.equal(run(energy=free.energy + 1).mel, free.mel)


def test_a_pitch_transform_does_not_reach_padding():
    model = tiny_model().eval()
    batch = random_batch([8, 5])
    up = partial(transform_pitch, shift_hz=20.0)
    free = model.infer(batch.tokens, batch.token_lengths)
    out = model.infer(batch.tokens, batch.token_lengths, pitch_transform=up)
    close(out.pitch[0], free.pitch[0] + 20.0 / 40.0)
    close(out.pitch[1, :, :5], free.pitch[1, :, :5] + 20.0 / 40.0)
    assert out.pitch[1, :, 5:].abs().sum() == 0


def test_semitones_shift_hertz_by_a_factor():
    pitch = torch.tensor([[[0.5, -1.0, 0.0]]])
    up = transform_pitch(pitch, torch.tensor([2]), mean=200.0, std=40.0, shift_semitones=12.0)
    close(up * 40 + 200, torch.tensor([[[440.0, 320.0, 200.0]]]))


@pytest.mark.parametrize(
    "given",
    [{"pace": 0.0}, {"pace": -1.0}, {"pitch": torch.zeros(1, 4)}, {"durations": torch.ones(1, 3)}],
)
def test_controls_that_cannot_be_are_refused(given):
    model = tiny_model().eval()
    batch = random_batch([4])
    with pytest.raises(DataError, match=next(iter(given))):
        model.infer(batch.tokens, batch.token_lengths, **given)


def test_attention_over_an_empty_item_is_finite():
    model = tiny_model().eval()
    batch = random_batch([6, 6])
    durations = torch.tensor([[3.0] * 6, [0.0] * 6])
    out = model.infer(batch.tokens, batch.token_lengths, durations=durations)
    assert out.mel_lengths.tolist() == [18, 0]
    assert bool(out.mel.isfinite().all()) and out.mel[1].abs().sum() == 0


def test_saved_and_loaded_it_says_the_same(tmp_path):
    config = tiny_config(n_heads=2, n_speakers=2)
    model = build(config).eval()
    model.pitch_statistics.set([180.0, 220.0], [30.0, 40.0])
    save_model(tmp_path / "voice", model.state_dict(), config)
    again, _ = load(tmp_path / "voice")
    batch = random_batch([8, 5], n_speakers=2)
    outs = [
        m.infer(batch.tokens, batch.token_lengths, speaker=batch.speaker) for m in (model, again)
    ]
    assert torch.equal(outs[0].mel, outs[1].mel)
    assert torch.equal(again.pitch_mean, torch.tensor([180.0, 220.0]))


def test_a_validation_shows_mels_alignments_and_pitch():
    model = tiny_model().eval()
    batch = random_batch([8, 5, 4])
    shown = {s.name: s for s in model.show(batch)}
    for kind in (
        "mel/true",
        "mel/taught",
        "mel/predicted",
        "pitch",
        "alignment/soft",
        "alignment/hard",
    ):
        assert {f"{kind}/0", f"{kind}/1"} <= set(shown)
    hard = shown["alignment/hard/1"].array
    assert hard.shape == (5, int(batch.mel_lengths[1])) and (hard.sum(0) == 1).all()
    assert shown["mel/true/1"].array.shape == (20, int(batch.mel_lengths[1]))


def test_autocast_keeps_alignment_and_losses_in_float32():
    model = tiny_model().train()
    batch = random_batch([8, 5])
    with torch.autocast("cpu", dtype=torch.bfloat16):
        losses = losses_of(model, batch)
        out = model._teach(batch)
    assert all(value.dtype == torch.float32 for value in losses.values())
    assert out.alignment.log_soft.dtype == torch.float32
    close(out.alignment.log_soft, model._teach(batch).alignment.log_soft)
    assert out.mel.dtype == torch.bfloat16


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"encoder": {"n_layers": 1}}, "model.encoder.n_heads: is missing"),
        ({"d_modl": 3}, "model.d_modl: no such key; did you mean 'd_model'"),
        ({"aligner": {"prior": "uniform"}}, "model.aligner.prior"),
    ],
)
def test_config_errors_name_the_key(change, message):
    config = tiny_config()
    config["model"].update(change)
    with pytest.raises(ConfigError, match=message):
        build(config)


def test_no_symbols_is_an_error():
    with pytest.raises(ConfigError, match="symbols"):
        build(tiny_config() | {"symbols": []})


@pytest.mark.timeout(120)
def test_the_network_compiles():
    """Traced and differentiated as in torch.compile, without its code generator, which takes
    minutes here.
    """
    stack = {"n_layers": 1, "n_heads": 1, "d_head": 8, "d_inner": 16}
    model = without_dropout(tiny_model(encoder=stack, decoder=stack))
    batch = random_batch([8, 5])
    expected = losses_of(model, batch)
    model.network = torch.compile(model.network, backend="aot_eager")
    losses = losses_of(model, batch)
    sum(losses[name] for name in WEIGHTS).backward()
    for name in WEIGHTS:
        close(losses[name], expected[name])
    assert model.bare_network.out.weight.grad is not None


def _even_durations(batch):
    durations = torch.zeros_like(batch.tokens)
    for row, n, t in zip(durations, batch.token_lengths, batch.mel_lengths, strict=True):
        row[:n] = t // n
        row[0] += t - row.sum()
    return durations


def test_deviations_of_each_band_are_scaled() -> None:
    """Only an item's own frames count: padding stays 0 and is not part of the mean."""
    plain, wide = tiny_model(), tiny_model(deviation_scale=1.25)
    tokens, lengths = torch.arange(1, 9).repeat(2, 1), torch.tensor([8, 5])
    one, other = (m.eval().infer(tokens, lengths) for m in (plain, wide))
    assert one.mel_lengths[1] < one.mel_lengths[0]
    for i, n in enumerate(one.mel_lengths.tolist()):
        mel, wider = one.mel[i, :, :n], other.mel[i, :, :n]
        torch.testing.assert_close(wider.mean(1), mel.mean(1))
        torch.testing.assert_close(wider.std(1), 1.25 * mel.std(1))
        assert (other.mel[i, :, n:] == 0).all()
