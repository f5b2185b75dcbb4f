"""Data: data sets, texts, sample photos, generated style images.

datasets             load, available, tiny_imagenet, photos
text_data            load, available, decode: the corpora of the character-level language models
sample_photos        load: photos that come with libraries
style_images         load: procedurally generated style images; procedural_drawing: its drawing functions
fashion_samples      test_images, generated_images: Fashion-MNIST images with and without the data set
"""
