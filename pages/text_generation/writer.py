"""Being written."""

import streamlit as st


def show(name: str) -> None:
    st.write("being written", name)
