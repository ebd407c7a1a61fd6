# ---
# title: DCGAN on house numbers
# minutes: 4
# teaching: 90
# optional: 45
# prerequisites: Lessons 01 (the best discriminator) and 02 (losses, one training step).
# taught: dcgan
# ---

# %% [markdown]
# ## Questions
#
# - How does a convolution shrink a picture, and how does a transposed one grow it?
# - What does batch normalisation do in training, and what afterwards?
# - Why leaky ReLU, labels of 0.9 and an Adam with little momentum?
# - Can a generator learn all ten digits from photos of house numbers, and who is to judge?
#
# **You will be able to** work both kinds of convolution by hand, build the DCGAN at its
# original size to the parameter, say what each of its rules is for, train it on coloured
# digits, and measure how far its pictures are from real ones.
#
# ## Setup
#
# The loss is the `cross_entropy` of lesson 02. A small digit classifier that comes with the
# course will help to judge the results.

# %% tags=["setup"]
from dataclasses import replace

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from ipywidgets import FloatSlider, IntSlider, interact
from keras import layers

from gan_helpers import (
    checks,
    classifiers,
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
from gan_helpers.taught.quadratic import cross_entropy
from gan_helpers.training import update

plotting.set_style()

# %% [markdown]
# ## Settings
#
# *The original* is the tutorial that this lesson rebuilds. Strides, batch norm, leaky ReLU and
# $\beta_1 = 0.5$ are rules of the DCGAN's paper; labels of 0.9 and the second G update are the
# tutorial's own.
#
# The original has 6 million weights and wants a GPU. On a laptop the same networks train
# with a quarter of the feature maps, kernels of 4×4 instead of 5×5, 32 random numbers
# instead of 100, one G update a step instead of two, on smaller batches and at a higher
# rate.
#
# The long training saves itself into the folder `outputs` once a minute. With
# `RESUME = True` it goes on from there, after a restart of the kernel, too. With `False` it
# starts anew, and what was saved before is moved aside. Set it back to `False` before you
# change anything.

# %%
SEED = 0
ORIGINAL = {
    **{"g_filters": (512, 256, 128), "d_filters": (64, 128, 256), "kernel": 5},
    **{"latent": 100, "batch_size": 128, "g_updates": 2, "rate": 2e-4},
}
THIN = {
    **{"g_filters": (128, 64, 32), "d_filters": (16, 32, 64), "kernel": 4},
    **{"latent": 32, "batch_size": 24, "g_updates": 1, "rate": 1e-3},
}
DECAY = 0.996  # what the average of G keeps of itself, at every fourth step
SIZE = settings.budget(fast=THIN, laptop=THIN, full=ORIGINAL)
STEPS = settings.budget(fast=20, laptop=8000, full=25 * 775)
EVERY = STEPS // 20  # a snapshot at each twentieth of the training
TRIAL_STEPS = settings.budget(fast=4, laptop=200, full=200)
N_JUDGED = settings.budget(fast=200, laptop=2000, full=2000)
SPLIT = settings.budget(fast="test", laptop="test", full="all")
RESUME = False
FOLDER = settings.output_dir("04_dcgan_svhn")
settings.set_seed(SEED)
course.announce_budget("04")

# %% [markdown]
# ## The idea
#
# A *deep convolutional* GAN plays the game of lesson 02 with pictures. The generator starts
# from 4×4 places with many feature maps each, and three times doubles height and width. The
# discriminator goes the same way back.

# %%
fig, axes = plt.subplots(2, 1, figsize=(7, 3.6))
growing = [(4, 4, 512), (8, 8, 256), (16, 16, 128), (32, 32, 3)]
shrinking = [(32, 32, 3), (16, 16, 64), (8, 8, 128), (4, 4, 256)]
diagrams.draw_feature_maps(growing, color=plotting.FAKE, ax=axes[0])
diagrams.draw_feature_maps(shrinking, ax=axes[1])
axes[0].set_title("generator: 100 random numbers, a dense layer, then this")
axes[1].set_title("discriminator: this, then a dense layer to one logit")
plt.show()

# %% [markdown]
# **Figure 4.1.** The two networks as stacks of feature maps. From arrow to arrow the generator
# (top) doubles height and width and has fewer maps; the discriminator (bottom) halves height
# and width and has more maps. Place is traded for meaning, and back.
#
# The numbers are height × width × feature maps, and a slice stands for each doubling of the
# maps. Each arrow is one convolution with stride 2.

# %% [markdown]
# ## The data
#
# SVHN holds 32×32 photos around one digit of a house number; its neighbours are cut off at
# the edges. The pictures may not be copied into a course, so where they are neither on this
# machine nor to be downloaded, synthetic house numbers stand in. The titles of the figures
# say which of the two you see. A laptop takes the official test pictures (26,032; of the
# stand-in 10,000, none of which the judge below has learnt from), `full` takes all. The last 2,000 are held out: nothing in this lesson is
# trained on them, and they will show what a good result looks like.

# %%
numbers = data.load_svhn(split=SPLIT)
real_images, held_out_images = numbers.images[:-2000], numbers.images[-2000:]
print(numbers.describe())


# %%
def scaled(images):
    """Pictures in bytes as float32 in [-1, 1]."""
    return images / np.float32(127.5) - 1


first = [numbers.images[numbers.labels == k][:6] for k in range(10)]
by_column = np.stack(first, axis=1).reshape(60, 32, 32, 3)
plotting.plot_images(scaled(by_column), columns=10, title=numbers.title)
plt.show()

# %% [markdown]
# **Figure 4.2.** Six pictures of each digit, 0 to 9 from left to right. Within a column shape,
# colour, light and sharpness vary: the generator has to learn all of them.

# %% [markdown]
# ### Smaller pictures (optional)
#
# The networks want 32×32 pixels in colour. Smaller pictures, such as the 28×28 grey ones of
# MNIST or Fashion-MNIST, are **padded** with black, two pixels on each side.


# %%
def pad_to_32(images):
    """Pictures (n, h, w, 1 or 3) in [-1, 1], up to 32×32, on black: (n, 32, 32, 3)."""
    height, width, channels = images.shape[1:]
    if max(height, width) > 32:
        raise ValueError(
            f"The pictures are {height}×{width}, expected at most 32×32. "
            "Shrink them first; data.load_image_folder does it with size=32."
        )
    top, left = (32 - height) // 2, (32 - width) // 2
    borders = ((0, 0), (top, 32 - height - top), (left, 32 - width - left), (0, 0))
    padded = np.pad(images, borders, constant_values=-1)
    return padded if channels == 3 else np.repeat(padded, 3, axis=-1)


# %% tags=["nbval-check-output"]
fashion = data.load_fashion_mnist(split="test", source="bundled").scaled()[:8]
padded = pad_to_32(fashion)
print(fashion.shape, "becomes", padded.shape)
print("the middle is unchanged:", np.array_equal(padded[:, 2:30, 2:30, :1], fashion))
print("the border is black:", np.all(padded[:, :2] == -1))

# %% [markdown]
# ## A strided convolution by hand
#
# A convolution slides a small **kernel** over the picture. At each stop it multiplies what
# lies under the kernel with the kernel, entry by entry, and adds up. With **stride** 2 it
# stops at every second pixel, so that height and width are halved. Take a picture of 4×4 and
# a kernel of 3×3.
#
# **Predict.** To get 2×2 stops, how many rows of zeros does the picture need, and where?

# %%
picture = np.arange(1.0, 17.0).reshape(4, 4)
kernel = np.array([[1.0, 0.0, 2.0], [0.0, 3.0, 0.0], [1.0, 0.0, -1.0]])


def convolve(picture, kernel, stride=2):
    """Strided convolution of a square (h, h) picture, padded like Keras' "same"."""
    size, k = len(picture) // stride, len(kernel)
    missing = (size - 1) * stride + k - len(picture)
    padded = np.pad(picture, (missing // 2, missing - missing // 2))
    result = np.zeros((size, size))
    for i, j in np.ndindex(size, size):
        window = padded[stride * i : stride * i + k, stride * j : stride * j + k]
        result[i, j] = np.sum(window * kernel)
    return result


# %% [markdown]
# One row below and one column to the right: Keras puts the odd one at the end. Check the
# hand-made version against the layer. The numbers are whole, so they agree exactly.

# %% tags=["nbval-check-output"]
layer = layers.Conv2D(1, 3, strides=2, padding="same", use_bias=False)
layer.build((None, 4, 4, 1))
layer.set_weights([kernel[..., None, None]])
by_layer = layer(picture[None, ..., None]).numpy().squeeze()
print(convolve(picture, kernel).astype(int))
print("the layer agrees:", np.array_equal(by_layer, convolve(picture, kernel)))

# %% [markdown]
# Why a stride, and not max pooling, as in most classifiers? The generator learns from nothing but
# D's gradient at its pixels.
#
# **Predict.** To what share of its inputs does a gradient come back through either layer?

# %% tags=["nbval-check-output"]
x = tf.random.stateless_normal((1, 32, 32, 1), [SEED, 0])
strided = layers.Conv2D(1, 4, strides=2, padding="same")
for name, shrink in (("max pooling", layers.MaxPooling2D()), ("stride 2", strided)):
    with tf.GradientTape() as tape:
        tape.watch(x)
        output = tf.reduce_sum(shrink(x) ** 2)
    share = np.mean(tape.gradient(output, x) != 0)
    print(f"{name}: {100 * share:.0f} % of the pixels get a gradient")

# %% [markdown]
# Max pooling keeps the largest of four numbers, so three of four get nothing back. (Where a
# convolution stands before it, as usual, each pixel has a part in several of these, and hears
# from those that won.) A stride reaches all of them, and how it shrinks is learned. The DCGAN
# shrinks and grows by strides alone.

# %% [markdown]
# ## A transposed convolution by hand
#
# Growing goes the other way round. Each pixel **stamps** the kernel, multiplied by its own
# value, onto a larger canvas; the stamps lie two pixels apart; where they overlap, they add
# up. What reaches beyond the edge is cut off.


# %% tags=["nbval-check-output"]
def convolve_transposed(picture, kernel, stride=2):
    """Transposed convolution of a square (h, h) picture, cut like Keras' "same"."""
    size, k = stride * len(picture), len(kernel)
    canvas = np.zeros((size + k, size + k))
    for i, j in np.ndindex(*picture.shape):
        stamp = picture[i, j] * kernel
        canvas[stride * i : stride * i + k, stride * j : stride * j + k] += stamp
    cut = (k - stride) // 2
    return canvas[cut : cut + size, cut : cut + size]


for k in (3, 4, 5):
    rng = np.random.default_rng(k)
    stamp = rng.integers(-3, 4, (k, k)).astype("float32")
    layer = layers.Conv2DTranspose(1, k, strides=2, padding="same", use_bias=False)
    layer.build((None, 4, 4, 1))
    layer.set_weights([stamp[..., None, None]])
    by_layer = layer(picture[None, ..., None]).numpy().squeeze()
    same = np.array_equal(by_layer, convolve_transposed(picture, stamp))
    print(f"kernel {k}×{k}: {by_layer.shape}, the layer agrees: {same}")

# %%
fig, axes = plt.subplots(1, 3, figsize=(7, 2.6), width_ratios=[2, 4, 8])
grown = convolve_transposed(picture, kernel)
for ax, values, title in zip(
    axes,
    (convolve(picture, kernel), picture, grown),
    ("convolved", "picture", "transposed convolution"),
    strict=True,
):
    ax.imshow(values, cmap="Blues", vmin=-20, vmax=160)
    for (i, j), value in np.ndenumerate(values):
        ax.text(j, i, f"{value:.0f}", ha="center", va="center")
    ax.set_title(title)
    ax.set(xticks=[], yticks=[])
plt.show()

# %% [markdown]
# **Figure 4.3.** The 4×4 picture (middle), shrunk by the convolution (left) and grown by the
# transposed one (right), with the same 3×3 kernel and stride 2.
#
# Find the stamps. The first pixel is 1, so its stamp is the kernel itself: 1, 0 and 0, 3 at the
# upper left. Where the next stamp begins, two pixels on, both add up: $2 \cdot 1 + 1 \cdot 2 = 4$.
#
# Stamps overlap. **Predict.** With a 5×5 kernel and stride 2, does every pixel of the canvas
# get equally many stamps? And with 4×4?

# %%
fig, axes = plt.subplots(1, 2, figsize=(7, 3.3))
for ax, k in zip(axes, (5, 4), strict=True):
    stamps = convolve_transposed(np.ones((6, 6)), np.ones((k, k)))[2:-2, 2:-2]
    ax.imshow(stamps, cmap="Blues", vmin=0, vmax=16)
    for (i, j), n_stamps in np.ndenumerate(stamps):
        ax.text(j, i, f"{n_stamps:.0f}", ha="center", va="center")
    ax.set_title(f"kernel {k}×{k}, stride 2")
    ax.set(xticks=[], yticks=[])
plt.show()

# %% [markdown]
# **Figure 4.4.** How many stamps reach each pixel, away from the edge. With 5×5 it is 4, 6
# or 9 in a checkerboard; with 4×4, which the stride divides, every pixel gets 4.
#
# That takes away one cause of checkerboards, not all: where a kernel's weights differ,
# neighbours still get different sums, and training has to smooth them. How much is left is
# measured below.

# %% [markdown]
# ### Each other's transpose (optional)
#
# The two are each other's **transpose**: written as a matrix $A$, the first is $A x$ and the
# second $A^\top y$. Then $(A x) \cdot y = x \cdot (A^\top y)$ must hold for any $x$ and $y$.

# %% tags=["nbval-check-output"]
small = np.array([[2.0, -1.0], [0.0, 3.0]])
print("(A x) · y   =", np.sum(convolve(picture, kernel) * small))
print("x · (Aᵀ y)  =", np.sum(picture * convolve_transposed(small, kernel)))

# %% [markdown]
# ## Batch normalisation has two modes
#
# Activations that grow or shrink from layer to layer make deep networks hard to train.
# **Batch normalisation** rescales each feature map. In *training* mode it uses the mean
# $\mu_B$ and variance $\sigma_B^2$ of the batch at hand:
#
# $$\hat x = \gamma\,\frac{x - \mu_B}{\sqrt{\sigma_B^2 + \epsilon}} + \beta$$
#
# - $\gamma, \beta$ (`gamma`, `beta`) are trained, and start at 1 and 0;
# - $\epsilon$ (`epsilon`) is $10^{-5}$ here and guards against division by 0.

# %% tags=["nbval-check-output"]
normalise = layers.BatchNormalization(momentum=0.9, epsilon=1e-5)
batch = np.random.default_rng(SEED).normal(5, 3, (512, 1)).astype("float32")
by_hand = (batch - batch.mean()) / np.sqrt(batch.var() + 1e-5)
outputs, (gamma, beta) = normalise(batch, training=True), normalise.get_weights()[:2]
print("agrees:", np.allclose(outputs, by_hand, atol=1e-5), end=", ")
print(f"mean {abs(np.mean(outputs)):.1f}, deviation {np.std(outputs):.1f}")
inside = np.mean((outputs > 0) & (outputs < 1))
print(f"{100 * inside:.0f} % of it lies between 0 and 1")
print("gamma", gamma, "and beta", beta, "have not moved")

# %% [markdown]
# So it rescales what passes through to mean 0 and deviation 1. It puts neither that nor the
# weights "between 0 and 1", as you may read in tutorials: two thirds lie outside, and no
# weight was touched.
#
# A batch of one has no variance. So in *inference* mode, for drawing pictures later, the
# layer uses running averages, moved at each training batch by
# $\bar\mu \leftarrow 0.9\,\bar\mu + 0.1\,\mu_B$ from a start of 0.
#
# **Predict.** The layer has seen one training batch, whose mean is about 5. Which mean will
# the same batch have after passing in inference mode: 0, or something else?

# %%
normalise = layers.BatchNormalization(momentum=0.9, epsilon=1e-5)
n_batches, means = np.arange(1, 41), []
for _ in n_batches:
    normalise(batch, training=True)
    spread = np.sqrt(normalise.moving_variance[0] + 1e-5)
    means.append(normalise(batch).numpy().mean() * spread)

fig, ax = plt.subplots(figsize=(6.4, 2.8))
ax.plot(n_batches, means, "o", color=plotting.REAL, label="measured")
ax.plot(n_batches, 0.9**n_batches * batch.mean(), "k--", label="0.9ⁿ · batch mean")
ax.set(xlabel="training batches seen, n", ylabel="mean left over")
ax.legend()
plt.show()
assert np.allclose(means, 0.9**n_batches * batch.mean(), atol=1e-3)

# %% [markdown]
# **Figure 4.5.** What is left of a batch's mean in inference mode, before the division by the
# running deviation. After one batch 90 % of it is still there, about 4.4 (and 3.3 after that
# division); after 22 batches 10 %: a generator drawn from after a handful of steps looks worse
# than it is.

# %% [markdown]
# ## The two networks
#
# ReLU passes no gradient where its input is negative, so a unit whose input is negative for
# *every* picture no longer learns. D therefore uses **leaky ReLU**, which lets a fifth of the
# gradient pass. Weights start small, from a normal distribution of deviation 0.02.
#
# Both networks are the original's. `filters` makes them thinner; `slope` and `normalise` are
# there for experiments.


# %% tags=["taught"]
def make_discriminator(filters=(64, 128, 256), kernel=5, slope=0.2, normalise=True):
    """Pictures (n, 32, 32, 3) to logits (n, 1); the original's size by default."""
    shape = {"kernel_size": kernel, "strides": 2, "padding": "same"}
    start = keras.initializers.RandomNormal(stddev=0.02)
    network = keras.Sequential([keras.Input((32, 32, 3))], name="discriminator")
    for i, maps in enumerate(filters):
        network.add(layers.Conv2D(maps, **shape, kernel_initializer=start))
        if normalise and i > 0:  # the first layer sees the colours as they are
            network.add(layers.BatchNormalization(momentum=0.9, epsilon=1e-5))
        network.add(layers.LeakyReLU(negative_slope=slope))
    network.add(layers.Flatten())
    network.add(layers.Dense(1, kernel_initializer=start))
    return network


def make_generator(filters=(512, 256, 128), kernel=5, latent=100):
    """Noise (n, latent) to pictures (n, 32, 32, 3); the original's size by default."""
    shape = {"kernel_size": kernel, "strides": 2, "padding": "same"}
    start = keras.initializers.RandomNormal(stddev=0.02)
    network = keras.Sequential([keras.Input((latent,))], name="generator")
    network.add(layers.Dense(4 * 4 * filters[0], kernel_initializer=start))
    network.add(layers.Reshape((4, 4, filters[0])))
    for maps in (*filters[1:], 3):
        network.add(layers.BatchNormalization(momentum=0.9, epsilon=1e-5))
        network.add(layers.ReLU())
        network.add(layers.Conv2DTranspose(maps, **shape, kernel_initializer=start))
    network.add(layers.Activation("tanh"))
    return network


# %% [markdown]
# **Predict.** The original's weights, before you count: does G or D have more, and which of
# its layers holds most of them?


# %%
def count(weights):
    return sum(int(np.prod(weight.shape)) for weight in weights)


# %% tags=["nbval-check-output"]
for network in (make_generator(), make_discriminator()):
    trainable = count(network.trainable_weights)
    print(f"{network.name}: {network.count_params():,}, trainable {trainable:,}")
    largest = max(network.layers, key=lambda layer: layer.count_params())
    print(f"  largest layer: {largest.count_params():,} in {largest.output.shape[1:]}")

# %% [markdown]
# The weights that are not trainable are the running averages: two for each normalised
# feature map, so $2 \cdot (512 + 256 + 128)$ in G and $2 \cdot (128 + 256)$ in D.

# %% [markdown]
# ### Where weights and noise start (optional)
#
# Why a deviation of 0.02? Compare it with Keras' own choice, the Glorot start, for the same
# eight kernels, and try weights ten times as large.
#
# **Predict.** What does a generator draw whose weights are ten times too large?

# %% tags=["nbval-check-output"]
keras.utils.set_random_seed(SEED)
network, glorot = make_generator(), keras.initializers.GlorotUniform(seed=SEED)
kernels = [x for n in (network, make_discriminator()) for x in n.weights if x.ndim > 1]
deviations = [np.std(glorot(kernel.shape)) for kernel in kernels]
print(f"Keras' deviations: {min(deviations):.2f} to {max(deviations):.2f}")
noise = tf.random.stateless_uniform((20, 100), [SEED, 0], -1.0, 1.0)
drawn = network(noise, training=True).numpy()
for kernel in kernels[:4]:  # the generator's
    kernel.assign(10 * kernel)
for name, images in (("0.02", drawn), ("0.2", network(noise, training=True).numpy())):
    share = np.mean(np.abs(images) > 0.95)
    print(f"start {name}: {100 * share:.0f} % of the colours beyond ±0.95")

# %% [markdown]
# More than half of the colours lie at the ends of tanh, where its slope is nearly 0 and G can
# hardly learn. Only the *last* layer did that: behind the others batch normalisation divides
# the factor out. At the original's sizes 0.02 is within a factor of two of Keras' choice.
#
# Batch normalisation divides out the noise's scale, too. So noise need not lie in $[-1, 1]$
# "because of tanh", as you may read; any scale will do that is the same in training and in
# drawing. The *real pictures* must lie there, because G's do.
# **Predict.** By how much will the pictures change if all noise is multiplied by 100?

# %% tags=["nbval-check-output"]
network = make_generator()
change = network(100 * noise, training=True) - network(noise, training=True)
print("changed by less than 0.001:", np.abs(change).max() < 1e-3)

# %% [markdown]
# ## The training step
#
# The original updates D once and then G **twice** on the same noise, and trains on real
# labels of 0.9; you will see below what both do. It draws noise uniformly from $[-1, 1)$ (in
# its code; its text says normal). Adam gets $\beta_1 = 0.5$ in place of 0.9: it follows an
# average of past gradients, and in a game old ones point to where the opponent was.
#
# One thing is younger than the original. The pictures are drawn by an **average**, a second
# generator whose weights $\bar w$ follow those of G at every fourth step:
# $\bar w \leftarrow d\,\bar w + (1-d)\,w$, with $d = 0.996$. What the last few steps did by chance is
# averaged out. (At first $d$ is smaller, $(1+t)/(10+t)$ at iteration $t$, so that the untrained
# weights are soon forgotten.)
#
# `update(optimizer, tape, loss, network)` takes the gradients over this network's trainable
# variables, as in lesson 02, and refuses a network that has none (a `trainable = False` left
# behind would otherwise freeze it without a word). What training changes, networks and
# optimizers, goes into one dictionary, so that it can be saved together.


# %% tags=["taught", "no-slide"]
def sample_noise(n, seed, latent=100):
    """n noise vectors (n, latent), uniform on [-1, 1); seed is a pair of integers."""
    return tf.random.stateless_uniform((n, latent), seed, -1.0, 1.0)


def make_optimizers(rate=2e-4):
    """Adam with little momentum: (G's, D's); the original's rate by default."""
    return tuple(keras.optimizers.Adam(rate, beta_1=0.5) for _ in range(2))


# %% [markdown]
# Whoever feeds pictures of another size should hear so in words. The training step looks at
# its first batch with this function.


# %% tags=["taught", "no-slide", "nbval-check-output"]
def check_pictures(images):
    """Raise a ValueError unless the pictures are (n, 32, 32, 3)."""
    found = tuple(images.shape[1:])
    if found != (32, 32, 3):
        raise ValueError(
            f"The pictures have shape {found}, expected (32, 32, 3). "
            "Pad them first, in [-1, 1], with pad_to_32."
        )


check_pictures(real_images)
try:
    check_pictures(np.zeros((8, 28, 28, 1)))
except ValueError as error:
    print(error)


# %% tags=["taught"]
def make_train_step(
    generator, discriminator, optimizers, batch_at, g_updates=2, latent=100
):
    """One D update, then `g_updates` G updates on the same noise."""
    check_pictures(batch_at(0))
    g_optimizer, d_optimizer = optimizers
    d_optimizer.build(discriminator.trainable_variables)
    g_optimizer.build(generator.trainable_variables)

    def train_step(iteration):
        real_images = batch_at(iteration)
        noise = sample_noise(len(real_images), [1, iteration], latent)
        fake_images = generator(noise, training=True)
        with tf.GradientTape() as tape:
            d_loss = cross_entropy(discriminator(real_images, training=True), 0.9)
            d_loss += cross_entropy(discriminator(fake_images, training=True), 0)
        update(d_optimizer, tape, d_loss, discriminator)
        for _ in range(g_updates):
            with tf.GradientTape() as tape:
                fake_images = generator(noise, training=True)
                g_loss = cross_entropy(discriminator(fake_images, training=True), 1)
            update(g_optimizer, tape, g_loss, generator)
        return d_loss, g_loss

    return train_step


# %%
def make_gan(size):
    """New networks, average and optimizers of a size from Settings, by name."""
    keras.utils.set_random_seed(SEED)
    generator = make_generator(size["g_filters"], size["kernel"], size["latent"])
    return {
        "generator": generator,
        "discriminator": make_discriminator(size["d_filters"], size["kernel"]),
        "average": training.make_average(generator),
        "optimizers": make_optimizers(size["rate"]),
    }


def make_step(gan, size):
    """The training step of a GAN from make_gan, and every fourth time its average's."""
    networks = gan["generator"], gan["discriminator"]
    batch_at = training.make_batches(real_images, size["batch_size"], seed=SEED)
    rest = {name: size[name] for name in ("g_updates", "latent")}
    train_step = make_train_step(*networks, gan["optimizers"], batch_at, **rest)

    def step(iteration):
        both_losses = train_step(iteration)
        if iteration % 4 == 0:
            average, generator = gan["average"], gan["generator"]
            training.update_average(average, generator, iteration, decay=DECAY)
        return both_losses

    return step


# %% [markdown]
# ## Labels of 0.9
#
# In lesson 01 you found the best discriminator, $D^* = p/(p+q)$. **One-sided label smoothing**
# trains it towards 0.9 for real pictures and 0 for generated ones. At a point $x$ its loss is
#
# $$-\,0.9\,p\,\log D - (0.1\,p + q)\,\log(1 - D)
# \quad\Rightarrow\quad D^*(x) = \frac{0.9\,p(x)}{p(x) + q(x)}$$
#
# - $p, q$ are the densities of real and generated data; the right side follows by setting
#   the derivative with respect to $D$ to 0.
#
# **Predict.** Smooth the generated label as well, to 0.1. What does D say then where there
# is no real data at all?


# %%
def train_smoothed(fake_label, n_steps=2000):
    """D's output on a grid (81, 1): real points around -1, generated around 1."""
    keras.utils.set_random_seed(SEED)
    network = keras.Sequential(
        [keras.Input((1,)), layers.Dense(32, "tanh"), layers.Dense(1)]
    )
    optimizer = keras.optimizers.Adam(0.01)
    optimizer.build(network.trainable_variables)

    def step(iteration):
        x = tf.random.stateless_normal((2, 512, 1), [SEED, iteration], alg="philox")
        with tf.GradientTape() as tape:
            loss = cross_entropy(network(x[0] - 1), 0.9)
            loss += cross_entropy(network(x[1] + 1), fake_label)
        gradients = tape.gradient(loss, network.trainable_variables)
        optimizer.apply(gradients, network.trainable_variables)
        return loss, loss

    training.fit(step, n_steps, jit_compile=True)
    return tf.sigmoid(network(grid)).numpy()


grid = np.linspace(-4, 4, 81, dtype="float32")[:, None]

# %%
p, q = (np.exp(-((grid - mean) ** 2) / 2) for mean in (-1, 1))
one_sided, both_sides = train_smoothed(0.0), train_smoothed(0.1)
formula = 0.9 * p / (p + q)
error = np.abs(one_sided - formula)[20:61].mean()
print(f"mean error on [-2, 2] {error:.3f}, largest answer {one_sided.max():.2f}")
assert error < 0.03

fig, ax = plt.subplots(figsize=(6.4, 3))
ax.plot(grid, formula, color="#777777", linewidth=4, alpha=0.6, label="0.9 p / (p + q)")
ax.plot(grid, one_sided, "k--", label="trained, labels 0.9 and 0")
ax.plot(grid, both_sides, "k-.", label="trained, labels 0.9 and 0.1")
ax.set(xlabel="x (real around -1, generated around 1)", ylabel="D(x)", ylim=(0, 1))
ax.legend()
plt.show()

# %% [markdown]
# **Figure 4.6.** With one side smoothed the trained D (dashed) lies on the formula (grey),
# which never exceeds 0.9: D is never certain of a real point. With both sides smoothed
# (dash-dotted) D says 0.1 far on the right, where there is no real data: it calls part of
# the fakes real.
#
# (Far on the left, where hardly any data lies, the trained one may say a little more than
# 0.9.) Exercise 4.2 asks for the formula of the other curve.
#
# With labels of 0.9 the losses at equilibrium change too. There $p = q$, so D answers 0.45.
# Every figure of losses below shows these levels as dotted lines.

# %% tags=["nbval-check-output"]
best = 0.45
d_level = -0.9 * np.log(best) - 0.1 * np.log(1 - best) - np.log(1 - best)
print(f"D's loss {d_level:.3f} (2 ln 2 is {2 * np.log(2):.3f})")
g_level = -np.log(best)
print(f"G's loss {g_level:.3f} (ln 2 is {np.log(2):.3f})")
print("the course's:", np.allclose(losses.equilibrium(0.9), (d_level, g_level)))

# %% [markdown]
# ### The second G update (optional)
#
# Against these levels you can measure what the original's second G update does. The noise
# and the pictures are the same for both.
#
# **Predict.** Which losses lie nearer to the levels above, those with one G update a step or
# those with two?

# %%
for g_updates in (1, 2):
    size = THIN | {"g_updates": g_updates}
    trial = training.fit(make_step(make_gan(size), size), TRIAL_STEPS)
    d_mean, g_mean = trial.d_loss[-50:].mean(), trial.g_loss[-50:].mean()
    print(f"G updates a step: {g_updates}   D's loss {d_mean:.2f}   G's {g_mean:.2f}")

# %% [markdown]
# After the laptop's 200 steps: with one, D is ahead of its level, with two it is not. That
# does not mean better pictures: losses say who leads. The laptop's recipe takes one update,
# which costs less time.

# %% [markdown]
# ## Little momentum (optional)
#
# Adam moves weights along an average of past gradients; $\beta_1$ is how much of the old
# average it keeps. In a game the opponent moves, so old gradients point to where the target
# *was*. Feed Adam fifty gradients of $+1$ and then $-1$ for good: how many steps does it
# keep going the wrong way? The average is $\beta_1^k - (1 - \beta_1^k)$ after $k$ of them,
# which changes its sign at $k = \ln 2 / \ln(1/\beta_1)$.
#
# **Predict** the number for $\beta_1 = 0.9$, Keras' default, and for the DCGAN's 0.5.


# %% tags=["nbval-check-output"]
def moves(beta_1, n=10):
    """Adam's moves at n gradients of -1, after fifty of +1: ↓ is wrong, ↑ right."""
    weight = keras.Variable(0.0)
    optimizer = keras.optimizers.Adam(0.001, beta_1=beta_1)
    optimizer.build([weight])
    path = []
    for gradient in [1.0] * 50 + [-1.0] * n:
        optimizer.apply([tf.constant(gradient)], [weight])
        path.append(float(weight.value))
    return "".join("·↑↓"[int(np.sign(move))] for move in np.diff(path)[-n:])


for beta_1 in (0.5, 0.9):
    turn = np.log(2) / np.log(1 / beta_1)
    print(f"beta_1 {beta_1}: {moves(beta_1)} (formula: turns after {turn:.1f})")

# %% [markdown]
# With 0.9 Adam takes six steps the wrong way. With 0.5 none: at the first step old and new
# cancel, and it stands still (·).

# %% [markdown]
# ## Counting the dead (optional)
#
# A unit whose input is negative for every picture is **dead** under ReLU: it passes no gradient
# on. Train four thin discriminators, each against a generator of its own, at a rate
# of 0.01: too high, so that units are thrown about. Half-way and at the end, show each 500
# real and 500 generated pictures. An output of a layer (one feature map at one place) that is
# at most 0 for all 1,000 is off.
#
# **Predict.** In which of the four will most units be off? In which will they come back?


# %%
def share_off(generator, discriminator):
    """Share of units in D's three layers that are at most 0 for 1,000 pictures."""
    leaky = [x for x in discriminator.layers if isinstance(x, layers.LeakyReLU)]
    outputs = keras.Model(discriminator.inputs[0], [layer.output for layer in leaky])
    fake_images = generator(sample_noise(500, [SEED, 2])).numpy()
    seen = zip(outputs(scaled(real_images[:500])), outputs(fake_images), strict=True)
    return [np.mean(np.maximum(a, b).max(axis=0) <= 0) for a, b in seen]


def throw_about(slope, normalise, seed=SEED):
    """Shares of units off (2, 3): half-way and at the end, in D's three layers."""
    keras.utils.set_random_seed(seed)
    generator = make_generator(THIN["g_filters"], 4)
    discriminator = make_discriminator(THIN["d_filters"], 4, slope, normalise)
    batch_at = training.make_batches(real_images[:5000], 24, seed=seed)
    step = make_train_step(
        generator, discriminator, make_optimizers(0.01), batch_at, g_updates=1
    )
    half = TRIAL_STEPS // 2
    history = training.fit(
        step,
        TRIAL_STEPS,
        snapshot=lambda: share_off(generator, discriminator),
        snapshot_every=half,
    )
    return np.array([shares for _, shares in history.snapshots[1:]])


# %%
off = {
    "ReLU": throw_about(0.0, normalise=False),
    "leaky ReLU": throw_about(0.2, normalise=False),
    "ReLU, batch norm": throw_about(0.0, normalise=True),
    "leaky ReLU, batch norm": throw_about(0.2, normalise=True),
}
print(
    f"units off, in %           after {TRIAL_STEPS // 2:3}       after {TRIAL_STEPS:3}"
)
print("layer                     1    2    3       1    2    3")
for name, shares in off.items():
    half_way, end = (" ".join(f"{100 * x:4.0f}" for x in row) for row in shares)
    print(f"{name:22} {half_way}    {end}")
if TRIAL_STEPS >= 200:  # a shorter run promises nothing
    relu, leaky, _, both = (shares[1].max() for shares in off.values())
    assert relu > 2 * leaky
    assert both < 0.02

# %% [markdown]
# After the laptop's 200 steps plain ReLU has lost half of a layer or more. A silent unit learns
# nothing itself. (The kernel that it shares still learns at other places, and the layers before
# it move: so with other seeds some come back.) Of the leaky units, which still learn, most came
# back: fewer are off in the end. With batch normalisation hardly any were off even half-way: it moves each
# feature map so that a good part of its outputs is positive. The DCGAN's discriminator wears both belt and
# braces.
#
# One run is one run. On seeds 0, 1 and 2 the worst layer had 77, 89 and 83 % off with ReLU, and
# 0, 5 and 12 % with leaky ReLU; at so high a rate another processor may find other numbers.

# %% [markdown]
# ## How good is a picture?
#
# Before training, decide who is to judge. A **digit classifier**, trained on the same kind of
# pictures, seems the right one: call a picture good if it is more than 90 % sure of its digit.
# Where real SVHN is at hand, the lesson trains one on it; for the stand-in one comes with the
# course, trained on 10,000 pictures of its own.


# %%
if numbers.provenance == "synthetic":
    classifier = classifiers.load_classifier("house_numbers")
else:
    not_held_out = replace(numbers, images=real_images, labels=numbers.labels[:-2000])
    classifier = classifiers.train_classifier(not_held_out, epochs=5)


# %%
def judge(images):
    """The digit seen in each picture (n,), and how sure the classifier is (n,)."""
    _, probabilities = classifiers.classify(classifier, images)
    return probabilities.argmax(axis=1), probabilities.max(axis=1)


# %% [markdown]
# Judge the judge first, with pictures whose worth you know. **Predict.** Of how many is it
# surer than 90 %: of real pictures that no GAN here sees? Of the same pictures upside down?
# Of the mean of two pictures, one laid over the other? With the quarters swapped crosswise?
# Of pure noise?

# %%
real = scaled(held_out_images)
upside_down = real[:, ::-1, ::-1]
known = {"real": real, "upside down": upside_down}
known["two at once"] = (real + np.roll(real, 1, axis=0)) / 2
known["quarters swapped"] = np.roll(real, (16, 16), axis=(1, 2))
known["noise"] = np.random.default_rng(SEED).uniform(-1, 1, real.shape)

# %%
for name, images in known.items():
    print(f"{name:17}{100 * np.mean(judge(images)[1] > 0.9):4.0f} % surer than 90 %")
digits, sure = judge(upside_down)

# %%
no_digit = np.isin(numbers.labels[-2000:], (3, 4, 7)) & (sure > 0.9)
fig, axes = plt.subplots(1, 6, figsize=(7, 1.7))
for ax, row in zip(axes, np.flatnonzero(no_digit), strict=False):
    plotting.plot_images(upside_down[row, None], columns=1, ax=ax)
    ax.set_title(f"{digits[row]}: {100 * sure[row]:.1f} %")
plt.show()

# %% [markdown]
# **Figure 4.7.** Threes, fours and sevens turned upside down, each below the digit that the
# classifier reads and how sure it is: the first six of which it is surer than 90 %. None of
# them is a digit any more. (Of the 79 % above some still are: 0, 1 and 8 stay themselves, and 6
# and 9 change places.)
#
# The classifier has to divide 100 % among ten digits: it has no word for "none of these", and
# nothing in its training taught it to doubt. That it is sure says nothing about whether a
# picture can be read.
#
# So do not ask for its verdict. Read the 64 numbers behind it, its *features*, and compare
# two **crowds** of pictures by the mean and covariance of their features. The **Fréchet
# distance** is 0 if both agree; lesson 05 writes it out. It has no need of a word for
# nonsense: what looks unlike real pictures has other features.
#
# **Predict.** Put the rows in order: which crowd is nearest to the real pictures that you
# train on, which is farthest? And where are real pictures of nothing but 3, 4 and 7?


# %%
def features(images):
    """What the classifier sees in pictures (n, 32, 32, 3): (n, 64)."""
    return classifiers.classify(classifier, images)[0]


def distance(images):
    """Fréchet distance of pictures (n, 32, 32, 3) from real ones."""
    return metrics.frechet_distance(reference, features(images))


reference = metrics.fit_gaussian(features(scaled(real_images[:8000])))

# %%
known["only 3, 4 and 7"] = real[np.isin(numbers.labels[-2000:], (3, 4, 7))]
distances = {name: distance(images[:N_JUDGED]) for name, images in known.items()}
for name in sorted(distances, key=distances.get):
    print(f"{name:17} {distances[name]:6.1f}")
assert min(distances, key=distances.get) == "real"

# %% [markdown]
# Real pictures are the nearest by far; their number is the **floor**, below which nothing can
# be expected. What was spoilt is far away, though the classifier was often sure of it, and so are
# real pictures that lack most digits: the distance judges a crowd, its look *and* its
# variety. Of a single picture it says nothing; there your own eyes are the judge.

# %% [markdown]
# ## Training
#
# Two steps of the original at its full size show that it runs here, and how long it would
# take: 25 epochs of 775 batches, over all 99,289 pictures of SVHN. (The answer belongs to your
# machine, so it appears only when you run the cell, and with it that for the thin networks of this
# lesson.) The cell after it shows a first stretch of the original, 2,000 steps on 99,289 synthetic
# house numbers, by two cores that had other work, too (`tools/originals.py S`).
#
# **Predict.** What did it draw after 100 steps? And after 2,000, a tenth of the way?

# %%
run = training.compile_loop(make_step(make_gan(ORIGINAL), ORIGINAL), max_steps=1)
seconds = settings.seconds_per_call(lambda: run(0, 1), calls=1)
settings.announce_time("The original's 19,375 steps", 19_375 * seconds)
run = training.compile_loop(make_step(make_gan(SIZE), SIZE), max_steps=10)
seconds = settings.seconds_per_call(lambda: run(0, 10)) / 10
settings.announce_time("Training", STEPS * seconds)

# %%
begun = data.load_original("S")
ax = plotting.plot_images(np.concatenate(begun.images), columns=16)
for k, steps in enumerate(begun.iterations):
    ax.text(-3, 33 * k + 16, f"{steps:,}", ha="right", va="center")
plt.show()
print(f"distance {begun.distance:.1f}, {begun.hours:.1f} hours, {begun.machine}")

# %% [markdown]
# **Figure 4.8.** Pictures by the original, after the number of steps at the left, from one set of
# noise vectors. After 100 there is one dotted pattern, whatever the noise; then blots, on a ground
# that is blue above and brown below in all of them; then shapes like an 8; at last digits, some of
# them plain to read, in few colours and with a fine grid of dots. The distance, from synthetic
# pictures, is larger than that of real digits upside down: as a crowd they are far from real ones.
#
# Then the networks of this machine's budget. Twenty times on the way they draw from the same
# noise vectors: keep 36 of the pictures, and the distance of all. If the training is cut off,
# or if you press the stop button (■), set `RESUME = True` in Settings, run that cell, and then
# this one.

# %%
gan = make_gan(SIZE)
generator = gan["average"]
fixed_noise = sample_noise(N_JUDGED, [SEED, 1], SIZE["latent"]).numpy()


def look():
    """36 pictures from the fixed noise, and the distance of all of them."""
    images = training.generate(generator, fixed_noise)
    return images[:36], distance(images)


history = training.fit(
    make_step(gan, SIZE),
    STEPS,
    snapshot=look,
    snapshot_every=EVERY,
    checkpoint=training.Checkpoint(FOLDER / "gan", resume=RESUME, **gan),
)

# %% [markdown]
# ## Results
#
# Pictures along the way first, always from the same noise.

# %%
fig, axes = plt.subplots(1, 3, figsize=(7, 2.7))
for ax, k in zip(axes, (1, 5, 20), strict=True):
    iteration, (images, _) = history.snapshots[k]
    plotting.plot_images(images, columns=6, title=f"iteration {iteration}", ax=ax)
fig.suptitle(f"generated ({numbers.title})", fontsize=11)
plt.show()

# %% [markdown]
# **Figure 4.9.** Thirty-six pictures from the same noise, early, after a quarter of the
# training, and at its end. At the laptop budget: first colours and a blur in the middle, then
# strokes, then digits, some with cut-off neighbours at the edges.
#
# **Predict.** After a quarter of the training the losses move little, and not towards their
# levels. What will the distance do from there on?

# %%
iterations = [iteration for iteration, _ in history.snapshots[1:]]
path = [value for _, (_, value) in history.snapshots[1:]]
fig, axes = plt.subplots(1, 2, figsize=(7, 3.2))
plotting.plot_losses(history, smooth=100, d_level=d_level, g_level=g_level, ax=axes[0])
axes[1].semilogy(iterations, path, "o-", color=plotting.FAKE, label="generated")
for name, line in (("upside down", ":"), ("real", "--")):
    axes[1].axhline(distances[name], color=plotting.REAL, linestyle=line)
    axes[1].annotate(name, (iterations[-1], distances[name] * 1.1), ha="right")
axes[0].legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2, title="losses")
axes[1].set(xlabel="iteration", title="Fréchet distance", ylim=(1, None))
plt.show()
for k in (5, 10, 20):
    recent = slice(iterations[k - 1] - EVERY, iterations[k - 1])
    d_mean, g_mean = history.d_loss[recent].mean(), history.g_loss[recent].mean()
    row = f"iteration {iterations[k - 1]:5}: D's loss {d_mean:.2f}, G's {g_mean:.2f}"
    print(f"{row}, distance {path[k - 1]:5.1f}")

# %% [markdown]
# **Figure 4.10.** Left: the losses, as a running mean over 100 iterations; dotted, their levels
# at equilibrium. Right: the distance from real pictures (log scale); the lines are real
# pictures, upright (dashed) and upside down (dotted). At the laptop budget the losses creep away
# from their levels after the first quarter, D's below and G's above, while the distance falls to
# about a ninth. (When we ran it, it was 139 after 2,000 steps. The original, after as many of its own
# much longer ones, is at 168.)
#
# G's loss *rises* while its pictures get better, because D gets better, too. Losses tell who is
# ahead; how far the pictures have come they do not tell, neither by moving nor by lying near
# their levels.
#
# Now draw new pictures, and let the classifier sort them by the digit that it sees.

# %%
judged_noise = sample_noise(2000, [SEED, 2], SIZE["latent"]).numpy()
fake_images = training.generate(generator, judged_noise)
digits, _ = judge(fake_images)
by_digit = [fake_images[digits == k][:6] for k in range(10)]
if min(map(len, by_digit)) < 6:  # an untrained generator lacks some digits
    by_digit = fake_images[:60].reshape(10, 6, 32, 32, 3)
sheet = np.stack(by_digit, axis=1).reshape(60, 32, 32, 3)
plotting.plot_images(sheet, columns=10, title=f"generated ({numbers.title})")
plt.show()
found = distance(fake_images[:N_JUDGED])
rarest = 100 * np.bincount(digits, minlength=10).min() / len(digits)
print(f"distance {found:.1f}, of real pictures {distances['real']:.1f}")
print(f"rarest digit: {rarest:.1f} %")
if SIZE is THIN and STEPS >= 8000 and numbers.provenance == "synthetic":
    assert distances["real"] < found < min(path[4], distances["upside down"]) / 2
    assert rarest > 3

# %% [markdown]
# **Figure 4.11.** Generated pictures, the first six that the classifier takes for each digit,
# 0 to 9 from left to right; none was picked for its looks. Compare with Figure 4.2: after a
# training at the laptop budget all ten digits are there, and stroke, slant, colour and light
# vary within each column. Some pictures are no digit, and stand in a column all the same.
#
# What the average and the shorter noise (32 numbers, not 100) are worth together was measured by
# `benchmarks/picture_search.py`, with a step a little simpler than this lesson's, on three seeds,
# after equal seconds: distances of 13.6, 16.2 and 18.0 with both, of 20.0, 22.4 and 23.5 with
# neither. (A rate that falls to a twentieth, tried with both, was worse on each seed: 20.5, 21.4 and
# 24.9.) With neither, neighbouring pixels differ two to four times as much as in real pictures,
# in a checkerboard. (That is probably the average's part: the board is another one at each step,
# so that an average has less of it. A faint one is left: look at the plain grounds above.)

# %% [markdown]
# ### Film and walk (optional)
#
# The film of the training; a GIF of it is in the `outputs` folder.

# %%
film = history.snapshots[2::2]  # without the grey, untrained start
frames = [plotting.images_to_frame(i[:18], columns=9) for _, (i, _) in film]
plotting.save_animation(FOLDER / "training.gif", frames, fps=3)
plotting.show_animation(frames, fps=3)

# %% [markdown]
# **Figure 4.12.** The film of the training, 18 of the pictures, ten frames from its first tenth
# on: strokes become digits, and places that already show a digit still change its colour and
# slant.
#
# Then walk through noise space, on straight lines between five noise vectors.

# %%
corners = sample_noise(5, [SEED, 7], SIZE["latent"]).numpy()
walk = generator(plotting.latent_walk(corners, steps=12).astype("float32")).numpy()
plotting.plot_images(walk, columns=12, title=f"generated ({numbers.title})")
plt.show()

# %% [markdown]
# **Figure 4.13.** A walk, twelve steps a row; each row ends where the next begins. Colour and
# digit change gradually; between two digits there are shapes that are neither.
#
# ## After an hour (optional)
#
# What do your numbers lack: a better recipe, or patience? The laptop's recipe was trained for an hour
# of one processor core for this course, 155,700 steps on synthetic house numbers, while its rates
# fell to a twentieth (`tools/train_generators.py`). Its averaged generator comes with it.
#
# **Predict.** How much of the way from your distance to the floor does the hour go?

# %%
hour_generator = generators.load_generator("house numbers")
hour_noise = sample_noise(N_JUDGED, [SEED, 2], THIN["latent"]).numpy()
hour_images = training.generate(hour_generator, hour_noise)

# %%
fig, axes = plt.subplots(1, 2, figsize=(7, 4.4))
shown = {"yours": fake_images, "after an hour": hour_images}
for ax, (name, images) in zip(axes, shown.items(), strict=True):
    title = f"{name}: distance {distance(images[:N_JUDGED]):.1f}"
    plotting.plot_images(images[:56], columns=7, title=title, ax=ax)
plt.show()

# %% [markdown]
# **Figure 4.14.** Fifty-six pictures by your generator (left) and by the one that was trained for an
# hour (right), not selected. Strokes are firmer, fewer pictures are none of the ten digits, and a fine
# dotted grid is still there on plain grounds. When we ran it, the hour went nearly two thirds of the
# way from ours (13.6) to the floor (1.8). (Where real SVHN is at hand, the distance is from that, which
# this generator has never seen.) Two vision-language models that did not know
# which were real could read a digit without doubt in 38 and 39 of 48 such pictures, and in all 48 real ones (`benchmarks/RESULTS.md`).
#
# Now walk by hand, along one of the 32 numbers of the noise. **Predict.** Will one of them be the digit,
# another the colour?
#
# Then try the numbers 25 and 9. (From −1 to 1 the first changed the digit that the classifier reads in
# 94 % of 200 pictures; the second changed their colours four times as much, but the digit in 14 % only.
# Most change some of both: `benchmarks/RESULTS.md`. In a saved page the widget is empty.)


# %%
@interact(
    picture=IntSlider(0, min=0, max=55),
    number=IntSlider(0, min=0, max=31),
    value=FloatSlider(0.0, min=-1, max=1, step=0.1),
)
def move(picture, number, value):
    noise = np.array([hour_noise[picture]] * 2)
    noise[1, number] = value
    pair = hour_generator(noise).numpy()
    ax = plt.subplots(figsize=(3.6, 2))[1]
    plotting.plot_images(pair, columns=2, title="as it was, and moved", ax=ax)


# %% [markdown]
# ## What goes wrong
#
# A Keras layer called without `training=True` is in inference mode. Forget it in the step,
# and batch normalisation never looks at a batch: it goes on subtracting its first guess, 0,
# and dividing by 1. Here is the slip: both networks lose the word on its way to Keras.
#
# **Predict.** Will the slip raise an error, slow the training down, or spoil the pictures?


# %%
class Forgetful:
    """A network that never hears of `training=True`."""

    def __init__(self, network):
        self.network, self.weights = network, network.weights
        self.trainable_variables = network.trainable_variables

    def __call__(self, inputs, training):
        return self.network(inputs)


# %%
slip_gan = make_gan(SIZE)
slip = slip_gan["average"]
for role in ("generator", "discriminator"):
    slip_gan[role] = Forgetful(slip_gan[role])
_ = training.fit(make_step(slip_gan, SIZE), 5 * EVERY)

# %%
slip_images = training.generate(slip, fixed_noise)
iteration, (images, healthy_distance) = history.snapshots[5]
fig, axes = plt.subplots(1, 2, figsize=(7, 2.3))
plotting.plot_images(slip_images[:18], columns=6, title="slip", ax=axes[0])
plotting.plot_images(images[:18], columns=6, title="healthy", ax=axes[1])
fig.suptitle(f"generated ({numbers.title}), iteration {iteration}", fontsize=11)
plt.show()
print(f"distance: slip {distance(slip_images):.0f}, healthy {healthy_distance:.0f}")

# %% [markdown]
# **Figure 4.15.** Pictures after a quarter of the training, on the same data and from the same
# noise, with the slip (left) and without (right). There was no error and no warning. After the
# laptop's number of steps the slip has learned something, too; only beside the healthy
# pictures, and by a distance that is much larger, do you see that something is wrong.

# %% [markdown]
# ### Out of memory (optional)
#
# The other error that everyone meets: `failed to allocate memory`, or `OOM when allocating
# tensor with shape [128, 64, 16, 16]`. The first number is the batch. Training keeps every
# layer's outputs for the way back, so memory grows with the batch and with the feature maps:
#
# 1. halve the batch, and draw pictures in portions (`training.generate` does);
# 2. keep the data as bytes, a fourth of their size as floats (`training.make_batches` scales
#    each batch as it is drawn);
# 3. make the networks thinner;
# 4. restart the kernel before you try again: it still holds what it had.

# %% tags=["nbval-check-output"]
for name, size in (("original", ORIGINAL), ("thin", THIN)):
    drawing = make_generator(size["g_filters"], size["kernel"], size["latent"]).layers
    judging = 2 * make_discriminator(size["d_filters"], size["kernel"]).layers
    numbers_kept = sum(np.prod(x.output.shape[1:]) for x in drawing + judging)
    print(f"{name}: {4 * numbers_kept / 1e6:.1f} MB a picture,", end=" ")
    print(f"{4 * numbers_kept * size['batch_size'] / 1e6:.0f} MB a batch")
pixels = 99_289 * 32 * 32 * 3
print(f"SVHN: {pixels / 1e6:.0f} MB as bytes, {4 * pixels / 1e6:.0f} MB as floats")

# %% [markdown]
# ## Key points
#
# - A strided convolution shrinks by stopping at every second pixel; a transposed one grows
#   by stamping. Kernel sizes that the stride divides stamp evenly.
# - Batch normalisation uses the batch in training and running averages afterwards: pass
#   `training=True` in the step, and nothing when you draw.
# - Leaky ReLU keeps switched-off units learning; batch normalisation keeps them from being
#   switched off.
# - Smooth the real labels only: $D^* = 0.9\,p/(p+q)$ keeps its shape.
# - When the gradient turns, Adam with $\beta_1 = 0.9$ takes six more steps the wrong way,
#   with 0.5 none.
# - A second G update a step brought the losses nearer to their levels; that alone is not quality.
# - A classifier that is sure of a picture has not said that there is anything to read. Compare
#   its features of generated and of real pictures instead.
#
# ## Exercises
#
# **4.1 From place to place.** How large is the result of a *valid* convolution, without any
# padding, of a picture of height $h$ with a kernel of $k$ and stride $s$?


# %% tags=["solution"]
def valid_size(h, k, s):
    """Height of a convolution without padding: h pixels, kernel k, stride s."""
    # BEGIN SOLUTION
    # STUB: return ...
    return (h - k) // s + 1
    # END SOLUTION


# %% tags=["check", "nbval-check-output"]
sizes = [(4, 3, 1), (6, 3, 2), (7, 3, 2), (9, 4, 3), (32, 5, 2), (7, 7, 1)]
by_keras = [
    layers.Conv2D(1, k, s)(np.zeros((1, h, h, 1))).shape[1] for h, k, s in sizes
]
checks.check(
    "4.1",
    valid_size,
    {
        "2 for 4 pixels, kernel 3, stride 1": lambda f: checks.same(f(4, 3, 1), 2),
        "2 for 6, 3, 2: one pixel is left": lambda f: checks.same(f(6, 3, 2), 2),
        "as Keras does it, for all sizes": lambda f: checks.same(
            [f(*size) for size in sizes], by_keras
        ),
    },
    {
        "near the edge the kernel has no place; you divide as for 'same'.": lambda f: (
            f(6, 5, 2) == 3
        ),
        "the first stop counts, too: + 1.": lambda f: f(4, 3, 1) == 1,
        "the last stop must fit: round down.": lambda f: f(6, 3, 2) in (2.5, 3),
    },
)

# %% [markdown]
# **4.2 Smoothing both sides.** Derive the best discriminator for labels $a$ (real) and $b$
# (generated), and write it. What does it say where only generated data lies, and why does
# that harm?


# %% tags=["solution"]
def best_discriminator(p, q, a, b):
    """D* for densities p and q and labels a (real) and b (generated)."""
    # BEGIN SOLUTION
    # STUB: return ...
    return (a * p + b * q) / (p + q)
    # END SOLUTION


# %% tags=["check", "nbval-check-output"]
checks.check(
    "4.2",
    best_discriminator,
    {
        "1/2 at equilibrium without smoothing": lambda d: checks.same(
            d(1.0, 1.0, 1.0, 0.0), 0.5, atol=0.01
        ),
        "0.45 with labels 0.9 and 0": lambda d: checks.same(
            d(2.0, 2.0, 0.9, 0.0), 0.45, atol=0.01
        ),
        "b where there is no real data": lambda d: checks.same(
            d(0.0, 0.3, 0.9, 0.1), 0.1, atol=0.01
        ),
        "0.3 for densities 0.2 and 0.6, labels 0.9 and 0.1": lambda d: checks.same(
            d(0.2, 0.6, 0.9, 0.1), 0.3, atol=0.01
        ),
    },
    {
        "a and b are not used.": lambda d: checks.same(d(3, 1, 0.6, 0.2), 0.75),
        "a label is no weight of a density.": lambda d: checks.same(
            d(1, 1, 0.6, 0.2), 0.75
        ),
        "divide by all the data at x, p + q.": lambda d: d(2.0, 2.0, 0.9, 0.0) > 1,
        "without real data b is left: do you use it?": lambda d: (
            d(0, 1, 0.9, 0.1) < 0.05
        ),
        "a belongs to p, and b to q.": lambda d: checks.same(d(3, 1, 1, 0), 0.25),
    },
)

# %% [markdown] tags=["solution"]
# Where only generated data lies, it answers $b$. The term $b\,q$ in the numerator rises with
# the generator's own density: D vouches for whatever G already makes.

# %% [markdown]
# **4.3 Sums in noise space.** Noise vectors can be added. The mean of the noise behind many
# pictures of one digit points in the direction that they share, but it is short: what they
# do not share cancels. Write the mean, stretched to the length of a typical noise vector,
# $\sqrt{n/3}$ for $n$ numbers from $[-1, 1)$, and draw what the generator
# makes of it, for each digit. (Guess first of how many of the ten the classifier will read what you asked for: nothing
# promises that a mean keeps what its pictures have in common.)


# %% tags=["solution"]
def typical_noise(noise, digits, k, length):
    """Mean of the noise (n, z) whose picture shows digit k, stretched to `length`."""
    # BEGIN SOLUTION
    # STUB: return ...
    mean = noise[digits == k].mean(axis=0)
    return mean / np.linalg.norm(mean) * length
    # END SOLUTION


# %% tags=["check", "nbval-check-output"]
toy_noise = np.float32([[1, 0], [5, 8], [9, 9]])
toy_digits = np.array([4, 4, 7])
checks.check(
    "4.3",
    typical_noise,
    {
        "fours: their mean (3, 4), twice as long": lambda z: checks.same(
            z(toy_noise, toy_digits, 4, 10.0), [6, 8]
        ),
        "the only seven, twice as long": lambda z: checks.same(
            z(toy_noise, toy_digits, 7, 18 * np.sqrt(2)), [18, 18]
        ),
    },
    {
        "take the noise of digit k only.": lambda z: checks.same(
            z(toy_noise, toy_digits, 4, 10.0), [6.616, 7.498], atol=0.01
        ),
        "the mean still has its own length.": lambda z: checks.same(
            z(toy_noise, toy_digits, 4, 10.0), [3, 4]
        ),
        "divide by the mean's own length first.": lambda z: checks.same(
            z(toy_noise, toy_digits, 4, 10.0), [30, 40]
        ),
    },
)

# %% tags=["solution"]
# BEGIN SOLUTION
# STUB: # Draw the pictures of the ten typical vectors, and let judge() read them.
present = np.unique(digits)
length = np.sqrt(SIZE["latent"] / 3)
typical = [typical_noise(judged_noise, digits, k, length) for k in present]
typical_images = generator(np.vstack(typical)).numpy()
plotting.plot_images(typical_images, columns=10, title=numbers.title)
print("read as", *judge(typical_images)[0], "instead of", *present)
# END SOLUTION

# %% [markdown]
# ## References
#
# - A. Radford, L. Metz and S. Chintala, *Unsupervised representation learning with deep
#   convolutional generative adversarial networks*, 2015: the DCGAN and its rules.
# - Y. Netzer et al., *Reading digits in natural images with unsupervised feature learning*,
#   2011: SVHN.
# - S. Ioffe and C. Szegedy, *Batch normalization*, 2015.
# - T. Salimans et al., *Improved techniques for training GANs*, 2016: one-sided smoothing.
# - A. Odena, V. Dumoulin and C. Olah, *Deconvolution and checkerboard artifacts*, 2016.
