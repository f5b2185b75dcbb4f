"""Sparse: three hundred numbers, of which few may speak, and the penalties that see to it."""

import numpy as np
import streamlit as st

from genmodels import weights
from genmodels.autoencoders import visualization as autoencoder_visualization
from pages.autoencoders import common, weights_and_codes
from ui import code_panel, image_display
from ui.page_layout import reader_text

KINDS = {  # title: (member, what it is told)
    "No penalty": ("sparse_off", "300 numbers between 0 and 1, free to do as they like, with nothing to pay for them."),
    "L1": ("sparse_l1", "Each number costs what it is: the loss has the sum of all, times a weight."),
    "KL divergence": (
        "sparse_kl",
        "The mean of each over all pictures should be 0.1; being off costs, how it comes about does not.",
    ),
}
COLOURS = {"KL divergence": "#e6550d", "square": "#3182bd"}
BINS = 20


def show() -> None:
    reader_text(
        "Another way to keep a network from copying: give it plenty of numbers, and make it pay for using them. With "
        "**L1** each picture is told by the few that fit. **KL divergence** asks for a low mean and no more: ours "
        "keeps to it by whispering with many numbers instead of speaking with few. Compare the histograms."
    )
    left, right = st.columns(common.COLUMNS, gap="medium")
    picture = common.given(left.container(), right)
    with left:
        common.provenance()
    with right:
        for column, title in zip(st.columns(3, gap="medium"), KINDS, strict=True):
            with column:
                _member(title, picture)
    _penalties()
    script = f"""
        import numpy as np
        from genmodels.autoencoders import model as autoencoders
        from genmodels.data import fashion_samples as sample_clothes

        clothes = sample_clothes.generated_images().pictures  # or held_out(), where Fashion-MNIST is on this machine
        for name in {[name for name, _ in KINDS.values()]}:
            model = autoencoders.load(name)
            codes = autoencoders.encode(model, clothes)
            error = autoencoders.squared_error(model, clothes).mean()
            print(f"{{name:12}} error {{error:.4f}}, active {{(codes > 0.1).mean():.1%}}, mean {{codes.mean():.3f}}")
            print("  numbers by mean activity:", np.histogram(codes.mean(axis=0), 10, (0, 1))[0])
        """
    code_panel.show(script, [autoencoder_visualization.penalties], key="ae_sparse_code", name="sparse_codes")


def _member(title: str, picture: np.ndarray | None) -> None:
    name, says = KINDS[title]
    st.markdown(f"#### {title}")
    reader_text(says)
    model, known = common.load(name), weights_and_codes.codes(name, common.pool().real)
    if picture is not None:
        autoencoders = common.module()
        its = autoencoders.encode(model, picture[None])
        drawn = autoencoder_visualization.code_picture(its[0], reach=1.0)
        active = int((its[0] > 0.1).sum())
        image_display.show(drawn, caption=f"Your picture's code: {active} of {its.shape[1]} numbers above 0.1")
        back, empty = st.columns([1, 1], vertical_alignment="center")
        image_display.show(autoencoders.decode(model, its)[0], place=back, caption="Comes back")
        with empty:
            usual = weights.model_card(f"autoencoders_{name}")["held_out"]["mean_squared_error"]
            st.metric("Held-out error", f"{usual:.4f}")
            st.metric("Mean activity", f"{known.mean():.1%}")
    _histogram(known.ravel(), "all activations", key=f"ae_hist_{name}")
    _histogram(known.mean(axis=0), "each number's mean", key=f"ae_means_{name}")


def _histogram(values: np.ndarray, what: str, *, key: str) -> None:
    """Shares of values in BINS equal parts of [0, 1]."""
    shares = np.histogram(values, BINS, (0, 1))[0] / len(values)
    rows = [{"from": k / BINS, "to": (k + 1) / BINS, "share": float(share)} for k, share in enumerate(shares)]
    spec = {
        "mark": {"type": "bar", "color": "#e6550d"},
        "encoding": {
            "x": {"field": "from", "type": "quantitative", "title": what, "bin": {"binned": True}},
            "x2": {"field": "to"},
            "y": {
                "field": "share",
                "type": "quantitative",
                "title": None,
                "axis": {"format": "%", "tickCount": 3},
                "scale": {"domain": [0, 1]},
            },
        },
    }
    st.vega_lite_chart(rows, spec, height=150, key=key)


def _penalties() -> None:
    st.subheader("Why KL divergence, and not simply the square", anchor=False)
    words, chart = st.columns([2, 5], gap="large")
    with words:
        target = st.slider(
            "Target activity", 0.02, 0.5, 0.1, 0.01, key="ae_target",
            help="How active a number should be on average. The sparse one above was trained with 0.1.", **common.KEEP,
        )  # fmt: skip
        here = st.slider(
            "Actual activity", 0.01, 0.99, 0.3, 0.01, key="ae_active",
            help="How active it is. Move it away from the target, and watch both costs.", **common.KEEP,
        )  # fmt: skip
        cost = {
            name: float(each[0]) for name, each in autoencoder_visualization.penalties(np.array([here]), target).items()
        }
        st.latex(r"\mathrm{KL}(p \,\|\, q) = p \log \frac{p}{q} + (1 - p) \log \frac{1 - p}{1 - q}")
        st.markdown(f"KL divergence **{cost['KL divergence']:.3f}**, square **{cost['square']:.3f}**")
        reader_text(
            "Far from the target the divergence is steep, and climbs without end towards a number that is always on: "
            "it pulls hard where it matters. The square pulls gently everywhere."
        )
    active = np.linspace(0.005, 0.995, 199)
    rows = [
        {"activity": float(q), "penalty": name, "cost": float(value)}
        for name, values in autoencoder_visualization.penalties(active, target).items()
        for q, value in zip(active, values, strict=True)
    ]
    x = {"field": "activity", "type": "quantitative", "title": "mean activity", "scale": {"domain": [0, 1]}}
    y = {"field": "cost", "type": "quantitative", "title": "penalty", "scale": {"domain": [0, 1.5]}}
    colour = {
        "field": "penalty",
        "type": "nominal",
        "scale": {"domain": list(COLOURS), "range": list(COLOURS.values())},
        "legend": {"orient": "top", "title": None},
    }
    rule = {"type": "rule", "strokeWidth": 2, "color": "#8a8a8a"}
    spec = {
        "layer": [
            {
                "mark": {"type": "line", "strokeWidth": 3, "clip": True},
                "encoding": {"x": x, "y": y, "color": colour},
            },
            {"mark": rule | {"strokeDash": [2, 4]}, "encoding": {"x": {"datum": target, "type": "quantitative"}}},
            {"mark": rule, "encoding": {"x": {"datum": here, "type": "quantitative"}}},
        ]
    }
    with chart:
        st.vega_lite_chart(rows, spec, height=380, key="ae_penalties")
        st.caption("Dotted: the target. Solid: where the slider is")
