"""GenModels: see, touch and train the classical generative techniques. `python app.py` or `streamlit run app.py`."""

import streamlit as st
from streamlit import runtime

from ui import links, page_layout


def main() -> None:
    """Navigation, and the page that the address names."""
    st.set_page_config(page_title="GenModels", page_icon="ui/icon.png", layout="wide", initial_sidebar_state=250)
    former_pages = [page_layout.former_page(former, f"pages/{now}/page.py") for former, now in links.PATHS.items()]
    page = st.navigation(
        {
            "": [st.Page("pages/home/page.py", title="Home", icon=":material/home:", default=True), *former_pages],
            "Text": [
                st.Page(
                    "pages/text_generation/page.py",
                    title="Character LSTM",
                    icon=":material/edit_note:",
                    url_path="text_generation",
                ),
            ],
            "Visualizing convnets": [
                st.Page(
                    "pages/deep_dream/page.py",
                    title="DeepDream",
                    icon=":material/landscape:",
                    url_path="deep_dream",
                ),
                st.Page(
                    "pages/convnet_visualization/page.py",
                    title="What convnets learn",
                    icon=":material/visibility:",
                    url_path="convnet_visualization",
                ),
            ],
            "Images": [
                st.Page(
                    "pages/style_transfer/page.py",
                    title="Style transfer",
                    icon=":material/palette:",
                    url_path="style_transfer",
                ),
                st.Page(
                    "pages/live_style/page.py",
                    title="Live style transfer",
                    icon=":material/brush:",
                    url_path="live_style",
                ),
            ],
            "Latent spaces": [
                st.Page("pages/vae/page.py", title="VAE", icon=":material/scatter_plot:", url_path="vae"),
                st.Page(
                    "pages/autoencoders/page.py",
                    title="Autoencoders",
                    icon=":material/compress:",
                    url_path="autoencoders",
                ),
                st.Page("pages/gan/page.py", title="GANs", icon=":material/swords:", url_path="gan"),
                st.Page(
                    "pages/progressive_gan/page.py",
                    title="Progressive GAN",
                    icon=":material/grid_on:",
                    url_path="progressive_gan",
                ),
                st.Page(
                    "pages/style_gan/page.py",
                    title="StyleGAN",
                    icon=":material/instant_mix:",
                    url_path="style_gan",
                ),
            ],
        }
    )
    page_layout.page_frame(page)
    page.run()


if runtime.exists():  # this script is run by a Streamlit server
    main()
elif __name__ == "__main__":  # python app.py: start the server
    st.App(__file__).run()
