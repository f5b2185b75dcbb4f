"""The DeepDream page in AppTest, and its exported scripts, run."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from genmodels.deep_dream import objectives
from genmodels.jobs.job_queue import Job
from pages.deep_dream import script_export
from pages.deep_dream.presets import weight_key
from tests import visitor
from tests.visitor import at_the_door, run_script, sound, stop_all

PAGE = "pages/deep_dream/page.py"
TABS = ("Dream", "Compare settings", "Endless zoom", "How it works")
QUICK = {"dream_image_size": 200, "dream_octaves": 1, "dream_steps": 5}


def visit(**state) -> AppTest:
    """A new visitor on the page, with widgets set by key, and few steps on a small photo."""
    return visitor.visit(PAGE, **QUICK | state)


def job_of(at: AppTest, name: str = "dream") -> Job:
    return visitor.job(at, name)


@pytest.fixture(autouse=True)
def stop_jobs():
    """No job runs during the next test."""
    yield
    stop_all()


def ended(at: AppTest, name: str = "dream") -> AppTest:
    return visitor.ended(at, name)


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_shows_something(tab):
    at = visit(dream_tab=tab)
    assert [each.label for each in at.tabs if each.label in TABS and len(each.children)] == [tab]


def test_a_run_starts_by_itself_once_per_setting():
    at = ended(visit())
    job, run = job_of(at), visitor.job(at, "dream").run
    assert job.step.image.shape == run["photo"].shape == (133, 200, 3)
    assert job.step.losses["objective"] > job.history[0][1]["objective"]
    assert len(run["octaves"]) == 1
    assert job_of(sound(at.run())) is job, "no setting changed"
    at.session_state["dream_color_preservation"] = 0.0
    assert job_of(sound(at.run())) is not job


def test_another_seed_gives_another_image():
    at = ended(visit())
    first = job_of(at).step.image
    at = ended(sound(at.button(key="dream_rerun").click().run()))
    assert at.session_state["dream_seed"] == 1
    assert not np.array_equal(job_of(at).step.image, first)


@pytest.mark.parametrize(
    ("objective", "title"),
    [
        ({"dream_objective": "Class (logit)", "dream_class": "goldfish"}, "Class goldfish"),
        (
            {"dream_objective": "Channel", "dream_layer": "block3_conv2", "dream_channel": 5},
            "Channel 5 of block3_conv2",
        ),
        ({"dream_objective": "Guide image", "dream_layer": "block4_conv2"}, "Guided by an image, layer block4_conv2"),
    ],
)
def test_other_objectives(objective, title):
    at = ended(visit(**objective))
    assert job_of(at).title == title and job_of(at).step.done == 5


def test_a_link_sets_a_channel_as_the_objective():
    """As the links of the page on convnets do."""
    at = at_the_door(PAGE)
    at.query_params.update(
        {"dream_objective": "Channel", "dream_layer": "block4_conv1", "dream_channel": "9", "dream_image_size": "200"}
    )
    sound(at.run())
    assert job_of(at).title == "Channel 9 of block4_conv1"
    assert visitor.job(at, "dream").run["settings"]["channel"] == ("block4_conv1", 9)


def test_a_channel_that_another_layer_does_not_have_is_reset():
    at = visit(dream_objective="Channel", dream_layer="block5_conv1", dream_channel=300)
    assert job_of(at).title == "Channel 300 of block5_conv1"
    at.session_state["dream_layer"] = "block1_conv1"
    sound(at.run())
    assert at.session_state["dream_channel"] < 32


def test_without_layer_weights_the_result_stays():
    at = ended(visit())
    job = job_of(at)
    for layer in objectives.LAYERS:
        at.session_state[weight_key("builtin", layer)] = 0.0
    sound(at.run())
    assert any("nothing to maximize" in each.value for each in at.warning)
    assert job_of(at) is job
    sound(at.button(key="dream_layers_reset").click().run())
    assert not at.warning


def test_the_result_stays_until_a_photo_is_uploaded():
    at = ended(visit())
    job = job_of(at)
    at.session_state["dream_photo"] = "Upload"
    sound(at.run())
    assert job_of(at) is job and any("Choose or upload a photo" in each.value for each in at.info)
    at.file_uploader[0].upload("photo.png", b"no picture", "image/png").run()
    assert not at.exception and len(at.error) == 1 and "not a readable image" in at.error[0].value
    assert job_of(at) is job


def test_analysis():
    at = ended(visit())
    at.session_state["dream_analysis"] = True
    sound(at.run())
    run = visitor.job(at, "dream").run
    assert len(run["gradient_stages"]) == 3 and len(run["activations"]) == 2 and len(run["probabilities"]) == 2
    assert run["activations"][1]["block5_conv2"] > run["activations"][0]["block5_conv2"]


def test_presets_lead_through_the_tabs():
    at = visit()
    visited = []
    presets = at.selectbox(key="dream_presets").options
    for _ in presets:
        sound(at.button(key="dream_presets_next").click().run())
        visited.append((at.selectbox(key="dream_presets").value, at.session_state["dream_tab"]))
    assert [preset for preset, _ in visited] == presets
    assert {tab for _, tab in visited} == {"Dream", "Compare settings", "Endless zoom"}


def test_presentation_mode_shows_fewer_words():
    def words(at: AppTest) -> int:
        return sum(len(each.value.split()) for each in (*at.markdown, *at.caption))

    assert words(visit(presenter=True)) < words(visit())


def test_two_runs_side_by_side():
    at = ended(visit(dream_tab="Compare settings", dream_comparison="Border activations"), "dream_comparison")
    step = job_of(at, "dream_comparison").step
    assert step.left.image.shape == step.right.image.shape == (133, 200, 3)
    assert not np.array_equal(step.left.image, step.right.image)


def test_a_zoom_becomes_a_video():
    at = visit(dream_tab="Endless zoom", dream_frames=15, dream_steps_per_frame=1)
    at = ended(sound(at.button(key="dream_zoom_start").click().run()), "dream_zoom")
    run = visitor.job(at, "dream_zoom").run
    assert len(run["frames"]) == 16 and run["mp4"][4:8] == b"ftyp"


@pytest.mark.parametrize(
    ("reset", "changes"),
    [
        (
            "dream_reset",
            {"dream_octaves": 4, "dream_step_size": 2.5, "dream_border_crop": False, "dream_color_preservation": 0.9},
        ),
        ("dream_layers_reset", {weight_key("builtin", "block2_conv2"): 2.0}),
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


INVALID = {
    "dream_tab": "nope",
    "dream_objective": "Everything",
    "dream_photo": "\x00",
    "dream_guide": "<b>",
    "dream_layer": "block99",
    "dream_channel": "-5",
    "dream_class": "unicorn",
    "dream_octaves": "1e9",
    "dream_steps": "nan",
    "dream_step_size": "-1",
    "dream_image_size": "7",
    "dream_color_preservation": "inf",
    "dream_max_loss": "-3",
    "dream_seed": "x" * 300,
    "dream_border_crop": "perhaps",
    "dream_network": "GPT",
    "dream_comparison": "",
    "dream_frames": "-15",
    "dream_builtin_block5_conv2": "lots",
}


@pytest.mark.parametrize(
    "query",
    [{}, {"dream_objective": "Channel"}, {"dream_objective": "Class (logit)"}, {"dream_tab": "Compare settings"}],
)
def test_invalid_links_show_the_page(query):
    at = at_the_door(PAGE)
    at.query_params.update(INVALID | query)
    sound(at.run())
    assert at.title[0].value == "DeepDream"


# --- the scripts ------------------------------------------------------------------------------


@pytest.mark.slow
def test_every_script_reproduces_the_result(tmp_path):
    at = ended(visit(dream_objective="Guide image", dream_layer="block3_conv2", dream_code=True))
    sources = [each.value for each in at.code]
    assert all("def " in source for source in sources[:-1]) and len(sources) >= 3
    run_script(sources[-1], tmp_path)
    at = ended(
        visit(dream_tab="Compare settings", dream_comparison="Jitter", dream_comparison_code=True), "dream_comparison"
    )
    run_script(at.code[-1].value, tmp_path)
    step = job_of(at, "dream_comparison").step
    at = visit(dream_tab="Endless zoom", dream_frames=15, dream_steps_per_frame=1)
    at = ended(sound(at.button(key="dream_zoom_start").click().run()), "dream_zoom")
    at.session_state["dream_zoom_code"] = True
    run_script(sound(at.run()).code[-1].value, tmp_path)
    assert opened(tmp_path / "dream.png").shape == (133, 200, 3)
    assert np.abs(opened(tmp_path / "dream_left.png").astype(int) - step.left.image).mean() < 2
    assert np.abs(opened(tmp_path / "dream_right.png").astype(int) - step.right.image).mean() < 2
    assert (tmp_path / "dream.mp4").stat().st_size > 5_000


def opened(file: Path) -> np.ndarray:
    with Image.open(file) as image:
        return np.asarray(image)


def test_an_uploaded_photo_is_a_file_in_the_script():
    assert 'open("photo.jpg", "rb")' in script_export.photo("Upload", 400)
    assert script_export.photo("Cat", 300) == "sample_photos.load('Cat', 300)"
