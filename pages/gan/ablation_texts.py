"""The ablations: what changes, which outcomes can be predicted, and what the literature says."""

from dataclasses import dataclass

OUTCOMES = {  # key of `genmodels.gan.ablation_study.OUTCOMES`: label
    "worse": "Lower image quality",
    "better": "Higher image quality",
    "fewer": "Fewer classes (mode collapse)",
    "pattern": "Checkerboard artifacts appear",
    "unharmed": "No negative effect",
    "same": "Hardly any difference",
}


@dataclass(frozen=True)
class Ablation:
    """name: key of `gan.ABLATIONS`; choices: three outcomes, the first that holds is the actual one."""

    name: str
    title: str
    question: str
    change: str
    choices: tuple[str, ...]
    claimed: tuple[str, ...]  # outcomes that agree with the literature
    sources: str


ABLATIONS = (
    Ablation(
        "checkerboard",
        "Kernel 5, stride 2",
        "What if the kernel size is not divisible by the stride?",
        "Kernels of 5 x 5 pixels instead of 4 x 4; the stride is still 2.",
        ("pattern", "worse", "unharmed"),
        ("pattern", "worse"),
        "With kernel size 5 and stride 2 a transposed convolution adds three contributions to every second pixel and "
        "two to the others (per direction), which appears as a checkerboard: Odena et al. 2016, and Deep Learning with "
        "Python. A network can learn to compensate for it. The DCGAN paper and Hands-On Machine Learning use this "
        "kernel.",
    ),
    Ablation(
        "minibatch_discrimination",
        "With minibatch discrimination",
        "What if the discriminator compares the images of a batch?",
        "Its last layer also receives how close each image is to the others of the batch, in learned features.",
        ("better", "worse", "same"),
        ("better",),
        "Salimans et al. 2016 proposed it against mode collapse, and Hands-On Machine Learning lists it beside "
        "experience replay: a batch without diversity is easy to recognize as fake. The DCGANs of Fashion-MNIST and of "
        "CIFAR-10 frogs on this page were trained with it.",
    ),
    Ablation(
        "strong_discriminator",
        "Discriminator too strong",
        "What if the discriminator is much stronger?",
        "Four times the learning rate, three discriminator steps per generator step (k = 3), no dropout.",
        ("worse", "better", "same"),
        ("worse",),
        "Goodfellow et al. 2014 require that both networks stay synchronized. Arjovsky & Bottou 2017 prove that with "
        "an optimal discriminator the gradient of the original generator loss vanishes (the loss used here, −log D, "
        "keeps a noisy gradient). Wasserstein GANs remove the problem: their critic should be close to optimal.",
    ),
    Ablation(
        "sigmoid",
        "Sigmoid, not tanh",
        "What if the generator ends in a sigmoid?",
        "The output activation is a sigmoid instead of tanh; the images are scaled to [0, 1] instead of [−1, 1].",
        ("fewer", "worse", "unharmed"),
        ("worse",),
        "The DCGAN paper (Radford et al. 2015) and Hands-On Machine Learning recommend tanh; Deep Learning with Python "
        "lists it first among its tricks, without a reason. One reason: zero-centered inputs are easier to train on.",
    ),
    Ablation(
        "tanh_0_1",
        "tanh, data in [0, 1]",
        "What if the data uses only half of tanh's range?",
        "The generator still ends in tanh, but the images are scaled to [0, 1]: no value is negative.",
        ("worse", "fewer", "unharmed"),
        ("worse",),
        "The DCGAN paper scales its images “to the range of the tanh activation”. Deep Learning with Python recommends "
        "tanh, too, but its frog example divides the pixels by 255, and many copied it. The generator first has to "
        "learn not to use half of its range, and black is 0, in the steep middle of tanh instead of its saturated end. "
        "In all our models the ranges agree.",
    ),
    Ablation(
        "uniform_latent",
        "Uniform latent distribution",
        "What if z is sampled from a uniform distribution?",
        "Each component of z is uniform in [−1, 1] instead of Gaussian.",
        ("fewer", "worse", "unharmed"),
        ("worse", "fewer"),
        "Deep Learning with Python: sample from a normal distribution, not from a uniform one. But the DCGAN paper "
        "used a uniform distribution for its bedrooms. White 2016 prefers Gaussians because spherical interpolation "
        "then stays in the region of the training samples.",
    ),
    Ablation(
        "no_label_noise",
        "No label noise",
        "What if the labels are exactly 1 and 0?",
        "Real images have the label 1 and fakes 0, without random noise of up to 0.05.",
        ("fewer", "worse", "unharmed"),
        ("worse", "fewer"),
        "Deep Learning with Python calls label noise an important trick: the discriminator does not become "
        "overconfident, so the generator keeps a gradient. Salimans et al. 2016 use label smoothing for the same "
        "reason.",
    ),
    Ablation(
        "no_dropout",
        "No dropout",
        "What if the discriminator has no dropout?",
        "The dropout rate of the discriminator is 0 instead of 0.4.",
        ("fewer", "worse", "unharmed"),
        ("worse", "fewer"),
        "Both books use a dropout rate of 0.4 in the discriminator. According to Deep Learning with Python randomness "
        "keeps the training from getting stuck, and it weakens the discriminator. The DCGAN paper has no dropout.",
    ),
    Ablation(
        "relu_and_pooling",
        "ReLU and max pooling",
        "What if gradients are sparse?",
        "ReLU everywhere, and max pooling in the discriminator instead of strided convolutions. Its kernels, now "
        "3 x 3, are applied at every pixel, so a step takes longer.",
        ("fewer", "worse", "unharmed"),
        ("worse", "fewer"),
        "According to Deep Learning with Python sparse gradients hinder GAN training: ReLU and max pooling pass no "
        "gradient in many places. The DCGAN paper replaces pooling by strides and uses LeakyReLU in the discriminator, "
        "but ReLU in the generator.",
    ),
    Ablation(
        "replay",
        "With experience replay",
        "What if the discriminator also sees earlier fakes?",
        "Half of the fakes in its batches come from a replay buffer of earlier generated images.",
        ("better", "worse", "same"),
        ("better",),
        "Hands-On Machine Learning recommends experience replay, known from reinforcement learning, against "
        "oscillation: without it the discriminator can forget earlier fakes, and the generator returns to them.",
    ),
    Ablation(
        "minibatch_std",
        "With minibatch standard deviation",
        "What if the discriminator receives the variation of the batch?",
        "One more input of its last layer: the standard deviation of its features over the batch.",
        ("better", "worse", "same"),
        ("better",),
        "Karras et al. 2017 use it in the progressively growing GAN: the value is small for a batch of similar fakes, "
        "which reveals a mode collapse.",
    ),
)
