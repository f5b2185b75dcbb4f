"""StyleGAN: a generator that is controlled by styles at every resolution.

Karras et al. 2019, arXiv:1812.04948, and 2020, arXiv:1912.04958; conditional on the class. Color models are trained
with a projected discriminator (Sauer et al. 2021, arXiv:2111.01007).

- `model`: `build`, `load`, `sample_latents`, `map_latents`, `truncate`, `synthesize`, `generate`, `mix_styles`
- `latent_space`: `path`, `principal_directions`, `shift_along`, `plane`, `noise_deviation`, `sphere_patch`
- `config`: `Hyperparameters`, `CONFIGS` of the pretrained models, `ABLATIONS`
- `networks`: mapping and synthesis network, discriminator, `demodulate`, `adain`
- `projected_discriminator`, `augmentation`, `classifier_guidance`: of the color models
- `training`: `create_state`, `train_on_batch`
- `metrics`: `perceptual_path_length`, `latent_variance_fraction`, `class_diversity`, `evaluate`
"""
