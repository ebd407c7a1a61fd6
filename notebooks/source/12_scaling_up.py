# ---
# title: Scaling up
# minutes: 3
# teaching: 85
# optional: 30
# prerequisites: Lessons 05 (batch norm, the batch spread) and 10 (objectives, seeds).
# taught: scaling
# ---

# %% [markdown]
# ## Questions
#
# - Half the bits for each number: is that twice as fast, and what breaks?
# - Two devices share a batch: do they learn what one learns?
# - A comparison needs hundreds of runs. How do you do them all, and none of them twice?
# - Where does a whole class train, and what does it cost?
#
# **You will be able to** say which numbers of a GAN may have sixteen bits and which may not, scale
# a loss in a step of your own, train on several devices and measure what that changes, spread
# many runs over many processes without losing one, and work out what they cost.

# %% [markdown]
# ## Setup
#
# The GANs here draw the parabola of lesson 02, standardised, because small networks show
# every effect of this lesson in seconds. Lesson 05 lends its layer `BatchSpread`.

# %% tags=["setup"]
import functools
import math
import os
import random
import threading
import time

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from distributed.protocol import pickle
from keras import layers

from gan_helpers import (
    checks,
    course,
    losses,
    metrics,
    plotting,
    settings,
    sweeps,
    training,
)
from gan_helpers.data import point_sets
from gan_helpers.taught import fashion, quadratic, scaling, stability
from gan_helpers.taught.quadratic import cross_entropy
from gan_helpers.training import update

plotting.set_style()

# %% [markdown]
# ## Settings
#
# The second part needs two devices. Two GPUs are two devices. Without them TensorFlow can split
# the processor into two **logical devices**, which take the same way through the program as two real
# ones, only no faster. That has to happen before TensorFlow computes anything, so it is the first
# thing here. The third part writes a table; `RESUME = True` keeps the runs that are in it.


# %%
def two_devices():
    """The names of two devices: GPUs where there are two, else logical CPUs."""
    if len(tf.config.list_physical_devices("GPU")) > 1:
        return ["GPU:0", "GPU:1"]
    [cpu] = tf.config.list_physical_devices("CPU")
    halves = [tf.config.LogicalDeviceConfiguration()] * 2
    try:
        tf.config.set_logical_device_configuration(cpu, halves)
    except RuntimeError:
        raise RuntimeError(
            "TensorFlow has already computed something in this kernel, and its one CPU "
            "cannot be split any more. Restart the kernel, and run the cells from the "
            "top."
        ) from None
    return ["CPU:0", "CPU:1"]


# %%
DEVICES = two_devices()
tf.get_logger().setLevel("ERROR")  # it reports each exchange between them
SEED = 0
BATCH_SIZE = 128
STEPS = settings.budget(fast=100, laptop=1_000, full=10_000)
SEEDS = settings.budget(fast=[0], laptop=[0, 1, 2], full=range(10))
TURNS = settings.budget(fast=1, laptop=5, full=9)
N_BATCHES = settings.budget(fast=500, laptop=5_000, full=20_000)
RATES = [1e-4, 5e-4, 2e-3, 1e-2, 5e-2]
SWEEP = settings.budget(
    fast={"objectives": 2, "rates": [2e-3, 5e-2], "seeds": 2, "steps": 20},
    laptop={"objectives": 6, "rates": RATES, "seeds": 3, "steps": 1000},
    full={"objectives": 6, "rates": RATES, "seeds": 20, "steps": 4000},
)
RESUME = False
FOLDER = settings.output_dir("12_scaling_up")
TABLE = FOLDER / "sweep.csv"
if not RESUME:
    TABLE.unlink(missing_ok=True)
settings.set_seed(SEED)
course.announce_budget("12")

# %% [markdown]
# ## The idea
#
# One laptop and one seed are where courses stop and research begins. There are three ways on,
# and each of them has a price that is not on the label:
#
# | way | what it buys | what may change unasked |
# | --- | --- | --- |
# | **fewer bits** a number | memory, and time where the processor has arithmetic for it | small numbers become 0, large ones infinite |
# | **more devices** for one training | a larger batch in the same time | whatever a layer computes *over the batch* |
# | **more runs** at once | seeds, rates and losses compared before lunch | nothing, if a run depends on its settings alone |
#
# So the question of this lesson is each time the same: after scaling up, **is it still the
# same training?** You will not believe it, you will measure it.
#
# ## Fewer bits
#
# A computer's number is a sign, an **exponent** and a **fraction**:
#
# $$x = \pm\, 2^{e} \cdot (1 + f), \qquad 0 \le f < 1.$$
#
# - $e$ is a whole number; its bits say how *large and small* numbers can get;
# - $f$ has as many binary digits as it has bits: they say how *close* two numbers can be.
#
# There are two ways to make do with sixteen bits instead of thirty-two.

# %%
LAYOUTS = {"float32": (8, 23), "float16": (5, 10), "bfloat16": (8, 7)}
fig, ax = plt.subplots(figsize=(7, 2.3))
for row, (exponent, fraction) in enumerate(LAYOUTS.values()):
    colors = ["#000000"] + ["#777777"] * exponent + ["#FFFFFF"] * fraction
    ax.bar(range(len(colors)), 0.6, bottom=row - 0.3, width=0.85, color=colors, ec="k")
    words = f"{exponent} bits for e, {fraction} for f"
    ax.text(len(colors) - 0.2, row, words if row else "", va="center")
ax.text(4.5, -0.65, "e: 8 bits", ha="center")
ax.text(20, -0.65, "f: 23 bits", ha="center")
ax.set_yticks(range(3), LAYOUTS)
ax.set(ylim=(2.5, -1), xticks=[])
ax.tick_params(left=False)
ax.spines[["left", "bottom"]].set_visible(False)
plt.show()

# %% [markdown]
# **Figure 12.1.** A number bit by bit: the sign (black), the exponent (grey) and the fraction
# (white). float16 takes bits from both. bfloat16 leaves the exponent as it is, and pays with the
# fraction alone.
#
# ### What sixteen bits can hold
#
# Three numbers say what a format can do: the largest, the smallest above 0, and the step from 1
# to the next number. Try all powers of two, and you have the last two.


# %%
def measure_format(name):
    """The largest number, the smallest above 0 and the step above 1."""
    dtype = tf.as_dtype(name)
    powers = 2.0 ** np.arange(-149, 1)  # float64, which holds them all
    smallest = powers[powers.astype(dtype.as_numpy_dtype) > 0].min()
    step = powers[(1 + powers).astype(dtype.as_numpy_dtype) > 1].min()
    return float(dtype.max), smallest, step


# %% [markdown]
# **Predict.** In float16: what is $256^2$? What is $2048 + 1$? And is $10^{-8}$, which stands
# under a square root in lesson 05, a small number or 0?

# %% tags=["nbval-check-output"]
print("          largest  smallest  step above 1")
for name in LAYOUTS:
    print(f"{name:9}", *(f"{value:8.1e}" for value in measure_format(name)))
print("256²:", float(tf.square(tf.constant(256.0, tf.float16))))
print("2048 + 1:", float(tf.constant(2048.0, tf.float16) + 1))
print("1e-7 and 1e-8:", *(f"{float(tf.cast(x, tf.float16)):.2g}" for x in (1e-7, 1e-8)))

# %% [markdown]
# float16 ends at 65,504, and below $6 \cdot 10^{-8}$ there is nothing but 0: an **overflow** at one
# end, an **underflow** at the other. Between 2048 and 4096 it has only even numbers. Even what it
# holds, it holds roughly: $10^{-7}$, which Adam adds to a denominator, has become $1.2 \cdot
# 10^{-7}$. bfloat16 reaches as far as float32, and its digits are the price: next to 1 comes
# 1.0078.
#
# ### A step too small to see
#
# **Predict.** A weight of 1 takes a thousand steps of 0.0002 downwards. Where does it stand in
# float32, and where in the other two?

# %% tags=["nbval-check-output"]
for name in LAYOUTS:
    number = tf.as_dtype(name).as_numpy_dtype
    weight = number(1)
    for _ in range(1000):
        weight -= number(0.0002)
    print(f"{name:9} {float(weight):.3f}")

# %% [markdown]
# It has not moved. The number below 1 is 0.0005 away in float16, so each step was rounded back to
# where it came from; a million steps would be, too. So sixteen bits alone do not do.
# **Mixed precision** multiplies matrices in sixteen bits and keeps each weight, and all that the
# optimizer remembers of it, in float32. Keras calls that a policy, and a layer takes it as its
# `dtype`.

# %% tags=["nbval-check-output"]
for policy in ("float32", "mixed_float16", "mixed_bfloat16"):
    layer = layers.Dense(3, dtype=policy)
    output = layer(tf.ones((1, 2)))
    print(f"{policy:15} weights {layer.kernel.dtype}, output {output.dtype.name}")

# %% [markdown]
# ### What must stay float32
#
# The weights, then. What else? Four more things, and a GAN has all of them.
#
# **The optimizer's memory.** Adam divides the mean of the gradients by the root of the mean of their
# *squares*, plus $10^{-7}$. In its first step that is $g / (\sqrt{g^2} + 10^{-7})$: about 1, whatever
# the gradient. **Predict.** And in float16, for $g = 10^{-3}$ and $g = 10^{-5}$?


# %% tags=["nbval-check-output"]
def first_step(gradient, name):
    """Adam's first step over its rate, with all of it in one format."""
    g, epsilon = tf.constant([gradient, 1e-7], name)
    return float(g / (tf.sqrt(g * g) + epsilon))


for gradient in (1e-3, 1e-5):
    steps = [f"{name} {first_step(gradient, name):5.2f}" for name in LAYOUTS]
    print(f"g = {gradient:g}:", *steps, sep="   ")

# %% [markdown]
# The square of $10^{-5}$ is 0 in float16, and what is left of the denominator is the wrong
# $10^{-7}$: a step 84 times as long, for the weights with the *smallest* gradients.
#
# **Losses.** Here is a loss as it stands in many programs: a sigmoid, a logarithm, and $10^{-8}$
# "for safety". **Predict.** D is sure that a point is fake, with a logit of $-12$, and so is right.
# What is G's loss in float16, and its slope?


# %% tags=["nbval-check-output"]
def careless_loss(logit):
    """G's loss from D's probability, with a small number for safety."""
    return -tf.math.log(tf.sigmoid(logit) + tf.cast(1e-8, logit.dtype))


def careful_loss(logit):
    """The same from the logit, in float32."""
    return cross_entropy(tf.cast(logit, tf.float32), 1)


# %% tags=["nbval-check-output"]
for name, logit in (("float32", -12.0), ("float16", -12.0), ("float16", -20.0)):
    x = tf.Variable(logit, dtype=name)
    for loss in (careless_loss, careful_loss):
        with tf.GradientTape() as tape:
            g_loss, about = loss(x), f"{name}, {logit:g}, {loss.__name__:13}"
        print(f"{about} {g_loss:5.2f}, slope {tape.gradient(g_loss, x):.3f}")

# %% [markdown]
# Watch the line with $-12$: the careless *loss* is right, and its slope is infinite, because the
# logarithm divides by $6 \cdot 10^{-6}$. The cure is not a larger number for safety. Let logits
# leave D in float32, and compute every loss from logits: then nothing is divided.
#
# **Roots and spreads.** Lesson 05's `BatchSpread` takes a root of a variance plus $10^{-8}$, so that
# the slope is finite where a feature is the same in the whole batch.
#
# **Penalties.** R1 is half a sum of squared slopes over all pixels. Take a linear D with a slope of
# 10, which is not much, at each pixel of 28×28.
#
# **Predict.** In sixteen bits of float16, what is the spread's slope there, and what is R1?

# %% tags=["nbval-check-output"]
for policy in ("float32", "mixed_float16", "mixed_bfloat16"):
    look_alikes = tf.Variable(tf.ones((4, 3)))  # of a collapsed G
    with tf.GradientTape() as tape:
        spread = fashion.BatchSpread(dtype=policy)(look_alikes)[0, -1]
    slope = tape.gradient(spread, look_alikes).numpy()
    print(f"{policy:15} slopes from {slope.min()} to {slope.max()}")
for name in ("float32", "float16", "bfloat16"):
    penalty = losses.r1_penalty(
        lambda images: tf.reduce_sum(10 * images, axis=1), tf.zeros((4, 784), name)
    )
    print(f"{name:15} R1 {float(penalty):,.0f}")

# %% [markdown]
# The safety is gone, and the NaN is back on the day when G collapses and you need D most.
#
# (It is the NaN of lesson 08, where a root at 0 had no safety at all.) The layer takes a `dtype`, too: `fashion.BatchSpread(dtype="float32")` computes in float32 between layers that do
# not.
#
# And R1 is infinite in float16. The answer, 39,200, would fit, for the format goes up to 65,504; the
# sum before it is halved, 78,400, does not. (bfloat16 goes as far as float32, and keeps two or three
# digits.)
#
# So the rule is: **weights, the optimizer, logits and losses, roots, variances and penalties in float32;
# matrix products in sixteen bits.** (Keras knows some of it by itself: under a mixed policy weights and what
# the optimizer remembers are float32, and batch norm takes its mean and variance in float32.)
#
# ### Networks with a policy
#
# So the hidden layers take the policy, and the last layer of each network is float32. The places
# for batch norm in G and for a spread in D stay empty until the second part needs them.


# %%
def hidden(policy):
    """A dense layer and its leaky ReLU."""
    relu = layers.LeakyReLU(negative_slope=0.2, dtype=policy)
    return [layers.Dense(32, dtype=policy), relu]


# %%
def make_generator(policy="float32", norm=list):
    """Noise (n, 2) to points (n, 2); norm() makes what follows the first layer."""
    last = layers.Dense(2, dtype="float32")
    parts = [*hidden(policy), *norm(), *hidden(policy), last]
    return keras.Sequential([keras.Input((2,)), *parts], name="generator")


# %%
def make_discriminator(policy="float32", spread=list):
    """Points (n, 2) to logits (n, 1); spread() makes what precedes the last layer."""
    last = layers.Dense(1, dtype="float32")
    parts = [*hidden(policy), *hidden(policy), *spread(), last]
    return keras.Sequential([keras.Input((2,)), *parts], name="discriminator")


# %% [markdown]
# ### Scale the loss
#
# On the way back, gradients may underflow that the weights would have felt. The cure is arithmetic. A
# gradient is linear in the loss, so
#
# $$\nabla (S \cdot \ell) = S \cdot \nabla \ell :$$
#
# - $S$ is the **loss scale**, a power of two. Multiply the loss by it *before* the way back, and
#   every gradient on that way is $S$ times as large;
# - divide by $S$ in float32, right before the optimizer moves the weights.
#
# Which $S$? As large as goes: if it is too large, gradients overflow, and that can be seen. So Keras'
# `LossScaleOptimizer` begins with $2^{15}$, **skips** a step whose gradients are not all finite and
# halves $S$; after 2000 good steps it doubles it.
#
# **Predict.** A weight of 1, a rate of 1. The first gradient is 0.5, the second infinite, the third
# 0.25 (all before scaling). Where does the weight stand after each?

# %% tags=["nbval-check-output"]
optimizer = keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD(1.0))
weight = keras.Variable(1.0)
optimizer.build([weight])
for gradient in (0.5, np.inf, 0.25):
    optimizer.apply([optimizer.scale_loss(tf.constant(gradient))], [weight])
    print(f"weight {weight.numpy():.2f}, scale {optimizer.dynamic_scale.numpy():g}")

# %% [markdown]
# In a step with tapes that is one line for each network: `scale_loss` on the loss that the tape
# differentiates. `apply` does the rest. An optimizer that does not scale has `scale_loss`, too, and
# returns the loss as it is, so that one step serves both. Two networks have two optimizers and with them
# two scales; that is right, for D's gradients and G's are of different sizes.


# %%
def make_train_step(networks, optimizers, sample):
    """One step of (G, D) on one generated batch; optimizers may scale the loss."""
    (generator, discriminator), (g_optimizer, d_optimizer) = networks, optimizers
    g_optimizer.build(generator.trainable_variables)
    d_optimizer.build(discriminator.trainable_variables)

    def train_step(iteration):
        real_points, noise = sample(iteration)
        with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
            fake_points = generator(noise, training=True)
            real_logits = discriminator(real_points, training=True)
            fake_logits = discriminator(fake_points, training=True)
            d_loss = cross_entropy(real_logits, 1) + cross_entropy(fake_logits, 0)
            g_loss = cross_entropy(fake_logits, 1)
            d_scaled = d_optimizer.scale_loss(d_loss)
            g_scaled = g_optimizer.scale_loss(g_loss)
        update(d_optimizer, d_tape, d_scaled, discriminator)
        update(g_optimizer, g_tape, g_scaled, generator)
        return d_loss, g_loss

    return train_step


# %%
MEAN, DEVIATION = [0.0, 10 + 2500 / 3], [100 / 12**0.5, 2500 * (4 / 45) ** 0.5]


def sample(iteration):
    """A batch of the parabola, standardised, and noise, both (BATCH_SIZE, 2)."""
    real_points = quadratic.sample_points(BATCH_SIZE, [1, iteration])
    noise = quadratic.sample_noise(BATCH_SIZE, [2, iteration])
    return (real_points - MEAN) / DEVIATION, noise


# %%
def make_optimizers(scaled=False):
    """Adam as in lesson 05, (G's, D's), with a loss scale each if asked for."""
    pair = fashion.make_optimizers()
    return [keras.optimizers.LossScaleOptimizer(o) for o in pair] if scaled else pair


# %%
WAYS = {  # Keras' policy, and whether losses are scaled
    "float32": ("float32", False),
    "mixed_bfloat16": ("mixed_bfloat16", False),
    "mixed_float16": ("mixed_float16", False),
    "mixed_float16, scaled": ("mixed_float16", True),
}


def make_gan(way, seed):
    """A new GAN and its optimizers, ((G, D), (G's, D's)), one of WAYS."""
    policy, scaled = WAYS[way]
    settings.set_seed(seed)
    networks = make_generator(policy), make_discriminator(policy)
    return networks, make_optimizers(scaled)


# %% [markdown]
# ### Does it matter?
#
# **Predict.** The same GAN, from the same weights, in four ways: float32, bfloat16, float16 and
# float16 with a loss scale. In which of them will the losses differ, and which will fail?

# %%
histories = {way: [] for way in WAYS}
for way in WAYS:
    for seed in SEEDS:
        step = make_train_step(*make_gan(way, seed), sample)
        histories[way].append(training.fit(step, STEPS))

# %%
fig, axes = plt.subplots(1, 2, figsize=(7, 3), sharex=True)
STYLES = ("k-", "C0--", "C1-.", "C2:")
for style, (way, runs) in zip(STYLES, histories.items(), strict=True):
    for ax, curve in zip(axes, (runs[0].d_loss, runs[0].g_loss), strict=True):
        ax.plot(np.convolve(curve, np.full(20, 1 / 20), "valid"), style, label=way)
    ends = (f"{np.mean(run.d_loss[STEPS // 2 :]):.3f}" for run in runs)
    print(f"{way:22} D's loss, second half:", *ends)
axes[0].set(title="D's loss", xlabel="step")
axes[1].set(title="G's loss", xlabel="step")
fig.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
plt.show()

# %% [markdown]
# **Figure 12.2.** The losses of one seed in four ways, each a mean over twenty steps. None becomes NaN.
# The numbers are means over the second half of the steps, one for each seed.
#
# The curves part in all four, but the means differ less from way to way than from seed to seed: whatever
# gradients float16 has lost here, below $6 \cdot 10^{-8}$, D's loss does not miss. (More a loss cannot say, as
# lesson 08 has shown; for that, compare the points.) So measure before you believe that you need a scale,
# and look at the next section before you believe that you never do.

# %% [markdown]
# ### When it does (optional)
#
# Make D sure. Lesson 01's first loss for G, $\log(1 - D(G(z)))$, *saturates*: its slope is D's
# probability, about $e^{-c}$ for a logit of $-c$. Adam divides each gradient by its own size, plus
# $10^{-7}$, so that a tiny one makes a step as long as any other, until it is as small as that. Unless it
# is 0.
#
# Take an untrained GAN, set the last bias of D to $-c$, and count which of G's gradients are still
# there: not 0, and finite.


# %%
def share_left(networks, optimizer, c):
    """The share of G's gradients that are neither 0 nor infinite, if D says -c."""
    generator, discriminator = networks
    discriminator.layers[-1].bias.assign([-c])
    with tf.GradientTape() as tape:
        g_loss = -cross_entropy(discriminator(generator(sample(0)[1])), 0)
        g_scaled = optimizer.scale_loss(g_loss)
    gradients = tape.gradient(g_scaled, generator.trainable_variables)
    values = np.concatenate([np.ravel(gradient) for gradient in gradients])
    return np.mean(np.isfinite(values) & (values != 0))


# %% [markdown]
# **Predict.** In float16, from which $c$ on will gradients be missing? And how much surer may D be
# with a loss scale of $2^{15}$?

# %%
sureness = np.arange(0, 31, 3.0)
fig, ax = plt.subplots(figsize=(6.4, 3))
for style, way in zip(STYLES, WAYS, strict=True):
    gans = [make_gan(way, seed) for seed in SEEDS]
    shares = [[share_left(nets, g, c) for c in sureness] for nets, (g, _) in gans]
    ax.plot(sureness, np.mean(shares, axis=0), style, label=way)
ax.set(xlabel="c: how sure D is", ylabel="share of gradients left", ylim=(0, 1.05))
fig.legend(*ax.get_legend_handles_labels(), loc="outside lower center", ncols=2)
plt.show()

# %% [markdown]
# **Figure 12.3.** The share of G's gradients that arrive, as D gets surer, a mean over seeds. In float32
# and bfloat16 all of them do. In float16 they vanish when D's probability falls to about $e^{-10}$;
# with a loss scale the same happens later.
#
# Later by $\ln 2^{15} = 10.4$: the scale shifts the curve, whatever the network. It moves a window, it
# does not widen one; exponent bits do that. And beyond the window G stands still while no line of the program says
# so: zeros are healthy numbers. With bfloat16 there is nothing to scale.
#
# But not 0 is not yet a step: beyond $c \approx 16$ Adam's $10^{-7}$ is larger than $e^{-c}$, and G hardly moves
# in float32 either. Against a D as sure as that no format helps, but the other loss does (lesson 01).

# %% [markdown]
# ### Half the bits, half the time?
#
# **Predict.** A convolution as in lesson 05's original D, forward and back, under each policy. Which is the
# fastest on *this* machine, which the slowest, and by how much?


# %%
def make_pass(policy):
    """A convolution of 64 pictures (14, 14, 64), forward and back, compiled."""
    layer = layers.Conv2D(128, 5, strides=2, padding="same", dtype=policy)
    pictures = tf.random.stateless_normal((64, 14, 14, 64), [1, 1])
    layer.build(pictures.shape)

    @tf.function
    def both_ways():
        with tf.GradientTape() as tape:
            tape.watch(pictures)
            total = tf.reduce_sum(tf.cast(layer(pictures), tf.float32) ** 2)
        return tape.gradient(total, [pictures, layer.kernel])

    return both_ways


# %%
passes = {policy: make_pass(policy) for policy, _ in WAYS.values()}
seconds = {policy: [] for policy in passes}
for _ in range(TURNS):  # each in turn: a busy moment hits all of them
    for policy, both_ways in passes.items():
        seconds[policy].append(settings.seconds_per_call(both_ways, calls=1))

# %%
medians = {policy: np.median(times) for policy, times in seconds.items()}
for policy, median in medians.items():
    print(f"{policy:15} {median / medians['float32']:.2f} × the time of float32")

# %% [markdown]
# Read your own numbers. Where float16 takes *longer*, TensorFlow has no fast code for it on this
# processor, which need not be the processor's fault: ours lists `avx512_fp16` among the flags in
# `/proc/cpuinfo`, and took more than a hundred times as long. Where bfloat16 is faster, both have it
# (flags `avx512_bf16` or `amx_bf16`; most laptops have neither). This is one layer; a whole step
# does more than multiply matrices, so time yours before you count on it. On GPUs with tensor cores
# float16 is a fast format, too; no GPU was measured here.
#
# Keras can also set a policy for *everything*, by `set_dtype_policy` of `keras.config`. One
# forgotten line then changes each network made after it, in every cell. So `training.fit` refuses to
# start under another global policy than float32, and this lesson gives each layer its own.

# %% [markdown]
# ## More devices
#
# Give each of $R$ devices a copy of both networks, a **replica**, and $1/R$ of the batch. Each
# computes the gradients of its part. Then all of them exchange gradients, so that everybody has the
# sum, an **all-reduce**, and everybody takes the same step: the copies stay equal.
#
# The loss is a mean over the batch, so the global loss is a mean of the replicas' means:
#
# $$\ell = \frac1B \sum_{i=1}^{B} \ell_i = \sum_{r=1}^{R} \frac1R \, \bar\ell_r, \qquad
# \nabla \ell = \sum_{r=1}^{R} \nabla \Big(\frac1R \, \bar\ell_r\Big).$$
#
# - $B$ is the **global** batch, $\bar\ell_r$ the mean loss of replica $r$ over its $B/R$ samples;
# - so each replica divides its loss by $R$, and gradients are **added**.
#
# In exact arithmetic nothing else changes. That is a promise which can be tested: the same global
# batch on one device and on two, and the same losses, step by step.
#
# TensorFlow calls the copying and exchanging a **strategy**. Variables made in its `scope` are
# mirrored; `strategy.run` calls a function once on each device, and in it the *replica context*
# knows which of them it is.


# %%
def my_part(batch):
    """This replica's part of a batch (n, ...), n a multiple of the replicas."""
    context = tf.distribute.get_replica_context()
    size = len(batch) // context.num_replicas_in_sync
    start = context.replica_id_in_sync_group * size
    return batch[start : start + size]


# %% [markdown]
# (Noise is drawn once for the global batch and divided, too. If each replica drew its own from the seed of
# the step, all would draw the same, and half of each generated batch would copy the other half.)
#
# The step is the one you know, with three lines more: take your part, divide the loss, and add up the
# losses for the log. Where are the gradients added? In Keras' optimizers: `apply`, called in a
# replica, adds the gradients of all of them first.


# %%
def make_replica_step(networks, optimizers, share=1.0):
    """What a replica does with a global batch; share is 1 over their number."""
    (generator, discriminator), (g_optimizer, d_optimizer) = networks, optimizers

    def replica_step(real_points, noise):
        real_points, noise = my_part(real_points), my_part(noise)
        with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
            fake_points = generator(noise, training=True)
            real_logits = discriminator(real_points, training=True)
            fake_logits = discriminator(fake_points, training=True)
            d_loss = cross_entropy(real_logits, 1) + cross_entropy(fake_logits, 0)
            g_loss = cross_entropy(fake_logits, 1)
            d_loss, g_loss = share * d_loss, share * g_loss
        update(d_optimizer, d_tape, d_loss, discriminator)
        update(g_optimizer, g_tape, g_loss, generator)
        context = tf.distribute.get_replica_context()
        return context.all_reduce("sum", [d_loss, g_loss])

    return replica_step


# %%
one_device = tf.distribute.OneDeviceStrategy(DEVICES[0])
two_replicas = tf.distribute.MirroredStrategy(DEVICES)


def train_on(strategy, seed, *, norm=list, spread=list, optimizer=None, share=None):
    """The losses (100, 2) of 100 steps of a new GAN on the devices of a strategy."""
    settings.set_seed(seed)
    with strategy.scope():
        networks = make_generator(norm=norm), make_discriminator(spread=spread)
        optimizers = [optimizer(), optimizer()] if optimizer else make_optimizers()
        for one, network in zip(optimizers, networks, strict=True):
            one.build(network.trainable_variables)
    share = share or 1 / strategy.num_replicas_in_sync
    replica_step = make_replica_step(networks, optimizers, share)

    def step(iteration):
        losses = strategy.run(replica_step, sample(iteration))
        return tuple(strategy.experimental_local_results(x)[0] for x in losses)

    return training.compile_loop(step)(0, 100)


# %% [markdown]
# **Predict.** Two devices, half a batch each, 100 steps of D and G. In which decimal will the losses
# part from those of one device?


# %% tags=["nbval-check-output"]
def runs_on(strategy, **places):
    """The losses of a run for each seed, (seeds, 100, 2)."""
    return np.stack([train_on(strategy, seed, **places) for seed in SEEDS])


alone, together = {"neither": runs_on(one_device)}, {"neither": runs_on(two_replicas)}
gap = np.abs(alone["neither"] - together["neither"]).max()
print("apart by less than 1e-5 in all 100 steps:", gap < 1e-5)

# %% [markdown]
# In none that matters. A sum taken in another order is rounded in another way, and no more than that
# has changed. (Nothing is won here, for two halves of one processor are the whole. What two real devices
# win depends on how long they wait for the exchange; none were measured.)

# %% [markdown]
# ### A factor that nobody sees (optional)
#
# **Predict.** Somebody does not trust the optimizer and adds up the gradients once more by hand, or
# forgets to divide the loss. On two replicas both mean a gradient twice as large. What will the
# losses show, with Adam, and with plain gradient descent?


# %%
def descent():
    return keras.optimizers.SGD(0.1)


# %%
adam = train_on(two_replicas, SEED, share=1.0) / 2  # as losses are summed, too
right, wrong = (
    train_on(strategy, SEED, optimizer=descent, share=1.0)
    for strategy in (one_device, two_replicas)
)
print(f"Adam:             {np.abs(adam - alone['neither'][0]).max():.4f}")
print(f"gradient descent: {np.abs(wrong / 2 - right).max():.4f}")

# %% [markdown]
# Adam divides by the size of the gradients, and hides the fault almost completely. (What is left probably comes
# from the $10^{-7}$ beside the root, which is not multiplied.) Gradient descent has a rate that is twice as large. So a program can be wrong for
# months, until somebody changes the optimizer. (The optimizers of Keras 2 could be told not to add; Keras 3's
# always do. Programs from before, and answers on the web, add by hand.)

# %% [markdown]
# ### What is computed over the batch
#
# All of this holds if each sample is on its own. **Batch norm** in G is not, and neither is lesson 05's
# **batch spread** in D: they compute over the batch, and a replica has only its part.
#
# **Predict.** How far do the losses of two replicas part now? Which of the two layers does it more?

# %%
PLACES = {
    "batch norm": {"norm": lambda: [layers.BatchNormalization()]},
    "batch spread": {"spread": lambda: [fashion.BatchSpread()]},
}
for name, place in PLACES.items():
    alone[name] = runs_on(one_device, **place)
    together[name] = runs_on(two_replicas, **place)
apart = {name: np.abs(together[name] - alone[name]).max(axis=2) for name in alone}
for name, gaps in apart.items():  # (seeds, 100)
    print(f"{name:13}", *(f"{gap:.1e}" for gap in gaps.max(axis=1)))

# %% [markdown]
# Thousands of times farther within these hundred steps, and on these seeds batch norm does
# it more. This is no error of rounding: it is another GAN.
# Each replica normalises by the mean and the deviation of 64 points instead of 128, and its D sees
# the spread of 64.
#
# ### Synchronised
#
# If a number is to be taken over the global batch, the replicas have to exchange it inside the
# network. Batch norm can, by `synchronized=True`. For the spread you write it: first the mean of all
# replicas' means, then the mean of the squared distances from *that*.


# %%
class SharedSpread(fashion.BatchSpread):
    """BatchSpread over the batches of all replicas."""

    def call(self, x):
        context = tf.distribute.get_replica_context()  # None while a network is built
        share = context.all_reduce if context else lambda how, value: value
        mean = share("mean", tf.reduce_mean(x, axis=0))
        variance = share("mean", tf.reduce_mean((x - mean) ** 2, axis=0))
        spread = tf.reduce_mean(tf.sqrt(variance + 1e-8))
        return tf.concat([x, spread * tf.ones_like(x[..., :1])], axis=-1)


# %% [markdown]
# Gradients pass through an exchange as they should: what a replica's number does to the *other*
# replicas' losses comes back to it. **Predict.** Will two replicas now agree with one device
# again: for ten steps? For a hundred?

# %% tags=["nbval-check-output", "no-slide"]
SHARED = {
    "batch norm": {"norm": lambda: [layers.BatchNormalization(synchronized=True)]},
    "batch spread": {"spread": lambda: [SharedSpread()]},
}
for name, place in SHARED.items():
    gaps = np.abs(runs_on(two_replicas, **place) - alone[name])
    apart[f"{name}, shared"] = gaps.max(axis=2)
for name, gaps in apart.items():  # (seeds, 100)
    close = gaps[:, :10].max() < 1e-5
    print(f"{name:20} apart by less than 1e-5 in ten steps: {close}")

# %%
fig, ax = plt.subplots(figsize=(7, 3.2))
for style, name in zip(("k-", "C0--", "C1-.", "C0:", "C1."), apart, strict=True):
    ax.plot(np.maximum.accumulate(apart[name][0]), style, label=name)
ax.set(xlabel="step", ylabel="largest difference", yscale="log", ylim=(1e-8, 1))
fig.legend(*ax.get_legend_handles_labels(), loc="outside lower center", ncols=3)
plt.show()

# %% [markdown]
# **Figure 12.4.** How far the losses of two replicas have been from those of one device up to each step, for
# one seed, on a logarithmic scale. Layers that compute over the batch move them apart by thousands
# of times the rounding, from the first step on. With an exchange inside the layer the first steps
# agree, but for the rounding. Later such a line may climb all the same, as that of the shared batch
# norm did here: training can blow up a difference of $10^{-7}$. (Keras takes the shared variance from a
# mean of squares, in one exchange; `SharedSpread` takes the mean first, which rounds less. Whether that is
# why, was not tried.)

# %% [markdown]
# ### How small may a replica's batch be? (optional)
#
# The exchange has a price, at every such layer of every step. When is it worth paying? That depends on
# what a layer sees of a small part. For $m$ independent normal numbers of deviation 1, the expected
# deviation around *their own* mean is
#
# $$E[s_m] = \sqrt{\frac2m} \; \frac{\Gamma(m/2)}{\Gamma((m-1)/2)}.$$
#
# **Predict.** A batch of 128 on 64 devices leaves two samples for each. What does a spread of 1 look
# like to them?

# %%
parts = 2 ** np.arange(1, 8)  # samples a replica
expected = [
    math.sqrt(2 / m) * math.gamma(m / 2) / math.gamma((m - 1) / 2) for m in parts
]
rng = np.random.default_rng(SEED)
seen = [rng.normal(size=(N_BATCHES, m)).std(axis=1) for m in parts]
fig, ax = plt.subplots(figsize=(6.4, 3))
ax.axhline(1, color="k", linewidth=0.8)
ax.plot(parts, expected, "k--", label="expected")
low, middle, high = np.transpose([np.quantile(s, [0.05, 0.5, 0.95]) for s in seen])
ax.fill_between(parts, low, high, color="#BBBBBB", label="nine of ten batches")
ax.plot(parts, [np.mean(s) for s in seen], "ks", label="mean, measured")
ax.set_xscale("log", base=2)
ax.set_xticks(parts, parts)
ax.set(xlabel="samples on each replica", ylabel="spread seen", ylim=(0, 1.6))
ax.legend(loc="lower right")
plt.show()
print(*(f"{m}: {x:.3f}" for m, x in zip(parts, expected, strict=True)), sep="  ")

# %% [markdown]
# **Figure 12.5.** The deviation that a replica sees in its part of a batch whose deviation is 1: the mean
# (squares, and the formula dashed) and the range of nine of ten batches (grey). With two samples it is
# 0.56 on average, and anything between nothing and more than 1.
#
# Small parts show too little spread, and a different one in every step. For batch norm that is noise
# of the scale of every feature; for the batch spread it means that D compares real and generated
# batches by a ruler that shakes. With 16 or more samples on each device the mean is within 5 %, though
# single batches still shake. From where on a training suffers is not in this figure: try it.

# %% [markdown]
# ## Many runs at once
#
# One seed is an anecdote: the next one may end elsewhere. And one learning rate is a bet: perhaps
# an objective lost because its rate was wrong. Six objectives × five rates × three seeds are 90
# trainings. They need nothing from each other, so any number of machines can share
# them. What has to be right is all around them:
#
# - **who runs what**, if machines are quick and slow, and come and go;
# - **who writes** the results, if many end at once;
# - **what happens** if a machine dies in the midst of a run.
#
# Dask answers the first and the third: a **scheduler** hands **tasks** to **workers**, processes
# on this machine or on others, and gives you a **future** for each, a receipt for a result
# that may still be on its way. For the second, one rule is enough: only this notebook writes.
#
# ### A job is a function of its settings
#
# A task may run anywhere, in any order, and twice if its worker dies. That is safe on one condition:
# its result depends on its settings and on nothing else. So look for what else a training
# depends on: the weights it starts from, the batches, the noise, what Adam remembers. All of it
# has to follow from the settings. A compiled step is kept, because compiling takes longer than a
# short training; that is the trap, for its networks remember the run before. So each run begins by putting
# back **everything**: the weights, Adam's memory, the rate, the seed of the batches. The weights are drawn as
# Keras draws them (Glorot), but from a generator of the run's own. `settings.set_seed` will not do: it seeds
# Python's one generator for the whole process, and in a worker other threads draw from that, too.

# %% tags=["taught", "no-slide"]
OBJECTIVES = {
    "non-saturating": losses.non_saturating,
    "saturating": losses.minimax,
    "hinge": losses.hinge,
    "least squares": losses.least_squares,
    "relativistic": losses.relativistic,
    "Wasserstein": losses.wasserstein,
}
COLUMNS = ("objective", "rate", "steps", "seed", "modes", "good", "distance")


# %% tags=["taught", "no-slide"]
@functools.cache  # one for each objective in each process
def make_trainer(objective):
    """Lesson 10's networks and optimizers, the seed of the batches, a compiled loop."""
    networks = stability.make_generator(), stability.make_discriminator()
    optimizers, seed = stability.make_optimizers(), tf.Variable(0)
    points = tf.constant(point_sets.make_named("ring of 8", n=20_000).points)

    def draw(k):
        n = stability.BATCH_SIZE
        rows = tf.random.stateless_uniform((n,), [seed, k], 0, len(points), tf.int32)
        noise = tf.random.stateless_normal((n, stability.NOISE), [seed, k])
        return tf.gather(points, rows), noise

    step = stability.make_train_step(networks, optimizers, draw, OBJECTIVES[objective])
    return networks, optimizers, seed, training.compile_loop(step)


# %% tags=["taught", "no-slide"]
def reset(trainer, rate, seed):
    """Set all that a run depends on; nothing is left of the run before."""
    networks, optimizers, batch_seed, _ = trainer
    rng = np.random.default_rng(seed)
    for variable in (v for network in networks for v in network.weights):
        limit = np.sqrt(6 / sum(variable.shape)) if len(variable.shape) == 2 else 0.0
        variable.assign(rng.uniform(-limit, limit, variable.shape))  # a bias is 0
    for optimizer in optimizers:
        for variable in optimizer.variables:  # steps so far, and Adam's means
            variable.assign(tf.zeros_like(variable))
        optimizer.learning_rate = rate
    batch_seed.assign(seed)


def judge(generator):
    """Modes reached, share of points at one, and mean distance to the nearest one."""
    ring = point_sets.make_named("ring of 8", n=20_000)
    centres = np.asarray(ring.centres)
    noise = np.random.default_rng(5).normal(size=(1000, stability.NOISE))
    fake_points = generator(noise.astype("float32")).numpy()
    if not np.isfinite(fake_points).all():
        return {"modes": 0, "good": 0.0, "distance": math.inf}
    shares = metrics.mode_shares(fake_points, centres, radius=ring.radius)
    gaps = np.linalg.norm(fake_points[:, None] - centres, axis=2).min(axis=1)
    return {
        "modes": metrics.modes_hit(shares),
        "good": round(float(shares.sum()), 3),
        "distance": float(gaps.mean(dtype="float64")),
    }


# %% tags=["taught", "no-slide"]
def train(objective, rate, steps, seed):
    """One run: the last columns of the table, from the first ones."""
    trainer = make_trainer(objective)
    reset(trainer, rate, seed)
    for start in range(0, steps, training.LOOP_STEPS):
        trainer[-1](start, min(training.LOOP_STEPS, steps - start))
    return judge(trainer[0][0])


# %% [markdown]
# The test of purity: run one job, then another one that uses the same networks, then the first again.

# %% tags=["nbval-check-output"]
job = {"objective": "hinge", "rate": 2e-3, "steps": SWEEP["steps"], "seed": 0}
first = train(**job)
train(**job | {"rate": 0.05, "seed": 7})
print("the same as before, bit for bit:", train(**job) == first)

# %% [markdown]
# ### Workers
#
# Without an address `sweeps.connect` starts two workers on this machine, each a process with **one**
# thread. More would not only push each other aside on two cores: two runs in one process would train
# the *same* networks, for they are kept; so `sweeps.complete` refuses workers that have several. With an
# address, as an argument or in the environment's `DASK_SCHEDULER_ADDRESS`, the same lines use the
# workers of that scheduler, be it two or two hundred. The
# link it prints (not in a saved notebook, for it differs each time) is the **dashboard**: each
# worker is a row, each task a bar. Open it beside this page.
#
# The workers import the job from the course's package, to which the cells above are exported.
# Remember the name, you will see why under "What goes wrong": `scaling.train`, not `train`.
#
# **Predict.** The same job in another process, which has compiled its own step and has one thread:
# will the mean distance agree with this kernel's in two digits, in six, or in all sixteen?

# %%
client = sweeps.connect()
there = client.submit(scaling.train, **job).result()
print("here and there the same, bit for bit:", there == first)
assert there == first

# %% [markdown]
# All of them, because the same operations run in the same order. (On another *kind* of processor
# the last digit may differ, and training makes it grow. So a table says on which
# machines it was made, and compares like with like.)
#
# ### The sweep, and a worker that dies
#
# `sweeps.complete` sends the jobs that have no row in the table yet, and appends a row whenever one
# ends. To see what a crash does, a thread waits until a third of the rows are there, and then kills one
# of our own two workers as hard as an operating system can: no warning, no goodbye. It notes how many
# rows there were.
#
# **Predict.** Of how many runs will the table hold a row in the end: all of them, one fewer, or one
# twice?


# %%
def kill_when(n_rows):
    """Kill one of our workers as soon as the table has so many rows."""
    while (found := len(sweeps.read_rows(TABLE, COLUMNS))) < n_rows:
        time.sleep(0.05)
    victim = min(client.run(os.getpid).values())  # asked now, so that it is still ours
    os.kill(victim, 9)  # SIGKILL: it cannot be caught
    rows_at_kill.append(found)


rows_at_kill = []

JOBS = [
    {"objective": objective, "rate": rate, "steps": SWEEP["steps"], "seed": seed}
    for seed in range(SWEEP["seeds"])
    for objective in list(OBJECTIVES)[-SWEEP["objectives"] :]
    for rate in SWEEP["rates"]
]

# %%
ours = client.cluster is not None  # workers of ours, on this machine
killer = threading.Thread(target=kill_when, args=[len(JOBS) // 3], daemon=True)
if ours:
    killer.start()
rows = sweeps.complete(client, TABLE, COLUMNS, JOBS, scaling.train)
different = {tuple(row[name] for name in COLUMNS[:4]) for row in rows}
print("one row for each job:", len(rows) == len(different) == len(JOBS))
assert len(rows) == len(different) == len(JOBS)
if ours:
    killer.join(60)
    client.wait_for_workers(2, timeout=60)
    print(f"killed after {rows_at_kill[0]} of {len(JOBS)} rows;", end=" ")
    print(len(client.nthreads()), "workers again")

# %% [markdown]
# Nothing is lost and nothing is doubled. The scheduler noticed that a worker was gone, gave
# its task to the other one, and a new worker was started; the dashboard shows it. And since only
# this notebook writes, a half-finished run cannot leave half a row.
#
# ### Completed, not repeated
#
# What if the *notebook* dies, in the midst of writing? Cut the table's last row, as a power cut might, and
# call again: one run is missing, one run is made, and it is the same to the last digit.

# %%
before = TABLE.read_text()
TABLE.write_text(before[:-4])
rows = sweeps.complete(client, TABLE, COLUMNS, JOBS, scaling.train)
print("as before:", TABLE.read_text() == before)
assert TABLE.read_text() == before

# %% [markdown]
# So the way to a large table is the way to a small one: call, stop when you have to close the lid,
# call again tomorrow, add seeds to `JOBS` and call again. Lesson 10's table grew like that.
#
# ### Where training succeeds
#
# Let a run be a **success** if its points reach all eight modes and 70 % of them lie at one. The left map is
# what you would have seen with one seed; the right one counts the seeds that succeed.
#
# **Predict.** Does each objective have a rate at which it works? And is the best rate the same for all?


# %%
def successes(rows, seeds):
    """How many of these seeds succeed, (objectives, rates)."""
    names = list(dict.fromkeys(job["objective"] for job in JOBS))
    found = np.zeros((len(names), len(SWEEP["rates"])), int)
    for row in rows:
        success = row["modes"] == "8" and float(row["good"]) >= 0.7
        place = names.index(row["objective"]), SWEEP["rates"].index(float(row["rate"]))
        found[place] += success and int(row["seed"]) in seeds
    return names, found


def draw_map(ax, rows, seeds, mark):
    """The share of seeds that succeed, as grey and in words."""
    names, found = successes(rows, seeds)
    ax.imshow(found / len(seeds), cmap="Greys", vmin=0, vmax=2.2, aspect="auto")
    for (i, j), n in np.ndenumerate(found):
        ax.text(j, i, mark(n), ha="center", va="center", color="k" if n else "#444444")
    ax.set_xticks(range(found.shape[1]), [f"{rate:g}" for rate in SWEEP["rates"]])
    ax.set_yticks(range(len(names)), names)
    ax.set_xlabel("learning rate of both networks")


# %%
seeds = range(SWEEP["seeds"])
fig, axes = plt.subplots(1, 2, figsize=(7, 3.2), sharey=True)
draw_map(axes[0], rows, [0], lambda n: "yes" if n else "no")
draw_map(axes[1], rows, seeds, lambda n: f"{n} of {len(seeds)}")
axes[0].set_title("seed 0")
axes[1].set_title(f"all {len(seeds)} seeds")
plt.show()
names, found = successes(rows, seeds)
for name, line in zip(names, found, strict=True):
    print(f"{name:15} succeeds in {line.sum()} of {line.size * len(seeds)} runs")
mixed = np.sum((found > 0) & (found < len(seeds)))
print(f"settings on which the seeds disagree: {mixed} of {found.size}")

# %% [markdown]
# **Figure 12.6.** Where training on the ring of eight succeeds, by objective and learning rate:
# with one seed (left) and by the number of seeds that succeed (right). The darker, the more. A
# "yes" on the left that not all seeds share on the right was luck in part.
#
# Read it by rows (at `fast` the runs are too short for any success): Wasserstein without a penalty has no bound
# on D's slope (lesson 10), and none of these rates made up for that. Read it by columns: at both ends every
# objective fails, on the left perhaps for want of steps, and between them they do not agree on the best rate. So whoever
# compares losses at *one* rate has compared rates. In the cells in which the seeds disagree
# another seed would have said the opposite, and a table of one seed cannot show you which cells
# these are.
#
# ## Where a class runs this
#
# Of this table only the first row was run here. The others say where the pieces above go, and what
# to ask before.
#
# | where | how | ask first |
# | --- | --- | --- |
# | **a laptop each** | as in this lesson | how many cores, and is it plugged in? |
# | **JupyterHub** | a kernel each; runs go to *one* scheduler whose address the teacher gives out | who stops a run that nobody waits for? |
# | **one machine with a GPU** | one worker first, so that runs wait in line; for one large training, mixed precision | does a run fill the GPU? If not, compare 1, 2 and 4 workers |
# | **several GPUs** | first, a worker for each: runs need no exchange. Only if one run is too long or too large, `MirroredStrategy` | is the global batch the one that was tuned? |
# | **SLURM** | `dask-jobqueue` writes the job script and asks for workers | the queue's time limit? A table that is completed survives it |
# | **Kubernetes** | `dask-kubernetes` does the same with pods | does every worker have this course's versions? |
#
# Configurations for the last two stand in the teacher's guide, under *Other machines*, marked "not run here":
# SLURM's was loaded by dask-jobqueue, Kubernetes' only parsed, as YAML and as Dask's commands.
#
# What stays the same everywhere: a run is a function of its settings, results go into one table, and
# what is in the table is not run again. So you can start on the laptop, with ten runs, and change
# nothing but an address for the thousand.
#
# **What a thousand runs cost.** Runs that share nothing are the easiest thing to plan: time one, and multiply. Hours on one worker are
# what you *pay*; more workers make the bill no larger, only the wait shorter, as long as none stands idle and
# none slows another down. (The numbers belong to your machine, so they appear only when you run the cell.)

# %%
seconds_a_run = settings.seconds_per_call(lambda: train(**job))
for n_workers in (1, 2, 16, 100):
    wait = math.ceil(1000 / n_workers) * seconds_a_run
    settings.announce_time(f"1,000 such runs on {n_workers} workers", wait)

# %% [markdown]
# Three things are missing in this product. Each worker first imports TensorFlow, and compiles each
# objective's step once. One on a machine whose cores are all busy is slower than the
# one you timed: on the two cores that `benchmarks/RESULTS.md` describes, sixteen runs of 10,000 steps took 51
# seconds on one worker, 33 on two, not half, and 37 on four. So a thousand of those are 53 minutes of one worker,
# or 34 of two. And a picture GAN takes not seconds but minutes: with about three, as in lessons 04 to 07 on two
# cores, a thousand are two days of two cores, or less than an hour of sixty-four such machines at a
# price that you should know *before* you ask for them. Most questions do not need a thousand: three
# seeds on a coarse grid first, then ten seeds where it is close (lesson 10).
#
# ## What goes wrong
#
# **A loss scale hides a NaN.** `LossScaleOptimizer` skips a step whose gradients are not finite. One
# such step is what it is made for. But here is D with lesson 05's spread in float16, and a G that has
# collapsed. **Predict.** Every gradient of D is NaN. What do you see: an error, a loss of NaN, a D
# whose weights are NaN, or nothing?

# %% tags=["nbval-check-output"]
settings.set_seed(SEED)
generator = make_generator()
generator.layers[-1].kernel.assign(tf.zeros((32, 2)))  # collapsed: one point
discriminator = make_discriminator(
    "mixed_float16", lambda: [fashion.BatchSpread(dtype="mixed_float16")]
)
optimizers = make_optimizers(scaled=True)
before = discriminator.get_weights()
step = make_train_step((generator, discriminator), optimizers, sample)
found = training.compile_loop(step)(0, 20)
same = map(np.array_equal, before, discriminator.get_weights())
print("losses finite:", np.isfinite(found).all(), "- D as it was:", all(same))
print(f"D's scale: 2^{np.log2(optimizers[1].dynamic_scale.numpy()):.0f}")

# %% [markdown]
# Nothing. Twenty finite losses, and a D that never moved: the only witness is the scale, halved in
# every step. So log the scale of both optimizers. It should fall now and then, and come back after
# 2,000 good steps; if it only falls, look for the layer that belongs in float32.
#
# **Threads times workers.** TensorFlow takes all cores for one process. Eight workers on eight cores with
# eight threads each are 64 threads that push each other aside. So: as many workers as cores, and one thread each,
# set *before* TensorFlow is imported (`TF_NUM_INTRAOP_THREADS=1`); or fewer workers with more threads, where one run is
# large. On one GPU, one worker, or memory that grows as needed (`TF_FORCE_GPU_ALLOW_GROWTH=true`).
#
# **An error in one run of ninety.** It must not cost the other 89, and it must not pass in silence.
# `sweeps.complete` runs the rest, writes their rows, and then raises an error that names
# the settings that failed. A job that kills each worker that it is given (too little
# memory, most often) is given up after four, and named, too.

# %% [markdown]
# ### A job from this notebook (optional)
#
# A function of a module is sent to a worker by its name; a lambda, or a function
# of this notebook, is sent **by value**, with a copy of each variable that it uses. The copy is made when it is
# submitted: what you change later does not reach it, and a large array travels with every task.

# %% tags=["nbval-check-output"]
ribbon = np.zeros(125_000)  # 1 MB
by_value = pickle.dumps(lambda seed: ribbon[seed])
print("by name, under 200 bytes:", len(pickle.dumps(scaling.train)) < 200)
print("by value, more than the array:", len(by_value) > ribbon.nbytes)

# %% [markdown]
# ### A seed that others draw from, too (optional)
#
# **Predict.** Seed Python's generator, wait no second or one, and draw: do the two numbers agree
# in this kernel? And in a worker?


# %%
def draw_after(seconds):
    random.seed(0)
    time.sleep(seconds)
    return random.random()


print("here:     ", draw_after(0), draw_after(1))
print("in workers:", *client.gather(client.map(draw_after, [0, 1], pure=False)))
client.close()

# %% [markdown]
# In the worker its own threads (they tell the scheduler that it is alive, and look for work) have
# drawn in the meantime. Keras takes the seeds of its layers from this generator, so `set_seed` in a
# job makes runs that differ now and then, the more the busier the machine. Each run needs a
# generator of its own (`np.random.default_rng(seed)`, `tf.random.stateless_normal`), as in `reset`
# and `draw`; from that nobody else can draw.
#
# ### A run that remembers (optional)
#
# Take the line that resets Adam out of `reset`, and the result depends on what the worker
# ran before: different on each machine, on each day, and after each crash. No table shows it. The
# cell does without the zeros, in this kernel.

# %%
trainer = make_trainer("hinge")
train(**job)
memory = [[v.numpy() for v in optimizer.variables] for optimizer in trainer[1]]
reset(trainer, job["rate"], job["seed"])
for optimizer, values in zip(trainer[1], memory, strict=True):
    for variable, value in zip(optimizer.variables, values, strict=True):
        variable.assign(value)  # as if nobody had reset it
trainer[-1](0, 20)
forgetful = judge(trainer[0][0])

# %% tags=["nbval-check-output"]
reset(trainer, job["rate"], job["seed"])
trainer[-1](0, 20)
print("the same without the reset:", forgetful == judge(trainer[0][0]))

# %% [markdown]
# ## Key points
#
# - Mixed precision multiplies in sixteen bits, and keeps weights, optimizers, logits, losses, variances
#   and penalties in float32.
# - A loss scale shifts float16's window and does not widen it; its skipped steps can hide a NaN. Log it.
# - Whether sixteen bits are faster is a matter of the processor. Measure.
# - Several devices learn what one learns, if each sample is on its own: divide the loss by their
#   number, and know who adds the gradients.
# - Batch norm and batch spread see a replica's part, unless you synchronise them.
# - Many runs need no exchange. Make a run a function of its settings, write one table, complete it.

# %% [markdown]
# ## Exercises
#
# **12.1 The loss scale.** Write what `LossScaleOptimizer` does with its scale: halve it after a step
# whose gradients were not finite; double it when `growth` good steps have come in a row since it was
# last changed. Follow it through a list of steps.


# %% tags=["solution"]
def follow_scale(finite, scale=2.0**15, growth=2000):
    """The scale after steps whose gradients were finite, or not: a list of bool."""
    # BEGIN SOLUTION
    # STUB: return ...
    good = 0
    for ok in finite:
        good = good + 1 if ok else 0
        scale *= 0.5 if not ok else 2.0 if good % growth == 0 else 1.0
    return scale
    # END SOLUTION


# %% tags=["check", "nbval-check-output"]
checks.check(
    "12.1",
    follow_scale,
    {
        "three bad steps: an eighth": lambda f: checks.same(f([False] * 3, 64.0), 8),
        "five good steps, growth 5: twice": lambda f: checks.same(
            f([True] * 5, 64.0, 5), 128
        ),
        "ten good steps, growth 5: four times": lambda f: checks.same(
            f([True] * 10, 64.0, 5), 256
        ),
        "a bad step starts the count again": lambda f: checks.same(
            f([True, True, False, True, True], 64.0, 3), 32
        ),
    },
    {
        "a bad step starts the count of good ones again.": lambda f: checks.same(
            f([True, True, False, True, True], 64.0, 3), 64
        ),
        "count anew after the scale was doubled.": lambda f: checks.same(
            f([True] * 6, 64.0, 5), 256
        ),
        "double after `growth` good steps, not one later.": lambda f: checks.same(
            f([True] * 5, 64.0, 5), 64
        ),
        "a good step alone changes nothing.": lambda f: checks.same(
            f([True], 64.0, 5), 128
        ),
    },
)

# %% [markdown]
# **12.2 What is left?** `sweeps.complete` runs what has no row yet. Write that part: from jobs, dictionaries of
# values, and rows, dictionaries of **texts** as they come from a CSV file, to the list of jobs that are left, in their
# order, each once. A row has more columns than a job.


# %% tags=["solution"]
def jobs_left(jobs, rows):
    """The jobs of which no row holds all values, in their order, each once."""
    # BEGIN SOLUTION
    # STUB: return ...
    known = [dict(row) for row in rows]
    left = []
    for job in jobs:
        texts = {name: str(value) for name, value in job.items()}
        if not any(texts.items() <= row.items() for row in known):
            left.append(job)
            known.append(texts)
    return left
    # END SOLUTION


# %% tags=["check", "nbval-check-output"]
one, two = {"rate": 0.1, "seed": 1}, {"rate": 0.1, "seed": 2}
three = {"rate": 0.2, "seed": 1}
row = {"rate": "0.1", "seed": "1", "modes": "8"}
swapped = {"rate": "1", "seed": "0.1", "modes": "8"}
checks.check(
    "12.2",
    jobs_left,
    {
        "all, if there is no row": lambda f: list(f([one, two], [])) == [one, two],
        "not the one that has its row": lambda f: list(f([one, two], [row])) == [two],
        "another rate is another job": lambda f: list(f([three], [row])) == [three],
        "nothing, if all have theirs": lambda f: list(f([one], [row])) == [],
        "values count with their names": lambda f: list(f([one], [swapped])) == [one],
        "a job that comes twice once": lambda f: list(f([two, two], [])) == [two],
    },
    {
        "that is what is done; the rest is left.": lambda f: (
            list(f([one, two], [row])) == [one]
        ),
        "rows hold texts: compare str(value).": lambda f: len(f([one], [row])) == 1,
        "a row of one job is not a row of all that share a value.": lambda f: (
            list(f([two, three], [row])) == []
        ),
        "compare values by their names.": lambda f: list(f([one], [swapped])) == [],
        "a job that comes twice would run twice.": lambda f: (
            len(f([two, two], [])) == 2
        ),
    },
)

# %% [markdown]
# ### 12.3 Means and variances of parts (optional)
#
# Each replica knows the mean, the variance and the number of its
# samples. Write mean and variance of all samples together, without looking at them. Parts need not
# have one size.


# %% tags=["solution"]
def merge_moments(means, variances, counts):
    """(mean, variance) of all samples, from those of the parts, all (parts,)."""
    # BEGIN SOLUTION
    # STUB: return ...
    means, variances = np.asarray(means), np.asarray(variances)
    mean = np.average(means, weights=counts)
    variance = np.average(variances + (means - mean) ** 2, weights=counts)
    return mean, variance
    # END SOLUTION


# %% tags=["check", "nbval-check-output"]
ragged = [np.array([1.0, 2.0, 4.0]), np.array([10.0]), np.array([3.0, 3.0])]
moments = [[f(x) for x in ragged] for f in (np.mean, np.var, len)]
all_of_them = np.concatenate(ragged)
checks.check(
    "12.3",
    merge_moments,
    {
        "equal parts with equal means": lambda f: checks.same(
            f([2.0, 2.0], [1.0, 3.0], [4, 4]), [2, 2]
        ),
        "equal parts with means 0 and 4": lambda f: checks.same(
            f([0.0, 4.0], [1.0, 1.0], [4, 4]), [2, 5]
        ),
        "parts of 3, 1 and 2 samples, as NumPy says": lambda f: checks.same(
            f(*moments), [all_of_them.mean(), all_of_them.var()]
        ),
    },
    {
        "the means differ, too: that is part of the variance.": lambda f: checks.same(
            f([0.0, 4.0], [1.0, 1.0], [4, 4]), [2, 1]
        ),
        "a part counts by its samples.": lambda f: checks.same(
            f(*moments)[0], np.mean(moments[0])
        ),
        "variances, not deviations.": lambda f: checks.same(
            f([0.0, 4.0], [1.0, 1.0], [4, 4])[1], np.sqrt(5)
        ),
    },
)

# %% [markdown]
# ### 12.4 What will it cost? (optional)
#
# Runs of one length, on workers that do one at a time. Write the hours until the last
# one is done, and the hours that all workers together are *paid* for, which includes those who have
# nothing left to do. (The workers are let go together, at the end.)


# %% tags=["solution"]
def hours_of(n_runs, seconds, workers):
    """(hours until all are done, hours paid for) of n_runs of some seconds each."""
    # BEGIN SOLUTION
    # STUB: return ...
    rounds = -(-n_runs // workers)  # rounded up
    hours = rounds * seconds / 3600
    return hours, hours * workers
    # END SOLUTION


# %% tags=["check", "nbval-check-output"]
checks.check(
    "12.4",
    hours_of,
    {
        "12 runs of an hour on 4 workers": lambda f: checks.same(
            f(12, 3600, 4), [3, 12]
        ),
        "13 runs: one more round": lambda f: checks.same(f(13, 3600, 4), [4, 16]),
        "2 runs on 8 workers": lambda f: checks.same(f(2, 1800, 8), [0.5, 4]),
    },
    {
        "a run cannot be divided: round up.": lambda f: checks.same(
            f(13, 3600, 4)[0], 3.25
        ),
        "seconds, not hours.": lambda f: checks.same(f(12, 3600, 4)[0], 10800),
        "those who wait are paid, too.": lambda f: checks.same(f(13, 3600, 4)[1], 13),
    },
)

# %% [markdown]
# ## References
#
# - P. Micikevicius et al., *Mixed precision training*, 2018: float32 copies of the weights, and the loss
#   scale.
# - D. Kalamkar et al., *A study of bfloat16 for deep learning training*, 2019.
# - P. Goyal et al., *Accurate, large minibatch SGD*, 2017: one batch on many devices, and what batch norm
#   means there.
# - A. Brock, J. Donahue and K. Simonyan, *Large scale GAN training for high fidelity natural image
#   synthesis*, 2019: what larger batches do for a GAN.
# - T. Karras et al., *Progressive growing of GANs*, 2018: the batch spread.
# - M. Rocklin, *Dask: parallel computation with blocked algorithms and task scheduling*, 2015.
