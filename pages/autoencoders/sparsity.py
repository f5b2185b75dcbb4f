"""View Sparsity: a 300-unit code without penalty, with L1 and with KL divergence; and the two penalties."""

from typing import Any

import numpy as np
import streamlit as st

from genmodels import weights
from genmodels.autoencoders import sparsity, visualization
from pages.autoencoders import common
from ui import code_panel, image_display
from ui.page_layout import result_and_controls

SPARSITY_PENALTIES = {  # title: (name of the model, the penalty)
    "No penalty": ("sparse_off", "300 sigmoid units, no penalty."),
    "L1": ("sparse_l1", "L1 regularization: λ Σ|z| is added to the loss. Few active units per image."),
    "KL divergence": ("sparse_kl", "Each unit's mean activation should be 0.1. Many units stay weakly active."),
}
COLORS = {"KL divergence": "#e6550d", "squared error": "#3182bd"}
BINS = 20


def show() -> None:
    result, controls = result_and_controls("denoising_and_sparsity")
    image = common.input_image(controls, result)
    with result:
        for column, title in zip(st.columns(3, gap="medium"), SPARSITY_PENALTIES, strict=True):
            with column:
                _model(title, image)
    _penalties()
    script = f"""
        import numpy as np
        from genmodels.autoencoders import model as autoencoders
        from genmodels.autoencoders import sparsity
        from genmodels.data import fashion_samples

        clothes = fashion_samples.generated_images().images  # or test_images(), if Fashion-MNIST is on this machine
        for name in {[name for name, _ in SPARSITY_PENALTIES.values()]}:
            model = autoencoders.load(name)
            codes = autoencoders.encode(model, clothes)
            error = autoencoders.squared_error(model, clothes).mean()
            active = (codes > sparsity.ACTIVE).mean()
            print(f"{{name:12}} error {{error:.4f}}, active units {{active:.1%}}, mean activation {{codes.mean():.3f}}")
            print("  histogram of the units' means:", sparsity.activation_histogram(codes.mean(axis=0), 10).round(2))
        """
    functions = [sparsity.activity_regularizer, sparsity.kl_sparsity, sparsity.penalty_values]
    code_panel.show(script, functions, key="ae_sparsity_code", name="sparse_codes")


def _model(title: str, image: np.ndarray | None) -> None:
    name, description = SPARSITY_PENALTIES[title]
    st.markdown(f"**{title}**", help=description)
    model, codes = common.load(name), common.pool_codes(name, common.pool().real)
    error = weights.model_card(f"autoencoders_{name}")["held_out"]["mean_squared_error"]
    if image is not None:
        autoencoders = common.autoencoders_module()
        code = autoencoders.encode(model, image[None])
        caption = f"{sparsity.active_units(code[0])} of {code.shape[1]} units above {sparsity.ACTIVE}"
        image_display.show(visualization.code_heatmap(code[0], max_abs=1.0), caption=caption)
    left, right = st.columns([2, 3], gap="small", vertical_alignment="center")
    if image is not None:
        image_display.show(autoencoders.decode(model, code)[0], container=left)
    right.caption(f"Test MSE  \n**{error:.4f}**  \nMean activation  \n**{codes.mean():.1%}**")
    _histogram(codes, "activation", key=f"ae_activations_{name}")
    _histogram(codes.mean(axis=0), "mean activation of a unit", key=f"ae_means_{name}")


def _histogram(values: np.ndarray, title: str, *, key: str) -> None:
    fractions = sparsity.activation_histogram(values, BINS)
    rows = [{"from": k / BINS, "to": (k + 1) / BINS, "fraction": float(f)} for k, f in enumerate(fractions)]
    spec = {
        "mark": {"type": "bar", "color": "#e6550d"},
        "encoding": {
            "x": {
                "field": "from", "type": "quantitative", "title": title, "bin": {"binned": True},
                "axis": {"values": [0, 0.5, 1]},
            },
            "x2": {"field": "to"},
            "y": {
                "field": "fraction",
                "type": "quantitative",
                "title": None,
                "axis": {"format": "%", "tickCount": 3},
                "scale": {"domain": [0, 1]},
            },
        },
    }  # fmt: skip
    st.vega_lite_chart(rows, spec, height=150, key=key)


def _penalties() -> None:
    st.subheader("KL divergence vs. squared error as sparsity penalty", anchor=False)
    chart, controls = st.columns((5, 2), gap="medium")
    with controls:
        target = st.slider(
            "Target activity", 0.02, 0.5, 0.1, 0.01, key="ae_target_activity",
            help="The desired mean activation of a unit. The KL autoencoder above was trained with 0.1.",
            **common.URL_BOUND,
        )  # fmt: skip
        mean_activity = st.slider(
            "Mean activity", 0.01, 0.99, 0.3, 0.01, key="ae_mean_activity",
            help="The actual mean activation of a unit. Away from the target both penalties grow.", **common.URL_BOUND,
        )  # fmt: skip
        values = sparsity.penalty_values(np.array([mean_activity]), target)
        kl, squared = (float(values[name][0]) for name in COLORS)
        st.markdown(f"KL divergence **{kl:.3f}**, squared error **{squared:.3f}**")
        st.caption("Far from the target the KL divergence has a much larger gradient than the squared error.")
    x_values = np.linspace(0.005, 0.995, 199)
    rows = [
        {"activity": float(q), "penalty": name, "cost": float(value)}
        for name, costs in sparsity.penalty_values(x_values, target).items()
        for q, value in zip(x_values, costs, strict=True)
    ]
    x = {"field": "activity", "type": "quantitative", "title": "mean activity of a unit", "scale": {"domain": [0, 1]}}
    y = {"field": "cost", "type": "quantitative", "title": "penalty", "scale": {"domain": [0, 1.5]}}
    color = {
        "field": "penalty",
        "type": "nominal",
        "scale": {"domain": list(COLORS), "range": list(COLORS.values())},
        "legend": {"orient": "top", "title": None},
    }
    rule: dict[str, Any] = {"type": "rule", "strokeWidth": 2, "color": "#8a8a8a"}
    layers = [
        {"mark": {"type": "line", "strokeWidth": 3, "clip": True}, "encoding": {"x": x, "y": y, "color": color}},
        {"mark": rule | {"strokeDash": [2, 4]}, "encoding": {"x": {"datum": target, "type": "quantitative"}}},
        {"mark": rule, "encoding": {"x": {"datum": mean_activity, "type": "quantitative"}}},
    ]
    with chart:
        st.vega_lite_chart(rows, {"layer": layers}, height=330, key="ae_penalties")
        st.caption("Dotted: the target activity. Solid: the mean activity.")
