"""Break it: take one trick away, or add one, say what will happen, then look at what did."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import streamlit as st

from genmodels.gan import metrics, training_history
from genmodels.gan.training_history import FinalMetrics, TrainingHistory
from pages.gan import common
from pages.gan.ablation_texts import CHOICES, TRICKS, Trick
from pages.gan.components import history_player
from ui import code_panel, model_loading
from ui.page_layout import reader_text

SOUND = "ablation_baseline"
SEEDS = (1, 2)  # of the other sound runs, which say how far apart two runs are that differ in nothing else
ADDED = ("replay", "minibatch_std", "minibatch_discrimination")
WORSE, FEWER, PATTERN = 1.05, 0.95, 1.5  # how far beyond the sound runs counts: distance, kinds, pattern


@dataclass(frozen=True)
class Pair:
    """How the sound runs and the broken one ended; the first sound run is the one that is shown."""

    sounds: tuple[FinalMetrics, ...]
    broken: FinalMetrics
    worst: tuple[float, float, int] = (0.0, 0.0, 0)  # checkers at their worst: sound, broken, after how many steps

    @property
    def sound(self) -> FinalMetrics:
        return self.sounds[0]

    def beyond(self, what: str) -> tuple[float, float]:
        """The broken run's number as shares of the sound runs' largest and of their smallest."""
        numbers = [getattr(each, what) for each in self.sounds]
        return getattr(self.broken, what) / max(numbers), getattr(self.broken, what) / min(numbers)


OUTCOMES: dict[str, Callable[[Pair], bool]] = {  # what a choice says, as a question to the numbers
    "worse": lambda pair: pair.beyond("frechet_distance")[0] >= WORSE,
    "better": lambda pair: pair.beyond("frechet_distance")[1] <= 1 / WORSE,
    "fewer": lambda pair: pair.beyond("effective_classes")[1] <= FEWER,
    "pattern": lambda pair: pair.worst[1] > PATTERN * pair.worst[0],
    "unharmed": lambda pair: True,  # asked last: none of the others
    "same": lambda pair: True,
}


def show(name: str) -> None:
    """`name`, the page's model, plays no part here: the recorded runs are all of one small recipe."""
    reader_text(
        "The books list tricks that make GANs work. Here each was taken out of the same recipe, or added to it: "
        "a DCGAN on clothes, always the same data and seed, a short run. What happened was recorded. **Say first "
        "what you expect.** What the books say, and whether our run bears them out, comes after."
    )
    titles = {trick.title: trick for trick in TRICKS}
    title = st.pills(
        "Which trick?",
        list(titles),
        default=TRICKS[0].title,
        required=True,
        key="gan_ablation",
        wrap=True,
        help="One thing is changed, everything else stays.",
        **common.KEEP,
    )
    trick = titles[title]
    guesses = st.session_state.setdefault("gan_guesses", {})
    guess = guesses.get(trick.name)
    with st.container(gap=None):
        st.subheader(trick.question, anchor=False)
        st.markdown(trick.change)
    with st.container(horizontal=True, vertical_alignment="center"):
        tip = "Your guess. The recorded run appears, and can be compared with the sound one, moment by moment."
        st.markdown("**What will happen?**", width="content", help=tip)
        for outcome in trick.choices:
            st.button(
                CHOICES[outcome],
                key=f"gan_guess_{outcome}",
                type="primary" if guess == outcome else "secondary",
                on_click=guesses.update,
                args=({trick.name: outcome},),
            )
        st.button(
            "Hide it again",
            key="gan_guess_reset",
            icon=":material/restart_alt:",
            type="tertiary",
            disabled=guess is None,
            on_click=guesses.pop,
            args=(trick.name, None),
            help="As if you had not looked.",
        )
    with st.container():  # always there, so that what comes below is not remade
        if guess is not None:
            _reveal(trick, guess)
    runs = [("As it should be", SOUND)]
    if guess is not None:
        runs.append((trick.title, f"ablation_{trick.name}"))
    history_player.show(runs, common.names("fashion_dcgan"), key="gan_broken", begin="end")
    _score(guesses)
    if guess is not None and model_loading.tensorflow_ready():  # nothing else here needs TensorFlow
        _code(trick)


def outcome(trick: Trick, pair: Pair) -> str:
    """Which of a trick's choices came true: the first whose question the numbers answer with yes."""
    return next(each for each in trick.choices if OUTCOMES[each](pair))


@st.cache_data(show_spinner=False)  # a score asks for every trick that was guessed, on every rerun
def read(trick: Trick) -> Pair:
    sounds = (SOUND, *(each for seed in SEEDS if training_history.has_history(each := f"{SOUND}_seed_{seed}")))
    records = [history_player.read(each) for each in (*sounds, f"ablation_{trick.name}")]
    *ends, broken = (training_history.final_metrics(each) for each in records)
    return Pair(tuple(ends), broken, _worst(records[0], records[-1]))


def _worst(sound: TrainingHistory, broken: TrainingHistory) -> tuple[float, float, int]:
    """How much of a checkerboard there ever was; an untrained network's flat grey is left out."""
    once = [[metrics.checkerboard_score(wall) for wall in each.sample_grids[1:]] for each in (sound, broken)]
    return max(once[0]), max(once[1]), int(broken.steps[1 + int(np.argmax(once[1]))])


def _reveal(trick: Trick, guess: str) -> None:
    pair = read(trick)
    came = outcome(trick, pair)
    said, found = st.columns(2, gap="large")
    with said:
        st.markdown(f"**What the sources say.** {trick.sources}")
    with found:
        verdict = (
            "You were right" if guess == came else f"You expected otherwise: _{CHOICES[came].lower()}_ is the answer"
        )
        agrees = (
            "That is what the sources let one expect."
            if came in trick.claimed
            else "This run does **not** bear the sources out: one small network, one data set, one seed, a short run."
        )
        numbers = measured(trick, pair).replace(" %", "\N{NO-BREAK SPACE}%")
        st.markdown(f"**What our run shows.** {verdict}. {numbers} {agrees}")


def measured(trick: Trick, pair: Pair) -> str:
    """The two runs' ends in a sentence, from their numbers."""
    sound, broken = pair.sound, pair.broken
    change = 100 * (broken.frechet_distance / sound.frechet_distance - 1)
    how = (
        "about as far as"
        if abs(change) < 5
        else f"{abs(change):.0f} % {'farther than' if change > 0 else 'nearer than'}"
    )
    said = (
        f"It ends at a Fréchet distance of {broken.frechet_distance:.2f} from real pictures, {how} the sound run's "
        f"{sound.frechet_distance:.2f} (in a Fashion-MNIST classifier's features, not FID), and draws {broken.effective_classes:.1f} "
        f"effective kinds instead of {sound.effective_classes:.1f}."
    )
    if len(pair.sounds) > 1:
        distances, kinds = (
            [getattr(each, what) for each in pair.sounds] for what in ("frechet_distance", "effective_classes")
        )
        said += (
            f" How much of that is luck? {len(pair.sounds)} sound runs that differ in nothing but the seed end between "
            f"{min(distances):.2f} and {max(distances):.2f}, with {min(kinds):.1f} to {max(kinds):.1f} kinds: only "
            "what lies beyond them counts here."
        )
    if "pattern" in trick.choices:
        said += (
            f" Of its fine detail, {100 * broken.checkerboard_score:.1f} % repeats every second pixel, against "
            f"{100 * sound.checkerboard_score:.1f} %. On the way there it was as much as {100 * pair.worst[1]:.1f} %, after "
            f"{pair.worst[2]:,} steps, in the sound run {100 * pair.worst[0]:.1f} %: rewind to see the squares."
        )
    if trick.name in ADDED:
        said += f" Two of its pictures differ by {broken.mean_pairwise_distance:.3f} on average, against {sound.mean_pairwise_distance:.3f}."
    if trick.name == "strong_discriminator":
        said += (
            f" Its discriminator is right about {100 * broken.accuracy_fake:.0f} % of the fakes at the end, the sound "
            f"one about {100 * sound.accuracy_fake:.0f} %."
        )
    return said


def _score(guesses: dict[str, str]) -> None:
    """How many guesses were right so far."""
    made = [trick for trick in TRICKS if trick.name in guesses]
    if made:
        right = sum(guesses[trick.name] == outcome(trick, read(trick)) for trick in made)
        st.caption(f"Your guesses so far: {right} of {len(made)} right.")


def _code(trick: Trick) -> None:
    gan = common.module()
    script = f"""
        from genmodels.data import datasets
        from genmodels.gan import model as gan
        from genmodels.gan import training_history as gan_records
        from genmodels.gan import training as gan_training

        for name in ("baseline", {trick.name!r}):
            print(name, gan_records.final_metrics(gan_records.read(f"ablation_{{name}}")))

        # The same again, here for twenty steps; the recorded runs: python -m training.gan --ablation {trick.name}
        hyperparameters = gan.ABLATIONS[{trick.name!r}]
        x, _ = datasets.load("fashion_mnist", "train")
        for step in gan_training.train(x, architecture="dcgan", hyperparameters=hyperparameters, epochs=1):
            print(step.done, step.losses)
            if step.done >= 20:
                break
        """
    lesson = [gan.Hyperparameters, training_history.final_metrics, metrics.checkerboard_score]
    code_panel.show(script, lesson, key="broken", name="gan_broken")
