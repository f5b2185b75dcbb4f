"""The style transfer page as a visitor meets it, without a browser; and the scripts it shows, run."""

import base64
import time
from hashlib import sha256

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from genmodels.jobs.job_queue import Job
from pages.style_transfer import common
from pages.style_transfer.compare_settings import SWITCHES
from tests import visitor
from tests.visitor import at_the_door, run_script, sound, stop_all
from ui import job_panel

PAGE = "pages/style_transfer/page.py"
TABS = ("Paint", "What style is", "Side by side", "How it works")
QUICK = {"style_size": 200, "style_scales": 1, "style_steps": 10, "style_manner": ["Mosaic"]}


def visit(**state) -> AppTest:
    """A new visitor on the page, with widgets set by key, and a small picture to be painted."""
    return visitor.visit(PAGE, **QUICK | state)


def job_of(at: AppTest, name: str = "style") -> Job:
    return visitor.job(at, name)


@pytest.fixture(autouse=True)
def quiet():
    """Nothing is painted beside the next test."""
    yield
    stop_all()


def ended(at: AppTest, name: str = "style") -> AppTest:
    return visitor.ended(at, name)


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_shows_something(tab):
    at = visit(style_tab=tab)
    assert [each.label for each in at.tabs if each.label in TABS and len(each.children)] == [tab]


def test_it_paints_by_itself_and_once():
    at = ended(visit())
    job, run = job_of(at), at.session_state["style_run"]
    assert job.step.image.shape == run["photo"].shape == (134, 200, 3)
    assert job.step.losses["total"] < job.history[0][1]["total"]
    assert len(run["film"]) >= 5
    assert job_of(sound(at.run())) is job, "nothing was changed: nothing begins anew"
    at.session_state["style_seed"] = 5
    assert job_of(sound(at.run())) is not job, "a change does"


def test_a_weight_changed_afterwards_goes_on_from_the_picture():
    at = ended(visit())
    first, picture = job_of(at), job_of(at).step.image
    at.session_state["style_style"] = 30.0
    at = ended(sound(at.run()))
    job = job_of(at)
    assert job is not first and at.session_state["style_run"]["weights"]["style_weight"] == 30
    assert job.history[0][1]["style"] < first.history[0][1]["style"], "it did not begin with the photo"
    assert (job.step.image != picture).any()


def test_a_weight_changed_on_the_way_stays_with_the_same_job():
    at = visit(style_steps=150)
    job = job_of(at)
    at.session_state["style_content"] = 7.0
    sound(at.run())
    assert job_of(at) is job and job.active
    deadline = time.monotonic() + 100
    while not (job.step and job.step.weighted["content"] == pytest.approx(7 * job.step.losses["content"])):
        assert time.monotonic() < deadline
        job_panel.job_queue().get(job.key)
        time.sleep(0.05)
    job_panel.job_queue().stop(job)


def test_stop_keeps_the_picture_and_one_can_go_on():
    at = visit(style_steps=150)
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
    sound(at.button(key="style_go_on").click().run())
    assert job_of(at) is not job and job_of(at).active


def test_styles_are_mixed_by_their_shares():
    at = ended(visit(style_manner=["Mosaic", "Waves"], style_of_waves=0.0))
    assert at.session_state["style_run"]["settings"]["blend"] == (1.0, 0.0)
    at.session_state["style_of_mosaic"] = 0.0
    at = sound(at.run())
    assert at.session_state["style_run"]["settings"]["blend"] == (1.0, 1.0)
    assert any("mixed evenly" in each.value for each in at.caption)


def test_without_a_style_or_a_weight_the_page_says_so():
    at = visit(style_manner=[])
    assert any("Choose a style" in each.value for each in at.info)
    assert "_jobs" not in at.session_state or "style" not in at.session_state["_jobs"]
    at = visit(style_content=0.0, style_style=0.0, style_variation=0.0)
    assert any("nothing to paint towards" in each.value for each in at.warning)
    at = visit(**{common.layer_key(name): 0.0 for name in common.LAYERS})
    assert any("there is no style" in each.value for each in at.warning)


def test_only_what_is_marked_is_painted():
    at = visit(style_mask=True)
    assert any("Mark on the small photo" in each.value for each in at.info)
    cover = np.zeros((128, 128), "uint8")
    cover[:, :64] = 255
    stroke = {"size": 500, "points": [250, 0, 250, 600]}
    marks = {"cover": base64.b64encode(cover.tobytes()).decode(), "strokes": [stroke]}
    at.session_state["style_marks"] = ("Palace, 1.5", marks)
    at = ended(sound(at.run()))
    photo, painted = at.session_state["style_run"]["photo"], job_of(at).step.image
    np.testing.assert_array_equal(painted[:, 110:], photo[:, 110:])
    assert (painted[:, :90] != photo[:, :90]).any()
    at.session_state["style_photo"] = "Cat"
    assert any("Mark on the small photo" in each.value for each in sound(at.run()).info), "another photo, no marks"
    at.session_state["style_marks"] = ("Cat, 1.5", {"cover": "###", "strokes": [stroke]})
    assert any("arrived damaged" in each.value for each in at.run().error)


def test_gram_matrices_of_all_three_pictures():
    at = ended(visit())
    at.session_state["style_tab"] = "What style is"
    at = sound(at.run())
    _, found = at.session_state["style_asked"]
    assert list(found) == list(common.LAYERS)
    target, before, after = found["block1_conv1"]
    assert target.shape == before.shape == after.shape == (32, 32)
    assert not (before == after).all()
    told = [each.value for each in at.markdown if "away from the style" in each.value]
    assert len(told) == 2
    at.session_state["style_photo"] = "Cat"
    assert any("comes here" in each.value for each in sound(at.run()).info), "nothing of this photo is painted yet"


@pytest.mark.parametrize("switch", ["Optimiser", "All or nothing", "Style layers"])
def test_side_by_side(switch):
    at = visit(style_tab="Side by side", style_switch=switch)
    at = ended(at, "style_pair")
    pair = job_of(at, "style_pair").step
    assert switch in SWITCHES and (pair.left.image != pair.right.image).any()


@pytest.mark.parametrize(("name", "values"), common.STORY, ids=[name for name, _ in common.STORY])
def test_every_preset_shows_its_page(name, values):
    at = visitor.visit(PAGE, **values | {"style_size": 200, "style_scales": 1, "style_steps": 10})
    assert at.title[0].value == "Style transfer"
    unknown = [key for key in values if key not in at.session_state]
    assert not [key for key in unknown if key not in ("style_switch", "style_mask")], unknown


ABSURD = {
    "style_size": "-3",
    "style_photo": "Nobody",
    "style_manner": "Rembrandt",
    "style_content": "nan",
    "style_style": "1e99",
    "style_steps": "lots",
    "style_scales": "0",
    "style_optimizer": "prayer",
    "style_start": "",
    "style_seed": "-1",
    "style_network": "VGG1",
    "style_tab": "None",
    "style_gram": "block9",
    "style_switch": "None",
}


@pytest.mark.parametrize("where", [{}, {"style_tab": "Side by side"}, {"style_tab": "What style is"}])
def test_absurd_addresses_show_the_page(where):
    at = at_the_door(PAGE)
    at.query_params.update(ABSURD | where)
    sound(at.run())
    assert at.title[0].value == "Style transfer"


def test_every_script_repeats_what_is_on_the_screen(tmp_path):
    at = ended(visit(style_manner=["Mosaic", "Waves"], style_code=True))
    shown = [each.value for each in at.code]
    assert all("def " in source or "class " in source for source in shown[:-1]) and len(shown) >= 3
    run_script(shown[-1], tmp_path)
    painted = np.asarray(Image.open(tmp_path / "painted.png"))
    away = np.abs(painted.astype(int) - job_of(at).step.image)
    assert away.mean() < 2, "the same, up to what threads add up in another order"
    at.session_state["style_tab"], at.session_state["style_grams_code"] = "What style is", True
    told = run_script(sound(at.run()).code[-1].value, tmp_path)
    assert told.splitlines()[-1].startswith("block5_conv1 (320, 320)") and (tmp_path / "gram_block1_conv1.png").exists()
    at = ended(visit(style_tab="Side by side", style_switch="Start", style_pair_code=True), "style_pair")
    run_script(at.code[-1].value, tmp_path)
    assert (tmp_path / "painted_left.png").exists() and (tmp_path / "painted_right.png").exists()


def test_a_signature_is_of_all_that_matters():
    photo = np.zeros((40, 40, 3), "uint8")

    class Model:
        name = "builtin"

    def sign(**changed):
        values = {
            "photo": photo,
            "manners": [("a", photo)],
            "settings": {"steps": 3, "mask": np.ones((2, 2))},
        } | changed
        return common.signature(Model, values["photo"], values["manners"], values["settings"])

    assert sign() == sign() and len(sign()) == len(sha256().hexdigest())
    others = [
        sign(photo=photo + 1),
        sign(manners=[("b", photo)]),
        sign(manners=[("a", photo), ("a", photo)]),
        sign(settings={"steps": 4, "mask": np.ones((2, 2))}),
        sign(settings={"steps": 3, "mask": np.eye(2)}),
    ]
    assert len({sign(), *others}) == 6
