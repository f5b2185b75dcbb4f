"""Stateful training of an RNN: parallel streams of one text, the state carried from sequence to sequence.

Gradients flow back through one sequence (truncated backpropagation through time), while the state
flows on: the network can learn dependencies longer than a sequence. Hands-On Machine Learning,
chapter 16. Used by `training/text_generation.py` with `char_rnn.build(..., batch_size=streams)`.
"""

import keras
import numpy as np


class StatefulBatches(keras.utils.PyDataset):
    """A text (n,) int32 as `streams` rows: batches (streams, sequence_length); targets are shifted by one character.

    seed: of the random offset of each epoch; None: every epoch begins at the first character.
    """

    def __init__(self, text: np.ndarray, streams: int, sequence_length: int, *, seed: int | None = None):
        super().__init__()
        self.text, self.streams, self.sequence_length = text, streams, sequence_length
        self.seed, self.epoch = seed, 0
        self.on_epoch_end()

    def on_epoch_end(self):
        offset = 0
        if self.seed is not None:
            offset = int(np.random.default_rng((self.seed, self.epoch)).integers(self.sequence_length))
        self.epoch += 1
        stream = (len(self.text) - 1 - offset) // self.streams
        starts = np.arange(self.streams)[:, None] * stream + offset
        positions = starts + np.arange(stream // self.sequence_length * self.sequence_length)
        self.x, self.y = self.text[positions], self.text[positions + 1]

    def __len__(self):
        return self.x.shape[1] // self.sequence_length

    def __getitem__(self, k):
        sequence = slice(k * self.sequence_length, (k + 1) * self.sequence_length)
        return self.x[:, sequence], self.y[:, sequence]


class ResetStates(keras.callbacks.Callback):
    """Reset the states of stateful layers before each pass over a text."""

    def on_epoch_begin(self, epoch, logs=None):
        self._reset()

    def on_test_begin(self, logs=None):
        self._reset()

    def on_test_end(self, logs=None):
        self._reset()

    def _reset(self):
        for layer in self.model.layers:
            if getattr(layer, "stateful", False):
                layer.reset_state()
