"""Train the shipped text models: `python -m training.text_generation --model nietzsche` (or `--model all`).

Reads the text as 64 long streams, state carried from window to window, cut at another place each
epoch. A checkpoint after every epoch lets `--resume` go on; the epoch that is best on the held-out
text is the one that is kept.
"""

import argparse
import json
import time
from pathlib import Path

import keras
import numpy as np

from genmodels import weights
from genmodels.data import text_data
from genmodels.text_generation import interpretable_cells
from genmodels.text_generation import model as text_generation

UNITS = (384, 384)
EMBEDDING = 64
STREAMS = 64  # read side by side: the batch
WINDOW = 50  # characters that gradients flow back through; the state flows on
DROPOUT = 0.5
EPOCHS = 16
LEARNING_RATE = 3e-3  # peak; falls to zero along a cosine
WEIGHT_DECAY = 0.01
HELD_OUT = 0.05  # the last part of the text
LOOKED_AT = 8000  # characters of the held-out text in which cells are looked for
CHECKPOINTS = Path("checkpoints")


class Streams(keras.utils.PyDataset):
    """The text as `STREAMS` long rows, window after window; the targets are one character later."""

    def __init__(self, text: np.ndarray, seed: int, *, shift: bool = True):
        super().__init__()
        self.text, self.seed, self.shift, self.epoch = text, seed, shift, 0
        self.on_epoch_end()

    def on_epoch_end(self):
        begin = np.random.default_rng((self.seed, self.epoch)).integers(WINDOW) if self.shift else 0
        self.epoch += 1
        length = (len(self.text) - 1 - begin) // STREAMS // WINDOW * WINDOW
        rows = np.arange(STREAMS)[:, None] * ((len(self.text) - 1 - begin) // STREAMS) + begin
        places = rows + np.arange(length)
        self.x, self.y = self.text[places], self.text[places + 1]

    def __len__(self):
        return self.x.shape[1] // WINDOW

    def __getitem__(self, k):
        window = slice(k * WINDOW, (k + 1) * WINDOW)
        return self.x[:, window], self.y[:, window]


class Fresh(keras.callbacks.Callback):
    """Forget what was read before each pass over the text."""

    def on_epoch_begin(self, epoch, logs=None):
        self._forget()

    def on_test_begin(self, logs=None):
        self._forget()

    def on_test_end(self, logs=None):
        self._forget()

    def _forget(self):
        for layer in self.model.layers:
            if getattr(layer, "stateful", False):
                layer.reset_state()


def corpus(name: str) -> tuple[str, str, str]:
    """Training text, held-out text and vocabulary of a shipped model."""
    text = text_data.load("nietzsche")
    if name == "nietzsche":
        text = text.lower()
    cut = len(text) - int(len(text) * HELD_OUT)
    return text[:cut], text[cut:], "".join(sorted(set(text)))


def fit(name: str, *, epochs: int, dropout: float, seed: int, resume: bool) -> tuple[Path, int]:
    """Train, and give the file of the best epoch's weights and which epoch that was, from 1."""
    folder = CHECKPOINTS / f"text_generation_{name}"
    folder.mkdir(parents=True, exist_ok=True)
    if not resume:
        for file in (file for file in folder.rglob("*") if file.is_file()):
            file.unlink()
    text, held_out, vocabulary = corpus(name)
    data = Streams(text_data.indices(text, vocabulary), seed)
    held = Streams(text_data.indices(held_out, vocabulary), seed, shift=False)
    model = text_generation.build(
        vocabulary, units=UNITS, embedding=EMBEDDING, dropout=dropout, batch_size=STREAMS, seed=seed
    )
    schedule = keras.optimizers.schedules.CosineDecay(
        LEARNING_RATE / 20, (epochs - 1) * len(data), warmup_target=LEARNING_RATE, warmup_steps=len(data)
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    optimizer = keras.optimizers.AdamW(schedule, weight_decay=WEIGHT_DECAY, clipnorm=1.0)
    model.compile(optimizer=optimizer, loss=loss, jit_compile=False)
    best, log = folder / "best.weights.h5", folder / "log.csv"
    so_far = _held_out(log).min() if log.exists() else None  # an epoch after --resume must beat those before
    kept = keras.callbacks.ModelCheckpoint(
        str(best), monitor="val_loss", save_best_only=True, save_weights_only=True, initial_value_threshold=so_far
    )
    backup = keras.callbacks.BackupAndRestore(str(folder / "backup"), delete_checkpoint=False)
    written = keras.callbacks.CSVLogger(str(log), append=True)
    model.fit(
        data,
        validation_data=held,
        epochs=epochs,
        verbose=2,
        shuffle=False,
        callbacks=[Fresh(), kept, backup, written],
    )
    return best, int(_held_out(log).argmin()) + 1


def _held_out(log: Path) -> np.ndarray:
    """The held-out loss of every epoch so far."""
    return np.atleast_1d(np.genfromtxt(log, delimiter=",", names=True)["val_loss"])


def publish(name: str, best: Path, facts: dict) -> None:
    """Weights, list of words (as hashes), cells that follow something, and the card; measured from the file itself."""
    text, held_out, vocabulary = corpus(name)
    stem = f"text_generation_{name}"
    file = weights.FOLDER / f"{stem}.weights.h5"
    fresh = text_generation.build(vocabulary, units=UNITS, embedding=EMBEDDING)
    fresh.load_weights(best)
    fresh.save_weights(file)  # without the optimizer
    weights.convert_to_float16(file)
    model = text_generation.read(file, vocabulary, "lstm")
    nats = text_generation.score(model, held_out)
    roles = interpretable_cells.best(
        interpretable_cells.correlations(held_out[:LOOKED_AT], text_generation.run(model, held_out[:LOOKED_AT])[2])
    )
    np.savez_compressed(
        weights.FOLDER / f"{stem}.arrays.npz",
        words=np.unique(text_data.hashes(text_data.words(text))),
        roles=np.array(list(roles)),
        cells=np.array([(layer, unit) for layer, unit, _ in roles.values()]),
        r=np.array([r for *_, r in roles.values()]),
    )
    card = {
        "name": stem,
        "data": f"nietzsche.txt{', in small letters' if name == 'nietzsche' else ''}: its first {len(text):,} "
        f"characters; measured on the {len(held_out):,} that follow",
        **facts,
        "cell": "lstm",
        "units": list(UNITS),
        "vocabulary": vocabulary,
        "parameters": model.parameters,
        "held_out": {
            "nats_per_character": round(float(nats.mean()), 4),
            "bits_per_character": round(float(nats.mean() / np.log(2)), 4),
        },
    }
    weights.write_model_card(stem, (".weights.h5", ".arrays.npz"), card)
    print(json.dumps(card["held_out"]), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", choices=[*text_generation.NAMES, "all"], default="all")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--dropout", type=float, default=DROPOUT)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--resume", action="store_true", help="go on from the last checkpoint")
    args = parser.parse_args()
    for name in text_generation.NAMES if args.model == "all" else [args.model]:
        start = time.time()
        best, kept = fit(name, epochs=args.epochs, dropout=args.dropout, seed=args.seed, resume=args.resume)
        facts = {
            "command": f"python -m training.text_generation --model {name} --epochs {args.epochs} "
            f"--dropout {args.dropout} --seed {args.seed}",
            "seed": args.seed,
            "epochs": args.epochs,
            "epoch_kept": kept,
            "training_minutes": round((time.time() - start) / 60, 1),
        }
        publish(name, best, facts)


if __name__ == "__main__":
    main()
