# ---
# title: Measuring GANs
# minutes: 4
# teaching: 80
# optional: 25
# prerequisites: Lesson 05 (the Fashion-MNIST GAN and the Fréchet distance).
# ---

# %% [markdown]
# ## Questions
#
# - Can the loss tell a good generator from a bad one?
# - Which number can, what does each one see, and what is it blind to?
# - How many samples does a number need before you may believe it?
# - And can *you* tell real from generated?
#
# **You will be able to** write measures of generators from their definitions, say what
# each is blind to, report them with a floor and a band, and design a test by people.

# %% [markdown]
# ## Setup
#
# The networks and the training step are those of lesson 05. Every measure is written out
# here (coverage by you, in exercise 9.2) and compared with the version in
# `gan_helpers.metrics`, which later lessons use.

# %% tags=["setup"]
import matplotlib.pyplot as plt
import numpy as np
from scipy.linalg import sqrtm
from scipy.spatial.distance import cdist
from scipy.stats import binom

from gan_helpers import (
    checks,
    classifiers,
    course,
    data,
    diagrams,
    losses,
    metrics,
    plotting,
    settings,
    training,
)
from gan_helpers.data import points
from gan_helpers.quiz import Quiz
from gan_helpers.taught import fashion

plotting.set_style()

# %% [markdown]
# ## Settings
#
# Three seeds on a laptop, so that a difference between two numbers can be compared with the
# difference between two runs. One of the three goes on to `LONGER` steps.
#
# All trainings save themselves into the folder `outputs` once a minute. With `RESUME = True`
# they go on from there, after a restart of the kernel, too. With `False` they start anew, and
# what was saved before is moved aside. Set it back to `False` before you change anything.

# %%
SEED = 0
SEEDS = settings.budget(fast=1, laptop=3, full=5)
STEPS = settings.budget(fast=60, laptop=2500, full=20_000)
LONGER = settings.budget(fast=80, laptop=7500, full=30_000)
N_JUDGED = settings.budget(fast=500, laptop=2000, full=5000)
SAMPLE_SIZES = settings.budget(
    fast=(100, 500), laptop=(100, 200, 500, 1000, 2000), full=(100, 500, 1000, 4000)
)
RESUME = False
FOLDER = settings.output_dir("09_measuring_gans")
settings.set_seed(SEED)
course.announce_budget("09")

# %% [markdown]
# ## The idea
#
# The loss of a GAN compares G with *its own* discriminator, of this moment. A measure
# compares samples with samples: the generator's on one side, real ones on the other, through
# features that stay the same for everybody.

# %%
ax = diagrams.draw_gan(data="real pictures", sample="generated pictures")
ax.text(11.3, 1.3, "the loss", ha="center", weight="bold")
arrow = {"arrowstyle": "<|-|>", "color": "black", "linewidth": 1.4}
ax.annotate("", (5.2, 1.15), (5.2, 0.35), arrowprops=arrow)
ax.text(5.45, 0.75, "a measure", va="center", weight="bold")
plt.show()

# %% [markdown]
# **Figure 9.1.** A GAN, and where two kinds of numbers are read. The loss is read at the right
# end, from the answers of D, and depends on it. A measure stands between real and generated
# pictures and compares these two with each other; D has no part in it.

# %% [markdown]
# ## The data and two generators
#
# Clothes, as in lesson 05: 9,000 pictures to train on, 1,000 held out.

# %% tags=["nbval-check-output"]
clothes = data.load_fashion_mnist(split="test", source="bundled")
real_images, held_out_images = np.split(clothes.scaled(), [9000])
classifier = classifiers.load_classifier("fashion_mnist")


def features_of(images):
    """Features (n, 64) of pictures (n, 28, 28, 1) in [-1, 1]."""
    return classifiers.classify(classifier, images)[0]


def draw(generator, n, seed=2):
    """n pictures (n, 28, 28, 1) in [-1, 1] from a generator."""
    noise = np.random.default_rng(seed).normal(size=(n, fashion.LATENT))
    return training.generate(generator, noise.astype("float32"))


def frechet_of(real, fake):
    """The package's squared Fréchet distance of two clouds (n, d)."""
    return metrics.frechet_distance(real, fake)


print(clothes.describe())
print("features:", features_of(real_images[:3]).shape)

# %% [markdown]
# Now two GANs with the same networks. In A, D learns at the usual rate; in B, at a tenth of
# it. Otherwise they are equal, batch for batch. Both D learn from smoothed labels, 0.9 for
# real pictures. So at equilibrium D answers 0.45 everywhere, as lesson 04 derives, and D's
# loss is 1.38 and G's 0.80, which `losses.equilibrium` works out.
#
# **Predict.** Whose losses will be closer to that, and who will draw the better clothes?


# %%
def make_gan(seed, d_rate=1e-3):
    """New networks and optimizers of lesson 05, by name."""
    settings.set_seed(seed)
    generator, discriminator = fashion.make_generator(), fashion.make_discriminator()
    g_optimizer, d_optimizer = fashion.make_optimizers()
    d_optimizer.learning_rate = d_rate
    return {
        "generator": generator,
        "discriminator": discriminator,
        "average": training.make_average(generator),
        "optimizers": (g_optimizer, d_optimizer),
    }


def make_step(gan, seed):
    """The training step of a GAN from make_gan."""
    batch_at = training.make_batches(real_images, fashion.BATCH_SIZE, seed=seed)
    return fashion.make_train_step(**gan, batch_at=batch_at)


# %%
generators, last_losses = {}, {}
for name, d_rate in (("A", 1e-3), ("B", 1e-4)):
    gan = make_gan(SEED, d_rate)
    checkpoint = training.Checkpoint(FOLDER / name, resume=RESUME, **gan)
    step = make_step(gan, SEED)
    history = training.fit(step, min(STEPS, 1200), checkpoint=checkpoint)
    generators[name] = gan["average"]
    last_losses[name] = [
        loss[-100:].mean() for loss in (history.d_loss, history.g_loss)
    ]

# %%
fig, axes = plt.subplots(1, 2, figsize=(7, 3.2))
for ax, name in zip(axes, generators, strict=True):
    d_loss, g_loss = last_losses[name]
    title = f"{name}: D's loss {d_loss:.2f}, G's loss {g_loss:.2f}"
    plotting.plot_images(draw(generators[name], 100)[:40], title=title, ax=ax)
plt.show()

# %% [markdown]
# **Figure 9.2.** Two generators and their losses, the mean of the last 100 iterations. On a
# laptop B's are those of the equilibrium, and B's pictures look rougher: its discriminator has
# learned too slowly to object.
#
# Is that only how they look? Ask lesson 05's Fréchet distance: the smaller, the closer to real
# pictures.

# %%
d_level, g_level = losses.equilibrium(0.9)
print(f"{'equilibrium':12} D {d_level:.2f}  G {g_level:.2f}")
n_real = min(N_JUDGED, 1000)
reference = features_of(real_images[:n_real])
gap, distance = {}, {}
for name, (d_loss, g_loss) in last_losses.items():
    gap[name] = abs(d_loss - d_level) + abs(g_loss - g_level)
    distance[name] = frechet_of(reference, features_of(draw(generators[name], n_real)))
    print(f"{name:12} D {d_loss:.2f}  G {g_loss:.2f}", end="")
    print(f"  Fréchet distance {distance[name]:.0f}")
print(f"B's distance is {distance['B'] / distance['A']:.2f} times A's")
if STEPS >= 2500:  # a shorter run promises nothing
    assert gap["B"] < gap["A"] / 5 and distance["B"] > 1.1 * distance["A"]

# %% [markdown]
# On a laptop B's losses are all but perfect, and its distance is the larger one: the loss ranks
# the two the wrong way round. This is one seed, and one is enough for this much: losses on their
# levels do not promise the better pictures. How far a distance differs from seed to seed you
# will measure below.

# %% [markdown]
# ## Distance between two clouds: Fréchet
#
# Describe each cloud of features by its mean $\mu$ and covariance $\Sigma$. For real ($r$)
# and generated ($g$) pictures
#
# $$d^2 = |\mu_r - \mu_g|^2 + \text{tr}\left(\Sigma_r + \Sigma_g
# - 2\,(\Sigma_r \Sigma_g)^{1/2}\right)$$
#
# - $\mu_r, \mu_g$ are `real.mean(axis=0)` and `fake.mean(axis=0)`;
# - $(\cdot)^{1/2}$ is the matrix square root, `sqrtm`.


# %%
def frechet(real, fake):
    """Squared Fréchet distance of two clouds (n, d), by the definition."""
    covariances = [np.cov(x, rowvar=False) for x in (real, fake)]
    root = sqrtm(covariances[0] @ covariances[1]).real
    shift = real.mean(axis=0) - fake.mean(axis=0)
    return shift @ shift + np.trace(sum(covariances) - 2 * root)


# %% [markdown]
# Try it where the answer is known, in two experiments with one cloud.
#
# - The cloud against itself, moved by 3: the formula gives $3^2 = 9$.
# - The cloud against itself, made twice as wide around its middle, which stays where it is:
#   the formula gives $(1 - 2)^2\,\text{tr}\,\Sigma$, the sum of the variances.
#
# (From here on random samples come one after the other from one generator, `rng`. A cell that
# draws from it goes on when you run it again: it shows new samples, and digits a little
# different.)

# %% tags=["nbval-check-output"]
rng = np.random.default_rng(SEED)
cloud = rng.normal(size=(2000, 2)) @ np.array([[1.0, 0.5], [0.0, 2.0]])
print(f"moved by 3: {frechet(cloud, cloud + [3, 0]):.4f}")

# %% tags=["nbval-check-output"]
wider = 2 * (cloud - cloud.mean(axis=0)) + cloud.mean(axis=0)
expected = np.trace(np.cov(cloud, rowvar=False))
print("twice as wide, as expected:", np.isclose(frechet(cloud, wider), expected))
packaged = metrics.frechet_distance(cloud, wider)
print("the package agrees:", np.isclose(packaged, frechet(cloud, wider)))

# %% [markdown]
# ## Without any Gaussian: the kernel distance
#
# Mean and covariance miss everything else about a shape. The **kernel distance** compares
# pairs: how alike are two real samples, two generated ones, and one of each? With
# $k(x, y) = (x \cdot y / d + 1)^3$ for $d$ features,
#
# $$\text{KD} = \overline{k(x, x')} + \overline{k(y, y')} - 2\,\overline{k(x, y)}$$
#
# - $x, x'$ are *different* real samples, $y, y'$ different generated ones; a bar is a mean.


# %%
def kernel_distance(real, fake):
    """Squared kernel distance of two clouds (n, d), by the definition."""

    def mean_of_pairs(a, b, same):
        k = (a @ b.T / a.shape[1] + 1) ** 3
        return (k.sum() - np.trace(k)) / (len(a) * (len(a) - 1)) if same else k.mean()

    within = mean_of_pairs(real, real, True) + mean_of_pairs(fake, fake, True)
    return within - 2 * mean_of_pairs(real, fake, False)


# %% [markdown]
# **Predict.** Two clouds from the *same* distribution: can the kernel distance be negative?

# %% tags=["nbval-check-output"]
first, second = rng.normal(size=(2, 500, 2))
value, error = metrics.kernel_distance(first, second)
print("the package agrees:", np.isclose(value, kernel_distance(first, second)))
pairs = np.random.default_rng(SEED + 1).normal(size=(1000, 2, 100, 2))
values = np.array([kernel_distance(*pair) for pair in pairs])
print("some are negative:", min(values) < 0, "and some positive:", max(values) > 0)

# %%
print(f"below 0: {100 * np.mean(values < 0):.0f} % of {len(values)} pairs, ", end="")
print(f"mean {values.mean():.3f} ± {values.std() / np.sqrt(len(values)):.3f}")

# %% [markdown]
# Yes. It is right *on average*: for equal distributions the mean is 0 within its error. To
# make up for a few large values, more than half of them are below 0. The Fréchet distance
# cannot be below 0, so chance can only push it up. Keep that in mind.
#
# One value alone needs an error. The package's comes with a **standard error**, from
# leaving out one sample at a time; you will meet it in the tables below.

# %% [markdown]
# ## Quality and variety apart: precision and recall
#
# One number cannot say whether the pictures are bad or all the same. Put a ball around each
# sample that reaches to its third neighbour in its own set. **Precision** is the share of
# generated samples inside some real ball; **recall** the share of real samples inside some
# generated ball.


# %%
def share_in_balls(centres, samples, k=3):
    """Share of samples that lie in the ball of any centre, both (n, d)."""
    radius = np.sort(cdist(centres, centres), axis=1)[:, k]
    return np.mean((cdist(centres, samples) < radius[:, None]).any(axis=0))


# %% [markdown]
# Try it on a ring of eight clusters and a generator that has lost half of them.
#
# **Predict** both numbers.

# %% tags=["nbval-check-output"]
ring = points.ring_of_8(400, rng).astype("float64")
more = points.ring_of_8(800, rng).astype("float64")
half_ring = more[more[:, 1] > np.median(more[:, 1])]
precision, recall = share_in_balls(ring, half_ring), share_in_balls(half_ring, ring)
packaged = metrics.precision_recall(ring, half_ring, k=3)
print("the package agrees:", np.allclose((precision, recall), packaged))

# %%
fig, ax = plt.subplots(figsize=(4, 3.6))
plotting.plot_points(ring, half_ring, ax=ax)
ax.set(title=f"precision {precision:.2f}, recall {recall:.2f}", aspect="equal")
ax.set(xlabel="x", ylabel="y")
ax.legend(loc="center")
plt.show()

# %% [markdown]
# **Figure 9.3.** A ring of eight clusters and a generator that makes the upper half only.
# Nearly all that it makes is good, and it makes about half of what there is.
#
# Recall asks the generated balls, and a generator of nonsense can have large ones. **Coverage**
# asks the real balls: the share of them that hold any generated sample. (You will write it in
# exercise 9.2.)

# %% [markdown]
# ### Against outliers: density (optional)
#
# A single real outlier has a huge ball and makes everything around it "good". **Density**
# counts *how many* real balls hold a generated sample, over $k$, so that one outlier weighs
# little.


# %%
def density(real, fake, k=5):
    """Mean number of real balls that hold a generated sample, over k."""
    radius = np.sort(cdist(real, real), axis=1)[:, k]
    return np.mean((cdist(real, fake) < radius[:, None]).sum(axis=0)) / k


# %% [markdown]
# Give the ring one real outlier, far outside, and a generator that makes nothing but samples
# halfway out to it. **Predict** its precision, and its density.

# %% tags=["nbval-check-output"]
with_outlier = np.concatenate([ring, [[40.0, 0.0]]])
nonsense = rng.normal([20.0, 0.0], 1.0, size=(400, 2))
print(f"precision {share_in_balls(with_outlier, nonsense):.2f}", end=", ")
print(f"density {density(with_outlier, nonsense):.2f}")
packaged = metrics.density_coverage(with_outlier, nonsense)[0]
print("the package agrees:", np.isclose(packaged, density(with_outlier, nonsense)))

# %% [markdown]
# Perfect precision for nonsense, and a density of a fifth: every sample is in one ball of the
# five that it should be in.

# %% [markdown]
# ## One direction at a time: sliced Wasserstein (optional)
#
# On a line, the distance of two samples is easy: sort both and compare them in order. In more
# dimensions, project both clouds on many random directions, do that in each, and take the root
# of the mean square. For a shift by $\delta$ in $d$ dimensions it is $|\delta| / \sqrt d$.


# %%
def sliced_wasserstein(real, fake, n_directions=2000, seed=SEED):
    """Sliced Wasserstein distance of two clouds (n, d) of the same size."""
    directions = np.random.default_rng(seed).normal(size=(real.shape[1], n_directions))
    directions /= np.linalg.norm(directions, axis=0)
    gaps = np.sort(real @ directions, axis=0) - np.sort(fake @ directions, axis=0)
    return np.sqrt(np.mean(gaps**2))


# %% tags=["nbval-check-output"]
moved = cloud + [3, 4]
distance = sliced_wasserstein(cloud, moved)
within = abs(distance / 3.536 - 1) < 0.05
print(f"|(3, 4)| / √2 = {5 / np.sqrt(2):.2f}, within 5 %:", within)
packaged = metrics.sliced_wasserstein(cloud, moved, projections=2000, seed=SEED)
print("the package agrees:", np.isclose(packaged, distance))

# %% [markdown]
# ## A judge who learns: the two-sample test
#
# Take half of the real and half of the generated samples, tell a classifier which is which,
# and let it judge the other half. If it is right no more often than a coin, it has found no
# difference. Here the majority of the nearest known samples decides.
#
# **Predict.** The share for two sets of the same ring, and for the ring against its upper half.


# %%
def told_apart(real, fake, k=15):
    """Share that k nearest neighbours get right on samples they do not know."""
    half = len(real) // 2
    known = np.concatenate([real[:half], fake[:half]])
    asked = np.concatenate([real[half:], fake[half:]])
    near_real = np.argsort(cdist(asked, known), axis=1)[:, :k] < half
    is_real = np.arange(len(asked)) < len(real) - half
    return np.mean((near_real.mean(axis=1) > 0.5) == is_real)


# %% tags=["nbval-check-output"]
other_ring = points.ring_of_8(400, rng).astype("float64")
for name, fake in (("the same ring", other_ring), ("its upper half", half_ring)):
    ours = told_apart(rng.permutation(ring), rng.permutation(fake))
    share, p = metrics.classifier_two_sample_test(ring, fake)
    print(f"{name:14}: {ours:.2f}, the package {share:.2f}", end=", ")
    print(f"probability by chance {'above' if p > 0.05 else 'below'} 1/20")

# %% [markdown]
# About 1/2, and around 0.7. It recognises the lower half, which only real samples have. In the
# upper one generated points outnumber real ones two to one, so it calls nearly all of them
# generated: right for the generated, wrong for the real. The best judge of all would get
# (1/2 + 1) / 2 = 0.75. (The package draws other halves and takes more neighbours.)

# %% [markdown]
# ## For points in the plane (optional)
#
# In two dimensions you can do without features. **Modes hit** counts the clusters that have
# at least a quarter of their fair share. Their **balance** is the entropy of the $k$ shares
# $p_i$, over its largest value: $-\sum_i p_i \ln p_i / \ln k$, 1 when all are equal.


# %%
def mode_shares(samples, centres, radius):
    """Share of all samples (n, 2) that lie at each centre, (k,)."""
    distance = cdist(samples, centres)
    nearest = distance.argmin(axis=1)[distance.min(axis=1) <= radius]
    return np.bincount(nearest, minlength=len(centres)) / len(samples)


# %%
def modes_hit(shares):
    """Number of modes with at least a quarter of the fair share 1/k."""
    return np.sum(shares >= 0.25 / len(shares))


# %%
def balance(shares):
    """Entropy of the shares, of those that are at a mode, over log k."""
    p = shares[shares > 0] / shares.sum()
    return -np.sum(p * np.log(p)) / np.log(len(shares))


# %% [markdown]
# The **grid divergence** is the Jensen–Shannon divergence of lesson 01 between two
# histograms $p$ and $q$, at most $\ln 2 = 0.693$. With $m = (p + q)/2$ it is
#
# $$\tfrac12 \sum p \ln\frac pm + \tfrac12 \sum q \ln\frac qm$$
#
# The grid spans the real points; what lies outside is one more cell. The clinic of lesson
# 08 uses it.


# %%
def grid_divergence(real, fake, bins=10):
    """Jensen-Shannon divergence of the histograms of two clouds (n, 2)."""
    low, high = real.min(axis=0), real.max(axis=0)
    edges = list(np.linspace(low, high, bins + 1).T)
    p, q = (np.histogram2d(*x.T, bins=edges)[0].ravel() / len(x) for x in (real, fake))
    p, q = np.append(p, 0), np.append(q, 1 - q.sum())
    m = (p + q) / 2
    return sum(np.sum(x[x > 0] * np.log(x[x > 0] / m[x > 0])) for x in (p, q)) / 2


# %% tags=["nbval-check-output"]
centres = points.CENTRES["ring of 8"]
both_rings = (("the same ring", other_ring), ("its upper half", half_ring))
for name, fake in both_rings:
    shares = mode_shares(fake, centres, radius=0.5)
    print(f"{name:14}: {modes_hit(shares)} modes", end=", ")
    print(f"balance {balance(shares):.2f}", end=", ")
    print(f"divergence {grid_divergence(ring, fake):.2f}")

# %% tags=["nbval-check-output"]
for _, fake in both_rings:
    shares = mode_shares(fake, centres, radius=0.5)
    theirs = metrics.mode_shares(fake, centres, radius=0.5)
    agree = [
        np.allclose(theirs, shares),
        metrics.modes_hit(theirs) == modes_hit(shares),
        np.isclose(metrics.mode_balance(theirs), balance(shares)),
        np.isclose(
            metrics.grid_divergence(ring, fake, bins=10), grid_divergence(ring, fake)
        ),
    ]
    print("the package agrees:", all(agree))

# %% [markdown]
# The upper half hits five modes of eight: two lie on the cut.

# %% [markdown]
# ## Who notices what?
#
# Now break a generator in five known ways and ask all measures. ("Sliced W." is the distance
# of the optional section on sliced Wasserstein: the mean gap along random directions.) One draw
# has its luck, so take the mean of ten, each with real points of its own.
#
# **Predict**: which measure misses the copier, which gives all its samples from the training
# set? And does blurring cost precision, coverage, or both?


# %%
def draw_ring(n):
    """n points of the ring of eight clusters, the next ones from `rng`."""
    return points.ring_of_8(n, rng).astype("float64")


def draw_flaws():
    """400 real points, and those of a perfect generator and of five broken ones."""
    real, more = draw_ring(400), draw_ring(800)
    return real, {
        "none": draw_ring(400),
        "half": more[more[:, 1] > np.median(more[:, 1])],
        "blurred": draw_ring(400) + rng.normal(0, 0.15, (400, 2)),
        "moved": draw_ring(400) + [0.3, 0.0],
        "junk": np.concatenate([draw_ring(360), rng.uniform(-2, 2, (40, 2))]),
        "copies": real.copy(),
    }


# %%
def measure(real, fake):
    """All measures of generated samples against real ones, (n, d) each, by name."""
    kernel, error = metrics.kernel_distance(real, fake)
    precision, recall = metrics.precision_recall(real, fake)
    density_, coverage_ = metrics.density_coverage(real, fake)
    return {
        "Fréchet": frechet_of(real, fake),
        "kernel": kernel,
        "± its error": error,
        "sliced W.": metrics.sliced_wasserstein(real, fake),
        "told apart": metrics.classifier_two_sample_test(real, fake)[0],
        "precision": precision,
        "density": density_,
        "recall": recall,
        "coverage": coverage_,
    }


# %%
draws = [draw_flaws() for _ in range(10)]
tables = [{k: measure(real, x) for k, x in flaws.items()} for real, flaws in draws]
results = {
    flaw: {name: np.mean([table[flaw][name] for table in tables]) for name in row}
    for flaw, row in tables[0].items()
}
print(" " * 12, *(f"{flaw:>8}" for flaw in results))
for name in results["none"]:
    print(f"{name:12}", *(f"{values[name]:8.3f}" for values in results.values()))
none, half, blurred, moved, junk, copies = results.values()
assert half["recall"] < 0.6 and half["coverage"] < 0.65 and half["precision"] > 0.9
assert blurred["precision"] < 0.15 and blurred["coverage"] < 0.35
assert blurred["density"] < 0.1 and blurred["recall"] > 0.9
assert max(moved["precision"], moved["recall"]) < 0.05
assert 0.05 < none["precision"] - junk["precision"] < 0.15
assert max(abs(junk[k] - none[k]) / half[k] for k in ("Fréchet", "kernel")) < 0.05
assert copies["Fréchet"] < 1e-6 and copies["told apart"] < 0.5
assert copies["kernel"] < -10 * copies["± its error"]

# %% [markdown]
# Read it by column: *none* is real points against new real ones, the floor. "Told apart" is
# the two-sample test, 0.5 when the classifier can only guess.
#
# - *half* of the modes: recall and coverage fall to about a half, precision does not move.
# - *blurred*: precision and density are all but gone, and so is most of the *coverage*,
#   though no mode is missing: blurred points miss the small balls of real ones. Recall looks
#   at the generated balls, which blurring makes wider, and stays.
# - *moved*: precision and recall collapse, because the clusters are narrow.
# - *junk*, one in ten: Fréchet and kernel distance hardly move; precision loses a tenth.
# - *copies*: everything is as good as for new real points, or better. Two values are even
#   on the wrong side: the kernel distance is below 0 by many times its error, and the
#   classifier does worse than a coin, because each copy sits on its original. So values
#   that are too good are a hint, but no measure that rewards being close to the *training*
#   data will mark a thief down. To catch him takes held-out data, as in lesson 05.
#
# So a low coverage does not yet say that something is *missing*. It does where precision is
# high; where both are low, the samples are bad, and what else is missing you cannot see.

# %% [markdown]
# ## Through training, over seeds, with a floor
#
# Train lesson 05's GAN once for each seed and measure along the way. The **floor** is what
# the same measure says of as many held-out *real* pictures: no generator need do better. The
# band spans the seeds.
#
# **Predict.** At iteration 0 the generator is untrained and draws grey noise. Where will
# its precision begin, and where its coverage?
#
# (If a training is cut off, or if you press the stop button (■), set `RESUME = True` in
# Settings, run that cell, and then the cell of the training again.)

# %%
floor = measure(reference, features_of(held_out_images[:n_real]))


def train_and_measure(seed):
    """A history with all measures on the way; the networks stay in the checkpoint."""
    gan = make_gan(seed)

    def look():
        return measure(reference, features_of(draw(gan["average"], n_real)))

    return training.fit(
        make_step(gan, seed),
        STEPS,
        snapshot=look,
        snapshot_every=STEPS // 10,
        checkpoint=training.Checkpoint(FOLDER / f"seed_{seed}", resume=RESUME, **gan),
    )


# %%
histories = [train_and_measure(seed) for seed in range(SEEDS)]

# %%
names = [name for name in floor if name != "± its error"]
iterations = [iteration for iteration, _ in histories[0].snapshots]
fig, axes = plt.subplots(2, 4, figsize=(7, 4), sharex=True)
for ax, name in zip(axes.flat, names, strict=True):
    curves = np.array([[m[name] for _, m in h.snapshots] for h in histories])
    low, high = curves.min(axis=0), curves.max(axis=0)
    color = plotting.FAKE
    ax.fill_between(iterations, low, high, color=color, alpha=0.3, label="all seeds")
    ax.plot(iterations, np.median(curves, axis=0), color=color, label="their median")
    floor_style = {"color": plotting.REAL, "linestyle": "--"}
    ax.axhline(floor[name], **floor_style, label="floor: real against real")
    ax.set(title=name)
    if name in ("Fréchet", "kernel"):
        ax.set_yscale("symlog", linthresh=1)
    if STEPS >= 2500 and ax in axes[0]:  # a shorter run promises nothing
        assert curves[:, 0].min() - high[-1] > 3 * (high[-1] - low[-1])
handles = axes[0, 0].get_legend_handles_labels()
fig.legend(*handles, loc="outside upper center", ncols=3)
fig.supxlabel("iteration", fontsize=10)
plt.show()

# %% [markdown]
# **Figure 9.4.** Eight measures through training: the seeds' median (orange line) and range
# (band), and the floor, real pictures against real ones (blue, dashed). On a laptop the
# distances in the upper row fall towards their floor, by far more than the seeds differ. In
# the lower row recall and coverage, the variety, rise from 0; but precision *falls*, and the
# density is at times better than its floor.
#
# The *untrained* generator has a perfect precision. How can noise have that? Count the real
# balls that hold any of its pictures, and compare their size with that of all balls.

# %%
radius = np.sort(cdist(reference, reference), axis=1)[:, 3]
for seed in range(3):
    noise_features = features_of(draw(make_gan(seed)["average"], n_real))
    inside = cdist(reference, noise_features) < radius[:, None]
    holders = inside.any(axis=1)
    ratio = np.median(radius[holders]) / np.median(radius)
    print(f"seed {seed}: precision {inside.any(axis=0).mean():.2f}", end=", ")
    print(f"in {holders.sum()} of {n_real} balls, {ratio:.1f} times the median radius")

# %% [markdown]
# A few real pictures with balls larger than most take them all. Density counts how many
# balls hold a picture, so one ball cannot fool it, but several that overlap can. Coverage,
# near 0, is not fooled: hardly any real ball holds one. So never report precision without
# coverage or recall.
#
# The kernel distance comes with an error, for each seed at the end and for the floor:

# %%
for label, values in [
    *((f"seed {seed}", h.snapshots[-1][1]) for seed, h in enumerate(histories)),
    ("floor", floor),
]:
    print(f"{label:7} kernel {values['kernel']:6.2f} ± {values['± its error']:.2f}")

# %% [markdown]
# And the loss? **Predict.** From the first tenth of the training to its end the distance
# falls, on a laptop to about a third. What does G's loss do meanwhile?

# %%
window = max(1, STEPS // 20)
for seed, history in enumerate(histories):
    (early, then), (late, now) = history.snapshots[1], history.snapshots[-1]
    loss, last_loss = (history.g_loss[i - window : i].mean() for i in (early, late))
    print(f"seed {seed}: G's loss {loss:.2f} to {last_loss:.2f}, ", end="")
    print(f"Fréchet distance {then['Fréchet']:.0f} to {now['Fréchet']:.0f}")
    if STEPS >= 2500:  # a shorter run promises nothing
        assert abs(loss - last_loss) < 0.1 and now["Fréchet"] < then["Fréchet"] / 2

# %% [markdown]
# On a laptop nothing to speak of: D improves along with G, and the loss says who is ahead, not
# how far both have come.
#
# These distances are still many times the floor. For the rest of the lesson let the first of
# the runs train on, three times as long in all on a laptop: new networks take its state from
# its checkpoint.

# %%
gan = make_gan(SEED)
step = make_step(gan, SEED)
start = training.restore_checkpoint(FOLDER / "seed_0", **gan)
checkpoint = training.Checkpoint(FOLDER / "longer", resume=RESUME, **gan)
training.fit(step, LONGER - start, start=start, checkpoint=checkpoint)
average = gan["average"]
longer = frechet_of(reference, features_of(draw(average, n_real)))
before = histories[0].snapshots[-1][1]["Fréchet"]
print(f"{STEPS:,} steps: {before:.0f}, {LONGER:,} steps: {longer:.0f}", end=", ")
print(f"real: {floor['Fréchet']:.1f}")

# %% [markdown]
# ## Thieves
#
# To object to copies, a measure needs pictures that the generator has *not* seen. As in lesson
# 05: how far is a picture from its nearest training picture? It is **suspicious** if it is
# nearer than 95 % of unseen real pictures are. Four suspects: unseen real pictures; your GAN;
# a thief who takes training pictures and dims them; and a thief who moves them one pixel aside.
#
# **Predict.** How many of each thief's pictures are suspicious?


# %%
def gaps_of(images):
    """Distance of each picture from the nearest training picture, pixel by pixel."""
    return metrics.nearest_neighbours(images, real_images)[1]


ruler, unseen = np.split(held_out_images, 2)
suspects = {
    "unseen real": unseen,
    "the GAN": draw(average, 500),
    "thief: dimmed": 0.9 * (real_images[:500] + 1) - 1,
    "thief: moved": np.roll(real_images[:500], 1, axis=2),
}
limit = np.quantile(gaps_of(ruler), 0.05)
caught = {name: np.mean(gaps_of(x) < limit) for name, x in suspects.items()}
for name, share in caught.items():
    print(f"{name:14} suspicious: {100 * share:3.0f} %")

# %% [markdown]
# The dimmed copies are caught, every one. The moved ones pass, like new pictures: one pixel
# aside, a copy is as far from its original as a stranger. Now look for thieves who move things:
# compare at nine places, up to one pixel in each direction, and take the smallest distance,
# for the ruler as well.


# %%
def gaps_at_nine(images):
    """The smallest gap of each picture and of the same moved by up to one pixel."""
    moves = [(x, y) for x in (-1, 0, 1) for y in (-1, 0, 1)]
    return np.min(
        [gaps_of(np.roll(images, move, axis=(1, 2))) for move in moves], axis=0
    )


limit = np.quantile(gaps_at_nine(ruler), 0.05)
found = {name: np.mean(gaps_at_nine(x) < limit) for name, x in suspects.items()}
for name, share in found.items():
    print(f"{name:14} suspicious at nine places: {100 * share:3.0f} %")
deviation = np.sqrt(2 * 0.05 * 0.95 / 500)
print(f"5 % ± {100 * deviation:.1f} % by chance, with 500 in the ruler and 500 asked")
assert caught["thief: dimmed"] > 0.9 > 0.2 > caught["thief: moved"]
assert found["thief: moved"] > 0.9 and found["the GAN"] < 0.05

# %%
fig, ax = plt.subplots(figsize=(6.4, 3))
for shift, shares, color, hatch, label in (
    (-0.2, caught, plotting.REAL, "", "as they are"),
    (0.2, found, plotting.FAKE, "///", "at nine places"),
):
    heights = [100 * share for share in shares.values()]
    where = np.arange(len(suspects)) + shift
    bars = ax.barh(where, heights, 0.36, color=color, alpha=0.7, hatch=hatch)
    bars.set_label(label)
    texts = [f"{height:.0f} %" for height in heights]
    ax.bar_label(bars, texts, padding=18)  # right of the dotted line, all of them
ax.axvline(5, color="k", linestyle=":", linewidth=0.8)
ax.set(yticks=range(len(suspects)), yticklabels=suspects, xlabel="suspicious, %")
ax.set_xlim(0, 120)
ax.invert_yaxis()
ax.legend(loc="upper right")
plt.show()

# %% [markdown]
# **Figure 9.5.** Share of suspicious pictures, compared as they are (blue) and at nine places
# (orange, hatched); the dotted line is the 5 % that unseen real pictures should give. Looking
# at nine places catches the second thief, too. The GAN is not above the unseen pictures.
#
# That unseen pictures give a little more than 5 % may be chance: it is within about two of the
# deviations printed above. And the GAN does not copy in these two ways. A test for copies finds
# the kind of copy that it looks for, and no other.

# %% [markdown]
# ## How many samples?
#
# Take two sets of *real* pictures, so that the truth is 0, and let their number grow.
#
# **Predict.** Which of the two distances depends on the number of pictures, and how? What
# would you expect of twice as many?

# %%
all_features = features_of(real_images)
spans = {"Fréchet": [], "kernel": []}
for n in SAMPLE_SIZES:
    picks = [rng.permutation(all_features)[: 2 * n] for _ in range(40)]
    pairs = [np.split(pick, 2) for pick in picks]
    spans["Fréchet"].append([frechet_of(*pair) for pair in pairs])
    spans["kernel"].append([metrics.kernel_distance(*pair)[0] for pair in pairs])
means = {name: np.mean(values, axis=1) for name, values in spans.items()}
for n, mean in zip(SAMPLE_SIZES, means["Fréchet"], strict=True):
    print(f"{n:5} pictures: Fréchet distance {mean:5.2f}, times n {n * mean:5.0f}")
sizes = np.array(SAMPLE_SIZES)
products = sizes * means["Fréchet"]
assert products.max() < 1.4 * products.min()
assert (np.abs(means["kernel"]) < np.std(spans["kernel"], axis=1)).all()

# %%
fig, axes = plt.subplots(1, 2, figsize=(7, 3))
for ax, (name, values) in zip(axes, spans.items(), strict=True):
    low, high = np.min(values, axis=1), np.max(values, axis=1)
    ax.fill_between(sizes, low, high, color=plotting.REAL, alpha=0.2)
    ax.plot(sizes, means[name], "o", color=plotting.REAL, label="mean of 40 pairs")
    ax.set(title=name, xscale="log", xlabel="pictures in each set, n")
    ax.set_xticks(sizes, sizes)
    ax.minorticks_off()
constant = np.mean(sizes * means["Fréchet"])
axes[0].plot(sizes, constant / sizes, "k--", label=f"{constant:.0f} / n")
axes[0].set(yscale="log", ylabel="distance")
axes[0].legend()
axes[1].axhline(0, color="k", linestyle="--")
plt.show()

# %% [markdown]
# **Figure 9.6.** Real pictures against real ones, where the truth is 0: the mean (dots) and the
# range (band) of 40 pairs of sets. Left, both axes logarithmic: the Fréchet distance follows a
# line, a constant over n (dashed). Twice as many pictures halve it: a **bias** that no number
# of pictures removes. Right: the kernel distance scatters around 0 from the start.
#
# So compare Fréchet distances at the same number of samples only, and say which number it was.

# %% [markdown]
# ## Which is real?
#
# The last judge is you. Each pair of the quiz shows one real and one generated picture. Both
# are of one kind, as the classifier sees it: a shoe beside a shirt could be told by what it
# shows, if the generator made too many shirts. First on paper: here are six pairs.

# %%
fake_images = draw(average, 500)
kinds, fake_kinds = (
    classifiers.classify(classifier, images)[1].argmax(axis=1)
    for images in (held_out_images, fake_images)
)

# %%
rows = []
for kind in range(10):
    both = np.flatnonzero(kinds == kind), np.flatnonzero(fake_kinds == kind)
    rows += zip(*both, strict=False)  # as many as the smaller number of the two
real_rows, fake_rows = np.transpose(rng.permutation(rows))
dealt = held_out_images[real_rows], fake_images[fake_rows]
on_paper = Quiz(*(images[:6] for images in dealt), rounds=6, seed=SEED + 1)
quiz = Quiz(*(images[6:] for images in dealt), seed=SEED + 1)

# %%
fig, axes = plt.subplots(2, 3, figsize=(7, 3.4))
for k, (ax, pair) in enumerate(zip(axes.flat, on_paper.pairs, strict=True), start=1):
    plotting.plot_images(pair, columns=2, title=f"pair {k}", ax=ax)
    for x, side in ((0.25, "L"), (0.75, "R")):
        ax.text(x, -0.02, side, transform=ax.transAxes, ha="center", va="top")
plt.show()

# %% [markdown]
# **Figure 9.7.** Six pairs, each of one kind of clothes as the classifier sees it; one picture of
# each pair is real. Write down L or R for each before you run the next cell, which gives the
# answers.

# %%
print("real is on the:", *on_paper.real_side)

# %% [markdown]
# Now twelve other pairs, as a widget: you know the answers to these six. If you can only guess,
# you get six of twelve right on average; ten or more happen by chance to one player in fifty.
# Then press *Next player*, who gets other pairs. The last line adds up all answers: the more
# there are, the finer the class's test.
#
# Decide before the game how many will play, and read the last line once, at the end. For in 39 %
# of classes of 25 that only guess *somebody* gets ten of twelve, and in 27 % the probability of
# all answers together is below 1/20 after *some* answer (worked out below). So the widget shows
# probabilities between two rounds only, and counts a player as the best of all so far.

# %%
quiz.show()

# %% tags=["nbval-check-output"]
for correct in (6, 9, 10, 12):
    p = metrics.chance_p_value(correct, 12)
    print(f"{correct:2} of 12 right: by chance with probability {p:.4f}", end=", ")
    print(f"for the best of 25 players {1 - (1 - p) ** 25:.4f}")

# %% [markdown]
# ### A class that tosses coins (optional)
#
# Let 4,000 classes of 25 toss coins instead of looking. **Predict.** In how many does somebody
# get ten of twelve? And how often is the probability of all answers so far below 1/20: after
# some answer, and once, at the end?

# %% tags=["nbval-check-output"]
coins = np.random.default_rng(SEED).integers(2, size=(4000, 25, 12))
right = coins.reshape(4000, 300).cumsum(axis=1)
chance = binom.sf(right - 1, np.arange(1, 301), 0.5)  # of so many or more
lucky = {
    "somebody gets 10 of 12": coins.sum(axis=2).max(axis=1) >= 10,
    "below 1/20 after some answer": (chance < 0.05).any(axis=1),
    "below 1/20 at the end": chance[:, -1] < 0.05,
}
for what, happened in lucky.items():
    print(f"{what:28} {100 * np.mean(happened):3.0f} %")

# %% [markdown]
# Whoever picks the best player, or the best moment, finds "proof" in one class in three that
# guesses, or in one in four. Whoever looks once finds it in one in twenty, as agreed.

# %% [markdown]
# ## What goes wrong
#
# A measure is only as good as what you feed it. The most common slip: real and generated
# pictures on different scales, here $[0, 1]$ for the real ones and $[-1, 1]$ otherwise.
#
# **Predict.** Real pictures on the wrong scale against a trained GAN on the right one: which
# gets the better distance?

# %%
new_real = held_out_images[:n_real]
for name, images in (
    ("real, on the right scale", new_real),
    ("real, on the wrong scale", (new_real + 1) / 2),
    ("generated, the right scale", draw(average, n_real)),
):
    print(f"{name:27} {frechet_of(reference, features_of(images)):8.1f}")

# %% [markdown]
# On the wrong scale real pictures lose against a trained GAN's, and nothing raised an error.
# Before you believe any distance, measure real against real through the very same code.

# %% [markdown]
# ## Key points
#
# - A GAN's loss compares it with its own discriminator. It does not rank generators.
# - Fréchet: one number, easy, biased by the number of samples. Kernel: no bias, with an error.
# - Report precision with recall or coverage: alone it can be perfect for noise. High precision
#   and low coverage say that something is missing. When both are low, samples are bad, and
#   coverage does not say what else is missing.
# - Report a floor (real against real), a band (several seeds), and the number of samples.
# - Being close to the training set is what distances reward, and what a copy is. Keep
#   held-out data, and say which kind of copy you have looked for.
# - When in doubt, ask people, and count their answers as a test: one number, decided on before.

# %% [markdown]
# ## Exercises
#
# **9.1 One feature.** Write the squared Fréchet distance of two Gaussians on a line, with
# means $m_1, m_2$ and standard deviations $s_1, s_2$. What is it for equal means?


# %% tags=["solution"]
def frechet_on_a_line(m1, s1, m2, s2):
    """Squared Fréchet distance of two Gaussians on a line."""
    # BEGIN SOLUTION
    # STUB: return ...
    return (m1 - m2) ** 2 + (s1 - s2) ** 2
    # END SOLUTION


# %% tags=["check", "nbval-check-output"]
checks.check(
    "9.1",
    frechet_on_a_line,
    {
        "9 for the means and 16 for the deviations": lambda f: checks.same(
            f(0.0, 1.0, 3.0, 5.0), 25, rtol=0.01
        ),
        "0 for equal Gaussians": lambda f: checks.same(f(2, 3, 2, 3), 0, atol=0.01),
        "as the formula for matrices": lambda f: checks.same(
            f(1.0, 2.0, 4.0, 0.5),
            metrics.frechet_distance(
                metrics.Gaussian(np.array([1.0]), np.array([[4.0]])),
                metrics.Gaussian(np.array([4.0]), np.array([[0.25]])),
            ),
            rtol=0.01,
        ),
    },
    {
        "it is the squared distance: take no root.": lambda f: f(0, 1, 3, 5) == 5,
        "square both differences.": lambda f: f(0, 1, 3, 5) == 7,
        "where are the deviations?": lambda f: checks.same(f(0, 1, 0, 5), 0),
        "where are the means?": lambda f: checks.same(f(0, 1, 3, 1), 0),
        "a deviation is the root of a variance.": lambda f: (
            checks.same(f(0, 1, 0, 4), 1) or checks.same(f(0, 1, 0, 4), 225)
        ),
    },
)

# %% [markdown] tags=["solution"]
# For equal means it is $(s_1 - s_2)^2$: only the widths differ.

# %% [markdown]
# **9.2 Coverage by hand.** Write the share of real balls (to the $k$-th neighbour among the
# real samples) that hold at least one generated sample. Test it against the package.


# %% tags=["solution"]
def coverage(real, fake, k=5):
    """Share of the real samples' balls that hold a generated sample."""
    # BEGIN SOLUTION
    # STUB: return ...
    radius = np.sort(cdist(real, real), axis=1)[:, k]
    return np.mean((cdist(real, fake) < radius[:, None]).any(axis=1))
    # END SOLUTION


# %% tags=["check", "nbval-check-output"]
line, two = np.array([[0.0], [1.0], [3.0], [7.0], [15.0]]), np.array([[0.5], [20.0]])
some = np.random.default_rng(4).normal(size=(80, 2))
some_real, some_fake = some[:50], 1 + some[50:] / 2
checks.check(
    "9.2",
    coverage,
    {
        "on a line, k = 1: the balls of 0, 1 and 15": lambda f: checks.same(
            f(line, two, 1), 3 / 5
        ),
        "1 for the real samples": lambda f: checks.same(f(some_real, some_real), 1),
        "0 for samples far away": lambda f: checks.same(
            f(some_real, some_fake + 99), 0
        ),
        "as the package has it": lambda f: checks.same(
            f(some_real, some_fake), metrics.density_coverage(some_real, some_fake)[1]
        ),
    },
    {
        "the nearest real sample to each is itself: skip it.": lambda f: checks.same(
            f(line, two, 1), 0
        ),
        "balls around the real samples, and the share of these.": lambda f: checks.same(
            f(line, two, 1), 1
        ),
        "a share: divide by the number of balls.": lambda f: f(line, two, 1) == 3,
        "this is density: a ball counts once.": lambda f: f(line, two, 1) == 1.5,
    },
)

# %% [markdown]
# **9.3 How many must be right?** A class of 25 answers 12 pairs each. How many right answers
# are so many that a coin would get as many *or more* with a probability below `level`, here
# one in twenty?


# %% tags=["solution"]
def answers_needed(asked, level=0.05):
    """Fewest right answers whose chance probability is below `level`."""
    # BEGIN SOLUTION
    # STUB: return ...
    for correct in range(asked + 1):
        if metrics.chance_p_value(correct, asked) < level:
            return correct
    # END SOLUTION


# %% tags=["check", "nbval-check-output"]
checks.check(
    "9.3",
    answers_needed,
    {
        "10 of 12": lambda f: checks.same(f(12), 10),
        "5 of 5": lambda f: checks.same(f(5), 5),
        "165 of 300 for the class": lambda f: checks.same(f(300), 165),
        "11 of 12 at the level 0.01": lambda f: checks.same(f(12, 0.01), 11),
        "171 of 300 at the level 0.01": lambda f: checks.same(f(300, 0.01), 171),
    },
    {
        "a number of answers, no share.": lambda f: 0 < f(12) < 1,
        "so many *or more*: add up.": lambda f: f(300) in (0, 150),
        "so many or more: the number itself belongs to it.": lambda f: f(300) == 164,
        "the normal curve is too rough for 12.": lambda f: f(12) == 9,
        "one side only: many right answers, not few.": lambda f: f(300) == 168,
        "`level` does not count yet.": lambda f: f(12, 0.01) == f(12),
    },
)

# %% [markdown] tags=["solution"]
# One student must get 83 % right, a class of 25 only 55 %: many answers make small
# differences visible.

# %% [markdown]
# ## References
#
# - L. Theis, A. van den Oord and M. Bethge, *A note on the evaluation of generative models*,
#   2016: why good samples, likelihood and loss are different things.
# - M. Heusel et al., *GANs trained by a two time-scale update rule*, 2017: the Fréchet
#   distance over features. Theirs come from another network; never compare across networks.
# - M. Bińkowski et al., *Demystifying MMD GANs*, 2018: the kernel distance.
# - T. Kynkäänniemi et al., *Improved precision and recall metric*, 2019.
# - M. F. Naeem et al., *Reliable fidelity and diversity metrics*, 2020: density, coverage.
# - D. Lopez-Paz and M. Oquab, *Revisiting classifier two-sample tests*, 2017.
