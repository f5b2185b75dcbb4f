"""The filter atlas that is installed, and its sheets."""

import numpy as np

from genmodels import weights
from genmodels.convnet_visualization import filter_atlas
from genmodels.convnet_visualization.inputs import CLASSES


def test_the_atlas_has_every_filter_of_every_layer():
    card, sheets = weights.model_card("backbone_builtin"), filter_atlas.load()
    widths = [width for block in card["widths"] for width in block]
    assert [sheet.count for sheet in sheets.values()] == [*widths, len(card["class_names"])]
    assert list(sheets)[-1] == CLASSES and sum(len(sheet.webp) for sheet in sheets.values()) < 1_600_000
    for sheet in (sheets["block1_conv1"], sheets[CLASSES]):
        assert filter_atlas.split(sheet).shape == (sheet.count, sheet.image_size, sheet.image_size, 3)


def test_the_atlas_was_made_with_the_installed_weights():
    """If this fails: python -m training.convnet_visualization --seed 0."""
    made_from = weights.model_card("convnet_visualization_builtin")["backbone_sha256"]
    assert made_from == weights.model_card("backbone_builtin")["sha256"]["backbone_builtin.weights.h5"]
    assert filter_atlas.matches_weights()


def test_split_returns_the_images_that_were_joined():
    images = np.stack([np.full((16, 16, 3), 40 * k, "uint8") for k in range(5)])
    sheet = filter_atlas.join(images, 3, quality=80)
    assert (sheet.columns, sheet.count, sheet.image_size) == (3, 5, 16)
    restored = filter_atlas.split(sheet)
    assert restored.shape == images.shape and np.abs(restored.astype(int) - images).mean() < 4
