"""What style is: the Gram matrices of the style, of the photo and of what was painted."""

from typing import Any

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from genmodels.media import images
from genmodels.style_transfer import losses as style_losses
from genmodels.style_transfer import transfer as style_transfer
from genmodels.vision.backbone import Backbone
from pages.style_transfer import common, script_export
from pages.style_transfer.style_picker import Manners
from ui import code_panel, job_panel
from ui.image_display import data_url
from ui.page_layout import reader_text

HEAT = np.array([[230, 120, 40]], "uint8")  # what the strongest entry shines in


def show(model: Backbone, photo: np.ndarray | None, manners: Manners) -> None:
    reader_text(
        "A layer answers with one map for each of its channels. Lay two maps on each other, multiply, and take the "
        "mean over all places: how often do these two features come together, wherever that is? All pairs make the "
        "Gram matrix. It has forgotten where things are, and that is the point: what is left is the manner."
    )
    if photo is None or not manners:
        st.info("Bring a photo and a style above.", icon=":material/add_photo_alternate:")
        return
    run, job = st.session_state.get("style_run"), job_panel.find("style")
    painted = job is not None and job.step is not None and run is not None and _same(run, model, photo, manners)
    if not painted:
        run = {"model": model, "photo": photo, "manners": manners, "settings": {"blend": None, "style_scale": 1.0}}
    picture = job.step.image if painted else None
    found = _asked(run, picture)
    names = list(found)
    middle = names[min(2, len(names) - 1)]
    if st.session_state.get("style_gram", middle) not in names:
        st.session_state["style_gram"] = middle  # another network has other layers
    tip = "Early layers: which colours and edges come together. Late ones: which strokes and shapes do."
    layer = st.pills("Layer", names, default=middle, required=True, key="style_gram", help=tip, wrap=True,
                     **common.KEEP)  # fmt: skip
    *maps, chart = st.columns([3, 3, 3, 5], gap="medium")
    _maps(maps, run, picture, found[layer or middle])
    if not painted:
        maps[2].info("What was painted comes here: open the tab Paint.", icon=":material/format_paint:")
    with chart:
        _nearer(found, painted)
    reader_text(
        "Row and column are channels, those that the style uses most first. A bright square off the diagonal: two "
        "features that like to come together, blue beside a diagonal edge, say."
    )
    if painted:
        code_panel.show(script_export.grams(run), [style_losses.gram_matrix, style_losses.style_loss, style_transfer.manners],
                  key="style_grams", name="gram_matrices")  # fmt: skip


def _same(run: dict[str, Any], model: Backbone, photo: np.ndarray, manners: Manners) -> bool:
    """True where what was painted is what is chosen now."""
    return common.signature(run["model"], run["photo"], run["manners"], {}) == common.signature(
        model, photo, manners, {}
    )


def _asked(run: dict[str, Any], painted: np.ndarray | None) -> dict[str, tuple]:
    """The Gram matrices by layer, computed once for what is painted by now."""
    picture = run["photo"] if painted is None else painted
    chosen = {name: run["settings"][name] for name in ("blend", "style_scale")}
    sign = common.signature(run["model"], run["photo"], run["manners"], chosen | {"painted": picture})
    if st.session_state.get("style_asked", (None,))[0] != sign:
        with st.spinner("Asking the network about all pictures"):
            pictures = [each for _, each in run["manners"]]
            found = style_transfer.manners(run["model"], run["photo"], picture, pictures, **chosen)
        st.session_state["style_asked"] = sign, found
    return st.session_state["style_asked"][1]


def _maps(
    places: list[DeltaGenerator], run: dict[str, Any], painted: np.ndarray | None, grams: tuple[np.ndarray, ...]
) -> None:
    """A heat map each for photo, style and what was painted, and the picture it is of."""
    target, before, after = grams
    heats = style_losses.heat([before, target, after], target)
    named = " + ".join(name for name, _ in run["manners"])
    away = [f"{far:.3f} away from the style" for far in style_losses.distances([before, after], [target] * 2)]
    shown = [("The photo", run["photo"], away[0]), (named, run["manners"][0][1], "what is to be reached")]
    if painted is not None:
        shown.append(("Painted", painted, away[1]))
    for place, (title, picture, said), heat in zip(places, shown, heats, strict=False):
        with place:
            st.markdown(f"**{title}**  \n{said}")
            st.image(images.png(images.tint(heat[None], HEAT)[0], scale=12), width="stretch", output_format="PNG")
            st.image(data_url(picture), width="stretch")


def _nearer(found: dict[str, tuple], painted: bool) -> None:
    """The style loss of every layer, before and after."""
    rows: dict[str, list] = {"layer": [], "picture": [], "loss": []}
    for layer, (target, before, after) in found.items():
        for picture, gram in (("the photo", before), ("painted", after))[: 1 + painted]:
            rows["layer"].append(layer)
            rows["picture"].append(picture)
            rows["loss"].append(style_losses.distances([gram], [target])[0])
    spec = {
        "mark": {"type": "bar"},
        "encoding": {
            "y": {"field": "layer", "type": "nominal", "title": None, "sort": None},
            "yOffset": {"field": "picture", "sort": ["the photo", "painted"]},
            "x": {
                "field": "loss",
                "type": "quantitative",
                "title": "style loss, 1: as far as an empty picture",
                "scale": {"type": "sqrt"},
            },
            "color": {
                "field": "picture",
                "type": "nominal",
                "title": None,
                "scale": {"domain": ["the photo", "painted"], "range": ["#3182bd", "#e6550d"]},
                "legend": {"orient": "top"},
            },
        },
    }
    st.markdown("**How far each layer is from the style**  \nbefore and after")
    st.vega_lite_chart(rows, spec, height=48 * len(found) + 70, key="style_nearer")
