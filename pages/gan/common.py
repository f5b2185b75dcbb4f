"""What the GAN page's sections share: names, colours, the loaded models."""

from types import ModuleType
from typing import Any

from genmodels import gan_records
from genmodels.datasets import CLASS_NAMES
from ui import engine

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
    return {title: name for title, name in MODELS.items() if gan_records.recorded(name)}


def names(name: str) -> tuple[str, ...]:
    """Class names of the data set that a recipe learnt from."""
    return CLASS_NAMES[DATA[name]]


def module() -> ModuleType:
    """`genmodels.gan`, which brings TensorFlow: imported once something has to be computed."""
    engine.wait()
    from genmodels import gan

    return gan


def training() -> ModuleType:
    """`genmodels.gan_training`, likewise."""
    engine.wait()
    from genmodels import gan_training

    return gan_training


def measures() -> ModuleType:
    """`genmodels.gan_measures`, likewise."""
    engine.wait()
    from genmodels import gan_measures

    return gan_measures


@engine.shared("Loading the GAN")
def load(name: str) -> Any:
    """A trained model, shared by all visitors: nobody trains or changes it."""
    return module().load(name)


@engine.shared("Loading the classifier")
def classifier(data: str) -> Any:
    """The small network that knows a data set's classes, shared by all visitors."""
    return measures().classifier(data)
