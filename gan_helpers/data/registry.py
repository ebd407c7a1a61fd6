"""Where the official files are published, and how to know that one is whole."""

from dataclasses import dataclass

FASHION_HOSTS = (
    "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
)
SVHN_HOST = "http://ufldl.stanford.edu/housenumbers/"
CIFAR_HOST = "https://www.cs.toronto.edu/~kriz/"


@dataclass(frozen=True)
class RemoteFile:
    """One published file.

    Attributes:
        folder: the sub-folder of GAN_DATA_DIR and of the cache in which it may lie.
        file: its name as published.
        urls: where it can be had, tried in this order.
        sha256: of its bytes, in hexadecimal.
        hash_decompressed: the hash is of the decompressed bytes, because packagers
            compress the same file differently.
    """

    folder: str
    file: str
    urls: tuple[str, ...]
    sha256: str
    hash_decompressed: bool = False


def _fashion(file: str, sha256: str) -> RemoteFile:
    urls = tuple(host + file for host in FASHION_HOSTS)
    return RemoteFile("fashion-mnist", file, urls, sha256, hash_decompressed=True)


REGISTRY = {
    "fashion-train-images": _fashion(
        "train-images-idx3-ubyte.gz",
        "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
    ),
    "fashion-train-labels": _fashion(
        "train-labels-idx1-ubyte.gz",
        "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    ),
    "fashion-test-images": _fashion(
        "t10k-images-idx3-ubyte.gz",
        "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
    ),
    "fashion-test-labels": _fashion(
        "t10k-labels-idx1-ubyte.gz",
        "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
    ),
    "svhn-train": RemoteFile(
        "svhn",
        "train_32x32.mat",
        (SVHN_HOST + "train_32x32.mat",),
        "435e94d69a87fde4fd4d7f3dd208dfc32cb6ae8af2240d066de1df7508d083b8",
    ),
    "svhn-test": RemoteFile(
        "svhn",
        "test_32x32.mat",
        (SVHN_HOST + "test_32x32.mat",),
        "cdce80dfb2a2c4c6160906d0bd7c68ec5a99d7ca4831afa54f09182025b6a75b",
    ),
    "cifar10": RemoteFile(
        "cifar-10",
        "cifar-10-binary.tar.gz",
        (CIFAR_HOST + "cifar-10-binary.tar.gz",),
        "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
    ),
}
