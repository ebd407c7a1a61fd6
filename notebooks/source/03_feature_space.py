# ---
# title: Feature space
# minutes: 3
# teaching: 60
# optional: 15
# prerequisites: Lesson 02, whose networks and training step are used again.
# ---

# %% [markdown]
# ## Questions
#
# - What does the discriminator see when it looks at a point?
# - Does a generator step really pull the generated points towards the real ones? How
#   often? And does it bring them closer?
# - What does the discriminator do in its own step?
# - Can you *see* that a GAN has reached its equilibrium?
#
# **You will be able to** plot the features of a network before and after one step, turn
# "almost always" into a percentage, tell "towards" from "closer", and say why a number
# measured on the training batch is too good.

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
    cross_entropy,
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
SEEDS = settings.budget(fast=[0], laptop=[0, 1, 2], full=[0, 1, 2])
ITERATIONS = settings.budget(fast=250, laptop=30_000, full=100_000)
TEXT_ITERATIONS = settings.budget(fast=200, laptop=15_000, full=100_000)
CODE_ITERATIONS = settings.budget(fast=100, laptop=10_000, full=10_000)
SNAPSHOT_EVERY = settings.budget(fast=25, laptop=500, full=1000)
LAB_ITERATIONS = settings.budget(fast=100, laptop=10_000, full=10_000)
settings.set_seed(SEED)
course.announce_budget("03")

# %% [markdown]
# ## The idea
#
# The discriminator ends in a layer of two linear units, `features`, and one logit that is
# a weighted sum of these two. So D maps every point to a place $f$ in a plane, and then
# draws a **straight line** through that plane: real on one side, generated on the other.
#
# In a **D step** the map changes, so real and generated features both move, and D wants
# them apart. In a **G step** only the generated points move; the map stands still.


# %%
def make_features(discriminator):
    """The discriminator cut after its 2-unit layer: points to features (n, 2)."""
    layer = discriminator.get_layer("features")
    return keras.Model(discriminator.inputs[0], layer.output, name="features")


# %%
def make_gan(seed=SEED):
    """New networks and a step of each: generator, discriminator, d_step, g_step."""
    settings.set_seed(seed)
    generator, discriminator = make_generator(), make_discriminator()
    d_step, g_step = map(tf.function, make_steps(generator, discriminator))
    return generator, discriminator, d_step, g_step


_, discriminator, *_ = make_gan()
features = make_features(discriminator)
real_points = sample_points(BATCH_SIZE, [1, 0])
features(real_points[:2]).numpy().round(1)

# %% [markdown]
# `features` is not a copy: it shares its weights with the discriminator, so it always
# shows the current map. What is left of D after the features is
#
# $$D(x) = w \cdot f + b, \qquad \text{so D says “real” where } w \cdot f + b > 0$$
#
# - $f$ is `features(x)`, two numbers;
# - $w$, two weights, and $b$ belong to the last layer, `logit`.


# %% tags=["nbval-check-output"]
def d_line(discriminator):
    """D's last layer: weights w (2,) and bias b, with logit = features @ w + b."""
    weights, bias = discriminator.get_layer("logit").get_weights()
    return weights[:, 0], bias[0]


w, b = d_line(discriminator)
by_hand, logits = features(real_points) @ w[:, None] + b, discriminator(real_points)
print("logit = w·f + b:", np.allclose(by_hand, logits, atol=0.01))

# %% [markdown]
# To read a cloud of features at a glance, use its **centroid**, the mean of its points.


# %% tags=["nbval-check-output"]
def centroid(points):
    """The mean (2,) of points (n, 2)."""
    return tf.reduce_mean(points, axis=0)


square = tf.constant([[0.0, 0.0], [2.0, 0.0], [0.0, 4.0], [2.0, 4.0]])
centroid(square).numpy().tolist()

# %% [markdown]
# ## Before and after a turn
#
# Let each network have its turn, and keep the features before and after. A turn is ten
# steps on one batch, as in the original's code: one step moves too little to be seen. You
# look at points and noise that these steps are **not** taken on: why, you will measure.


# %%
def watch(gan, iteration, n_steps=10):
    """A turn of D, then one of G; (real, generated) features of new points around."""
    generator, discriminator, d_step, g_step = gan
    real_points = sample_points(BATCH_SIZE, [5, iteration])
    noise = sample_noise(BATCH_SIZE, [6, iteration])
    new_points = sample_points(400, [9, iteration])
    new_noise = sample_noise(400, [10, iteration])
    features = make_features(discriminator)

    def look():
        return features(new_points).numpy(), features(generator(new_noise)).numpy()

    seen = [look()]
    for _ in range(n_steps):
        d_step(real_points, noise)
    seen.append(look())
    for _ in range(n_steps):
        g_step(noise)
    return [*seen, look()]


# %% [markdown]
# Train a little first, so that there is something to see: 8,000 iterations of lesson 02.

# %%
gan = make_gan()
_ = training.fit(make_train_step(*gan[2:]), 8000, jit_compile=True)
start, after_d, after_g = watch(gan, 0)
line = d_line(gan[1])

# %% [markdown]
# **Predict.** By how much do the features of the *real* points move in G's turn? And in
# D's?

# %% tags=["nbval-check-output"]
real_in_d = np.abs(after_d[0] - start[0]).max()
real_in_g = np.abs(after_g[0] - after_d[0]).max()
print("D's turn moves real features:", real_in_d > 0)
print("G's turn moves real features:", real_in_g > 0, "- by", real_in_g, "at most")

# %% [markdown]
# Exactly zero, not nearly: a G step changes no weight of D, and real points do not pass
# through G. Now the pictures, with D's line and, as a colour, how sure D is.


# %%
def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def draw_line(ax, line, style="--"):
    """D's line, and what D says of each place: blue real, red generated."""
    w, b = line
    limits = ax.axis()
    x, y = np.meshgrid(np.linspace(*limits[:2], 100), np.linspace(*limits[2:], 100))
    says_real = sigmoid(w[0] * x + w[1] * y + b)
    look = dict(cmap=plotting.SURFACE, vmin=0, vmax=1, alpha=0.3, zorder=0)
    ax.imshow(says_real, extent=limits, origin="lower", aspect="auto", **look)
    foot = -b * w / (w @ w)  # the line's place nearest to the origin
    ax.axline(foot, foot + [-w[1], w[0]], color=plotting.DISCRIMINATOR, linestyle=style)
    ax.axis(limits)


# %% [markdown]
# The upper panels show the whole plane, the lower ones its middle, where the centroids are.

# %%
fig, axes = plt.subplots(2, 2, figsize=(7, 6.4), sharex="row", sharey="row")
for ax in axes[:, 0]:
    plotting.plot_features(start[1], after_d[1], start[0], after_d[0], ax=ax)
for ax in axes[:, 1]:
    plotting.plot_features(after_d[1], after_g[1], after_d[0], ax=ax)
middle = np.mean([after_d[0].mean(0), after_d[1].mean(0)], axis=0)
reach = 0.6 * after_d[0].std(0).max() * np.array([-1, 1])
for ax in axes[1]:
    ax.set(xlim=middle[0] + reach, ylim=middle[1] + reach)
for ax in axes.flat:
    draw_line(ax, line)
axes[0, 0].set_title("D's turn: all features move")
axes[0, 1].set_title("G's turn: the generated ones")
fig.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
plt.show()

# %% [markdown]
# **Figure 3.1.** Feature space around D's turn (left) and the turn of G that follows
# (right); below, a closer look at the middle. Circles are real points, crosses generated
# ones, pale before the turn and strong after it; large marks are the centroids; arrows show
# how the centroids and some of the points have moved. Dashed:
# D's line after its turn; on the blue side it says "real", on the red side "generated".
# D re-draws the map, so both clouds move; G moves its own cloud only.

# %% [markdown]
# What does D's line tell G? G's loss is $\text{mean}[-\log \sigma(w \cdot f + b)]$, so its
# gradient pulls **every** generated feature in one and the same direction: along $w$, straight
# across D's line into the blue. Nobody tells G where the real centroid is, or when to stop.

# %% tags=["nbval-check-output"]
w, b = line
with tf.GradientTape() as tape:
    fake_features = tf.Variable(after_d[1])
    logits = tf.linalg.matvec(fake_features, w) + b
    g_loss = cross_entropy(logits[:, None], 1)
pull = -tape.gradient(g_loss, fake_features).numpy()
across, along = pull @ w, pull @ [w[1], -w[0]]
print("across the line, to the real side:", (across >= 0).all())
print("along the line: nothing:", np.allclose(along, 0, atol=1e-5 * across.max()))

# %% [markdown]
# And yet the arrows on the right of Figure 3.1 do not run straight across the line, because G
# cannot move its points one by one: it moves its weights, and they move all of them. So does
# the large arrow there lead to the real centroid? Here it does not. But once proves nothing; you
# will count.

# %% [markdown]
# ## Training, watched
#
# Now train from the start, one step of each network an iteration, and watch a turn of
# each every few hundred iterations. (Watching trains a little, too: ten steps of each.)

# %%
gan = make_gan()
watched_at = iter(range(ITERATIONS))
history = training.fit(
    make_train_step(*gan[2:]),
    ITERATIONS,
    log_every=10,
    snapshot=lambda: (watch(gan, next(watched_at)), d_line(gan[1])),
    snapshot_every=SNAPSHOT_EVERY,
    jit_compile=True,
)
turns = [(iteration, seen) for iteration, (seen, _) in history.snapshots]
lines = [line for _, (_, line) in history.snapshots]
last = len(turns) - 1

# %% [markdown]
# D may stretch its features by ten and shrink $w$ by ten, and nothing has changed. So
# sizes of features mean nothing from one iteration to the next: draw them in
# **spreads**, with the real cloud's centre at 0 and its largest standard deviation 1.


# %%
def show_g_turn(seen, line, ax):
    """Draw G's turn, as `watch` saw it, in spreads: the axes are always the same."""
    _, after_d, after_g = seen
    middle, spread = after_d[0].mean(0), after_d[0].std(0).max()
    clouds = after_d[1], after_g[1], after_d[0]
    plotting.plot_features(*[(cloud - middle) / spread for cloud in clouds], ax=ax)
    ax.set(xlim=(-3.2, 3.2), ylim=(-3.2, 3.2))
    w, b = line
    draw_line(ax, (w * spread, w @ middle + b))


def show_features(place, ax):
    """Draw G's turn of one snapshot."""
    iteration, seen = turns[place]
    show_g_turn(seen, lines[place], ax)
    ax.set_title(f"iteration {iteration:,}")


# %% [markdown]
# **Predict.** Early on the two clouds lie apart, and D has to find a line between them. What
# will feature space look like when G has become good? Where will the line be?

# %%
fig, axes = plt.subplots(2, 3, figsize=(7, 5.4), sharex=True, sharey=True)
for place, ax in zip([0, 1, 2, last // 10, last // 3, last], axes.flat, strict=True):
    show_features(place, ax)
    ax.label_outer()
fig.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
plt.show()

# %% [markdown]
# **Figure 3.2.** G's turn in feature space through training, in spreads of the real cloud;
# marks and colours as in Figure 3.1. At the laptop budget the generated cloud starts as a clump
# at one end of the real one, and D is sure of itself (strong colours), at iteration 0 even of
# the wrong answer. In the end it lies over the real one and has roughly its shape, and D is
# hardly sure of anything: pale colours.


# %% [markdown]
# ### As a moving picture (optional)
#
# Drag the slider through all snapshots, or, for a projector, let them run. The axes stay where
# they are, so what moves is the clouds and D's line.


# %%
@interact(place=IntSlider(last, 0, last, description="snapshot"))
def scrub(place):
    show_features(place, plt.subplots(figsize=(5, 4.4))[1])


# %%
def draw_frame(place):
    """One frame of the animation."""
    fig, ax = plt.subplots(figsize=(3.6, 3.2))
    show_features(place, ax)
    return plotting.figure_to_frame(fig)


# %%
shown = np.unique(np.geomspace(1, last, 30).round().astype(int))
frames = [draw_frame(place) for place in [0, *shown]]
plotting.show_animation(frames, fps=4)

# %% [markdown]
# **Figure 3.3.** Feature space through training as an animation (early frames follow each
# other closely, late ones are far apart). The crosses start as one clump, unfold, and lie over
# the circles, while D keeps bending its map and turning its line.

# %% [markdown]
# ## How often does a G step help?
#
# The original tutorial says that G's turn "almost always" moves the generated centroid
# **towards** the real one. That is a claim about a frequency, so count. But what exactly?
# Walking towards a door, you can walk past it. So count two things:
#
# - **towards**: the movement has a part that points to the real centroid;
# - **closer**: the distance to the real centroid has shrunk.
#
# **Predict.** Can a move be towards and not closer? Closer and not towards?
#
# To lay thousands of moves over one another, turn and scale the plane so that each starts
# at 0 and the real centroid is at 1. With points as complex numbers that is a division:
#
# $$\text{way} = \frac{\text{centroid now} - \text{start}}{\text{real centroid} - \text{start}}$$
#
# - its real part says how far *along* the straight way the centroid has come, 1 for all of it;
# - its imaginary part, how far to the side.


# %% tags=["nbval-check-output"]
def find_way(path, real):
    """Ways (n, k) of paths (n, k, 2) towards real centroids (n, 2)."""
    path, real = (np.asarray(a) @ [1, 1j] for a in (path, real))
    return (path - path[:, :1]) / (real[:, None] - path[:, :1])


def is_towards(way):
    return way.real > 0


def is_closer(way):
    return np.abs(way - 1) < 1


path = [[2, 0], [2, 3], [2, 7], [2, 9], [3, -1]]
for place, way in zip(path, find_way([path], [[2, 4]])[0], strict=True):
    print(f"{place!s:8} towards: {is_towards(way)!s:5}  closer: {is_closer(way)}")

# %% [markdown]
# Here the way leads from (2, 0) up to (2, 4). At (2, 7) the real centroid is passed, and
# still closer than at the start; at (2, 9), more than twice the way, it is not. So "closer"
# is the stricter count: whoever has come closer has gone towards. A turn that is towards but
# not closer has **overshot**: had it stopped earlier on the same straight line, it would have
# been closer.
#
# Now measure, after each of G's steps, where the centroids are
#
# - on **held-out** noise and points, which the steps have not seen, and
# - on the **same** batch that the steps were taken on, as the original's plots do.


# %%
def make_look(generator, features, real_points, noise, iteration):
    """Functions that return centroids (2, 2), held out and same: real, generated."""
    new_points = sample_points(500, [7, iteration])
    new_noise = sample_noise(500, [8, iteration])

    def look_real():
        return tf.stack([centroid(features(x)) for x in (new_points, real_points)])

    def look_fake():
        return tf.stack([centroid(features(generator(z))) for z in (new_noise, noise)])

    return look_real, look_fake


# %%
def make_measured_step(generator, discriminator, repeats):
    """An iteration of training that returns centroids: real, then G's step by step."""
    features = make_features(discriminator)
    d_step, g_step = make_steps(generator, discriminator)

    def measured_step(iteration):
        real_points = sample_points(BATCH_SIZE, [1, iteration])
        noise = sample_noise(BATCH_SIZE, [2, iteration])
        for _ in tf.range(repeats):
            d_step(real_points, noise)
        batch = real_points, noise, iteration
        look_real, look_fake = make_look(generator, features, *batch)
        seen = tf.TensorArray(tf.float32, repeats + 2, element_shape=(2, 2))
        seen = seen.write(0, look_real()).write(1, look_fake())
        for k in tf.range(repeats):
            g_step(noise)
            seen = seen.write(k + 2, look_fake())
        return tf.unstack(tf.reshape(seen.stack(), [4 * (repeats + 2)]))

    return measured_step


# %% [markdown]
# Measure every turn of both schedules of lesson 02: one D and one G step, and ten D
# steps followed by ten G steps on the same batch, which is the original's own setting.
# One run proves little, so take several seeds. (At the laptop budget the cell after next
# takes about two minutes on two cores.)


# %%
def measure(repeats, n_steps, seed):
    """Ways of all G turns of a training: (n_steps, held out and same, repeats + 1)."""
    settings.set_seed(seed)
    step = make_measured_step(make_generator(), make_discriminator(), repeats)
    values = 4 * (repeats + 2)
    run = training.compile_loop(step, values=values, jit_compile=True)
    seen = np.concatenate([run(i, 100) for i in range(0, n_steps, 100)])
    seen = seen.reshape(n_steps, repeats + 2, 2, 2).transpose(2, 0, 1, 3)
    ways = [find_way(centroids[:, 1:], centroids[:, 0]) for centroids in seen]
    return np.stack(ways, axis=1)


# %%
ones = np.stack([measure(1, TEXT_ITERATIONS, seed) for seed in SEEDS])
tens = np.stack([measure(10, CODE_ITERATIONS, seed) for seed in SEEDS])
runs = {"1 and 1": ones, "10 and 10": tens}  # (seeds, turns, held out and same, places)


# %% [markdown]
# **Predict.** Which share will be larger, towards or closer? Held-out or same noise? Is
# any of them "almost always"?


# %%
def shares(ways):
    """Percent of turns that end towards, and closer, one a seed: text, text."""
    ends = ways[..., -1]
    percents = 100 * is_towards(ends).mean(1), 100 * is_closer(ends).mean(1)
    return [" ".join(f"{x:4.0f}" for x in percent) for percent in percents]


# %%
print("percent of G's turns, one column a seed")
for name, ways in runs.items():
    half = ways.shape[1] // 2
    for part, some in [("whole run", ways), ("second half", ways[:, half:])]:
        for k, noise_name in enumerate(["held out", "same"]):
            towards, closer = shares(some[:, :, k])
            print(f"{name:10} {part:12} {noise_name:9}", end="")
            print(f" towards {towards}   closer {closer}")

# %% [markdown]
# Read the last two rows first: they are the original's setting, once it has got going. At the
# laptop budget G's turn moves the centroid **towards** the real one in well over nine of ten
# turns, at every seed. The original is right, in its own words. But in most seeds it comes
# **closer** clearly less often: the rest has overshot. With single steps no share of the table is "almost
# always", and the two counts all but agree: a step this short hardly ever overshoots. (But that
# run is younger. At the laptop budget its second half is steps 7,500 to 15,000, that of the tens
# steps 50,000 to 100,000, so age may count for as much as length.)
#
# Draw the turns of the second half, all with the same start and the same goal.


# %%
def draw_map(ax, way, name):
    """Where turns end, seen from where they start: the disc is "closer"."""
    ax.add_patch(plt.Circle((1, 0), 1, color=plotting.REAL, alpha=0.15, zorder=0))
    ax.axvline(0, color=plotting.DISCRIMINATOR, linestyle=":")
    ax.plot(way.real, way.imag, "x", color=plotting.FAKE, alpha=0.3)
    ax.plot(0, 0, "X", color="white", markeredgecolor=plotting.FAKE, markersize=10)
    ax.plot(1, 0, "o", color=plotting.REAL, markeredgecolor="black", markersize=10)
    for x, word in [(-0.8, "away"), (1, "closer"), (2.6, "too far")]:
        ax.text(x, 1.25, word, ha="center")
    ax.set(xlim=(-1.5, 3.3), ylim=(-1.6, 1.6), aspect="equal", title=name)
    ax.set(xlabel="along, 1 = the real centroid", ylabel="to the side")


# %%
fig, axes = plt.subplots(1, 2, figsize=(7, 3), sharey=True)
for ax, (name, ways) in zip(axes, runs.items(), strict=True):
    half = ways.shape[1] // 2
    some = ways[:, half :: half // 100 + 1, 0, -1]
    draw_map(ax, some.ravel(), f"{name}: a turn of G")
plt.show()

# %% [markdown]
# **Figure 3.4.** Where G's turns end (small crosses; some lie outside the panel), seen from
# where they start (large cross): right of the dotted line is towards, inside the disc is
# closer, and what is towards but outside has overshot. A single step (left) goes a small part
# of the way, to any side; ten steps (right) go there and, more often than not, past the real
# centroid (at the laptop budget).

# %% [markdown]
# Why past it? Nobody tells G when to stop, and D stands still for ten steps. Follow them.
#
# **Predict.** Which of the ten steps still lead towards the real centroid, as seen from where
# each one starts?

# %%
ways = tens[:, CODE_ITERATIONS // 2 :, 0]  # (seeds, turns, places)
steps = np.diff(ways, axis=-1) / (1 - ways[..., :-1])
fig, axes = plt.subplots(1, 2, figsize=(7, 3))
for k, (way, step) in enumerate(zip(ways, steps, strict=True)):
    style = dict(color=plotting.FAKE, marker="ovs"[k], label=f"seed {SEEDS[k]}")
    axes[0].plot(np.median(way.real, axis=0), **style)
    axes[1].plot(range(1, 11), 100 * is_towards(step).mean(0), **style)
axes[0].axhline(1, color=plotting.REAL, linestyle="--", label="real centroid")
axes[0].set(xlabel="steps taken", ylabel="along, median", title="where it is")
axes[1].axhline(50, color="#444444", linestyle=":")
axes[1].set(xlabel="step", ylim=(0, 105), title="% of steps towards the real one")
fig.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
plt.show()

# %% [markdown]
# **Figure 3.5.** The ten steps of G's turns, in the second half of the run. Left: how far
# along the centroid has come, where 1 is the real one. Right: the share of steps towards it,
# dotted: a coin. At the laptop budget nearly every first step leads towards the real centroid,
# and fewer than half of the last ones do: by then it has been passed, and G walks on.

# %% [markdown]
# Now compare the rows "held out" and "same" of the table. At the laptop budget the share of
# single steps is larger on the batch that the step was computed on, at every seed: a step suits
# its own batch. That is why you measure on data that the step has not seen.

# %% [markdown]
# ### When does it help? (optional)
#
# **Predict.** When does a turn of G help most often: early, in the middle, or late? Cut the
# training into stretches, and count in each.


# %%
def share_over_time(way, edges):
    """Percent towards and closer, of all seeds, between edges (m + 1,): (m, 2)."""
    stretches = np.split(way, edges, axis=1)[1:-1]
    return np.array(
        [[100 * f(x).mean() for f in (is_towards, is_closer)] for x in stretches]
    )


# %%
fig, axes = plt.subplots(1, 2, figsize=(7, 3.3), sharey=True)
for ax, (name, ways) in zip(axes, runs.items(), strict=True):
    edges = np.unique(np.geomspace(10, ways.shape[1], 16).astype(int))
    towards, closer = share_over_time(ways[:, :, 0, -1], edges).T
    ax.semilogx(edges[1:], towards, "o-", color=plotting.FAKE, label="towards")
    ax.semilogx(edges[1:], closer, "s--", color=plotting.FAKE_DARK, label="closer")
    ax.axhline(50, color="#444444", linestyle=":", label="a coin")
    ax.set(title=name, xlabel="iteration", ylim=(0, 105))
    ax.minorticks_off()
axes[0].set_ylabel("% of G's turns")
fig.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
plt.show()

# %% [markdown]
# **Figure 3.6.** Share of G's turns that move the generated centroid towards the real one, and
# that bring it closer, over training (held out, all seeds, logarithmic axis). While the clouds
# lie apart the direction is clear and nearly every turn helps, unless D has begun by pointing
# the wrong way. After that, at the laptop budget, single steps (left) fall back towards a coin.
# So do turns of ten (right), for a while; then they go the right way ever more often, and
# overshoot.

# %% [markdown]
# ## Results: do they mix?
#
# Centroids can coincide while the clouds do not: a ring and its centre share one. Two
# stricter questions; both answers are 1 for clouds that are told apart without an error, and
# 1/2 for clouds that nobody can tell apart. (A D that is mistaken can be right on fewer.)
#
# - On how many points is **D's line** right?
# - Of how many points is the **nearest neighbour** of the same kind?


# %% tags=["nbval-check-output"]
def line_right(pair, line):
    """Share of (real, generated) features on their own side of D's line."""
    w, b = line
    return (np.mean(pair[0] @ w + b > 0) + np.mean(pair[1] @ w + b < 0)) / 2


def neighbour_right(pair):
    """Share of (real, generated) features whose nearest neighbour is of their kind."""
    return 1 - metrics.neighbour_mixing(*pair)


rng = np.random.default_rng(SEED)
apart = rng.normal(3, 1, (5000, 2)) + [[100, 0]], rng.normal(3, 1, (5000, 2))
mixed = rng.normal(size=(2, 5000, 2))
print("apart:", line_right(apart, ([1, 0], -50)), neighbour_right(apart))
off = line_right(mixed, ([1, 0], 0)) - 0.5, neighbour_right(mixed) - 0.5
print("mixed, within 0.03 of 1/2:", np.abs(off).max() < 0.03)

# %% [markdown]
# **Predict.** The original says that real and generated features mix "more and more". Which
# of the two will be nearer to 1/2 in the end?


# %%
def gap(pair):
    """Distance of the centroids of (real, generated), in spreads of the real cloud."""
    real, fake = pair
    return np.linalg.norm(fake.mean(0) - real.mean(0)) / real.std(0).max()


iterations = np.array([iteration for iteration, _ in turns])
starts, after_ds, after_gs = zip(*[seen for _, seen in turns], strict=True)
by_line = np.array([line_right(*x) for x in zip(after_ds, lines, strict=True)])
by_neighbour = np.array([neighbour_right(pair) for pair in after_ds])
after_d_gaps = np.array([gap(pair) for pair in after_ds])
after_g_gaps = np.array([gap(pair) for pair in after_gs])


# %%
fig, axes = plt.subplots(1, 2, figsize=(7, 3.6))
axes[0].plot(iterations, by_line, "--", color=plotting.DISCRIMINATOR, label="D's line")
axes[0].plot(iterations, by_neighbour, "o-", color=plotting.FAKE, label="neighbours")
axes[0].axhline(0.5, color="#444444", linestyle=":", label="a coin")
axes[0].set(xlabel="iteration", title="share of points told right", ylim=(0, 1.03))
axes[1].semilogy(iterations, after_d_gaps, "k--", label="after D's turn")
axes[1].semilogy(iterations, after_g_gaps, "^-", color=plotting.FAKE, label="after G's")
axes[1].set(xlabel="iteration", title="distance of centroids (spreads)")
for ax in axes:
    ax.locator_params(axis="x", nbins=4)
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=2)
plt.show()

# %% [markdown]
# **Figure 3.7.** Left: how many points are told right after D's turn, by D's line and by their
# nearest neighbour. Right: how far apart the centroids are, after D's turn and after G's. At
# the laptop budget the clouds do mix more and more, up to a point: after a wild start D's line
# is little better than a coin, and neighbours stay clearly above one. The centroids are nearest
# about half-way.

# %%
late = iterations >= iterations[-1] / 2
print("means over the second half of the run, on points that no step has seen")
print(f"told right: {by_line[late].mean():.0%} by D's line", end=", ")
print(f"{by_neighbour[late].mean():.0%} by neighbours")
print(f"distance: {after_d_gaps[late].mean():.2f} spreads after D's turn", end=", ")
print(f"{after_g_gaps[late].mean():.2f} after G's")

# %% [markdown]
# So at the laptop budget D, with its one straight line, ends up with little better than a
# guess, and that is what the losses near $2 \ln 2$ said in lesson 02. Another judge still finds
# a difference: real points lie on a curve, their features do, too, and the generated ones lie
# *beside* it, too close for D's line and not too close for neighbours. And the
# centroids? On average they are **farther** apart after G's ten steps than before them. Some of
# that is overshoot; some turns lead away, as the last one in Figure 3.2. (This run was trained in
# single steps, so the counts of the tens above do not hold for it.)

# %% [markdown]
# ## What goes wrong
#
# A slip of the pen trains G in both steps, and D in none: the `d_step` below passes the
# wrong function on. It raises no error.
#
# **Predict.** What will the losses do? Where will the generated points go? And what would
# you see in the very first turn of D?


# %%
def make_slipped_gan():
    """A GAN whose step of D trains G."""
    generator, discriminator, _, g_step = make_gan()

    def d_step(real_points, noise):
        return g_step(noise)  # the slip

    return generator, discriminator, d_step, g_step


# %% tags=["nbval-check-output"]
def real_move(gan):
    """The largest move of a real feature in D's first turn."""
    start, after_d, _ = watch(gan, 0)
    return np.abs(after_d[0] - start[0]).max()


print("D's first turn moves real features:", real_move(make_gan()) > 0)
print("and with the slip:", real_move(make_slipped_gan()) > 0)

# %% [markdown]
# One turn of D gives the slip away. Who does not look at it trains on: so let it run, and see
# what the loss, feature space and the points show after 1,000 iterations.

# %%
slipped_gan = make_slipped_gan()
slipped = training.fit(make_train_step(*slipped_gan[2:]), 1000, jit_compile=True)
seen = watch(slipped_gan, 1000)
fake_points = slipped_gan[0](sample_noise(BATCH_SIZE, [2, 0])).numpy()

# %%
fig, axes = plt.subplots(1, 3, figsize=(7, 3))
axes[0].plot(slipped.iteration, slipped.g_loss, color=plotting.FAKE)
axes[0].axhline(plotting.LN_2, color="#444444", linestyle=":")
axes[0].set(xlabel="iteration", title="G's loss")
show_g_turn(seen, d_line(slipped_gan[1]), axes[1])
axes[1].set_title("feature space")
plotting.plot_points(real_points, fake_points, ax=axes[2])
axes[2].set(xlabel="x", ylabel="y", title="points")
plt.show()

# %% [markdown]
# **Figure 3.8.** G against a D that never learns. G's loss falls from $\ln 2$ (dotted) to 0. In
# feature space the generated cloud ends near D's line; that it is on the side which D calls real, its loss
# tells, not the picture. Nothing has moved the real cloud, wherever that line happens to be. The points
# are one clump, far from the curve.

# %%
slipped_d_loss = cross_entropy(slipped_gan[1](real_points), 1)
slipped_d_loss += cross_entropy(slipped_gan[1](fake_points), 0)
print(f"the losses logged: D {slipped.d_loss[-1]:.4f}, G {slipped.g_loss[-1]:.4f}")
print(f"D's own loss, which nobody logged: {slipped_d_loss:.1f}")

# %% [markdown]
# Both logged losses look wonderful, for both are G's. And a loss of G says how G stands with
# *this* D, not whether D learns: here it is near 0, while a D of lesson 02 that had died of a
# high learning rate gave its G a steady $\ln 2$. Feature space needs one turn to tell: in D's
# turn, real features **must** move.

# %% [markdown]
# ## The live lab
#
# Look at single steps at your own pace. The lab trains copies of this lesson's networks on
# this lesson's data; its second panel is a feature space as in Figure 3.1, without D's line.

# %%
settings.set_seed(SEED)
feature_lab = lab.PointLab(
    make_generator(), make_discriminator(), data=sample_points, noise=sample_noise
)
feature_lab.step(LAB_ITERATIONS)
feature_lab.figure()
plt.show()

# %% [markdown]
# **Figure 3.9.** The lab after 10,000 iterations at the laptop budget. Upper left: the points
# over what D says, with arrows where G is being pushed. Upper right: features of real points,
# and of generated ones before and after the last G step: one step is a short way. Below: the
# losses; how many of 20 parts of the curve the points cover; and the divergence, a distance
# between the two clouds of points that is 0 when they agree and $\ln 2$ when they are apart.
# Notice how long both losses lie on their levels while next to no part is covered. (A part counts
# only if points lie near it. Lesson 02 counted strips of x, however far the points in them.)

# %% [markdown]
# Alive, below. **Predict**, then press:
#
# - "one G step", several times: which centroid moves, and towards what?
# - "one D step": which of the two centroids moves now?
# - Play, then pause late in the training and press "one G step" ten times. How often does the
#   generated centroid move towards the real one, and when is it past it?

# %%
feature_lab.show()

# %% [markdown]
# ## Key points
#
# - All layers of D but the last map a point to features; the last one draws a line there.
# - A D step moves real and generated features; a G step moves only the generated ones,
#   and the real ones by exactly zero. Real features that do not move in D's turn mean a D
#   that does not learn, whatever the losses say.
# - "Towards" is not "closer". Once the training has got going, ten G steps against a D that
#   stands still lead towards the real centroid nearly always, and often past it; a single step
#   hardly ever overshoots.
# - A step looks better on its own batch than it is: measure on points that it has not seen.
# - Equal centroids do not mean equal clouds, and a D that guesses does not, either; nearest
#   neighbours are stricter.

# %% [markdown]
# ## Exercises
#
# **3.1 The discriminator's step.** The original asks for the same plots around the
# discriminator's step; Figure 3.1 has one. Count: write `share_apart(turns)`, the share of
# watched turns of D after which the two centroids are **farther** apart than before. Each of
# `turns` is `(iteration, (start, after_d, after_g))`, the last three pairs
# `(real features, generated features)`. Predict: nearly always?


# %% tags=["solution"]
def share_apart(turns):
    """Share (0 to 1) of D's watched turns that move the centroids apart."""

    # BEGIN SOLUTION
    # STUB: return ...
    def distance(pair):
        return np.linalg.norm(pair[0].mean(0) - pair[1].mean(0))

    apart = [distance(after_d) > distance(start) for _, (start, after_d, _) in turns]
    return np.mean(apart)
    # END SOLUTION


# %%
CLOUD = np.array([[5.0, -1.0], [-4.0, 3.0], [-1.0, -2.0]])  # around the origin


def make_turns(*gaps):
    """A made-up turn with these gaps between centroids; D's part shrinks clouds."""
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
        "3/5 of five made-up turns": lambda f: checks.same(f(MADE_UP), 0.6),
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
print(f"{100 * share_apart(turns):.0f} % of {len(turns)} turns")
# END SOLUTION

# %% [markdown] tags=["solution"]
# Not nearly always, on points that the turn has not seen: D's loss asks for points on the right
# side of its line, and it knows as little of centroids as G does. (D's turn also stretches the whole map,
# so that distances before and after are not on one scale. Count again in spreads, as above, and the share
# may be another.)

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
# The features are locked into a square, and many pile up at its edges, where tanh is flat: a
# generated point there gets almost no gradient. A linear layer avoids that.

# %% [markdown]
# ### Pictures instead of points (optional)
#
# **3.3** Features work for any data. Write a discriminator for
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
