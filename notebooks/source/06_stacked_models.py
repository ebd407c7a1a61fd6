# ---
# title: Stacked models
# minutes: 9
# teaching: 90
# prerequisites: Lessons 02 (losses, one step with tapes) and 05 (averaged weights).
# ---

# %% [markdown]
# ## Questions
#
# - Can you train a GAN with nothing but `compile` and `train_on_batch`?
# - Which network moves in which call, and what decides it?
# - Why does the recipe of many old tutorials no longer train its discriminator?
# - How do you train on pictures of your own?
#
# **You will be able to** stack a generator and a discriminator in Keras, find out by
# measurement what each call trains, rewrite the stack with gradient tapes, and train two
# classic GANs, of flags and of ships, at their original size or thin enough for a laptop.
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
from keras import layers
from PIL import Image
from tqdm.auto import tqdm

from gan_helpers import (
    checks,
    course,
    data,
    diagrams,
    lab,
    metrics,
    plotting,
    settings,
    training,
)
from gan_helpers.taught.fashion import BatchSpread
from gan_helpers.taught.quadratic import make_discriminator, make_generator, make_steps

plotting.set_style()
tf.get_logger().setLevel("ERROR")  # many small models are traced here on purpose

# %% [markdown]
# ## Settings
#
# `full` is the size of the two originals: on two cores 2.5 and 3.5 seconds an iteration,
# which makes 8 and 10 hours, so it is for a GPU. `laptop` keeps their layers and takes a
# fraction, the *width*, of their filters: here (G's, D's) for the ships.
#
# The long trainings save themselves into the folder `outputs` once a minute. With
# `RESUME = True` they go on from there, after a restart of the kernel, too. With `False` they
# start anew, and what was saved before is moved aside. Set it back to `False` before you
# change anything, the pictures included.

# %%
SEED = 0
BATCH_SIZE = 32
FLAG_WIDTH = settings.budget(fast=1 / 16, laptop=1 / 16, full=1)
FLAG_STEPS = settings.budget(fast=10, laptop=300, full=11_300)
FLAG_LOOKS = settings.budget(
    fast=(0, 5, 10), laptop=(0, 50, 100, 300), full=(100, 300, 1_300, 11_300)
)
FLAG_LOOK_EVERY = settings.budget(fast=5, laptop=50, full=100)
THIN_FLAG_STEPS = settings.budget(fast=20, laptop=4_000, full=11_300)
SHIP_WIDTHS = settings.budget(fast=(1 / 16, 1 / 4), laptop=(1 / 16, 1 / 4), full=(1, 1))
SHIP_STEPS = settings.budget(fast=10, laptop=300, full=10_000)
THIN_SHIP_STEPS = settings.budget(fast=20, laptop=3_500, full=10_000)
TRIAL_STEPS = settings.budget(fast=10, laptop=700, full=700)
SHORT_STEPS = settings.budget(fast=5, laptop=60, full=200)
LAB_STEPS = settings.budget(fast=20, laptop=400, full=400)
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


# %%
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


nothing = stack_the_old_way(freeze=False)
frozen = stack_the_old_way()
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
# D's call. No error; one warning, which saved notebooks do not show and which is easily
# lost among others.
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
# generator ends in a sigmoid. There are 258 flags, and each is the only one of its kind.

# %%
flags = data.load_flags(grey=True)
flag_images = (flags.scaled() + 1) / 2
print(flags.describe())
plotting.plot_images(2 * flag_images[:60] - 1, columns=12, title=flags.title)
plt.show()

# %% [markdown]
# **Figure 6.2.** Sixty of the flags, in grey. They wave, all in the same way: every picture
# has the same outline, and the differences lie inside.
#
# The generator sets out from 100 random numbers between 0 and 1. A dense layer makes feature
# maps of 16×16, each pixel is repeated four times in both directions, and three
# convolutions smooth the result. `width` scales all numbers of filters.


# %%
def make_flag_generator(width=1, dropout=0.5):
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
            layers.Dropout(dropout),
            layers.Conv2D(first, 3, padding="same"),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Dropout(dropout),
            layers.Conv2D(second, 3, padding="same"),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Dropout(dropout),
            layers.Conv2D(1, 1, activation="sigmoid"),
        ],
        name="generator",
    )


# %% [markdown]
# The discriminator has two large convolutions *without* stride, so that its first dense
# layer gets 64·64·64 inputs: nearly all of its parameters are there. You will change the
# arguments further down; `few_pictures` adds two layers without weights that the original does
# not have.


# %%
def make_flag_discriminator(
    width=1,
    filters=(128, 64, 32),
    kernel_size=5,
    strides=1,
    activation="relu",
    few_pictures=False,
):
    """Pictures (n, 64, 64, 1) to two probabilities (n, 2): generated, real."""
    first, second, units = (round(n * width) for n in filters)
    options = {"strides": strides, "padding": "same", "activation": activation}
    return keras.Sequential(
        [
            keras.Input((64, 64, 1)),
            *([random_shift(4 / 64)] if few_pictures else []),
            layers.Conv2D(first, kernel_size, **options),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Dropout(0.25),
            layers.Conv2D(second, kernel_size, **options),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Dropout(0.25),
            *([BatchSpread()] if few_pictures else []),
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


# %% tags=["nbval-check-output"]
def count(weights):
    return sum(int(np.prod(weight.shape)) for weight in weights)


def count_parameters(generator, discriminator):
    """Print all and trainable parameters of G, D, and the stack with D frozen."""
    discriminator.trainable = False
    stack = keras.Sequential([generator, discriminator])
    for name, network in [("G", generator), ("stack", stack)]:
        trainable = count(network.trainable_weights)
        print(f"{name:6} {network.count_params():10,}, trainable {trainable:10,}")
    print(f"D      {discriminator.count_params():10,}")


count_parameters(make_flag_generator(), make_flag_discriminator())

# %% [markdown]
# These are the numbers of the original's printed summary. Its *code*, as published, says
# 256 and 128 filters in D, which would give 17,603,298 parameters: the two do not belong
# to the same run. A second slip: it gives each convolution a ReLU and adds a leaky ReLU.
#
# **Predict.** What does a leaky ReLU do to the output of a ReLU?

# %% tags=["nbval-check-output"]
as_in_code = make_flag_discriminator(filters=(256, 128, 32))
print(f"as in the code: {as_in_code.count_params():,}")
x = np.linspace(-3, 3, 601, dtype="float32")
relu = layers.ReLU()(x)
print("changed by the leaky ReLU:", np.any(layers.LeakyReLU()(relu) != relu))

# %% [markdown]
# Nothing: after a ReLU there is no negative value left to leak. D runs on plain ReLUs,
# whose units pass no gradient where they are off.
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


# %%
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
def make_flag_sampler(images, batch_size=BATCH_SIZE, real_label=1.0):
    """Batches for the flags; labels have two columns: generated, real."""
    batch_at = training.make_batches(images, batch_size, seed=0)
    real = check_labels(np.repeat([real_label, 0, 1], batch_size))
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
def make_flag_gan(width=FLAG_WIDTH):
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

# %% [markdown]
# `check_finite` stops at the first loss that is no number, and says which; `training.fit`
# does so by itself. Both losses start near ln 2, as they should.
#
# ## From the stack to tapes
#
# The same iteration with tapes: no stack, no `trainable`, no `predict`; instead each
# gradient is taken over one network's variables. Nothing goes through Python in between,
# so that `training.fit` can compile many iterations into one call.


# %%
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
        gradients = tape.gradient(d_loss, discriminator.trainable_variables)
        d_optimizer.apply(gradients, discriminator.trainable_variables)
        with tf.GradientTape() as tape:
            fake_images = generator(noise[1], training=True)
            g_loss = loss(g_labels, discriminator(fake_images, training=True))
        gradients = tape.gradient(g_loss, generator.trainable_variables)
        g_optimizer.apply(gradients, generator.trainable_variables)
        return d_loss, g_loss

    return tape_step


# %% [markdown]
# **Predict.** Start both ways from the same weights and seeds and take one step on the same
# batch. Both networks use dropout. How far apart are the weights afterwards?

# %%
ends = []
for make_step in (make_keras_step, make_tape_step):
    generator, discriminator, optimizers = make_flag_gan(width=1 / 16)
    step = make_step(generator, discriminator, optimizers, TWO_COLUMNS, sample)
    step(tf.constant(0))
    ends.append(generator.get_weights() + discriminator.get_weights())

# %% tags=["nbval-check-output"]
largest = max(np.abs(a - b).max() for a, b in zip(*ends, strict=True))
print("largest difference at most 1e-5:", largest <= 1e-5)

# %% [markdown]
# The same weights, dropout included: the two ways are one algorithm. What is left is the
# time. (The answer belongs to your machine, so it appears only when you run the cell.)

# %%
step = make_tape_step(*make_flag_gan(), TWO_COLUMNS, sample)
run = training.compile_loop(step, max_steps=1)
calls = (lambda: keras_step(tf.constant(0))), (lambda: run(0, 1))
by_keras, by_tapes = map(settings.seconds_per_call, calls)
settings.announce_time(f"{FLAG_STEPS} iterations the Keras way", FLAG_STEPS * by_keras)
settings.announce_time(f"{FLAG_STEPS} iterations with tapes", FLAG_STEPS * by_tapes)

# %% [markdown]
# ## Training the original
#
# The original lowers D's learning rate when D wins. Say that D wins when it is right about
# 95 % of the pictures, and halve its rate then. `look` draws pictures from a fixed noise
# batch, and applies this rule.


# %%
def make_look(generator, discriminator, d_optimizer, noise, real_images):
    """A snapshot function: (pictures, share of pictures that D is right about)."""

    def look():
        fake_images = generator(noise).numpy()
        real = discriminator(real_images).numpy()[:, -1] > 0.5
        fake = discriminator(fake_images).numpy()[:, -1] < 0.5
        share = np.concatenate([real, fake]).mean()
        if share >= 0.95:
            d_optimizer.learning_rate = d_optimizer.learning_rate / 2
        return fake_images, share

    return look


# %% [markdown]
# **Predict.** After how many iterations would you expect to see a flag?
#
# (If this training or a later one is cut off, or if you press the stop button (■), set
# `RESUME = True` in Settings, run that cell, and then the one that trains.)


# %%
def show_way(images_at):
    """Draw ten pictures (h, w, 1) in [0, 1] of each iteration, a row each."""
    rows = [images[:10] for images in images_at.values()]
    ax = plotting.plot_images(2 * np.concatenate(rows) - 1, columns=10)
    for k, iteration in enumerate(images_at):
        ax.text(-5, 65 * k + 32, f"{iteration:,}", ha="right", va="center", fontsize=8)
    ax.set_yticks([])


# %%
flag_noise = tf.random.stateless_uniform((60, 100), [SEED, 1])
generator, discriminator, flag_optimizers = make_flag_gan()
gan = {"generator": generator, "discriminator": discriminator}
gan["optimizers"] = flag_optimizers
flag_history = training.fit(
    make_tape_step(**gan, loss=TWO_COLUMNS, sample=sample),
    FLAG_STEPS,
    snapshot=make_look(
        generator, discriminator, flag_optimizers[1], flag_noise, flag_images[:60]
    ),
    snapshot_every=FLAG_LOOK_EVERY,
    checkpoint=training.Checkpoint(FOLDER / "flags", resume=RESUME, **gan),
)

# %%
by_iteration = dict(flag_history.snapshots)
show_way({i: by_iteration[i][0] for i in FLAG_LOOKS})
plt.show()

# %% [markdown]
# **Figure 6.3.** The original's recipe with a sixteenth of its filters, after the number of
# iterations at the left; each column is one noise
# vector. There is no flag yet: the grey gets rougher, and that is all. The original looked
# after 100, 300, 1,300 and 11,300 iterations, at full size on a GPU.

# %%
ax = plotting.plot_losses(flag_history, smooth=20, d_level=plotting.LN_2)
plt.show()
print(f"D's rate at the end: {float(flag_optimizers[1].learning_rate):.1e}")

# %% [markdown]
# **Figure 6.4.** Both losses of the original's recipe; dotted is ln 2, the equilibrium of
# both. In the second hundred iterations D tells real from generated and leaves; its rate is
# halved again and again (printed above), which slows it but does not bring G back.
#
# ## Flags on a laptop
#
# For pictures worth looking at in three minutes, keep the layers and change the numbers. The
# right column says what each change is *meant* to do; change one back and see what it does.
#
# | change | meant to |
# | --- | --- |
# | a quarter of G's filters, no dropout in G | leave enough to draw with, and less noise |
# | D: 8×8 kernels at stride 4, 32 and 64 filters | see stripes and crosses as a whole, for a fraction of the work |
# | no ReLU in front of D's leaky ReLU | give G gradients everywhere |
# | batches of 16, real labels 0.9 | take more steps in the time; keep D less certain |
# | Adam with $\beta_1 = 0.5$, G's rate 0.002, D's 0.0006 | forget old gradients; let G learn faster than D |
# | averaged weights of G, as in lesson 05 | steady the pictures |
# | `few_pictures` in D | help where there are few pictures, see below |
#
# Few pictures are a danger: D can learn them by heart, and a G that has found two of them
# which pass may stay with those. Against the first, `random_shift` moves every picture that D
# sees, real or generated, by up to a sixteenth of its size; what it uncovers is white, as the
# flags' ground is. Against the second, `BatchSpread` of lesson 05 tells D how much a batch varies. Neither has weights.
#
# One generated batch serves both losses. D meets the two kinds one after the other, so that
# no layer can mix them. Every fourth step moves the average.


# %%
def random_shift(share, fill_mode="constant"):
    """Moves pictures by up to `share` of their size, in training; uncovers white."""
    options = {"fill_value": 1.0, "interpolation": "nearest"}
    return layers.RandomTranslation(share, share, fill_mode, **options)


def make_laptop_step(generator, discriminator, average, optimizers, loss, sample):
    """One generated batch for both losses, and the average of G's weights."""
    check_images(sample(0)[0], discriminator)
    g_optimizer, d_optimizer = optimizers
    g_optimizer.build(generator.trainable_variables)
    d_optimizer.build(discriminator.trainable_variables)

    def laptop_step(iteration):
        real_images, noise, d_labels, g_labels = sample(iteration)
        with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
            fake_images = generator(noise[0], training=True)
            real_answers = discriminator(real_images, training=True)
            fake_answers = discriminator(fake_images, training=True)
            d_loss = loss(d_labels, tf.concat([real_answers, fake_answers], axis=0))
            g_loss = loss(g_labels, fake_answers)
        d_gradients = d_tape.gradient(d_loss, discriminator.trainable_variables)
        g_gradients = g_tape.gradient(g_loss, generator.trainable_variables)
        d_optimizer.apply(d_gradients, discriminator.trainable_variables)
        g_optimizer.apply(g_gradients, generator.trainable_variables)
        if iteration % 4 == 0:
            training.update_average(average, generator, iteration, decay=0.996)
        return d_loss, g_loss

    return laptop_step


# %%
settings.set_seed(SEED)
gan = {"generator": make_flag_generator(1 / 4, dropout=0)}
gan["discriminator"] = make_flag_discriminator(
    filters=(32, 64, 64), kernel_size=8, strides=4, activation=None, few_pictures=True
)
gan["optimizers"] = [keras.optimizers.Adam(rate, beta_1=0.5) for rate in (2e-3, 6e-4)]
gan["average"] = flag_average = training.make_average(gan["generator"])
thin_sample = make_flag_sampler(flag_images, batch_size=16, real_label=0.9)
thin_history = training.fit(
    make_laptop_step(**gan, loss=TWO_COLUMNS, sample=thin_sample),
    THIN_FLAG_STEPS,
    snapshot=lambda: flag_average(flag_noise).numpy(),
    snapshot_every=THIN_FLAG_STEPS // 5,
    checkpoint=training.Checkpoint(FOLDER / "thin_flags", resume=RESUME, **gan),
)

# %%
show_way(dict(thin_history.snapshots))
plt.show()

# %% [markdown]
# **Figure 6.5.** The laptop's recipe along the way, a row for each look, again one noise vector
# a column. By the second row the waving outline is there, and it stays; inside it the light
# and dark fields get clearer edges.

# %%
plotting.plot_losses(thin_history, smooth=50, d_level=plotting.LN_2)
plt.show()

# %% [markdown]
# **Figure 6.6.** Its losses; dotted is ln 2. D gets ahead here, too, but slowly, and its loss
# stays above twice that of Figure 6.4.

# %%
fig, axes = plt.subplots(1, 2, figsize=(7, 3.8))
plotting.plot_images(2 * flag_images[:60:2] - 1, columns=5, title="real", ax=axes[0])
fake_images = thin_history.snapshots[-1][1]
plotting.plot_images(2 * fake_images[:30] - 1, columns=5, title="generated", ax=axes[1])
plt.show()

# %% [markdown]
# **Figure 6.7.** Real flags (left) and generated ones, not selected (right). The waving outline
# is there, and light and dark fields inside it, some like stripes or crosses; emblems are
# blots, and specks lie around. From 258 pictures in a few minutes that is what it gives.
#
# ## Ships
#
# The second original draws ships: the 6,000 pictures of one class of CIFAR-10, 32×32 in
# colour. `class_name` takes any of the ten classes. Where CIFAR-10 cannot be had, flags
# stand in, in colour; the printed line and the figures say so. **For pictures of your own,
# change this one line** into the one in the comment: all that follows will use them.

# %%
ships = data.load_cifar10(class_name="ship")
# ships = data.load_image_folder("my_pictures", size=32)
ship_images = ships.scaled()
SHIP_FILL = "constant" if ships.provenance == "bundled" else "reflect"
print(ships.describe())
plotting.plot_images(ship_images[:36], columns=12, title=ships.title)
plt.show()

# %% [markdown]
# **Figure 6.8.** What the second GAN is trained on.
#
# Its generator sets out from 128 normal random numbers and keeps all its convolutions at
# 256 filters; only one of them doubles the size. There is no batch normalisation.


# %%
def make_ship_generator(width=1, kernel_size=5):
    """Noise (n, 128) to pictures (n, 32, 32, 3) in [-1, 1]."""
    maps, filters = round(128 * width), round(256 * width)
    return keras.Sequential(
        [
            keras.Input((128,)),
            layers.Dense(16 * 16 * maps),
            layers.LeakyReLU(negative_slope=0.3),
            layers.Reshape((16, 16, maps)),
            layers.Conv2D(filters, kernel_size, padding="same"),
            layers.LeakyReLU(negative_slope=0.3),
            layers.Conv2DTranspose(filters, 4, strides=2, padding="same"),
            layers.LeakyReLU(negative_slope=0.3),
            layers.Conv2D(filters, kernel_size, padding="same"),
            layers.LeakyReLU(negative_slope=0.3),
            layers.Conv2D(filters, kernel_size, padding="same"),
            layers.LeakyReLU(negative_slope=0.3),
            layers.Conv2D(3, 7, padding="same", activation="tanh"),
        ],
        name="generator",
    )


# %% [markdown]
# The discriminator halves the picture three times without padding ("valid"): 32, 30, 14, 6,
# 2. It ends in one sigmoid unit.


# %%
def make_ship_discriminator(width=1, few_pictures=False, fill_mode="constant"):
    """Pictures (n, 32, 32, 3) to the probability (n, 1) that they are real."""
    filters = round(128 * width)
    return keras.Sequential(
        [
            keras.Input((32, 32, 3)),
            *([random_shift(3 / 32, fill_mode)] if few_pictures else []),
            layers.Conv2D(filters, 3),
            layers.LeakyReLU(negative_slope=0.3),
            layers.Conv2D(filters, 4, strides=2),
            layers.LeakyReLU(negative_slope=0.3),
            layers.Conv2D(filters, 4, strides=2),
            layers.LeakyReLU(negative_slope=0.3),
            layers.Conv2D(filters, 4, strides=2),
            layers.LeakyReLU(negative_slope=0.3),
            layers.Flatten(),
            layers.Dropout(0.4),
            *([BatchSpread()] if few_pictures else []),
            layers.Dense(1, activation="sigmoid"),
        ],
        name="discriminator",
    )


# %% tags=["nbval-check-output"]
count_parameters(make_ship_generator(), make_ship_discriminator())

# %% [markdown]
# Labels get **noise**: instead of 0 and 1, D is asked for a number drawn between 0 and 0.05,
# or between 0.95 and 1. Both optimizers are RMSprop with **clipping**: a component of a
# gradient beyond ±1 is cut to ±1. The original adds `decay=1e-8`; Keras 3 ignores it, and
# nothing is lost: over 10,000 iterations it would lower the rate by 0.01 %.


# %%
def make_ship_sampler(
    images, batch_size=BATCH_SIZE, real_labels=(0.95, 1.0), fake_labels=(0.0, 0.05)
):
    """Batches for the ships; each picture's label is drawn from its kind's range."""
    batch_at = training.make_batches(images, batch_size, seed=0)
    low, high = check_labels(np.transpose([real_labels, fake_labels]))
    low, high = (np.float32(ends).repeat(batch_size)[:, None] for ends in (low, high))

    def sample(iteration):
        noise = tf.random.stateless_normal((2, batch_size, 128), [2, iteration])
        label_noise = tf.random.stateless_uniform(low.shape, [3, iteration])
        d_labels = low + (high - low) * label_noise
        return batch_at(iteration), noise, d_labels, tf.ones((batch_size, 1))

    return sample


# %%
def make_ship_optimizers():
    """RMSprop as in the original: (G's, D's)."""
    return tuple(keras.optimizers.RMSprop(rate, clipvalue=1.0) for rate in (4e-4, 8e-4))


# %% [markdown]
# ## Three slips of the original
#
# **First**, it adds the noise to the real labels as well, so that they lie between 1 and
# 1.05. The cross-entropy of label $y$ and answer $p$ is $-y \log p - (1 - y) \log(1 - p)$.
#
# **Predict.** For $y$ up to 1 the best answer is $p = y$. What is it for $y = 1.05$?

# %% tags=["nbval-check-output"]
for p in (0.9, 0.99, 0.9999, 0.999999):
    losses = [-y * np.log(p) - (1 - y) * np.log(1 - p) for y in (0.95, 1.0, 1.05)]
    print(f"p = {p:<8}  " + "  ".join(f"{loss:7.3f}" for loss in losses))

# %% [markdown]
# There is none. For 0.95 (left) the loss has its minimum near $p = 0.95$; for 1 (middle) it
# falls to 0; for 1.05 (right) it falls below 0 and on without end: the noise that was meant
# to keep D from being certain rewards it for being certain. `check_labels` refuses such a
# label, so the sampler above subtracts the noise from 1.
#
# **Second**, the pictures are scaled to $[0, 1]$, but the generator's tanh gives $[-1, 1]$.
# What would D look at first?
#
# **Third**, it takes its batches in the order of the file and starts again at its end. How
# many different batches do 400 iterations see?

# %%
settings.set_seed(SEED)
untrained = make_ship_generator(1 / 16)(tf.random.normal((100, 128), seed=SEED))
below = np.mean(untrained.numpy() < 0)
print(f"pixels below 0: {np.mean((ship_images + 1) / 2 < 0):.0%} of the real", end=", ")
print(f"{below:.0%} of an untrained generator's")
indices = np.arange(len(ship_images), dtype="float32")[:, None]
batch_at = training.make_batches(indices, BATCH_SIZE, seed=SEED)
batches = {tuple(sorted(batch_at(i).numpy().ravel())) for i in range(400)}
in_order = min(400, len(indices) // BATCH_SIZE)
print(f"in order: {in_order} different batches, shuffled: {len(batches)}")

# %% [markdown]
# A D that asks only "is any pixel below 0?" wins before it has learnt anything about ships,
# and a D that meets the same few batches again and again learns them by heart.
#
# ## Training the ships
#
# What does the wrong scale cost? Train the original's recipe twice: with the pictures in
# $[0, 1]$, and in $[-1, 1]$. (Both runs are shuffled, with labels up to 1: change one thing at
# a time.) To compare them by a number, too, shrink pictures to thumbnails of 8×8 and take the
# sliced Wasserstein distance between real and generated ones: 0 when both have the same
# colours in the same places.
#
# **Predict.** Both runs get 300 iterations on a laptop. Whose thumbnails will be nearer to the
# real ones?

# %%
SIGMOID = keras.losses.BinaryCrossentropy()


def shrink(images):
    """Pictures (n, 32, 32, 3) as 8×8 thumbnails, flat: (n, 192)."""
    return tf.image.resize(images, (8, 8), method="area").numpy().reshape(-1, 192)


def thumbnail_distance(fake_images):
    """Sliced Wasserstein distance of the thumbnails from those of the real pictures."""
    return metrics.sliced_wasserstein(shrink(ship_images), shrink(fake_images))


def show_two(pairs):
    """Draw sixteen pictures (h, w, 3) in [-1, 1] of each of two sets, by title."""
    fig, axes = plt.subplots(1, 2, figsize=(7, 3.7))
    for ax, (title, images) in zip(axes, pairs.items(), strict=True):
        plotting.plot_images(images[:16], columns=4, title=title, ax=ax)
    fig.suptitle(ships.title, fontsize=9)


# %%
def train_ships(images, n_steps, name):
    """The ships' original recipe on pictures (n, 32, 32, 3): (G, history)."""
    settings.set_seed(SEED)
    gan = {
        "generator": make_ship_generator(SHIP_WIDTHS[0]),
        "discriminator": make_ship_discriminator(SHIP_WIDTHS[1]),
        "optimizers": make_ship_optimizers(),
    }
    step = make_tape_step(**gan, loss=SIGMOID, sample=make_ship_sampler(images))
    checkpoint = training.Checkpoint(FOLDER / name, resume=RESUME, **gan)
    return gan["generator"], training.fit(step, n_steps, checkpoint=checkpoint)


# %%
slip_generator, _ = train_ships((ship_images + 1) / 2, SHIP_STEPS, "ships_slip")
ship_generator, ship_history = train_ships(ship_images, SHIP_STEPS, "ships")
ship_noise = tf.random.stateless_normal((240, 128), [SEED, 1])
slip_images = 2 * slip_generator(ship_noise).numpy().clip(0, 1) - 1
fake_images = ship_generator(ship_noise).numpy()
show_two({"trained on 0 to 1": slip_images, "trained on -1 to 1": fake_images})
plt.show()
for name, images in (("0 to 1", slip_images), ("-1 to 1", fake_images)):
    print(f"trained on {name:7}: thumbnail distance {thumbnail_distance(images):.2f}")

# %% [markdown]
# **Figure 6.9.** Sixteen pictures from each run, after the same number of iterations.
# Trained on 0 to 1, G has one red field for everything; on -1 to 1 its pictures differ from
# each other. Neither is good after so few iterations.
#
# The original prints both losses every 200 iterations. Do the same from the history.


# %%
def print_losses(history, every=200):
    """One line every so many iterations, and the last one."""
    print("iteration   d loss   gan loss")
    for row, i in enumerate(history.iteration):
        if i % every == 0 or i == history.iteration[-1]:
            print(f"{i:9,}{history.d_loss[row]:9.3f} {history.g_loss[row]:10.3f}")


print_losses(ship_history)

# %% [markdown]
# ## Ships on a laptop
#
# As with the flags: same layers, other numbers. A sixteenth of G's filters with 3×3 kernels,
# a quarter of D's, Adam with $\beta_1 = 0.5$ in place of RMSprop, and the average of G's
# weights. Both rates begin at 0.0015 and fall to 0 along a cosine, so that the colours, which
# wander while the rates are high, come to rest. Batches of 32 and noisy labels stay.


# %%
def train_thin_ships(images, n_steps, name, few_pictures=True):
    """The laptop's ships on pictures (n, 32, 32, 3): (G's average, history)."""
    settings.set_seed(SEED)
    gan = {
        "generator": make_ship_generator(1 / 16, kernel_size=3),
        "discriminator": make_ship_discriminator(1 / 4, few_pictures, SHIP_FILL),
    }
    gan["average"] = training.make_average(gan["generator"])
    rate = keras.optimizers.schedules.CosineDecay(1.5e-3, n_steps)
    gan["optimizers"] = [keras.optimizers.Adam(rate, beta_1=0.5) for _ in range(2)]
    step = make_laptop_step(**gan, loss=SIGMOID, sample=make_ship_sampler(images))
    checkpoint = training.Checkpoint(FOLDER / name, resume=RESUME, **gan)
    return gan["average"], training.fit(step, n_steps, checkpoint=checkpoint)


# %% [markdown]
# `few_pictures` again: moves of up to three pixels, and the spread of the last layer's numbers.
# What a move uncovers is white with the flags as stand-in; photos have no ground of one
# colour, so theirs is the mirrored picture (`SHIP_FILL`). What are the two layers worth? A
# short run without them and one with both:
#
# **Predict.** Will you see the difference in the shapes, or in the colours?

# %%
trials = {}
for few, name in ((False, "trial_without"), (True, "trial_with")):
    average, _ = train_thin_ships(ship_images, TRIAL_STEPS, name, few)
    trials[few] = average(ship_noise).numpy()
show_two({"without the two layers": trials[False], "with them": trials[True]})
plt.show()
for few, images in trials.items():
    name = "with them" if few else "without"
    print(f"{name:9}: thumbnail distance {thumbnail_distance(images):.2f}")

# %% [markdown]
# **Figure 6.10.** After equally many iterations, without the two layers (left) and with them
# (right): stronger colours and fields with clearer edges, and a smaller distance.
#
# Now for longer, with both.

# %%
ship_average, thin_ship_history = train_thin_ships(
    ship_images, THIN_SHIP_STEPS, "thin_ships"
)
print_losses(thin_ship_history, every=max(200, THIN_SHIP_STEPS // 10))

# %%
fake_images = ship_average(ship_noise).numpy()
show_two({"real": ship_images[:96:6], "generated": fake_images})
plt.show()
print(f"thumbnail distance {thumbnail_distance(fake_images):.2f}")

# %% [markdown]
# **Figure 6.11.** Real pictures (left) and generated ones, not selected (right). With the flags
# as stand-in the outline is sharp, and discs and fields are clean. But look at the colours:
# this G has settled on few of them, and its distance is *worse* than after the short run above.
# Sharper is not better in every respect. What is lost here is variety: the two layers put the
# **mode collapse** off, and did not prevent it. Lesson 07 is about it.

# %%
plotting.plot_losses(thin_ship_history, smooth=50, d_level=plotting.LN_2)
plt.show()

# %% [markdown]
# **Figure 6.12.** The learning curve; dotted is ln 2. The swings die down with the rates. D gets
# ahead all the way, and nothing here tells you that colours were lost.
#
# ## Your own pictures
#
# A folder of pictures takes the place of the ships: `load_image_folder` crops each to its
# middle square and makes it 32×32, and sub-folders become classes. To see it work, write
# some JPEGs into a folder, here house numbers, and read them back with the one line that
# changes. What follows is the line that trained the ships.

# %%
folder = FOLDER / "my_pictures"
folder.mkdir(exist_ok=True)
for k, picture in enumerate(data.make_house_numbers(64).images):
    Image.fromarray(picture).save(folder / f"{k:03}.jpg", quality=95)

# %%
ships = data.load_image_folder(folder, size=32)  # the one line
print(ships.describe())
own_average, own_history = train_thin_ships(ships.scaled(), SHORT_STEPS, "own")

# %% [markdown]
# A few iterations show only that it runs. For your own, put the folder into the line above
# Figure 6.8, and run all that follows. Start with one kind of thing, taken from the same side:
# the more alike the pictures are, the less there is to learn.
#
# ## Bad input
#
# What happens if something does not fit? Each of these mistakes stops before or at the first
# step, and says what was found and what to do.

# %% tags=["nbval-check-output"]
broken = np.full((32, 32, 32, 3), np.nan, "float32")
thin_ships = make_ship_generator(1 / 16), make_ship_discriminator(1 / 16)


def start(images, **labels):
    """One iteration of the thin ships on these pictures."""
    sample = make_ship_sampler(images, **labels)
    gan = *thin_ships, make_ship_optimizers(), SIGMOID, sample
    losses = make_tape_step(*gan)(tf.constant(0))
    training.check_finite(np.array([losses]))


mistakes = {
    "size": lambda: start(flag_images),
    "class": lambda: data.load_cifar10(class_name="boat"),
    "labels": lambda: start(ship_images, real_labels=(1, 1.05)),
    "NaN": lambda: start(broken),
}
for name, mistake in mistakes.items():
    try:
        mistake()
    except (ValueError, FloatingPointError, data.DataError) as error:
        print(f"{name}: {error}")

# %% [markdown]
# ## What goes wrong
#
# Back to the frozen discriminator. Here is the whole old recipe, as the ships' original has
# it: compile D, freeze it, stack, compile the stack, and train.
#
# **Predict.** D never moves. What will the two losses do, and which of them looks like
# success?


# %%
def train_frozen(images, n_steps):
    """The ships the old way, D frozen once: (G, D's weights moved?, history)."""
    settings.set_seed(SEED)
    generator = make_ship_generator(SHIP_WIDTHS[0])
    discriminator = make_ship_discriminator(SHIP_WIDTHS[1])
    g_optimizer, d_optimizer = make_ship_optimizers()
    discriminator.compile(d_optimizer, SIGMOID)
    discriminator.trainable = False  # once and for all: the slip
    stack = keras.Sequential([generator, discriminator])
    stack.compile(g_optimizer, SIGMOID)
    before, losses = discriminator.get_weights(), []
    sample = make_ship_sampler(images)
    for iteration in tqdm(range(n_steps), unit="it"):
        real_images, noise, d_labels, g_labels = sample(tf.constant(iteration))
        mixed = np.concatenate([real_images, generator.predict_on_batch(noise[0])])
        d_loss = discriminator.train_on_batch(mixed, d_labels)
        losses.append((d_loss, stack.train_on_batch(noise[1], g_labels)))
    pairs = zip(before, discriminator.get_weights(), strict=True)
    moved = any(not np.array_equal(old, new) for old, new in pairs)
    d_loss, g_loss = np.transpose(losses)
    return generator, moved, training.History(np.arange(n_steps), d_loss, g_loss, [])


frozen_generator, moved, frozen_history = train_frozen(ship_images, SHORT_STEPS)
print("D has moved:", moved)

# %%
fig, axes = plt.subplots(1, 2, figsize=(7, 3))
plotting.plot_losses(frozen_history, d_level=plotting.LN_2, ax=axes[0])
fake_images = frozen_generator(ship_noise[:8]).numpy()
plotting.plot_images(fake_images, columns=4, title="generated", ax=axes[1])
plt.show()

# %% [markdown]
# **Figure 6.13.** D frozen by mistake. G's loss falls steadily, which looks like success, and
# D's rises, since it never answers. The pictures are stripes that this one D happens to like.
#
# ## The live lab
#
# Train the thin ships by hand. The lab takes copies of new networks and leaves D's sigmoid
# out, because its losses want logits. Its quality curve is the thumbnail distance. First a
# still picture.

# %%
settings.set_seed(SEED)
ship_lab = lab.ImageLab(
    make_ship_generator(1 / 16, kernel_size=3),
    make_ship_discriminator(1 / 4, True, SHIP_FILL),
    ship_images,
    quality=thumbnail_distance,
    batch_size=16,
    d_rate=1e-3,
    g_rate=1e-3,
)
ship_lab.step(LAB_STEPS)
ship_lab.figure()
plt.show()

# %% [markdown]
# **Figure 6.14.** The lab after 400 iterations at the laptop budget: pictures from a fixed
# noise, D's scores for real and generated pictures, the losses, and the distance.
#
# Alive, below. **Predict**, then try:
#
# - Press "one D step" and "one G step" in turn. Whose scores, whose pictures change?
# - Freeze D by hand: drag its learning rate as low as it goes, and play. Do the losses do
#   what they did in Figure 6.13?
# - Lower D's rate to a tenth, as the flags' recipe does when D wins. Which way do the two
#   histograms of scores move?

# %%
ship_lab.show()

# %% [markdown]
# ## Key points
#
# - The stack is a way to train G through D with `train_on_batch`; D must hold still in it.
# - Keras 3 reads `trainable` when a step is traced, not at `compile`. Freeze once, and D
#   never trains, or trains depending on the batch's size. Set it before every call.
# - Tapes do the same, within 1e-5 after a step, and say in the code who moves. Either way,
#   measure who moves: it takes three lines.
# - A generator's loss that falls and falls is a reason to look at D.
# - A label is a probability: noise on a 1 is subtracted. Scale pictures to what G can give,
#   and shuffle.
# - The same layers with fewer filters let you try a large recipe on a small machine.
# - With few pictures, move what D sees, real and generated alike, and tell D how much a batch
#   varies.
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
# **6.2 The lowest loss.** D's label is $y$. Its loss $-y \log p - (1 - y) \log(1 - p)$ is
# smallest at $p = y$. Write the smallest value as a function of $y$ (with $0 \log 0 = 0$),
# and let it return `-np.inf` for a $y$ outside $[0, 1]$. How low can D's loss go with the
# ships' noisy labels?


# %% tags=["solution"]
def lowest_loss(label):
    """The smallest cross-entropy that any answer can reach for this label."""
    # BEGIN SOLUTION
    # STUB: return ...
    if not 0 <= label <= 1:
        return -np.inf
    return -sum(q * np.log(q) for q in (label, 1 - label) if q > 0)
    # END SOLUTION


# %% tags=["check", "nbval-check-output"]
checks.check(
    "6.2",
    lowest_loss,
    {
        "ln 2 for a label of 1/2": lambda f: checks.same(f(0.5), np.log(2), atol=1e-3),
        "0.325 for a label of 0.9": lambda f: checks.same(f(0.9), 0.3251, atol=1e-3),
        "0.325 for a label of 0.1": lambda f: checks.same(f(0.1), 0.3251, atol=1e-3),
        "0 for a label of 1": lambda f: checks.same(f(1.0), 0, atol=1e-3),
        "0 for a label of 0": lambda f: checks.same(f(0.0), 0, atol=1e-3),
        "no minimum for 1.05": lambda f: checks.same(f(1.05), -np.inf),
        "no minimum for -0.05": lambda f: checks.same(f(-0.05), -np.inf),
    },
    {
        "both terms count, y's and 1 - y's.": lambda f: checks.same(
            f(0.5), np.log(2) / 2
        ),
        "log is the natural logarithm.": lambda f: checks.same(f(0.5), 1),
        "a loss is not negative here: mind the sign.": lambda f: f(0.5) < 0,
        "0 · log 0 counts as 0.": lambda f: np.isnan(f(0.0)) or np.isnan(f(1.0)),
        "0 and 1 are labels, too.": lambda f: f(1.0) == -np.inf,
    },
)

# %% [markdown] tags=["solution"]
# Averaged over labels from 0.95 to 1 it is 0.112: the floor under D's learning curve.

# %% [markdown]
# **6.3 Your pictures as flags.** The flags' networks want grey pictures of 64×64 in
# $[0, 1]$. Write `load_for_flags(folder)`, which reads a folder of colour pictures of any
# size for them. Try it on your own folder, too.


# %% tags=["solution"]
def load_for_flags(folder):
    """The pictures of a folder as float32 (n, 64, 64, 1) in [0, 1]."""
    # BEGIN SOLUTION
    # STUB: return ...
    pictures = data.load_image_folder(folder, size=64, grey=True)
    return (pictures.scaled() + 1) / 2
    # END SOLUTION


# %% tags=["check", "nbval-check-output"]
place = settings.output_dir("06_stacked_models/white_above_blue")
for height, width in ((80, 80), (90, 120)):
    pixels = np.full((height, width, 3), 255, "uint8")
    pixels[height // 2 :, :, :2] = 0
    Image.fromarray(pixels).save(place / f"{height}.jpg", quality=95)
checks.check(
    "6.3",
    load_for_flags,
    {
        "two pictures, (2, 64, 64, 1)": lambda f: np.shape(f(place)) == (2, 64, 64, 1),
        "float32": lambda f: f(place).dtype == np.float32,
        "white, above, is 1": lambda f: checks.same(
            f(place)[:, 8], np.ones((2, 64)), atol=0.02
        ),
        "blue, below, is a dark grey": lambda f: 0.05 < np.mean(f(place)[:, 56]) < 0.4,
    },
    {
        "black and white are swapped.": lambda f: np.mean(f(place)[:, 8]) < 0.1,
        "from -1 to 1: add 1 and divide by 2.": lambda f: np.min(f(place)) < -0.1,
        "from 0 to 255: divide by 255.": lambda f: np.max(f(place)) > 2,
        "a picture is (64, 64, 1): size, grey, and a last axis.": lambda f: (
            np.shape(f(place))[1:] != (64, 64, 1)
        ),
        "one channel is no grey: mix all three.": lambda f: (
            abs(np.mean(f(place)[:, 56]) - 0.5) > 0.48
        ),
        "it is not float32: .astype.": lambda f: f(place).dtype != np.float32,
    },
)

# %% [markdown]
# ## References
#
# - I. Goodfellow et al., *Generative adversarial nets*, 2014.
# - F. Chollet, *Deep learning with Python*, 2017: the GAN on one class of CIFAR-10, with
#   noisy labels and clipping.
# - A. Krizhevsky, *Learning multiple layers of features from tiny images*, 2009: CIFAR-10.
# - T. Salimans et al., *Improved techniques for training GANs*, 2016: one-sided label
#   smoothing.
# - S. Zhao et al., *Differentiable augmentation for data-efficient GAN training*, 2020: what
#   few pictures do to a discriminator.
