"""Side by side: the same dream twice, one thing different."""

import numpy as np
import streamlit as st

from genmodels.deep_dream import dream as deep_dream
from genmodels.vision.backbone import Backbone
from genmodels.vision.comparison import side_by_side as side_by_side_steps
from pages.deep_dream import common, script_export
from ui import code_panel, side_by_side
from ui.side_by_side import Comparison, Settings

COMPARISONS = {
    "Octaves": Comparison(
        ("One octave", {"octaves": 1, "steps": 60}),
        ("Four octaves", {"octaves": 4, "steps": 15}),
        "Sixty steps each. A layer looks through a window of fixed size: at one octave everything it adds is of that "
        "size. On a smaller photo the same window holds more of it, and so there are large shapes too.",
    ),
    "Detail": Comparison(
        ("Lost detail given back", {"reinject_detail": True, "octaves": 4}),
        ("Not given back", {"reinject_detail": False, "octaves": 4}),
        "A photo that was shrunk and enlarged again is blurred. The difference between the two is known, and can be "
        "given back at each octave. Look at hair and whiskers.",
    ),
    "Border": Comparison(
        ("Border left out", {"border": 2, "jitter": 0}),
        ("Border counted", {"border": 0, "jitter": 0}),
        "Outside the photo a layer sees zeros, and answers them as if they were there. Counted, that draws frames "
        "along the edges. Jitter is off on both sides here: it would hide them.",
    ),
    "Jitter": Comparison(
        ("Shifted at random", {"jitter": 32}),
        ("Never shifted", {"jitter": 0}),
        "Pooling looks at the photo through a grid. Where the grid never moves its cells begin to show.",
    ),
    "Equal details": Comparison(
        ("Details with equal say", {"bands": 5, "palette": 0.5}),
        ("The gradient as it is", {"bands": 0, "palette": 0.0}),
        "The cheapest way up is mostly one of broad, loud colour. Taken apart into sizes of detail, each divided by "
        "its own strength, the gradient draws instead of painting over.",
    ),
}


def show(model: Backbone, photo: np.ndarray | None) -> None:
    left, right = st.columns(common.COLUMNS, gap="large")
    with left:
        comparison = side_by_side.choose(COMPARISONS, key="dream_switch")
        wish = common.ask(model)
    with right:
        settings = common.climb()
        if photo is None:
            st.info("Choose or upload a photo to start.", icon=":material/add_photo_alternate:")
        elif wish is not None:
            _start(model, photo, wish | settings, comparison)
        latest = side_by_side.show("dream_pair")
    if latest is not None and not latest[1].active:
        run = latest[0]
        script = script_export.beside(run["model"], run["settings"], run["comparison"])
        code_panel.show(script, [side_by_side_steps, deep_dream.dream], key="dream_pair", name="dream_side_by_side")


def _start(model: Backbone, photo: np.ndarray, settings: Settings, comparison: Comparison) -> None:
    side_by_side.start(
        "dream_pair",
        common.signature(model, photo, {**settings, "comparison": comparison}),
        comparison,
        lambda changes: deep_dream.dream(photo, model=model, **{**settings, **changes}),
        original=photo,
        loss="objective",
        model=model,
        settings=settings,
    )
