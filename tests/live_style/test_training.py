"""Training of one more style."""

import numpy as np
import pytest

from genmodels.live_style import network, training


@pytest.mark.slow
def test_training_lowers_the_loss_and_changes_no_other_style(model, loss_network, photo):
    before = [layer.get_weights() for layer in model.network.layers]
    steps = list(
        training.train_style(
            model,
            photo(48, 48, 7),
            [photo(64, 64, 8)],
            name="mine",
            loss_network=loss_network,
            steps=12,
            crop_size=32,
            preview_every=5,
        )
    )
    assert [step.done for step in steps] == list(range(1, 13))
    assert [step.done for step in steps if step.image is not None] == [1, 5, 10, 12]
    first, last = (np.mean([step.losses["style"] for step in group]) for group in (steps[:3], steps[-3:]))
    assert last < first
    for layer, old in zip(model.network.layers, before, strict=True):
        assert all(np.array_equal(a, b) for a, b in zip(layer.get_weights(), old, strict=True))

    extended = training.add_style(model, steps[-1].model)
    assert extended.names == (*model.names, "mine")
    image = photo()
    assert np.array_equal(
        network.stylize(extended, image, [0, 1, 0, 0, 0]), network.stylize(model, image, [0, 1, 0, 0])
    )
    assert np.array_equal(
        network.stylize(extended, image, [0, 0, 0, 0, 1]), network.stylize(steps[-1].model, image, [1])
    )


def test_training_refuses_missing_photos_and_steps(model, loss_network, photo):
    for style, photos, steps in ((photo(), [], 3), (photo(), [photo()], 0), (photo(8, 8), [photo()], 3)):
        with pytest.raises(ValueError, match="expected"):
            next(training.train_style(model, style, photos, loss_network=loss_network, steps=steps))
