"""Latent vectors that a visitor has selected for vector arithmetic and interpolation."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

SLOTS = {"Start": 1, "End": 1, "A": 3, "B": 3, "C": 3}  # slot: its number of latent vectors


@dataclass(frozen=True, eq=False)
class SavedLatent:
    """A selected latent vector."""

    z: np.ndarray  # (latent_dim,) float32
    label: int | None  # class label it was generated with
    source: str  # Python expression that reproduces it
    position: tuple[int, int] | None = None  # seed and index in the grid of samples, if it is from one
    class_name: str = ""  # predicted by a classifier, if known


def slots(name: str) -> dict[str, list[SavedLatent]]:
    """The saved latent vectors of a model, by slot; read-only."""
    saved = st.session_state.setdefault("gan_saved_latents", {})
    return saved.setdefault(name, {slot: [] for slot in SLOTS})


def add(name: str, slot: str, latent: SavedLatent) -> None:
    """Add a latent vector to a slot; a full slot drops its oldest one."""
    latents = slots(name)[slot]
    latents.append(latent)
    del latents[: -SLOTS[slot]]


def clear(name: str, *cleared: str) -> None:
    for slot in cleared:
        slots(name)[slot].clear()


def is_full(name: str, *required: str) -> bool:
    return all(len(slots(name)[slot]) == SLOTS[slot] for slot in required)
