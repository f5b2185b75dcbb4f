"""Verified weight files.

Keras loads a damaged weight file without an error. Therefore each file in `weights/` has a model card
(`weights/<name>.json`) with its sha256, which is checked before the file is opened. Only arrays are loaded
(`.weights.h5`, `.npz`), never pickles.
"""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # every page imports this module first: NumPy would delay its title by 0.07 s
    import numpy as np

FOLDER = Path(__file__).resolve().parent.parent / "weights"
TRAINING = FOLDER.parent / "training"  # <script>.py trains the weights <script>_*


class WeightsError(RuntimeError):
    """A weight file or its card is missing or damaged; the message says what to run."""


def path(name: str, suffix: str = ".weights.h5") -> Path:
    """The file `weights/<name><suffix>`, after its sha256 has been compared with the model card's.

    Raises `WeightsError` if the file or the card is missing or the file is damaged.
    """
    file = FOLDER / f"{name}{suffix}"
    expected = model_card(name)["sha256"].get(file.name)
    if expected is None:
        raise WeightsError(f"weights/{name}.json does not name {file.name}: {_remedy(name)}")
    if not file.is_file():
        raise WeightsError(f"weights/{file.name} is missing: {_remedy(name)}")
    stat = file.stat()
    if _sha256(file, stat.st_size, stat.st_mtime_ns) != expected:
        raise WeightsError(f"weights/{file.name} is damaged (its sha256 is not the card's): {_remedy(name)}")
    return file


def model_card(name: str) -> dict:
    """The model card: data, command, seed, metrics, sha256 of the files."""
    file = FOLDER / f"{name}.json"
    try:
        card = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise WeightsError(f"weights/{file.name} is missing: {_remedy(name)}") from None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise WeightsError(f"weights/{file.name} is not readable JSON ({error}): {_remedy(name)}") from error
    if not isinstance(card, dict) or not isinstance(card.get("sha256"), dict):
        raise WeightsError(f"weights/{file.name} has no table of sha256: {_remedy(name)}")
    return card


def arrays(name: str, suffix: str) -> "dict[str, np.ndarray]":
    """The arrays of a verified `.npz`."""
    import numpy as np

    with np.load(path(name, suffix)) as archive:  # allow_pickle stays False
        return {key: archive[key] for key in archive.files}


def combine(**networks: Any) -> Any:
    """Several Keras networks as one, so that one file holds the weights of all.

    A file may also be loaded into some of its networks whose names come before "layers"; Keras saves the others there.
    """
    import keras

    class Networks(keras.Model):
        """Holds the networks; `call` is never used."""

    combined = Networks()
    for name, network in networks.items():
        setattr(combined, name, network)
    combined.built = True
    return combined


def convert_to_float16(file: Path) -> None:
    """Rewrite a `.weights.h5` in place with its float32 arrays as float16: half the size.

    Keras converts them back on loading. Measure the model *after* this.
    """
    import h5py

    half = file.with_suffix(".half")
    with h5py.File(file) as source, h5py.File(half, "w") as target:

        def copy(name: str, item: h5py.Group | h5py.Dataset) -> None:
            if isinstance(item, h5py.Dataset):
                array = item[...]
                copied = target.create_dataset(
                    name, data=array.astype("float16") if array.dtype == "float32" else array
                )
            else:
                copied = target.require_group(name)
            copied.attrs.update(item.attrs)

        source.visititems(copy)
        target.attrs.update(source.attrs)
    half.replace(file)


def write_model_card(name: str, suffixes: tuple[str, ...], facts: dict) -> Path:
    """Write `weights/<name>.json` for files that exist in `weights/`."""
    files = [FOLDER / f"{name}{suffix}" for suffix in suffixes]
    table = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
    target = FOLDER / f"{name}.json"
    target.write_text(json.dumps(facts | {"sha256": table}, indent=2) + "\n", encoding="utf-8")
    return target


@cache  # by size and modification time: a changed file is hashed again
def _sha256(file: Path, _size: int, _changed: int) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _remedy(name: str) -> str:
    scripts = [file.stem for file in TRAINING.glob("[!_]*.py") if name.startswith(f"{file.stem}_")]
    retrain = f", or train it again with python -m training.{max(scripts, key=len)}" if scripts else ""
    return f"git checkout weights/{retrain} (weights/README.md)"
