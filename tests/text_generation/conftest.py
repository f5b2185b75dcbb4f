"""Fixtures of the text generation tests."""

import pytest

from genmodels.text_generation import char_rnn


@pytest.fixture(scope="session")
def model() -> char_rnn.CharRNN:
    """The pretrained lower-case model."""
    return char_rnn.load("nietzsche")
