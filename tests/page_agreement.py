"""The page's engine beside the lab's: from the same weights and batches, how far apart?

The tests import it for a pairwise cover. `python tests/page_agreement.py` runs every
loss with every penalty, optimizer and activation, and prints the worst; a share of them
with `python tests/page_agreement.py 2/5`.
"""

import dataclasses
import itertools
import json
import sys
from functools import partial
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from gan_helpers import losses
from gan_helpers.data import point_sets
from gan_helpers.lab import networks, steps

PAGE = Path(__file__).parents[1] / "docs" / "lab.html"
# Iterations and the bound on ‖Δw‖ / ‖w‖, by float type.
BOUNDS = {"float64": (100, 1e-5), "float32": (10, 1e-4)}
N_BATCH, NOISE_DIM = 32, 3
SHAPES = ((2, 16), (1, 7), (3, 12), (4, 5))  # hidden layers, units in each

# What the page offers; a loss that only the notebook's lab has is not among them.
LOSSES = (
    *("minimax", "non-saturating", "hinge", "least squares"),
    *("wasserstein", "relativistic"),
)
PENALTIES = {"none": None} | losses.PENALTIES
OPTIMIZERS = {
    "RMSProp": keras.optimizers.RMSprop,
    "Adam": keras.optimizers.Adam,
    "Adam, β₁ 0.5": partial(keras.optimizers.Adam, beta_1=0.5),
    "SGD": keras.optimizers.SGD,
}
FACTORS = {
    "loss": LOSSES,
    "penalty": tuple(PENALTIES),
    "optimizer": tuple(OPTIMIZERS),
    "activation": tuple(networks.ACTIVATIONS),
}
RUN_PAGE = """({ name, loss, penalty, optimizer, activation, depth, width, weights,
                 batches, floats, iterations }) => {
  const { Game, Network } = ganEngine;
  const Float = { float32: Float32Array, float64: Float64Array }[floats];
  const hidden = Array.from({ length: depth }, () => ({ units: width, activation }));
  const g = new Network(3, [...hidden, { units: 2 }], Float);
  const d = new Network(2, [...hidden, { units: 2 }, { units: 1 }], Float);
  g.weights.set(weights[0]);
  d.weights.set(weights[1]);
  const rate = optimizer === "SGD" ? 1e-2 : 1e-3;
  const rates = { d_rate: rate, g_rate: rate };
  const rules = { loss, penalty_kind: penalty, penalty: 0.7, ...rates };
  const game = new Game(g, d, optimizer, rules);
  const at = (name, k) => Float.from(batches[name][k]);
  const lost = [];
  for (let k = 0; k < iterations; k++) {
    const share = at("share", k);
    const d_loss = game.dStep(at("real", 2 * k), at("noise", 2 * k), share);
    lost.push([d_loss, game.gStep(at("real", 2 * k + 1), at("noise", 2 * k + 1))]);
  }
  return { weights: [[...g.weights], [...d.weights]], losses: lost };
}"""


@dataclasses.dataclass(frozen=True)
class Case:
    loss: str
    penalty: str
    optimizer: str
    activation: str
    shape: tuple[int, int]

    def __str__(self):
        return "-".join([self.loss, self.penalty, self.optimizer, self.activation])


def whole_product() -> list[Case]:
    """Every loss with every penalty, optimizer and activation; shapes take turns."""
    everything = itertools.product(*FACTORS.values())
    return [Case(*values, SHAPES[k % 4]) for k, values in enumerate(everything)]


def pairwise_cover() -> list[Case]:
    """30 cases in which any two values of different factors meet."""
    cases: list[Case] = []
    left = all_pairs()
    pairs = itertools.product(FACTORS["loss"], FACTORS["penalty"])
    for k, (loss, penalty) in enumerate(pairs):
        rest = itertools.product(FACTORS["optimizer"], FACTORS["activation"])
        options = [Case(loss, penalty, *values, SHAPES[k % 4]) for values in rest]
        best = max(options, key=lambda case: len(pairs_of(case) & left))
        left -= pairs_of(best)
        cases.append(best)
    return cases


def pairs_of(case: Case) -> set:
    values = [(name, getattr(case, name)) for name in FACTORS]
    return set(itertools.combinations(values, 2))


def all_pairs() -> set:
    return {
        pair
        for one, other in itertools.combinations(FACTORS, 2)
        for pair in itertools.product(
            *([(name, value) for value in FACTORS[name]] for name in (one, other))
        )
    }


def make_batches() -> dict:
    """Two batches an iteration, D's and G's, and the seed of the penalty's draw."""
    n = max(iterations for iterations, _ in BOUNDS.values())
    rng = np.random.default_rng(7)
    pool = point_sets.make_named("two moons", n=4096).points
    shape = (2 * n, N_BATCH, NOISE_DIM)
    return {
        "real": pool[rng.integers(len(pool), size=shape[:2])],
        "noise": rng.uniform(-1, 1, shape).astype(np.float32),
        "seed": np.stack([np.full(n, 5), np.arange(n)], axis=1).astype(np.int32),
    }


def for_the_page(batches: dict) -> dict:
    """The same batches feature by feature, and what Python's penalty draws by seed."""
    shares = [
        tf.random.stateless_uniform((N_BATCH, 1), seed, alg="philox").numpy()
        for seed in batches["seed"]
    ]

    def by_feature(samples):
        return np.swapaxes(samples, 1, 2).reshape(len(samples), -1).tolist()

    rows = {name: by_feature(batches[name]) for name in ("real", "noise")}
    return rows | {"share": [share.ravel().tolist() for share in shares]}


def make_networks(case: Case, dtype: str) -> dict[str, keras.Model]:
    """G and D of this shape, with the lab's 2-unit layer, from a fixed seed."""
    depth, width = case.shape
    keras.utils.set_random_seed(3)

    def build(n_in, *ends):
        hidden = [
            layer
            for _ in range(depth)
            for layer in (
                keras.layers.Dense(width, bias_initializer="random_normal"),
                networks.ACTIVATIONS[case.activation](),
            )
        ]
        return keras.Sequential([keras.Input((n_in,)), *hidden, *ends])

    linear = keras.layers.Dense
    both = build(NOISE_DIM, linear(2)), build(2, linear(2, name="features"), linear(1))
    return networks.copy_given(*both, dtype=dtype)


def flat(model: keras.Model) -> np.ndarray:
    return np.concatenate([np.ravel(weight) for weight in model.get_weights()])


def run_python(case: Case, batches: dict, dtype: str):
    """The lab's own steps: first weights, last weights (G's, D's) and all losses."""
    models = make_networks(case, dtype)
    generator, discriminator = models["generator"], models["discriminator"]
    first = [flat(generator), flat(discriminator)]
    rate = tf.constant(1e-2 if case.optimizer == "SGD" else 1e-3, dtype)
    # As the lab does: a rate that is a number would be kept in float32.
    optimizers = [OPTIMIZERS[case.optimizer](lambda: rate) for _ in range(2)]
    penalty = PENALTIES[case.penalty]
    n, _ = BOUNDS[dtype]
    usual = losses.LOSSES[case.loss].penalty
    index = steps.loss_group(usual).index(case.loss)
    real = tf.constant(batches["real"].astype(dtype))
    noise = tf.constant(batches["noise"].astype(dtype))
    seeds = tf.constant(batches["seed"])
    weight = tf.constant(0.7, dtype)
    rules = usual, index, penalty, weight
    game = steps.Game(generator, discriminator, *optimizers, *rules)
    for optimizer, model in zip(optimizers, (generator, discriminator), strict=True):
        optimizer.build(model.trainable_variables)

    @tf.function(autograph=False)
    def iterate(k):
        d_loss = game.d_step(real[2 * k], noise[2 * k], seeds[k])
        g_loss = game.g_step(real[2 * k + 1], noise[2 * k + 1])
        return tf.stack([d_loss, g_loss])

    found = [iterate(tf.constant(k)).numpy() for k in range(n)]
    return first, [flat(generator), flat(discriminator)], np.array(found)


def open_page(browser):
    """The page as it is shipped, with its engine in reach."""
    page = browser.new_page()
    page.goto(PAGE.as_uri())
    page.add_script_tag(content=page.evaluate('textOf("engine")'))
    return page


def set_batches(page, batches: dict) -> None:
    page.evaluate("batches => { window.batches = batches; }", for_the_page(batches))


def compare(page, case: Case, batches: dict, dtype: str) -> tuple[list[float], float]:
    """‖Δw‖ / ‖w‖ of G and of D, and the largest difference of any loss."""
    first, last, found = run_python(case, batches, dtype)
    asked = dataclasses.asdict(case) | {
        "depth": case.shape[0],
        "width": case.shape[1],
        "weights": [weights.tolist() for weights in first],
        "floats": dtype,
        "iterations": BOUNDS[dtype][0],
    }
    call = f"asked => ({RUN_PAGE})({{ ...asked, batches: window.batches }})"
    answer = page.evaluate(call, asked)
    apart = [
        float(np.linalg.norm(np.subtract(theirs, ours)) / np.linalg.norm(ours))
        for theirs, ours in zip(answer["weights"], last, strict=True)
    ]
    return apart, float(np.abs(np.subtract(answer["losses"], found)).max())


def main() -> int:
    from browser import open_browser

    share, shares = map(int, (sys.argv[1] if sys.argv[1:] else "1/1").split("/"))
    batches = make_batches()
    worst: dict = {dtype: [] for dtype in BOUNDS}
    with open_browser() as browser:
        page = open_page(browser)
        set_batches(page, batches)
        for case in whole_product()[share - 1 :: shares]:
            for dtype in BOUNDS:
                apart, _ = compare(page, case, batches, dtype)
                worst[dtype].append((max(apart), str(case)))
            keras.utils.clear_session()
    for dtype, found in worst.items():
        n, bound = BOUNDS[dtype]
        over = [pair for pair in found if not pair[0] <= bound]
        values = [apart for apart, _ in found]
        print(
            f"{dtype}, {n} iterations: {len(found)} combinations, {len(over)} over "
            f"{bound:g}; median {np.median(values):.1e}, worst {max(found)}"
        )
        print(json.dumps(sorted(over, reverse=True)[:20], indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
