"""Live style transfer: one network, many styles, a picture in one go."""

from genmodels import photos as shipped
from pages.live_style import common
from ui import engine, photos
from ui.controls import presets
from ui.shell import head, sections

TABS = {  # title: the module of this folder that shows it
    "Picture": "picture",
    "Camera": "camera",
    "Film": "film",
    "Learn this style": "learn",
    "How it works": "theory",
}

side = head(
    "Live style",
    "Painting a photo by optimisation takes minutes, for every photo anew. A network that was trained on the same "
    "losses has the answer at once, fast enough for a camera. This one holds many styles, and everything between.",
)
with side:
    presets(common.STORY, key="live_story")
with engine.told():
    sections(
        "pages.live_style",
        TABS,
        "live_tab",
        model=common.model,
        meanwhile=lambda: photos.bare(shipped.load("Palace", 640), "This is about to be painted.", common.wide),
    )
