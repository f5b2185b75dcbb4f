"""The convolutional networks that DeepDream, convnet visualization and style transfer compute with.

A network trained to classify photos learns features on the way: edges first, then textures, then object parts. The
techniques of this project maximize or compare these features by gradient ascent on the pixels of an image (Simonyan,
Vedaldi & Zisserman 2013, arXiv:1312.6034; Mordvintsev, Olah & Tyka 2015, "Inceptionism").

- `backbone`: `load`, `classify`, `features`: a network by its name, its predictions and its activations.
- `architecture`: `Backbone`, `build`, `fold_batchnorm`: the built-in network, a small VGG.
- `pretrained_backbones`: `available`, `fetch`, `load`: VGG19 and InceptionV3 of keras.applications.
- `gradient_ascent`: `gradient`, `tiled_gradient`, `laplacian_normalize`, `apply_step`, `octave_sizes`: one step.
- `comparison`: `side_by_side`: two optimizations in lockstep.
- `adversarial_training`: `attack`, `batches`, `compile_for_training`: how the built-in network is trained.
- `image_classifier`: `features`, `probabilities`: a small classifier per data set, to evaluate generated images.
"""
