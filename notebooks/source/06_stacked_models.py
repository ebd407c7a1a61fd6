# ---
# title: Stacked models
# minutes: 4
# teaching: 65
# optional: 20
# prerequisites: Lessons 02 (losses, one step with tapes) and 05 (its training step).
# taught: pictures
# ---

# %% [markdown]
# ## Questions
#
# - Can you train a GAN with nothing but `compile` and `train_on_batch`?
# - Which network moves in which call, and what decides it?
# - Why does the recipe of many old tutorials no longer train its discriminator?
# - Can a GAN learn to draw flags from 258 of them?
#
# **You will be able to** stack a generator and a discriminator in Keras, find out by
# measurement what each call trains, rewrite the stack with gradient tapes, and train a
# classic GAN of flags: its original to the parameter, and a thin one for minutes of a laptop.
#
# ## Setup
#
# The tiny networks of lesson 02 will serve as test animals.

# %% tags=["setup"]
from functools import partial

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from ipywidgets import FloatSlider, IntSlider, interact
from keras import layers
from PIL import Image
from tqdm.auto import tqdm

from gan_helpers import (
    checks,
    clinic,
    course,
    data,
    diagrams,
    generators,
    losses,
    metrics,
    plotting,
    settings,
    training,
)
from gan_helpers.taught import augmentation, fashion
from gan_helpers.taught.quadratic import make_discriminator, make_generator, make_steps

plotting.set_style()
tf.get_logger().setLevel("ERROR")  # many small models are traced here on purpose

# %% [markdown]
# ## Settings
#
# `full` is the size of the original: on two cores 2.5 seconds an iteration, which makes 8
# hours, so it is for a GPU. `laptop` keeps its layers and takes a sixteenth, the *width*,
# of its filters.
#
# The long trainings save themselves into the folder `outputs` once a minute. With
# `RESUME = True` they go on from there, after a restart of the kernel, too. With `False` they
# start anew, and what was saved before is moved aside. Set it back to `False` before you
# change anything, the pictures included.

# %%
SEED = 0
BATCH_SIZE = 32
WIDTH = settings.budget(fast=1 / 16, laptop=1 / 16, full=1)
ORIGINAL_STEPS = settings.budget(fast=4, laptop=300, full=11_300)
LOOKS = settings.budget(
    fast=(0, 2, 4), laptop=(0, 50, 100, 300), full=(100, 300, 1_300, 11_300)
)
LOOK_EVERY = settings.budget(fast=2, laptop=50, full=100)
FLAG_FILTERS = settings.budget(fast=(32, 16), laptop=(128, 96), full=(128, 96))
FLAG_STEPS = settings.budget(fast=8, laptop=5_000, full=20_000)
SHORT_STEPS = settings.budget(fast=5, laptop=60, full=200)
RESUME = False
FOLDER = settings.output_dir("06_stacked_models")
settings.set_seed(SEED)
course.announce_budget("06")

# %% [markdown]
# ## The idea
#
# Keras trains *one* model with *one* loss, and a GAN has two of each. The classic way out:
# train D as a model of its own; then put G and D end to end into a second model, the
# **stack**, from noise to D's answer, and train the stack to answer "real". D must hold
# still meanwhile, or it would learn to call everything real.

# %%
diagrams.draw_gan(data="real pictures", sample="generated pictures")
plt.show()

# %% [markdown]
# **Figure 6.1.** The stack is the lower row and its way through D: noise, G, pictures, D.
# D belongs to two models, with one and the same set of weights.
#
# ## Who moves?
#
# Everything hangs on who holds still, so measure it. A network has moved if any of its
# weights is different after a call.


# %%
def who_moves(generator, discriminator, call):
    """Which of the two networks have other weights after call()."""
    before = generator.get_weights(), discriminator.get_weights()
    call()
    found = []
    for name, network, old in zip(
        "GD", (generator, discriminator), before, strict=True
    ):
        pairs = zip(old, network.get_weights(), strict=True)
        if any(not np.array_equal(a, b) for a, b in pairs):
            found.append(name)
    return " and ".join(found) or "nobody"


# %% [markdown]
# The old recipe in a function: compile D, freeze it (`trainable = False`), stack, compile
# the stack. It returns the two networks, and one call of `train_on_batch` for each model.
# (What they are trained on does not matter here.)

# %%
BINARY = keras.losses.BinaryCrossentropy(from_logits=True)
POINTS = np.random.default_rng(SEED).normal(size=(8, 2)).astype("float32")
ONES = np.ones((8, 1), "float32")


def stack_the_old_way(freeze=True, use_d_first=False):
    """Compile D, freeze it or not, stack: (G, D, D's call, the stack's call)."""
    generator, discriminator = make_generator(), make_discriminator()
    discriminator.compile("rmsprop", BINARY)
    if use_d_first:
        discriminator.train_on_batch(POINTS, ONES)
    discriminator.trainable = not freeze
    stack = keras.Sequential([generator, discriminator])
    stack.compile("rmsprop", BINARY)

    def d_call(n=8):
        return discriminator.train_on_batch(POINTS[:n], ONES[:n])

    def stack_call(n=8):
        return stack.train_on_batch(POINTS[:n], ONES[:n])

    return generator, discriminator, d_call, stack_call


# %% [markdown]
# Three ways to keep D still: **(a)** freeze it once, as above; **(b)** set `trainable`
# before *every* call; **(c)** no stack at all, but the two tapes of lesson 02, each with
# the variables of one network. And, for comparison, nothing frozen.


# %%
def toggle(discriminator, trainable, call):
    """A call with D's `trainable` set for it."""
    discriminator.trainable = trainable
    return call()


# %%
nothing, frozen = stack_the_old_way(freeze=False), stack_the_old_way()
g, d, d_call, stack_call = stack_the_old_way(freeze=False)
toggled = g, d, partial(toggle, d, True, d_call), partial(toggle, d, False, stack_call)
g, d = make_generator(), make_discriminator()
d_step, g_step = make_steps(g, d)
tapes = g, d, partial(d_step, POINTS, POINTS), partial(g_step, POINTS)

# %% [markdown]
# **Predict.** Fill in the table before you run the cell: who moves in D's call, and who in
# the stack's?

# %%
names = "nothing frozen", "(a) freeze once", "(b) toggle", "(c) tapes"
table = {
    name: [who_moves(g, d, call) for call in calls]
    for name, (g, d, *calls) in zip(
        names, (nothing, frozen, toggled, tapes), strict=True
    )
}

# %% tags=["nbval-check-output"]
print(f"{'':16} {'D call':8} stack call")
for name, (in_d_call, in_stack_call) in table.items():
    print(f"{name:16} {in_d_call:8} {in_stack_call}")

# %% [markdown]
# With nothing frozen, the stack's call moves D too: it undoes what D has learnt. Ways (b)
# and (c) do what you want. And way (a), the recipe of many tutorials, moves **nobody** in
# D's call. No error; one warning, easily lost among others. (The build of this page leaves
# warnings out: run the cell above to read it.)
#
# ## The frozen discriminator
#
# What made that recipe work for years? Keras 2 noted at `compile` which weights were
# trainable. Keras 3 looks when a step is **traced**: at the first call, `train_on_batch`
# is turned into a graph, and what is frozen then stays frozen in that graph.
#
# **Predict.** Then one call *before* the freeze should save D. Will it also hold for a
# batch of another size, such as the last, smaller batch of an epoch?

# %%
g, d, d_call, stack_call = stack_the_old_way(use_d_first=True)
in_turn = [(n, who_moves(g, d, partial(d_call, n))) for n in (8, 5, 8)]

# %% tags=["nbval-check-output"]
for n, moved in in_turn:
    print(f"D's call with {n} points moves {moved}")

# %% [markdown]
# The same line of code trains D, does nothing, and trains D again, depending on the size
# of the batch: a new shape is traced anew, now with D frozen. So do not rely on the order
# of `compile` and freeze: **set `trainable` before every call**, as (b) does, or take tapes,
# where the list of variables stands in the code. And whichever you take, test who moves.
#
# ## Flags
#
# The first original draws flags: grey pictures of 64×64, scaled to $[0, 1]$ because its
# generator ends in a sigmoid. There are 258 pictures, 250 of them different: some
# territories fly another country's flag.

# %%
flags = data.load_flags(grey=True)
flag_images = (flags.scaled() + 1) / 2
print(flags.describe())
plotting.plot_images(2 * flag_images[:48] - 1, columns=8, title=flags.title)
plt.show()

# %% [markdown]
# **Figure 6.2.** Forty-eight of the flags, in grey. They wave, all in the same way: nearly all
# have the same outline (a few, such as Switzerland's, are narrower), and the differences lie
# inside.
#
# The generator sets out from 100 random numbers between 0 and 1. A dense layer makes feature
# maps of 16×16, each pixel is repeated four times in both directions, two convolutions of 3×3
# smooth the result, and one of 1×1 makes a picture of the maps. `width` scales all numbers of
# filters.


# %%
def make_flag_generator(width=1):
    """Noise (n, 100) to pictures (n, 64, 64, 1) in [0, 1]."""
    maps, first, second = (round(n * width) for n in (100, 64, 32))
    return keras.Sequential(
        [
            keras.Input((100,)),
            layers.Dense(16 * 16 * maps, kernel_initializer="glorot_normal"),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Reshape((16, 16, maps)),
            layers.UpSampling2D(4),
            layers.Dropout(0.5),
            layers.Conv2D(first, 3, padding="same"),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Dropout(0.5),
            layers.Conv2D(second, 3, padding="same"),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Dropout(0.5),
            layers.Conv2D(1, 1, activation="sigmoid"),
        ],
        name="generator",
    )


# %% [markdown]
# The discriminator has two large convolutions *without* stride, so that its first dense
# layer gets 64·64·64 inputs: nearly all of its parameters are there.


# %%
def make_flag_discriminator(width=1, filters=(128, 64)):
    """Pictures (n, 64, 64, 1) to two probabilities (n, 2): generated, real."""
    first, second, units = (round(n * width) for n in (*filters, 32))
    return keras.Sequential(
        [
            keras.Input((64, 64, 1)),
            layers.Conv2D(first, 5, padding="same", activation="relu"),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Dropout(0.25),
            layers.Conv2D(second, 5, padding="same", activation="relu"),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Dropout(0.25),
            layers.Flatten(),
            layers.Dense(units),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Dropout(0.25),
            layers.Dense(2, activation="softmax"),
        ],
        name="discriminator",
    )


# %% [markdown]
# Build both, stack them, and count. With D frozen only G's weights count as trainable.


# %% tags=["taught", "no-slide"]
def count(weights):
    return sum(int(np.prod(weight.shape)) for weight in weights)


# %% tags=["taught", "no-slide"]
def count_parameters(generator, discriminator):
    """Print all and trainable parameters of G, D, and the stack with D frozen."""
    trainable, discriminator.trainable = discriminator.trainable, False
    stack = keras.Sequential([generator, discriminator])
    for name, network in [("G", generator), ("stack", stack)]:
        own = count(network.trainable_weights)
        print(f"{name:6} {network.count_params():10,}, trainable {own:10,}")
    print(f"D      {discriminator.count_params():10,}")
    discriminator.trainable = trainable


# %% tags=["nbval-check-output"]
count_parameters(make_flag_generator(), make_flag_discriminator())

# %% [markdown]
# These are the numbers of the original's printed summary. Its *code*, as published, says
# 256 and 128 filters in D, which would give 17,603,298 parameters: the two do not belong
# to the same run. A second slip: it gives each convolution a ReLU and adds a leaky ReLU.
#
# **Predict.** What does a leaky ReLU do to the output of a ReLU?

# %% tags=["nbval-check-output"]
as_in_code = make_flag_discriminator(filters=(256, 128))
print(f"as in the code: {as_in_code.count_params():,}")
x = np.linspace(-3, 3, 601, dtype="float32")
relu = layers.ReLU()(x)
print("changed by the leaky ReLU:", np.any(layers.LeakyReLU()(relu) != relu))

# %% [markdown]
# Nothing: after a ReLU there is no negative value left to leak. D's convolutions run on plain
# ReLUs, whose units pass no gradient where they are off. (Its dense layer does leak.)
#
# ## Labels in two columns
#
# This D ends in a *softmax* over two outputs, generated and real, and its labels are rows
# such as $(0, 1)$. That is the yes-or-no question of lesson 02 in other clothes: softmax
# over $(a, b)$ gives "real" the probability $\sigma(b - a)$.

# %% tags=["nbval-check-output"]
TWO_COLUMNS = keras.losses.CategoricalCrossentropy()
a, b = np.random.default_rng(SEED).normal(size=(2, 1000)).astype("float32")
softmax = tf.nn.softmax(np.stack([a, b], axis=1))[:, 1]
print("softmax = sigmoid:", np.allclose(softmax, tf.sigmoid(b - a), atol=1e-6))
guess = np.full((2, 2), 0.5, "float32")
print(f"loss of a guess: {TWO_COLUMNS(np.eye(2, dtype='float32'), guess):.3f} = ln 2")

# %% [markdown]
# D learns from one mixed batch, half real and half generated, and the loss is a mean over
# both halves. So D's equilibrium is ln 2 = 0.693 here, not 2 ln 2.
#
# Two checks before any training. Labels may be softened, and softening is where signs go
# wrong: a label is a probability, so one that is none is refused. And pictures must be of
# the size that D takes. Both name the value and the remedy.


# %% tags=["taught"]
def check_labels(labels):
    """The labels as they are; ValueError if one lies outside [0, 1]."""
    low, high = np.min(labels), np.max(labels)
    if not 0 <= low <= high <= 1:
        raise ValueError(
            f"Labels go from {low:g} to {high:g}, expected [0, 1]: the cross-entropy "
            "has no minimum for others. Add noise to a 0, subtract it from a 1."
        )
    return labels


def check_images(images, discriminator):
    """ValueError if pictures (n, h, w, c) are not of the size that D takes."""
    found, expected = tuple(images.shape[1:]), discriminator.input_shape[1:]
    if found != expected:
        color = "grey" if expected[-1] == 1 else "colour"
        raise ValueError(
            f"One picture has shape {found}, but the discriminator takes {expected}. "
            f"Load the pictures with size={expected[0]} and in {color}."
        )


# %% [markdown]
# A *sampler* gives what one iteration needs: real pictures, noise for D's turn and for G's
# turn, and the labels of both turns. All of it follows from the iteration's number.


# %%
def make_flag_sampler(images, batch_size=BATCH_SIZE):
    """Batches for the flags; labels have two columns: generated, real."""
    batch_at = training.make_batches(images, batch_size, seed=0)
    real = check_labels(np.repeat([1, 0, 1], batch_size))
    labels = np.stack([1 - real, real], axis=1).astype("float32")

    def sample(iteration):
        noise = tf.random.stateless_uniform((2, batch_size, 100), [2, iteration])
        return batch_at(iteration), noise, labels[:-batch_size], labels[-batch_size:]

    return sample


# %% tags=["nbval-check-output"]
real_images, noise, d_labels, g_labels = make_flag_sampler(flag_images)(0)
print("pictures", real_images.shape, "noise", noise.shape)
print("labels", d_labels.shape, "from", d_labels[0], "to", d_labels[-1])
print("labels in G's turn", g_labels.shape, "all", g_labels[0])

# %% [markdown]
# ## The Keras way
#
# One iteration: let G predict pictures, train D on the mixed batch, then train the stack on
# labels that all say "real". `trainable` is set before each of the two calls.


# %%
def make_keras_step(generator, discriminator, optimizers, loss, sample):
    """One iteration by train_on_batch; optimizers is (G's, D's)."""
    check_images(sample(0)[0], discriminator)
    # Without XLA, which a GPU would take: it rounds otherwise than the tapes below.
    discriminator.compile(optimizers[1], loss, jit_compile=False)
    stacked = keras.Sequential([generator, discriminator], name="stacked")
    stacked.compile(optimizers[0], loss, jit_compile=False)

    def keras_step(iteration):
        real_images, noise, d_labels, g_labels = sample(iteration)
        fake_images = generator.predict_on_batch(noise[0])
        mixed = np.concatenate([real_images, fake_images])
        discriminator.trainable = True
        d_loss = discriminator.train_on_batch(mixed, d_labels)
        discriminator.trainable = False
        g_loss = stacked.train_on_batch(noise[1], g_labels)
        return d_loss, g_loss

    return keras_step


# %% [markdown]
# The original trains both with Adam at 0.0001. Train this way for a short stretch, behind a
# progress bar that shows both losses. (D ends up frozen, so the next run builds new ones.)


# %%
def make_flag_gan(width=WIDTH):
    """New networks and optimizers, as in the original: (G, D, optimizers)."""
    settings.set_seed(SEED)
    networks = make_flag_generator(width), make_flag_discriminator(width)
    return *networks, tuple(keras.optimizers.Adam(1e-4) for _ in networks)


# %%
sample = make_flag_sampler(flag_images)
keras_step = make_keras_step(*make_flag_gan(), TWO_COLUMNS, sample)
keras_losses = []
bar = tqdm(range(SHORT_STEPS // 4), unit="it")
for iteration in bar:
    keras_losses.append(keras_step(tf.constant(iteration)))
    bar.set_postfix_str("D {:.3f}, G {:.3f}".format(*keras_losses[-1]))
training.check_finite(np.array(keras_losses))
print("at the start: D {:.2f}, G {:.2f}".format(*keras_losses[0]))

# %% [markdown]
# `check_finite` stops at the first loss that is no number, and says which; `training.fit`
# does so by itself. Both losses start near ln 2 = 0.69, as they should: nobody knows anything yet.
#
# ## From the stack to tapes
#
# The same iteration with tapes: no stack, no `trainable`, no `predict`; instead
# `training.update`, as in lesson 02, moves the weights of the one network it is given, and
# refuses one that was left frozen. Nothing goes through Python in between,
# so that `training.fit` can compile many iterations into one call.


# %% tags=["taught"]
def make_tape_step(generator, discriminator, optimizers, loss, sample):
    """The same iteration with explicit tapes; optimizers is (G's, D's)."""
    check_images(sample(0)[0], discriminator)
    g_optimizer, d_optimizer = optimizers
    g_optimizer.build(generator.trainable_variables)
    d_optimizer.build(discriminator.trainable_variables)

    def tape_step(iteration):
        real_images, noise, d_labels, g_labels = sample(iteration)
        fake_images = generator(noise[0], training=False)
        mixed = tf.concat([real_images, fake_images], axis=0)
        with tf.GradientTape() as tape:
            d_loss = loss(d_labels, discriminator(mixed, training=True))
        training.update(d_optimizer, tape, d_loss, discriminator)
        with tf.GradientTape() as tape:
            fake_images = generator(noise[1], training=True)
            g_loss = loss(g_labels, discriminator(fake_images, training=True))
        training.update(g_optimizer, tape, g_loss, generator)
        return d_loss, g_loss

    return tape_step


# %% [markdown]
# **Predict.** Start both ways from the same weights and seeds and take one step on the same
# batch. Both networks use dropout. How far apart are the weights afterwards?

# %% tags=["nbval-check-output"]
ends = []
for make_step in (make_keras_step, make_tape_step):
    generator, discriminator, optimizers = make_flag_gan(width=1 / 16)
    step = make_step(generator, discriminator, optimizers, TWO_COLUMNS, sample)
    step(tf.constant(0))
    ends.append(generator.get_weights() + discriminator.get_weights())
largest = max(np.abs(a - b).max() for a, b in zip(*ends, strict=True))
print("largest difference at most 1e-5:", largest <= 1e-5)

# %% [markdown]
# The same weights, dropout included: the two ways are one algorithm.
#
# From here on take the tapes. What a G learns on the way shows best beside what it drew before,
# from the same noise: a row of pictures for each look.


# %%
def show_way(images_at, n=8):
    """Draw the first n pictures in [-1, 1] of each iteration, a row each."""
    rows = [images[:n] for images in images_at.values()]
    ax = plotting.plot_images(np.concatenate(rows), columns=n)
    for k, iteration in enumerate(images_at):
        ax.text(-5, 65 * k + 32, f"{iteration:,}", ha="right", va="center")


# %% [markdown]
# ## Training the original (optional)
#
# How long will it take, either way? (The answer belongs to your machine, so it appears
# only when you run the cell.)

# %%
step = make_tape_step(*make_flag_gan(), TWO_COLUMNS, sample)
run = training.compile_loop(step, max_steps=1)
calls = (lambda: keras_step(tf.constant(0))), (lambda: run(0, 1))
by_keras, by_tapes = map(settings.seconds_per_call, calls)
settings.announce_time(
    f"{ORIGINAL_STEPS} iterations the Keras way", ORIGINAL_STEPS * by_keras
)
settings.announce_time(
    f"{ORIGINAL_STEPS} iterations with tapes", ORIGINAL_STEPS * by_tapes
)

# %% [markdown]
# The original lowers D's learning rate when D wins. Say that D wins when it is right about
# 95 % of the pictures, and halve its rate then, down to a millionth. `look` draws pictures
# from a fixed noise batch, and applies this rule.


# %%
def make_look(generator, discriminator, d_optimizer, noise, real_images):
    """A snapshot function: (pictures, share of pictures that D is right about)."""

    def look():
        fake_images = generator(noise).numpy()
        real = discriminator(real_images).numpy()[:, -1] > 0.5
        fake = discriminator(fake_images).numpy()[:, -1] < 0.5
        share = np.concatenate([real, fake]).mean()
        if share >= 0.95:
            d_optimizer.learning_rate = max(float(d_optimizer.learning_rate) / 2, 1e-6)
        return fake_images, share

    return look


# %% [markdown]
# **Predict.** After how many iterations would you expect to see a flag?
#
# (If this training or a later one is cut off, or if you press the stop button (■), set
# `RESUME = True` in Settings, run that cell, and then the one that trains.)
#
# These pictures use few of all greys, so stretch each to all of them before you look; a
# number then says how many greys the last ones use.


# %%
def stretch(images):
    """Pictures in [0, 1], each stretched to all greys from -1 to 1."""
    low, high = images.min(axis=(1, 2, 3)), images.max(axis=(1, 2, 3))
    span = np.maximum(high - low, 1e-3)[:, None, None, None]
    return 2 * (images - low[:, None, None, None]) / span - 1


# %%
flag_noise = tf.random.stateless_uniform((60, 100), [SEED, 1])
generator, discriminator, flag_optimizers = make_flag_gan()
gan = {"generator": generator, "discriminator": discriminator}
gan["optimizers"] = flag_optimizers
flag_history = training.fit(
    make_tape_step(**gan, loss=TWO_COLUMNS, sample=sample),
    ORIGINAL_STEPS,
    snapshot=make_look(
        generator, discriminator, flag_optimizers[1], flag_noise, flag_images[:60]
    ),
    snapshot_every=LOOK_EVERY,
    checkpoint=training.Checkpoint(FOLDER / "flags", resume=RESUME, **gan),
)

# %%
by_iteration = dict(flag_history.snapshots)
show_way({i: stretch(by_iteration[i][0]) for i in LOOKS})
plt.show()
span = np.ptp(by_iteration[LOOKS[-1]][0], axis=(1, 2, 3)).mean()
print(f"from darkest to lightest at the end: {span:.2f} of 1, on average")

# %% [markdown]
# **Figure 6.3.** What the original's recipe draws at this budget's size, after the number of
# iterations at the left; each column is one noise vector. Each picture is stretched to all
# greys; how much grey it really uses at the end is printed above.
#
# With a sixteenth of the filters and 300 iterations there is no flag. The original looked
# after 100, 300, 1,300 and 11,300 iterations, at full size.

# %%
ax = plotting.plot_losses(flag_history, smooth=20, d_level=plotting.LN_2)
plt.show()
rate = float(flag_optimizers[1].learning_rate)
print(f"D's rate: 1e-04 at first, {rate:.0e} at last")

# %% [markdown]
# **Figure 6.4.** Both losses of the original's recipe; dotted is ln 2, the equilibrium of
# both. At the laptop's budget both losses fall at first, side by side, as if both could win: keep that in mind. In the second hundred iterations D gets away; its rate
# is halved as often as it wins (printed above), which does not bring G back.
#
# And at full size? The course ran it once, as long as the author's third look.
#
# **Predict.** Sixteen times the filters, 1,300 iterations: is there a flag? And can both
# losses be near 0 at the same time?

# %%
finished = data.load_original("L")
pairs = zip(finished.iterations, finished.images, strict=True)
show_way({i: stretch((images + 1) / 2) for i, images in pairs})
plt.show()

# %% [markdown]
# **Figure 6.5.** The original at full size, after the number of iterations at the left, from one
# set of noise vectors, each picture stretched as in Figure 6.3. First noise with a darker
# middle (after 300 iterations of six or seven greys, hence its steps); after 1,300 the waving
# outline of a flag, filled with blots.

# %%
print(f"{finished.iterations[-1]:,} iterations in {finished.hours:.1f} hours", end=" ")
print(f"({finished.machine}, shared with other work)")
for i in finished.iterations:
    print("after {:5,}: D {:.4f}, G {:.4f}".format(i, *finished.losses[i - 1]))

# %% [markdown]
# After 100 and 300 iterations *both* losses are near 0. How can D be right about generated
# pictures and G still get its way? They are not the same pictures. In D's step G draws with
# `training=False`, as `predict` does; in its own step with `training=True`: with dropout, and
# normalised by the batch. D refuses the first kind and calls the second real: the two losses
# say so. So ask of every GAN whether D meets in its step what G is trained on. In lesson 05 it
# does: one generated batch serves both losses.

# %% [markdown]
# ## Flags on a laptop
#
# Pictures worth looking at, in a few minutes? Things that you know, or can guess, take the
# place of the original's layers:
#
# | change | why |
# | --- | --- |
# | G and D as in lesson 04: strides of 2, from 4×4 to 64×64 | D sees twice as far with each layer, for a fraction of the work |
# | one generated batch for both losses, averaged weights, as in lesson 05 | cheaper, and calmer |
# | colour; grey only when shown | in grey many flags look alike; colours tell G and D more |
# | G mixes each picture from six colours | a flag has few |
# | D judges no picture as it is | there are only 258 |
# | D tells which of *two* is the real one, and its slope has a price | it has to compare, and cannot jump from pixel to pixel |
#
# First the colours. What do you know about flags that G would have to find out? They are
# pieces of cloth, sewn together: a few fields, and each has one colour. How few are enough?
#
# **Predict.** Redraw flags with only six colours each, then four, then two. Where does the eye
# begin to miss something?


# %%
color_flags = data.load_flags()
color_images = color_flags.scaled()
SHAPE = (64, 64, 3)


# %%
def redraw(picture, n_colors):
    """A picture, uint8 (h, w, 3), in `n_colors` of its colours."""
    few = Image.fromarray(picture).quantize(n_colors, kmeans=4)
    return np.asarray(few.convert("RGB"))


# %%
some = color_flags.images[16:112:12]
few = [np.stack([redraw(one, n) for one in some]) for n in (6, 4, 2)]
rows = np.concatenate([some, *few]) / 127.5 - 1
plotting.plot_images(rows, columns=8, title=color_flags.title)
plt.show()

# %% [markdown]
# **Figure 6.6.** Eight flags, and in the rows below the same with six, four and two colours each,
# the white ground included. With six, only emblems and shadows have lost something; with two, the
# flags are others.
#
# A GAN's G paints every pixel as it likes, and has to learn that most of them share a few colours.
# So give it what you know. From the noise alone it chooses six colours $c_k$; for each pixel it says only
# how much of each, shares $p_k$ that add up to 1, and how deep the shadow $s$ of the waves is:
#
# $$x = (1-s)\sum_k p_k\,c_k - s, \qquad \text{where black is } -1$$
#
# Little is forbidden: mixed shares give every colour between the six. But one share of 1, over
# a whole field, has become the easy thing to say.


# %% tags=["taught"]
def mix_colors(noise, maps, n_colors):
    """Pictures (n, h, w, 3): colours from noise, the rest from maps.

    maps (n, h, w, n_colors + 1) become the shares of the colours, and the shadow.
    """
    colors = layers.Dense(64, activation="relu")(noise)
    colors = layers.Dense(3 * n_colors, activation="tanh")(colors)
    colors = layers.Reshape((n_colors, 3))(colors)
    shares = layers.Softmax()(maps[..., :-1])
    mixed = keras.ops.einsum("nhwk,nkc->nhwc", shares, colors)
    shadow = keras.ops.sigmoid(maps[..., -1:] - 3)
    return (1 - shadow) * mixed - shadow


# %% [markdown]
# The next change is D's. It could learn 258 pictures by heart, and would then be sure of them
# without knowing what a flag is. So in training it judges no picture as it is: each batch is
# first moved a little, and each picture put into a light of its own, at random, and 258 pictures become as many as you
# like. The layer that does it stands at the front of D. Lesson 07 builds it, and asks which
# pictures are to be changed, and why.

# %%
CHANGE = {"shift": 2, "saturation": (0.7, 1.3), "white": True}
settings.set_seed(SEED)
brazil = color_flags.of_class("BR").scaled()

# %%
augment = augmentation.Augment(**CHANGE)
seen = [augment(brazil, training=True).numpy() for _ in range(11)]
seen = np.concatenate([brazil, *seen]).clip(-1, 1)
plotting.plot_images(seen, columns=6, title=color_flags.title)
plt.show()

# %% [markdown]
# **Figure 6.7.** One flag, and eleven times what D sees of it in training: moved, lighter or
# darker, stronger or paler in colour and contrast. It stays recognisable. A grey square is the
# picture's own ground, darkened.
#
# Now the two networks, for pictures of any size that can be halved at least twice. G begins
# at about 4×4 and doubles, with half the filters each time; D goes the other way. For flags G's
# last layer goes, and the mixing comes in its place. Its maps are enlarged along straight lines
# between the pixels: a transposed convolution can leave dots (lesson 04), and after the last
# layer nothing is left to smooth them.


# %% tags=["taught", "no-slide"]
def count_halvings(height, width):
    """How often a picture can be halved until a side is odd or below 8."""
    n = 0
    while height % 2**n == width % 2**n == 0 and min(height, width) >= 4 * 2**n:
        n += 1
    n -= 1
    if n < 2:
        raise ValueError(
            f"Pictures of {height}×{width} cannot be halved twice, expected sides that "
            "4 divides, of 16 or more. Load them with another size."
        )
    return n


# %% tags=["taught"]
def make_picture_generator(shape, filters):
    """Noise (n, 32) to pictures (n, *shape) in [-1, 1]."""
    height, width, channels = shape
    n = count_halvings(height, width)
    height, width = height // 2**n, width // 2**n
    options = {"strides": 2, "padding": "same"}
    network = keras.Sequential([keras.Input((fashion.LATENT,))], name="generator")
    network.add(layers.Dense(height * width * filters, use_bias=False))
    network.add(layers.Reshape((height, width, filters)))
    for k in range(1, n):
        network.add(layers.BatchNormalization())
        network.add(layers.ReLU())
        maps = max(1, filters // 2**k)
        network.add(layers.Conv2DTranspose(maps, 4, use_bias=False, **options))
    network.add(layers.BatchNormalization())
    network.add(layers.ReLU())
    network.add(layers.Conv2DTranspose(channels, 4, activation="tanh", **options))
    return network


# %% tags=["taught"]
def make_palette_generator(shape, filters, n_colors=6):
    """Noise (n, 32) to pictures (n, h, w, 3) in [-1, 1], each of n_colors colours."""
    noise = keras.Input((fashion.LATENT,))
    maps = noise
    for layer in make_picture_generator(shape, filters).layers[:-1]:
        maps = layer(maps)
    maps = layers.UpSampling2D(interpolation="bilinear")(maps)
    maps = layers.Conv2D(n_colors + 1, 3, padding="same")(maps)
    return keras.Model(noise, mix_colors(noise, maps, n_colors), name="generator")


# %% [markdown]
# D has no batch normalisation: it would mix the pictures of a batch. `BatchSpread` of lesson
# 05 tells D how much the batch varies, so that a G which repeats itself is found out.
#
# Optimizers and the average of G complete what a step changes. Both rates fall along a
# cosine to a twentieth, so that the pictures come to rest.


# %% tags=["taught"]
def make_picture_discriminator(shape, filters, augment=None):
    """Pictures (n, *shape) to logits (n, 1), seen through `augment` if there is one."""
    network = keras.Sequential([keras.Input(shape)], name="discriminator")
    if augment is not None:
        network.add(augment)
    for k in reversed(range(count_halvings(*shape[:2]))):
        maps = max(1, filters // 2**k)
        network.add(layers.Conv2D(maps, 4, strides=2, padding="same"))
        network.add(layers.LeakyReLU(negative_slope=0.2))
    network.add(fashion.BatchSpread())
    network.add(layers.Flatten())
    network.add(layers.Dense(1))
    return network


# %% tags=["taught", "no-slide"]
def make_picture_gan(generator, discriminator, n_steps, rates=(1e-3, 1e-3)):
    """All that `fashion.make_train_step` changes, by name; rates are (G's, D's)."""
    falling = keras.optimizers.schedules.CosineDecay
    optimizers = [
        keras.optimizers.Adam(falling(rate, n_steps, alpha=0.05), beta_1=0.5)
        for rate in rates
    ]
    return {
        "generator": generator,
        "discriminator": discriminator,
        "average": training.make_average(generator),
        "optimizers": optimizers,
    }


# %% [markdown]
# G has 242,825 parameters, about a tenth of the original's, D 99,077, a hundredth.
#
# Last the step. In lesson 05 D gave each picture a verdict. Here it gets them in pairs, a real one
# and a generated one, and says *which* is the real one: only the difference of its two logits
# counts. This is the *relativistic* loss. And D pays for steepness, so that a small change of a real
# picture cannot change its answer much: $\frac{\gamma}{2}\,\mathrm{E}\,|\nabla D(x)|^2$, called
# **R1**, is added to its loss. Lesson 08 meets R1 as a cure, lesson 10 builds both, and sets them
# beside others. A gradient of a gradient is dear, so R1 is taken at every eighth step only, there
# counts eightfold, and looks at the pictures as they are.
#
# **Predict.** 258 pictures, some minutes of two cores. How many out of 48 generated ones will you
# call flags?


# %% tags=["taught"]
GAMMA, R1_EVERY = 0.1, 8


def make_paired_step(generator, discriminator, average, batch_at, optimizers):
    """As `fashion.make_train_step`, with the relativistic loss and R1."""
    g_optimizer, d_optimizer = optimizers
    g_optimizer.build(generator.trainable_variables)
    d_optimizer.build(discriminator.trainable_variables)

    def train_step(iteration):
        real = batch_at(iteration)
        noise = tf.random.stateless_normal((len(real), fashion.LATENT), [1, iteration])
        with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
            fake = generator(noise, training=True)
            logits = [discriminator(x, training=True) for x in (real, fake)]
            d_loss, g_loss = losses.relativistic(*logits)
            d_total = d_loss
            if iteration % R1_EVERY == 0:
                d_total += R1_EVERY * GAMMA * losses.r1_penalty(discriminator, real)
        training.update(d_optimizer, d_tape, d_total, discriminator)
        training.update(g_optimizer, g_tape, g_loss, generator)
        if iteration % 4 == 0:
            training.update_average(average, generator, iteration, decay=0.996)
        return d_loss, g_loss

    return train_step


# %%
def make_color_gan(n_steps):
    """The laptop's networks for flags, average and optimizers, by name."""
    settings.set_seed(SEED)
    generator = make_palette_generator(SHAPE, FLAG_FILTERS[0])
    augment = augmentation.Augment(**CHANGE)
    discriminator = make_picture_discriminator(SHAPE, FLAG_FILTERS[1], augment)
    return make_picture_gan(generator, discriminator, n_steps, rates=(2e-3, 2e-3))


flag_gan = make_color_gan(FLAG_STEPS)
color_noise = tf.random.stateless_normal((240, fashion.LATENT), [SEED, 1])
batch_at = training.make_batches(color_flags.images, 16, seed=SEED)
color_history = training.fit(
    make_paired_step(**flag_gan, batch_at=batch_at),
    FLAG_STEPS,
    snapshot=lambda: training.generate(flag_gan["average"], color_noise[:8]),
    snapshot_every=max(1, FLAG_STEPS // 4),
    checkpoint=training.Checkpoint(FOLDER / "color_flags", resume=RESUME, **flag_gan),
)

# %%
show_way(dict(color_history.snapshots))
plt.show()

# %% [markdown]
# **Figure 6.8.** Flags by the laptop's recipe along the way, a row for each look; each column
# is one noise vector. At the laptop budget the waving outline and flat fields are there at the
# first look after the start, cantons and sharper edges come later. (The first row is the
# untrained average, which mixes its six colours evenly.)

# %%
plotting.plot_losses(color_history, smooth=100, d_level=plotting.LN_2)
plt.show()

# %% [markdown]
# **Figure 6.9.** The losses of the laptop's recipe; dotted is ln 2, for both: there D cannot tell
# which of two is the real one. At the laptop budget D wins ever more clearly, and G's loss rises
# to six times that level, while the flags of Figure 6.8 get better: losses do not tell.

# %%
fake_flags = training.generate(flag_gan["average"], color_noise)
plotting.plot_images(fake_flags[:48], columns=8, title="generated, not selected")
plt.show()

# %% [markdown]
# **Figure 6.10.** Forty-eight generated flags, the first that came. Count: how many would you
# call a flag, and are any two alike?

# %%
fig, axes = plt.subplots(1, 2, figsize=(7, 4.2))
grey = [images.mean(axis=-1, keepdims=True) for images in (color_images, fake_flags)]
for ax, images, title in zip(axes, grey, ("real", "generated"), strict=True):
    plotting.plot_images(images[:30], columns=5, title=title, ax=ax)
plt.show()

# %% [markdown]
# **Figure 6.11.** In grey, as the original would show them: thirty real flags (left) and thirty
# generated ones (right), none selected.
#
# Your count? What is learnt are outline, fields and stripes, and where a canton goes; emblems are not,
# fields still run out into the white ground, and some keep a weave of dots: the layers before the last
# still use transposed convolutions, which may be why. (What blind judges counted, and what each of
# the changes above does by itself, is in `benchmarks/RESULTS.md`.)

# %% [markdown]
# ## A number beside the eye (optional)
#
# A count by eye is one judge; take a number beside it. Shrink the pictures to 16×16 in grey
# and take the kernel distance of lesson 09, which stays fair with few pictures. A distance
# means nothing alone, so give it a floor (one half of the real flags against the other) and
# something that is surely bad (the real flags with their pixels shuffled).


# %%
def shrink(images):
    """Pictures in [-1, 1] as grey thumbnails of 16×16, flat: (n, 256)."""
    grey = np.mean(images, axis=-1, keepdims=True)
    return tf.image.resize(grey, (16, 16), method="area").numpy().reshape(-1, 256)


# %%
rng = np.random.default_rng(SEED)
real = shrink(color_images)[rng.permutation(len(color_images))]
halves = np.split(real, 2)
others = {
    "the other half of the real ones": halves[1],
    "this GAN": shrink(fake_flags),
    "the original's recipe, cut short": shrink(2 * by_iteration[LOOKS[-1]][0] - 1),
    "shuffled pixels": rng.permuted(real, axis=1),
}
for name, thumbnails in others.items():
    distance, _ = metrics.kernel_distance(halves[0], thumbnails)
    print(f"{name:36} {distance:7.3f}")

# %% [markdown]
# Lay them beside each other. At the laptop budget this GAN lies far nearer to the floor than to
# shuffled pixels. The original's recipe, cut short, is farther off than those: they have at
# least the right shares of light and dark.
#
# Do not rank recipes by it alone. An older recipe of this course came nearer to the floor still
# (`benchmarks/RESULTS.md`), and its flags are blots of white on dark grey: thumbnails in grey see
# neither colours nor edges.
#
# And are the losses of Figure 6.9 a disease's? Ask the clinic of lesson 08. It names what it finds
# with its evidence (-), and says what it cannot judge from what it was given (?).

# %%
players = flag_gan["generator"], flag_gan["discriminator"]
clinic.examine(color_history, clinic.Gan(*players, color_images, color_noise))

# %% [markdown]
# At the laptop budget it names D's lead. A lower rate for D would be the first thing to try. Here
# the flags got better all the same: a finding is a reason to look, not a verdict on the pictures.
#
# ## After an hour (optional)
#
# What do your flags lack: a better recipe, or patience? This recipe was trained for an hour of
# one processor core for this course (by `tools/train_generators.py flags`), 53,900 steps, and its
# averaged generator comes with it.
#
# **Predict.** Two things could happen in an hour with 258 pictures: better flags, or the 258
# themselves, learnt by heart. How would you find out which?

# %%
hour_generator = generators.load_generator("flags")
hour_flags = training.generate(hour_generator, color_noise)
plotting.plot_images(hour_flags[:48], columns=8, title="after an hour, not selected")
plt.show()

# %% [markdown]
# **Figure 6.12.** Forty-eight flags by the generator that was trained for an hour, not selected, from
# the noise of Figure 6.10. Most fields end where they should, stripes cross the whole cloth, and the
# colours are many. Emblems are hinted at, no more. Two vision-language models that did not know which
# were real each called 44 of 48 such flags (and all 48 of the real ones); two others, after 200 seconds of one
# core, 41 and 42 (`benchmarks/RESULTS.md`).
#
# Now the other possibility. Put beside each flag the real one that is nearest to it, pixel by pixel,
# and measure how near. For comparison: how far is a real flag of one half from the nearest real
# one of the other half?

# %%
nearest, away = metrics.nearest_neighbours(hour_flags, color_images)
_, apart = metrics.nearest_neighbours(*np.split(color_images, 2))
pairs = np.stack([hour_flags[:20], color_images[nearest[:20]]], axis=1)
pairs = pairs.reshape(-1, *SHAPE)
plotting.plot_images(pairs, columns=10, title="each beside the nearest real one")
plt.show()
for name, distances in {"generated to real": away, "real to real": apart}.items():
    print(f"{name:18} median {np.median(distances):5.1f}")
for name, images in {"yours": fake_flags, "after an hour": hour_flags}.items():
    distance, _ = metrics.kernel_distance(halves[0], shrink(images))
    print(f"{name:18} kernel distance {distance:6.3f}")
print(f"{'real ones':18} kernel distance {metrics.kernel_distance(*halves)[0]:6.3f}")

# %% [markdown]
# **Figure 6.13.** The first twenty flags of Figure 6.12, each to the left of the real flag that is
# nearest to it. Both things have happened. Some are nearly a flag that there is, such as the ninth
# pair and the fifteenth; most have the fields of none. The medians say less than they seem to, for the
# generated flags may choose among all 258 real ones, the real ones only among half. Among the 257 others the real ones
# have 44.9: the generated ones are nearer, but not by much. A part was learnt by heart, in spite of what D saw changed,
# and the pairs show which. And by the thumbnails' distance they can no longer be told from real ones.
# What the hour did not bring are emblems.
#
# Now go from flag to flag by hand. Between two noise vectors the mean is too short a noise: G has
# hardly ever seen such. So go along the arc, with the weights $\cos t$ and $\sin t$, whose squares
# add up to 1. **Predict.** Half way, will you see both flags at once, or a third one?
#
# Then set the sliders to 6 and 7, and to 4 and 5; they count from 0. (Mostly it is a third one. Between 6
# and 7 a cross comes and goes, and a dark disc grows; between 4 and 5 there is a white cross on red.
# None shines through another. In a saved page the widget is empty.)


# %%
@interact(
    first=IntSlider(0, min=0, max=47),
    second=IntSlider(1, min=0, max=47),
    degrees=FloatSlider(45.0, min=0, max=90, step=5),
)
def walk(first, second, degrees):
    t = np.radians(degrees)
    z = color_noise.numpy()
    z = [z[first], np.cos(t) * z[first] + np.sin(t) * z[second], z[second]]
    three = hour_generator(np.float32(z)).numpy()
    plotting.plot_images(three, columns=3, title="first, between, second")
    plt.show()


# %% [markdown]
# ## What goes wrong
#
# Back to the frozen discriminator. Here is the old recipe as a whole, with thin, plain
# networks: compile D, freeze it, stack, compile the stack, and train.
#
# **Predict.** D never moves. What will the two losses do, and which of them looks like
# success?


# %%
def train_frozen(n_steps, n=16):
    """The old way, D frozen once: (G, D's weights moved?, history)."""
    settings.set_seed(SEED)
    generator = make_picture_generator(SHAPE, 32)
    discriminator = make_picture_discriminator(SHAPE, 16)
    discriminator.compile(keras.optimizers.Adam(1e-3), BINARY)
    discriminator.trainable = False  # once and for all: the slip
    stack = keras.Sequential([generator, discriminator])
    stack.compile(keras.optimizers.Adam(1e-3), BINARY)
    before, found = discriminator.get_weights(), []
    labels = np.repeat([1.0, 0.0], n)[:, None]
    for iteration in tqdm(range(n_steps), unit="it"):
        noise = color_noise[:n].numpy()
        fake_images = generator.predict_on_batch(noise)
        mixed = np.concatenate([batch_at(iteration), fake_images])
        d_loss = discriminator.train_on_batch(mixed, labels)
        found.append((d_loss, stack.train_on_batch(noise, labels[:n])))
    pairs = zip(before, discriminator.get_weights(), strict=True)
    moved = any(not np.array_equal(old, new) for old, new in pairs)
    d_loss, g_loss = np.transpose(found)
    return generator, moved, training.History(np.arange(n_steps), d_loss, g_loss, [])


frozen_generator, moved, frozen_history = train_frozen(SHORT_STEPS)
print("D has moved:", moved)

# %%
fig, axes = plt.subplots(1, 2, figsize=(7, 3))
plotting.plot_losses(frozen_history, d_level=plotting.LN_2, ax=axes[0])
frozen_images = frozen_generator(color_noise[:16], training=True)[:8].numpy()
plotting.plot_images(frozen_images, columns=4, title="as the stack draws", ax=axes[1])
plt.show()

# %% [markdown]
# **Figure 6.14.** D frozen by mistake. Left: G's loss only falls, which looks like success, and
# D's rises, since it never answers. It rises little: D is asked about pictures as `predict` draws
# them, which are others, as after Figure 6.5. Right: what this one D, which knows nothing of
# flags, happens to like.
#
# Another mistake cost the original's author two days, by his own account: what enters the
# stack is noise, but the published code declares it with the *picture's* shape. Today Keras
# refuses at once. What else does not fit is refused by the checks that you wrote above.

# %% tags=["nbval-check-output"]
generator, discriminator, _ = make_flag_gan(1 / 16)


def stack_with(shape):
    """A stack whose input has this shape."""
    stack = keras.Sequential([keras.Input(shape), generator, discriminator])
    return stack(tf.zeros((1, *shape)))


try:
    stack_with((64, 64, 1))
except ValueError as error:
    print("stack:", str(error).partition("with the layer: ")[2].split("\x1b")[0])

mistakes = {
    "size": lambda: check_images(color_images[:1, ::2, ::2], discriminator),
    "labels": lambda: check_labels(np.array([1.0, 1.05])),
    "halvings": lambda: count_halvings(62, 64),
}
for name, mistake in mistakes.items():
    try:
        mistake()
    except ValueError as error:
        print(f"{name}: {error}")

# %% [markdown]
# ## Key points
#
# - The stack is a way to train G through D with `train_on_batch`; D must hold still in it.
# - Keras 3 reads `trainable` when a step is traced, not at `compile`. Freeze once, and D
#   never trains, or trains depending on the batch's size. Set it before every call.
# - Tapes do the same, within 1e-5 after a step, and say in the code who moves. Either way,
#   measure who moves: a few lines do it.
# - A generator's loss that falls and falls is a reason to look at D.
# - A label is a probability. Two columns and a softmax ask the same question as one sigmoid.
# - What is known of the pictures can be built into G: that a flag has few colours, it need not
#   learn.
# - Few pictures become many if D sees each of them changed. Lesson 07 tells how, and measures
#   what that buys.
# - From 258 flags G learnt outline, fields and stripes in minutes, and no emblems.
#
# ## Exercises
#
# **6.1 Freeze and give back.** `make_keras_step` leaves D frozen behind. Write
# `call_frozen(network, call)`: it calls `call()` once with the network frozen, returns what
# that returned, and leaves `trainable` as it was before. If the call raises an error, the
# error comes out, and `trainable` is as it was all the same.


# %% tags=["solution"]
def call_frozen(network, call):
    """call() with the network frozen; afterwards `trainable` is what it was."""
    # BEGIN SOLUTION
    # STUB: return ...
    before = network.trainable
    network.trainable = False
    try:
        return call()
    finally:
        network.trainable = before
    # END SOLUTION


# %% tags=["check", "nbval-check-output"]
def try_out(call_frozen, divisor=1, trainable=True):
    """1 / divisor, called with D frozen: (result, trainable in each call, after)."""
    network, seen = make_discriminator(), []
    network.trainable = trainable
    try:
        found = call_frozen(
            network, lambda: seen.append(bool(network.trainable_weights)) or 1 / divisor
        )
    except ZeroDivisionError:
        found = "error"
    return found, seen, bool(network.trainable_weights)


checks.check(
    "6.1",
    call_frozen,
    {
        "frozen in the call, of which there is one": lambda f: try_out(f)[1] == [False],
        "what the call returned comes back": lambda f: try_out(f)[0] == 1,
        "trainable again afterwards": lambda f: try_out(f)[2],
        "so after an error": lambda f: try_out(f, 0) == ("error", [False], True),
        "a frozen network stays frozen": lambda f: not try_out(f, trainable=False)[2],
    },
    {
        "freeze first, then call() once.": lambda f: try_out(f)[1] != [False],
        "use `try` and `finally`.": lambda f: try_out(f, 0)[::2] != ("error", True),
        "note what `trainable` was, and set that.": lambda f: try_out(f, 1, False)[2],
    },
)

# %% [markdown]
# **6.2 A change that keeps the answer.** Some flags differ only in what a change of the
# light can undo, others by their left and right side. Write `mirror_some(images, coins)`,
# which mirrors those pictures (n, h, w, c) whose coin (n,) is `True`, left to right, and
# leaves the others alone. G learns through what D sees, so gradients must pass: use
# TensorFlow's functions.
# (Would you use it for flags? Think of the hoist, where flags are fastened.)


# %% tags=["solution"]
def mirror_some(images, coins):
    """Pictures (n, h, w, c), those whose coin (n,) is True mirrored left to right."""
    # BEGIN SOLUTION
    # STUB: return ...
    return tf.where(coins[:, None, None, None], images[:, :, ::-1], images)
    # END SOLUTION


# %%
def try_mirror(mirror_some):
    """What becomes of VALUES, and the gradients of a sum weighted by VALUES."""
    images, coins = tf.constant(VALUES), tf.constant([True, False, False, True])
    with tf.GradientTape() as tape:
        tape.watch(images)
        found = mirror_some(images, coins)
        same_shape = np.shape(found) == VALUES.shape
        total = tf.reduce_sum(found * VALUES) if same_shape else tf.constant(0.0)
    return np.array(found), tape.gradient(total, images)


VALUES = np.arange(48, dtype="float32").reshape(4, 2, 3, 2)
MIRRORED = np.stack([VALUES[0][:, ::-1], *VALUES[1:3], VALUES[3][:, ::-1]])

# %% tags=["check", "nbval-check-output"]
checks.check(
    "6.2",
    mirror_some,
    {
        "mirrored as told": lambda f: checks.same(try_mirror(f)[0], MIRRORED),
        "gradients pass": lambda f: checks.same(try_mirror(f)[1], MIRRORED),
    },
    {
        "upside down: the second axis runs from top to bottom.": lambda f: checks.same(
            try_mirror(f)[0][0], VALUES[0][::-1]
        ),
        "all are mirrored: ask the coins.": lambda f: checks.same(
            try_mirror(f)[0], VALUES[:, :, ::-1]
        ),
        "the wrong ones are mirrored.": lambda f: checks.same(
            try_mirror(f)[0][1], VALUES[1][:, ::-1]
        ),
        "the colours are turned round: that is the last axis.": lambda f: checks.same(
            try_mirror(f)[0][0], VALUES[0][..., ::-1]
        ),
        "no gradient comes back: NumPy has no tape, use TensorFlow.": lambda f: (
            np.shape(try_mirror(f)[0]) == VALUES.shape and try_mirror(f)[1] is None
        ),
    },
)

# %% [markdown]
# ## References
#
# - I. Goodfellow et al., *Generative adversarial nets*, 2014.
# - A. Radford et al., *Unsupervised representation learning with deep convolutional generative
#   adversarial networks*, 2016.
# - A. Jolicoeur-Martineau, *The relativistic discriminator: a key element missing from standard
#   GAN*, 2018: D compares pairs.
# - L. Mescheder et al., *Which training methods for GANs do actually converge?*, 2018: R1.
