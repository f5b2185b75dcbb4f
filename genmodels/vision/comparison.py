"""Two optimizations of an image in lockstep, to compare them side by side."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class ComparisonStep:
    """The latest step of both runs."""

    done: int
    total: int
    losses: dict[str, float]  # "left" and "right": the compared loss of each run
    left: Any  # a step: `done`, `total`, `losses`, `image`, `progress`
    right: Any

    @property
    def progress(self) -> float:
        """Fraction of the work done, 0 to 1."""
        return (self.left.progress + self.right.progress) / 2


def side_by_side(left: Iterator, right: Iterator, *, loss: str) -> Iterator[ComparisonStep]:
    """Runs two generators of steps in turn, one step each; the run that ends first keeps its last step.

    loss: the key of `losses` that is compared, in both runs the same.
    """
    a, b = next(left), next(right)
    while True:
        losses = {"left": a.losses[loss], "right": b.losses[loss]}
        yield ComparisonStep(max(a.done, b.done), max(a.total, b.total), losses, a, b)
        next_a, next_b = next(left, a), next(right, b)
        if next_a is a and next_b is b:
            return
        a, b = next_a, next_b
