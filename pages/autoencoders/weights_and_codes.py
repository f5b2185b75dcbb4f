"""Look inside: what one member's weights look for, what each number of its code answers to, and the ways between."""

import numpy as np
import streamlit as st

from genmodels import weights
from genmodels.autoencoders import visualization as autoencoder_visualization
from genmodels.media import images
from pages.autoencoders import common
from ui import code_panel, image_display
from ui.page_layout import reader_text

FAVOURITES, SWEEP, WAY = 12, 11, 13  # pictures in a row
SHOWN = 100  # filters at most
WALL = 30  # numbers of a code whose favourites are shown together
EACH = 6  # favourites of each of them


@st.cache_data(show_spinner="Encoding the test pictures", max_entries=40)
def codes(name: str, real: bool) -> np.ndarray:
    """A member's codes of the pool, (n, codings); real: which pool it is, so that one fetched later counts."""
    return common.module().encode(common.load(name), common.pool().pictures)


def show() -> None:
    title = st.pills(
        "Member", list(common.MEMBERS), default="Stacked", required=True, key="ae_member", wrap=True,
        label_visibility="collapsed", **common.KEEP,
    )  # fmt: skip
    name, says = common.MEMBERS[title]
    card, model = weights.model_card(f"autoencoders_{name}"), common.load(name)
    left, right = st.columns(common.COLUMNS, gap="medium")
    with right:
        st.markdown(
            f"**{title}.** {says} Held-out squared error {card['held_out']['mean_squared_error']:.4f}, "
            f"{card['parameters']:,} parameters, {card['codings']} numbers to a code."
        )
    picture = common.given(left.container(), right)
    with left:
        common.provenance()
    with right:
        if picture is not None:
            common.there_and_back(model, picture, "orange above zero")
        _filters(model)
    known = codes(name, common.pool().real)
    _answers(name, model, known, picture)
    if picture is not None:
        _between(model, picture)
        script = _script(name, picture)
        lesson = [
            autoencoder_visualization.filters,
            autoencoder_visualization.strongest,
            autoencoder_visualization.sweep,
        ]
        code_panel.show(
            script, [*lesson, autoencoder_visualization.between], key="ae_inside", name=f"autoencoder_{name}"
        )


def _filters(model) -> None:
    found, said = autoencoder_visualization.filters(model)
    st.markdown("**What its first layer looks for**")
    reader_text(
        f"Its weights as {said}, one for each of {len(found)} units. Where it is orange, ink speaks for the unit; "
        "where it is blue, against it. What stayed noise was never needed."
    )
    shown = found[:SHOWN]
    columns = {28: 20, 3: 8}.get(shown.shape[1], 4)
    full = np.zeros((-(-len(shown) // columns) * columns, *shown.shape[1:]), "float32")
    full[: len(shown)] = shown
    sheet = autoencoder_visualization.signed(full.reshape(-1, columns, *shown.shape[1:]), reach=1.0)
    image_display.show(images.tile(sheet, gap=1, background=90))


def _answers(name: str, model, known: np.ndarray, picture: np.ndarray | None) -> None:
    """What each number of the code stands for: the pictures it answers to most, and what it does to one."""
    st.subheader("What each number of the code answers to", anchor=False)
    clothes = common.pool().pictures
    order = autoencoder_visualization.busiest(known, WALL)
    reader_text(
        f"A row for each number: the {EACH} pictures that make it largest, out of {len(clothes):,}. "
        + (f"Of {known.shape[1]} numbers, the {WALL} that vary most. " if known.shape[1] > WALL else "")
        + "A number seldom stands for one thing alone: nothing asked it to."
    )
    thirds = np.array_split(order, 3)
    for column, third in zip(st.columns(3, gap="medium"), thirds, strict=True):
        rows = np.stack([clothes[autoencoder_visualization.strongest(known, number, EACH)[0]] for number in third])
        numbers = f"Numbers {', '.join(str(number + 1) for number in third)}"
        image_display.show(images.tile(rows, gap=1), place=column, caption=numbers)
    number = st.select_slider(
        "One of them, closely", [int(each) + 1 for each in order], key=f"ae_number_{name}",
        help="Those that vary most over the pictures come first.", **common.KEEP,
    )  # fmt: skip
    most, least = autoencoder_visualization.strongest(known, number - 1, FAVOURITES)
    for said, rows in (("largest", most), ("smallest", least)):
        st.caption(f"Number {number} is {said} on these ({known[rows[0], number - 1]:.2f} to the left)")
        image_display.show(images.tile(clothes[rows][None], gap=1))
    if picture is not None:
        its = common.module().encode(model, picture[None])[0]
        st.caption(f"Your picture with number {number} turned from small to large, all others held")
        moved = autoencoder_visualization.sweep(model, its, known, number - 1, SWEEP)
        image_display.show(images.tile(moved[None], gap=1))


def _between(model, picture: np.ndarray) -> None:
    st.subheader("From your picture to another", anchor=False)
    clothes = common.pool().pictures
    other = st.number_input(
        "To this one", 0, len(clothes) - 1, 1, key="ae_other", width=170, help="Its number among the pictures.",
        **common.KEEP,
    )  # fmt: skip
    through, faded = autoencoder_visualization.between(model, picture, clothes[other], WAY)
    st.caption("Decoded between the two codes: the shape changes, as far as the code has learnt to")
    image_display.show(images.tile(through[None], gap=1))
    st.caption("Faded pixel by pixel: two pictures, one through the other")
    image_display.show(images.tile(faded[None], gap=1))


def _script(name: str, picture: np.ndarray) -> str:
    return f"""
        {code_panel.image_literal(picture)}
        from genmodels.autoencoders import visualization as autoencoder_views
        from genmodels.autoencoders import model as autoencoders
        from genmodels.media import images
        from genmodels.data import fashion_samples as sample_clothes

        clothes = sample_clothes.generated_images().pictures  # or held_out(), where Fashion-MNIST is on this machine
        model = autoencoders.load({name!r})
        codes = autoencoders.encode(model, clothes)
        for number in autoencoder_views.busiest(codes, 5):
            most, least = autoencoder_views.strongest(codes, number, 12)
            print(f"number {{number + 1}}: {{codes[least[0], number]:.2f}} to {{codes[most[0], number]:.2f}}")
        through, faded = autoencoder_views.between(model, picture[0], clothes[1], {WAY})
        open("between.png", "wb").write(images.png(images.tile(np.stack([through, faded])), scale=3))
        """
