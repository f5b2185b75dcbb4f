"""The autoencoder family: every member of the chapter on one picture, and each of them opened up."""

from ui.page_layout import page_header, tabs
from ui.presets_and_reset import presets

TABS = {  # title: the module of this folder that shows it
    "All at once": "comparison",
    "Look inside": "weights_and_codes",
    "Size": "code_size",
    "Noise": "denoising",
    "Sparse": "sparse",
    "PCA": "pca",
    "Map": "latent_map",
    "Search": "semantic_hashing",
    "Few labels": "pretraining",
    "Train it": "train",
    "How it works": "theory",
}

STORY = [  # presets, in the order a lecture takes them
    ("A shirt through all of them", {"ae_tab": "All at once", "ae_data": "Clothes", "ae_source": "Draw"}),
    ("What they have never seen", {"ae_tab": "All at once", "ae_data": "Digits", "ae_source": "Draw"}),
    ("Without activations: PCA", {"ae_tab": "PCA"}),
    ("Two numbers, or a thousand", {"ae_tab": "Size", "ae_source": "Sample", "ae_data": "Clothes"}),
    ("Noise in, clean out", {"ae_tab": "Noise", "ae_source": "Sample", "ae_data": "Clothes"}),
    ("Mostly silent", {"ae_tab": "Sparse"}),
    ("What a neuron looks for", {"ae_tab": "Look inside", "ae_member": "Stacked"}),
    ("Thirty numbers on a plane", {"ae_tab": "Map"}),
    ("Sixteen bits", {"ae_tab": "Search"}),
    ("Fifty labels", {"ae_tab": "Few labels"}),
    ("A layer at a time", {"ae_tab": "Train it"}),
]

side = page_header(
    "Autoencoders",
    "Squeeze a picture into a few numbers and draw it again from those. To copy would be easy, so each member of "
    "the family is kept from it in its own way: too few numbers, weights that serve twice, noise on the way in, "
    "numbers that ought to be silent. What it then learns is what pictures have in common.",
)
with side:
    presets(STORY, key="ae_story")
tabs("pages.autoencoders", TABS, "ae_tab")
