"""A multilayer perceptron in plain NumPy with explicit backpropagation; both networks of `gan_2d` are built from it.

At this size the overhead of a TensorFlow call would exceed the computation, and every line of the chain rule can be
read here. Arrays are float32 with the batch on the first axis.
"""

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

LEAKY_RELU_SLOPE = np.float32(0.2)
BETA_1, BETA_2, EPSILON = 0.5, 0.99, 1e-8  # of Adam; short averages, because the loss surface moves


@dataclass(eq=False)
class Network:
    """Weights (in, out) and biases (out,) of each layer, with Adam's moment estimates of their gradients.

    LeakyReLU between the layers, no activation after the last. `adam` changes the arrays in place.
    """

    weights: list[np.ndarray]
    biases: list[np.ndarray]
    adam_steps: int = 0
    first_moments: list[np.ndarray] = field(default_factory=list)
    second_moments: list[np.ndarray] = field(default_factory=list)

    @property
    def parameters(self) -> list[np.ndarray]:
        return [*self.weights, *self.biases]


def build(layer_sizes: list[int], rng: np.random.Generator) -> Network:
    """An untrained network with He initialization; layer_sizes from input to output, e.g. [2, 64, 64, 1]."""
    weights = [rng.normal(0, np.sqrt(2 / n), (n, m)).astype("float32") for n, m in pairwise(layer_sizes)]
    network = Network(weights, [np.zeros(m, "float32") for m in layer_sizes[1:]])
    network.first_moments = [np.zeros_like(p) for p in network.parameters]
    network.second_moments = [np.zeros_like(p) for p in network.parameters]
    return network


def forward(network: Network, x: np.ndarray) -> list[np.ndarray]:
    """The input x (n, in) and the output of every layer; the last one is the network's output (n, out)."""
    activations = [x]
    for k, (w, b) in enumerate(zip(network.weights, network.biases, strict=True), 1):
        x = x @ w + b
        if k < len(network.weights):
            x = np.maximum(x, LEAKY_RELU_SLOPE * x)
        activations.append(x)
    return activations


def backward(
    network: Network, activations: list[np.ndarray], upstream_gradient: np.ndarray
) -> tuple[list[np.ndarray], np.ndarray]:
    """Backpropagation: gradients of the parameters, in the order of `parameters`, and of the input (n, in).

    activations: from `forward`. upstream_gradient: (n, out), the gradient of the loss in the output.
    """
    weight_gradients, bias_gradients = [], []
    gradient = upstream_gradient
    for k in reversed(range(len(network.weights))):
        weight_gradients.append(activations[k].T @ gradient)
        bias_gradients.append(gradient.sum(axis=0))
        gradient = gradient @ network.weights[k].T
        if k:
            gradient = gradient * _leaky_relu_gradient(activations[k])
    return weight_gradients[::-1] + bias_gradients[::-1], gradient


def r1_penalty(network: Network, activations: list[np.ndarray]) -> tuple[float, list[np.ndarray]]:
    """R1 = E[|dD/dx|^2] / 2 for a network with one output, and its gradients in the order of `parameters`.

    Mescheder et al. 2018, arXiv:1801.04406, equation 9. The network is piecewise linear, so its input gradient g is a
    product of weights and LeakyReLU masks: one backward pass gives g, one forward pass of g gives the derivative of
    |g|^2 / 2 in each weight. Biases have no influence.
    """
    n = len(activations[0])
    masks = [np.float32(1), *(_leaky_relu_gradient(x) for x in activations[1:-1])]
    backward_signals = [np.ones((n, 1), "float32")]  # dD / d(output of a layer), the last layer first
    for w, mask in zip(reversed(network.weights), reversed(masks), strict=True):
        backward_signals.append(backward_signals[-1] @ w.T * mask)
    g = backward_signals.pop()  # (n, in)
    forward_signal, weight_gradients = g / np.float32(n), []
    for w, mask, signal in zip(network.weights, [*masks[1:], np.float32(1)], reversed(backward_signals), strict=True):
        weight_gradients.append(forward_signal.T @ signal)
        forward_signal = forward_signal @ w * mask
    return float((g**2).sum(axis=1).mean() / 2), [*weight_gradients, *(np.zeros_like(b) for b in network.biases)]


def adam(network: Network, gradients: list[np.ndarray], learning_rate: float) -> None:
    """One step against the gradients (Kingma & Ba 2014, arXiv:1412.6980, algorithm 1)."""
    network.adam_steps += 1
    t = network.adam_steps
    step_size = np.float32(learning_rate * np.sqrt(1 - BETA_2**t) / (1 - BETA_1**t))
    for p, g, m, v in zip(network.parameters, gradients, network.first_moments, network.second_moments, strict=True):
        m += np.float32(1 - BETA_1) * (g - m)
        v += np.float32(1 - BETA_2) * (g * g - v)
        p -= step_size * m / (np.sqrt(v) + np.float32(EPSILON))


def _leaky_relu_gradient(output: np.ndarray) -> np.ndarray:
    """The derivative of LeakyReLU, from its output: 1 above zero, `LEAKY_RELU_SLOPE` below."""
    return LEAKY_RELU_SLOPE + (1 - LEAKY_RELU_SLOPE) * (output > 0)
