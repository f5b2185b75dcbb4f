"""The autoencoder page's trainings without a browser: "Train it", and the live part of "Few labels"."""

import json
import threading

import numpy as np
import pytest

from genmodels import weights
from genmodels.autoencoders import model as autoencoders
from genmodels.autoencoders import training as autoencoder_training
from genmodels.autoencoders import unsupervised_pretraining
from genmodels.autoencoders.unsupervised_pretraining import Gain, Result
from genmodels.data import datasets
from genmodels.jobs.job_queue import Job
from pages.autoencoders import common, pretraining_view, train_controls, train_result, train_view
from pages.autoencoders import pretraining as few_labels
from pages.autoencoders import train as live
from tests import visitor
from tests.visitor import labels, run_script, sound, stop_all, until
from ui import training_data
from ui.code_panel import dedent_script

TINY = {"ae_live_data": "digits", "ae_live_batch": 256, "ae_live_epochs": 2}
LONG = TINY | {"ae_live_epochs": 100}


def visit(tab="Train it", **state):
    return visitor.visit("pages/autoencoders/page.py", ae_tab=tab, **state)


def job(at, name="ae_live") -> Job:
    return visitor.job(at, name)


def train(at):
    at.button(key="ae_live_train").click().run()
    until(lambda: job(at).step is not None)
    return at.run()


@pytest.fixture(autouse=True)
def empty_line():
    """No training outlives its test."""
    yield
    stop_all()


@pytest.fixture
def made_up(monkeypatch):
    """Trainings report at once and learn nothing: for tests of the page around them, which need no compiling.

    Gives what they say is their held-out error, to be changed.
    """
    says = {"error": 0.01}

    def train(model, images, *, held_out, epochs, batch_size, **rest):
        total = epochs * (len(images) // batch_size)
        for done in range(1, total + 1):
            phase = list(train_view.PHASES)[min(2, 3 * done // total)] if model.recipe.greedy else "all layers"
            losses = {"training error": 0.02, "held-out error": says["error"]}
            yield autoencoder_training.Step(done, total, losses, np.zeros((56, 280), "uint8"), phase, 100.0)
            threading.Event().wait(0.02)

    monkeypatch.setattr(autoencoder_training, "train", train)
    return says


# --- train it -----------------------------------------------------------------------------------


def test_a_tiny_training_runs_to_its_end_can_be_taken_home_and_its_script_repeats_it(tmp_path):
    at = visit(**TINY, ae_live_member="Denoising, dropout", ae_live_codings=8)
    at.button(key="ae_live_train").click().run()
    until(lambda: not job(at).active)
    sound(at.run())
    assert job(at).state == "done" and job(at).step.done == job(at).step.total == 2 * (1500 // 256)
    assert {"Weights", "Picture", "Settings"} <= set(labels(at, "download_button"))
    run = at.session_state["ae_live_run"]
    assert run["settings"]["member"] == "denoising_dropout"
    assert run["settings"]["changes"] == {"codings": 8, "amount": 0.5}
    json.dumps(run["settings"])
    row = at.table[0].value.iloc[0]
    assert row["Parameters"] == f"{run['model'].parameters:,}"
    assert float(row["Held-out error"]) == pytest.approx(job(at).step.losses["held-out error"], abs=1e-4)

    again = autoencoders.build(train_view.recipe(run["settings"]), seed=5)
    shown = training_data.load_images("digits", "test")[0][:5]
    here = autoencoders.reconstruct(run["model"], shown)
    (tmp_path / "kept.weights.h5").write_bytes(train_result._weights(run["model"]))
    again.whole.load_weights(tmp_path / "kept.weights.h5")
    np.testing.assert_allclose(autoencoders.reconstruct(again, shown), here, atol=1e-6)
    run_script(dedent_script(train_view.script(run["settings"])), tmp_path)
    again.whole.load_weights(tmp_path / "autoencoder_live.weights.h5")
    np.testing.assert_allclose(autoencoders.reconstruct(again, shown), here, atol=1e-3)
    assert (tmp_path / "autoencoder_pictures.png").is_file()


def test_stop_keeps_what_there_is(made_up):
    at = train(visit(**LONG))
    at.button(key="ae_live_stop").click().run()
    until(lambda: not job(at).active)
    assert job(at).state == "stopped" and job(at).step.done < job(at).step.total
    sound(at.run())
    assert "Weights" in labels(at, "download_button")
    assert float(at.table[0].value.iloc[0]["Epochs"]) < 100, "not those that it was asked for"


def test_pause_another_tab_and_other_controls_leave_the_training_alone(made_up):
    at = train(visit(**LONG))
    mine = job(at)
    at.button(key="ae_live_pause").click().run()
    until(lambda: mine.state == "paused")
    held = mine.step.done
    at.session_state["ae_tab"] = "How it works"
    sound(at.run())
    at.session_state["ae_tab"] = "Train it"
    sound(at.run()).select_slider(key="ae_live_codings").set_value(4).run()
    assert at.button(key="ae_live_train").disabled
    at.button(key="ae_live_resume").click().run()
    until(lambda: job(at).step.done > held)
    assert job(at) is mine
    assert at.session_state["ae_live_run"]["settings"]["changes"]["codings"] == autoencoders.CODINGS


def test_a_greedy_training_shows_which_layers_learn(made_up, monkeypatch):
    monkeypatch.setitem(train_controls.SMALL_EPOCHS, "greedy", 3)
    at = visit(ae_live_data="digits")
    at.button(key="ae_live_try_A layer at a time").click().run()
    seen = {}
    while job(at).active or not seen:
        at.run()
        now = [each.value for each in at.markdown if "badge[" in each.value]
        if now and job(at).step:
            seen[now[0]] = True
    sound(at.run())
    assert len(seen) == 3 and all(each.count(":orange-badge") == 1 for each in seen), "one phase on at a time"
    begun = at.session_state["ae_live_run"]["phases"]
    assert [phase for _, phase in begun] == list(train_view.PHASES)
    assert [done for done, _ in begun] == sorted({done for done, _ in begun})


def test_any_other_member_has_one_phase_and_says_nothing_of_it(made_up):
    at = train(visit(**TINY))
    assert not any("badge[" in each.value for each in at.markdown)


@pytest.mark.parametrize("error", [float("nan"), 0.3])
def test_too_high_a_learning_rate_is_told(made_up, error):
    made_up["error"] = error
    at = visit(**TINY, ae_live_rate=0.05)
    at.button(key="ae_live_train").click().run()
    until(lambda: not job(at).active)
    at.run()
    assert not at.exception
    assert "Lower it and train again" in at.error[0].value


def test_a_usual_learning_rate_is_not_blamed(made_up):
    made_up["error"] = 0.3
    at = visit(**TINY)
    at.button(key="ae_live_train").click().run()
    until(lambda: not job(at).active)
    sound(at.run())


@pytest.mark.parametrize("data", ["digits", pytest.param("fashion_mnist", marks=pytest.mark.data)])
def test_the_yardstick_is_what_one_average_picture_would_have(data):
    held_out = training_data.load_images(data, "test")[0][: train_view.HELD_OUT] / 255
    assert held_out.var(axis=0).mean() == pytest.approx(train_view.AVERAGE[data], abs=1e-3)


def test_a_member_brings_its_controls_and_what_is_usual_for_it():
    at = visit(ae_live_data="digits")
    keys = {each.key for each in at.slider} | {each.key for each in at.select_slider}
    assert not keys & {"ae_live_amount", "ae_live_weight"}
    sound(at.selectbox(key="ae_live_member").set_value("Denoising, Gaussian").run())
    assert at.slider(key="ae_live_amount").value == autoencoders.FAMILY["denoising_gaussian"].amount
    sound(at.selectbox(key="ae_live_member").set_value("Sparse, KL").run())
    assert at.select_slider(key="ae_live_weight").value == "0.005"
    assert at.select_slider(key="ae_live_codings").value == 300
    at.select_slider(key="ae_live_weight").set_value("0.05").run()
    at.button(key="ae_live_reset").click().run()
    assert at.select_slider(key="ae_live_weight").value == "0.005"
    sound(at.selectbox(key="ae_live_data").set_value("mnist").run())
    assert at.session_state["ae_live_epochs"] == train_controls.LARGE_EPOCHS["others"]


def test_every_usual_value_is_on_its_slider():
    """Else the control would say one thing and the training do another."""
    for recipe in autoencoders.FAMILY.values():
        assert recipe.sparsity == "none" or recipe.weight in map(float, train_controls.WEIGHTS)
    assert {train_controls.RATE, *train_controls.USUAL_RATE.values()} <= set(train_controls.RATES)


def test_what_to_try_starts_with_its_own_settings(made_up):
    at = visit(ae_live_data="digits")
    for title, changes, _ in live.TRIES:
        member, *values = changes.items()
        at.button(key=f"ae_live_try_{title}").click().run()
        settings = at.session_state["ae_live_run"]["settings"]
        assert member[0] == "ae_live_member" and settings["member"] == common.NAMES[member[1]]
        given = {**settings["changes"], "rate": settings["train"]["learning_rate"]}
        for key, value in values:
            assert given[key.removeprefix("ae_live_")] == float(value)
        stop_all()
        at.run()
    assert not at.exception


def test_no_data_names_three_ways_and_the_run_says_so_too(monkeypatch, tmp_path):
    import keras

    def unreachable():
        raise Exception("URL fetch failure")  # as keras.utils.get_file does

    monkeypatch.delenv("GENMODELS_DATA_DIR", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr(keras.datasets.mnist, "load_data", unreachable)
    at = visit(ae_live_data="mnist")
    assert all(way in at.warning[0].value for way in ("internet", "GENMODELS_DATA_DIR", "mnist.npz"))
    at.button(key="ae_live_train").click().run()
    until(lambda: not job(at).active)
    at.run()
    assert not at.exception
    assert "Three ways" in at.error[0].value


@pytest.mark.parametrize("data", ["digits", "mnist"])
def test_the_script_is_python_with_the_settings(data):
    train = {"epochs": 1, "batch_size": 256, "learning_rate": 0.001, "report_every": 4, "seed": 7}
    settings = {"data": data, "member": "sparse_l1", "changes": {"codings": 64, "weight": 0.001}, "train": train}
    source = dedent_script(train_view.script(settings))
    compile(source, "script", "exec")
    assert "weight=0.001" in source and "seed=7)" in source and ("resize" in source) == (data == "digits")


# --- few labels ---------------------------------------------------------------------------------


@pytest.fixture
def shipped(monkeypatch):
    """A curve as it is shipped: "tuned" is always better, "frozen" only with few labels."""
    better = {"scratch": (0.0, 0.0), "frozen": (0.1, -0.1), "tuned": (0.1, 0.02)}
    found = tuple(
        Result(n, start, seed, 0.6 + seed / 100 + lead[n == 5000] + (seed % 2) * (start == "tuned") / 500)
        for n in (50, 5000)
        for seed in range(5)
        for start, lead in better.items()
    )
    few_labels._shipped.clear()
    monkeypatch.setattr(unsupervised_pretraining, "shipped", lambda: found)
    yield found
    few_labels._shipped.clear()


def test_the_shipped_curve_is_told_in_its_own_numbers(shipped):
    at = visit("Few labels", ae_few_data="digits")
    said = " ".join(each.value for each in at.markdown)
    assert "**Pretrained, tuned** is better than from scratch with every number of labels, by up to" in said
    assert "**Pretrained, frozen** is better than from scratch with 50 labels" in said
    assert "it is worse than from scratch with 5,000 labels" in said
    table = at.table[0].value
    assert list(table["50 labels"]) == ["62.0%", "72.0%", "72.1%"]


def test_verdicts():
    sure, unsure, worse = Gain(50, 0.03, 0.005, 5), Gain(200, 0.01, 0.05, 5), Gain(1000, -0.02, 0.001, 5)
    assert pretraining_view.verdict([sure]) == "is better than from scratch with 50 labels, by 3.0 points."
    assert pretraining_view.verdict([unsure]) == "cannot be told from scratch here."
    assert pretraining_view.verdict([sure, unsure, worse]) == (
        "is better than from scratch with 50 labels, by 3.0 points; it is worse than from scratch with 1,000 labels, "
        "by 2.0 points; it cannot be told from it with 200."
    )


def test_without_the_shipped_curve_the_page_says_so_and_the_rest_works(monkeypatch):
    def missing():
        raise weights.WeightsError("weights/autoencoders_pretraining.json is missing")

    few_labels._shipped.clear()
    monkeypatch.setattr(unsupervised_pretraining, "shipped", missing)
    at = visit("Few labels", ae_few_data="digits")
    assert "is missing" in at.warning[0].value
    assert not at.button(key="ae_few_train").disabled
    sound(at.button_group(key="ae_few_labels").set_value([]).run())
    assert at.button(key="ae_few_train").disabled, "nothing to compare"


def test_on_digits_an_autoencoder_comes_first_and_stop_keeps_the_points(shipped, monkeypatch):
    monkeypatch.setitem(pretraining_view.FIRST, "epochs", 1)
    at = visit("Few labels", ae_few_data="digits", ae_few_labels=[20], ae_few_batches=100)
    assert "Train 6 classifiers" in labels(at, "button")
    at.button(key="ae_few_train").click().run()
    until(lambda: job(at, "ae_few").step is not None and job(at, "ae_few").step.results)
    sound(at.run()).button(key="ae_few_stop").click().run()
    until(lambda: not job(at, "ae_few").active)
    sound(at.run())
    mine = job(at, "ae_few")
    assert mine.state == "stopped" and mine.step.total == 46 + 6 * 100
    assert mine.step.done == 46 + 100 * len(mine.step.results), "what is counted is batches"
    assert mine.step.results[0].start == "scratch" and len(mine.step.results) < 6
    assert any(f"{len(mine.step.results)} classifiers so far" in each.value for each in at.caption)


def test_the_comparison_as_a_script(tmp_path, monkeypatch):
    monkeypatch.setitem(pretraining_view.FIRST, "epochs", 1)
    monkeypatch.setattr(
        unsupervised_pretraining, "STARTS", ("frozen",)
    )  # one of them is enough, and three take a while
    settings = {"data": "digits", "labels": [20], "seeds": 1, "batches": 5}
    assert "20 labels, frozen" in run_script(dedent_script(few_labels.script(settings)), tmp_path)
    source = dedent_script(few_labels.script(settings | {"data": "fashion_mnist"}))
    compile(source, "script", "exec")
    assert "resize" not in source and 'load("stacked")' in source


def test_clothes_begin_with_the_shipped_encoder(shipped, monkeypatch):
    given = {}

    def compare(pretrained, train, held_out, **rest):
        given.update(rest, pretrained=pretrained, rows=(len(train[0]), len(held_out[0])))
        yield unsupervised_pretraining.Step(1, 2, shipped[:1])
        yield unsupervised_pretraining.Step(2, 2, shipped[:2])

    digits = training_data.load_images("digits", "train")
    monkeypatch.setattr(datasets, "available", lambda name: True)
    monkeypatch.setattr(training_data, "load_images", lambda data, split: digits)
    monkeypatch.setattr(autoencoders, "load", lambda name: f"the shipped {name}")
    monkeypatch.setattr(unsupervised_pretraining, "compare", compare)
    at = visit("Few labels", ae_few_data="fashion_mnist", ae_few_labels=[200, 50], ae_few_seeds=3)
    at.button(key="ae_few_train").click().run()
    until(lambda: not job(at, "ae_few").active)
    sound(at.run())
    assert given == {
        "pretrained": "the shipped stacked",
        "rows": (1500, 1500),
        "labels": [50, 200],
        "seeds": range(3),
        "batches": 300,
    }
    assert any("behind them the curve" in each.value for each in at.caption)
