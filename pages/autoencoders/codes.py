"""Tab Codes: what the weights and codes of one autoencoder contain, and how large a code should be."""

from pages.autoencoders import common

VIEWS = {"Weights and codes": "weights_and_codes", "Code size": "code_size"}


def show() -> None:
    common.show_view(VIEWS, key="ae_codes_view")
