"""What convnets see: three ways to look into a network that names what is on a photo.

1. *Activations.* Every channel of every layer is a picture of how strongly it answers where: edges
   at first, then textures, then parts. The deeper, the more of it is zero.
2. *What a filter looks for.* Gradient ascent from noise to an image that the filter answers
   strongly (Erhan et al. 2009; Olah, Mordvintsev & Schubert 2017, doi:10.23915/distill.00007). The
   same with a class in place of a filter: what "goldfish" looks like to the network.
3. *Grad-CAM.* Where on the photo is what speaks for a class (Selvaraju et al. 2016,
   arXiv:1610.02391), with the test that every such map has to pass: it must change once the
   weights are random (Adebayo et al. 2018, arXiv:1810.03292).

Deep Learning with Python, section 5.4 (9.4 in its second edition), shows the three; where we differ:

- The book climbs on pixels, from grey noise, and gets specks. Here the image is kept as its Fourier
  spectrum, weighted as photos are (1/f), in colours that are independent in photos, and must
  please the filter moved, scaled and turned a little: the parametrisation of Olah et al.
- Many filters at once, each in an image of its own: one compiled step climbs for all.
- What is climbed is the answer before the ReLU, its negative part at a tenth: a filter that says
  nothing at first has a gradient too.
- Grad-CAM runs the network once: up to the layer for the photo, from it on once for each class.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from genmodels import weights

# The second view has a module of its own: whoever reads about the three looks for it here too.
from genmodels.convnet_visualization.feature_visualization import Step, look_for, one_hot, synthesise  # noqa: F401
from genmodels.media import images
from genmodels.vision import backbone, gradient_ascent
from genmodels.vision.backbone import Backbone

CLASSES = "classes"  # beside the layers' names: the network's outputs


# --- 1. activations ---------------------------------------------------------------------------


def activations(
    model: Backbone, image: np.ndarray, layers: Sequence[str] | None = None, *, side: int | None = None
) -> dict[str, np.ndarray]:
    """How strongly each channel answers where: (H, W, 3) uint8 to {layer: (h, w, channels) float32}.

    layers: all of `model.layers` where None. side: pixels that the image's longer side is brought to
    before. Raises `ValueError` on another kind of array or an unknown layer.
    """
    _check(image)
    names = list(model.layers if layers is None else layers)
    if side is not None:
        h, w = (max(1, round(each * side / max(image.shape[:2]))) for each in image.shape[:2])
        image = np.round(255 * np.clip(gradient_ascent.resize(image.astype("float32") / 255, (h, w)), 0, 1)).astype(
            "uint8"
        )
    return {name: a[0] for name, a in zip(names, backbone.features(model, image[None], names), strict=True)}


def sparsity(answers: np.ndarray) -> float:
    """The share of zeros: of everything that a layer could say, how much it does not."""
    return float((answers <= 0).mean())


def channel_sheet(answers: np.ndarray, columns: int, *, own_scale: bool = True) -> np.ndarray:
    """Every channel as a grey picture, row by row: (h, w, n) to (rows * h, columns * w) uint8.

    own_scale: each channel from black to white by itself; otherwise the layer's strongest answers
    are white, and quiet channels stay dark.
    """
    h, w, n = answers.shape
    top = answers.max(axis=(0, 1)) if own_scale else np.quantile(answers, 0.999)
    grey = np.clip(answers / np.maximum(top, 1e-9), 0, 1)
    rows = -(-n // columns)
    full = np.zeros((rows * columns, h, w), "float32")
    full[:n] = np.moveaxis(grey, 2, 0)
    return images.tile(full.reshape(rows, columns, h, w))


def _check(image: np.ndarray) -> None:
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or 0 in image.shape:
        raise ValueError(f"expected an image (h, w, 3) uint8, got {image.shape} {image.dtype}")


# --- 3. Grad-CAM ------------------------------------------------------------------------------


def grad_cam(model: Backbone, image: np.ndarray, layer: str, targets: Sequence[int]) -> np.ndarray:
    """Where on the photo is what speaks for a class: (H, W, 3) uint8 to a map for each target, (n, h, w) float32.

    ReLU(sum_k alpha_k A^k) with alpha_k = mean of dy/dA^k over the places of the layer, y the class's logit. The
    photo is brought to the size that the network was trained on, or twice that where it takes any, square; a
    map covers all of it. In [0, 1], the strongest place at 1; all zeros where nothing speaks for the class.

    Raises `ValueError` on another kind of array, an unknown layer or class, or no class.
    """
    _check(image)
    wanted = one_hot(targets, len(model.class_names), f"{model.name} has no class")
    key = ("grad_cam", layer)
    if key not in model.compiled:
        model.compiled[key] = _mapping(model.classifier, layer, f"{model.name} has no layer")
    return model.compiled[key](_seen(model, image), wanted)


@dataclass(frozen=True)
class Stage:
    """Grad-CAM with some of the weights random."""

    done: int
    total: int
    name: str  # the lowest layer that is random, `CLASSES` first
    map: np.ndarray  # (h, w) float32 in [0, 1]


def randomised(model: Backbone, image: np.ndarray, layer: str, target: int, *, seed: int = 0) -> Iterator[Stage]:
    """The map of `grad_cam` while the weights become random, from the classes down to the first layer.

    The random weights are as widely spread as the trained ones were, biases are zero. A map that stays as
    it was shows edges of the photo, not reasons of the network (Adebayo et al. 2018). Where the random logit
    of the class is negative, and with it most of its map empty, the next class with a positive one stands in:
    its classes are interchangeable by then. Raises as `grad_cam`.
    """
    import keras

    _check(image)
    wanted = one_hot([target], len(model.class_names), f"{model.name} has no class")
    rng, x = np.random.default_rng(seed), _seen(model, image)
    copy = keras.models.clone_model(model.classifier)  # the model itself is shared: nobody changes it
    copy.set_weights(model.classifier.get_weights())
    copy.jit_compile = False
    mapping = _mapping(copy, layer, f"{model.name} has no layer")
    left, names = list(copy.layers), (CLASSES, *model.layers[::-1])
    for k, name in enumerate(names, 1):
        stop = names[k] if k < len(names) else None
        while left and left[-1].name != stop:
            _randomise(left.pop(), rng)
        onwards = np.roll(copy.predict_on_batch(x)[0], -target) > 0
        yield Stage(k, len(names), name, mapping(x, np.roll(wanted, onwards.argmax(), axis=1))[0])


def alike(a: np.ndarray, b: np.ndarray) -> float:
    """Spearman's rank correlation of two maps, as in Adebayo et al.: 1 the same, 0 nothing to do with each other."""
    from scipy.stats import spearmanr

    if np.ptp(a) == 0 or np.ptp(b) == 0:
        return 0.0  # an empty map is like none
    return float(spearmanr(a, b, axis=None).statistic)


def _mapping(classifier: Any, layer: str, complaint: str) -> Callable:
    """f(image (1, side, side, 3), wanted (n, classes)) to the maps (n, h, w), compiled."""
    import keras
    from keras import ops

    if layer not in {each.name for each in classifier.layers}:
        raise ValueError(f"{complaint} {layer}")
    answers = classifier.get_layer(layer).output
    below, above = keras.Model(classifier.input, answers), keras.Model(answers, classifier.outputs[0])
    below.jit_compile = False  # XLA is slow for convolutions on a CPU

    def score(a, wanted):
        return ops.sum(above(a, training=False) * wanted)

    shapes = [(None, *answers.shape[1:]), (None, classifier.outputs[0].shape[-1])]
    climb = gradient_ascent.gradient(score, shapes)

    def maps(x: np.ndarray, wanted: np.ndarray) -> np.ndarray:
        a = below.predict_on_batch(x)  # (1, h, w, channels)
        _, slopes = climb(np.repeat(a, len(wanted), axis=0), wanted)
        alpha = slopes.mean(axis=(1, 2))  # (n, channels)
        found = np.maximum(np.einsum("hwk,nk->nhw", a[0], alpha), 0)
        return found / np.maximum(found.max(axis=(1, 2), keepdims=True), 1e-12)

    return maps


def _seen(model: Backbone, image: np.ndarray) -> np.ndarray:
    """The photo as Grad-CAM looks at it, at twice the size where the network takes any: twice as fine a map."""
    side = model.side * (2 if model.any_size else 1)
    return images.resize(image[None], side).astype("float32") / 255


def _randomise(layer: Any, rng: np.random.Generator) -> None:
    """Normal noise in place of a layer's kernel. Normalisation layers stay: their statistics are no features."""
    if hasattr(layer, "kernel"):
        kernel, *biases = layer.get_weights()
        layer.set_weights([rng.normal(0, kernel.std(), kernel.shape), *(0 * each for each in biases)])


# --- the atlas ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sheet:
    """What every filter of a layer looks for, made once by `training/convnet_visualization.py`."""

    webp: bytes  # rows of pictures
    columns: int
    count: int
    side: int  # pixels of one picture


def atlas(name: str = "builtin") -> dict[str, Sheet]:
    """The shipped sheets of a network by layer, `CLASSES` among them. Raises `WeightsError` on a damaged file."""
    stored = weights.arrays(f"convnet_visualization_{name}", ".arrays.npz")
    return {
        layer: Sheet(stored[layer].tobytes(), *map(int, stored[f"{layer} columns, count, side"]))
        for layer in weights.model_card(f"convnet_visualization_{name}")["layers"]
    }


def pictures(sheet: Sheet) -> np.ndarray:
    """A sheet's pictures one by one: (count, side, side, 3) uint8."""
    whole, _ = images.decode(sheet.webp, max_side=16384)
    rows = whole.shape[0] // sheet.side
    cells = whole.reshape(rows, sheet.side, sheet.columns, sheet.side, 3).swapaxes(1, 2)
    return cells.reshape(-1, sheet.side, sheet.side, 3)[: sheet.count]


# --- colours ------------------------------------------------------------------------------------

_MAGMA = np.array(  # Matplotlib's colour map "magma" as polynomials in [0, 1], fitted by Matt Zucker
    [
        [-0.0021, -0.0007, -0.0054],
        [0.2517, 0.6775, 2.4940],
        [8.3537, -3.5777, 0.3145],
        [-27.6687, 14.2647, -13.6492],
        [52.1761, -27.9436, 12.9442],
        [-50.7685, 29.0466, 4.2342],
        [18.6557, -11.4898, -5.6020],
    ]
)


def heat_colours() -> np.ndarray:
    """From black over violet and orange to light yellow, each step as large to the eye: (256, 3) uint8."""
    t = np.linspace(0, 1, 256)[:, None]
    return np.round(255 * np.clip(sum(c * t**k for k, c in enumerate(_MAGMA)), 0, 1)).astype("uint8")


def heated(answers: np.ndarray) -> np.ndarray:
    """Numbers in [0, 1] as colours: (..., h, w) to (..., h, w, 3) uint8."""
    return heat_colours()[np.round(255 * np.clip(answers, 0, 1)).astype("uint8")]
