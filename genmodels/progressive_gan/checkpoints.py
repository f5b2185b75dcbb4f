"""Checkpoints of a training with `train_step`: everything that a resumed run needs, in one folder."""

import json
from pathlib import Path

import numpy as np

from genmodels.progressive_gan.train_step import TrainState


def save(state: TrainState, progress: dict, folder: Path, **arrays: np.ndarray) -> None:
    """All variables of the state, further arrays, and `progress`, values for JSON.

    Files are written under a temporary name first, so that an interruption leaves the previous checkpoint usable.
    """
    from keras import ops

    folder.mkdir(parents=True, exist_ok=True)
    variables = {f"variable_{k}": ops.convert_to_numpy(v) for k, v in enumerate(state.variables)}
    temporary = folder / "state.temporary.npz"
    np.savez(temporary, allow_pickle=False, **variables, **arrays)
    text = json.dumps(progress | {"steps": state.steps, "images": state.images})
    (folder / "progress.temporary.json").write_text(text, encoding="utf-8")
    temporary.replace(folder / "state.npz")
    (folder / "progress.temporary.json").replace(folder / "progress.json")


def read_progress(folder: Path) -> dict | None:
    """The `progress` of the last checkpoint with its "steps" and "images"; None without a checkpoint."""
    file = folder / "progress.json"
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else None


def restore(state: TrainState, folder: Path) -> dict[str, np.ndarray]:
    """Read the variables into the state, which must have been created alike; returns the further arrays.

    Raises `ValueError` if the checkpoint is of other networks.
    """
    progress = read_progress(folder) or {}
    with np.load(folder / "state.npz") as archive:
        stored = {name: archive[name] for name in archive.files}
    variables = state.variables
    shapes = [stored.get(f"variable_{k}", np.zeros(0)).shape for k in range(len(variables))]
    if f"variable_{len(variables)}" in stored or shapes != [tuple(v.shape) for v in variables]:
        raise ValueError(f"the checkpoint in {folder} is of other networks: delete it, or train without --resume")
    for k, variable in enumerate(variables):
        variable.assign(stored.pop(f"variable_{k}"))
    state.steps, state.images = progress["steps"], progress["images"]
    return stored
