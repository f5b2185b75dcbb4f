"""The selected sample: its latent vector, edited along principal directions and in single components."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from genmodels.gan import latent_directions
from pages.gan import common

N_DIRECTIONS = 6  # principal directions that have a slider


@dataclass(frozen=True, eq=False)
class Selection:
    """The selected latent vector, before it is edited."""

    z: np.ndarray  # (latent_dim,)
    label: int | None
    source: str  # Python expression that reproduces it
    token: str  # differs for different latent vectors
    position: tuple[int, int] | None  # seed and index in a grid of scale 1


@dataclass(frozen=True, eq=False)
class SelectedSample:
    """The selected latent vector with the visitor's edits, and the image generated from it.

    z is `start` with its first coordinates along the principal directions set to `coordinates`.
    """

    name: str
    selection: Selection
    directions: latent_directions.Directions
    start: np.ndarray  # the selected z with the edited components
    start_source: str
    coordinates: tuple[float, ...]  # along the first N_DIRECTIONS principal directions
    is_edited: bool
    z: np.ndarray
    image: np.ndarray
    score: float
    critic: bool

    @property
    def source(self) -> str:
        """Python expression that reproduces z."""
        if not self.is_edited:
            return self.selection.source
        label = self.selection.label
        arguments = "model" if label is None else f"model, label={label}"
        values = f"[{', '.join(f'{value:.6g}' for value in self.coordinates)}]"
        directions = f"latent_directions.principal_directions({arguments})"
        return f"latent_directions.set_coordinates({self.start_source}, {directions}, {values})"


def select(name: str, selection: Selection) -> SelectedSample:
    """The selected sample with the edits of this session; a new selection drops the edits of the former one."""
    gan, model, directions = common.module(), common.load(name), principal_directions(name, selection.label)
    start_coordinates = _coordinates(selection.z, directions)
    selection_id = (name, selection.label, selection.token)
    if st.session_state.get("gan_selection") != selection_id:
        st.session_state["gan_selection"] = selection_id
        st.session_state["gan_coordinates"] = start_coordinates
        st.session_state["gan_components"] = {}  # index of a component: its edited value in `start`
    coordinates, components = st.session_state["gan_coordinates"], st.session_state["gan_components"]
    is_edited = bool(components) or coordinates != start_coordinates
    start, start_source = selection.z, selection.source
    if components:
        start = latent_directions.set_components(start, components)
        values = ", ".join(f"{k}: {value:.6g}" for k, value in components.items())
        start_source = f"latent_directions.set_components({start_source}, {{{values}}})"
    z = latent_directions.set_coordinates(start, directions, coordinates) if is_edited else selection.z
    labels = None if selection.label is None else [selection.label]
    generated = gan.generate(model, z[None], labels)
    score = float(gan.discriminate(model, generated, labels)[0])
    return SelectedSample(
        name,
        selection,
        directions,
        start,
        start_source,
        tuple(coordinates),
        is_edited,
        z,
        generated[0],
        score,
        model.is_critic,
    )


def set_coordinates(values: dict[int, float]) -> None:
    """Edit the selected sample: coordinates along principal directions, by index."""
    coordinates = list(st.session_state["gan_coordinates"])
    for i, value in values.items():
        coordinates[i] = round(value, 2)
    st.session_state["gan_coordinates"] = coordinates


def set_component(sample: SelectedSample, k: int, value: float) -> None:
    """Edit the selected sample: the k-th component of z, all others unchanged."""
    change = value - float(sample.z[k])
    components = dict(st.session_state["gan_components"])
    components[k] = float(sample.start[k]) + change
    along = sample.directions.components[:N_DIRECTIONS, k]
    st.session_state["gan_components"] = components
    st.session_state["gan_coordinates"] = [
        coordinate + change * float(direction) for coordinate, direction in zip(sample.coordinates, along, strict=True)
    ]


def reset() -> None:
    """Drop all edits of the selected sample."""
    st.session_state.pop("gan_selection", None)


def _coordinates(z: np.ndarray, directions: latent_directions.Directions) -> list[float]:
    return [float(each) for each in latent_directions.coordinates(z, directions)[:N_DIRECTIONS]]


@st.cache_data(show_spinner="Computing principal directions", max_entries=40)
def principal_directions(name: str, label: int | None) -> latent_directions.Directions:
    return latent_directions.principal_directions(common.load(name), label=label)
