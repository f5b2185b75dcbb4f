"""Visualizing what convnets learn: intermediate activations, filter visualization and class activation heatmaps.

The three methods of Chollet, Deep Learning with Python, section 5.4 (second edition: 9.4), for any trained backbone,
with a sanity check of the heatmaps (Adebayo et al. 2018, arXiv:1810.03292).

- `activations`: `activations`, `sparsity`, `tile_channels`: what each channel of each layer detects in a photo.
- `feature_visualization`: `visualize_filters`, `visualize_classes`: the input that maximizes a filter or a class
  (Erhan et al. 2009; Olah, Mordvintsev & Schubert 2017, doi:10.23915/distill.00007).
- `filter_atlas`: `load`, `split`: precomputed visualizations of all filters of the built-in network.
- `grad_cam`: `grad_cam`, `randomization_test`, `rank_correlation`: the image regions that support a class
  (Selvaraju et al. 2016, arXiv:1610.02391).
- `colormap`: `colorize`: values in [0, 1] as colors.
- `inputs`: `check_image`, `one_hot`: what the methods accept.
"""
