"""Neural style transfer: one image with the content of a photo and the style of another image.

The pixels are optimized until a fixed convolutional network sees the photo's feature maps (content) and the style
image's Gram matrices (style). Nothing is trained. Gatys, Ecker & Bethge 2015, "A Neural Algorithm of Artistic
Style", arXiv:1508.06576.

transfer.py: `transfer`, the optimization as a generator of steps; `upsample_frames`, its frames at one size
targets.py: `style_grams`, `style_grams_by_layer`: the Gram matrices that a transfer aims at
losses.py: `gram_matrix`, `content_loss`, `style_loss`, `total_variation_loss`; `default_layers`
optimizers.py: `lbfgs`, `adam`
"""
