"""The tab Train in AppTest: texts, uploads, runs, results and scripts."""

import codecs
import json
import subprocess
import sys

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from genmodels.data import text_data
from genmodels.jobs.job_queue import Job
from genmodels.text_generation import char_rnn, generation
from pages.text_generation import train_controls, train_result
from tests import visitor
from tests.visitor import ROOT, at_the_door, labels, run_script, sound, stop_all, until
from ui import training_panel
from ui.code_panel import dedent_script

SONG = "one two three four five, once I caught a fish alive. " * 12
LETTERS = "".join(sorted(set(SONG)))
TINY = {
    "text_train_units": 32,
    "text_train_sequence_length": 20,
    "text_train_batch_size": 16,
    "text_train_text_length": 20_000,
    "text_train_epochs": 2,
}
LONG = TINY | {"text_train_epochs": 200}  # longer than any test takes


def visit(**state) -> AppTest:
    return visitor.visit("pages/text_generation/page.py", **{"text_tab": "Train"} | state)


def bring(at: AppTest, data: bytes, name: str = "notes.txt") -> AppTest:
    """Upload a text."""
    at.session_state["text_train_corpus"] = "own"
    at.run()
    at.file_uploader[0].set_value((name, data, "text/plain"))
    at.run()
    assert not at.exception, at.exception[0].stack_trace
    return at


def job(at: AppTest) -> Job:
    return visitor.job(at, "text_train")


def run(at: AppTest) -> dict:
    return visitor.job(at, "text_train").run


def page_text(at: AppTest) -> str:
    """Markdown, captions, messages and HTML of the page."""
    return "\n".join(each.value for kind in ("markdown", "caption", "info") for each in at.get(kind)) + "\n".join(
        each.proto.body for each in at.get("html")
    )


@pytest.fixture(autouse=True)
def no_running_jobs():
    """Stop all jobs after each test."""
    yield
    stop_all()


def test_the_python_help_is_described_and_can_be_trained_on():
    at = visit()
    shown = page_text(at)
    whole = text_data.load("python")
    assert f"the first 300,000 of {len(whole):,} characters" in shown and "the last 15,000 held out" in shown
    assert "The &quot;assert&quot; statement" in shown
    assert not at.button(key="text_train_train").disabled


@pytest.mark.parametrize("target", train_controls.TRAINING_TARGETS)
def test_both_training_targets_are_shown_and_the_chosen_one_is_marked(target):
    shown = page_text(visit(text_train_training_target=target))
    assert "target: shifted" in shown and "target: next" in shown
    assert {"shifted": "shifted (chosen)", "next": "next character only (chosen)"}[target] in shown


def test_a_stopped_training_keeps_its_weights_and_generates(tmp_path):
    at = bring(visit(**LONG), SONG.encode() * 8)
    sound(at).button(key="text_train_train").click().run()
    until(lambda: job(at).step is not None and job(at).step.epoch >= 2)
    sound(at.run()).button(key="text_train_stop").click().run()
    until(lambda: not job(at).active)
    sound(at.run())
    assert job(at).state == "stopped" and job(at).step.done < job(at).step.total
    epochs = [epoch for epoch, *_ in run(at)["samples"]]
    assert epochs == list(range(len(epochs))) and len(epochs) >= 3
    assert "Untrained" in page_text(at) and "Epoch 2: held-out loss" in page_text(at)
    assert {"Weights", "Settings", "Text", "Samples"} <= set(labels(at, "download_button"))

    # the downloaded weights can be loaded, with the vocabulary of the settings
    (tmp_path / "trained.weights.h5").write_bytes(training_panel.weights_file(run(at)["model"]))
    loaded = char_rnn.read_weights(tmp_path / "trained.weights.h5", run(at)["vocabulary"], "lstm")
    generated = generation.generate_text(loaded, "one two ", length=50, temperature=0.0)
    at.text_input(key="text_train_prompt").set_value("one two ").run()
    at.slider(key="text_train_temperature").set_value(0.0).run()
    at.slider(key="text_train_length").set_value(50).run()
    assert f"<b>one two </b>{generated}</div>" in page_text(sound(at))

    # every input gives a message and a text
    for typed, message in (("", "zero state"), ("😀😀", "`😀` → space"), ("one\0ÉZ", "`É` → `e`")):
        at.text_input(key="text_train_prompt").set_value(typed).run()
        assert message in page_text(sound(at)), typed

    # an unusable text disables Train, shows why, and keeps the results
    bring(at, b"")
    assert "There is no text in this file" in at.error[0].value
    assert at.button(key="text_train_train").disabled and "Weights" in labels(at, "download_button")
    current = job(at)
    suggested = at.button(key="text_train_try_32 units only")
    assert suggested.disabled and job(at) is current


@pytest.mark.slow
def test_a_complete_training_and_its_script_give_the_same_model(tmp_path):
    at = bring(visit(**TINY | {"text_train_cell": "gru", "text_train_layers": 2}), SONG.encode() * 4, "a 'song'.txt")
    at.button(key="text_train_train").click().run()
    until(lambda: not job(at).active)
    sound(at.run())
    assert job(at).state == "done" and job(at).step.done == job(at).step.total
    settings = run(at)["settings"]
    assert settings["file"] == "a 'song'.txt" and settings["build"] == {"cell": "gru", "units": [32, 32], "seed": 0}
    json.dumps(settings)
    (tmp_path / settings["file"]).write_text(SONG * 4, encoding="utf-8")
    run_script(dedent_script(train_result.script(settings)), tmp_path)
    repeated = char_rnn.read_weights(tmp_path / "text_train.weights.h5", run(at)["vocabulary"], "gru")
    trained = char_rnn.to_numpy(run(at)["model"], run(at)["vocabulary"])
    np.testing.assert_allclose(char_rnn.predict(repeated, "one "), char_rnn.predict(trained, "one "), atol=1e-3)
    assert (tmp_path / "text_train.txt").stat().st_size > 100


@pytest.mark.slow
def test_the_training_keeps_the_upload_while_another_tab_is_open():
    at = bring(visit(**LONG), SONG.encode() * 8)
    at.button(key="text_train_train").click().run()
    at.session_state["text_tab"] = "How it works"
    at.run()
    until(lambda: job(at).step is not None)
    at.session_state["text_tab"] = "Train"
    sound(at.run())
    assert job(at).active and "Stop" in labels(at, "button")
    assert at.button(key="text_train_train").disabled
    at.select_slider(key="text_train_units").set_value(256).run()
    assert run(at)["settings"]["build"]["units"] == [32]


@pytest.mark.slow
def test_pause_and_resume():
    at = visit(**LONG)
    at.button(key="text_train_train").click().run()
    until(lambda: job(at).step is not None)
    at.run().button(key="text_train_pause").click().run()
    until(lambda: job(at).state == "paused")
    paused_at = job(at).step.done
    at.run().button(key="text_train_resume").click().run()
    until(lambda: job(at).step.done > paused_at)


def test_a_suggested_run_starts_with_its_settings():
    at = visit(**TINY)
    at.button(key="text_train_try_SimpleRNN instead of LSTM").click().run()
    settings = run(at)["settings"]
    assert settings["build"] == {"cell": "simple_rnn", "units": [128], "seed": 0}
    assert settings["train"]["training_target"] == "shifted" and "SimpleRNN(128) on Python help" in job(at).title
    sound(at)


@pytest.mark.slow
def test_a_nan_loss_shows_a_message():
    at = visit(**TINY)
    at.button(key="text_train_train").click().run()
    until(lambda: not job(at).active)
    job(at).step.losses["held-out loss"] = float("nan")
    at.run()
    assert not at.exception
    assert "The loss is NaN" in at.error[0].value
    assert "cannot generate text" in page_text(at)


UNUSABLE = {
    "empty": (b"", "There is no text"),
    "blank": (b" \n\n\t ", "There is no text"),
    "one letter": (b"a" * 5000, "repeats one character"),
    "emoji": ("😀".encode() * 500, "repeats one character"),
    "NUL": (b"words\0" * 100, "NUL bytes"),
    "utf-16 without a mark": (("plain " * 100).encode("utf-16-le"), "NUL bytes"),
    "a program": (b"MZ\x90\x00\x03" + bytes(range(256)) * 40, "not a text file"),
    "too short": (b"A short text.", "13 characters. A sequence length of 60 needs at least 122"),
}


@pytest.mark.parametrize("case", UNUSABLE)
def test_an_unusable_upload_shows_why_and_disables_train(case):
    data, message = UNUSABLE[case]
    at = bring(visit(), data)
    assert message in at.error[0].value
    assert at.button(key="text_train_train").disabled
    at.session_state["text_train_corpus"] = "python"
    assert not sound(at.run()).button(key="text_train_train").disabled


@pytest.mark.parametrize("data", [SONG.encode("utf-16"), codecs.BOM_UTF8 + SONG.encode(), SONG.encode("cp1252")])
def test_a_usable_upload_is_described(data):
    at = sound(bring(visit(), data))
    assert f"{len(SONG)} characters, vocabulary of {len(LETTERS)}" in page_text(at)
    assert not at.button(key="text_train_train").disabled


RUSSIAN = "Старик сидел на берегу и смотрел на воду. Утром пришли дети, и он начал говорить.\n" * 8
FRENCH = "Où sont passés les élèves ? Ils sont déjà à la forêt, répondit le maître.\n" * 8


def page_lines(at: AppTest) -> str:
    return "\n".join(each.value for each in at.text)


def test_a_guessed_encoding_is_shown_with_the_first_line_and_can_be_changed():
    at = sound(bring(visit(), RUSSIAN.encode("koi8-r"), "[a](http://b.example).txt"))
    assert at.selectbox(key="text_train_encoding").value == "koi8_u"
    assert "First line: Старик сидел" in page_lines(at) and "In use: [a](http://b.example).txt" in page_lines(at)
    assert at.session_state["text_train_upload"]["text"] == RUSSIAN and "�" not in page_text(at)

    sound(at.selectbox(key="text_train_encoding").set_value("cp1251").run())
    assert at.session_state["text_train_upload"]["text"] == RUSSIAN.encode("koi8-r").decode("cp1251")
    assert "First line: уФБТЙЛ" in page_lines(at)

    at.selectbox(key="text_train_encoding").set_value("utf_8").run()
    assert not at.exception and "in the encoding UTF-8" in at.error[0].value
    assert at.button(key="text_train_train").disabled
    at.session_state["text_tab"] = "How it works"
    at.run()
    at.session_state["text_tab"] = "Train"
    assert at.run().selectbox(key="text_train_encoding").value == "utf_8"
    at.selectbox(key="text_train_encoding").set_value("koi8_u").run()
    assert sound(at).session_state["text_train_upload"]["text"] == RUSSIAN

    sound(bring(at, RUSSIAN.encode("cp1251"), "other.txt"))  # a new file is detected again
    assert at.selectbox(key="text_train_encoding").value == "cp1251"
    sound(bring(at, RUSSIAN.encode(), "utf-8.txt"))
    assert "Encoding" not in labels(at, "selectbox")


@pytest.mark.parametrize(
    ("bad", "note"), [(b"\xff", "1 byte of this file is"), (b"\xe9t\xe9", "2 bytes of this file are")]
)
def test_bad_bytes_in_utf_8_are_replaced_and_counted(bad, note):
    at = sound(bring(visit(), FRENCH.encode() + bad + b"\n"))
    assert at.selectbox(key="text_train_encoding").value == "utf_8"
    assert at.session_state["text_train_upload"]["text"].startswith(FRENCH)
    assert f"{note} not valid in UTF-8" in page_text(at)
    assert not at.button(key="text_train_train").disabled


def test_utf_16_without_a_mark_can_be_chosen():
    at = bring(visit(), SONG.encode("utf-16-le"))
    assert "NUL bytes" in at.error[0].value
    at.selectbox(key="text_train_encoding").set_value("utf_16_le").run()
    assert sound(at).session_state["text_train_upload"]["text"] == SONG


def test_the_first_line_of_a_file_is_not_markdown():
    at = sound(bring(visit(), ("[café](http://b.example) **b** $x$\n" * 20).encode("cp1252")))
    assert "First line: [café](http://b.example) **b** $x$" in page_lines(at)
    assert "](http://b.example)" not in "\n".join(
        each.value for kind in ("markdown", "caption") for each in at.get(kind)
    )


def test_an_upload_is_kept_while_another_tab_is_open():
    at = bring(visit(), SONG.encode(), "song.txt")
    at.session_state["text_tab"] = "How it works"
    at.run()
    at.session_state["text_tab"] = "Train"
    sound(at.run())
    assert at.session_state["text_train_upload"]["text"] == SONG
    assert not at.button(key="text_train_train").disabled


def test_without_an_upload_the_page_requests_one():
    at = visit(text_train_corpus="own")
    assert any(train_controls.CHOOSE in each.value for each in at.info)
    assert at.button(key="text_train_train").disabled


def test_a_sequence_longer_than_the_text_shows_what_is_needed():
    at = bring(visit(text_train_sequence_length=100), SONG[:150].encode())
    assert "150 characters. A sequence length of 100 needs at least 202" in at.error[0].value
    at.select_slider(key="text_train_sequence_length").set_value(60).run()
    assert not sound(at).button(key="text_train_train").disabled


def test_without_nietzsche_the_page_and_the_run_show_three_ways_to_get_it(monkeypatch, tmp_path):
    import keras

    def unreachable(*args, **options):
        raise Exception("URL fetch failure")  # as keras.utils.get_file does

    monkeypatch.delenv("GENMODELS_DATA_DIR", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr(keras.utils, "get_file", unreachable)
    at = visit(text_train_corpus="nietzsche")
    text = at.warning[0].value
    assert all(way in text for way in ("internet", "GENMODELS_DATA_DIR", "nietzsche.txt", ".keras/datasets"))
    at.button(key="text_train_train").click().run()
    until(lambda: not job(at).active)
    at.run()
    assert not at.exception
    assert "Three ways" in at.error[0].value


def test_nietzsche_from_the_data_folder(monkeypatch, tmp_path):
    train_controls.load_text.clear()
    (tmp_path / "nietzsche.txt").write_text(SONG, encoding="utf-8")
    monkeypatch.setenv("GENMODELS_DATA_DIR", str(tmp_path))
    at = visit(text_train_corpus="nietzsche")
    assert f"{len(SONG)} characters" in page_text(at) and not at.warning
    train_controls.load_text.clear()
    (tmp_path / "nietzsche.txt").write_bytes(bytes(50))
    at.run()
    assert not at.exception
    assert "nietzsche.txt is not a readable text" in at.error[0].value and at.button(key="text_train_train").disabled
    train_controls.load_text.clear()


def test_reset_restores_the_default_values():
    at = visit(
        **TINY | {"text_train_cell": "gru", "text_train_learning_rate": 0.05, "text_train_training_target": "next"}
    )
    at.button(key="text_train_reset").click().run()
    assert {key: at.session_state[key] for key in train_controls.DEFAULTS} == train_controls.DEFAULTS


@pytest.mark.parametrize(
    "query",
    [
        {
            "text_train_corpus": "goethe",
            "text_train_cell": "",
            "text_train_units": "-5",
            "text_train_learning_rate": "nan",
        },
        {
            "text_train_sequence_length": "1e9",
            "text_train_epochs": "1e7",
            "text_train_seed": "-1",
            "text_train_text_length": "x",
        },
        {
            "text_train_temperature": "hot",
            "text_train_training_target": "<b>",
            "text_train_layers": "3",
            "text_train_batch_size": "",
        },
    ],
)
def test_invalid_urls_show_the_page(query):
    at = at_the_door("pages/text_generation/page.py")
    at.query_params.update({"text_tab": "Train"} | query)
    sound(at.run())
    assert at.session_state["text_train_corpus"] in train_controls.CORPORA


def test_the_tab_does_not_import_tensorflow():
    script = (
        "import sys; from pages.text_generation import train; "
        "from genmodels.data import text_data; text_data.load('python'); print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert not {"tensorflow", "keras"} & set(done.stdout.split())


@pytest.mark.parametrize("corpus", train_controls.CORPORA)
def test_the_script_is_valid_python_with_the_settings(corpus):
    settings = {
        "corpus": corpus,
        "file": "my notes.txt" if corpus == "own" else None,
        "encoding": "cp1251" if corpus == "own" else None,
        "text_length": 50_000,
        "build": {"cell": "gru", "units": [64], "seed": 3},
        "train": {
            "training_target": "next",
            "sequence_length": 40,
            "epochs": 2,
            "batch_size": 32,
            "learning_rate": 0.01,
            "seed": 3,
        },
    }
    source = dedent_script(train_result.script(settings))
    compile(source, "script", "exec")
    assert "units=[64]" in source and "training_target='next'" in source
    assert ("Path('my notes.txt').read_bytes(), 'cp1251')" in source) == (corpus == "own")
