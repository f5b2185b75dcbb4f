"""VGG19 and InceptionV3 as `keras.applications` gives them, fetched when somebody asks for them.

Stronger than the built-in network, trained on 1.2 million photos of 1,000 kinds of things, and what
most pictures of this kind were made with: Simonyan & Zisserman 2014, arXiv:1409.1556; Szegedy et
al. 2015, arXiv:1512.00567. Their files are looked for in the Keras cache (`~/.keras/models`), where
`keras.applications` keeps them too.
"""

import hashlib
import http.client
import json
import os
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from genmodels.vision.backbone import Backbone, fold_into_kernel

_STORE = "https://storage.googleapis.com"
_APPLICATIONS = f"{_STORE}/tensorflow/keras-applications"


@dataclass(frozen=True)
class File:
    """Where a file comes from, and how to know that it is the right one."""

    url: str
    md5: str
    megabytes: float

    @property
    def path(self) -> Path:
        return Path(os.environ.get("KERAS_HOME", Path.home() / ".keras")) / "models" / self.url.rsplit("/", 1)[1]


CLASSES = File(
    f"{_STORE}/download.tensorflow.org/data/imagenet_class_index.json", "c2c37ea517e94d9795004a39431a14cb", 0.04
)
FILES = {
    "vgg19": File(
        f"{_APPLICATIONS}/vgg19/vgg19_weights_tf_dim_ordering_tf_kernels.h5", "cbe5617147190e668d6c5d5026f83318", 575
    ),
    "inception_v3": File(
        f"{_APPLICATIONS}/inception_v3/inception_v3_weights_tf_dim_ordering_tf_kernels.h5",
        "9a0d58056eeedaa3f26cb7ebd46da564",
        96,
    ),
}
INPUT_SIZES = {"vgg19": 224, "inception_v3": 299}  # pixels of the images that they were trained on


class DownloadError(RuntimeError):
    """A public network that is not on this machine, or could not be fetched; the message says why."""


@dataclass(frozen=True)
class Step:
    """One report of a download."""

    done: int  # megabytes
    total: int


def available(name: str) -> bool:
    """True if `load(name)` needs no network. Raises `ValueError` on an unknown name."""
    return _file(name).path.is_file() and CLASSES.path.is_file()


def fetch(name: str) -> Iterator[Step]:
    """Download a network into the Keras cache: a `Step` for each megabyte or so.

    Raises `NotFetched` where there is no network or what came is not the file that was asked for.
    """
    total = round(_file(name).megabytes)
    for file in (CLASSES, _file(name)):
        if file.path.is_file():
            continue
        file.path.parent.mkdir(parents=True, exist_ok=True)
        part, seen, came = file.path.with_suffix(".part"), hashlib.md5(usedforsecurity=False), 0
        try:
            with urllib.request.urlopen(file.url, timeout=20) as answer, part.open("wb") as out:
                while block := answer.read(1 << 20):
                    out.write(block)
                    seen.update(block)
                    came += len(block)
                    yield Step(min(total, round(came / 1e6)), total)
        except (OSError, http.client.HTTPException) as error:  # URLError is an OSError
            raise DownloadError(
                f"{name} could not be fetched ({getattr(error, 'reason', error)}). It needs the internet once; "
                "the built-in network works without."
            ) from error
        if seen.hexdigest() != file.md5:
            part.unlink()
            raise DownloadError(
                f"What came from {file.url} is not {file.path.name}: the download broke off. Try again."
            )
        part.replace(file.path)


def load(name: str) -> Backbone:
    """The network with its ImageNet weights. Raises `ValueError` on an unknown name, `NotFetched` if it is not here."""
    if not available(name):
        raise DownloadError(f"{name} is not on this machine yet: fetch it first, {_file(name).megabytes} MB.")
    index = json.loads(CLASSES.path.read_text(encoding="utf-8"))
    names = tuple(index[str(k)][1].replace("_", " ") for k in range(len(index)))
    return assemble(name, _file(name).path, names)


def assemble(
    name: str, file: Path | None = None, class_names: tuple[str, ...] = (), *, dtype: str = "float32"
) -> Backbone:
    """The network with the weights of a file; with None untrained, for whoever measures time only.

    dtype: "mixed_bfloat16" is faster on processors that have bfloat16, and computes with 8 bits of precision.
    """
    side = INPUT_SIZES[name]
    classifier = _build_application(name, (side, side, 3), include_top=True)
    if file is not None:
        classifier.load_weights(file)
    network = _build_application(name, (None, None, 3), include_top=False)
    # In the same order in both; the classifier has more at its end.
    kept = [layer for layer in classifier.layers if layer.weights]
    for layer, source in zip((layer for layer in network.layers if layer.weights), kept, strict=False):
        layer.set_weights(source.get_weights())
    network, classifier = _fold_batchnorm(network, dtype), _fold_batchnorm(classifier, dtype)
    names = class_names or tuple(str(k) for k in range(classifier.output_shape[-1]))
    shown = [layer.name for layer in network.layers if _shown(layer.name)]
    return Backbone(name, network, classifier, tuple(shown), names, side)


def _build_application(name: str, shape: tuple[int | None, ...], *, include_top: bool) -> Any:
    """Images in [0, 1] in, each network's own preprocessing inside."""
    import keras  # here: whether a network is on this machine can be asked without it
    from keras import layers

    image = keras.Input(shape, name="image")
    if name == "vgg19":
        x = layers.Rescaling(255.0, name="bytes")(image)[..., ::-1]  # blue, green, red
        x = layers.Normalization(mean=(103.939, 116.779, 123.68), variance=(1.0, 1.0, 1.0), name="centre")(x)
        application = keras.applications.VGG19
    else:
        x = layers.Rescaling(2.0, -1.0, name="scale")(image)
        application = keras.applications.InceptionV3
    top = {"classifier_activation": None} if include_top else {}
    made = application(include_top=include_top, weights=None, input_tensor=x, **top)
    return keras.Model(image, made.output, name=name)  # as it comes it takes a list of one image


def _fold_batchnorm(model: Any, dtype: str) -> Any:
    """The same function with each batch normalisation folded into the convolution before it, computed in `dtype`.

    Images are prepared in float32 whatever the rest is computed in: 8 bits of a bfloat16 would round them.
    """
    import keras

    if dtype == "float32" and not any(isinstance(layer, keras.layers.BatchNormalization) for layer in model.layers):
        return model  # nothing to fold: VGG19's classifier would lie in memory twice

    def plain(layer: Any) -> Any:
        if isinstance(layer, keras.layers.BatchNormalization):
            return keras.layers.Identity(name=layer.name, dtype=dtype)
        config = layer.get_config()
        if isinstance(layer, keras.layers.Conv2D):
            config["use_bias"] = True
        if isinstance(layer, keras.Layer) and not isinstance(
            layer, keras.layers.Rescaling | keras.layers.Normalization
        ):
            config["dtype"] = dtype
        return type(layer).from_config(config)

    # Without their keywords: a mask is nothing that an identity knows.
    lean = keras.models.clone_model(model, clone_function=plain, call_function=lambda layer, *x, **_: layer(*x))
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            before = layer.input._keras_history.operation
            lean.get_layer(before.name).set_weights(fold_into_kernel(before.get_weights()[0], layer))
        elif layer.weights and (layer.bias is not None):
            lean.get_layer(layer.name).set_weights(layer.get_weights())
    return lean


def _shown(layer: str) -> bool:
    return (layer.startswith("mixed") and "_" not in layer) or (layer.startswith("block") and "_conv" in layer)


def _file(name: str) -> File:
    if name not in FILES:
        raise ValueError(f"unknown network {name!r}: expected one of builtin, {', '.join(FILES)}")
    return FILES[name]
