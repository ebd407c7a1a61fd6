"""The failure clinic: GANs that fail in known ways, and symptoms that name how.

Lesson 08 is about it. `train` a recipe, `diagnose` its history, `examine` anyone's own
GAN; `CASES` holds each fault with its cure, `PARTS` the single changes of a cure that
makes several and other treatments, `HEALTHY` what should raise no alarm.
"""

from gan_helpers.clinic.cases import CASES, HEALTHY, PARTS, Case
from gan_helpers.clinic.chart import Finding, Reading
from gan_helpers.clinic.examining import Examination, diagnose, examine
from gan_helpers.clinic.measuring import load_results, measure, modes_of
from gan_helpers.clinic.recipes import Recipe, point_set
from gan_helpers.clinic.running import ClinicHistory, train
from gan_helpers.clinic.symptoms import SYMPTOMS
from gan_helpers.clinic.watching import Gan, GanLike, Watch

__all__ = [
    "CASES",
    "HEALTHY",
    "PARTS",
    "SYMPTOMS",
    "Case",
    "ClinicHistory",
    "Examination",
    "Finding",
    "Gan",
    "GanLike",
    "Reading",
    "Recipe",
    "Watch",
    "diagnose",
    "examine",
    "load_results",
    "measure",
    "modes_of",
    "point_set",
    "train",
]
