"""Measures of how close a generator is to its data. NumPy arrays in, numbers out."""

from gan_helpers.metrics.distances import (
    Gaussian,
    fit_gaussian,
    frechet_distance,
    kernel_distance,
    sliced_wasserstein,
)
from gan_helpers.metrics.modes import (
    class_shares,
    grid_divergence,
    mode_balance,
    mode_shares,
    modes_hit,
)
from gan_helpers.metrics.neighbours import (
    density_coverage,
    nearest_neighbours,
    neighbour_mixing,
    precision_recall,
)
from gan_helpers.metrics.two_sample import chance_p_value, classifier_two_sample_test

__all__ = [
    "Gaussian",
    "chance_p_value",
    "class_shares",
    "classifier_two_sample_test",
    "density_coverage",
    "fit_gaussian",
    "frechet_distance",
    "grid_divergence",
    "kernel_distance",
    "mode_balance",
    "mode_shares",
    "modes_hit",
    "nearest_neighbours",
    "neighbour_mixing",
    "precision_recall",
    "sliced_wasserstein",
]
