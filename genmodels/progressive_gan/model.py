"""ProGAN: build, load, generate images at each resolution and with each fade-in factor alpha.

The training starts at 4 x 4 pixels. When the networks have learned a resolution, a block for twice the resolution is
added to both and faded in: the image is (1 - alpha) times the old path, upsampled, plus alpha times the new path, while
alpha rises from 0 to 1. The pretrained model holds the generator at the end of every stage of its training, so that a
page can show each of them: the output layer of a low resolution is no longer trained after the growth.

Karras et al. 2018, "Progressive Growing of GANs for Improved Quality, Stability, and Variation", arXiv:1710.10196;
Hands-On Machine Learning, chapter 17. We differ: fewer channels, at most 32 pixels, and the non-saturating loss with R1
gradient penalty in place of WGAN-GP (see `train_step`).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from genmodels import weights
from genmodels.progressive_gan.config import LATENT_DIM, RESOLUTIONS, schedule

NAMES = ("fashion",)
DATA = {"fashion": "fashion_mnist"}
STAGES = tuple(stage.name for stage in schedule(0))  # "stable_4", "fade_8", "stable_8", ...
CHUNK = 250  # images generated at once, to bound the memory


@dataclass(frozen=True, eq=False)
class ProgressiveGAN:
    """The generators of all stages; what `load` returns is shared: read-only.

    generators: by stage, one of `STAGES`; z (n, LATENT_DIM) to images. That of a fade is the generator at alpha = 0.5,
    where both paths are trained.
    """

    generators: dict[str, Any]
    image_channels: int
    compiled: dict[str, Callable] = field(default_factory=dict)  # by stage


def resolution_of(stage: str) -> int:
    """Pixels per side of the images of a stage. Raises `ValueError` for an unknown stage."""
    if stage not in STAGES:
        raise ValueError(f"unknown stage {stage!r}: expected one of {', '.join(STAGES)}")
    return int(stage.rpartition("_")[2])


def build(image_channels: int = 1, *, seed: int = 0) -> ProgressiveGAN:
    """New, untrained generators."""
    from genmodels.progressive_gan import networks

    generators = {stage: networks.Generator(image_channels, resolution_of(stage), seed=seed) for stage in STAGES}
    return ProgressiveGAN(generators, image_channels)


def load(name: str = "fashion") -> ProgressiveGAN:
    """A pretrained model, one of `NAMES`. Shared instance: read-only.

    Raises `ValueError` for an unknown name and `weights.WeightsError` for missing or damaged weights.
    """
    if name not in NAMES:
        raise ValueError(f"unknown model {name!r}: expected one of {', '.join(NAMES)}")
    model = build()
    weights.combine(**model.generators).load_weights(weights.path(f"progressive_gan_{name}"))
    return model


def sample_latents(n: int, seed: int) -> np.ndarray:
    """z (n, LATENT_DIM) float32, standard normal; the same seed gives the same z."""
    return np.random.default_rng(seed).standard_normal((n, LATENT_DIM), dtype="float32")


def path_values(model: ProgressiveGAN, z: np.ndarray, stage: str) -> tuple[np.ndarray, np.ndarray]:
    """Old path and new path before they are blended: each float32 (n, r, r, c), in levels of 0 to 255, not clipped.

    At the lowest resolution both are equal. Raises `ValueError` for z of another shape or an unknown stage.
    """
    resolution_of(stage)
    z = np.asarray(z, "float32")
    if z.ndim != 2 or z.shape[1] != LATENT_DIM:
        raise ValueError(f"z must have shape (n, {LATENT_DIM}), got {z.shape}")
    paths = _compiled_paths(model, stage)
    chunks = [[np.asarray(each) for each in paths(z[k : k + CHUNK])] for k in range(0, len(z), CHUNK)]
    old, new = (127.5 * (np.concatenate(each) + 1) for each in zip(*chunks, strict=True))
    return old, new


def generate_paths(
    model: ProgressiveGAN, z: np.ndarray, stage: str, alpha: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Old path, new path and their blend, each uint8 (n, r, r), or (n, r, r, 3) in color.

    alpha: in [0, 1]; 0 shows the old path only, 1 the new one. The paths are blended before they are clipped: only the
    blend is trained to be an image. Raises the errors of `path_values`, and `ValueError` for alpha outside of [0, 1].
    """
    from genmodels.progressive_gan.layers import fade_in

    if not 0 <= alpha <= 1:
        raise ValueError(f"alpha must be from 0 to 1, got {alpha}")
    old, new = path_values(model, z, stage)
    old, new, blend = (_to_uint8(each) for each in (old, new, fade_in(old, new, np.float32(alpha))))
    return old, new, blend


def generate(model: ProgressiveGAN, z: np.ndarray, stage: str = STAGES[-1]) -> np.ndarray:
    """G(z) at the end of a stage: uint8 (n, r, r), or (n, r, r, 3) in color; of a fade, its blend at alpha = 0.5."""
    return generate_paths(model, z, stage, 0.5 if stage.startswith("fade") else 1.0)[2]


def generate_resolutions(model: ProgressiveGAN, z: np.ndarray) -> dict[int, np.ndarray]:
    """G(z) at the end of each resolution: uint8 (n, r, r[, 3]) by r, from 4 to 32.

    Each comes from the generator at the end of its own stage, so they are not one image in several sizes: the weights
    have changed between the stages.
    """
    return {r: generate(model, z, f"stable_{r}") for r in RESOLUTIONS}


def fade_images(images: np.ndarray, alpha: float) -> np.ndarray:
    """Images (n, r, r[, 3]) uint8, blended with their half resolution, as the real images of a training are.

    alpha: as in `generate_paths`; 1 leaves the images unchanged. Raises `ValueError` for alpha outside of [0, 1].
    """
    from genmodels.progressive_gan.layers import fade_real_images

    if not 0 <= alpha <= 1:
        raise ValueError(f"alpha must be from 0 to 1, got {alpha}")
    x = np.asarray(images, "float32")
    faded = np.asarray(fade_real_images(x[..., None] if x.ndim == 3 else x, np.float32(alpha)))
    return np.clip(np.rint(faded.reshape(x.shape)), 0, 255).astype("uint8")


def enlarge(images: np.ndarray, side: int = RESOLUTIONS[-1]) -> np.ndarray:
    """Images (n, r, r[, 3]) with each pixel as a square, so that they have `side` pixels, a multiple of r."""
    k = side // images.shape[1]
    return images.repeat(k, axis=1).repeat(k, axis=2)


def _to_uint8(values: np.ndarray) -> np.ndarray:
    """(n, r, r, c) gray levels to uint8, without the last axis if it is 1."""
    x = np.clip(np.rint(values), 0, 255).astype("uint8")
    return x[..., 0] if x.shape[-1] == 1 else x


def _compiled_paths(model: ProgressiveGAN, stage: str) -> Callable:
    """z to old path and new path, about in [-1, 1]; compiled once per stage."""
    if stage not in model.compiled:
        import keras

        generator, resolution = model.generators[stage], resolution_of(stage)

        def paths(z):
            return generator.paths(z, resolution)

        if keras.backend.backend() == "tensorflow":
            import tensorflow as tf

            signature = [tf.TensorSpec((None, LATENT_DIM), tf.float32)]
            paths = tf.function(paths, input_signature=signature, autograph=False)
        model.compiled[stage] = paths
    return model.compiled[stage]
