"""ProGAN: a GAN that grows from 4 x 4 to 32 x 32 pixels during its training.

Karras et al. 2018, "Progressive Growing of GANs for Improved Quality, Stability, and Variation", arXiv:1710.10196.

- `model`: `build`, `load`, `sample_latents`, `generate`, `generate_paths` (old path, new path, blend),
  `path_values`, `generate_resolutions`, `fade_images`
- `training_history`: `read` the samples recorded during the training
- `config`: `RESOLUTIONS`, `schedule` of the growth
- `networks`: `Generator`, `Discriminator`, which grow by one block per resolution
- `layers`: `EqualizedDense`, `EqualizedConv2D`, `pixel_norm`, `minibatch_std`, `upsample_conv`, `conv_downsample`,
  `fade_in`, `fade_real_images`
- `training`, `train_step`, `checkpoints`: `create_state`, `start_stage`, `train_on_batch`; the StyleGAN is trained with
  the same step
"""
