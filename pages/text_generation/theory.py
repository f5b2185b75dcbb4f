"""How it works: one prediction, one division, one draw; the cell; what we trained."""

import streamlit as st

from genmodels import weights
from genmodels.text_generation import model as text_generation
from genmodels.text_generation import rnn_cells
from pages.text_generation import common
from ui import code_panel

PIPELINE = [
    (
        "The network",
        "reads one character, changes its state $h$, and puts out a **logit** for every character that could follow.",
        r"l = W h_t + b \qquad p(c_{t+1} = i \mid c_1 \dots c_t) = \frac{e^{l_i}}{\sum_j e^{l_j}}",
    ),
    (
        "The temperature",
        "divides the logits before the softmax. Below 1 the likely gets likelier, above 1 all draw level. At 0 only "
        "the likeliest is left: **greedy, minimum entropy**. At infinity all are equal: **uniform, maximum entropy**.",
        r"q_i = \frac{e^{l_i / T}}{\sum_j e^{l_j / T}} \;\propto\; p_i^{1/T} \qquad "
        r"H(q) = -\sum_i q_i \log_2 q_i",
    ),
    (
        "The draw",
        "lays the probabilities end to end and takes the character on which a random number falls.",
        r"c_{t+1} = \min \Big\{ k : \sum_{i \le k} q_{(i)} > u \Big\}, \quad u \sim \mathcal{U}[0, 1)",
    ),
    (
        "Training",
        "makes the text it reads as unsurprising as it can: the mean over all characters of what each one costs.",
        r"\mathcal{L} = -\frac{1}{n} \sum_{t=1}^{n} \log p(c_t \mid c_1 \dots c_{t-1}) \quad \text{nats per character}",
    ),
]

CELL = r"""
\begin{aligned}
i, f, o &= \sigma(x W + h U + b) & \text{how much is let in, kept, shown} \\
g &= \tanh(x W + h U + b) & \text{what would be let in} \\
c' &= f \odot c + i \odot g & \text{the memory} \\
h' &= o \odot \tanh c' & \text{what the rest of the network sees}
\end{aligned}
"""


def show(name: str) -> None:
    st.subheader("From a text to its next character", anchor=False)
    code_panel.equations(PIPELINE)
    st.subheader("The memory cell", anchor=False)
    words, equation = st.columns([2, 3], gap="large", vertical_alignment="center")
    words.markdown(
        "A plain recurrent network overwrites its whole state at every character, and what it knew fades within a few. "
        "The **LSTM** keeps a memory $c$ beside the state, and three gates, numbers between 0 and 1, decide what "
        "enters it, what stays and what is shown. With the forget gate at 1 and the input gate at 0 the memory does "
        "not change at all, for as long as it takes."
    )
    equation.latex(CELL)
    st.subheader("Two ways to train", anchor=False)
    st.markdown(
        "Cut the text into windows of N characters. **N characters, then the next one**: each window asks a single "
        "question, as in the first edition of the textbook. **N characters, and the N shifted by one**: each window "
        "asks N questions, one after each of its characters, for the same work. The networks of this page learnt the "
        "second way, from 64 places in the book at once, the state carried on from window to window."
    )
    st.subheader("The networks on this page", anchor=False)
    st.dataframe([_row(model, title) for title, model in common.MODELS.items()], hide_index=True, width="stretch")
    st.caption(
        "Measured on the last 5 % of the text, which no training saw, read from its beginning to its end. The text is "
        "Nietzsche's *Beyond Good and Evil* and *Human, All Too Human* in English, as in the textbook."
    )
    st.subheader("Read on", anchor=False)
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
        "Where this code differs from the book, and why, stands at the top of its module; the cells stand in one of "
        "their own:"
    )
    st.code((text_generation.__doc__ or "").strip(), language="text", wrap_lines=True)
    st.code((rnn_cells.__doc__ or "").strip(), language="text", wrap_lines=True)


def _row(name: str, title: str) -> dict:
    card = weights.model_card(f"text_generation_{name}")
    held_out = card["held_out"]
    return {
        "network": title,
        "characters": len(card["vocabulary"]),
        "LSTM units": " + ".join(map(str, card["units"])),
        "parameters": card["parameters"],
        "nats per character": held_out["nats_per_character"],
        "bits per character": held_out["bits_per_character"],
        "epochs": card["epochs"],
    }
