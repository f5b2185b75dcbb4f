"""What surrounds every page: the warm-up, the presenter's switch, the running job."""

import itertools
from collections.abc import Iterator
from urllib.parse import urlsplit

import streamlit as st

from ui import engine, jobs

_STYLE = """<style>
html { font-size: %dpx; }
[data-testid="stMainBlockContainer"] { padding: 2.2rem 2.6rem 4rem; max-width: 1720px; }
[data-testid="stMainBlockContainer"] h1 { font-size: 36px; padding: 0.3rem 0; white-space: nowrap; }
</style>"""


def surround() -> None:
    """Sidebar and page-wide settings; call before the page runs."""
    engine.start()
    with st.sidebar:
        st.toggle(
            "Presenter",
            key="presenter",
            help="Large type and fewer words, for a projector. The arrow keys step through the page's presets.",
            bind="query-params",
            persist_state="session",
            on_change=lambda: st.session_state.update(_switched=True),
        )
        jobs.badge()
    st.html(_STYLE % (21 if presenting() else 17))
    if st.session_state.pop("_switched", False):
        # The arrow keys belong to whatever has the focus: take it from the switch.
        st.html("<script>document.activeElement?.blur()</script>", unsafe_allow_javascript=True)
    _mend_first_deep_link()


def presenting() -> bool:
    return bool(st.session_state.get("presenter"))


def explain(text: str) -> None:
    """A paragraph for readers; left out while presenting."""
    if not presenting():
        st.markdown(text)


@st.cache_resource(show_spinner=False)
def _runs() -> Iterator[int]:
    return itertools.count()


def _mend_first_deep_link() -> None:
    """Load the page again if it is the very first this server shows and not the home page.

    Streamlit sees the folder `pages/` and takes a fresh server for one of its older kind until
    st.navigation was called once: the page is right, but a dialog says that it does not exist.
    """
    if next(_runs()) == 0 and st.context.url and urlsplit(st.context.url).path.strip("/"):
        st.html("<script>location.reload()</script>", unsafe_allow_javascript=True)
