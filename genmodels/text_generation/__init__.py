"""Text generation with a character-level recurrent network (char-RNN).

The network predicts the next character from all characters before it. A character is sampled from the
prediction, becomes the next input, and the loop repeats: that generates text. Graves 2013, "Generating
Sequences With Recurrent Neural Networks", arXiv:1308.0850; Deep Learning with Python, section 8.1.

char_rnn: the model. `build` (Keras), `load`, `read_weights`, `to_numpy`, `forward`, `step`, `predict`,
    `negative_log_likelihood`.
rnn_cells: LSTM, GRU and SimpleRNN cells in NumPy, with every gate recorded; a gate can be clamped.
sampling: `softmax` with temperature, `apply_temperature`, `truncate` (top-k, top-p), `entropy`,
    `sample_index`, `most_likely`.
generation: `generate`, `generate_text`, `compare_temperatures`, `GeneratedText`.
training: `train`, `prepare` (split, vocabulary, baselines).
stateful_training: `StatefulBatches`, `ResetStates`, for the pretrained models.
metrics: `highest_loss_passages`, `running_mean`.
interpretable_cells: `text_features`, `correlations`, `best_cells`, `load_best_cells`.
"""
