"""A training step as one compiled function, on TensorFlow and on JAX.

The textbook calls `train_on_batch` twice per step and copies arrays in between; here a whole step of two networks is
one graph, from the latent vectors to the new weights. The functions below are all that depends on the backend. XLA is
off on TensorFlow: it is slower for small convolutions on a CPU.
"""

from collections.abc import Callable, Sequence
from typing import Any


def _is_tensorflow() -> bool:
    import keras

    return keras.backend.backend() == "tensorflow"


def compile_step(f: Callable, variables: Sequence[Any]) -> Callable:
    """f(*arrays) as one graph. variables: all Keras variables that f reads or changes."""
    import keras

    if _is_tensorflow():
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


def vjp(f: Callable[[], tuple[Any, Any]], variables: Sequence[Any], state: Sequence[Any]) -> tuple[Any, Any, Callable]:
    """Both outputs of f(), a tensor and auxiliary values, and the vector-Jacobian product of the tensor.

    The product, a function of d, is the gradient of <tensor, d> with respect to `variables`. state: all variables that
    f reads or changes, including `variables`. Only valid inside `compile_step`.
    """
    import keras

    if _is_tensorflow():
        import tensorflow as tf

        watched = [v.value for v in variables]
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(watched)
            out, auxiliary = f()
        return out, auxiliary, lambda d: tape.gradient(out, watched, output_gradients=d)

    import jax

    ids = {id(v) for v in variables}
    others = [v for v in state if id(v) not in ids]

    def pure(values):
        mapping = [*zip(variables, values, strict=True), *((v, v.value) for v in others)]
        with keras.StatelessScope(state_mapping=mapping) as scope:
            out, auxiliary = f()
        return out, (auxiliary, [scope.get_current_value(v) for v in others])

    out, product, (auxiliary, changed) = jax.vjp(pure, [v.value for v in variables], has_aux=True)
    for v, value in zip(others, changed, strict=True):  # e.g. the moving averages of a batch normalization
        v.assign(value)
    return out, auxiliary, lambda d: product(d)[0]


def value_and_gradient(f: Callable[[Any], Any], x: Any) -> tuple[Any, Any]:
    """f(x), a scalar, and df/dx."""
    if _is_tensorflow():
        import tensorflow as tf

        with tf.GradientTape() as tape:
            tape.watch(x)
            value = f(x)
        return value, tape.gradient(value, x)

    import jax

    return jax.value_and_grad(f)(x)
