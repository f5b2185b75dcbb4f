"""The configurations of the pretrained StyleGANs, and of the ablation study."""

from dataclasses import dataclass, replace

from genmodels.data.datasets import CLASS_NAMES

NORMALIZATIONS = ("demodulation", "adain")
DISCRIMINATORS = ("convolutional", "projected")
W_DIM = 128
MAX_WEIGHT_BYTES = 12_000_000  # of the files of one model


@dataclass(frozen=True)
class Hyperparameters:
    """Everything that a training can vary beside the data; the defaults work."""

    latent_dim: int = 64
    channels: tuple[int, ...] = (128, 128, 64, 32)  # of the feature maps at 4, 8, 16, 32, ... pixels
    mapping_layers: int = 8  # 0: no mapping network, w is z
    normalization: str = "demodulation"  # of StyleGAN2; or "adain", of the first StyleGAN
    is_constant_learned: bool = True  # the 4 x 4 input of the synthesis network
    initial_noise_scale: float = 0.0  # of every channel
    is_noise_shared: bool = False  # the same noise for both convolutions of a resolution
    style_mixing: float = 0.9  # probability that a training image is generated from two latent vectors
    discriminator: str = "convolutional"  # or "projected"
    r1_gamma: float = 0.01  # weight of the gradient penalty; 0: none
    batch_size: int = 32
    learning_rate: float = 2.5e-3  # Adam
    discriminator_rate_factor: float = 16 / 17  # its learning rate / that of the generator
    ema_half_life: float = 15_000.0  # images; 0: no moving average
    has_flips: bool = False  # horizontal flips of the real images
    augmentation: float = 0.0  # probability of each transform of DiffAugment
    guidance: float = 0.0  # weight of the classifier guidance; only with a projected discriminator

    def __post_init__(self) -> None:
        for name, allowed in {"normalization": NORMALIZATIONS, "discriminator": DISCRIMINATORS}.items():
            if getattr(self, name) not in allowed:
                raise ValueError(f"{name} must be one of {', '.join(allowed)}, got {getattr(self, name)!r}")
        for name in ("style_mixing", "augmentation"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} must be from 0 to 1, got {getattr(self, name)}")
        if self.guidance < 0 or (self.guidance and self.discriminator != "projected"):
            raise ValueError("guidance must not be negative, and needs discriminator='projected'")
        if self.mapping_layers < 0 or not self.channels or min(self.channels) < 1:
            raise ValueError("mapping_layers must not be negative, and channels must be positive numbers")

    @property
    def resolution(self) -> int:
        """Pixels per side of an image."""
        return 4 * 2 ** (len(self.channels) - 1)


@dataclass(frozen=True)
class Config:
    """A pretrained model: its data, classes and hyperparameters."""

    data: str
    class_names: tuple[str, ...]
    image_channels: int
    hyperparameters: Hyperparameters = Hyperparameters()


FASHION = Hyperparameters()
PROJECTED = Hyperparameters(
    channels=(256, 192, 128, 64),
    discriminator="projected",
    r1_gamma=0.0,
    batch_size=64,
    discriminator_rate_factor=0.16,  # its layers have no equalized learning rate
    style_mixing=0.5,
    ema_half_life=10_000.0,
    has_flips=True,
    augmentation=1.0,
    guidance=0.3,
)
CONFIGS = {
    "fashion": Config("fashion_mnist", CLASS_NAMES["fashion_mnist"], 1, FASHION),
    "fashion_adain": Config("fashion_mnist", CLASS_NAMES["fashion_mnist"], 1, replace(FASHION, normalization="adain")),
    "cifar10": Config("cifar10", CLASS_NAMES["cifar10"], 3, PROJECTED),
    "landscapes": Config(
        "landscapes", CLASS_NAMES["landscapes"], 3, replace(PROJECTED, channels=(256, 192, 128, 64, 32), batch_size=32)
    ),
}

# The ablation study: short runs on Fashion-MNIST, half as wide, each with one part removed or changed.
BASELINE = Hyperparameters(channels=(64, 64, 32, 16))
ABLATIONS = {
    "baseline": BASELINE,
    "fixed_constant": replace(BASELINE, is_constant_learned=False),
    "noise_scale_1": replace(BASELINE, initial_noise_scale=1.0),
    "shared_noise": replace(BASELINE, is_noise_shared=True),
    "gamma_10": replace(BASELINE, r1_gamma=10.0),
    "no_ema": replace(BASELINE, ema_half_life=0.0),
    "no_style_mixing": replace(BASELINE, style_mixing=0.0),
    "no_mapping_network": replace(BASELINE, mapping_layers=0),
}
