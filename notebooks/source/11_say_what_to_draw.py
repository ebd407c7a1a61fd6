# ---
# title: Say what to draw
# minutes: 5
# teaching: 85
# prerequisites: Lesson 05 (its networks, the average and the distance).
# taught: control
# ---

# %% [markdown]
# ## Questions
#
# - How do you ask a GAN for a shoe, and how do you know that it listened?
# - What can you ask of a generator that was never told any class?
# - Are generated pictures good for anything when only 100 pictures have a label?
# - How do you take a generator out of the notebook, and what should you think of before?
#
# **You will be able to** give a label to both networks of a GAN and test that each of them
# uses it, find directions in noise space with labels and without, measure what else changes
# along them, judge a semi-supervised classifier fairly, and draw a thousand pictures in a program
# of their own.

# %% [markdown]
# ## Setup
#
# Networks, optimizers and the averaged weights are those of lesson 05; the judge is its
# classifier.

# %% tags=["setup"]
import csv
import subprocess
import sys
from collections import defaultdict

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from ipywidgets import Dropdown, IntSlider, interact
from keras import layers

from gan_helpers import (
    checks,
    classifiers,
    course,
    data,
    losses,
    metrics,
    plotting,
    settings,
    training,
)
from gan_helpers.data.bundled import bundled_dir
from gan_helpers.taught import fashion
from gan_helpers.taught.fashion import BATCH_SIZE, DECAY, LATENT, BatchSpread
from gan_helpers.taught.quadratic import cross_entropy
from gan_helpers.training import update, update_average

plotting.set_style()

# %% [markdown]
# ## Settings
#
# As in lesson 05: the 10,000 official test pictures that come with the course, and `SPLIT,
# SOURCE = "train", None` for all 60,000 training pictures. `RESUME = True` goes on with a
# training that was cut off.

# %% tags=["taught"]
N_CLASSES = 10
RATE = 2e-3  # of both optimizers: half of lesson 05's

# %%
SEED = 0
OFFLINE = ("test", "bundled")
SPLIT, SOURCE = settings.budget(fast=OFFLINE, laptop=OFFLINE, full=("train", None))
STEPS = settings.budget(fast=40, laptop=8_000, full=60_000)
PLAIN_STEPS = settings.budget(fast=40, laptop=3_000, full=60_000)
N_JUDGED = settings.budget(fast=500, laptop=10_000, full=10_000)
N_LATENTS = settings.budget(fast=500, laptop=10_000, full=10_000)
N_FEATURES = settings.budget(fast=200, laptop=2_000, full=4_000)
N_SAVED = settings.budget(fast=20, laptop=1_000, full=1_000)
RESUME = False
FOLDER = settings.output_dir("11_say_what_to_draw")
settings.set_seed(SEED)
course.announce_budget("11")

# %% [markdown]
# ## The idea
#
# A GAN of clothes draws what it likes. To say "a sandal, please", tell **both** players the
# class $y$ of the picture:
#
# $$V(D, G) = E_{x, y}[\log D(x, y)] + E_{z, y}[\log(1 - D(G(z, y), y))]$$
#
# - $x, y$ is a real picture and its label; $D(x, y)$ answers whether $x$ is a real picture **of
#   class $y$**;
# - $G(z, y)$ draws class $y$ from the noise $z$. The noise is still there: it decides *which*
#   sandal.
#
# Read for one class, this is the game of lesson 01. So its solution holds class by class:
# the best D is $p(x|y) / (p(x|y) + q(x|y))$, and at the end $q(x|y) = p(x|y)$. This is a
# **conditional GAN**.
#
# **Predict.** Tell only G the class, and leave D as it was. What will G do with its label? And if
# only D is told?

# %% [markdown]
# A D without labels is content with any garment. G gains nothing by obeying, and its label is
# five more numbers of noise, or fifty. If only D knows, G cannot obey: a sandal that was asked for as
# a coat counts as fake, and G never learns what was asked. Both have to know.
#
# ## The data
#
# The pictures come with labels, numbers from 0 to 9.

# %%
fashion_set = data.load_fashion_mnist(split=SPLIT, source=SOURCE)
pictures, labels = fashion_set.scaled(), fashion_set.labels.astype("int32")
real_images, real_labels = pictures[:-1000], labels[:-1000]
held_out_images, held_out_labels = pictures[-1000:], labels[-1000:]
NAMES = fashion_set.class_names
print(fashion_set.describe())

# %% [markdown]
# A label must stay with its picture. `training.make_batches` visits its rows in an order that
# follows from the seed and the iteration alone; the same seed therefore gives labels in the
# order of the pictures. Do not believe it, test it: batches of pictures beside batches of
# their row numbers.

# %% tags=["nbval-check-output"]
rows = np.arange(len(real_images), dtype="int32")
picture_at, row_at = (
    training.make_batches(x, BATCH_SIZE, seed=SEED) for x in (real_images, rows)
)
found = [np.array_equal(picture_at(i), real_images[row_at(i)]) for i in range(0, 900, 9)]
print("each picture keeps its row:", all(found))

# %% [markdown]
# ## A label for G: an embedding
#
# A network wants numbers that mean something, and "7" is not 7 times as much sneaker as "1".
# An **embedding** is a table with one row of trained numbers for each class; the label picks
# its row. It is the same as a one-hot vector times a matrix, without the zeros.

# %% tags=["nbval-check-output"]
table = layers.Embedding(N_CLASSES, 4)
row = table(np.array([7]))
one_hot = np.eye(N_CLASSES)[[7]]
print("a row:", row.shape, "the same:", np.allclose(row, one_hot @ table.get_weights()[0]))

# %% [markdown]
# Where does G take it in? Here each class gets a row of 32 numbers that **multiply** the noise: a
# class can turn some of them up, others down, and change signs. From there on it is the generator
# of lesson 05. (Another way is to lay the row beside the noise; a table in the results compares
# the two.)


# %% tags=["taught"]
def make_generator():
    """Noise (n, 32) and labels (n,) to pictures (n, 28, 28, 1)."""
    noise, label = keras.Input((LATENT,)), keras.Input((), dtype="int32")
    row = layers.Embedding(N_CLASSES, LATENT)(label)
    pictures = fashion.make_generator()(layers.Multiply()([noise, row]))
    return keras.Model([noise, label], pictures, name="generator")


# %% [markdown]
# A label that is no class has to be refused **before** it reaches the table: on a CPU
# TensorFlow stops with a message about indices, on a GPU it takes a row of zeros and says
# nothing. So has a list of labels that does not fit the noise.


# %% tags=["taught"]
def check_labels(labels, n):
    """The labels as int32 (n,); a ValueError says what is wrong with them."""
    labels = np.asarray(labels)
    if labels.shape != (n,):
        raise ValueError(
            f"labels have the shape {labels.shape}, expected ({n},): one for each "
            "noise vector. np.full(n, label) repeats one label."
        )
    bad = [y for y in labels.tolist() if y not in range(N_CLASSES)]
    if bad:
        raise ValueError(
            f"labels contain {bad[0]!r}, expected whole numbers from 0 to "
            f"{N_CLASSES - 1}. names.index('Bag') gives the label of a name."
        )
    return labels.astype("int32")


# %% tags=["taught"]
def draw(generator, noise, labels):
    """Pictures (n, 28, 28, 1) in [-1, 1] of noise (n, 32) and labels (n,)."""
    labels = check_labels(labels, len(noise))
    parts = [
        generator([noise[k : k + 100], labels[k : k + 100]], training=False)
        for k in range(0, len(noise), 100)
    ]
    return np.concatenate(parts)


# %% tags=["nbval-check-output"]
some_noise = np.random.default_rng(SEED).normal(size=(3, LATENT)).astype("float32")
print(draw(make_generator(), some_noise, [0, 5, 9]).shape)
for wrong in ([0, 5, 10], [0, 5]):
    try:
        draw(make_generator(), some_noise, wrong)
    except ValueError as error:
        print(error)

# %% [markdown]
# ## A label for D, first way: planes
#
# D begins with convolutions, which look at a small patch. So put the label where every patch
# sees it: ten more channels beside the grey one, each a **plane** of 28×28 equal numbers, all
# ones for the class and all zeros for the others.
#
# A much-copied example builds them like this: repeat each number of the one-hot vectors
# 28·28 times, then reshape to `(n, 28, 28, 10)`. The shape is right, and no error comes.
#
# **Predict.** Is plane 2 of a pullover, class 2, all ones?


# %% tags=["taught"]
def label_planes(labels, height=28, width=28):
    """Labels (n,) as planes (n, height, width, 10): ones for the class, else zeros."""
    one_hot = tf.one_hot(labels, N_CLASSES)[:, None, None, :]  # (n, 1, 1, 10)
    return tf.tile(one_hot, [1, height, width, 1])


# %%
def wrong_planes(labels):
    repeated = np.repeat(np.eye(N_CLASSES)[labels], 28 * 28)
    return repeated.reshape(-1, 28, 28, N_CLASSES)


# %%
fig, axes = plt.subplots(2, 5, figsize=(7, 3.2))
for way, planes in enumerate((wrong_planes([2])[0], label_planes([2])[0])):
    for channel, ax in enumerate(axes[way]):
        ax.imshow(planes[..., channel], vmin=0, vmax=1)
        ax.set(title=f"plane {channel}", xticks=[], yticks=[])
    axes[way, 0].set_ylabel(("reshaped", "tiled")[way])
plt.show()

# %% [markdown]
# **Figure 11.1.** The first five of ten label planes for class 2, white for 1. Above, repeated
# and reshaped: every plane has the same white stripe. Below, tiled: plane 2 is white, the
# others are black.
#
# Reshape fills the last axis first, and the last axis is the channel. What should have gone into
# one channel went into all ten, three rows high. The label is still there, as the height of a
# stripe, so that such a GAN learns *something*, and nobody looks for the fault. But most patches of the
# picture see no label at all. `np.tile`, `tf.tile` and broadcasting keep the axes apart.

# %% tags=["nbval-check-output"]
asked = np.array([2, 0, 9])
expected = np.broadcast_to(np.eye(10)[asked][:, None, None], (3, 28, 28, 10))
for name, planes in (("tiled", label_planes), ("reshaped", wrong_planes)):
    found = np.asarray(planes(asked))
    print(f"{name:9} {found.shape}, right: {np.array_equal(found, expected)}", end=", ")
    print(f"pixels that see a label: {np.mean(found.any(-1)):.0%}")

# %% [markdown]
# ## A label for D, second way: the projection
#
# Which form has the best D? Its logit is the logarithm of a ratio of densities, and that
# comes apart into one ratio about the class and one about the picture alone:
#
# $$\log\frac{p(x, y)}{q(x, y)} = \log\frac{p(y|x)}{q(y|x)} + \log\frac{p(x)}{q(x)}$$
#
# - $p$ is the density of real pairs, $q$ that of generated ones.
#
# Let D's convolutions make features $\phi(x)$, and suppose that classes can be read off them
# linearly, as a classifier's last layer does it: $\log p(y|x) = v_y \cdot \phi(x) - \log Z(x)$,
# where $Z$ normalises, and the same for $q$ with rows $v'_y$. In the difference only the rows'
# difference $e_y = v_y - v'_y$ meets the label; all that does not contain $y$ goes into one term:
#
# $$D(x, y) = e_y \cdot \phi(x) + \psi(\phi(x))$$
#
# - $e_y$ is a row of an embedding, one for each class; a *projection* of the features onto it;
# - $\psi$ is a dense layer with one output: the D of lesson 05, which asks for no class.
#
# Check the claim where all densities are known: three classes of points in the plane, real ones
# Gaussian around one place, generated ones around another.

# %% tags=["nbval-check-output"]
rng = np.random.default_rng(SEED)
real_means, fake_means = rng.normal(size=(2, 3, 2))
points, classes = rng.normal(size=(8, 2)), rng.integers(0, 3, 8)
log_p, log_q = (
    -np.sum((points - means[classes]) ** 2, axis=1) / 2
    for means in (real_means, fake_means)
)
phi = np.column_stack([points, np.ones(8)])  # features: the point, and 1
shift = -(np.sum(real_means**2, 1) - np.sum(fake_means**2, 1)) / 2
e = np.column_stack([real_means - fake_means, shift])  # a row for each class
print("the best logit is a projection:", np.allclose(log_p - log_q, (e[classes] * phi).sum(1)))

# %% [markdown]
# In code it is one embedding and one dot product more than lesson 05's D. The rows start at 0,
# so that D begins as one that pays no heed to the label.


# %% tags=["taught"]
def make_features(x, filters=(16, 48, 96)):
    """Lesson 05's convolutions on a Keras tensor, flattened: (n, 1552) for 28×28."""
    for maps in filters:
        x = layers.Conv2D(maps, 4, strides=2, padding="same")(x)
        x = layers.LeakyReLU(negative_slope=0.2)(x)
    return layers.Flatten()(BatchSpread()(x))


# %% tags=["taught"]
def make_discriminator():
    """Pictures (n, 28, 28, 1) and labels (n,) to logits (n, 1), by projection."""
    image, label = keras.Input((28, 28, 1)), keras.Input((), dtype="int32")
    phi = make_features(image)
    rows = layers.Embedding(N_CLASSES, phi.shape[1], embeddings_initializer="zeros")
    fit = layers.Dot(axes=1)([rows(label), phi])  # e_y · φ(x)
    logit = layers.Add()([layers.Dense(1)(phi), fit])
    return keras.Model([image, label], logit, name="discriminator")


# %% tags=["nbval-check-output"]
discriminator = make_discriminator()
one_picture = np.repeat(real_images[:1], N_CLASSES, axis=0)
logits = discriminator([one_picture, np.arange(N_CLASSES)]).numpy()
print("untrained, one picture under ten labels:", np.unique(logits).size, "logit")
plain = fashion.make_discriminator(fashion.D_FILTERS).count_params()
print(f"{discriminator.count_params() - plain:,} weights more than lesson 05's D")

# %% [markdown]
# ## One step
#
# It is the step of lesson 05 with a label at each call. Which classes should the generated batch
# have? Those of the real batch: then D sees both sides with the same classes, and cannot tell
# them by how often a class comes.


# %% tags=["taught"]
def make_train_step(networks, average, batches, optimizers, decay=DECAY):
    """One step of (G, D); batches are functions (picture_at, label_at) of the step."""
    generator, discriminator = networks
    for optimizer, network in zip(optimizers, networks, strict=True):
        optimizer.build(network.trainable_variables)
    g_optimizer, d_optimizer = optimizers

    def train_step(iteration):
        real_images, labels = (batch_at(iteration) for batch_at in batches)
        noise = tf.random.stateless_normal((len(real_images), LATENT), [1, iteration])
        with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
            fake_images = generator([noise, labels], training=True)
            real_logits = discriminator([real_images, labels], training=True)
            fake_logits = discriminator([fake_images, labels], training=True)
            d_loss = cross_entropy(real_logits, 0.9) + cross_entropy(fake_logits, 0)
            g_loss = cross_entropy(fake_logits, 1)
        update(d_optimizer, d_tape, d_loss, discriminator)
        update(g_optimizer, g_tape, g_loss, generator)
        if iteration % 4 == 0:
            update_average(average, generator, iteration, decay=decay)
        return d_loss, g_loss

    return train_step


# %%
def make_gan(seed=SEED):
    """New networks and optimizers, by name."""
    settings.set_seed(seed)
    generator = make_generator()
    g_optimizer, d_optimizer = fashion.make_optimizers(RATE)
    return {
        "generator": generator,
        "discriminator": make_discriminator(),
        "average": training.make_average(generator),
        "g_optimizer": g_optimizer,
        "d_optimizer": d_optimizer,
    }


def make_step(gan):
    """The training step of a GAN from make_gan."""
    return make_train_step(
        (gan["generator"], gan["discriminator"]),
        gan["average"],
        [
            training.make_batches(x, BATCH_SIZE, seed=SEED)
            for x in (real_images, real_labels)
        ],
        (gan["g_optimizer"], gan["d_optimizer"]),
    )

# %% [markdown]
# Does the label reach both networks? Only the rows of classes that are in the batch can get a
# gradient. Take one step and look which rows moved.
#
# **Predict.** D's rows are all 0. Can zeros learn, or do they stay where they are?


# %%
def rows_of(network):
    """The embedding's table (10, n) of a network."""
    [table] = [x for x in network.layers if isinstance(x, layers.Embedding)]
    return table.get_weights()[0]


# %% tags=["nbval-check-output"]
gan = make_gan()
networks = gan["generator"], gan["discriminator"]
before = [rows_of(network) for network in networks]
make_step(gan)(tf.constant(0))
in_batch = np.unique(training.make_batches(real_labels, BATCH_SIZE, seed=SEED)(0))
for network, old in zip(networks, before, strict=True):
    moved = np.flatnonzero(np.any(rows_of(network) != old, axis=1))
    print(f"{network.name}: rows of the batch's classes:", np.array_equal(moved, in_batch))

# %% [markdown]
# They learn: the slope of $e_y \cdot \phi$ in $e_y$ is $\phi$, whatever $e_y$ is. (With all weights
# of *both* factors at 0 nothing would move.)
#
# ## How do you know that it listened?
#
# Ask for a class, show the picture to the classifier, and compare: the share of pictures in which
# it reads what was asked is the **agreement**. No judge is perfect, so first let it read real
# pictures that nobody here trains on.
#
# **Predict.** In how many of 100 real pictures will it read the right class? Which class is the
# hardest?

# %%
classifier = classifiers.load_classifier("fashion_mnist")
unseen = "train" if fashion_set.provenance == "bundled" else "test"
reference = classifiers.load_reference("fashion_mnist", unseen)


def read(images):
    """The class that the judge reads in each picture, (n,)."""
    return classifiers.classify(classifier, images)[1].argmax(axis=1)


def table_of(asked, found):
    """Percent of each asked class (row) that is read as each class (column)."""
    counts = np.zeros((N_CLASSES, N_CLASSES))
    np.add.at(counts, (asked, found), 1)
    return 100 * counts / counts.sum(axis=1, keepdims=True).clip(1)


real_table = table_of(held_out_labels, read(held_out_images))
ceiling = np.mean(read(held_out_images) == held_out_labels)
print(f"agreement on real pictures: {ceiling:.1%}")
print("hardest:", NAMES[real_table.diagonal().argmin()])

# %% [markdown]
# ## Training

# %%
run = training.compile_loop(make_step(make_gan()), max_steps=10)
seconds = settings.seconds_per_call(lambda: run(0, 10)) / 10
settings.announce_time("Both trainings", (STEPS + PLAIN_STEPS) * seconds)

# %%
gan = make_gan()
checkpoint = training.Checkpoint(FOLDER / "gan", resume=RESUME, **gan)
history = training.fit(make_step(gan), STEPS, checkpoint=checkpoint)

# %% [markdown]
# Now ask. One row of noise vectors for all classes: whatever the columns have in common comes from
# the noise, whatever the rows have in common from the label.
#
# **Predict.** Will two garments in one column have anything in common?

# %%
columns = np.random.default_rng(3).normal(size=(12, LATENT)).astype("float32")
sheet = draw(gan["average"], np.tile(columns, (10, 1)), np.repeat(range(10), 12))
ax = plotting.plot_images(sheet, columns=12)
for k, name in enumerate(NAMES):
    ax.text(-4, 29 * k + 15, name, ha="right", va="center")
plt.show()

# %% [markdown]
# **Figure 11.2.** What the conditional generator draws: a class in each row, one noise vector in each
# column, not selected. After the laptop's training each row holds its garment, and pictures within a
# row differ in cut, shade and detail.

# %%
asked = np.arange(N_JUDGED) % N_CLASSES
noise = np.random.default_rng(5).normal(size=(N_JUDGED, LATENT)).astype("float32")
fake_images = draw(gan["average"], noise, asked)
fake_table = table_of(asked, read(fake_images))
agreement = np.mean(read(fake_images) == asked)
features, probabilities = classifiers.classify(classifier, fake_images)
shares = metrics.class_shares(probabilities)
print(f"agreement {agreement:.1%}, on real pictures {ceiling:.1%}")
print(f"rarest class, by what is read: {NAMES[shares.argmin()]}, {shares.min():.1%}")
print(f"Fréchet distance {metrics.frechet_distance(reference, features):.2f}")
if STEPS >= 8_000:  # a shorter run promises nothing
    assert agreement >= 0.85 and shares.min() >= 0.07

# %% [markdown]
# The distance says nothing about obedience, and the agreement nothing about quality: a G that
# stamps one perfect picture for each class has an agreement of 100 %. So print both, always. Where is
# it not heard?

# %%
fig, ax = plt.subplots(figsize=(6.6, 3.8))
for found, color, marker, name in (
    (real_table, plotting.REAL, "o", "real, held out"),
    (fake_table, plotting.FAKE, "x", "generated"),
):
    share = found.diagonal()
    ax.plot(share, range(10), marker, color=color, markersize=7, label=name)
for k, row in enumerate(fake_table):
    other = np.argmax(np.where(np.arange(10) == k, -1, row))
    ax.text(102, k, f"{NAMES[other]} ({row[other]:.0f} %)", va="center")
ax.text(102, -1, "most often read instead", va="center")
ax.set(yticks=range(10), yticklabels=NAMES, xlim=(None, 100.5), xlabel="% read as asked")
ax.invert_yaxis()
fig.legend(loc="outside lower center", ncols=2)
plt.show()

# %% [markdown]
# **Figure 11.3.** How often the judge reads the class that was asked for, in generated pictures
# (crosses) and in real ones (circles), and what it reads most often instead in generated ones. What
# is hard to read in real pictures is hard to draw so that it is read.
#
# ### What the label bought
#
# Labels are knowledge, and knowledge should help. Here is lesson 05's recipe without labels, and
# three ways to use them, each trained for equal seconds of one processor core, in turn, from the same
# three seeds, on the pictures that come with the course. (`benchmarks/control.py` did it, and kept
# every run in `data/control.csv`.)
#
# **Predict.** D with a projection costs a little more for each step. Will the conditional GAN be
# nearer to real pictures after equal seconds, or farther away?


# %%
def read_table(name):
    """The rows of a table in the course's data."""
    with open(bundled_dir() / name, encoding="utf-8") as file:
        return list(csv.DictReader(file))


# %%
runs = defaultdict(list)
for row in read_table("control.csv"):
    runs[row["recipe"]].append(row)
print(f"{'median of three seeds':34} distance (each)          agreement  rarest")
for recipe, found in runs.items():
    distance, heard, rarest = (
        [float(row[key]) for row in found] for key in ("distance", "agreement", "rarest")
    )
    each = ", ".join(f"{x:.1f}" for x in distance)
    print(f"{recipe:34} {np.median(distance):5.1f} ({each:18})", end=" ")
    print(f"{np.median(heard):8.1%} {np.median(rarest):8.1%}")

# %% [markdown]
# CONDITIONALVERDICT

# %% [markdown]
# ### Pick the class, walk the noise
#
# Two things can now be turned: the label, and the noise. Keep the label and walk; then keep
# the noise and change the label. Exercise 5.2 walks on a sphere; a straight line will do here.

# %%
ends = np.random.default_rng(6).normal(size=(2, LATENT)).astype("float32")
share = np.linspace(0, 1, 12, dtype="float32")[:, None]
way = (1 - share) * ends[0] + share * ends[1]
classes = [1, 5, 8]
walks = np.concatenate([draw(gan["average"], way, [k] * 12) for k in classes])
ax = plotting.plot_images(walks, columns=12)
for k, name in enumerate(NAMES[k] for k in classes):
    ax.text(-4, 29 * k + 15, name, ha="right", va="center")
plt.show()

# %% [markdown]
# **Figure 11.4.** One walk through the noise, in twelve steps, under three labels. After the laptop's
# training the class stays what it is while cut and shade change on the way.
#
# With your hand: the widget has a closed walk through five noise vectors, ten steps from each to
# the next. **Predict**, before you touch it: stop at a place and change only the class. What will the
# ten garments share?

# %%
corners = np.random.default_rng(8).normal(size=(5, LATENT)).astype("float32")
closed_walk = plotting.latent_walk(corners, steps=10).astype("float32")


@interact(
    name=Dropdown(options=list(NAMES), value="Dress", description="class"),
    place=IntSlider(0, 0, len(closed_walk) - 1, description="noise"),
)
def pick(name, place):
    ax = plt.subplots(figsize=(2.4, 2.6))[1]
    image = draw(gan["average"], closed_walk[[place]], [NAMES.index(name)])
    plotting.plot_images(image, columns=1, title=f"{name}, place {place}", ax=ax)


# %% [markdown]
# (The widget shows one picture for the class and the place that you pick; where it stays empty, the
# page is a saved one, and Figures 11.2 and 11.4 show the same two ways to go.) What the ten share is
# little, mostly how light and how wide they are: in this network each class stretches and turns
# the noise in its own way.
#
# ## Take it with you
#
# The second most frequent wish of people who train a GAN: save the generator, and draw from it
# another day, in another program. Save the **averaged generator**, whole: the file then holds its
# layers and weights, and no code of this lesson is needed to load it. (D, optimizers and checkpoints are
# for going on with the training; drawing needs none of them.)

# %%
model_file = FOLDER / "generator.keras"
gan["average"].save(model_file)
print(f"{model_file.stat().st_size / 1e6:.1f} MB")

# %% [markdown]
# Here is the other program, complete. It gets the saved file, a folder and a number, and knows
# neither this notebook nor the course.

# %%
PROGRAM = '''\
import sys
from pathlib import Path

import keras
import numpy as np
from PIL import Image

file, folder, count = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
generator = keras.saving.load_model(file, compile=False)
noise = np.random.default_rng(0).normal(size=(count, 32)).astype("float32")
labels = np.arange(count, dtype="int32") % 10
folder.mkdir(parents=True, exist_ok=True)
for start in range(0, count, 100):  # a few at a time: layers take far more memory
    some = slice(start, start + 100)
    images = generator([noise[some], labels[some]], training=False).numpy()
    pixels = np.round((images.clip(-1, 1) + 1) * 127.5).astype("uint8")
    for k, image in enumerate(pixels[..., 0], start):
        Image.fromarray(image).save(folder / f"{k:04}_class_{labels[k]}.png")
print("drew", count, "pictures")
'''
program_file = FOLDER / "draw_pictures.py"
_ = program_file.write_text(PROGRAM, encoding="utf-8")

# %% [markdown]
# Run it in a **fresh process**: what it forgot to bring, it does not have. (In a terminal:
# `python draw_pictures.py generator.keras drawn 1000`.)
#
# **Predict.** The program starts from the same noise as the next cell. Will its pictures be
# the same as those drawn here, in every pixel?

# %%
drawn = FOLDER / "drawn"
command = [sys.executable, program_file, model_file, drawn, str(N_SAVED)]
done = subprocess.run(command, capture_output=True, text=True, check=False)
print(done.stdout.strip() or done.stderr[-500:])

# %% tags=["nbval-check-output"]
noise = np.random.default_rng(0).normal(size=(N_SAVED, LATENT)).astype("float32")
here = draw(gan["average"], noise, np.arange(N_SAVED) % 10)
files = sorted(drawn.glob("*.png"))[:N_SAVED]
there = np.stack([plt.imread(file) for file in files]) * 2 - 1
print("as many files as asked for:", len(files) == N_SAVED)
print("the same pictures:", np.abs(here[..., 0] - there).max() < 2 / 255)

# %% [markdown]
# Within the rounding to 256 greys they are the same. What would have failed: the training mode (the
# batch would decide how a picture looks), other noise, the last weights instead of the averaged ones,
# and for a network with a layer of your own the line that makes it known to Keras, as for
# `BatchSpread` in lesson 05.

# %% [markdown]
# ## Directions that nobody trained
#
# Most generators that you will meet were trained without labels. Can you still ask? Noise space may hold
# **directions**: go along one, and pictures get more of something. Two ways to find them. First a
# generator without labels: lesson 05's, a short training.


# %%
def make_plain_gan():
    """Lesson 05's networks and optimizers, by name."""
    settings.set_seed(SEED)
    generator = fashion.make_generator()
    g_optimizer, d_optimizer = fashion.make_optimizers(fashion.RATE)
    return {
        "generator": generator,
        "discriminator": fashion.make_discriminator(fashion.D_FILTERS),
        "average": training.make_average(generator),
        "g_optimizer": g_optimizer,
        "d_optimizer": d_optimizer,
    }


# %%
plain_gan = make_plain_gan()
plain_step = fashion.make_train_step(
    *(plain_gan[name] for name in ("generator", "discriminator", "average")),
    training.make_batches(real_images, BATCH_SIZE, seed=SEED),
    (plain_gan["g_optimizer"], plain_gan["d_optimizer"]),
    decay=DECAY,
)
checkpoint = training.Checkpoint(FOLDER / "plain", resume=RESUME, **plain_gan)
plain_history = training.fit(plain_step, PLAIN_STEPS, checkpoint=checkpoint)
plain = plain_gan["average"]

# %% [markdown]
# ### With labels: a linear classifier on noise
#
# Draw many pictures and keep their noise. Let somebody say for each picture whether it has an
# **attribute**: here the judge says whether it is a pair of trousers, a dress, a bag or an ankle boot, and the
# pixels whether it is light. Then fit a linear classifier that reads the attribute off the *noise*;
# what stands upright on its boundary is the direction.

# %%
latents = np.random.default_rng(7).normal(size=(N_LATENTS, LATENT)).astype("float32")
plain_images = training.generate(plain, latents)
light_limit = np.median(plain_images.mean(axis=(1, 2, 3)))
SOME = {"Trouser": 1, "Dress": 3, "Bag": 8, "Ankle boot": 9}
ATTRIBUTES = [*SOME, "light"]


def attributes_of(images):
    """Which pictures have which of the five attributes, (n, 5) of bool."""
    found = read(images)
    light = images.mean(axis=(1, 2, 3)) > light_limit
    return np.column_stack([*(found == k for k in SOME.values()), light])


attributes = attributes_of(plain_images)
print(*(f"{n} {s:.0%}" for n, s in zip(ATTRIBUTES, attributes.mean(0), strict=True)))

# %% [markdown]
# Least squares is a linear classifier: it fits $w \cdot z + b$ to $+1$ for pictures that have the
# attribute and $-1$ for the others, for all attributes in one go.


# %%
def find_directions(latents, attributes):
    """For attributes (n, k) of latents (n, d) the k unit directions, (k, d)."""
    inputs = np.column_stack([latents, np.ones(len(latents))])
    weights = np.linalg.lstsq(inputs, 2.0 * attributes - 1, rcond=None)[0]
    return (weights[:-1] / np.linalg.norm(weights[:-1], axis=0)).T


# %% [markdown]
# Try it where the answer is known: an attribute that depends on $z \cdot v$ alone. Then on the
# clothes, half of them to fit and the other half to test.
#
# **Predict.** Can trousers be told from the rest by a flat boundary in noise space? (50 % is a coin.)

# %% tags=["nbval-check-output"]
known = np.eye(LATENT)[4] * 0.6 + np.eye(LATENT)[9] * 0.8
test_noise = np.random.default_rng(1).normal(size=(4000, LATENT))
[found] = find_directions(test_noise, (test_noise @ known > 0.5)[:, None])
print("the known direction is found:", bool(found @ known > 0.98))


# %%
def balanced_accuracy(scores, has):
    """Mean of the shares right among those that have it and those that do not."""
    limit = (scores[has].mean() + scores[~has].mean()) / 2
    return (np.mean(scores[has] > limit) + np.mean(scores[~has] <= limit)) / 2


half = N_LATENTS // 2
directions = find_directions(latents[:half], attributes[:half])
for name, direction, has in zip(ATTRIBUTES, directions, attributes.T, strict=True):
    found = balanced_accuracy(latents[half:] @ direction, has[half:])
    print(f"{name:11} read off new noise: {found:.0%}")

# %% [markdown]
# Now go there: add multiples of a direction to one noise vector, and draw.

# %%
STEPS_ALONG = np.linspace(-3, 3, 9, dtype="float32")


def plot_along(directions, names, start):
    """Pictures of the plain generator along each direction (k, 32), a row each."""
    along = [start + STEPS_ALONG[:, None] * direction for direction in directions]
    images = training.generate(plain, np.concatenate(along).astype("float32"))
    ax = plotting.plot_images(images, columns=9)
    for k, name in enumerate(names):
        ax.text(-4, 29 * k + 15, name, ha="right", va="center")


start = np.random.default_rng(12).normal(size=LATENT)
plot_along(directions, ATTRIBUTES, start)
plt.show()

# %% [markdown]
# **Figure 11.5.** One noise vector (middle column), and what comes out when it is moved along each of five
# directions, from −3 on the left to +3 on the right. To the right the named attribute should come. Look what comes
# with it.
#
# ### Without labels: principal components of features
#
# Nobody has labels for everything. Look instead at what G's own features do: its first layer makes 3,136
# numbers of a noise vector, and they vary together in a few ways more than in all others. Those ways are
# the **principal components** of the features. A component lives in feature space; the direction in noise space
# is what best predicts it, again by least squares. (For standard normal noise that is the mean of noise
# times score.)


# %%
def principal_directions(latents, features, k):
    """The k unit directions (k, d) of the features' principal components, and shares."""
    centred = features - features.mean(axis=0)
    squares, scores = np.linalg.eigh(centred @ centred.T)  # (n, n), smallest first
    directions = scores[:, : -k - 1 : -1].T @ latents
    shares = squares[: -k - 1 : -1] / squares.sum()
    return directions / np.linalg.norm(directions, axis=1, keepdims=True), shares


# %% [markdown]
# Again first where the answer is known: features that stretch the fifth number of the noise
# by 3, the tenth by 2, and all others not at all.

# %% tags=["nbval-check-output"]
stretch = np.ones(LATENT)
stretch[[4, 9]] = 3, 2
found, _ = principal_directions(test_noise[:1500], test_noise[:1500] * stretch, 2)
print("the largest first:", np.abs(found).argmax(axis=1))
print("along the axes:", bool((np.abs(found).max(axis=1) > 0.95).all()))

# %% [markdown]
# **Predict.** Components are found without any name. Will the first one be a garment, a shade, or nothing
# that you have a word for?

# %%
first_layers = keras.Model(plain.inputs, plain.layers[3].output)  # up to the first ReLU
some_latents = latents[:N_FEATURES]
plain_features = training.generate(first_layers, some_latents).reshape(N_FEATURES, -1)
components, explained = principal_directions(some_latents, plain_features, 4)
print("share of the variance:", *(f"{share:.1%}" for share in explained))
plot_along(components, [f"component {k}" for k in range(1, 5)], start)
plt.show()

# %% [markdown]
# **Figure 11.6.** The same noise vector moved along the first four principal components of G's
# features, from −3 to +3. They have no names and no sign that means more: you have to look, and to name what you
# see.
#
# ### What changes along with it
#
# A direction is **entangled** if other things change along it, too. That can be measured: move many
# noise vectors by +2 and by −2, and count how much more often each attribute is there.
#
# **Predict.** You push towards *Ankle boot*. What becomes of *light*?


# %%
def changes_along(direction, latents):
    """How much more often attributes are there at +2 than at -2, in points of %."""
    plus, minus = (
        attributes_of(training.generate(plain, latents + sign * direction)).mean(axis=0)
        for sign in np.float32([2, -2])
    )
    return 100 * (plus - minus)


# %%
few = latents[-N_FEATURES:]
all_directions = np.concatenate([directions, components]).astype("float32")
changes = np.array([changes_along(direction, few) for direction in all_directions])
row_names = [*ATTRIBUTES, *(f"component {k}" for k in range(1, 5))]
fig, ax = plt.subplots(figsize=(5.6, 4.2))
shown = ax.imshow(changes, cmap="PuOr", vmin=-100, vmax=100, aspect="auto")
for i, row in enumerate(changes):
    for j, value in enumerate(row):
        color = "white" if abs(value) > 60 else "black"
        ax.text(j, i, f"{value:+.0f}", ha="center", va="center", color=color)
ax.set(yticks=range(9), yticklabels=row_names, ylabel="moved along")
ax.set(xticks=range(5), xticklabels=ATTRIBUTES, title="change in % points")
ax.axhline(4.5, color="black", linewidth=1)
plt.show()

# %% [markdown]
# **Figure 11.7.** What changes (columns, in points of %, from −2 to +2) along each direction (rows): five found with labels
# above the line, four components found without below it. A clean direction would have one number far from 0 in its
# row. Numbers beside the diagonal are what comes along unasked.

# %%
own = np.diag(changes[:5])
beside = np.abs(changes[:5] - np.diag(own)).max(axis=1)
for name, asked_for, most in zip(ATTRIBUTES, own, beside, strict=True):
    print(f"{name:11} asked {asked_for:+4.0f}, most beside it {most:3.0f}")
print("largest angle to another:", np.abs(directions @ directions.T - np.eye(5)).max().round(2))

# %% [markdown]
# ENTANGLEVERDICT
