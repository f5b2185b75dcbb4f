"""A GAN on 2-D points, small enough that all of its training can be drawn on one plane.

The generator maps a square of uniform latent vectors to the plane; the discriminator assigns every point of the
plane a probability of being real; the gradient of the generator's loss moves each fake sample. After GAN Lab
(Kahng et al. 2018, arXiv:1809.01587), with the distributions on which mode collapse is usually measured: mixtures of
8 and 25 Gaussians (Metz et al. 2016, arXiv:1611.02163; Srivastava et al. 2017, arXiv:1705.07761).

Both networks are plain NumPy (`numpy_mlp`), so that training starts without loading TensorFlow. Two differences from
GAN Lab: the controls can be changed while training runs, and an R1 gradient penalty on the discriminator (Mescheder
et al. 2018, arXiv:1801.04406) damps the oscillation of the two networks.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from genmodels.blas_threads import limit_blas_threads
from genmodels.gan import numpy_mlp

DISTRIBUTIONS = ("ring", "grid", "spiral")
HALF_WIDTH = 1.2  # the plotted plane covers [-HALF_WIDTH, HALF_WIDTH] on both axes
LATENT_DIM = 2  # each component uniform in [-1, 1]
MODE_STD = {"ring": 0.03, "grid": 0.025}  # standard deviation of each Gaussian of a mixture
ON_DATA_DISTANCE = 0.1  # a sample closer than this to the nearest data point counts as on the data
N_SAMPLES = 300  # fake samples in a report, from fixed latent vectors
HEATMAP_SIZE = 40  # cells per side
MANIFOLD_LINES = 17  # grid lines of the latent square, per axis
NETWORKS_TO_UPDATE = ("both", "discriminator", "generator")
LEARNING_RATE_SCHEDULES = ("constant", "linear decay")


def sigmoid(logits: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-np.clip(logits, -60, 60)))


# Each loss as a function of logits (n, 1) to (value, derivative): of D on real points, of D on fakes, of G on fakes.
OBJECTIVES: dict[str, tuple[Callable, Callable, Callable]] = {
    "non-saturating": (  # -log D(x); -log(1 - D(G(z))); -log D(G(z))
        lambda real: (np.logaddexp(0, -real), sigmoid(real) - 1),
        lambda fake: (np.logaddexp(0, fake), sigmoid(fake)),
        lambda fake: (np.logaddexp(0, -fake), sigmoid(fake) - 1),
    ),
    "saturating": (  # the minimax loss: the generator minimizes log(1 - D(G(z)))
        lambda real: (np.logaddexp(0, -real), sigmoid(real) - 1),
        lambda fake: (np.logaddexp(0, fake), sigmoid(fake)),
        lambda fake: (-np.logaddexp(0, fake), -sigmoid(fake)),
    ),
    "least squares": (  # LSGAN, Mao et al. 2016, arXiv:1611.04076: target 1 for real points, 0 for fakes
        lambda real: ((real - 1) ** 2 / 2, real - 1),
        lambda fake: (fake**2 / 2, fake),
        lambda fake: ((fake - 1) ** 2 / 2, fake - 1),
    ),
}


@dataclass
class Controls:
    """Settings that may change during training: they are read before every step."""

    discriminator_learning_rate: float = 2e-3  # of Adam
    generator_learning_rate: float = 1e-3
    networks_to_update: str = "both"  # one of `NETWORKS_TO_UPDATE`; the other network stays fixed
    discriminator_steps: int = 1  # per generator step, k in Goodfellow et al. 2014
    learning_rate_schedule: str = "constant"  # one of `LEARNING_RATE_SCHEDULES`; decay: to 0 at the end of `train`
    r1_penalty_weight: float = 0.1  # gamma; 0: off
    pause_seconds: float = 0.0  # after each step; above 0 every step is reported (slow motion)


@dataclass(eq=False)
class TrainState:
    """Both networks, with their optimizer state, and the number of steps done; made by `build`."""

    generator: numpy_mlp.Network
    discriminator: numpy_mlp.Network
    objective: str
    rng: np.random.Generator
    fixed_latents: np.ndarray  # (N_SAMPLES, 2)
    done: int = 0


@dataclass(frozen=True, eq=False)
class Step:
    """A report of the training. Points are (n, 2) float32, x to the right and y up, data within [-1, 1]."""

    done: int
    total: int
    losses: dict[str, float]  # "discriminator", "generator"; empty before the first step
    accuracy: dict[str, float]  # of the discriminator on one batch, in [0, 1]: "real", "fake"
    samples: np.ndarray  # (N_SAMPLES, 2): G of the fixed latent vectors
    gradients: np.ndarray  # (N_SAMPLES, 2): minus the gradient of the generator's loss at each sample
    heatmap: np.ndarray  # (HEATMAP_SIZE, HEATMAP_SIZE) in [0, 1]: D(x), top row first
    manifold: np.ndarray  # (MANIFOLD_LINES, MANIFOLD_LINES, 2): G of a regular grid on the latent square
    metrics: dict[str, float]  # "precision", "recall", see `precision_recall`
    state: TrainState  # read-only


# --- data and metrics -------------------------------------------------------------------------


def sample_data(distribution: str | np.ndarray, n: int = 1000, seed: int = 0) -> np.ndarray:
    """(n, 2) float32 in [-1, 1]: from one of `DISTRIBUTIONS`, or n points resampled from an array (m, 2).

    ring: mixture of 8 Gaussians. grid: mixture of 25 Gaussians. spiral: two turns. Raises `ValueError` for an
    unknown name, and for an array that does not hold at least two finite points.
    """
    rng = np.random.default_rng(seed)
    if not isinstance(distribution, str):
        points = np.asarray(distribution, "float32")
        if points.ndim != 2 or points.shape[1] != 2 or len(points) < 2 or not np.isfinite(points).all():
            raise ValueError(f"expected at least two finite points (m, 2), got an array of shape {points.shape}")
        return np.clip(points, -1, 1)[rng.integers(len(points), size=n)]
    if distribution == "ring":
        angle = rng.integers(8, size=n) * np.pi / 4
        points = 0.75 * _unit_circle(angle) + rng.normal(0, MODE_STD["ring"], (n, 2))
    elif distribution == "grid":
        points = rng.integers(-2, 3, (n, 2)) * 0.4 + rng.normal(0, MODE_STD["grid"], (n, 2))
    elif distribution == "spiral":
        radius = np.sqrt(rng.random(n))  # square root: uniform density along the curve
        points = 0.9 * radius[:, None] * _unit_circle(4 * np.pi * radius) + rng.normal(0, 0.015, (n, 2))
    else:
        raise ValueError(f"unknown distribution {distribution!r}: expected one of {', '.join(DISTRIBUTIONS)}")
    return np.clip(points, -1, 1).astype("float32")


def _unit_circle(angle: np.ndarray) -> np.ndarray:
    return np.stack([np.cos(angle), np.sin(angle)], axis=1)


def precision_recall(points: np.ndarray, samples: np.ndarray) -> dict[str, float]:
    """Precision (fidelity) and recall (coverage) of samples (m, 2) for data points (n, 2), both in [0, 1].

    precision: fraction of samples with a data point closer than `ON_DATA_DISTANCE`. recall: fraction of data points
    with a sample as close. Mode collapse is high precision with low recall. Kynkaanniemi et al. 2019,
    arXiv:1904.06991, who adapt the radius to the data.
    """
    a, b = points.astype("float32"), samples.astype("float32")
    squared_distances = (a**2).sum(1)[:, None] + (b**2).sum(1)[None] - 2 * a @ b.T  # (n, m)
    close = squared_distances < ON_DATA_DISTANCE**2
    return {"precision": float(close.any(axis=0).mean()), "recall": float(close.any(axis=1).mean())}


def mode_centers(distribution: str) -> np.ndarray:
    """Centers of the Gaussians of a mixture: ring (8, 2), grid (25, 2), float32.

    Raises `ValueError` for another distribution: it has no modes.
    """
    if distribution == "ring":
        centers = 0.75 * _unit_circle(np.arange(8) * np.pi / 4)
    elif distribution == "grid":
        line = np.arange(-2, 3) * 0.4
        centers = np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2)
    else:
        raise ValueError(f"{distribution!r} has no modes: expected one of {', '.join(MODE_STD)}")
    return centers.astype("float32")


def mode_metrics(distribution: str, samples: np.ndarray) -> dict[str, float]:
    """Modes covered, and the fraction of high-quality samples, of samples (n, 2) for a mixture of Gaussians.

    high_quality_samples: fraction of samples within 3 standard deviations of the nearest mode, in [0, 1].
    modes_covered: number of modes with at least one such sample. Srivastava et al. 2017, arXiv:1705.07761, section 5.
    Stricter than `precision_recall`: `ON_DATA_DISTANCE` is 4 standard deviations of the grid's Gaussians, measured
    from any data point, so that samples spread evenly over the grid have a precision of about one half.
    Raises `ValueError` for a distribution without modes.
    """
    centers = mode_centers(distribution)
    distances = np.linalg.norm(samples[:, None] - centers, axis=-1)  # (n, modes)
    is_near = distances.min(axis=1) < 3 * MODE_STD[distribution]
    covered = len(np.unique(distances.argmin(axis=1)[is_near]))
    return {"modes_covered": covered, "high_quality_samples": float(is_near.mean())}


# --- networks and training step ---------------------------------------------------------------


def build(
    *, hidden_units: int = 64, hidden_layers: int = 2, objective: str = "non-saturating", seed: int = 0
) -> TrainState:
    """Two untrained networks, each with `hidden_layers` layers of `hidden_units`.

    Raises `ValueError` on an unknown objective.
    """
    if objective not in OBJECTIVES:
        raise ValueError(f"unknown objective {objective!r}: expected one of {', '.join(OBJECTIVES)}")
    limit_blas_threads()  # matrix products of this size are slower with two threads
    rng = np.random.default_rng(seed)
    hidden = [hidden_units] * hidden_layers
    generator = numpy_mlp.build([LATENT_DIM, *hidden, 2], rng)
    discriminator = numpy_mlp.build([2, *hidden, 1], rng)
    for network in (generator, discriminator):
        network.weights[-1] *= np.float32(0.3)  # small initial outputs: samples near the center, D near 0.5
    return TrainState(generator, discriminator, objective, rng, _sample_latents(N_SAMPLES, rng))


def _sample_latents(n: int, rng: np.random.Generator) -> np.ndarray:
    return rng.uniform(-1, 1, (n, LATENT_DIM)).astype("float32")


def train_step(state: TrainState, points: np.ndarray, controls: Controls, batch_size: int = 128) -> tuple[dict, dict]:
    """`discriminator_steps` updates of the discriminator, then one of the generator: losses and accuracy.

    Only the networks named by `controls.networks_to_update` change. Raises `ValueError` on an unknown name.
    Goodfellow et al. 2014, arXiv:1406.2661, algorithm 1.
    """
    if controls.networks_to_update not in NETWORKS_TO_UPDATE:
        raise ValueError(
            f"networks_to_update must be one of {', '.join(NETWORKS_TO_UPDATE)}, got {controls.networks_to_update!r}"
        )
    for _ in range(controls.discriminator_steps if controls.networks_to_update != "generator" else 1):
        real = points[state.rng.integers(len(points), size=batch_size)]
        discriminator_loss, accuracy = train_discriminator(state, real, controls)
    generator_loss = train_generator(state, _sample_latents(batch_size, state.rng), controls)
    state.done += 1
    return {"discriminator": discriminator_loss, "generator": generator_loss}, accuracy


def train_discriminator(state: TrainState, real: np.ndarray, controls: Controls) -> tuple[float, dict[str, float]]:
    """One Adam step of the discriminator on real points (n, 2) and n fakes; the generator is fixed."""
    n = len(real)
    fake = numpy_mlp.forward(state.generator, _sample_latents(n, state.rng))[-1]
    loss_on_real, loss_on_fake, _ = OBJECTIVES[state.objective]
    activations = numpy_mlp.forward(state.discriminator, np.concatenate([real, fake]))
    logits = activations[-1]  # (2n, 1)
    (real_loss, real_gradient), (fake_loss, fake_gradient) = loss_on_real(logits[:n]), loss_on_fake(logits[n:])
    if controls.networks_to_update != "generator":
        upstream = (np.concatenate([real_gradient, fake_gradient]) / n).astype("float32")
        gradients, _ = numpy_mlp.backward(state.discriminator, activations, upstream)
        if controls.r1_penalty_weight:
            _, r1_gradients = numpy_mlp.r1_penalty(state.discriminator, [x[:n] for x in activations])
            weight = np.float32(controls.r1_penalty_weight)
            gradients = [g + weight * r1 for g, r1 in zip(gradients, r1_gradients, strict=True)]
        numpy_mlp.adam(state.discriminator, gradients, controls.discriminator_learning_rate)
    p = probability(state, logits)
    accuracy = {"real": float((p[:n] > 0.5).mean()), "fake": float((p[n:] < 0.5).mean())}
    return float((real_loss.mean() + fake_loss.mean()) / 2), accuracy


def train_generator(state: TrainState, z: np.ndarray, controls: Controls) -> float:
    """One Adam step of the generator on latent vectors z (n, 2), through the fixed discriminator; its loss."""
    activations = numpy_mlp.forward(state.generator, z)
    loss, sample_gradient = _generator_gradient(state, activations[-1])
    if controls.networks_to_update != "discriminator":
        gradients, _ = numpy_mlp.backward(state.generator, activations, sample_gradient / np.float32(len(z)))
        numpy_mlp.adam(state.generator, gradients, controls.generator_learning_rate)
    return loss


def _generator_gradient(state: TrainState, samples: np.ndarray) -> tuple[float, np.ndarray]:
    """The generator's mean loss on samples (n, 2), and the gradient of each sample's loss in its position (n, 2)."""
    activations = numpy_mlp.forward(state.discriminator, samples)
    loss, gradient = OBJECTIVES[state.objective][2](activations[-1])
    return float(loss.mean()), numpy_mlp.backward(state.discriminator, activations, gradient.astype("float32"))[1]


def generate(state: TrainState, z: np.ndarray) -> np.ndarray:
    """Latent vectors (n, 2) in [-1, 1] to points (n, 2)."""
    return numpy_mlp.forward(state.generator, np.asarray(z, "float32"))[-1]


def probability(state: TrainState, logits: np.ndarray) -> np.ndarray:
    """D(x) in [0, 1] from the discriminator's outputs; with least squares these are clipped instead of squashed."""
    return np.clip(logits, 0, 1) if state.objective == "least squares" else sigmoid(logits)


# --- reports, and the whole training ----------------------------------------------------------


def report(
    state: TrainState, points: np.ndarray, total: int, losses: dict | None = None, accuracy: dict | None = None
) -> Step:
    """The present state as a `Step`. total: number of steps when training ends."""
    samples = generate(state, state.fixed_latents)
    centers = (np.arange(HEATMAP_SIZE, dtype="float32") + 0.5) / HEATMAP_SIZE * 2 * HALF_WIDTH - HALF_WIDTH
    x, y = np.meshgrid(centers, -centers)
    logits = numpy_mlp.forward(state.discriminator, np.stack([x.ravel(), y.ravel()], axis=1))[-1]
    line = np.linspace(-1, 1, MANIFOLD_LINES, dtype="float32")
    latent_grid = np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, LATENT_DIM)
    return Step(
        done=state.done,
        total=total,
        losses=losses or {},
        accuracy=accuracy or {},
        samples=samples,
        gradients=-_generator_gradient(state, samples)[1],
        heatmap=probability(state, logits).reshape(HEATMAP_SIZE, HEATMAP_SIZE),
        manifold=generate(state, latent_grid).reshape(MANIFOLD_LINES, MANIFOLD_LINES, 2),
        metrics=precision_recall(points, samples),
        state=state,
    )


def train(
    points: np.ndarray,
    *,
    steps: int = 2000,
    batch_size: int = 128,
    seed: int = 0,
    controls: Controls | None = None,
    report_every: int = 20,
    state: TrainState | None = None,
) -> Iterator[Step]:
    """Train for `steps` steps on points (n, 2), from a given state or from untrained networks.

    Yields a Step after the first step, every `report_every` steps, and at the end. controls: read before every step.
    Raises `ValueError` on points that `sample_data` refuses, and on an unknown learning rate schedule.
    """
    points = sample_data(points, len(points), seed)
    state, controls = state or build(seed=seed), controls or Controls()
    first, total = state.done + 1, state.done + steps
    while state.done < total:
        scheduled = _scheduled(controls, (total - state.done) / steps)
        losses, accuracy = train_step(state, points, scheduled, batch_size)
        pause_seconds = controls.pause_seconds
        if pause_seconds or state.done % report_every == 0 or state.done in (first, total):
            yield report(state, points, total, losses, accuracy)
            time.sleep(pause_seconds)


def _scheduled(controls: Controls, remaining: float) -> Controls:
    """The controls with the learning rates of one step. remaining: fraction of the steps that are left."""
    if controls.learning_rate_schedule == "constant":
        return controls
    if controls.learning_rate_schedule == "linear decay":
        return replace(
            controls,
            discriminator_learning_rate=controls.discriminator_learning_rate * remaining,
            generator_learning_rate=controls.generator_learning_rate * remaining,
        )
    raise ValueError(
        f"learning_rate_schedule must be one of {', '.join(LEARNING_RATE_SCHEDULES)}, "
        f"got {controls.learning_rate_schedule!r}"
    )
