"""Style mixing: the layers of a range take w from the column, all others from the row (figure 3 of the paper)."""

import numpy as np
import streamlit as st

from genmodels.media import images
from pages.style_gan import common, shared_controls
from pages.style_gan.components import image_table
from ui import code_panel, presets_and_reset
from ui.page_layout import result_and_controls

RANGES = {"Coarse": "coarse", "Middle": "middle", "Fine": "fine"}
ALL_CLASSES = "All classes"
ROWS, COLUMNS = (85, 100, 75, 458, 1500), (55, 821, 1789, 293, 7)
DEFAULTS = {
    "style_gan_styles": ["Coarse"],
    "style_gan_row_seeds": ", ".join(map(str, ROWS)),
    "style_gan_column_seeds": ", ".join(map(str, COLUMNS)),
    "style_gan_row_class": ALL_CLASSES,
    "style_gan_column_class": ALL_CLASSES,
    "style_gan_truncation_psi": shared_controls.DEFAULT_PSI,
}


def show(name: str) -> None:
    common.load(name)
    _mixing(name)


@st.fragment
def _mixing(name: str) -> None:
    style_gan, model = common.module(), common.load(name)
    result, controls = result_and_controls("style_mixing", (5, 2))
    with controls, st.container(gap="small"):
        chosen = _range_control(model)
        rows, row_labels = _source_controls(name, "row", "Row", ROWS, 0)
        columns, column_labels = _source_controls(name, "column", "Column", COLUMNS, len(ROWS))
        psi = shared_controls.psi_control()
        actions = st.container(horizontal=True, gap="small")
    layers = [k for each in chosen for k in style_gan.style_ranges(model)[RANGES[each]]]
    table, row_images, column_images = _generate(name, rows, row_labels, columns, column_labels, tuple(layers), psi)
    names = common.class_names(name)

    def pick(row: int, column: int) -> None:
        """A click on a source replaces its seed by a random one."""
        for k, kind, seeds in ((row, "row", rows), (column, "column", columns)):
            if min(row, column) < 0 <= k:
                new = int(np.random.default_rng().integers(shared_controls.MAX_SEED + 1))
                text = ", ".join(str(new if i == k else seed) for i, seed in enumerate(seeds))
                presets_and_reset.set_widgets({f"style_gan_{kind}_seeds": text})

    with result:
        image_table.show(
            table,
            [f"{names[label]}\n{seed}" for seed, label in zip(rows, row_labels, strict=True)],
            [f"{names[label]}\n{seed}" for seed, label in zip(columns, column_labels, strict=True)],
            key="style_gan_mixing_grid",
            label="Style mixing. Click a source image for a new random seed.",
            row_images=row_images,
            column_images=column_images,
            on_pick=pick,
        )
    with actions:
        sheet = np.concatenate([column_images[None], table])
        left = np.concatenate([np.zeros_like(row_images[:1]), row_images])[:, None]
        st.download_button(
            "PNG",
            lambda: images.png(images.tile(np.concatenate([left, sheet], axis=1), gap=1, background=255), scale=4),
            "style_mixing.png",
            key="style_gan_mixing_download",
            icon=":material/download:",
            on_click="ignore",
        )
        presets_and_reset.reset(DEFAULTS, key="style_gan_mixing_reset")
    _code(name, rows, row_labels, columns, column_labels, layers, psi)


def _range_control(model) -> list[str]:
    sizes = common.module().style_ranges(model)
    pixels = {
        title: " to ".join(dict.fromkeys(f"{model.layer_sizes[k]}" for k in (sizes[name][0], sizes[name][-1])))
        for title, name in RANGES.items()
        if sizes[name]
    }
    return (
        st.pills(
            "Styles from the column",
            list(pixels),
            selection_mode="multi",
            default=["Coarse"],
            key="style_gan_styles",
            help="Layers that take w from the column; the others take it from the row. "
            + ". ".join(f"{title}: feature maps of {size} pixels" for title, size in pixels.items())
            + ". Coarse styles set class, pose and shape; fine ones set colors.",
            **common.URL_BOUND,
        )
        or []
    )


def _source_controls(
    name: str, kind: str, title: str, default: tuple[int, ...], offset: int
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Seeds and classes of the rows or the columns."""
    text = st.text_input(
        f"{title} seeds",
        ", ".join(map(str, default)),
        key=f"style_gan_{kind}_seeds",
        help="Up to 6 seeds, 0 to 99,999, separated by commas; 1-5 is a range.",
        **common.URL_BOUND,
    )
    seeds = shared_controls.parse_seeds(text, default)
    names, key = common.class_names(name), f"style_gan_{kind}_class"
    if st.session_state.get(key) not in (ALL_CLASSES, *names):
        st.session_state[key] = ALL_CLASSES
    selected = st.selectbox(
        f"{title} class",
        [ALL_CLASSES, *names],
        key=key,
        label_visibility="collapsed",
        help="All classes: another class for each seed.",
        **common.URL_BOUND,
    )
    if selected in names:
        return seeds, (names.index(selected),) * len(seeds)
    return seeds, tuple((offset + k) % len(names) for k in range(len(seeds)))


@st.cache_data(show_spinner=False, max_entries=60)
def _generate(
    name: str,
    rows: tuple[int, ...],
    row_labels: tuple[int, ...],
    columns: tuple[int, ...],
    column_labels: tuple[int, ...],
    layers: tuple[int, ...],
    psi: float,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mixed images (m, n, h, w[, 3]), and those of the rows (m, ...) and the columns (n, ...)."""
    style_gan, model = common.module(), common.load(name)
    m, n = len(rows), len(columns)
    labels = np.array([*row_labels, *column_labels])
    w = style_gan.map_latents(model, common.seed_latents(name, [*rows, *columns]), labels)
    w = style_gan.truncate(model, w, labels, psi)
    mixed = style_gan.mixing_grid(model, w[:m], w[m:], layers)
    every = np.concatenate([mixed.reshape(m * n, *w.shape[1:]), w])
    generated = common.synthesize(model, every, common.noise(name, shared_controls.DEFAULT_NOISE_SEED))
    return generated[: m * n].reshape(m, n, *generated.shape[1:]), generated[m * n : -n], generated[-n:]


def _code(name, rows, row_labels, columns, column_labels, layers, psi) -> None:
    style_gan = common.module()
    script = f"""
        import numpy as np

        from genmodels.media import images
        from genmodels.style_gan import model as style_gan

        model = style_gan.load({name!r})

        def styles(seeds, labels):
            z = np.concatenate([style_gan.sample_latents(model, 1, seed) for seed in seeds])
            w = style_gan.map_latents(model, z, labels)
            return style_gan.truncate(model, w, labels, {psi})  # (n, layers, {128})

        rows = styles({list(rows)}, {list(row_labels)})
        columns = styles({list(columns)}, {list(column_labels)})
        mixed = style_gan.mixing_grid(model, rows, columns, {layers})
        noise = style_gan.sample_noise(model, 1, {shared_controls.DEFAULT_NOISE_SEED})
        grid = style_gan.synthesize(model, mixed.reshape(-1, *rows.shape[1:]), noise)
        grid = grid.reshape({len(rows)}, {len(columns)}, *grid.shape[1:])
        open("style_mixing.png", "wb").write(images.png(images.tile(grid, gap=1), scale=4))
        """
    functions = [style_gan.mix_styles, style_gan.mixing_grid, style_gan.style_ranges]
    code_panel.show(script, functions, key="style_gan_mixing", name="style_mixing")
