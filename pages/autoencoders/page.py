"""Autoencoders: all variants of the book's chapter compared on one image, and each of them inspected."""

from ui.page_layout import page_header, tabs
from ui.presets_and_reset import presets

TABS = {  # title: module in this folder
    "Compare all": "compare_all",
    "Codes": "codes",
    "Denoising and sparsity": "denoising_and_sparsity",
    "Latent projections": "latent_projections",
    "Semantic hashing": "semantic_hashing",
    "Train": "train",
    "How it works": "theory",
}

PRESETS = [  # in the order of a lecture
    ("One image through all autoencoders", {"ae_tab": "Compare all", "ae_data": "Clothes", "ae_source": "Draw"}),
    ("Out-of-distribution input (digit)", {"ae_tab": "Compare all", "ae_data": "Digits", "ae_source": "Draw"}),
    (
        "Linear autoencoder and PCA",
        {"ae_tab": "Latent projections", "ae_projections_view": "PCA vs. linear autoencoder"},
    ),
    (
        "Code size: 2 to 1,000 units",
        {"ae_tab": "Codes", "ae_codes_view": "Code size", "ae_source": "Sample", "ae_data": "Clothes"},
    ),
    (
        "Denoising",
        {
            "ae_tab": "Denoising and sparsity",
            "ae_constraint_view": "Denoising",
            "ae_source": "Sample",
            "ae_data": "Clothes",
        },
    ),
    ("Sparse autoencoders", {"ae_tab": "Denoising and sparsity", "ae_constraint_view": "Sparsity"}),
    ("First-layer weights", {"ae_tab": "Codes", "ae_codes_view": "Weights and codes", "ae_model": "Stacked"}),
    ("t-SNE of the codes", {"ae_tab": "Latent projections", "ae_projections_view": "t-SNE and PCA map"}),
    ("Semantic hashing with 16 bits", {"ae_tab": "Semantic hashing"}),
    ("Unsupervised pretraining", {"ae_tab": "Train", "ae_train_view": "Unsupervised pretraining"}),
    ("Greedy layer-wise training", {"ae_tab": "Train", "ae_train_view": "Train an autoencoder"}),
]

header = page_header(
    "Autoencoders",
    "An autoencoder compresses an image into a code and reconstructs it; each variant adds a constraint.",
)
with header:
    presets(PRESETS, key="ae_preset")
tabs("pages.autoencoders", TABS, "ae_tab")
