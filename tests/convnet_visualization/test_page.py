"""The page "What convnets see" as a visitor meets it, without a browser; and the scripts it shows, run."""

import shutil
import time

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from genmodels import weights
from genmodels.data import sample_photos
from pages.convnet_visualization import common
from tests import visitor
from tests.visitor import at_the_door, run_script, sound
from ui import network_picker

PAGE = "pages/convnet_visualization/page.py"
TABS = ("Activations", "What a filter looks for", "Grad-CAM", "How it works")
KEYS = {"Activations": "views", "What a filter looks for": "look", "Grad-CAM": "cam"}


def opened(**query) -> AppTest:
    """A visitor who is about to see the page at an address."""
    at = at_the_door(PAGE)
    at.query_params.update(query)
    return at


def visit(**state) -> AppTest:
    """A new visitor on the page, with widgets set by key."""
    return visitor.visit(PAGE, **state)


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_shows_something(tab):
    at = visit(views_tab=tab)
    assert [each.label for each in at.tabs if len(each.children)] == [tab]


def test_the_story_leads_through_the_page():
    at = visit()
    told = []
    for _ in at.selectbox(key="views_story").options:
        sound(at.button(key="views_story_next").click().run())
        told.append(at.session_state["views_tab"])
    assert set(told) == set(TABS[:3])


def test_a_picked_channel_leads_to_what_it_looks_for():
    at = visit(views_layer="block3_conv1", views_channel=7)
    assert any("Channel 7 of block3_conv1" in each.value for each in at.markdown)
    at.button(key="views_look").click().run()
    sound(at)
    assert at.session_state["views_tab"] == TABS[1]
    assert (at.session_state["look_layer"], at.session_state["look_channel"]) == ("block3_conv1", 7)
    assert any("Channel 7 of block3_conv1" in each.value for each in at.markdown)


def test_a_channel_of_a_wider_layer_is_forgotten():
    at = visit(views_layer="block1_conv1", views_channel=300)
    answers = common.answers(network_picker.load("builtin"), "builtin", sample_photos.load("Cat", 480))["block1_conv1"]
    assert any(f"Channel {answers.max(axis=(0, 1)).argmax()} of block1_conv1" in each.value for each in at.markdown)


def test_reset_puts_the_layers_back():
    at = visit(views_layer="block5_conv2", views_own=False)
    sound(at.button(key="views_reset").click().run())
    assert at.session_state["views_layer"] == "block2_conv2" and at.session_state["views_own"]


def test_another_class_is_asked_about():
    at = visit(views_tab="Grad-CAM")
    top = [button.label.split(" · ")[0] for button in at.button if (button.key or "").startswith("cam_top_")]
    assert len(set(top)) == 5 and set(top) <= set(network_picker.load("builtin").class_names)
    sound(at.button(key="cam_top_2").click().run())
    assert at.session_state["cam_class"] == top[2]
    sound(at.selectbox(key="cam_class").set_value("goldfish").run())
    assert at.session_state["cam_class"] == "goldfish"
    sound(at.button(key="cam_reset").click().run())
    assert at.session_state["cam_class"] is None


def test_the_climb_runs_and_can_be_taken_home():
    at = visit(views_tab=TABS[1], look_layer="block2_conv1", look_channel=3, look_side=64, look_steps=20)
    at.button(key="look_start").click().run()
    job = at.session_state["_jobs"]["look"]
    until = time.monotonic() + 90
    while job.active and time.monotonic() < until:
        time.sleep(0.1)
    assert job.state == "done" and job.step.image.shape == (64, 64, 3)
    sound(at.run())
    assert any("PNG" in str(each.proto) for each in at.get("download_button"))


ABSURD = [
    {"views_tab": "Activations", "views_layer": "block99", "views_order": "", "views_own": "perhaps"},
    {
        "views_tab": "What a filter looks for",
        "look_layer": "x",
        "look_steps": "1e9",
        "look_side": "-3",
        "look_seed": "a",
    },
    {"views_tab": "Grad-CAM", "cam_class": "unicorn", "cam_layer": "\x00", "cam_seed": "-1"},
    {"views_tab": "nope", "views_photo": "Moon", "views_network": "ResNet"},
]


@pytest.mark.parametrize("query", ABSURD)
def test_absurd_addresses_show_the_page(query):
    sound(opened(**query).run())


def test_without_a_photo_the_page_waits_for_one():
    at = visit(views_photo="Upload")
    assert any("Bring a photo" in info.value for info in at.info)


@pytest.mark.parametrize(
    ("file", "tab"), [("convnet_visualization_builtin.arrays.npz", TABS[1]), ("backbone_builtin.weights.h5", TABS[0])]
)
def test_a_damaged_file_is_told_with_its_remedy(file, tab, tmp_path, monkeypatch):
    for each in weights.FOLDER.glob("*_builtin*"):
        shutil.copy(each, tmp_path)
    data = bytearray((tmp_path / file).read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / file).write_bytes(data)
    monkeypatch.setattr(weights, "FOLDER", tmp_path)

    def forget():
        network_picker.load.clear()
        st.cache_data.clear()

    forget()
    at = opened()
    at.session_state["views_tab"] = tab
    at.run()
    assert not at.exception, at.exception[0].message
    assert (
        len(at.error) == 1 and f"{file} is damaged" in at.error[0].value and "python -m training." in at.error[0].value
    )
    monkeypatch.undo()
    forget()


@pytest.mark.parametrize("tab", KEYS)
def test_the_scripts_run(tab, tmp_path):
    at = visit(views_tab=tab, look_layer="block1_conv1", **{f"{KEYS[tab]}_code": True})
    assert all("def " in shown.value for shown in at.code[:-1])
    printed = run_script(at.code[-1].value, tmp_path)
    assert len(printed.splitlines()) >= 9 and len(list(tmp_path.glob("*.png"))) == 1


def test_pages_show_the_same_numbers_as_the_module():
    from genmodels.convnet_visualization import methods as convnet_visualization

    photo = sample_photos.load("Flower", 480)
    answers = common.answers(network_picker.load("builtin"), "builtin", photo)
    direct = convnet_visualization.activations(network_picker.load("builtin"), photo, side=common.SIDE)
    assert all(np.array_equal(answers[layer], direct[layer]) for layer in direct)
