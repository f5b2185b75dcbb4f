"""Records the training history of a GAN while it trains, and saves and restores checkpoints of both.

The history (`training_history.TrainingHistory`) holds samples from fixed latent vectors at growing intervals, with
their Frechet distance and diversity, and the losses as curves of bounded length.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np

from genmodels.gan import metrics, training
from genmodels.gan import model as gan
from genmodels.gan.train_step import TrainState
from genmodels.gan.training_history import TrainingHistory
from genmodels.media import images

MAX_CURVE_POINTS = 400
CHUNK = 500  # images generated at once, to bound the memory


def generate_samples(model: gan.GAN, n: int, seed: int) -> np.ndarray:
    """n images from random latent vectors, uint8; of a conditional model all classes in turn."""
    z, labels = gan.sample_latents(model, n, seed), class_labels(model, n)
    chunks = (slice(k, k + CHUNK) for k in range(0, n, CHUNK))
    return np.concatenate([gan.generate(model, z[rows], None if labels is None else labels[rows]) for rows in chunks])


def class_labels(model: gan.GAN, n: int) -> np.ndarray | None:
    """0, 1, 2, ... in turn, (n,); None for an unconditional model."""
    return np.arange(n) % model.classes if model.classes else None


class HistoryRecorder:
    """Collects a training history. `rows` and `pending` are plain lists, so that a checkpoint can hold them as JSON."""

    def __init__(self, model: gan.GAN, classifier: Any, real: np.ndarray, seed: int):
        """model: its samples are recorded. real: test images, uint8; as many are generated per measurement."""
        self.model, self.classifier = model, classifier
        self.real_features = metrics.features(classifier, real)
        self.z, self.labels, self.columns = training.fixed_latents(model, seed)
        self.sample_grids: list[np.ndarray] = []
        names = ("steps", "frechet_distance", "histogram", "mean_pairwise_distance", "curve")
        self.rows: dict[str, list] = {name: [] for name in names}
        self.steps_per_point = 1  # of the curves
        self.pending: list[list[float]] = []  # steps since the last point of the curves

    def add_samples(self, step: int) -> None:
        """One grid of samples, with its metrics."""
        generated = generate_samples(self.model, len(self.real_features), seed=1)
        features = metrics.features(self.classifier, generated)
        diversity = metrics.diversity_metrics(self.classifier, generated)
        self.sample_grids.append(gan.generate(self.model, self.z, self.labels))
        self.rows["steps"].append(step)
        self.rows["frechet_distance"].append(metrics.frechet_distance(self.real_features, features))
        self.rows["histogram"].append(diversity["histogram"].tolist())
        self.rows["mean_pairwise_distance"].append(diversity["mean_pairwise_distance"])

    def add_losses(self, step: int, numbers: dict[str, float]) -> None:
        """Losses and accuracies of one step; a point of the curves is a mean over `steps_per_point` steps."""
        self.pending.append([numbers[name] for name in ("discriminator", "generator", "real", "fake")])
        if step % self.steps_per_point == 0:
            self.rows["curve"].append([step, *np.mean(self.pending, axis=0).tolist()])
            self.pending = []
        if len(self.rows["curve"]) > MAX_CURVE_POINTS:
            self.rows["curve"], self.steps_per_point = self.rows["curve"][1::2], 2 * self.steps_per_point

    def history(self) -> TrainingHistory:
        curve = np.array(self.rows["curve"])
        names = ("steps", "frechet_distance", "histogram", "mean_pairwise_distance")
        return TrainingHistory(
            sample_grids=np.stack(self.sample_grids),
            curve_steps=curve[:, 0].astype("int64"),
            losses=curve[:, 1:3],
            accuracy=curve[:, 3:],
            columns=self.columns,
            **{name: np.array(self.rows[name]) for name in names},
        )


def save_checkpoint(state: TrainState, recorder: HistoryRecorder, progress: dict, folder: Path) -> None:
    """All variables, the history so far, and the last grid of samples as PNG, into `folder`.

    progress: further values for JSON, "steps" among them. The variables are written to a temporary file first, so that
    an interruption leaves the previous checkpoint usable.
    """
    from keras import ops

    folder.mkdir(parents=True, exist_ok=True)
    arrays = {f"variable_{k}": ops.convert_to_numpy(v) for k, v in enumerate(state.variables)}
    temporary = folder / "state.temporary.npz"
    np.savez(temporary, sample_grids=np.stack(recorder.sample_grids), **arrays)  # type: ignore[arg-type]  # the stub takes every keyword for allow_pickle
    temporary.replace(folder / "state.npz")
    history = {"rows": recorder.rows, "steps_per_point": recorder.steps_per_point, "pending": recorder.pending}
    (folder / "progress.json").write_text(json.dumps(progress | {"history": history}), encoding="utf-8")
    samples = recorder.sample_grids[-1]
    grid = images.tile(samples.reshape(-1, recorder.columns, *samples.shape[1:]))
    (folder / "samples.png").write_bytes(images.png(grid, scale=2))


def restore_checkpoint(state: TrainState, recorder: HistoryRecorder, folder: Path) -> dict:
    """Read what `save_checkpoint` wrote into state and recorder; returns `progress`."""
    progress = json.loads((folder / "progress.json").read_text(encoding="utf-8"))
    with np.load(folder / "state.npz") as archive:
        recorder.sample_grids = list(archive["sample_grids"])
        for k, variable in enumerate(state.variables):
            variable.assign(archive[f"variable_{k}"])
    history = progress.pop("history")
    recorder.rows, recorder.pending = history["rows"], history["pending"]
    recorder.steps_per_point = history["steps_per_point"]
    state.done = progress["steps"]
    return progress
