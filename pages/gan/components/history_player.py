"""Player of training histories: one run, or two side by side, moved in the browser."""

import base64
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import streamlit as st

from genmodels import weights
from genmodels.gan import metrics, training_history
from genmodels.gan.training_history import TrainingHistory
from pages.gan import common
from ui.component import component

CLASSIFIERS = {
    "fashion_mnist": "a Fashion-MNIST",
    "mnist": "an MNIST",
    "cifar10": "an earlier CIFAR-10",  # the stored runs were recorded before the classifier was replaced
}

_history_player = component("history_player", __file__)

read = st.cache_data(show_spinner="Reading the training history", max_entries=40)(training_history.read)


def show(
    runs: Sequence[tuple[str, str]],
    classes: Sequence[str],
    *,
    key: str,
    critic: bool = False,
    begin: Literal["start", "end"] = "start",
) -> None:
    """Draw training runs side by side, moved together; each is a title and a name of `training_history.read`.

    classes: names of the classes of the histogram. critic: the discriminator gives no probability.
    """
    data = {
        "token": f"{key}:{runs}",
        "begin": begin,
        "runs": [_packed(name, tuple(classes), critic) | {"title": title} for title, name in runs],
    }
    _history_player(key=key, data=data)


@st.cache_data(show_spinner=False, max_entries=40)
def _packed(name: str, classes: tuple[str, ...], critic: bool) -> dict[str, Any]:
    """The data of a run for the browser."""
    history = read(name)
    last = int(max(history.steps[-1], history.curve_steps[-1] if len(history.curve_steps) else 0))
    epochs = weights.model_card(training_history.stem(name))["epochs"]
    classifier = CLASSIFIERS[common.DATA.get(name, "fashion_mnist")]
    values = {
        f"Fréchet distance in {classifier} classifier's features, not FID": [
            f"{each:.2f}" if np.isfinite(each) else "–" for each in history.frechet_distance
        ],
        "effective number of classes (of 10)": [f"{each:.1f}" for each in metrics.effective_classes(history.histogram)],
        "diversity (mean pairwise distance)": [f"{each:.2f}" for each in history.mean_pairwise_distance],
    }
    return {
        "sheet": base64.b64encode(training_history.samples_webp(name)).decode(),
        "sheetColumns": training_history.grid_columns(len(history)),
        "imageSize": history.sample_grids.shape[2],
        "columns": history.columns,
        "rows": history.sample_grids.shape[1] // history.columns,
        "steps": history.steps.tolist(),
        "epochs": [round(float(epochs) * step / last, 2) for step in history.steps.tolist()],
        "metrics": [{"name": title, "values": texts} for title, texts in values.items()],
        "curves": curves(history, critic=critic),
        "histogram": np.round(history.histogram, 4).tolist() if history.histogram.shape[1] == len(classes) else None,
        "names": list(classes),
    }


def curves(history: TrainingHistory, *, critic: bool) -> list[dict[str, Any]]:
    """Losses, accuracy of the discriminator and Fréchet distance, as lines over the training steps."""
    steps = history.curve_steps
    losses = [("discriminator", common.REAL, history.losses[:, 0]), ("generator", common.FAKE, history.losses[:, 1])]
    accuracy = [("on real", common.REAL, history.accuracy[:, 0]), ("on fake", common.FAKE, history.accuracy[:, 1])]
    charts = [_curve("Loss", steps, losses)]
    if not critic:  # a critic does not classify
        charts.append(_curve("Discriminator accuracy", steps, accuracy, low=0.0, high=1.0, level=0.5))
    if np.isfinite(history.frechet_distance).sum() > 1:
        line = ("", common.FAKE, history.frechet_distance)
        charts.append(_curve("Fréchet distance (log scale)", history.steps, [line], log=True))
    return charts


def _curve(
    title: str,
    steps: np.ndarray,
    lines: list[tuple[str, str, np.ndarray]],
    *,
    low: float | None = None,
    high: float | None = None,
    level: float | None = None,
    log: bool = False,
) -> dict[str, Any]:
    """One chart; without a range, it covers the middle 98 % of the values. level: of a dashed line."""
    values = np.concatenate([each[2] for each in lines])
    values = values[np.isfinite(values)]
    bottom, top = np.quantile(values, (0.01, 0.99)) if len(values) else (0.0, 1.0)
    return {
        "title": title,
        "steps": steps.tolist(),
        "lines": [{"name": name, "color": color, "values": _to_json(y)} for name, color, y in lines],
        "low": float(bottom) if low is None else low,
        "high": float(top) if high is None else high,
        "level": level,
        "log": log and bool(bottom > 0),
    }


def _to_json(values: np.ndarray) -> list[float | None]:
    """Rounded numbers; null for those that are not finite."""
    return [round(float(each), 4) if np.isfinite(each) else None for each in values]
