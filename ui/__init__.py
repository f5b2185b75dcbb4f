"""Streamlit widgets and layout that pages share.

page_layout         sidebar, header, tabs, the first screen's result and controls, presentation mode
model_loading       import of TensorFlow in the background, cached models, errors of weight files
job_panel           start, pause, resume and stop a long job; its progress and its curves
training_panel      the frame of the Train tabs; training_data: the data that they show
side_by_side        two runs that differ in one setting
presets_and_reset   presets and Reset
photo_picker, image_input, drawing_canvas, network_picker   choices that several pages offer
image_display, image_grid, before_after, class_colors       images on a page
code_panel          "Show the code", equations
component           custom components; scripts/: what they share, and network.js, inference in the browser
links, former_keys  former links, read under their present keys
"""
