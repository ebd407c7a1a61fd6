"""Readers of published formats: on true files, on damaged ones, on hostile ones."""

import gzip
import pickle
import zipfile

import numpy as np
import pytest
import scipy.io
from data_files import Bomb, cifar_members, idx_bytes, write_idx, write_mat, write_tar

from gan_helpers.data import DataError
from gan_helpers.data.formats import (
    read_cifar_binary,
    read_idx,
    read_npz,
    read_svhn_mat,
)

READERS = (read_idx, read_svhn_mat, read_cifar_binary, read_npz)
HTML = b"<!DOCTYPE html><html><body>Please log in</body></html>"


def pictures(n):
    return np.random.default_rng(0).integers(256, size=(n, 32, 32, 3), dtype=np.uint8)


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_idx_round_trip(tmp_path, pack):
    array = np.arange(2 * 3 * 4, dtype=np.uint8).reshape(2, 3, 4)
    path = tmp_path / "some-idx3-ubyte.gz"
    path.write_bytes(pack(idx_bytes(array)))
    read = read_idx(path)
    np.testing.assert_array_equal(read, array)
    read += 1  # an array that could only be read would fail here


@pytest.mark.parametrize("header", [b"\0\0\x08", b"\0\0\x08\0", b"\0\0\x08\xc8"])
def test_idx_with_nonsensical_header(tmp_path, header):
    path = tmp_path / "some-idx"
    path.write_bytes(header + bytes(4 * 200))
    with pytest.raises(DataError, match="the number of dimensions"):
        read_idx(path)
    path.write_bytes(header)
    with pytest.raises(DataError, match="the number of dimensions"):
        read_idx(path)


def test_idx_says_how_many_bytes_are_missing(tmp_path):
    path = tmp_path / "some.gz"
    path.write_bytes(gzip.compress(idx_bytes(np.zeros((10, 2, 2)))[:-5]))
    with pytest.raises(DataError, match="51 bytes where the header promises 56"):
        read_idx(path)


@pytest.mark.parametrize("kept", [0.3, 0.99])
def test_cut_short_gzip_names_the_file(tmp_path, kept):
    path = write_idx(tmp_path / "cut.gz", pictures(3))
    path.write_bytes(path.read_bytes()[: int(kept * path.stat().st_size)])
    with pytest.raises(DataError, match=r"cut\.gz .*cut short.*Replace it"):
        read_idx(path)


def test_flipped_byte_in_gzip_is_noticed(tmp_path):
    path = write_idx(tmp_path / "flipped.gz", pictures(3))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(DataError, match="damaged"):
        read_idx(path)


def test_svhn_round_trip_with_ten_for_zero(tmp_path):
    images, labels = pictures(4), np.array([1, 9, 10, 5], np.uint8)
    path = write_mat(tmp_path / "train_32x32.mat", images, labels)
    read_images, read_labels = read_svhn_mat(path)
    np.testing.assert_array_equal(read_images, images)
    np.testing.assert_array_equal(read_labels, [1, 9, 0, 5])
    assert read_images.dtype == np.uint8
    assert read_labels.dtype == np.int64


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"y": np.ones((2, 1))}, "lacks the variable X or y"),
        ({"X": np.zeros((32, 32, 3, 2)), "y": np.ones((2, 1))}, "X is float64"),
        (
            {"X": np.zeros((32, 32, 3, 2), np.uint8), "y": np.ones((3, 1))},
            "3 labels for 2 pictures",
        ),
        (
            {"X": np.zeros((32, 32, 3, 2), np.uint8), "y": np.array([[0], [1]])},
            "not 1 to 10",
        ),
    ],
)
def test_svhn_with_wrong_content(tmp_path, variables, message):
    path = tmp_path / "wrong.mat"
    scipy.io.savemat(path, variables)
    with pytest.raises(DataError, match=message):
        read_svhn_mat(path)


@pytest.mark.parametrize("kept", [200, 2000])
def test_svhn_cut_short(tmp_path, kept):
    path = write_mat(tmp_path / "cut.mat", pictures(4), np.ones(4, np.uint8))
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(DataError, match=rf"cut\.mat .*its {kept:,} bytes are damaged"):
        read_svhn_mat(path)


def test_svhn_in_newer_matlab_format(tmp_path):
    path = tmp_path / "new.mat"
    path.write_bytes(b"MATLAB 7.3 MAT-file, Platform: PCWIN64".ljust(600))
    with pytest.raises(DataError, match="MATLAB 5.0 MAT-file was expected"):
        read_svhn_mat(path)


def test_cifar_round_trip(tmp_path):
    images, labels = pictures(12), np.arange(12) % 10
    path = write_tar(tmp_path / "cifar.tar.gz", cifar_members(images, labels))
    read_images, read_labels = read_cifar_binary(path)
    np.testing.assert_array_equal(read_images, images)
    np.testing.assert_array_equal(read_labels, labels)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("data_batch_3.bin", None, "holds no data_batch_3.bin"),
        ("test_batch.bin", bytes(3072), "test_batch.bin has 3,072 bytes"),
        ("test_batch.bin", b"", "test_batch.bin has 0 bytes"),
        ("data_batch_1.bin", b"\x0a" + bytes(3072), "label 10 found"),
    ],
)
def test_cifar_with_wrong_content(tmp_path, name, content, message):
    members = cifar_members(pictures(6), np.zeros(6, int))
    members.pop(name)
    if content is not None:
        members[name] = content
    path = write_tar(tmp_path / "cifar.tar.gz", members)
    with pytest.raises(DataError, match=message):
        read_cifar_binary(path)


def test_cifar_cut_short(tmp_path):
    members = cifar_members(pictures(6), np.zeros(6, int))
    path = write_tar(tmp_path / "cut.tar.gz", members)
    path.write_bytes(path.read_bytes()[:9000])
    with pytest.raises(DataError, match="its 9,000 bytes are damaged or cut short"):
        read_cifar_binary(path)


def test_npz_round_trip_and_damage(tmp_path):
    path = tmp_path / "arrays.npz"
    np.savez_compressed(path, a=np.arange(5000), b=np.ones(3))
    assert sorted(read_npz(path)) == ["a", "b"]
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(DataError, match=r"arrays\.npz"):
        read_npz(path)


def test_npz_that_promises_too_much(tmp_path):
    path = tmp_path / "lying.npz"
    shape = b"{'descr': '|u1', 'fortran_order': False, 'shape': (10000000000000000,)}"
    header = b"\x93NUMPY\x01\x00" + len(shape).to_bytes(2, "little") + shape
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.npy", header)
    with pytest.raises(DataError, match=r"lying\.npz .* are damaged"):
        read_npz(path)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    ("content", "found"),
    [
        (HTML, "starts with '<!DOCTYPE html', so it is a web page"),
        (b"\n<html><head>", "web page"),
        (b"", "it is empty"),
        (b"hello world", "starts with the bytes 68 65 6c 6c"),
        (pickle.dumps([1]), "a Python pickle"),
    ],
)
def test_every_reader_says_what_it_found(tmp_path, reader, content, found):
    path = tmp_path / "wrong.data"
    path.write_bytes(content)
    with pytest.raises(DataError) as error:
        reader(path)
    assert str(path) in str(error.value)
    assert found in str(error.value)
    assert "data/README.md" in str(error.value)


@pytest.mark.parametrize("reader", READERS)
def test_missing_file_and_folder(tmp_path, reader):
    for path in (tmp_path / "absent", tmp_path):
        with pytest.raises(DataError, match="cannot be read"):
            reader(path)


def test_the_bomb_of_these_tests_works(tmp_path):
    pickle.loads(pickle.dumps(Bomb(tmp_path / "marker")))
    assert (tmp_path / "marker").exists()


@pytest.mark.parametrize("protocol", [0, 2, 4, 5])
@pytest.mark.parametrize("reader", READERS)
def test_pickles_are_never_opened(tmp_path, reader, protocol):
    marker, path = tmp_path / "marker", tmp_path / "data"
    bomb = pickle.dumps(Bomb(marker), protocol=protocol)
    for content in (bomb, gzip.compress(bomb)):
        path.write_bytes(content)
        with pytest.raises(DataError):
            reader(path)
    assert not marker.exists()


def test_object_arrays_and_pickled_members_are_never_opened(tmp_path):
    marker = tmp_path / "marker"
    bombs = np.array([Bomb(marker)], dtype=object)
    np.savez(tmp_path / "bomb.npz", images=bombs)
    with pytest.raises(DataError, match="Python objects, which are never opened"):
        read_npz(tmp_path / "bomb.npz")
    np.save(tmp_path / "bomb.npy", bombs)
    with pytest.raises(DataError):
        read_npz(tmp_path / "bomb.npy")
    members = {"data_batch_1": pickle.dumps(Bomb(marker))}
    path = write_tar(tmp_path / "cifar-10-python.tar.gz", members)
    with pytest.raises(DataError, match="made of Python pickles"):
        read_cifar_binary(path)
    assert not marker.exists()
