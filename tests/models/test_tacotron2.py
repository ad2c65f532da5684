"""Tacotron 2: padding, learning, durations, what goes wrong with attention, saving."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from tacotron2_helpers import tiny_config, tiny_model
from torch import Tensor
from tts_helpers import losses_of, one_item, random_batch, without_dropout

from recital.models import build, load
from recital.models.tts.tacotron2.durations import attention_durations, share_out, stretch
from recital.models.tts.tacotron2.location_attention import guided_attention
from recital.modules.acoustic.free_running import attention_failure
from recital.modules.fast.recurrent import Cell, Recurrence
from recital.modules.layers.postnet import MaskedBatchNorm
from recital.utils.checkpoint import save_model
from recital.utils.errors import DataError


def close(a: Tensor, b: Tensor, tolerance: float = 1e-5) -> None:
    torch.testing.assert_close(a, b, rtol=tolerance, atol=tolerance)


def quiet(model):
    """In training mode, without dropout, with batch norm in evaluation mode."""
    model = without_dropout(model)
    decoder = model.network.decoder
    decoder.prenet_dropout = decoder.attention_dropout = decoder.decoder_dropout = 0.0
    for part in model.modules():
        if isinstance(part, MaskedBatchNorm):
            part.eval()
    return model


@pytest.mark.parametrize("reduction", [1, 3])
@pytest.mark.parametrize("n_speakers", [1, 2])
def test_an_item_in_a_padded_batch_equals_the_item_alone_in_inference(reduction, n_speakers):
    """Also if a batch decodes by another path than one short text, and with the prenet's dropout,
    which depends on the text alone.
    """
    model = tiny_model(reduction=reduction, n_speakers=n_speakers).eval()
    batch = random_batch([3, 26, 9, 1], n_speakers=n_speakers)
    tokens, speaker = (batch.tokens, batch.token_lengths), batch.speaker
    with torch.no_grad():  # some items reach the threshold early and some never
        masks = model._masks(*tokens)
        gates = model.network.speak(*tokens, speaker, 60 // reduction, 2.0, masks).gate.sigmoid()
    model.gate_threshold = float(gates.max(1).values.median())
    together = model.infer(batch.tokens, batch.token_lengths, speaker=batch.speaker)
    assert len(set(together.mel_lengths.tolist())) > 1, "they stop at different times"
    for i, n in enumerate(batch.token_lengths.tolist()):
        item = one_item(batch, i)
        alone = model.infer(item.tokens, item.token_lengths, speaker=item.speaker)
        t = int(alone.mel_lengths)
        assert int(together.mel_lengths[i]) == t
        close(together.mel[i, :, :t], alone.mel[0, :, :t])
        assert together.mel[i, :, t:].abs().sum() == 0
        assert torch.equal(together.durations[i, :n], alone.durations[0])
        assert together.failures[i] == alone.failures[0]
    assert torch.equal(together.repeats.sum(1), together.mel_lengths)


@pytest.mark.parametrize("reduction", [1, 2])
def test_losses_of_a_batch_are_the_weighted_means_of_those_alone(reduction):
    model = quiet(tiny_model(reduction=reduction, guided_attention_width=0.2))
    batch = random_batch([11, 4, 1, 8])
    with torch.no_grad():
        together = losses_of(model, batch)
        alone = [losses_of(model, one_item(batch, i)) for i in range(4)]
    steps = (batch.mel_lengths + reduction - 1) // reduction
    weights = dict.fromkeys(("mel", "mel_postnet"), batch.mel_lengths)
    weights |= {"gate": steps, "alignment_focus": steps}
    weights["guided_attention"] = steps * batch.token_lengths
    assert set(together) == set(weights)
    for name, value in together.items():
        w = weights[name].double()
        close(value.double(), sum(w[i] * alone[i][name].double() for i in range(4)) / w.sum())


def test_what_stands_in_padding_changes_nothing_in_training():
    model = quiet(tiny_model())
    for part in model.modules():
        if isinstance(part, MaskedBatchNorm):
            part.train()
    batch = random_batch([9, 3])
    n, t = int(batch.token_lengths[1]), int(batch.mel_lengths[1])
    tokens, mel = batch.tokens.clone(), batch.mel.clone()
    tokens[1, n:] = 5
    mel[1, :, t:] = 3.0
    with torch.no_grad():
        clean = losses_of(model, batch)
        dirty = losses_of(model, batch._replace(tokens=tokens, mel=mel))
    for name in clean:
        close(clean[name], dirty[name])


def test_one_batch_overfits_and_every_parameter_learns():
    model = quiet(tiny_model(n_speakers=2))
    batch = random_batch([4, 6], n_speakers=2)
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    mels = []
    for _ in range(30):
        losses = losses_of(model, batch)
        optimizer.zero_grad()
        sum(v for name, v in losses.items() if name != "alignment_focus").backward()
        optimizer.step()
        mels.append(float(losses["mel"].detach()))
    assert [name for name, p in model.named_parameters() if p.grad is None] == []
    assert mels[-1] < 0.5 * mels[0]


def test_the_gradient_of_a_recurrence_is_that_of_plain_autograd():
    torch.manual_seed(0)
    x, weight = torch.randn(5, 2, 8), torch.randn(8, 3, requires_grad=True)
    gates = x.clone().requires_grad_()
    for deferred in (False, True):
        recur = Recurrence(gates, weight, torch.float32) if deferred else None
        hidden = torch.ones(2, 3)
        for t in range(5):
            now = recur(t, hidden) if recur else gates[t] + hidden @ weight.t()
            hidden = now[:, :3].tanh() * now[:, 3:6].sigmoid()
        hidden.square().sum().backward()
        if not deferred:
            expected = weight.grad.clone(), gates.grad.clone()
            weight.grad = gates.grad = None
    close(weight.grad, expected[0])
    close(gates.grad, expected[1])


def test_a_cell_is_torchs_and_stays_in_float32():
    cell = Cell(4, 3)
    x, state = torch.randn(2, 4), (torch.randn(2, 3), torch.randn(2, 3))
    gates = x @ cell.weight_ih.t() + state[0] @ cell.weight_hh.t() + cell.gate_bias
    for ours, theirs in zip(cell.advance(gates, state[1]), cell(x, state), strict=True):
        close(ours, theirs)
    hidden, memory = cell.advance(gates.half(), torch.full((2, 3), 1e6))
    assert hidden.dtype == memory.dtype == torch.float32 and bool(memory.isfinite().all())


def test_bfloat16_trains_with_finite_losses_near_those_of_float32():
    model = quiet(tiny_model())
    batch = random_batch([6, 9])
    plain = losses_of(model, batch)
    with torch.autocast("cpu", torch.bfloat16):
        losses = losses_of(model, batch)
    close(losses["mel"], plain["mel"], 2e-2)
    sum(losses.values()).backward()
    assert all(bool(p.grad.isfinite().all()) for p in model.parameters())


def test_the_prenets_dropout_is_that_of_the_text():
    model = tiny_model().eval()
    batch = random_batch([8, 8])
    first, second = (model.infer(batch.tokens, batch.token_lengths).mel for _ in range(2))
    assert torch.equal(first, second)
    model.network.decoder.prenet_dropout = 0.0
    assert not torch.equal(first, model.infer(batch.tokens, batch.token_lengths).mel)


@pytest.mark.parametrize("reduction", [1, 2])
def test_durations_sum_to_the_frames(reduction):
    model = tiny_model(reduction=reduction).eval()
    batch = random_batch([7, 4, 2])
    durations, failures = model.align(batch)
    assert torch.equal(durations.sum(1), batch.mel_lengths) and len(failures) == 3
    assert durations[1, 4:].sum() == 0


def test_durations_are_counts_of_the_greatest_weight():
    weights = torch.tensor([[[0.5, 0.2, 0.3], [0.1, 0.6, 0.9], [0.1, 0.6, 0.9], [0.0, 0.0, 9.0]]])
    found = attention_durations(weights, torch.tensor([2]), torch.tensor([3]))
    assert found.tolist() == [[1, 2, 0]]


def _path(*tokens: int, size: int) -> np.ndarray:
    return np.eye(size, dtype=np.float32)[list(tokens)]


def test_failures_of_attention_are_named():
    rate = 10.0  # frames a second
    clean = _path(0, 0, 1, 2, 3, 3, 4, 5, 6, 7, size=8)
    assert attention_failure(clean, rate) is None
    assert attention_failure(_path(0, 1, 3, 4, 6, 7, size=8), rate) is None, "single ones may go"
    for weights, message in (
        (_path(0, 1, *[2] * 16, 3, 4, 5, 6, 7, size=8), "got stuck at token 3 of 8 for 1.6 s"),
        (_path(0, 1, 2, 7, size=8), "skipped 4 tokens, from token 4 of 8"),
        (_path(0, 1, 2, 3, size=8), "skipped 4 tokens, from token 5 of 8"),
        (_path(*range(7), 2, 3, 4, 5, 6, 7, size=8), "went back over 4 tokens, from token 7"),
        (np.full((12, 8), 1 / 8), "looked at only 1 of 8 tokens"),
        (np.zeros((0, 8)), "stopped before the first frame"),
    ):
        assert attention_failure(weights, rate) == message


def test_a_voice_that_does_not_stop_says_so():
    model = tiny_model().eval()
    with torch.no_grad():
        model.network.decoder.gate.bias.fill_(-100.0)
    batch = random_batch([5])
    out = model.infer(batch.tokens, batch.token_lengths)
    assert out.failures == ["did not stop within 60 steps"] and out.mel_lengths.tolist() == [60]


def test_guided_attention_is_the_papers_equation():
    weights = torch.rand(2, 4, 3)
    tokens, frames = torch.tensor([3, 2]), torch.tensor([4, 2])
    total, count = guided_attention(weights, tokens, frames)
    expected = 0.0
    for b in range(2):
        for t in range(int(frames[b])):
            for n in range(int(tokens[b])):
                apart = torch.tensor(n / int(tokens[b]) - t / int(frames[b]))
                expected += weights[b, t, n] * (1 - (-apart.square() / (2 * 0.2**2)).exp())
    close(total, expected)
    assert int(count) == 3 * 4 + 2 * 2


def test_another_pace_stretches_the_mel():
    mel = torch.arange(12.0).view(1, 2, 6)
    out, lengths = stretch(mel, torch.tensor([4]), torch.tensor([2.0]))
    assert lengths.tolist() == [2] and out.tolist() == [[[0.0, 2.0], [6.0, 8.0]]]
    slow, lengths = stretch(mel, torch.tensor([4]), torch.tensor([0.5]))
    assert lengths.tolist() == [8] and slow[0, 0].tolist() == [0, 0.5, 1, 1.5, 2, 2.5, 3, 3]
    assert share_out(torch.tensor([[3, 1, 2]]), torch.tensor([12])).tolist() == [[6, 2, 4]]
    model = tiny_model().eval()
    batch = random_batch([5, 4])
    out = model.infer(batch.tokens, batch.token_lengths, pace=2.0)
    assert torch.equal(out.repeats.sum(1), out.mel_lengths)
    for given in ({"durations": torch.ones(2, 5)}, {"pace": torch.ones(2, 5)}, {"pace": 0.0}):
        with pytest.raises(DataError, match=next(iter(given))):
            model.infer(batch.tokens, batch.token_lengths, **given)


def test_saved_and_loaded_it_says_the_same(tmp_path):
    config = tiny_config(n_speakers=2)
    model = build(config).eval()
    save_model(tmp_path / "voice", model.state_dict(), config)
    again, _ = load(tmp_path / "voice")
    batch = random_batch([8, 5], n_speakers=2)
    outs = [
        m.infer(batch.tokens, batch.token_lengths, speaker=batch.speaker) for m in (model, again)
    ]
    assert torch.equal(outs[0].mel, outs[1].mel)


def test_a_validation_shows_mels_and_attention():
    shown = tiny_model(reduction=2).eval().show(random_batch([7, 5, 3]))
    names = {item.name.rpartition("/")[0] for item in shown}
    assert names == {"mel/true", "mel/taught", "mel/predicted", "alignment"}


def test_a_validation_of_a_voice_that_does_not_stop_is_twice_as_long_as_the_truth():
    model = tiny_model(max_decoder_steps=1000).eval()
    with torch.no_grad():
        model.network.decoder.gate.bias.fill_(-100.0)
    batch = random_batch([5, 9])
    shown = {item.name: item.array for item in model.show(batch)}
    assert shown["mel/predicted/0"].shape[1] == 2 * int(batch.mel_lengths[0])
    assert "mel/predicted/1" not in shown
    assert shown["mel/true/1"].shape[1] == int(batch.mel_lengths[1])
