"""What the GAN page's sections share: names, colours, the loaded models."""

from types import ModuleType
from typing import Any

from genmodels.data.datasets import CLASS_NAMES
from genmodels.gan import training_history
from ui import model_loading

KEEP: dict[str, Any] = {"bind": "query-params", "persist_state": "session"}  # a control that has a link

MODELS = {  # what the visitor reads: recipe of `genmodels.gan`
    "Clothes, DCGAN": "fashion_dcgan",
    "Clothes, dense": "fashion_dense",
    "Clothes, by kind": "fashion_conditional",
    "Digits, by number": "mnist_conditional",
    "Clothes, WGAN-GP": "fashion_wgan_gp",
    "Frogs": "frogs",
    "Ten kinds of things": "cifar10",
}
DATA = {  # recipe: the data set it learnt from
    "fashion_dcgan": "fashion_mnist",
    "fashion_dense": "fashion_mnist",
    "fashion_conditional": "fashion_mnist",
    "mnist_conditional": "mnist",
    "fashion_wgan_gp": "fashion_mnist",
    "frogs": "cifar10",
    "cifar10": "cifar10",
}
REAL, FAKE = "#3182bd", "#e6550d"  # what is real and what is made, on every tab; good on white and on black


def trained() -> dict[str, str]:
    """Those of `MODELS` that are in `weights/`: what there is to explore."""
    return {title: name for title, name in MODELS.items() if training_history.has_history(name)}


def names(name: str) -> tuple[str, ...]:
    """Class names of the data set that a recipe learnt from."""
    return CLASS_NAMES[DATA[name]]


def module() -> ModuleType:
    """`genmodels.gan`, which brings TensorFlow: imported once something has to be computed."""
    model_loading.wait_for_tensorflow()
    from genmodels.gan import model as gan

    return gan


def training() -> ModuleType:
    """`genmodels.gan_training`, likewise."""
    model_loading.wait_for_tensorflow()
    from genmodels.gan import training as gan_training

    return gan_training


def measures() -> ModuleType:
    """`genmodels.gan_measures`, likewise."""
    model_loading.wait_for_tensorflow()
    from genmodels.gan import metrics as gan_metrics

    return gan_metrics


@model_loading.cached_model("Loading the GAN")
def load(name: str) -> Any:
    """A trained model, shared by all visitors: nobody trains or changes it."""
    return module().load(name)


@model_loading.cached_model("Loading the classifier")
def classifier(data: str) -> Any:
    """The small network that knows a data set's classes, shared by all visitors."""
    return measures().load_classifier(data)
