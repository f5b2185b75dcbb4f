"""Tab Semantic hashing: similar images by the Hamming distance of 16-bit codes."""

import numpy as np
import streamlit as st

from genmodels.autoencoders import semantic_hashing
from genmodels.media import images
from pages.autoencoders import common
from ui import code_panel, image_display, presets_and_reset
from ui.page_layout import result_and_controls

N_RETRIEVED, COLUMNS = 60, 12
N_BITS = 16
K = 10  # of the precision at k
N_QUERIES = 300  # images over which the precision is averaged


def show() -> None:
    result, controls = result_and_controls("semantic_hashing", (3, 1))
    image = common.input_image(controls, result)
    if image is None:
        with result:
            _precision(common.pool().real)
        return
    autoencoders, model = common.autoencoders_module(), common.load("hashing")
    image_bits = semantic_hashing.binarize(autoencoders.encode(model, image[None]))[0]
    with result:
        query_bits = _query_bits(image_bits)
        query, database = semantic_hashing.pack_bits(query_bits[None])[0], _database(common.pool().real)
        left, right = st.columns([1, 6], gap="small")
        image_display.show(image, container=left, caption="Query image")
        image_display.show(autoencoders.decode(model, query_bits[None])[0], container=left, caption="Decoded bits")
        with right:
            _retrieved(query, database)
            own_bits = {"ae_query_bits": st.session_state["ae_image_bits"]}
            presets_and_reset.reset(own_bits, key="ae_query_bits_reset", help="The bits of your image.")
        _precision(common.pool().real)
    functions = [
        semantic_hashing.binarize,
        semantic_hashing.pack_bits,
        semantic_hashing.hamming,
        semantic_hashing.nearest,
    ]
    code_panel.show(_script(image), functions, key="ae_hashing_code", name="semantic_hashing")


@st.cache_data(show_spinner="Hashing the images", max_entries=2)
def _database(real: bool) -> np.ndarray:
    """The hashes of the pool, (n, 2) uint8. real: `common.pool().real`."""
    return semantic_hashing.pack_bits(semantic_hashing.binarize(common.pool_codes("hashing", real)))


def _query_bits(image_bits: np.ndarray) -> np.ndarray:
    """The bits of the query, (16,) bool: those of the image until the visitor flips some."""
    numbers = [k + 1 for k in np.flatnonzero(image_bits)]
    if st.session_state.get("ae_image_bits") != numbers or "ae_query_bits" not in st.session_state:  # another image
        presets_and_reset.set_widgets({"ae_image_bits": numbers, "ae_query_bits": numbers})
    on = st.pills(
        "Query hash (16 bits), click to flip a bit", range(1, N_BITS + 1), selection_mode="multi", wrap=True,
        key="ae_query_bits", help="Selected bits are 1. With flipped bits the query differs from your image.",
    )  # fmt: skip
    return np.isin(np.arange(1, N_BITS + 1), on)


def _retrieved(query: np.ndarray, database: np.ndarray) -> None:
    clothes = common.pool()
    rows, distances = semantic_hashing.nearest(query, database, N_RETRIEVED)
    image_display.show(images.tile(clothes.images[rows].reshape(-1, COLUMNS, 28, 28), gap=1))
    classes = ", ".join(
        f"{common.CLASS_NAMES[cls]} ({count})" for cls, count in semantic_hashing.class_counts(clothes.labels[rows])[:4]
    )
    st.caption(
        f"The {N_RETRIEVED} nearest of {len(database):,} images by Hamming distance, nearest first: distance "
        f"{distances[0]} to {distances[-1]}, {int((distances == 0).sum())} with the same hash. {classes}"
    )


@st.cache_data(show_spinner="Comparing with the distance of pixels", max_entries=2)
def _retrieval_precision(real: bool) -> dict[str, float]:
    clothes, database = common.pool(), _database(real)
    return semantic_hashing.retrieval_precision(clothes.images, clothes.labels, database, n_queries=N_QUERIES, k=K)


def _precision(real: bool) -> None:
    precision, n = _retrieval_precision(real), len(_database(real))
    metrics = {
        "16-bit codes": (precision["bits"], f"{2 * n / 1000:,.0f} kB for {n:,} images"),
        "All pixels": (precision["pixels"], f"{784 * n / 1e6:,.1f} MB"),
        "Chance": (precision["chance"], "no storage"),
    }
    st.markdown(f"**Retrieval precision of 16-bit codes**: same class among the {K} nearest, {N_QUERIES} queries")
    for column, (title, (value, size)) in zip(st.columns(3), metrics.items(), strict=True):
        tip = f"Fraction of the {K} nearest images that have the class of the query. {size}."
        column.metric(title, f"{value:.0%}", help=tip)
        column.caption(size)


def _script(image: np.ndarray) -> str:
    return f"""
        {code_panel.image_literal(image)}
        from genmodels.autoencoders import model as autoencoders
        from genmodels.autoencoders import semantic_hashing
        from genmodels.data import fashion_samples
        from genmodels.media import images

        clothes = fashion_samples.generated_images()  # or test_images(), if Fashion-MNIST is on this machine
        model = autoencoders.load("hashing")
        database, query = (
            semantic_hashing.pack_bits(semantic_hashing.binarize(autoencoders.encode(model, each)))
            for each in (clothes.images, image)
        )
        rows, distances = semantic_hashing.nearest(query[0], database, {N_RETRIEVED})
        print("Hamming distances:", distances)
        retrieved = clothes.images[rows].reshape(-1, {COLUMNS}, 28, 28)
        open("retrieved.png", "wb").write(images.png(images.tile(retrieved), scale=3))
        """
