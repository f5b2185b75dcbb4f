"""Search: pictures found by sixteen bits, as a hash that knows what clothes look like."""

import numpy as np
import streamlit as st

from genmodels.autoencoders import semantic_hashing
from genmodels.media import images
from pages.autoencoders import common, weights_and_codes
from ui import code_panel, image_display, presets_and_reset
from ui.page_layout import reader_text

FOUND, ROW = 60, 12
BITS = 16
NEAR = 10  # found ones that are counted
ASKED = 300  # pictures whose neighbours are looked at


def show() -> None:
    reader_text(
        "Noise before the code's sigmoid taught this member to answer with sixteen times yes or no. Two bytes a "
        "picture, and looking for similar ones is counting in how many bits two pictures differ: **Hamming distance**. "
        "What is near means something, because the decoder has to draw the picture from those bits alone."
    )
    left, right = st.columns(common.COLUMNS, gap="medium")
    picture = common.given(left.container(), right)
    with left:
        common.provenance()
    if picture is None:
        return
    autoencoders, model = common.module(), common.load("hashing")
    its = semantic_hashing.bits(autoencoders.encode(model, picture[None]))[0]
    with right:
        asked = _bits(its)
        query, bank = semantic_hashing.packed(asked[None])[0], _bank(common.pool().real)
        back = autoencoders.decode(model, asked[None])[0]
        first, second = st.columns([1, 5], gap="medium")
        image_display.show(picture, place=first, caption="Asked for")
        image_display.show(back, place=first, caption="What the sixteen bits draw")
        with second:
            _found(query, bank)
    _worth(common.pool().real)
    lesson = [semantic_hashing.bits, semantic_hashing.packed, semantic_hashing.hamming, semantic_hashing.nearest]
    code_panel.show(_script(picture), lesson, key="ae_search_code", name="semantic_hashing")


@st.cache_data(show_spinner="Hashing the pictures", max_entries=2)
def _bank(real: bool) -> np.ndarray:
    """The pool's hashes, (n, 2) uint8."""
    return semantic_hashing.packed(semantic_hashing.bits(weights_and_codes.codes("hashing", real)))


def _bits(its: np.ndarray) -> np.ndarray:
    """The sixteen answers, (16,) bool: the picture's own, until the visitor turns some round."""
    own = [k + 1 for k in np.flatnonzero(its)]
    if st.session_state.get("ae_bits_of") != own or "ae_bits" not in st.session_state:  # another picture: its own bits
        presets_and_reset.set_widgets({"ae_bits_of": own, "ae_bits": own})
    with st.container(horizontal=True, vertical_alignment="bottom"):
        on = st.pills(
            "Its sixteen bits: turn one round, and look for that", range(1, BITS + 1), selection_mode="multi",
            key="ae_bits", help="A lit one is a yes. Turned round, what is looked for is no longer your picture.",
        )  # fmt: skip
        presets_and_reset.reset({"ae_bits": own}, key="ae_bits_reset", help="The picture's own bits again.")
    return np.isin(np.arange(1, BITS + 1), on)


def _found(query: np.ndarray, bank: np.ndarray) -> None:
    clothes = common.pool()
    rows, away = semantic_hashing.nearest(query, bank, FOUND)
    kinds, counts = np.unique(clothes.labels[rows], return_counts=True)
    told = ", ".join(f"{common.CLASSES[kinds[k]]} ({counts[k]})" for k in np.argsort(-counts, kind="stable")[:4])
    same = int((away == 0).sum())
    st.caption(
        f"The {FOUND} nearest of {len(bank):,}, nearest first; {same} of them with the very same bits, the last one "
        f"{away[-1]} {'bit' if away[-1] == 1 else 'bits'} away. {told}"
    )
    image_display.show(images.tile(clothes.pictures[rows].reshape(-1, ROW, 28, 28), gap=1))


@st.cache_data(show_spinner="Comparing with the pixels themselves", max_entries=2)
def _shares(real: bool) -> dict[str, float]:
    """How many of the NEAR nearest are of the asked picture's kind, by bits, by pixels, and by chance."""
    clothes, bank = common.pool(), _bank(real)
    return semantic_hashing.agreement(clothes.pictures, clothes.labels, bank, asked=ASKED, near=NEAR)


def _worth(real: bool) -> None:
    st.subheader("What two bytes are worth", anchor=False)
    found, n = _shares(real), len(_bank(real))
    told = {
        "By sixteen bits": (found["bits"], f"{2 * n / 1000:,.0f} kB for {n:,} pictures"),
        "By all pixels": (found["pixels"], f"{784 * n / 1e6:,.1f} MB for them"),
        "By chance": (found["chance"], "nothing to keep"),
    }
    for column, (title, (share, size)) in zip(st.columns(3), told.items(), strict=True):
        column.metric(title, f"{share:.0%}", help=f"Of the {NEAR} nearest, so many are of the same kind. {size}.")
        column.caption(size)
    reader_text(f"Share of the {NEAR} nearest that are of the same kind, mean over {ASKED} pictures.")


def _script(picture: np.ndarray) -> str:
    return f"""
        {code_panel.image_literal(picture)}
        from genmodels.autoencoders import model as autoencoders
        from genmodels.autoencoders import semantic_hashing as picture_hashes
        from genmodels.media import images
        from genmodels.data import fashion_samples as sample_clothes

        clothes = sample_clothes.generated_images()  # or held_out(), where Fashion-MNIST is on this machine
        model = autoencoders.load("hashing")
        bank, query = (
            picture_hashes.packed(picture_hashes.bits(autoencoders.encode(model, each)))
            for each in (clothes.pictures, picture)
        )
        rows, away = picture_hashes.nearest(query[0], bank, {FOUND})
        print("bits apart:", away)
        found = clothes.pictures[rows].reshape(-1, {ROW}, 28, 28)
        open("found.png", "wb").write(images.png(images.tile(found), scale=3))
        """
