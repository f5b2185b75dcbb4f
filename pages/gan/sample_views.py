"""Views of the selected sample: a 2-D slice, its nearest neighbors, the same z in all classes."""

import numpy as np
import streamlit as st

from genmodels import latent_space
from genmodels.gan import latent_directions
from genmodels.media import images
from pages.gan import common, selected_sample
from pages.gan.components import sample_grid
from pages.gan.selected_sample import N_DIRECTIONS, SelectedSample
from ui import code_panel, image_display
from ui.components import latent_slice

N_SUBSPACE = 12  # leading principal directions in which neighbors are searched, too
BANK_SIZE = 2000  # random latent vectors among which neighbors are searched
N_NEIGHBORS = 8
N_INTERPOLATED = 9  # images between two labels


def latent_plane(sample: SelectedSample) -> None:
    """A 2-D slice of the latent space, along two principal directions."""
    names = [f"Direction {i + 1}" for i in range(N_DIRECTIONS)]
    left, right = st.columns(2, gap="small")
    x_direction = left.selectbox(
        "x direction", names, key="gan_x_direction", help="Principal direction, left to right.", **common.URL_BOUND
    )
    y_direction = right.selectbox(
        "y direction", names, 1, key="gan_y_direction", help="Principal direction, bottom to top.", **common.URL_BOUND
    )
    color = st.toggle(
        "Color by discriminator score",
        key="gan_color_by_discriminator",
        wrap=True,
        help="Blue: D(x) > 0.5 (real), orange: D(x) < 0.5 (fake).",
        **common.URL_BOUND,
    )
    i, j = names.index(x_direction), names.index(y_direction)
    if i == j:
        st.info("Choose two different directions.", icon=":material/open_with:")
        return
    level = list(sample.coordinates)
    level[i] = level[j] = 0.0  # the slice does not depend on the position in it
    generated, scores = _generate_plane(
        sample.name, sample.selection.label, sample.start_source, sample.start, tuple(level), i, j
    )
    latent_slice.show(
        generated,
        scores=sample_grid.bar_lengths(scores, critic=sample.critic),
        start=(sample.coordinates[i], sample.coordinates[j]),
        token=f"{st.session_state['gan_selection']}{i}{j}{sample.is_edited}",
        axes=(x_direction, y_direction),
        colors=(common.FAKE, common.REAL),
        color_by_score=color,
        is_probability=not sample.critic,
        key="gan_latent_slice",
        on_release=lambda x, y: selected_sample.set_coordinates({i: x, j: y}),
    )


@st.cache_data(show_spinner="Generating the slice", max_entries=40)
def _generate_plane(
    name: str, label: int | None, source: str, _z: np.ndarray, level: tuple[float, ...], i: int, j: int
) -> tuple[np.ndarray, np.ndarray]:
    """The images of a slice and their scores. source: identifies `_z` in the cache."""
    gan, model = common.module(), common.load(name)
    directions = selected_sample.principal_directions(name, label)
    z = latent_directions.set_coordinates(_z, directions, level)
    plane = latent_directions.latent_plane(z, directions, i, j, cells=latent_slice.CELLS, extent=latent_slice.EXTENT)
    labels = None if label is None else np.full(len(plane), label)
    generated = gan.generate(model, plane, labels)
    return generated, gan.discriminate(model, generated, labels)


@st.cache_data(show_spinner=False)
def _bank(name: str) -> np.ndarray:
    return common.module().sample_latents(common.load(name), BANK_SIZE, 0)


def nearest_neighbors(sample: SelectedSample) -> None:
    """The random samples nearest to z, in all dimensions and in the leading principal directions."""
    bank = _bank(sample.name)
    rows, distances = latent_directions.nearest_neighbors(sample.z, bank, N_NEIGHBORS)
    median = latent_directions.median_distance(sample.z, bank)
    st.caption(
        f"Nearest of {BANK_SIZE:,} random samples in all {sample.z.size} dimensions: distance {distances[0]:.1f} to "
        f"{distances[-1]:.1f}, median of all {median:.1f}."
    )
    _neighbor_row(sample, bank[rows], "all_dimensions")
    subspace = latent_directions.coordinates(bank, sample.directions)[:, :N_SUBSPACE]
    position = latent_directions.coordinates(sample.z, sample.directions)[:N_SUBSPACE]
    rows, distances = latent_directions.nearest_neighbors(position, subspace, N_NEIGHBORS)
    median = latent_directions.median_distance(position, subspace)
    st.caption(
        f"Nearest neighbors in the first {N_SUBSPACE} principal directions: distance {distances[0]:.1f} to "
        f"{distances[-1]:.1f}, median of all {median:.1f}.",
        help="In high dimensions all random latent vectors are almost equally far apart (curse of dimensionality). In "
        "the subspace of the leading principal directions, near neighbors look similar.",
    )
    _neighbor_row(sample, bank[rows], "principal_directions")


def neighbors_code(sample: SelectedSample) -> None:
    label = sample.selection.label
    script = f"""
        import numpy as np

        from genmodels.gan import latent_directions
        from genmodels.gan import model as gan
        from genmodels.media import images

        model = gan.load({sample.name!r})
        z = {sample.source}
        bank = gan.sample_latents(model, {BANK_SIZE}, 0)
        rows, distances = latent_directions.nearest_neighbors(z, bank, {N_NEIGHBORS})
        print("distances:", np.round(distances, 1), "median:", latent_directions.median_distance(z, bank))
        labels = {None if label is None else f"np.full({N_NEIGHBORS}, {label})"}
        strip = images.tile(gan.generate(model, bank[rows], labels)[None], gap=1)
        open("gan_neighbors.png", "wb").write(images.png(strip, scale=4))
        """
    functions = [latent_directions.nearest_neighbors, latent_directions.coordinates]
    code_panel.show(script, functions, key="neighbors", name="gan_neighbors")


def _neighbor_row(sample: SelectedSample, z: np.ndarray, key: str) -> None:
    gan, model = common.module(), common.load(sample.name)
    labels = None if sample.selection.label is None else np.full(len(z), sample.selection.label)
    generated = gan.generate(model, z, labels)
    sample_grid.show(
        generated,
        gan.discriminate(model, generated, labels),
        columns=len(z),
        key=f"gan_neighbors_{key}",
        label="Nearest neighbors in latent space",
        critic=sample.critic,
    )


def all_classes(sample: SelectedSample) -> None:
    """The same z with every class label, and interpolated between two labels."""
    gan, model = common.module(), common.load(sample.name)
    names = common.names(sample.name)
    labels = np.arange(model.classes)
    generated = gan.generate(model, np.repeat(sample.z[None], model.classes, axis=0), labels)
    st.caption(
        "The same z with every class label. Bar: D(x).",
        help="z encodes what the label does not: thickness, slant, width. It is kept when the class changes.",
    )
    sample_grid.show(
        generated,
        gan.discriminate(model, generated, labels),
        columns=-(-model.classes // 2),
        captions=names,
        key="gan_classes",
        label="The same z in all classes",
        critic=sample.critic,
    )
    left, right = st.columns(2, gap="small")
    help = "Labels can be interpolated as latent vectors can; training used one-hot labels only."
    start = left.selectbox(
        "From class", names, sample.selection.label, key="gan_class_from", help=help, persist_state="session"
    )
    end = right.selectbox("To class", names, len(names) - 1, key="gan_class_to", help=help, persist_state="session")
    one_hot = np.eye(model.classes)
    weights = latent_space.interpolate(one_hot[names.index(start)], one_hot[names.index(end)], N_INTERPOLATED)
    strip = gan.generate(model, np.repeat(sample.z[None], N_INTERPOLATED, axis=0), weights)
    image_display.show(images.tile(strip[None], gap=1))
