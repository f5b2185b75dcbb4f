"""What the tabs of the StyleGAN page have in common: titles, the loaded models, images at the size of their data."""

from types import ModuleType
from typing import Any

import numpy as np
import streamlit as st

from genmodels import weights
from genmodels.style_gan.config import CONFIGS
from ui import model_loading

URL_BOUND: dict[str, Any] = {"bind": "query-params", "persist_state": "session"}  # a control that is part of the link

MODELS = {  # title: configuration of `genmodels.style_gan.config`
    "CIFAR-10": "cifar10",
    "Fashion-MNIST": "fashion",
    "Landscapes, 64 x 64": "landscapes",
}
ADAIN = {"fashion": "fashion_adain"}  # configuration: the same with the other normalization
IMAGE_SIZES = {
    "cifar10": 32,
    "fashion_mnist": 28,
    "landscapes": 64,
}  # pixels per side of the data; the generator adds a border to 28


def is_trained(name: str) -> bool:
    """Whether `weights/` has a model card of a name that `genmodels.style_gan.model.load` takes."""
    return (weights.FOLDER / f"style_gan_{name}.json").is_file()


def trained() -> dict[str, str]:
    """Those of `MODELS` that are in `weights/`."""
    return {title: name for title, name in MODELS.items() if is_trained(name)}


def class_names(name: str) -> tuple[str, ...]:
    """Class names of a configuration."""
    return CONFIGS[name].class_names


def module() -> ModuleType:
    """`genmodels.style_gan.model`, once TensorFlow is loaded."""
    model_loading.wait_for_tensorflow()
    from genmodels.style_gan import model as style_gan

    return style_gan


@model_loading.cached_model("Loading the StyleGAN")
def load(name: str) -> Any:
    """A pretrained model. All visitors use the same one: read-only."""
    model = module().load(name)
    _ = model.mean_w  # computed once, here, where a spinner is shown
    return model


def synthesize(model: Any, w: np.ndarray, noise: np.ndarray | None = None) -> np.ndarray:
    """Images (n, h, w[, 3]) uint8 at the size of the data; see `genmodels.style_gan.model.synthesize`."""
    return crop(model, module().synthesize(model, w, noise))


def crop(model: Any, images: np.ndarray) -> np.ndarray:
    """Images (n, r, r[, 3]) of the generator at the size of the data."""
    return module().crop_images(images, IMAGE_SIZES[model.config.data])


@st.cache_data(show_spinner=False, max_entries=200)
def noise(name: str, seed: int | None) -> np.ndarray | None:
    """One noise (1, noise_size) for all images; None: no noise."""
    return None if seed is None else module().sample_noise(load(name), 1, seed)


def seed_latents(name: str, seeds: Any) -> np.ndarray:
    """z (n, latent_dim): the first latent vector of each seed, as in NVIDIA's generator scripts."""
    style_gan, model = module(), load(name)
    return np.concatenate([style_gan.sample_latents(model, 1, int(seed)) for seed in seeds])
