"""The transfer: losses fall, masks and colors are respected, weights change during a run, invalid input is refused."""

import numpy as np
import pytest

from genmodels.data import style_images
from genmodels.style_transfer.transfer import DEFAULT_WEIGHTS, transfer, upsample_frames
from genmodels.vision import comparison


def last(*args, **settings):
    *_, step = transfer(*args, **settings)
    return step


@pytest.mark.parametrize("optimizer", ["lbfgs", "adam"])
def test_steps_lower_the_total_loss(model, photo, style, optimizer):
    steps = list(transfer(photo, style, model=model, optimizer=optimizer, init="noise", steps_per_scale=4, n_scales=1))
    assert steps[-1].losses["total"] < steps[0].losses["total"]
    for step in steps:
        assert set(step.losses) == {"content", "style", "total variation", "total"}
        assert sum(step.weighted.values()) == pytest.approx(step.losses["total"])
        assert step.weighted["style"] == pytest.approx(DEFAULT_WEIGHTS["style_weight"] * step.losses["style"])
    assert [step.done for step in steps] == [1, 2, 3, 4] and steps[-1].ends_scale


def test_scales_go_from_coarse_to_fine(model, photo, style):
    large = np.repeat(np.repeat(photo, 4, axis=0), 4, axis=1)
    steps = list(transfer(large, style, model=model, size=280, steps_per_scale=1, n_scales=3))
    assert [step.image.shape for step in steps] == [(94, 140, 3), (187, 280, 3)]  # below MIN_COARSE_SIDE is skipped
    assert [step.scale for step in steps] == [0, 1] and [step.total for step in steps] == [2, 2]
    assert {frame.shape for frame in upsample_frames([step.image for step in steps])} == {(187, 280, 3)}


def test_an_image_in_its_own_style_stays_unchanged(model, photo):
    step = last(photo, photo, model=model, tv_weight=0, steps_per_scale=3, n_scales=1)
    assert np.abs(step.image.astype(int) - photo).mean() < 1


@pytest.mark.slow
def test_content_loss_only_reconstructs_the_photo_from_noise(model, photo, style):
    first, *_, end = transfer(photo, style, model=model, style_weight=0, tv_weight=0, init="noise",
                              steps_per_scale=30, n_scales=1, content_layer="block1_conv1")  # fmt: skip
    distance = [np.abs(step.image.astype(int) - photo).mean() for step in (first, end)]
    assert end.losses["content"] < first.losses["content"] / 4 and distance[1] < distance[0]


@pytest.mark.parametrize("init", ["content", "noise"])
def test_outside_the_mask_the_photo_is_unchanged(model, photo, style, init):
    mask = np.zeros((48, 72), bool)
    mask[:, :36] = True
    step = last(photo, style, model=model, mask=mask, init=init, steps_per_scale=3, n_scales=1)
    np.testing.assert_array_equal(step.image[:, 36:], photo[:, 36:])
    assert np.abs(step.image[:, :36].astype(int) - photo[:, :36]).mean() > 1


def test_a_full_mask_equals_no_mask(model, photo, style):
    with_mask = last(photo, style, model=model, mask=np.ones((6, 9)), steps_per_scale=1, n_scales=1)
    without = last(photo, style, model=model, steps_per_scale=1, n_scales=1)
    assert with_mask.losses == pytest.approx(without.losses, rel=1e-3)


def test_preserve_color_changes_luminance_only(model, photo, style):
    gray_photo = np.full_like(photo, 90)
    gray_photo[10:30, 20:50] = 160
    step = last(gray_photo, style, model=model, preserve_color=True, steps_per_scale=3, n_scales=1)
    assert np.abs(step.image.astype(int) - gray_photo).mean() > 1
    assert np.ptp(step.image.astype(int), axis=2).max() <= 1, "a gray photo stays gray"


def test_blend_weights_one_and_zero_equal_the_single_style(model, photo, style):
    other = style_images.draw("Waves", 64)
    blended = last(photo, [style, other], model=model, style_blend_weights=(1, 0), steps_per_scale=2, n_scales=1)
    single = last(photo, style, model=model, steps_per_scale=2, n_scales=1)
    np.testing.assert_array_equal(blended.image, single.image)
    half = last(photo, [style, other], model=model, steps_per_scale=2, n_scales=1)
    assert (half.image != single.image).any()


def test_the_same_seed_gives_the_same_image(model, photo, style):
    one, same, other = (
        last(photo, style, model=model, init="noise", steps_per_scale=2, n_scales=1, seed=seed).image
        for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(one, same)
    assert (one != other).any()


def test_style_image_scale_changes_the_result(model, photo, style):
    small, large = (
        last(photo, style, model=model, style_image_scale=k, steps_per_scale=2, n_scales=1).image for k in (0.5, 1.5)
    )
    assert (small != large).any()


def test_loss_weights_can_change_during_a_run(model, photo, style):
    run = transfer(photo, style, model=model, steps_per_scale=8, n_scales=1)
    next(run)
    before = next(run)
    step = run.send({"style_weight": 0.0, "style_layer_weights": {"block1_conv1": 1.0}})
    assert before.weighted["style"] > 0 and step.weighted["style"] == 0
    assert len(list(run)) == 5


def test_a_run_continues_from_an_image(model, photo, style):
    first = last(photo, style, model=model, steps_per_scale=4, n_scales=1)
    continued = next(transfer(photo, style, model=model, init=first.image, steps_per_scale=2, n_scales=3))
    assert continued.total == 2 and continued.losses["total"] < 1.1 * first.losses["total"]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"optimizer": "sgd"}, "optimizer"),
        ({"init": "palette"}, "init"),
        ({"steps_per_scale": 0}, "expected one step"),
        ({"size": 20}, "32 pixels"),
        ({"style_image_scale": 0}, "style_image_scale"),
        ({"style_weight": -1.0}, "expected weights"),
        ({"content_weight": 0.0, "style_weight": 0.0, "tv_weight": 0.0}, "expected weights"),
        ({"style_layer_weights": {"block9_conv9": 1.0}}, "has no layers"),
        ({"content_layer": "nothing"}, "has no layers"),
        ({"style_blend_weights": (1, 2)}, "blend weights"),
        ({"style_blend_weights": (0,)}, "blend weights"),
        ({"mask": np.zeros((4, 6))}, "mask"),
        ({"mask": np.ones((4, 6, 3))}, "mask"),
        ({"init": np.zeros((8, 8, 3), "uint8")}, "uint8"),
    ],
)
def test_invalid_arguments_are_refused(model, photo, style, settings, message):
    with pytest.raises(ValueError, match=message):
        next(transfer(photo, style, model=model, **settings))


def test_invalid_images_are_refused(model, photo):
    with pytest.raises(ValueError, match="uint8"):
        next(transfer(photo.astype("float32"), photo, model=model))
    with pytest.raises(ValueError, match="blend weights"):
        next(transfer(photo, [], model=model))


def test_two_transfers_side_by_side(model, photo, style):
    short, long = (transfer(photo, style, model=model, steps_per_scale=k, n_scales=1) for k in (1, 3))
    steps = list(comparison.side_by_side(short, long, loss="total"))
    assert [(step.left.done, step.right.done) for step in steps] == [(1, 1), (1, 2), (1, 3)]


def test_learning_rate_is_adams_step(model, photo, style):
    small, large = (
        last(photo, style, model=model, optimizer="adam", learning_rate=rate, steps_per_scale=1, n_scales=1).image
        for rate in (0.01, 0.1)
    )
    change = [np.abs(image.astype(int) - photo).mean() for image in (small, large)]
    assert change[1] > 3 * change[0]
