# ---
# title: Stability and losses
# minutes: 2
# teaching: 90
# optional: 25
# prerequisites: Lessons 01 (the one-point GAN), 08 (R1) and 09 (measures).
# taught: stability
# ---

# %% [markdown]
# ## Questions
#
# - Why does a GAN go round in circles, and how fast?
# - What does a gradient penalty change, and how large should its weight be?
# - Which losses are there besides the one of lesson 02, and what are they good for?
# - Which of them is best, and how would you know?
#
# **You will be able to** predict from the eigenvalues of a small GAN whether and how fast it
# settles, write the losses and penalties that are in use today, say what the number 0 from D
# means in each, and compare them so that the answer holds.

# %% [markdown]
# ## Setup
#
# The first half is the GAN of one point again, in NumPy and TensorFlow. The second builds
# losses and layers; what it trains are the parabola of lesson 02, critics of two squares, and a grid
# of 25 points.

# %% tags=["setup"]
import csv
from functools import partial
from itertools import pairwise

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers
from scipy.integrate import solve_ivp
from scipy.special import expit
from scipy.stats import mannwhitneyu

from gan_helpers import (
    checks,
    course,
    lab,
    losses,
    metrics,
    plotting,
    settings,
    training,
)
from gan_helpers.data import bundled, point_sets
from gan_helpers.taught import quadratic

plotting.set_style()

# %% [markdown]
# ## Settings

# %%
SEEDS = settings.budget(fast=[0], laptop=[0, 1, 2], full=range(10))
PARABOLA_STEPS = settings.budget(fast=500, laptop=10_000, full=50_000)
N_JACOBIAN = settings.budget(fast=100, laptop=1000, full=4000)
CRITIC_STEPS = settings.budget(fast=500, laptop=3000, full=10_000)
GRID_STEPS = settings.budget(fast=500, laptop=4000, full=40_000)
COMPILE = settings.budget(fast=False, laptop=True, full=True)  # by XLA
settings.set_seed(0)
course.announce_budget("10")

# %% [markdown]
# ## The idea
#
# Lesson 01 ended with a puzzle. Its GAN of **one point** has its real point at 0. G has one
# number $\theta$, where it puts its point; D has one number $\psi$, and its logit is $\psi x$.
# The solution is $\theta = \psi = 0$, and yet no step of either player led there: they circled.
# Lesson 08 cured sick GANs with a penalty called R1, and did not say why it works.
#
# Both have one answer. Forget the steps for a moment, and look at the **velocity**: where are
# $\theta$ and $\psi$ pushed at each place, if G goes down the slope of $V$, D goes up, and D
# has to pay for R1 with the weight $\gamma$?
#
# $$\dot\theta = \psi\,\sigma(\psi\theta), \qquad
# \dot\psi = -\theta\,\sigma(\psi\theta) - \gamma\,\psi.$$
#
# - $\sigma$ is the sigmoid, `expit`;
# - R1 is $\frac12 E|\nabla D|^2$ at real points. The slope of this D is $\psi$ everywhere, so
#   that R1 is $\frac12\psi^2$, and its gradient is $\psi$.


# %%
def velocity(state, gamma):
    """How fast theta and psi change at a state (2, ...)."""
    theta, psi = state
    answer = expit(psi * theta)  # of D, at G's point
    return np.array([answer * psi, -answer * theta - gamma * psi])


# %%
def follow(gamma, start=(1.0, 0.0), until=40.0):
    """The path (2, 800) from a start, in continuous time, and its times."""
    times = np.linspace(0, until, 800)

    def rhs(_, state):
        return velocity(state, gamma)

    solution = solve_ivp(rhs, (0, until), start, t_eval=times, rtol=1e-9, atol=1e-12)
    return solution.y, times


# %% [markdown]
# **Predict.** Without R1, in continuous time, where steps are as small as can be: does the path
# spiral outwards, spiral inwards, or close? And what will R1 make of it?


# %%
def draw_field(gamma, ax):
    """Draw the velocity as arrows of one length, and one path."""
    grid = np.linspace(-1.6, 1.6, 13)
    theta, psi = np.meshgrid(grid, grid)
    arrows = velocity((theta, psi), gamma)
    arrows /= np.maximum(np.linalg.norm(arrows, axis=0), 1e-9)
    ax.quiver(theta, psi, *arrows, color="#777777", scale=22, width=0.005)
    path, _ = follow(gamma)
    ax.plot(*path, color=plotting.FAKE)
    ax.plot(*path[:, 0], "ks", *path[:, -1], "k*", markersize=9)
    ax.plot(0, 0, "k+", markersize=10)
    ax.set(title=f"γ = {gamma:.2f}", xlabel="θ: where G's point is", aspect="equal")


fig, axes = plt.subplots(1, 2, figsize=(7, 3.6), sharey=True)
for ax, gamma in zip(axes, (0.0, 0.5), strict=True):
    draw_field(gamma, ax)
axes[0].set_ylabel("ψ: D's slope")
plt.show()

# %% [markdown]
# **Figure 10.1.** Where both players are pushed (arrows, drawn with one length) and the path
# from the square to the star, in continuous time; the cross is the solution. Without R1 (left)
# the arrows go round, and the path closes. With R1 (right) they point a little inwards at the
# top and at the bottom, and the path winds in.
#
# So the circles are no fault of the step size. They are in the field itself: without R1 nothing
# in it points to the solution. Steps of both at once add to that; other ways to step need not, as
# you will see.
#
# ## Eigenvalues say what will happen
#
# Near the solution every field is a matrix, its **Jacobian** $J$: the slopes of both
# velocities in both numbers. For the one-point GAN
#
# $$J = \begin{pmatrix} \partial\dot\theta/\partial\theta & \partial\dot\theta/\partial\psi \\
# \partial\dot\psi/\partial\theta & \partial\dot\psi/\partial\psi \end{pmatrix}
# = \begin{pmatrix} 0 & \frac12 \\ -\frac12 & -\gamma \end{pmatrix},
# \qquad \lambda = -\frac\gamma2 \pm \sqrt{\frac{\gamma^2}4 - \frac14}.$$
#
# - $\lambda$ are its two **eigenvalues**, the roots of $\lambda^2 + \gamma\lambda + \frac14 = 0$;
# - every path near the solution is a sum of two terms $e^{\lambda t}$. The **real part** of
#   $\lambda$ says how fast a term decays if negative, and grows if positive;
# - the **imaginary part** says how fast it turns.
#
# The real GAN's loss is not written in $\theta$ and $\psi$, and nobody wants to differentiate a
# network twice by hand. So let TensorFlow do it, for any loss and any penalty of the course.
# (The least squares loss wants D to say 1/2 when it is undecided. So its D is $\psi x +
# \frac12$.)


# %%
def velocity_of(state, both, penalty=None, gamma=0.0, undecided=0.0):
    """The velocity (2,) by automatic differentiation; both is a loss of the course."""
    real_point = tf.zeros((1, 1), state.dtype)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(state)
        fake_point = tf.reshape(state[0], (1, 1))

        def discriminate(x):
            return state[1] * x + undecided

        d_loss, g_loss = both(discriminate(real_point), discriminate(fake_point))
        if penalty is not None:
            d_loss += gamma * penalty(discriminate, real_point, fake_point, [0, 0])
    slopes = tape.gradient(g_loss, state)[0], tape.gradient(d_loss, state)[1]
    return -tf.stack(slopes)


def jacobian_at(state, both, penalty=None, gamma=0.0, undecided=0.0):
    """The Jacobian (2, 2) of that velocity, by differentiating once more."""
    state = tf.constant(state, tf.float64)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(state)
        found = velocity_of(state, both, penalty, gamma, undecided)
    return tape.jacobian(found, state, experimental_use_pfor=False).numpy()


# %% [markdown]
# **Predict.** The Wasserstein loss of D is $E[D(\text{generated})] - E[D(\text{real})]$, without
# any sigmoid. Will its circles be slower or faster than those of lesson 02's loss?

# %% tags=["nbval-check-output"]
turning = {name: 0.5 for name in losses.LOSSES} | {"hinge": 1.0, "wasserstein": 1.0}
rate_of = {"no penalty": (None, 0), "R1": (losses.r1_penalty, 1)}
rate_of["R1 + R2"] = losses.r1_r2_penalty, 2  # R2 is R1 at generated points
gamma, worst = 0.3, 0.0
for name, loss in losses.LOSSES.items():
    undecided = 0.5 if name == "least squares" else 0.0
    line = []
    for penalty, times in rate_of.values():
        found = jacobian_at([0.0, 0.0], loss.both, penalty, gamma, undecided)
        s, g = turning[name], times * gamma
        worst = max(worst, np.abs(found - [[0, s], [-s, -g]]).max())
        root = np.emath.sqrt(g**2 / 4 - s**2)
        expected = np.sort_complex([-g / 2 - root, -g / 2 + root])
        values = np.sort_complex(np.linalg.eigvals(found))
        worst = max(worst, np.abs(values - expected).max())
        line.append(f"{values[1].real + 0.0:5.2f} ± {values[1].imag:.3f}i")
    print(f"{name:15}", *line, sep="   ")
assert worst < 1e-6

# %% [markdown]
# The columns are: no penalty, R1, and R1 + R2, with $\gamma = 0.3$. Six losses, and near the
# solution only two GANs: the slope of the loss at an undecided D is 1/2 or 1, which sets how fast
# it turns. With
# $s$ for that slope, $\lambda = -\frac\gamma2 \pm \sqrt{\frac{\gamma^2}4 - s^2}$ for every
# loss. (R2 doubles $\gamma$ here, because D has one slope everywhere.) **No choice of loss gives
# the eigenvalues a negative real part**; the penalty does. The cell asserts that automatic differentiation and
# the formula agree to $10^{-6}$.
#
# Eigenvalues see what happens *near* the solution, and no more. The non-saturating loss has
# those of $V$. But farther out its circles shrink by themselves, the slower the nearer:


# %%
def non_saturating_velocity(_, state):
    theta, psi = state
    return psi * expit(-psi * theta), -theta * expit(psi * theta)


# %% tags=["nbval-check-output"]
times = [10, 40, 160, 640]
shrinking = solve_ivp(
    non_saturating_velocity, (0, 640), (1, 0), t_eval=times, rtol=1e-8
)
print("V, radius:", *np.linalg.norm(follow(0.0)[0][:, [199, -1]], axis=0).round(2))
print("non-saturating:", *np.linalg.norm(shrinking.y, axis=0).round(2))

# %% [markdown]
# Four times the time, in the end half the distance: it gets there, but slower and slower. R1's
# decay is a fixed share of the distance in each unit of time.
#
# ### Turning γ
#
# **Predict.** The more $\gamma$, the more damping. So is the fastest way to the solution a
# $\gamma$ of 10? Look at the formula before you answer.

# %% tags=["no-slide"]
gammas = np.linspace(0, 3, 301)
roots = np.emath.sqrt(gammas**2 / 4 - 0.25)
slow, quick = -gammas / 2 + roots, -gammas / 2 - roots
measured_gammas = np.array([0.1, 0.2, 0.5, 0.8, 1.25, 1.5, 2.0, 3.0])


def measure_decay(gamma, predicted):
    """How fast the distance to the solution shrinks, fitted to a path."""
    path, times = follow(gamma, start=(0.1, 0.0), until=16 / predicted)
    log_radius = np.log(np.linalg.norm(path, axis=0))
    return -np.polyfit(times[200:], log_radius[200:], 1)[0]


predicted = -np.interp(measured_gammas, gammas, slow.real)
measured = [
    measure_decay(*pair) for pair in zip(measured_gammas, predicted, strict=True)
]
print("measured over predicted:", *(f"{r:.4f}" for r in measured / predicted))
assert np.allclose(measured, predicted, rtol=0.02)

# %%
fig, axes = plt.subplots(1, 2, figsize=(7, 3.2))
axes[0].plot(slow.real, slow.imag, color=plotting.FAKE)
axes[0].plot(quick.real, quick.imag, "--", color=plotting.FAKE_DARK)
for k, place in (
    (0, (0.06, 0.53)),
    (50, (-0.62, 0.5)),
    (100, (-0.86, 0.06)),
    (200, (0.05, 0.06)),
):
    for values in (slow, quick):
        axes[0].plot(values[k].real, values[k].imag, "ko", markersize=4)
    axes[0].text(*place, f"γ={gammas[k]:g}")
axes[0].axvline(0, color="k", linewidth=0.8)
axes[0].set(xlim=(-2.2, 0.6), ylim=(-0.75, 0.75))
axes[0].set(xlabel="real part: decay", ylabel="imaginary part: turning")
axes[1].plot(gammas, -slow.real, color=plotting.FAKE, label="predicted")
axes[1].plot(measured_gammas, measured, "ks", label="measured")
axes[1].axvline(1, color="k", linestyle=":", linewidth=0.8)
axes[1].set(xlabel="γ", ylabel="rate of decay")
axes[1].legend()
plt.show()

# %% [markdown]
# **Figure 10.2.** Left: the two eigenvalues as $\gamma$ grows. They start on the vertical axis,
# where everything turns and nothing decays, meet at $\gamma = 1$, and part along the real axis:
# one runs away to the left, the other back to 0. Right: the rate at which the distance shrinks,
# from the formula (line) and measured on paths (squares). It grows up to $\gamma = 1$ (dotted)
# and falls beyond.
#
# So more is not better. Below the **critical** $\gamma$ the two circle in; above it D is held so
# tightly that it hardly tells G where to go, and G creeps. Can you find the critical value
# without any formula? G's point passes the real one if there is any turning left. Halve the
# interval until you have it.


# %%
def has_turning(gamma):
    """Whether G's point passes the real one."""
    path, _ = follow(gamma, start=(0.1, 0.0), until=100.0)
    return path[0].min() < -1e-12


# %%
low, high = 0.2, 3.0
for _ in range(9):
    middle = (low + high) / 2
    low, high = (middle, high) if has_turning(middle) else (low, middle)
print(f"critical γ: between {low:.3f} and {high:.3f}, predicted 1")
assert 0.97 < low < high < 1.03

# %% [markdown]
# (The interval may end a little below 1: so near to the critical value G's point passes so late, and by so
# little, that 100 units of time do not show it.)
#
# **Predict.** Draw three paths from (1, 0): for $\gamma = 0.4$, for the critical 1, and for 2.
# Which of them pass the solution, and which arrives last?

# %%
fig, axes = plt.subplots(1, 3, figsize=(7, 3), sharey=True)
for ax, gamma in zip(axes, (0.4, 1.0, 2.0), strict=True):
    draw_field(gamma, ax)
axes[0].set_ylabel("ψ: D's slope")
plt.show()

# %% [markdown]
# **Figure 10.3.** The field and a path (orange, square to star) below, at and above the critical
# $\gamma$. Left: it winds round the solution (cross), and G's point passes the real one. Middle: it
# comes in without a turn. Right: R1 holds $\psi$ near 0, so that $\theta$ hardly feels a push. (A path
# does not show its time. By the rates of Figure 10.2 the right one arrives last: they are 0.2, 0.5 and 0.13.)
#
# Now with your hand. The panel below draws the same game: **drag the square** to another start, or
# press the arrow keys on it. On the right is the distance to the solution: solid as the path has
# it, dashed as the eigenvalues promise.
#
# **Predict.** Drag the start twice as far out, with the same $\gamma$: does the rate of decay
# change? And at $\gamma = 1$, where the turning has ended: will Wasserstein's have ended, too?

# %%
one_point_lab = lab.OnePointLab(gamma=0.3)
one_point_lab.show()

# %% [markdown]
# The eigenvalues know no start. From far out the path takes its time at first, and then goes down
# beside the dashed line, at the same rate. Wasserstein still turns: its $s$ is 1, and its critical
# $\gamma$ is 2. More to try, and to explain from what you have read:
#
# - Turn $\gamma$ from 0 to its end: rotation becomes decay, and decay becomes creeping.
# - At the critical $\gamma$ the measured rate stays a little below the predicted one: two equal
#   eigenvalues give a term $t\,e^{\lambda t}$, which is late.
# - Take the non-saturating loss without a penalty. Predicted is 0; what is measured, and from
#   where?
# - Take the gradient penalty, that of the Wasserstein GAN. Why are there no eigenvalues then?
#   *A penalty without a Jacobian*, below, has the answer.

# %% [markdown]
# ### From flow to steps (optional)
#
# Training takes steps of size $h$. A simultaneous step multiplies each of the two terms by
# $1 + h\lambda$. That shrinks it only if $|1 + h\lambda| < 1$: with $\lambda$ on the imaginary
# axis it never does, and lesson 01's spiral went outwards. With a real part below 0 there is a
# step small enough (exercise 10.3).
#
# **Predict.** Which of lesson 01's three ways to step goes in without R1? Which does with it?


# %%
def simultaneous(state, gamma, h):
    return state + h * velocity(state, gamma)


def extragradient(state, gamma, h):
    return state + h * velocity(simultaneous(state, gamma, h), gamma)


# %%
def alternating(state, gamma, h):
    theta, psi = state
    psi = psi + h * velocity((theta, psi), gamma)[1]  # D first, as in lesson 02
    return np.array([theta + h * velocity((theta, psi), gamma)[0], psi])


# %%
def walk(step, gamma, h=0.5, n_steps=80):
    """The path (2, n_steps + 1) from (1, 0)."""
    path = [np.array([1.0, 0.0])]
    for _ in range(n_steps):
        path.append(step(path[-1], gamma, h))
    return np.transpose(path)


fig, axes = plt.subplots(1, 4, figsize=(7, 2.8), sharey=True)
ways = {step.__name__: step for step in (simultaneous, alternating, extragradient)}
for ax, name in zip(axes, [*ways, "continuous"], strict=True):
    for gamma, style in (
        (0.0, {"color": "#777777", "linestyle": "--"}),
        (0.5, {"color": plotting.FAKE}),
    ):
        path = walk(ways[name], gamma) if name in ways else follow(gamma)[0]
        ax.plot(*path, **style, label=f"γ = {gamma:g}")
    ax.plot(1, 0, "ks", 0, 0, "k+", markersize=7)
    ax.set(title=name, xlabel="θ", aspect="equal", xlim=(-1.9, 1.9), ylim=(-1.9, 1.9))
axes[0].set_ylabel("ψ")
fig.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
plt.show()

# %% [markdown]
# **Figure 10.4.** Eighty steps of size 0.5 from the square, and the flow in continuous time over
# the same 40 units. Without R1 (dashed, grey) simultaneous steps leave the picture, and only looking
# ahead goes in, slowly; with $\gamma =
# 0.5$ (orange) all four do.
#
# The panel above has the same four under *Steps*: with other losses, and from any start.

# %% tags=["nbval-check-output"]
for name, step in ways.items():
    ends = [np.linalg.norm(walk(step, gamma)[:, -1]) for gamma in (0.0, 0.5)]
    verdict = "out" if ends[0] > 1.1 else "in" if ends[0] < 0.9 else "round"
    print(f"{name:14} without R1: {verdict:5}  with: {'in' if ends[1] < 0.01 else '?'}")

# %% [markdown]
# ### A penalty without a Jacobian
#
# The gradient penalty of the Wasserstein GAN does not ask for a slope of 0 but for one of
# **1**: $(|\nabla D| - 1)^2$, here $(|\psi| - 1)^2$. At the solution $\psi$ is 0.
#
# **Predict.** In which direction does this penalty push $\psi$ when it is a hair above 0? And a
# hair below?


# %%
def walk_with_penalty(weight, n_steps=2000, h=0.02):
    """The path (2, n_steps + 1) of the Wasserstein GAN with the gradient penalty."""
    path = [np.array([1.0, 0.1])]
    for _ in range(n_steps):
        (theta, psi), push = path[-1], 2 * weight * (1 - abs(path[-1][1]))
        path.append(path[-1] + h * np.array([psi, push * np.sign(psi) - theta]))
    return np.transpose(path)


# %%
slopes = np.linspace(-2, 2, 401)  # none of them 0
slopes = slopes[np.abs(slopes) > 1e-9]
fig, axes = plt.subplots(1, 2, figsize=(7, 3.2))
axes[0].plot(slopes, -slopes, color=plotting.REAL, label="R1")
jump = np.where(
    np.abs(slopes) < 0.011, np.nan, -2 * (np.abs(slopes) - 1) * np.sign(slopes)
)
axes[0].plot(slopes, jump, "--", color=plotting.FAKE_DARK, label="gradient penalty")
axes[0].plot(0, 0, "k+", markersize=10)
axes[0].set(xlabel="ψ: D's slope", ylabel="push of the penalty on ψ")
axes[0].set_ylim(-2.3, 3.6)
axes[0].legend(loc="upper right")
path, held = walk_with_penalty(0.25), walk_with_penalty(1.0)
axes[1].plot(*path, color="#777777")
axes[1].plot(*path[:, 0], "ks", *path[:, -1], "k*", 0, 0, "k+", markersize=9)
axes[1].set(xlabel="θ", ylabel="ψ", title="weight 1/4, 2,000 steps", aspect="equal")
plt.show()
nearest = np.linalg.norm(path[:, -1000:], axis=0).min()
print(f"weight 1/4: never nearer than {nearest:.2f} in the second half")
print(f"weight 1: ends at θ = {held[0, -1]:.2f}, ψ = {held[1, -1]:.2f}")
assert nearest > 0.2 and abs(held[0, -1] - 2) < 0.01

# %% [markdown]
# **Figure 10.5.** Left: R1 (solid) pushes D's slope back to 0, the harder the farther. The
# gradient penalty (dashed, weight 1) pushes *away* from 0 where the slope is below 1, back where it is
# above, and jumps at 0: up on the right, down on the left. Right: the one-point Wasserstein GAN with that penalty, weight 1/4, from the square to the
# star. It does not settle at the solution (cross), but goes round it at a distance.
#
# With the weight 1 something stranger happens: G's point comes to rest, at $\theta = 2$, where
# there are no data. The penalty's push of 2 holds D's slope from below against D's own loss. (Seen
# from below 0 the same holds at $\theta = -2$, and a start a hair under $\psi = 0$ ends there.) So
# a small weight keeps the circles, and a large one stops them at a wrong place.
#
# Where a function jumps there is no slope, so this penalty has **no Jacobian** at the solution,
# and the eigenvalues have nothing to say. What does automatic differentiation make of it?

# %% tags=["nbval-check-output"]
for psi in (-0.001, 0.001):
    state = tf.constant([0.0, psi], tf.float64)
    found = velocity_of(state, losses.wasserstein, losses.gradient_penalty, 1.0)
    print(f"velocity of ψ at {psi:6.3f}: {found[1]:6.3f}")
found = jacobian_at([0.0, 0.0], losses.wasserstein, losses.gradient_penalty, 1.0)
print(f"its slope at 0, says TensorFlow: {found[1, 1]:,.0f}")

# %% [markdown]
# Two million is no property of the penalty but of the small $\epsilon = 10^{-12}$ under its
# square root (lesson 08 put it there against NaN): the jump of 4 has become a very steep slope.
# A number that looks like an answer need not be one.

# %% [markdown]
# ### A real GAN near its end (optional)
#
# Is any of that true of networks? The parabola of lesson 02 has 354 + 357 = 711 weights, few
# enough for the whole Jacobian: the velocity has 711 entries, each with 711 slopes. Train it on
# standardised data, stop, and ask how plain gradient descent would go on from there. R1 enters
# the velocity with the factor $\gamma$, so that $J = J_0 + \gamma J_1$ for all $\gamma$ at
# once.


# %%
def sample_scaled(n, pair):
    """n points (n, 2) of the parabola, standardised."""
    mean, std = np.float32([0, 10 + 2500 / 3]), np.float32([28.87, 745.4])
    return (quadratic.sample_points(n, pair) - mean) / std


# %%
def train_parabola(seed):
    """G and D of lesson 02, trained."""
    settings.set_seed(seed)
    pair = quadratic.make_generator(), quadratic.make_discriminator()
    step = quadratic.make_train_step(*quadratic.make_steps(*pair), sample=sample_scaled)
    training.fit(step, PARABOLA_STEPS, log_every=100, jit_compile=COMPILE)
    return pair


# %%
def jacobian_of(generator, discriminator, real_points, noise, gamma):
    """The Jacobian (711, 711) of the velocity of all weights, G's first."""
    ours = generator.trainable_variables, discriminator.trainable_variables
    with tf.GradientTape(persistent=True) as outer:
        with tf.GradientTape(persistent=True) as inner:
            fake_logits = discriminator(generator(noise))
            pair = losses.non_saturating(discriminator(real_points), fake_logits)
            d_loss = pair[0] + gamma * losses.r1_penalty(discriminator, real_points)
        slopes = inner.gradient(pair[1], ours[0]) + inner.gradient(d_loss, ours[1])
        velocities = -tf.concat([tf.reshape(slope, [-1]) for slope in slopes], axis=0)
    rows = outer.jacobian(
        velocities, [*ours[0], *ours[1]], unconnected_gradients="zero"
    )
    return tf.concat([tf.reshape(row, (len(velocities), -1)) for row in rows], axis=1)


# %% [markdown]
# **Predict.** 711 eigenvalues. Where will most of them be? Will there be turning ones? And what
# will R1 do to them?

# %%
spectra = {}
batch = sample_scaled(N_JACOBIAN, [8, 0]), quadratic.sample_noise(N_JACOBIAN, [9, 0])
for seed in SEEDS:
    jacobian = tf.function(partial(jacobian_of, *train_parabola(seed), *batch))
    both = [jacobian(tf.constant(gamma)) for gamma in (0.0, 1.0)]
    spectra[seed] = np.linalg.eigvals(np.float64(both))

# %%
for seed, pair in spectra.items():
    for name, values in zip(("no penalty", "R1, γ = 1"), pair, strict=True):
        turns = values[np.argmax(values.imag)]
        text = f"sum of real parts {values.real.sum():6.1f}, fastest turn "
        text += f"{turns.real:.2f} ± {turns.imag:.2f}i, "
        text += f"{np.sum(values.real > 0.01):3} above 0.01"
        print(f"seed {seed}, {name}: {text}")
    assert pair[1].real.sum() < pair[0].real.sum()

fig, axes = plt.subplots(1, 2, figsize=(7, 3), sharex=True, sharey=True)
for ax, values, title in zip(
    axes, spectra[SEEDS[0]], ("no penalty", "R1, γ = 1"), strict=True
):
    ax.plot(values.real, values.imag, "x", color=plotting.FAKE_DARK, alpha=0.6)
    ax.axvline(0, color="k", linewidth=0.8)
    ax.set(title=title, xlabel="real part")
    ax.set_xscale("symlog", linthresh=0.1)
    ax.set_yscale("symlog", linthresh=0.1)
    ax.set_xticks([-1, -0.1, 0, 0.1, 1], ["−1", "−0.1", "0", "0.1", "1"])
    ax.set_yticks([-1, -0.1, 0, 0.1, 1], ["−1", "−0.1", "0", "0.1", "1"])
    ax.minorticks_off()
axes[0].set_ylabel("imaginary part")
plt.show()

# %% [markdown]
# **Figure 10.6.** The eigenvalues of a trained parabola GAN, on axes that are logarithmic
# beyond ±0.1, without a penalty and with R1 at the same weights. Most lie at 0: directions in
# which nothing happens. There are turning pairs, well off the horizontal axis, and many that do not
# turn on either side of 0.
#
# The sum of the real parts says how fast a small cloud of weights shrinks as a whole, and R1
# lowers it on every seed. But this is no Dirac-GAN. On the seeds that we ran the pair that turns
# fastest decays already without R1: a D with 357 weights has damping of its own, which lesson 01
# saw, too. R1 slows the fastest turn on each of them. Yet it does not only damp: *more* eigenvalues
# lie **above** 0 with it than without. These weights were trained without R1, and are no resting
# place of a GAN that pays for it; nor had the training come to rest without. A linear theory tells
# you which way a cure works. Whether it is enough, only a measurement can tell.

# %% [markdown]
# ## Objectives
#
# The Dirac-GAN tells losses apart only by their slope at an undecided D. Elsewhere they differ,
# and it shows when D is *not* undecided. What reaches G is the slope of its loss in the logit:
# take a generated point with the logit $\ell$, and ask each loss how hard it pulls.
#
# **Predict.** D is sure that a point is generated: $\ell = -10$. Which losses pull hardest, and
# which not at all?


# %%
def pull_of(both, logits):
    """Size of the slope of G's loss at each of the logits (n,) of generated points."""
    fake_logits = tf.constant(logits, tf.float32)[:, None]
    with tf.GradientTape() as tape:
        tape.watch(fake_logits)
        _, g_loss = both(tf.zeros_like(fake_logits), fake_logits)
    return -len(logits) * tape.gradient(g_loss, fake_logits).numpy().ravel()


# %% tags=["nbval-check-output"]
at = [-10.0, -1.0, 0.0, 1.0, 10.0]
print(f"{'logit':15}", *(f"{logit:7.0f}" for logit in at))
for name, loss in losses.LOSSES.items():
    print(f"{name:15}", *(f"{pull + 0.0:7.3f}" for pull in pull_of(loss.both, at)))

# %% [markdown]
# Read it line by line; this is how each loss **fails**.
#
# - **Saturating** (`minimax`): 0 at −10. A sure D silences it: the *vanishing gradient* of
#   lesson 08.
# - **Non-saturating** and **relativistic**: at most 1, and full at −10. (The relativistic pull
#   depends on how far the point lies below the real ones, whose logits are 0 here.)
# - **Hinge** and **Wasserstein**: always 1. They pull on points that D takes for real as hard as
#   on the others: nothing but D's own slope slows G down. If D is steep, G flies.
# - **Least squares**: 11 at −10, and *minus* 9 at 10. A far point pulls without bounds, and one
#   that D likes too much is pushed back.
#
# ### Hinge
#
# $\ell_D = E[\max(0, 1 - D(x))] + E[\max(0, 1 + D(G(z)))]$, $\ell_G = -E[D(G(z))]$. D pushes
# real logits above 1 and generated ones below −1, and then stops: a point beyond its margin has
# no slope. At equilibrium $\ell_D$ is 2, and a logit of 0 means undecided. Its own failure: once
# *all* logits are beyond their margins, $\ell_D$ is exactly 0 and D learns nothing more.
#
# ### Least squares
#
# $\ell_D = \frac12 E[(D(x) - 1)^2] + \frac12 E[D(G(z))^2]$, $\ell_G = \frac12 E[(D(G(z)) -
# 1)^2]$. No sigmoid: D's output itself should be 1 or 0, so that 1/2 is undecided and 0 means
# "generated". At equilibrium $\ell_D = \frac14$ and $\ell_G = \frac18$.

# %% tags=["nbval-check-output"]
half, margin = tf.fill((4, 1), 0.5), tf.constant([[1.5], [3.0], [2.0], [1.1]])
print(
    "least squares, undecided:", *(f"{x:.3f}" for x in losses.least_squares(half, half))
)
with tf.GradientTape() as tape:
    tape.watch(margin)
    d_loss, _ = losses.hinge(margin, -margin)
print(
    "hinge beyond the margin:",
    f"loss {d_loss:.1f},",
    "slopes",
    tape.gradient(d_loss, margin).numpy().ravel() + 0.0,  # no "-0."
)

# %% [markdown]
# ### Wasserstein: a distance that does not go flat
#
# In Figure 1.10 the Jensen-Shannon divergence of two distributions without overlap was flat.
# The **Wasserstein distance** is not: it is the least work, mass times way, that moves one
# distribution onto the other. If one is the other shifted by 3, it is 3.
#
# A theorem (Kantorovich and Rubinstein) turns it into something that D can do:
#
# $$W(p, q) = \max_{|\nabla f| \le 1} E_{x \sim p}[f(x)] - E_{x \sim q}[f(x)]$$
#
# - $f$ is any function whose slope is nowhere more than 1. In one direction it is quick to see:
#   moving a piece of mass by $\delta$ changes $f$ by at most $|\delta|$, so the right side cannot
#   be more than the work. The theorem says that the best $f$ reaches it.
# - $f$ plays D, and is called a **critic**: $\ell_D = E[D(G(z))] - E[D(x)]$ is $-W$ for the best
#   one. A constant added to it changes nothing, so that **0 has no meaning**.
#
# Without the condition on the slope, D doubles its output, and the loss doubles: it has no
# bottom. So who keeps the slope at 1? Three answers.
#
# **A penalty on the slope.** On the straight way from a real point to where it is moved, the best
# critic has a slope of exactly 1. Nobody knows who is moved where, so ask for it on the way between
# any two: $\lambda\,E[(|\nabla D(\hat x)| - 1)^2]$ at random places $\hat x$. Check it on a
# critic whose slope you know, $D(x) = w \cdot x$: its slope is $|w|$ everywhere.


# %% tags=["nbval-check-output"]
def slope_penalty(critic, real_points, fake_points, seed):
    """Mean of (|slope| - 1)² at random places between real and generated points."""
    share = tf.random.stateless_uniform((len(real_points), 1), seed, alg="philox")
    between = real_points + share * (fake_points - real_points)
    with tf.GradientTape() as tape:
        tape.watch(between)
        logits = critic(between)
    squares = tf.reduce_sum(tape.gradient(logits, between) ** 2, axis=1)
    return tf.reduce_mean((tf.sqrt(squares + 1e-12) - 1) ** 2)


real_points, fake_points = tf.random.stateless_normal((2, 64, 2), [1, 2])
for w in ([3.0, 4.0], [0.6, 0.8], [0.0, 0.0]):

    def linear(points, w=w):
        return points @ tf.constant(w)[:, None]

    found = slope_penalty(linear, real_points, fake_points, [0, 1])
    ours = losses.gradient_penalty(linear, real_points, fake_points, [0, 1])
    expected = (np.linalg.norm(w) - 1) ** 2
    print(
        f"|w| = {np.linalg.norm(w):.0f}: penalty {found:.3f}, expected {expected:.0f},",
        end=" ",
    )
    print("the package agrees:", np.isclose(found, ours))

# %% [markdown]
# **Clipping.** The first Wasserstein GAN cut all of D's weights to $[-c, c]$ after each step.
# That bounds the slope, too: but by what? Train critics on two squares, one shifted by 3, where
# the answer is $W = 3$ and the best slope is 1.
#
# **Predict.** Which $c$ will give 3? And the penalty with $\lambda = 10$: exactly 3, more, or
# less?


# %%
def train_critic(seed, clip=None):
    """The distance that a critic finds, and its weights; without clip, with penalty."""
    settings.set_seed(seed)
    hidden = [layers.Dense(32, activation="relu") for _ in range(2)]
    critic = keras.Sequential([keras.Input((2,)), *hidden, layers.Dense(1)])
    optimizer = keras.optimizers.Adam(1e-3, beta_1=0.5)
    optimizer.build(critic.trainable_variables)

    def step(iteration):
        points = tf.random.stateless_uniform((2, 256, 2), [seed, iteration])
        real_points, fake_points = points[0], points[1] + [3.0, 0.0]
        with tf.GradientTape() as tape:
            d_loss, _ = losses.wasserstein(critic(real_points), critic(fake_points))
            total = d_loss
            if clip is None:
                pair = real_points, fake_points, [seed, iteration]
                total += 10 * slope_penalty(critic, *pair)
        training.update(optimizer, tape, total, critic)
        for weights in critic.trainable_variables if clip else ():
            weights.assign(tf.clip_by_value(weights, -clip, clip))
        return (-d_loss,)

    run = training.compile_loop(step, max_steps=500, values=1, jit_compile=COMPILE)
    found = [run(start, 500) for start in range(0, CRITIC_STEPS, 500)][-1][-100:]
    return found.mean(), np.concatenate([w.ravel() for w in critic.get_weights()])


# %%
critics = {}
for clip in (0.01, 0.1, 1.0, None):
    name = "penalty" if clip is None else f"clipped at {clip:g}"
    critics[name] = [train_critic(seed, clip) for seed in SEEDS]

# %%
for name, runs in critics.items():
    print(f"{name:15} distance:", *(f"{found:9.3g}" for found, _ in runs))
distances = np.array([[found for found, _ in runs] for runs in critics.values()])
assert (distances[0] < 0.3).all() and (distances[2] > 15).all()
assert CRITIC_STEPS < 3000 or np.allclose(distances[3], 3.45, atol=0.15)

# %%
fig, axes = plt.subplots(1, 2, figsize=(7, 2.9))
for ax, name in zip(axes, ("clipped at 0.1", "penalty"), strict=True):
    distance, weights = critics[name][0]
    ax.hist(weights, 40, color="#777777", log=True)
    ax.set(title=f"{name}: {distance:.2g}, true 3", xlabel="weight", ylabel="how many")
plt.show()

# %% [markdown]
# **Figure 10.7.** The weights of two critics of the same two squares, and the distance that each
# finds; the true one is 3. Clipped at 0.1 (left), most weights are driven to the two walls,
# and the distance is far too small. With the penalty (right) they spread around 0, and it is
# about right.
#
# So clipping fails twice. What slope a bound $c$ allows depends on the depth and width of the
# network, as a power: from 0.01 to 1 the "distance" grows from next to nothing to hundreds, and
# another network would need another $c$. The penalty works, with a small bias that you can work out: with all slopes
# at $s$, D maximises $3s - 10\,(s - 1)^2$, and the best $s$ is $1 + 3/20 = 1.15$. The distance is
# then 3.45 in place of 3.
#
# ### Spectral normalisation: a bound for each layer
#
# **The third answer** builds the bound into D. A dense layer multiplies by a matrix $A$, its
# `kernel`. The most that it can stretch any input is the largest singular value
# $\sigma_1(A)$. Divide the kernel by it, and the layer stretches nothing; a leaky ReLU
# stretches nothing either; so the whole D has a slope of at most 1, for any loss.
#
# A full singular value decomposition at every step would be dear. The **power iteration** goes
# on from the step before: $v \leftarrow A u / |A u|$, $u \leftarrow A^T v / |A^T v|$, and
# $\sigma_1 \approx v^T A u$.


# %% tags=["taught"]
def largest_singular_value(kernel, u):
    """The singular value that u (n_out,) is drawn to, and u one iteration later."""
    v = tf.math.l2_normalize(tf.linalg.matvec(kernel, u))
    u = tf.math.l2_normalize(tf.linalg.matvec(kernel, v, transpose_a=True))
    u, v = tf.stop_gradient(u), tf.stop_gradient(v)  # sigma's gradient is then v uᵀ
    return tf.tensordot(v, tf.linalg.matvec(kernel, u), 1), u


# %% [markdown]
# **Predict.** Does it agree with NumPy's decomposition to three digits after one iteration? After fifty?

# %%
rng = np.random.default_rng(0)
kernel = rng.normal(size=(48, 48)).astype("float32")
u = tf.constant(rng.normal(size=48).astype("float32"))
exact = np.linalg.svd(kernel, compute_uv=False)[0]

# %% tags=["nbval-check-output"]
reached = []
for _ in range(200):
    sigma, u = largest_singular_value(kernel, u)
    reached.append(bool(abs(sigma / exact - 1) < 1e-3))
print("after 1, 50, 200:", reached[0], reached[49], reached[-1])

# %% [markdown]
# One iteration is not enough for a kernel that it has never seen. But a step of training changes
# the kernel only a little, and one iteration a step keeps up with it.
#
# In a D of slope at most 1 logits can differ by no more than the distance of two points.
# Where that is too little, the logit is multiplied by a constant, the bound on the slope. That is
# how the comparison below turns this knob. Here is the layer. Its $u$ is kept from call to call, and moves in D's own steps only (`training`).


# %% tags=["taught"]
@keras.saving.register_keras_serializable("gan_course")
class SpectralDense(layers.Dense):
    """A dense layer whose kernel is divided by its largest singular value."""

    def build(self, input_shape):
        super().build(input_shape)
        self.u = self.add_weight(
            shape=(self.units,), initializer="random_normal", trainable=False
        )

    def call(self, x, training=False):
        sigma, u = largest_singular_value(self.kernel, self.u)
        if training:
            self.u.assign(u)
        return tf.matmul(x, self.kernel / sigma) + self.bias


# %% [markdown]
# ### Keras' own layer (optional)
#
# Keras has one of its own, `keras.layers.SpectralNormalization`, which wraps any layer. Does it
# do the same? Let both settle on the same kernel, and compare what comes out with NumPy, and
# then the gradients. One thing you can know beforehand: the output depends on the kernel's
# *direction* only, so a small change of its *size* should change nothing.

# %% tags=["nbval-check-output"]
inputs = tf.random.stateless_normal((256, 8), [1, 1])
for name, make in {
    "ours": lambda: SpectralDense(16),
    "Keras'": lambda: layers.SpectralNormalization(layers.Dense(16)),
}.items():
    settings.set_seed(0)
    layer = make()
    for _ in range(300):
        layer(inputs, training=True)
    with tf.GradientTape() as tape:
        outputs = layer(inputs, training=True)
        loss = tf.reduce_sum(outputs**2)
    kernel = layer.kernel.numpy()
    along_size = np.sum(tape.gradient(loss, layer.kernel) * kernel) / loss
    stored = np.linalg.svd(kernel, compute_uv=False)[0]
    agrees = np.allclose(outputs, inputs @ (kernel / stored), atol=1e-3)
    print(f"{name:7} as NumPy's: {agrees}", end=", ")
    print(f"stored with σ₁ = 1: {np.isclose(stored, 1, atol=1e-3)}", end=", ")
    print(f"gradient along its size: {abs(along_size):.2f}")

# %% [markdown]
# The outputs agree, the rest does not. Keras **overwrites** the kernel with the normalised one at
# each training call, and its gradient does not know of the division: it has a part along the
# kernel's size, which the next call undoes. Ours keeps the kernel and differentiates through
# $\sigma_1$, as in the paper, and the part along the size is 0. Both hold the bound. (Two more
# things to know of Keras': it looks at `training`, so a D that is called without it
# never normalises; and what it stores is no longer what the optimizer wrote.)
#
# ### Relativistic, with R1 and R2
#
# All losses so far ask "is this point real?". The relativistic one asks "which of these **two**
# is the real one?", and subtracts the logits:
#
# $$\ell_D = E[-\ln \sigma(D(x) - D(G(z)))], \qquad \ell_G = E[-\ln \sigma(D(G(z)) - D(x))].$$
#
# At equilibrium both are $\ln 2$. Only differences count, so **0 has no meaning** here either.
# What is gained? G wins only by *overtaking* real points, wherever these are; parking all its
# points on one good spot leaves all other real points unbeaten. Together with R1 **and** R2, so
# that D is damped where the real points are and where the generated ones are, this is the loss
# of R3GAN (Huang et al., 2024).

# %% tags=["nbval-check-output"]
real_logits, fake_logits = tf.random.stateless_normal((2, 512, 1), [4, 4])
found = losses.relativistic(real_logits, fake_logits)
shifted = losses.relativistic(real_logits + 7, fake_logits + 7)
print("7 added to every logit changes nothing:", np.allclose(found, shifted, atol=1e-6))
same = losses.relativistic(real_logits * 0, fake_logits * 0)
print("undecided:", *(f"{loss:.3f}" for loss in same))

# %% [markdown]
# In one table. "Level" is the loss at equilibrium, and what $D = 0$ means there; the last column
# follows from the pulls above.
#
# | objective | D's level | G's level | $D = 0$ means | how it fails |
# | --- | --- | --- | --- | --- |
# | saturating | $2 \ln 2$ | $-\ln 2$ | undecided | G's gradient vanishes: G's loss near 0, nothing moves |
# | non-saturating | $2 \ln 2$ | $\ln 2$ | undecided | D's loss near 0, G's grows: D has won |
# | hinge | 2 | none | undecided | D's loss exactly 0: D learns no more |
# | least squares | 1/4 | 1/8 | "generated" | few far points rule the gradient; losses jump |
# | Wasserstein | 0 | none | nothing | losses run off without bound: nobody holds the slope |
# | relativistic | $\ln 2$ | $\ln 2$ | nothing | D's loss near 0; all logits may drift together, which is no failure |
#
# ## Compared
#
# Which is best? Six objectives, each without a penalty, with R1, with R1 + R2, and with spectral
# normalisation; three of them with the gradient penalty, too; and every $\gamma$ in 0.01, 0.1
# and 1. (The gradient penalty's weight is 0.1, 1 or 10; the bound of the slope 1 or 10.) All on
# ring and grid, with these networks, this step and these rates:


# %% tags=["taught", "no-slide"]
NOISE = 4  # numbers in one noise vector
WIDTH = 48  # units of a hidden layer
BATCH_SIZE = 64


def make_optimizers():
    """Adam for points in the plane: (G's, D's)."""
    return tuple(keras.optimizers.Adam(rate, beta_1=0.5) for rate in (2e-3, 5e-3))


# %% tags=["taught"]
def make_generator():
    """Noise (n, 4) to points (n, 2)."""
    return keras.Sequential(
        [
            keras.Input((NOISE,)),
            layers.Dense(WIDTH, activation="relu"),
            layers.Dense(WIDTH, activation="relu"),
            layers.Dense(2),
        ],
        name="generator",
    )


def make_discriminator(dense=layers.Dense):
    """Points (n, 2) to logits (n, 1), of layers of the kind `dense`."""
    return keras.Sequential(
        [
            keras.Input((2,)),
            dense(WIDTH),
            layers.LeakyReLU(negative_slope=0.2),
            dense(WIDTH),
            layers.LeakyReLU(negative_slope=0.2),
            dense(1),
        ],
        name="discriminator",
    )


# %% tags=["taught"]
def make_train_step(networks, optimizers, draw, both, penalty=None, weight=0.0):
    """A step of D by `both` and weight * penalty, then one of G; pairs are (G's, D's).

    draw(k) gives real points and noise, the same for the same number k.
    """
    (generator, discriminator), (g_optimizer, d_optimizer) = networks, optimizers
    g_optimizer.build(generator.trainable_variables)
    d_optimizer.build(discriminator.trainable_variables)

    def train_step(iteration):
        real_points, noise = draw(2 * iteration)
        fake_points = generator(noise)
        with tf.GradientTape() as tape:
            real_logits = discriminator(real_points, training=True)
            fake_logits = discriminator(fake_points, training=True)
            d_loss, _ = both(real_logits, fake_logits)
            total = d_loss
            if penalty is not None:
                seed = [3, iteration]
                total += weight * penalty(discriminator, real_points, fake_points, seed)
        training.update(d_optimizer, tape, total, discriminator)
        real_points, noise = draw(2 * iteration + 1)
        with tf.GradientTape() as tape:
            fake_logits = discriminator(generator(noise))
            _, g_loss = both(discriminator(real_points), fake_logits)
        training.update(g_optimizer, tape, g_loss, generator)
        return d_loss, g_loss

    return train_step


# %% [markdown]
# One of these trainings, to see it run: the relativistic loss with R1 + R2 on the grid, for as
# many steps as the table's.


# %%
def draw_batch(points, k):
    """BATCH_SIZE of the points, and as many noise vectors."""
    rows = tf.random.stateless_uniform((BATCH_SIZE,), [0, k], 0, len(points), tf.int32)
    return tf.gather(points, rows), tf.random.stateless_normal(
        (BATCH_SIZE, NOISE), [1, k]
    )


grid = point_sets.make_named("grid of 25", n=20_000)
settings.set_seed(0)
pair, optimizers = (make_generator(), make_discriminator()), make_optimizers()
game = losses.relativistic, losses.r1_r2_penalty, 0.01
step = make_train_step(
    pair, optimizers, lambda k: draw_batch(tf.constant(grid.points), k), *game
)
_ = training.fit(step, GRID_STEPS, log_every=100, jit_compile=COMPILE)

# %%
noise = np.random.default_rng(2).normal(size=(1000, NOISE)).astype("float32")
fig, ax = plt.subplots(figsize=(3.8, 3.6))
plotting.plot_points(grid.points[:500], pair[0](noise).numpy()[:500], ax=ax)
ax.set(aspect="equal", xlabel="x", ylabel="y")
fig.legend(*ax.get_legend_handles_labels(), loc="outside upper center", ncols=2)
plt.show()

# %% [markdown]
# **Figure 10.8.** Twenty-five narrow modes (blue circles) and what a G of this size makes of them
# in some seconds (orange crosses). Some modes get hardly a point. Many points lie on the way from
# one mode to the next, partly because a continuous G cannot jump.
#
# The whole table holds hundreds of such trainings, made by `benchmarks/objectives.py` and kept in
# `data/objectives.csv`. How it was made to hold:
#
# - **Equal compute.** A penalty costs. So each training is read twice: after 4,000 steps, and
#   when a batch has gone through a network, forward or backward, as often as in 4,000 steps
#   of the plain non-saturating GAN. A step of that takes 9 passes; the slope of D at
#   one batch costs 4 more. With R1 that is 13, with R1 + R2 17.
# - **Fresh seeds.** Every setting trains from three seeds. The best setting of each objective is
#   chosen on these, by its median distance; then it trains again from **eight others**, and only
#   those are compared. The winner of many is partly lucky, and fresh seeds take the luck away.
# - **Lesson 09's measures.** The modes that are reached, the share of points at any mode, and the
#   sliced Wasserstein distance, whose floor, real against real, is not 0. Each is the mean
#   of five looks, 100 steps apart, because a GAN that circles is good one moment and bad the next.

# %%
with (bundled.bundled_dir() / "objectives.csv").open(
    encoding="utf-8", newline=""
) as file:
    table = list(csv.DictReader(file))
KINDS = ("ring of 8", "grid of 25")
NAMES = (
    "non-saturating",
    "hinge",
    "least squares",
    "Wasserstein",
    "relativistic",
    "saturating",
)


def collect(measure, at, fresh, **wanted):
    """{(penalty, strength): (n,) values} of the rows with what is wanted."""
    wanted["at"] = at
    found = {}
    for row in table:
        told = all(row[key] == value for key, value in wanted.items())
        if told and (int(row["seed"]) >= 10) == fresh:
            setting = row["penalty"], float(row["strength"])
            found.setdefault(setting, []).append(float(row[measure]))
    return {setting: np.array(values) for setting, values in found.items()}


# %%
def floor_of(kind):
    """The mean distance of 1,000 real points to the next 1,000, over all points."""
    real = point_sets.make_named(kind, n=20_000).points
    parts = np.split(real, 20)
    return np.mean(
        [metrics.sliced_wasserstein(a, b, projections=64) for a, b in pairwise(parts)]
    )


best = {}  # chosen on the first three seeds, at equal passes
for kind in KINDS:
    for name in NAMES:
        found = collect("distance", "passes", False, data=kind, objective=name)
        best[kind, name] = min(found, key=lambda setting: np.median(found[setting]))
floors = {kind: floor_of(kind) for kind in KINDS}
print(
    "runs:",
    len(table) // 2,
    "| floors:",
    *(f"{floor:.3f}" for floor in floors.values()),
)

# %% [markdown]
# **Predict.** Write down your order of the six, and whether the choice of the loss or that of the
# penalty makes the greater difference.

# %%
PLAIN = ("none", 0.0)
fig, axes = plt.subplots(1, 2, figsize=(7, 4.6), sharey=True)
for ax, kind in zip(axes, KINDS, strict=True):
    for place, name in enumerate(NAMES):
        found = collect("distance", "passes", True, data=kind, objective=name)
        style = {"solid_capstyle": "butt", "alpha": 0.4, "linewidth": 5}
        for setting, shift, color, mark in (
            (PLAIN, -0.2, "#595959", "s"),
            (best[kind, name], 0.05, plotting.FAKE_DARK, "D"),
        ):
            ends = found[setting].min(), found[setting].max()
            ax.plot(ends, [place + shift] * 2, color=color, **style)
            ax.plot(np.median(found[setting]), place + shift, mark, color=color)
        chosen = "{}, {:g}".format(*best[kind, name])
        ax.text(0.42, place + 0.05, chosen, color=plotting.FAKE_DARK, va="center")
    ax.axvline(floors[kind], color="k", linestyle=":", linewidth=1)
    ax.set(
        title=kind, xscale="log", xlim=(0.05, 12), xlabel="distance, lower is better"
    )
axes[0].set_yticks(range(6), NAMES)
axes[0].invert_yaxis()
plt.show()

# %% [markdown]
# **Figure 10.9.** Six objectives on two sets of points, at equal network passes, on eight seeds
# that nothing was chosen on: without a penalty (grey squares) and in the best setting of each
# (brown diamonds, named beside it with its strength). A mark is the median, the bar reaches
# from the best seed to the worst; the dotted line is the floor, real points against real ones.
# What lies at the floor, or by chance a little below it, this distance cannot tell from real
# points.
#
# Bars that overlap may come from nothing but chance, and bars that do not may, too, if one looks
# at enough of them. So test: the two settings of each objective against each other, and each
# objective at its best against the non-saturating one at its best. With
# so many questions at a level of one in twenty one must expect a false "yes". **Bonferroni's** answer:
# divide the level by the number of tests.

# %%
tests = {}
for kind in KINDS:
    reference = collect("distance", "passes", True, data=kind, objective=NAMES[0])
    for name in NAMES:
        found = collect("distance", "passes", True, data=kind, objective=name)
        chosen = found[best[kind, name]]
        if best[kind, name] != PLAIN:
            tests[kind, f"{name}: best against none"] = chosen, found[PLAIN]
        if name != NAMES[0]:
            other = reference[best[kind, NAMES[0]]]
            tests[kind, f"{name} against non-saturating"] = chosen, other
level = 0.05 / len(tests)  # Bonferroni: so many tests, each must be so much stricter
print(
    f"{len(tests)} tests, each at {level:.4f}; medians, exact p of ranks, significant?"
)
for (kind, what), (chosen, other) in tests.items():
    p = mannwhitneyu(chosen, other, method="exact").pvalue
    verdict = "yes" if p < level else "no"
    medians = f"{np.median(chosen):.3f} and {np.median(other):.3f}"
    print(f"{kind:10} {what:36} {medians}, p = {p:.5f}, {verdict}")

# %% [markdown]
# Five of the twenty verdicts are "yes". Four are about the penalty: Wasserstein on both sets,
# non-saturating on the ring, least squares on the grid. One is about the loss: Wasserstein lies
# farther away than non-saturating on the grid. (Its $\gamma$ of 1 is the largest that was tried.) So
# once each loss has its best penalty, its name makes little difference here. Without one it may: these tests
# do not compare the grey squares, and there Wasserstein lies far behind the others.
#
# Read the verdicts, not the medians. "Significant" says that the order is not chance, with all tests
# taken together; how *much* it matters, the two medians say. "Not significant" does not mean
# equal: with eight seeds a side, differences of the size of the bars cannot be seen. And all of it
# holds for these two sets of points, these networks and these rates. (The table is too small to say
# more, and what it says about points need not hold for pictures.)
#
# ### How do I set γ?
#
# The table knows that, too: the runs with R1 of all six objectives, from the three first seeds,
# after the same number of steps. Look at two measures at once.

# %%
fig, axes = plt.subplots(2, 2, figsize=(7, 4.8), sharex=True, sharey="row")
ticks = {"0": 0.0, "0.01": 0.01, "0.1": 0.1, "1": 1.0}
marks = dict(zip(NAMES, ("o-", "s--", "^-.", "v:", "D-", "x--"), strict=True))
colors = ("#000000", "#E69F00", "#0072B2", "#CC79A7", "#56B4E9", "#595959")
for column, kind in enumerate(KINDS):
    for (name, style), color in zip(marks.items(), colors, strict=True):
        for ax, measure in zip(axes[:, column], ("distance", "good"), strict=True):
            found = collect(measure, "steps", False, data=kind, objective=name)
            curve = [
                np.median(found[("R1", g) if g else PLAIN]) for g in ticks.values()
            ]
            ax.plot(range(4), curve, style, color=color, label=name)
    axes[0, column].set(title=kind, yscale="log")
    axes[1, column].set(xlabel="γ of R1", ylim=(0, 1))
    axes[1, column].set_xticks(range(4), ticks)
axes[0, 0].set_ylabel("distance (log)")
axes[1, 0].set_ylabel("share at a mode")
fig.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
plt.show()

# %% [markdown]
# **Figure 10.10.** What $\gamma$ does to the distance (above, lower is better) and to the share of
# points at a mode (below, higher is better), a line an objective: medians of three seeds after
# 4,000 steps. The left end is without a penalty.

# %%
lowest_or_highest = {"distance": np.argmin, "good": np.argmax}
for kind in KINDS:
    for measure, choose in lowest_or_highest.items():
        picks = []
        for name in NAMES:
            found = collect(measure, "steps", False, data=kind, objective=name)
            curve = [
                np.median(found[("R1", g) if g else PLAIN]) for g in ticks.values()
            ]
            picks.append(list(ticks)[choose(curve)])
        text = ", ".join(f"γ = {g}: {picks.count(g)}" for g in ticks)
        print(f"{kind:10} best {measure:8} of the six: {text}")

# %% [markdown]
# So this is the measured answer, for these points. On the grid 0.01 is chosen most often by both
# measures. On the ring three seeds show no order from 0 to 0.1, but for Wasserstein, which needs
# some. If the two measures name different values, the
# question was not complete: "best" for which purpose? A narrow mode needs a steep D, and R1
# charges for it, so that the share at a mode may want a smaller $\gamma$ than the distance does. And
# the values belong to a scale: R1 is a *squared slope*, so data twice as wide want a $\gamma$ four
# times as large for the same effect. The recipe: standardise, start where the curves above are
# best, try a factor of ten both ways on three seeds, and choose by the measure that you care about.

# %% [markdown]
# ### On clothes (optional)
#
# Does it hold for pictures? `benchmarks/objectives.py --pictures` trains lesson 05's networks, with the same
# **seconds of one core** for all, so that a penalty has to earn the time that it takes. Each objective tries six
# settings from one seed, for 30 seconds: without a penalty (Wasserstein: with the gradient penalty, 10), with R1 and
# with R1 + R2 of $\gamma = 0.1$, all at the rates 0.001 and 0.004. Its best one then trains for 60 seconds from each of
# five other seeds. The judge is lesson 05's: a Fréchet distance, and the share of the class that is drawn least.
#
# **Predict.** Above, ten of the twelve that were chosen have a penalty or a bound of the slope. A step with R1 takes
# half as long again. How many of the six choose a penalty on clothes?

# %%
with (bundled.bundled_dir() / "objectives_pictures.csv").open(
    encoding="utf-8", newline=""
) as file:  # without the seed of the choice
    on_clothes = [row for row in csv.DictReader(file) if row["seed"] != "99"]
clothes = {n: [row for row in on_clothes if row["objective"] == n] for n in NAMES}
fig, axes = plt.subplots(1, 2, figsize=(7, 3.4), sharey=True)
for ax, measure in zip(axes, ("distance", "rarest_share"), strict=True):
    for place, rows in enumerate(clothes.values()):
        values = [float(row[measure]) for row in rows]
        ends = min(values), max(values)
        bar = {"solid_capstyle": "butt", "alpha": 0.4, "linewidth": 5}
        ax.plot(ends, [place] * 2, color=plotting.FAKE_DARK, **bar)
        ax.plot(np.median(values), place, "D", color=plotting.FAKE_DARK)
labels = []
for name, (row, *_) in clothes.items():
    penalty = "no penalty" if row["penalty"] == "none" else row["penalty"]
    labels.append(f"{name}:\n{penalty}, rate {row['rate']}")
axes[0].set_yticks(range(6), labels)
axes[0].invert_yaxis()
axes[0].set(xscale="log", xlabel="Fréchet distance, lower is better")
axes[0].set_xticks([10, 20, 40, 80], ["10", "20", "40", "80"])
axes[0].minorticks_off()
axes[1].set(xlim=(0, 0.11), xlabel="share of the rarest class")
axes[1].set_xticks([0.02, 0.06, 0.1], ["0.02", "0.06", "0.10"])
axes[1].axvline(0.1, color="k", linestyle=":", linewidth=1)
plt.show()

# %% [markdown]
# **Figure 10.11.** The best setting of each objective (named at the left) after 60 seconds of one core: medians and
# ranges of five seeds. Left, the distance from real clothes, on a log scale; right, the share of the class that is drawn
# least, where one in ten (dotted) would be even.
#
# Now the tests, five of them: with five seeds a side the smallest p that ranks can give is 2 in 252, or 0.008.

# %%
values = {
    name: [float(row["distance"]) for row in rows] for name, rows in clothes.items()
}
print(f"{NAMES[0]:15} median {np.median(values[NAMES[0]]):6.1f}")
for name in NAMES[1:]:
    p = mannwhitneyu(values[name], values[NAMES[0]], method="exact").pvalue
    told = "told apart from it" if p < 0.05 / 5 else "not told apart"
    print(f"{name:15} median {np.median(values[name]):6.1f}, p = {p:.3f}: {told}")

# %% [markdown]
# On clothes the penalty looks like a luxury, as far as one seed a setting and a single $\gamma$ can
# tell: but for Wasserstein, which is nothing without one, only the relativistic
# loss chose it, by 32.6 against 33.1, and reached with two thirds of the steps what others reach with all of them. By distance
# saturating stays behind, as lesson 02 would expect; by the rarest class it does not. Far behind is Wasserstein: its authors give D five steps for each of G, and hours. Between
# the other four the choice of the loss decides nothing about the distance that five seeds could show. All that holds for a *minute* of
# these small networks. What keeps a training of hours from circling is not asked here, and there R1 is at home.

# %% [markdown]
# ## What goes wrong
#
# **A minus sign.** $\gamma$ below 0 pays D for being steep. **Predict** the eigenvalues of the
# one-point GAN at $\gamma = -0.3$ before you run the cell.

# %% tags=["nbval-check-output"]
found = jacobian_at([0.0, 0.0], losses.non_saturating, losses.r1_penalty, -0.3)
print("eigenvalues:", *np.linalg.eigvals(found).round(3))

# %% [markdown]
# Both real parts are above 0: everything grows. In a real training that looks like a D that
# has gone mad, hours later. And a second trap: the penalty is a slope, and training needs the slope
# *of that slope*. A ReLU is fine: its slope is a constant almost everywhere, but it depends on
# the weights, and that is enough. Some layers cannot be differentiated a second time at all.
# `losses.check_penalty` asks before a training.

# %% tags=["nbval-check-output"]
resizing = [
    keras.Input((8, 8, 1)),
    layers.UpSampling2D(interpolation="bicubic"),
    layers.Flatten(),
    layers.Dense(1),
]
smooth = keras.Sequential(resizing, name="bicubic")
relu = keras.Sequential(
    [
        keras.Input((8, 8, 1)),
        layers.Flatten(),
        layers.Dense(4, "relu"),
        layers.Dense(1),
    ],
    name="relu",
)
for network, weight in ((relu, 0.1), (relu, -0.1), (smooth, 0.1)):
    try:
        losses.check_penalty(losses.r1_penalty, weight, network, tf.ones((2, 8, 8, 1)))
        print(f"{network.name}, {weight}: fine")
    except ValueError as error:
        print(f"{network.name}, {weight}: {error}")

# %% [markdown]
# **A level that is none.** Only four of the six losses have a level that says "undecided" for
# both players, and a critic's loss of 0 is no sign of peace. Before you read a curve, look up
# in the table what it can tell.

# %% [markdown]
# ## Key points
#
# - Near its solution a GAN is a matrix. Real parts of the eigenvalues say how fast it settles,
#   imaginary parts how fast it turns. Without a penalty those of the one-point GAN only turn, with
#   every loss; where it shrinks all the same, it shrinks at no fixed rate.
# - R1 damps. Too little leaves the circles, too much makes D timid and G slow: there is a best
#   $\gamma$ in between, and it has to be measured.
# - A linear theory says which way a cure works. The eigenvalues of a real GAN have damping of
#   their own, and some that grow.
# - Losses differ where D is sure: how hard they pull, and on which points. Not every loss has a
#   level, and not in every loss does 0 mean undecided.
# - Wasserstein needs somebody who holds D's slope: a penalty, or a bound in each layer. Clipping
#   holds it at an unknown height.
# - Compare at equal compute, choose on some seeds and judge on others, correct for the number
#   of tests, and look at more than one measure.

# %% [markdown]
# ## Exercises
#
# **10.1 How fast?** Write the rate at which the one-point GAN settles, the *slower* one of its
# two terms, from $\gamma$ and the slope $s$ of the loss (1/2 for lesson 02's, 1 for Wasserstein).
# A positive number, and 0 where nothing settles. Which $\gamma$ is best for Wasserstein?


# %% tags=["solution"]
def rate_of_decay(gamma, s=0.5):
    """Minus the larger real part of -gamma/2 ± sqrt(gamma²/4 - s²)."""
    # BEGIN SOLUTION
    # STUB: return ...
    root = np.emath.sqrt(gamma**2 / 4 - s**2)
    return gamma / 2 - root.real
    # END SOLUTION


# %% tags=["check", "nbval-check-output"]
checks.check(
    "10.1",
    rate_of_decay,
    {
        "0 without a penalty": lambda f: checks.same(f(0.0), 0),
        "0.3 for 0.6: below the critical γ, half of it": lambda f: checks.same(
            f(0.6), 0.3
        ),
        "0.5 for the critical γ, 1": lambda f: checks.same(f(1.0), 0.5, atol=1e-3),
        "0.2 for 1.45, which is beyond it": lambda f: checks.same(f(1.45), 0.2),
        "0.75 for 1.5 and a slope of 1": lambda f: checks.same(f(1.5, 1.0), 0.75),
    },
    {
        "a rate of decay is positive.": lambda f: f(0.6) < 0,
        "that is the faster term: the slower one is seen last.": lambda f: checks.same(
            f(1.45), 1.25
        ),
        "beyond the critical γ the root is real: it counts.": lambda f: checks.same(
            f(1.45), 0.725
        ),
        "below the critical γ the root is imaginary: only turning.": lambda f: (
            checks.same(f(0.6), 0.7) or not np.isfinite(f(0.6))
        ),
        "`s` does not count yet.": lambda f: checks.same(f(2.5, 1.0), f(2.5)),
    },
)

# %% [markdown] tags=["solution"]
# The two terms meet at $\gamma = 2s$: 2 for Wasserstein. There the rate is $s$.

# %% [markdown]
# **10.2 Holm's correction.** Bonferroni asks every p-value to be below $0.05 / m$ for $m$ tests.
# Holm is never weaker: sort them; the smallest must be below $0.05 / m$, the next below
# $0.05 / (m - 1)$, and so on; stop at the first that is not. Write it, and use it on the
# table above. Does any verdict change?


# %% tags=["solution"]
def holm(p_values, level=0.05):
    """Which of the p-values (m,) are significant by Holm's method, (m,) of bool."""
    # BEGIN SOLUTION
    # STUB: return ...
    p_values = np.asarray(p_values)
    order = np.argsort(p_values)
    below = p_values[order] < level / np.arange(len(order), 0, -1)
    passed = np.logical_and.accumulate(below)  # up to the first that is not
    return passed[np.argsort(order)]
    # END SOLUTION


# %% tags=["check", "nbval-check-output"]
order, one_fails = [0.2, 0.001, 0.9, 0.01], [0.04, 0.03, 0.02]
checks.check(
    "10.2",
    holm,
    {
        "0.03 and 0.02: both": lambda f: checks.same(f([0.03, 0.02]), [True, True]),
        "in the order they came in": lambda f: checks.same(
            f(order), [False, True, False, True]
        ),
        "it stops at the first that fails": lambda f: checks.same(
            f(one_fails), [False] * 3
        ),
        "another level": lambda f: checks.same(f([0.04, 0.001], 0.01), [False, True]),
    },
    {
        hint: lambda f, given=given, found=found: checks.same(f(*given), found)
        for hint, given, found in (
            ("that is Bonferroni: the second need not.", [[0.03, 0.02]], [False, True]),
            ("that is no correction.", [one_fails], [True] * 3),
            ("do not go on after one that fails.", [one_fails], [True, False, False]),
            ("keep the order of the p-values.", [order], [True, True, False, False]),
            ("`level` does not count yet.", [[0.04, 0.001], 0.01], [True, True]),
        )
    },
)

# %% tags=["solution"]
# BEGIN SOLUTION
# STUB: # Use holm on the p-values of the table, and compare with Bonferroni's verdicts.
p_values = np.array(
    [mannwhitneyu(*pair, method="exact").pvalue for pair in tests.values()]
)
print("Bonferroni:", np.sum(p_values < level), "Holm:", np.sum(holm(p_values)))
# END SOLUTION

# %% [markdown]
# ### 10.3 The largest step (optional)
#
# A simultaneous step of size $h$ multiplies a term by $1 + h\lambda$.
# Below which $h$ do **all** terms shrink? Give the bound for an array of eigenvalues; 0 if no
# step will do. (Write $|1 + h\lambda|^2 < 1$ with the real part and $|\lambda|^2$.)


# %% tags=["solution"]
def largest_step(eigenvalues):
    """The bound below which every simultaneous step shrinks every term."""
    # BEGIN SOLUTION
    # STUB: return ...
    eigenvalues = np.asarray(eigenvalues, complex)
    bounds = -2 * eigenvalues.real / np.abs(eigenvalues) ** 2
    return max(0.0, bounds.min())
    # END SOLUTION


# %% tags=["check", "nbval-check-output"]
checks.check(
    "10.3",
    largest_step,
    {
        "1 for -2": lambda f: checks.same(f([-2.0]), 1),
        "0.8 for -1 ± 1.22i, whose |λ|² is 2.5": lambda f: checks.same(
            f([-1 + 1.2247449j, -1 - 1.2247449j]), 0.8
        ),
        "the smallest bound of several": lambda f: checks.same(f([-4.0, -0.5]), 0.5),
        "0 on the imaginary axis": lambda f: checks.same(f([0.5j, -0.5j]), 0),
        "0 if one of them grows": lambda f: checks.same(f([-2.0, 0.1]), 0),
    },
    {
        "all terms have to shrink: the smallest bound.": lambda f: checks.same(
            f([-4.0, -0.5]), 4
        ),
        "|λ|² has the imaginary part, too.": lambda f: checks.same(
            f([-1 + 1.2247449j, -1 - 1.2247449j]), 2
        ),
        "twice the real part.": lambda f: checks.same(f([-2.0]), 0.5),
        "a term that grows has no step: 0, not below.": lambda f: f([-2.0, 0.1]) < 0,
        "divide by |λ|², not by |λ|.": lambda f: checks.same(f([-4.0, -0.5]), 2),
    },
)

# %% [markdown]
# ### 10.4 A bound for a whole D (optional)
#
# A D of dense layers with leaky ReLUs between them has a slope of
# at most … what? Write the bound from its kernels, a list of matrices $(n_\text{in},
# n_\text{out})$.


# %% tags=["solution"]
def slope_bound(kernels):
    """The largest slope that a D with these kernels can have."""
    # BEGIN SOLUTION
    # STUB: return ...
    return np.prod([np.linalg.svd(a, compute_uv=False)[0] for a in kernels])
    # END SOLUTION


# %% tags=["check", "nbval-check-output"]
turned = np.linalg.qr(np.random.default_rng(1).normal(size=(3, 3)))[0]
checks.check(
    "10.4",
    slope_bound,
    {
        "4 for a layer that turns and stretches by 1, 4 and 2": lambda f: checks.same(
            f([turned @ np.diag([1.0, 4.0, 2.0])]), 4
        ),
        "5 for the kernel (3, 4) of a linear critic": lambda f: checks.same(
            f([np.array([[3.0], [4.0]])]), 5
        ),
        "6 for two layers of 2 and 3": lambda f: checks.same(
            f([np.diag([2.0, 1.0]), np.diag([0.5, 3.0])]), 6
        ),
    },
    {
        "layers come one after the other: multiply.": lambda f: checks.same(
            f([np.diag([2.0, 1.0]), np.diag([0.5, 3.0])]), 5
        ),
        "the largest layer alone does not bound the rest.": lambda f: checks.same(
            f([np.diag([2.0, 1.0]), np.diag([0.5, 3.0])]), 3
        ),
        "the root of all squares is too large: singular values.": lambda f: checks.same(
            f([np.diag([1.0, 4.0, 2.0])]), np.sqrt(21)
        ),
        "the first singular value is the largest, not the last.": lambda f: checks.same(
            f([np.diag([1.0, 4.0, 2.0])]), 1
        ),
    },
)

# %% [markdown]
# ## References
#
# - L. Mescheder, A. Geiger and S. Nowozin, *Which training methods for GANs do actually
#   converge?*, 2018: the Dirac-GAN, its eigenvalues, R1 and R2.
# - M. Arjovsky, S. Chintala and L. Bottou, *Wasserstein generative adversarial networks*, 2017;
#   I. Gulrajani et al., *Improved training of Wasserstein GANs*, 2017: clipping, and the penalty
#   that replaced it.
# - T. Miyato et al., *Spectral normalization for generative adversarial networks*, 2018.
# - X. Mao et al., *Least squares generative adversarial networks*, 2017; J. H. Lim and J. C. Ye,
#   *Geometric GAN*, 2017: the hinge loss.
# - A. Jolicoeur-Martineau, *The relativistic discriminator*, 2018; Y. Huang et al., *The GAN is
#   dead; long live the GAN!*, 2024: R3GAN.
# - M. Lucic et al., *Are GANs created equal?*, 2018: what is left of differences between losses
#   when everybody gets the same number of trials.
# - S. Holm, *A simple sequentially rejective multiple test procedure*, 1979.
