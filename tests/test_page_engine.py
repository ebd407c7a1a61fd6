"""The page's engine beside the lab's: what it shows, measures, samples, remembers."""

import itertools
from collections import Counter

import numpy as np
import page_agreement
import pytest
from browser import open_browser

from gan_helpers import metrics
from gan_helpers.data import point_sets
from gan_helpers.lab import PointLab, datasets, networks, recording

# A lab whose batches, networks and points are given from outside.
FED_LAB = """
const fed = { ...asked };
const lab = new ganEngine.Lab(Float64Array);
lab.set(fed.settings);
const set = ganEngine.getNamed(fed.settings.data ?? "quadratic");
const flat = rows => Float32Array.from(rows.flat());
Object.assign(set, {
  points: flat(fed.points), extent: fed.extent, centres: fed.centres,
  radius: fed.radius, cells: null,
});
lab.scene.load();
const rows = (samples) => samples[0].flatMap((_, k) => samples.map(one => one[k]));
lab.scene.sample = (draw) => Object.assign(lab.scene, {
  real: Float32Array.from(rows(fed.real[draw - 1])),
  noise: Float32Array.from(rows(fed.noise[draw - 1])),
  share: Float32Array.from(fed.share[draw - 1]),
});
lab.scene.shownNoise = Float32Array.from(rows(fed.shown));
lab.game.generator.weights.set(fed.weights[0]);
lab.game.discriminator.weights.set(fed.weights[1]);
lab.before.set(fed.weights[0]);
"""
SETTINGS = {
    "loss": "wasserstein",
    "d_steps": 2,
    "g_steps": 3,
    "d_rate": 2e-3,
    "noise": "normal",
    "noise_dim": 3,
    "penalty": 2.0,
}
ITERATIONS = 12


@pytest.fixture(scope="module")
def page():
    with open_browser() as browser:
        yield page_agreement.open_page(browser)


def fed_with(a_lab: PointLab, settings: dict) -> dict:
    """What the page's engine needs to repeat this lab: points, batches, weights."""
    scene, points = a_lab.scene, a_lab.points
    draws = range(1, ITERATIONS * 5 + 1)
    batches = [scene.sample(draw) for draw in draws]
    shares = [
        page_agreement.tf.random.stateless_uniform(
            (256, 1), scene._knobs.seed_pair(2, draw), alg="philox"
        )
        for draw in draws
    ]
    models = a_lab.generator, a_lab.discriminator
    return {
        "settings": settings,
        "points": points.points.tolist(),
        "extent": points.extent,
        "centres": points.centres.tolist(),
        "radius": points.radius,
        "real": [real.numpy().tolist() for real, _ in batches],
        "noise": [noise.numpy().tolist() for _, noise in batches],
        "share": [share.numpy().ravel().tolist() for share in shares],
        "shown": scene.shown_noise.numpy().tolist(),
        "weights": [page_agreement.flat(model).tolist() for model in models],
    }


@pytest.mark.parametrize("data", ["grid of 25", "spiral"])
def test_both_labs_train_alike_and_show_the_same_frame(page, data, monkeypatch):
    """Schedule, order of the draws, and all that a frame holds."""
    monkeypatch.setattr(networks, "is_dense", lambda model: False)  # XLA compiles long
    settings = SETTINGS | {"data": data}
    a_lab = PointLab(**settings, dtype="float64")
    asked = fed_with(a_lab, settings)
    for _ in range(ITERATIONS):
        a_lab.step(1)
    answer = page.evaluate(
        f"""asked => {{ {FED_LAB}
        for (let k = 0; k < {ITERATIONS}; k++) lab.step(1);
        const {{ content }} = lab.frame();
        const arrays = Object.fromEntries(
          Object.entries(content.arrays).map(([name, array]) => [name, [...array]]));
        const {{ generator, discriminator }} = lab.game;
        const weights = [[...generator.weights], [...discriminator.weights]];
        return {{ ...content, arrays, weights, losses: [...lab.record.losses.after(-1)],
                  quality: [...lab.record.quality.after(-1)] }};
        }}""",
        asked,
    )
    for model, theirs in zip(
        (a_lab.generator, a_lab.discriminator), answer["weights"], strict=True
    ):
        ours = page_agreement.flat(model)
        assert np.linalg.norm(ours - theirs) < 1e-5 * np.linalg.norm(ours)
    frame = a_lab.frame()
    curves = {name: getattr(a_lab.record, name).array for name in ("losses", "quality")}
    np.testing.assert_allclose(answer["losses"], curves["losses"].ravel(), rtol=1e-5)
    # The page's first frame was of other points, before those here were given.
    ours, theirs = curves["quality"][1:], np.reshape(answer["quality"], (-1, 3))[1:]
    np.testing.assert_allclose(theirs, ours, atol=1e-3)
    assert set(answer["arrays"]) == set(frame["arrays"])
    for name, ours in frame["arrays"].items():
        theirs = np.reshape(answer["arrays"][name], ours.shape).astype(float)
        apart = 1 if name == "surface" else 1e-4  # levels are rounded
        np.testing.assert_allclose(theirs, ours.astype(float), atol=apart, err_msg=name)
    same = ("iteration", "d_level", "g_level", "extent", "modes", "features")
    assert {k: answer[k] for k in same} == {k: frame[k] for k in same}
    assert answer["quality_names"] == frame["quality_names"]
    assert answer["text"].replace("’", "'") == frame["text"]


def standardised(name: str, seed: int) -> np.ndarray:
    raw = point_sets._MAKERS[name](datasets.POOL_SIZE, np.random.default_rng(seed))
    return (raw - raw.mean(axis=0)) / raw.std(axis=0)


@pytest.mark.parametrize("name", point_sets.NAMES)
def test_the_points_are_those_of_the_course(page, name):
    """Other random numbers of one distribution, and the same modes."""
    theirs = page.evaluate(
        """name => { const { points, ...rest } = ganEngine.getNamed(name);
        return { ...rest, points: [...points] }; }""",
        name,
    )
    points = np.reshape(theirs["points"], (-1, 2))
    n = datasets.POOL_SIZE
    ours = point_sets.make_named(name, n=n)
    assert len(points) == n
    np.testing.assert_allclose(points.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(points.std(axis=0), 1, atol=1e-5)
    # Two samples of one distribution differ, too: as ours from others of ours.
    usual = [
        metrics.grid_divergence(ours.points, standardised(name, seed))
        for seed in range(1, 9)
    ]
    assert metrics.grid_divergence(ours.points, points) < 1.2 * max(usual) + 0.002
    if ours.centres is not None:
        np.testing.assert_allclose(theirs["centres"], ours.centres, atol=0.05)
        assert theirs["radius"] == pytest.approx(ours.radius, rel=0.02)
    else:
        judged = point_sets.cut_into_parts(points.astype(np.float32))
        assert len(theirs["centres"]) == len(judged.centres)
        np.testing.assert_allclose(
            np.sort(theirs["centres"], axis=0),
            np.sort(judged.centres, axis=0),
            atol=5e-3,
        )
        assert theirs["radius"] == pytest.approx(judged.radius, rel=0.01)


def test_drawn_points_are_cut_into_the_parts_of_the_course(page):
    rng = np.random.default_rng(8)
    line = rng.uniform([1, -3], [9, -2.9], (300, 2))  # far from 0, x unlike y
    theirs = page.evaluate(
        """drawn => { const set = ganEngine.makeDrawn(drawn, [0, 10, -5, 5]);
        return { ...set, points: [...set.points] }; }""",
        line.tolist(),
    )
    points = np.reshape(theirs["points"], (-1, 2)).astype(np.float32)
    judged = point_sets.cut_into_parts(points)
    np.testing.assert_allclose(
        sorted(theirs["centres"]), sorted(judged.centres.tolist()), atol=1e-3
    )
    assert theirs["radius"] == pytest.approx(judged.radius, rel=1e-3)


def test_each_order_of_three_is_as_likely_as_any_other(page):
    orders = page.evaluate(
        """() => { const random = new ganEngine.Random(3, 1);
        return Array.from({ length: 6000 }, () => random.permutation(3)); }"""
    )
    times = Counter(map(tuple, orders))
    assert set(times) == set(itertools.permutations(range(3)))
    assert all(abs(n - 1000) < 150 for n in times.values())  # 5 deviations


def test_networks_start_as_keras_starts_them(page):
    start = page.evaluate(
        """() => { const network = new ganEngine.Network(20, [{ units: 30 }]);
        network.weights.fill(7);
        network.start(new ganEngine.Random(5, 2));
        return [[...network.kernels[1]], [...network.biases[1]]]; }"""
    )
    kernel, bias = map(np.array, start)
    limit = np.sqrt(6 / (20 + 30))
    assert np.abs(kernel).max() < limit and (bias == 0).all()
    np.testing.assert_allclose(kernel.mean(), 0, atol=5 * limit / np.sqrt(3 * 600))
    assert kernel.std() == pytest.approx(limit / np.sqrt(3), rel=0.1)


def test_the_measures_are_those_of_the_course(page):
    rng = np.random.default_rng(5)
    ours = point_sets.make_named("ring of 8", n=4096)
    for scale in (0.02, 0.3, 2.0):
        fake = ours.centres[rng.integers(5, size=1024)] + rng.normal(
            0, scale, (1024, 2)
        )
        fake = fake.astype(np.float32)
        found = page.evaluate(
            """({ points, centres, radius, fake }) => {
            const set = { points: Float32Array.from(points), centres, radius };
            const { modesHit, gridDivergence } = ganEngine;
            return [modesHit(set, Float32Array.from(fake)),
                    gridDivergence(set, Float32Array.from(fake))]; }""",
            {
                "points": ours.points.ravel().tolist(),
                "centres": ours.centres.tolist(),
                "radius": ours.radius,
                "fake": fake.ravel().tolist(),
            },
        )
        shares = metrics.mode_shares(fake, ours.centres, radius=ours.radius)
        assert found[0] == metrics.modes_hit(shares)
        expected = metrics.grid_divergence(ours.points[:2048], fake)
        assert found[1] == pytest.approx(expected, abs=2e-3)  # edges in float32


def test_the_same_way_again_after_going_back(page):
    """Bit for bit, after another loss and kind of penalty on the way."""
    assert page.evaluate(
        """() => {
        const { Lab, handle } = ganEngine;
        const lab = new Lab();
        const ask = (message) => handle(lab, message).content;
        ask({ type: "set", name: "optimizer", value: "Adam" });
        ask({ type: "step", who: "both", n: 30 });
        ask({ type: "step", who: "both", n: 7 });
        const first = String(lab.game.generator.weights);
        ask({ type: "set", name: "loss", value: "relativistic" });
        ask({ type: "step", who: "both", n: 9 });
        const { index } = ask({ type: "rewind", iteration: 30 });
        ask({ type: "step", who: "both", n: 7 });
        return [index, lab.settings.values.loss, lab.iteration,
                first === String(lab.game.generator.weights)];
        }"""
    ) == [1, "non-saturating", 37, True]


def test_one_step_moves_only_its_own_network(page):
    moved = page.evaluate(
        """() => ["d", "g"].map(who => {
        const lab = new ganEngine.Lab();
        const { generator, discriminator } = lab.game;
        const before = [String(generator.weights), String(discriminator.weights)];
        lab.singleStep(who);
        return [before[0] !== String(generator.weights),
                before[1] !== String(discriminator.weights), lab.iteration];
        })"""
    )
    assert moved == [[False, True, 1], [True, False, 1]]


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ({"type": "fly"}, "message type “fly” is unknown"),
        ({}, "message type undefined is unknown"),
        ({"type": "frame", "ms": 0}, "ms is 0, expected a number from 1 to 1000"),
        ({"type": "step", "who": "x"}, "who is “x”, expected d, g or both"),
        ({"type": "set", "name": "loss", "value": 3}, "Loss is 3, expected one of"),
        (
            {"type": "set", "name": "width", "value": 4.5},
            "a whole number from 4 to 128",
        ),
        ({"type": "set", "name": "seed", "value": "a"}, "Seed is “a”"),
        ({"type": "set", "name": "x", "value": 1}, "There is no setting “x”"),
        ({"type": "draw", "points": [[0, 0], [0, 0]]}, "at least 2 different ones"),
        ({"type": "draw", "points": [[0, "a"]]}, "a list of finite points"),
        ({"type": "scrub", "iteration": 10}, "expected a whole number from 0 to 0"),
    ],
)
def test_bad_messages_are_answered_and_change_nothing(page, message, words):
    answer, same = page.evaluate(
        """message => {
        const lab = new ganEngine.Lab();
        const state = () => JSON.stringify([lab.settings.asList(), lab.iteration]);
        const before = state();
        const { content } = ganEngine.handle(lab, message);
        return [content, before === state()];
        }""",
        message,
    )
    assert (answer["type"], answer["ok"], same) == ("error", False, True)
    assert words in answer["text"]


def test_memory_stays_bounded_in_a_long_run(page):
    frames, covered, rows = page.evaluate(
        """() => {
        const lab = new ganEngine.Lab();
        lab.look = () => ({ content: { iteration: lab.iteration, arrays: {} },
                            quality: [0, 0] });
        lab.advance = () => lab.record.losses.add([++lab.iteration, 1, 1]);
        for (let k = 0; k < 5000; k++) lab.step(1);
        const { frames, losses } = lab.record;
        const at = frames.map(({ content }) => content.iteration);
        return [at.length, [at[0], at[at.length - 1]], losses.after(-1).length / 3];
        }"""
    )
    assert 150 <= frames <= 301 and covered == [0, 5000]
    assert 1000 <= rows <= 2000


def test_the_same_frames_and_states_are_kept_as_by_the_lab(page):
    sizes = np.random.default_rng(0).integers(100_000, 2_000_000, 650).tolist()
    theirs = page.evaluate(
        """sizes => {
        const { Record, MAX_FRAMES, MAX_STATE_BYTES } = ganEngine;
        const record = new Record();
        const kept = sizes.map((bytes, k) => {
          record.add({ iteration: k }, [k], bytes);
          return record.frames.map(({ content, state }) => [content.iteration, state]);
        });
        return { kept, limits: [MAX_FRAMES, MAX_STATE_BYTES] };
        }""",
        sizes,
    )
    max_frames, max_bytes = theirs["limits"]
    ours = recording.Record(2, max_frames=max_frames, max_state_bytes=max_bytes)
    for k, n_bytes in enumerate(sizes):
        ours.add({"iteration": k}, [k], n_bytes)
        kept = [[frame.content["iteration"], frame.state] for frame in ours.frames]
        assert theirs["kept"][k] == kept
    assert sum(state is None for _, state in kept) > 100  # both limits were met
