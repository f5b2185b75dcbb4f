"""The visitor: known again after a reload and in another tab, by a random number in a session cookie.

The number never stands in the address, because links are shared. It is no login: a browser that refuses the cookie
is a new visitor after each reload.
"""

import re
import uuid

import streamlit as st

from ui.component import component

COOKIE = "genmodels_visitor"

_visitor_cookie = component("visitor_cookie", __file__)


def visitor_id() -> str:
    """The visitor of this session, 32 hexadecimal digits: from the cookie of the browser, else a new one."""
    if "_visitor" not in st.session_state:
        st.session_state["_visitor"] = _stored_id() or uuid.uuid4().hex
    return st.session_state["_visitor"]


def remember() -> None:
    """Store the visitor's id in the browser; call once per run of a page.

    The cookies that Streamlit knows are those with which the session was opened. If another tab of a new visitor has
    stored its own id since then, this session takes that one.
    """
    if _stored_id() is None:
        _visitor_cookie(key="_visitor_cookie", data=visitor_id(), on_id_change=_take_id)


def _stored_id() -> str | None:
    """The id that the browser sent when the session was opened; None without a valid one."""
    found = st.context.cookies.get(COOKIE, "")
    return found if _is_id(found) else None


def _take_id() -> None:
    found = st.session_state["_visitor_cookie"].get("id")
    if _is_id(found):
        st.session_state["_visitor"] = found


def _is_id(text: object) -> bool:
    return isinstance(text, str) and re.fullmatch("[0-9a-f]{32}", text) is not None
