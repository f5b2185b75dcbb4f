"""Components that pages share: a before/after slider, a drawing canvas, a grid of images, a slice of a latent space."""
