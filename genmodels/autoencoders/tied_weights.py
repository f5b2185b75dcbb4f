"""Tied weights: the decoder uses the transposed weight matrices of the encoder.

Half the parameters and less overfitting; each decoder layer keeps its own bias (Hands-On Machine Learning,
chapter 17, "Tying weights").
"""

from functools import cache
from typing import Any


@cache
def transposed_layer() -> type:
    """The Keras layer of a tied decoder; the class is created on first use, so that Keras is imported lazily."""
    import keras
    from keras import layers, ops

    class Transposed(layers.Layer):
        """y = f(x W^T + b): a dense layer with the transposed weights W of another one and its own bias b."""

        def __init__(self, dense: Any, activation: str, **kwargs: Any):
            super().__init__(**kwargs)
            self.get_kernel = lambda: dense.kernel  # in a function, so that Keras tracks the weights in `dense` only
            self.outputs, self.activation = dense.input_spec.axes[-1], keras.activations.get(activation)

        def build(self, shape: Any) -> None:
            self.bias = self.add_weight(shape=(self.outputs,), initializer="zeros", name="bias")

        def call(self, x: Any) -> Any:
            return self.activation(ops.matmul(x, ops.transpose(self.get_kernel())) + self.bias)

    return Transposed
