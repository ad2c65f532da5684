"""Writes the graphs of a model as ONNX files."""

from __future__ import annotations

import io
import json
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from recital.bins.common.onnx_operators import OPSET, own_operators
from recital.modules.acoustic.pair import pair_graph
from recital.modules.contract.graph import Graph, Port
from recital.modules.contract.model import AcousticModel, Model, Vocoder
from recital.modules.signal.spectra import real_arithmetic
from recital.processors.speech.description import Description
from recital.processors.speech.onnx_files import GRAPHS, MADE_FROM, METADATA
from recital.utils import checkpoint
from recital.utils.errors import UsageError
from recital.utils.files import replacing, sha256_of

if TYPE_CHECKING:
    from onnx import ModelProto, TensorProto

CONSTANT = "constant."  # begins the names of tensors that are no weights
IR_VERSION = 9  # with `OPSET`, of onnxruntime 1.15 (2023) and newer


def export_graphs(
    model: Model, config: Mapping[str, Any], directory: Path, precision: str = "fp32"
) -> list[Path]:
    """Write the graphs of a model into a folder, with weights in fp32, fp16 or int8. If its
    checkpoint is in the same folder, they read their weights from it. A vocoder asked for in int8
    is written in fp16: its Fourier transforms do not survive 8 bits (docs/export.md).
    """
    if precision == "int8" and isinstance(model, Vocoder):
        precision = "fp16"
    graphs = model.graphs()
    directory.mkdir(parents=True, exist_ok=True)
    facts: dict[str, Any] = {"model_type": config["model_type"], "audio": asdict(model.audio)}
    if isinstance(model, AcousticModel):
        facts["voice"] = Description.of(config, str(directory)).to_json()
    weights = directory / checkpoint.MODEL
    sources = [p for p in (weights, directory / checkpoint.CONFIG) if p.is_file()]
    facts[MADE_FROM] = {path.name: sha256_of(path) for path in sources}
    kind = "vocoder" if isinstance(model, Vocoder) else "acoustic"
    for name in GRAPHS[kind]:  # those of another model would be taken for this one's
        (directory / f"{name}.onnx").unlink(missing_ok=True)
    written = []
    for graph in graphs:
        traced = simplified(trace(graph))
        describe(traced, graph, facts)
        if weights.is_file() and precision != "int8":
            share_weights(traced, weights)
        elif precision == "fp16":
            halve_weights(traced)
        elif precision == "int8":
            traced = quantized(traced)
        written.append(directory / f"{graph.name}.onnx")
        with replacing(written[-1]) as temporary:
            open_onnx().save(traced, temporary)
    return written


def export_pair(
    model: AcousticModel,
    vocoder: Vocoder,
    config: Mapping[str, Any],
    directory: Path,
    precision: str = "fp32",
) -> Path:
    """Write both models of a voice as one graph, `voice.onnx`, in fp32 or fp16."""
    if precision == "int8":
        raise UsageError("--precision int8: is not for a vocoder, so not for a pair; use fp16")
    model.audio.require_same(vocoder.audio, "voice", "vocoder")
    directory.mkdir(parents=True, exist_ok=True)
    graph = pair_graph(model.graphs(), vocoder.graphs(), model.audio)
    traced = simplified(trace(graph))
    voice = Description.of(config, str(directory)).to_json()
    name = f"{config['model_type']} and {vocoder.name}"
    facts = {"model_type": name, "audio": asdict(model.audio), "voice": voice}
    describe(traced, graph, facts)
    if precision == "fp16":
        halve_weights(traced)
    path = directory / "voice.onnx"
    with replacing(path) as temporary:
        open_onnx().save(traced, temporary)
    return path


def trace(graph: Graph) -> ModelProto:
    """The ONNX model of a graph, with its weights under the names of the module's."""
    onnx = open_onnx()
    ports = [*graph.inputs, *graph.outputs]
    sizes = {port.name: _dynamic(port) for port in ports}
    file: Any = io.BytesIO()  # torch takes it, its signature says paths
    with torch.no_grad(), real_arithmetic(), own_operators(), warnings.catch_warnings():
        # of every size that becomes a constant: the tests compare other sizes
        warnings.simplefilter("ignore")
        graph.module.eval()(*graph.example)  # what the modules cache is no part of the graph
        torch.onnx.export(
            graph.module,
            tuple(graph.example),
            file,
            dynamo=False,
            opset_version=OPSET,
            do_constant_folding=False,  # it would rename the weights
            input_names=[port.name for port in graph.inputs],
            output_names=[port.name for port in graph.outputs],
            dynamic_axes={name: dims for name, dims in sizes.items() if dims},
        )
    model = onnx.load_from_string(file.getvalue())
    model.ir_version = IR_VERSION
    for value in [*model.graph.input, *model.graph.output]:
        port = next(port for port in ports if port.name == value.name)
        value.doc_string = port.about
        _name_sizes(value, port)
    _gather_constants(model)
    model.graph.name = graph.name
    model.producer_name = "recital"
    return model


def _gather_constants(model: ModelProto) -> None:
    """Keep one initializer of each constant array, which the exporter repeats for each use, and of
    weights that are equal, for which it has a node.
    """
    onnx = open_onnx()
    weights = {tensor.name for tensor in model.graph.initializer}
    names: dict[tuple[Any, ...], str] = {}
    aliases: dict[str, str] = {}
    nodes = []
    for node in model.graph.node:
        value = node.attribute[0].t if node.op_type == "Constant" else None
        if node.op_type == "Identity" and node.input[0] in weights:
            aliases[node.output[0]] = node.input[0]
            continue
        if value is None:
            nodes.append(node)
            continue
        key = (value.data_type, tuple(value.dims), onnx.numpy_helper.to_array(value).tobytes())
        if key not in names:
            names[key] = value.name = f"{CONSTANT}{len(names)}"
            model.graph.initializer.append(value)
        aliases[node.output[0]] = names[key]
    for node in nodes:
        node.input[:] = [aliases.get(name, name) for name in node.input]
    del model.graph.node[:]
    model.graph.node.extend(nodes)


def simplified(model: ModelProto) -> ModelProto:
    """The model without what is computed twice, or from constants; its weights are untouched."""
    onnx = open_onnx()
    weights = [t for t in model.graph.initializer if not t.name.startswith(CONSTANT)]
    names = {tensor.name for tensor in weights}
    kept = [t for t in model.graph.initializer if t.name not in names]
    del model.graph.initializer[:]
    model.graph.initializer.extend(kept)
    inputs = list(model.graph.input)
    # as inputs, weights are no constants to onnxruntime
    model.graph.input.extend(
        onnx.helper.make_tensor_value_info(t.name, t.data_type, t.dims) for t in weights
    )
    simple = _optimized(model)
    del simple.graph.input[:]
    simple.graph.input.extend(inputs)
    simple.graph.initializer.extend(weights)
    standard = [entry for entry in simple.opset_import if entry.domain == ""]
    del simple.opset_import[:]
    simple.opset_import.extend(standard)
    return simple


def _optimized(model: ModelProto) -> ModelProto:
    """Without what can be computed beforehand, in standard ONNX."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    with TemporaryDirectory() as folder:
        options.optimized_model_filepath = str(Path(folder) / "optimized.onnx")
        onnxruntime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )
        made: ModelProto = open_onnx().load(options.optimized_model_filepath)
    return made


def describe(model: ModelProto, graph: Graph, facts: Mapping[str, Any]) -> None:
    """Put what a runtime needs to know into the metadata, as JSON under one key."""
    about = {port.name: port.about for port in [*graph.inputs, *graph.outputs]}
    content = {"graph": graph.name, "ports": about, "facts": dict(graph.facts), **facts}
    model.metadata_props.add(key=METADATA, value=json.dumps(content, ensure_ascii=False))


def share_weights(model: ModelProto, weights: Path) -> None:
    """Let the model read its weights from the safetensors file next to it instead of holding them,
    in half precision if they are stored so.
    """
    onnx = open_onnx()
    stored = dict(_stored(weights))

    def shared(tensor: TensorProto) -> TensorProto | None:
        name = next((name for name in stored if f".{tensor.name}".endswith(f".{name}")), None)
        if name is None:
            return None
        dtype, shape, offset, length = stored[name]
        own = onnx.numpy_helper.to_array(tensor)
        raw = np.fromfile(weights, dtype, count=length // np.dtype(dtype).itemsize, offset=offset)
        if list(own.shape) != shape or not np.array_equal(raw.reshape(shape), own):
            return None
        kind = onnx.TensorProto.FLOAT16 if dtype == np.float16 else onnx.TensorProto.FLOAT
        made: TensorProto = onnx.TensorProto(
            dims=shape, data_type=kind, data_location=onnx.TensorProto.EXTERNAL
        )
        for key, value in (("location", weights.name), ("offset", offset), ("length", length)):
            made.external_data.add(key=key, value=str(value))
        return made

    _replace_weights(model, shared)


def halve_weights(model: ModelProto) -> None:
    """Store matrices and kernels in half precision; they are computed with in fp32."""
    onnx = open_onnx()

    def halved(tensor: TensorProto) -> TensorProto | None:
        if tensor.data_type != onnx.TensorProto.FLOAT or len(tensor.dims) < 2:
            return None
        half = onnx.numpy_helper.to_array(tensor).astype(np.float16)
        if not np.isfinite(half).all():
            raise UsageError(f"{tensor.name}: does not fit into fp16; use --precision fp32")
        made: TensorProto = onnx.numpy_helper.from_array(half)
        return made

    _replace_weights(model, halved)


def quantized(model: ModelProto) -> ModelProto:
    """The model with matrices in 8 bits and scales of their activations found while it runs."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    onnx = open_onnx()
    with TemporaryDirectory() as folder:
        path, small = Path(folder) / "model.onnx", Path(folder) / "small.onnx"
        optimized = _optimized(model)  # a matrix that is turned around is no constant
        # else it warns, to everybody, that this was not done
        optimized.metadata_props.add(key="onnx.quant.pre_process", value="onnxruntime.quant")
        onnx.save(optimized, path)
        quantize_dynamic(
            path,
            small,
            op_types_to_quantize=["MatMul"],  # convolutions would be slower
            weight_type=QuantType.QInt8,
            # else sums of two products saturate on CPUs without VNNI
            reduce_range=True,
            extra_options={"MatMulConstBOnly": True},
        )
        made: ModelProto = onnx.load(small)
    kept = [entry for entry in made.metadata_props if entry.key == METADATA]
    del made.metadata_props[:]
    made.metadata_props.extend(kept)
    return made


def _replace_weights(
    model: ModelProto, change: Callable[[TensorProto], TensorProto | None]
) -> None:
    """Replace the initializers for which `change` has another form, with a cast of halves."""
    onnx = open_onnx()
    kept, casts = [], []
    for tensor in model.graph.initializer:
        made = None if tensor.name.startswith(CONSTANT) else change(tensor)
        if made is None:
            kept.append(tensor)
            continue
        made.name = tensor.name
        if made.data_type == onnx.TensorProto.FLOAT16:
            made.name += ".half"
            ends = [made.name], [tensor.name]
            casts.append(onnx.helper.make_node("Cast", *ends, to=onnx.TensorProto.FLOAT))
        kept.append(made)
    nodes = list(model.graph.node)
    del model.graph.initializer[:], model.graph.node[:]
    model.graph.initializer.extend(kept)
    model.graph.node.extend([*casts, *nodes])


def open_onnx() -> Any:
    """The package `onnx`. Raises `UsageError` if it is not installed."""
    try:
        import onnx
        import onnx.helper
        import onnx.numpy_helper
    except ImportError:
        raise UsageError("the export needs the package onnx: pip install 'recital[onnx]'") from None
    return onnx


def _stored(weights: Path) -> Iterator[tuple[str, tuple[Any, list[int], int, int]]]:
    """Each tensor of a safetensors file: type, shape, and place in bytes."""
    types = {"F16": np.float16, "F32": np.float32}
    with weights.open("rb") as file:
        size = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(size))
    for name, entry in header.items():
        if name != "__metadata__" and entry["dtype"] in types:
            start, stop = entry["data_offsets"]
            yield name, (types[entry["dtype"]], entry["shape"], 8 + size + start, stop - start)


def _dynamic(port: Port) -> dict[int, str]:
    return {i: dim for i, dim in enumerate(port.dims) if isinstance(dim, str)}


def _name_sizes(value: Any, port: Port) -> None:
    """Sizes by the port's names; the exporter invents names for those of outputs."""
    dims = value.type.tensor_type.shape.dim
    del dims[:]
    for size in port.dims:
        dims.add(**{"dim_param" if isinstance(size, str) else "dim_value": size})
