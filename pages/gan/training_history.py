"""Flight recorder: what a model drew from the same noise, from its first step to its last."""

import streamlit as st

from genmodels.gan import metrics, training_history
from genmodels.media import images
from pages.gan import common
from pages.gan.components import history_player
from ui import code_panel
from ui.page_layout import reader_text

MIME = {"GIF": "image/gif", "WebP": "image/webp", "MP4": "video/mp4"}
FPS = 5  # walls a second in a film: slow enough to watch one picture


def show(name: str) -> None:
    critic = name in history_player.CRITICS
    reader_text(
        "Every picture of this wall is drawn from a code that never changes; what changes is the network. Outlines "
        "come first and details later, and the same code may be one thing now and another a while later. "
        + (
            "Here one loss **does** tell that they learn: the critic's, which comes up to zero as it finds less to "
            "tell the drawn from the real by."
            if critic
            else "The losses do **not** fall: each player gets better, and so does its opponent. Only the distance to "
            "real pictures tells that they learn."
        )
    )
    history_player.show([("", name)], common.names(name), key="gan_flight", critic=critic, begin="end")
    record = history_player.read(name)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = st.segmented_control(
            "Film",
            list(MIME),
            default="GIF",
            required=True,
            key="gan_film",
            label_visibility="collapsed",
            **common.KEEP,
        )
        st.download_button(
            "Download the film",
            lambda: images.animate(
                [training_history.sample_grid(record, k) for k in range(len(record))], kind.lower(), fps=FPS, scale=2
            ),
            f"gan_{name}.{kind.lower()}",
            MIME[kind],
            icon=":material/movie:",
            on_click="ignore",
            help="All walls, one after the other, at twice their size.",
        )
    script = f"""
        from genmodels.gan import training_history as gan_records
        from genmodels.media import images

        record = gan_records.read({name!r})
        for step, distance in zip(record.steps, record.frechet_distance):
            print(f"step {{step:6}}: {{distance:.2f}}")
        walls = [gan_records.sample_grid(record, k) for k in range(len(record))]
        open("gan_flight.gif", "wb").write(images.animate(walls, "gif", fps={FPS}, scale=2))
        """
    code_panel.show(script, [training_history.read, metrics.effective_classes], key="records", name="gan_flight")
