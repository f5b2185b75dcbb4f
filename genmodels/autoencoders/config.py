"""What distinguishes one autoencoder from another, and the autoencoders that are trained here."""

from dataclasses import dataclass

IMAGE_SIZE = 28  # pixels; every image is IMAGE_SIZE x IMAGE_SIZE, gray, light on dark
CODE_SIZE = 30  # units, wherever the constraint is another than the size of the code
NETWORKS = ("linear", "stacked", "tied", "convolutional", "recurrent")
NOISE_TYPES = ("none", "gaussian", "dropout")
SPARSITY_PENALTIES = ("none", "l1", "kl")
TARGET_ACTIVITY = 0.1  # mean activation of each unit that the KL penalty asks for
HASH_NOISE_STD = 15.0  # of the noise before the sigmoid of a binary code (Salakhutdinov & Hinton 2009)


@dataclass(frozen=True)
class Config:
    """Architecture and constraint of one autoencoder."""

    network: str = "stacked"  # one of NETWORKS
    code_size: int = CODE_SIZE  # units
    hidden_units: int = 100  # of the layer before the code and of the one after it
    noise_type: str = "none"  # one of NOISE_TYPES; corrupts the inputs during training
    noise_level: float = 0.0  # standard deviation of the Gaussian noise, or fraction of pixels dropped
    sparsity_penalty: str = "none"  # one of SPARSITY_PENALTIES
    sparsity_weight: float = 0.0  # lambda: weight of the penalty in the loss
    greedy: bool = False  # greedy layer-wise training
    linear_code: bool = False  # no activation function on the code
    binary_code: bool = False  # noise before the sigmoid drives the code to 0 or 1


MODELS = {
    "linear": Config("linear"),
    "stacked": Config(),
    "tied": Config("tied"),
    "greedy": Config(greedy=True),
    "convolutional": Config("convolutional"),
    "recurrent": Config("recurrent"),
    "denoising_gaussian": Config(noise_type="gaussian", noise_level=0.2),
    "denoising_dropout": Config(noise_type="dropout", noise_level=0.5),
    "sparse_l1": Config(code_size=300, sparsity_penalty="l1", sparsity_weight=1e-4),
    "sparse_kl": Config(code_size=300, sparsity_penalty="kl", sparsity_weight=5e-3),
    "hashing": Config(code_size=16, binary_code=True),
}
CODE_SIZES = (2, 4, 8, 16, 64, 128, 300, 1000)  # of the stacked autoencoders that compare code sizes
UNREGULARIZED = {"sparse_off": Config(code_size=300, sparsity_penalty="l1", sparsity_weight=0.0)}
# SELU saturates for large negative inputs. With so few units a saturated one would not recover: no activation.
MAX_LINEAR_CODE = 8  # units
ALL_MODELS = (
    MODELS
    | UNREGULARIZED
    | {f"size_{n}": Config(code_size=n, hidden_units=300, linear_code=n <= MAX_LINEAR_CODE) for n in CODE_SIZES}
)
