"""A text learnt in a real browser: samples as it learns, Stop, and what it learnt writes on and goes home."""

import json

from genmodels.text_generation import model as text_generation

LONG = 180_000  # milliseconds: compiling a training step on a busy machine


def test_train_watch_stop_write_and_take_home(page, server, expect, tmp_path):
    small = "text_live_units=32&text_live_length=20,000&text_live_batch=16&text_live_epochs=200"
    page.goto(f"{server}/text_generation?text_tab=Train+it&{small}")
    expect(page.get_by_text("the first 20,000 of")).to_be_visible()
    expect(page.get_by_text("shifted (chosen)")).to_be_visible()
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    expect(page.get_by_text("Before it has learnt anything")).to_be_visible(timeout=LONG)
    sample = page.get_by_text("Epoch 2: held out")
    expect(sample).to_be_visible(timeout=LONG)
    expect(page.locator("[data-testid=stVegaLiteChart]")).to_have_count(1)

    page.get_by_role("button", name="Stop").click()
    expect(page.locator("[data-testid=stMain] [data-testid=stProgress]")).to_contain_text("Stopped", timeout=LONG)
    expect(sample).to_be_attached()
    begins = page.get_by_label("It begins with", exact=True)
    begins.fill("The statement 😀")
    begins.press("Enter")
    expect(page.get_by_text("😀 → space")).to_be_visible()
    expect(page.locator("b", has_text="The statement")).to_be_visible()

    for name in ("Weights", "Settings", "Text", "Samples"):
        with page.expect_download() as download:
            page.get_by_role("button", name=name, exact=True).click()
        download.value.save_as(tmp_path / name)
    settings = json.loads((tmp_path / "Settings").read_text(encoding="utf-8"))
    model = text_generation.read(tmp_path / "Weights", settings["vocabulary"], settings["build"]["cell"])
    written = (tmp_path / "Text").read_text(encoding="utf-8")
    assert written.startswith("The statement  ") and len(written) == len("The statement  ") + 500
    (again,), _ = text_generation.write(model, "The statement  ", [0.5], length=500)
    assert again[:40] == written[15:55]
    assert "--- epoch 2 ---" in (tmp_path / "Samples").read_text(encoding="utf-8")


def test_a_file_from_the_visitors_machine(page, server, expect):
    page.goto(f"{server}/text_generation?text_tab=Train+it&text_live_corpus=Your+text")
    train = page.get_by_role("button", name="Train", exact=True)
    expect(page.get_by_text("Choose a text file")).to_be_visible()
    expect(train).to_be_disabled()
    upload = page.locator("input[type=file]")
    upload.set_input_files({"name": "no.txt", "mimeType": "text/plain", "buffer": b"\x7fELF" + bytes(40)})
    expect(page.get_by_text("it has NUL bytes in it")).to_be_visible()
    expect(train).to_be_disabled()
    mine = "A song of one line, sung again and again. " * 20
    upload.set_input_files({"name": "song.txt", "mimeType": "text/plain", "buffer": mine.encode("utf-16")})
    expect(page.get_by_text(f"{len(mine)} characters")).to_be_visible()
    expect(train).to_be_enabled()
    page.get_by_role("tab", name="How it works").click()
    expect(train).to_be_hidden()
    page.get_by_role("tab", name="Train it").click()
    expect(page.get_by_text("In use: song.txt")).to_be_visible()
    expect(train).to_be_enabled()
