"""The hyperparameters of a GAN, the configurations of the pretrained models, and those of the ablation study.

The defaults are the values that work; the alternatives are the tricks, and the mistakes, of the sources:

- Radford et al. 2015 (DCGAN), arXiv:1511.06434; Chollet, *Deep Learning with Python*, section 8.5
- Salimans et al. 2016, arXiv:1606.03498: minibatch discrimination, noisy labels
- Gulrajani et al. 2017, arXiv:1704.00028: WGAN-GP
- Karras et al. 2017, arXiv:1710.10196: minibatch standard deviation, moving average of the generator
- Géron, *Hands-On Machine Learning*, chapter 17: experience replay
"""

from dataclasses import dataclass, replace

OUTPUT_ACTIVATIONS = {  # activation of the last layer, and the value of black in the data; white is 1
    "tanh": ("tanh", -1.0),
    "sigmoid": ("sigmoid", 0.0),
    "tanh_0_1": ("tanh", 0.0),  # as in Deep Learning with Python: the data uses half of the range of tanh
}
LATENT_DISTRIBUTIONS = ("normal", "uniform")
ACTIVATIONS = ("leaky_relu", "relu_and_pooling")
MINIBATCH_LAYERS = ("none", "std", "discrimination")
OBJECTIVES = ("gan", "wgan_gp")

ARCHITECTURES = ("dense", "dcgan", "color")
LATENT_DIMS = {"dense": 30, "dcgan": 100, "color": 32}
IMAGE_SHAPES = {"dense": (28, 28, 1), "dcgan": (28, 28, 1), "color": (32, 32, 3)}
STRIDE = 2  # of every convolution that changes the image size
LEAKY_RELU_SLOPE = 0.2  # below zero


@dataclass(frozen=True)
class Hyperparameters:
    """Everything that a training run can vary beside data and architecture; the defaults work."""

    output_activation: str = "tanh"  # one of `OUTPUT_ACTIVATIONS`; fixes the range of the data, too
    latent_distribution: str = "normal"  # or "uniform", in [-1, 1]
    label_noise: float = 0.05  # the label of a real image is in [1 - noise, 1], that of a fake one in [0, noise]
    dropout: float = 0.4  # dropout rate of the discriminator
    activation: str = "leaky_relu"  # or "relu_and_pooling": ReLU, and max pooling in place of strides
    kernel_size: int = 4  # pixels; 5 is not divisible by the stride of 2
    replay_fraction: float = 0.0  # fraction of earlier fakes in the discriminator's batch (experience replay)
    minibatch_layer: str = "none"  # or "std", "discrimination": batch statistics passed to the discriminator
    gradient_clip: float = 0.0  # largest absolute value of a gradient component; 0: off
    lr_decay: float = 0.0  # fraction by which the learning rates have fallen at the end
    mismatched_labels: bool = False  # conditional GAN: real images with a wrong label count as fakes, too
    objective: str = "gan"  # or "wgan_gp"
    discriminator_learning_rate: float = 1e-3  # Adam
    generator_learning_rate: float = 2e-3  # Adam
    discriminator_steps: int = 1  # per generator step
    width_multiplier: float = 1.0  # fraction of the convolutions' channels
    ema_decay: float = 0.999  # of the moving average of the generator's weights; 0: off

    def __post_init__(self) -> None:
        for field, allowed in {
            "output_activation": OUTPUT_ACTIVATIONS,
            "latent_distribution": LATENT_DISTRIBUTIONS,
            "activation": ACTIVATIONS,
            "minibatch_layer": MINIBATCH_LAYERS,
            "objective": OBJECTIVES,
        }.items():
            if getattr(self, field) not in allowed:
                raise ValueError(f"{field} must be one of {', '.join(allowed)}, got {getattr(self, field)!r}")
        for field in ("label_noise", "replay_fraction", "lr_decay"):
            if not 0 <= getattr(self, field) <= 1:
                raise ValueError(f"{field} must be from 0 to 1, got {getattr(self, field)}")
        for field in ("dropout", "ema_decay"):
            if not 0 <= getattr(self, field) < 1:
                raise ValueError(f"{field} must be from 0 to below 1, got {getattr(self, field)}")
        if not 0 < self.width_multiplier <= 1:
            raise ValueError(f"width_multiplier must be above 0 and at most 1, got {self.width_multiplier}")
        for field, least in {"kernel_size": 2, "discriminator_steps": 1, "gradient_clip": 0}.items():
            if getattr(self, field) < least:
                raise ValueError(f"{field} must be at least {least}, got {getattr(self, field)}")


DEFAULT_HYPERPARAMETERS = Hyperparameters()


@dataclass(frozen=True)
class Config:
    """A pretrained model: its data set, architecture and hyperparameters."""

    data: str
    architecture: str
    classes: int = 0  # number of classes of a conditional GAN; 0: unconditional
    only_class: int | None = None  # the one class that it is trained on; None: all of them
    hyperparameters: Hyperparameters = DEFAULT_HYPERPARAMETERS


WGAN_GP = Hyperparameters(
    objective="wgan_gp",
    discriminator_steps=3,  # 5 in the paper; 3 keep the training time on a CPU bearable
    dropout=0.0,
    label_noise=0.0,
    discriminator_learning_rate=5e-4,
    generator_learning_rate=1e-3,
)
COLOR = Hyperparameters(gradient_clip=1.0, lr_decay=0.5, discriminator_learning_rate=5e-4, generator_learning_rate=1e-3)
MINIBATCH_DISCRIMINATION = Hyperparameters(minibatch_layer="discrimination")
MISMATCHED_LABELS = Hyperparameters(mismatched_labels=True)
CONFIGS = {
    "fashion_dense": Config("fashion_mnist", "dense", hyperparameters=Hyperparameters(output_activation="sigmoid")),
    "fashion_dcgan": Config("fashion_mnist", "dcgan", hyperparameters=MINIBATCH_DISCRIMINATION),
    "frogs": Config("cifar10", "color", only_class=6, hyperparameters=replace(COLOR, minibatch_layer="discrimination")),
    "cifar10": Config("cifar10", "color", classes=10, hyperparameters=COLOR),
    "fashion_conditional": Config("fashion_mnist", "dcgan", classes=10, hyperparameters=MISMATCHED_LABELS),
    "mnist_conditional": Config("mnist", "dcgan", classes=10, hyperparameters=MISMATCHED_LABELS),
    "fashion_wgan_gp": Config("fashion_mnist", "dcgan", hyperparameters=replace(WGAN_GP, width_multiplier=0.5)),
}

# The ablation study: short runs of one DCGAN, each with one trick removed or added. Half as wide, so that they can
# be repeated on a laptop.
HALF_WIDTH = Hyperparameters(width_multiplier=0.5)
ABLATIONS_REMOVED = {
    "baseline": HALF_WIDTH,
    "sigmoid": replace(HALF_WIDTH, output_activation="sigmoid"),
    "tanh_0_1": replace(HALF_WIDTH, output_activation="tanh_0_1"),
    "uniform_latent": replace(HALF_WIDTH, latent_distribution="uniform"),
    "no_label_noise": replace(HALF_WIDTH, label_noise=0.0),
    "no_dropout": replace(HALF_WIDTH, dropout=0.0),
    "relu_and_pooling": replace(HALF_WIDTH, activation="relu_and_pooling"),
    "checkerboard": replace(HALF_WIDTH, kernel_size=5),
    "strong_discriminator": replace(HALF_WIDTH, discriminator_learning_rate=4e-3, discriminator_steps=3, dropout=0.0),
}
ABLATIONS_ADDED = {  # remedies against mode collapse
    "replay": replace(HALF_WIDTH, replay_fraction=0.5),
    "minibatch_std": replace(HALF_WIDTH, minibatch_layer="std"),
    "minibatch_discrimination": replace(HALF_WIDTH, minibatch_layer="discrimination"),
}
ABLATIONS = ABLATIONS_REMOVED | ABLATIONS_ADDED
