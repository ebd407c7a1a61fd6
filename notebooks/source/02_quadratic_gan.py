# ---
# title: The quadratic GAN
# minutes: 4
# teaching: 105
# optional: 55
# prerequisites: Python and NumPy; what a gradient is.
# taught: quadratic
# ---

# %% [markdown]
# ## Questions
#
# - Can a network learn to draw a curve if nobody ever tells it the curve's formula?
# - What does one training step of a GAN do, line by line?
# - Which loss should you hope for, and what does it tell you when you get it?
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

from gan_helpers import (
    checks,
    clinic,
    course,
    diagrams,
    lab,
    plotting,
    settings,
    training,
)

plotting.set_style()

# %% [markdown]
# ## Settings
#
# One seed, so that you can run the lesson twice and see the same; another machine sees
# other digits. One budget: `laptop` is already the full size of the original tutorial,
# because its networks are tiny. What the text below says of a figure holds for that size.

# %%
SEED = 0
BATCH_SIZE = 256
CALM = settings.budget(fast=(100, 250), laptop=(3_500, 6_500), full=(3_500, 6_500))
ITERATIONS = settings.budget(fast=251, laptop=100_001, full=100_001)
CODE_ITERATIONS = settings.budget(fast=26, laptop=10_001, full=10_001)
SCALED_ITERATIONS = settings.budget(fast=250, laptop=50_000, full=50_000)
JUDGE_ITERATIONS = settings.budget(fast=250, laptop=10_000, full=10_000)
SEEDS = settings.budget(fast=[0], laptop=[0, 1, 2], full=range(10))
HASTY_SEEDS = settings.budget(fast=[0], laptop=range(6), full=range(10))
SNAPSHOT_EVERY = settings.budget(fast=50, laptop=1000, full=1000)
LAB_ITERATIONS = settings.budget(fast=100, laptop=3_000, full=3_000)
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
# Both have two hidden layers of 16 units. The activation is the *leaky* ReLU: a negative
# input is multiplied by 0.2, not by 0. A unit that is negative at every point then still
# passes a gradient on, a fifth of it. (Under "What goes wrong" a fifth is too little.)


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
# These two numbers answer the question "what should my loss be?": not 0. A D whose loss
# is near 0 tells every generated point from a real one. But look at how you found them:
# all you used was that D guesses. Why it guesses, the losses do not say.

# %% [markdown]
# ## One step by hand
#
# A step of D draws generated points, measures $\ell_D$ under a gradient tape, and moves
# **only D's** weights: the gradients are taken over D's own list of trainable variables.
# The optimizer, RMSProp with rate 0.001, turns gradients into changes of the weights.

# %%
d_optimizer = keras.optimizers.RMSprop(0.001)
fake_points = generator(noise)
with tf.GradientTape() as tape:
    d_loss = cross_entropy(discriminator(real_points), 1)
    d_loss += cross_entropy(discriminator(fake_points), 0)
d_weights = discriminator.trainable_variables
d_optimizer.apply(tape.gradient(d_loss, d_weights), d_weights)
print(f"D loss {d_loss:.3f}")

# %% [markdown]
# Far from 1.386: the untrained D meets inputs of up to 2510, so that its logits
# can start anywhere between small and huge. (Run the cell again, and it takes another
# step.)
#
# A step of G sends noise through both networks and moves **only G's** weights. Here are
# both steps for keeps, each network with an optimizer of its own. `training.update` is
# what comes before `print` in the cell above: gradients over a network's own list, applied
# to that list.


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
# "Only D's weights" is a promise worth checking, because breaking it may raise no error: a
# step of G with the list of D's weights trains D to call generated points real.
#
# **Predict.** How far does the weight that moves most go, in each network and each step?
# D's loss may have been a hundred times G's. Will D's step be a hundred times as long?


# %% tags=["nbval-check-output"]
def largest_change(network, before):
    """The largest change of any weight of `network` since `before`."""
    pairs = zip(before, network.get_weights(), strict=True)
    return max(np.abs(new - old).max() for old, new in pairs)


d_step, g_step = make_steps(generator, discriminator)
steps = {"D step": lambda: d_step(real_points, noise), "G step": lambda: g_step(noise)}
for name, step in steps.items():
    d_before, g_before = discriminator.get_weights(), generator.get_weights()
    step()
    d_change = largest_change(discriminator, d_before)
    g_change = largest_change(generator, g_before)
    print(f"{name}:  D moved by {d_change:.3g}, G by {g_change:.3g}")

# %% [markdown]
# The zeros are exact. And the two steps have one length: RMSProp divides each gradient by the
# root of a running mean of its squares. In a new optimizer that mean is a tenth of the first
# square, so the first step is $0.001/\sqrt{0.1}$, however large the loss.
#
# One more silence to guard against. Keras lets you switch a network off with
# `trainable = False`, and code that does so (lesson 06 has some) can forget to switch it
# on again. Its list of trainable variables is then empty, and an optimizer that is given
# an empty list moves nothing and says nothing. All you see is a GAN that does not learn. So
# `training.update` looks at the list first. **Predict.** What will this D step do?

# %% tags=["nbval-check-output"]
discriminator.trainable = False
try:
    d_step(real_points, noise)
except ValueError as error:
    print(error)
discriminator.trainable = True

# %% [markdown]
# ## Training
#
# One iteration is one D step and one G step on a fresh batch. (With `repeats` it is several
# of each, on the same batch. The original's published code does that; a section at the end
# runs it.)


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
# ### How long will it take? (optional)
#
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
# ### Would you stop here?
#
# The training goes through `training.fit`: it compiles a hundred iterations into one call,
# logs the losses every 10, and calls `snapshot` every 1000. The snapshot draws from a
# **fixed** noise batch: what changes from picture to picture is G alone.

# %%
fixed_noise = sample_noise(500, [3, 0])


def train(
    n_steps=ITERATIONS,
    *,
    seed=SEED,
    learning_rate=0.001,
    sample=sample_points,
    new_generator=make_generator,
    new_step=make_train_step,
    snapshot_every=SNAPSHOT_EVERY,
):
    """A new pair of networks, trained: (generator, discriminator, history)."""
    settings.set_seed(seed)
    generator, discriminator = new_generator(), make_discriminator()
    steps = make_steps(generator, discriminator, learning_rate)
    history = training.fit(
        new_step(*steps, sample=sample),
        n_steps,
        log_every=10,
        snapshot=lambda: generator(fixed_noise).numpy(),
        snapshot_every=snapshot_every,
        jit_compile=True,
    )
    return generator, discriminator, history


early_gan = train(CALM[1])  # the first few thousand iterations only
early_history = early_gan[-1]

# %% [markdown]
# **Predict.** Sketch both loss curves. Do they fall, as in every training you have seen so
# far?

# %%
ax = plotting.plot_losses(early_history, smooth=20)
ax.set(yscale="log", ylim=(0.1, 300))
first = early_history.d_loss[0]
ax.annotate(f"D starts at {first:.0f}", (0, first), (300, first), va="center")
ax.axvspan(*CALM, color="#DDDDDD", zorder=0)
plt.show()

# %% [markdown]
# **Figure 2.3.** Both losses over the first 6,500 iterations, on a log scale; single values
# in the background, running means in front, equilibrium dotted. D starts far above, the two
# swing, and in the shaded stretch, from iteration 3,500 on, both lie on their levels as if
# drawn with a ruler.
#
# **Predict.** For 3,000 iterations nothing has happened to either loss. Has the training
# converged? Would you stop it here? Draw what you expect G to make, then run the cell.


# %%
def show_snapshots(history, places, axes, to_data=lambda points: points):
    """Draw the generated points of some snapshots, and the true curve over them."""
    curve = np.linspace(-50, 50, 200)
    for ax, place in zip(axes, places, strict=True):
        iteration, points = history.snapshots[place]
        plotting.plot_points(fake_points=to_data(points), ax=ax)
        ax.plot(curve, 10 + curve**2, color=plotting.REAL, linewidth=1.5, zorder=3)
        ax.set(title=f"{iteration:,} iterations", xlabel="x", ylabel="y")
        ax.set(xlim=(-75, 75), xticks=[-50, 0, 50], ylim=(-800, 4000))
        ax.label_outer()


fig, axes = plt.subplots(1, 3, figsize=(7, 2.6), sharex=True, sharey=True)
show_snapshots(early_history, [-4, -3, -2], axes)
axes[0].set_xlim(-180, 180)
rows = early_history.iteration >= CALM[0]
for name, loss in (
    ("D", early_history.d_loss[rows]),
    ("G", early_history.g_loss[rows]),
):
    print(f"shaded stretch: {name} {loss.mean():.3f} ± {loss.std():.3f}")
heights = [points[:, 1].mean().round() for _, points in early_history.snapshots[-4:-1]]
print("mean height of the points:", *heights, "and of the data:", 10 + 2500 // 3)
plt.show()

# %% [markdown]
# **Figure 2.4.** What G makes (orange crosses) in the shaded stretch of Figure 2.3, with the
# true curve in blue. The points lie on a line, at the height of the data's mean and nothing
# like the curve; and the line grows longer and longer while both losses stand still.
#
# Not converged, and not even at rest: G walks on, and the losses do not show it. They say
# that D guesses, and so it does. That *nobody* could tell this line from the data would be
# another claim. You will test it below, and find out what blinds this D. (If another machine
# draws the calm stretch elsewhere, move `CALM` in Settings there.)
#
# Now the whole run: the same seed repeats the beginning, and then goes on. The assertions are
# this lesson's promise for the full length of training; a shorter run promises nothing.

# %%
generator, discriminator, history = train()
d_end, g_end = history.d_loss[-100:].mean(), history.g_loss[-100:].mean()
print(f"at the end: D {d_end:.3f} (2 ln 2 = 1.386), G {g_end:.3f} (ln 2 = 0.693)")
if ITERATIONS == 100_001:
    assert abs(d_end - plotting.TWO_LN_2) < 0.10
    assert abs(g_end - plotting.LN_2) < 0.15
ax = plotting.plot_losses(history, smooth=50)
ax.set(ylim=(0, 3))
ax.axvspan(*CALM, color="#DDDDDD", zorder=0)
plt.show()

# %% [markdown]
# **Figure 2.5.** The losses of the whole run, now on a linear scale that cuts off the start;
# the stretch of Figure 2.3 is shaded. They do not fall to 0: after a second swing they settle
# near 2 ln 2 and ln 2. A rise of one is not always a fall of the other: in the first swing both are
# above their levels at once.

# %% [markdown]
# ## Results
#
# You have seen what this number is worth. So look at the points.

# %%
last = len(history.snapshots) - 1
places = [0, *(last * np.array([0.02, 0.06, 0.12, 0.3, 1.0])).round().astype(int)]
fig, axes = plt.subplots(2, 3, figsize=(7, 4.4), sharex=True, sharey=True)
show_snapshots(history, places, axes.flat)
plt.show()

# %% [markdown]
# **Figure 2.6.** Generated points (orange crosses) from the start to the end of the run, with
# the true curve in blue. A clump rises into the data and is drawn out into a line, whose ends
# lie outside the panel; the line opens, spreads over the inside of the parabola, and gathers
# on the curve.

# %% [markdown]
# ### Every snapshot (optional)
#
# In JupyterLab or Colab, drag the slider through all the snapshots. When do the
# points leave the line? Does any later snapshot look worse than an earlier one?


# %%
@interact(place=IntSlider(last, 0, last, description="snapshot"))
def scrub(place):
    show_snapshots(history, [place], [plt.subplots()[1]])


# %% [markdown]
# ### In numbers
#
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
#
# **Predict.** Which of the three passes that: the untrained generator, the trained one, the
# line of Figure 2.4?


# %%
def covered(points):
    """Share of 20 strips of x in [-50, 50) with at least 1 % of the points (n, 2)."""
    counts, _ = np.histogram(points[:, 0], bins=20, range=(-50, 50))
    return np.mean(counts >= 0.01 * len(points))


print(f"untrained {covered(untrained.numpy()):.0%}", end=", ")
print(f"trained {covered(trained_points.numpy()):.0%}", end=", ")
print(f"line of Figure 2.4 {covered(early_gan[0](test_noise).numpy()):.0%}")

# %% [markdown]
# The line passes in full, far from the curve as it is, and the untrained generator, whose points
# lie near the curve, fails. Each measure is blind to what the other one sees: take both. (Both are
# blind to points that follow the curve beyond its ends.)
#
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
# seeds and keep the error of every snapshot, from the first thousand iterations on, when
# the points have left the origin.


# %%
def error_curve(history, to_data=lambda points: points):
    """Iterations (n,) and the parabola error (n,) of every snapshot but the first."""
    iterations, points = zip(*history.snapshots[1:], strict=True)
    return np.array(iterations), np.array([parabola_error(to_data(p)) for p in points])


raw_gans = [(generator, discriminator, history)]
raw_gans += [train(seed=seed) for seed in SEEDS[1:]]
raw_histories = [h for *_, h in raw_gans]
raw_runs = [error_curve(h) for h in raw_histories]
scaled_gans = [
    train(SCALED_ITERATIONS, seed=seed, sample=sample_standardised) for seed in SEEDS
]
scaled_runs = [error_curve(h, to_raw) for *_, h in scaled_gans]

# %%
fig, ax = plt.subplots()
for k, (iterations, errors) in enumerate(raw_runs):
    label = "raw, a line a seed" if k == 0 else None
    ax.semilogy(iterations, errors, "--", color="#595959", label=label)
for k, (iterations, errors) in enumerate(scaled_runs):
    label = "standardised, a line a seed" if k == 0 else None
    ax.semilogy(iterations, errors, color=plotting.FAKE, label=label)
ax.set(xlabel="iteration", ylabel="parabola error (raw units)")
ax.legend()
plt.show()

# %% [markdown]
# **Figure 2.7.** Parabola error in raw units, one line a seed (log scale). Within a few thousand
# iterations the standardised runs are better than the raw ones after all of their time. The
# networks are the same; only the units changed.
#
# In numbers, the median over the last ten snapshots of every seed, so that no lucky or
# unlucky last step decides; and the first snapshot of the standardised runs that is better
# than that of the raw ones. After the numbers, look at what one standardised run draws.

# %%
raw_error = np.median([errors[-10:] for _, errors in raw_runs])
scaled_error = np.median([errors[-10:] for _, errors in scaled_runs])
print(f"raw          {raw_error:5.1f} after {ITERATIONS:,} iterations")
print(f"standardised {scaled_error:5.1f} after {SCALED_ITERATIONS:,} iterations")
for seed, (iterations, errors) in zip(SEEDS, scaled_runs, strict=True):
    sooner = iterations[(errors < raw_error).argmax()]
    print(f"standardised, seed {seed}: better than {raw_error:.1f} after {sooner:,}")
if ITERATIONS == 100_001:
    assert raw_error <= 75 and scaled_error <= 35

# %%
scaled_generator, scaled_discriminator, scaled_history = scaled_gans[0]
scaled_last = len(scaled_history.snapshots) - 1
places = (scaled_last * np.array([0.04, 0.12, 1.0])).round().astype(int)
fig, axes = plt.subplots(1, 3, figsize=(7, 2.6), sharex=True, sharey=True)
show_snapshots(scaled_history, places, axes, to_raw)
plt.show()

# %% [markdown]
# **Figure 2.8.** The generator trained on standardised data, drawn in raw units, with the
# true curve over its points. The parabola is there after 2,000 iterations; what follows is
# polish.

# %% [markdown]
# ## What the losses do not tell
#
# You stopped at a place where both losses lay on their levels and the points were wrong. One
# seed's accident? For each raw run, take the snapshots before which both losses stayed, on
# average over 500 iterations, within 0.05 of their levels.
#
# **Predict.** Within which limits do the errors of these snapshots lie? And those of the
# others: will they all be larger?


# %%
def on_levels(history):
    """Whether both losses were on their levels before each snapshot but the first."""
    found = []
    for iteration, _ in history.snapshots[1:]:
        rows = np.abs(history.iteration - iteration + 250) <= 250
        d_gap = history.d_loss[rows].mean() - plotting.TWO_LN_2
        g_gap = history.g_loss[rows].mean() - plotting.LN_2
        found.append(max(abs(d_gap), abs(g_gap)) < 0.05)
    return np.array(found)


print("seed   on their levels   error then        error of the others")
for seed, one, (_, errors) in zip(SEEDS, raw_histories, raw_runs, strict=True):
    on = on_levels(one)
    limits = [
        f"{e.min():.0f} to {e.max():.0f}" if len(e) else "none"
        for e in (errors[on], errors[~on])
    ]
    print(f"{seed:4} {on.sum():10} of {len(on):3}   {limits[0]:17} {limits[1]}")

# %% [markdown]
# The levels are not *sufficient*: within each row the same losses go with the smallest errors
# and with errors several times as large. Nor do they seem *necessary*: off the levels, too, there
# are snapshots of a small error. (Take that as a hint only: early ones are clumps that have left
# the origin a moment ago, which this number does not tell from points along the curve.)
#
# ### A fresh judge
#
# The losses say that **this** D guesses. Equilibrium asks more: that the *best possible* D
# guesses (lesson 01 derives what that one answers). So hire another D as a judge: the same
# layers, but standardised inputs, and trained alone, against a G that stands still.


# %%
def train_judge(generator, standardise=True):
    """A new D, trained against a generator that stands still."""
    settings.set_seed(SEED)
    scale = layers.Normalization(mean=data_mean, variance=data_std**2)
    judge = keras.Sequential([keras.Input((2,)), scale, make_discriminator()])
    judge = judge if standardise else make_discriminator()
    d_step, _ = make_steps(generator, judge)

    def step(iteration):
        real_points = sample_points(BATCH_SIZE, [10, iteration])
        return d_step(real_points, sample_noise(BATCH_SIZE, [11, iteration])), 0.0

    training.fit(step, JUDGE_ITERATIONS)
    return judge


# %% [markdown]
# Try a judge out before you trust it. This generator is perfect, because it is written down
# and not learned. A fair judge can do no better on it than guess.


# %%
def verdict(judge, generator):
    """Loss of a D and the share of points it is right on, on 200,000 new points."""
    real = judge(sample_points(100_000, [12, 0]))
    fake = judge(generator(sample_noise(100_000, [13, 0])))
    right = np.mean(real > 0) / 2 + np.mean(fake < 0) / 2
    return f"{cross_entropy(real, 1) + cross_entropy(fake, 0):.3f}, {right:4.0%} right"


perfect = keras.Sequential(
    [
        keras.Input((2,)),
        layers.Lambda(lambda noise: 50 * noise[:, :1]),
        layers.Lambda(lambda x: tf.concat([x, 10 + x**2], axis=1)),
    ]
)
print("judge of a perfect generator:", verdict(train_judge(perfect), perfect))

# %% [markdown]
# **Predict.** At the end of the run its own D has a loss near 1.386, like a D that guesses. On
# how many of the points is it right? On how many will the judge be? And on how many of the
# line of Figure 2.4?


# %%
def in_raw_units(generator, discriminator):
    """The networks of a standardised run: noise to raw points, raw points to logits."""
    scale = layers.Normalization(mean=data_mean, variance=data_std**2)
    from_scaled = layers.Rescaling(data_std, data_mean)
    return (
        keras.Sequential([keras.Input((2,)), generator, from_scaled]),
        keras.Sequential([keras.Input((2,)), scale, discriminator]),
    )


candidates = {"line of Figure 2.4": early_gan[:2]}
for seed, raw_gan, scaled_gan in zip(SEEDS, raw_gans, scaled_gans, strict=True):
    candidates[f"raw, seed {seed}"] = raw_gan[:2]
    candidates[f"standardised, seed {seed}"] = in_raw_units(*scaled_gan[:2])
print("generator              error   its own D's loss     a fresh judge's loss")
for name, (its_generator, its_discriminator) in sorted(candidates.items()):
    error = parabola_error(its_generator(test_noise).numpy())
    own = verdict(its_discriminator, its_generator)
    fresh = verdict(train_judge(its_generator), its_generator)
    print(f"{name:23}{error:5.0f}   {own}     {fresh}")

# %% [markdown]
# Read it row by row. By their own D's all these generators are alike: every D guesses. The
# judge tells them apart: nearly always for the line, more often than not for the raw ones, and
# hardly for the best of the others. And no generator changed when its D was exchanged for the
# judge: the *same points* give one D a loss on the level and the other a lower one, for the line
# a far lower one. A loss belongs to the pair of networks, not to the points.
#
# The judge's order is not quite that of the errors. The parabola error sees how far a point is
# from the curve; a judge may also see how densely the points lie along it.
#
# The judge is no perfect D either. The real points lie exactly on a curve, so that an ideal
# D would give away every point beside it; with more steps the judge comes closer to that.
# What makes its loss worth comparing is that all get the same layers, data and time. Lesson
# 09 makes a measure of this.
#
# **Predict.** Why were the raw runs' own D's so easily content? Their opponent never stood
# still; and their inputs were raw. Train judges with *raw* inputs against the same G's at
# rest. What will they say?

# %%
for seed, (its_generator, *_) in zip(SEEDS, raw_gans, strict=True):
    raw_judge = train_judge(its_generator, standardise=False)
    print(f"raw, seed {seed}, raw judge:", verdict(raw_judge, its_generator))

# %% [markdown]
# With as much time as the other judges and an opponent at rest, a D with raw inputs still
# guesses: it is the scale that blinds it to errors of this size.
#
# ## What goes wrong
#
# A tempting thought: "it learns slowly, so raise the learning rate". Here is the
# standardised training with a rate fifty times as high, on several seeds.
#
# **Predict.** Will it be faster, the same, or broken? If broken, which loss will tell you?

# %%
hasty_gans = [
    train(5_000, seed=seed, learning_rate=0.05, sample=sample_standardised)
    for seed in HASTY_SEEDS
]
hasty_history = hasty_gans[0][-1]
hasty_points = to_raw(hasty_history.snapshots[-1][1])

# %%
fig, axes = plt.subplots(1, 2, figsize=(7, 3))
plotting.plot_losses(hasty_history, smooth=20, ax=axes[0]).set(ylim=(0, 3))
plotting.plot_points(sample_points(300, [7, 0]), hasty_points, ax=axes[1])
axes[1].set(xlabel="x", ylabel="y")
axes[1].legend()
plt.show()

# %% [markdown]
# **Figure 2.9.** Learning rate 0.05, one seed. Left: both losses run along their equilibrium
# lines, as if drawn with a ruler. Right: the points miss the curve.
#
# Losses on their levels and wrong points, once more. Ask D why it guesses. A leaky ReLU
# bends at 0. A unit that gets the same sign at every point never bends: it draws a straight
# line, of slope 1 if the sign is plus, of slope 0.2 if it is minus. Count such units.


# %%
def count_straight(discriminator, points):
    """Units that are negative, and that are positive, at all points: (layer 1, 2)."""
    negative, positive = [], []
    for layer in discriminator.layers:
        if isinstance(layer, layers.LeakyReLU):
            negative.append(int(np.all(points < 0, axis=0).sum()))
            positive.append(int(np.all(points > 0, axis=0).sum()))
        points = layer(points)
    return negative, positive


def examine(name, gan, real_points):
    """Print what D does on real points (n, 2), and how far apart the means are."""
    generator, discriminator, history = gan
    losses = [loss[-50:].mean() for loss in (history.d_loss, history.g_loss)]
    negative, positive = count_straight(discriminator, real_points)
    spread = discriminator(real_points).numpy().std()
    gap = np.mean(generator(test_noise), axis=0) - np.mean(real_points, axis=0)
    gap = np.abs(gap / np.std(real_points, axis=0)).max()
    print(f"{name:14} {losses[0]:6.3f} {losses[1]:6.3f}", end="   ")
    print(f"{negative!s:9} {positive!s:9} {spread:7.4f} {gap:8.2f}")


# %% [markdown]
# **Predict.** Of the 16 units in each of D's two hidden layers, how many bend somewhere: in
# the D of Figure 2.9, in the D at the end of Figure 2.3, and in a healthy one? (In the table,
# *spread* is the standard deviation of D's logits at the real points, and *means apart* the
# distance of the two clouds' means, in standard deviations of the data.)

# %%
print("               D loss G loss   negative  positive   spread  means apart")
scaled_points = sample_standardised(10_000, [7, 0])
for seed, gan in zip(HASTY_SEEDS, hasty_gans, strict=True):
    examine(f"0.05, seed {seed}", gan, scaled_points)
examine("Figure 2.3", early_gan, sample_points(10_000, [7, 0]))
examine("0.001, seed 0", scaled_gans[0], scaled_points)

# %% [markdown]
# Look at the rows with a spread of next to nothing. Their D is **dead**: nearly all of its units
# are negative at every point. Such a layer multiplies by 0.2 and the next again by 0.2, and
# with hardly a bend left D is nearly a tilted plane. All that a plane can compare of two clouds
# is their means. Those agree (last column), so the best plane is a level one, and D turns its
# own that way until G gets no gradient any more. A leak passes a gradient on; it does not bring
# back a bend. (In the other rows at this rate D ran far ahead: another way to break.)
#
# The D of Figure 2.3 was a plane, too, or nearly: raw $y$ is never negative and dwarfs $x$, so
# that a unit has the sign of its weight for $y$, at every point. The means were all that this
# D could compare, and that is why G's line lay at the height of the data's mean.
#
# So losses on their levels are not sufficient for good points, and perhaps not necessary. What they
# tell is that *this* D finds no difference. Whether there is none, you have to measure.
#
# One line asks for a second opinion on a run that you did not understand: `clinic.examine`
# takes the losses and, if you have them, both networks with real samples and noise. It names
# what it finds with its evidence (-), and says what it cannot judge from what it was given
# (?). Lesson 08 explains each of its findings, and how often they are wrong. Where it finds nothing, none
# of its tests has fired, and that is no proof of good points: the fresh judge above is the stricter examiner.

# %%
some_points = sample_points(1000, [7, 0])
clinic.examine(history, clinic.Gan(generator, discriminator, some_points, fixed_noise))

# %% [markdown]
# ## The live lab (optional)
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
# **Figure 2.10.** The lab after 3,000 iterations: the points over D's surface, with arrows
# where G is being pushed; D's two features; the losses with their equilibrium lines; and two
# measures of quality, how many of 20 parts of the curve are covered and the divergence. At the
# laptop budget these two improve most in the first 1,000 iterations, while D's loss is still a little
# below its level. Here losses and measures settle together; Figure 2.3 showed that they need not.
#
# The **divergence** is the Jensen-Shannon divergence of lesson 01, between real and generated
# points counted in squares: 0 where the counts agree, ln 2 = 0.69 where no square has both.
#
# Below it is alive (in JupyterLab, VS Code or Colab). Press Play. **Predict** each time before
# you try:
#
# - Multiply D's learning rate by ten, then G's. Who runs away, and which loss tells you?
# - Pause. Press "one D step" a few times, then "one G step". What moves in which panel?
# - Choose other data, or draw your own with the mouse.
# - Drag the time slider back to the first hundred iterations, go on from there with another
#   loss, and compare.
# - Break it, pause, and run `quadratic_lab.examine()` in a new cell.

# %%
quadratic_lab.show()

# %% [markdown]
# ## Two schedules (optional)
#
# The text of the original describes what you ran: one step each, 100,001 times. Its
# published code does something else: 10,001 iterations of **ten** D steps and then ten G
# steps, the ten on the *same* batch. That is as many steps of each network.
#
# **Predict.** D gets ten steps in a row against a generator that stands still. What will
# the loss curves look like, compared with Figure 2.5?


# %%
def ten_on_one_batch(d_step, g_step, sample):
    return make_train_step(d_step, g_step, repeats=10, sample=sample)


def train_tens(new_step, n_steps, seed):
    """The history of a run in tens, with a snapshot every 1000 *steps*, as before."""
    every = SNAPSHOT_EVERY // 10
    return train(n_steps, seed=seed, new_step=new_step, snapshot_every=every)[-1]


tens = [train_tens(ten_on_one_batch, CODE_ITERATIONS, SEED)]
half = CODE_ITERATIONS // 2 + 1
tens += [train_tens(ten_on_one_batch, half, k) for k in SEEDS[1:]]
fig, axes = plt.subplots(1, 2, figsize=(7, 3), sharey=True)
plotting.plot_losses(history, smooth=50, ax=axes[0]).set(title="1 D step, 1 G step")
plotting.plot_losses(tens[0], smooth=50, ax=axes[1])
axes[1].set(title="10 D steps, 10 G steps", ylim=(0, 3))
plt.show()

# %% [markdown]
# **Figure 2.11.** The losses of the two schedules; an iteration on the right is ten steps of
# each network. In tens both swing more, and both stay a little below their levels: each is
# logged after nine steps on the batch it is measured on.
#
# In numbers, over the second half of every run (in tens the seeds after the first run half as
# long, so that they are missing below at 10,000):

# %%
for name, histories in (("1 and 1", raw_histories), ("10 and 10", tens)):
    for seed, h in zip(SEEDS, histories, strict=True):
        d_half, g_half = (x[len(x) // 2 :] for x in (h.d_loss, h.g_loss))
        print(f"{name:9} seed {seed}:  ", end="")
        print(f"D {d_half.mean():.3f} ± {d_half.std():.3f}, ", end="")
        print(f"G {g_half.mean():.3f} ± {g_half.std():.3f}")

# %% [markdown]
# The published run of the code logged these losses. Yours differ in every digit, and
# should: another seed, another machine. The *pattern* is what to compare: a D that is ahead
# or far behind at the start, a swing, and later a D loss mostly a little under 1.386. (The
# first 0.701 is half of that level, not near it: that D was ahead after nine steps.)

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
print("iteration   published D, G   here D, G, by seed")
for iteration, (d_published, g_published) in published.items():
    print(f"{iteration:9}   {d_published:.3f}, {g_published:.3f}", end="")
    for h in tens:
        for k in np.flatnonzero(h.iteration == iteration):
            print(f"  {h.d_loss[k]:7.3f}, {h.g_loss[k]:.3f}", end="")
    print()

# %% [markdown]
# Which schedule draws the better parabola after equal numbers of *steps*? The two differ in
# two things: the steps come in tens, and each batch is used ten times. To tell these apart
# you need a third schedule: ten in a row, each on a batch of its own.


# %%
def ten_on_fresh_batches(d_step, g_step, sample):
    """One iteration: ten D steps, then ten G steps, each on a new batch."""

    def train_step(iteration):
        d_loss = g_loss = 0.0
        for k in 10 * iteration + tf.range(10):
            real_points = sample(BATCH_SIZE, [1, k])
            d_loss = d_step(real_points, sample_noise(BATCH_SIZE, [2, k]))
        for k in 10 * iteration + tf.range(10):
            g_loss = g_step(sample_noise(BATCH_SIZE, [2, k]))
        return d_loss, g_loss

    return train_step


fresh_tens = [train_tens(ten_on_fresh_batches, half, k) for k in SEEDS]


# %%
def middle_error(history, steps):
    """Median error of the snapshots on the way to half of all steps."""
    iterations, errors = error_curve(history)
    share = steps * iterations / ITERATIONS
    return np.median(errors[(share > 0.3) & (share <= 0.5)])


schedules = {
    "1 and 1,\nfresh batches": (raw_histories, 1),
    "10 and 10,\nfresh batches": (fresh_tens, 10),
    "10 and 10,\none batch": (tens, 10),
}
fig, ax = plt.subplots(figsize=(6.4, 2.8))
for place, (histories, steps) in enumerate(schedules.values()):
    errors = [middle_error(h, steps) for h in histories]
    ax.plot(errors, np.full(len(errors), place), "x", color=plotting.FAKE, markersize=8)
    print("errors:", *np.sort(errors).round())
ax.set_yticks(range(3), schedules)
ax.set(xlabel="parabola error", xlim=0, ylim=(2.5, -0.5))
plt.show()

# %% [markdown]
# **Figure 2.12.** Parabola error under three schedules, one cross a seed: the median of the
# snapshots between 30,000 and 50,000 steps of each network. It is the tens that cost: one
# step at a time is best on every seed, and a batch of its own for each of the ten steps does
# not mend that.

# %% [markdown]
# ## Key points
#
# - G learns the curve through D's gradient alone: no formula, no distance to any point.
# - At equilibrium D can only guess. With added terms its loss is 2 ln 2 = 1.386, and G's
#   is ln 2 = 0.693. A D loss near 0 means that D tells every point.
# - Losses on these levels say that *this* D finds no difference. They are not sufficient
#   for good points, and perhaps not necessary: measure the points, and more than one property of them,
#   or ask a fresh judge.
# - A D step moves only D, a G step only G. Check it; a mistake there is silent, and so is a
#   network left frozen.
# - Standardise your data. Here a few thousand iterations did better than 100,000 on raw data.

# %% [markdown]
# ## Exercises
#
# The original tutorial sets five: to draw the features before and after the
# *discriminator's* step (lesson 03 does), **other activations** (2.1), **more layers** (2.2),
# **two curves at once** (2.3), and image data (lessons 04 to 07). Fill in the marked place and
# run the check below it; then train with what you wrote.
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
    runs = [
        train(
            SCALED_ITERATIONS // 5,
            seed=seed,
            sample=sample_standardised,
            new_generator=lambda activation=activation: make_generator_with(activation),
        )[-1]
        for seed in SEEDS
    ]
    show_snapshots(runs[0], [-1], [ax], to_raw)
    ax.set_title(f"{activation}, {runs[0].snapshots[-1][0]:,} iterations")
    errors = [error_curve(its_history, to_raw)[1][-1] for its_history in runs]
    print(activation, "errors by seed:", *(f"{error:.0f}" for error in errors))
# END SOLUTION

# %% [markdown] tags=["solution"]
# Hardly: 32 hidden units give so many short pieces that the parabola looks smooth. The errors
# of the two differ no more than those of the seeds. Would you see corners with 4 units a
# layer? Try it.

# %% [markdown]
# ### 2.2 More layers (optional)
#
# Write a generator with `n_hidden` hidden layers of 16 leaky ReLU
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
    errors = []
    for seed in SEEDS:
        *_, its_history = train(
            SCALED_ITERATIONS // 5,
            seed=seed,
            sample=sample_standardised,
            new_generator=lambda n_hidden=n_hidden: make_deep_generator(n_hidden),
        )
        errors.append(f"{error_curve(its_history, to_raw)[1][-1]:.0f}")
    print(n_hidden, "hidden layers, errors by seed:", *errors)
# END SOLUTION

# %% [markdown] tags=["solution"]
# Each further layer adds 16 · 16 + 16 = 272 weights. In our runs depth did not help: one
# hidden layer was as good as two, and four were worse on every seed.

# %% [markdown]
# ### 2.3 Two curves at once (optional)
#
# Write `sample_two_curves(n, seed)`: toss a coin for each point,
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
*_, two_history = train(
    SCALED_ITERATIONS,
    sample=lambda n, seed: sample_two_curves(n, seed) / two_std,
)
two_points = two_history.snapshots[-1][1] * two_std
fig, ax = plt.subplots()
plotting.plot_points(sample_two_curves(500, [6, 0]), two_points, ax=ax)
ax.set(xlabel="x", ylabel="y")
_ = ax.legend()
distance = np.abs(np.abs(two_points[:, 1]) - (10 + two_points[:, 0] ** 2))
print(f"below the axis: {below(two_points).mean():.0%}", end=", ")
print(f"farther than 100 from both curves: {np.mean(distance > 100):.0%}")
# END SOLUTION

# %% [markdown] tags=["solution"]
# Both curves are found. Around $x = 0$ they are so near each other (at 0 itself the gap is 20, of a
# height of 2500) that no crossing can be seen there. Points that you see between the curves lie farther
# out, where G crosses, too.

# %% [markdown]
# ## References
#
# - I. Goodfellow et al., *Generative adversarial nets*, 2014: the game and its
#   equilibrium.
# - A. Hayat, *Building a simple generative adversarial network using TensorFlow*, 2018:
#   the original of this lesson, its settings and its published losses.
# - Y. LeCun et al., *Efficient backprop*, 1998: why inputs should be standardised.
