"""Ablations: predict the effect of one training trick, then compare with the recorded run and the literature."""

import streamlit as st

from genmodels.gan import ablation_study, training_history
from genmodels.gan.ablation_study import BASELINE, AblationResult
from pages.gan import common
from pages.gan.ablation_texts import ABLATIONS, OUTCOMES, Ablation
from pages.gan.components import history_player
from ui import code_panel, model_loading
from ui.page_layout import result_and_controls

ADDED = ("replay", "minibatch_std", "minibatch_discrimination")

read = st.cache_data(show_spinner=False)(ablation_study.read)  # every rerun counts all predictions


def show(_model_name: str) -> None:
    """The page's pretrained model is not used here: all recorded runs have one small configuration."""
    result, controls = result_and_controls("ablations", (5, 2))
    predictions = st.session_state.setdefault("gan_predictions", {})
    with controls, st.container(gap="small"):
        ablation = _ablation_control()
        _prediction_controls(ablation, predictions)
    prediction = predictions.get(ablation.name)
    runs = [("Baseline", BASELINE)]
    if prediction is not None:
        runs.append((ablation.title, f"ablation_{ablation.name}"))
    with result:
        history_player.show(runs, common.names("fashion_dcgan"), key="gan_ablation_player", begin="end")
    with st.container():  # also when it is empty, so that the code panel below keeps its place
        if prediction is not None:
            _show_result(ablation, prediction)
    if prediction is not None and model_loading.tensorflow_ready():  # only the code panel needs TensorFlow
        _code(ablation)


def _ablation_control() -> Ablation:
    by_title = {each.title: each for each in ABLATIONS}
    title = st.selectbox(
        "Ablation",
        list(by_title),
        key="gan_ablation",
        help="Ablation study of common GAN training tricks: one trick is removed from (or added to) the same short "
        "DCGAN run on Fashion-MNIST; data and seed are the same.",
        **common.URL_BOUND,
    )
    return by_title.get(title, ABLATIONS[0])


def _prediction_controls(ablation: Ablation, predictions: dict[str, str]) -> None:
    prediction = predictions.get(ablation.name)
    with st.container(gap="xxsmall"):
        st.markdown(f"**{ablation.question}**")
        st.caption(ablation.change)
    with st.container(gap="xsmall"):
        help_text = "Choose an outcome first; then the recorded run is shown beside the baseline, step by step."
        st.markdown("**Predict the effect**", help=help_text)
        for each in ablation.choices:
            st.button(
                OUTCOMES[each],
                key=f"gan_predict_{each}",
                type="primary" if prediction == each else "secondary",
                width="stretch",
                on_click=predictions.update,
                args=({ablation.name: each},),
            )
        if prediction is not None:
            actual = ablation_study.outcome(ablation.choices, read(ablation.name))
            if prediction == actual:
                st.success("Your prediction was correct.", icon=":material/check:")
            else:
                st.warning(f"Your prediction was different: {OUTCOMES[actual].lower()}.", icon=":material/close:")
            st.button(
                "Hide result",
                key="gan_hide_result",
                icon=":material/restart_alt:",
                type="tertiary",
                on_click=predictions.pop,
                args=(ablation.name, None),
                help="Removes your prediction and hides the recorded run.",
            )
        _score(predictions)


def _score(predictions: dict[str, str]) -> None:
    """The number of correct predictions."""
    predicted = [each for each in ABLATIONS if each.name in predictions]
    if predicted:
        correct = sum(
            predictions[each.name] == ablation_study.outcome(each.choices, read(each.name)) for each in predicted
        )
        st.caption(f"Correct predictions: {correct} of {len(predicted)}.")


def _show_result(ablation: Ablation, prediction: str) -> None:
    result = read(ablation.name)
    confirms = ablation_study.outcome(ablation.choices, result) in ablation.claimed
    literature, recorded = st.columns(2, gap="large")
    literature.markdown(f"**Literature.** {ablation.sources}")
    agreement = (
        "This run confirms the literature."
        if confirms
        else "This run does **not** confirm the literature (one small network, one data set, one seed, short training)."
    )
    sentences = result_sentences(ablation, result).replace(" %", "\N{NO-BREAK SPACE}%")
    recorded.markdown(f"**Our recorded run.** {agreement} {sentences}")


def result_sentences(ablation: Ablation, result: AblationResult) -> str:
    """The final metrics of both runs as sentences."""
    base, run = result.baseline, result.ablation
    change = 100 * (run.frechet_distance / base.frechet_distance - 1)
    comparison = "about equal" if abs(change) < 5 else f"{abs(change):.0f} % {'higher' if change > 0 else 'lower'}"
    text = (
        f"Its final Fréchet distance to real images is {run.frechet_distance:.2f}, that of the baseline "
        f"{base.frechet_distance:.2f}: {comparison} (in a Fashion-MNIST classifier's features, not FID). The effective "
        f"number of classes is {run.effective_classes:.1f} instead of {base.effective_classes:.1f}."
    )
    if len(result.baselines) > 1:
        distances = [each.frechet_distance for each in result.baselines]
        classes = [each.effective_classes for each in result.baselines]
        text += (
            f" {len(result.baselines)} baseline runs with different seeds end between {min(distances):.2f} and "
            f"{max(distances):.2f}, with {min(classes):.1f} to {max(classes):.1f} effective classes: only a difference "
            "beyond that range counts as an effect."
        )
    if "pattern" in ablation.choices:
        largest = result.max_checkerboard
        text += (
            f" Checkerboard score, the fraction of fine detail with a period of two pixels: "
            f"{100 * run.checkerboard_score:.1f} %, baseline {100 * base.checkerboard_score:.1f} %; at most "
            f"{100 * largest[1]:.1f} % at step {result.max_checkerboard_step:,}, baseline {100 * largest[0]:.1f} %."
        )
    if ablation.name in ADDED:
        text += (
            f" The mean pairwise distance of two samples is {run.mean_pairwise_distance:.3f}, baseline "
            f"{base.mean_pairwise_distance:.3f}."
        )
    if ablation.name == "strong_discriminator":
        text += (
            f" The final discriminator accuracy on fakes is {100 * run.accuracy_fake:.0f} %, baseline "
            f"{100 * base.accuracy_fake:.0f} %."
        )
    return text


def _code(ablation: Ablation) -> None:
    gan = common.module()
    script = f"""
        from genmodels.data import datasets
        from genmodels.gan import model as gan
        from genmodels.gan import training, training_history

        for name in ("baseline", {ablation.name!r}):
            print(name, training_history.final_metrics(training_history.read(f"ablation_{{name}}")))

        # The first 20 steps of the run. The recorded run: python -m training.gan --ablation {ablation.name}
        hyperparameters = gan.ABLATIONS[{ablation.name!r}]
        x, _ = datasets.load("fashion_mnist", "train")
        for step in training.train(x, architecture="dcgan", hyperparameters=hyperparameters, epochs=1):
            print(step.done, step.losses)
            if step.done >= 20:
                break
        """
    functions = [gan.Hyperparameters, ablation_study.read, training_history.final_metrics]
    code_panel.show(script, functions, key="gan_ablation", name="gan_ablation")
