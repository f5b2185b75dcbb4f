"""Links of earlier releases: former query keys and values, read as aliases of the present ones.

Every state of a page has a link, and links are kept in lecture notes. A key or value that gets a new name is
listed in `former_keys`, or here, for one release; `ui.page_layout.page_frame` opens the page again under the present
ones.
"""

from collections.abc import Callable, Mapping, Sequence
from statistics import NormalDist

from ui.former_keys import KEYS, VAE_DATA

PATHS = {"convnet_views": "convnet_visualization"}  # former url paths of pages

# --- vae ---
_VAE_LAYERS = {"Codes": "Latent vectors", "Pictures": "Decoded images"}


def _percentile_to_z(percentile: str) -> str:
    """A percentile of N(0, 1), "1" to "99", as z in steps of 0.05. Anything else stays: the widget ignores it."""
    try:
        return f"{round(20 * NormalDist().inv_cdf(float(percentile) / 100)) / 20:.2f}"
    except ValueError:
        return percentile


_FORMER_LAYERS = {  # of the built-in network: "3.1" was "block3_conv1"
    f"{block}.{conv}": f"block{block}_conv{conv}" for block in range(1, 6) for conv in (1, 2)
}

VALUES: dict[str, dict[str, str]] = {  # present query key: its former values, and what each is now
    # --- text_generation ---
    "text_tab": {
        "It writes": "Generate",
        "Four temperatures": "Compare temperatures",
        "Surprise": "Surprisal",
        "Inside the LSTM": "Inspect the LSTM",
        "Train it": "Train",
    },
    "text_model": {"Small letters": "Lower case", "Capitals too": "Mixed case"},
    "heatmap_value": {"Surprise": "Surprisal", "A cell or gate": "Cell or gate"},
    "heatmap_gate": {"Output h": "Hidden state h"},
    "text_choice": {"What the network wrote last": "Last generated text"},
    "cell_nietzsche_layer": {"First": "Layer 1", "Second": "Layer 2"},
    "cell_nietzsche_cased_layer": {"First": "Layer 1", "Second": "Layer 2"},
    "text_train_corpus": {"Python's help": "Python help"},
    "text_train_training_target": {
        "the N shifted by one": "Shifted sequence",
        "the next one": "Next character only",
    },
    # --- vae ---
    "vae_tab": {
        "Latent pad": "2-D latent space",
        "Ten sliders": "Latent sliders",
        "Your own picture": "Encode your image",
        "Between two": "Interpolation",
        "AE, VAE, β": "AE vs. VAE vs. β-VAE",
        "Train it": "Train",
    },
    "vae_data": {"Digits": "MNIST", "Clothes": "Fashion-MNIST"},
    "pad_layer": _VAE_LAYERS,
    "beta_view": _VAE_LAYERS,
    "grid_spacing": {"Range": "Linear", "Quantiles": "Normal quantiles"},
    "interpolation_mode": {
        "Two pictures": "Two images",
        "Semantic 5 x 7": "Semantic interpolation",
        "Concepts": "Concept vectors",
    },
    # --- deep_dream ---
    "dream_tab": {"Side by side": "Compare settings"},
    "dream_objective": {"A channel": "Channel", "A class": "Class (logit)", "A guide image": "Guide image"},
    "dream_comparison": {
        "Detail": "Lost detail",
        "Border": "Border activations",
        "Equal details": "Gradient normalization",
    },
    # --- convnet_visualization ---
    "convnet_tab": {"What a filter looks for": "Filter visualization"},
    "activations_order": {"Strongest first": "By max activation", "As numbered": "By index"},
    "activations_layer": _FORMER_LAYERS,
    "filter_layer": _FORMER_LAYERS | {"Classes": "classes"},
    "grad_cam_layer": _FORMER_LAYERS,
    "filter_image_size": {f"{size} px": str(size) for size in (64, 96, 128, 192)},
    # --- style_transfer ---
    "style_tab": {
        "Paint": "Style transfer",
        "What style is": "Gram matrices",
        "Side by side": "Compare settings",
    },
    "style_init": {"The photo": "Content image", "Noise": "Random noise", "The style": "Style image"},
    "style_comparison": {
        "Optimiser": "Optimizer",
        "Start": "Initial image",
        "All or nothing": "Content only vs. style only",
    },
    # --- live_style ---
    "fast_style_tab": {"Picture": "Image", "Film": "Video", "Learn this style": "Add a style"},
    "fast_style_mode": {"One style": "Single style", "A mix": "Blend", "Four corners": "2-D interpolation"},
    # --- gan ---
    "gan_tab": {
        "Arithmetic": "Latent arithmetic",
        "Flight recorder": "Training history",
        "Two dimensions": "2-D GAN",
        "Break it": "Ablations",
        "Train it": "Train",
    },
    "gan_model": {
        "Clothes, DCGAN": "Fashion-MNIST, DCGAN",
        "Clothes, dense": "Fashion-MNIST, dense",
        "Clothes, by kind": "Fashion-MNIST, conditional",
        "Digits, by number": "MNIST, conditional",
        "Clothes, WGAN-GP": "Fashion-MNIST, WGAN-GP",
        "Frogs": "CIFAR-10 frogs",
        "Ten kinds of things": "CIFAR-10, conditional",
    },
    "gan_view": {
        "Sliders": "Latent sliders",
        "Slice": "2-D slice",
        "Neighbours": "Nearest neighbors",
        "Every kind": "All classes",
    },
    "gan_operation": {"Between two": "Interpolation"},
    # --- gan: 2-D GAN, training, ablations ---
    "gan2d_data_distribution": {"Ring": "Ring of 8 Gaussians", "Grid": "Grid of 25 Gaussians"},
    "gan2d_networks_to_update": {"Discriminator": "Discriminator only", "Generator": "Generator only"},
    "gan_ablation": {
        "Uniform codes": "Uniform latent distribution",
        "With a minibatch statistic": "With minibatch standard deviation",
    },
    "gan_train_networks_to_update": {"Discriminator": "Discriminator only", "Generator": "Generator only"},
    "gan_train_classes": {"All kinds": "All classes", "All, to choose from": "All classes, conditional GAN"},
    "gan2d_layers": {
        "Landscape": "Discriminator heatmap",
        "Noise": "Generator manifold",
        "Pushes": "Gradients",
        "Real": "Real samples",
        "Made": "Fake samples",
    },
    # --- autoencoders ---
    "ae_tab": {"All at once": "Compare all", "Search": "Semantic hashing"},
    "ae_model": {"Layer by layer": "Greedy layer-wise", "Hashing": "Semantic hashing"},
    "ae_train_model": {"Layer by layer": "Greedy layer-wise", "Hashing": "Semantic hashing"},
    "ae_noise_type": {"Dropped pixels": "Dropout"},
}

EXPANDED: dict[str, dict[str, dict[str, str]]] = {  # present query key: a former value that is several keys now
    # --- vae ---
    "vae_tab": {"Latent grid": {"vae_tab": "2-D latent space", "latent_view": "Decoded grid"}},
    # --- autoencoders ---
    "ae_tab": {
        "Look inside": {"ae_tab": "Codes", "ae_codes_view": "Weights and codes"},
        "Size": {"ae_tab": "Codes", "ae_codes_view": "Code size"},
        "Noise": {"ae_tab": "Denoising and sparsity", "ae_constraint_view": "Denoising"},
        "Sparse": {"ae_tab": "Denoising and sparsity", "ae_constraint_view": "Sparsity"},
        "PCA": {"ae_tab": "Latent projections", "ae_projections_view": "PCA vs. linear autoencoder"},
        "Map": {"ae_tab": "Latent projections", "ae_projections_view": "t-SNE and PCA map"},
        "Few labels": {"ae_tab": "Train", "ae_train_view": "Unsupervised pretraining"},
        "Train it": {"ae_tab": "Train", "ae_train_view": "Train an autoencoder"},
    },
}


CONVERTED: dict[str, Callable[[str], str]] = {  # former query key: its values in the present key's unit
    # --- vae ---
    **{f"ten_{data}_{d}": _percentile_to_z for data in VAE_DATA for d in range(10)},
}


def updated(query: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """The same state under present keys and values, all values of each key. A present key overrides a former one."""
    present = {KEYS[key]: [CONVERTED.get(key, str)(v) for v in values] for key, values in query.items() if key in KEYS}
    present |= {key: list(values) for key, values in query.items() if key not in KEYS}
    updated_values = {
        key: [VALUES.get(key, {}).get(value, value) for value in values] for key, values in present.items()
    }
    for key, values in list(updated_values.items()):
        if len(values) == 1 and (several := EXPANDED.get(key, {}).get(values[0])):
            updated_values = {other: [v] for other, v in several.items()} | updated_values | {key: [several[key]]}
    return updated_values
