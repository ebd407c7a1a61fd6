# %% 2.1 right: Dense followed by Activation, as make_generator is written
def make_generator_with(activation):
    return keras.Sequential(
        [
            keras.Input((2,)),
            layers.Dense(16),
            layers.Activation(activation),
            layers.Dense(16),
            layers.Activation(activation),
            layers.Dense(2),
        ]
    )


# %% 2.1 right: a functional model
def make_generator_with(activation):
    noise = keras.Input((2,))
    hidden = layers.Dense(16, activation)(noise)
    hidden = layers.Dense(16, activation)(hidden)
    return keras.Model(noise, layers.Dense(2)(hidden))


# %% 2.1 right: a model of its own, built, whose last layer is made first
class Generator(keras.Model):
    def __init__(self, activation):
        super().__init__()
        self.last = layers.Dense(2)
        self.hidden = [layers.Dense(16, activation=activation) for _ in range(2)]

    def call(self, x):
        for layer in self.hidden:
            x = layer(x)
        return self.last(x)


def make_generator_with(activation):
    generator = Generator(activation)
    generator(tf.zeros((1, 2)))
    return generator


# %% 2.1 right: add, one by one, with the function behind the name
def make_generator_with(activation):
    function = keras.activations.get(activation)
    model = keras.Sequential()
    model.add(keras.Input(shape=(2,)))
    for _ in range(2):
        model.add(layers.Dense(16, kernel_initializer="he_normal"))
        model.add(layers.Lambda(function))
    model.add(layers.Dense(2, activation="linear"))
    return model


# %% 2.1 right: the generator of the lesson with other layers between
def make_generator_with(activation):
    dense = [x for x in make_generator().layers if isinstance(x, layers.Dense)]
    between = [layers.Activation(activation) for _ in range(2)]
    order = [dense[0], between[0], dense[1], between[1], dense[2]]
    return keras.Sequential([keras.Input((2,)), *order])


# %% 2.1 wrong: tanh, whatever is asked for
# hint: use `activation`
def make_generator_with(activation):
    return keras.Sequential(
        [
            keras.Input((2,)),
            layers.Dense(16, activation="tanh"),
            layers.Dense(16, activation="tanh"),
            layers.Dense(2),
        ]
    )


# %% 2.1 wrong: an activation at the output, too
# hint: at the output
def make_generator_with(activation):
    return keras.Sequential(
        [
            keras.Input((2,)),
            layers.Dense(16, activation=activation),
            layers.Dense(16, activation=activation),
            layers.Dense(2, activation=activation),
        ]
    )


# %% 2.1 wrong: no activation
# hint: have no activation
def make_generator_with(activation):
    return keras.Sequential(
        [keras.Input((2,)), layers.Dense(16), layers.Dense(16), layers.Dense(2)]
    )


# %% 2.1 wrong: leaky ReLU after the activation
# hint: with known weights it gives
def make_generator_with(activation):
    model = keras.Sequential([keras.Input((2,))])
    for _ in range(2):
        model.add(layers.Dense(16, activation=activation))
        model.add(layers.LeakyReLU(negative_slope=0.2))
    model.add(layers.Dense(2))
    return model


# %% 2.1 wrong: one hidden layer
# hint: it gives 82, expected 354
def make_generator_with(activation):
    return keras.Sequential(
        [keras.Input((2,)), layers.Dense(16, activation), layers.Dense(2)]
    )


# %% 2.1 wrong: no input, so that training finds no weights
# hint: keras.Input((2,))
def make_generator_with(activation):
    return keras.Sequential(
        [layers.Dense(16, activation), layers.Dense(16, activation), layers.Dense(2)]
    )


# %% 2.1 wrong: only the two activations of the exercise
# hint: it gives None
def make_generator_with(activation):
    layer = {"relu": layers.ReLU, "tanh": lambda: layers.Activation("tanh")}
    if activation in layer:
        hidden = [layers.Dense(16), layer[activation](), layers.Dense(16)]
        last = [layer[activation](), layers.Dense(2)]
        return keras.Sequential([keras.Input((2,)), *hidden, *last])


# %% 2.1 wrong: a model, not a function that makes one
# hint: raised
make_generator_with = keras.Sequential(
    [keras.Input((2,)), layers.Dense(16), layers.Dense(16), layers.Dense(2)]
)


# %% 2.2 right: a functional model, the activation by its name
def make_deep_generator(n_hidden):
    x = noise = keras.Input((2,))
    for _ in range(n_hidden):
        x = layers.Dense(16, activation="leaky_relu")(x)
    return keras.Model(noise, layers.Dense(2)(x))


# %% 2.2 right: add, one by one
def make_deep_generator(n_hidden):
    model = keras.Sequential([keras.Input((2,))])
    for k in range(n_hidden):
        model.add(layers.Dense(units=16, name=f"hidden_{k}"))
        model.add(layers.LeakyReLU(0.2))
    model.add(layers.Dense(2))
    return model


# %% 2.2 right: built up from the generator with a layer less
def make_deep_generator(n_hidden):
    model = keras.Sequential([keras.Input((2,)), layers.Dense(16)])
    for _ in range(n_hidden - 1):
        model.add(layers.LeakyReLU(negative_slope=0.2))
        model.add(layers.Dense(16))
    model.add(layers.LeakyReLU(negative_slope=0.2))
    model.add(layers.Dense(2))
    return model


# %% 2.2 right: a model of its own, with TensorFlow's leaky ReLU
class Deep(keras.Model):
    def __init__(self, n_hidden):
        super().__init__()
        self.hidden = [layers.Dense(16) for _ in range(n_hidden)]
        self.out = layers.Dense(2)

    def call(self, x):
        for layer in self.hidden:
            x = tf.nn.leaky_relu(layer(x), alpha=0.2)
        return self.out(x)


def make_deep_generator(n_hidden):
    model = Deep(n_hidden)
    model(tf.zeros((1, 2)))
    return model


# %% 2.2 right: the leak as a maximum
def make_deep_generator(n_hidden):
    def leak(x):
        return keras.ops.maximum(x, 0.2 * x)

    hidden = [layers.Dense(16, activation=leak) for _ in range(n_hidden)]
    return keras.Sequential([keras.Input((2,)), *hidden, layers.Dense(2)])


# %% 2.2 wrong: no activation at all
# hint: have no activation
def make_deep_generator(n_hidden):
    hidden = [layers.Dense(16) for _ in range(n_hidden)]
    return keras.Sequential([keras.Input((2,)), *hidden, layers.Dense(2)])


# %% 2.2 wrong: Keras' own slope
# hint: Keras' default
def make_deep_generator(n_hidden):
    model = keras.Sequential([keras.Input((2,))])
    for _ in range(n_hidden):
        model.add(layers.Dense(16))
        model.add(layers.LeakyReLU())
    model.add(layers.Dense(2))
    return model


# %% 2.2 wrong: ReLU
# hint: without a leak
def make_deep_generator(n_hidden):
    hidden = [layers.Dense(16, activation="relu") for _ in range(n_hidden)]
    return keras.Sequential([keras.Input((2,)), *hidden, layers.Dense(2)])


# %% 2.2 wrong: one layer too many
# hint: too many
def make_deep_generator(n_hidden):
    model = keras.Sequential([keras.Input((2,)), layers.Dense(16)])
    model.add(layers.LeakyReLU(negative_slope=0.2))
    for _ in range(n_hidden):
        model.add(layers.Dense(16))
        model.add(layers.LeakyReLU(negative_slope=0.2))
    model.add(layers.Dense(2))
    return model


# %% 2.2 wrong: one layer, used again and again
# hint: it gives 354, expected 898
def make_deep_generator(n_hidden):
    again = layers.Dense(16)
    model = keras.Sequential([keras.Input((2,)), layers.Dense(16)])
    model.add(layers.LeakyReLU(negative_slope=0.2))
    for _ in range(n_hidden - 1):
        model.add(again)
        model.add(layers.LeakyReLU(negative_slope=0.2))
    model.add(layers.Dense(2))
    return model


# %% 2.2 wrong: two layers, however many are asked for
# hint: it gives 354, expected 898
def make_deep_generator(n_hidden):
    return make_generator()


# %% 2.2 wrong: an activation after the last hidden layer only
# hint: with known weights it gives
def make_deep_generator(n_hidden):
    hidden = [layers.Dense(16) for _ in range(n_hidden)]
    hidden.append(layers.LeakyReLU(negative_slope=0.2))
    return keras.Sequential([keras.Input((2,)), *hidden, layers.Dense(2)])


# %% 2.2 wrong: a leaky output
# hint: with known weights it gives
def make_deep_generator(n_hidden):
    model = keras.Sequential([keras.Input((2,))])
    for units in [16] * n_hidden + [2]:
        model.add(layers.Dense(units))
        model.add(layers.LeakyReLU(negative_slope=0.2))
    return model


# %% 2.2 wrong: no input, so that training finds no weights
# hint: keras.Input((2,))
def make_deep_generator(n_hidden):
    hidden = [layers.Dense(16, activation="leaky_relu") for _ in range(n_hidden)]
    return keras.Sequential([*hidden, layers.Dense(2)])


# %% 2.3 right: a coin of its own seed, and two columns
def sample_two_curves(n, seed):
    points = sample_points(n, seed)
    coin = tf.random.stateless_uniform((n, 1), [seed[0] + 7, seed[1]]) < 0.5
    x, y = points[:, :1], points[:, 1:]
    return tf.concat([x, tf.where(coin, y, -y)], axis=1)


# %% 2.3 right: whole numbers as coins, the two seeds by splitting
def sample_two_curves(n, seed):
    seeds = tf.random.split(seed, 2)
    points = sample_points(n, seeds[0])
    coin = tf.random.stateless_uniform((n,), seeds[1], 0, 2, dtype=tf.int32)
    side = tf.cast(2 * coin - 1, tf.float32)
    return tf.stack([points[:, 0], side * points[:, 1]], axis=1)


# %% 2.3 right: the sign of a normal number
def sample_two_curves(n, seed):
    x = tf.random.stateless_uniform([n], seed, -50, 50)
    side = tf.sign(tf.random.stateless_normal([n], seed + tf.constant([5, 0])))
    return tf.transpose([x, side * (10 + x**2)])


# %% 2.3 right: a stretch of one long draw for each
def sample_two_curves(n, seed):
    draw = tf.random.stateless_uniform((2, n), seed)
    x, side = 100 * draw[0] - 50, 2 * tf.round(draw[1]) - 1
    return tf.stack([x, side * (10 + x * x)], -1)


# %% 2.3 right: a coin by the iteration alone, and float64
def sample_two_curves(n, seed):
    x = tf.random.stateless_uniform((n, 1), seed, -50, 50, dtype=tf.float64)
    coin = tf.random.stateless_uniform((n, 1), [99, seed[1]], dtype=tf.float64)
    return tf.concat([x, tf.where(coin > 0.5, 10 + x**2, -10 - x**2)], axis=1)


# %% 2.3 wrong: the coin ignores the seed
# hint: alike for every seed
def sample_two_curves(n, seed):
    points = sample_points(n, seed)
    coin = tf.random.stateless_uniform((n, 1), [10, 0], alg="philox")
    return points * tf.where(coin < 0.5, [[1.0, -1.0]], [[1.0, 1.0]])


# %% 2.3 wrong: the points ignore the seed
# hint: it gives [1.
def sample_two_curves(n, seed):
    points = sample_points(n, [1, 0])
    coin = tf.random.stateless_uniform((n, 1), [seed[0] + 10, seed[1]])
    return points * tf.where(coin < 0.5, [[1.0, -1.0]], [[1.0, 1.0]])


# %% 2.3 wrong: every second point below
# hint: alike for every seed
def sample_two_curves(n, seed):
    points = sample_points(n, seed)
    side = 1.0 - 2.0 * tf.cast(tf.range(n) % 2, tf.float32)
    return tf.stack([points[:, 0], side * points[:, 1]], axis=1)


# %% 2.3 wrong: the coin from the seed of the points
# hint: a seed of its own
def sample_two_curves(n, seed):
    points = sample_points(n, seed)
    coin = tf.random.stateless_uniform((n, 1), seed, alg="philox")
    return points * tf.where(coin < 0.5, [[1.0, -1.0]], [[1.0, 1.0]])


# %% 2.3 wrong: the wide half below
# hint: a seed of its own
def sample_two_curves(n, seed):
    x, y = tf.unstack(sample_points(n, seed), axis=1)
    return tf.stack([x, tf.where(tf.abs(x) > 25, -y, y)], axis=1)


# %% 2.3 wrong: NumPy's coin, at which training raises an error
# hint: where NumPy cannot run
def sample_two_curves(n, seed):
    coin = np.random.default_rng([10, *seed]).random((n, 1)) < 0.5
    return sample_points(n, seed) * np.where(coin, [[1.0, -1.0]], [[1.0, 1.0]])


# %% 2.3 wrong: a coin without a seed
# hint: two calls differ
def sample_two_curves(n, seed):
    coin = tf.random.uniform((n, 1))
    return sample_points(n, seed) * tf.where(coin < 0.5, [[1.0, -1.0]], [[1.0, 1.0]])


# %% 2.3 wrong: the first half up, the second half down
# hint: alike for every seed
def sample_two_curves(n, seed):
    up = sample_points(n // 2, seed)
    down = sample_points(n // 2, [seed[0] + 10, seed[1]]) * [[1.0, -1.0]]
    return tf.concat([up, down], axis=0)


# %% 2.3 wrong: one coin for all points
# hint: on one side
def sample_two_curves(n, seed):
    coin = tf.random.stateless_uniform((), [seed[0] + 10, seed[1]])
    return sample_points(n, seed) * tf.where(coin < 0.5, [[1.0, -1.0]], [[1.0, 1.0]])


# %% 2.3 wrong: mirrored at the height of the bottom
# hint: it gives
def sample_two_curves(n, seed):
    points = sample_points(n, seed)
    coin = tf.random.stateless_uniform((n, 1), [seed[0] + 10, seed[1]])
    mirrored = points * [[1.0, -1.0]] + [[0.0, 20.0]]
    return tf.where(coin < 0.5, points, mirrored)


# %% 2.3 wrong: mirrored left and right
# hint: on one side
def sample_two_curves(n, seed):
    points = sample_points(n, seed)
    coin = tf.random.stateless_uniform((n, 1), [seed[0] + 10, seed[1]])
    return tf.where(coin < 0.5, points, points * [[-1.0, 1.0]])
