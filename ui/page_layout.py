"""What surrounds every page: the warm-up, the presenter's switch, the running job."""

import importlib
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.navigation.page import StreamlitPage

from ui import job_panel, links, model_loading

_STYLE = """<style>
html { font-size: %dpx; }
[data-testid="stMainBlockContainer"] { padding: 1rem 2.6rem 4rem; max-width: 1720px; }
[data-testid="stMainBlockContainer"] h1 { font-size: 30px; line-height: 1.2; padding: 0; white-space: nowrap; }
[data-testid="stHeader"] { background: transparent; }
body:has([data-testid="stExpandSidebarButton"]) [data-testid="stMainBlockContainer"] { padding-top: 3.2rem; }
@media (max-width: 640px) { [data-testid="stMainBlockContainer"] { padding: 3.2rem 1rem 4rem; }
  [data-testid="stMainBlockContainer"] h1 { white-space: normal; } }
</style>"""


WITHOUT_TENSORFLOW = {"text_generation"}  # pages that compute in NumPy: they wake nothing up before it is needed


def page_frame(page: StreamlitPage) -> None:
    """Sidebar and page-wide settings; call before the page runs."""
    query = {key: st.query_params.get_all(key) for key in st.query_params}
    if (present := links.updated(query)) != query:
        st.switch_page(page, query_params=present)
    if page.url_path not in WITHOUT_TENSORFLOW:
        model_loading.start_tensorflow_import()
    with st.sidebar:
        st.toggle(
            "Presenter",
            key="presenter",
            help="Large type and fewer words, for a projector. The arrow keys step through the page's presets.",
            bind="query-params",
            persist_state="session",
            on_change=lambda: st.session_state.update(_switched=True),
        )
        job_panel.badge()
        if st.session_state.pop("_switched", False):
            # The arrow keys belong to whatever has the focus: take it from the switch. Last in the
            # sidebar, where nothing follows: what comes and goes above a page moves, and remakes, all of it.
            st.html("<script>document.activeElement?.blur()</script>", unsafe_allow_javascript=True)
    st.html(_STYLE % (21 if presenter_mode() else 17))
    _fix_first_deep_link()


def moved_page(former: str, path: str) -> StreamlitPage:
    """A page without an entry in the navigation, at the url path that `path` had before; it leads there."""
    return st.Page(
        lambda: st.switch_page(path, query_params={key: st.query_params.get_all(key) for key in st.query_params}),
        title=former,
        url_path=former,
        visibility="hidden",
    )


def presenter_mode() -> bool:
    return bool(st.session_state.get("presenter"))


def reader_text(text: str) -> None:
    """A paragraph for readers; left out while presenting."""
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
    *given: Any,
    model: Callable[[], Any] | None = None,
    meanwhile: Callable[[], None] | None = None,
) -> None:
    """A tab for each title; in the open one, `show(*given)` of its module in `package`, the page's own folder.

    model: loads what all of them need and are given first; until TensorFlow is there, the open one shows
    `meanwhile()`. A damaged weight file is told in its section, and the others go on.
    """
    tabs = st.tabs(list(titles), key=key, on_change="rerun", bind="query-params")
    if model is not None:
        place = next((tab for tab in tabs if tab.open), tabs[0]).empty()
        if meanwhile is not None and not model_loading.tensorflow_ready():
            with place.container():
                meanwhile()
        given = (model(), *given)
        place.empty()
    for tab, module in zip(tabs, titles.values(), strict=True):
        if tab.open:
            with tab, model_loading.show_weight_errors():
                importlib.import_module(f"{package}.{module}").show(*given)


@st.cache_resource(show_spinner=False)
def _runs() -> Iterator[int]:
    return itertools.count()


def _fix_first_deep_link() -> None:
    """Load the page again if it is the very first this server shows and not the home page.

    Streamlit sees the folder `pages/` and takes a fresh server for one of its older kind until
    st.navigation was called once: the page is right, but a dialog says that it does not exist.
    """
    if next(_runs()) == 0 and st.context.url and urlsplit(st.context.url).path.strip("/"):
        st.html("<script>location.reload()</script>", unsafe_allow_javascript=True)
