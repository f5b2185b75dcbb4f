"""Train the pretrained text models: `python -m training.text_generation --model nietzsche` (or `--model all`).

Stateful training: the text is read as 64 parallel streams, the state is carried from sequence to
sequence, and each epoch starts at another offset. A checkpoint after every epoch lets `--resume`
continue; the epoch with the lowest held-out loss is kept.
"""

import argparse
import json
import time
from pathlib import Path

import keras
import numpy as np

from genmodels import weights
from genmodels.data import text_data
from genmodels.text_generation import char_rnn, interpretable_cells
from genmodels.text_generation.stateful_training import ResetStates, StatefulBatches

UNITS = (384, 384)
EMBEDDING = 64
STREAMS = 64  # parallel streams: the batch size
SEQUENCE_LENGTH = 50  # characters of truncated backpropagation; the state is carried on
DROPOUT = 0.5
EPOCHS = 16
LEARNING_RATE = 3e-3  # peak; decays to zero along a cosine
WEIGHT_DECAY = 0.01
VALIDATION_FRACTION = 0.05  # fraction of the text, at its end
ANALYSIS_CHARACTERS = 8000  # of the held-out text, to find interpretable cells
CHECKPOINTS = Path("checkpoints")


def corpus(name: str) -> tuple[str, str, str]:
    """Training text, held-out text and vocabulary of a pretrained model."""
    text = text_data.load("nietzsche")
    if name == "nietzsche":
        text = text.lower()
    cut = len(text) - int(len(text) * VALIDATION_FRACTION)
    return text[:cut], text[cut:], "".join(sorted(set(text)))


def fit(name: str, *, epochs: int, dropout: float, seed: int, resume: bool) -> tuple[Path, int]:
    """Train. Returns the weights file of the best epoch and its number, from 1."""
    folder = CHECKPOINTS / f"text_generation_{name}"
    folder.mkdir(parents=True, exist_ok=True)
    if not resume:
        for file in (file for file in folder.rglob("*") if file.is_file()):
            file.unlink()
    text, validation_text, vocabulary = corpus(name)
    indices, validation_indices = (text_data.character_indices(part, vocabulary) for part in (text, validation_text))
    data = StatefulBatches(indices, STREAMS, SEQUENCE_LENGTH, seed=seed)
    validation_data = StatefulBatches(validation_indices, STREAMS, SEQUENCE_LENGTH)
    model = char_rnn.build(vocabulary, units=UNITS, embedding=EMBEDDING, dropout=dropout, batch_size=STREAMS, seed=seed)
    schedule = keras.optimizers.schedules.CosineDecay(
        LEARNING_RATE / 20, (epochs - 1) * len(data), warmup_target=LEARNING_RATE, warmup_steps=len(data)
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    optimizer = keras.optimizers.AdamW(schedule, weight_decay=WEIGHT_DECAY, clipnorm=1.0)
    model.compile(optimizer=optimizer, loss=loss, jit_compile=False)
    best, log = folder / "best.weights.h5", folder / "log.csv"
    best_loss = _validation_losses(log).min() if log.exists() else None  # an epoch after --resume must be better
    callbacks = [
        ResetStates(),
        keras.callbacks.ModelCheckpoint(
            str(best),
            monitor="val_loss",
            save_best_only=True,
            save_weights_only=True,
            initial_value_threshold=best_loss,
        ),
        keras.callbacks.BackupAndRestore(str(folder / "backup"), delete_checkpoint=False),
        keras.callbacks.CSVLogger(str(log), append=True),
    ]
    model.fit(data, validation_data=validation_data, epochs=epochs, verbose=2, shuffle=False, callbacks=callbacks)
    return best, int(_validation_losses(log).argmin()) + 1


def _validation_losses(log: Path) -> np.ndarray:
    """The held-out loss of every epoch so far: (epochs,)."""
    return np.atleast_1d(np.genfromtxt(log, delimiter=",", names=True)["val_loss"])


def publish(name: str, best: Path, training: dict) -> None:
    """Save weights, word hashes, best cells and the card to `weights/`; metrics are measured on the saved file."""
    text, validation_text, vocabulary = corpus(name)
    stem = f"text_generation_{name}"
    file = weights.FOLDER / f"{stem}.weights.h5"
    keras_model = char_rnn.build(vocabulary, units=UNITS, embedding=EMBEDDING)
    keras_model.load_weights(best)
    keras_model.save_weights(file)  # without the optimizer
    weights.convert_to_float16(file)
    model = char_rnn.read_weights(file, vocabulary, "lstm")
    nats = float(char_rnn.negative_log_likelihood(model, validation_text).mean())
    sample = validation_text[:ANALYSIS_CHARACTERS]
    _, _, traces = char_rnn.forward(model, sample)
    best_cells = interpretable_cells.best_cells(interpretable_cells.correlations(sample, traces))
    np.savez_compressed(
        weights.FOLDER / f"{stem}.arrays.npz",
        words=np.unique(text_data.word_hashes(text_data.words(text))),
        roles=np.array(list(best_cells)),  # names of the features
        cells=np.array([(layer, unit) for layer, unit, _ in best_cells.values()]),
        r=np.array([r for *_, r in best_cells.values()]),
    )
    card = {
        "name": stem,
        "data": f"nietzsche.txt{', lower case' if name == 'nietzsche' else ''}: the first {len(text):,} characters; "
        f"evaluated on the last {len(validation_text):,}",
        **training,
        "cell": "lstm",
        "units": list(UNITS),
        "vocabulary": vocabulary,
        "parameters": model.parameters,
        "held_out": {"nats_per_character": round(nats, 4), "bits_per_character": round(nats / float(np.log(2)), 4)},
    }
    weights.write_model_card(stem, (".weights.h5", ".arrays.npz"), card)
    print(json.dumps(card["held_out"]), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", choices=[*char_rnn.NAMES, "all"], default="all")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--dropout", type=float, default=DROPOUT)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--resume", action="store_true", help="continue from the last checkpoint")
    args = parser.parse_args()
    for name in char_rnn.NAMES if args.model == "all" else [args.model]:
        start = time.time()
        best, epoch = fit(name, epochs=args.epochs, dropout=args.dropout, seed=args.seed, resume=args.resume)
        training = {
            "command": f"python -m training.text_generation --model {name} --epochs {args.epochs} "
            f"--dropout {args.dropout} --seed {args.seed}",
            "seed": args.seed,
            "epochs": args.epochs,
            "epoch_kept": epoch,
            "training_minutes": round((time.time() - start) / 60, 1),
        }
        publish(name, best, training)


if __name__ == "__main__":
    main()
