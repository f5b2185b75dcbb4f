"""Training in a real browser: samples while it runs, Stop, generating, downloads, uploads."""

import json

import pytest

from genmodels.text_generation import char_rnn, generation

pytestmark = pytest.mark.slow
LONG = 180_000  # milliseconds: compiling a training step on a busy machine


def test_train_stop_generate_and_download(page, server, expect, tmp_path):
    small = "text_train_units=32&text_train_text_length=20,000&text_train_batch_size=16&text_train_epochs=200"
    page.goto(f"{server}/text_generation?text_tab=Train&{small}")
    expect(page.get_by_text("the first 20,000 of")).to_be_visible()
    expect(page.get_by_text("shifted (chosen)")).to_be_visible()
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    expect(page.get_by_text("Untrained")).to_be_visible(timeout=LONG)
    sample = page.get_by_text("Epoch 2: held-out loss")
    expect(sample).to_be_visible(timeout=LONG)
    expect(page.locator("[data-testid=stVegaLiteChart]")).to_have_count(1)

    page.get_by_role("button", name="Stop").click()
    expect(page.locator("[data-testid=stMain] [data-testid=stProgress]")).to_contain_text("Stopped", timeout=LONG)
    expect(sample).to_be_attached()
    prompt = page.get_by_label("Prompt", exact=True)
    prompt.fill("The statement 😀")
    prompt.press("Enter")
    expect(page.get_by_text("😀 → space")).to_be_visible()
    expect(page.locator("b", has_text="The statement")).to_be_visible()

    for name in ("Weights", "Settings", "Text", "Samples"):
        with page.expect_download() as download:
            page.get_by_role("button", name=name, exact=True).click()
        download.value.save_as(tmp_path / name)
    settings = json.loads((tmp_path / "Settings").read_text(encoding="utf-8"))
    model = char_rnn.read_weights(tmp_path / "Weights", settings["vocabulary"], settings["build"]["cell"])
    text = (tmp_path / "Text").read_text(encoding="utf-8")
    assert text.startswith("The statement  ") and len(text) == len("The statement  ") + 500
    generated = generation.generate_text(model, "The statement  ", temperature=0.5, length=500)
    assert generated[:40] == text[15:55]
    assert "--- epoch 2 ---" in (tmp_path / "Samples").read_text(encoding="utf-8")


def test_a_text_file_can_be_uploaded(page, server, expect):
    page.goto(f"{server}/text_generation?text_tab=Train&text_train_corpus=Your+text")
    train = page.get_by_role("button", name="Train", exact=True)
    expect(page.get_by_text("Choose a text file")).to_be_visible()
    expect(train).to_be_disabled()
    upload = page.locator("input[type=file]")
    upload.set_input_files({"name": "no.txt", "mimeType": "text/plain", "buffer": b"\x7fELF" + bytes(40)})
    expect(page.get_by_text("it contains NUL bytes")).to_be_visible()
    expect(train).to_be_disabled()
    song = "A song of one line, sung again and again. " * 20
    upload.set_input_files({"name": "song.txt", "mimeType": "text/plain", "buffer": song.encode("utf-16")})
    expect(page.get_by_text(f"{len(song)} characters")).to_be_visible()
    expect(train).to_be_enabled()
    page.get_by_role("tab", name="How it works").click()
    expect(page.get_by_role("heading", name="Two training targets")).to_be_visible()
    expect(train).to_be_hidden()
    page.get_by_role("tab", name="Train", exact=True).click()
    expect(page.get_by_text("In use: song.txt")).to_be_visible()
    expect(train).to_be_enabled()
