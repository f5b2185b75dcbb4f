"""Generative adversarial networks (GANs).

A generator maps random latent vectors to images; a discriminator estimates the probability that an image is real. Each
is trained against the other (Goodfellow et al. 2014, arXiv:1406.2661; DCGAN: Radford et al. 2015, arXiv:1511.06434).

- `model`: `build`, `load`, `sample_latents`, `generate`, `discriminate`, `load_data`
- `config`: `Hyperparameters`, `CONFIGS` of the pretrained models, `ABLATIONS`
- `networks`: the layers of generator and discriminator, `minibatch_std`, `minibatch_discrimination`
- `latent_directions`: `principal_directions`, `set_coordinates`, `set_components`, `latent_plane`, `nearest_neighbors`,
  `vector_arithmetic`
- `losses`, `train_step`, `compiled_train_step`: `discriminator_loss`, `generator_loss`, `critic_loss`; `train_step` is
  one compiled step of both networks
- `training`: `train`, reported step by step
- `metrics`: `frechet_distance`, `diversity_metrics`, `effective_classes`, `checkerboard_score`
- `training_history`, `history_recorder`: `read`, `write`, `final_metrics` of training runs; records one
- `gan_2d`, `numpy_mlp`: a GAN for points in the plane, in NumPy: `build`, `train`
"""
