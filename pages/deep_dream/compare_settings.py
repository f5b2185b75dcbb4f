"""Compare settings: the same photo and objective twice, with one setting different."""

import numpy as np
import streamlit as st

from genmodels.deep_dream import dream as deep_dream
from genmodels.vision import comparison as comparison_steps
from genmodels.vision.backbone import Backbone
from pages.deep_dream import controls, script_export
from ui import code_panel, side_by_side
from ui.page_layout import result_and_controls
from ui.side_by_side import Comparison, Settings

COMPARISONS = {
    "Octaves": Comparison(
        ("One octave", {"octaves": 1, "steps": 60}),
        ("Four octaves", {"octaves": 4, "steps": 15}),
        "60 steps each. A layer has a fixed receptive field, so a single octave produces patterns of one size. On "
        "downscaled images it covers more of the scene, which adds larger shapes.",
    ),
    "Lost detail": Comparison(
        ("Lost detail reinjected", {"reinject_detail": True, "octaves": 4}),
        ("Not reinjected", {"reinject_detail": False, "octaves": 4}),
        "Downscaling and upscaling blurs a photo. The difference is known and can be added back at each octave. "
        "Compare the hair and whiskers.",
    ),
    "Border activations": Comparison(
        ("Border excluded", {"border_crop": 2, "jitter": 0}),
        ("Border included", {"border_crop": 0, "jitter": 0}),
        "Zero padding changes the activations at the border. Included in the objective, they produce frames along the "
        "edges. Jitter is off in both runs, because it would hide them.",
    ),
    "Jitter": Comparison(
        ("With jitter", {"jitter": 32}),
        ("Without jitter", {"jitter": 0}),
        "Pooling divides the image into a fixed grid of cells. Without random shifts this grid becomes visible.",
    ),
    "Gradient normalization": Comparison(
        ("Laplacian-normalized gradient", {"laplacian_levels": 5, "color_preservation": 0.5}),
        ("Plain gradient", {"laplacian_levels": 0, "color_preservation": 0.0}),
        "The plain gradient is dominated by low frequencies (large color patches). Normalizing each frequency band of "
        "the Laplacian pyramid brings out fine detail.",
    ),
}


def show(model: Backbone) -> None:
    result, column = result_and_controls("compare_settings", controls.COLUMNS)
    with column:
        comparison = side_by_side.choose(COMPARISONS, key="dream_comparison")
        photo_menu = st.container()
        objective = controls.objective_controls(model)
        settings, image_size = controls.optimization_controls()
        with photo_menu:
            photo = controls.pick_photo(image_size)
    with result:
        if photo is None:
            st.info("Choose or upload a photo to start.", icon=":material/add_photo_alternate:")
        elif objective is not None:
            _start(model, photo, objective | settings, comparison)
        latest = side_by_side.show("dream_comparison")
    if latest is not None and not latest[1].active:
        run = latest[0]
        script = script_export.compare(run["model"], run["settings"], run["comparison"])
        functions = [comparison_steps.side_by_side, deep_dream.dream]
        code_panel.show(script, functions, key="dream_comparison", name="dream_comparison")


def _start(model: Backbone, photo: np.ndarray, settings: Settings, comparison: Comparison) -> None:
    side_by_side.start(
        "dream_comparison",
        controls.signature(model, photo, {**settings, "comparison": comparison}),
        comparison,
        lambda changes: deep_dream.dream(photo, model=model, **{**settings, **changes}),
        original=photo,
        loss="objective",
        model=model,
        settings=settings,
    )
