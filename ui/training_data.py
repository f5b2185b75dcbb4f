"""The data of a training, shown before its first step, and messages for missing data."""

from collections.abc import Mapping

import numpy as np
import streamlit as st

from genmodels.data import datasets
from genmodels.jobs.job_queue import Job
from genmodels.media import images
from ui.image_display import show


def load_images(data: str, split: str, only_class: int | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Images (n, h, w[, 3]) uint8 and their labels (n,); the 8 x 8 digits enlarged to 28 x 28, with a margin.

    only_class: label of the class to which they are restricted. Raises `datasets.DatasetMissing`.
    """
    x, labels = datasets.load(data, split)
    if only_class is not None:
        x, labels = x[labels == only_class], labels[labels == only_class]
    if data == "digits":
        x = np.pad(images.resize(x, 24), ((0, 0), (2, 2), (2, 2)))
    return x, labels


@st.cache_data(show_spinner=False)
def _grid(data: str, only_class: int | None, n: int) -> np.ndarray:
    x, _ = load_images(data, "test", only_class)  # the smaller split: read faster
    x = np.resize(x, (n * n, *x.shape[1:]))  # repeats images if a class has fewer
    return images.tile(x.reshape(n, n, *x.shape[1:]))


def examples(data: str, caption: str, *, only_class: int | None = None, n: int = 10) -> None:
    """n x n test images; of the 8 x 8 digits, which need no download, if the data set is missing."""
    available = datasets.available(data)
    try:
        show(_grid(data if available else "digits", only_class if available else None, n), caption=caption)
    except datasets.DatasetMissing as error:  # a damaged file
        st.error(str(error), icon=":material/broken_image:")


def check(titles: Mapping[str, str], data: str) -> str:
    """A warning if the data set is not on this machine. Returns "": Train is enabled, because it downloads it.

    titles: what each data set is called on the page.
    """
    if not datasets.available(data):
        missing(titles[data], f"{data}.npz", "The 8 x 8 digits are")
    return ""


def missing(title: str, file: str, always: str, download: str = "once") -> None:
    """A warning that says how to get the data.

    file: its name in the data folder. always: the data that needs no download, with "is" or "are". download: how
    often and how large.
    """
    st.warning(
        f"{title} is not on this machine. Three ways to get it: connect to the internet and press Train, which "
        f"downloads it {download}; set GENMODELS_DATA_DIR to a folder that holds {file}; or copy the folder "
        f"~/.keras/datasets from a machine that has it. {always} available without a download.",
        icon=":material/cloud_off:",
    )


def waiting(job: Job) -> None:
    """A message for a training without a first step: queued, or being prepared."""
    queued = "The server runs one training job at a time; yours is queued. " if job.state == "queued" else ""
    st.info(
        f"**{job.title}**  \n{queued}Building the model and compiling the training step takes a few seconds.",
        icon=":material/hourglass_top:",
    )
