"""Training of a ProGAN: the schedule of its growth, and one step at a resolution and a fade-in factor."""

from typing import Any

import numpy as np

from genmodels.progressive_gan import train_step
from genmodels.progressive_gan.config import (
    EMA_HALF_LIFE,
    LATENT_DIM,
    LEARNING_RATE,
    R1_GAMMA,
    R1_INTERVAL,
    RESOLUTIONS,
    Stage,
)
from genmodels.progressive_gan.train_step import TrainState


def create_state(image_channels: int, *, seed: int = 0) -> TrainState:
    """Untrained networks; `start_stage` must be called before the first step."""
    from genmodels.progressive_gan import networks

    generator, average = (networks.Generator(image_channels, seed=seed) for _ in range(2))
    return train_step.create_train_state(generator, average, networks.Discriminator(image_channels, seed=seed))


def start_stage(state: TrainState, stage: Stage) -> None:
    """Reset the optimizers: at a new resolution the moments of the earlier one do not fit (Karras et al., section A.1).

    A stage that follows the fade of its own resolution keeps them.
    """
    if stage.is_fading or stage.resolution == RESOLUTIONS[0]:
        r = stage.resolution
        train_step.reset_optimizers(state, state.generator.used_variables(r), state.discriminator.used_variables(r))


def alpha_of(stage: Stage, images: int) -> float:
    """The fade-in factor after `images` images of a stage: 0 to 1 while the stage is fading, else 1."""
    return min(1.0, images / max(1, stage.images)) if stage.is_fading else 1.0


def train_on_batch(
    state: TrainState,
    resolution: int,
    alpha: float,
    images: np.ndarray,
    rng: np.random.Generator,
    *,
    learning_rate: float = LEARNING_RATE,
) -> dict[str, float]:
    """One step. images: (n, r, r, c) uint8 at the largest resolution; they are reduced to `resolution`.

    Returns the numbers of `train_step.train_step`.
    """
    from genmodels.progressive_gan.layers import fade_real_images

    real = resize(images.astype("float32") / 127.5 - 1, resolution)
    if resolution > RESOLUTIONS[0]:
        real = np.asarray(fade_real_images(real, np.float32(alpha)))

    def generate(generator: Any, z: Any, alpha: Any) -> Any:
        return generator(z, resolution=resolution, alpha=alpha)

    def discriminate(x: Any, number: int, z: Any, alpha: Any) -> Any:
        return state.discriminator(x, resolution=resolution, alpha=alpha)

    return train_step.train_step(
        state,
        generate,
        discriminate,
        real,
        (rng.standard_normal((len(real), LATENT_DIM), dtype="float32"), np.asarray(alpha, "float32")),
        learning_rates=(learning_rate, learning_rate),
        half_life=EMA_HALF_LIFE,
        r1_gamma=R1_GAMMA,
        r1_interval=R1_INTERVAL,
        key=(resolution,),
    )


def resize(images: np.ndarray, resolution: int) -> np.ndarray:
    """Means of squares of pixels: (n, h, h, c) float32 to (n, resolution, resolution, c)."""
    n, h, _, c = images.shape
    k = h // resolution
    return images.reshape(n, resolution, k, resolution, k, c).mean(axis=(2, 4))


def pad_images(images: np.ndarray) -> np.ndarray:
    """Images (n, h, w[, 3]) uint8 with a black border up to the largest resolution: (n, r, r, c)."""
    x = images[..., None] if images.ndim == 3 else images
    border = (RESOLUTIONS[-1] - x.shape[1]) // 2
    return np.pad(x, ((0, 0), (border, border), (border, border), (0, 0)))
