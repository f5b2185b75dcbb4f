"""Image and video files; with data.datasets the only modules that import PIL.

images           decode, resize, tile, tint, png, webp, animate, blend
dataset_format   to_dataset_format: a drawing, scan or photo as a 28 x 28 image
object_photo     segment_ink, segment_garment
videos           decode, pan_over_photo
"""
