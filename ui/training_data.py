"""What a training learns from, as it is shown before the first step: the data, and what to do where it is missing."""

from collections.abc import Mapping

import numpy as np
import streamlit as st

from genmodels.data import datasets
from genmodels.jobs.job_queue import Job
from genmodels.media import images
from ui.image_display import show


def load_images(data: str, split: str, keep: int | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Pictures (n, h, w[, 3]) uint8 and their labels (n,); the 8 x 8 digits enlarged to 28 x 28, with a margin.

    keep: one class only. Raises `datasets.DatasetMissing` where they are not on this machine.
    """
    x, labels = datasets.load(data, split)
    if keep is not None:
        x, labels = x[labels == keep], labels[labels == keep]
    if data == "digits":
        x = np.pad(images.resize(x, 24), ((0, 0), (2, 2), (2, 2)))
    return x, labels


@st.cache_data(show_spinner=False)
def _sheet(data: str, keep: int | None, side: int) -> np.ndarray:
    x, _ = load_images(data, "test", keep)  # there are fewer of them: quicker to read
    x = np.resize(x, (side * side, *x.shape[1:]))  # some begin again where a class has fewer
    return images.tile(x.reshape(side, side, *x.shape[1:]))


def examples(data: str, caption: str, *, keep: int | None = None, side: int = 10) -> None:
    """side x side held-out pictures; the 8 x 8 digits, which are always here, where the data is missing."""
    here = datasets.available(data)
    try:
        show(_sheet(data if here else "digits", keep if here else None, side), caption=caption)
    except datasets.DatasetMissing as error:  # a damaged file
        st.error(str(error), icon=":material/broken_image:")


def check(titles: Mapping[str, str], data: str) -> str:
    """A warning if the data set is not on this machine. Returns "": Train is enabled, because it downloads it.

    titles: what each data set is called on the page.
    """
    if not datasets.available(data):
        missing(titles[data], f"{data}.npz", "The 8 x 8 digits are")
    return ""


def missing(title: str, file: str, always: str, fetched: str = "once") -> None:
    """A warning that says how data gets onto this machine.

    file: its name in the data folder. always: the data that needs no getting. fetched: how the internet gives it.
    """
    st.warning(
        f"{title} is not on this machine. Three ways to get it: connect to the internet and press Train, which "
        f"fetches it {fetched}; set GENMODELS_DATA_DIR to a folder that holds {file}; or copy the folder "
        f"~/.keras/datasets from a machine that has it. {always} always here.",
        icon=":material/cloud_off:",
    )


def waiting(job: Job) -> None:
    """What a training that has not begun yet is waiting for."""
    st.info(
        f"**{job.title}**  \nThis server trains one network at a time. At its turn this one is built and its training "
        "step compiled, which takes some seconds. The rest of the page works meanwhile.",
        icon=":material/hourglass_top:",
    )
