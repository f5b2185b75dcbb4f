"""Autoencoders: networks that compress an image into a code and reconstruct the image from it.

To prevent them from learning the identity function, each variant adds a constraint: a small code, tied weights,
corrupted inputs, a sparse code or a binary one. After Hands-On Machine Learning, chapter 17; Rumelhart, Hinton &
Williams 1986, doi:10.1038/323533a0; Hinton & Salakhutdinov 2006, doi:10.1126/science.1127647.

- `config`: `Config` of one autoencoder; `MODELS`, the variants, and `ALL_MODELS`, everything that is trained
- `model`: `build`, `load`, `encode`, `decode`, `reconstruct`, `squared_error`
- `networks`: the layers of encoder and decoder (dense, convolutional, recurrent)
- `tied_weights`: the dense layer whose weights are another layer's, transposed
- `denoising`: `corrupt` images with Gaussian noise or dropout, `denoising_error`
- `sparsity`: L1 and KL divergence penalties on the code, `activation_histogram`
- `training`: `train`, all layers at once or greedy layer-wise
- `visualization`: `first_layer_weights`, `max_activating_examples`, `latent_traversal`, `interpolate`
- `linear`: a linear autoencoder learns the subspace of PCA
- `latent_projection`: `tsne` and `pca` maps of the codes, `project` a new image onto them
- `semantic_hashing`: `binarize`, `pack_bits`, `hamming`, `nearest`, `retrieval_precision`
- `unsupervised_pretraining`: `compare` classifiers trained on few labeled images, from scratch and pretrained
"""
