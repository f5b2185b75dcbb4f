"""Ablations: the same short training with one part removed or changed; samples and figures beside the baseline's."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from genmodels import weights
from genmodels.style_gan.config import ABLATIONS
from pages.style_gan import common
from pages.style_gan.components import image_table
from ui import code_panel
from ui.page_layout import result_and_controls

N_SEEDS = 5
FIGURES = {  # title: key of the card's `held_out`, digits
    "Fréchet distance": ("frechet_distance", 2),
    "Label accuracy": ("label_accuracy", 2),
    "Class diversity": ("class_diversity", 2),
    "Path length in Z": ("path_length_z", 0),
    "Path length in W": ("path_length_w", 0),
    "Variance from z": ("latent_variance_fraction", 2),
}


@dataclass(frozen=True)
class Ablation:
    """An ablation of `genmodels.style_gan.config.ABLATIONS`: title, what changes, and what the papers say."""

    title: str
    change: str
    sources: str


TEXTS = {
    "fixed_constant": Ablation(
        "Constant not learned",
        "The 4 × 4 input of the synthesis network keeps its random values.",
        "Karras et al. 2019, table 1: replacing the input layer by a learned constant lowers the distance. The first "
        "convolution may adapt to any constant.",
    ),
    "noise_scale_1": Ablation(
        "Noise scale starts at 1",
        "The scale of the noise is 1 at the start of training instead of 0.",
        "With strong noise the generator first has to learn to suppress it. NVIDIA's code starts at 0.",
    ),
    "shared_noise": Ablation(
        "One noise per resolution",
        "Both convolutions of a resolution add the same noise.",
        "The paper uses separate noise for every layer, which allows independent random detail.",
    ),
    "gamma_10": Ablation(
        "R1 gamma 10",
        "The gradient penalty is 1,000 times stronger (10 instead of 0.01).",
        "10 is the default of many implementations, for images of 1024 pixels. NVIDIA's rule scales gamma with the "
        "number of pixels.",
    ),
    "no_ema": Ablation(
        "No EMA",
        "The last weights are used, not their exponential moving average.",
        "The average removes the oscillation of GAN training (ProGAN, StyleGAN; Yazıcı et al. 2018).",
    ),
    "no_style_mixing": Ablation(
        "No mixing regularization",
        "All training images are generated from one latent vector.",
        "Karras et al. 2019, table 2: without it, the distance of images mixed from several latent vectors is higher.",
    ),
    "no_mapping_network": Ablation(
        "No mapping network",
        "w is the normalized z together with the label embedding.",
        "Karras et al. 2019, table 4: a mapping network lowers the distance and the path length.",
    ),
}


def show(_name: str) -> None:
    """The page's pretrained model is not used here: all runs have one small configuration."""
    available = {each.title: key for key, each in TEXTS.items() if common.is_trained(f"ablation_{key}")}
    result, controls = result_and_controls("ablations", (5, 2))
    with controls, st.container(gap="small"):
        name = _ablation_control(available)
        if name:
            text = TEXTS[name]
            st.markdown(f"**{text.change}**")
            st.markdown(f"Literature: {text.sources}")
        n_images = weights.model_card("style_gan_ablation_baseline")["images"]
        st.caption(
            f"All runs: Fashion-MNIST, half as wide as the pretrained model, {n_images:,} images shown, one seed. A "
            "small difference can be chance."
        )
    runs = ["baseline", *([name] if name else [])]
    with result:
        columns = st.columns(len(runs), gap="medium")
        for column, run in zip(columns, runs, strict=True):
            with column:
                _samples(run)
    _table(available)
    _code(name or "baseline")


def _ablation_control(available: dict[str, str]) -> str | None:
    if not available:
        return None
    if st.session_state.get("style_gan_ablation") not in available:
        st.session_state["style_gan_ablation"] = next(iter(available))
    title = st.selectbox(
        "Ablation",
        list(available),
        key="style_gan_ablation",
        help="One part of the baseline is removed or changed; data, seed and length of the training are the same.",
        **common.URL_BOUND,
    )
    return available.get(title, next(iter(available.values())))


def _title(name: str) -> str:
    return TEXTS[name].title if name in TEXTS else "Baseline"


def _samples(name: str) -> None:
    """Samples of all classes, and the figures of the card."""
    held_out = weights.model_card(f"style_gan_ablation_{name}")["held_out"]
    st.markdown(f"**{_title(name)}**  \nFréchet distance {held_out['frechet_distance']:.2f}")
    model = common.load(f"ablation_{name}")
    names = model.config.class_names
    table = _generate(name)
    image_table.show(
        table,
        list(names),
        [""] * N_SEEDS,
        key=f"style_gan_ablation_{name}",
        label=f"Samples of {_title(name)}",
        offset=16,
    )


@st.cache_data(show_spinner=False, max_entries=20)
def _generate(name: str) -> np.ndarray:
    """Images (classes, N_SEEDS, h, w): the same z and noise for all ablations."""
    style_gan, model = common.module(), common.load(f"ablation_{name}")
    labels = np.repeat(np.arange(model.classes), N_SEEDS)
    z = np.tile(style_gan.sample_latents(model, N_SEEDS, 1), (model.classes, 1))
    w = style_gan.map_latents(model, z, labels)
    generated = common.synthesize(model, w, style_gan.sample_noise(model, len(w), 0))
    return generated.reshape(model.classes, N_SEEDS, *generated.shape[1:])


def _table(available: dict[str, str]) -> None:
    """The figures of all runs."""
    rows = []
    for name in ("baseline", *available.values()):
        held_out = weights.model_card(f"style_gan_ablation_{name}")["held_out"]
        figures = {title: held_out.get(key) for title, (key, _) in FIGURES.items()}
        rows.append(
            {"run": _title(name)} | {k: v if v is None else round(v, FIGURES[k][1]) for k, v in figures.items()}
        )
    st.dataframe(rows, hide_index=True, width="stretch")
    st.caption(
        "Fréchet distance in the features of a Fashion-MNIST classifier, not FID. Variance from z: fraction of the "
        "pixel variance within a class that comes from z; the rest comes from the noise."
    )


def _code(name: str) -> None:
    style_gan = common.module()
    script = f"""
        import numpy as np

        from genmodels.media import images
        from genmodels.style_gan import model as style_gan
        from genmodels.style_gan.config import ABLATIONS

        print(ABLATIONS[{name!r}])  # the run: python -m training.style_gan --ablation {name}
        model = style_gan.load("ablation_{name}")
        labels = np.arange(100) // 10
        z, noise = style_gan.sample_latents(model, 100, 1), style_gan.sample_noise(model, 100, 0)
        samples = style_gan.generate(model, z, labels, noise=noise)
        open("ablation.png", "wb").write(images.png(images.tile(samples.reshape(10, 10, 32, 32)), scale=2))
        """
    functions = [style_gan.config_of, type(ABLATIONS["baseline"])]
    code_panel.show(script, functions, key="style_gan_ablation_code", name="style_gan_ablation")
