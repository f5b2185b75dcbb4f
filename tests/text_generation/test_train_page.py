"""Learning a text: `build`, `freeze` and `train` by themselves, and the section "Train it" without a browser."""

import codecs
import json
import subprocess
import sys
from itertools import islice

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from genmodels.data import text_data
from genmodels.jobs.job_queue import Job
from genmodels.text_generation import model as text_generation
from pages.text_generation import train, train_view
from tests import visitor
from tests.visitor import ROOT, at_the_door, labels, run_script, sound, stop_all, until
from ui.code_panel import dedent_script

SONG = "one two three four five, once I caught a fish alive. " * 12
LETTERS = "".join(sorted(set(SONG)))
TINY = {
    "text_live_units": 32,
    "text_live_window": 20,
    "text_live_batch": 16,
    "text_live_length": 20_000,
    "text_live_epochs": 2,
}
LONG = TINY | {"text_live_epochs": 200}  # longer than any test lasts


# --- the module ---------------------------------------------------------------------------------


def learning(mode: str = "shifted", seed: int = 0, **more):
    """A fresh small model on the song: the model, and the steps of its training."""
    model = text_generation.build(LETTERS, units=24, seed=seed)
    given = {"window": 12, "epochs": 8, "batch_size": 8, "learning_rate": 0.02, "report_every": 4, "seed": seed}
    text, held_out = SONG[:500], SONG[500:]
    return model, text_generation.train(model, LETTERS, text, held_out=held_out, mode=mode, **given | more)


def test_the_loss_falls_on_a_text_that_repeats_itself():
    _, steps = learning(sample_length=30, prompt="one ")
    steps = list(steps)
    first, last = steps[0], steps[-1]
    assert first.done == 1 and last.done == last.total == 8 * (499 // (12 * 8))
    for which in ("training loss", "held-out loss"):
        assert abs(first.losses[which] - np.log(len(LETTERS))) < 0.4, "a fresh network knows nothing"
        assert last.losses[which] < first.losses[which] - 0.7
    assert [step.done for step in steps] == sorted({step.done for step in steps})
    assert first.epoch == 0 and first.sample == "" and last.epoch == 8 and len(last.sample) == 30
    assert all(step.characters_per_second > 0 for step in steps)


def test_the_same_seed_learns_the_same():
    once, again = ([step.losses["held-out loss"] for step in islice(learning(seed=3)[1], 3)] for _ in range(2))
    np.testing.assert_allclose(again, once, rtol=1e-5)


@pytest.mark.parametrize("mode", text_generation.MODES)
def test_what_a_window_teaches(mode):
    """Each window is asked for what comes one character later; the loss looks at all answers, or at the last."""
    model, seen = learning()[0], []

    def watched(x, y, sample_weight):
        seen.extend((x, y, sample_weight))
        raise InterruptedError

    model.train_on_batch = watched
    with pytest.raises(InterruptedError):
        next(text_generation.train(model, LETTERS, SONG, held_out=SONG, mode=mode, window=6, batch_size=3))
    x, y, weight = seen
    assert x.shape == y.shape == weight.shape == (3, 6)
    for row, after in zip(x, y, strict=True):
        assert "".join(LETTERS[k] for k in [*row, after[-1]]) in SONG and list(row[1:]) == list(after[:-1])
    np.testing.assert_array_equal(weight, [[1] * 6] * 3 if mode == "shifted" else [[0] * 5 + [1]] * 3)


def test_a_training_dropped_in_the_middle_keeps_what_it_learnt():
    model, steps = learning()
    fresh = text_generation.freeze(model, LETTERS)  # a copy: it learns no more
    for _ in islice(steps, 5):
        pass
    steps.close()
    learnt = text_generation.freeze(model, LETTERS)
    assert text_generation.score(learnt, SONG[500:]).mean() < text_generation.score(fresh, SONG[500:]).mean() - 0.2


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"mode": "previous"}, "unknown mode 'previous': expected one of shifted, next"),
        ({"window": 500}, "the text has 500 characters; a window of 500 needs 501"),
        ({"window": 400}, "the held-out text has 136 characters; a window of 400 needs 401"),
    ],
)
def test_a_training_that_cannot_be_is_refused(more, told):
    with pytest.raises(ValueError, match=told):
        next(learning(**more)[1])


def test_a_text_in_other_characters_is_refused():
    with pytest.raises(ValueError, match="does not know the character 'Z'"):
        next(text_generation.train(learning()[0], LETTERS, SONG + "Z", held_out=SONG))


@pytest.mark.parametrize("cell", text_generation.CELLS)
def test_weights_come_back_from_their_file(cell, tmp_path):
    model = text_generation.build(LETTERS, cell=cell, units=(12, 8), seed=2)
    model.save_weights(tmp_path / "text.weights.h5")
    again = text_generation.read(tmp_path / "text.weights.h5", LETTERS, cell)
    frozen = text_generation.freeze(model, LETTERS)
    assert [layer.units for layer in again.layers] == [12, 8] and again.cell == frozen.cell == cell
    np.testing.assert_array_equal(text_generation.predict(again, "one "), text_generation.predict(frozen, "one "))


@pytest.mark.parametrize(
    ("vocabulary", "cell", "told"),
    [
        ("abc", "perceptron", "unknown cell 'perceptron': expected one of lstm, gru, simple_rnn"),
        ("a", "lstm", "two different characters or more, each once, got 'a'"),
        ("", "lstm", "two different characters"),
        ("abca", "gru", "each once, got 'abca'"),
    ],
)
def test_a_model_that_cannot_be_is_refused(vocabulary, cell, told):
    with pytest.raises(ValueError, match=told):
        text_generation.build(vocabulary, cell=cell)


# --- the page -----------------------------------------------------------------------------------


def visit(**state) -> AppTest:
    return visitor.visit("pages/text_generation/page.py", **{"text_tab": "Train it"} | state)


def bring(at: AppTest, data: bytes, name: str = "notes.txt") -> AppTest:
    """Upload a text of one's own."""
    at.session_state["text_live_corpus"] = "own"
    at.run()
    at.file_uploader[0].set_value((name, data, "text/plain"))
    at.run()
    assert not at.exception, at.exception[0].stack_trace
    return at


def job(at: AppTest) -> Job:
    return visitor.job(at, "text_live")


def run(at: AppTest) -> dict:
    return at.session_state["text_live_run"]


def words(at: AppTest) -> str:
    """All that the page says."""
    return "\n".join(each.value for kind in ("markdown", "caption", "info") for each in at.get(kind)) + "\n".join(
        each.proto.body for each in at.get("html")
    )


@pytest.fixture(autouse=True)
def empty_line():
    """No training outlives its test."""
    yield
    stop_all()


def test_pythons_help_is_described_and_ready():
    at = visit()
    said = words(at)
    whole = text_data.load("python")
    assert f"the first 300,000 of {len(whole):,} characters" in said and "15,000 are held out" in said
    assert "The &quot;assert&quot; statement" in said
    assert not at.button(key="text_live_train").disabled


@pytest.mark.parametrize("mode", train.MODES)
def test_both_ways_are_drawn_and_the_chosen_one_is_named(mode):
    said = words(visit(text_live_mode=mode))
    assert "it reads" in said and {"shifted": "shifted (chosen)", "next": "the next one only (chosen)"}[mode] in said


def test_stop_keeps_what_was_learnt_and_it_writes(tmp_path):
    at = bring(visit(**LONG), SONG.encode() * 8)
    sound(at).button(key="text_live_train").click().run()
    until(lambda: job(at).step is not None and job(at).step.epoch >= 2)
    sound(at.run()).button(key="text_live_stop").click().run()
    until(lambda: not job(at).active)
    sound(at.run())
    assert job(at).state == "stopped" and job(at).step.done < job(at).step.total
    epochs = [epoch for epoch, *_ in run(at)["samples"]]
    assert epochs == list(range(len(epochs))) and len(epochs) >= 3
    assert "Before it has learnt anything" in words(at) and "Epoch 2: held out" in words(at)
    assert {"Weights", "Settings", "Text", "Samples"} <= set(labels(at, "download_button"))

    # the file comes back, with the vocabulary that is in the settings
    (tmp_path / "kept.weights.h5").write_bytes(train_view._weights(run(at)["model"]))
    again = text_generation.read(tmp_path / "kept.weights.h5", run(at)["vocabulary"], "lstm")
    (written,), _ = text_generation.write(again, "one two ", [0.0], length=50, seed=1)
    at.text_input(key="text_live_prompt").set_value("one two ").run()
    at.slider(key="text_live_temperature").set_value(0.0).run()
    at.slider(key="text_live_write").set_value(50).run()
    assert f"<b>one two </b>{written}</div>" in words(sound(at))

    # whatever is typed, something is said and something is written
    for typed, told in (("", "zero state"), ("😀😀", "`😀` → space"), ("one\0ÉZ", "`É` → `e`")):
        at.text_input(key="text_live_prompt").set_value(typed).run()
        assert told in words(sound(at)), typed

    # a text that cannot be learnt disables Train, says why, and takes nothing away
    bring(at, b"")
    assert "There is no text in this file" in at.error[0].value
    assert at.button(key="text_live_train").disabled and "Weights" in labels(at, "download_button")
    kept = job(at)
    live_start = at.button(key="text_live_try_A tiny network")
    assert live_start.disabled and job(at) is kept


def test_a_training_runs_to_its_end_and_its_script_repeats_it(tmp_path):
    at = bring(visit(**TINY | {"text_live_cell": "gru", "text_live_layers": 2}), SONG.encode() * 4, "a 'song'.txt")
    at.button(key="text_live_train").click().run()
    until(lambda: not job(at).active)
    sound(at.run())
    assert job(at).state == "done" and job(at).step.done == job(at).step.total
    settings = run(at)["settings"]
    assert settings["file"] == "a 'song'.txt" and settings["build"] == {"cell": "gru", "units": [32, 32], "seed": 0}
    json.dumps(settings)
    (tmp_path / settings["file"]).write_text(SONG * 4, encoding="utf-8")
    run_script(dedent_script(train_view.script(settings)), tmp_path)
    again = text_generation.read(tmp_path / "text_live.weights.h5", run(at)["vocabulary"], "gru")
    here = text_generation.freeze(run(at)["model"], run(at)["vocabulary"])
    np.testing.assert_allclose(text_generation.predict(again, "one "), text_generation.predict(here, "one "), atol=1e-3)
    assert (tmp_path / "text_live.txt").stat().st_size > 100


def test_the_worker_keeps_the_upload_after_the_uploader_is_gone():
    at = bring(visit(**LONG), SONG.encode() * 8)
    at.button(key="text_live_train").click().run()
    at.session_state["text_tab"] = "How it works"
    at.run()
    until(lambda: job(at).step is not None)
    at.session_state["text_tab"] = "Train it"
    sound(at.run())
    assert job(at).active and "Stop" in labels(at, "button")
    assert at.button(key="text_live_train").disabled
    at.select_slider(key="text_live_units").set_value(256).run()
    assert run(at)["settings"]["build"]["units"] == [32]


def test_pause_and_go_on():
    at = visit(**LONG)
    at.button(key="text_live_train").click().run()
    until(lambda: job(at).step is not None)
    at.run().button(key="text_live_pause").click().run()
    until(lambda: job(at).state == "paused")
    held = job(at).step.done
    at.run().button(key="text_live_resume").click().run()
    until(lambda: job(at).step.done > held)


def test_what_to_try_starts_with_its_own_settings():
    at = visit(**TINY)
    at.button(key="text_live_try_SimpleRNN, not LSTM").click().run()
    settings = run(at)["settings"]
    assert settings["build"] == {"cell": "simple_rnn", "units": [128], "seed": 0}
    assert settings["train"]["mode"] == "shifted" and "SimpleRNN(128) on Python's help" in job(at).title
    sound(at)


def test_a_loss_that_is_no_number_is_told():
    at = visit(**TINY)
    at.button(key="text_live_train").click().run()
    until(lambda: not job(at).active)
    job(at).step.losses["held-out loss"] = float("nan")
    at.run()
    assert not at.exception
    assert "no longer a number" in at.error[0].value
    assert "nothing in it to write with" in words(at)


BAD = {
    "empty": (b"", "There is no text"),
    "blank": (b" \n\n\t ", "There is no text"),
    "one letter": (b"a" * 5000, "one character over and over"),
    "emoji": ("😀".encode() * 500, "one character over and over"),
    "NUL": (b"words\0" * 100, "NUL bytes"),
    "utf-16 without its mark": (("plain " * 100).encode("utf-16-le"), "NUL bytes"),
    "a program": (b"MZ\x90\x00\x03" + bytes(range(256)) * 40, "not a text file"),
    "too short": (b"A short text.", "13 characters. A window of 60 needs 122"),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_is_no_text_is_told_and_cannot_be_trained_on(kind):
    data, told = BAD[kind]
    at = bring(visit(), data)
    assert told in at.error[0].value
    assert at.button(key="text_live_train").disabled
    at.session_state["text_live_corpus"] = "python"
    assert not sound(at.run()).button(key="text_live_train").disabled


@pytest.mark.parametrize("data", [SONG.encode("utf-16"), codecs.BOM_UTF8 + SONG.encode(), SONG.encode("cp1252")])
def test_a_good_upload_is_described(data):
    at = sound(bring(visit(), data))
    assert f"{len(SONG)} characters, {len(LETTERS)} different ones" in words(at)
    assert not at.button(key="text_live_train").disabled


def test_an_upload_is_still_there_after_another_tab():
    at = bring(visit(), SONG.encode(), "song.txt")
    at.session_state["text_tab"] = "How it works"
    at.run()
    at.session_state["text_tab"] = "Train it"
    sound(at.run())
    assert at.session_state["text_live_own"]["text"] == SONG
    assert not at.button(key="text_live_train").disabled


def test_without_an_upload_the_page_asks_for_one():
    at = visit(text_live_corpus="own")
    assert any(train.CHOOSE in each.value for each in at.info)
    assert at.button(key="text_live_train").disabled


def test_a_window_longer_than_the_text_is_told_with_what_it_needs():
    at = bring(visit(text_live_window=100), SONG[:150].encode())
    assert "150 characters. A window of 100 needs 202" in at.error[0].value
    at.select_slider(key="text_live_window").set_value(60).run()
    assert not sound(at).button(key="text_live_train").disabled


def test_without_nietzsche_three_ways_are_told_and_the_run_says_so_too(monkeypatch, tmp_path):
    import keras

    def unreachable(*args, **more):
        raise Exception("URL fetch failure")  # as keras.utils.get_file does

    monkeypatch.delenv("GENMODELS_DATA_DIR", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr(keras.utils, "get_file", unreachable)
    at = visit(text_live_corpus="nietzsche")
    text = at.warning[0].value
    assert all(way in text for way in ("internet", "GENMODELS_DATA_DIR", "nietzsche.txt", ".keras/datasets"))
    at.button(key="text_live_train").click().run()
    until(lambda: not job(at).active)
    at.run()
    assert not at.exception
    assert "Three ways" in at.error[0].value


def test_nietzsche_from_the_folder(monkeypatch, tmp_path):
    train_view.shipped.clear()
    (tmp_path / "nietzsche.txt").write_text(SONG, encoding="utf-8")
    monkeypatch.setenv("GENMODELS_DATA_DIR", str(tmp_path))
    at = visit(text_live_corpus="nietzsche")
    assert f"{len(SONG)} characters" in words(at) and not at.warning
    train_view.shipped.clear()
    (tmp_path / "nietzsche.txt").write_bytes(bytes(50))
    at.run()
    assert not at.exception
    assert "nietzsche.txt is not a readable text" in at.error[0].value and at.button(key="text_live_train").disabled
    train_view.shipped.clear()


def test_reset_brings_the_controls_back():
    at = visit(**TINY | {"text_live_cell": "gru", "text_live_rate": 0.05, "text_live_mode": "next"})
    at.button(key="text_live_reset").click().run()
    assert {key: at.session_state[key] for key in train.DEFAULTS} == train.DEFAULTS


@pytest.mark.parametrize(
    "query",
    [
        {"text_live_corpus": "goethe", "text_live_cell": "", "text_live_units": "-5", "text_live_rate": "nan"},
        {"text_live_window": "1e9", "text_live_epochs": "1e7", "text_live_seed": "-1", "text_live_length": "x"},
        {"text_live_temperature": "hot", "text_live_mode": "<b>", "text_live_layers": "3", "text_live_batch": ""},
    ],
)
def test_absurd_addresses_show_the_page(query):
    at = at_the_door("pages/text_generation/page.py")
    at.query_params.update({"text_tab": "Train it"} | query)
    sound(at.run())
    assert at.session_state["text_live_corpus"] in train.CORPORA


def test_opening_the_section_does_not_wake_tensorflow():
    script = (
        "import sys; from pages.text_generation import train, train_view; "
        "from genmodels.data import text_data; text_data.load('python'); print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert not {"tensorflow", "keras"} & set(done.stdout.split())


@pytest.mark.parametrize("corpus", train.CORPORA)
def test_the_script_is_python_with_the_settings(corpus):
    settings = {
        "corpus": corpus,
        "file": "my notes.txt" if corpus == "own" else None,
        "length": 50_000,
        "build": {"cell": "gru", "units": [64], "seed": 3},
        "train": {"mode": "next", "window": 40, "epochs": 2, "batch_size": 32, "learning_rate": 0.01, "seed": 3},
    }
    source = dedent_script(train_view.script(settings))
    compile(source, "script", "exec")
    assert "units=[64]" in source and "mode='next'" in source
    assert ("my notes.txt" in source) == (corpus == "own")
