"""The live lab: a GAN that trains while you watch and turn its settings.

`PointLab` trains on points in the plane, `ImageLab` on pictures. Both work without a
browser (`step`, `frame`, `figure`); `show()` opens the live view. A loss of your own
goes into `LOSSES`, under a new name, before the lab is made. `OnePointLab` is a panel
with the GAN of one point.
"""

from gan_helpers.lab.images import ImageLab
from gan_helpers.lab.messages import handle
from gan_helpers.lab.one_point import OnePointLab
from gan_helpers.lab.points import PointLab
from gan_helpers.losses import LOSSES, Loss

__all__ = ["LOSSES", "ImageLab", "Loss", "OnePointLab", "PointLab", "handle"]
