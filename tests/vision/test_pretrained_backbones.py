"""VGG19 and InceptionV3: architecture, preprocessing, download."""

import hashlib
import http.server
import json
import threading

import keras
import numpy as np
import pytest

from genmodels.vision import backbone, pretrained_backbones


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    return tmp_path / "models"


@pytest.fixture
def server(tmp_path):
    """A local HTTP server of a folder."""
    folder = tmp_path / "served"
    folder.mkdir()

    class SilentHandler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args):
            super().__init__(*args, directory=str(folder))

        def log_message(self, *args):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), SilentHandler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield folder, f"http://127.0.0.1:{running.server_port}"
        running.shutdown()


def serve_files(server, monkeypatch, *, md5: str | None = None) -> bytes:
    folder, url = server
    content = b"weights" * 400_000
    (folder / "net.h5").write_bytes(content)
    (folder / "names.json").write_text(json.dumps({"0": ["n0", "goldfish"]}), encoding="utf-8")

    def file(name: str, md5: str | None = None) -> pretrained_backbones.File:
        actual = hashlib.md5((folder / name).read_bytes(), usedforsecurity=False).hexdigest()
        return pretrained_backbones.File(f"{url}/{name}", md5 or actual, 2.8)

    monkeypatch.setattr(pretrained_backbones, "CLASSES", file("names.json"))
    monkeypatch.setitem(pretrained_backbones.FILES, "vgg19", file("net.h5", md5))
    return content


def test_a_download_reports_progress_and_keeps_the_file(cache, server, monkeypatch):
    content = serve_files(server, monkeypatch)
    assert not pretrained_backbones.available("vgg19")
    steps = list(pretrained_backbones.fetch("vgg19"))
    assert steps[-1].done == steps[-1].total == 3 and [s.done for s in steps[1:]] == sorted(s.done for s in steps[1:])
    assert (cache / "net.h5").read_bytes() == content and pretrained_backbones.available("vgg19")
    assert list(pretrained_backbones.fetch("vgg19")) == []  # already downloaded


def test_a_damaged_download_is_deleted(cache, server, monkeypatch):
    serve_files(server, monkeypatch, md5="0" * 32)
    with pytest.raises(pretrained_backbones.DownloadError, match="incomplete"):
        list(pretrained_backbones.fetch("vgg19"))
    assert not pretrained_backbones.available("vgg19") and not list(cache.glob("net*"))


def test_without_internet_the_message_says_so(cache, monkeypatch):
    unreachable = pretrained_backbones.File("http://127.0.0.1:9/net.h5", "0" * 32, 1)
    monkeypatch.setattr(pretrained_backbones, "CLASSES", unreachable)
    with pytest.raises(pretrained_backbones.DownloadError, match="needs the internet once"):
        list(pretrained_backbones.fetch("inception_v3"))


def test_a_network_that_is_not_downloaded_raises(cache):
    with pytest.raises(pretrained_backbones.DownloadError, match="download it first"):
        backbone.load("inception_v3")
    with pytest.raises(ValueError, match="resnet"):
        pretrained_backbones.available("resnet")


@pytest.mark.slow
def test_inception_has_the_same_activations_with_and_without_its_classifier():
    model = pretrained_backbones.assemble("inception_v3")
    assert model.layers[0] == "mixed0" and model.layers[-1] == "mixed10" and not model.any_size
    x = np.random.default_rng(0).random((1, model.input_size, model.input_size, 3), "float32")
    (activations,) = backbone.outputs(backbone.feature_extractor(model, ["mixed10"]), x)
    whole = keras.Model(model.classifier.input, model.classifier.get_layer("mixed10").output)
    np.testing.assert_allclose(activations, whole(x), atol=1e-5)
    (small,) = backbone.features(model, np.zeros((1, 100, 120, 3), "uint8"), ["mixed2"])
    assert small.shape[-1] == 288
    assert backbone.classify(model, np.zeros((1, 100, 120, 3), "uint8")).shape == (1, 1000)


def test_folding_batch_normalization_keeps_the_function():
    x = image = keras.Input((None, None, 3))
    rng = np.random.default_rng(0)
    for channels in (4, 6):
        x = keras.layers.Conv2D(channels, 3, use_bias=False)(x)
        x = keras.layers.BatchNormalization(scale=False)(x)
        x = keras.layers.Activation("relu")(x)
    model = keras.Model(image, keras.layers.Dense(3)(keras.layers.GlobalAveragePooling2D()(x)))
    for norm in (layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)):
        norm.set_weights(
            [
                rng.normal(size=w.shape) if k < 2 else rng.uniform(0.5, 2, w.shape)
                for k, w in enumerate(norm.get_weights())
            ]
        )
    folded = pretrained_backbones._fold_batchnorm(model, "float32")
    assert not any(isinstance(layer, keras.layers.BatchNormalization) for layer in folded.layers)
    images = rng.random((2, 12, 10, 3), "float32")
    np.testing.assert_allclose(folded(images), model(images), atol=1e-5)


def test_the_preprocessing_of_vgg_equals_that_of_keras(monkeypatch):
    def identity(*, input_tensor, **_):
        return keras.Model(keras.utils.get_source_inputs(input_tensor)[0], input_tensor)

    monkeypatch.setattr(keras.applications, "VGG19", identity)  # the preprocessing alone: VGG19 has 575 MB
    x = np.random.default_rng(0).random((1, 8, 8, 3), "float32")
    model = pretrained_backbones._build_application("vgg19", (None, None, 3), include_top=True)
    np.testing.assert_allclose(model(x), keras.applications.vgg19.preprocess_input(x * 255), atol=1e-4)


def test_activations_in_bfloat16_are_close():
    x = image = keras.Input((None, None, 3))
    x = keras.layers.Conv2D(8, 3, activation="relu", name="block1_conv1")(x)
    model = keras.Model(image, keras.layers.GlobalAveragePooling2D()(x))
    exact, approximate = (pretrained_backbones._fold_batchnorm(model, dtype) for dtype in ("float32", "mixed_bfloat16"))
    images = np.random.default_rng(0).random((1, 12, 10, 3), "float32")
    ((a,), (b,)) = (backbone.outputs(each, images) for each in (exact, approximate))
    assert keras.backend.standardize_dtype(b.dtype) == "float32"  # outputs are cast
    assert 0 < np.abs(a - b).max() < 0.02 * np.abs(a).max()
