"""Training history: samples from the same latent vectors, from the untrained 4 x 4 network to 32 x 32."""

import streamlit as st

from genmodels.media import images
from genmodels.progressive_gan import config, training_history
from pages.progressive_gan import common
from pages.progressive_gan.components import growth_player
from ui import code_panel

FPS = 8  # grids per second in a video


def show() -> None:
    history = growth_player.read(common.NAME)
    with st.container(key="result_training_history"):
        growth_player.show(common.NAME, key="progan_growth_player")
    with st.container(horizontal=True, vertical_alignment="bottom", width=320):
        chosen = common.video_format("progan_history_video_format")
        st.download_button(
            "Video",
            lambda: images.animate(
                [training_history.sample_grid(history, k) for k in range(len(history))],
                chosen.lower(),
                fps=FPS,
                scale=3,
            ),
            f"progan_training_history.{chosen.lower()}",
            common.VIDEO_FORMATS[chosen],
            key="progan_history_video",
            icon=":material/movie:",
            on_click="ignore",
            help="All grids in order, enlarged three times.",
        )
    common.note(
        "All samples come from the same latent vectors; lower resolutions are enlarged. The networks learn the outline "
        "at a low resolution first, where training is fast, and then the details."
    )
    script = f"""
        from genmodels.media import images
        from genmodels.progressive_gan import training_history

        history = training_history.read({common.NAME!r})
        for part in training_history.segments(history):
            shown = history.images[part.first]
            print(f"from image {{shown:9,}}: {{'fade' if part.is_fading else '    '}} {{part.resolution}} pixels")
        grids = [training_history.sample_grid(history, k) for k in range(len(history))]
        open("progan_training_history.gif", "wb").write(images.animate(grids, "gif", fps={FPS}, scale=3))
        """
    functions = [config.schedule, training_history.read, training_history.segments]
    code_panel.show(script, functions, key="progan_history", name="progan_training_history")
