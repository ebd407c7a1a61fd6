"""The live lab: a GAN that trains while you watch and turn its settings.

`PointLab` trains on points in the plane, `ImageLab` on pictures. Both work without a
browser (`step`, `frame`, `figure`); `show()` opens the live view.
"""

from gan_helpers.lab.images import ImageLab
from gan_helpers.lab.messages import handle
from gan_helpers.lab.points import PointLab

__all__ = ["ImageLab", "PointLab", "handle"]
