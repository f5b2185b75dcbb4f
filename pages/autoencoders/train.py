"""Tab Train: an autoencoder, and classifiers with and without unsupervised pretraining."""

from pages.autoencoders import common

VIEWS = {"Train an autoencoder": "train_autoencoder", "Unsupervised pretraining": "unsupervised_pretraining"}


def show() -> None:
    common.show_view(VIEWS, key="ae_train_view")
