# ---
# title: Feature space
# minutes: 1
# teaching: 45
# prerequisites: Lesson 02, whose networks and training step are used again.
# ---

# %% [markdown]
# ## Questions
#
# - What does the discriminator see when it looks at a point?
# - Does a generator step really pull the generated points towards the real ones? How
#   often?
# - What does the discriminator do in its own step?
# - Can you *see* that a GAN has reached its equilibrium?
#
# **You will be able to** plot the features of a network before and after one step, turn
# "almost always" into a percentage, and say why a number measured on the training batch
# is too good.

# %% [markdown]
# ## Setup
#
# The networks, losses and steps are those you wrote in lesson 02: the module
# `gan_helpers.taught.quadratic` is made from its cells.

# %% tags=["setup"]
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from ipywidgets import IntSlider, interact
from keras import layers

from gan_helpers import checks, course, data, lab, metrics, plotting, settings, training
from gan_helpers.taught.quadratic import (
    BATCH_SIZE,
    make_discriminator,
    make_generator,
    make_steps,
    make_train_step,
    sample_noise,
    sample_points,
)

plotting.set_style()

# %% [markdown]
# ## Settings

# %%
SEED = 0
ITERATIONS = settings.budget(fast=2_000, laptop=30_000, full=100_000)
CODE_ITERATIONS = settings.budget(fast=100, laptop=3_000, full=10_000)
SNAPSHOT_EVERY = settings.budget(fast=100, laptop=500, full=1000)
LAB_ITERATIONS = settings.budget(fast=300, laptop=10_000, full=10_000)
settings.set_seed(SEED)
course.announce_budget("03")

# %% [markdown]
# ## The idea
#
# The discriminator ends in a layer of two linear units, `features`, and one logit that is
# a weighted sum of these two. So D maps every point to a place in a plane, and then draws
# a **straight line** through that plane: real on one side, generated on the other.
#
# In a **D step** the map changes, so real and generated features both move, and D wants
# them apart. In a **G step** only the generated points move; the map stands still.


# %%
def make_features(discriminator):
    """The discriminator cut after its 2-unit layer: points to features (n, 2)."""
    layer = discriminator.get_layer("features")
    return keras.Model(discriminator.inputs[0], layer.output, name="features")


# %%
def make_gan():
    """New networks: the generator, D's features, and a step of each network."""
    settings.set_seed(SEED)
    generator, discriminator = make_generator(), make_discriminator()
    d_step, g_step = map(tf.function, make_steps(generator, discriminator))
    return generator, make_features(discriminator), d_step, g_step


_, features, *_ = make_gan()
real_points = sample_points(BATCH_SIZE, [1, 0])
features(real_points[:2]).numpy().round(1)

# %% [markdown]
# `features` is not a copy: it shares its weights with the discriminator, so it always
# shows the current map. To read a cloud of features at a glance, use its **centroid**,
# the mean of its points.


# %% tags=["nbval-check-output"]
def centroid(points):
    """The mean (2,) of points (n, 2)."""
    return tf.reduce_mean(points, axis=0)


square = tf.constant([[0.0, 0.0], [2.0, 0.0], [0.0, 4.0], [2.0, 4.0]])
centroid(square).numpy().tolist()

# %% [markdown]
# ## Before and after a step
#
# Train a little first, so that there is something to see: 8,000 iterations of lesson 02.
# Then let each network have its turn, and keep the features before and after. A turn is
# ten steps on one batch, as in the original's code: one step moves too little to be seen.


# %%
def watch(gan, iteration, n_steps=10):
    """n_steps of D, then of G, on a new batch; (real, generated) features around."""
    generator, features, d_step, g_step = gan
    real_points = sample_points(BATCH_SIZE, [5, iteration])
    noise = sample_noise(BATCH_SIZE, [6, iteration])

    def look():
        return features(real_points).numpy(), features(generator(noise)).numpy()

    seen = [look()]
    for _ in range(n_steps):
        d_step(real_points, noise)
    seen.append(look())
    for _ in range(n_steps):
        g_step(noise)
    return [*seen, look()]


# %%
gan = make_gan()
_ = training.fit(make_train_step(*gan[2:]), 8000, jit_compile=True)
start, after_d, after_g = watch(gan, 0)

# %% [markdown]
# **Predict.** By how much do the features of the *real* points move in G's turn? And in
# D's?

# %% tags=["nbval-check-output"]
real_in_d = np.abs(after_d[0] - start[0]).max()
real_in_g = np.abs(after_g[0] - after_d[0]).max()
print("D's turn moves real features:", real_in_d > 0)
print(
    "G's turn moves real features:", real_in_g > 0, "- the largest move is", real_in_g
)

# %% [markdown]
# Exactly zero, not nearly: a G step changes no weight of D, and real points do not pass
# through G. Now the pictures.

# %%
fig, axes = plt.subplots(1, 2, figsize=(7, 3.4), sharex=True, sharey=True)
plotting.plot_features(start[1], after_d[1], start[0], after_d[0], ax=axes[0])
axes[0].set_title("D's turn: both centroids move")
plotting.plot_features(after_d[1], after_g[1], after_d[0], ax=axes[1])
axes[1].set_title("G's turn: only the generated one")
for ax in axes:
    ax.legend(fontsize=7)
plt.show()

# %% [markdown]
# **Figure 3.1.** Feature space around D's turn (left) and the turn of G that follows
# (right). Circles are real points, crosses generated ones, large marks the centroids and
# arrows their movement. D re-draws the map, so both clouds move; G moves its own only. In
# this run G's turn even takes its centroid *away* from the real one. Is that an exception?

# %% [markdown]
# ## Training, watched
#
# Now train from the start, one step of each network an iteration, and watch a turn of
# each every few hundred iterations.

# %%
gan = make_gan()
watched_at = iter(range(ITERATIONS))
history = training.fit(
    make_train_step(*gan[2:]),
    ITERATIONS,
    log_every=10,
    snapshot=lambda: watch(gan, next(watched_at)),
    snapshot_every=SNAPSHOT_EVERY,
    jit_compile=True,
)

# %% [markdown]
# **Predict.** At the beginning D separates the two clouds with ease. What will feature
# space look like when G has become good?


# %%
def show_features(place, ax):
    """Draw G's turn of one snapshot in feature space."""
    iteration, (_, after_d, after_g) = history.snapshots[place]
    plotting.plot_features(after_d[1], after_g[1], after_d[0], ax=ax)
    ax.set(title=f"iteration {iteration:,}", xlabel="", ylabel="")


# %%
last = len(history.snapshots) - 1
fig, axes = plt.subplots(2, 3, figsize=(7, 4.4))
for place, ax in zip([0, 1, 2, last // 10, last // 3, last], axes.flat, strict=True):
    show_features(place, ax)
axes[0, 0].legend(fontsize=6)
plt.show()

# %% [markdown]
# **Figure 3.2.** Feature space through training (the axes are feature 1 and 2, rescaled
# in each panel). The generated cloud starts apart from the real one, then lies over it
# and takes its shape: D can no longer draw a line between them.


# %%
@interact(place=IntSlider(last, 0, last, description="snapshot"))
def scrub(place):
    show_features(place, plt.subplots()[1])


# %% [markdown]
# The same as a moving picture, for a projector. Each frame is scaled so that the real cloud
# keeps its size.


# %%
def draw_frame(place):
    """One frame of the animation, centred on the real cloud and scaled by it."""
    fig, ax = plt.subplots(figsize=(4.2, 3.6), dpi=80)
    show_features(place, ax)
    real = history.snapshots[place][1][1][0]
    middle, size = real.mean(0), 3 * real.std(0).max()
    ax.set(xlim=(middle[0] - size, middle[0] + size))
    ax.set(ylim=(middle[1] - size, middle[1] + size))
    return plotting.figure_to_frame(fig)


# %%
shown = np.unique(np.geomspace(1, last, 40).round().astype(int))
frames = [draw_frame(place) for place in [0, *shown]]
plotting.show_animation(frames, fps=4)

# %% [markdown]
# **Figure 3.3.** Feature space through training as an animation (early frames follow each
# other closely, late ones are far apart). The crosses start as one clump, unfold, and lie
# over the circles; D keeps bending the map to pull them apart again.

# %% [markdown]
# ## How often does a G step help?
#
# The original tutorial says that a G step "almost always" moves the generated centroid
# towards the real one. That is a claim about a frequency, so count. After each D step,
# measure the distance between the centroids before and after the G step,
#
# - on the **same** noise that the step was taken on, as the original's plots do, and
# - on **held-out** noise and points, which the step has not seen.
#
# **Predict.** Which share will be larger? Is one of them "almost always"?


# %%
def make_distances(generator, features, iteration):
    """Centroid distances to measure: a function returning (held out, same)."""
    real_points = sample_points(BATCH_SIZE, [1, iteration])
    noise = sample_noise(BATCH_SIZE, [2, iteration])
    new_points, new_noise = (
        sample_points(1000, [7, iteration]),
        sample_noise(1000, [8, iteration]),
    )

    def distance(points, noise):
        return tf.norm(
            centroid(features(generator(noise))) - centroid(features(points))
        )

    return lambda: tf.stack(
        [distance(new_points, new_noise), distance(real_points, noise)]
    )


# %% [markdown]
# One measured iteration takes its D steps, then its G steps, and asks for the distances
# around each. It returns four numbers: the share of **single** G steps that helped, held
# out and same, and whether the **whole turn** of G steps did.


# %%
def make_measured_step(generator, discriminator, repeats):
    """An iteration of training that returns how its G steps moved the centroid."""
    features = make_features(discriminator)
    d_step, g_step = make_steps(generator, discriminator)

    def measured_step(iteration):
        real_points = sample_points(BATCH_SIZE, [1, iteration])
        noise = sample_noise(BATCH_SIZE, [2, iteration])
        for _ in tf.range(repeats):
            d_step(real_points, noise)
        distances = make_distances(generator, features, iteration)
        first = before = distances()
        n_helped = tf.zeros(2)
        for _ in tf.range(repeats):
            g_step(noise)
            now = distances()
            n_helped += tf.cast(now < before, tf.float32)
            before = now
        turn = tf.cast(before < first, tf.float32)
        return tf.unstack(tf.concat([n_helped / repeats, turn], axis=0))

    return measured_step


# %% [markdown]
# Measure every G step of both schedules of lesson 02: one D and one G step, and ten D
# steps followed by ten G steps on the same batch.


# %%
def measure(repeats, n_steps):
    """How G steps helped: (n_steps, 4), single held out, single same, turn, turn."""
    settings.set_seed(SEED)
    step = make_measured_step(make_generator(), make_discriminator(), repeats)
    run = training.compile_loop(step, values=4, jit_compile=True)
    return np.concatenate([run(i, 100) for i in range(0, n_steps, 100)])


# %%
ones = measure(1, ITERATIONS)
tens = measure(10, CODE_ITERATIONS)

# %%
print("schedule      measured around     times   held-out noise   same noise")
rows = [("1 and 1", "each G step", ones, 0, 1)]
rows += [
    ("10 and 10", "each G step", tens, 0, 10),
    ("10 and 10", "ten G steps", tens, 2, 1),
]
for schedule, around, helped, column, repeats in rows:
    held_out, same = 100 * helped[:, column : column + 2].mean(0)
    times = repeats * len(helped)
    print(f"{schedule:10}    {around:15} {times:9,} {held_out:14.1f} % {same:10.1f} %")

# %% [markdown]
# So "almost always" holds in neither case. When does it hold? Cut the training into
# stretches.


# %%
def share_over_time(helped, edges):
    """Percent of turns that helped between edges (m + 1,): (m, 2)."""
    stretches = np.split(helped, edges)[1:-1]
    return np.array([100 * stretch.mean(0) for stretch in stretches])


# %%
fig, axes = plt.subplots(1, 2, figsize=(7, 3), sharey=True)
for ax, helped, title in [
    (axes[0], ones, "around 1 G step"),
    (axes[1], tens, "around 10 G steps"),
]:
    edges = np.unique(np.geomspace(10, len(helped), 16).astype(int))
    shares = share_over_time(helped[:, 2:], edges)
    ax.semilogx(
        edges[1:], shares[:, 0], "o-", color=plotting.FAKE, label="held-out noise"
    )
    ax.semilogx(edges[1:], shares[:, 1], "k--", label="same noise")
    ax.axhline(50, color="#777777", linestyle=":")
    ax.set(title=title, xlabel="iteration", ylim=(0, 105))
axes[0].set_ylabel("% of G steps that help")
axes[0].legend(loc="lower left")
plt.show()

# %% [markdown]
# **Figure 3.4.** Share of G steps that bring the generated centroid closer to the real
# one, over training (logarithmic axis; dotted: a coin). Left, in the first fifty
# iterations, none helps: D is still thrown off by inputs of 2500 and points the wrong way.
# Then, with a clear direction to go, nearly every step helps, and later, when the clouds
# lie over each other, little more than half of them: the direction is mostly noise.

# %% [markdown]
# The gap between the two curves is a lesson of its own: a step always suits the batch it
# was computed on. Measure on data that the step has not seen.

# %% [markdown]
# ## Results: do they mix?
#
# Centroids can coincide while the clouds do not: a ring and its centre share one. A
# stricter question is whether a point's **nearest neighbour** is of the other kind. The
# share of such points is 0 for clouds that lie apart, and 1/2 for clouds that are mixed as
# if drawn from one distribution.
#
# **Predict.** The original says that real and generated features mix "more and more". Will
# the share keep growing, and will it reach 1/2?

# %% tags=["nbval-check-output"]
rng = np.random.default_rng(SEED)
apart = metrics.neighbour_mixing(
    rng.normal(size=(500, 2)), rng.normal(100, 1, (500, 2))
)
same = metrics.neighbour_mixing(rng.normal(size=(5000, 2)), rng.normal(size=(5000, 2)))
print("apart:", apart, " one distribution, within 0.03 of 1/2:", abs(same - 0.5) < 0.03)

# %%
iterations = [iteration for iteration, _ in history.snapshots]
mixing = [
    metrics.neighbour_mixing(*after_g) for _, (_, _, after_g) in history.snapshots
]
spread = [
    np.linalg.norm(after_g[1].mean(0) - after_g[0].mean(0)) / after_g[0].std(0).max()
    for _, (_, _, after_g) in history.snapshots
]

# %%
fig, axes = plt.subplots(1, 2, figsize=(7, 3))
axes[0].plot(iterations, mixing, "o-", color=plotting.FAKE)
axes[0].axhline(0.5, color="#777777", linestyle=":")
axes[0].set(xlabel="iteration", ylabel="share", title="neighbour of the other kind")
axes[1].plot(iterations, spread, "ko--")
axes[1].set(xlabel="iteration", ylabel="distance / spread", title="centroid distance")
axes[1].set_yscale("log")
plt.show()

# %% [markdown]
# **Figure 3.5.** Left: the share of features whose nearest neighbour is of the other kind;
# dotted, perfect mixing. Right: the distance of the centroids in units of the real cloud's
# spread. The clouds do mix more and more, up to a point; then D finds new ways to tell them
# apart as fast as G closes the old ones, and 1/2 is never reached.

# %% [markdown]
# ## What goes wrong
#
# Feature space shows a failure before the samples do: a discriminator that is **frozen**.
# Suppose a slip of the pen trains G in both steps, and D in none.
#
# **Predict.** What will G's loss do? Where will the generated points go?

# %%
settings.set_seed(SEED)
frozen_generator, frozen_discriminator = make_generator(), make_discriminator()
_, lonely_g_step = make_steps(frozen_generator, frozen_discriminator)


def step_without_d(iteration):
    g_loss = lonely_g_step(sample_noise(BATCH_SIZE, [2, iteration]))
    return g_loss, g_loss


frozen = training.fit(step_without_d, 1000, jit_compile=True)

# %%
fig, axes = plt.subplots(1, 2, figsize=(7, 3))
axes[0].plot(frozen.iteration, frozen.g_loss, color=plotting.FAKE)
axes[0].set(xlabel="iteration", ylabel="G loss", title="the loss looks wonderful")
fake_points = frozen_generator(sample_noise(BATCH_SIZE, [2, 0])).numpy()
plotting.plot_points(real_points, fake_points, ax=axes[1])
axes[1].set(xlabel="x", ylabel="y", title="the points do not")
axes[1].legend()
plt.show()

# %% [markdown]
# **Figure 3.6.** G against a D that never learns. G's loss goes to 0, far below ln 2, and
# the generated points run away along one direction: G has found what this one map calls
# real. A G loss near 0 means that D is asleep.

# %% [markdown]
# ## The live lab
#
# Look at single steps at your own pace. The lab trains copies of this lesson's networks on
# this lesson's data; its second panel is the feature space of Figure 3.1.

# %%
settings.set_seed(SEED)
feature_lab = lab.PointLab(
    make_generator(), make_discriminator(), data=sample_points, noise=sample_noise
)
feature_lab.step(LAB_ITERATIONS)
feature_lab.figure()
plt.show()

# %% [markdown]
# **Figure 3.7.** The lab after 10,000 iterations at the laptop budget. Upper left: the arrows
# show where G is being pushed. Upper right: features of real points, and of generated ones
# before and after the last G step, with their centroids: one step is a short way.

# %% [markdown]
# Alive, below. **Predict**, then press:
#
# - "one G step", several times: which centroid moves, and towards what?
# - "one D step": which of the two centroids moves now?
# - Play, then pause late in the training and press "one G step" ten times. How often do the
#   centroids come closer? You measured the share above.

# %%
feature_lab.show()

# %% [markdown]
# ## Key points
#
# - The last layers of D map every point to features, and D separates them by a line.
# - A D step moves real and generated features; a G step moves only the generated ones,
#   and the real ones by exactly zero.
# - A G step helps nearly always while there is a clear direction, and little more than
#   half of the time near the equilibrium. On its own batch it looks better than it is.
# - Equal centroids do not mean equal clouds; neighbour mixing is stricter.

# %% [markdown]
# ## Exercises
#
# **3.1 The discriminator's step.** The original asks for the same plots around the
# discriminator's step; Figure 3.1 has one. Count: write `share_apart(snapshots)`, the share
# of watched turns of D after which the two centroids are **farther** apart than before. A
# snapshot is `(iteration, (start, after_d, after_g))`, each of the three a pair
# `(real features, generated features)`.


# %% tags=["solution"]
def share_apart(snapshots):
    """Share (0 to 1) of D's watched turns that move the centroids apart."""

    # BEGIN SOLUTION
    # STUB: return ...
    def distance(pair):
        return np.linalg.norm(pair[0].mean(0) - pair[1].mean(0))

    apart = [
        distance(after_d) > distance(start) for _, (start, after_d, _) in snapshots
    ]
    return np.mean(apart)
    # END SOLUTION


# %%
CLOUD = np.array([[5.0, -1.0], [-4.0, 3.0], [-1.0, -2.0]])  # around the origin


def make_turns(*gaps):
    """A made-up snapshot with these gaps between centroids; D's turn shrinks clouds."""
    real = [size * (CLOUD + 2) for size in (2, 1, 1)]
    return 0, [(x, x[::-1] + gap) for x, gap in zip(real, gaps, strict=True)]


MADE_UP = [
    make_turns((2, 2), (3, 0), (4, 0)),  # apart, along feature 1
    make_turns((2, 2), (0, 3), (0, 4)),  # apart, along feature 2
    make_turns((1, 1), (2, 2), (3, 3)),  # apart
    make_turns((3, 0), (1, 0), (2, 0)),  # closer
    make_turns((1, 2), (1, 2), (1, 3)),  # neither
]

# %% tags=["check", "nbval-check-output"]
checks.check(
    "3.1",
    share_apart,
    {
        "3/5 of five made-up snapshots": lambda f: checks.same(f(MADE_UP), 0.6),
        "1 when only the first is given": lambda f: checks.same(f(MADE_UP[:1]), 1),
        "0 when nothing moves": lambda f: checks.same(f(MADE_UP[4:]), 0),
    },
    {
        hint: lambda f, found=found: checks.same(f(MADE_UP), found)
        for hint, found in {
            "that is G's turn; D's is from `start` to `after_d`.": 1,
            "the distance has both features in it.": 0.4,
            "each time, the means of all real and of all generated points.": 0,
            "those are the turns that bring them closer.": 0.2,
            "farther apart: a turn that moves nothing does not count.": 0.8,
            "a share, not percent.": 60,
            "a share, not a number of turns.": 3,
        }.items()
    },
)

# %% tags=["solution"]
# BEGIN SOLUTION
# STUB: # Print the share of the run above, in percent.
print(f"{100 * share_apart(history.snapshots):.0f} % of {len(history.snapshots)} turns")
# END SOLUTION

# %% [markdown]
# **3.2 A bent feature layer.** Build a discriminator like `make_discriminator`, which
# `make_features` can cut, but whose `features` go through a tanh before the logit. What
# shape can feature space have then? Train 500 iterations, and plot what the logit sees.


# %% tags=["solution"]
def make_bent_discriminator():
    """Like make_discriminator, with features in (-1, 1) by a tanh."""
    # BEGIN SOLUTION
    # STUB: return ...
    hidden = make_discriminator().layers[:-2]
    bent = layers.Dense(2, activation="tanh", name="features")
    return keras.Sequential([keras.Input((2,)), *hidden, bent, layers.Dense(1)])
    # END SOLUTION


# %%
POINTS = np.float32([[1, -2], [-0.5, 1.5], [2, 2], [-1, -0.5]])


def leaky(x, slope=0.2):
    return np.where(x > 0, x, slope * x)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def is_bent(d, features=np.tanh, hidden=leaky, logit=None):
    """Whether D's layers have these activations, functions of arrays."""
    plan = [(16, hidden), (16, hidden), (2, features), (1, logit)]
    return checks.same_as_dense(d, POINTS, plan)


# %% tags=["check", "nbval-check-output"]
checks.check(
    "3.2",
    make_bent_discriminator,
    {
        "357 weights, as before": lambda make: checks.same(make().count_params(), 357),
        "leaky, leaky, two tanh features, a logit": lambda make: is_bent(make()),
        "two features where make_features cuts it": lambda make: checks.same(
            make_features(make())(POINTS).shape, (4, 2)
        ),
    },
    {
        "D answers with a logit: no activation after it.": lambda make: is_bent(
            make(), logit=sigmoid
        ),
        "these features are not bent.": lambda make: is_bent(make(), features=None),
        "the tanh comes before the logit.": lambda make: is_bent(
            make(), features=None, logit=np.tanh
        ),
        "tanh for the features alone; hidden layers stay leaky.": lambda make: is_bent(
            make(), hidden=np.tanh
        ),
        "the hidden layers have no activation.": lambda make: is_bent(
            make(), hidden=None
        ),
        "make_features needs new layers, in a Sequential or functional model.": (
            lambda make: is_bent(make()) and make().get_layer("features").units == 2
        ),
    },
)

# %% tags=["solution"]
# BEGIN SOLUTION
# STUB: # Train 500 iterations with it, and draw what comes out of the tanh.
settings.set_seed(SEED)
bent_generator, bent_discriminator = make_generator(), make_bent_discriminator()
bent_steps = make_steps(bent_generator, bent_discriminator)
_ = training.fit(make_train_step(*bent_steps), 500, jit_compile=True)
bent_features = make_features(bent_discriminator)
bent_points = bent_generator(sample_noise(BATCH_SIZE, [2, 0]))
seen = [bent_features(points).numpy() for points in (real_points, bent_points)]
ax = plotting.plot_points(*seen)
ax.set(xlabel="feature 1", ylabel="feature 2")
_ = ax.legend()
# END SOLUTION

# %% [markdown] tags=["solution"]
# The features are locked into a square, and large inputs pile up at its edges, where
# tanh is flat and passes almost no gradient on to G. A linear layer avoids that.

# %% [markdown]
# **3.3 Pictures instead of points.** Features work for any data. Write a discriminator for
# 28×28×1 pictures with a dense layer of 64 leaky ReLU units (slope 0.2), the linear 2-unit
# `features` and a logit. Train it to tell Fashion-MNIST boots from sandals, which needs no
# generator, and look at its feature space.


# %% tags=["solution"]
def make_picture_discriminator():
    """Pictures (n, 28, 28, 1) to logits (n, 1), with a 2-unit "features" layer."""
    # BEGIN SOLUTION
    # STUB: return ...
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Flatten(),
            layers.Dense(64),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Dense(2, name="features"),
            layers.Dense(1, name="logit"),
        ]
    )
    # END SOLUTION


# %%
PICTURES = np.random.default_rng(0).uniform(-1, 1, (3, 28, 28, 1)).astype("float32")


def sees_pictures(d, hidden=leaky, features=None, logit=None):
    """Whether D's layers have these activations, functions of arrays."""
    plan = [(64, hidden), (2, features), (1, logit)]
    return checks.same_as_dense(d, PICTURES, plan)


# %% tags=["check", "nbval-check-output"]
checks.check(
    "3.3",
    make_picture_discriminator,
    {
        "784·64 + 64, 64·2 + 2 and 2 + 1 weights": lambda make: checks.same(
            make().count_params(), 50_373
        ),
        "64 leaky, two linear features, a logit": lambda make: sees_pictures(make()),
        "two features where make_features cuts it": lambda make: checks.same(
            make_features(make())(PICTURES).shape, (3, 2)
        ),
    },
    {
        "D answers with a logit: no activation after it.": lambda make: sees_pictures(
            make(), logit=sigmoid
        ),
        "the hidden layer has no activation.": lambda make: sees_pictures(make(), None),
        "the features are linear.": lambda make: any(
            sees_pictures(make(), features=bend) for bend in (leaky, np.tanh)
        ),
        "the slope is 0.2.": lambda make: any(
            sees_pictures(make(), lambda x, s=s: leaky(x, s)) for s in (0, 0.3)
        ),
    },
)

# %% tags=["solution"]
# BEGIN SOLUTION
# STUB: # Load boots and sandals, train, and draw the features of 300 of each.
fashion = data.load_fashion_mnist(split="test", source="bundled")
boots = fashion.of_class("Ankle boot").scaled()
sandals = fashion.of_class("Sandal").scaled()
picture_d = make_picture_discriminator()
optimizer = keras.optimizers.RMSprop(0.001)
picture_d.compile(optimizer, keras.losses.BinaryCrossentropy(from_logits=True))
labels = np.repeat([1.0, 0.0], [len(boots), len(sandals)])
picture_d.fit(np.concatenate([boots, sandals]), labels, epochs=3, verbose=0)
picture_features = make_features(picture_d)
ax = plt.subplots()[1]
for pictures, name, mark in [(boots, "boots", "o"), (sandals, "sandals", "x")]:
    ax.plot(*picture_features(pictures[:300]).numpy().T, mark, alpha=0.6, label=name)
ax.set(xlabel="feature 1", ylabel="feature 2")
_ = ax.legend()
# END SOLUTION

# %% [markdown]
# ## References
#
# - A. Hayat, *Building a simple generative adversarial network using TensorFlow*, 2018:
#   the plots and the claims that this lesson measures.
# - M. F. Schilling, *Multivariate two-sample tests based on nearest neighbors*, 1986: the
#   mixing measure.
# - M. Kahng et al., *GAN Lab: understanding complex generative models using interactive
#   visual experimentation*, 2019: seeing a GAN train.
