"""Tab Latent projections: codes on a plane by t-SNE and PCA, and the plane of a linear autoencoder."""

from pages.autoencoders import common

VIEWS = {"t-SNE and PCA map": "tsne_pca_map", "PCA vs. linear autoencoder": "pca_linear_autoencoder"}


def show() -> None:
    common.show_view(VIEWS, key="ae_projections_view")
