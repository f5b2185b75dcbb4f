"""How many synthetic photos of digits and garments are classified right, by kind of photo.

`python -m benchmarks.object_photos [--photos 100] [--seed 0]`. Photos are made from test images
(`synthetic_photos`), converted to 28 x 28 (`media.dataset_format`), and classified by the network of
`vision.image_classifier`. Reference: the same photos converted as if their background were plain.
"""

import argparse
import os
from collections.abc import Callable

import numpy as np

from benchmarks import synthetic_photos
from genmodels.data import datasets
from genmodels.media.dataset_format import to_dataset_format
from genmodels.media.images import BadImage
from genmodels.vision import image_classifier

FORMAT: dict[str, dict] = {"mnist": {"box": 20, "center": "mass"}, "fashion_mnist": {"box": 28, "center": "box"}}
KINDS: dict[str, tuple[tuple[str, ...], Callable]] = {
    "mnist": (synthetic_photos.DIGIT_KINDS, synthetic_photos.photo_of_digit),
    "fashion_mnist": (synthetic_photos.GARMENT_KINDS, synthetic_photos.photo_of_garment),
}


def accuracy(data: str, kind: str, n: int, *, seed: int) -> tuple[float, float]:
    """Of n photos of test images, those classified right after conversion, and after conversion as a drawing."""
    images, labels, rows = _test_images(data, n, seed)
    photos = [KINDS[data][1](images[row], kind, 10_000 * seed + int(row)) for row in rows]
    classifier = image_classifier.load(data)
    predicted = [
        image_classifier.labels(classifier, np.stack([_converted(photo, data, drawn) for photo in photos]))
        for drawn in (False, True)
    ]
    ours, plain = (float((each == labels[rows]).mean()) for each in predicted)
    return ours, plain


def original_accuracy(data: str, n: int, *, seed: int) -> float:
    """Of the same test images, without a photo."""
    images, labels, rows = _test_images(data, n, seed)
    return float((image_classifier.labels(image_classifier.load(data), images[rows]) == labels[rows]).mean())


def _test_images(data: str, n: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Images, labels and the rows of n of them."""
    images, labels = datasets.load(data, "test")
    return images, labels, np.random.default_rng(seed).choice(len(images), n, replace=False)


def _converted(photo: np.ndarray, data: str, drawn: bool) -> np.ndarray:
    """(28, 28) uint8; black if the photo is refused."""
    try:
        return to_dataset_format(photo, drawn=drawn, **FORMAT[data])[-1][1]
    except BadImage:
        return np.zeros((28, 28), "uint8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, default=100, help="per kind (default 100)")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    print(f"load at the start {os.getloadavg()[0]:.1f}")
    for data, (kinds, _) in KINDS.items():
        print(f"{data}, test images without a photo: {original_accuracy(data, args.photos, seed=args.seed):.1%}")
        for kind in kinds:
            ours, plain = accuracy(data, kind, args.photos, seed=args.seed)
            print(f"  {kind}: {ours:.1%}, as a plain background {plain:.1%}", flush=True)


if __name__ == "__main__":
    main()
