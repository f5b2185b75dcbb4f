"""Fast style transfer: a feed-forward network that stylizes an image in one pass, in any of its styles or between them.

Johnson, Alahi & Fei-Fei 2016, "Perceptual Losses for Real-Time Style Transfer and Super-Resolution",
arXiv:1603.08155; many styles in one network by conditional instance normalization: Dumoulin, Shlens & Kudlur 2017,
"A Learned Representation for Artistic Style", arXiv:1610.07629.

network.py: `load`, `build`, `stylize`, `interpolate_2d`
layers.py: the layers that hold the styles (`ConditionalInstanceNorm`) and make the pixels
video.py: `stylize_video`, `temporal_smoothing`, `adapt_resolution`
losses.py: `perceptual_losses`, `style_targets`
training.py: `train_style`, `add_style`; `build_trainer`, `train_step`, `evaluate` for the whole network
"""
