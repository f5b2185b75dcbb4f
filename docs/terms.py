"""The textbook's terms, each with its page, label and module. `python -m docs.terms` writes docs/terms.md.

`tests/vocabulary/test_terms.py` opens each page at the link and finds the label there, and the name in the module.
"""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

FILE = Path(__file__).with_name("terms.md")


@dataclass(frozen=True)
class Term:
    """Where a reader of the book finds a term."""

    name: str  # as in the book's or the paper's index
    page: str  # folder of the page
    query: dict[str, str]  # opens the tab
    label: str  # text on that tab
    module: str  # file, relative to the repository
    symbol: str  # function, class or constant in that file
    tab: str = field(default="", kw_only=True)  # the tab's title; the query's tab when empty

    @property
    def link(self) -> str:
        """The address of the tab, relative to the server."""
        return f"/{self.page}" + (f"?{urlencode(self.query)}" if self.query else "")

    @property
    def title(self) -> str:
        return self.tab or next((value for key, value in self.query.items() if key.endswith("_tab")), "")


TEXT, VAE, DREAM, CONVNET = "text_generation", "vae", "deep_dream", "convnet_visualization"
STYLE, LIVE, GAN, AE = "style_transfer", "live_style", "gan", "autoencoders"
PROGAN, STYLE_GAN = "progressive_gan", "style_gan"

TERMS = (
    Term(
        "Character-level RNN",
        TEXT,
        {"text_tab": "Generate"},
        "Character LSTM",
        "genmodels/text_generation/char_rnn.py",
        "CharRNN",
    ),
    Term(
        "Temperature",
        TEXT,
        {"text_tab": "Generate"},
        "Temperature",
        "genmodels/text_generation/sampling.py",
        "apply_temperature",
    ),
    Term(
        "Top-k and top-p sampling",
        TEXT,
        {"text_tab": "Generate"},
        "Top-k",
        "genmodels/text_generation/sampling.py",
        "truncate",
    ),
    Term(
        "Surprisal (cross-entropy per character)",
        TEXT,
        {"text_tab": "Surprisal"},
        "Surprisal",
        "genmodels/text_generation/char_rnn.py",
        "surprisal",
    ),
    Term(
        "Gates of an LSTM",
        TEXT,
        {"text_tab": "Inspect the LSTM"},
        "Gate",
        "genmodels/text_generation/rnn_cells.py",
        "lstm",
    ),
    Term(
        "Sequence length",
        TEXT,
        {"text_tab": "Train"},
        "Sequence length",
        "genmodels/text_generation/training.py",
        "train",
    ),
    Term("Octaves", DREAM, {"dream_tab": "Dream"}, "Octaves", "genmodels/vision/gradient_ascent.py", "octave_sizes"),
    Term(
        "Octave scale",
        DREAM,
        {"dream_tab": "Dream"},
        "Octave scale",
        "genmodels/vision/gradient_ascent.py",
        "octave_sizes",
    ),
    Term(
        "Gradient ascent",
        DREAM,
        {"dream_tab": "How it works"},
        "ascent",
        "genmodels/vision/gradient_ascent.py",
        "gradient",
    ),
    Term(
        "Activations",
        CONVNET,
        {"convnet_tab": "Activations"},
        "Activations",
        "genmodels/convnet_visualization/activations.py",
        "activations",
    ),
    Term(
        "Filter visualization",
        CONVNET,
        {"convnet_tab": "Filter visualization"},
        "Filter visualization",
        "genmodels/convnet_visualization/feature_visualization.py",
        "visualize_filters",
    ),
    Term(
        "Grad-CAM",
        CONVNET,
        {"convnet_tab": "Grad-CAM"},
        "Grad-CAM",
        "genmodels/convnet_visualization/grad_cam.py",
        "grad_cam",
    ),
    Term(
        "Loss weights",
        STYLE,
        {"style_tab": "Style transfer"},
        "Loss weights",
        "genmodels/style_transfer/transfer.py",
        "transfer",
    ),
    Term(
        "Content weight",
        STYLE,
        {"style_tab": "Style transfer"},
        "Content weight",
        "genmodels/style_transfer/losses.py",
        "content_loss",
    ),
    Term(
        "Style weight",
        STYLE,
        {"style_tab": "Style transfer"},
        "Style weight",
        "genmodels/style_transfer/losses.py",
        "style_loss",
    ),
    Term(
        "Total variation weight",
        STYLE,
        {"style_tab": "Style transfer"},
        "Total variation weight",
        "genmodels/style_transfer/losses.py",
        "total_variation_loss",
    ),
    Term(
        "Gram matrix",
        STYLE,
        {"style_tab": "Gram matrices"},
        "Gram matri",
        "genmodels/style_transfer/losses.py",
        "gram_matrix",
    ),
    Term(
        "L-BFGS", STYLE, {"style_tab": "Style transfer"}, "Optimizer", "genmodels/style_transfer/optimizers.py", "lbfgs"
    ),
    Term(
        "Fast style transfer",
        LIVE,
        {"fast_style_tab": "Image"},
        "Style strength",
        "genmodels/live_style/network.py",
        "stylize",
    ),
    Term(
        "Latent sliders (VAE)", VAE, {"vae_tab": "Latent sliders"}, "Latent sliders", "genmodels/vae/model.py", "decode"
    ),
    Term(
        "2-D latent space",
        VAE,
        {"vae_tab": "2-D latent space"},
        "2-D latent space",
        "genmodels/vae/latent_map.py",
        "load",
    ),
    Term(
        "Reparameterization", VAE, {"vae_tab": "How it works"}, "eparameterization", "genmodels/vae/model.py", "sample"
    ),
    Term(
        "Interpolation in latent space",
        VAE,
        {"vae_tab": "Interpolation"},
        "Interpolation",
        "genmodels/latent_space.py",
        "interpolate",
    ),
    Term(
        "Concept vector",
        VAE,
        {"vae_tab": "Interpolation"},
        "oncept vector",
        "genmodels/latent_space.py",
        "concept_vector",
    ),
    Term(
        "KL divergence, β-VAE",
        VAE,
        {"vae_tab": "AE vs. VAE vs. β-VAE"},
        "KL",
        "genmodels/vae/model.py",
        "kl_divergence",
    ),
    Term(
        "Latent sliders (GAN)",
        GAN,
        {"gan_tab": "Explore", "gan_view": "Latent sliders"},
        "Latent sliders",
        "genmodels/gan/latent_directions.py",
        "principal_directions",
    ),
    Term(
        "Latent vector arithmetic",
        GAN,
        {"gan_tab": "Latent arithmetic"},
        "arithmetic",
        "genmodels/gan/latent_directions.py",
        "vector_arithmetic",
    ),
    Term("DCGAN", GAN, {"gan_tab": "Explore"}, "DCGAN", "genmodels/gan/networks.py", "generator"),
    Term("Conditional GAN", GAN, {"gan_tab": "Explore"}, "conditional", "genmodels/gan/model.py", "build"),
    Term("Mode collapse", GAN, {"gan_tab": "2-D GAN"}, "modes", "genmodels/gan/gan_2d.py", "train"),
    Term("Ablation", GAN, {"gan_tab": "Ablations"}, "Ablation", "genmodels/gan/config.py", "ABLATIONS"),
    Term(
        "WGAN-GP: gradient penalty", GAN, {"gan_tab": "Train"}, "penalty", "genmodels/gan/losses.py", "gradient_penalty"
    ),
    Term(
        "Progressive growing of GANs",
        PROGAN,
        {"progan_tab": "How it works"},
        "Progressive growing",
        "genmodels/progressive_gan/config.py",
        "schedule",
    ),
    Term(
        "Fade-in, alpha",
        PROGAN,
        {"progan_tab": "How it works"},
        "Fade-in",
        "genmodels/progressive_gan/layers.py",
        "fade_in",
    ),
    Term(
        "Equalized learning rate",
        PROGAN,
        {"progan_tab": "How it works"},
        "Equalized learning rate",
        "genmodels/progressive_gan/layers.py",
        "EqualizedConv2D",
    ),
    Term(
        "Pixelwise normalization",
        PROGAN,
        {"progan_tab": "How it works"},
        "Pixelwise normalization",
        "genmodels/progressive_gan/layers.py",
        "pixel_norm",
    ),
    Term(
        "Minibatch standard deviation",
        PROGAN,
        {"progan_tab": "How it works"},
        "Minibatch standard deviation",
        "genmodels/progressive_gan/layers.py",
        "minibatch_std",
    ),
    Term(
        "Style mixing",
        STYLE_GAN,
        {"style_gan_tab": "Style mixing"},
        "Styles from the column",
        "genmodels/style_gan/model.py",
        "mix_styles",
    ),
    Term(
        "Truncation trick",
        STYLE_GAN,
        {"style_gan_tab": "Truncation"},
        "Cutoff",
        "genmodels/style_gan/model.py",
        "truncate",
    ),
    Term(
        "Mapping network",
        STYLE_GAN,
        {"style_gan_tab": "Latent space", "style_gan_latent_view": "Mapping network"},
        "Mapping network",
        "genmodels/style_gan/networks.py",
        "MappingNetwork",
    ),
    Term("AdaIN", STYLE_GAN, {"style_gan_tab": "How it works"}, "AdaIN", "genmodels/style_gan/networks.py", "adain"),
    Term(
        "Perceptual path length",
        STYLE_GAN,
        {"style_gan_tab": "How it works"},
        "Perceptual path length",
        "genmodels/style_gan/metrics.py",
        "perceptual_path_length",
    ),
    Term(
        "Tied weights",
        AE,
        {"ae_tab": "Codes", "ae_codes_view": "Weights and codes", "ae_model": "Tied weights"},
        "Tied weights",
        "genmodels/autoencoders/tied_weights.py",
        "transposed_layer",
    ),
    Term(
        "Denoising autoencoder",
        AE,
        {"ae_tab": "Denoising and sparsity", "ae_constraint_view": "Denoising"},
        "Denoising",
        "genmodels/autoencoders/denoising.py",
        "corrupt",
    ),
    Term(
        "Sparsity, KL penalty",
        AE,
        {"ae_tab": "Denoising and sparsity", "ae_constraint_view": "Sparsity"},
        "Sparsity",
        "genmodels/autoencoders/sparsity.py",
        "kl_sparsity",
    ),
    Term(
        "Code size",
        AE,
        {"ae_tab": "Codes", "ae_codes_view": "Code size"},
        "Code size",
        "genmodels/autoencoders/config.py",
        "CODE_SIZES",
    ),
    Term(
        "t-SNE",
        AE,
        {"ae_tab": "Latent projections", "ae_projections_view": "t-SNE and PCA map"},
        "t-SNE",
        "genmodels/autoencoders/latent_projection.py",
        "project",
    ),
    Term(
        "PCA",
        AE,
        {"ae_tab": "Latent projections", "ae_projections_view": "PCA vs. linear autoencoder"},
        "PCA",
        "genmodels/autoencoders/linear.py",
        "train",
    ),
    Term(
        "Semantic hashing",
        AE,
        {"ae_tab": "Semantic hashing"},
        "Semantic hashing",
        "genmodels/autoencoders/semantic_hashing.py",
        "pack_bits",
    ),
    Term(
        "Unsupervised pretraining",
        AE,
        {"ae_tab": "Train", "ae_train_view": "Unsupervised pretraining"},
        "nsupervised pretraining",
        "genmodels/autoencoders/unsupervised_pretraining.py",
        "compare",
    ),
)


def table() -> str:
    """The document, as Markdown."""
    lines = [
        "# Terms",
        "",
        "Where each term of the books is in the app and in the code. Written by `python -m docs.terms`, checked by",
        "`tests/vocabulary/test_terms.py`; the links are addresses of a running studio.",
        "",
        "| term | page, tab | label | link | module | name |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for term in TERMS:
        place = f"`{term.page}`, {term.title}"
        module = f"[`{term.module}`](../{term.module})"
        lines.append(f"| {term.name} | {place} | {term.label} | `{term.link}` | {module} | `{term.symbol}` |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    FILE.write_text(table(), encoding="utf-8")
