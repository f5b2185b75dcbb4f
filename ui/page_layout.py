"""The frame of every page: sidebar, header, tabs, result and controls, presentation mode."""

import importlib
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.navigation.page import StreamlitPage

from ui import address, job_panel, links, model_loading, visitor

FONT_SIZE, PRESENTATION_FONT_SIZE = 17, 21  # pixels

_STYLE = """<style>
html { font-size: %dpx; }
[data-testid="stSidebarNavItems"] { zoom: %.3f; }
[data-testid="stMainBlockContainer"] { padding: 1rem 2.6rem 4rem; max-width: 1720px; }
[data-testid="stMainBlockContainer"] h1 { font-size: 30px; line-height: 1.2; padding: 0; white-space: nowrap; }
[data-testid="stHeader"] { background: transparent; }
body:has([data-testid="stExpandSidebarButton"]) [data-testid="stMainBlockContainer"] { padding-top: 3.2rem; }
.st-key-page_header [data-testid="stCaptionContainer"] { margin-top: 0.3rem; }
[class*="_source"] [data-testid="stButtonGroup"] button { padding: 0.25rem 0.42rem; }
[class*="_source"] [data-testid="stButtonGroup"] button p { font-size: 14px; }
@media (max-width: 900px) { /* a tablet: the controls below the result */
  [data-testid="stHorizontalBlock"]:has(> [data-testid="stColumn"] [class*="st-key-result_"]) { flex-wrap: wrap; }
  [data-testid="stHorizontalBlock"]:has(> [data-testid="stColumn"] [class*="st-key-result_"])
    > [data-testid="stColumn"] { flex: 1 1 100%%; min-width: 100%%; } }
@media (max-width: 640px) { [data-testid="stMainBlockContainer"] { padding: 3.2rem 1rem 4rem; }
  [data-testid="stMainBlockContainer"] h1 { white-space: normal; } }
</style>"""


WITHOUT_TENSORFLOW = {"text_generation"}  # pages that compute in NumPy and import TensorFlow only to train


def page_frame(page: StreamlitPage) -> None:
    """Sidebar and page-wide settings; call before the page runs."""
    address.keep_one_history_entry()
    query = {key: st.query_params.get_all(key) for key in st.query_params}
    if (present := address.usable(links.updated(query))) != query:
        if "presenter" in st.session_state:  # bound already: Streamlit keeps it and forbids to set it
            present.pop("presenter", None)
        st.switch_page(page, query_params=present)
    if page.url_path not in WITHOUT_TENSORFLOW:
        model_loading.start_tensorflow_import()
    with st.sidebar:
        st.toggle(
            "Presentation mode",
            key="presenter",
            help="Larger type and less text, for a projector. The arrow keys step through the page's presets.",
            bind="query-params",
            persist_state="session",
            on_change=lambda: st.session_state.update(_switched=True),
        )
        job_panel.badge()
        visitor.remember()
        if st.session_state.pop("_switched", False):
            # The focused element receives the arrow keys: take the focus from the toggle. This element stands last
            # in the sidebar, because elements that follow one that disappears are created again.
            st.html("<script>document.activeElement?.blur()</script>", unsafe_allow_javascript=True)
    size = PRESENTATION_FONT_SIZE if presenter_mode() else FONT_SIZE
    st.html(_STYLE % (size, FONT_SIZE / size))  # the sidebar, whose labels would be cut, keeps its size
    _fix_first_deep_link()


def former_page(former: str, path: str) -> StreamlitPage:
    """A page without an entry in the navigation, at the url path that `path` had before; it leads there."""
    return st.Page(
        lambda: st.switch_page(path, query_params={key: st.query_params.get_all(key) for key in st.query_params}),
        title=former,
        url_path=former,
        visibility="hidden",
    )


def presenter_mode() -> bool:
    return bool(st.session_state.get("presenter"))


def text_width(pixels: int) -> int:
    """A width that fits a text, in pixels; larger in presentation mode, as the type is."""
    return round(pixels * PRESENTATION_FONT_SIZE / FONT_SIZE) if presenter_mode() else pixels


def reader_text(text: str) -> None:
    """A paragraph for readers; omitted in presentation mode."""
    if not presenter_mode():
        st.markdown(text)


def page_header(title: str, sentence: str) -> DeltaGenerator:
    """A page's title and one sentence, each on one line. Gives the container beside them, for presets and the model.

    What a lecturer would say more stands in "How it works". The container is horizontal: its widgets share one row.
    """
    with st.container(key="page_header", gap=None):
        row = st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", gap="small")
        row.title(title, anchor=False, width="content")
        if not presenter_mode():
            st.caption(sentence)
    return row.container(
        horizontal=True, horizontal_alignment="right", vertical_alignment="center", gap="small", width="content"
    )


def result_and_controls(key: str, columns: Sequence[float] = (5, 2)) -> tuple[DeltaGenerator, DeltaGenerator]:
    """The two containers of a tab's first screen: its result, large, and the main controls beside it.

    key: of the tab; the result's container gets the key "result_<key>", by which a browser test finds and measures
    it (top edge above 300 px, 60 % of it above 720 px at 1280 x 720). columns: relative widths of the two.
    """
    left, right = st.columns(columns, gap="medium")
    return left.container(key=f"result_{key}"), right


def tabs(
    package: str,
    titles: Mapping[str, str],
    key: str,
    *args: Any,
    model: Callable[[], Any] | None = None,
    loading_placeholder: Callable[[], None] | None = None,
) -> None:
    """A tab for each title; the open one calls `show(*args)` of its module in `package`, the page's folder.

    model: loads the first argument of all `show` functions; until TensorFlow is imported, the open tab calls
    `loading_placeholder()`. A damaged weight file is reported in its tab; the other tabs work.
    """
    tabs = st.tabs(list(titles), key=key, on_change="rerun", bind="query-params")
    if model is not None:
        placeholder = next((tab for tab in tabs if tab.open), tabs[0]).empty()
        if loading_placeholder is not None and not model_loading.tensorflow_ready():
            with placeholder.container():
                loading_placeholder()
        args = (model(), *args)
        placeholder.empty()
    for tab, module in zip(tabs, titles.values(), strict=True):
        if tab.open:
            with tab, model_loading.show_weight_errors():
                importlib.import_module(f"{package}.{module}").show(*args)


@st.cache_resource(show_spinner=False)
def _runs() -> Iterator[int]:
    return itertools.count()


def _fix_first_deep_link() -> None:
    """Reload the page if it is the first one that this server shows and not the home page.

    Because of the folder `pages/` Streamlit assumes its older kind of multipage app until st.navigation was called
    once: the page is right, but a dialog says that it does not exist.
    """
    if next(_runs()) == 0 and st.context.url and urlsplit(st.context.url).path.strip("/"):
        st.html("<script>location.reload()</script>", unsafe_allow_javascript=True)
