"""Operators of torch that its exporter does not know, or writes worse than they need be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch.onnx import symbolic_helper

OPSET = 17


def searchsorted(g: Any, ends: Any, values: Any, out_int32: Any, right: Any, *_: Any) -> Any:
    """`torch.searchsorted` of rows of ends."""
    assert symbolic_helper._maybe_get_const(right, "b"), "only right=True is exported"
    before = g.op("Unsqueeze", ends, _constant(g, [1]))
    at = g.op("Unsqueeze", values, _constant(g, [2]))
    passed = g.op("LessOrEqual", before, at)  # [B, T, N]
    return g.op("ReduceSum", g.op("Cast", passed, to_i=7), _constant(g, [2]), keepdims_i=0)


def unfold(g: Any, values: Any, axis: Any, size: Any, step: Any) -> Any:
    """Windows at every place, which the exporter would cut in a loop."""
    axis, size, step = (symbolic_helper._maybe_get_const(v, "i") for v in (axis, size, step))
    assert step == 1, "only steps of 1 are exported"
    width = g.op("Gather", g.op("Shape", values), _constant(g, axis), axis_i=0)
    count = g.op("Sub", width, _constant(g, size - 1))
    starts = g.op("Range", _constant(g, 0), count, _constant(g, 1))
    starts = g.op("Unsqueeze", starts, _constant(g, [1]))
    places = g.op("Add", starts, _constant(g, [*range(size)]))
    return g.op("Gather", values, places, axis_i=axis)  # [..., count, size]


def attention(g: Any, q: Any, k: Any, v: Any, mask: Any, *rest: Any) -> Any:
    """`scaled_dot_product_attention` with a mask, of booleans or to be added, that lets each query
    see a key: the exporter would look for NaN in all weights, a sixth of the time of an acoustic
    model.
    """
    causal = symbolic_helper._maybe_get_const(rest[1], "b")
    scale = symbolic_helper._maybe_get_const(rest[2], "f")
    assert not causal and symbolic_helper._is_none(scale)
    size = g.op("Gather", g.op("Shape", q), _constant(g, 3), axis_i=0)
    scaled = g.op("Div", q, g.op("Sqrt", g.op("Cast", size, to_i=1)))
    energies = g.op("MatMul", scaled, g.op("Transpose", k, perm_i=[0, 1, 3, 2]))
    if symbolic_helper._is_bool(mask):
        mask = g.op("Where", mask, _constant(g, 0.0), _constant(g, -torch.inf))
    weights = g.op("Softmax", g.op("Add", energies, mask), axis_i=-1)
    return g.op("MatMul", weights, v)


OWN: dict[str, Callable[..., Any]] = {
    "aten::searchsorted": searchsorted,
    "aten::unfold": unfold,
    "aten::scaled_dot_product_attention": attention,
}


@contextmanager
def own_operators() -> Iterator[None]:
    """In this context, the exporter knows those of this file."""
    for name, made in OWN.items():
        torch.onnx.register_custom_op_symbolic(name, made, OPSET)
    try:
        yield
    finally:
        for name in OWN:
            torch.onnx.unregister_custom_op_symbolic(name, OPSET)


def _constant(g: Any, value: float | list[int]) -> Any:
    return g.op("Constant", value_t=torch.tensor(value))
