# ---
# title: Start here
# minutes: 1
# teaching: 20
# prerequisites: Python, and how to run a cell of a notebook (Shift+Enter).
# ---

# %% [markdown]
# ## Questions
#
# - Can two tiny networks learn to draw a heart in ten seconds?
# - What is in the course, and what builds on what?
# - Is this machine ready for it, and how long will each lesson take here?
# - Who decides how much a lesson computes?
#
# **You will be able to** say who learns what from whom in a GAN, find your way through the
# lessons, say what works on your machine and mend what does not, choose a budget, and read
# what an exercise's check tells you.

# %% [markdown]
# ## Setup
#
# The first code cell finds the course's helpers, the next one looks at the versions. If a line
# says *does not fit*, do what it says before you go on; *should work* is no reason to wait.
# **Tested** means that the course's tests ran on exactly this version.

# %% tags=["setup"]
from gan_helpers import course

for package, found, verdict in course.check_versions():
    print(f"{package:11} {found:8} {verdict}")

# %% tags=["setup"]
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from ipywidgets import IntSlider, interact

from gan_helpers import checks, data, diagrams, plotting, settings, training
from gan_helpers.taught import quadratic

plotting.set_style()

# %% [markdown]
# ## Settings
#
# Every lesson has this section. What a **budget** and a **seed** are you will see after the
# first GAN.

# %%
SEED = 0
ITERATIONS = settings.budget(fast=2_000, laptop=10_000, full=10_000)
settings.set_seed(SEED)
course.announce_budget("00")
print("budget:", settings.budget_name())
print("GPU:", len(tf.config.list_physical_devices("GPU")) or "none, and none is needed")

# %% [markdown]
# ## A GAN in ten seconds
#
# A **generator** turns random numbers, the noise, into points. A **discriminator** says
# whether a point is real or generated. Each trains against the other, and the generator
# never sees a real point.
#
# Here and in all lessons a question comes before what may surprise you: double-click it,
# write your prediction below it in the same cell, and press Shift+Enter before you go on.

# %%
diagrams.draw_gan(data="points on a heart", sample="generated points")
plt.show()

# %% [markdown]
# **Figure 0.1.** Who passes what to whom: data forward (solid), gradients back (dashed).
# All that the generator learns comes to it through the discriminator.
#
# The real points lie on a heart. The networks are those of lesson 02, with some 350 weights
# each; there you will build them and write the training step yourself. Here they come
# ready-made. Training them takes about ten seconds on two cores.
#
# **Predict.** At first the generator puts all its points into one small heap. What will it
# do on the way to the heart: grow into it, trace its outline, or something else?


# %%
def sample_heart(n, seed):
    """n points (n, 2) on a heart; seed is a pair of integers."""
    angle = tf.random.stateless_uniform((n, 1), seed, 0, 2 * np.pi, alg="philox")
    x = 16 * tf.sin(angle) ** 3
    y = 13 * tf.cos(angle) - 5 * tf.cos(2 * angle)
    y -= 2 * tf.cos(3 * angle) + tf.cos(4 * angle)
    return tf.concat([x, y], axis=1) / 10


def train(sample):
    """New networks, trained on points from `sample`: (discriminator, history)."""
    settings.set_seed(SEED)
    generator = quadratic.make_generator()
    discriminator = quadratic.make_discriminator()
    steps = quadratic.make_steps(generator, discriminator)
    noise = quadratic.sample_noise(400, [3, 0])
    history = training.fit(
        quadratic.make_train_step(*steps, sample=sample),
        ITERATIONS,
        snapshot=lambda: generator(noise).numpy(),
        snapshot_every=250,
        jit_compile=True,
    )
    return discriminator, history


# %%
discriminator, history = train(sample_heart)


# %%
def show_snapshot(place, ax, sample=sample_heart, history=history):
    """Draw real points, and the generated ones of one snapshot, 150 of each."""
    iteration, points = history.snapshots[place]
    plotting.plot_points(sample(150, [9, 9]), points[:150], ax=ax)
    ax.set(title=f"{iteration:,} steps", xlabel="x", aspect="equal")
    ax.set(xlim=(-3, 3), ylim=(-3, 3))


def show_four(sample=sample_heart, history=history):
    """Draw four snapshots beside each other, from the first to the last."""
    fig, axes = plt.subplots(1, 4, figsize=(7, 2.7), sharey=True)
    for ax, place in zip(axes, [0, 1, 4, -1], strict=True):
        show_snapshot(place, ax, sample, history)
    axes[0].set_ylabel("y")
    marks = axes[0].get_legend_handles_labels()
    fig.legend(*marks, loc="outside lower center", ncols=2)


show_four()
plt.show()

# %% [markdown]
# **Figure 0.2.** Real points (blue circles) and generated ones (orange crosses), before,
# during and after training. The heap is thrown over the heart as a loose cloud, inside and
# out, and the cloud draws close to the outline; some strays remain.
#
# How close, as a number? Count the generated points that lie near the outline: nearer than
# 0.15, on a heart that is 3.2 wide.

# %%
outline = sample_heart(2000, [8, 8]).numpy()
for iteration, points in history.snapshots[::8]:
    distances = np.linalg.norm(points[:, None] - outline, axis=2).min(axis=1)
    print(f"{iteration:6,} steps: {np.mean(distances < 0.15):4.0%} near the outline")

# %% [markdown]
# The whole story as a film. What a lesson writes goes into a folder `outputs` beside it, or
# wherever `GAN_OUTPUT_DIR` says: this one leaves `00_start_here/heart.gif` there. (On Colab
# that folder vanishes with the session: download what you want to keep.)


# %%
def draw_frame(place):
    fig, ax = plt.subplots(figsize=(3.2, 3.2))
    show_snapshot(place, ax)
    return plotting.figure_to_frame(fig)


frames = [draw_frame(place) for place in range(len(history.snapshots))]
folder = settings.output_dir("00_start_here")
plotting.save_animation(folder / "heart.gif", frames, fps=6)
plotting.show_animation(frames, fps=6)

# %% [markdown]
# **Figure 0.3.** The training of the heart as a film, a frame every 250 steps. Most points come near the
# outline early; the last strays take much longer.
#
# ## Are the widgets alive?
#
# The next cell gives you a slider, with which you move through the training, and below it a
# line that starts with ✓.
#
# | what you see | what it means | what to do |
# | --- | --- | --- |
# | a slider that redraws the points, and ✓ | all is well | play |
# | nothing, or a word like `interactive(…)` | this page only shows saved notebooks | nothing: each widget has a figure beside it, here Figure 0.3; or open it in JupyterLab or Colab |
# | a slider that changes nothing, or a line that starts with … | the kernel is busy, or gone | wait until no cell runs, then restart the kernel and run all |
# | *Error displaying widget* | page and kernel have different versions | reload the page; then start with `make lab` |


# %%
@interact(place=IntSlider(0, 0, len(frames) - 1, description="snapshot"))
def scrub(place):
    show_snapshot(place, plt.subplots(figsize=(3.6, 3.6))[1])


course.show_live_check()

# %% [markdown]
# ## The map of the course
#
# One picture for each lesson. That of this lesson is the heart you trained, and that of lesson
# 03 shows what your discriminator *feels* about its points: two numbers that it works out for
# each. The others are made here and now, without training: the formula $p/(p+q)$ of lesson 01,
# the data of lessons 02, 04 to 07, a generator that has found one of eight places (08), one that
# reaches half of the data (09), a path that winds in where it would circle (10), clothes sorted by
# kind (11), and a made-up table of settings, darker where more runs would succeed (12).


# %%
def show_features(ax):
    """Two features of real and generated points, as the discriminator sees them."""
    layer = discriminator.get_layer("features")
    features = keras.Model(discriminator.inputs, layer.output)
    real_points, fake_points = sample_heart(40, [9, 9]), history.snapshots[-1][1][:40]
    plotting.plot_points(features(real_points), features(fake_points), ax=ax)


def show_heart(ax):
    plotting.plot_points(None, history.snapshots[-1][1][:150], ax=ax)


course.draw_map({"00": show_heart, "03": show_features})
plt.show()

# %% [markdown]
# **Figure 0.4.** The lessons: what each is about, and how many minutes its cells run on two
# cores. An arrow leads from a lesson to those that build directly on it. Taken by number, no lesson
# comes before one that it needs; the arrows show what you may leave out.

# %% [markdown]
# ## Budgets and seeds
#
# How much a lesson computes is decided in its Settings, and you decide there which of three
# **budgets** is used, with the environment variable `GAN_BUDGET`:
#
# | budget | what you get | how to choose it |
# | --- | --- | --- |
# | `fast` | a check that everything runs, under a minute a lesson | `GAN_BUDGET=fast make lab` |
# | `laptop` | results worth looking at, in minutes and without a GPU | the default |
# | `full` | the size of the original tutorials; hours without a GPU | `GAN_BUDGET=full make lab` |
#
# Or run `%env GAN_BUDGET=fast` in a cell of its own before Settings, as on Colab. There,
# *Runtime › Change runtime type* gives you a GPU; the budget stays `laptop` until you ask
# for more. In the code the three values stand beside each other, as in
# `settings.budget(fast=2_000, laptop=10_000, full=10_000)` above: you see what another budget
# would give you.
#
# The **seed** sets the random numbers of Python, NumPy and TensorFlow at once. Draw after seed 0,
# again after seed 0, and after seed 1.
#
# **Predict.** Which of the draws agree?


# %% tags=["nbval-check-output"]
def draw(seed):
    settings.set_seed(seed)
    return np.random.rand(), float(tf.random.normal(()))


print("seed 0 and seed 0 again:", "agree" if draw(0) == draw(0) else "differ")
print("seed 0 and seed 1:", "agree" if draw(0) == draw(1) else "differ")

# %% [markdown]
# So you can run a lesson twice and see the same. Another processor may differ in the last
# digits, and training makes such differences grow: expect the same story, not the same
# digits.
#
# ## The data on this machine
#
# The first lessons make their own points, the later ones need pictures. A lesson looks for
# them in this order, and says in words and in its figures when it uses a stand-in:
#
# 1. **local**: the folder that `GAN_DATA_DIR` names, or Debian's folder for data sets. For a
#    class, put the official files into a shared folder once; `data/README.md` lists them.
# 2. **cached**: downloaded by an earlier run, and checked again each time.
# 3. **download**: from the official host, at first use. Lesson 04 asks for SVHN and lesson 07
#    for CIFAR-10 at every budget, lesson 05 for Fashion-MNIST's 60,000 training pictures at
#    `full` only. It says which host it asks; where there is no network, it gives up within
#    seconds.
# 4. a **stand-in**, bundled or drawn by the course: every lesson runs without a network.
#
# The next cell asks without downloading anything, and takes two seconds at most for the
# network.

# %%
course.show_table(["data", "lesson", "where"], course.find_data())

# %% [markdown]
# The answer belongs to your machine, so a saved page leaves it out. Where there is neither a
# file nor a network, it says that synthetic house numbers will stand in for SVHN, the 10,000
# test pictures for the 60,000 of Fashion-MNIST, and synthetic ships for CIFAR-10; the flags
# are bundled. Where there is a network, it says how many MB a download takes.
#
# ## The speed of this machine
#
# The minutes of each lesson were taken on two cores without a GPU, at the `laptop` budget.
#
# To scale the minutes to your machine, time two small pieces of work: some training steps of
# lesson 02 (**dense** layers) and of lesson 05 (**convolutions**). If yours takes 1.5 times
# as long, so will the lesson, roughly: other programs, heat and a battery change it from
# minute to minute.

# %%
speed = course.measure_speed()
rows = [
    (
        f"{lesson.number} {lesson.title}",
        f"{lesson.minutes} min",
        f"{speed[lesson.work]:.1f} ({lesson.work})",
        f"{course.expected_minutes(lesson, speed):.1f} min",
    )
    for lesson in course.LESSONS
]
course.show_table(["lesson", "on two cores", "times as long", "on this machine"], rows)

# %% [markdown]
# This, too, is left out of a saved page. On the two cores that the minutes were taken on, all
# factors are 1.0 and the last column repeats the second. The course keeps what it found: from
# now on each lesson says at its start how many minutes `full` takes *here*. Where a lesson has
# long work to do, it times a step of its own first, and tells you.

# %% [markdown]
# ## What goes wrong
#
# | what you see | what to do |
# | --- | --- |
# | `ModuleNotFoundError: gan_helpers` | run the first cell, and do what it says |
# | `NameError: … is not defined` | a cell above was skipped: restart the kernel and run all |
# | it takes much longer than the table says | interrupt the kernel; set `GAN_BUDGET=fast`, restart, run all |
# | a download that fails or hangs | nothing: a stand-in takes over; or set `GAN_DATA_DIR` |
# | other digits than in the text | another processor or version; the story should be the same |
# | a loss that is `nan` | build the networks again, and lower the learning rate |
# | anything else | read the message to its end: those of the course say what to do |
#
# Try that last line on three mistakes. The first asks CIFAR-10 for a class that it does not
# have; the second draws pictures that nobody scaled; the third has a loss that is no number.
# Find in each message what was wrong, and what to do next.

# %% tags=["nbval-check-output"]
mistakes = [
    lambda: data.load_cifar10(class_name="boat"),
    lambda: plotting.plot_images(np.full((1, 28, 28, 1), 255)),
    lambda: training.check_finite(np.array([[1.386, 0.693], [1.2, np.nan]])),
]
for mistake in mistakes:
    try:
        mistake()
    except (data.DataError, ValueError, ArithmeticError) as error:
        print(f"{type(error).__name__}: {error}\n")

# %% [markdown]
# ## Key points
#
# - A generator learns from the discriminator alone, and it can learn a heart in seconds.
# - `GAN_BUDGET` decides how much a lesson computes: `fast`, `laptop` or `full`.
# - `GAN_DATA_DIR` is where your data are, `GAN_OUTPUT_DIR` where your results go. Nothing
#   needs a network.
# - One seed a lesson: the same run twice on one machine, the same story on another.
# - Stop at each **Predict** and commit to an answer. You learn most where you were wrong.

# %% [markdown]
# ## Exercises
#
# Each exercise ends with a cell that checks your answer, in one line: ○ while it is open,
# ✗ with the first thing that does not hold, ✓ when all is well. It never stops the lesson.
# The solved notebook is linked at the top (on the web site each solution is folded under its
# exercise).
#
# **0.1 How long will it take?** A machine takes `dense` times as long as the reference for
# lessons whose `.work` is `"dense"`, and `convolution` times as long for the others. How many
# minutes do some lessons take on it together? (Each has its `.minutes`.)


# %% tags=["solution"]
def total_minutes(lessons, dense, convolution):
    """Minutes that a list of lessons takes on a machine with these two factors."""
    # BEGIN SOLUTION
    # STUB: return ...
    factors = {"dense": dense, "convolution": convolution}
    return sum(lesson.minutes * factors[lesson.work] for lesson in lessons)
    # END SOLUTION


# %% tags=["check", "nbval-check-output"]
some = [
    course.Lesson("20", "points", minutes=5),
    course.Lesson("21", "pictures", minutes=10, work="convolution"),
]
checks.check(
    "0.1",
    total_minutes,
    {
        "15 on the reference machine": lambda f: checks.same(f(some, 1, 1), 15),
        "20 where convolutions take half and the rest three times as long": lambda f: (
            checks.same(f(some, 3, 0.5), 20)
        ),
        "0 for no lesson": lambda f: checks.same(f([], 2, 2), 0),
    },
    {
        hint: lambda f, found=found: checks.same(f(some, 3, 0.5), found)
        for hint, found in {
            "the two factors have changed places.": 32.5,
            "multiply: 3 means three times as long.": 5 / 3 + 20,
            "each lesson has its own kind of `.work`.": 45,
            "each lesson takes one of the factors, not both.": 52.5,
            "together: the sum, not the mean.": 10,
        }.items()
    },
)

# %% [markdown]
# **0.2 Your own curve.** Write `sample_circle` in the manner of `sample_heart`: n points on
# the circle of radius 1, all the way round. Training compiles it: use TensorFlow's random
# numbers, drawn from `seed`. Then train on it, with the same networks, and look. What else
# could you draw?


# %% tags=["solution"]
def sample_circle(n, seed):
    """n points (n, 2) on the circle of radius 1; seed is a pair of integers."""
    # BEGIN SOLUTION
    # STUB: return ...
    angle = tf.random.stateless_uniform((n, 1), seed, 0, 2 * np.pi, alg="philox")
    return tf.concat([tf.cos(angle), tf.sin(angle)], axis=1)
    # END SOLUTION


# %%
def draw_compiled(sample, seed):
    """1000 points as training draws them: compiled, the iteration a tensor."""
    draw = tf.function(lambda iteration: sample(1000, [seed[0], iteration]))
    return draw(tf.constant(seed[1]))


def count_quarters(points):
    """How many of the points (n, 2) lie in each quarter of a turn: (4,)."""
    x, y = np.transpose(points)
    return np.histogram(np.arctan2(y, x), bins=4, range=(-np.pi, np.pi))[0]


def repeats(sample):
    """Whether two seeds that differ in one number give the same points."""
    return any(
        checks.same(sample(9, [1, 0]), sample(9, seed)) for seed in ([1, 1], [2, 0])
    )


# %% tags=["check", "nbval-check-output"]
checks.check(
    "0.2",
    sample_circle,
    {
        "shape (1000, 2)": lambda f: checks.same(f(1000, [1, 0]).shape, (1000, 2)),
        "at distance 1 from the origin": lambda f: checks.same(
            np.linalg.norm(f(1000, [1, 0]), axis=1), np.ones(1000)
        ),
        "all the way round: a sixth or more in each quarter": lambda f: (
            count_quarters(f(1000, [1, 0])).min() > 1000 / 6
        ),
        "the same for the same seed, compiled too, where NumPy cannot run": lambda f: (
            checks.same(draw_compiled(f, [1, 5]), f(1000, [1, 5]))
        ),
        "other points for another seed": lambda f: not repeats(f),
    },
    {
        "a full turn is 2π.": lambda f: count_quarters(f(1000, [1, 0])).min() == 0,
        "draw from `seed`: two calls differ.": lambda f: (
            not checks.same(f(9, [1, 0]), f(9, [1, 0]))
        ),
        "both numbers of `seed` count.": repeats,
    },
)

# %% tags=["solution"]
# BEGIN SOLUTION
# STUB: # Train on sample_circle, and draw four snapshots with show_four.
_, circle_history = train(sample_circle)
show_four(sample_circle, circle_history)
# END SOLUTION

# %% [markdown]
# ## References
#
# - I. Goodfellow et al., *Generative adversarial nets*, 2014: where it began.
# - M. Kahng et al., *GAN Lab: understanding complex deep generative models using
#   interactive visual experimentation*, 2019: two-dimensional GANs as a way to see one learn.
