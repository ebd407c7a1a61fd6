"""Networks and a training step from a recipe: what the searches vary.

A recipe is a dict; `LESSON` in picture_search.py names the entries and has the values
of the lessons.
"""

import itertools

import keras
import numpy as np
import tensorflow as tf
from in_turn import Turns, falling
from keras import layers

from gan_helpers import losses, settings, training
from gan_helpers.taught import augmentation, fashion, pictures

R1_EVERY = 8  # iterations; its weight is multiplied by as much, and by 2 for R1's ½


def widen(recipe: dict, network: str) -> list[int]:
    """The feature maps of "g" or "d", as many times as wide as the recipe says."""
    return [round(recipe["width"] * maps) for maps in recipe[network]]


def double(recipe: dict, maps, n: int, up: str, use_bias: bool):
    """n maps of twice the side."""
    options = {"padding": "same", "use_bias": use_bias}
    if up == "transposed":
        return layers.Conv2DTranspose(n, recipe["kernel"], 2, **options)(maps)
    # the nearest pixels, or straight lines between them
    maps = layers.UpSampling2D(interpolation=up)(maps)
    return layers.Conv2D(n, 3, **options)(maps)


def make_generator(recipe: dict, shape):
    """Noise (n, latent) to pictures (n, *shape) in [-1, 1], doubling at each layer."""
    filters, colours = widen(recipe, "g"), recipe["colours"]
    channels = colours + 1 if colours else shape[2]
    height, width = (side // 2 ** len(filters) for side in shape[:2])
    noise = keras.Input((recipe["latent"],))
    maps = layers.Dense(height * width * filters[0], use_bias=False)(noise)
    maps = layers.Reshape((height, width, filters[0]))(maps)
    picture = None
    for n in (*filters[1:], None):
        maps = layers.BatchNormalization(momentum=recipe["momentum"])(maps)
        maps = layers.ReLU()(maps)
        if recipe["paints"]:  # a picture at each size; enlarged, they add up
            painted = layers.Conv2D(channels, 1)(maps)
            picture = painted if picture is None else layers.add([picture, painted])
            picture = layers.UpSampling2D(interpolation="bilinear")(picture)
        up = recipe["up"] if n else recipe["last_up"]
        maps = double(recipe, maps, n or channels, up, use_bias=n is None)
    picture = maps if picture is None else layers.add([picture, maps])
    if colours:
        return keras.Model(noise, pictures.mix_colors(noise, picture, colours))
    return keras.Model(noise, layers.Activation("tanh")(picture))


def make_discriminator(recipe: dict, shape):
    """Pictures (n, *shape) to logits (n, 1), halving at each layer."""
    network = keras.Sequential([keras.Input(shape)])
    if recipe["change"] is not None:
        network.add(augmentation.Augment(**recipe["change"]))
    for k, maps in enumerate(widen(recipe, "d")):
        network.add(layers.Conv2D(maps, recipe["kernel"], 2, padding="same"))
        if recipe["d_norm"] and k > 0:
            network.add(layers.BatchNormalization(momentum=recipe["momentum"]))
        network.add(layers.LeakyReLU(negative_slope=0.2))
    if recipe["spread"]:
        network.add(fashion.BatchSpread())
    network.add(layers.Flatten())
    network.add(layers.Dense(1))
    return network


def make_batches(order: str | None, images, n: int, seed: int):
    """A function from an iteration to n pictures in [-1, 1].

    None shuffles them anew for each epoch, as the lessons do. "one" takes them as they
    lie in the file, in each epoch; "chance" draws each from all, with replacement.
    """
    if order is None:
        return training.make_batches(images, n, seed=seed)
    source, epoch = tf.constant(images), len(images) // n

    def in_file(iteration):
        first = iteration % epoch * n
        return source[first : first + n]

    def by_chance(iteration):
        key = [100 + seed, iteration]  # not the noise's, which has 1 in the first place
        places = tf.random.stateless_uniform((n,), key, 0, len(images), "int32")
        return tf.gather(source, places)

    return {"one": in_file, "chance": by_chance}[order]


def make_step(recipe: dict, networks, optimizers, images, seed: int):
    """A step on one generated batch for both losses; networks are (G, D, average).

    Lesson 05's with another loss, and R1 at every eighth iteration.
    """
    generator, discriminator, average = networks
    for optimizer, network in zip(optimizers, networks[:2], strict=True):
        optimizer.build(network.trainable_variables)
    n = recipe["batch"]
    batch_at = make_batches(recipe.get("order"), images, n, seed)
    loss, r1 = getattr(losses, recipe["loss"]), recipe["r1"]
    label = {"real_label": 0.9} if recipe["loss"] == "non_saturating" else {}

    def step(iteration):
        real = batch_at(iteration)
        noise = tf.random.stateless_normal((n, recipe["latent"]), [1, iteration])
        with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
            fake = generator(noise, training=True)
            logits = [discriminator(x, training=True) for x in (real, fake)]
            d_loss, g_loss = loss(*logits, **label)
            if r1 and iteration % R1_EVERY == 0:
                d_loss += 2 * R1_EVERY * r1 * losses.r1_penalty(discriminator, real)
        training.update(optimizers[1], d_tape, d_loss, discriminator)
        training.update(optimizers[0], g_tape, g_loss, generator)
        if iteration % 4 == 0:
            training.update_average(
                average, generator, iteration, decay=recipe["decay"]
            )
        return d_loss, g_loss

    return step


class Run(Turns):
    """The training of a recipe on pictures, from a seed."""

    def __init__(self, recipe: dict, images, seed: int):
        settings.set_seed(seed)
        if recipe["exchanged"]:
            orders = itertools.permutations(range(3))
            images = np.concatenate([images[..., order] for order in orders])
        shape = images.shape[1:]
        networks = make_generator(recipe, shape), make_discriminator(recipe, shape)
        self.recipe, self.seed = recipe, seed
        self.average = training.make_average(networks[0])
        self.optimizers = [
            keras.optimizers.Adam(rate, beta_1=0.5) for rate in recipe["rates"]
        ]
        super().__init__(
            make_step(recipe, (*networks, self.average), self.optimizers, images, seed)
        )

    def advance(self, share: float) -> None:
        """The rates fall along half a cosine."""
        factor = falling(share, self.recipe["end"])
        for optimizer, rate in zip(self.optimizers, self.recipe["rates"], strict=True):
            optimizer.learning_rate = rate * factor
        super().advance(share)

    def draw(self, n: int) -> np.ndarray:
        """n pictures of the averaged generator, (n, h, w, c) in [-1, 1]."""
        noise = tf.random.stateless_normal((n, self.recipe["latent"]), [self.seed, 2])
        return training.generate(self.average, noise)
