"""Two optimizations in lockstep."""

from collections.abc import Iterator
from dataclasses import dataclass

from genmodels.vision import comparison


@dataclass(frozen=True)
class Step:
    done: int
    total: int

    @property
    def losses(self) -> dict[str, float]:
        return {"objective": 10.0 * self.done}

    @property
    def progress(self) -> float:
        return self.done / self.total


def steps(total: int) -> Iterator[Step]:
    return (Step(k, total) for k in range(1, total + 1))


def test_both_runs_advance_together_until_the_longer_one_ends():
    both = list(comparison.side_by_side(steps(2), steps(4), loss="objective"))
    assert [step.done for step in both] == [1, 2, 3, 4] and both[-1].total == 4
    assert [step.left.done for step in both] == [1, 2, 2, 2]
    assert [step.right.done for step in both] == [1, 2, 3, 4]
    assert both[2].losses == {"left": 20.0, "right": 30.0}


def test_progress_is_the_mean_of_both():
    assert [step.progress for step in comparison.side_by_side(steps(1), steps(2), loss="objective")] == [0.75, 1.0]
