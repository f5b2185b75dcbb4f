"""Stateful batches: parallel streams, shifted targets, a random offset per epoch; states that are reset."""

import keras
import numpy as np

from genmodels.text_generation import char_rnn
from genmodels.text_generation.stateful_training import ResetStates, StatefulBatches


def test_every_row_continues_in_the_next_batch_and_targets_are_shifted():
    batches = StatefulBatches(np.arange(101), streams=4, sequence_length=5)
    assert len(batches) == 5
    x = np.concatenate([batches[k][0] for k in range(5)], axis=1)
    y = np.concatenate([batches[k][1] for k in range(5)], axis=1)
    np.testing.assert_array_equal(x, np.arange(100).reshape(4, 25))
    np.testing.assert_array_equal(y, x + 1)


def test_the_offset_is_random_per_epoch_and_reproducible():
    def offsets(seed):
        batches = StatefulBatches(np.arange(1000), streams=4, sequence_length=50, seed=seed)
        starts = []
        for _ in range(6):
            starts.append(int(batches[0][0][0, 0]))
            batches.on_epoch_end()
        return starts

    assert offsets(0) == offsets(0) != offsets(1)
    assert len(set(offsets(0))) > 1 and all(0 <= start < 50 for start in offsets(0))
    assert set(offsets(None)) == {0}


def test_the_states_are_reset_before_each_pass():
    model = char_rnn.build("ab", units=3, batch_size=2)
    callback = ResetStates()
    callback.set_model(model)
    x = np.ones((2, 4), "int32")
    first = np.asarray(model(x))
    assert np.abs(np.asarray(model(x)) - first).max() > 0  # stateful: the second call continues
    for reset in (callback.on_epoch_begin, callback.on_test_begin, callback.on_test_end):
        reset(0) if reset == callback.on_epoch_begin else reset()
        np.testing.assert_allclose(keras.ops.convert_to_numpy(model(x)), first, atol=1e-6)
