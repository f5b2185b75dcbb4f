"""Tab Denoising and sparsity: two constraints other than a small code."""

from pages.autoencoders import common

VIEWS = {"Denoising": "denoising", "Sparsity": "sparsity"}


def show() -> None:
    common.show_view(VIEWS, key="ae_constraint_view")
