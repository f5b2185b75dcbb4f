"""The view Unsupervised pretraining without a browser."""

import pytest

from genmodels import weights
from genmodels.autoencoders import model as autoencoders
from genmodels.autoencoders import unsupervised_pretraining
from genmodels.autoencoders.unsupervised_pretraining import AccuracyGain, Result
from genmodels.data import datasets
from genmodels.jobs.job_queue import Job
from pages.autoencoders import pretraining_chart
from pages.autoencoders import unsupervised_pretraining as view
from tests import visitor
from tests.visitor import labels, run_script, sound, stop_all, until
from ui import training_data
from ui.code_panel import dedent_script


def visit(**state):
    selected = {"ae_tab": "Train", "ae_train_view": "Unsupervised pretraining"}
    return visitor.visit("pages/autoencoders/page.py", **selected | state)


def job(at) -> Job:
    return visitor.job(at, "pretraining")


@pytest.fixture(autouse=True)
def stop_trainings():
    """No training outlives its test."""
    yield
    stop_all()


@pytest.fixture
def stored(monkeypatch):
    """Results in place of the stored ones: "finetuned" is always better, "frozen" only with few labels."""
    gain = {"scratch": (0.0, 0.0), "frozen": (0.1, -0.1), "finetuned": (0.1, 0.02)}
    results = tuple(
        Result(n, name, seed, 0.6 + seed / 100 + gains[n == 5000] + (seed % 2) * (name == "finetuned") / 500)
        for n in (50, 5000)
        for seed in range(5)
        for name, gains in gain.items()
    )
    view._stored_results.clear()
    monkeypatch.setattr(unsupervised_pretraining, "load_results", lambda: results)
    yield results
    view._stored_results.clear()


def test_the_conclusions_are_those_of_the_stored_results(stored):
    at = visit(pretraining_data="digits")
    text = " ".join(each.value for each in at.markdown)
    assert "**Pretrained, fine-tuned** is better than from scratch with every number of labels, by up to" in text
    assert "**Pretrained, frozen** is better than from scratch with 50 labels" in text
    assert "it is worse than from scratch with 5,000 labels" in text
    table = at.table[0].value
    assert list(table["50 labels"]) == ["62.0%", "72.0%", "72.1%"]


def test_gains_are_summarized_by_their_significance():
    better, unclear = AccuracyGain(50, 0.03, 0.005, 5), AccuracyGain(200, 0.01, 0.05, 5)
    worse = AccuracyGain(1000, -0.02, 0.001, 5)
    assert pretraining_chart.gain_summary([better]) == "is better than from scratch with 50 labels, by 3.0 points."
    assert pretraining_chart.gain_summary([unclear]) == "is not significantly different from scratch."
    assert pretraining_chart.gain_summary([better, unclear, worse]) == (
        "is better than from scratch with 50 labels, by 3.0 points; it is worse than from scratch with 1,000 labels, "
        "by 2.0 points; it is not significantly different from scratch with 200 labels."
    )


def test_without_the_stored_results_the_page_warns_and_can_still_train(monkeypatch):
    def missing():
        raise weights.WeightsError("weights/autoencoders_pretraining.json is missing")

    view._stored_results.clear()
    monkeypatch.setattr(unsupervised_pretraining, "load_results", missing)
    at = visit(pretraining_data="digits")
    assert "is missing" in at.warning[0].value
    assert not at.button(key="pretraining_train").disabled
    sound(at.button_group(key="pretraining_labels").set_value([]).run())
    assert at.button(key="pretraining_train").disabled, "nothing to compare"


@pytest.mark.slow
def test_on_digits_an_autoencoder_is_trained_first_and_stop_keeps_the_results(stored, monkeypatch):
    monkeypatch.setitem(pretraining_chart.DIGITS_TRAINING, "epochs", 1)
    at = visit(pretraining_data="digits", pretraining_labels=[20], pretraining_training_steps=100)
    assert "Train 6 classifiers" in labels(at, "button")
    at.button(key="pretraining_train").click().run()
    until(lambda: job(at).step is not None and job(at).step.results)
    sound(at.run()).button(key="pretraining_stop").click().run()
    until(lambda: not job(at).active)
    sound(at.run())
    current = job(at)
    assert current.state == "stopped" and current.step.total == 46 + 6 * 100
    assert current.step.done == 46 + 100 * len(current.step.results), "batches are counted"
    assert current.step.results[0].initialization == "scratch" and len(current.step.results) < 6
    assert any(f"{len(current.step.results)} classifiers so far" in each.value for each in at.caption)


@pytest.mark.slow
def test_the_script_repeats_the_comparison(tmp_path, monkeypatch):
    monkeypatch.setitem(pretraining_chart.DIGITS_TRAINING, "epochs", 1)
    monkeypatch.setattr(unsupervised_pretraining, "INITIALIZATIONS", ("frozen",))  # one of the three, to save time
    settings = {"data": "digits", "labels": [20], "repetitions": 1, "training_steps": 5}
    assert "20 labels, frozen" in run_script(dedent_script(view.script(settings)), tmp_path)
    source = dedent_script(view.script(settings | {"data": "fashion_mnist"}))
    compile(source, "script", "exec")
    assert "resize" not in source and 'load("stacked")' in source


def test_fashion_mnist_uses_the_pretrained_encoder(stored, monkeypatch):
    arguments = {}

    def compare(pretrained, train, test, **options):
        arguments.update(options, pretrained=pretrained, rows=(len(train[0]), len(test[0])))
        yield unsupervised_pretraining.Step(1, 2, stored[:1])
        yield unsupervised_pretraining.Step(2, 2, stored[:2])

    digits = training_data.load_images("digits", "train")
    monkeypatch.setattr(datasets, "available", lambda name: True)
    monkeypatch.setattr(training_data, "load_images", lambda data, split: digits)
    monkeypatch.setattr(autoencoders, "load", lambda name: f"pretrained {name}")
    monkeypatch.setattr(unsupervised_pretraining, "compare", compare)
    at = visit(pretraining_data="fashion_mnist", pretraining_labels=[200, 50], pretraining_repetitions=3)
    at.button(key="pretraining_train").click().run()
    until(lambda: not job(at).active)
    sound(at.run())
    assert arguments == {
        "pretrained": "pretrained stacked",
        "rows": (1500, 1500),
        "labels": [50, 200],
        "seeds": range(3),
        "training_steps": 300,
    }
    assert any("Lines: the stored comparison" in each.value for each in at.caption)
