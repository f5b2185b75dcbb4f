"""The DeepDream page as a visitor meets it, without a browser; and the scripts it shows, run."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from genmodels.deep_dream import dream as deep_dream
from genmodels.jobs.job_queue import Job
from pages.deep_dream import common, script_export
from tests import visitor
from tests.visitor import at_the_door, run_script, sound, stop_all

PAGE = "pages/deep_dream/page.py"
TABS = ("Dream", "Side by side", "Endless zoom", "How it works")
QUICK = {"dream_size": 200, "dream_octaves": 1, "dream_steps": 5}


def visit(**state) -> AppTest:
    """A new visitor on the page, with widgets set by key, and a small dream for a photo."""
    return visitor.visit(PAGE, **QUICK | state)


def job_of(at: AppTest, name: str = "dream") -> Job:
    return visitor.job(at, name)


@pytest.fixture(autouse=True)
def quiet():
    """No dream goes on beside the next test."""
    yield
    stop_all()


def ended(at: AppTest, name: str = "dream") -> AppTest:
    return visitor.ended(at, name)


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_shows_something(tab):
    at = visit(dream_tab=tab)
    assert [each.label for each in at.tabs if each.label in TABS and len(each.children)] == [tab]


def test_it_dreams_by_itself_and_once():
    at = ended(visit())
    job, run = job_of(at), at.session_state["dream_run"]
    assert job.step.image.shape == run["photo"].shape == (134, 200, 3)
    assert job.step.losses["objective"] > job.history[0][1]["objective"]
    assert len(run["strip"]) == 1
    assert job_of(sound(at.run())) is job, "nothing was changed: nothing begins anew"
    at.session_state["dream_palette"] = 0.0
    assert job_of(sound(at.run())) is not job, "a change does"


def test_another_seed_is_another_dream():
    at = ended(visit())
    first = job_of(at).step.image
    at = ended(sound(at.button(key="dream_again").click().run()))
    assert at.session_state["dream_seed"] == 1
    assert not np.array_equal(job_of(at).step.image, first)


@pytest.mark.parametrize(
    ("wish", "title"),
    [
        ({"dream_by": "A class", "dream_class": "goldfish"}, "More goldfish"),
        ({"dream_by": "A channel", "dream_layer": "block3_conv2", "dream_channel": 5}, "Channel 5 of block3_conv2"),
        ({"dream_by": "A guide image", "dream_layer": "block4_conv2"}, "After a guide image, by block4_conv2"),
    ],
)
def test_other_things_to_dream_of(wish, title):
    at = ended(visit(**wish))
    assert job_of(at).title == title and job_of(at).step.done == 5


def test_a_link_dreams_on_a_channel():
    """Another page sends the visitor here."""
    at = at_the_door(PAGE)
    at.query_params.update(
        {"dream_by": "A channel", "dream_layer": "block4_conv1", "dream_channel": "9", "dream_size": "200"}
    )
    sound(at.run())
    assert job_of(at).title == "Channel 9 of block4_conv1"
    assert at.session_state["dream_run"]["settings"]["channel"] == ("block4_conv1", 9)


def test_a_channel_that_another_layer_does_not_have():
    at = visit(dream_by="A channel", dream_layer="block5_conv1", dream_channel=300)
    assert job_of(at).title == "Channel 300 of block5_conv1"
    at.session_state["dream_layer"] = "block1_conv1"
    sound(at.run())
    assert at.session_state["dream_channel"] < 32


def test_without_any_weight_the_dream_stays():
    at = ended(visit())
    job = job_of(at)
    for layer in deep_dream.LAYERS:
        at.session_state[common.weight_key("builtin", layer)] = 0.0
    sound(at.run())
    assert any("there is nothing to make more of" in each.value for each in at.warning)
    assert job_of(at) is job
    sound(at.button(key="dream_layers_reset").click().run())
    assert not at.warning


def test_waiting_for_a_photo_keeps_the_dream():
    at = ended(visit())
    job = job_of(at)
    at.session_state["dream_photo"] = "Upload"
    sound(at.run())
    assert job_of(at) is job and any("Bring a photo" in each.value for each in at.info)
    at.file_uploader[0].upload("photo.png", b"no picture", "image/png").run()
    assert not at.exception and len(at.error) == 1 and "not a picture" in at.error[0].value
    assert job_of(at) is job


def test_look_inside():
    at = ended(visit())
    at.session_state["dream_inside"] = True
    sound(at.run())
    run = at.session_state["dream_run"]
    assert len(run["first"]) == 3 and len(run["answers"]) == 2 and len(run["named"]) == 2
    assert run["answers"][1]["block5_conv2"] > run["answers"][0]["block5_conv2"]


def test_the_story_leads_through_the_page():
    at = visit()
    told = []
    presets = at.selectbox(key="dream_story").options
    for _ in presets:
        sound(at.button(key="dream_story_next").click().run())
        told.append((at.selectbox(key="dream_story").value, at.session_state["dream_tab"]))
    assert [preset for preset, _ in told] == presets
    assert {tab for _, tab in told} == {"Dream", "Side by side", "Endless zoom"}


def test_the_presenter_sees_fewer_words():
    def words(at: AppTest) -> int:
        return sum(len(each.value.split()) for each in (*at.markdown, *at.caption))

    assert words(visit(presenter=True)) < words(visit())


def test_two_dreams_side_by_side():
    at = ended(visit(dream_tab="Side by side", dream_switch="Border"), "dream_pair")
    step = job_of(at, "dream_pair").step
    assert step.left.image.shape == step.right.image.shape == (134, 200, 3)
    assert not np.array_equal(step.left.image, step.right.image)


def test_a_zoom_becomes_a_film():
    at = visit(dream_tab="Endless zoom", dream_frames=15, dream_per_frame=1)
    at = ended(sound(at.button(key="dream_zoom_start").click().run()), "dream_zoom")
    run = at.session_state["dream_film"]
    assert len(run["frames"]) == 16 and run["mp4"][4:8] == b"ftyp"


@pytest.mark.parametrize(
    ("reset", "changes"),
    [
        ("dream_reset", {"dream_octaves": 4, "dream_strength": 2.5, "dream_border": False, "dream_palette": 0.9}),
        ("dream_layers_reset", {common.weight_key("builtin", "block2_conv2"): 2.0}),
    ],
)
def test_reset_puts_values_back(reset, changes):
    at = visit(dream_octaves=3)
    before = {key: at.session_state[key] for key in changes}
    for key, value in changes.items():
        at.session_state[key] = value
    sound(at.run())
    sound(at.button(key=reset).click().run())
    assert {key: at.session_state[key] for key in changes} == before


ABSURD = {
    "dream_tab": "nope",
    "dream_by": "Everything",
    "dream_photo": "\x00",
    "dream_guide": "<b>",
    "dream_layer": "block99",
    "dream_channel": "-5",
    "dream_class": "unicorn",
    "dream_octaves": "1e9",
    "dream_steps": "nan",
    "dream_strength": "-1",
    "dream_size": "7",
    "dream_palette": "inf",
    "dream_limit": "-3",
    "dream_seed": "x" * 300,
    "dream_border": "perhaps",
    "dream_network": "GPT",
    "dream_switch": "",
    "dream_frames": "-15",
    "dream_builtin_block5_conv2": "lots",
}


@pytest.mark.parametrize(
    "where", [{}, {"dream_by": "A channel"}, {"dream_by": "A class"}, {"dream_tab": "Side by side"}]
)
def test_absurd_addresses_show_the_page(where):
    at = at_the_door(PAGE)
    at.query_params.update(ABSURD | where)
    sound(at.run())
    assert at.title[0].value == "DeepDream"


# --- the scripts ------------------------------------------------------------------------------


def test_every_script_repeats_what_is_on_the_screen(tmp_path):
    at = ended(visit(dream_by="A guide image", dream_layer="block3_conv2", dream_code=True))
    shown = [each.value for each in at.code]
    assert all("def " in source for source in shown[:-1]) and len(shown) >= 3
    run_script(shown[-1], tmp_path)
    at = ended(visit(dream_tab="Side by side", dream_switch="Jitter", dream_pair_code=True), "dream_pair")
    run_script(at.code[-1].value, tmp_path)
    pair = job_of(at, "dream_pair").step
    at = visit(dream_tab="Endless zoom", dream_frames=15, dream_per_frame=1)
    at = ended(sound(at.button(key="dream_zoom_start").click().run()), "dream_zoom")
    at.session_state["dream_zoom_code"] = True
    run_script(sound(at.run()).code[-1].value, tmp_path)
    assert opened(tmp_path / "dream.png").shape == (134, 200, 3)
    assert np.abs(opened(tmp_path / "dream_left.png").astype(int) - pair.left.image).mean() < 2
    assert np.abs(opened(tmp_path / "dream_right.png").astype(int) - pair.right.image).mean() < 2
    assert (tmp_path / "dream.mp4").stat().st_size > 5_000


def opened(file: Path) -> np.ndarray:
    with Image.open(file) as picture:
        return np.asarray(picture)


def test_an_own_photo_is_a_file_in_the_script():
    assert 'open("photo.jpg", "rb")' in script_export.photo("Upload", 400)
    assert script_export.photo("Cat", 300) == "photos.load('Cat', 300)"
