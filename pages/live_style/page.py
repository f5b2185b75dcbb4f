"""Live style transfer: one network, many styles, a picture in one go."""

from genmodels.data import sample_photos as shipped
from pages.live_style import common
from ui import model_loading, photo_picker
from ui.page_layout import page_header, tabs
from ui.presets_and_reset import presets

TABS = {  # title: the module of this folder that shows it
    "Picture": "image",
    "Camera": "camera",
    "Film": "video",
    "Learn this style": "add_style",
    "How it works": "theory",
}

side = page_header(
    "Live style",
    "Painting a photo by optimisation takes minutes, for every photo anew. A network that was trained on the same "
    "losses has the answer at once, fast enough for a camera. This one holds many styles, and everything between.",
)
with side:
    presets(common.STORY, key="live_story")
with model_loading.show_weight_errors():
    tabs(
        "pages.live_style",
        TABS,
        "live_tab",
        model=common.model,
        meanwhile=lambda: photo_picker.show_original(
            shipped.load("Palace", 640), "This is about to be painted.", common.wide
        ),
    )
