"""Export of a Keras model for inference in the browser: a list of layers and one buffer of float16 weights.

`ui/scripts/network.js` runs the list. It knows the layers of the studio's small networks; `export` refuses every other
one. The list is in the order of computation, as in an ONNX graph: each layer names the values that it reads and the
value that it writes. All shapes are those of one example, without the batch axis, channels last.
"""

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

ACTIVATIONS = ("linear", "relu", "leaky_relu", "selu", "sigmoid", "tanh")


class ExportError(ValueError):
    """The model has a layer, or an option of a layer, that the browser cannot run."""


@dataclass(frozen=True, eq=False)
class BrowserNetwork:
    """What `createNetwork` of `ui/scripts/network.js` takes.

    description: "inputs" and "outputs", lists of value numbers; "shapes", one per value; "layers"; "count", the number
    of weights; "crc32" of their bytes. It can be written as JSON. weights: float16, little-endian.
    """

    description: dict[str, Any]
    weights: bytes


@dataclass(eq=False)
class _Graph:
    """The layers so far, their weights, and the number of each symbolic tensor."""

    layers: list[dict[str, Any]] = field(default_factory=list)
    shapes: list[list[int]] = field(default_factory=list)
    arrays: list[np.ndarray] = field(default_factory=list)
    numbers: dict[int, int] = field(default_factory=dict)  # id of a symbolic tensor: number of its value
    tensors: list[Any] = field(default_factory=list)  # so that no id is used twice
    count: int = 0

    def add_value(self, tensor: Any) -> int:
        self.tensors.append(tensor)
        self.numbers[id(tensor)] = len(self.shapes)
        self.shapes.append([int(n) for n in tensor.shape[1:]])
        return self.numbers[id(tensor)]

    def add_weights(self, array: Any, name: str) -> int:
        """Returns the position of the first number in the buffer."""
        with np.errstate(over="ignore"):
            half = np.asarray(array, "float32").astype("<f2")
        if not np.isfinite(half).all():
            raise ExportError(f"layer {name!r} has weights that are not finite in float16")
        self.arrays.append(half.reshape(-1))
        self.count += half.size
        return self.count - half.size


def export(model: Any, *, output_activation: str = "linear") -> BrowserNetwork:
    """A functional Keras model as a layer list and a buffer.

    output_activation: of `ACTIVATIONS`, applied to every output, e.g. "sigmoid" for a model whose outputs are logits.
    Dropout and noise are left out, as at inference. Raises `ExportError` on a layer that the script does not know.
    """
    import keras

    graph = _Graph()
    for tensor in model.inputs:
        graph.add_value(tensor)

    def record(layer: Any, *args: Any, **kwargs: Any) -> Any:
        outputs = layer(*args, **kwargs)
        _add_layer(graph, layer, args, kwargs, outputs)
        return outputs

    inputs = list(range(len(graph.shapes)))
    clone = keras.models.clone_model(
        model, input_tensors=model.input, clone_function=lambda layer: layer, call_function=record
    )
    outputs = [graph.numbers[id(tensor)] for tensor in clone.outputs]
    if output_activation != "linear":
        outputs = [_add_activation(graph, number, output_activation) for number in outputs]
    weights = b"".join(each.tobytes() for each in graph.arrays)
    description = {
        "inputs": inputs,
        "outputs": outputs,
        "shapes": graph.shapes,
        "layers": graph.layers,
        "count": graph.count,
        "crc32": zlib.crc32(weights),
    }
    return BrowserNetwork(description, weights)


def _add_layer(graph: _Graph, layer: Any, args: tuple, kwargs: dict[str, Any], outputs: Any) -> None:
    from keras import tree

    kind = type(layer).__name__
    sources = [graph.numbers[id(each)] for each in tree.flatten((args, kwargs)) if id(each) in graph.numbers]
    if kind in IDENTITIES:
        graph.numbers[id(outputs)] = sources[0]
        graph.tensors.append(outputs)
        return
    if kind not in LAYERS:
        raise ExportError(f"the browser cannot run the layer {layer.name!r} of type {kind}")
    entry = LAYERS[kind](graph, layer)
    graph.layers.append({"inputs": sources, "output": graph.add_value(outputs), **entry})


def _add_activation(graph: _Graph, source: int, activation: str, **options: float) -> int:
    if activation not in ACTIVATIONS:
        raise ExportError(f"activation must be one of {', '.join(ACTIVATIONS)}, got {activation!r}")
    graph.shapes.append(graph.shapes[source])
    number = len(graph.shapes) - 1
    graph.layers.append(
        {"inputs": [source], "output": number, "type": "activation", "activation": activation, **options}
    )
    return number


def _activation_of(layer: Any) -> dict[str, Any]:
    import keras

    activation = keras.activations.serialize(layer.activation)
    if activation not in ACTIVATIONS or activation == "leaky_relu":  # its slope is the option of a layer
        raise ExportError(f"the browser cannot run the activation {activation!r} of the layer {layer.name!r}")
    return {"activation": activation}


# --- the layers ------------------------------------------------------------------------------------


def _dense(graph: _Graph, layer: Any) -> dict[str, Any]:
    """y = activation(x W + b); kernel (inputs, units)."""
    return {"type": "dense", **_kernel_and_bias(graph, layer, layer.kernel), **_activation_of(layer)}


def _transposed_dense(graph: _Graph, layer: Any) -> dict[str, Any]:
    """The layer of a tied autoencoder: y = activation(x W^T + b), with the kernel of another layer."""
    kernel = np.asarray(layer.get_kernel()).T
    return {"type": "dense", **_kernel_and_bias(graph, layer, kernel), **_activation_of(layer)}


def _conv2d(graph: _Graph, layer: Any) -> dict[str, Any]:
    """kernel: (height, width, inputs, outputs)."""
    return _convolution(graph, layer, "conv2d", np.asarray(layer.kernel))


def _conv2d_transpose(graph: _Graph, layer: Any) -> dict[str, Any]:
    """kernel: (height, width, inputs, outputs), so that the innermost loop runs over neighbors in memory."""
    if layer.output_padding is not None:
        raise ExportError(f"the layer {layer.name!r} has an output padding, which the browser does not know")
    return _convolution(graph, layer, "conv2d_transpose", np.asarray(layer.kernel).swapaxes(2, 3))


def _convolution(graph: _Graph, layer: Any, kind: str, kernel: np.ndarray) -> dict[str, Any]:
    if tuple(layer.dilation_rate) != (1, 1) or getattr(layer, "groups", 1) != 1:
        raise ExportError(f"the layer {layer.name!r} has a dilation or groups, which the browser does not know")
    return {
        "type": kind,
        "kernelSize": list(kernel.shape[:2]),
        "strides": list(layer.strides),
        "padding": layer.padding,
        **_kernel_and_bias(graph, layer, kernel),
        **_activation_of(layer),
    }


def _kernel_and_bias(graph: _Graph, layer: Any, kernel: Any) -> dict[str, Any]:
    bias = layer.bias if getattr(layer, "use_bias", True) else None
    return {
        "kernel": graph.add_weights(kernel, layer.name),
        "bias": None if bias is None else graph.add_weights(bias, layer.name),
    }


def _batch_normalization(graph: _Graph, layer: Any) -> dict[str, Any]:
    """At inference y = s x + o, with s = gamma / sqrt(variance + epsilon) and o = beta - s mean, per channel."""
    mean, variance = np.asarray(layer.moving_mean), np.asarray(layer.moving_variance)
    scale = (np.asarray(layer.gamma) if layer.scale else 1.0) / np.sqrt(variance + layer.epsilon)
    offset = (np.asarray(layer.beta) if layer.center else 0.0) - scale * mean
    return {
        "type": "affine",
        "scale": graph.add_weights(scale, layer.name),
        "offset": graph.add_weights(offset, layer.name),
    }


def _activation_layer(graph: _Graph, layer: Any) -> dict[str, Any]:
    return {"type": "activation", **_activation_of(layer)}


def _relu(graph: _Graph, layer: Any) -> dict[str, Any]:
    if layer.max_value is not None or layer.threshold:
        raise ExportError(
            f"the layer {layer.name!r} has a largest value or a threshold, which the browser does not know"
        )
    return {"type": "activation", "activation": "leaky_relu", "slope": float(layer.negative_slope)}


def _leaky_relu(graph: _Graph, layer: Any) -> dict[str, Any]:
    return {"type": "activation", "activation": "leaky_relu", "slope": float(layer.negative_slope)}


def _upsampling2d(graph: _Graph, layer: Any) -> dict[str, Any]:
    if layer.interpolation != "nearest":
        raise ExportError(f"the layer {layer.name!r} has the interpolation {layer.interpolation!r}: expected nearest")
    return {"type": "upsampling2d", "size": list(layer.size)}


def _concatenate(graph: _Graph, layer: Any) -> dict[str, Any]:
    if layer.axis != -1:
        raise ExportError(f"the layer {layer.name!r} concatenates along axis {layer.axis}: expected -1")
    return {"type": "concatenate"}


def _reshape(graph: _Graph, layer: Any) -> dict[str, Any]:
    return {"type": "reshape"}


def _repeat(graph: _Graph, layer: Any) -> dict[str, Any]:
    return {"type": "repeat", "times": int(layer.n)}


def _rescaling(graph: _Graph, layer: Any) -> dict[str, Any]:
    return {"type": "rescaling", "scale": float(layer.scale), "offset": float(layer.offset)}


def _lstm(graph: _Graph, layer: Any) -> dict[str, Any]:
    """kernel (inputs, 4 units), recurrent kernel (units, 4 units): gates in the order i, f, c, o. States as inputs."""
    import keras

    activations = [keras.activations.serialize(each) for each in (layer.activation, layer.recurrent_activation)]
    if activations != ["tanh", "sigmoid"] or layer.go_backwards or layer.return_state:
        raise ExportError(f"the LSTM {layer.name!r} has options that the browser does not know")
    return {
        "type": "lstm",
        "units": layer.units,
        "returnSequences": bool(layer.return_sequences),
        "kernel": graph.add_weights(layer.cell.kernel, layer.name),
        "recurrentKernel": graph.add_weights(layer.cell.recurrent_kernel, layer.name),
        "bias": graph.add_weights(layer.cell.bias, layer.name) if layer.use_bias else None,
    }


IDENTITIES = ("Dropout", "GaussianNoise")
LAYERS: dict[str, Callable[[_Graph, Any], dict[str, Any]]] = {
    "Activation": _activation_layer,
    "BatchNormalization": _batch_normalization,
    "Concatenate": _concatenate,
    "Conv2D": _conv2d,
    "Conv2DTranspose": _conv2d_transpose,
    "Dense": _dense,
    "Flatten": _reshape,
    "LSTM": _lstm,
    "LeakyReLU": _leaky_relu,
    "ReLU": _relu,
    "RepeatVector": _repeat,
    "Rescaling": _rescaling,
    "Reshape": _reshape,
    "Transposed": _transposed_dense,
    "UpSampling2D": _upsampling2d,
}
