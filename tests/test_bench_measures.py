"""The benchmark's sections still measure: each for a moment, and what it counts."""

import json
import sys
from collections import Counter

import ceiling
import fashion_quality
import growth
import growth_costs
import lab_speed
import lessons
import numpy as np
import originals_speed
import peers
import pytest
import quadratic_limits
import quadratic_speed
import run
import tensorflow as tf
from browser import write_notebook
from network_spec import spec_of
from originals_networks import ORIGINALS

from gan_helpers import data
from gan_helpers.taught import quadratic


def counted_work(step) -> float:
    """Operations of the products a step needs, as TensorFlow's own profiler counts."""
    graph = tf.function(step).get_concrete_function(tf.TensorSpec((), tf.int32)).graph
    needed, waiting = (
        set(),
        [*(one.op for one in graph.outputs), *graph.control_outputs],
    )
    while waiting:  # the rest is traced, but not executed
        op = waiting.pop()
        if op.name not in needed:
            needed.add(op.name)
            waiting += [*(one.op for one in op.inputs), *op.control_inputs]
    options = tf.compat.v1.profiler.ProfileOptionBuilder.float_operation()
    options["output"] = "none"
    found = tf.compat.v1.profiler.profile(graph, options=options, cmd="scope")
    kinds = "MatMul", "Conv2D", "Conv2DBackpropInput", "Conv2DBackpropFilter"
    products = {op.name for op in graph.get_operations() if op.type in kinds}
    return sum(one.float_ops for one in walk(found) if one.name in needed & products)


def walk(node):
    """A node of a profile and all below it."""
    yield node
    for child in node.children:
        yield from walk(child)


def test_the_quadratic_gan_in_turn(monkeypatch):
    monkeypatch.setattr(quadratic_speed, "sizes", lambda quick: (0.0, 1))
    few = (quadratic_speed.GRAPH, quadratic_speed.KERAS, quadratic_speed.EQUAL)
    found = dict(quadratic_speed.measure(False, [(name, 0) for name in few]))
    assert all(found[name, 0]["iterations"] > 0 for name in few[:2])
    assert max(found[few[2], 0].values()) < 1e-5  # the loop, and by columns
    assert {name for name, _ in quadratic_speed.keys(False)} >= set(few)


def test_the_work_of_a_step_is_what_tensorflow_counts():
    networks = quadratic.make_generator(), quadratic.make_discriminator()
    step = quadratic_speed.fresh_step(*quadratic.make_steps(*networks))
    wanted = quadratic_limits.count_work(quadratic.BATCH_SIZE)
    assert counted_work(step) == pytest.approx(wanted, rel=0.02)
    original = ORIGINALS["F"]
    generator, discriminator, optimizers = original.make()
    step = original.make_step(generator, discriminator, optimizers, original.batch)
    wanted = originals_speed.step_work(original, generator, discriminator)
    assert counted_work(step) == pytest.approx(wanted, rel=0.02)


def count_parameters(spec) -> int:
    """Weights of the layers that a spec names, by the formulas of their kinds."""
    count = 0
    for name, *values in spec:
        if name == "dense":
            count += (values[0] + 1) * values[1]
        elif name in ("conv", "transposed"):
            count += (values[0] * values[2] ** 2 + 1) * values[1]
        elif name.startswith("normalise"):
            count += 2 * values[0]
    return count


@pytest.mark.parametrize("letter", ORIGINALS)
def test_networks_written_down_have_all_their_weights(letter):
    for network in ORIGINALS[letter].make()[:2]:
        spec = json.loads(json.dumps(spec_of(network)))
        wanted = sum(int(np.prod(w.shape)) for w in network.trainable_weights)
        assert count_parameters(spec) == wanted


def test_an_original_and_its_ceiling(monkeypatch):
    monkeypatch.setattr(ceiling, "PRODUCTS", [(32, 16, 8)])
    monkeypatch.setattr(ceiling, "CONVOLUTIONS", [(2, 8, 4, 4, 3)])
    found = originals_speed.by_tapes(ORIGINALS["F"], 0.0, steps=1)()
    assert found["ms"] * found["gflops"] == pytest.approx(15.9e3, rel=0.01)
    assert originals_speed.by_tapes(ORIGINALS["F"], 0.0, steps=1, half=True)()["ms"] > 0
    assert min(ceiling.best_speed("bfloat16", 0.0).values()) > 0
    assert ceiling.stream_speed(10_000, 0.0) > 0


def test_a_peer_that_is_not_installed_is_left_out(monkeypatch, tmp_path):
    monkeypatch.setenv("BENCH_PEERS", sys.executable)
    monkeypatch.setattr(peers, "PEERS", {"PyTorch": "no_such_module"})
    peers.find.cache_clear()
    assert peers.versions() == {"PyTorch": "not installed"}
    assert "PyTorch" not in quadratic_speed.ways(1.0)
    monkeypatch.setenv("BENCH_PEERS", str(tmp_path / "python"))
    peers.find.cache_clear()
    with pytest.raises(OSError, match="BENCH_PEERS is"):
        peers.find("PyTorch")
    peers.find.cache_clear()


def test_a_peers_answer_is_read_and_its_failure_told(monkeypatch, tmp_path):
    monkeypatch.setattr(peers, "PEERS", {"Sum": "json"})
    monkeypatch.setattr(peers, "LOOK", "print('1.0')")
    monkeypatch.setattr(peers, "FOLDER", tmp_path)
    peers.find.cache_clear()
    script = (
        "import json, sys\nprint('noise')\nprint(json.dumps(json.loads(sys.argv[1])))"
    )
    (tmp_path / "peer.py").write_text(script)
    assert peers.measure("Sum", "peer.py", {"iterations": 2}) == {"iterations": 2}
    (tmp_path / "peer.py").write_text("raise SystemExit('no memory')")
    with pytest.raises(RuntimeError, match="no memory"):
        peers.measure("Sum", "peer.py", {})
    peers.find.cache_clear()


@pytest.mark.filterwarnings("ignore:.* have a covariance without full rank")
def test_recipes_train_in_turn_until_each_checkpoint(monkeypatch):
    bundled = data.load_fashion_mnist(split="test", source="bundled")
    monkeypatch.setattr(data, "load_fashion_mnist", lambda split: bundled)
    monkeypatch.setattr(fashion_quality, "N_JUDGED", 20)
    names = fashion_quality.EARLIER, fashion_quality.COLLECTION
    found = dict(fashion_quality.train_seed(3, (0, 0.01), names))
    assert list(found) == [(name, 3) for name in names]
    for values in found.values():
        assert values["steps 0.01"] > values["steps 0"] == 1
        assert min(values["distance 0"], values["distance 0.01"]) > 0
    assert len(fashion_quality.keys(False)) == 3 * len(fashion_quality.RECIPES)


def test_costs_at_a_size(monkeypatch):
    monkeypatch.setattr(growth_costs, "SECONDS", 0.0)
    monkeypatch.setattr(growth_costs, "MAX_ITERATIONS", 1)
    monkeypatch.setattr(growth.costs, "N_RUNS", 2)
    sizes = ("batch, points: 32", "side: 16", "modes: 8", "Fréchet distance: 1000")
    found = dict(growth.measure(False, [(size, 0) for size in sizes]))
    assert [values["size"] for values in found.values()] == [32, 16, 8, 1000]
    assert all(values["cost"] > 0 for values in found.values())
    assert found["modes: 8", 0]["cost"] in (1, 500)
    every = [section.keys(False) for section in growth.SECTIONS.values()]
    repeats = Counter(what for what, _ in sum(every, []))
    assert repeats.keys() >= set(sizes) and set(repeats.values()) == {3, 5}
    assert {what.rsplit(": ", 1)[0] for what in repeats} == growth.COSTS.keys()
    assert (repeats["side: 16"], repeats["workers: 8"]) == (5, 3)


def test_a_lesson_and_the_import(monkeypatch, tmp_path):
    (tmp_path / "notebooks").mkdir()
    write_notebook(tmp_path / "notebooks/00_short.ipynb", "1 + 1")
    monkeypatch.setattr(lessons, "ROOT", tmp_path)
    found = dict(lessons.measure_fast(True, lessons.fast_keys(True)))
    assert found["00_short", 0]["MB"] > 10 and found["import gan_helpers", 0]["MB"] > 1
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        lessons.run_python("1 / 0", who="RUSAGE_SELF")


def test_a_command_is_timed_or_its_failure_told(monkeypatch):
    assert lessons.timed_command(["sleep", "0.1"])["seconds"] >= 0.1
    monkeypatch.setenv("MAKEFLAGS", " -- ARGS=tests")  # by `make bench ARGS=tests`
    lessons.timed_command(["sh", "-c", 'test -z "$MAKEFLAGS"'])
    with pytest.raises(RuntimeError, match="no such thing"):
        lessons.timed_command(["sh", "-c", "echo no such thing >&2; exit 1"])
    assert [key for key, _ in lessons.SECTIONS["tests"].keys(False)] == list(
        lessons.PARTS
    )


def test_no_part_is_handed_on_before_all_have_run(monkeypatch):
    ran = []
    monkeypatch.setattr(lessons, "timed_command", lambda make: ran.append(make[-1]))
    keys = lessons.SECTIONS["tests"].keys(False)
    first, _ = next(lessons.measure_tests(False, keys))
    assert first == keys[0] and ran == list(lessons.PARTS)


def test_growth_of_the_lab(monkeypatch):
    monkeypatch.setattr(lab_speed, "N_FRAMES", 3)
    assert abs(lab_speed.measure_growth()["growth"]) < 50


def test_a_wrong_name_is_refused_with_those_that_there_are(capsys):
    with pytest.raises(SystemExit):
        run.main(["quik"])
    assert "no section quik; there are Q (10), F (5)" in capsys.readouterr().err
