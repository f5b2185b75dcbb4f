"""Tests of pages that belong to no technique: home."""

from tests.visitor import at_the_door, visit

HOME = "pages/home/page.py"


def test_home_shows_its_cards():
    at = visit(HOME)
    assert at.title[0].value == "GenModels"
    assert len(at.get("page_link")) >= 3
    assert len(at.image) >= 1


def test_images_of_home_are_png():
    """Streamlit converts an image without alpha to JPEG unless the format is given."""
    urls = [image.url for element in visit(HOME).image for image in element.proto.imgs]
    assert urls and [url for url in urls if not url.endswith(".png")] == []


def test_home_opens_with_a_damaged_latent_map(damage):
    damage("vae_fashion_mnist.arrays.npz")
    at = at_the_door(HOME).run()
    assert not at.exception, at.exception[0].message
    assert at.title[0].value == "GenModels"
    assert any("git checkout weights/" in error.value for error in at.error)
