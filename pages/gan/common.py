"""What the tabs of the GAN page share: titles, colors, the loaded models."""

from types import ModuleType
from typing import Any

from genmodels.data.datasets import CLASS_NAMES
from genmodels.gan import training_history
from ui import model_loading

URL_BOUND: dict[str, Any] = {"bind": "query-params", "persist_state": "session"}  # a control that is part of the link

MODELS = {  # title: configuration of `genmodels.gan.config`
    "Fashion-MNIST, DCGAN": "fashion_dcgan",
    "Fashion-MNIST, dense": "fashion_dense",
    "Fashion-MNIST, conditional": "fashion_conditional",
    "MNIST, conditional": "mnist_conditional",
    "Fashion-MNIST, WGAN-GP": "fashion_wgan_gp",
    "CIFAR-10 frogs": "frogs",
    "CIFAR-10, conditional": "cifar10",
}
DATA = {  # configuration: its data set
    "fashion_dcgan": "fashion_mnist",
    "fashion_dense": "fashion_mnist",
    "fashion_conditional": "fashion_mnist",
    "mnist_conditional": "mnist",
    "fashion_wgan_gp": "fashion_mnist",
    "frogs": "cifar10",
    "cifar10": "cifar10",
}
WGAN_MODELS = ("fashion_wgan_gp",)  # their discriminator is a critic: its score is no probability
REAL, FAKE = "#3182bd", "#e6550d"  # real and generated, on every tab; readable on white and on black
VIDEO_FORMATS = {"GIF": "image/gif", "WebP": "image/webp", "MP4": "video/mp4"}


def trained() -> dict[str, str]:
    """Those of `MODELS` that are in `weights/`."""
    return {title: name for title, name in MODELS.items() if training_history.has_history(name)}


def names(name: str) -> tuple[str, ...]:
    """Class names of the data set of a configuration."""
    return CLASS_NAMES[DATA[name]]


def module() -> ModuleType:
    """`genmodels.gan.model`, once TensorFlow is loaded."""
    model_loading.wait_for_tensorflow()
    from genmodels.gan import model as gan

    return gan


def training() -> ModuleType:
    """`genmodels.gan.training`, once TensorFlow is loaded."""
    model_loading.wait_for_tensorflow()
    from genmodels.gan import training as gan_training

    return gan_training


def metrics() -> ModuleType:
    """`genmodels.gan.metrics`, once TensorFlow is loaded."""
    model_loading.wait_for_tensorflow()
    from genmodels.gan import metrics

    return metrics


@model_loading.cached_model("Loading the GAN")
def load(name: str) -> Any:
    """A pretrained model. Shared by all visitors: read-only."""
    return module().load(name)


@model_loading.cached_model("Loading the classifier")
def classifier(data: str) -> Any:
    """The classifier of a data set. Shared by all visitors: read-only."""
    return metrics().load_classifier(data)


def score_text(score: float, *, critic: bool) -> str:
    """D(x) as a probability, or the signed score of a critic."""
    return f"{score:+.1f}" if critic else f"{score:.2f}"
