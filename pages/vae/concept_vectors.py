"""Mode "Concept vectors" of the tab "Interpolation": add a concept vector to the latent vector of an image."""

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from genmodels import latent_space
from genmodels.vae import latent_map
from pages.vae import common
from ui import code_panel, image_display, presets_and_reset

CLASS_CONCEPTS = {  # data set: concept: from class, to class
    "mnist": {"4 to 9": (4, 9), "3 to 8": (3, 8), "1 to 7": (1, 7), "0 to 6": (0, 6)},
    "fashion_mnist": {
        "Sneaker to ankle boot": (7, 9),
        "Sleeves: T-shirt to pullover": (0, 2),
        "Longer: T-shirt to dress": (0, 3),
        "Closed: sandal to sneaker": (5, 7),
    },
}
MEASURED_CONCEPTS = {  # data set: concept: array of the latent map
    "mnist": {"Stroke weight": "stroke", "Slant": "slant", "Width": "width"},
    "fashion_mnist": {},
}
DEFAULTS = {"concept_strength": 1.0, "concept_example": 1}


def show(name: str, model_name: str, result: DeltaGenerator, controls: DeltaGenerator) -> None:
    vae, model, arrays = common.module(), common.load(model_name), latent_map.load(model_name)
    with controls:
        concept, label, k, strength = _controls(name)
    if concept in CLASS_CONCEPTS[name]:
        source, target = CLASS_CONCEPTS[name][concept]
        rows = np.isin(arrays["label"], (source, target))
        attribute = arrays["label"][rows] == target
        rows_code, attribute_code = (
            f"np.isin(arrays['label'], {(source, target)})",
            f"arrays['label'][rows] == {target}",
        )
    else:
        feature = MEASURED_CONCEPTS[name][concept]
        rows, attribute = slice(None), arrays[feature]
        rows_code, attribute_code = "slice(None)", f"arrays[{feature!r}][rows]"
    vector = latent_space.concept_vector(arrays["mean"][rows], attribute)
    z = latent_map.class_example(model_name, label, k)
    with result:
        left, right = st.columns(2, gap="medium")
        with left:
            image_display.show(vae.decode(model, z[None])[0], caption="Original: z")
        with right:
            shifted = vae.decode(model, latent_space.shift_along(z, vector, [strength]))[0]
            image_display.show(shifted, caption=f"z {strength:+.1f} × concept vector “{concept}”")
        row = vae.decode(model, latent_space.shift_along(z, vector, np.linspace(-4, 4, 9)))
        common.show_row("Strength from −4 to 4", row)
    script = f"""
        import numpy as np
        from genmodels import latent_space
        from genmodels.media import images
        from genmodels.vae import latent_map
        from genmodels.vae import model as vae

        model, arrays = vae.load({model_name!r}), latent_map.load({model_name!r})
        rows = {rows_code}
        concept = latent_space.concept_vector(arrays["mean"][rows], {attribute_code})
        z = latent_map.class_example({model_name!r}, {label}, {k})
        decoded = vae.decode(model, latent_space.shift_along(z, concept, np.linspace(-4, 4, 9)))
        open("vae_concept_vector.png", "wb").write(images.png(images.tile(decoded[None]), scale=4))
        """
    functions = [latent_space.concept_vector, latent_space.shift_along, latent_space.stroke_features]
    code_panel.show(script, functions, key="concept", name="vae_concept_vector")


def _controls(name: str) -> tuple[str, int, int, float]:
    """Concept, class and example of the image, strength."""
    concepts = [*CLASS_CONCEPTS[name], *MEASURED_CONCEPTS[name]]
    concept = st.selectbox(
        "Concept",
        concepts,
        key=f"concept_{name}",
        help="A concept vector is a direction in latent space: the mean latent vector of images with an attribute "
        "minus the mean of those without, or the regression slope on a measured attribute.",
        **common.URL_BOUND,
    )
    left, right = st.columns([3, 2], gap="small")
    with left:
        label = st.selectbox(
            "Apply to class",
            range(10),
            index=CLASS_CONCEPTS[name].get(concept, (2,))[0],
            format_func=common.class_names(name).__getitem__,
            key=f"concept_{name}_{concepts.index(concept)}_class",
            **common.URL_BOUND,
        )
    with right:
        k = common.example_control("concept_example", DEFAULTS["concept_example"])
    strength = st.slider(
        "Strength",
        -4.0,
        4.0,
        DEFAULTS["concept_strength"],
        0.1,
        key="concept_strength",
        help="Class concepts: 1 = distance between the class means. Measured concepts: 1 = one standard deviation. "
        "Beyond about 2, z leaves the region seen in training.",
        **common.URL_BOUND,
    )
    presets_and_reset.reset(DEFAULTS, key="concept_reset")
    return concept, label, k, strength
