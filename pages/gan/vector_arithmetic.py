"""Vector arithmetic mean(A) - mean(B) + mean(C) of latent vectors, as in figure 7 of the DCGAN paper."""

import numpy as np
import streamlit as st

from genmodels.gan import latent_directions
from pages.gan import common, samples, saved_latents, selected_sample
from pages.gan.saved_latents import SavedLatent
from ui import code_panel, image_display
from ui.component import component

SLOTS = ("A", "B", "C")
BANK_SIZE = 400  # random samples among which examples of a class are found
EXAMPLES = {  # with a predictable result; classes of Fashion-MNIST: A, B, C
    "Dress − T-shirt + pullover": (3, 0, 2),
    "Pullover − T-shirt + dress": (2, 0, 3),
    "Ankle boot − sneaker + sandal": (9, 7, 5),
}
GHOST_WIDTH = 64  # pixels of the result of pixel arithmetic

_arithmetic_figure = component("components/arithmetic_figure", __file__)


def controls(name: str) -> None:
    """The choice of an example; for models whose samples the classifier can label only."""
    if not _has_examples(name):
        return
    st.selectbox(
        "Example",
        list(EXAMPLES),
        key="gan_example",
        on_change=saved_latents.clear,
        args=(name, *SLOTS),
        help="Examples with a predictable result. Three samples per class are found by a classifier among "
        f"{BANK_SIZE} random ones.",
        **common.URL_BOUND,
    )


def add_defaults(name: str, grid: samples.SampleGrid, seed: int) -> None:
    """Fill all groups with an example."""
    if _has_examples(name):
        classes = EXAMPLES.get(st.session_state.get("gan_example", ""), next(iter(EXAMPLES.values())))
        for slot, label in zip(SLOTS, classes, strict=True):
            for latent in _examples(name, label):
                saved_latents.add(name, slot, latent)
        return
    # Without a classifier: A and B differ along the first principal direction, C is extreme along the second.
    label = None if grid.labels is None else int(grid.labels[0])
    z = common.module().sample_latents(common.load(name), BANK_SIZE, 1)
    coordinates = latent_directions.coordinates(z, selected_sample.principal_directions(name, label))
    first, second = np.argsort(coordinates[:, 0]), np.argsort(coordinates[:, 1])
    for slot, rows in zip(SLOTS, (first[-3:], first[:3], second[-3:]), strict=True):
        for k in rows:
            saved_latents.add(name, slot, SavedLatent(z[k], label, _source(k)))


def _has_examples(name: str) -> bool:
    return common.DATA[name] == "fashion_mnist" and not common.load(name).classes


def _source(k: int) -> str:
    return f"gan.sample_latents(model, {BANK_SIZE}, 1)[{k}]"


@st.cache_resource(show_spinner="Finding examples", max_entries=30)
def _examples(name: str, label: int) -> list[SavedLatent]:
    """The three latent vectors whose images have the highest class probability."""
    gan, model, metrics = common.module(), common.load(name), common.metrics()
    z = gan.sample_latents(model, BANK_SIZE, 1)
    probability = metrics.probabilities(common.classifier(common.DATA[name]), gan.generate(model, z))[:, label]
    rows = np.argsort(-probability, kind="stable")[:3]
    return [SavedLatent(z[k], None, _source(k), class_name=common.names(name)[label]) for k in rows]


def show(name: str, _settings: None) -> None:
    groups = [saved_latents.slots(name)[slot] for slot in SLOTS]
    figures = [_group(name, slot, latents) for slot, latents in zip(SLOTS, groups, strict=True)]
    if not saved_latents.is_full(name, *SLOTS):
        result = {"images": [], "title": "", "note": "Select three images per group in the grid."}
        _arithmetic_figure(key="gan_arithmetic_figure", data={"groups": figures, "result": result})
        return
    gan, model = common.module(), common.load(name)
    z = latent_directions.vector_arithmetic(*(np.stack([each.z for each in latents]) for latents in groups))
    label = mean_label(name, groups[2])  # the class label is that of group C
    labels = None if label is None else np.repeat(label, 9, axis=0)
    generated = gan.generate(model, latent_directions.neighborhood(z, 9), labels)
    score = common.score_text(float(gan.discriminate(model, generated[4:5], label)[0]), critic=model.is_critic)
    norm, typical = np.linalg.norm(z), np.sqrt(model.latent_dim)
    note = f"{'Critic score' if model.is_critic else 'D(x) ='} {score}; ‖z‖ = {norm:.1f}, typical {typical:.1f}"
    result = {"images": [image_display.data_url(each) for each in generated], "title": "Result", "note": note}
    _arithmetic_figure(key="gan_arithmetic_figure", data={"groups": figures, "result": result})
    pixels = latent_directions.pixel_arithmetic(*(_generate(name, latents) for latents in groups))
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        image_display.show(pixels, width=GHOST_WIDTH)
        st.caption("For comparison, the same arithmetic on pixels: misaligned images give ghosting.", width="stretch")


def mean_label(name: str, latents: list[SavedLatent]) -> np.ndarray | None:
    """(1, classes): the mean of the one-hot labels; None for an unconditional model."""
    classes = common.load(name).classes
    if not classes:
        return None
    return np.eye(classes)[[each.label for each in latents]].mean(axis=0, keepdims=True)


def _generate(name: str, latents: list[SavedLatent]) -> np.ndarray:
    labels = [each.label for each in latents] if common.load(name).classes else None
    return common.module().generate(common.load(name), np.stack([each.z for each in latents]), labels)


def _group(name: str, slot: str, latents: list[SavedLatent]) -> dict:
    """One group of the figure: its images, and the image of their mean latent vector."""
    classes = {each.class_name for each in latents}
    group = {"name": slot, "title": classes.pop() if len(classes) == 1 else "", "images": [], "mean": None}
    if not latents:
        return group
    mean = np.mean([each.z for each in latents], axis=0, keepdims=True)
    image = common.module().generate(common.load(name), mean, mean_label(name, latents))[0]
    urls = [image_display.data_url(each) for each in _generate(name, latents)]
    return group | {"images": urls, "mean": image_display.data_url(image)}


def code(name: str, _settings: None) -> None:
    if not saved_latents.is_full(name, *SLOTS):
        return
    groups = [saved_latents.slots(name)[slot] for slot in SLOTS]
    rows = ["np.stack([" + ", ".join(each.source for each in latents) + "])" for latents in groups]
    label = mean_label(name, groups[2])
    labels = "" if label is None else f", np.repeat({np.round(label, 4).tolist()}, 9, axis=0)"
    script = f"""
        import numpy as np

        from genmodels.gan import latent_directions
        from genmodels.gan import model as gan
        from genmodels.media import images

        model = gan.load({name!r})
        a = {rows[0]}
        b = {rows[1]}
        c = {rows[2]}
        z = latent_directions.vector_arithmetic(a, b, c)
        nine = gan.generate(model, latent_directions.neighborhood(z, 9){labels})
        table = nine.reshape(3, 3, *nine.shape[1:])
        open("gan_vector_arithmetic.png", "wb").write(images.png(images.tile(table, gap=1), scale=6))
        """
    functions = [
        latent_directions.vector_arithmetic,
        latent_directions.neighborhood,
        latent_directions.pixel_arithmetic,
    ]
    code_panel.show(script, functions, key="vector_arithmetic", name="gan_vector_arithmetic")
