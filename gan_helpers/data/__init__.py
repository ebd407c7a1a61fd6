"""The course's data: loaders, one record type for pictures, and toy point sets.

Readers of special formats and the downloader load on first use, so that importing this
package stays quick.
"""

from gan_helpers.data import point_sets, points
from gan_helpers.data.folder import load_image_folder
from gan_helpers.data.house_numbers import make_house_numbers
from gan_helpers.data.imageset import DataError, ImageSet
from gan_helpers.data.loaders import (
    load_cifar10,
    load_fashion_mnist,
    load_flags,
    load_svhn,
)
from gan_helpers.data.originals import load_original
from gan_helpers.data.ships import make_ships

__all__ = [
    "DataError",
    "ImageSet",
    "load_cifar10",
    "load_fashion_mnist",
    "load_flags",
    "load_image_folder",
    "load_original",
    "load_svhn",
    "make_house_numbers",
    "make_ships",
    "point_sets",
    "points",
]
