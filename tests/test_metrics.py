"""What all measures have in common: bad input is refused, memory is bounded."""

import subprocess
import sys

import numpy as np
import pytest

from gan_helpers import metrics

PAIRWISE = [
    metrics.kernel_distance,
    metrics.precision_recall,
    metrics.density_coverage,
    metrics.classifier_two_sample_test,
]
OF_TWO_SETS = [
    *PAIRWISE,
    metrics.frechet_distance,
    metrics.sliced_wasserstein,
    metrics.neighbour_mixing,
    metrics.grid_divergence,
]


@pytest.mark.parametrize("measure", OF_TWO_SETS)
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_value_that_is_not_finite_is_refused_by_row(measure, bad):
    real, fake = np.random.default_rng(30).normal(size=(2, 20, 2))
    measure(real, fake)
    fake[13, 1] = bad
    with pytest.raises(ValueError, match="fake .* row 13. Check the generator"):
        measure(real, fake)
    with pytest.raises(ValueError, match="real .* row 13"):
        measure(fake, real)


@pytest.mark.parametrize("measure", OF_TWO_SETS)
def test_unequal_features_and_wrong_shapes_are_refused(measure):
    x = np.random.default_rng(31).normal(size=(20, 2))
    wide, shape = np.zeros((20, 3)), "real has shape|fake has shape"
    with pytest.raises(ValueError, match=f"real has 2 features and fake 3|{shape}"):
        measure(x, wide)
    with pytest.raises(ValueError, match=f"real has 3 features and fake 2|{shape}"):
        measure(wide, x)
    for wrong in (np.zeros(20), np.zeros((20, 2, 1)), np.zeros((0, 2))):
        with pytest.raises(ValueError, match=r"shape|expected \(n"):
            measure(x, wrong)


@pytest.mark.parametrize(
    ("measure", "least"),
    [
        (metrics.frechet_distance, 2),
        (metrics.kernel_distance, 3),
        (metrics.precision_recall, 2),
        (metrics.density_coverage, 2),
        (metrics.classifier_two_sample_test, 10),
    ],
)
def test_too_few_samples_are_refused(measure, least):
    x = np.zeros((50, 2))
    with pytest.raises(ValueError, match=f"fake has shape .* at least {least}"):
        measure(x, x[: least - 1])


GROWTH = """
import numpy as np
from gan_helpers import metrics

def peak():
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmHWM"))

rng = np.random.default_rng(32)
real, fake = rng.normal(size=(2, 5_000, 2))
metrics.{name}(real[:50], fake[:50])
before = peak()
value = np.ravel(metrics.{name}(real, fake + 0.1))
assert np.isfinite(value).all(), value
print(peak() - before)
"""


@pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux tells one process's own peak, in /proc"
)
@pytest.mark.parametrize(
    "name",
    [
        "kernel_distance",
        "precision_recall",
        "density_coverage",
        "classifier_two_sample_test",
        "nearest_neighbours",
        "sliced_wasserstein",
    ],
)
def test_measuring_needs_less_memory_than_all_pairs(name):
    """How far the peak of a process rises: all pairs of 5,000 numbers are 200 MB.

    In blocks it is a fifth of that or less. From /proc, since `ru_maxrss` would be that
    of the process that started this one.
    """
    run = subprocess.run(
        [sys.executable, "-c", GROWTH.format(name=name)],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert run.returncode == 0, run.stderr
    assert int(run.stdout) * 1024 < 100e6
