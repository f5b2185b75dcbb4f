"""The code in hand: a picked one, moved along the directions that its generator answers to most."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from genmodels.gan import latent_directions
from pages.gan import common
from pages.gan.components import latent_slice

SLIDERS = 6  # directions that have one
STEP = 0.05  # of a slider, in standard deviations


@dataclass(frozen=True, eq=False)
class Origin:
    """The code that was picked: where the sliders begin."""

    z: np.ndarray  # (latent_dim,)
    label: int | None
    source: str  # the Python expression that draws it
    token: str  # another one for another code
    place: tuple[int, int] | None  # the seed of a usual wall and the number on it, where it lies on one


@dataclass(frozen=True, eq=False)
class Hand:
    """What is in hand now: the picked code, moved along the first directions."""

    name: str
    origin: Origin
    turned: latent_directions.Directions
    places: tuple[float, ...]  # along the first SLIDERS directions
    moved: bool
    z: np.ndarray
    picture: np.ndarray
    score: float
    critic: bool

    @property
    def source(self) -> str:
        if not self.moved:
            return self.origin.source
        about = "model" if self.origin.label is None else f"model, label={self.origin.label}"
        places = f"[{', '.join(f'{place:g}' for place in self.places)}]"
        return f"latent_directions.set_coordinates({self.origin.source}, latent_directions.principal_directions({about}), {places})"


def hold(name: str, origin: Origin) -> Hand:
    """The picked code with the sliders' places put in; a new pick puts the sliders where it lies."""
    gan, model, turned = common.module(), common.load(name), directions(name, origin.label)
    lies = latent_directions.coordinates(origin.z, turned)[:SLIDERS].clip(-latent_slice.EXTENT, latent_slice.EXTENT)
    begin = [round(round(float(place) / STEP) * STEP, 2) for place in lies]
    home = (name, origin.label, origin.token)
    if st.session_state.get("gan_home") != home:
        st.session_state["gan_home"] = home
        st.session_state["gan_places"] = begin
    places = st.session_state["gan_places"]
    changed = places != begin
    z = latent_directions.set_coordinates(origin.z, turned, places) if changed else origin.z
    labels = None if origin.label is None else [origin.label]
    made = gan.generate(model, z[None], labels)
    score = float(gan.discriminate(model, made, labels)[0])
    critic = model.hyperparameters.objective == "wgan_gp"
    return Hand(name, origin, turned, tuple(places), changed, z, made[0], score, critic)


@st.cache_data(show_spinner="Looking for telling directions", max_entries=40)
def directions(name: str, label: int | None) -> latent_directions.Directions:
    return latent_directions.principal_directions(common.load(name), label=label)
