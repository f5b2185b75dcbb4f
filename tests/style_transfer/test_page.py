"""The style transfer page in AppTest, and the scripts it exports, run."""

import base64
import time
from hashlib import sha256

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from genmodels.jobs.job_queue import Job
from genmodels.media import images
from pages.style_transfer import common
from pages.style_transfer.compare_settings import COMPARISONS
from tests import visitor
from tests.visitor import at_the_door, run_script, sound, stop_all
from ui import job_panel

PAGE = "pages/style_transfer/page.py"
TABS = ("Style transfer", "Gram matrices", "Compare settings", "How it works")
QUICK = {"style_size": 200, "style_n_scales": 1, "style_steps_per_scale": 10, "style_image": ["Mosaic"]}


def visit(**state) -> AppTest:
    """The page with widgets set by key, and a quick transfer."""
    return visitor.visit(PAGE, **QUICK | state)


def job_of(at: AppTest, name: str = "style_transfer") -> Job:
    return visitor.job(at, name)


@pytest.fixture(autouse=True)
def no_jobs():
    """No job runs during the next test."""
    yield
    stop_all()


def ended(at: AppTest, name: str = "style_transfer") -> AppTest:
    return visitor.ended(at, name)


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_has_content(tab):
    at = visit(style_tab=tab)
    assert [each.label for each in at.tabs if each.label in TABS and len(each.children)] == [tab]


def test_a_run_starts_once_and_again_after_a_change():
    at = ended(visit())
    job, run = job_of(at), visitor.job(at, "style_transfer").run
    assert job.step.image.shape == run["photo"].shape == (133, 200, 3)
    assert job.step.losses["total"] < job.history[0][1]["total"]
    assert len(run["frames"]) >= 5
    assert job_of(sound(at.run())) is job, "nothing changed: no new run"
    at.session_state["style_seed"] = 5
    assert job_of(sound(at.run())) is not job, "a change starts a new run"


@pytest.mark.slow
def test_a_weight_changed_after_a_run_continues_from_the_image():
    at = ended(visit())
    first, image = job_of(at), job_of(at).step.image
    at.session_state["style_weight"] = 30.0
    at = ended(sound(at.run()))
    job = job_of(at)
    assert job is not first and visitor.job(at, "style_transfer").run["weights"]["style_weight"] == 30
    assert job.history[0][1]["style"] < first.history[0][1]["style"], "it did not start from the photo"
    assert (job.step.image != image).any()


def test_a_weight_changed_during_a_run_keeps_the_job():
    at = visit(style_steps_per_scale=150)
    job = job_of(at)
    at.session_state["style_content_weight"] = 7.0
    sound(at.run())
    assert job_of(at) is job and job.active
    deadline = time.monotonic() + 100
    while not (job.step and job.step.weighted["content"] == pytest.approx(7 * job.step.losses["content"])):
        assert time.monotonic() < deadline
        job_panel.job_queue().get(job.key)
        time.sleep(0.05)
    job_panel.job_queue().stop(job)


def test_a_stopped_run_keeps_the_image_and_continues():
    at = visit(style_steps_per_scale=150)
    job = job_of(at)
    deadline = time.monotonic() + 100
    while job.step is None:
        assert time.monotonic() < deadline
        job_panel.job_queue().get(job.key)
        time.sleep(0.02)
    job_panel.job_queue().stop(job)
    while job.active:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    at = sound(at.run())
    assert job_of(at) is job and job.state == "stopped", "stopped stays stopped"
    sound(at.button(key="style_continue").click().run())
    assert job_of(at) is not job and job_of(at).active


@pytest.mark.parametrize("tab", TABS[:3])
def test_a_panorama_that_is_too_long_for_the_image_size_is_explained(tab):
    panorama = images.png(np.zeros((40, 400, 3), "uint8"))
    at = visit(style_tab=tab, style_photo="Upload", style_size=400, style_steps_per_scale=150)
    sound(at.file_uploader[0].upload("panorama.png", panorama, "image/png").run())
    assert not at.error
    at.session_state["style_size"] = 200
    assert not at.run().exception
    assert ["is scaled to 200 x 20" in each.value for each in at.error] == [True]
    if tab != "Gram matrices":
        sound(at.select_slider(key="style_size").set_value(512).run())
        assert not at.error


def test_a_style_image_that_is_too_long_is_explained():
    at = visit(style_image=["Your own"])
    border = images.png(np.zeros((60, 2000, 3), "uint8"))
    assert not at.file_uploader(key="style_image_upload").upload("border.png", border, "image/png").run().exception
    assert ["is scaled to 512 x 15" in each.value for each in at.error] == [True]


def test_styles_are_blended_by_their_weights():
    at = ended(visit(style_image=["Mosaic", "Waves"], style_blend_weight_waves=0.0))
    assert visitor.job(at, "style_transfer").run["settings"]["style_blend_weights"] == (1.0, 0.0)
    at.session_state["style_blend_weight_mosaic"] = 0.0
    at = sound(at.run())
    assert visitor.job(at, "style_transfer").run["settings"]["style_blend_weights"] == (1.0, 1.0)
    assert any("blended equally" in each.value for each in at.caption)


def test_missing_style_or_weights_are_explained():
    at = visit(style_image=[])
    assert any("Choose a style image" in each.value for each in at.info)
    assert "_jobs" not in at.session_state or "style" not in at.session_state["_jobs"]
    at = visit(style_content_weight=0.0, style_weight=0.0, style_tv_weight=0.0)
    assert any("All loss weights are 0" in each.value for each in at.warning)
    at = visit(**{common.layer_weight_key(name): 0.0 for name in common.STYLE_LAYERS})
    assert any("All style layer weights are 0" in each.value for each in at.warning)


@pytest.mark.slow
def test_only_the_masked_region_is_stylized():
    at = visit(style_mask=True)
    assert any("Brush the region to stylize" in each.value for each in at.info)
    alpha = np.zeros((128, 128), "uint8")
    alpha[:, :64] = 255
    stroke = {"size": 500, "points": [250, 0, 250, 600]}
    mask = {"alpha": base64.b64encode(alpha.tobytes()).decode(), "strokes": [stroke]}
    at.session_state["style_mask_strokes"] = ("Palace, 1.5", mask)
    at = ended(sound(at.run()))
    photo, stylized = visitor.job(at, "style_transfer").run["photo"], job_of(at).step.image
    np.testing.assert_array_equal(stylized[:, 110:], photo[:, 110:])
    assert (stylized[:, :90] != photo[:, :90]).any()
    at.session_state["style_photo"] = "Cat"
    assert any("Brush the region to stylize" in each.value for each in sound(at.run()).info), (
        "another photo has no mask"
    )
    at.session_state["style_mask_strokes"] = ("Cat, 1.5", {"alpha": "###", "strokes": [stroke]})
    assert any("could not be read" in each.value for each in at.run().error)


def test_gram_matrices_of_all_three_images():
    at = ended(visit())
    at.session_state["style_tab"] = "Gram matrices"
    at = sound(at.run())
    _, grams = at.session_state["style_grams"]
    assert list(grams) == list(common.STYLE_LAYERS)
    target, before, after = grams["block1_conv1"]
    assert target.shape == before.shape == after.shape == (32, 32)
    assert not (before == after).all()
    captions = [each.value for each in at.markdown if "style loss" in each.value]
    assert len(captions) == 2
    at.session_state["style_photo"] = "Cat"
    assert any("Run a transfer" in each.value for each in sound(at.run()).info), "no result for this photo"


@pytest.mark.parametrize(
    "comparison",
    [
        "Optimizer",
        *(pytest.param(each, marks=pytest.mark.slow) for each in ("Content only vs. style only", "Style layers")),
    ],
)
def test_compare_settings(comparison):
    at = visit(style_tab="Compare settings", style_comparison=comparison)
    at = ended(at, "style_compare")
    pair = job_of(at, "style_compare").step
    assert comparison in COMPARISONS and (pair.left.image != pair.right.image).any()


@pytest.mark.parametrize(("name", "values"), common.PRESETS, ids=[name for name, _ in common.PRESETS])
def test_every_preset_opens(name, values):
    at = visitor.visit(PAGE, **values | {"style_size": 200, "style_n_scales": 1, "style_steps_per_scale": 10})
    assert at.title[0].value == "Style transfer"
    unknown = [key for key in values if key not in at.session_state]
    assert not [key for key in unknown if key not in ("style_comparison", "style_mask")], unknown


INVALID = {
    "style_size": "-3",
    "style_photo": "Nobody",
    "style_image": "Rembrandt",
    "style_content_weight": "nan",
    "style_weight": "1e99",
    "style_steps_per_scale": "lots",
    "style_n_scales": "0",
    "style_optimizer": "prayer",
    "style_init": "",
    "style_seed": "-1",
    "style_network": "VGG1",
    "style_tab": "None",
    "style_gram_layer": "block9",
    "style_comparison": "None",
}


@pytest.mark.parametrize("tab", [{}, {"style_tab": "Compare settings"}, {"style_tab": "Gram matrices"}])
def test_invalid_links_open_the_page(tab):
    at = at_the_door(PAGE)
    at.query_params.update(INVALID | tab)
    sound(at.run())
    assert at.title[0].value == "Style transfer"


def test_a_link_with_a_size_starts_one_run():
    at = at_the_door(PAGE)
    at.query_params.update({"style_size": "200", "style_n_scales": "1", "style_steps_per_scale": "150"})
    job = job_of(sound(at.run()))
    assert job_of(sound(at.run())) is job, "the photo had another size in the first run"
    assert visitor.job(at, "style_transfer").run["photo"].shape == (133, 200, 3)


@pytest.mark.slow
def test_exported_scripts_reproduce_the_result(tmp_path):
    at = ended(visit(style_image=["Mosaic", "Waves"], style_transfer_code=True))
    sources = [each.value for each in at.code]
    assert all("def " in source or "class " in source for source in sources[:-1]) and len(sources) >= 3
    run_script(sources[-1], tmp_path)
    stylized = np.asarray(Image.open(tmp_path / "stylized.png"))
    difference = np.abs(stylized.astype(int) - job_of(at).step.image)
    assert difference.mean() < 2, "equal up to the order of floating-point sums"
    at.session_state["style_tab"], at.session_state["style_grams_code"] = "Gram matrices", True
    output = run_script(sound(at.run()).code[-1].value, tmp_path)
    assert (
        output.splitlines()[-1].startswith("block5_conv1 (320, 320)") and (tmp_path / "gram_block1_conv1.png").exists()
    )
    at = ended(
        visit(style_tab="Compare settings", style_comparison="Initial image", style_compare_code=True), "style_compare"
    )
    run_script(at.code[-1].value, tmp_path)
    assert (tmp_path / "stylized_left.png").exists() and (tmp_path / "stylized_right.png").exists()


def test_the_signature_depends_on_all_inputs():
    photo = np.zeros((40, 40, 3), "uint8")

    class Model:
        name = "builtin"

    def signature(**changed):
        values = {
            "photo": photo,
            "styles": [("a", photo)],
            "settings": {"steps": 3, "mask": np.ones((2, 2))},
        } | changed
        return common.signature(Model, values["photo"], values["styles"], values["settings"])

    assert signature() == signature() and len(signature()) == len(sha256().hexdigest())
    others = [
        signature(photo=photo + 1),
        signature(styles=[("b", photo)]),
        signature(styles=[("a", photo), ("a", photo)]),
        signature(settings={"steps": 4, "mask": np.ones((2, 2))}),
        signature(settings={"steps": 3, "mask": np.eye(2)}),
    ]
    assert len({signature(), *others}) == 6
