"""Training history: samples from the same latent vectors, from the first training step to the last."""

import streamlit as st

from genmodels.gan import metrics, training_history
from genmodels.media import images
from pages.gan import common
from pages.gan.components import history_player
from ui import code_panel
from ui.page_layout import result_and_controls

FPS = 5  # grids per second in a video: slow enough to watch one sample


def show(name: str) -> None:
    critic = name in common.WGAN_MODELS
    result, controls = result_and_controls("training_history", (6, 1))
    with result:
        history_player.show([("", name)], common.names(name), key="gan_history_player", critic=critic, begin="end")
    with controls:
        _video(name)
    st.caption(
        "The critic loss of a WGAN decreases in absolute value as training progresses: it estimates the distance "
        "between real and generated images."
        if critic
        else "The GAN losses do **not** decrease during training. Use the Fréchet distance to see progress."
    )
    script = f"""
        from genmodels.gan import training_history
        from genmodels.media import images

        history = training_history.read({name!r})
        for step, distance in zip(history.steps, history.frechet_distance):
            print(f"step {{step:6}}: {{distance:.2f}}")
        grids = [training_history.sample_grid(history, k) for k in range(len(history))]
        open("gan_training_history.gif", "wb").write(images.animate(grids, "gif", fps={FPS}, scale=2))
        """
    code_panel.show(
        script,
        [training_history.read, metrics.effective_classes],
        key="training_history",
        name="gan_training_history",
    )


def _video(name: str) -> None:
    history = history_player.read(name)
    video_format = st.radio(
        "Video format",
        list(common.VIDEO_FORMATS),
        key="gan_video_format",
        help="Format of the download.",
        **common.URL_BOUND,
    )
    st.download_button(
        "Video",
        lambda: images.animate(
            [training_history.sample_grid(history, k) for k in range(len(history))],
            video_format.lower(),
            fps=FPS,
            scale=2,
        ),
        f"gan_{name}.{video_format.lower()}",
        common.VIDEO_FORMATS[video_format],
        icon=":material/download:",
        on_click="ignore",
        help="Download all grids in order, at twice their size.",
    )
