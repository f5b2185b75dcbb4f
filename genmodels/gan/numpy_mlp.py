"""A small network of dense layers in plain NumPy, with its gradients written out: what `plane_gan` is made of.

At this size TensorFlow would take longer to be called than the sums take, and here every line of the chain
rule can be read. Arrays are float32; a batch has its rows first.
"""

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

SLOPE = np.float32(0.2)  # of LeakyReLU below zero
BETA_1, BETA_2, EPSILON = 0.5, 0.99, 1e-8  # of Adam: a short memory, for the goal moves


@dataclass(eq=False)
class Network:
    """Weights (in, out) and biases (out,) of each layer, and Adam's two averages of their gradients.

    LeakyReLU between the layers, nothing after the last. The arrays are changed in place by `adam`.
    """

    weights: list[np.ndarray]
    biases: list[np.ndarray]
    steps: int = 0
    means: list[np.ndarray] = field(default_factory=list)
    squares: list[np.ndarray] = field(default_factory=list)

    @property
    def parameters(self) -> list[np.ndarray]:
        return [*self.weights, *self.biases]


def build(sizes: list[int], rng: np.random.Generator) -> Network:
    """A fresh network; sizes: of its input, of each layer, e.g. [2, 64, 64, 1]. He's initial weights."""
    weights = [rng.normal(0, np.sqrt(2 / n), (n, m)).astype("float32") for n, m in pairwise(sizes)]
    network = Network(weights, [np.zeros(m, "float32") for m in sizes[1:]])
    network.means = [np.zeros_like(p) for p in network.parameters]
    network.squares = [np.zeros_like(p) for p in network.parameters]
    return network


def forward(network: Network, x: np.ndarray) -> list[np.ndarray]:
    """x (n, in) and what comes out of each layer; the last is the answer, (n, out)."""
    found = [x]
    for k, (w, b) in enumerate(zip(network.weights, network.biases, strict=True), 1):
        x = x @ w + b
        if k < len(network.weights):
            x = np.maximum(x, SLOPE * x)
        found.append(x)
    return found


def backward(network: Network, found: list[np.ndarray], toward: np.ndarray) -> tuple[list[np.ndarray], np.ndarray]:
    """The chain rule, from the answer back: what every parameter, and the input, does to the loss.

    found: of `forward`. toward: (n, out), the gradient of the loss in the answer. Returns the gradients, in the
    order of `parameters`, and the one in the input (n, in).
    """
    of_weights, of_biases = [], []
    for k in reversed(range(len(network.weights))):
        of_weights.append(found[k].T @ toward)
        of_biases.append(toward.sum(axis=0))
        toward = toward @ network.weights[k].T
        if k:
            toward = toward * _bend(found[k])
    return of_weights[::-1] + of_biases[::-1], toward


def slope_penalty(network: Network, found: list[np.ndarray]) -> tuple[float, list[np.ndarray]]:
    """R1 = E[|dD/dx|^2] / 2 for a network of one answer, and its gradients in the order of `parameters`.

    Mescheder et al. 2018, arXiv:1801.04406, equation 9. Between its bends the network is linear, so its slope
    g is a product of weights and masks: once back for g, and once forth with g for what each weight does to
    |g|^2 / 2. A bias does nothing to it.
    """
    n = len(found[0])
    masks = [np.float32(1), *(_bend(x) for x in found[1:-1])]
    back = [np.ones((n, 1), "float32")]  # dD / d(what a layer puts out), the last layer first
    for w, mask in zip(reversed(network.weights), reversed(masks), strict=True):
        back.append(back[-1] @ w.T * mask)
    g = back.pop()  # (n, 2)
    forth, of_weights = g / np.float32(n), []
    for w, mask, then in zip(network.weights, [*masks[1:], np.float32(1)], reversed(back), strict=True):
        of_weights.append(forth.T @ then)
        forth = forth @ w * mask
    return float((g**2).sum(axis=1).mean() / 2), [*of_weights, *(np.zeros_like(b) for b in network.biases)]


def adam(network: Network, gradients: list[np.ndarray], rate: float) -> None:
    """One step against the gradients (Kingma & Ba 2014, arXiv:1412.6980, algorithm 1)."""
    network.steps += 1
    size = np.float32(rate * np.sqrt(1 - BETA_2**network.steps) / (1 - BETA_1**network.steps))
    for p, g, mean, square in zip(network.parameters, gradients, network.means, network.squares, strict=True):
        mean += np.float32(1 - BETA_1) * (g - mean)
        square += np.float32(1 - BETA_2) * (g * g - square)
        p -= size * mean / (np.sqrt(square) + np.float32(EPSILON))


def _bend(x: np.ndarray) -> np.ndarray:
    """LeakyReLU's derivative where it put out x: 1 above zero, `SLOPE` below."""
    return SLOPE + (1 - SLOPE) * (x > 0)
