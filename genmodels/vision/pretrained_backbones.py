"""VGG19 and InceptionV3 of `keras.applications`, downloaded on demand.

Both were trained on ImageNet (1.2 million photos, 1,000 classes), and most published DeepDream and style transfer
images were made with them: Simonyan & Zisserman 2014, arXiv:1409.1556; Szegedy et al. 2015, arXiv:1512.00567. The
files are kept in the Keras cache (`~/.keras/models`), where `keras.applications` keeps them too.
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

from genmodels.vision.architecture import Backbone, fold_into_kernel

_STORE = "https://storage.googleapis.com"
_APPLICATIONS = f"{_STORE}/tensorflow/keras-applications"


@dataclass(frozen=True)
class File:
    """A file to download: its address, its checksum and its size."""

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
INPUT_SIZES = {"vgg19": 224, "inception_v3": 299}  # height and width in pixels of the images that they were trained on


class DownloadError(RuntimeError):
    """A pretrained network is not downloaded yet, or its download failed; the message says why."""


@dataclass(frozen=True)
class Step:
    """Progress of a download."""

    done: int  # megabytes
    total: int


def available(name: str) -> bool:
    """True if the files of `load(name)` are in the Keras cache. Raises `ValueError` on an unknown name."""
    return _file(name).path.is_file() and CLASSES.path.is_file()


def fetch(name: str) -> Iterator[Step]:
    """Downloads a network into the Keras cache and yields a `Step` per megabyte.

    Raises `DownloadError` without an internet connection, or if the checksum of the file is wrong.
    """
    total = round(_file(name).megabytes)
    for file in (CLASSES, _file(name)):
        if file.path.is_file():
            continue
        file.path.parent.mkdir(parents=True, exist_ok=True)
        partial, checksum, received = file.path.with_suffix(".part"), hashlib.md5(usedforsecurity=False), 0
        try:
            with urllib.request.urlopen(file.url, timeout=20) as response, partial.open("wb") as out:
                while block := response.read(1 << 20):
                    out.write(block)
                    checksum.update(block)
                    received += len(block)
                    yield Step(min(total, round(received / 1e6)), total)
        except (OSError, http.client.HTTPException) as error:  # URLError is an OSError
            raise DownloadError(
                f"{name} could not be downloaded ({getattr(error, 'reason', error)}). The download needs the internet "
                "once; the built-in network works without."
            ) from error
        if checksum.hexdigest() != file.md5:
            partial.unlink()
            raise DownloadError(
                f"{file.url}: the checksum of {file.path.name} is wrong, the download is incomplete. Try again."
            )
        partial.replace(file.path)


def load(name: str) -> Backbone:
    """The network with its ImageNet weights.

    Raises `ValueError` on an unknown name, `DownloadError` if it is not downloaded yet.
    """
    if not available(name):
        raise DownloadError(f"{name} is not downloaded yet: download it first, {_file(name).megabytes} MB.")
    index = json.loads(CLASSES.path.read_text(encoding="utf-8"))
    names = tuple(index[str(k)][1].replace("_", " ") for k in range(len(index)))
    return assemble(name, _file(name).path, names)


def assemble(
    name: str, file: Path | None = None, class_names: tuple[str, ...] = (), *, dtype: str = "float32"
) -> Backbone:
    """The network with the weights of `file`; untrained if that is None, for measurements of time.

    dtype: "mixed_bfloat16" is faster on processors with bfloat16, and computes with 8 bits of precision.
    """
    size = INPUT_SIZES[name]
    classifier = _build_application(name, (size, size, 3), include_top=True)
    if file is not None:
        classifier.load_weights(file)
    network = _build_application(name, (None, None, 3), include_top=False)
    # The layers have the same order in both; the classifier has more at its end.
    sources = [layer for layer in classifier.layers if layer.weights]
    for layer, source in zip((layer for layer in network.layers if layer.weights), sources, strict=False):
        layer.set_weights(source.get_weights())
    network, classifier = _fold_batchnorm(network, dtype), _fold_batchnorm(classifier, dtype)
    names = class_names or tuple(str(k) for k in range(classifier.output_shape[-1]))
    layers = tuple(layer.name for layer in network.layers if _is_feature_layer(layer.name))
    return Backbone(name, network, classifier, layers, names, size)


def _build_application(name: str, shape: tuple[int | None, ...], *, include_top: bool) -> Any:
    """The Keras application with its preprocessing inside: images in [0, 1] to activations, or to logits."""
    import keras  # here, because `available` needs no Keras
    from keras import layers

    image = keras.Input(shape, name="image")
    if name == "vgg19":
        x = layers.Rescaling(255.0, name="bytes")(image)[..., ::-1]  # RGB to BGR
        x = layers.Normalization(mean=(103.939, 116.779, 123.68), variance=(1.0, 1.0, 1.0), name="center")(x)
        application = keras.applications.VGG19
    else:
        x = layers.Rescaling(2.0, -1.0, name="scale")(image)
        application = keras.applications.InceptionV3
    top = {"classifier_activation": None} if include_top else {}
    model = application(include_top=include_top, weights=None, input_tensor=x, **top)
    return keras.Model(image, model.output, name=name)  # takes an image; `model` takes a list of one


def _fold_batchnorm(model: Any, dtype: str) -> Any:
    """The same function with each batch normalization folded into the convolution before it, computed in `dtype`.

    The preprocessing stays in float32, because the 8 bits of bfloat16 would round the pixels.
    """
    import keras

    if dtype == "float32" and not any(isinstance(layer, keras.layers.BatchNormalization) for layer in model.layers):
        return model  # nothing to fold; a clone of VGG19's classifier would take its memory twice

    def clone_layer(layer: Any) -> Any:
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

    # Keywords are dropped, because Identity accepts no mask.
    folded = keras.models.clone_model(model, clone_function=clone_layer, call_function=lambda layer, *x, **_: layer(*x))
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            conv = layer.input._keras_history.operation
            folded.get_layer(conv.name).set_weights(fold_into_kernel(conv.get_weights()[0], layer))
        elif layer.weights and (layer.bias is not None):
            folded.get_layer(layer.name).set_weights(layer.get_weights())
    return folded


def _is_feature_layer(layer: str) -> bool:
    return (layer.startswith("mixed") and "_" not in layer) or (layer.startswith("block") and "_conv" in layer)


def _file(name: str) -> File:
    if name not in FILES:
        raise ValueError(f"unknown network {name!r}: expected one of builtin, {', '.join(FILES)}")
    return FILES[name]
