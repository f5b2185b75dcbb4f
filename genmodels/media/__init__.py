"""Image and video files; with data.datasets the only modules that import PIL.

images   decode, to_dataset_format, resize, tile, tint, png, webp, animate, blend
videos   decode, pan_over_photo
"""
