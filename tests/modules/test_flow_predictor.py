"""The flow that draws pitch and durations: a known distribution is learned, padding has no
influence.
"""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from recital.modules.acoustic.noise import noise_of_texts
from recital.modules.layers.flow_matching import follow, follow_halfway, straight_path
from recital.modules.layers.flow_predictor import Draws, FlowPredictor
from recital.modules.layers.masking import length_mask
from recital.modules.layers.transformer import FFTransformer

N = 6  # tokens of a toy


def tiny(d_model: int = 24, seed: int = 0) -> FlowPredictor:
    torch.manual_seed(seed)

    def stack() -> FFTransformer:
        return FFTransformer(d_model, 1, 2, 8, 48, dropout=0.0, attention_dropout=0.0)

    return FlowPredictor(d_model, stack(), stack())


def toy(size: int) -> tuple[Tensor, Tensor, Tensor]:
    """Texts of two kinds of tokens -> embedded [B, N, 24], durations and pitch [B, N]. A text is
    said high and slowly or low and fast, as a whole; the second kind of token is longer.
    """
    kinds = torch.randint(0, 2, (size, N))
    way = torch.randint(0, 2, (size, 1)) * 2.0 - 1.0
    pitch = way + 0.1 * torch.randn(size, N)
    durations = (torch.tensor([4.0, 9.0])[kinds] * 1.4**way).round()
    return torch.nn.functional.one_hot(kinds, 24).float(), durations, pitch


def test_it_learns_two_ways_to_say_a_text() -> None:
    """Means, spread, and what belongs together. The best guess by squared errors is between the two
    ways: no spread, and a pitch that nobody has.
    """
    model = tiny()
    mask = torch.ones(64, N, dtype=torch.bool)
    optimizer = torch.optim.Adam(model.parameters(), lr=4e-3)
    for step in range(400):
        optimizer.param_groups[0]["lr"] = 4e-3 * (1 - step / 400)
        embedded, durations, pitch = toy(64)
        draws = Draws.like(pitch)
        velocity, target = model(embedded, mask, durations, pitch, draws)
        optimizer.zero_grad()
        (velocity - target).square().mean().backward()
        optimizer.step()
    embedded, durations, pitch = toy(1000)
    mask, noise = torch.ones(1000, N, dtype=torch.bool), torch.randn(1000, 2, N)
    with torch.no_grad():
        drawn_durations, drawn = model.draw(embedded, mask, noise, 4)
        _, cold = model.draw(embedded, mask, 0 * noise, 4)
    assert abs(float(drawn.mean())) < 0.15
    assert float(drawn.std()) == pytest.approx(float(pitch.std()), rel=0.1)
    # nobody speaks between the two ways
    assert float((drawn.abs() < 0.4).float().mean()) < 0.08
    # the tokens of a text are said in one way, and its durations in the same
    assert _correlation(drawn[:, :-1], drawn[:, 1:]) > 0.9
    slow = drawn_durations.log1p() - _means_by_kind(drawn_durations.log1p(), embedded)
    assert _correlation(slow, drawn) > 0.85
    for kind, frames in enumerate((4.0, 9.0)):
        logs = drawn_durations[embedded[..., kind] > 0].log1p()
        true = durations[embedded[..., kind] > 0].log1p()
        assert float(logs.mean()) == pytest.approx(float(true.mean()), abs=0.05), frames
        assert float(logs.std()) == pytest.approx(float(true.std()), rel=0.15), frames
    assert float(cold.std()) < float(drawn.std())


def _correlation(a: Tensor, b: Tensor) -> float:
    return float(torch.corrcoef(torch.stack([a.flatten(), b.flatten()]))[0, 1])


def _means_by_kind(values: Tensor, embedded: Tensor) -> Tensor:
    means = torch.stack([values[embedded[..., kind] > 0].mean() for kind in range(2)])
    return means[embedded.argmax(2)]


def test_padding_has_no_influence() -> None:
    model = tiny()
    lengths = torch.tensor([9, 4, 1])
    mask = length_mask(lengths, 9)
    embedded, noise = torch.randn(3, 9, 24), torch.randn(3, 2, 9)
    durations, pitch = model.draw(embedded, mask, noise, 3)
    given = torch.randint(1, 9, (3, 9)), torch.randn(3, 9)
    draws = Draws.like(given[1])
    velocity, target = model(embedded, mask, *given, draws)
    assert durations.shape == pitch.shape == (3, 9) and velocity.shape == target.shape == (3, 2, 9)
    assert not durations[~mask].any() and not pitch[~mask].any()
    # a token is heard
    assert bool((durations[mask] >= 0.5).all())
    for i, n in enumerate(lengths.tolist()):
        row = slice(i, i + 1)
        own = embedded[row, :n], mask[row, :n]
        alone = model.draw(*own, noise[row, :, :n], 3)
        cut = Draws(draws.noise[row, :, :n], draws.times[row], draws.fractions[row, :n])
        taught = model(*own, *(value[row, :n] for value in given), cut)
        together = durations[row, :n], pitch[row, :n], velocity[row, :, :n], target[row, :, :n]
        for a, b in zip(together, (*alone, *taught), strict=True):
            torch.testing.assert_close(a, b, rtol=1e-5, atol=1e-5)


def test_the_text_is_not_trained_through() -> None:
    model = tiny()
    embedded = torch.randn(1, N, 24, requires_grad=True)
    pitch = torch.randn(1, N)
    mask = torch.ones(1, N, dtype=torch.bool)
    velocity, _ = model(embedded, mask, torch.ones(1, N), pitch, Draws.like(pitch))
    velocity.square().sum().backward()
    assert embedded.grad is None
    assert all(p.grad is not None for p in model.parameters())


def test_the_straight_path_leads_from_noise_to_the_target() -> None:
    noise, target = torch.randn(3, 2, 5), torch.randn(3, 2, 5)
    point, velocity = straight_path(noise, target, torch.tensor([0.0, 0.25, 1.0]), 0.1)
    torch.testing.assert_close(point[0], noise[0])
    torch.testing.assert_close(point[2], target[2] + 0.1 * noise[2])
    torch.testing.assert_close(point[1], noise[1] + 0.25 * velocity[1])


def test_steps_lead_through_time() -> None:
    noise, same = torch.randn(3, 2, 5), torch.randn(3, 2, 5)
    seen: list[float] = []

    def growing(point: Tensor, times: Tensor) -> Tensor:
        """d/dt x = x."""
        assert times.shape == (3,)
        seen.append(float(times[0]))
        return point

    torch.testing.assert_close(follow(lambda *_: same, noise, 1), noise + same)
    torch.testing.assert_close(follow_halfway(lambda *_: same, noise, 1), noise + same)
    # (1 + h) a step of Euler's method, (1 + h + h^2 / 2) of the midpoint method
    torch.testing.assert_close(follow(growing, noise, 4), noise * 1.25**4)
    assert seen == [0.0, 0.25, 0.5, 0.75]
    seen.clear()
    torch.testing.assert_close(follow_halfway(growing, noise, 2), noise * 1.625**2)
    assert seen == [0.0, 0.25, 0.5, 0.75]


def test_noise_is_that_of_the_text() -> None:
    table = torch.arange(2 * 50.0).view(2, 50)
    tokens = torch.tensor([[3, 7, 2, 0], [3, 7, 2, 9], [4, 7, 2, 9]])
    mask = length_mask(torch.tensor([3, 4, 4]), 4)
    noise = noise_of_texts(table, tokens, mask)
    assert noise.shape == (3, 2, 4)
    # consecutive places of the table, the same for all rows
    assert torch.equal(noise[:, 1], noise[:, 0] + 50)
    assert torch.equal(noise[:, 0].diff() % 50, torch.ones(3, 3))
    alone = noise_of_texts(table, tokens[:1, :3], mask[:1, :3])
    assert torch.equal(noise[:1, :, :3], alone)
    # what is in padding has no influence, and another text is elsewhere
    assert torch.equal(noise_of_texts(table, tokens + 9 * ~mask, mask)[0, :, :3], alone[0])
    assert len({float(row[0, 0]) for row in noise}) == 3
