# ---
# title: The minimax objective
# minutes: 1
# teaching: 75
# prerequisites: Python and NumPy; derivatives, expectation, and the normal distribution.
# ---

# %% [markdown]
# ## Questions
#
# - What exactly do the two networks of a GAN disagree about?
# - What would a perfect discriminator answer, and what is it worth to know that?
# - Why does "converged" mean that D says 1/2, and not that a loss is 0?
# - Why do GANs go round in circles?
#
# **You will be able to** read the objective term by term, derive the optimal
# discriminator and check it against a trained one, connect the objective to a distance
# between distributions, and say which update rule spirals in and which spirals out.

# %% [markdown]
# ## Setup
#
# Most of this lesson is NumPy: one dimension is enough to see everything. TensorFlow
# trains one small discriminator and takes one gradient.

# %% tags=["setup"]
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from ipywidgets import FloatSlider, interact
from keras import layers
from scipy.special import rel_entr
from scipy.stats import norm

from gan_helpers import checks, course, diagrams, plotting, settings, training

plotting.set_style()

# %% [markdown]
# ## Settings

# %%
SEED = 0
STEPS = settings.budget(fast=500, laptop=5_000, full=20_000)
GRID = np.linspace(-16, 18, 20_001)  # wide enough for every density below
settings.set_seed(SEED)
course.announce_budget("01")

# %% [markdown]
# ## The idea
#
# A counterfeiter prints money; the police inspect it. The police learn from every note
# they see, and the counterfeiter learns from every note that is caught. If both keep
# learning, the police end up unable to tell: not because they are bad, but because there
# is no difference left.

# %%
diagrams.draw_gan(data="real money", sample="printed money")
plt.show()

# %% [markdown]
# **Figure 1.1.** The game. The generator G is the counterfeiter, the discriminator D the
# police. Solid arrows carry notes, dashed ones carry what each side learns.

# %% [markdown]
# ## The objective, term by term
#
# D answers with a probability $D(x)$ between 0 and 1 that $x$ is real. The value of the
# game is
#
# $$V(D, G) = \underbrace{E_{x \sim p}[\log D(x)]}_{\text{real called real}}
# + \underbrace{E_{x \sim q}[\log(1 - D(x))]}_{\text{generated called generated}}$$
#
# - $p$ is the density of real data, $q$ that of what G generates;
# - D wants $V$ large, G wants it small: $\min_G \max_D V(D, G)$;
# - D's loss is $-V$. Some later lessons change it a little, and say so: a label of 0.9
#   instead of 1, or the mean of the two terms instead of their sum.
#
# Take normal distributions: real $N(0, 1)$, generated $N(2, 1)$.


# %%
def p(x):
    """Density of the real data, N(0, 1)."""
    return norm.pdf(x)


def q(x, mu=2.0, sigma=1.0):
    """Density of the generated data, N(mu, sigma²)."""
    return norm.pdf(x, mu, sigma)


# %% [markdown]
# Expectations are integrals. For smooth densities that vanish at both ends the trapezoid
# rule on a fine grid is exact to many digits.


# %%
def value(d, q):
    """V(D, G) for functions d and q of x."""
    answers = np.clip(d(GRID), 1e-15, 1 - 1e-15)  # log 0 would be infinite
    integrand = p(GRID) * np.log(answers) + q(GRID) * np.log1p(-answers)
    return np.trapezoid(integrand, GRID)


# %% [markdown]
# Try two discriminators: one that always says 1/2, and one that draws the line at $x = 1$, half
# way between the two means.
#
# **Predict.** Which one gets the larger value? Could any D reach 0?

# %%
print(f"always 1/2:      {value(lambda x: 0.5 + 0 * x, q):.3f}")
print(f"a line at x = 1: {value(lambda x: 1 / (1 + np.exp(4 * (x - 1))), q):.3f}")

# %% [markdown]
# The one that never commits gets $-2 \log 2 = -1.386$, whatever G does. The other one does
# better. Zero would take a D that is sure and never wrong, and where the two kinds overlap
# nobody can be both. So what is the best that D can do?

# %% [markdown]
# ## The best discriminator
#
# At each place $x$, D chooses a number $d$ between 0 and 1 to make
# $p \log d + q \log(1 - d)$ as large as possible. Set its derivative to zero:
#
# $$\frac{p}{d} - \frac{q}{1 - d} = 0 \quad\Rightarrow\quad
# D^*(x) = \frac{p(x)}{p(x) + q(x)}$$
#
# The second derivative, $-p/d^2 - q/(1-d)^2$, is negative: it is a maximum.


# %% tags=["nbval-check-output"]
def best_d(x, q=q):
    """The optimal discriminator p / (p + q)."""
    return p(x) / (p(x) + q(x))


best = value(best_d, q)
worse = [value(lambda x, e=e: best_d(x) ** (1 + e), q) for e in (-0.1, 0.1)]
print("better than its neighbours:", all(best > other for other in worse))
print("1/2 where the densities cross:", np.isclose(best_d(1.0), 0.5))

# %% [markdown]
# That is theory. Does a network that has never seen $p$ or $q$, but only samples from
# them, learn $D^*$? Train one on batches of real and generated numbers, by the
# cross-entropy alone.
#
# **Predict.** How close will it come, and where would you trust it least?


# %%
def make_d_step(discriminator):
    """A function that trains D once, on 512 real and 512 generated numbers."""
    optimizer = keras.optimizers.Adam(0.003)
    optimizer.build(discriminator.trainable_variables)

    def d_step(iteration):
        noise = tf.random.stateless_normal((2, 512, 1), [SEED, iteration])
        with tf.GradientTape() as tape:
            real_logits = discriminator(noise[0])
            fake_logits = discriminator(noise[1] + 2.0)
            d_loss = tf.reduce_mean(tf.nn.softplus(-real_logits))
            d_loss += tf.reduce_mean(tf.nn.softplus(fake_logits))
        gradients = tape.gradient(d_loss, discriminator.trainable_variables)
        optimizer.apply(gradients, discriminator.trainable_variables)
        return (d_loss,)  # which is -V

    return d_step


# %%
settings.set_seed(SEED)
discriminator = keras.Sequential(
    [keras.Input((1,)), layers.Dense(32, activation="tanh"), layers.Dense(1)]
)
d_step = make_d_step(discriminator)
run = training.compile_loop(d_step, max_steps=500, values=1, jit_compile=True)
d_loss = np.concatenate([run(i, 500) for i in range(0, STEPS, 500)])


# %%
def show_densities(q, ax):
    """Fill p (plain, blue) and q (hatched, orange) into ax."""
    ax.fill_between(x, p(x), color=plotting.REAL, alpha=0.3, label="real, p")
    q_style = {"facecolor": "none", "edgecolor": plotting.FAKE, "hatch": "///"}
    ax.fill_between(x, q(x), label="generated, q", **q_style)
    ax.set(xlabel="x", ylabel="density, probability")


# %%
x = np.linspace(-6, 8, 400)
trained_d = tf.sigmoid(discriminator(x[:, None])).numpy().ravel()
fig, ax = plt.subplots()
show_densities(q, ax)
ax.plot(x, best_d(x), color="#777777", linewidth=4, alpha=0.6, label="D* = p / (p + q)")
ax.plot(x, trained_d, "k--", label="trained D")
ax.legend(loc="center right")
plt.show()

# %% [markdown]
# **Figure 1.2.** The trained discriminator (dashed) lies on the formula (grey). It has found
# $p/(p+q)$ from samples alone.

# %% [markdown]
# How well, as a number? Weigh the difference by where the data are.

# %%
weight = (p(x) + q(x)) / np.sum(p(x) + q(x))
error = np.sum(weight * np.abs(trained_d - best_d(x)))
print(f"mean |D - D*| where the data are: {error:.4f}")
print(f"V of the trained D: {-d_loss[-50:].mean():.3f}, of D*: {best:.3f}")
if STEPS >= 5_000:
    assert error < 0.02

# %% [markdown]
# ## What the best discriminator measures
#
# Put $D^*$ back into $V$. With the mixture $m = (p + q)/2$,
#
# $$V(D^*, G) = E_p\left[\log \frac{p}{2m}\right] + E_q\left[\log \frac{q}{2m}\right]
# = 2\,\text{JS}(p, q) - \log 4$$
#
# - $\text{JS} = \frac12 \text{KL}(p\|m) + \frac12 \text{KL}(q\|m)$ is the Jensen-Shannon
#   divergence: 0 for equal distributions, $\log 2$ for ones that never overlap.
#
# So against the best D, the generator minimises a divergence, without knowing either
# density. Check the identity, each side computed by itself.


# %%
def js_divergence(q):
    """Jensen-Shannon divergence of p and q, in nats; rel_entr(a, b) is a log(a / b)."""
    mixture = (p(GRID) + q(GRID)) / 2
    both = rel_entr(p(GRID), mixture) + rel_entr(q(GRID), mixture)
    return 0.5 * np.trapezoid(both, GRID)


# %% tags=["nbval-check-output"]
for mu in (0.0, 0.5, 1.0, 2.0, 4.0):

    def q_mu(x, mu=mu):
        return q(x, mu)

    left = value(lambda x: best_d(x, q_mu), q_mu)
    right = 2 * js_divergence(q_mu) - np.log(4)
    print(f"mu = {mu}: V(D*) = {left:.4f}, agrees to 1e-6: {abs(left - right) < 1e-6}")

# %% [markdown]
# At $\mu = 0$ the two distributions are equal: $D^* = 1/2$ everywhere, $V = -\log 4$, and
# so D's loss is $2 \ln 2 = 1.386$. G's loss, $-\log D$, is $\ln 2 = 0.693$. **This** is what
# "converged" looks like; a loss of 0 would mean that one side has lost.
#
# **Predict.** A generator sits in the right place, but is too narrow. Where is $D^*$ above
# 1/2, and where below?


# %%
def show_game(mu, sigma, ax):
    """Draw p, q and D* with V and JS in the title."""

    def q_now(x):
        return q(x, mu, sigma)

    show_densities(q_now, ax)
    ax.plot(x, best_d(x, q_now), "k--", label="D*")
    ax.axhline(0.5, color="k", linewidth=0.6, linestyle=":")
    js = js_divergence(q_now)
    ax.set(title=f"V {2 * js - np.log(4):.2f}, JS {js:.2f}", ylim=(0, 1.02))


# %%
fig, axes = plt.subplots(1, 3, figsize=(7, 2.6), sharey=True)
for ax, (mu, sigma) in zip(axes, [(4, 1), (1, 1), (0, 0.5)], strict=True):
    show_game(mu, sigma, ax)
    ax.label_outer()
axes[1].legend(fontsize=8, loc="upper right", borderaxespad=0)
plt.show()

# %% [markdown]
# **Figure 1.3.** Real (plain, blue) and generated (hatched, orange) densities and the best
# discriminator (dashed; dotted: 1/2) for three generators: far away, near, and in the right
# place but too narrow. The last one is caught in the middle, where its numbers are too
# frequent: there $D^*$ falls to 1/3. At the sides $D^*$ goes to 1: nearly all numbers there
# are real, because G does not reach them.

# %% [markdown]
# Move the generator yourself. Can you find the place where D* is flat?


# %%
@interact(
    mu=FloatSlider(2.0, min=-3, max=5, step=0.25, description="mean"),
    sigma=FloatSlider(1.0, min=0.25, max=3, step=0.25, description="spread"),
)
def move_generator(mu, sigma):
    ax = plt.subplots()[1]
    show_game(mu, sigma, ax)
    ax.legend(loc="upper right")


# %% [markdown]
# ## Two losses for the generator
#
# G could minimise $\log(1 - D)$, as the formula says (**saturating**), or maximise
# $\log D$ instead (**non-saturating**). Both push $D$ up. With the logit $\ell$, where
# $D = \sigma(\ell)$, their slopes are $-\sigma(\ell)$ and $-(1 - \sigma(\ell))$.
#
# **Predict.** Early in training D wins: it gives generated samples very negative logits.
# Which loss has a slope there?

# %% tags=["nbval-check-output"]
logits = tf.constant(np.linspace(-8, 8, 101))
with tf.GradientTape(persistent=True) as tape:
    tape.watch(logits)
    saturating = tf.reduce_sum(-tf.nn.softplus(logits))  # log(1 - D)
    non_saturating = tf.reduce_sum(tf.nn.softplus(-logits))  # -log D
slopes = [tape.gradient(loss, logits) for loss in (saturating, non_saturating)]
sigmoid = 1 / (1 + np.exp(-logits))
formulas = [-sigmoid, -(1 - sigmoid)]
print("both formulas hold:", np.allclose(slopes, formulas, rtol=0, atol=1e-12))

# %%
fig, ax = plt.subplots(figsize=(6.4, 2.8))
ax.plot(logits, -slopes[0], color="#777777", label="saturating")
ax.plot(logits, -slopes[1], "--", color=plotting.FAKE, label="non-saturating")
ax.axvspan(-8, -4, color="#000000", alpha=0.08)
ax.text(-7.8, 0.45, "D wins here")
ax.set(xlabel="logit of a generated sample", ylabel="slope (size)")
ax.legend(loc="center right")
plt.show()

# %% [markdown]
# **Figure 1.4.** How hard each loss pulls. Where D is sure of itself (shaded) the saturating
# loss has no slope left, at the very time when G needs it; the non-saturating loss pulls with
# full strength.

# %% [markdown]
# Does it matter? Start the generator at $\mu = 5$ against the best D, and take steps of
# gradient descent on $\mu$ with either loss. Here $\ell(x) = \mu^2/2 - \mu x$, so the slope
# of $\ell$ along $x$ is $-\mu$.
#
# **Predict.** Which loss needs fewer steps until $\mu$ is within 0.5 of the goal, and how
# many times fewer?


# %%
def descend(slope, mu=5.0, rate=0.2, n_steps=300):
    """The path of mu under gradient descent; slope maps logits to dloss/dlogit."""
    noise = np.random.default_rng(SEED).normal(size=2000)
    path = [mu]
    for _ in range(n_steps):
        logit = mu**2 / 2 - mu * (mu + noise)
        mu -= rate * np.mean(slope(logit) * -mu)
        path.append(mu)
    return np.array(path)


paths = {
    "saturating": descend(lambda logit: -1 / (1 + np.exp(-logit))),
    "non-saturating": descend(lambda logit: -1 / (1 + np.exp(logit))),
}
for name, path in paths.items():
    first, arrived = (np.argmax(np.abs(path) < goal) for goal in (4, 0.5))
    print(f"{name:14}: below 4 after {first} steps, below 0.5 after {arrived}")

# %% [markdown]
# Both arrive, because this D never becomes perfect. The saturating loss is slow at the
# start, where D wins: half of its steps go into the first of the five units.

# %% [markdown]
# ## Why training goes in circles
#
# A minimum is found by walking downhill. A *minimax* is not a valley but a saddle: each
# player's step changes which way is down for the other, and together they may circle the
# solution or move away from it. The smallest example is $\min_x \max_y\, xy$, whose
# solution is $x = y = 0$. Three ways to take a step of size $h$:
#
# - **simultaneous**: both move from the old place;
# - **alternating**: $y$ moves after it has seen the new $x$, as D and G do in turns;
# - **extragradient**: look one step ahead, and move with the gradient found *there*.
#
# **Predict.** Which of the three spirals inwards, and what do the others do?


# %%
def simultaneous(x, y, h):
    return x - h * y, y + h * x


def alternating(x, y, h):
    x = x - h * y
    return x, y + h * x


def extragradient(x, y, h):
    ahead_x, ahead_y = x - h * y, y + h * x
    return x - h * ahead_y, y + h * ahead_x


def walk(step, h=0.2, n_steps=60):
    """The path (n_steps + 1, 2) from (1, 0)."""
    path = [(1.0, 0.0)]
    for _ in range(n_steps):
        path.append(step(*path[-1], h))
    return np.array(path)


# %%
circle = np.exp(1j * np.linspace(0, 2 * np.pi, 100))
fig, axes = plt.subplots(1, 3, figsize=(7, 2.7), sharex=True, sharey=True)
for ax, step in zip(axes, [simultaneous, alternating, extragradient], strict=True):
    ax.plot(circle.real, circle.imag, "k:", linewidth=0.8)
    ax.plot(*walk(step).T, "o-", color="#777777", markersize=2)
    ax.plot(1, 0, "ks", markersize=6)
    ax.plot(*walk(step)[-1], "k*", markersize=10)
    ax.plot(0, 0, "k+", markersize=8)
    ax.set(title=step.__name__, xlabel="x", aspect="equal")
axes[0].set_ylabel("y")
plt.show()

# %% [markdown]
# **Figure 1.5.** Sixty steps, from the square at (1, 0) to the star; the cross is the
# solution, the dotted circle has radius 1. Simultaneous steps spiral outwards, alternating
# ones go round and round, extragradient steps spiral in.

# %% [markdown]
# The radius has a closed form. A simultaneous step is a rotation that stretches by
# $\sqrt{1 + h^2}$; an extragradient step one that shrinks by $\sqrt{1 - h^2 + h^4}$; an
# alternating step keeps $x^2 + y^2 - hxy$ exactly, which holds the radius between
# $1/\sqrt{1 + h/2}$ and $1/\sqrt{1 - h/2}$.

# %%
h, n = 0.2, np.arange(61)
steps = (simultaneous, alternating, extragradient)
radius = {step: np.linalg.norm(walk(step), axis=1) for step in steps}
out, into = np.sqrt(1 + h**2) ** n, np.sqrt(1 - h**2 + h**4) ** n

# %% tags=["nbval-check-output"]
print("simultaneous is √(1 + h²)ⁿ:", np.allclose(radius[simultaneous], out))
print("extragradient is √(1 - h² + h⁴)ⁿ:", np.allclose(radius[extragradient], into))
around_x, around_y = walk(alternating).T
kept = around_x**2 + around_y**2 - h * around_x * around_y
print("alternating keeps x² + y² - hxy:", np.allclose(kept, 1))

# %%
band = 1 / np.sqrt(1 + h / 2), 1 / np.sqrt(1 - h / 2)
assert band[0] < radius[alternating].min() and radius[alternating].max() < band[1]
fig, ax = plt.subplots(figsize=(6.4, 3))
for step, marker in zip(steps, "^os", strict=True):
    ax.plot(n[::3], radius[step][::3], marker, color="#777777", label=step.__name__)
ax.plot(n, out, "k-", n, into, "k-", linewidth=1)
ax.axhspan(*band, color="k", alpha=0.15)
ax.set(xlabel="step n", ylabel="radius", yscale="log", yticks=[0.3, 1, 3])
ax.set_yticklabels(["0.3", "1", "3"])
ax.minorticks_off()
ax.legend()
plt.show()

# %% [markdown]
# **Figure 1.6.** The radius against the step, measured (marks, every third) and in closed
# form (lines, and for alternating steps the shaded band). After 60 steps simultaneous
# updates are 3.2 times as far from the solution as at the start, extragradient ones at
# 0.31 of the distance; alternating ones never leave the band.

# %% [markdown]
# ## What goes wrong
#
# If the two distributions do not overlap at all, $D^*$ is 1 on one and 0 on the other, and
# JS is $\log 2$ **however far apart they are**. Take uniform ones, on $[0, 1)$ and on
# $[\theta, \theta + 1)$; then JS is $|\theta| \log 2$ up to $|\theta| = 1$.
#
# **Predict.** What does the curve look like beyond 1, and what is its slope there?

# %%
theta = np.linspace(-2.5, 2.5, 201)
grid = np.linspace(-3, 4, 70_001)
real_density = ((grid >= 0) & (grid < 1)) * 1.0
js_curve = []
for shift in theta:
    fake_density = ((grid >= shift) & (grid < shift + 1)) * 1.0
    mixture = (real_density + fake_density) / 2
    terms = [
        d * np.log(np.where(d > 0, d / np.maximum(mixture, 0.5), 1))
        for d in (real_density, fake_density)
    ]
    js_curve.append(0.5 * sum(term.sum() for term in terms) * (grid[1] - grid[0]))

# %%
fig, ax = plt.subplots(figsize=(6.4, 2.6))
ax.plot(theta, js_curve, color=plotting.FAKE, label="measured")
ax.plot(
    theta, np.minimum(np.abs(theta), 1) * np.log(2), "k:", label="min(|θ|, 1) log 2"
)
ax.set(xlabel="shift θ of the generator", ylabel="JS")
ax.legend()
plt.show()

# %% [markdown]
# **Figure 1.7.** JS of two uniform distributions. Beyond a shift of 1 it is flat: moving G
# a little changes nothing, because $D^*$ is 0 wherever G's numbers lie and has no slope in
# $x$. Figure 1.4 showed a loss that passes D's slope on too weakly; here D has no slope to
# pass on, and the other loss does not help.

# %% [markdown]
# ## Key points
#
# - $V$ rewards D for calling real real and generated generated; D's loss is $-V$.
# - The best D is $p/(p+q)$, and a network finds it from samples.
# - Against the best D, G minimises $2\,\text{JS} - \log 4$. At the end D says 1/2, and the
#   losses are $2 \ln 2$ and $\ln 2$.
# - The non-saturating loss pulls where the saturating one has given up.
# - On $xy$, moving at the same time spirals outwards, taking turns goes round in a band,
#   and looking ahead spirals in.

# %% [markdown]
# ## Exercises
#
# **1.1 The best D, in general.** Suppose real samples are shown with probability $\pi$
# instead of 1/2. Derive the best discriminator and write it.


# %% tags=["solution"]
def best_d_with_prior(p_x, q_x, prior):
    """The optimal D for densities p_x, q_x when a share `prior` of samples is real."""
    # BEGIN SOLUTION
    # STUB: return ...
    return prior * p_x / (prior * p_x + (1 - prior) * q_x)
    # END SOLUTION


# %% tags=["check", "nbval-check-output"]
checks.check(
    "1.1",
    best_d_with_prior,
    {
        "p / (p + q) when half is real": lambda d: checks.same(
            d(0.3, 0.1, 0.5), 0.75, atol=1e-3
        ),
        "the prior where the densities agree": lambda d: checks.same(
            d(0.2, 0.2, 0.9), 0.9, atol=1e-3
        ),
        "3/4 again for p = q / 3 and nine in ten real": lambda d: checks.same(
            d(0.1, 0.3, 0.9), 0.75, atol=1e-3
        ),
    },
    {
        "that does not depend on the prior.": lambda d: checks.same(
            d(0.3, 0.1, 0.5), d(0.3, 0.1, 0.9)
        ),
        "the share of real samples belongs to p.": lambda d: checks.same(
            d(0.2, 0.2, 0.9), 0.1
        ),
        "those are the odds; a probability is odds / (1 + odds).": lambda d: (
            checks.same(d(0.3, 0.1, 0.5), 3)
        ),
    },
)

# %% [markdown]
# **1.2 One-sided smoothing.** Many recipes ask D for 0.9 instead of 1 on real samples. At
# each $x$ D then maximises $p\,(0.9 \log d + 0.1 \log(1-d)) + q \log(1-d)$. What is its best
# answer now, and what is it where $p = q$?


# %% tags=["solution"]
def best_smoothed_d(p_x, q_x, label=0.9):
    """The optimal D when real samples carry this label instead of 1."""
    # BEGIN SOLUTION
    # STUB: return ...
    return label * p_x / (p_x + q_x)
    # END SOLUTION


# %% tags=["check", "nbval-check-output"]
answers = np.linspace(0.001, 0.999, 999)
for_real, for_fake = np.log(answers), np.log(1 - answers)
objective = 0.4 * (0.9 * for_real + 0.1 * for_fake) + 0.2 * for_fake
checks.check(
    "1.2",
    best_smoothed_d,
    {
        "where a search over all answers finds the maximum": lambda d: checks.same(
            d(0.4, 0.2), answers[objective.argmax()], atol=1e-3
        ),
        "0.45 where the densities agree": lambda d: checks.same(
            d(1, 1), 0.45, atol=1e-3
        ),
        "the old D for label 1": lambda d: checks.same(
            d(3, 1, label=1), 0.75, atol=1e-3
        ),
    },
    {
        "that is the old D; the label changes it.": lambda d: checks.same(
            d(0.4, 0.2), 2 / 3
        ),
        "0.1 p joins q: the denominator stays p + q.": lambda d: checks.same(
            d(0.4, 0.2), 0.36 / 0.56
        ),
        "0.1 goes with p, not with q.": lambda d: checks.same(d(0.4, 0.2), 0.36 / 0.38),
    },
)

# %% [markdown] tags=["solution"]
# The derivative is $0.9\,p/d - (0.1\,p + q)/(1-d)$, so $d = 0.9\,p/(p+q)$: never above 0.9,
# and 0.45 at the equilibrium. D is kept from being certain.

# %% [markdown]
# **1.3 Optimism.** Extragradient needs two gradients a step. *Optimistic* descent needs one:
# it moves by twice the current gradient minus the one before. Write one step for
# $\min_x \max_y\, xy$ in which both move at once, as in `simultaneous`.


# %% tags=["solution"]
def optimistic(now, before, h):
    """The next (x, y) from the current and the previous one."""
    # BEGIN SOLUTION
    # STUB: return ...
    (x, y), (old_x, old_y) = now, before
    return x - h * (2 * y - old_y), y + h * (2 * x - old_x)
    # END SOLUTION


# %% tags=["check", "nbval-check-output"]
def radius_after(n_steps, step):
    """Distance from the solution after n_steps of size 0.2 from (1, 0)."""
    before = now = (1.0, 0.0)
    for _ in range(n_steps):
        before, now = now, step(now, before, 0.2)
    return np.hypot(*now)


checks.check(
    "1.3",
    optimistic,
    {
        "an ordinary step when nothing has moved": lambda f: checks.same(
            f((1.0, 0.0), (1.0, 0.0), 0.2), (1, 0.2)
        ),
        "(1.1, 1.9) from (1, 2), after (3, 5), by h = 0.1": lambda f: checks.same(
            f((1.0, 2.0), (3.0, 5.0), 0.1), (1.1, 1.9)
        ),
        "spirals in: 100 steps end within 0.2": lambda f: radius_after(100, f) < 0.2,
    },
    {
        hint: lambda f, found=found: checks.same(f((1, 2), (3, 5), 0.1), found)
        for hint, found in {
            "that is `simultaneous`: use the gradient before, too.": (0.8, 2.1),
            "weights 2 and -1: together they make one step.": (1.4, 1.7),
            "both move at once: y needs the old x.": (1.1, 1.92),
            "x goes down the slope of xy, y up.": (1.1, 2.1),
        }.items()
    },
)

# %% [markdown]
# ## References
#
# - I. Goodfellow et al., *Generative adversarial nets*, 2014: the objective, the best
#   discriminator and the Jensen-Shannon divergence.
# - G. Korpelevich, *The extragradient method for finding saddle points*, 1976.
# - C. Daskalakis et al., *Training GANs with optimism*, 2018.
# - M. Arjovsky and L. Bottou, *Towards principled methods for training generative
#   adversarial networks*, 2017: what happens when the supports do not overlap.
