"""Matcha-TTS: shapes, padding, alignment, learning, the flow, controls."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from contract_helpers import OneBatch
from matcha_helpers import tiny_config, tiny_model
from safetensors.torch import load_file
from torch import Tensor
from tts_helpers import one_item, random_batch, without_dropout

from recital.models import build
from recital.models.tts.matcha.decoder import Frames, OwnGroupNorm
from recital.models.tts.matcha.encoder import rotated
from recital.models.tts.matcha.network import Draws
from recital.modules.acoustic.length import paced_repeats
from recital.modules.contract.model import Sampling
from recital.modules.layers.flow_matching import sinusoids_of
from recital.modules.layers.transformer import sinusoids
from recital.utils.checkpoint import find
from recital.utils.errors import ConfigError, DataError
from recital.utils.training.train_config import TrainConfig
from recital.utils.training.trainer import Trainer


def close(a: Tensor, b: Tensor, tolerance: float = 1e-5) -> None:
    torch.testing.assert_close(a, b, rtol=tolerance, atol=tolerance)


def losses_with(model, batch, draws: Draws) -> dict[str, tuple[Tensor, Tensor]]:
    mel = model.normalized(batch)
    out = model.network(
        batch.tokens,
        batch.token_lengths,
        mel,
        batch.mel_lengths,
        draws,
        batch.speaker,
        batch.durations,
    )
    return model.terms(out, mel, batch)


def test_needs_follow_from_the_parts():
    assert tiny_model().needs == {"tokens", "mel"}
    assert tiny_model(n_speakers=2).needs == {"tokens", "mel", "speaker"}
    given = tiny_model(alignment="given")
    assert given.needs == {"tokens", "mel", "durations"} and not given.can_align
    vectors = tiny_model(speaker_conditioning="embedding")
    assert vectors.learns == {"speaker_embedding"} and vectors.needs >= {"speaker"}


@pytest.mark.parametrize(
    ("n_speakers", "channels", "blanks"),
    [(1, [16], "none"), (3, [16, 24], "around"), (1, [16, 24, 16, 8], "between")],
)
def test_an_item_in_a_padded_batch_equals_the_item_alone(n_speakers, channels, blanks):
    decoder = {"channels": channels, "n_mid": 1, "n_heads": 2, "d_head": 8}
    model = tiny_model(n_speakers=n_speakers, decoder=decoder, blanks=blanks).eval()
    batch = random_batch([14, 1, 6], n_speakers=n_speakers)
    together = model.infer(batch.tokens, batch.token_lengths, speaker=batch.speaker, pace=0.8)
    assert together.mel.shape == (3, 20, int(together.mel_lengths.max()))
    assert torch.equal(together.repeats.sum(1), together.mel_lengths)
    for i in range(3):
        item = one_item(batch, i)
        alone = model.infer(item.tokens, item.token_lengths, speaker=item.speaker, pace=0.8)
        t = int(alone.mel_lengths)
        assert int(together.mel_lengths[i]) == t
        close(together.mel[i, :, :t], alone.mel[0])
        assert not together.mel[i, :, t:].any()


@pytest.mark.parametrize(("segment_frames", "blanks"), [(None, "around"), (16, "none")])
def test_losses_of_a_batch_are_the_weighted_means_of_those_alone(segment_frames, blanks):
    model = without_dropout(tiny_model(segment_frames=segment_frames, blanks=blanks))
    batch = random_batch([11, 4, 1, 23])
    draws = Draws.like(batch.mel)
    with torch.no_grad():
        together = losses_with(model, batch, draws)
        sums = [torch.zeros(2) for _ in together]
        for i, t in enumerate(batch.mel_lengths.tolist()):
            own = Draws(draws.noise[i : i + 1, :, :t], *(d[i : i + 1] for d in draws[1:]))
            alone = losses_with(model, one_item(batch, i), own)
            sums = [s + torch.stack(term) for s, term in zip(sums, alone.values(), strict=True)]
    assert list(together) == ["prior", "duration", "flow"]
    for term, alone_sum in zip(together.values(), sums, strict=True):
        close(torch.stack(term), alone_sum, 1e-4)


def test_what_stands_in_padding_changes_nothing_in_training():
    model = without_dropout(tiny_model())
    batch = random_batch([9, 3])
    n, t = int(batch.token_lengths[1]), int(batch.mel_lengths[1])
    noisy = {name: getattr(batch, name).clone() for name in ("tokens", "mel")}
    noisy["tokens"][1, n:] = 5
    noisy["mel"][1, :, t:] = 3.0
    draws = Draws.like(batch.mel)
    with torch.no_grad():
        clean = losses_with(model, batch, draws)
        dirty = losses_with(model, batch._replace(**noisy), draws)
    for name in clean:
        close(clean[name][0], dirty[name][0])


@pytest.mark.parametrize("options", [{"n_speakers": 2}, {"segment_frames": 16}])
def test_one_batch_overfits_and_every_parameter_learns(options):
    model = without_dropout(tiny_model(**options))
    batch = random_batch([6, 9], n_speakers=options.get("n_speakers", 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    torch.manual_seed(0)
    first: dict[str, float] = {}
    recent: dict[str, list[float]] = {"prior": [], "duration": [], "flow": []}
    for step in range(60):
        ((network, losses),) = model.step(batch)
        assert network == "network"
        optimizer.zero_grad()
        torch.stack(list(losses.values())).sum().backward()
        optimizer.step()
        for name, loss in losses.items():
            first.setdefault(name, float(loss.detach()))
            recent[name] += [float(loss.detach())] if step >= 50 else []
    assert [name for name, p in model.named_parameters() if p.grad is None] == []
    means = {name: float(np.mean(values)) for name, values in recent.items()}
    assert means["flow"] < 0.75 * first["flow"]
    # half of log(2 pi) is the least that it can be
    assert means["prior"] - 0.919 < 0.8 * (first["prior"] - 0.919)
    assert means["duration"] < 0.5 * first["duration"]


def test_the_search_finds_the_tokens_whose_means_a_mel_is_made_of():
    model = tiny_model().eval()
    batch = random_batch([5, 3])
    durations = torch.tensor([[2, 5, 1, 7, 3], [4, 1, 6, 0, 0]])
    batch = batch._replace(mel_lengths=durations.sum(1), mel=torch.zeros(2, 20, 18))
    means = model.network.encode(batch.tokens, batch.token_lengths, None).means
    for i in range(2):
        frames = torch.repeat_interleave(10 * means[i], durations[i], dim=0).T
        batch.mel[i, :, : frames.shape[1]] = frames.detach() * model.mel_std + model.mel_mean
    with torch.no_grad():  # ten times as far apart, so that nothing is ambiguous
        model.network.encoder.mean.weight.mul_(10)
        model.network.encoder.mean.bias.mul_(10)
    found, failures = model.align(batch)
    assert found.tolist() == durations.tolist() and failures == [None, None]
    assert model.teach(batch).shape == batch.mel.shape


def test_without_a_likelihood_the_search_starts_from_the_diagonal():
    """With means that are all the same, the prior alone decides."""
    model = tiny_model().eval()
    batch = random_batch([6])
    with torch.no_grad():
        model.network.encoder.mean.weight.zero_()
    n_frames = int(batch.mel_lengths)
    found = model.align(batch)[0]
    assert int(found.min()) >= 3 and int(found.max()) <= 8  # of 26 frames
    model.network.alignment_prior = False
    found = model.align(batch)[0]
    assert int(found.max()) == n_frames - 5  # one token has all that others need not


def test_segments_are_inside_their_mels():
    network = tiny_model(segment_frames=8).network
    mel = torch.arange(21.0).expand(3, 2, 21).clone()
    lengths = torch.tensor([21, 5, 9])
    for start in (0.0, 0.5, 0.999999):
        (cut, twin), sizes = network.segments((mel, mel), lengths, torch.full((3,), start))
        assert cut.shape == (3, 2, 8) and torch.equal(cut, twin)
        assert sizes.tolist() == [8, 5, 8]
        first = [int(row[0, 0]) for row in cut]
        assert first == {0.0: [0, 0, 0], 0.5: [7, 0, 1], 0.999999: [13, 0, 1]}[start]
    (whole,), sizes = network.segments((mel[:, :, :7],), lengths.clamp(max=7), torch.zeros(3))
    assert whole.shape == (3, 2, 8) and sizes.tolist() == [7, 5, 7]


def test_the_steps_are_eulers():
    """With a velocity that is the time, the mel is the sum of the times of the steps."""
    model = tiny_model().eval()

    class Times(torch.nn.Module):
        stride = 4

        def forward(self, noisy: Tensor, mean: Tensor, times: Tensor, *_: object) -> Tensor:
            return times[:, None, None] + 0 * noisy

    model.network.decoder = Times()
    tokens, lengths = torch.arange(1, 5)[None], torch.tensor([4])
    noise = torch.randn(1, 20, 100)
    for n_steps in (1, 4, 10):
        out = model.infer(tokens, lengths, sampling=Sampling(0.5, n_steps), noise=noise)
        t = int(out.mel_lengths)
        end = 0.5 * noise[:, :, :t] + sum(k / n_steps for k in range(n_steps)) / n_steps
        close(out.mel, end * 1.2 - 2.0)


def test_noise_and_velocity_of_flow_matching():
    """Equation 4: at time 0 the decoder sees noise, at time 1 the mel and a rest of noise."""
    network = without_dropout(tiny_model(sigma_min=0.25)).network
    batch = random_batch([4])
    seen = []
    network.decoder.register_forward_hook(lambda _, inputs, __: seen.append(inputs[0]))
    n = int(batch.mel_lengths)
    noise, mel = torch.randn_like(batch.mel), batch.mel
    for time in (0.0, 1.0):
        draws = Draws(noise, torch.full((1,), time), torch.zeros(1))
        out = network(batch.tokens, batch.token_lengths, mel, batch.mel_lengths, draws)
    close(seen[0][:, :, :n], noise)
    close(seen[1][:, :, :n], mel + 0.25 * noise)
    close(out.velocity_target[:, :, :n], mel - 0.75 * noise)


def test_frames_at_a_pace():
    durations = torch.tensor([[3.0, 2.0, 4.0, 0.0, 1.0]])
    assert paced_repeats(durations, 1.0).tolist() == [[3, 2, 4, 0, 1]]
    # borders 3.6 6 10.8 10.8 12, rounded up
    assert paced_repeats(durations, 1 / 1.2).tolist() == [[4, 2, 5, 0, 1]]
    # borders 2 3.33 6 6 6.67: the last is cut
    assert paced_repeats(durations, 1.5).tolist() == [[2, 2, 2, 0, 0]]
    per_token = torch.tensor([[1.0, 2.0, 0.5, 1.0, 1.0]])
    assert paced_repeats(durations, per_token).tolist() == [[3, 1, 8, 0, 1]]
    assert paced_repeats(durations, torch.tensor([0.5])).tolist() == [[6, 4, 8, 0, 2]]


def test_controls_change_what_they_name():
    model = tiny_model().eval()
    batch = random_batch([8, 5])

    def run(**given):
        return model.infer(batch.tokens, batch.token_lengths, **given)

    free = run()
    assert torch.equal(run().mel, free.mel)
    slow = run(durations=torch.full_like(free.durations, 4.0))
    assert slow.mel_lengths.tolist() == [32, 20]
    kept = torch.full_like(free.durations, -1.0)
    kept[0, 2] = 9.0
    assert run(durations=kept).repeats[0, 2] == 9
    assert torch.equal(run(durations=kept).repeats[1], free.repeats[1])
    as_configured = run(sampling=Sampling(0.667, 3))
    assert torch.equal(as_configured.mel, free.mel)
    for other in (Sampling(0.3), Sampling(n_steps=7)):
        assert not torch.allclose(run(sampling=other).mel, free.mel, atol=1e-3)
    cold = Sampling(0.0)
    noise = torch.randn(2, 20, 200)
    close(run(sampling=cold, noise=noise).mel, run(sampling=cold).mel)
    assert int(run(pace=2.0).mel_lengths[0]) == int(free.mel_lengths[0]) // 2
    for given in ({"pace": 0.0}, {"durations": torch.ones(1, 3)}):
        with pytest.raises(DataError, match=next(iter(given))):
            run(**given)


def test_a_stopped_training_goes_on_exactly(tmp_path):
    """Times, noise and segments are drawn as if it had not stopped."""
    config = tiny_config(segment_frames=16)
    data = OneBatch(random_batch([6, 9]))

    def fit(directory, max_steps):
        train = TrainConfig(
            loss_weights={"prior": 1.0, "duration": 1.0, "flow": 1.0},
            batch_size=2,
            max_steps=max_steps,
            n_workers=0,
            ema_decay=0.9,
            valid_every_epochs=None,
            save_every_epochs=None,
        )
        model = tiny_model(segment_frames=16)
        options = {"directory": directory, "resolved_config": config, "train_data": data}
        Trainer(model, train, **options).fit(resume=True)
        return load_file(find(directory) / "model.safetensors")

    once = fit(tmp_path / "once", 5)
    fit(tmp_path / "twice", 2)
    torch.rand(3)  # another process would have other generators
    twice = fit(tmp_path / "twice", 5)
    assert all(torch.equal(once[name], twice[name]) for name in once)
    assert not torch.equal(
        once["network.decoder.out.weight"], fit(tmp_path / "short", 4)["network.decoder.out.weight"]
    )


def test_a_tokens_frames_are_those_of_its_blanks_too():
    model = tiny_model(blanks="around", blank_token=2).eval()
    tokens, lengths = torch.tensor([[5, 6, 7], [8, 9, 0]]), torch.tensor([3, 2])
    seen = []
    model.network.encoder.register_forward_hook(lambda _, inputs, __: seen.append(inputs))
    out = model.infer(tokens, lengths)
    units = torch.tensor([[2, 5, 2, 6, 2, 7, 2], [2, 8, 2, 9, 2, 0, 2]])
    close(seen[0][0], model.network.embedding(units) * 4.0)
    assert seen[0][1].sum(1).tolist() == [7, 5]
    encoded = model.network.encode(tokens, lengths, None)
    frames = encoded.log_durations.exp().ceil().long() * seen[0][1]
    expected = [[int(row[:3].sum()), int(row[3:5].sum()), int(row[5:].sum())] for row in frames]
    assert out.repeats.tolist() == expected
    given = torch.tensor([[7.0, -1.0, 2.0], [1.0, 12.0, 0.0]])
    changed = model.infer(tokens, lengths, durations=given).repeats
    assert changed.tolist() == [[7, expected[0][1], 2], [1, 12, 0]]
    batch = random_batch([5, 3])
    found = model.align(batch)[0]
    assert found.sum(1).tolist() == batch.mel_lengths.tolist()
    assert not found[1, 3:].any() and bool((found[0] >= 2).all())


def test_statistics_are_those_of_all_values():
    model = tiny_model()
    random = np.random.default_rng(0)
    mels = [random.normal(-4, 2, (20, n)).astype(np.float32) for n in (30, 50)]
    model.learn_statistics(lambda feature: iter(enumerate(mels)))
    values = np.concatenate([mel.ravel() for mel in mels])
    assert float(model.mel_mean) == pytest.approx(values.mean(), rel=1e-4)
    assert float(model.mel_std) == pytest.approx(values.std(), rel=1e-4)


def test_parts_by_hand():
    own = Frames.of(torch.tensor([5, 8, 0]), 12, 4)
    assert own.real.sum(2).flatten().tolist() == [5, 8, 0]
    assert own.own.sum(2).flatten().tolist() == [8, 8, 4]
    assert own.halved().real.sum(2).flatten().tolist() == [3, 4, 0]
    bias = own.bias()[0, 0, 0]
    assert bias.tolist() == [0.0] * 5 + [-1.0] * 3 + [-torch.inf] * 4
    x = torch.randn(1, 16, 12)
    theirs = torch.nn.functional.group_norm(x[:, :, :8], 8)
    close(OwnGroupNorm(16)(x, own.own[:1])[:, :, :8], theirs)
    turned = rotated(torch.ones(1, 1, 3, 8), sinusoids(3, 4, torch.device("cpu")))[0, 0]
    cosine, sine = torch.cos(torch.tensor(2.0)), torch.sin(torch.tensor(2.0))
    close(turned[2, :1], (cosine - sine)[None])
    close(turned[2, 2:3], (cosine + sine)[None])
    assert torch.equal(turned[:, 4:], torch.ones(3, 4))
    angles = sinusoids_of(torch.tensor([0.5]), 6)
    close(angles[0, 1], torch.tensor(500.0 / 100).sin())


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ({"blank_token": 40}, "blank_token: expected one of 40"),
        ({"alignment": "given", "blanks": "around"}, "alignment: .given."),
        ({"segment_frames": 30}, "segment_frames: expected a multiple of 4"),
        ({"decoder": {"channels": [20, 16]}}, "channels: expected multiples of 8"),
        ({"encoder": {"n_heads": 3}}, "n_heads: 3 heads cannot rotate"),
        ({"n_steps": 0}, "n_steps"),
        ({"sigma_min": 1.0}, "sigma_min"),
    ],
)
def test_what_cannot_be_built_says_why(model, message):
    with pytest.raises(ConfigError, match=message):
        build(tiny_config(**model))
