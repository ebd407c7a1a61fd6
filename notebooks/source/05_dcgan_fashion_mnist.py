# ---
# title: DCGAN on Fashion-MNIST
# minutes: 3
# teaching: 75
# optional: 20
# prerequisites: Lesson 02 (losses and one training step); what a convolution is.
# taught: fashion
# ---

# %% [markdown]
# ## Questions
#
# - How does a network draw a picture from 32 random numbers?
# - How good are the pictures, as a number?
# - How do you train a picture GAN on a laptop, and stop and resume it?
# - Does it invent clothes, or does it copy the training set?
#
# **You will be able to** build a DCGAN of the original size, thin it out until a laptop
# without a GPU trains it in minutes, average its weights, save and resume it, and test it
# for quality, for missing classes and for copying.

# %% [markdown]
# ## Setup
#
# The loss is the `cross_entropy` of lesson 02. The helpers load the pictures, run the
# compiled loop, and bring a small classifier that will judge the results.

# %% tags=["setup"]
import csv

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from ipywidgets import FloatSlider, interact
from keras import layers

from gan_helpers import (
    checks,
    classifiers,
    clinic,
    course,
    data,
    diagrams,
    generators,
    lab,
    losses,
    metrics,
    plotting,
    settings,
    training,
)
from gan_helpers.data.bundled import bundled_dir
from gan_helpers.taught.quadratic import cross_entropy
from gan_helpers.training import update, update_average

plotting.set_style()

# %% [markdown]
# ## Settings
#
# On a laptop the lesson trains on the 10,000 official test pictures that come with it,
# without a network. `SPLIT, SOURCE = "train", None` takes all 60,000 training pictures
# where they can be had: on this machine, or by download.
#
# The long training saves itself into the folder `outputs` once a minute. With
# `RESUME = True` it goes on from there, after a restart of the kernel, too. With `False` it
# starts anew, and what was saved before is moved aside. Set it back to `False` before you
# change anything.

# %% tags=["taught"]
LATENT = 32  # numbers in one noise vector
BATCH_SIZE = 24
D_FILTERS = (16, 48, 96)  # feature maps of D's convolutions
RATE = 4e-3  # of both optimizers
DECAY = 0.99  # what the average keeps of itself

# %%
SEED = 0
OFFLINE = ("test", "bundled")
SPLIT, SOURCE = settings.budget(fast=OFFLINE, laptop=OFFLINE, full=("train", None))
ORIGINAL_STEPS = settings.budget(fast=2, laptop=200, full=20 * 937)
STEPS = settings.budget(fast=20, laptop=8_000, full=60_000)
LOOK_EVERY = settings.budget(fast=10, laptop=400, full=3_000)
N_LOOKED_AT = settings.budget(fast=200, laptop=2000, full=2000)
N_JUDGED = settings.budget(fast=500, laptop=10_000, full=10_000)
LAB_STEPS = settings.budget(fast=4, laptop=400, full=400)
RESUME = False
FOLDER = settings.output_dir("05_dcgan_fashion_mnist")
settings.set_seed(SEED)
course.announce_budget("05")

# %% [markdown]
# ## The idea
#
# The game is the one of lesson 02; the points have become pictures. A *deep
# convolutional* GAN (DCGAN) keeps to a few rules that made picture GANs trainable:
#
# - G grows a small stack of feature maps into a picture with **transposed
#   convolutions**; D shrinks a picture to one logit with **strided convolutions**;
# - **batch normalisation** keeps the activations of G in range;
# - D uses leaky ReLU; G ends in tanh, so pictures are scaled to $[-1, 1]$.

# %%
diagrams.draw_gan(data="real pictures", sample="generated pictures")
plt.show()

# %% [markdown]
# **Figure 5.1.** The same two networks and the same flow as in lesson 02: data forward
# (solid), gradients back (dashed).
#
# ## The data
#
# Fashion-MNIST has grey pictures of 28×28 pixels in ten classes. The last 1,000 are held
# out: neither network will see them, and you will need them to detect copying.

# %%
fashion = data.load_fashion_mnist(split=SPLIT, source=SOURCE)
pictures = fashion.scaled()
real_images, held_out_images = pictures[:-1000], pictures[-1000:]
print(fashion.describe())

# %% tags=["nbval-check-output"]
print("shape of one picture:", real_images.shape[1:])
print("range:", real_images.min(), "to", real_images.max())

# %%
by_class = [pictures[fashion.labels == k][:12] for k in range(10)]
ax = plotting.plot_images(np.concatenate(by_class), columns=12, title=fashion.title)
for k, name in enumerate(fashion.class_names):
    ax.text(-4, 29 * k + 15, name, ha="right", va="center")
plt.show()

# %% [markdown]
# **Figure 5.2.** Twelve pictures of each class. Shirts, pullovers and coats are hard to
# tell apart even for you; keep that in mind when you judge generated ones.
#
# ## The original's generator
#
# 32 random numbers enter a dense layer and leave it as 128 feature maps of 7×7. Each
# transposed convolution with stride 2 doubles height and width: 7, 14, 28.
#
# **Predict.** Two layers hold nearly all of the generator's weights, half each. Which?


# %% tags=["taught"]
def make_original_generator():
    """Noise (n, 32) to pictures (n, 28, 28, 1), at the original tutorial's size."""
    return keras.Sequential(
        [
            keras.Input((LATENT,)),
            layers.Dense(7 * 7 * 128),
            layers.Reshape((7, 7, 128)),
            layers.BatchNormalization(),
            layers.Conv2DTranspose(64, 5, strides=2, padding="same", activation="selu"),
            layers.BatchNormalization(),
            layers.Conv2DTranspose(1, 5, strides=2, padding="same", activation="tanh"),
        ],
        name="original_generator",
    )


original_generator = make_original_generator()
for layer in original_generator.layers:
    print(
        f"{layer.name[:18]:18} {layer.output.shape[1:]!s:15} {layer.count_params():8,}"
    )

# %% [markdown]
# They are the dense layer and the first transposed convolution. Batch normalisation holds
# two kinds of weights: a scale and a shift that are trained, and a running mean and variance
# that are only recorded. The latter are the 384 that no gradient touches.


# %% tags=["nbval-check-output"]
def count(weights):
    return sum(int(np.prod(weight.shape)) for weight in weights)


print(f"all {original_generator.count_params():,}", end=", ")
print(f"trainable {count(original_generator.trainable_weights):,}", end=", ")
print(f"not {count(original_generator.non_trainable_weights):,}")

# %% [markdown]
# The original's activation is **SELU**: $\lambda x$ for $x > 0$ and
# $\lambda \alpha\,(e^x - 1)$ below, with $\lambda = 1.0507$ and $\alpha = 1.6733$. These odd
# numbers have a purpose: what comes in with mean 0 and variance 1 leaves with mean 0 and
# variance 1. If weights begin with variance 1/n for n inputs, that holds from layer to layer, and
# a deep dense network needs no batch normalisation.
#
# **Predict.** What do mean and variance become after ReLU?

# %% tags=["nbval-check-output"]
x = np.random.default_rng(SEED).normal(size=1_000_000).astype("float32")
for name in ("selu", "relu"):
    y = keras.activations.get(name)(x).numpy()
    print(f"{name}: mean {y.mean():.2f}, variance {y.var():.2f}")

# %% [markdown]
# With such weights ReLU needs something beside it to keep the scale, a batch normalisation for instance (or weights
# that begin with twice the variance); SELU does not. The
# original has both. The laptop's generator below keeps batch normalisation and swaps SELU for ReLU.
#
# ## The original's discriminator
#
# Two strided convolutions take the picture down to 7×7; **dropout** switches off a random
# 30 to 40 % of the activations, so that D cannot rest on a few pixels. (The original
# printed the generator's summary twice, so its readers never saw this one.)


# %% tags=["taught"]
def make_original_discriminator():
    """Pictures (n, 28, 28, 1) to logits (n, 1), at the original tutorial's size."""
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(64, 5, strides=2, padding="same"),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Dropout(0.3),
            layers.Conv2D(128, 5, strides=2, padding="same"),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Dropout(0.4),
            layers.Flatten(),
            layers.Dense(1),
        ],
        name="original_discriminator",
    )


original_discriminator = make_original_discriminator()

# %% tags=["nbval-check-output"]
print(f"{original_discriminator.count_params():,}")
print(original_discriminator(real_images[:3]).shape)

# %% [markdown]
# ## One step of the original
#
# The original trains D on one **mixed batch**, 64 generated pictures labelled 0 and 64
# real ones labelled 1, and then G on new noise. Its optimizer is RMSprop at Keras'
# default rate, 0.001. With one mean over both halves, D's equilibrium is ln 2, not 2 ln 2.
#
# `update(optimizer, tape, loss, network)` is the end of a step as you wrote it in lesson 02:
# the gradients over that network's own trainable variables, then the optimizer. If there are
# none, because a `trainable = False` was left behind, it stops with an error; Keras would
# move nothing, and say nothing.


# %% tags=["taught"]
def make_original_optimizers():
    """RMSprop at Keras' own rate of 0.001: (G's, D's)."""
    return tuple(keras.optimizers.RMSprop() for _ in range(2))


def make_original_step(generator, discriminator, batch_at, optimizers, batch_size=64):
    """The original's training step, of the iteration; optimizers is (G's, D's)."""
    g_optimizer, d_optimizer = optimizers
    g_optimizer.build(generator.trainable_variables)
    d_optimizer.build(discriminator.trainable_variables)

    def train_step(iteration):
        noise = tf.random.stateless_normal((2, batch_size, LATENT), [1, iteration])
        fake_images = generator(noise[0], training=True)
        mixed = tf.concat([fake_images, batch_at(iteration)], axis=0)
        with tf.GradientTape() as tape:
            fake_logits, real_logits = tf.split(discriminator(mixed, training=True), 2)
            d_loss = cross_entropy(fake_logits, 0) + cross_entropy(real_logits, 1)
            d_loss /= 2
        update(d_optimizer, tape, d_loss, discriminator)
        with tf.GradientTape() as tape:
            fake_images = generator(noise[1], training=True)
            g_loss = cross_entropy(discriminator(fake_images, training=True), 1)
        update(g_optimizer, tape, g_loss, generator)
        return d_loss, g_loss

    return train_step


# %% [markdown]
# Before a long run, take the time of one step. The original runs 20 epochs of 937 steps.
# (The answer belongs to your machine, so it appears only when you run the cell.)


# %%
def make_original():
    """A new original generator and its training step."""
    settings.set_seed(SEED)
    networks = make_original_generator(), make_original_discriminator()
    batch_at = training.make_batches(real_images, 64, seed=SEED)
    step = make_original_step(*networks, batch_at, make_original_optimizers())
    return networks[0], step


_, original_step = make_original()
run = training.compile_loop(original_step, max_steps=1)
seconds = settings.seconds_per_call(lambda: run(0, 1))
settings.announce_time("The original's 18,740 steps", 18_740 * seconds)
settings.announce_time(f"{ORIGINAL_STEPS} steps of it", ORIGINAL_STEPS * seconds)

# %% [markdown]
# On two CPU cores that is half an hour or more. Take a first stretch yourself. All of it was
# trained once for this course (by `tools/originals.py F`, on all 60,000 pictures): its
# pictures along the way, its losses and its distance are in `data/`.
#
# **Predict.** What will the first epoch, of 937 steps, give? And what do the other nineteen
# add?

# %%
original_generator, original_step = make_original()
original_history = training.fit(original_step, ORIGINAL_STEPS)
fixed_noise = tf.random.stateless_normal((48, LATENT), [SEED, 1])
finished = data.load_original("F")
rows = [original_generator(fixed_noise[:16]).numpy(), *finished.images]
ax = plotting.plot_images(np.concatenate(rows), columns=16)
for k, steps in enumerate([f"yours, {ORIGINAL_STEPS:,}", *finished.iterations]):
    label = steps if k == 0 else f"{steps:,}"
    ax.text(-3, 29 * k + 14, label, ha="right", va="center")
plt.show()
print(f"{finished.iterations[-1]:,} steps in {finished.hours:.1f} hours", end=" ")
print(f"({finished.machine}, shared with other work)")

# %% [markdown]
# **Figure 5.3.** Pictures by the original's generator, after the number of steps at the left.
# Top row: your first stretch. Below: one run of all 18,740 steps, on all 60,000 pictures, from
# one set of noise vectors, after 1, 5, 10 and 20 epochs.
#
# Your 200 steps at the laptop budget give blurred shapes of clothes, with a checkered texture.
# 5×5 kernels at stride 2, which overlap unevenly, are one cause of it (lesson 04), early training
# another. The first epoch draws most kinds of clothes; later ones sharpen edges and add patterns,
# and a few pictures are no clothes at the end either.

# ## Small enough for a laptop
#
# On a CPU the arithmetic is the limit, so a step becomes faster by doing **less**:
#
# | change | why |
# | --- | --- |
# | 64 and 32 filters in G; 16, 48 and 96 in D | a fraction of the multiplications |
# | 4×4 kernels | divisible by the stride: no uneven overlap; 16 products in place of 25 |
# | batch norm, then ReLU, instead of SELU, then batch norm | SELU's task is done by batch norm |
# | one generated batch for both losses | G runs once a step instead of twice |
# | batches of 24 | more steps in the same time |
# | Adam, $\beta_1 = 0.5$, instead of RMSprop | has momentum, but little: the opponent moves |
# | real labels 0.9 instead of 1 | keeps D from being certain of real ones (one-sided smoothing) |
# | D sees how much a batch varies | a batch of look-alikes gives itself away |
# | no dropout in D | its random zeros would add to the spread that D now sees |
# | averaged weights of G | the picture of many steps instead of the last one |
# | a third convolution in D | each of its outputs sees 22×22 pixels instead of 13×13 |
# | a rate of 0.004 for both | longer strides |
#
# The last two make no step cheaper, and one makes it dearer. What they bought stands in the
# results.


# %% tags=["taught"]
def make_generator():
    """Noise (n, 32) to pictures (n, 28, 28, 1), thin enough for a laptop."""
    return keras.Sequential(
        [
            keras.Input((LATENT,)),
            layers.Dense(7 * 7 * 64, use_bias=False),
            layers.Reshape((7, 7, 64)),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Conv2DTranspose(32, 4, strides=2, padding="same", use_bias=False),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Conv2DTranspose(1, 4, strides=2, padding="same", activation="tanh"),
        ],
        name="generator",
    )


make_generator()(fixed_noise[:3]).shape

# %% [markdown]
# D has a third convolution, neither dropout nor batch normalisation, and one new layer.
# `BatchSpread` adds a feature map that holds one number: the standard deviation of the
# features across the batch, on average. Real batches vary; if G's vary less, D now sees it at
# once. (Keras can load a saved D again because the first line makes the new layer known to it.)


# %% tags=["taught"]
@keras.saving.register_keras_serializable("gan_course")
class BatchSpread(layers.Layer):
    """Adds a feature map that says how much the batch varies: (n, h, w, c + 1)."""

    def call(self, x):
        variance = tf.math.reduce_variance(x, axis=0)
        spread = tf.reduce_mean(tf.sqrt(variance + 1e-8))  # no slope of infinity at 0
        return tf.concat([x, spread * tf.ones_like(x[..., :1])], axis=-1)


# %% tags=["nbval-check-output"]
same, varied = np.zeros((4, 1, 1, 2)), np.arange(8.0).reshape(4, 1, 1, 2)
for batch in (same, varied):
    spread = BatchSpread()(np.float32(batch))[0, 0, 0, -1]
    print(f"{spread:.3f}, NumPy says {batch.std(axis=0).mean():.3f}")


# %% tags=["taught"]
def make_discriminator(filters=(16, 64)):
    """Pictures (n, 28, 28, 1) to logits (n, 1), a convolution for each filter count."""
    network = keras.Sequential([keras.Input((28, 28, 1))], name="discriminator")
    for maps in filters:
        network.add(layers.Conv2D(maps, 4, strides=2, padding="same"))
        network.add(layers.LeakyReLU(negative_slope=0.2))
    network.add(BatchSpread())
    network.add(layers.Flatten())
    network.add(layers.Dense(1))
    return network


make_discriminator(D_FILTERS)(real_images[:3]).shape

# %% [markdown]
# The step uses **one** generated batch and **two** tapes. Each tape records both losses'
# way back, and each `update` takes the gradients over one network's variables only. Every
# fourth step ends by moving the averaged generator:
# $\bar w \leftarrow 0.99\,\bar w + 0.01\,w$, where $w$ is a weight of `generator` and
# $\bar w$ the same weight of `average`.
#
# (By default D has two convolutions, and the average keeps 0.996: later lessons train with
# these.)


# %% tags=["taught"]
def make_train_step(
    generator, discriminator, average, batch_at, optimizers, decay=0.996
):
    """One step of both networks on one generated batch; optimizers is (G's, D's)."""
    g_optimizer, d_optimizer = optimizers
    g_optimizer.build(generator.trainable_variables)
    d_optimizer.build(discriminator.trainable_variables)

    def train_step(iteration):
        real_images = batch_at(iteration)
        noise = tf.random.stateless_normal((len(real_images), LATENT), [1, iteration])
        with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
            fake_images = generator(noise, training=True)
            real_logits = discriminator(real_images, training=True)
            fake_logits = discriminator(fake_images, training=True)
            d_loss = cross_entropy(real_logits, 0.9) + cross_entropy(fake_logits, 0)
            g_loss = cross_entropy(fake_logits, 1)
        update(d_optimizer, d_tape, d_loss, discriminator)
        update(g_optimizer, g_tape, g_loss, generator)
        if iteration % 4 == 0:  # a fourth of the work
            update_average(average, generator, iteration, decay=decay)
        return d_loss, g_loss

    return train_step


# %% tags=["taught"]
def make_optimizers(rate=1e-3):
    """Adam with little momentum, because the opponent keeps moving: (G's, D's)."""
    return tuple(keras.optimizers.Adam(rate, beta_1=0.5) for _ in range(2))


# %% [markdown]
# Everything that training needs goes into one dictionary: what is in it can be trained,
# saved and restored together.


# %%
def make_gan(seed=SEED):
    """New networks and optimizers, by name."""
    settings.set_seed(seed)
    generator = make_generator()
    g_optimizer, d_optimizer = make_optimizers(RATE)
    return {
        "generator": generator,
        "discriminator": make_discriminator(D_FILTERS),
        "average": training.make_average(generator),
        "g_optimizer": g_optimizer,
        "d_optimizer": d_optimizer,
    }


def make_step(gan, images=real_images):
    """The training step of a GAN from make_gan."""
    return make_train_step(
        gan["generator"],
        gan["discriminator"],
        gan["average"],
        training.make_batches(images, BATCH_SIZE, seed=SEED),
        (gan["g_optimizer"], gan["d_optimizer"]),
        decay=DECAY,
    )


# %% [markdown]
# **Predict.** Both losses go back through shared activations: could D's update move G by
# accident? Set G's rate to 0, so that only D's update is left, and compare **all** of G's
# weights before and after a step. Then the other way round.


# %% tags=["nbval-check-output"]
def moved(optimizer):
    """Which weights one step moves while the rate of `optimizer` is 0."""
    gan = make_gan()
    step = make_step(gan)
    gan[optimizer].learning_rate = 0.0
    networks = [gan["generator"], gan["discriminator"]]
    before = [network.get_weights() for network in networks]
    step(tf.constant(0))
    return {
        f"{network.name}, {'trained' if weight.trainable else 'recorded'}"
        for network, olds in zip(networks, before, strict=True)
        for weight, old in zip(network.weights, olds, strict=True)
        if not np.array_equal(weight.numpy(), old)
    }


for optimizer in ("g_optimizer", "d_optimizer"):
    print(f"with {optimizer} at 0, moved:", *sorted(moved(optimizer)), sep="\n  ")

# %% [markdown]
# With G's rate at 0, none of G's trained weights moved: D's update cannot reach them. What
# did move in G is what batch normalisation *records*, its running means and variances: a
# forward pass in training mode is enough for that.

# %% [markdown]
# ## How good is a picture?
#
# Before training, decide how to judge. The loss will not do: it says who is ahead, not how
# good the pictures are. Instead, show pictures to a small **classifier** that was trained
# on real clothes, and read 64 numbers, its *features*, for each.
#
# Summarise the features of many pictures by their mean $\mu$ and covariance $\Sigma$. The
# **Fréchet distance** of generated from real pictures is
#
# $$d^2 = |\mu_r - \mu_g|^2 + \text{tr}\left(\Sigma_r + \Sigma_g
# - 2 (\Sigma_r^{1/2} \Sigma_g \Sigma_r^{1/2})^{1/2}\right)$$
#
# - $\mu_r, \Sigma_r$ belong to `reference`, real pictures that no GAN here is trained on;
# - $\mu_g, \Sigma_g$ belong to the generated pictures; the distance is 0 if both agree.

# %%
classifier = classifiers.load_classifier("fashion_mnist")
unseen = "train" if fashion.provenance == "bundled" else "test"
reference = classifiers.load_reference("fashion_mnist", unseen)


def draw(generator, n, seed=2):
    """n pictures (n, 28, 28, 1) in [-1, 1] from a generator."""
    noise = np.random.default_rng(seed).normal(size=(n, LATENT)).astype("float32")
    return training.generate(generator, noise)


def distance(images):
    """Fréchet distance of pictures (n, 28, 28, 1) from unseen real ones."""
    features, _ = classifiers.classify(classifier, images)
    return metrics.frechet_distance(reference, features)


# %% [markdown]
# A number needs a scale. The **floor** is the distance of *real* pictures; far above it is
# that of pure noise. **Predict.** Where will the original's first stretch lie, and where the
# finished one? (Its pictures were compared with the official test pictures, for it was trained
# on all the others.)

# %%
rng = np.random.default_rng(SEED)
print(f"real pictures       {distance(real_images[-N_JUDGED:]):7.2f}")
print(f"the original so far {distance(draw(original_generator, N_JUDGED)):7.2f}")
print(f"... and finished    {finished.distance:7.2f}")
print(f"noise               {distance(rng.uniform(-1, 1, (500, 28, 28, 1))):7.2f}")

# %% [markdown]
# ## A training that survives a restart
#
# A training of minutes can be cut off: a kernel dies, a laptop is closed. So let it leave a
# **checkpoint** on disk: the weights, the optimizers' memories and rates, the number of the
# next iteration, and the losses and pictures so far. Try it on a few steps. Here is a
# training that is cut off after 20 iterations.

# %%
gan = make_gan()
checkpoint = training.Checkpoint(FOLDER / "trial", **gan)
_ = training.fit(make_step(gan), 20, checkpoint=checkpoint)

# %% [markdown]
# **Resume** in new networks, which begin with other weights: theirs are overwritten from the
# folder. To see that, restart the kernel here, run Setup, Settings and the cells that define
# something, and go on with the next cell.

# %%
resumed = make_gan(seed=SEED + 1)
checkpoint = training.Checkpoint(FOLDER / "trial", resume=True, **resumed)
resumed_history = training.fit(make_step(resumed), 23, checkpoint=checkpoint)

# %% [markdown]
# The folder holds neither code nor Settings nor data: these must be the same as before. Nor
# does it hold the state of a shuffle. Here batches and noise follow from the iteration's
# number alone, so the resumed run sees what an uninterrupted one would have seen. (A step
# that called `tf.random.normal` would go on with other noise.)
#
# **Predict.** Train without a break for 23 iterations. Will the last three losses agree
# approximately, to a few digits, or in every bit?

# %%
whole = training.fit(make_step(make_gan()), 23)
same = [
    np.array_equal(getattr(whole, name), getattr(resumed_history, name))
    for name in ("d_loss", "g_loss")
]
print("the same in every bit:", all(same))
assert np.allclose(whole.d_loss, resumed_history.d_loss, rtol=0.01)

# %% [markdown]
# In every bit, on a CPU. (A GPU adds in a different order each time, so there the last digits
# may differ.)
#
# ## Training
#
# Every so often, keep the pictures from a fixed noise batch, and judge some pictures of both
# generators, the last and the averaged one (2,000 at the laptop budget).


# %%
PAIR = ("generator", "average")


def train(gan, n_steps, checkpoint):
    """Train a GAN from make_gan, or go on from its checkpoint: the history."""

    def look():
        """Pictures from the fixed noise, and the distance of both generators."""
        pair = [distance(draw(gan[name], N_LOOKED_AT)) for name in PAIR]
        return gan["average"](fixed_noise).numpy(), pair

    return training.fit(
        make_step(gan),
        n_steps,
        snapshot=look,
        snapshot_every=LOOK_EVERY,
        checkpoint=checkpoint,
    )


run = training.compile_loop(make_step(make_gan()), max_steps=10)
settings.announce_time(
    "Training", STEPS / 10 * settings.seconds_per_call(lambda: run(0, 10))
)

# %% [markdown]
# Where may the losses end? With labels of 0.9, D answers 0.45 at equilibrium, as lesson 04
# derives. That puts the losses at other levels than 2 ln 2 and ln 2.

# %% tags=["nbval-check-output"]
LEVELS = dict(zip(("d_level", "g_level"), losses.equilibrium(0.9), strict=True))
print(f"D's loss {LEVELS['d_level']:.3f} (2 ln 2 is {2 * np.log(2):.3f})")
print(f"G's loss {LEVELS['g_level']:.3f} (ln 2 is {np.log(2):.3f})")

# %% [markdown]
# Now the whole way. If it is cut off, or if you press the stop button (■), set
# `RESUME = True` in Settings, run that cell, and then this one again.

# %%
gan = make_gan()
checkpoint = training.Checkpoint(FOLDER / "gan", resume=RESUME, **gan)
history = train(gan, STEPS, checkpoint)
snapshots = history.snapshots

# %% [markdown]
# ## Results
#
# First the look, on the averaged generator, beside real pictures that it has never seen.

# %%
fake_images = draw(gan["average"], N_JUDGED)
fig, axes = plt.subplots(1, 2, figsize=(7, 3.7))
plotting.plot_images(held_out_images[:64], title="real", ax=axes[0])
plotting.plot_images(fake_images[:64], title="generated", ax=axes[1])
plt.show()

# %% [markdown]
# **Figure 5.4.** Real pictures (left) and generated ones, not selected (right). After the
# laptop's training most show a garment, with sleeves or heels in place; bags seldom have a handle,
# prints are blurred, and about a quarter are scraps of no garment at all.
#
# Then the number, over training. **Predict.** In the second half G's loss rises. What will the
# distance do, and which generator will be nearer to real pictures: the last or the average?

# %%
iterations = np.array([iteration for iteration, _ in snapshots])
distances = np.array([pair for _, (_, pair) in snapshots])
fig, axes = plt.subplots(1, 2, figsize=(7, 3))
plotting.plot_losses(history, smooth=100, **LEVELS, ax=axes[0])
axes[0].set(title="losses", ylim=(0, 4))  # single steps may be far beyond
axes[1].semilogy(iterations, distances[:, 0], "k--", label="last weights")
axes[1].semilogy(iterations, distances[:, 1], color=plotting.FAKE, label="averaged")
axes[1].set(xlabel="iteration", title="Fréchet distance")
axes[1].set_yticks([10, 20, 50, 100, 200], ["10", "20", "50", "100", "200"])
axes[1].minorticks_off()
axes[1].legend()
plt.show()
last_distance = distance(draw(gan["generator"], N_JUDGED))
average_distance = distance(fake_images)
print(f"last weights {last_distance:.2f}, averaged {average_distance:.2f}")

# %% [markdown]
# **Figure 5.5.** Left: the losses. G's ends about where it began, while the distance falls to a small part: losses do not
# tell how good pictures are. At this high rate the two
# can lose their balance for some steps, far above the panel, and find it again. The last weights
# may jump back then; their average hardly notices. Right: the Fréchet distance (2,000 pictures at
# the laptop budget, log scale), which goes on falling long after.
# At first the average lags behind the weights that it follows; later it goes straight on where
# they swing.
#
# And a third judge, who knows what can go wrong: the clinic of lesson 08. It looks at the
# losses, both networks, and real pictures that D has not seen; each finding (-) comes with its evidence, and what it cannot judge it says (?). ("None that
# the course knows" does not mean that you took a wrong loss: the one logged for a small batch may be too far from
# what the clinic works out from more pictures.)

# %%
some_noise = tf.random.stateless_normal((256, LATENT), [SEED, 3])
patient = clinic.Gan(gan["generator"], gan["discriminator"], real_images, some_noise)
patient.held_out = held_out_images
clinic.examine(history, patient)

# %% [markdown]
# ### Which change bought what
#
# The last rows of the table under "Small enough for a laptop" were found by trying. Here is what
# each of them bought: the recipe, then the recipe with one of them taken back, and two changes that
# were tried and left out. "Before" has the old average, too, which kept 0.996 of itself. All had
# equal seconds of one processor core, in turn, from the same three seeds, on the pictures that come
# with the course. The last four were trained a day later, in turn among themselves (but for the
# second seed of the last): the recipe once more, then with nothing but the old average put back, then
# with the pictures in one order in every epoch, or each batch drawn by chance from all.
# (`benchmarks/fashion_search.py` did it, and kept every run in `data/fashion_search.csv`. R1, a price
# on D's slope, is the cure of lesson 08.)
#
# **Predict.** Which one costs most when it is taken back? And does it help that the rate falls
# towards the end, so that the pictures come to rest? Does the order of the real pictures matter?

# %%
CHANGES = {
    "lesson": "the recipe",
    "lesson, D of two convolutions": "without the third convolution",
    "lesson, rate of 0.001": "without the high rate",
    "before": "before",
    "lesson, a rate that falls": "and a rate that falls",
    "lesson, with R1": "and R1",
    "lesson, again": "the recipe, a day later",
    "lesson, average of 0.996": "with the old average",
    "lesson, one order": "in one order",
    "lesson, drawn by chance": "drawn by chance",
}
with open(bundled_dir() / "fashion_search.csv", encoding="utf-8") as file:
    rows = list(csv.DictReader(file))
print(f"{'':30} distance, median and each seed")
for recipe, change in CHANGES.items():
    found = [float(row["distance"]) for row in rows if row["recipe"] == recipe]
    print(f"{change:30} {np.median(found):5.1f}   ", *(f"{x:6.1f}" for x in found))

# %% [markdown]
# Neither change was worth anything alone: with one of them taken back the distance is about what it
# was before. Together they nearly halve it. A rate that falls was worse with every seed. A step
# costs more with a third convolution and with R1, so these took fewer steps in the same time; what
# is printed has paid for that. The old average alone costs something with every seed: 6.8, 1.6 and
# 2.8. Whether the pictures are shuffled, come in one order or are drawn by chance hardly matters on
# two of the seeds.
#
# And look at each seed, not at the median alone. With R1 one run was nearer than the recipe, one
# level with it, and the third lost its way; in one order one run of three was twice as far as the
# recipe (37.0, not 18.0). On one seed either could have been the story. And the same recipe from the
# same seeds gave other distances a day later: the same seconds were then enough for 3,176, 4,617 and
# 4,698 steps, not 3,601, 3,641 and 3,561. So compare the last four rows only with one another.
#
# ### Every class?
#
# Does it make *every* class? The classifier sorts the generated pictures. A GAN that has
# lost a class has suffered **mode collapse**; call a class present from 3 % on.

# %%
_, probabilities = classifiers.classify(classifier, fake_images)
shares = 100 * metrics.class_shares(probabilities)
fig, ax = plt.subplots(figsize=(6.4, 2.8))
ax.bar(fashion.class_names, shares, color=plotting.FAKE)
ax.axhline(10, color=plotting.REAL, linestyle="--")
ax.axhline(3, color="#777777", linestyle=":")
ax.set(ylabel="% of generated pictures")
ax.tick_params(axis="x", rotation=30)
plt.show()
print(f"rarest class: {fashion.class_names[shares.argmin()]}, {shares.min():.1f} %")
if STEPS >= 8_000:  # a shorter run promises nothing
    assert shares.min() >= 3

# %% [markdown]
# **Figure 5.6.** Classes of the generated pictures, as the classifier sees them. Dashed: the
# share in the real data; dotted: the 3 % below which a class would count as lost.
#
# (The classifier has to choose a class, garment or not. How many are garments neither it nor the
# distance tells: look at Figure 5.4.)
#
# **Invented or copied?** Look up the nearest training picture of each generated one, pixel
# by pixel. For comparison do the same with held-out real pictures: they are *not* copies,
# so their distances show what "new" looks like.

# %%
nearest, fake_gap = metrics.nearest_neighbours(fake_images[:1000], real_images)
_, held_out_gap = metrics.nearest_neighbours(held_out_images, real_images)
fig, axes = plt.subplots(2, 1, figsize=(7, 2.7))
for ax, rows in zip(axes, (slice(0, 12), slice(12, 24)), strict=True):
    pairs = np.concatenate([fake_images[rows], real_images[nearest[rows]]])
    plotting.plot_images(pairs, columns=12, ax=ax)
    for y, name in ((15, "generated"), (44, "nearest")):
        ax.text(-4, y, name, ha="right", va="center")
plt.show()

# %% [markdown]
# **Figure 5.7.** Twenty-four generated pictures, and below each the nearest picture of the
# training set. After the laptop's training most pairs agree in kind and outline, and differ
# in cut, shade and detail.

# %%
fig, ax = plt.subplots(figsize=(6.4, 2.6))
bins = np.linspace(0, max(held_out_gap.max(), fake_gap.max()), 50)
ax.hist(held_out_gap, bins, histtype="step", color=plotting.REAL, label="held-out real")
ax.hist(
    fake_gap,
    bins,
    histtype="step",
    linestyle="--",
    color=plotting.FAKE,
    label="generated",
)
ax.set(xlabel="distance to the nearest training picture", ylabel="pictures")
ax.legend()
plt.show()
medians = np.median(held_out_gap), np.median(fake_gap)
print("median: held-out real {:.1f}, generated {:.1f}".format(*medians))

# %% [markdown]
# **Figure 5.8.** Distances to the nearest training picture. A generator that copies would
# have a peak at 0. There is none: after training, the generated pictures (dashed) lie even
# farther from the training set than new real ones do. None is a copy pixel by pixel. (A copy moved
# by one pixel would pass this test: lesson 09.)

# %% [markdown]
# ### A walk and a film (optional)
#
# Walk through noise space: straight lines between a few noise vectors. Does one picture jump to
# the next, or change into it? (Neither proves that pictures were stored, nor that they were not.)

# %%
corners = np.random.default_rng(4).normal(size=(4, LATENT)).astype("float32")
walk = plotting.latent_walk(corners, steps=12).astype("float32")
walk_images = gan["average"](walk).numpy()
plotting.plot_images(walk_images, columns=12)
plt.show()

# %% [markdown]
# **Figure 5.9.** A walk through noise space, twelve steps a row; each row ends where the
# next begins. One shape turns into another step by step; many on the way, some of the ends, too,
# are no garments.

# %% [markdown]
# And the film of the training, for the projector. A GIF of it is in the `outputs` folder.

# %%
film = snapshots[1:]  # without the grey, untrained start
frames = [plotting.images_to_frame(i[:24], columns=12) for _, (i, _) in film]
plotting.save_animation(FOLDER / "training.gif", frames, fps=4)
plotting.show_animation(frames, fps=4)

# %% [markdown]
# **Figure 5.10.** The averaged generator on the same 24 noise vectors, through training, as a
# film. Blurred patches become garments; then most places keep theirs and refine it, and some
# still change.

# %% [markdown]
# ## What goes wrong
#
# An easy slip with pictures: forgetting to scale them. Bytes from 0 to 255 go to D
# while G, ending in tanh, cannot leave $[-1, 1]$.
#
# **Predict.** Who wins, and how soon? Which number tells you?

# %%
slip = make_gan()
bytes_as_they_are = (real_images[:2000] + 1) * 127.5
slip_steps = min(STEPS, 1000)
slip_history = training.fit(make_step(slip, images=bytes_as_they_are), slip_steps)
plotting.plot_losses(slip_history, smooth=20, **LEVELS)
plt.show()
d_end, g_end = slip_history.d_loss[-50:].mean(), slip_history.g_loss[-50:].mean()
print(f"at the end: D's loss {d_end:.2f}, G's {g_end:.2f}")

# %% [markdown]
# **Figure 5.11.** Losses on unscaled pictures. In the laptop's 1,000 iterations D's falls far
# below its level, close to 0.33, the least that labels of 0.9 allow, and G's climbs far above
# its own: D has won, and no picture of G's can change that.
#
# The scaling has a place: `.scaled()` of a data set, or `training.make_batches`, which scales
# **bytes** (uint8) as it draws them. What is already a float it takes as it is, so a picture
# of your own that became a float on the way is yours to scale.

# %% [markdown]
# ## The live lab (optional)
#
# Watch the pictures while they are learned. The lab starts with a fresh G of this lesson and a D of
# two convolutions, at a rate of 0.001, with labels of 1 and no average; its quality curve is your
# own `distance`, over 500 pictures. First a still picture.

# %%
settings.set_seed(SEED)
picture_lab = lab.ImageLab(
    make_generator(),
    make_discriminator(),
    real_images,
    quality=distance,
    batch_size=BATCH_SIZE,
    d_rate=1e-3,
    g_rate=1e-3,
)
picture_lab.step(LAB_STEPS)
picture_lab.figure()
plt.show()

# %% [markdown]
# **Figure 5.12.** The picture lab after 400 iterations at the laptop budget: pictures from a
# fixed noise, D's scores for real and generated pictures, the losses, and the distance.

# %% [markdown]
# Alive, below. **Predict**, then try:
#
# - Give D ten times G's learning rate. Which way do the two histograms of scores move?
# - Take two G steps for each D step. Do the losses or the pictures change first?
# - Go back in time and continue with the hinge loss.

# %%
picture_lab.show()

# %% [markdown]
# ## After an hour (optional)
#
# What do your pictures lack: a better recipe, or patience? This recipe was trained for this course
# for an hour of one processor core, on all 60,000 training pictures (by
# `tools/train_generators.py clothes`). One thing more was changed: over the hour both rates fell, along
# half a cosine, to a twentieth. (In runs of a minute that was worse on each seed.) The averaged
# generator comes with the course.
#
# **Predict.** How much of the way from your distance to the floor does the hour go?

# %%
hour_generator = generators.load_generator("clothes")
hour_images = draw(hour_generator, N_JUDGED)
fig, axes = plt.subplots(1, 2, figsize=(5.6, 3))
plotting.plot_images(fake_images[:36], columns=6, title="yours", ax=axes[0])
plotting.plot_images(hour_images[:36], columns=6, title="after an hour", ax=axes[1])
plt.show()

# %% [markdown]
# **Figure 5.13.** Pictures by your generator (left) and by the one that was trained for an hour
# (right), not selected. Both got the same noise, but each has found its own clothes for it.
#
# The hour has seen all training pictures, so its own are compared with the official test pictures.

# %%
features, _ = classifiers.classify(classifier, hour_images)
never_seen = classifiers.load_reference("fashion_mnist", "test")
hour_distance = metrics.frechet_distance(never_seen, features)
print(f"yours         {average_distance:7.2f}")
print(f"after an hour {hour_distance:7.2f}")
print(f"real pictures {distance(real_images[-N_JUDGED:]):7.2f}")

# %% [markdown]
# When we ran it, the hour went about a third of the way from ours to the floor. But patience is not
# what did it: on the same 60,000 pictures, with rates that stay, five minutes of one core gave 5.0 to
# 6.0 (`benchmarks/RESULTS.md`), as near as the hour. Perhaps the falling rates held it back. What is
# lacking most is a better recipe: lesson 11, which tells both networks the class, gets far below
# your distance in some minutes.
#
# ### Walk with your hand
#
# Noise has 32 directions; which ones matter? The first layer multiplies it by a matrix. Its
# **singular vectors** are the directions in noise space, ordered by how strongly the layer answers.
# Take the first three, and go along each.

# %%
matrix = hour_generator.layers[0].get_weights()[0]  # (32, 7 * 7 * 64)
directions = np.linalg.svd(matrix, full_matrices=False)[0].T[:3]
start = np.random.default_rng(5).normal(size=LATENT)
along = [start + x * way for way in directions for x in np.linspace(-3, 3, 9)]
ax = plotting.plot_images(hour_generator(np.float32(along)).numpy(), columns=9)
for k, name in enumerate(("first", "second", "third")):
    ax.text(-3, 29 * k + 14, name, ha="right", va="center")
plt.show()

# %% [markdown]
# **Figure 5.14.** From one noise vector (middle column) back by up to 3 (left) and ahead by up to 3
# (right), along each of the three directions. Much changes little by little; from one kind of
# garment to another it may take a single step.
#
# **Predict**, then move the sliders: what will the ends of two rows give together?


# %%
@interact(
    first=FloatSlider(0.0, min=-3, max=3, step=0.25),
    second=FloatSlider(0.0, min=-3, max=3, step=0.25),
    third=FloatSlider(0.0, min=-3, max=3, step=0.25),
)
def go(first, second, third):
    place = start + np.array([first, second, third]) @ directions
    ax = plt.subplots(figsize=(2.4, 2.4))[1]
    plotting.plot_images(hour_generator(np.float32([place])).numpy(), columns=1, ax=ax)


# %% [markdown]
# (The widget shows the picture at the place that you set; where it stays empty, the page is a saved
# one, and Figure 5.14 shows each slider alone.) The effects do not add up: after the first layer
# come batch normalisation, ReLU and convolutions, and what a direction does depends on the place.

# %% [markdown]
# ## Key points
#
# - Transposed convolutions grow a picture, strided ones shrink it; a kernel size that
#   the stride divides lets them overlap evenly.
# - On a CPU, do less per step: fewer filters, one generated batch for both losses.
# - The loss is not a measure of quality. A distance over a classifier's features is.
# - Average G's weights. It costs next to nothing and steadies the pictures.
# - Save everything that training changes, and let data and noise follow from the iteration.
# - Test for lost classes and for copies; a nice grid shows neither.

# %% [markdown]
# ## Exercises
#
# **5.1 The average, by hand.** Write the moving average of this lesson for plain numbers:
# start from the first value; each further value $v$ gives
# $\bar w \leftarrow d\,\bar w + (1 - d)\,v$. How many values back does $d = 0.99$ reach, and
# how many iterations of the training is that?


# %% tags=["solution"]
def moving_average(values, decay):
    """The exponential moving average of a list of numbers, after the last one."""
    # BEGIN SOLUTION
    # STUB: return ...
    average = values[0]
    for value in values[1:]:
        average = decay * average + (1 - decay) * value
    return average
    # END SOLUTION


# %% tags=["check", "nbval-check-output"]
checks.check(
    "5.1",
    moving_average,
    {
        "0.75 · 4 + 0.25 · 8": lambda f: checks.same(f([4.0, 8.0], 0.75), 5),
        "the only value": lambda f: checks.same(f([4.0], 0.9), 4),
        "a constant stays": lambda f: checks.same(f([3.0] * 9, 0.9), 3),
        "0.9 to the power of 20 is left of a first 1": lambda f: checks.same(
            f([1.0] + [0.0] * 20, 0.9), 0.9**20
        ),
    },
    {
        "d belongs to the old average, 1 - d to the new value.": lambda f: checks.same(
            f([4.0, 8.0], 0.75), 7
        ),
        "start from the first value, not from 0.": lambda f: checks.same(
            f([4.0, 8.0], 0.75), 2.75
        ),
        "return the average after the last value only.": lambda f: (
            np.size(f([4.0, 8.0], 0.75)) == 2
        ),
        "this is the plain mean.": lambda f: checks.same(f([4.0, 8.0], 0.75), 6),
    },
)

# %% [markdown] tags=["solution"]
# After $n$ further values a value's weight has shrunk by $d^n$; it is halved every
# $\ln 2 / (1 - d) \approx 69$ values for $d = 0.99$. The training step averages at every
# fourth iteration, so half of the weight belongs to about the last $4 \cdot 69 = 276$
# iterations.

# %% [markdown]
# **5.2 Walk on the sphere.** In 32 dimensions nearly all noise vectors have a length close
# to $\sqrt{32}$, but the middle of a straight line is shorter. Write the *spherical*
# interpolation $\frac{\sin((1-t)\,\omega)}{\sin\omega}\,a + \frac{\sin(t\,\omega)}{\sin\omega}\,b$,
# where $\omega$ is the angle between $a$ and $b$, and compare the pictures half-way.


# %% tags=["solution"]
def walk_on_sphere(a, b, t):
    """The point at t (0 to 1) on the arc from a (latent,) to b (latent,)."""
    # BEGIN SOLUTION
    # STUB: return ...
    cosine = a @ b / (np.linalg.norm(a) * np.linalg.norm(b))
    angle = np.arccos(np.clip(cosine, -1, 1))
    return (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle)
    # END SOLUTION


# %% tags=["check", "nbval-check-output"]
a, b = np.float32([3, 0, 0]), np.float32([1, np.sqrt(3), 0])  # 60 degrees apart
third = 2 / np.sqrt(3) * (np.sin(np.pi * 2 / 9) * a + np.sin(np.pi / 9) * b)
checks.check(
    "5.2",
    walk_on_sphere,
    {
        "half-way: (a + b) / √3": lambda f: checks.same(
            f(a, b, 0.5), (a + b) / np.sqrt(3), atol=1e-4
        ),
        "starts at a": lambda f: checks.same(f(a, b, 0.0), a, atol=1e-4),
        "ends at b": lambda f: checks.same(f(a, b, 1.0), b, atol=1e-4),
        "a third of the way: 20 degrees": lambda f: checks.same(
            f(a, b, 1 / 3), third, atol=1e-4
        ),
    },
    {
        "divide a · b by both lengths before you take arccos.": lambda f: np.isnan(
            f(a, b, 0.5)
        ).any(),
        "the angle is not always 90 degrees: compute it.": lambda f: checks.same(
            f(a, b, 0.5), (a + b) / np.sqrt(2)
        ),
        "divide by sin ω.": lambda f: checks.same(f(a, b, 1.0), np.sqrt(0.75) * b),
        "this is the straight line.": lambda f: checks.same(f(a, b, 0.5), (a + b) / 2),
        "at t = 0 it is a, at t = 1 it is b.": lambda f: checks.same(f(a, b, 0.0), b),
    },
)

# %% tags=["solution"]
# BEGIN SOLUTION
# STUB: # Draw twelve pictures along both ways between two noise vectors.
ends = np.random.default_rng(4).normal(size=(2, LATENT))
steps = np.linspace(0, 1, 12)
arc = [walk_on_sphere(*ends, t) for t in steps]
line = [(1 - t) * ends[0] + t * ends[1] for t in steps]
both = gan["average"](np.float32(line + arc)).numpy()
ax = plotting.plot_images(both, columns=12, title="straight (top) and on the sphere")
# END SOLUTION

# %% [markdown]
# **5.3 A detector of copies.** Turn Figure 5.8 into a number: the share of generated
# pictures that lie closer to the training set than all but 1 % of the held-out pictures.
# About 1 % is what an honest generator would get; a copier gets 100 %.


# %% tags=["solution"]
def share_of_copies(generated_gaps, held_out_gaps):
    """Share of generated gaps below the 1 % quantile of the held-out gaps."""
    # BEGIN SOLUTION
    # STUB: return ...
    return np.mean(generated_gaps < np.quantile(held_out_gaps, 0.01))
    # END SOLUTION


# %% tags=["check", "nbval-check-output"]
ruler = 5 + np.random.default_rng(0).permutation(1000) ** 2 / 1e5  # 5 to 15
checks.check(
    "5.3",
    share_of_copies,
    {
        "1 for a copier": lambda f: checks.same(f(np.zeros(50), ruler), 1),
        "0 for gaps as large as the largest": lambda f: checks.same(
            f(np.full(50, ruler.max()), ruler), 0
        ),
        "0.01 for gaps like the held-out ones": lambda f: checks.same(
            f(ruler, ruler), 0.01, atol=0.002
        ),
        "a quarter if a quarter is copied": lambda f: checks.same(
            f(np.repeat([0.0, 9.0], [25, 75]), ruler), 0.25
        ),
    },
    {
        "a share goes from 0 to 1: divide by how many there are.": lambda f: (
            f(np.zeros(50), ruler) > 1
        ),
        "a copy's gap is small: count those below the limit.": lambda f: checks.same(
            f(ruler, ruler), 0.99, atol=0.002
        ),
        "np.quantile counts from 0 to 1: 1 % is 0.01.": lambda f: checks.same(
            f(ruler, ruler), 0.999, atol=0.001
        ),
        "the limit is the held-out gaps'.": lambda f: f(np.zeros(50), ruler) == 0,
    },
)

# %% tags=["solution"]
# BEGIN SOLUTION
# STUB: # Print the share for the generator that you trained, in percent.
print(
    f"{100 * share_of_copies(fake_gap, held_out_gap):.1f} % of the generated pictures"
)
# END SOLUTION

# %% [markdown]
# ## References
#
# - A. Radford, L. Metz and S. Chintala, *Unsupervised representation learning with deep
#   convolutional generative adversarial networks*, 2015: the DCGAN and its rules.
# - H. Xiao, K. Rasul and R. Vollgraf, *Fashion-MNIST*, 2017: the data.
# - A. Odena, V. Dumoulin and C. Olah, *Deconvolution and checkerboard artifacts*, 2016.
# - T. Karras et al., *Progressive growing of GANs*, 2018: a batch's spread as a feature.
# - Y. Yazıcı et al., *The unusual effectiveness of averaging in GAN training*, 2019.
# - M. Heusel et al., *GANs trained by a two time-scale update rule*, 2017: the Fréchet
#   distance over a network's features. Theirs uses another network, so its values cannot
#   be compared with ours.
