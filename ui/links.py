"""Links of earlier releases: former query keys and values, read as aliases of the present ones.

Every state of a page has a link, and links are kept in lecture notes. A key or value that gets a new name is
listed here for one release; `ui.page_layout.page_frame` opens the page again under the present ones.
"""

from collections.abc import Callable, Mapping, Sequence
from statistics import NormalDist

PATHS = {"convnet_views": "convnet_visualization"}  # former url paths of pages

# --- vae ---
_VAE_DATA = ("mnist", "fashion_mnist")
_VAE_LAYERS = {"Codes": "Latent vectors", "Pictures": "Decoded images"}


def _percentile_to_z(percentile: str) -> str:
    """A percentile of N(0, 1), "1" to "99", as z in steps of 0.05. Anything else stays: the widget ignores it."""
    try:
        return f"{round(20 * NormalDist().inv_cdf(float(percentile) / 100)) / 20:.2f}"
    except ValueError:
        return percentile


KEYS: dict[str, str] = {  # former query key: present one
    # --- text_generation ---
    "surprise_by": "heatmap_value",
    "surprise_gate": "heatmap_gate",
    "read_what": "text_choice",
    "inside_from": "traces_start",
    "clamp_at": "clamp_value",
    "clamp_state": "clamp_cell_value",
    "clamp_scope": "clamp_units",
    "four_prompt": "compare_prompt",
    "four_length": "compare_length",
    "four_seed": "compare_seed",
    "four_0": "compare_temperature_1",
    "four_1": "compare_temperature_2",
    "four_2": "compare_temperature_3",
    "four_3": "compare_temperature_4",
    "text_live_corpus": "text_train_corpus",
    "text_live_mode": "text_train_training_target",
    "text_live_cell": "text_train_cell",
    "text_live_units": "text_train_units",
    "text_live_rate": "text_train_learning_rate",
    "text_live_window": "text_train_sequence_length",
    "text_live_layers": "text_train_layers",
    "text_live_batch": "text_train_batch_size",
    "text_live_epochs": "text_train_epochs",
    "text_live_length": "text_train_text_length",
    "text_live_seed": "text_train_seed",
    "text_live_temperature": "text_train_temperature",
    "text_live_write": "text_train_length",
    "text_live_draws": "text_train_sampling_seed",
    # --- vae ---
    "pad_show": "pad_layer",
    "pad_rings": "pad_prior",
    "grid_n": "grid_images_per_side",
    "grid_spread": "grid_spacing",
    "grid_extent": "grid_half_width",
    "grid_colour": "grid_color_by_class",
    "picture_source": "own_image_source",
    "picture_row": "own_image_row",
    "between_what": "interpolation_mode",
    "between_size": "interpolation_latent_dim",
    "between_n": "interpolation_images",
    "between_kind": "interpolation_video_format",
    "semantic_k": "semantic_example",
    "concept_k": "concept_example",
    "concept_amount": "concept_strength",
    "family_show": "beta_view",
    "family_seed": "beta_seed",
    "live_data": "vae_train_data",
    "live_latent": "vae_train_latent_dim",
    "live_beta": "vae_train_beta",
    "live_rate": "vae_train_learning_rate",
    "live_batch": "vae_train_batch_size",
    "live_epochs": "vae_train_epochs",
    "live_seed": "vae_train_seed",
    **{f"ten_{data}_{d}": f"z_{data}_{d + 1}" for data in _VAE_DATA for d in range(10)},
    **{
        f"between_{data}_{end}{suffix}": f"interpolation_{data}_{name}{new_suffix}"
        for data in _VAE_DATA
        for end, name in (("a", "from"), ("b", "to"))
        for suffix, new_suffix in (("", ""), ("_k", "_example"))
    },
    **{f"concept_{data}_{k}_on": f"concept_{data}_{k}_class" for data in _VAE_DATA for k in range(7)},
    # --- deep_dream ---
    "dream_by": "dream_objective",
    "dream_scale": "dream_octave_scale",
    "dream_strength": "dream_step_size",
    "dream_palette": "dream_color_preservation",
    "dream_limit": "dream_max_loss",
    "dream_bands": "dream_gradient_normalization",
    "dream_detail": "dream_reinject_detail",
    "dream_border": "dream_border_crop",
    "dream_size": "dream_image_size",
    "dream_switch": "dream_comparison",
    "dream_factor": "dream_zoom_per_frame",
    "dream_per_frame": "dream_steps_per_frame",
    "dream_zoom_strength": "dream_zoom_step_size",
    # --- convnet_visualization ---
    "views_tab": "convnet_tab",
    "views_network": "convnet_network",
    "views_photo": "convnet_photo",
    "views_layer": "activations_layer",
    "views_order": "activations_order",
    "views_own": "activations_normalize_per_channel",
    "views_channel": "activations_channel",
    "look_layer": "filter_layer",
    "look_channel": "filter_channel",
    "look_side": "filter_image_size",
    "look_steps": "filter_steps",
    "look_decay": "filter_decay_power",
    "look_shake": "filter_transform_robustness",
    "look_seed": "filter_seed",
    "cam_class": "grad_cam_class",
    "cam_layer": "grad_cam_layer",
    "cam_seed": "grad_cam_seed",
    # --- style_transfer ---
    "style_manner": "style_image",
    "style_content": "style_content_weight",
    "style_style": "style_weight",
    "style_variation": "style_tv_weight",
    "style_start": "style_init",
    "style_steps": "style_steps_per_scale",
    "style_scales": "style_n_scales",
    "style_scale": "style_image_scale",
    "style_rate": "style_learning_rate",
    "style_light": "style_preserve_color",
    "style_gram": "style_gram_layer",
    "style_switch": "style_comparison",
    "style_at_block1_conv1": "style_layer_weight_block1_conv1",
    "style_at_block2_conv1": "style_layer_weight_block2_conv1",
    "style_at_block3_conv1": "style_layer_weight_block3_conv1",
    "style_at_block4_conv1": "style_layer_weight_block4_conv1",
    "style_at_block5_conv1": "style_layer_weight_block5_conv1",
    "style_at_mixed0": "style_layer_weight_mixed0",
    "style_at_mixed2": "style_layer_weight_mixed2",
    "style_at_mixed4": "style_layer_weight_mixed4",
    "style_at_mixed6": "style_layer_weight_mixed6",
    "style_of_brush_strokes": "style_blend_weight_brush_strokes",
    "style_of_mosaic": "style_blend_weight_mosaic",
    "style_of_stained_glass": "style_blend_weight_stained_glass",
    "style_of_waves": "style_blend_weight_waves",
    "style_of_ink": "style_blend_weight_ink",
    "style_of_woodcut": "style_blend_weight_woodcut",
    "style_of_halftone": "style_blend_weight_halftone",
    "style_of_pencil": "style_blend_weight_pencil",
    "style_of_marble": "style_blend_weight_marble",
    "style_of_woven": "style_blend_weight_woven",
    "style_of_dots": "style_blend_weight_dots",
    "style_of_facets": "style_blend_weight_facets",
    "style_of_your_own": "style_blend_weight_your_own",
    # --- live_style ---
    "live_tab": "fast_style_tab",
    "live_photo": "fast_style_photo",
    "live_size": "fast_style_size",
    "live_way": "fast_style_mode",
    "live_style": "fast_style_style",
    "live_styles": "fast_style_styles_to_blend",
    "live_strength": "fast_style_strength",
    "live_keep": "fast_style_preserve_color",
    "live_hold": "fast_style_smoothing",
    "live_hold_camera": "fast_style_camera_smoothing",
    "live_side": "fast_style_camera_resolution",
    "live_learn_photo": "fast_style_train_image",
    "live_learn_steps": "fast_style_train_steps",
    "live_learn_size": "fast_style_train_image_size",
    "live_learn_weight": "fast_style_train_style_weight",
    # --- gan ---
    "gan_across": "gan_x_direction",
    "gan_begin": "gan_example",
    "gan_film": "gan_video_format",
    "gan_kind": "gan_class",
    "gan_opinion": "gan_color_by_discriminator",
    "gan_sorted": "gan_sort_by_score",
    "gan_spread": "gan_truncation",
    "gan_sum": "gan_operation",
    "gan_up": "gan_y_direction",
    "gan_way_kind": "gan_interpolation_video_format",
    "gan_way_n": "gan_interpolation_steps",
    "picture": "gan_sample",
    # --- gan: 2-D GAN, training, ablations ---
    "plane_data": "gan2d_data_distribution",
    "plane_turn": "gan2d_networks_to_update",
    "plane_d_rate": "gan2d_discriminator_learning_rate",
    "plane_g_rate": "gan2d_generator_learning_rate",
    "plane_penalty": "gan2d_r1_penalty_weight",
    "plane_d_steps": "gan2d_discriminator_steps",
    "plane_slow": "gan2d_slow_motion",
    "plane_objective": "gan2d_objective",
    "plane_units": "gan2d_hidden_units",
    "plane_steps": "gan2d_steps",
    "plane_seed": "gan2d_seed",
    "plane_show": "gan2d_layers",
    "gan_trick": "gan_ablation",
    "ganlive_data": "gan_train_data",
    "ganlive_kinds": "gan_train_classes",
    "ganlive_network": "gan_train_architecture",
    "ganlive_turn": "gan_train_networks_to_update",
    "ganlive_d_rate": "gan_train_discriminator_learning_rate",
    "ganlive_g_rate": "gan_train_generator_learning_rate",
    "ganlive_noise": "gan_train_label_noise",
    "ganlive_slow": "gan_train_slow_motion",
    "ganlive_objective": "gan_train_objective",
    "ganlive_output": "gan_train_output_activation",
    "ganlive_latent": "gan_train_latent_distribution",
    "ganlive_activation": "gan_train_activation",
    "ganlive_kernel": "gan_train_kernel_size",
    "ganlive_dropout": "gan_train_dropout",
    "ganlive_minibatch": "gan_train_minibatch_layer",
    "ganlive_replay": "gan_train_replay_fraction",
    "ganlive_d_steps": "gan_train_discriminator_steps",
    "ganlive_clip": "gan_train_gradient_clip",
    "ganlive_epochs": "gan_train_epochs",
    "ganlive_batch": "gan_train_batch_size",
    "ganlive_seed": "gan_train_seed",
    # --- autoencoders ---
    "ae_member": "ae_model",
    "ae_size": "ae_code_size",
    "ae_noise_kind": "ae_noise_type",
    "ae_noise_gaussian": "ae_noise_level_gaussian",
    "ae_noise_dropout": "ae_noise_level_dropout",
    "ae_target": "ae_target_activity",
    "ae_active": "ae_mean_activity",
    "ae_other": "ae_interpolate_to",
    "map_kind": "ae_projection",
    "map_pictures": "ae_show_images",
    "pca_rate": "pca_learning_rate",
    "ae_live_data": "ae_train_data",
    "ae_live_member": "ae_train_model",
    "ae_live_codings": "ae_train_code_size",
    "ae_live_amount": "ae_train_noise_level",
    "ae_live_weight": "ae_train_sparsity_weight",
    "ae_live_rate": "ae_train_learning_rate",
    "ae_live_batch": "ae_train_batch_size",
    "ae_live_epochs": "ae_train_epochs",
    "ae_live_seed": "ae_train_seed",
    "ae_few_data": "pretraining_data",
    "ae_few_labels": "pretraining_labels",
    "ae_few_seeds": "pretraining_repetitions",
    "ae_few_batches": "pretraining_training_steps",
    "ae_number_linear": "ae_unit_linear",
    "ae_number_stacked": "ae_unit_stacked",
    "ae_number_tied": "ae_unit_tied",
    "ae_number_greedy": "ae_unit_greedy",
    "ae_number_convolutional": "ae_unit_convolutional",
    "ae_number_recurrent": "ae_unit_recurrent",
    "ae_number_denoising_gaussian": "ae_unit_denoising_gaussian",
    "ae_number_denoising_dropout": "ae_unit_denoising_dropout",
    "ae_number_sparse_l1": "ae_unit_sparse_l1",
    "ae_number_sparse_kl": "ae_unit_sparse_kl",
    "ae_number_hashing": "ae_unit_hashing",
}

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
    **{f"ten_{data}_{d}": _percentile_to_z for data in _VAE_DATA for d in range(10)},
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
