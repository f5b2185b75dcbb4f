"""What can be done with the code in hand: turn it, drag it through a slice, see its neighbours and its kinds."""

import numpy as np
import streamlit as st

from genmodels.gan import latent_directions
from genmodels.media import images
from pages.gan import common
from pages.gan.components import latent_slice, sample_grid
from pages.gan.selected_sample import SLIDERS, STEP, Hand, directions
from ui import code_panel, image_display
from ui.page_layout import reader_text

TELLING = 12  # directions that neighbours are looked for in
BANK = 2000  # codes to look for neighbours among
ALONG = np.linspace(-latent_slice.EXTENT, latent_slice.EXTENT, 7)  # places on a slider's strip


def sliders(hand: Hand) -> None:
    gan, model = common.module(), common.load(hand.name)
    paths = []
    for i in range(SLIDERS):
        steps = np.repeat(np.array(hand.places, "float32")[None], len(ALONG), axis=0)
        steps[:, i] = ALONG
        paths.append(latent_directions.set_coordinates(hand.z, hand.turned, steps))
    labels = None if hand.origin.label is None else np.full(SLIDERS * len(ALONG), hand.origin.label)
    strips = np.split(gan.generate(model, np.concatenate(paths), labels), SLIDERS)

    def put(i: int) -> None:
        places = list(st.session_state["gan_places"])
        places[i] = round(float(st.session_state[f"gan_direction_{i}"]), 2)
        st.session_state["gan_places"] = places

    for i, strip in enumerate(strips):
        slider, path = st.columns([2, 3], vertical_alignment="center", gap="medium")
        st.session_state[f"gan_direction_{i}"] = hand.places[i]
        with slider:
            st.slider(
                f"Direction {i + 1} · {100 * hand.turned.explained_variance[i]:.0f} %",
                -latent_slice.EXTENT,
                latent_slice.EXTENT,
                step=STEP,
                key=f"gan_direction_{i}",
                on_change=put,
                args=(i,),
                help="A direction in code space, in standard deviations; nobody chose what it means. The per cent say "
                "how much of what the generator changes at all lies along it. The strip shows this one alone.",
            )
        image_display.show(images.tile(strip[None], gap=1), place=path)
    reader_text(
        f"A code has {hand.z.size} numbers, and each alone changes a little of everything. Turned so that the "
        "directions to which the generator answers most come first, some begin to mean something: longer, wider, "
        "darker, another kind altogether."
    )
    gan = common.module()
    script = f"""
        from genmodels.gan import model as gan
        from genmodels.gan import latent_directions
        from genmodels.media import images

        model = gan.load({hand.name!r})
        z = {hand.source}  # ({hand.z.size},)
        picture = gan.generate(model, z[None]{"" if hand.origin.label is None else f", [{hand.origin.label}]"})[0]
        open("gan.png", "wb").write(images.png(picture, scale=10))
        """
    lesson = [
        latent_directions.fit_directions,
        latent_directions.principal_directions,
        latent_directions.set_coordinates,
    ]
    code_panel.show(script, lesson, key="in_hand", name="gan_directions")


def slice_through(hand: Hand) -> None:
    names = [f"Direction {i + 1}" for i in range(SLIDERS)]
    across, up, shade = st.columns([2, 2, 3], vertical_alignment="bottom")
    with across:
        first = st.selectbox("Across", names, key="gan_across", help="Left to right.", **common.KEEP)
    with up:
        second = st.selectbox("Up", names, 1, key="gan_up", help="Bottom to top.", **common.KEEP)
    with shade:
        tip = "Blue where the discriminator would take the picture for real, orange where it would not."
        opinion = st.toggle("Colour by its opinion", key="gan_opinion", help=tip, **common.KEEP)
    i, j = names.index(first), names.index(second)
    if i == j:
        st.info("A slice needs two different directions.", icon=":material/open_with:")
        return

    def placed(x: float, y: float) -> None:
        places = list(st.session_state["gan_places"])
        places[i], places[j] = round(x, 2), round(y, 2)
        st.session_state["gan_places"] = places

    level = list(hand.places)
    level[i] = level[j] = 0.0  # the slice is the same wherever on it the hand is
    label = hand.origin.label
    made, scores = _plane(hand.name, label, hand.origin.source, hand.origin.z, tuple(level), i, j)
    latent_slice.show(
        made,
        scores,
        start=(hand.places[i], hand.places[j]),
        token=f"{st.session_state['gan_home']}{i}{j}{hand.moved}",
        axes=(first, second),
        opinion=opinion,
        critic=hand.critic,
        key="gan_walk",
        on_place=placed,
    )


@st.cache_data(show_spinner="Cutting a slice", max_entries=40)
def _plane(
    name: str, label: int | None, source: str, _z: np.ndarray, level: tuple[float, ...], i: int, j: int
) -> tuple[np.ndarray, np.ndarray]:
    """The pictures of a slice and their scores. source: says which `_z` it is."""
    gan, model, turned = common.module(), common.load(name), directions(name, label)
    z = latent_directions.set_coordinates(_z, turned, level)
    codes = latent_directions.latent_plane(z, turned, i, j, cells=latent_slice.CELLS, extent=latent_slice.EXTENT)
    labels = None if label is None else np.full(len(codes), label)
    made = gan.generate(model, codes, labels)
    return made, gan.discriminate(model, made, labels)


@st.cache_data(show_spinner=False)
def _bank(name: str) -> np.ndarray:
    return common.module().sample_latents(common.load(name), BANK, 0)


def neighbours(hand: Hand) -> None:
    bank = _bank(hand.name)
    rows, away = latent_directions.nearest_neighbors(hand.z, bank, 8)
    usual = float(np.median(np.linalg.norm(bank - hand.z, axis=1)))
    st.caption(
        f"The nearest of {BANK:,} random codes, in all {hand.z.size} numbers: {away[0]:.1f} to {away[-1]:.1f} away. "
        f"The median one is {usual:.1f} away."
    )
    _row(hand, bank[rows], "near_all")
    turned = latent_directions.coordinates(bank, hand.turned)[:, :TELLING]
    here = latent_directions.coordinates(hand.z, hand.turned)[:TELLING]
    rows, away = latent_directions.nearest_neighbors(here, turned, 8)
    usual = float(np.median(np.linalg.norm(turned - here, axis=1)))
    st.caption(
        f"The nearest along the {TELLING} most telling directions alone: {away[0]:.1f} to {away[-1]:.1f} away, "
        f"the median one {usual:.1f}."
    )
    _row(hand, bank[rows], "near_telling")
    reader_text(
        "In a space of so many dimensions there are no near neighbours: two random codes are nearly always the same "
        "distance apart, and the nearest of thousands is hardly a relative. Along the few directions that the "
        "generator answers to, neighbours look like kin again."
    )
    script = f"""
        import numpy as np

        from genmodels.gan import model as gan
        from genmodels.gan import latent_directions
        from genmodels.media import images

        model = gan.load({hand.name!r})
        z = {hand.source}
        bank = gan.sample_latents(model, {BANK}, 0)
        rows, away = latent_directions.nearest_neighbors(z, bank, 8)
        print(np.round(away, 1), "away; the median code:", round(float(np.median(np.linalg.norm(bank - z, axis=1))), 1))
        labels = {None if hand.origin.label is None else f"np.full(8, {hand.origin.label})"}
        strip = images.tile(gan.generate(model, bank[rows], labels)[None], gap=1)
        open("gan_neighbours.png", "wb").write(images.png(strip, scale=4))
        """
    code_panel.show(
        script, [latent_directions.nearest_neighbors, latent_directions.coordinates], key="near", name="gan_neighbours"
    )


def _row(hand: Hand, z: np.ndarray, key: str) -> None:
    gan, model = common.module(), common.load(hand.name)
    labels = None if hand.origin.label is None else np.full(len(z), hand.origin.label)
    made = gan.generate(model, z, labels)
    scores = gan.discriminate(model, made, labels)
    sample_grid.show(
        made, scores, columns=len(z), key=f"gan_{key}", label="Neighbours in code space", critic=hand.critic
    )


def every_kind(hand: Hand) -> None:
    gan, model = common.module(), common.load(hand.name)
    names = common.names(hand.name)
    labels = np.arange(model.classes)
    made = gan.generate(model, np.repeat(hand.z[None], model.classes, axis=0), labels)
    st.caption("The same code, with every kind asked for. The bar: how far the discriminator believes it.")
    sample_grid.show(
        made,
        gan.discriminate(model, made, labels),
        columns=model.classes,
        captions=names,
        key="gan_kinds",
        label="The same code in every kind",
        critic=hand.critic,
    )
    begin, end = st.columns(2)
    tip = "Labels can be mixed as codes can: a share of one kind and the rest of another, which training never showed."
    with begin:
        a = st.selectbox("From kind", names, hand.origin.label, key="gan_kind_from", help=tip, persist_state="session")
    with end:
        b = st.selectbox("To kind", names, -1 % len(names), key="gan_kind_to", help=tip, persist_state="session")
    share = np.linspace(0, 1, 9)[:, None]
    eye = np.eye(model.classes)
    mixed = (1 - share) * eye[names.index(a)] + share * eye[names.index(b)]
    image_display.show(images.tile(gan.generate(model, np.repeat(hand.z[None], 9, axis=0), mixed)[None], gap=1))
    reader_text(
        "The code holds what the label leaves open: how thick, how slanted, how wide. Change the kind and it stays. "
        "The last row mixes two labels, without ever having learnt to."
    )
