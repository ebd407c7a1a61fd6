# ---
# title: The quadratic GAN
# minutes: 3
# teaching: 90
# prerequisites: Python and NumPy; what a gradient is.
# taught: quadratic
# ---

# %% [markdown]
# ## Questions
#
# - Can a network learn to draw a curve if nobody ever tells it the curve's formula?
# - What does one training step of a GAN do, line by line?
# - Which loss should you hope for?
# - What does the scale of the data have to do with any of this?
#
# **You will be able to** build a generator and a discriminator, write their losses and
# one training step, train them to equilibrium, and judge the result by a measurement
# instead of by the loss.

# %% [markdown]
# ## Setup
#
# TensorFlow and Keras build and train the networks. `gan_helpers` holds what every
# lesson needs and no lesson is about: plots, compiled loops, and checks of exercises.

# %% tags=["setup"]
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from ipywidgets import IntSlider, interact
from keras import layers

from gan_helpers import checks, course, diagrams, lab, plotting, settings, training

plotting.set_style()

# %% [markdown]
# ## Settings
#
# One seed, so that you can run the lesson twice and see the same. One budget: `laptop`
# is already the full size of the original tutorial, because its networks are tiny.

# %%
SEED = 0
BATCH_SIZE = 256
ITERATIONS = settings.budget(fast=3_001, laptop=100_001, full=100_001)
CODE_ITERATIONS = settings.budget(fast=301, laptop=10_001, full=10_001)
SCALED_ITERATIONS = settings.budget(fast=3_000, laptop=50_000, full=50_000)
SEEDS = settings.budget(fast=[0], laptop=[0, 1, 2], full=range(10))
SNAPSHOT_EVERY = 1000
LAB_ITERATIONS = settings.budget(fast=300, laptop=3_000, full=3_000)
settings.set_seed(SEED)
course.announce_budget("02")

# %% [markdown]
# ## The idea
#
# Two networks play a game. The **generator** G turns random numbers, the *noise*, into
# points. The **discriminator** D looks at a point and says how sure it is that the point
# is real. D is trained to tell real from generated; G is trained to be mistaken for
# real. G never sees a real point: all it learns comes to it through D's gradient.

# %%
diagrams.draw_gan(data="real points", sample="generated points")
plt.show()

# %% [markdown]
# **Figure 2.1.** A GAN. Solid arrows carry data forward; dashed arrows carry gradients
# back. The generator's only teacher is the gradient that comes back through the
# discriminator.

# %% [markdown]
# ## The data
#
# The points lie on a parabola: $x$ is uniform on $[-50, 50)$ and $y = 10 + x^2$. Nothing
# is rescaled, on purpose: the original did not, and you will measure what that costs.
# The random numbers follow from a `seed` pair, so the same iteration always draws the
# same batch.


# %% tags=["taught"]
def sample_points(n, seed):
    """n points (n, 2) with x uniform on [-50, 50) and y = 10 + x²; seed is a pair."""
    x = tf.random.stateless_uniform((n, 1), seed, -50.0, 50.0, alg="philox")
    return tf.concat([x, 10.0 + x**2], axis=1)


real_points = sample_points(BATCH_SIZE, [1, 0])
real_points.shape

# %% [markdown]
# The noise has two dimensions as well, each uniform on $[-1, 1)$. The generator has to
# bend this square into the parabola.


# %% tags=["taught"]
def sample_noise(n, seed):
    """n noise vectors (n, 2), uniform on [-1, 1); seed is a pair of integers."""
    return tf.random.stateless_uniform((n, 2), seed, -1.0, 1.0, alg="philox")


noise = sample_noise(BATCH_SIZE, [2, 0])
noise.shape

# %% [markdown]
# **Predict.** The $y$ values reach 2510. How does the range of $y$ compare with the range
# of $x$, and with the noise? Look at the axes.

# %%
fig, axes = plt.subplots(1, 2, figsize=(7, 3))
plotting.plot_points(fake_points=noise, ax=axes[0])
axes[0].set(title="noise", xlabel="noise 1", ylabel="noise 2")
plotting.plot_points(real_points, ax=axes[1])
axes[1].set(title="real points", xlabel="x", ylabel="y")
plt.show()

# %% [markdown]
# **Figure 2.2.** What goes into the generator (left) and what should come out (right).
# The $y$ axis spans 2500, the $x$ axis 100 and the noise 2: three very different scales
# for one small network to bridge.

# %% [markdown]
# ## The two networks
#
# Both have two hidden layers of 16 units. The activation is the *leaky* ReLU: negative
# inputs keep a slope of 0.2, so no unit is ever cut off from its gradient.


# %% tags=["taught"]
def make_generator():
    """Noise (n, 2) to points (n, 2)."""
    return keras.Sequential(
        [
            keras.Input((2,)),
            layers.Dense(16),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Dense(16),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Dense(2),
        ],
        name="generator",
    )


generator = make_generator()
generator(noise[:3]).numpy().round(2)

# %% [markdown]
# The discriminator has one more layer, of only two units and without an activation. Two
# numbers can be plotted, and lesson 03 does that: it is called `features`. The last unit
# gives a **logit**: positive means "real", and the sigmoid
# $\sigma(\text{logit}) = 1 / (1 + e^{-\text{logit}})$ turns it into a probability.


# %% tags=["taught"]
def make_discriminator():
    """Points (n, 2) to logits (n, 1); the layer "features" has 2 linear units."""
    return keras.Sequential(
        [
            keras.Input((2,)),
            layers.Dense(16),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Dense(16),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Dense(2, name="features"),
            layers.Dense(1, name="logit"),
        ],
        name="discriminator",
    )


discriminator = make_discriminator()
discriminator(real_points[:3]).shape

# %% [markdown]
# The original tutorial has 354 weights in the generator and 357 in the discriminator.
# Count yours: $2 \cdot 16 + 16$ for the first layer, and so on.

# %% tags=["nbval-check-output"]
generator.count_params(), discriminator.count_params()

# %% [markdown]
# ## The losses
#
# D answers a yes-or-no question, so its loss is the **cross-entropy**:
#
# $$\ell_D = \underbrace{\text{mean}\left[-\log \sigma(D(x))\right]}_{\text{real, label 1}}
# + \underbrace{\text{mean}\left[-\log\left(1 - \sigma(D(G(z)))\right)\right]}_{\text{generated, label 0}}$$
#
# - $x$ is `real_points`, $z$ is `noise`, $G(z)$ is `fake_points`;
# - $D(\cdot)$ is a logit and $\sigma$ the sigmoid;
# - the two means are **added**, not averaged: that decides which number is "good".
#
# G wants its points to be called real: $\ell_G = \text{mean}[-\log \sigma(D(G(z)))]$, the
# same function with label 1.


# %% tags=["taught"]
def cross_entropy(logits, label):
    """Mean of -log σ(logit) for label 1 and of -log(1 - σ(logit)) for label 0."""
    labels = tf.fill(tf.shape(logits), float(label))
    losses = tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits)
    return tf.reduce_mean(losses)


# %% [markdown]
# **Predict.** When G is perfect, D can only guess: every logit is 0. What are $\ell_D$
# and $\ell_G$ then? Work it out before you run the cell.

# %% tags=["nbval-check-output"]
guess = tf.zeros((BATCH_SIZE, 1))
d_equilibrium = cross_entropy(guess, 1) + cross_entropy(guess, 0)
g_equilibrium = cross_entropy(guess, 1)
print(f"D: {d_equilibrium:.3f} = 2 ln 2, G: {g_equilibrium:.3f} = ln 2")

# %% [markdown]
# These two numbers answer the question "what should my loss be?": not 0. A discriminator
# with a loss near 0 has won, and a generator facing it has nothing left to learn from.

# %% [markdown]
# ## One step by hand
#
# A step of D draws generated points, measures $\ell_D$ under a gradient tape, and moves
# **only D's** weights. A step of G sends noise through both networks and moves **only
# G's**. Each network has an optimizer of its own: RMSProp with rate 0.001.


# %% tags=["taught"]
def make_steps(generator, discriminator, learning_rate=0.001):
    """Two functions that train one network each: d_step and g_step."""
    d_optimizer = keras.optimizers.RMSprop(learning_rate)
    g_optimizer = keras.optimizers.RMSprop(learning_rate)
    d_optimizer.build(discriminator.trainable_variables)
    g_optimizer.build(generator.trainable_variables)

    def d_step(real_points, noise):
        fake_points = generator(noise)
        with tf.GradientTape() as tape:
            d_loss = cross_entropy(discriminator(real_points), 1)
            d_loss += cross_entropy(discriminator(fake_points), 0)
        training.update(d_optimizer, tape, d_loss, discriminator)
        return d_loss

    def g_step(noise):
        with tf.GradientTape() as tape:
            g_loss = cross_entropy(discriminator(generator(noise)), 1)
        training.update(g_optimizer, tape, g_loss, generator)
        return g_loss

    return d_step, g_step


# %% [markdown]
# Take one step of each and look at the losses. D's loss can start far from 2 ln 2: the
# untrained network meets inputs of 2500 and answers with huge logits. (Run the cell again,
# and it takes another step of each.)

# %%
d_step, g_step = make_steps(generator, discriminator)
d_loss = d_step(real_points, noise)
g_loss = g_step(noise)
print(f"D loss {d_loss:.3f}, G loss {g_loss:.3f}")

# %% [markdown]
# "Only D's weights" is a promise worth checking: mixing up the two lists of variables is
# the most common bug in a hand-written GAN, and it raises no error.
#
# **Predict.** What will the largest weight change of each network be in each step?


# %% tags=["nbval-check-output"]
def moved(network, step):
    """Whether any weight of `network` changes when `step` is called."""
    before = network.get_weights()
    step()
    pairs = zip(before, network.get_weights(), strict=True)
    return any(not np.array_equal(old, new) for old, new in pairs)


for network in (discriminator, generator):
    in_d_step = moved(network, lambda: d_step(real_points, noise))
    in_g_step = moved(network, lambda: g_step(noise))
    print(f"{network.name:13}  D step: {in_d_step!s:5}  G step: {in_g_step}")

# %% [markdown]
# ## Training
#
# One iteration is one D step and one G step on a fresh batch; the schedule can also
# repeat both on the same batch, which you will need below.


# %% tags=["taught"]
def make_train_step(d_step, g_step, repeats=1, sample=sample_points):
    """One iteration: `repeats` D steps, then as many G steps, on one batch."""

    def train_step(iteration):
        real_points = sample(BATCH_SIZE, [1, iteration])
        noise = sample_noise(BATCH_SIZE, [2, iteration])
        d_loss = g_loss = 0.0
        for _ in tf.range(repeats):  # a compiled loop; range would compile each repeat
            d_loss = d_step(real_points, noise)
        for _ in tf.range(repeats):
            g_loss = g_step(noise)
        return d_loss, g_loss

    return train_step


# %% [markdown]
# Networks this small spend their time on the way between Python and TensorFlow. How much?
# Time one step called from Python, then a hundred compiled into one loop. (The answer
# belongs to your machine, so it appears only when you run the cell.)

# %%
train_step = make_train_step(d_step, g_step)
eager = settings.seconds_per_call(lambda: train_step(0))
run = training.compile_loop(train_step, jit_compile=True)
compiled = settings.seconds_per_call(lambda: run(0, 100)) / 100
settings.announce_time("100,001 steps from Python", 100_001 * eager)
settings.announce_time("100,001 compiled steps", 100_001 * compiled)

# %% [markdown]
# That is why the training goes through `training.fit`: it compiles a hundred iterations
# into one call, logs the losses every 10, and calls `snapshot` every 1000. The snapshot
# draws from a **fixed** noise batch: what changes from picture to picture is G alone.

# %%
fixed_noise = sample_noise(500, [3, 0])


def train(
    repeats=1,
    n_steps=ITERATIONS,
    seed=SEED,
    sample=sample_points,
    new_generator=make_generator,
):
    """A new pair of networks, trained: (generator, history)."""
    settings.set_seed(seed)
    generator, discriminator = new_generator(), make_discriminator()
    steps = make_steps(generator, discriminator)
    history = training.fit(
        make_train_step(*steps, repeats, sample),
        n_steps,
        log_every=10,
        snapshot=lambda: generator(fixed_noise).numpy(),
        snapshot_every=SNAPSHOT_EVERY,
        jit_compile=True,
    )
    return generator, history


# %% [markdown]
# **Predict.** Sketch both loss curves over 100,001 iterations. Do they fall, as in every
# training you have seen so far?

# %%
generator, history = train()
plotting.plot_losses(history, smooth=50).set(ylim=(0, 3))
plt.show()

# %% [markdown]
# **Figure 2.3.** Losses over training: single values in the background, running means in
# front, equilibrium dotted. They do not fall to 0; they settle near 2 ln 2 and ln 2 and
# stay there. Each network's progress is the other's setback.

# %% [markdown]
# Read the end of the curves against the equilibrium. The assertions are this lesson's
# promise for the full length of training; a shorter run promises nothing.

# %%
d_end, g_end = history.d_loss[-100:].mean(), history.g_loss[-100:].mean()
print(f"D {d_end:.3f} (2 ln 2 = 1.386), G {g_end:.3f} (ln 2 = 0.693)")
if ITERATIONS == 100_001:
    assert abs(d_end - plotting.TWO_LN_2) < 0.10
    assert abs(g_end - plotting.LN_2) < 0.15

# %% [markdown]
# ## Results
#
# The loss says that the game is balanced. Does it say that the points are right? Look.


# %%
def show_snapshots(history, places, axes, to_data=lambda points: points):
    """Draw the generated points of some snapshots over the true curve."""
    curve = np.linspace(-50, 50, 200)
    for ax, place in zip(axes, places, strict=True):
        iteration, points = history.snapshots[place]
        ax.plot(curve, 10 + curve**2, color=plotting.REAL, linewidth=1)
        plotting.plot_points(fake_points=to_data(points), ax=ax)
        ax.set(title=f"{iteration:,}", xlim=(-75, 75), ylim=(-800, 4000))


last = len(history.snapshots) - 1
places = [0, *(last * np.array([0.02, 0.06, 0.12, 0.3, 1.0])).round().astype(int)]
fig, axes = plt.subplots(2, 3, figsize=(7, 4), sharex=True, sharey=True)
show_snapshots(history, places, axes.flat)
plt.show()

# %% [markdown]
# **Figure 2.4.** Generated points (orange crosses) after the number of iterations above
# each panel, with the true curve in blue. A clump rises into the data, is drawn out into a
# line, spreads over the inside of the parabola, and gathers on the curve.

# %% [markdown]
# In JupyterLab or Colab, drag the slider through all the snapshots. When do the
# points leave the line? Does any later snapshot look worse than an earlier one?


# %%
@interact(place=IntSlider(last, 0, last, description="snapshot"))
def scrub(place):
    show_snapshots(history, [place], [plt.subplots()[1]])


# %% [markdown]
# A picture convinces; a number compares. The **parabola error** is the mean of
# $|y - (10 + x^2)|$ over generated points: how far, straight up or down, they are from
# the curve. For scale: $y$ spans 2500.
#
# **Predict.** Which has the smaller error, the untrained generator or the trained one?


# %%
def parabola_error(points):
    """Mean vertical distance of points (n, 2) from y = 10 + x²."""
    return np.abs(points[:, 1] - (10 + points[:, 0] ** 2)).mean()


test_noise = sample_noise(10_000, [4, 0])
untrained, trained_points = make_generator()(test_noise), generator(test_noise)
print(f"untrained {parabola_error(untrained.numpy()):.0f}", end=", ")
print(f"trained {parabola_error(trained_points.numpy()):.0f}")

# %% [markdown]
# Surprised? The untrained generator puts all its points near the origin, ten below the
# curve: close to *it*, and nowhere else. The error asks whether the points lie on the
# curve, not whether they lie **all along** it. So ask that, too: cut $[-50, 50)$ into 20
# strips and count those that get at least a fifth of their fair share of points.


# %%
def covered(points):
    """Share of 20 strips of x in [-50, 50) with at least 1 % of the points (n, 2)."""
    counts, _ = np.histogram(points[:, 0], bins=20, range=(-50, 50))
    return np.mean(counts >= 0.01 * len(points))


print(f"untrained {covered(untrained.numpy()):.0%}", end=", ")
print(f"trained {covered(trained_points.numpy()):.0%}")

# %% [markdown]
# From here on, errors are drawn from the first thousand iterations on, when the points
# have left the origin.


# %%
def error_curve(history, to_data=lambda points: points):
    """Iterations (n,) and the parabola error (n,) of every snapshot but the first."""
    iterations, points = zip(*history.snapshots[1:], strict=True)
    return np.array(iterations), np.array([parabola_error(to_data(p)) for p in points])


# %% [markdown]
# ## Two schedules
#
# The text of the original describes what you ran: one step each, 100,001 times. Its
# published code does something else: 10,001 iterations of **ten** D steps and then ten G
# steps, the ten on the *same* batch. That is the same number of steps.
#
# **Predict.** D gets ten steps in a row against a generator that stands still. What will
# the loss curves look like, compared with Figure 2.3?

# %%
code_generator, code_history = train(repeats=10, n_steps=CODE_ITERATIONS)
fig, axes = plt.subplots(1, 2, figsize=(7, 3), sharey=True)
plotting.plot_losses(history, smooth=50, ax=axes[0]).set(title="1 D step, 1 G step")
plotting.plot_losses(code_history, smooth=50, ax=axes[1])
axes[1].set(title="10 D steps, 10 G steps", ylim=(0, 3))
plt.show()

# %% [markdown]
# **Figure 2.5.** The two schedules. In tens, D's loss stays below its equilibrium and both
# losses swing more: after each turn one side is ten steps ahead of the other.

# %% [markdown]
# The published run of the code logged these losses. Yours differ in every digit, and
# should: another seed, another machine. The *pattern* is what to compare: a start near
# equilibrium (or far above it, if the untrained D is unlucky), a swing, and then a D loss
# a little under 1.386.

# %%
published = {
    0: (0.701, 0.694),
    100: (0.965, 1.783),
    500: (0.183, 5.370),
    1000: (1.527, 0.335),
    2000: (1.317, 0.747),
    5000: (1.309, 0.742),
    10000: (1.241, 0.750),
}
print("iteration   published D, G    here D, G")
for iteration, (d_published, g_published) in published.items():
    row = np.flatnonzero(code_history.iteration == iteration)
    here = [
        f"{loss[k]:.3f}"
        for k in row
        for loss in (code_history.d_loss, code_history.g_loss)
    ]
    print(
        f"{iteration:9}   {d_published:.3f}, {g_published:.3f}      {', '.join(here)}"
    )

# %% [markdown]
# Which schedule draws the better parabola? The two did the same number of steps, so
# compare them at equal *steps*: one iteration in tens counts as ten.

# %%
fig, ax = plt.subplots()
iterations, errors = error_curve(history)
ax.semilogy(iterations, errors, color=plotting.FAKE, label="1 and 1")
iterations, errors = error_curve(code_history)
ax.semilogy(10 * iterations, errors, "k--", marker="s", label="10 and 10")
ax.set(xlabel="steps of each network", ylabel="parabola error")
ax.legend()
plt.show()

# %% [markdown]
# **Figure 2.6.** Parabola error of both schedules after equal numbers of steps (log
# scale). In this run, fresh data at every step beats ten steps on one batch. The last two
# squares are one single iteration apart: that is how far one turn of ten steps can swing.

# %% [markdown]
# ## Raw or standardised
#
# So far $y$ came in raw, up to 2510. **Standardised** data have mean 0 and standard
# deviation 1 in both coordinates. The mean and deviation of this distribution are known
# exactly: $x$ has deviation $100/\sqrt{12}$, and $x^2$ has mean $50^2/3$ and deviation
# $50^2\sqrt{1/5 - 1/9}$.
#
# **Predict.** Same networks, same learning rate, **half** the iterations. Will the error,
# measured in the raw units, be larger or smaller than with raw data?

# %% tags=["nbval-check-output"]
data_mean = np.float32([0, 10 + 50**2 / 3])
data_std = np.float32([100 / np.sqrt(12), 50**2 * np.sqrt(1 / 5 - 1 / 9)])


def sample_standardised(n, seed):
    return (sample_points(n, seed) - data_mean) / data_std


def to_raw(points):
    return points * data_std + data_mean


many = sample_standardised(1_000_000, [5, 0]).numpy()
print("mean 0:", np.allclose(many.mean(0), 0, atol=0.01), end=", ")
print("standard deviation 1:", np.allclose(many.std(0), 1, atol=0.01))

# %% [markdown]
# One run proves little: GANs differ from seed to seed. Train both versions on several
# seeds and keep the error of every snapshot.

# %%
raw_runs = [error_curve(train(seed=seed)[1]) for seed in SEEDS[1:]]
raw_runs = [error_curve(history), *raw_runs]
scaled_histories = [
    train(n_steps=SCALED_ITERATIONS, seed=seed, sample=sample_standardised)[1]
    for seed in SEEDS
]
scaled_runs = [error_curve(h, to_raw) for h in scaled_histories]

# %%
fig, ax = plt.subplots()
for k, (iterations, errors) in enumerate(raw_runs):
    ax.semilogy(
        iterations, errors, "--", color="#777777", label="raw" if k == 0 else None
    )
for k, (iterations, errors) in enumerate(scaled_runs):
    label = "standardised" if k == 0 else None
    ax.semilogy(iterations, errors, color=plotting.FAKE, label=label)
ax.set(xlabel="iteration", ylabel="parabola error (raw units)")
ax.legend()
plt.show()

# %% [markdown]
# **Figure 2.7.** Parabola error in raw units, one line a seed (log scale). Standardised
# data reach in a few thousand iterations what raw data need the whole run for. The
# networks are the same; only the units changed.

# %% [markdown]
# In numbers, the median over the last ten snapshots of every seed, so that no lucky or
# unlucky last step decides.

# %%
raw_error = np.median([errors[-10:] for _, errors in raw_runs])
scaled_error = np.median([errors[-10:] for _, errors in scaled_runs])
print(f"raw          {raw_error:5.1f} after {ITERATIONS:,} iterations")
print(f"standardised {scaled_error:5.1f} after {SCALED_ITERATIONS:,} iterations")
if ITERATIONS == 100_001:
    assert raw_error <= 75 and scaled_error <= 35

# %%
fig, axes = plt.subplots(1, 3, figsize=(7, 2.6), sharex=True, sharey=True)
scaled_last = len(scaled_histories[0].snapshots) - 1
places = (scaled_last * np.array([0.04, 0.12, 1.0])).round().astype(int)
show_snapshots(scaled_histories[0], places, axes, to_raw)
plt.show()

# %% [markdown]
# **Figure 2.8.** The generator trained on standardised data, drawn in raw units. The
# parabola is there after 2,000 iterations; what follows is polish.

# %% [markdown]
# ## What goes wrong
#
# The most common first mistake is impatience: "it learns slowly, so raise the learning
# rate". Here is the standardised training with a rate fifty times as high.
#
# **Predict.** Will it be faster, the same, or broken? If broken, which loss will tell you?


# %%
def train_hastily(seed, learning_rate=0.05):
    """Two networks trained at a high rate: (generator, discriminator, history)."""
    settings.set_seed(seed)
    networks = make_generator(), make_discriminator()
    steps = make_steps(*networks, learning_rate)
    train_step = make_train_step(*steps, sample=sample_standardised)
    return *networks, training.fit(train_step, 5000, jit_compile=True)


*hasty_networks, hasty_history = train_hastily(SEED)
hasty_points = hasty_networks[0](fixed_noise).numpy()

# %%
fig, axes = plt.subplots(1, 2, figsize=(7, 3))
plotting.plot_losses(hasty_history, smooth=50, ax=axes[0]).set(ylim=(0, 3))
plotting.plot_points(sample_points(300, [7, 0]), to_raw(hasty_points), ax=axes[1])
axes[1].set(xlabel="x", ylabel="y")
axes[1].legend()
plt.show()

# %% [markdown]
# **Figure 2.9.** Learning rate 0.05. Left: both losses lie on their equilibrium lines, as
# if drawn with a ruler. Right: the points miss the curve.

# %% [markdown]
# Perfect losses, wrong points: how? Ask D. When its first large steps have pushed it to a
# place where it answers the same logit whatever it is shown, it *guesses*, and guessing
# costs 2 ln 2 against any generator, good or bad. The number to look at is the spread of
# its logits on real points. Is that bad luck of one seed?

# %%
print("seed   D loss   G loss   spread of D's logits   error")
for seed in SEEDS:
    hasty_generator, hasty_discriminator, losses = train_hastily(seed)
    spread = hasty_discriminator(sample_standardised(1000, [7, 0])).numpy().std()
    error = parabola_error(to_raw(hasty_generator(test_noise).numpy()))
    d_mean, g_mean = losses.d_loss[-500:].mean(), losses.g_loss[-500:].mean()
    print(f"{seed:4} {d_mean:8.3f} {g_mean:8.3f} {spread:22.4f} {error:7.0f}")

# %% [markdown]
# Not one seed's bad luck: a dead D, and perfect losses. (With other random numbers we have
# also seen a D that ran far ahead at this rate, with a loss of 0.5 against G's 3.8.) Losses
# at equilibrium are a *necessary* sign of a good GAN, and no more than that.

# %% [markdown]
# ## The live lab
#
# So far everything ran to a plan. Now put your hand on it: the **lab** trains copies of your
# own networks on your own data function while you watch and turn its settings. First as a
# still picture, on standardised data.

# %%
settings.set_seed(SEED)
quadratic_lab = lab.PointLab(
    make_generator(), make_discriminator(), data=sample_standardised, noise=sample_noise
)
quadratic_lab.step(LAB_ITERATIONS)
quadratic_lab.figure()
plt.show()

# %% [markdown]
# **Figure 2.10.** The lab's four panels, after 3,000 iterations at the laptop budget: the
# points over D's surface, with arrows where G is being pushed; D's two features; the losses
# with their equilibrium lines; and how much of the curve is covered.

# %% [markdown]
# Below it is alive (in JupyterLab, VS Code or Colab). Press Play. **Predict** each time before
# you try:
#
# - Multiply D's learning rate by ten, then G's. Who runs away, and which loss tells you?
# - Pause. Press "one D step" a few times, then "one G step". What moves in which panel?
# - Choose other data, or draw your own with the mouse.
# - Drag the time slider back to the first hundred iterations, go on from there with another
#   loss, and compare.

# %%
quadratic_lab.show()

# %% [markdown]
# ## Key points
#
# - G learns the curve through D's gradient alone: no formula, no distance to any point.
# - At equilibrium D can only guess. With added terms its loss is 2 ln 2 = 1.386, and G's
#   is ln 2 = 0.693. Losses near 0 are bad news.
# - Losses at equilibrium do not say how good the points are; a D that has stopped seeing
#   gives the same. Measure the points, and more than one property of them.
# - A D step moves only D, a G step only G. Check it; a mistake there is silent.
# - Standardise your data. Here it was worth more than twice the iterations.

# %% [markdown]
# ## Exercises
#
# These are the ones that the original tutorial sets. Fill in the marked place and run the
# check below it; then train with what you wrote.
#
# **2.1 Other activations.** Write a generator like `make_generator` whose two hidden layers
# of 16 units use any activation that Keras knows by name. Then train with `"relu"` and
# `"tanh"` on standardised data. A ReLU network is made of straight pieces; can you see them?


# %% tags=["solution"]
def make_generator_with(activation):
    """Noise (n, 2) to points (n, 2), with two hidden layers of the given activation."""
    # BEGIN SOLUTION
    # STUB: return ...
    return keras.Sequential(
        [
            keras.Input((2,)),
            layers.Dense(16, activation=activation),
            layers.Dense(16, activation=activation),
            layers.Dense(2),
        ]
    )
    # END SOLUTION


# %%
def has_layers(generator, hidden, output=None):
    """Whether two hidden layers have this activation, a function of arrays."""
    inputs = np.float32([[1, -2], [-0.5, 1.5], [2, 2], [-1, -0.5]])
    plan = [(16, hidden), (16, hidden), (2, output)]
    return checks.same_as_dense(generator, inputs, plan)


# %% tags=["check", "nbval-check-output"]
checks.check(
    "2.1",
    make_generator_with,
    {
        "354 weights, before it is first used": lambda make: checks.same(
            make("tanh").count_params(), 354
        ),
        "hidden tanh, linear output": lambda make: has_layers(make("tanh"), np.tanh),
        "hidden softplus, log(1 + exp(x)), linear output": lambda make: has_layers(
            make("softplus"), lambda x: np.log1p(np.exp(x))
        ),
    },
    {
        "begin with `keras.Input((2,))`: training needs the weights.": lambda make: (
            not make("tanh").built
        ),
        "no activation at the output: points lie anywhere.": lambda make: has_layers(
            make("tanh"), np.tanh, np.tanh
        ),
        "the hidden layers have no activation.": lambda make: has_layers(
            make("tanh"), None
        ),
        "that is tanh whatever you ask for: use `activation`.": lambda make: has_layers(
            make("softplus"), np.tanh
        ),
    },
)

# %% tags=["solution"]
# BEGIN SOLUTION
# STUB: # Train with "relu" and with "tanh", and draw the last snapshots.
fig, axes = plt.subplots(1, 2, figsize=(7, 3), sharex=True, sharey=True)
for activation, ax in zip(["relu", "tanh"], axes, strict=True):
    _, its_history = train(
        n_steps=SCALED_ITERATIONS // 5,
        sample=sample_standardised,
        new_generator=lambda activation=activation: make_generator_with(activation),
    )
    show_snapshots(its_history, [-1], [ax], to_raw)
    ax.set_title(f"{activation}: error {error_curve(its_history, to_raw)[1][-1]:.0f}")
# END SOLUTION

# %% [markdown] tags=["solution"]
# Hardly: 32 hidden units give so many short pieces that the parabola looks smooth, and the
# errors of the two are alike. Try 4 units a layer to see the corners.

# %% [markdown]
# **2.2 More layers.** Write a generator with `n_hidden` hidden layers of 16 leaky ReLU
# units, with slope 0.2 as before. How many weights does each further layer add? Does depth
# help here?


# %% tags=["solution"]
def make_deep_generator(n_hidden):
    """Noise (n, 2) to points (n, 2), with n_hidden hidden layers of 16 units."""
    # BEGIN SOLUTION
    # STUB: return ...
    hidden = []
    for _ in range(n_hidden):
        hidden += [layers.Dense(16), layers.LeakyReLU(negative_slope=0.2)]
    return keras.Sequential([keras.Input((2,)), *hidden, layers.Dense(2)])
    # END SOLUTION


# %%
def has_leaky_layers(generator, n_hidden, slope=0.2):
    """Whether n_hidden leaky layers with this slope, and a linear one, make it up."""
    inputs = np.float32([[1, -2], [-0.5, 1.5], [2, 2], [-1, -0.5]])
    hidden = [(16, lambda x: np.where(x > 0, x, slope * x))] * n_hidden
    return checks.same_as_dense(generator, inputs, [*hidden, (2, None)])


# %% tags=["check", "nbval-check-output"]
checks.check(
    "2.2",
    make_deep_generator,
    {
        "354 weights with two hidden layers": lambda make: checks.same(
            make(2).count_params(), 354
        ),
        "two more layers add 2 · 272 weights": lambda make: checks.same(
            make(4).count_params(), 354 + 2 * 272
        ),
        "a leaky ReLU after each of four layers, linear output": lambda make: (
            has_leaky_layers(make(4), 4)
        ),
        "the same for one layer": lambda make: has_leaky_layers(make(1), 1),
    },
    {
        "begin with `keras.Input((2,))`.": lambda make: not make(2).built,
        "one layer too many.": lambda make: has_leaky_layers(make(4), 5),
        "the layers have no activation.": lambda make: has_leaky_layers(make(4), 4, 1),
        "that is a ReLU without a leak.": lambda make: has_leaky_layers(make(4), 4, 0),
        "the slope is 0.3, Keras' default, not 0.2.": lambda make: has_leaky_layers(
            make(4), 4, 0.3
        ),
    },
)

# %% tags=["solution"]
# BEGIN SOLUTION
# STUB: # Train with 1, 2 and 4 hidden layers, and print the errors.
for n_hidden in (1, 2, 4):
    _, its_history = train(
        n_steps=SCALED_ITERATIONS // 5,
        sample=sample_standardised,
        new_generator=lambda n_hidden=n_hidden: make_deep_generator(n_hidden),
    )
    error = error_curve(its_history, to_raw)[1][-1]
    print(f"{n_hidden} hidden layers: error {error:.0f}")
# END SOLUTION

# %% [markdown] tags=["solution"]
# In our run depth did not help: one hidden layer was nearly as good as two, and four were
# the worst. One seed proves little, so try more before you believe it.

# %% [markdown]
# **2.3 Two curves at once.** Write `sample_two_curves(n, seed)`: toss a coin for each point,
# which puts it on $y = 10 + x^2$ or on the mirror image $y = -(10 + x^2)$. Points and coins
# follow from the seed, but not from each other, and training compiles both: use TensorFlow.
# Then train on it. Does G find both curves? A continuous G cannot tear its square of noise
# into two pieces: where does it cross from one curve to the other?


# %% tags=["solution"]
def sample_two_curves(n, seed):
    """n points (n, 2), each on the parabola or, by a coin, on its mirror image."""
    # BEGIN SOLUTION
    # STUB: return ...
    points = sample_points(n, seed)
    coin = tf.random.stateless_uniform((n, 1), [seed[0] + 10, seed[1]], alg="philox")
    return points * tf.where(coin < 0.5, [[1.0, -1.0]], [[1.0, 1.0]])
    # END SOLUTION


# %%
def draw_compiled(sample, seed):
    """4000 points as training draws them: compiled, the iteration a tensor."""
    draw = tf.function(lambda iteration: sample(4000, [seed[0], iteration]))
    return draw(tf.constant(seed[1]))


def on_curves(points):
    """Whether |y| is 10 + x² at each of the points (n, 2)."""
    x, y = np.transpose(points)
    return checks.same(np.abs(y), 10 + x**2, rtol=1e-4)


def below(points):
    """Whether each of the points (n, 2) lies below the axis: (n,)."""
    return np.array(points)[:, 1] < 0


def below_in_strips(points):
    """Share of points below in four strips of x: (4,)."""
    strips = np.digitize(np.array(points)[:, 0], [-25, 0, 25])
    return [np.mean(below(points)[strips == strip]) for strip in range(4)]


def alike(sample):
    """Shares of x and of coins that are alike for two seeds, 0 and 1/2 by chance."""
    one, other = (np.array(sample(4000, [1, iteration])) for iteration in (0, 1))
    return np.mean(one[:, 0] == other[:, 0]), np.mean(below(one) == below(other))


# %% tags=["check", "nbval-check-output"]
checks.check(
    "2.3",
    sample_two_curves,
    {
        "shape (4000, 2)": lambda f: checks.same(f(4000, [1, 0]).shape, (4000, 2)),
        "each point on one of the curves": lambda f: on_curves(f(4000, [1, 0])),
        "half of them below, in each quarter of x": lambda f: checks.same(
            below_in_strips(f(4000, [1, 0])), [0.5] * 4, atol=0.1
        ),
        "the same for the same seed, compiled too, where NumPy cannot run": lambda f: (
            checks.same(draw_compiled(f, [1, 5]), f(4000, [1, 5]))
        ),
        "other points and other coins for the next seed": lambda f: checks.same(
            alike(f), [0, 0.5], atol=0.1
        ),
    },
    {
        "draw from `seed`: two calls differ.": lambda f: (
            not checks.same(f(99, [1, 0]), f(99, [1, 0]))
        ),
        "the side follows from x: the coin needs a seed of its own.": lambda f: (
            np.ptp(below_in_strips(f(4000, [1, 0]))) > 0.5
        ),
        "all are on one side.": lambda f: below(f(99, [1, 0])).mean() in (0, 1),
        "the coins fall alike for every seed.": lambda f: alike(f)[1] == 1,
    },
)

# %% tags=["solution"]
# BEGIN SOLUTION
# STUB: # Divide by the standard deviations (28.9 and 1125.5), train, and draw.
two_std = np.float32([100 / np.sqrt(12), 1125.5])
_, two_history = train(
    n_steps=SCALED_ITERATIONS,
    sample=lambda n, seed: sample_two_curves(n, seed) / two_std,
)
fig, ax = plt.subplots()
plotting.plot_points(
    sample_two_curves(500, [6, 0]), two_history.snapshots[-1][1] * two_std, ax=ax
)
_ = ax.legend()
# END SOLUTION

# %% [markdown] tags=["solution"]
# Both curves are found. G crosses over near $x = 0$, where the two are nearest: a gap of 20
# against a height of 2500, so that few points are lost on the way.

# %% [markdown]
# ## References
#
# - I. Goodfellow et al., *Generative adversarial nets*, 2014: the game and its
#   equilibrium.
# - A. Hayat, *Building a simple generative adversarial network using TensorFlow*, 2018:
#   the original of this lesson, its settings and its published losses.
# - Y. LeCun et al., *Efficient backprop*, 1998: why inputs should be standardised.
