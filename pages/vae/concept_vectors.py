"""Concept vectors: directions that mean something."""

import numpy as np
import streamlit as st

from genmodels.vae import latent_map
from pages.vae import common
from ui import code_panel, image_display, presets_and_reset
from ui.page_layout import reader_text

PAIRS = {  # class pairs that tell something, per data set: from, to
    "mnist": {"4 to 9": (4, 9), "3 to 8": (3, 8), "1 to 7": (1, 7), "0 to 6": (0, 6)},
    "fashion_mnist": {
        "Sneaker to ankle boot": (7, 9),
        "Sleeves: T-shirt to pullover": (0, 2),
        "Longer: T-shirt to dress": (0, 3),
        "Closed: sandal to sneaker": (5, 7),
    },
}
SCORES = {"mnist": {"Stroke weight": "stroke", "Slant": "slant", "Width": "width"}, "fashion_mnist": {}}


def show(name: str, model_name: str) -> None:
    vae, model, chart = common.module(), common.load(model_name), latent_map.load(model_name)
    labels, choices = common.names(name), [*PAIRS[name], *SCORES[name]]
    which, begin, number, strength, again = st.columns([3, 2, 1.3, 4, 1.2], vertical_alignment="bottom")
    with which:
        concept = st.selectbox("Concept", choices, key=f"concept_{name}", **common.KEEP)
    with begin:
        label = st.selectbox(
            "On a",
            range(10),
            index=PAIRS[name].get(concept, (2,))[0],
            format_func=labels.__getitem__,
            key=f"concept_{name}_{choices.index(concept)}_on",
            **common.KEEP,
        )
    with number:
        k = st.number_input("Example", 1, 400, 1, key="concept_k", **common.KEEP)
    with strength:
        amount = st.slider(
            "Strength",
            -4.0,
            4.0,
            1.0,
            0.1,
            key="concept_amount",
            **common.KEEP,
            help="For classes, 1 goes the whole way from one class's mean to the other's; for measured concepts, 1 is "
            "one standard deviation more.",
        )
    with again:
        presets_and_reset.reset({"concept_amount": 1.0, "concept_k": 1}, key="concept_reset")
    if concept in PAIRS[name]:
        source, target = PAIRS[name][concept]
        chosen = np.isin(chart["label"], (source, target))
        known = f"np.isin(chart['label'], {(source, target)})", f"chart['label'][rows] == {target}"
        way = vae.concept_direction(chart["mean"][chosen], chart["label"][chosen] == target)
    else:
        score = SCORES[name][concept]
        known = "slice(None)", f"chart[{score!r}][rows]"
        way = vae.concept_direction(chart["mean"], chart[score])
    z = latent_map.class_example(model_name, label, k)
    walk = vae.decode(model, vae.shift_along(z, way, np.linspace(-4, 4, 9)))
    before, after, words = st.columns([1, 1, 1.3], gap="large", vertical_alignment="center")
    with before:
        image_display.show(vae.decode(model, z[None])[0], caption="As it is")
    with after:
        image_display.show(
            vae.decode(model, vae.shift_along(z, way, [amount]))[0], caption=f"{amount:+.1f} × {concept}"
        )
    with words:
        reader_text(
            "A concept is a direction: the mean code of pictures that have it minus that of pictures that have not, or "
            "the slope of the codes along a measurement. Added to *any* code, it changes that one thing. Past about 2 "
            "it leaves the region that training filled."
        )
    common.strip("From -4 to +4", walk)
    script = f"""
        import numpy as np
        from genmodels.media import images
        from genmodels.vae import latent_map
        from genmodels.vae import model as vae

        model, chart = vae.load({model_name!r}), latent_map.load({model_name!r})
        rows = {known[0]}
        concept = vae.concept_direction(chart["mean"][rows], {known[1]})
        z = latent_map.class_example({model_name!r}, {label}, {k})
        pictures = vae.decode(model, vae.shift_along(z, concept, np.linspace(-4, 4, 9)))
        open("vae_concept.png", "wb").write(images.png(images.tile(pictures[None]), scale=4))
        """
    code_panel.show(
        script, [vae.concept_direction, vae.concept_vector, vae.stroke_features], key="concept", name="vae_concept"
    )
