"""Tab "Encode your image": the posterior q(z|x) of a drawn, uploaded or photographed image, and its reconstruction."""

from functools import partial

import numpy as np
import streamlit as st

from genmodels import weights
from genmodels.media import images
from genmodels.vae import latent_map, visualization
from pages.vae import common, posterior_plot
from ui import code_panel, image_display, image_input, model_loading, presets_and_reset
from ui.class_colors import legend
from ui.page_layout import result_and_controls

SAMPLES = 10  # of z, also for the estimate of the ELBO
KEY = "own_image"
SEED = f"{KEY}_sample_seed"


@st.fragment
@model_loading.show_weight_errors()
def show(name: str) -> None:
    st.session_state.setdefault(SEED, 0)
    result, controls = result_and_controls("encode_your_image", (5, 2))
    message = result.container()
    with controls:
        source = image_input.source_control(KEY, {SEED: 0})
        stages = image_input.image_input(
            source,
            name,
            key=KEY,
            message=message,
            generate=partial(_decode_test_image, name),
            count=len(latent_map.load(name)["mean"]),
        )
    if stages is None:
        with result, st.container(width=360):
            posterior_plot.show_svg(posterior_plot.latent_plot(name, None), key="own_image_plane")
            st.html(legend(common.class_names(name)))
        return
    image = stages[-1][1]
    with result:
        posterior, reconstruction = _encode(name, image)
        _reconstruction_row(name, image, posterior, reconstruction)
    _details(name, image, posterior, reconstruction)
    if len(stages) > 1:
        _preprocessing(stages)
    seed = st.session_state[SEED]
    vae = common.module()
    functions = [vae.encode, vae.reparameterize, vae.sample, vae.decode, vae.elbo_terms]
    code_panel.show(_script(name, image, seed), functions, key=KEY, name="vae_own_image")


def _decode_test_image(name: str, row: int) -> np.ndarray:
    """A substitute without the data set: the image decoded from the latent mean of a test image, (28, 28) uint8."""
    z = latent_map.load(name)["mean"][row : row + 1]
    return images.tile(common.module().decode(common.load(name), z)[None])


def _encode(name: str, image: np.ndarray) -> tuple[visualization.Posterior, np.ndarray]:
    """The posterior of an image (28, 28) uint8, and its reconstruction from the mean, (28, 28) float32."""
    vae, model, seed = common.module(), common.load(name), st.session_state[SEED]
    mean, log_var = vae.encode(model, image[None])
    samples = np.concatenate([vae.sample(mean, log_var, seed + i) for i in range(SAMPLES)])
    return visualization.Posterior(mean[0], np.exp(log_var[0] / 2), samples), vae.decode(model, mean)[0]


def _reconstruction_row(
    name: str, image: np.ndarray, posterior: visualization.Posterior, reconstruction: np.ndarray
) -> None:
    """Input, posterior, reconstruction; below, the samples and the two terms of the loss."""
    vae, model, seed = common.module(), common.load(name), st.session_state[SEED]
    left, middle, right = st.columns(3, gap="small")
    with left:
        image_display.show(image, caption="Input x (28 × 28)")
    with middle:
        posterior_plot.show_svg(posterior_plot.latent_plot(name, posterior), key="own_image_plane")
        (m1, m2), (s1, s2) = posterior.mean, posterior.sigma
        st.caption(f"q(z|x): μ = ({m1:z.2f}, {m2:z.2f})  \nσ = ({s1:.3f}, {s2:.3f})", text_alignment="center")
    with right:
        image_display.show(reconstruction, caption="Reconstruction from μ")
    error = visualization.mean_squared_error(image, reconstruction)
    image_input.note_far_input(error, weights.model_card(f"vae_{name}"), "the VAE")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("**Ten samples z ~ q(z|x), decoded**", width="content")
        st.button(
            "Resample",
            icon=":material/casino:",
            type="tertiary",
            help="Draw ten new samples from q(z|x).",
            key="own_image_resample",
            on_click=partial(presets_and_reset.set_widgets, {SEED: seed + SAMPLES}),
        )
    image_display.show(images.tile(vae.decode(model, posterior.samples)[None], gap=2))
    _show_loss(name, *(float(term[0]) for term in vae.elbo_terms(model, image[None], seed, samples=SAMPLES)))


def _show_loss(name: str, reconstruction: float, kl: float) -> None:
    test_mean, total = weights.model_card(f"vae_{name}")["held_out"], reconstruction + kl
    st.markdown(
        f"**Negative ELBO: {reconstruction:.1f} reconstruction + {kl:.1f} KL = {total:.1f} nats**",
        help="**Reconstruction** (blue): −log p(x|z), averaged over the ten samples. **KL** (orange): divergence of "
        "the posterior q(z|x) from the prior; larger when its mean is far from 0 or its variance is small.",
    )
    mean_terms = test_mean["reconstruction_nats"], test_mean["kl_nats"]
    st.html(posterior_plot.loss_bars([("Your image", reconstruction, kl), ("Test set mean", *mean_terms)]))
    difference = total - test_mean["negative_elbo_nats"]
    st.caption(f"{abs(difference):.1f} nats {'lower' if difference < 0 else 'higher'} than the mean over test images.")


def _details(name: str, image: np.ndarray, posterior: visualization.Posterior, reconstruction: np.ndarray) -> None:
    left, middle, right = st.columns(3, gap="medium")
    with left:
        posterior_plot.show_svg(posterior_plot.zoomed_plot(name, posterior), key="own_image_zoom")
        st.caption("Posterior, zoomed: 1 σ and 2 σ ellipses, ten samples", text_alignment="center")
    with middle:
        residual = visualization.residual_image(image, reconstruction)
        image_display.show(residual, caption="Reconstruction error. Orange: missing, blue: added")
    with right:
        names, counts = common.class_names(name), latent_map.neighbor_labels(name, posterior.mean)
        labels = ", ".join(f"{names[label]} ({count})" for label, count in list(counts.items())[:3])
        st.markdown(f"**Labels of the 25 nearest neighbors**  \n{labels}")
        st.html(legend(names))


def _preprocessing(stages: image_input.Stages) -> None:
    st.markdown("**Preprocessing**")
    for column, (title, stage) in zip(st.columns(len(stages), gap="small"), stages, strict=True):
        with column:
            image_display.show(visualization.pad_to_square(stage), caption=title[:1].upper() + title[1:])


def _script(name: str, image: np.ndarray, seed: int) -> str:
    return f"""
        {code_panel.image_literal(image)}
        from genmodels.media import images
        from genmodels.vae import model as vae

        model = vae.load({name!r})
        mean, log_var = vae.encode(model, image)
        print("mean", mean[0], "sigma", np.exp(log_var[0] / 2))
        samples = np.concatenate([vae.sample(mean, log_var, {seed} + i) for i in range({SAMPLES})])
        reconstruction, kl = vae.elbo_terms(model, image, {seed}, samples={SAMPLES})
        print(f"reconstruction {{reconstruction[0]:.1f}} + KL {{kl[0]:.1f}} nats")
        row = np.concatenate([image / 255, vae.decode(model, mean), vae.decode(model, samples)])
        open("vae_own_image.png", "wb").write(images.png(images.tile(row[None], gap=1), scale=6))
        """
