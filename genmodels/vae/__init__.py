"""Variational autoencoder (VAE): a generative model with an explicit latent space.

The encoder maps an image to a Gaussian posterior q(z|x) over latent vectors, a sample z is drawn with the
reparameterization trick, and the decoder reconstructs the image; the KL divergence keeps the posterior near the prior
N(0, I), so that new images can be generated from it. Kingma & Welling 2013, "Auto-Encoding Variational Bayes",
arXiv:1312.6114; beta-VAE: Higgins et al. 2017.

- `model`: `build`, `load`, `encode`, `sample`, `decode`, `reconstruct`, `elbo_terms`, `negative_elbo`, `decode_grid`,
  `image_concept_vector`, `train`; the terms of the loss `reparameterize`, `kl_divergence`, `bernoulli_nll`
- `latent_map`: the precomputed latent space of a trained model, without TensorFlow: `load`, `neighbor_labels`,
  `class_example`, `class_medoid`, `dimensions_by_kl`, `active_units`, `make`
- `genmodels.latent_space`, shared with the GANs: `latent_grid`, `interpolate`, `semantic_grid`, `traverse`,
  `concept_vector`, `shift_along`
"""
