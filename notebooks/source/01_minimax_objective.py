# ---
# title: The minimax objective
# minutes: 1
# teaching: 85
# optional: 20
# prerequisites: Python and NumPy; derivatives, expectation, and the normal distribution.
# ---

# %% [markdown]
# ## Questions
#
# - How can a network learn to make things that it has never seen?
# - What exactly do the two networks of a GAN disagree about?
# - What would a perfect discriminator answer, and what is it worth to know that?
# - Why does "converged" mean that D says 1/2, and not that a loss is 0?
# - Why do GANs go round in circles?
#
# **You will be able to** follow a random number from the noise to D's answer, read the
# objective term by term, derive the optimal discriminator and check it against a trained
# one, say which distance between distributions each loss of the generator lowers, and say
# which update rule spirals in and which spirals out.

# %% [markdown]
# ## Setup
#
# Most of this lesson is NumPy: one dimension is enough to see everything. TensorFlow
# trains two small discriminators and takes some gradients.

# %% tags=["setup"]
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from ipywidgets import FloatSlider, interact
from keras import layers
from scipy.special import expit, rel_entr
from scipy.stats import norm

from gan_helpers import checks, course, diagrams, plotting, settings, training

plotting.set_style()

# %% [markdown]
# ## Settings

# %%
SEED = 0
STEPS = settings.budget(fast=500, laptop=5_000, full=20_000)
GRID = np.linspace(-16, 18, 20_001)  # wide enough for every density below
LINE = np.linspace(-4.5, 7, 400)  # what the figures show of it
settings.set_seed(SEED)
course.announce_budget("01")

# %% [markdown]
# ## The idea
#
# "What I cannot create, I do not understand", Richard Feynman left on his blackboard. To
# tell cats from dogs, a network needs only what sets them apart. To draw a cat it has to
# know about fur, and where the tail goes. That is the difference between two kinds of
# model:
#
# - a **discriminative** model answers a question about a thing that you give it: $p(\text{cat}
#   \mid \text{picture})$;
# - a **generative** model knows where the things themselves lie, $p(\text{picture})$, well
#   enough to make a new one.
#
# And one wants new ones: a missing part of a photo filled in, a small picture made large, a
# voice for a text, more training data where real ones are few or private. A GAN trains a
# generative model with the help of a discriminative one.
#
# **A party, and a ticket.** You want to get into a party. You need a ticket, and you have
# never seen one. So you print something, and your friend Bob takes it to the door. The guard
# there knows real tickets, and says no. A bare "no" would not help you; but Bob watches what
# the guard looks at, and comes back with a tip: *longer, and the number further left*. You
# change that, and Bob goes again. The guard learns, too: from every real ticket, and from
# every fake of yours. If both of you keep learning, the guard can only guess in the end: not
# because he is bad, but because there is no difference left.

# %%
diagrams.draw_gan(data="real tickets", sample="your tickets")
plt.show()

# %% [markdown]
# **Figure 1.1.** The game: you are the generator G, the guard is the discriminator D. Solid
# arrows carry tickets. Dashed ones carry what each side learns; Bob walks along the lower
# one.
#
# Bob's tips are a **gradient**: they say not whether, but *in which direction* to change. Two
# things follow. G learns without ever seeing a real ticket. And G can learn only what D
# looks at: a guard who pays no heed to colour teaches you nothing about colour.
#
# ## From noise to a distribution
#
# G is a function. It takes **noise** $z$, random numbers from a simple distribution, and
# makes of it a point $x = G(z)$ in **data space**, where the data live. Here that is a line;
# in lesson 02 it is a plane, and for a grey picture of 28×28 pixels it has 784 dimensions.
# Take $z$ from the normal distribution $N(0, 1)$, and a G with two numbers to learn:
# $G(z) = \mu + \sigma z$.
#
# **Predict.** How are the numbers $G(z) = 2 + z/2$ distributed?


# %%
def generate(noise, mu=2.0, sigma=0.5):
    """The generator of this lesson, from noise to points."""
    return mu + sigma * noise


noise = np.random.default_rng(SEED).normal(size=100_000)
fake_points = generate(noise)

# %% [markdown]
# The densities as formulas, to draw over what you see: `p` of this lesson's real data, and `q` of
# the generated data.


# %%
def p(x):
    """Density of the real data, N(0, 1)."""
    return norm.pdf(x)


def q(x, mu=2.0, sigma=0.5):
    """Density of the generated data, N(mu, sigma²)."""
    return norm.pdf(x, mu, sigma)


# %%
fig, axes = plt.subplots(1, 2, figsize=(7, 2.8), sharey=True)
bars = {"bins": 60, "density": True}
axes[0].hist(noise, color="#BBBBBB", **bars)
axes[0].set(title="noise z", xlabel="z", ylabel="density", xlim=(-4.5, 4.5))
axes[1].hist(fake_points, color=plotting.FAKE_PALE, **bars)
axes[1].plot(LINE, q(LINE), color=plotting.FAKE)
axes[1].set(title="generated points G(z) = 2 + z/2", xlabel="x", xlim=(-4.5, 4.5))
plt.show()

# %% [markdown]
# **Figure 1.2.** 100,000 random numbers (left, grey) and what G makes of them (right, bars
# in pale orange). The curve is the density $q$ of $N(2, 0.5^2)$: half as wide as the noise,
# twice as high, and centred at 2.
#
# So a generator turns one distribution, that of the noise, into another one, $q$. Here you
# know a formula for $q$, because G is a straight line. Of a network nobody knows it: you can
# **draw** from $q$, as often as you like, but you cannot look up $q(x)$. Luckily an average
# is all that training needs, and an average over $q$ is an average over the noise:
#
# $$E_{x \sim q}[f(x)] = E_z[f(G(z))]$$
#
# Try it with $f(x) = x^2$: once with the formula of $q$, and once without.

# %%
print(f"integral of q(x) x²: {np.trapezoid(q(GRID) * GRID**2, GRID):.2f}")
print(f"mean of G(z)²:       {np.mean(fake_points**2):.2f}")

# %% [markdown]
# ## The objective, term by term
#
# D answers with a probability $D(x)$ between 0 and 1 that $x$ is real. The value of the
# game is
#
# $$V(D, G) = \underbrace{E_{x \sim p}[\ln D(x)]}_{\text{real called real}}
# + \underbrace{E_{z}[\ln(1 - D(G(z)))]}_{\text{generated called generated}}$$
#
# - $p$ is the density of real data, `p`, here that of $N(0, 1)$;
# - $z$ is the `noise`, and $G(z)$ has the density $q$, here `q` of $N(2, 0.5^2)$: the second
#   term is also $E_{x \sim q}[\ln(1 - D(x))]$;
# - $\ln$ is the natural logarithm, in code `np.log`. Where another lesson or a paper writes
#   $\log$, it means this one;
# - D wants $V$ large and has the **loss** $-V$; G wants $V$ small. (Some later lessons change
#   D's loss a little, and say so: a label of 0.9 instead of 1, or the mean of the two terms
#   instead of their sum.)
#
# In one line: $\min_G \max_D V(D, G)$. Read it from the inside out. The **inner maximum**: for
# the G of the moment, find the best D. Its value depends on G alone. The **outer minimum**:
# find the G for which that value is smallest.
#
# Expectations are integrals. For smooth densities that vanish at both ends the trapezoid
# rule on a fine grid is exact to many digits.


# %%
def value(d, q):
    """V(D, G) for functions d and q of x."""
    answers = np.clip(d(GRID), 1e-15, 1 - 1e-15)  # ln 0 would be infinite
    integrand = p(GRID) * np.log(answers) + q(GRID) * np.log1p(-answers)
    return np.trapezoid(integrand, GRID)


# %% [markdown]
# Try two discriminators: one that always says 1/2, and one that draws the line at $x = 1$, half
# way between the two means.
#
# **Predict.** Which one gets the larger value? Could any D reach 0?

# %%
print(f"always 1/2:      {value(lambda x: 0.5 + 0 * x, q):.3f}")
print(f"a line at x = 1: {value(lambda x: expit(-4 * (x - 1)), q):.3f}")

# %% [markdown]
# The one that never commits gets $\ln\frac12 + \ln\frac12 = -2 \ln 2 = -1.386$, whatever G
# does. The other one does better. Zero would take a D that is sure and never wrong, and where
# the two kinds overlap nobody can be both. So what is the best that D can do?

# %% [markdown]
# ## The best discriminator
#
# This is the inner maximum. At each place $x$, D chooses a number $d$ between 0 and 1 to make
# $p \ln d + q \ln(1 - d)$ as large as possible. Set its derivative to zero:
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

# %% [markdown]
# ### From probability to logit
#
# A network does not put out $D$ itself but its **logit** $\ell$, any number from $-\infty$ to
# $\infty$. It is the logarithm of the odds, "real" against "generated":
#
# $$\ell = \ln\frac{D}{1 - D} \quad\Leftrightarrow\quad D = \sigma(\ell) = \frac{1}{1 + e^{-\ell}}
# \qquad\text{so}\qquad \ell^*(x) = \ln\frac{p(x)}{q(x)}$$
#
# A logit of 0 says 1/2; one of $\ln 3$ says three to one for "real". The **best** logit tells
# how many times as dense the real data are at $x$ as the generated ones, on a log scale.
#
# The loss is taken from the logit, too: $-\ln D = \ln(1 + e^{-\ell})$ and
# $-\ln(1 - D) = \ln(1 + e^{\ell})$, which TensorFlow calls `softplus`. In exact arithmetic that
# changes nothing.
#
# **Predict.** What does a computer make of $-\ln(1 - D)$ where D is sure and wrong, say at a
# logit of 20? A `float32` carries about seven digits.

# %% tags=["nbval-check-output"]
sure = tf.constant([-20.0, 5.0, 20.0])
with tf.GradientTape(persistent=True) as sure_tape:
    sure_tape.watch(sure)
    naive = -tf.math.log(1 - tf.sigmoid(sure))
    from_logit = tf.nn.softplus(sure)
for name, loss in {"-ln(1 - D)": naive, "softplus": from_logit}.items():
    slope = sure_tape.gradient(loss, sure)
    print(
        f"{name:10}",
        *(f"{x:9.3g}" for x in loss),
        "| slope",
        *(f"{x:8.3g}" for x in slope),
    )

# %% [markdown]
# At 20 the sigmoid is rounded to 1, the naive loss is infinite and its slope is no number:
# one such sample, and all weights are lost. At −20 the naive loss has rounded a small number
# away. From the logit both come out right.
#
# ### Does a network find it?
#
# Here $\ell^*(x) = \ln p(x) - \ln q(x)$ is a parabola, because $q$ is narrower than $p$. Does a
# network that has never seen $p$ or $q$, but only samples from them, learn it? Train one on
# batches of real and generated points, by the cross-entropy alone.
#
# **Predict.** How close will it come, and where would you trust it least?


# %%
def make_discriminator():
    """Points (n, 1) to logits (n, 1)."""
    return keras.Sequential(
        [keras.Input((1,)), layers.Dense(32, activation="tanh"), layers.Dense(1)]
    )


def make_d_step(discriminator, draw_batch):
    """A function that trains D once, on the (real, fake) points of draw_batch."""
    optimizer = keras.optimizers.Adam(0.003)
    optimizer.build(discriminator.trainable_variables)

    def d_step(iteration):
        real_points, fake_points = draw_batch(iteration)
        with tf.GradientTape() as tape:
            d_loss = tf.reduce_mean(tf.nn.softplus(-discriminator(real_points)))
            d_loss += tf.reduce_mean(tf.nn.softplus(discriminator(fake_points)))
        gradients = tape.gradient(d_loss, discriminator.trainable_variables)
        optimizer.apply(gradients, discriminator.trainable_variables)
        return (d_loss,)  # which is -V

    return d_step


# %%
def draw_near(iteration):
    """512 real points and 512 generated ones."""
    noise = tf.random.stateless_normal((2, 512, 1), [SEED, iteration])
    return noise[0], generate(noise[1])


settings.set_seed(SEED)
discriminator = make_discriminator()
d_step = make_d_step(discriminator, draw_near)
run = training.compile_loop(d_step, max_steps=500, values=1, jit_compile=True)
d_loss = np.concatenate([run(i, 500) for i in range(0, STEPS, 500)])

# %% [markdown]
# Now lay what it says over the formula, twice: as a probability, where 0 and 1 are the ends,
# and as a logit, which has none. And mark the places that hardly any point of a batch comes
# from: there nobody tells D what is right.


# %%
def show_densities(q, ax):
    """Fill p (plain, blue) and q (hatched, orange) into ax."""
    ax.fill_between(LINE, p(LINE), color=plotting.REAL, alpha=0.3, label="real, p")
    q_style = {"facecolor": "none", "edgecolor": plotting.FAKE, "hatch": "///"}
    ax.fill_between(LINE, q(LINE), label="generated, q", **q_style)
    ax.set(xlabel="x")


# %%
trained_logit = discriminator(LINE[:, None]).numpy().ravel()
no_data = p(LINE) + q(LINE) < 0.002  # on average, not one point in a thousand a unit
fig, axes = plt.subplots(1, 2, figsize=(7, 3.4))
show_densities(q, axes[0])
curves = [(best_d(LINE), expit(trained_logit))]
curves += [(np.log(p(LINE) / q(LINE)), trained_logit)]
for ax, (formula, trained) in zip(axes, curves, strict=True):
    ax.fill_between(
        LINE, -11, 21, where=no_data, color="k", alpha=0.1, label="hardly any data"
    )
    ax.plot(LINE, formula, color="#777777", linewidth=4, alpha=0.6, label="best D")
    ax.plot(LINE, trained, "k--", label="trained D")
axes[0].set(ylim=(0, 1.02), title="probability")
axes[1].set(xlabel="x", ylim=(-11, 21), title="logit")
fig.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
plt.show()

# %% [markdown]
# **Figure 1.3.** What the trained discriminator (dashed) says at each $x$, as a probability
# (left) and as a logit (right), over the formula (thick, grey). Where there are data the two
# probabilities lie together. In the shaded place on the right, which hardly any point of a
# batch comes from, they part: beyond 4 the formula returns to "real", because the narrow $q$
# dies out faster than $p$, and the trained D goes on saying "generated".
#
# The logits part left of 0, too, where there are real data. There a logit of 8 is nearly as
# good as one of 20: both are a probability of nearly 1, and the loss asks for hardly more.
#
# How well, as a number? Weigh the difference by where the data are; then look at the worst
# place.

# %%
error = np.abs(expit(trained_logit) - best_d(LINE))
typical = np.average(error, weights=p(LINE) + q(LINE))
print(f"|D - D*| where the data are: {typical:.4f}, at its worst: {error.max():.2f}")
print(f"V of the trained D: {-d_loss[-50:].mean():.3f}, of D*: {best:.3f}")
assert typical < (0.02 if STEPS >= 5_000 else 0.1) and error.max() > 0.9

# %% [markdown]
# It has found $p/(p+q)$ from samples alone, without a formula. Trust it least where it was
# hardly ever asked: there it may happen to be right, or be as wrong as in the shaded place on the
# right, and it is about as sure of itself. A
# generator that strays there gets wrong tips until D has seen some of its points.
#
# ## What the best discriminator measures
#
# How different are two distributions? The **Kullback-Leibler divergence** takes the logarithm
# of how many times as dense $a$ is as $b$, and averages it over samples of $a$:
#
# $$\text{KL}(a \| b) = E_{x \sim a}\left[\ln \frac{a(x)}{b(x)}\right]$$
#
# - It is 0 only if $a = b$, else positive: $\ln t \le t - 1$, with equality only at $t = 1$,
#   so $-\text{KL} = E_a[\ln (b/a)] \le E_a[b/a - 1] \le 0$.
# - It is no distance: $\text{KL}(a \| b)$ and $\text{KL}(b \| a)$ differ. The first is large
#   where samples of $a$ fall on places that are rare under $b$, and infinite where $b$ has none.
#
# **Predict.** Of $p = N(0, 1)$ and $q = N(2, 0.5^2)$: is $\text{KL}(p \| q)$ the larger one, or
# $\text{KL}(q \| p)$?


# %%
def kl_divergence(a, b):
    """KL(a ‖ b) of two densities on GRID; rel_entr(a, b) is a ln(a / b)."""
    return np.trapezoid(rel_entr(a, b), GRID)


print(f"KL(p ‖ q) = {kl_divergence(p(GRID), q(GRID)):.2f}")
print(f"KL(q ‖ p) = {kl_divergence(q(GRID), p(GRID)):.2f}")

# %% [markdown]
# The first: most real points lie where the narrow $q$ has next to nothing.
#
# Comparing both with their mixture $m = (p + q)/2$ cures this. It gives the
# **Jensen-Shannon divergence**,
#
# $$\text{JS}(p, q) = \tfrac12 \text{KL}(p\|m) + \tfrac12 \text{KL}(q\|m),$$
#
# which is symmetric, 0 only if $p = q$ (both terms must be 0), and $\ln 2$ at most, for
# distributions that never overlap.
#
# Now put $D^*$ back into $V$. Since $p + q = 2m$,
#
# $$E_p\left[\ln \frac{p}{p + q}\right] = E_p\left[\ln \frac{p}{m} - \ln 2\right]
# = \text{KL}(p \| m) - \ln 2,$$
#
# and the other term is $\text{KL}(q \| m) - \ln 2$ in the same way. Add them:
#
# $$V(D^*, G) = 2\,\text{JS}(p, q) - 2 \ln 2$$
#
# So the outer minimum looks for the G with the least JS, and it is reached at $q = p$ alone:
# without knowing either density, G would learn the whole distribution. Check the identity,
# each side computed by itself, for generators $N(\mu, 1)$.


# %%
def js_divergence(q):
    """Jensen-Shannon divergence of p and q."""
    mixture = (p(GRID) + q(GRID)) / 2
    return (kl_divergence(p(GRID), mixture) + kl_divergence(q(GRID), mixture)) / 2


# %% tags=["nbval-check-output"]
for mu in (0.0, 0.5, 1.0, 2.0, 4.0):

    def q_mu(x, mu=mu):
        return q(x, mu, 1.0)

    left = value(lambda x: best_d(x, q_mu), q_mu)
    right = 2 * js_divergence(q_mu) - 2 * np.log(2)
    print(f"mu = {mu}: V(D*) = {left:.4f}, agrees to 1e-6: {abs(left - right) < 1e-6}")

# %% [markdown]
# At $\mu = 0$ the two distributions are equal: $D^* = 1/2$ everywhere, $V = -2 \ln 2$, and
# so D's loss is $2 \ln 2 = 1.386$. **This** is what "converged" looks like; a loss near 0
# would mean that D has won. (The reverse does not hold: a D that has learnt nothing says 1/2
# everywhere, too.)
#
# **Predict.** A generator sits in the right place, but is too narrow. Where is $D^*$ above
# 1/2, and where below?


# %%
def show_game(mu, sigma, ax):
    """Draw p, q and D* with V and JS in the title."""

    def q_now(x):
        return q(x, mu, sigma)

    show_densities(q_now, ax)
    ax.plot(LINE, best_d(LINE, q_now), "k--", label="best D")
    ax.axhline(0.5, color="k", linewidth=0.8, linestyle=":")
    js = js_divergence(q_now)
    title = f"q = N({mu}, {sigma}²)\nV {2 * js - 2 * np.log(2):.2f}, JS {js:.2f}"
    ax.set(title=title, ylim=(0, 1.02))


# %%
fig, axes = plt.subplots(1, 3, figsize=(7, 3.2), sharey=True)
for ax, (mu, sigma) in zip(axes, [(4, 1), (1, 1), (0, 0.5)], strict=True):
    show_game(mu, sigma, ax)
axes[0].set_ylabel("density; answer of D")
fig.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
plt.show()

# %% [markdown]
# **Figure 1.4.** Real (plain, blue) and generated (hatched, orange) densities and the best
# discriminator (dashed; dotted: 1/2) for three generators: far to the right, nearer, and in
# the right place but too narrow. The last one is caught in the middle, where its points are
# too frequent: there $D^*$ falls to 1/3. At the sides $D^*$ goes to 1: nearly all points there
# are real, because G does not reach them.

# %% [markdown]
# Move the generator yourself. Can you find the place where D* is flat? (On a saved page there
# is no slider: it is at mean 0 and spread 1, where the two densities are one.)


# %%
@interact(
    mu=FloatSlider(2.0, min=-3, max=5, step=0.25, description="mean"),
    sigma=FloatSlider(1.0, min=0.25, max=3, step=0.25, description="spread"),
)
def move_generator(mu, sigma):
    show_game(mu, sigma, plt.subplots()[1])
    plt.legend(loc="upper right")


# %% [markdown]
# ### The generator is only as good as its discriminator
#
# All of this was the *best* D. Take the guard who pays no heed to colour: a D without hidden
# units, whose logit can only be a straight line, $\ell = ax$. (An offset would not help: the
# two densities below are symmetric about 0.) Set it against the narrow generator of Figure 1.4.
#
# **Predict.** Which $a$ is best, and what does G learn from this D?

# %% tags=["nbval-check-output"]
tilts = np.linspace(-3, 3, 61)
values = [value(lambda x, a=a: expit(a * x), lambda x: q(x, 0.0, 0.5)) for a in tilts]
best_tilt = abs(tilts[np.argmax(values)])
print(f"the best straight line: a = {best_tilt:.1f}, V = {max(values):.3f}")
narrow_js = js_divergence(lambda x: q(x, 0.0, 0.5))
print(f"the best D of all:               V = {2 * narrow_js - 2 * np.log(2):.3f}")

# %% [markdown]
# The best line is flat: 1/2 everywhere, value $-2 \ln 2$, as if all were well. The two
# distributions have the same mean, and a straight line sees nothing else. G gets no tip at
# all and stays too narrow for ever, at a perfect loss.
#
# ### One network at a time
#
# In training nobody waits for the inner maximum. D takes a step or a few, then G takes one
# against the D of the moment, which stays as it is meanwhile. So G does not walk down the
# outer curve, $\max_D V$, but down $V$ for a **frozen** D.
#
# **Predict.** Freeze the D that is best for $\mu = 3$. Where would G go if it only followed
# this D?

# %%
centres = np.linspace(-3, 5, 65)
outer = [
    2 * js_divergence(lambda x, m=m: q(x, m, 1.0)) - 2 * np.log(2) for m in centres
]
fig, ax = plt.subplots(figsize=(6.4, 3.4))
ax.plot(centres, outer, "k", label="best D for each μ: 2 JS - 2 ln 2")
for mu, style in ((3.0, "-."), (1.0, ":")):

    def frozen_d(x, mu=mu):
        return best_d(x, lambda x: q(x, mu, 1.0))

    frozen = [value(frozen_d, lambda x, m=m: q(x, m, 1.0)) for m in centres]
    ax.plot(centres, frozen, "k", linestyle=style, label=f"D frozen at μ = {mu:g}")
    ax.plot(mu, np.interp(mu, centres, outer), "ko")
ax.set(xlabel="μ of the generator", ylabel="V", ylim=(-6, 0.2))
ax.legend(loc="lower right")
plt.show()

# %% [markdown]
# **Figure 1.5.** The value of the game against where G is. The solid curve is the inner
# maximum, with the best D for each $\mu$: its lowest point is at the real data, $\mu = 0$. The
# other two curves belong to frozen discriminators. Each touches the solid one where its D is
# best (dot) and lies below it everywhere else; and each falls on to the left without end.
#
# At the dot the two curves have the same slope: a small step down the frozen curve is a step
# down the outer one. But a frozen D knows nothing but "more real further left", and G would
# run past the data and on. D has to follow, and it does: that chase is what the rest of this
# lesson is about.
#
# ## Two losses for the generator
#
# G needs a loss, and there are two in use. Both push $D(G(z))$ up:
#
# - **saturating**: lower $\ln(1 - D)$, which is $V$ itself;
# - **non-saturating**: lower $-\ln D$, that is, raise $\ln D$.
#
# One of the tutorials behind this course calls the second "equivalent" to the first. They
# agree on where to stop: at $D = 1/2$ everywhere. On the way there they differ, by their
# slopes. In the logit $\ell$ of a generated point these are $-\sigma(\ell)$ and $-(1 -
# \sigma(\ell))$: derive them, or let TensorFlow check them.
#
# **Predict.** Early in training D wins: it gives generated points very negative logits.
# Which loss has a slope there?

# %% tags=["nbval-check-output"]
logits = tf.constant(np.linspace(-8, 8, 101))
with tf.GradientTape(persistent=True) as tape:
    tape.watch(logits)
    saturating = tf.reduce_sum(-tf.nn.softplus(logits))  # ln(1 - D)
    non_saturating = tf.reduce_sum(tf.nn.softplus(-logits))  # -ln D
slopes = [tape.gradient(loss, logits) for loss in (saturating, non_saturating)]
formulas = [-expit(logits), -(1 - expit(logits))]
print("both formulas hold:", np.allclose(slopes, formulas, rtol=0, atol=1e-12))

# %%
fig, ax = plt.subplots(figsize=(6.4, 2.8))
ax.plot(logits, -slopes[0], color="#777777", label="saturating")
ax.plot(logits, -slopes[1], "--", color=plotting.FAKE, label="non-saturating")
ax.axvspan(-8, -4, color="#000000", alpha=0.08)
ax.text(-7.8, 0.45, "D is sure:\n“generated”")
ax.set(xlabel="logit of a generated point", ylabel="slope (size)")
ax.legend(loc="center right")
plt.show()

# %% [markdown]
# **Figure 1.6.** How hard each loss pulls at a generated point. Where D is sure of itself
# (shaded) the saturating loss has hardly any slope left, at the very time when G needs it;
# the non-saturating loss pulls with nearly full strength.
#
# That is why the originals behind this course train with the second, and so do you. When D
# says 1/2 everywhere, G's loss is then $-\ln\frac12 = \ln 2 = 0.693$, next to D's $2 \ln 2$.

# %% [markdown]
# Does it matter? Start the generator $N(\mu, 1)$ at $\mu = 5$ against the best D, and take
# steps of gradient descent on $\mu$ with either loss. Here $\ell^*(x) = \mu^2/2 - \mu x$, so
# the slope of $\ell^*$ along $x$ is $-\mu$.
#
# **Predict.** Which loss needs fewer steps until $\mu$ is within 0.5 of the goal, and how
# many times fewer?


# %%
def descend(slope, mu=5.0, rate=0.2, n_steps=300):
    """The path of mu under gradient descent; slope maps logits to dloss/dlogit."""
    noise = np.random.default_rng(SEED).normal(size=2000)
    path = [mu]
    for _ in range(n_steps):
        logit = mu**2 / 2 - mu * generate(noise, mu, 1.0)
        mu -= rate * np.mean(slope(logit) * -mu)
        path.append(mu)
    return np.array(path)


# %%
paths = {
    "saturating": descend(lambda logit: -expit(logit)),
    "non-saturating": descend(lambda logit: -expit(-logit)),
}
for name, path in paths.items():
    first, arrived = (np.argmax(np.abs(path) < goal) for goal in (4, 0.5))
    print(f"{name:14}: below 4 after {first} steps, below 0.5 after {arrived}")

# %% [markdown]
# Both arrive, because this D never becomes perfect; the saturating loss takes about seven times as
# many steps. It is slow at the start, where D wins: half of its steps go into the first of the five
# units.
#
# ### What the second loss goes down
#
# "G minimises JS" was a statement about $V$, the saturating loss. What about the one that is
# in use? Against the best D of the moment, its slope is the slope of
#
# $$\text{KL}(q \| p) - 2\,\text{JS}(p, q).$$
#
# You find the steps of the proof below, under *optional*. Here is the test, for $q = N(\mu,
# 1)$: on one side the average of the slopes that the points pass on, on the other small
# differences of the divergences.


# %%
def slope_in_mu(divergence, mu, e=1e-4):
    """By how much a divergence of the density N(mu, 1) on GRID grows with mu."""
    high, low = (divergence(q(GRID, mu + step, 1.0)) for step in (e, -e))
    return (high - low) / (2 * e)


# %%
def reverse_kl(q_now):
    """KL(q ‖ p)."""
    return kl_divergence(q_now, p(GRID))


def twice_js(q_now):
    """2 JS(p, q)."""
    return 2 * js_divergence(lambda x: q_now)


# %% tags=["nbval-check-output"]
for mu in (1.0, 3.0):
    q_now, answers = q(GRID, mu, 1.0), best_d(GRID, lambda x, mu=mu: q(x, mu, 1.0))
    # A point moves with mu, and its logit changes by -mu.
    pulls = [np.trapezoid(q_now * mu * s, GRID) for s in (answers, 1 - answers)]
    kl_slope, js_slope = (slope_in_mu(f, mu) for f in (reverse_kl, twice_js))
    print(f"mu = {mu:g}, saturating:     {pulls[0]:.4f}; 2 JS:      {js_slope:.4f}")
    kl_slope -= js_slope
    print(f"        non-saturating: {pulls[1]:.4f}; KL - 2 JS: {kl_slope:.4f}")

# %% [markdown]
# So the usual GAN does not minimise JS. What pulls is $\text{KL}(q \| p)$, which is large
# where G puts points that real data hardly ever reach. It asks far less of a G that leaves
# real places **out**: nobody averages over them. And JS enters with the wrong sign. The failure
# clinic shows generators that leave places out.
#
# ## Why training goes in circles
#
# A minimum is found by walking downhill. A *minimax* is not a valley but a saddle: each
# player's step changes which way is down for the other. Watch it on the smallest GAN there
# is, known as the Dirac-GAN. There is **one real point**, at 0. G has one number $\theta$ and
# puts its one point there. D has one number $\psi$, and the logit $\psi x$. Then
#
# $$V = \ln \sigma(0) + \ln(1 - \sigma(\psi\theta)), \qquad
# \frac{\partial V}{\partial \psi} = -\sigma(\psi\theta)\,\theta, \qquad
# \frac{\partial V}{\partial \theta} = -\sigma(\psi\theta)\,\psi.$$
#
# D climbs ($\psi$ moves by $h$ times its slope) and G descends, both at once. The solution is
# $\theta = \psi = 0$: G is right, and D cannot tell.
#
# **Predict.** G starts at $\theta = 1$, D undecided at $\psi = 0$. Who moves first? And when G
# comes to the real point, will it stay there?


# %%
def one_point_step(theta, psi, h):
    """A step of both players at once: G down the slope of V, D up."""
    answer = expit(psi * theta)  # of D, at G's point
    return theta + h * answer * psi, psi - h * answer * theta


def walk(step, h=0.2, n_steps=60):
    """The path (n_steps + 1, 2) from (1, 0)."""
    path = [(1.0, 0.0)]
    for _ in range(n_steps):
        path.append(step(*path[-1], h))
    return np.array(path)


# %%
def add_arrows(path, ax, places):
    """Arrow heads along a path (n, 2), from each of the places to the next."""
    for i in places:
        style = {"arrowstyle": "-|>", "color": "k", "mutation_scale": 14}
        ax.annotate("", path[i + 1], path[i], arrowprops=style)


# %% [markdown]
# Walk sixty steps, with $h = 0.4$. Draw the first thirty against time, to see who leads whom,
# and then all of them in the plane of both numbers, to see where that leads.

# %%
game = walk(one_point_step, h=0.4)
fig, axes = plt.subplots(1, 2, figsize=(7, 3.3), width_ratios=(1.2, 1))
axes[0].plot(game[:31, 0], color=plotting.FAKE, marker="x", label="θ: G's point")
axes[0].plot(game[:31, 1], "k--", label="ψ: D's slope")
axes[0].axhline(0, color=plotting.REAL, label="the real point")
axes[0].axvline(np.argmax(game[:, 0] < 0), color="k", linewidth=0.8, linestyle=":")
axes[0].set(title="thirty steps", xlabel="step", ylabel="θ, ψ")
axes[1].plot(*game.T, "-", color="#777777")
add_arrows(game, axes[1], (4, 14, 24, 36, 48))
axes[1].plot(*game[0], "ks", *game[-1], "k*", markersize=9)
axes[1].plot(0, 0, "k+", markersize=10)
axes[1].set(title="sixty steps", xlabel="θ", ylabel="ψ", aspect="equal")
fig.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
plt.show()

# %% [markdown]
# **Figure 1.7.** The one-point GAN, both players moving at once. Left: thirty steps. D moves
# first and tilts against G's point; G follows, and passes the real point (dotted line) at the
# very time when D's tilt is at its strongest. Right: sixty steps of the same game, from the
# square to the star, in the plane of both numbers. It winds outwards around the solution
# (cross).
#
# G does not stay, because D's slope, not the distance to the data, is what moves it. Now
# look at the formula of $V$ again. $\theta$ and $\psi$ only occur as a product; with $x =
# \theta$ and $y = -\psi$ it is $V = -\ln 2 - \ln(1 + e^{-xy})$, which grows with $xy$. So the
# game is $\min_x \max_y\, xy$, and its steps are those of $xy$ with $h$ times D's answer,
# about $h/2$ near the solution. That is small enough to understand completely. Three ways to
# take a step:
#
# - **simultaneous**: both move from the old place, as above;
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


# %% tags=["nbval-check-output"]
x, y = simultaneous(0.7, -0.3, 0.4 * expit(0.3 * 0.7))
print("the one-point GAN is xy:", np.allclose(one_point_step(0.7, 0.3, 0.4), (x, -y)))


# %%
circle = np.exp(1j * np.linspace(0, 2 * np.pi, 100))
fig, axes = plt.subplots(1, 3, figsize=(7, 2.9), sharex=True, sharey=True)
for ax, step in zip(axes, [simultaneous, alternating, extragradient], strict=True):
    ax.plot(circle.real, circle.imag, "k:", linewidth=0.8)
    ax.plot(*walk(step).T, "-", color="#777777")
    add_arrows(walk(step), ax, (7, 22, 38))
    ax.plot(1, 0, "ks", *walk(step)[-1], "k*", markersize=9)
    ax.plot(0, 0, "k+", markersize=10)
    ax.set(title=step.__name__, xlabel="x", aspect="equal")
axes[0].set_ylabel("y")
plt.show()

# %% [markdown]
# **Figure 1.8.** Sixty steps on $xy$, from the square at (1, 0) to the star; the cross is the
# solution, the dotted circle has radius 1. Simultaneous steps spiral outwards, alternating
# ones go round and round, extragradient steps spiral in.
#
# GANs are trained by alternating steps: on this game they would go round for ever. Where data
# spread out the circles can be damped, as you will see (with another D, loss and optimizer) at the end of
# this lesson; for where they are not, later lessons have remedies.

# %% [markdown]
# ### The radius in closed form (optional)
#
# A simultaneous step is a rotation that stretches by $\sqrt{1 + h^2}$; an extragradient step
# one that shrinks by $\sqrt{1 - h^2 + h^4}$; an alternating step keeps $x^2 + y^2 - hxy$
# exactly, which holds the radius between $1/\sqrt{1 + h/2}$ and $1/\sqrt{1 - h/2}$.

# %%
h, n = 0.2, np.arange(61)
steps = (simultaneous, alternating, extragradient)
radius = {step: np.linalg.norm(walk(step), axis=1) for step in steps}
out, into = np.sqrt(1 + h**2) ** n, np.sqrt(1 - h**2 + h**4) ** n
print(f"after 60 steps: {out[-1]:.1f}, and {into[-1]:.2f}")

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
ax.legend(loc="upper left")
plt.show()

# %% [markdown]
# **Figure 1.9.** The radius against the step, measured (marks, every third) and in closed
# form (lines, and for alternating steps the shaded band). After 60 steps simultaneous
# updates are 3.2 times as far from the solution as at the start, extragradient ones at
# 0.31 of the distance; alternating ones never leave the band.

# %% [markdown]
# ## The non-saturating loss, step by step (optional)
#
# Freeze the generator of the moment, $q_0$, and its best D: $D_0 = p/(p + q_0)$. G moves to
# $q$, and its loss is $E_q[-\ln D_0]$. What is its slope at $q = q_0$?
#
# 1. By the formula of $D_0$,
#    $-\ln D_0 = \ln\frac{p + q_0}{p} = \ln\frac{q_0}{p} - \ln\frac{q_0}{p + q_0}
#    = \ln\frac{q_0}{p} - \ln(1 - D_0)$. So the loss is
#    $E_q[\ln\frac{q_0}{p}] - E_q[\ln(1 - D_0)]$.
# 2. The second average is $V$ for a frozen D, up to a constant. At the dot of Figure 1.5 it
#    has the slope of the outer curve, which is that of $2\,\text{JS}$.
# 3. The first average is nearly $\text{KL}(q \| p)$: that is
#    $E_q[\ln\frac{q}{p}] = E_q[\ln\frac{q_0}{p}] + E_q[\ln\frac{q}{q_0}]$, and the last term is
#    $\text{KL}(q \| q_0)$. It has its minimum, 0, at $q = q_0$, and a slope of 0 there. So the
#    first average has the slope of $\text{KL}(q \| p)$.
# 4. Together: the slope of $\text{KL}(q \| p) - 2\,\text{JS}(p, q)$.
#
# Check steps 2 and 3 at $\mu = 3$: the frozen averages against the divergences.

# %% tags=["nbval-check-output"]
q_zero = q(GRID, 3.0, 1.0)
log_ratio, log_generated = np.log(q_zero / p(GRID)), np.log(q_zero / (p(GRID) + q_zero))
for name, frozen, divergence in (
    ("2 JS     ", log_generated, twice_js),
    ("KL(q ‖ p)", log_ratio, reverse_kl),
):
    found = slope_in_mu(lambda q_now, f=frozen: np.trapezoid(q_now * f, GRID), 3.0)
    print(f"{name}: {slope_in_mu(divergence, 3.0):.4f}, frozen: {found:.4f}")

# %% [markdown]
# ## Other ways to generate (optional)
#
# A GAN is one of five common families, and they pay for a new picture in different ways:
#
# | family | what it learns | a new picture takes | strong, weak |
# | --- | --- | --- | --- |
# | GAN | from D's gradient, without a density | one pass through G | sharp and fast; a game that may circle, and may leave things out |
# | variational autoencoder | to code a picture in few numbers, and back | one pass | stable, and has a code for each picture; alone it blurs |
# | normalising flow | a map that can be run backwards | one pass | exact densities; only such maps are allowed |
# | autoregressive model | the next piece from those before | a pass for every piece | exact densities; slow |
# | diffusion model | to take away a little noise | many passes, of the order of ten to a hundred | varied and sharp, easy to train; slow |
#
# The picture generators that people talk to today are mostly diffusion models and their
# relatives. GANs are used where one pass has to do, such as turning spectra into speech, and
# **inside** the others: the autoencoder in front of latent diffusion is trained with a
# discriminator, and so are diffusion models that are taught to draw in one to four passes. And
# a carefully built GAN still keeps up with them on the usual tests (Huang et al., 2024).

# %% [markdown]
# ## What goes wrong
#
# If the two distributions do not overlap at all, $D^*$ is 1 on one and 0 on the other. Take
# uniform ones, on $[0, 1)$ and on $[\theta, \theta + 1)$; then JS is $|\theta| \ln 2$ up to
# $|\theta| = 1$.
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
    terms = rel_entr(real_density, mixture) + rel_entr(fake_density, mixture)
    js_curve.append(0.5 * terms.sum() * (grid[1] - grid[0]))

# %%
fig, ax = plt.subplots(figsize=(6.4, 2.8))
ax.plot(theta, js_curve, color=plotting.FAKE, label="measured")
ax.plot(theta, np.minimum(np.abs(theta), 1) * np.log(2), "k:", label="min(|θ|, 1) ln 2")
ax.set(xlabel="shift θ of the generator", ylabel="JS", ylim=(0, 0.95))
ax.legend(loc="upper center", ncols=2)
plt.show()

# %% [markdown]
# **Figure 1.10.** JS of two uniform distributions. Beyond a shift of 1 it is $\ln 2$
# **however far apart they are**: moving G a little changes nothing, because $D^*$ is 0 wherever G's points lie and has no slope in
# $x$. Figure 1.6 showed a loss that passes D's slope on too weakly; here D has no slope to
# pass on, and the other loss does not help.
#
# And yet lesson 02 starts with points that lie nowhere near the data, and learns. The flat
# curve is a statement about the *best* D. A trained one is a smooth function with few
# weights: to say 1 here and 0 there it has to slope in between, and it slopes at G's points,
# too. See for yourself at $\theta = 3$. Train D alone, longer and longer, and measure how hard
# each loss would pull at $\theta$.
#
# **Predict.** D gets better and better. What becomes of the two slopes?


# %%
def draw_far(iteration, theta=3.0):
    """Real points on [0, 1), generated ones on [theta, theta + 1): 512 each."""
    noise = tf.random.stateless_uniform((2, 512, 1), [SEED, iteration])
    return noise[0], theta + noise[1]


def slopes_in_theta(discriminator, fake_points):
    """How the saturating and the non-saturating loss grow with theta."""
    with tf.GradientTape() as tape:
        tape.watch(fake_points)
        logits = discriminator(fake_points)
    in_x = tape.gradient(logits, fake_points)
    answers = tf.sigmoid(logits)
    return [float(tf.reduce_mean(-s * in_x)) for s in (answers, 1 - answers)]


# %%
settings.set_seed(SEED)
far_d = make_discriminator()
far_step = make_d_step(far_d, draw_far)
run_far = training.compile_loop(far_step, max_steps=4_000, values=1, jit_compile=True)
for start, n_steps in ((0, 100), (100, 900), (1_000, 4_000)):
    far_loss = run_far(start, n_steps)[-1, 0]
    pulls = slopes_in_theta(far_d, draw_far(0)[1])
    text = f"saturating {pulls[0]:.5f}, non-saturating {pulls[1]:.2f}"
    print(f"{start + n_steps:5,} steps, D's loss {far_loss:.5f}, slopes: {text}")
assert far_loss < 0.001 and pulls[0] < 0.001 < 1 < pulls[1]

# %% [markdown]
# D's loss goes to 0: it has won, there is no overlap. The saturating slope goes with it, as
# theory says. The non-saturating one does not; it even grows, because a surer D is a steeper
# one. So let G move, one step of each in turn, by the non-saturating loss.
#
# **Predict.** Will $\theta$ reach 0? Will it stop there?


# %%
def make_chase(discriminator, theta):
    """A function that trains D once, then G: the variable theta."""

    def draw_batch(iteration):
        return draw_far(iteration, theta)

    d_step = make_d_step(discriminator, draw_batch)

    def chase(iteration):
        (d_loss,) = d_step(iteration)
        with tf.GradientTape() as tape:
            fake_logits = discriminator(draw_batch(iteration)[1])
            g_loss = tf.reduce_mean(tf.nn.softplus(-fake_logits))
        theta.assign_sub(0.01 * tape.gradient(g_loss, theta))
        return d_loss, theta

    return chase


# %%
settings.set_seed(SEED)
chase = make_chase(make_discriminator(), tf.Variable(3.0))
run_chase = training.compile_loop(chase, max_steps=2_000, jit_compile=True)
chase_path = run_chase(0, 2_000)[:, 1]

# %%
fig, ax = plt.subplots(figsize=(6.4, 2.8))
ax.plot(chase_path, color=plotting.FAKE)
ax.axhspan(1, 3.2, color="k", alpha=0.1)
ax.text(1_950, 2.6, "no overlap: JS is flat here", ha="right")
ax.axhline(0, color=plotting.REAL, linewidth=0.8)
ax.text(1_950, 0.15, "real data", color=plotting.REAL, ha="right")
ax.set(xlabel="step", ylabel="θ of the generator", ylim=(-1, 3.2))
plt.show()
print(f"θ after 500, 1,000 and 2,000 steps: {chase_path[[499, 999, -1]].round(2)}")
assert abs(chase_path[-1]) < 0.1

# %% [markdown]
# **Figure 1.11.** Where G is, step by step. It starts without any overlap with the real
# data (shaded), is pulled out of there by a D that is smooth, passes the data, and swings in:
# the circles of the one-point GAN, damped.
#
# So "no overlap, no slope" is what a *perfect* D would do. It is a warning, not a wall: as D
# became better above, the saturating loss lost its slope, and the other one's grew.

# %% [markdown]
# ## Key points
#
# - G turns noise into points; what it learns comes through D's gradient alone, so it is only
#   as good as D.
# - $V$ rewards D for calling real real and generated generated; D's loss is $-V$, and it is
#   taken from logits.
# - The best D is $p/(p+q)$, its logit $\ln (p/q)$. A network finds it from samples, where there
#   are samples.
# - Against the best D, the saturating loss goes down $2\,\text{JS}$, and the usual,
#   non-saturating one $\text{KL}(q\|p) - 2\,\text{JS}$. It pulls where the other has given up.
# - At the end D says 1/2, and the losses are $2 \ln 2$ and $\ln 2$.
# - On $xy$, the game of one point, moving at the same time spirals outwards, taking turns goes
#   round in a band, and looking ahead spirals in.
# - Without overlap a perfect D has no slope; a trained one does.

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
# each $x$ D then maximises $p\,(0.9 \ln d + 0.1 \ln(1-d)) + q \ln(1-d)$. What is its best
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
# - L. Mescheder et al., *Which training methods for GANs do actually converge?*, 2018: the GAN
#   of one point.
# - G. Korpelevich, *The extragradient method for finding saddle points*, 1976.
# - C. Daskalakis et al., *Training GANs with optimism*, 2018.
# - M. Arjovsky and L. Bottou, *Towards principled methods for training generative
#   adversarial networks*, 2017: what happens when the supports do not overlap, and what the
#   non-saturating loss goes down.
# - Where GANs are used today: J. Kong et al., *HiFi-GAN*, 2020 (speech); R. Rombach et al.,
#   *High-resolution image synthesis with latent diffusion models*, 2022, and A. Sauer et al.,
#   *Adversarial diffusion distillation*, 2023 (inside diffusion models); Y. Huang et al., *The
#   GAN is dead; long live the GAN!*, 2024.
