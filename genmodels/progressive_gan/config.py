"""Sizes of the ProGAN and the schedule of its growth."""

from dataclasses import dataclass

RESOLUTIONS = (4, 8, 16, 32)  # pixels per side
CHANNELS = {4: 128, 8: 128, 16: 64, 32: 32}  # of the feature maps
LATENT_DIM = 64
BATCH_SIZE = 32
LEARNING_RATE = 2e-3  # Adam, both networks
R1_GAMMA = 0.01  # weight of the gradient penalty
R1_INTERVAL = 16  # steps from one gradient penalty to the next
EMA_HALF_LIFE = 10_000  # images


@dataclass(frozen=True)
class Stage:
    """A part of the schedule: one resolution, while its new block is faded in or after that."""

    resolution: int
    is_fading: bool
    images: int  # real images shown to the discriminator

    @property
    def name(self) -> str:
        return f"{'fade' if self.is_fading else 'stable'}_{self.resolution}"


def schedule(images: int) -> list[Stage]:
    """The stages of a training on about `images` real images.

    The fractions grow with the resolution, because a higher one has more to learn; one third of the images of a
    resolution above the lowest are shown while it is faded in.
    """
    fractions = {4: 0.05, 8: 0.1, 16: 0.25, 32: 0.6}
    stages = []
    for r, fraction in fractions.items():
        if r > RESOLUTIONS[0]:
            stages.append(Stage(r, True, round(images * fraction / 3)))
        stages.append(Stage(r, False, round(images * fraction * (2 / 3 if r > RESOLUTIONS[0] else 1))))
    return stages
