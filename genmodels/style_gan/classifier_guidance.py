"""Classifier guidance: the generator is also trained to be classified as the class asked for.

Sauer et al. 2022, "StyleGAN-XL", arXiv:2202.00273, section 3.3. They take a network trained for classification; here it
is a linear classifier on the features of the built-in network, which was trained on adversarial examples: its gradients
with respect to the pixels change the shape of an object, not invisible patterns. The classifier that measures the
generated images is another network. Where we differ: the loss is zero for an image that is classified as well as a real
one, so that the images of a class do not become all alike.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

CHUNK = 250  # images per call
REGULARIZATION = 100.0  # 1 / C of the logistic regression
HELD_BACK = 0.1  # fraction of the images on which the cross-entropy of real images is measured


@dataclass(frozen=True, eq=False)
class Guide:
    """A linear classifier of the statistics of feature maps; made by `fit`."""

    mean: np.ndarray  # (d,) of the statistics
    scale: np.ndarray  # (d,)
    kernel: np.ndarray  # (d, classes)
    bias: np.ndarray  # (classes,)
    real_cross_entropy: float  # mean, of real images it was not fitted on
    accuracy: float  # on the same images

    def cross_entropy(self, levels: list[Any], labels: Any) -> Any:
        """-log p(label) of each image: feature maps [(n, h, w, c), ...] and one-hot labels to (n,)."""
        from keras import ops

        x = (statistics(levels) - self.mean) / self.scale
        logits = ops.matmul(x, self.kernel) + self.bias
        return -ops.sum(labels * ops.log_softmax(logits, axis=-1), axis=-1)

    def loss(self, levels: list[Any], labels: Any) -> Any:
        """E[max(0, -log p(label) - c)], with c the mean cross-entropy of real images; a scalar."""
        from keras import ops

        return ops.mean(ops.relu(self.cross_entropy(levels, labels) - self.real_cross_entropy))


def statistics(levels: list[Any]) -> Any:
    """Mean and standard deviation of every channel over the positions: [(n, h, w, c), ...] to (n, d)."""
    from keras import ops

    parts = []
    for x in levels:
        mean, variance = ops.moments(x, axes=(1, 2))
        parts += [mean, ops.sqrt(variance + 1e-6)]
    return ops.concatenate(parts, axis=1)


def fit(features: Any, images: np.ndarray, labels: np.ndarray) -> Guide:
    """Fit the classifier. features: f(images in [0, 1]) to feature maps. images: (n, h, w, 3) uint8; labels: (n,)."""
    from keras import ops
    from sklearn.linear_model import LogisticRegression

    rows = [
        np.asarray(statistics(features(ops.convert_to_tensor(images[k : k + CHUNK].astype("float32") / 255))))
        for k in range(0, len(images), CHUNK)
    ]
    x = np.concatenate(rows)
    mean, scale = x.mean(axis=0), x.std(axis=0) + 1e-6
    x, n = (x - mean) / scale, int(len(x) * (1 - HELD_BACK))
    model = LogisticRegression(C=1 / REGULARIZATION, max_iter=200).fit(x[:n], labels[:n])
    p = model.predict_proba(x[n:])
    return Guide(
        mean,
        scale,
        model.coef_.T.astype("float32"),
        model.intercept_.astype("float32"),
        float(-np.log(np.maximum(p[np.arange(len(p)), labels[n:]], 1e-9)).mean()),
        float((p.argmax(axis=1) == labels[n:]).mean()),
    )
