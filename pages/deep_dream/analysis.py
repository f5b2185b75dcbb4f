"""Analysis of a dream: the gradient of the first step, the activations of all layers, the predicted classes."""

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from genmodels.deep_dream import analysis as dream_analysis
from genmodels.jobs.job_queue import Job
from genmodels.media import images

FIRST_STEP = (  # the settings that the first gradient depends on
    "layers",
    "channel",
    "target",
    "guide",
    "border_crop",
    "laplacian_levels",
    "color_preservation",
)


def show(run: dict[str, Any], job: Job) -> None:
    """Compares the photo and the result of `run`; computed when opened, and cached in `run`."""
    with st.expander("Analysis", icon=":material/search:", key="dream_analysis", on_change="rerun") as panel:
        if not panel.open:
            return
        if run.get("analyzed_step") is not job.step:
            with st.spinner("Computing activations and predictions"):
                _compute(run, job)
        _gradient_stages(run["gradient_stages"])
        left, right = st.columns(2, gap="large")
        with left:
            _layer_activations(*run["activations"])
        with right:
            _predictions(run["model"].class_names, run["probabilities"])


def _compute(run: dict[str, Any], job: Job) -> None:
    model, settings = run["model"], run["settings"]
    arguments = {name: settings[name] for name in FIRST_STEP if name in settings}
    run["gradient_stages"] = dream_analysis.gradient_stages(run["photo"], model=model, **arguments)
    both = run["photo"], job.step.image
    run["activations"] = [dream_analysis.layer_activations(model, image) for image in both]
    run["probabilities"] = [dream_analysis.predict(model, image) for image in both]
    run["analyzed_step"] = job.step


def _gradient_stages(stages: dict[str, np.ndarray]) -> None:
    st.markdown("**Gradient of the first step**")
    for column, (title, image) in zip(st.columns(3, gap="medium"), stages.items(), strict=True):
        column.image(images.png(image), width="stretch", output_format="PNG", caption=title)
    st.caption(
        "Gradient of the objective with respect to the pixels (gray = 0). Left: raw. Middle: Laplacian-normalized. "
        "Right: with color correction; this is the update direction."
    )


def _layer_activations(before: dict[str, float], after: dict[str, float]) -> None:
    st.markdown("**Layer activations relative to the photo**")
    table = pd.DataFrame({"layer": list(before), "ratio": [after[k] / max(before[k], 1e-12) for k in before]})
    spec = {
        "mark": {"type": "bar", "color": "#e6550d"},
        "encoding": {
            "y": {"field": "layer", "type": "nominal", "sort": None, "title": None},
            "x": {"field": "ratio", "type": "quantitative", "title": "mean squared activation, relative to the photo"},
        },
    }
    st.vega_lite_chart(table, spec, height=30 * len(before) + 60)


def _predictions(class_names: tuple[str, ...], probabilities: list[np.ndarray]) -> None:
    st.markdown("**Top-5 predictions**")
    rows = [
        {"Image": image, "Class": class_names[k], "Probability": 100 * float(p[k])}
        for image, p in zip(("Photo", "Dream"), probabilities, strict=True)
        for k in np.argsort(-p)[:5]
    ]
    st.dataframe(
        rows,
        hide_index=True,
        column_config={"Probability": st.column_config.ProgressColumn(format="%.0f %%", min_value=0, max_value=100)},
    )
