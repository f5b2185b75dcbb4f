"""DeepDream: gradient ascent on a photo that amplifies the patterns a trained convnet detects in it.

Backpropagation continues to the input pixels, and the photo is updated so that the activations of chosen layers grow,
at several scales (octaves). Mordvintsev, Olah & Tyka 2015, "Inceptionism: Going Deeper into Neural Networks";
Chollet, Deep Learning with Python, section 8.2.

- `dream`: `dream(image)` yields a `Step` per gradient ascent step.
- `objectives`: `objective(model, ...)`: what is maximized: layers, a channel, a class logit, a guide image.
- `zoom`: `zoom(image)` yields the frames of an endless zoom.
- `analysis`: `gradient_stages`, `layer_activations`, `predict`: what a step changes.
"""
