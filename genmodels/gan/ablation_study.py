"""Ablation study of GAN training: compares a run without (or with one more) trick with baseline runs.

All runs (`gan.ABLATIONS`) are short and equal but for one hyperparameter. The baseline is repeated with other seeds, to
know the variation between runs: only a difference beyond all of them counts as an effect.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from genmodels.gan import training_history
from genmodels.gan.metrics import checkerboard_score
from genmodels.gan.training_history import FinalMetrics, TrainingHistory

BASELINE = "ablation_baseline"  # name of its training history
OTHER_SEEDS = (1, 2)  # of further baseline runs
WORSE_RATIO, FEWER_RATIO, PATTERN_RATIO = 1.05, 0.95, 1.5  # effect: ratio of distance, classes, checkerboard score


@dataclass(frozen=True)
class AblationResult:
    """Final metrics of the baseline runs, the first of which is shown, and of an ablation."""

    baselines: tuple[FinalMetrics, ...]
    ablation: FinalMetrics
    max_checkerboard: tuple[float, float] = (0.0, 0.0)  # largest score during training: baseline, ablation
    max_checkerboard_step: int = 0  # of the ablation

    @property
    def baseline(self) -> FinalMetrics:
        return self.baselines[0]

    def relative_to_baselines(self, metric: str) -> tuple[float, float]:
        """The ablation's metric relative to the largest and to the smallest one of the baselines."""
        values = [getattr(each, metric) for each in self.baselines]
        return getattr(self.ablation, metric) / max(values), getattr(self.ablation, metric) / min(values)


OUTCOMES: dict[str, Callable[[AblationResult], bool]] = {
    "worse": lambda result: result.relative_to_baselines("frechet_distance")[0] >= WORSE_RATIO,
    "better": lambda result: result.relative_to_baselines("frechet_distance")[1] <= 1 / WORSE_RATIO,
    "fewer": lambda result: result.relative_to_baselines("effective_classes")[1] <= FEWER_RATIO,
    "pattern": lambda result: result.max_checkerboard[1] > PATTERN_RATIO * result.max_checkerboard[0],
    "unharmed": lambda result: True,  # the last choice: none of the others
    "same": lambda result: True,
}


def outcome(choices: Sequence[str], result: AblationResult) -> str:
    """The first of the choices, keys of `OUTCOMES`, that holds for the result."""
    return next(each for each in choices if OUTCOMES[each](result))


def read(name: str) -> AblationResult:
    """Compare the training history of an ablation, a key of `gan.ABLATIONS`, with those of the baselines.

    Raises `weights.WeightsError` if a history is missing or damaged.
    """
    seeds = (f"{BASELINE}_seed_{seed}" for seed in OTHER_SEEDS)
    names = (BASELINE, *(each for each in seeds if training_history.has_history(each)))
    baselines = [training_history.read(each) for each in names]
    ablation = training_history.read(f"ablation_{name}")
    scores = [_checkerboard_scores(each) for each in (baselines[0], ablation)]
    return AblationResult(
        tuple(training_history.final_metrics(each) for each in baselines),
        training_history.final_metrics(ablation),
        (max(scores[0]), max(scores[1])),
        int(ablation.steps[1 + int(np.argmax(scores[1]))]),
    )


def _checkerboard_scores(history: TrainingHistory) -> list[float]:
    """One per grid of samples, without the gray images of the untrained network."""
    return [checkerboard_score(images) for images in history.sample_grids[1:]]
