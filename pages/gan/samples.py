"""A grid of random samples with their scores: generated once per seed, class and latent scale."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from pages.gan import common, saved_latents
from ui import presets_and_reset

N_SAMPLES, COLUMNS = 64, 8
ALL_CLASSES = "All"
DEFAULT_SEED = 1


@dataclass(frozen=True, eq=False)
class SampleGrid:
    """Generated images, their latent vectors and their discriminator scores."""

    z: np.ndarray  # (n, latent_dim)
    labels: np.ndarray | None  # (n,)
    images: np.ndarray  # (n, h, w[, 3]) uint8
    scores: np.ndarray  # (n,)
    critic: bool  # the scores are unbounded


@st.cache_data(show_spinner=False, max_entries=60)
def generate_grid(name: str, seed: int, label: int | None, scale: float = 1.0) -> SampleGrid:
    """The samples of a seed. label: the class; None for all classes in turn, or for an unconditional model."""
    gan, model = common.module(), common.load(name)
    z = gan.sample_latents(model, N_SAMPLES, seed) * np.float32(scale)
    labels = None
    if model.classes:
        labels = np.arange(N_SAMPLES) % model.classes if label is None else np.full(N_SAMPLES, label)
    generated = gan.generate(model, z, labels)
    return SampleGrid(z, labels, generated, gan.discriminate(model, generated, labels), model.is_critic)


def source(seed: int, index: int, scale: float = 1.0) -> str:
    """The Python expression of a latent vector of the grid."""
    return f"gan.sample_latents(model, {N_SAMPLES}, {seed})[{index}]" + ("" if scale == 1 else f" * {scale:g}")


def saved(grid: SampleGrid, seed: int, index: int) -> saved_latents.SavedLatent:
    """A latent vector of a grid of scale 1, for latent arithmetic."""
    label = None if grid.labels is None else int(grid.labels[index])
    return saved_latents.SavedLatent(grid.z[index], label, source(seed, index), (seed, index))


def class_control(name: str, classes: int) -> int | None:
    """The class to generate; None for all of them, or for an unconditional model."""
    if not classes:
        return None
    names = [ALL_CLASSES, *common.names(name)]
    if st.session_state.get("gan_class") not in names:  # of another data set, or unknown in the link
        st.session_state["gan_class"] = ALL_CLASSES
    help = "Conditional GAN: choose the class label to generate."
    selected = st.selectbox("Class", names, key="gan_class", help=help, **common.URL_BOUND)
    return None if selected in (None, ALL_CLASSES) else common.names(name).index(selected)


def seed_control() -> int:
    """The seed of the samples, and a button for a new one."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", wrap=False):
        seed = st.number_input(
            "Seed",
            0,
            99_999,
            DEFAULT_SEED,
            key="gan_seed",
            help=f"Random seed of the {N_SAMPLES} latent vectors.",
            **common.URL_BOUND,
        )
        st.button(
            "",
            icon=":material/casino:",
            key="gan_randomize",
            on_click=_random_seed,
            help=f"New seed: sample {N_SAMPLES} new latent vectors.",
        )
    return seed


def _random_seed() -> None:
    seed = int(np.random.default_rng().integers(100_000))
    presets_and_reset.set_widgets({"gan_seed": seed, "gan_sample": 0})


def score_summary(grid: SampleGrid) -> str:
    """The discriminator scores of a grid in a sentence."""
    if grid.critic:
        low, high = grid.scores.min(), grid.scores.max()
        return (
            f"Below each image: the WGAN critic score ({low:+.1f} to {high:+.1f}). It is unbounded; only differences "
            "matter, higher = more realistic."
        )
    fooling = int((grid.scores > 0.5).sum())
    return (
        f"**{fooling} of {N_SAMPLES}** samples fool the discriminator (D > 0.5). Mean D(x) = "
        f"{grid.scores.mean():.2f}; 0.5 = chance."
    )
