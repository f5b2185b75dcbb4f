"""A GAN whose pictures are points on a plane, so that all of the game can be seen at once.

The generator bends a square of noise until it lies on the data; the discriminator is a landscape over the
plane, high where it takes a point for real; and the generator's points are pushed up its slopes. After GAN
Lab (Kahng et al. 2018, arXiv:1809.01587), with the data sets on which mode collapse is usually measured:
eight and twenty-five small heaps (Metz et al. 2016, arXiv:1611.02163; Srivastava et al. 2017,
arXiv:1705.07761).

Everything is plain NumPy (see `plane_network`), so that it starts at once. Where we differ from GAN Lab: the
way in which both networks learn can be changed while they do, and R1, a pull on the discriminator's slope at
the data (Mescheder et al. 2018, arXiv:1801.04406), keeps the game from circling.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from genmodels.gan import numpy_mlp as net
from genmodels.text_generation.rnn_cells import one_thread

SHAPES = ("ring", "grid", "spiral")
SIDE = 1.2  # the plane is looked at from -SIDE to SIDE
LATENT = 2  # numbers in a code, each even in [-1, 1]
NEAR = 0.1  # closer than this, a made point counts as being on the data
DRAWN = 300  # made points that are shown; the codes behind them stay the same
CELLS = 40  # a side of the heat map
MESH = 17  # lines of the noise's square, each way
TURNS = ("both", "discriminator", "generator")


def sigmoid(logits: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-np.clip(logits, -60, 60)))


# Losses as (value, derivative) of the logits, each (n, 1): of a real point, of a made one, and the generator's.
OBJECTIVES: dict[str, tuple[Callable, Callable, Callable]] = {
    "non-saturating": (  # -log D(x); -log(1 - D(G(z))); -log D(G(z))
        lambda real: (np.logaddexp(0, -real), sigmoid(real) - 1),
        lambda fake: (np.logaddexp(0, fake), sigmoid(fake)),
        lambda fake: (np.logaddexp(0, -fake), sigmoid(fake) - 1),
    ),
    "saturating": (  # the same game, the generator's loss as it is written first: log(1 - D(G(z)))
        lambda real: (np.logaddexp(0, -real), sigmoid(real) - 1),
        lambda fake: (np.logaddexp(0, fake), sigmoid(fake)),
        lambda fake: (-np.logaddexp(0, fake), -sigmoid(fake)),
    ),
    "least squares": (  # Mao et al. 2016, arXiv:1611.04076: logits should be 1 for real points, 0 for made ones
        lambda real: ((real - 1) ** 2 / 2, real - 1),
        lambda fake: (fake**2 / 2, fake),
        lambda fake: ((fake - 1) ** 2 / 2, fake - 1),
    ),
}


@dataclass
class Controls:
    """What may be changed while a training runs: it is read again at every step."""

    discriminator_learning_rate: float = 2e-3  # Adam's
    generator_learning_rate: float = 1e-3
    train: str = "both"  # or "discriminator", "generator": the other one stands still
    discriminator_steps: int = 1  # for one of the generator
    penalty: float = 0.1  # weight of R1; 0: off
    pause_between: float = 0.0  # seconds; above 0 every step is reported, in slow motion


@dataclass(eq=False)
class Game:
    """Two networks and how far they are; made by `build`, changed by `advance`."""

    generator: net.Network
    discriminator: net.Network
    objective: str
    rng: np.random.Generator
    shown: np.ndarray  # (DRAWN, 2): the codes of the points that are shown
    done: int = 0


@dataclass(frozen=True, eq=False)
class Step:
    """One look at the game. Points are (n, 2) float32, x to the right and y up, the data within [-1, 1]."""

    done: int
    total: int
    losses: dict[str, float]  # "discriminator", "generator"; empty before the first step
    accuracy: dict[str, float]  # "real", "fake": shares of a batch that the discriminator got right
    samples: np.ndarray  # (DRAWN, 2): what the generator makes of the shown codes
    arrows: np.ndarray  # (DRAWN, 2): which way its loss sends each of them, and how strongly
    heat: np.ndarray  # (CELLS, CELLS) in [0, 1]: the probability of being real, top row first
    manifold: np.ndarray  # (MESH, MESH, 2): where the lines of the noise's square lie
    fit: dict[str, float]  # "fidelity", "coverage", see `fit`
    game: Game  # for reading only


# --- the data ---------------------------------------------------------------------------------


def data(shape: str | np.ndarray, n: int = 1000, seed: int = 0) -> np.ndarray:
    """(n, 2) float32 in [-1, 1]: one of `SHAPES`, or n points drawn, with repetition, from given ones (m, 2).

    ring: eight heaps in a circle. grid: five by five of them. spiral: two turns of a line. Raises
    `ValueError` for another name, and for points that are not at least two finite ones in the plane.
    """
    rng = np.random.default_rng(seed)
    if not isinstance(shape, str):
        points = np.asarray(shape, "float32")
        if points.ndim != 2 or points.shape[1] != 2 or len(points) < 2 or not np.isfinite(points).all():
            raise ValueError(f"at least two points (m, 2) are needed, got an array of {points.shape}")
        return np.clip(points, -1, 1)[rng.integers(len(points), size=n)]
    if shape == "ring":
        angle = rng.integers(8, size=n) * np.pi / 4
        points = 0.75 * _round(angle) + rng.normal(0, 0.03, (n, 2))
    elif shape == "grid":
        points = rng.integers(-2, 3, (n, 2)) * 0.4 + rng.normal(0, 0.025, (n, 2))
    elif shape == "spiral":
        turn = np.sqrt(rng.random(n))  # the root: as many points to each piece of the line
        points = 0.9 * turn[:, None] * _round(4 * np.pi * turn) + rng.normal(0, 0.015, (n, 2))
    else:
        raise ValueError(f"unknown shape {shape!r}: expected one of {', '.join(SHAPES)}, or points")
    return np.clip(points, -1, 1).astype("float32")


def _round(angle: np.ndarray) -> np.ndarray:
    return np.stack([np.cos(angle), np.sin(angle)], axis=1)


def fit(points: np.ndarray, samples: np.ndarray) -> dict[str, float]:
    """How well made points match the data: both shares in [0, 1].

    fidelity: of the made points, those with data closer than `NEAR`. coverage: of the data, those with a made
    point as near. A collapsed generator has the first without the second (compare Kynkaanniemi et al. 2019,
    arXiv:1904.06991, where the radius adapts to the data).
    """
    a, b = points.astype("float32"), samples.astype("float32")
    apart = (a**2).sum(1)[:, None] + (b**2).sum(1)[None] - 2 * a @ b.T  # (n, m), squared
    close = apart < NEAR**2
    return {"fidelity": float(close.any(axis=0).mean()), "coverage": float(close.any(axis=1).mean())}


# --- the game ---------------------------------------------------------------------------------


def build(*, units: int = 64, layers: int = 2, objective: str = "non-saturating", seed: int = 0) -> Game:
    """Two fresh networks of `layers` hidden layers with `units` each. Raises `ValueError` on an unknown objective."""
    if objective not in OBJECTIVES:
        raise ValueError(f"unknown objective {objective!r}: expected one of {', '.join(OBJECTIVES)}")
    one_thread()  # as there: products this small only wait for a second one
    rng = np.random.default_rng(seed)
    hidden = [units] * layers
    generator, discriminator = net.build([LATENT, *hidden, 2], rng), net.build([2, *hidden, 1], rng)
    for network in (generator, discriminator):
        network.weights[-1] *= np.float32(0.3)  # begin small: the noise in the middle, the landscape flat
    return Game(generator, discriminator, objective, rng, _codes(DRAWN, rng))


def _codes(n: int, rng: np.random.Generator) -> np.ndarray:
    return rng.uniform(-1, 1, (n, LATENT)).astype("float32")


def advance(game: Game, points: np.ndarray, controls: Controls, batch_size: int = 128) -> tuple[dict, dict]:
    """One step: the discriminator's turn, then the generator's. Returns its losses and accuracy.

    Only the networks whose turn it is (`controls.train`) are changed. Raises `ValueError` on an unknown turn.
    """
    if controls.train not in TURNS:
        raise ValueError(f"train must be one of {', '.join(TURNS)}, got {controls.train!r}")
    for _ in range(controls.discriminator_steps if controls.train != "generator" else 1):
        real = points[game.rng.integers(len(points), size=batch_size)]
        of_discriminator, accuracy = discriminator_turn(game, real, controls)
    of_generator = generator_turn(game, _codes(batch_size, game.rng), controls)
    game.done += 1
    return {"discriminator": of_discriminator, "generator": of_generator}, accuracy


def discriminator_turn(game: Game, real: np.ndarray, controls: Controls) -> tuple[float, dict[str, float]]:
    """Learn to tell real points from as many made ones; the generator stands still."""
    n, judge = len(real), game.discriminator
    fake = net.forward(game.generator, _codes(n, game.rng))[-1]
    of_real, of_fake, _ = OBJECTIVES[game.objective]
    found = net.forward(judge, np.concatenate([real, fake]))  # (2n, .)
    (loss_real, up), (loss_fake, down) = of_real(found[-1][:n]), of_fake(found[-1][n:])
    if controls.train != "generator":
        gradients, _ = net.backward(judge, found, (np.concatenate([up, down]) / n).astype("float32"))
        if controls.penalty:
            _, pull = net.slope_penalty(judge, [x[:n] for x in found])
            gradients = [g + np.float32(controls.penalty) * p for g, p in zip(gradients, pull, strict=True)]
        net.adam(judge, gradients, controls.discriminator_learning_rate)
    says = probability(game, found[-1])
    right = {"real": float((says[:n] > 0.5).mean()), "fake": float((says[n:] < 0.5).mean())}
    return float((loss_real.mean() + loss_fake.mean()) / 2), right


def generator_turn(game: Game, z: np.ndarray, controls: Controls) -> float:
    """Learn to make what is taken for real; the discriminator stands still and only passes the gradient on."""
    made = net.forward(game.generator, z)
    loss, push = _push(game, made[-1])
    if controls.train != "discriminator":
        gradients, _ = net.backward(game.generator, made, push / np.float32(len(z)))
        net.adam(game.generator, gradients, controls.generator_learning_rate)
    return loss


def _push(game: Game, made: np.ndarray) -> tuple[float, np.ndarray]:
    """The generator's mean loss at made points (n, 2), and the gradient of each one's loss in its place (n, 2)."""
    found = net.forward(game.discriminator, made)
    loss, toward = OBJECTIVES[game.objective][2](found[-1])
    return float(loss.mean()), net.backward(game.discriminator, found, toward.astype("float32"))[1]


def generate(game: Game, z: np.ndarray) -> np.ndarray:
    """Points of codes: (n, 2) in [-1, 1] to (n, 2)."""
    return net.forward(game.generator, np.asarray(z, "float32"))[-1]


def probability(game: Game, logits: np.ndarray) -> np.ndarray:
    """What the discriminator's answers say of being real, in [0, 1]; in least squares they are that already."""
    return np.clip(logits, 0, 1) if game.objective == "least squares" else sigmoid(logits)


# --- looks at it, and the whole training ------------------------------------------------------


def look(game: Game, points: np.ndarray, total: int, losses: dict | None = None, accuracy: dict | None = None) -> Step:
    """The game as it stands. total: steps there are to be."""
    samples = generate(game, game.shown)
    at = (np.arange(CELLS, dtype="float32") + 0.5) / CELLS * 2 * SIDE - SIDE
    x, y = np.meshgrid(at, -at)
    heat = net.forward(game.discriminator, np.stack([x.ravel(), y.ravel()], axis=1))[-1]
    line = np.linspace(-1, 1, MESH, dtype="float32")
    mesh = np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2)
    return Step(
        game.done,
        total,
        losses or {},
        accuracy or {},
        samples,
        -_push(game, samples)[1],
        probability(game, heat).reshape(CELLS, CELLS),
        generate(game, mesh).reshape(MESH, MESH, 2),
        fit(points, samples),
        game,
    )


def train(
    points: np.ndarray,
    *,
    steps: int = 2000,
    batch_size: int = 128,
    seed: int = 0,
    controls: Controls | None = None,
    report_every: int = 20,
    game: Game | None = None,
) -> Iterator[Step]:
    """Play `steps` steps on points (n, 2), with fresh networks or from where a game stands.

    A Step comes after the first step, every `report_every`, and at the end. controls: read at every step, so
    that a running game can be changed. Raises `ValueError` on points that `data` would refuse.
    """
    points = data(points, len(points), seed)
    game, controls = game or build(seed=seed), controls or Controls()
    first, total = game.done + 1, game.done + steps
    while game.done < total:
        losses, accuracy = advance(game, points, controls, batch_size)
        slow = controls.pause_between
        if slow or game.done % report_every == 0 or game.done in (first, total):
            yield look(game, points, total, losses, accuracy)
            time.sleep(slow)
