"""Your own picture: drawn, uploaded, from the camera or a sample, through the encoder and back."""

from functools import partial

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from genmodels import weights
from genmodels.media import images
from genmodels.vae import latent_map
from pages.vae import common, posterior_plot
from ui import code_panel, image_display, image_input, model_loading, presets_and_reset
from ui.class_colors import legend
from ui.page_layout import reader_text

DRAWS = 10  # re-samples, which are also the samples in the estimate of the ELBO


@st.fragment
@model_loading.show_weight_errors()
def show(name: str) -> None:
    st.session_state.setdefault("picture_noise", 0)
    reader_text(
        "The encoder answers a picture with a small cloud of codes: a mean, and a width in each direction. Every "
        "point of the cloud decodes to almost the same picture. Try one that the model was never trained on."
    )
    source = image_input.source_control("picture", {"picture_noise": 0})
    columns = st.columns(3, gap="medium")
    with columns[0]:
        stages = image_input.image_input(
            source,
            name,
            key="picture",
            says=columns[2],
            made=partial(_decoded, name),
            count=len(latent_map.load(name)["mean"]),
        )
    if stages is None:
        with columns[1]:
            posterior_plot.draw(posterior_plot.plane(name, None), key="picture_plane")
            st.html(legend(common.names(name)))
        return
    its = _there_and_back(name, stages[-1][1], columns)
    if len(stages) > 1:
        st.markdown("**Made like the training pictures**")
        for column, (title, stage) in zip(st.columns(len(stages), gap="small"), stages, strict=True):
            image_display.show(posterior_plot.squared(stage), place=column, caption=title[:1].upper() + title[1:])
    _resampled(name, stages[-1][1], its)


def _decoded(name: str, row: int) -> np.ndarray:
    """A picture for whoever has no data set: our decoder's, at the code of a held-out one."""
    decoded = common.module().decode(common.load(name), latent_map.load(name)["mean"][row : row + 1])[0]
    return (255 * decoded).round().astype("uint8")


# --- out: what the model makes of it ----------------------------------------------------------


def _there_and_back(name: str, picture: np.ndarray, columns: list[DeltaGenerator]) -> posterior_plot.Cloud:
    """Two rows of three: what is given, where its code lies, what comes back."""
    vae, model, noise = common.module(), common.load(name), st.session_state["picture_noise"]
    mean, log_var = vae.encode(model, picture[None])
    draws = np.concatenate([vae.sample(mean, log_var, noise + i) for i in range(DRAWS)])
    its, again = posterior_plot.Cloud(mean[0], np.exp(log_var[0] / 2), draws), vae.decode(model, mean)[0]
    near = list(latent_map.neighbours(name, mean[0]).items())[:3]
    with columns[1]:
        posterior_plot.draw(posterior_plot.plane(name, its), key="picture_plane")
        told = ", ".join(f"{common.names(name)[k]} ({count})" for k, count in near)
        st.caption(f"Nearest 25 codes: {told}", text_alignment="center")
        st.html(legend(common.names(name)))
    image_display.show(again, place=columns[2], caption="Reconstruction: decoded from the mean")
    below = st.columns(3, gap="medium")
    image_display.show(picture, place=below[0], caption="Picture, as the encoder sees it")
    with below[1]:
        (m1, m2), (s1, s2) = its.mean, its.sigma
        posterior_plot.draw(posterior_plot.closer(name, its), key="picture_closer")
        st.caption(f"Mean ({m1:z.2f}, {m2:z.2f}), σ ({s1:.3f}, {s2:.3f})", text_alignment="center")
    off = posterior_plot.difference(picture, again)
    image_display.show(off, place=below[2], caption="Difference. Orange: was lost, blue: was added")
    return its


def _resampled(name: str, picture: np.ndarray, its: posterior_plot.Cloud) -> None:
    vae, model, noise = common.module(), common.load(name), st.session_state["picture_noise"]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("**Ten codes drawn from the cloud, decoded**", width="content")
        fresh, tip = (
            partial(presets_and_reset.set_widgets, {"picture_noise": noise + DRAWS}),
            "Ten other codes from the same cloud.",
        )
        st.button("New noise", icon=":material/casino:", type="tertiary", help=tip, on_click=fresh)
    image_display.show(images.tile(vae.decode(model, its.draws)[None], gap=2))
    _costs(name, *(float(term[0]) for term in vae.elbo_terms(model, picture[None], noise, samples=DRAWS)))
    script = _script(name, picture, noise)
    code_panel.show(script, [vae.encode, vae.sample, vae.decode, vae.elbo_terms], key="picture", name="vae_picture")


def _costs(name: str, reconstruction: float, kl: float) -> None:
    usual, total = weights.model_card(f"vae_{name}")["held_out"], reconstruction + kl
    st.markdown(f"**Its negative ELBO: {reconstruction:.1f} reconstruction + {kl:.1f} KL = {total:.1f} nats**")
    average = usual["reconstruction_nats"], usual["kl_nats"]
    st.html(posterior_plot.costs([("This picture", reconstruction, kl), ("Held-out mean", *average)]))
    off = total - usual["negative_elbo_nats"]
    more = "less" if off < 0 else "more"
    st.markdown(f"That is {abs(off):.1f} nats {more} than held-out pictures cost this model on average.")
    reader_text(
        "**Reconstruction** (blue): what it costs to name every pixel once the code is known, averaged over the ten "
        "codes above. **KL** (orange): what the code itself costs, the more the further its cloud lies from the "
        "prior and the smaller it is. Their sum is an upper bound on the picture's code length."
    )


def _script(name: str, picture: np.ndarray, noise: int) -> str:
    return f"""
        {code_panel.image_literal(picture)}
        from genmodels.media import images
        from genmodels.vae import model as vae

        model = vae.load({name!r})
        mean, log_var = vae.encode(model, picture)
        print("mean", mean[0], "sigma", np.exp(log_var[0] / 2))
        codes = np.concatenate([vae.sample(mean, log_var, {noise} + i) for i in range({DRAWS})])
        reconstruction, kl = vae.elbo_terms(model, picture, {noise}, samples={DRAWS})
        print(f"reconstruction {{reconstruction[0]:.1f}} + KL {{kl[0]:.1f}} nats")
        row = np.concatenate([picture / 255, vae.decode(model, mean), vae.decode(model, codes)])
        open("vae_picture.png", "wb").write(images.png(images.tile(row[None], gap=1), scale=6))
        """
