"""Flags and ships as commit c657ad8 trained them, by that commit's own code.

`Before` starts this file as a program, with a checkout of that commit in its path, and
tells it on its standard input how many steps to train, or where to draw to.
"""

import ast
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from in_turn import N_STEPS

COMMIT = "c657ad8"
ROOT = Path(__file__).resolve().parents[1]
TREE = ROOT / "build" / COMMIT
SHIP_STEPS = 3500  # along which the old lesson's rate fell to 0


class Before:
    """A training like `picture_recipes.Run`, of the old recipe for "flags" or "ships".

    Raises:
        RuntimeError: The checkout has no history that reaches back to the commit.
    """

    recipe = "before"

    def __init__(self, name: str, images: np.ndarray, seed: int):
        if not TREE.is_dir():
            made = subprocess.run(
                ["git", "worktree", "add", "--detach", str(TREE), COMMIT], cwd=ROOT
            )
            if made.returncode:
                raise RuntimeError(
                    f"Commit {COMMIT} is not here, expected its recipe to compare "
                    "with. Fetch the whole history: git fetch --unshallow"
                )
        self.file = ROOT / "build" / f"before-{name}-{seed}.npz"
        np.savez(self.file, images=images)
        self.child = subprocess.Popen(
            [sys.executable, __file__, name, str(seed), str(self.file)],
            env=os.environ | {"PYTHONPATH": str(TREE), "GAN_BUDGET": "laptop"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.steps, self.spent = 1, 0.0
        self._ask("train 1")

    def _ask(self, line: str) -> str:
        assert self.child.stdin and self.child.stdout
        print(line, file=self.child.stdin, flush=True)
        answer = self.child.stdout.readline()
        if not answer:
            raise RuntimeError("The old recipe stopped; its message stands above.")
        return answer

    def advance(self, share: float) -> None:
        """The old rate for ships fell with the steps, not with the time."""
        self.spent += float(self._ask(f"train {N_STEPS}"))
        self.steps += N_STEPS

    def draw(self, n: int) -> np.ndarray:
        """n generated pictures (n, h, w, c) in [-1, 1]; the training ends."""
        self._ask(f"draw {n}")
        self.child.communicate("", timeout=60)
        with np.load(self.file) as arrays:
            return arrays["images"]


def old_names() -> dict:
    """What the old lesson 06 imports and defines; no other cell of it is run."""
    source = TREE / "notebooks" / "source" / "06_stacked_models.py"
    kept = ast.Import, ast.ImportFrom, ast.FunctionDef
    body = [
        node
        for node in ast.parse(source.read_text(encoding="utf-8")).body
        if isinstance(node, kept)
        or (isinstance(node, ast.Assign) and ast.unparse(node.targets[0]).isupper())
    ]
    names: dict = {}
    exec(compile(ast.Module(body, []), str(source), "exec"), names)
    return names


def make_old(name: str, images: np.ndarray, seed: int):
    """(old names, step, average, noise(n)) of the old recipe."""
    import keras
    import tensorflow as tf

    old = old_names()
    old["settings"].set_seed(seed)
    if name == "flags":
        generator = old["make_flag_generator"](1 / 4, dropout=0)
        discriminator = old["make_flag_discriminator"](
            filters=(32, 64, 64),
            kernel_size=8,
            strides=4,
            activation=None,
            few_pictures=True,
        )
        optimizers = [keras.optimizers.Adam(r, beta_1=0.5) for r in (2e-3, 6e-4)]
        images = old["data"].load_flags(mode="gray").scaled() / 2 + 0.5
        sample = old["make_flag_sampler"](images, batch_size=16, real_label=0.9)
        loss, latent = old["TWO_COLUMNS"], 100
        draw = tf.random.stateless_uniform
    else:
        generator = old["make_ship_generator"](1 / 16, kernel_size=3)
        discriminator = old["make_ship_discriminator"](1 / 4, True)
        rate = keras.optimizers.schedules.CosineDecay(1.5e-3, SHIP_STEPS)
        optimizers = [keras.optimizers.Adam(rate, beta_1=0.5) for _ in range(2)]
        sample = old["make_ship_sampler"](images.astype("float32") / 127.5 - 1)
        loss, latent = old["SIGMOID"], 128
        draw = tf.random.stateless_normal
    average = old["training"].make_average(generator)
    step = old["make_laptop_step"](
        generator, discriminator, average, optimizers, loss, sample
    )
    return old, step, average, lambda n: draw((n, latent), [seed, 2])


def serve(name: str, seed: int, file: Path) -> None:
    """Train and draw as the standard input says."""
    with np.load(file) as arrays:
        old, step, average, noise = make_old(name, arrays["images"], seed)
    run, done = old["training"].compile_loop(step, max_steps=N_STEPS), 0
    for line in sys.stdin:
        what, n = line.split()
        start = time.process_time()
        if what == "train":
            run(done, int(n))
            done += int(n)
        else:
            parts = np.array_split(noise(int(n)).numpy(), 20)
            fake = np.concatenate([average(part).numpy() for part in parts])
            np.savez(file, images=2 * fake - 1 if name == "flags" else fake)
        print(time.process_time() - start, flush=True)


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
