"""A - B + C: the sum of codes, each the mean of three, as the DCGAN paper draws it in figure 7."""

import numpy as np
import streamlit as st

from genmodels.gan import latent_directions
from pages.gan import common, explore, saved_latents, selected_sample
from pages.gan.components import sample_grid
from pages.gan.saved_latents import Pick
from ui import code_panel, image_display
from ui.component import component

SLOTS = ("A", "B", "C")
BANK = 400  # codes among which examples of a kind are looked for
BEGIN = {  # sums that say something, by class of Fashion-MNIST: A, B, C
    "Dress − T-shirt + pullover": (3, 0, 2),
    "Pullover − T-shirt + dress": (2, 0, 3),
    "Ankle boot − sneaker + sandal": (9, 7, 5),
}

_equation = component("components/arithmetic_figure", __file__)


def suggest(name: str, drawn: explore.Drawn, seed: int) -> None:
    """Fill all slots with something to begin with."""
    if common.DATA[name] == "fashion_mnist" and drawn.labels is None:
        wanted = BEGIN.get(st.session_state.get("gan_begin", ""), next(iter(BEGIN.values())))
        for slot, kind in zip(SLOTS, wanted, strict=True):
            for each in _examples(name, kind):
                saved_latents.take(name, slot, each)
        return
    # Nothing is known of the pictures but the directions that they differ along most: A has what B lacks along the
    # first, and C stands out along the second.
    label = None if drawn.labels is None else int(drawn.labels[0])
    z = common.module().sample_latents(common.load(name), BANK, 1)
    along = latent_directions.coordinates(z, selected_sample.directions(name, label))
    first, second = np.argsort(along[:, 0]), np.argsort(along[:, 1])
    for slot, numbers in zip(SLOTS, (first[-3:], first[:3], second[-3:]), strict=True):
        for k in numbers:
            saved_latents.take(name, slot, Pick(z[k], label, f"gan.sample_latents(model, {BANK}, 1)[{k}]"))


@st.cache_resource(show_spinner="Looking for examples", max_entries=30)
def _examples(name: str, kind: int) -> list[Pick]:
    """Three codes whose pictures a classifier takes for a class most surely."""
    gan, model, measures = common.module(), common.load(name), common.measures()
    z = gan.sample_latents(model, BANK, 1)
    sure = measures.probabilities(common.classifier(common.DATA[name]), gan.generate(model, z))[:, kind]
    best = np.argsort(-sure, kind="stable")[:3]
    title = common.names(name)[kind]
    return [Pick(z[k], None, f"gan.sample_latents(model, {BANK}, 1)[{k}]", kind=title) for k in best]


def show(name: str) -> None:
    if common.DATA[name] == "fashion_mnist" and not common.load(name).classes:
        st.selectbox(
            "Begin with",
            list(BEGIN),
            key="gan_begin",
            width=330,
            on_change=saved_latents.clear,
            args=(name, *SLOTS),
            help="Sums of which one can guess the answer. Three examples of each kind are found by a classifier among "
            f"{BANK} random pictures.",
            **common.KEEP,
        )
    held = [saved_latents.of(name)[slot] for slot in SLOTS]
    groups = [_group(name, slot, chosen) for slot, chosen in zip(SLOTS, held, strict=True)]
    if not saved_latents.full(name, *SLOTS):
        result = {"pictures": [], "title": "", "note": "Three of each are needed: click them on the wall."}
        _equation(key="gan_equation", data={"groups": groups, "result": result})
        return
    gan, model = common.module(), common.load(name)
    a, b, c = (np.stack([each.z for each in chosen]) for chosen in held)
    z = latent_directions.vector_arithmetic(a, b, c)
    kinds = mean_label(name, held[2])  # the code does the sum, the kind is C's
    nine = None if kinds is None else np.repeat(kinds, 9, axis=0)
    made = gan.generate(model, latent_directions.neighborhood(z, 9), nine)
    score = float(gan.discriminate(model, made[4:5], kinds)[0])
    critic = model.hyperparameters.objective == "wgan_gp"
    note = (
        f"{'the critic says' if critic else 'taken for real:'} {sample_grid.said(score, critic=critic)}; the code is "
        f"{np.linalg.norm(z):.1f} long, a usual one {np.sqrt(model.latent_dim):.1f}"
    )
    result = {"pictures": [image_display.data_url(each) for each in made], "title": "The answer", "note": note}
    _equation(key="gan_equation", data={"groups": groups, "result": result})
    ghost, words = st.columns([1, 5], vertical_alignment="center")
    of_pixels = latent_directions.pixel_arithmetic(*(_drawn(name, chosen) for chosen in held))
    image_display.show(of_pixels, place=ghost)
    words.markdown(
        "For contrast, **the same sum of the pixels**, without a model: where the pictures do not lie over each other, "
        "ghosts."
    )
    _code(name, held)


def mean_label(name: str, chosen: list[Pick]) -> np.ndarray | None:
    """(1, classes): which shares of which class were picked; None where the model takes no class."""
    classes = common.load(name).classes
    if not classes:
        return None
    return np.eye(classes)[[each.label for each in chosen]].mean(axis=0, keepdims=True)


def _drawn(name: str, chosen: list[Pick]) -> np.ndarray:
    labels = [each.label for each in chosen] if common.load(name).classes else None
    return common.module().generate(common.load(name), np.stack([each.z for each in chosen]), labels)


def _group(name: str, slot: str, chosen: list[Pick]) -> dict:
    """One of the three terms: its pictures and what the mean of their codes draws."""
    kinds = {each.kind for each in chosen}
    group = {"name": slot, "title": kinds.pop() if len(kinds) == 1 else "", "pictures": [], "mean": None}
    if not chosen:
        return group
    mean = np.mean([each.z for each in chosen], axis=0, keepdims=True)
    picture = common.module().generate(common.load(name), mean, mean_label(name, chosen))[0]
    shown = [image_display.data_url(each) for each in _drawn(name, chosen)]
    return group | {"pictures": shown, "mean": image_display.data_url(picture)}


def _code(name: str, held: list[list[Pick]]) -> None:
    rows = ["np.stack([" + ", ".join(each.source for each in chosen) + "])" for chosen in held]
    kinds = mean_label(name, held[2])
    label = "" if kinds is None else f", np.repeat({np.round(kinds, 4).tolist()}, 9, axis=0)"
    script = f"""
        import numpy as np

        from genmodels.gan import model as gan
        from genmodels.gan import latent_directions
        from genmodels.media import images

        model = gan.load({name!r})
        a = {rows[0]}
        b = {rows[1]}
        c = {rows[2]}
        z = latent_directions.vector_arithmetic(a, b, c)
        nine = gan.generate(model, latent_directions.neighborhood(z, 9){label})
        table = nine.reshape(3, 3, *nine.shape[1:])
        open("gan_sum.png", "wb").write(images.png(images.tile(table, gap=1), scale=6))
        """
    lesson = [latent_directions.vector_arithmetic, latent_directions.neighborhood, latent_directions.pixel_arithmetic]
    code_panel.show(script, lesson, key="sums", name="gan_sum")
