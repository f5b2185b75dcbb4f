"""The flight recorder on a page: recorded trainings, scrubbed in the browser, one or two at a time."""

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

CRITICS = ("fashion_wgan_gp",)  # recipes whose discriminator gives a score, not a probability
CLASSIFIERS = {"fashion_mnist": "a Fashion-MNIST", "mnist": "an MNIST", "cifar10": "a CIFAR-10"}

_flight = component("history_player", __file__)

read = st.cache_data(show_spinner="Reading the flight recorder", max_entries=40)(training_history.read)


def show(
    runs: Sequence[tuple[str, str]],
    classes: Sequence[str],
    *,
    key: str,
    critic: bool = False,
    begin: Literal["start", "end"] = "start",
) -> None:
    """Draw recorded runs, each a title and a name of `gan_records.read`, beside each other and moved together.

    classes: names of what the histogram counts. critic: the discriminator gives no probability.
    """
    data = {
        "token": f"{key}:{runs}",
        "follow": 0,
        "begin": begin,
        "runs": [_packed(name, tuple(classes), critic) | {"title": title} for title, name in runs],
    }
    _flight(key=key, data=data)


@st.cache_data(show_spinner=False, max_entries=40)
def _packed(name: str, classes: tuple[str, ...], critic: bool) -> dict[str, Any]:
    """What the browser needs to know of a run."""
    record = read(name)
    last = int(max(record.steps[-1], record.curve_steps[-1] if len(record.curve_steps) else 0))
    epochs = weights.model_card(training_history.stem(name))["epochs"]
    facts = {
        f"Fréchet distance in {CLASSIFIERS[common.DATA.get(name, 'fashion_mnist')]} classifier's features, not FID": [
            f"{each:.2f}" if np.isfinite(each) else "–" for each in record.frechet_distance
        ],
        "effective kinds, of ten": [f"{each:.1f}" for each in metrics.effective_classes(record.histogram)],
        "mean difference of two pictures": [f"{each:.2f}" for each in record.mean_pairwise_distance],
    }
    return {
        "sheet": base64.b64encode(training_history.samples_webp(name)).decode(),
        "across": training_history.grid_columns(len(record)),
        "side": record.sample_grids.shape[2],
        "columns": record.columns,
        "rows": record.sample_grids.shape[1] // record.columns,
        "steps": record.steps.tolist(),
        "epochs": [round(float(epochs) * step / last, 2) for step in record.steps.tolist()],
        "facts": [{"name": title, "values": values} for title, values in facts.items()],
        "curves": curves(record, critic=critic),
        "kinds": np.round(record.histogram, 4).tolist() if record.histogram.shape[1] == len(classes) else None,
        "names": list(classes),
    }


def curves(record: TrainingHistory, *, critic: bool) -> list[dict[str, Any]]:
    """The losses, the discriminator's accuracy and the distance, as lines over the steps of training."""
    fine, coarse = record.curve_steps, record.steps
    found = [
        _curve(
            "Losses",
            fine,
            [("discriminator", common.REAL, record.losses[:, 0]), ("generator", common.FAKE, record.losses[:, 1])],
        ),
        _curve(
            "Discriminator right",
            fine,
            [("on real", common.REAL, record.accuracy[:, 0]), ("on fakes", common.FAKE, record.accuracy[:, 1])],
            low=0.0,
            high=1.0,
            level=0.5,
        ),
    ]
    if critic:
        found.pop()  # a critic does not say "real"
    if np.isfinite(record.frechet_distance).sum() > 1:
        found.append(
            _curve("Fréchet distance, logarithmic", coarse, [("", common.FAKE, record.frechet_distance)], log=True)
        )
    return found


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
    """One drawing; where no range is given, the middle 98 per cent of the values fill it."""
    values = np.concatenate([each[2] for each in lines])
    values = values[np.isfinite(values)]
    bottom, top = np.quantile(values, (0.01, 0.99)) if len(values) else (0.0, 1.0)
    return {
        "title": title,
        "steps": steps.tolist(),
        "lines": [{"name": name, "colour": colour, "values": _plain(y)} for name, colour, y in lines],
        "low": float(bottom) if low is None else low,
        "high": float(top) if high is None else high,
        "level": level,
        "log": log and bool(bottom > 0),
    }


def _plain(values: np.ndarray) -> list[float | None]:
    """Numbers that JSON can hold: what is not finite becomes null."""
    return [round(float(each), 4) if np.isfinite(each) else None for each in values]
