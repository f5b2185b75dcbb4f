"""A training step as one compiled function, whichever backend Keras runs on.

The textbook calls `train_on_batch` twice a step and copies arrays in between; here a whole step of two
networks is one graph, from the noise to the new weights. The functions below are all that differs
between TensorFlow and JAX. No XLA on TensorFlow: for small convolutions on a CPU it is slower.
"""

from collections.abc import Callable, Sequence
from typing import Any


def _tensorflow() -> bool:
    import keras

    return keras.backend.backend() == "tensorflow"


def compiled(f: Callable, variables: Sequence[Any]) -> Callable:
    """f(*arrays) that changes `variables` (Keras variables, all that it reads or writes), as one graph."""
    import keras

    if _tensorflow():
        import tensorflow as tf

        return tf.function(f, autograph=False, jit_compile=False)

    import jax

    @jax.jit
    def pure(values, *arrays):
        with keras.StatelessScope(state_mapping=list(zip(variables, values, strict=True))) as scope:
            out = f(*arrays)
        return out, [scope.get_current_value(v) for v in variables]

    def run(*arrays):
        out, values = pure([v.value for v in variables], *arrays)
        for variable, value in zip(variables, values, strict=True):
            variable.assign(value)
        return out

    return run


def forward(
    f: Callable[[], tuple[Any, Any]], variables: Sequence[Any], state: Sequence[Any]
) -> tuple[Any, Any, Callable]:
    """What f() gives, a tensor and what else it found, and the way back from the tensor.

    The way back, `pull(d)`, is the gradient of <tensor, d> with respect to `variables`. state: every variable
    that f reads or writes, `variables` among them. Only inside of `compiled`.
    """
    import keras

    if _tensorflow():
        import tensorflow as tf

        watched = [v.value for v in variables]
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(watched)
            out, found = f()
        return out, found, lambda d: tape.gradient(out, watched, output_gradients=d)

    import jax

    chosen = {id(v) for v in variables}
    others = [v for v in state if id(v) not in chosen]

    def pure(values):
        mapping = [*zip(variables, values, strict=True), *((v, v.value) for v in others)]
        with keras.StatelessScope(state_mapping=mapping) as scope:
            out, found = f()
        return out, (found, [scope.get_current_value(v) for v in others])

    out, pull, (found, changed) = jax.vjp(pure, [v.value for v in variables], has_aux=True)
    for v, value in zip(others, changed, strict=True):  # e.g. the averages of a batch normalisation
        v.assign(value)
    return out, found, lambda d: pull(d)[0]


def slope(f: Callable[[Any], Any], x: Any) -> tuple[Any, Any]:
    """f(x), a scalar, and df/dx."""
    if _tensorflow():
        import tensorflow as tf

        with tf.GradientTape() as tape:
            tape.watch(x)
            value = f(x)
        return value, tape.gradient(value, x)

    import jax

    return jax.value_and_grad(f)(x)
