"""The ablation study: which effect the metrics of the recorded runs show."""

import numpy as np
import pytest

from genmodels import weights
from genmodels.gan import ablation_study, training_history
from genmodels.gan.ablation_study import AblationResult
from genmodels.gan.training_history import FinalMetrics
from tests.gan.test_training_history import FACTS, history

BASELINE = FinalMetrics(40, 9, 0.3, 0.01, 0.6, 0.6)
QUALITY = ("fewer", "worse", "unharmed")
ADDED = ("better", "worse", "same")


def outcome(choices, other_baselines=(), max_checkerboard=(0.02, 0.02), **changed):
    ablation = FinalMetrics(**vars(BASELINE) | changed)
    result = AblationResult((BASELINE, *other_baselines), ablation, max_checkerboard, 26)
    return ablation_study.outcome(choices, result)


def test_the_outcome_is_the_first_choice_that_holds():
    pattern = ("pattern", "worse", "unharmed")
    assert outcome(QUALITY) == "unharmed" and outcome(ADDED) == "same"
    assert outcome(QUALITY, frechet_distance=60) == "worse"
    assert outcome(QUALITY, frechet_distance=60, effective_classes=4) == "fewer"
    assert outcome(pattern, max_checkerboard=(0.02, 0.1)) == "pattern" and outcome(pattern) == "unharmed"
    assert outcome(ADDED, frechet_distance=20) == "better"


def test_only_a_difference_beyond_all_baselines_is_an_effect():
    others = (FinalMetrics(70, 3, 0.3, 0.09, 0.6, 0.6), FinalMetrics(15, 9, 0.3, 0.01, 0.6, 0.6))
    assert outcome(QUALITY, others, frechet_distance=60, effective_classes=4) == "unharmed"
    assert outcome(QUALITY, others, frechet_distance=80) == "worse"
    assert outcome(ADDED, others, frechet_distance=20) == "same"


def test_read_compares_with_all_baselines(monkeypatch, tmp_path):
    monkeypatch.setattr(weights, "FOLDER", tmp_path)
    for name in ("ablation_baseline", "ablation_baseline_seed_2", "ablation_sigmoid"):
        distances = np.linspace(90, 60 if name == "ablation_sigmoid" else 30, 5)
        training_history.write(name, history(side=28, columns=4, frechet_distance=distances), FACTS)
    result = ablation_study.read("sigmoid")
    assert len(result.baselines) == 2 and result.baseline.frechet_distance == pytest.approx(30)
    assert result.ablation.frechet_distance == pytest.approx(60)
    assert result.relative_to_baselines("frechet_distance") == pytest.approx((2, 2))
    with pytest.raises(weights.WeightsError, match=r"training\.gan"):
        ablation_study.read("no_dropout")
