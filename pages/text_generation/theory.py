"""Tab "How it works": the equations of generating and training, the LSTM cell, the pretrained models, the papers."""

import streamlit as st

from genmodels import weights
from genmodels.text_generation import char_rnn, rnn_cells
from pages.text_generation import common
from ui import code_panel

STEPS = [
    (
        "Network.",
        "It reads a character, updates its hidden state $h$, and outputs a **logit** for every next character.",
        r"l = W h_t + b \qquad p(c_{t+1} = i \mid c_1 \dots c_t) = \frac{e^{l_i}}{\sum_j e^{l_j}}",
    ),
    (
        "Temperature.",
        "It divides the logits before the softmax. Below 1 sharpens the distribution, above 1 flattens it. "
        "0: **greedy, minimum entropy**. Infinity: **uniform, maximum entropy**.",
        r"q_i = \frac{e^{l_i / T}}{\sum_j e^{l_j / T}} \;\propto\; p_i^{1/T} \qquad "
        r"H(q) = -\sum_i q_i \log_2 q_i",
    ),
    (
        "Sampling.",
        "Inverse-transform sampling: the character in whose interval of the cumulative distribution a uniform random "
        "number falls. It becomes the next input.",
        r"c_{t+1} = \min \Big\{ k : \sum_{i \le k} q_{(i)} > u \Big\}, \quad u \sim \mathcal{U}[0, 1)",
    ),
    (
        "Training.",
        "It minimizes the mean cross-entropy (negative log-likelihood) per character.",
        r"\mathcal{L} = -\frac{1}{n} \sum_{t=1}^{n} \ln p(c_t \mid c_1 \dots c_{t-1}) \quad "
        r"\text{nats per character}",
    ),
]

CELL = r"""
\begin{aligned}
i, f, o &= \sigma(x W + h U + b) & \text{input, forget and output gate} \\
g &= \tanh(x W + h U + b) & \text{candidate} \\
c' &= f \odot c + i \odot g & \text{cell state} \\
h' &= o \odot \tanh c' & \text{hidden state}
\end{aligned}
"""


def show(name: str) -> None:
    with st.container(key="result_how_it_works"):
        code_panel.equations(STEPS)
    st.subheader("The LSTM cell: three gates and a cell state", anchor=False)
    text, equation = st.columns([2, 3], gap="large", vertical_alignment="center")
    text.markdown(
        "A SimpleRNN overwrites its whole hidden state at every character, so information is lost after a few "
        "characters. The **LSTM** has an additional cell state $c$. Its three gates, between 0 (closed) and 1 (open), "
        "control how much of the candidate is added to $c$ (input gate), how much of $c$ is kept (forget gate) and how "
        "much of it is exposed as hidden state $h$ (output gate). With forget gate 1 and input gate 0 the cell state "
        "does not change. A **GRU** has two gates (update, reset) and no cell state; a **SimpleRNN** has none."
    )
    equation.latex(CELL)
    st.subheader("Surprisal", anchor=False)
    st.markdown(
        "The surprisal of a character is $-\\ln p(\\text{character} \\mid \\text{text so far})$, its cross-entropy "
        "loss: 0 nats if it was certain, 0.7 for a coin flip, 6 for 1 in 400. The perplexity is $e$ to the mean "
        "surprisal. Some cells of a trained LSTM are interpretable: their activation correlates with a feature of the "
        "text, for example being inside quotation marks (Karpathy et al. 2015). Clamping a gate of such a cell tests "
        "whether the network uses it."
    )
    st.subheader("Two training targets", anchor=False)
    st.markdown(
        "The text is cut into sequences of N characters. **Next character only**: one prediction per sequence, of the "
        "character after it, as in the first edition of the book. **Shifted sequence**: every next character, "
        "one prediction per position, N per sequence, for the same computation. Both targets train the same network "
        "and are evaluated the same way, on the second half of each sequence; with shifted sequences words appear "
        "after fewer epochs. The pretrained models use shifted sequences and stateful training: 64 parallel streams of "
        "the book, with the state carried from sequence to sequence."
    )
    st.subheader("The pretrained models", anchor=False)
    st.dataframe([_row(model, title) for title, model in common.MODELS.items()], hide_index=True, width="stretch")
    st.caption(
        "Evaluated on the last 5 % of the text, which was held out. The text is Nietzsche's *Beyond Good and Evil* and "
        "*Human, All Too Human* in English, as in the book."
    )
    st.subheader("References", anchor=False)
    st.markdown(
        "- Hochreiter & Schmidhuber 1997, *Long Short-Term Memory*, "
        "[Neural Computation 9(8)](https://doi.org/10.1162/neco.1997.9.8.1735)\n"
        "- Graves 2013, *Generating Sequences With Recurrent Neural Networks*, "
        "[arXiv:1308.0850](https://arxiv.org/abs/1308.0850)\n"
        "- Karpathy, Johnson & Fei-Fei 2015, *Visualizing and Understanding Recurrent Networks*, "
        "[arXiv:1506.02078](https://arxiv.org/abs/1506.02078)\n"
        "- Holtzman et al. 2020, *The Curious Case of Neural Text Degeneration*, "
        "[arXiv:1904.09751](https://arxiv.org/abs/1904.09751)\n"
        "- Chollet, *Deep Learning with Python*, section 8.1\n\n"
        "Where this code differs from the book is described in `genmodels/text_generation/char_rnn.py`; the cells are "
        "in `rnn_cells.py`:"
    )
    st.code((char_rnn.__doc__ or "").strip(), language="text", wrap_lines=True)
    st.code((rnn_cells.__doc__ or "").strip(), language="text", wrap_lines=True)


def _row(name: str, title: str) -> dict:
    card = weights.model_card(f"text_generation_{name}")
    metrics = card["held_out"]
    return {
        "model": title,
        "characters": len(card["vocabulary"]),
        "LSTM units": " + ".join(map(str, card["units"])),
        "parameters": card["parameters"],
        "nats per character": metrics["nats_per_character"],
        "bits per character": metrics["bits_per_character"],
        "epochs": card["epochs"],
    }
