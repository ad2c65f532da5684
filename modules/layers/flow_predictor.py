"""Pitch and durations of tokens, drawn together from a learned distribution by conditional flow
matching (arXiv 2210.02747). A squared error trains the mean of all ways to say a text, whose F0 is
flat and whose durations are regular.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from recital.modules.layers.flow_matching import follow_halfway, sinusoids_of, straight_path
from recital.modules.layers.transformer import FFTransformer
from recital.utils.ranges import Depth, ForInference, Temperature

N_VALUES = 2  # of a token: log(1 + frames), pitch
# of log(1 + frames), whoever speaks: a flow learns best from noise to values of the same size
MEAN, STD = 1.6, 0.5
LEAST = 0.5  # frames, which are rounded up: the tail of a distribution drops no sound


class Draws(NamedTuple):
    """The random numbers of a training step."""

    noise: Tensor  # [B, N_VALUES, N], normal
    times: Tensor  # [B], uniform
    fractions: Tensor  # [B, N], uniform: what rounding to whole frames took or added

    @classmethod
    def like(cls, tokens: Tensor) -> Draws:
        """New ones for a batch of tokens [B, N]."""
        size, n = tokens.shape
        noise = torch.randn(size, N_VALUES, n, device=tokens.device)
        times = torch.rand(size, device=tokens.device)
        return cls(noise, times, torch.rand(size, n, device=tokens.device) - 0.5)


class FlowPredictor(nn.Module):
    """The velocity of the flow, by a stack that reads values, time and text; a stack of its own
    reads the text, once.

    The text is embedded tokens, not the encoder's output: an encoder that is trained for many
    epochs remembers how its recordings were said, so that a flow would learn to draw too little.
    """

    def __init__(
        self,
        d_model: int,
        text: FFTransformer,
        flow: FFTransformer,
        *,
        n_steps: ForInference[Depth] = 2,
        temperature: ForInference[Temperature] = 1.0,
        duration_temperature: ForInference[Temperature] = 0.0,
    ) -> None:
        """`n_steps` of the midpoint method lead from noise to what is drawn. The temperatures are
        the noise's standard deviations, of pitch and of durations; at 0 nothing is random. (On
        the included voice drawn durations sounded worse; docs/voices.md.)
        """
        super().__init__()
        self.n_steps = n_steps
        self.temperature, self.duration_temperature = temperature, duration_temperature
        self.text = text
        self.values = nn.Linear(N_VALUES, d_model)
        self.time = nn.Sequential(
            nn.Linear(d_model, d_model), nn.SiLU(), nn.Linear(d_model, d_model)
        )
        self.flow = flow
        self.out = nn.Linear(d_model, N_VALUES)

    def forward(
        self, embedded: Tensor, mask: Tensor, durations: Tensor, pitch: Tensor, draws: Draws
    ) -> tuple[Tensor, Tensor]:
        """Equation 23 on embedded tokens [B, N, C], mask [B, N], durations [B, N] frames, pitch
        [B, N] normalised -> the velocity and its target, [B, N_VALUES, N].
        """
        logs = (durations.float() + draws.fractions).log1p()
        values = torch.stack([(logs - MEAN) / STD, pitch.float()], dim=1)
        point, target = straight_path(draws.noise, values, draws.times, sigma_min=0.0)
        text = self._read(embedded.detach(), mask)  # the embeddings are the encoder's to learn
        return self._velocity(point, draws.times, text, mask), target

    def draw(
        self, embedded: Tensor, mask: Tensor, noise: Tensor, n_steps: int
    ) -> tuple[Tensor, Tensor]:
        """embedded tokens [B, N, C], mask [B, N], noise [B, N_VALUES, N] -> durations [B, N] frames
        and pitch [B, N] normalised, 0 in padding.
        """
        text = self._read(embedded, mask)

        def velocity(point: Tensor, times: Tensor) -> Tensor:
            return self._velocity(point, times, text, mask)

        logs, pitch = follow_halfway(velocity, noise, n_steps).unbind(1)
        durations = (logs * STD + MEAN).exp() - 1
        return durations.clamp(min=LEAST) * mask, pitch * mask

    def _read(self, embedded: Tensor, mask: Tensor) -> Tensor:
        text: Tensor = self.text(embedded, mask)
        return text

    def _velocity(self, point: Tensor, times: Tensor, text: Tensor, mask: Tensor) -> Tensor:
        """point [B, N_VALUES, N], times [B] from 0 to 1, text [B, N, C], mask [B, N] -> the
        velocity [B, N_VALUES, N].
        """
        time = self.time(sinusoids_of(times, text.shape[2]))
        hidden = self.flow(self.values(point.transpose(1, 2)) + text + time[:, None], mask)
        velocity: Tensor = self.out(hidden).transpose(1, 2)  # [B, N, C] -> [B, C, N]
        return velocity.float()
