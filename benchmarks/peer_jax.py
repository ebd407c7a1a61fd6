"""The quadratic GAN in JAX: prints iterations a second. Run by peers.py.

    python benchmarks/peer_jax.py '{"seconds": 8, "batch": 256}'

A hundred iterations in one compiled loop that draws its own batches; the networks,
losses and RMSProp are those of lesson 02.
"""

import json
import sys
import time

import jax
import jax.numpy as jnp

WIDTHS = {"generator": (2, 16, 16, 2), "discriminator": (2, 16, 16, 2, 1)}
LINEAR = {"generator": 1, "discriminator": 2}  # layers at the end without activation
ITERATIONS, RATE, DECAY = 100, 0.001, 0.9


def make_network(name, key):
    """Weights and biases, Glorot uniform and zero."""
    layers = []
    for n, m in zip(WIDTHS[name], WIDTHS[name][1:], strict=False):
        key, own = jax.random.split(key)
        limit = (6 / (n + m)) ** 0.5
        layers.append((jax.random.uniform(own, (n, m), minval=-limit, maxval=limit),
                       jnp.zeros(m)))  # fmt: skip
    return layers


def apply(name, layers, x):
    for k, (weights, bias) in enumerate(layers):
        x = x @ weights + bias
        if k < len(layers) - LINEAR[name]:
            x = jnp.where(x > 0, x, 0.2 * x)
    return x


def cross_entropy(logits, label):
    return jnp.mean(jax.nn.softplus(logits) - label * logits)


def d_loss(d, g, points, noise):
    fake_points = apply("generator", g, noise)
    real, fake = (apply("discriminator", d, x) for x in (points, fake_points))
    return cross_entropy(real, 1.0) + cross_entropy(fake, 0.0)


def g_loss(g, d, noise):
    fake_points = apply("generator", g, noise)
    return cross_entropy(apply("discriminator", d, fake_points), 1.0)


def descend(layers, squares, gradients):
    """One step of RMSProp."""
    squares = jax.tree.map(
        lambda s, g: DECAY * s + (1 - DECAY) * g * g, squares, gradients
    )
    layers = jax.tree.map(
        lambda w, s, g: w - RATE * g / jnp.sqrt(s + 1e-7), layers, squares, gradients
    )
    return layers, squares


def iterate(batch):
    def iteration(_, state):
        d, d_squares, g, g_squares, key = state
        key, for_points, for_noise = jax.random.split(key, 3)
        x = jax.random.uniform(for_points, (batch, 1), minval=-50.0, maxval=50.0)
        points = jnp.concatenate([x, 10 + x**2], axis=1)
        noise = jax.random.uniform(for_noise, (batch, 2), minval=-1.0, maxval=1.0)
        gradients = jax.grad(d_loss)(d, g, points, noise)
        d, d_squares = descend(d, d_squares, gradients)
        g, g_squares = descend(g, g_squares, jax.grad(g_loss)(g, d, noise))
        return d, d_squares, g, g_squares, key

    return jax.jit(lambda state: jax.lax.fori_loop(0, ITERATIONS, iteration, state))


def main(task):
    keys = jax.random.split(jax.random.key(0), 3)
    d, g = make_network("discriminator", keys[0]), make_network("generator", keys[1])
    zeros = [jax.tree.map(jnp.zeros_like, network) for network in (d, g)]
    run, state = iterate(task["batch"]), (d, zeros[0], g, zeros[1], keys[2])
    state = jax.block_until_ready(run(state))
    start, done = time.perf_counter(), 0
    while time.perf_counter() - start < task["seconds"]:
        state = jax.block_until_ready(run(state))
        done += ITERATIONS
    print(json.dumps({"iterations": done / (time.perf_counter() - start)}))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
