"""The tricks that can be taken away, or added: what changes, what one may expect, and what the sources say."""

from dataclasses import dataclass

CHOICES = {
    "worse": "The pictures get worse",
    "better": "The pictures get better",
    "fewer": "It draws fewer kinds of clothes",
    "pattern": "A pattern of small squares shows",
    "unharmed": "It does no harm",
    "same": "Hardly any difference",
}


@dataclass(frozen=True)
class Trick:
    """One trick of the sources. name: of `gan.BROKEN` or `gan.ADDED`; choices: three outcomes, asked in this order."""

    name: str
    title: str
    question: str
    change: str
    choices: tuple[str, ...]
    claimed: tuple[str, ...]  # what the sources let one expect
    sources: str


TRICKS = (
    Trick(
        "checkerboard",
        "Kernel 5, stride 2",
        "What if the kernel is not divisible by the stride?",
        "Kernels of 5 x 5 pixels instead of 4 x 4, still moved by two pixels at a time.",
        ("pattern", "worse", "unharmed"),
        ("pattern", "worse"),
        "A kernel of 5 moved by 2 writes every second pixel three times and the others twice (in each direction), and "
        "the picture shows it as a checkerboard: Odena et al. 2016, and Deep Learning with Python after them. A "
        "network can learn to even it out. The DCGAN paper and Hands-On Machine Learning use exactly this kernel.",
    ),
    Trick(
        "minibatch_discrimination",
        "With minibatch discrimination",
        "What if the discriminator compares the pictures of a batch?",
        "For each picture it is told how near the others of the batch are, in directions that it learns itself.",
        ("better", "worse", "same"),
        ("better",),
        "Salimans et al. 2016 proposed it against mode collapse, and Hands-On Machine Learning lists it beside "
        "experience replay: a batch without variety is easy to recognise as fake. The DCGANs of clothes and of "
        "frogs on this page were trained with it.",
    ),
    Trick(
        "strong_discriminator",
        "Discriminator too strong",
        "What if the discriminator is the far better player?",
        "It learns four times as fast, takes three steps for each one of the generator, and has no dropout.",
        ("worse", "better", "same"),
        ("worse",),
        "Goodfellow et al. 2014 warn that the two must stay in step, and Arjovsky & Bottou 2017 prove that a perfect "
        "discriminator leaves the generator of the first paper no gradient to follow (the loss used here, -log D, "
        "leaves a noisy one). Wasserstein GANs were made to lift exactly this: their critic is meant to be ahead.",
    ),
    Trick(
        "sigmoid",
        "Sigmoid, not tanh",
        "What if the generator ends in a sigmoid?",
        "Its last activation is a sigmoid instead of tanh, and the pictures are scaled to [0, 1] instead of [-1, 1].",
        ("fewer", "worse", "unharmed"),
        ("worse",),
        "The DCGAN paper (Radford et al. 2015) and Hands-On Machine Learning ask for tanh; Deep Learning with Python "
        "lists it first among its tricks, without a reason. One reason: data around zero has both signs, which a "
        "fresh network deals with more easily.",
    ),
    Trick(
        "tanh_0_1",
        "tanh, data in [0, 1]",
        "What if the data fills only half of what tanh can say?",
        "The generator still ends in tanh, but the pictures are scaled to [0, 1]: below zero there is never anything.",
        ("worse", "fewer", "unharmed"),
        ("worse",),
        "The DCGAN paper scales its pictures “to the range of the tanh activation”. Deep Learning with Python asks for "
        "tanh too, yet the code of its frogs divides the pixels by 255, and many copied it. Half of what such a "
        "generator can say is wrong, which it has to learn first; and its black is 0, in the middle of tanh, no longer "
        "an end to lean on. All our models match the two.",
    ),
    Trick(
        "uniform_latent",
        "Uniform codes",
        "What if the codes are drawn evenly from a cube?",
        "Each number of a code lies anywhere between -1 and 1 with the same probability, instead of around 0 as a "
        "Gaussian has it.",
        ("fewer", "worse", "unharmed"),
        ("worse", "fewer"),
        "Deep Learning with Python: sample from a normal distribution, not from a uniform one. But the DCGAN paper "
        "itself drew its codes evenly from a cube, and its bedrooms became famous. White 2016 prefers Gaussians "
        "because a walk along an arc then stays where training was.",
    ),
    Trick(
        "no_label_noise",
        "No label noise",
        "What if the discriminator is told exactly 1 and 0?",
        "Real pictures are labelled 1 and fakes 0, instead of numbers up to 0.05 away from that.",
        ("fewer", "worse", "unharmed"),
        ("worse", "fewer"),
        "Deep Learning with Python calls noise on the labels an important trick: a discriminator that is never quite "
        "certain keeps telling the generator something. Salimans et al. 2016 smooth the labels for the same reason.",
    ),
    Trick(
        "no_dropout",
        "No dropout",
        "What if the discriminator sees everything, always?",
        "The discriminator keeps all of its features, instead of leaving out 40 % of them at random.",
        ("fewer", "worse", "unharmed"),
        ("worse", "fewer"),
        "Both books have dropout of 0.4 in the discriminator. Randomness, says Deep Learning with Python, keeps the "
        "game from getting stuck, and a hampered discriminator does not run away. The DCGAN paper had none.",
    ),
    Trick(
        "relu_and_pooling",
        "ReLU and max pooling",
        "What if gradients are sparse?",
        "ReLU everywhere, and max pooling in the discriminator where strided convolutions were. Its kernels, now "
        "3 x 3, answer at every pixel before pooling picks: more work for a step.",
        ("fewer", "worse", "unharmed"),
        ("worse", "fewer"),
        "Sparse gradients hinder a GAN, says Deep Learning with Python: where ReLU gives zero and pooling looks away, "
        "the generator is told nothing. The DCGAN paper replaces pooling by strides and has LeakyReLU in the "
        "discriminator, but plain ReLU in the generator.",
    ),
    Trick(
        "replay",
        "With experience replay",
        "What if the discriminator is shown old fakes again?",
        "Half of the fakes that it learns from are pictures the generator drew earlier, kept in a buffer.",
        ("better", "worse", "same"),
        ("better",),
        "Hands-On Machine Learning names it, after its use in reinforcement learning, against generators that go round "
        "in circles: once it has forgotten how an old fake looked, the discriminator is fooled by it again.",
    ),
    Trick(
        "minibatch_std",
        "With a minibatch statistic",
        "What if the discriminator is told how much a batch varies?",
        "One more number goes into its last layer: the standard deviation of its features over the whole batch.",
        ("better", "worse", "same"),
        ("better",),
        "Karras et al. 2017 put it into their progressively growing GAN: fakes that are all alike have a small number "
        "there, so that a collapse gives itself away.",
    ),
)
