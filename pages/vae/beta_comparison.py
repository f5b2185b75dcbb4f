"""One plane, four ways to train it: plain autoencoder, beta-VAE, VAE, and a heavier beta."""

import numpy as np
import streamlit as st

from genmodels import weights
from genmodels.media import images
from pages.vae import common, latent_pad
from ui import code_panel, image_display, presets_and_reset
from ui.page_layout import reader_text

MODELS = {  # title: name, what to see
    "Autoencoder": (
        "mnist_ae",
        "No noise, no prior: nothing holds the codes together. Look at the scale, and at the holes.",
    ),
    "β = 0.25": ("mnist_beta_025", "A light pull to the middle: the codes gather, the holes begin to close."),
    "VAE, β = 1": (
        "mnist",
        "The true ELBO: the codes fill the prior, and every place in it is a digit, or between two.",
    ),
    "β = 4": ("mnist_beta_4", "A heavy pull: less is said about each picture, and neighbours run into each other."),
}


def show(_name: str) -> None:
    reader_text(
        "The same architecture on the same digits; what differs is the weight β of the KL term (and how long each was "
        "trained: compare the planes, not the figures to the last digit). Drag in each plane: "
        "where no code lies, an autoencoder's decoder was never told what to draw."
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.segmented_control(
            "Show",
            ["Codes", "Pictures", "Both"],
            default="Codes",
            required=True,
            key="family_show",
            label_visibility="collapsed",
            **common.KEEP,
        )
        presets_and_reset.reset({"family_show": "Codes", "family_seed": 1}, key="family_reset")
    rows = [st.columns(2, gap="large"), st.columns(2, gap="large")]
    for place, (title, (model, text)) in zip([*rows[0], *rows[1]], MODELS.items(), strict=True):
        with place:
            st.markdown(f"#### {title}")
            reader_text(text)
            latent_pad.small(model, st.session_state["family_show"])
            card = weights.model_card(f"vae_{model}")
            held_out = card["held_out"]
            st.caption(
                f"Held out: reconstruction {held_out['reconstruction_nats']:.0f}, KL {held_out['kl_nats']:.1f} nats; "
                f"squared error {held_out['mean_squared_error']:.3f}. Trained for {card['epochs']} epochs"
            )
    st.markdown("#### The same noise through all four")
    reader_text(
        "A generator is asked for a picture without being shown one: draw z from the prior, decode. For the "
        "autoencoder this is a lottery, because its codes were never near the prior."
    )
    vae = common.module()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        seed = st.number_input("Seed", 0, 9999, 1, key="family_seed", width=160, **common.KEEP)
    z = np.random.default_rng(seed).standard_normal((14, 2), dtype="float32")
    for title, (model, _) in MODELS.items():
        label, strip = st.columns([1, 6], vertical_alignment="center")
        label.markdown(f"**{title}**")
        image_display.show(images.tile(vae.decode(common.load(model), z)[None], gap=1), place=strip)
    script = f"""
        import numpy as np
        from genmodels.media import images
        from genmodels.vae import model as vae

        z = np.random.default_rng({seed}).standard_normal((14, 2), dtype="float32")
        rows = [vae.decode(vae.load(name), z) for name in {[model for model, _ in MODELS.values()]}]
        open("vae_family.png", "wb").write(images.png(images.tile(np.stack(rows)), scale=3))
        """
    code_panel.show(script, [vae.VAE.compute_loss, vae.VAE.call, vae.kl_divergence], key="family", name="vae_family")
