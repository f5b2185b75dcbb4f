"""What is seen of an autoencoder: colours, filters, favourites, sweeps and ways, and the clothes they are seen on."""

import numpy as np
import pytest

from genmodels.autoencoders import model as autoencoders
from genmodels.autoencoders import visualization as autoencoder_visualization
from genmodels.autoencoders.model import FAMILY
from genmodels.data import datasets, fashion_samples


@pytest.fixture(scope="module")
def stacked():
    return autoencoders.load("stacked")


@pytest.fixture(scope="module")
def clothes():
    return fashion_samples.generated_images()


def test_signs_have_colours_of_their_own():
    red, green, blue = autoencoder_visualization.signed(np.array([-2.0, 0.0, 1.0])).T.astype(int)
    assert (red[1], green[1], blue[1]) == (0, 0, 0)
    assert blue[0] == 255 > red[0] and 127 <= red[2] <= 128 > blue[2], "the largest is at full strength"
    assert (
        autoencoder_visualization.signed(np.array([0.5]), reach=1.0)
        == autoencoder_visualization.signed(np.array([1.0, 2.0]))[0]
    ).all()


def test_the_squared_error_of_a_picture_is_in_units_of_its_range():
    picture = np.zeros((28, 28), "uint8")
    picture[0, :14] = 255
    back = np.full((28, 28), 0.5, "float32")
    assert autoencoder_visualization.squared_error(picture, back) == 0.25
    assert autoencoder_visualization.squared_error(picture, 4 * back) == pytest.approx((14 * 1 + 770 * 4) / 784)


def test_errors_tell_what_was_lost_from_what_was_added():
    picture, back = np.zeros((28, 28), "uint8"), np.zeros((28, 28), "float32")
    picture[0, 0], back[1, 1] = 255, 1.0
    drawn = autoencoder_visualization.errors(picture, back)
    assert drawn.shape == (28, 28, 3) and drawn[2:].max() == 0
    assert drawn[0, 0, 0] > drawn[0, 0, 2] and drawn[1, 1, 2] > drawn[1, 1, 0]


@pytest.mark.parametrize("d", [2, 4, 10, 16, 30, 64, 300, 1000])
def test_a_code_is_drawn_number_by_number(d):
    code = np.arange(1, d + 1, dtype="float32")
    block = autoencoder_visualization.code_picture(code)
    lit = block.reshape(-1, 3)[:d, 0].astype(int)
    assert (np.diff(lit) >= 0).all() and lit[-1] == 255, "row after row"
    assert block.shape[1] <= 4 * block.shape[0] + 2 or d <= 4


@pytest.mark.parametrize("name", FAMILY)
def test_the_first_layer_can_be_seen(name):
    model = autoencoders.build(FAMILY[name])
    found, said = autoencoder_visualization.filters(model)
    wanted = {"linear": (30, 28, 28), "convolutional": (16, 3, 3), "recurrent": (100, 1, 28)}
    assert found.shape == wanted.get(name, (100, 28, 28)) and said
    assert np.allclose(np.abs(found).max(axis=(1, 2)), 1)


def test_a_filter_is_what_its_unit_answers_to():
    model = autoencoders.build(FAMILY["linear"])
    found, _ = autoencoder_visualization.filters(model)
    x = np.random.default_rng(0).random((5, 28, 28), dtype="float32")
    answers = (x[:, None] * found).sum(axis=(2, 3))
    codes = autoencoders.encode(model, x)  # no activation, and biases of zero before training
    ratio = codes / answers
    assert np.allclose(ratio, ratio[0], rtol=1e-3), "up to a scale of its own"


def test_favourites_are_the_extremes():
    codes = np.random.default_rng(0).standard_normal((50, 4)).astype("float32")
    codes[:, 2] *= 9
    most, least = autoencoder_visualization.strongest(codes, 1, 5)
    assert codes[most[0], 1] == codes[:, 1].max() and codes[least[0], 1] == codes[:, 1].min()
    assert (np.diff(codes[most, 1]) <= 0).all() and (np.diff(codes[least, 1]) >= 0).all()
    assert autoencoder_visualization.busiest(codes, 3)[0] == 2


def test_a_sweep_moves_one_number_and_a_way_ends_where_it_should(stacked, clothes):
    a, b = clothes.pictures[:2]
    codes = autoencoders.encode(stacked, clothes.pictures[:100])
    swept = autoencoder_visualization.sweep(stacked, codes[0], codes, 3, 5)
    low, high = np.quantile(codes[:, 3], (0.05, 0.95))
    for end, value in ((0, low), (-1, high)):
        code = codes[0].copy()
        code[3] = value
        assert np.allclose(swept[end], autoencoders.decode(stacked, code[None])[0], atol=1e-4)
    through, faded = autoencoder_visualization.between(stacked, a, b, 7)
    assert np.allclose(through[[0, -1]], autoencoders.reconstruct(stacked, np.stack([a, b])), atol=1e-4)
    assert np.allclose(faded[3], (a / 255 + b / 255) / 2, atol=1e-5)


def test_damage_costs_the_more_the_worse_it_is_and_least_who_learnt_to_mend(clothes):
    some, amounts = clothes.pictures[:100], np.array([0.0, 0.5, 0.9])
    plain, mending = (
        autoencoder_visualization.mending(autoencoders.load(name), some, "dropout", amounts)
        for name in ("stacked", "denoising_dropout")
    )
    assert (np.diff(plain) > 0).all()
    assert plain[0] == pytest.approx(autoencoders.squared_error(autoencoders.load("stacked"), some).mean(), rel=1e-4)
    assert mending[1] < plain[1], "half of the pixels are lost"


def test_penalties_vanish_at_the_target_and_the_divergence_is_the_steeper():
    q = np.array([0.1, 0.05, 0.9])
    found = autoencoder_visualization.penalties(q, 0.1)
    assert found["KL divergence"][0] == pytest.approx(0, abs=1e-12) and found["square"][0] == 0
    wanted = 0.1 * np.log(0.1 / 0.9) + 0.9 * np.log(0.9 / 0.1)
    assert found["KL divergence"][2] == pytest.approx(wanted)
    assert (found["KL divergence"][1:] > found["square"][1:]).all()


def test_clothes_of_every_kind_are_always_there(clothes):
    assert clothes.pictures.shape == (fashion_samples.N_GENERATED, 28, 28) and clothes.pictures.dtype == np.uint8
    assert not clothes.real and (np.bincount(clothes.labels) == fashion_samples.N_GENERATED // 10).all()
    means = np.stack([clothes.pictures[clothes.labels == k].mean(axis=0) for k in range(10)])
    apart = np.square(means[:, None] - means[None]).mean(axis=(2, 3))
    assert apart[~np.eye(10, dtype=bool)].min() > 50, "each kind looks like itself"


def test_the_real_ones_are_the_test_rows():
    if not datasets.available("fashion_mnist"):
        pytest.skip("Fashion-MNIST is not on this machine")
    pool = fashion_samples.test_images()
    assert pool.real and np.array_equal(pool.pictures, datasets.load("fashion_mnist", "test")[0])


@pytest.mark.parametrize("n", [size for size in autoencoders.SIZES if size <= autoencoders.FEW])
def test_where_numbers_are_few_none_is_silent(n, clothes):
    codes = autoencoders.encode(autoencoders.load(f"size_{n}"), clothes.pictures[:500])
    assert codes.std(axis=0).min() > 0.1 * codes.std()
