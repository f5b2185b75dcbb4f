"""Codes that a visitor has taken from the wall, for sums and for walks between two."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

SLOTS = {"From": 1, "To": 1, "A": 3, "B": 3, "C": 3}  # slot: how many codes it holds


@dataclass(frozen=True, eq=False)
class Pick:
    """A code that somebody chose."""

    z: np.ndarray  # (latent_dim,) float32
    label: int | None  # the class it was drawn for
    source: str  # the Python expression that gives it again
    place: tuple[int, int] | None = None  # the wall's seed and the number on it, where it lies on one
    kind: str = ""  # what it shows, where that is known


def of(name: str) -> dict[str, list[Pick]]:
    """What was picked of a model, slot by slot; to be read."""
    held = st.session_state.setdefault("gan_picks", {})
    return held.setdefault(name, {slot: [] for slot in SLOTS})


def take(name: str, slot: str, pick: Pick) -> None:
    """Put a code into a slot; where that is full, the oldest one goes."""
    held = of(name)[slot]
    held.append(pick)
    del held[: -SLOTS[slot]]


def clear(name: str, *slots: str) -> None:
    for slot in slots:
        of(name)[slot].clear()


def full(name: str, *slots: str) -> bool:
    return all(len(of(name)[slot]) == SLOTS[slot] for slot in slots)
