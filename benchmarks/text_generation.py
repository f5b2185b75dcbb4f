"""Our characters beside the textbook's: `python -m benchmarks.text_generation [--only write first loss]`.

Every ratio is taken in one run, the contenders in turn, on a machine with nothing else to do.
`--only textbook` trains the textbook's model (half an hour; `--resume` goes on from its last epoch)
and keeps its figures in `text_generation_textbook.json`; everything else takes two minutes and needs
the shipped weights, and `loss` the Nietzsche text.
"""

import argparse
import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from benchmarks.vae import machine
from genmodels import tensorflow_preload, weights
from genmodels.data import text_data
from genmodels.text_generation import model as text_generation
from genmodels.text_generation.rnn_cells import Layer
from training.text_generation import CHECKPOINTS, corpus

LENGTH = 400  # characters written
MEASURED = 40  # of them by the ways that read a window for each: their time is taken ten times
WINDOW = 60  # characters that the textbook reads for each one it writes, or learns
STRIDE = 3  # textbook: characters from one window it learns from to the next
PROMPT = "the lamp was lit, the book lay open, and the reader said: so"  # WINDOW characters
UNITS = 128  # textbook: of its one LSTM
BATCH_SIZE = 128
TEMPERATURE = 0.5
ROUNDS = 7  # timed, after one that is not
OURS = 10  # texts of ours a round: one is over before the processor has left its idle clock
FIRSTS = 50  # times that the first character is waited for
FIGURES = Path(__file__).with_name("text_generation_textbook.json")


# --- the textbook's model -----------------------------------------------------------------------


def textbook(characters: int, *, seed: int = 0) -> keras.Sequential:
    """The network of Deep Learning with Python, 8.1, in our words: (n, WINDOW, V) one-hot to (n, V) probabilities."""
    keras.utils.set_random_seed(seed)
    return keras.Sequential(
        [
            keras.Input((WINDOW, characters)),
            layers.LSTM(UNITS),
            layers.Dense(characters, activation="softmax"),
        ]
    )


def as_ours(model: keras.Sequential, vocabulary: str) -> text_generation.CharacterModel:
    """The textbook's weights in our cell: one-hot characters are the rows of an identity."""
    recurrent, dense = (layer.get_weights() for layer in model.layers)
    one_hot = np.eye(len(vocabulary), dtype="float32")
    return text_generation.CharacterModel(vocabulary, one_hot, (Layer("lstm", *recurrent),), *dense)


def write_on_windows(probabilities: Callable[[str], np.ndarray], vocabulary: str, length: int) -> str:
    """The textbook's loop: the last WINDOW characters give the next one, and the window moves on by it."""
    text = PROMPT
    for number in np.random.default_rng(0).random(length):
        p = text_generation.reweight(probabilities(text[-WINDOW:]), TEMPERATURE)
        text += vocabulary[text_generation.draw(p, number)]
    return text[len(PROMPT) :]


def one_hot(text: str, vocabulary: str) -> np.ndarray:
    """(1, len(text), V) float32."""
    return np.eye(len(vocabulary), dtype="float32")[text_data.indices(text, vocabulary)][None]


# --- writing ------------------------------------------------------------------------------------


def write() -> None:
    """400 characters: reading a window for each, as the textbook does, against carrying the state."""
    shipped = text_generation.load()
    vocabulary = shipped.vocabulary
    book = textbook(len(vocabulary))
    ours = as_ours(book, vocabulary)
    graph = _compiled(book, tf.TensorSpec((1, WINDOW, len(vocabulary)), tf.float32))
    book_ways = {
        "textbook's network, predict on windows": lambda text: book.predict(one_hot(text, vocabulary), verbose=0)[0],
        "textbook's network, tf.function on windows": lambda text: graph(one_hot(text, vocabulary)).numpy()[0],
    }
    _same("textbook's network", [way(PROMPT) for way in book_ways.values()], text_generation.predict(ours, PROMPT))
    _in_turn("textbook's network, ours", ours, vocabulary, book_ways)

    units = [layer.units for layer in shipped.layers]
    large = text_generation.build(vocabulary, units=units, embedding=shipped.embedding.shape[1])
    large.load_weights(weights.path("text_generation_nietzsche"))
    graph_large = _compiled(large, tf.TensorSpec((1, WINDOW), tf.int32))

    def places(text: str) -> np.ndarray:
        return text_data.indices(text, vocabulary)[None]

    large_ways = {
        "shipped network, predict on windows": lambda text: text_generation.softmax(
            large.predict(places(text), verbose=0)[0, -1]
        ),
        "shipped network, tf.function on windows": lambda text: text_generation.softmax(
            graph_large(places(text)).numpy()[0, -1]
        ),
    }
    _same("shipped network", [way(PROMPT) for way in large_ways.values()], text_generation.predict(shipped, PROMPT))
    _in_turn("shipped network, ours", shipped, vocabulary, large_ways)


def _compiled(model: keras.Model, signature: tf.TensorSpec) -> Callable:
    return tf.function(lambda x: model(x, training=False), input_signature=[signature])


def _same(what: str, theirs: list[np.ndarray], ours: np.ndarray) -> None:
    """Nothing is compared that does not compute the same: the first character's probabilities."""
    apart = max(float(np.abs(p - ours).max()) for p in theirs)
    print(f"  {what}: the first character's probabilities differ by {apart:.1e} at most", flush=True)
    if apart > 1e-5:
        raise RuntimeError(f"{what}: the contenders do not compute the same network")


def _in_turn(what: str, ours: text_generation.CharacterModel, vocabulary: str, ways: dict[str, Callable]) -> None:
    """All in turn, ROUNDS times; medians of seconds for LENGTH characters, the reading of the prompt in it."""

    def carry_on() -> str:
        steps = text_generation.generate(ours, PROMPT, length=LENGTH, temperature=TEMPERATURE)
        return "".join(step.character for step in steps)

    tensorflow_preload.freeze_gc()  # as the app does after loading: or garbage collection looks through all of TensorFlow's objects
    rounds = []
    for _ in range(1 + ROUNDS):
        seconds = [_seconds(lambda: [carry_on() for _ in range(OURS)]) / OURS]
        for way in ways.values():
            part = _seconds(lambda way=way: write_on_windows(way, vocabulary, MEASURED))
            seconds.append(part * LENGTH / MEASURED)
        rounds.append(seconds)
    own, *others = np.median(rounds[1:], axis=0)
    print(f"  {what}: {LENGTH} characters in {1000 * own:.1f} ms, {LENGTH / own:,.0f} a second")
    for way, seconds in zip(ways, others, strict=True):
        times = f"{MEASURED} measured, times {LENGTH // MEASURED}"
        print(f"  {way}: {seconds:.2f} s ({times}), {LENGTH / seconds:,.0f} a second, {seconds / own:,.0f} times ours")


def _seconds(call: Callable) -> float:
    time.sleep(0.2)  # until no thread of the one before is still looking for work
    begun = time.perf_counter()
    call()
    return time.perf_counter() - begun


def first() -> None:
    """What is waited for after a click: 60 characters read, one written, by the shipped network."""
    begun = time.perf_counter()
    model = text_generation.load()
    loaded = time.perf_counter() - begun
    waits = [_seconds(lambda: next(text_generation.generate(model, PROMPT))) for _ in range(FIRSTS)]
    print(f"  weights checked and read in {1000 * loaded:.0f} ms, once")
    print(
        f"  from the call to the first character: {1000 * np.median(waits):.1f} ms, "
        f"the very first {1000 * waits[0]:.1f}, the slowest of {FIRSTS} {1000 * max(waits):.1f}"
    )


# --- held-out loss ------------------------------------------------------------------------------


def loss() -> None:
    """Held-out nats per character: ours from the shipped weights, now; the textbook's as it was kept."""
    for name in text_generation.NAMES:
        if not (weights.FOLDER / f"text_generation_{name}.json").is_file():
            print(f"  {name}: not trained yet, run python -m training.text_generation --model {name}")
            continue
        model, held_out = text_generation.load(name), corpus(name)[1]
        ours = float(text_generation.score(model, held_out).mean())
        print(f"  {name}, ours, {model.parameters:,} parameters, {len(held_out):,} characters: {ours:.4f} nats")
        if name == "nietzsche":
            _beside_the_textbook(ours, len(held_out))


def _beside_the_textbook(ours: float, characters: int) -> None:
    if not FIGURES.exists():
        print("  no figures of the textbook's, run --only textbook")
        return
    kept = json.loads(FIGURES.read_text(encoding="utf-8"))
    best, last = kept["best"], kept["epochs"][-1]
    print(
        f"  nietzsche, textbook, {kept['parameters']:,} parameters, best of {len(kept['epochs'])} epochs "
        f"(number {best['epoch']}): {best['held_out']:.4f} nats; at its last {last['held_out']:.4f}"
    )
    print(f"  ours is {best['held_out'] - ours:.4f} nats lower")
    if kept["held_out_characters"] != characters:
        print(f"  NOT COMPARABLE, the textbook was measured on {kept['held_out_characters']:,} characters")


def train_textbook(*, epochs: int, seed: int, characters: int | None, resume: bool) -> None:
    """Fit the textbook's model by its recipe, measure it after every epoch, keep the figures.

    Learns from the training text of our split, one window of WINDOW characters every STRIDE. Every
    character of the held-out text is predicted from the WINDOW before it; the first ones are given
    the end of the training text for that, where ours begins with nothing.
    """
    text, held_out, vocabulary = corpus("nietzsche")
    text, held_out = text[:characters], held_out[: characters // 20 if characters else None]
    ids = text_data.indices(text + held_out, vocabulary).astype("uint8")
    windows = np.lib.stride_tricks.sliding_window_view(ids, WINDOW + 1)  # the last one of each is what comes next
    learnt = windows[: len(text) - WINDOW : STRIDE]
    measured = windows[len(text) - WINDOW :]

    folder = CHECKPOINTS / f"text_generation_textbook{f'_{characters}' if characters else ''}"
    progress = folder / "progress.json"
    if not resume:
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    found = json.loads(progress.read_text(encoding="utf-8")) if progress.exists() else {"minutes": 0.0, "epochs": []}
    done = len(found["epochs"])
    model = keras.models.load_model(_checkpoint(folder, done)) if done else _learning(len(vocabulary), seed)
    for epoch in range(done + 1, epochs + 1):
        keras.utils.set_random_seed(seed + epoch)  # the order of the windows: a resumed run takes the same
        begun = time.perf_counter()
        history = model.fit(learnt[:, :-1], learnt[:, -1], batch_size=BATCH_SIZE, epochs=1, verbose=0).history
        found["minutes"] += (time.perf_counter() - begun) / 60
        nats = model.evaluate(measured[:, :-1], measured[:, -1], batch_size=1024, verbose=0)
        found["epochs"].append({"epoch": epoch, "training": round(history["loss"][0], 4), "held_out": round(nats, 4)})
        model.save(_checkpoint(folder, epoch))
        progress.write_text(json.dumps(found), encoding="utf-8")
        _checkpoint(folder, epoch - 1).unlink(missing_ok=True)
        print(f"  {json.dumps(found['epochs'][-1])}, {found['minutes']:.1f} minutes", flush=True)

    best = min(found["epochs"], key=lambda each: each["held_out"])
    recipe = f"LSTM({UNITS}), one-hot windows of {WINDOW}, step {STRIDE}, RMSprop 0.01, batches of {BATCH_SIZE}"
    facts = {"recipe": recipe, "seed": seed, "minutes": round(found["minutes"], 1), "parameters": _parameters(model)}
    facts |= {"training_characters": len(text), "windows": len(learnt), "held_out_characters": len(held_out)}
    facts |= {"best": best, "epochs": found["epochs"]}
    print(f"  best: {json.dumps(best)}", flush=True)
    if characters is None:  # a run on fewer characters is a rehearsal
        FIGURES.write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")


def _checkpoint(folder: Path, epoch: int) -> Path:
    return folder / f"epoch_{epoch}.keras"


def _learning(characters: int, seed: int) -> keras.Sequential:
    """The textbook's model behind a table of one-hot rows, so that windows stay one byte a character.

    As for the VAE, `jit_compile=False` is set, which the book leaves alone: it changes the time only.
    """
    book = textbook(characters, seed=seed)
    rows = layers.Embedding(characters, characters, embeddings_initializer="identity", trainable=False)
    model = keras.Sequential([keras.Input((WINDOW,), dtype="uint8"), rows, *book.layers])
    optimizer = keras.optimizers.RMSprop(learning_rate=0.01)
    model.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy", jit_compile=False)
    return model


def _parameters(model: keras.Model) -> int:
    return sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)


COMPARISONS = {"write": write, "first": first, "loss": loss}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=[*COMPARISONS, "textbook"], default=list(COMPARISONS))
    parser.add_argument("--epochs", type=int, default=20, help="textbook: the book runs 60")
    parser.add_argument("--characters", type=int, help="textbook: rehearse on the first characters, keep nothing")
    parser.add_argument("--resume", action="store_true", help="textbook: go on from the last epoch")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    print(machine(), flush=True)
    for name in args.only:
        print(name, flush=True)
        if name == "textbook":
            train_textbook(epochs=args.epochs, seed=args.seed, characters=args.characters, resume=args.resume)
        else:
            COMPARISONS[name]()


if __name__ == "__main__":
    main()
