"""The page "What convnets learn" in AppTest, and its exported scripts, run."""

import shutil
import time

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from genmodels import weights
from genmodels.convnet_visualization import activations
from genmodels.data import sample_photos
from pages.convnet_visualization import common
from tests import visitor
from tests.visitor import at_the_door, run_script, sound
from ui import network_picker

PAGE = "pages/convnet_visualization/page.py"
TABS = ("Activations", "Filter visualization", "Grad-CAM", "How it works")
KEYS = {"Activations": "activations", "Filter visualization": "filter", "Grad-CAM": "grad_cam"}


def opened(**query) -> AppTest:
    """A visitor about to open a link."""
    at = at_the_door(PAGE)
    at.query_params.update(query)
    return at


def visit(**state) -> AppTest:
    """A new visitor on the page, with widgets set by key."""
    return visitor.visit(PAGE, **state)


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_shows_something(tab):
    at = visit(convnet_tab=tab)
    assert [each.label for each in at.tabs if len(each.children)] == [tab]


def test_presets_lead_through_the_tabs():
    at = visit()
    visited = []
    for _ in at.selectbox(key="convnet_presets").options:
        sound(at.button(key="convnet_presets_next").click().run())
        visited.append(at.session_state["convnet_tab"])
    assert set(visited) == set(TABS[:3])


def test_a_selected_channel_leads_to_its_filter_visualization():
    at = visit(activations_layer="block3_conv1", activations_channel=7)
    assert any("Channel 7 of block3_conv1" in each.value for each in at.markdown)
    at.button(key="activations_visualize_filter").click().run()
    sound(at)
    assert at.session_state["convnet_tab"] == TABS[1]
    assert (at.session_state["filter_layer"], at.session_state["filter_channel"]) == ("block3_conv1", 7)
    assert any("Channel 7 of block3_conv1" in each.value for each in at.markdown)


def test_a_channel_that_the_layer_does_not_have_is_ignored():
    at = visit(activations_layer="block1_conv1", activations_channel=300)
    photo = sample_photos.load("Coffee", 480)
    a = common.activations(network_picker.load("builtin"), "builtin", photo)["block1_conv1"]
    assert any(f"Channel {a.max(axis=(0, 1)).argmax()} of block1_conv1" in each.value for each in at.markdown)


def test_reset_restores_the_defaults():
    at = visit(activations_layer="block5_conv2", activations_normalize_per_channel=False)
    sound(at.button(key="activations_reset").click().run())
    assert (
        at.session_state["activations_layer"] == "block2_conv2"
        and at.session_state["activations_normalize_per_channel"]
    )


@pytest.mark.slow
def test_another_class_is_selected():
    at = visit(convnet_tab="Grad-CAM")
    top = [button.label.split(" · ")[0] for button in at.button if (button.key or "").startswith("grad_cam_top_")]
    assert len(set(top)) == 5 and set(top) <= set(network_picker.load("builtin").class_names)
    sound(at.button(key="grad_cam_top_2").click().run())
    assert at.session_state["grad_cam_class"] == top[2]
    sound(at.selectbox(key="grad_cam_class").set_value("goldfish").run())
    assert at.session_state["grad_cam_class"] == "goldfish"
    sound(at.button(key="grad_cam_reset").click().run())
    assert at.session_state["grad_cam_class"] is None


def test_a_filter_is_visualized_and_downloaded():
    at = visit(
        convnet_tab=TABS[1], filter_layer="block2_conv1", filter_channel=3, filter_image_size=64, filter_steps=20
    )
    at.button(key="filter_start").click().run()
    job = at.session_state["_jobs"]["filter"]
    until = time.monotonic() + 90
    while job.active and time.monotonic() < until:
        time.sleep(0.1)
    assert job.state == "done" and job.step.image.shape == (64, 64, 3)
    sound(at.run())
    assert any("PNG" in str(each.proto) for each in at.get("download_button"))


INVALID_QUERIES = [
    {
        "convnet_tab": "Activations",
        "activations_layer": "block99",
        "activations_order": "",
        "activations_normalize_per_channel": "perhaps",
    },
    {
        "convnet_tab": "Filter visualization",
        "filter_layer": "x",
        "filter_steps": "1e9",
        "filter_image_size": "-3",
        "filter_seed": "a",
    },
    {"convnet_tab": "Grad-CAM", "grad_cam_class": "unicorn", "grad_cam_layer": "\x00", "grad_cam_seed": "-1"},
    {"convnet_tab": "nope", "convnet_photo": "Moon", "convnet_network": "ResNet"},
]


@pytest.mark.parametrize("query", INVALID_QUERIES)
def test_invalid_links_show_the_page(query):
    sound(opened(**query).run())


def test_without_a_photo_the_page_asks_for_one():
    at = visit(convnet_photo="Upload")
    assert any("Upload a photo" in info.value for info in at.info)


@pytest.mark.parametrize(
    ("file", "tab"), [("convnet_visualization_builtin.arrays.npz", TABS[1]), ("backbone_builtin.weights.h5", TABS[0])]
)
def test_a_damaged_file_is_reported_with_its_remedy(file, tab, tmp_path, monkeypatch):
    for each in weights.FOLDER.glob("*_builtin*"):
        shutil.copy(each, tmp_path)
    data = bytearray((tmp_path / file).read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / file).write_bytes(data)
    monkeypatch.setattr(weights, "FOLDER", tmp_path)

    def clear_caches():
        network_picker.load.clear()
        st.cache_data.clear()

    clear_caches()
    at = opened()
    at.session_state["convnet_tab"] = tab
    at.run()
    assert not at.exception, at.exception[0].message
    assert (
        len(at.error) == 1 and f"{file} is damaged" in at.error[0].value and "python -m training." in at.error[0].value
    )
    monkeypatch.undo()
    clear_caches()


@pytest.mark.parametrize("tab", KEYS)
def test_the_scripts_run(tab, tmp_path):
    at = visit(convnet_tab=tab, filter_layer="block1_conv1", **{f"{KEYS[tab]}_code": True})
    assert all("def " in source.value for source in at.code[:-1])
    output = run_script(at.code[-1].value, tmp_path)
    assert len(output.splitlines()) >= 9 and len(list(tmp_path.glob("*.png"))) == 1


def test_the_page_shows_the_activations_of_the_module():
    photo = sample_photos.load("Flower", 480)
    cached = common.activations(network_picker.load("builtin"), "builtin", photo)
    direct = activations.activations(network_picker.load("builtin"), photo, image_size=common.IMAGE_SIZE)
    assert all(np.array_equal(cached[layer], direct[layer]) for layer in direct)
