"""The home page: its title, then one card per technique."""

import importlib

import streamlit as st

st.title("GenModels", anchor=False)
st.caption("See, touch and train the classical generative networks on this machine: no GPU, no internet.")
importlib.import_module("pages.home.cards").show()  # after the title: its imports take a tenth of a second
