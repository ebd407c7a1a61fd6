"""The loaders: real formats, stand-ins, own pictures, and the bundled files."""

import hashlib
import re
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest
from data_files import (
    cifar_members,
    idx_bytes,
    isolate,
    write_idx,
    write_mat,
    write_tar,
)
from PIL import Image

from gan_helpers.data import (
    DataError,
    ImageSet,
    load_cifar10,
    load_fashion_mnist,
    load_flags,
    load_image_folder,
    load_svhn,
    make_ships,
)
from gan_helpers.data import loaders as loaders_module
from gan_helpers.data.bundled import bundled_dir
from gan_helpers.data.registry import REGISTRY


def load_ships(**options):
    return load_cifar10(class_name="ship", **options)


@pytest.fixture
def share(monkeypatch, tmp_path):
    """The folder in GAN_DATA_DIR, on a machine without other data or network."""
    isolate(monkeypatch, tmp_path)
    (tmp_path / "share").mkdir()
    monkeypatch.setenv("GAN_DATA_DIR", str(tmp_path / "share"))
    return tmp_path / "share"


def pictures(n):
    return np.random.default_rng(0).integers(256, size=(n, 32, 32, 3), dtype=np.uint8)


def few(**changes):
    fields = {
        "images": np.zeros((3, 8, 8, 1), np.uint8),
        "labels": np.array([0, 1, 1]),
        "class_names": ("cat", "dog"),
        "name": "pets",
        "provenance": "local",
        "licence": "MIT",
    }
    return ImageSet(**(fields | changes))


def write_fashion(folder, count, split="train"):
    stem = {"train": "train", "test": "t10k"}[split]
    images = np.arange(count * 784).reshape(count, 28, 28) % 251
    write_idx(folder / f"{stem}-images-idx3-ubyte.gz", images)
    write_idx(folder / f"{stem}-labels-idx1-ubyte.gz", np.arange(count) % 10)
    return images


def test_scaled_covers_minus_one_to_one():
    images = np.array([0, 255, 128, 1], np.uint8).reshape(1, 2, 2, 1)
    scaled = few(images=images, labels=None, class_names=()).scaled()
    assert scaled.dtype == np.float32
    np.testing.assert_allclose(
        scaled.ravel(), [-1, 1, 128 / 127.5 - 1, 1 / 127.5 - 1], atol=1e-6
    )
    assert images.ravel()[1] == 255


def test_describe_and_title():
    pets = few()
    assert pets.describe() == ("pets: 3 pictures of 8x8x1, 2 classes (local; MIT)")
    assert pets.title == "pets"
    assert len(pets) == 3
    stand_in = replace(pets, stands_in_for="lions")
    assert stand_in.title == "pets, standing in for lions"
    assert "standing in for lions" in stand_in.describe()


def test_of_class():
    dogs = few().of_class("dog")
    assert len(dogs) == 2
    assert dogs.title == "pets, dog"
    with pytest.raises(DataError, match="'bird'. Choose one of: cat, dog"):
        few().of_class("bird")
    with pytest.raises(DataError, match="no labels"):
        few(labels=None).of_class("dog")
    with pytest.raises(DataError, match="no picture of class 'cat'"):
        dogs.of_class("cat")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"images": np.zeros((3, 8, 8, 1))}, "images are float64"),
        ({"images": [1, 2]}, "images are list"),
        ({"images": np.zeros((3, 8, 8), np.uint8)}, r"shape \(3, 8, 8\)"),
        ({"images": np.zeros((3, 8, 8, 4), np.uint8)}, r"shape \(3, 8, 8, 4\)"),
        ({"images": np.zeros((0, 8, 8, 1), np.uint8)}, "at least one picture"),
        ({"labels": np.array([0, 1])}, r"labels have shape \(2,\), expected \(3,\)"),
        ({"labels": np.array([0, 1, 2])}, "label 2 found, expected 0 to 1"),
        ({"labels": np.array([0, 1, -1])}, "label -1 found"),
        ({"labels": np.zeros(3)}, "labels are float64"),
        ({"provenance": "found"}, "provenance is 'found'"),
    ],
)
def test_image_set_checks_itself(changes, message):
    with pytest.raises(DataError, match=message):
        few(**changes)


def test_fashion_from_own_folder(share):
    images = write_fashion(share / "fashion-mnist", 20)
    fashion = load_fashion_mnist()
    np.testing.assert_array_equal(fashion.images[..., 0], images)
    assert fashion.provenance == "local"
    assert fashion.class_names[9] == "Ankle boot"
    assert fashion.title == "Fashion-MNIST"


def test_fashion_with_labels_of_another_set(share):
    write_fashion(share, 20)
    write_idx(share / "train-labels-idx1-ubyte.gz", np.zeros(19))
    with pytest.raises(DataError, match=r"\(20, 28, 28\).*\(19,\)"):
        load_fashion_mnist()


def test_fashion_with_a_label_out_of_range(share):
    write_fashion(share, 20)
    write_idx(share / "train-labels-idx1-ubyte.gz", np.full(20, 10))
    with pytest.raises(DataError, match="train-labels.* holds label 10, expected 0"):
        load_fashion_mnist()


def test_damaged_local_file_is_told_and_not_replaced(share):
    write_fashion(share, 20)
    (share / "train-images-idx3-ubyte.gz").write_bytes(b"<html>")
    with pytest.raises(DataError, match="web page"):
        load_fashion_mnist()


def test_fashion_stand_in_is_announced(share, capsys):
    start = time.perf_counter()
    fashion = load_fashion_mnist()
    assert time.perf_counter() - start < 10
    assert len(fashion) == 10_000
    assert fashion.provenance == "bundled"
    assert "standing in for Fashion-MNIST's 60,000 training pictures" in fashion.title
    printed = capsys.readouterr()
    assert printed.out == (
        "Fashion-MNIST's 60,000 training pictures are neither on this machine nor "
        "downloadable here: using the 10,000 official test pictures instead.\n"
    )
    assert "no connection" in printed.err
    assert load_fashion_mnist(source="bundled").title == fashion.title
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("source", [None, "bundled"])
def test_bundled_test_pictures_are_no_surprise(share, capsys, source):
    fashion = load_fashion_mnist(split="test", source=source)
    assert fashion.stands_in_for is None
    assert fashion.describe() == (
        "Fashion-MNIST's official test pictures: 10,000 pictures of 28x28x1, "
        "10 classes (bundled; MIT)"
    )
    assert capsys.readouterr() == ("", "")


def test_fashion_test_split_prefers_own_files(share):
    write_fashion(share, 15, split="test")
    assert len(load_fashion_mnist(split="test")) == 15


def test_bundled_fashion_is_the_official_test_set():
    fashion = load_fashion_mnist(source="bundled")
    for key, array in (
        ("fashion-test-images", fashion.images[..., 0]),
        ("fashion-test-labels", fashion.labels),
    ):
        official = hashlib.sha256(idx_bytes(array)).hexdigest()
        assert official == REGISTRY[key].sha256


def test_svhn_from_own_folder(share):
    images = pictures(5)
    write_mat(share / "train_32x32.mat", images, np.array([1, 2, 10, 4, 5]))
    write_mat(share / "svhn" / "test_32x32.mat", images[:2], np.array([9, 10]))
    everything = load_svhn(split="all")
    np.testing.assert_array_equal(
        everything.images, np.concatenate([images, images[:2]])
    )
    np.testing.assert_array_equal(everything.labels, [1, 2, 0, 4, 5, 9, 0])
    assert len(load_svhn()) == 5
    assert len(load_svhn(split="test")) == 2


def make_few_numbers(monkeypatch):
    whole = loaders_module.make_house_numbers
    monkeypatch.setattr(
        loaders_module, "make_house_numbers", lambda *, seed: whole(20, seed=seed)
    )


def test_svhn_stand_in_is_announced(share, capsys, monkeypatch):
    make_few_numbers(monkeypatch)
    start = time.perf_counter()
    svhn = load_svhn()
    assert time.perf_counter() - start < 10
    assert svhn.title == "synthetic house numbers, standing in for SVHN"
    assert svhn.provenance == "synthetic"
    assert capsys.readouterr().out == (
        "SVHN is neither on this machine nor downloadable here: "
        "using synthetic house numbers instead.\n"
    )
    test = load_svhn(split="test", source="synthetic")
    assert not (test.images == svhn.images).all()
    everything = load_svhn(split="all", source="synthetic")
    for name in ("images", "labels"):
        parts = [getattr(one, name) for one in (svhn, test)]
        np.testing.assert_array_equal(getattr(everything, name), np.concatenate(parts))
    assert capsys.readouterr().out == ""


def test_ships_from_own_folder(share):
    images, labels = pictures(12), np.array([8, 3] * 6)
    path = share / "cifar-10" / "cifar-10-binary.tar.gz"
    write_tar(path, cifar_members(images, labels))
    ships = load_ships()
    np.testing.assert_array_equal(ships.images, images[::2])
    assert ships.labels is None
    assert ships.title == "CIFAR-10 ships"
    cats = load_cifar10(class_name="cat")
    np.testing.assert_array_equal(cats.images, images[1::2])


@pytest.fixture
def few_ships(monkeypatch):
    """The stand-in, a few of it: to draw all takes a while."""
    monkeypatch.setattr(loaders_module, "make_ships", lambda: make_ships(5))


def test_ships_stand_in_is_announced(share, few_ships, capsys):
    ships = load_ships()
    np.testing.assert_array_equal(ships.images, make_ships(5).images)
    assert ships.title == "synthetic ships, standing in for CIFAR-10 ships"
    assert (ships.labels, ships.provenance) == (None, "synthetic")
    assert "using synthetic ships instead" in capsys.readouterr().out
    assert load_ships(source="synthetic").title == ships.title
    assert capsys.readouterr().out == ""


def test_only_ships_have_a_stand_in(share, capsys):
    with pytest.raises(DataError, match="only the ships have a stand-in.*its cats"):
        load_cifar10(class_name="cat")
    with pytest.raises(DataError, match="no synthetic deer, only ships"):
        load_cifar10(class_name="deer", source="synthetic")
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("loader", [load_fashion_mnist, load_svhn, load_ships])
@pytest.mark.parametrize("source", ["local", "cached", "download"])
def test_forced_source_that_cannot_be_had(share, loader, source, capsys):
    with pytest.raises(DataError, match="(GAN_DATA_DIR|source='download')"):
        loader(source=source)
    assert capsys.readouterr().out == ""


def test_cache_that_cannot_be_written_gives_the_stand_in(
    share, few_ships, monkeypatch, capsys
):
    (share / "file").write_bytes(b"")
    monkeypatch.setenv("GAN_CACHE_DIR", str(share / "file" / "cache"))
    assert load_ships().stands_in_for == "CIFAR-10 ships"
    assert "GAN_CACHE_DIR" in capsys.readouterr().err
    with pytest.raises(DataError, match="cannot be written"):
        load_ships(source="download")


@pytest.mark.parametrize(
    ("loader", "options", "message"),
    [
        (load_fashion_mnist, {"split": "all"}, "split is 'all'"),
        (load_fashion_mnist, {"source": "synthetic"}, "source is 'synthetic'"),
        (load_svhn, {"split": "extra"}, "split is 'extra'"),
        (load_svhn, {"source": "bundled"}, "source is 'bundled'"),
        (load_cifar10, {"class_name": "boat"}, "'boat'. Choose one of: airplane,"),
        (load_flags, {"size": 0}, "size is 0"),
        (load_flags, {"source": "local"}, "source is 'local'"),
    ],
)
def test_wrong_options(share, loader, options, message):
    with pytest.raises(DataError, match=message):
        loader(**options)


def test_flags():
    flags = load_flags()
    assert flags.images.shape == (258, 64, 64, 3)
    assert "AA" not in flags.class_names
    # Left to right along the middle of the flag of France: blue, white, red.
    stripes = flags.of_class("FR").images[0, 32, [12, 32, 52]]
    assert stripes.argmax(axis=1).tolist()[::2] == [2, 0]
    assert stripes[1].min() > 200
    assert (flags.images[:, 0, 0] == 255).all()


def test_flags_small_and_grey():
    flags = load_flags(size=32, grey=True)
    assert flags.images.shape == (258, 32, 32, 1)


def test_bundled_hashes_match_the_readme():
    readme = (bundled_dir() / "README.md").read_text(encoding="utf-8")
    files = sorted(bundled_dir().glob("*.npz"))
    assert {"fashion_mnist_test.npz", "flags.npz"} <= {path.name for path in files}
    for path in files:
        row = re.search(rf"^\| `{path.name}` .*`([0-9a-f]{{64}})`", readme, re.M)
        assert row, f"data/README.md has no row with a SHA-256 for {path.name}"
        assert hashlib.sha256(path.read_bytes()).hexdigest() == row[1]


def test_missing_bundled_file(monkeypatch, tmp_path):
    monkeypatch.setattr(loaders_module, "bundled_dir", lambda: tmp_path)
    with pytest.raises(DataError, match="flags.npz cannot be read"):
        load_flags()
    np.savez(tmp_path / "flags.npz", images=np.zeros(3))
    with pytest.raises(DataError, match="no array 'codes'"):
        load_flags()


def save_mixed_pictures(folder):
    """The left half red, the right half green, in every kind of file."""
    halves = Image.new("RGB", (60, 40), (255, 0, 0))
    halves.paste((0, 255, 0), (30, 0, 60, 40))
    halves.save(folder / "a.JPG", quality=95, subsampling=0)
    halves.save(folder / "b.png")
    halves.save(folder / "c.webp", lossless=True)
    halves.save(folder / "d.bmp")
    halves.convert("P", palette=Image.Palette.ADAPTIVE).save(folder / "e.gif")
    halves.convert("CMYK").save(folder / "f.jpeg", quality=95)
    halves.convert("RGBA").save(folder / "g.png")
    sideways = halves.transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[0x0112] = 6  # "turn right to view"
    sideways.save(folder / "h.jpg", exif=exif, quality=95, subsampling=0)
    halves.save(folder / "i.tif")
    halves.save(folder / "j.TIFF", compression="tiff_lzw")
    halves.save(folder / "k.jfif", "JPEG", quality=95, subsampling=0)
    halves.save(folder / "l.avif", quality=95)
    halves.save(folder / "m.tga")
    return 13


def test_folder_of_mixed_pictures(tmp_path, capsys):
    count = save_mixed_pictures(tmp_path)
    (tmp_path / "._a.jpg").write_bytes(b"left by macOS")
    (tmp_path / "Thumbs.db").write_bytes(b"left by Windows")
    own = load_image_folder(tmp_path, size=16)
    assert own.images.shape == (count, 16, 16, 3)
    assert own.labels is None
    assert own.name == tmp_path.name
    assert (np.abs(own.images[:, 8, 3].astype(int) - (255, 0, 0)) < 40).all()
    assert (np.abs(own.images[:, 8, 12].astype(int) - (0, 255, 0)) < 40).all()
    assert load_image_folder(tmp_path, grey=True).images.shape == (count, 32, 32, 1)
    assert capsys.readouterr() == ("", "")


def test_pictures_need_not_become_square(tmp_path):
    wide = np.zeros((60, 120, 3), np.uint8)  # cut to its middle, 90 wide
    wide[:, 15:60, 0] = 255
    wide[:, 60:105, 1] = 255
    Image.fromarray(wide).save(tmp_path / "wide.png")
    [picture] = load_image_folder(folder=tmp_path, size=(16, 24)).images
    assert picture.shape == (16, 24, 3)
    assert (np.abs(picture[:, :11].astype(int) - (255, 0, 0)) < 40).all()
    assert (np.abs(picture[:, 13:].astype(int) - (0, 255, 0)) < 40).all()


def test_other_files_are_counted_and_named(tmp_path, capsys):
    Image.new("RGB", (9, 9)).save(tmp_path / "good.png")
    for name in ("a.txt", "b.TXT", "c.mov", "README", "d.eps"):
        (tmp_path / name).write_bytes(b"no picture")
    assert len(load_image_folder(tmp_path)) == 1
    told = capsys.readouterr().err
    assert "5 files are of no kind that is read (2 .txt, 1" in told
    assert all(kind in told for kind in ("1 .mov", "1 no ending", "1 .eps"))
    (tmp_path / "good.png").unlink()
    with pytest.raises(DataError, match="no picture, .* found 2 .txt"):
        load_image_folder(tmp_path)


def test_photos_of_phones_say_what_to_install(tmp_path, capsys, monkeypatch):
    Image.new("RGB", (9, 9)).save(tmp_path / "good.png")
    (tmp_path / "IMG_1.HEIC").write_bytes(b"\0\0\0 ftypheic" + bytes(100))
    monkeypatch.setitem(sys.modules, "pillow_heif", None)  # as where it is missing
    assert len(load_image_folder(tmp_path)) == 1
    told = capsys.readouterr().err
    assert "1 of 2 cannot be read" in told and "%pip install pillow-heif" in told

    class Opener:
        """Stands in for pillow-heif: it teaches Pillow another kind of file."""

        @staticmethod
        def register_heif_opener():
            def read(file, name):
                return Image.open(tmp_path / "good.png")

            Image.register_open("HEIF", read, lambda start: b"ftypheic" in start)

    monkeypatch.setitem(sys.modules, "pillow_heif", Opener)
    try:
        assert len(load_image_folder(tmp_path)) == 2
    finally:
        Image.OPEN.pop("HEIF", None)
        Image.ID.remove("HEIF")


def test_a_huge_photo_is_read_small(tmp_path, capsys):
    size = 14_000  # 196 million pixels; Pillow refuses more than 179
    Image.new("L", (size, size), 200).save(tmp_path / "huge.jpg")
    limit = Image.MAX_IMAGE_PIXELS
    own = load_image_folder(tmp_path, size=8)
    assert (own.images == 200).all()
    assert limit == Image.MAX_IMAGE_PIXELS
    assert capsys.readouterr().err == ""


def test_a_strip_is_cropped_to_its_middle(tmp_path):
    strip = np.zeros((3, 3000, 3), np.uint8)
    strip[:, 1490:1510] = 255
    Image.fromarray(strip).save(tmp_path / "strip.png")
    assert (load_image_folder(tmp_path, size=8).images == 255).all()


def test_crop_is_the_middle_square(tmp_path):
    wide = np.zeros((20, 60, 3), np.uint8)
    wide[:, 20:40] = 255
    Image.fromarray(wide).save(tmp_path / "wide.png")
    Image.fromarray(wide.transpose(1, 0, 2)).save(tmp_path / "tall.png")
    # The filter blends in a little of what lies beside the square.
    assert (load_image_folder(tmp_path, size=10).images > 230).all()


def test_transparent_becomes_white_and_16_bits_are_scaled(tmp_path):
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(tmp_path / "clear.png")
    deep = np.full((8, 8), 32768, np.uint16)
    Image.fromarray(deep).save(tmp_path / "deep.png")
    clear, grey = load_image_folder(tmp_path, size=8).images
    assert (clear == 255).all()
    assert (np.abs(grey.astype(int) - 127) <= 1).all()


def test_sub_folders_are_classes(tmp_path, capsys):
    for name in ("dogs", "cats/siamese"):
        (tmp_path / name).mkdir(parents=True)
        Image.new("RGB", (9, 9)).save(tmp_path / name / "one.png")
    (tmp_path / "notes").mkdir()
    own = load_image_folder(tmp_path)
    assert own.class_names == ("cats", "dogs")
    assert own.labels.tolist() == [0, 1]
    Image.new("RGB", (9, 9)).save(tmp_path / "loose.png")
    assert len(load_image_folder(tmp_path)) == 2
    assert "1 lie beside the sub-folders" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("names", "classes"),
    [
        (["zip/cats/1", "zip/dogs/1"], ("cats", "dogs")),
        (["zip/zip/cats/1", "zip/zip/dogs/deep/1"], ("cats", "dogs")),
        (["zip/cats/1", "zip/2"], ("zip",)),  # no folder of folders only
        (["cats/1"], ("cats",)),
        (["cats/1", "dogs/young/1"], ("cats", "dogs")),
    ],
)
def test_the_outer_folder_of_a_zip_is_no_class(tmp_path, names, classes):
    (tmp_path / "__MACOSX").mkdir()
    (tmp_path / "__MACOSX/._1.png").write_bytes(b"left by macOS")
    for name in names:
        path = tmp_path / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (9, 9)).save(path)
    own = load_image_folder(tmp_path)
    assert own.class_names == classes
    assert len(own) == len(names)


def test_unreadable_pictures_are_counted_and_skipped(tmp_path, capsys):
    Image.new("RGB", (9, 9)).save(tmp_path / "good.png")
    whole = (tmp_path / "good.png").read_bytes()
    (tmp_path / "cut.png").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "page.jpg").write_bytes(b"<html>")
    assert len(load_image_folder(tmp_path)) == 1
    assert "2 of 3 cannot be read" in capsys.readouterr().err
    (tmp_path / "good.png").unlink()
    with pytest.raises(DataError, match="None of the 2 pictures .* can be read"):
        load_image_folder(tmp_path)


def test_folder_errors(tmp_path):
    with pytest.raises(DataError, match="absent is not a folder"):
        load_image_folder(tmp_path / "absent")
    with pytest.raises(DataError, match="holds no picture"):
        load_image_folder(tmp_path)
    with pytest.raises(DataError, match="size is 0"):
        load_image_folder(tmp_path, size=0)
    with pytest.raises(DataError, match=r"size is \(16, 0\)"):
        load_image_folder(tmp_path, size=(16, 0))


def test_importing_the_data_layer_is_light():
    heavy = "tensorflow scipy matplotlib pooch"
    code = (
        "import sys, gan_helpers.data; "
        f"print([name for name in {heavy.split()} if name in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60
    )
    assert run.stdout.strip() == "[]", run.stderr
