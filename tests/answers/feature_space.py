# %% 3.1 right: a loop that counts, with the lesson's centroid
def share_apart(snapshots):
    count = 0
    for _, (start, after_d, _) in snapshots:
        before = tf.norm(centroid(start[0]) - centroid(start[1]))
        after = tf.norm(centroid(after_d[0]) - centroid(after_d[1]))
        if after > before:
            count += 1
    return count / len(snapshots)


# %% 3.1 right: the root of squares, in float32
def share_apart(snapshots):
    def distance(real, fake):
        gap = np.float32(real).mean(axis=0) - np.float32(fake).mean(axis=0)
        return np.sqrt(gap[0] ** 2 + gap[1] ** 2)

    moves = [distance(*watched[1]) - distance(*watched[0]) for _, watched in snapshots]
    return np.float32(np.mean(np.array(moves) > 0))


# %% 3.1 right: all snapshots in one array, squared distances
def share_apart(snapshots):
    features = np.array([watched for _, watched in snapshots])  # (m, 3, 2, n, 2)
    gaps = np.squeeze(np.diff(features.mean(axis=3), axis=2), axis=2)
    squared = (gaps**2).sum(axis=-1)
    return np.mean(squared[:, 1] > squared[:, 0])


# %% 3.1 right: TensorFlow, a share of shape (1, 1)
def share_apart(snapshots):
    apart = []
    for _, (start, after_d, _) in snapshots:
        gaps = [tf.reduce_mean(real - fake, axis=0) for real, fake in (start, after_d)]
        before, after = (tf.norm(gap) for gap in gaps)
        apart.append(tf.cast(after > before, tf.float32))
    return tf.reshape(tf.reduce_mean(apart), (1, 1))


# %% 3.1 right: means of plain lists
def share_apart(snapshots):
    def distance(pair):
        means = [
            [sum(column) / len(column) for column in zip(*points)] for points in pair
        ]
        return np.hypot(means[0][0] - means[1][0], means[0][1] - means[1][1])

    apart = [distance(turn[1]) > distance(turn[0]) for _, turn in snapshots]
    return apart.count(True) / len(apart)


# %% 3.1 wrong: G's turn
# hint: G's turn
def share_apart(snapshots):
    def distance(pair):
        return np.linalg.norm(pair[0].mean(0) - pair[1].mean(0))

    return np.mean([distance(g) > distance(d) for _, (_, d, g) in snapshots])


# %% 3.1 wrong: one feature only
# hint: both features
def share_apart(snapshots):
    def distance(pair):
        return abs(pair[0][:, 0].mean() - pair[1][:, 0].mean())

    return np.mean([distance(d) > distance(start) for _, (start, d, _) in snapshots])


# %% 3.1 wrong: the other feature only
# hint: both features
def share_apart(snapshots):
    def distance(pair):
        return abs(pair[0][:, 1].mean() - pair[1][:, 1].mean())

    return np.mean([distance(d) > distance(start) for _, (start, d, _) in snapshots])


# %% 3.1 wrong: the first point in place of the centroid
# hint: the means of all
def share_apart(snapshots):
    def distance(pair):
        return np.linalg.norm(pair[0][0] - pair[1][0])

    return np.mean([distance(d) > distance(start) for _, (start, d, _) in snapshots])


# %% 3.1 wrong: the mean of the distances between points
# hint: the means of all
def share_apart(snapshots):
    def distance(pair):
        return np.linalg.norm(pair[0] - pair[1], axis=1).mean()

    return np.mean([distance(d) > distance(start) for _, (start, d, _) in snapshots])


# %% 3.1 wrong: the mean over the wrong axis
# hint: the means of all
def share_apart(snapshots):
    def distance(pair):
        return np.linalg.norm(pair[0].mean(1) - pair[1].mean(1))

    return np.mean([distance(d) > distance(start) for _, (start, d, _) in snapshots])


# %% 3.1 wrong: the real centroid of before, as if only the generated one moved
# hint: the means of all
def share_apart(snapshots):
    def distance(real, fake):
        return np.linalg.norm(real.mean(0) - fake.mean(0))

    return np.mean([distance(s[0], d[1]) > distance(*s) for _, (s, d, _) in snapshots])


# %% 3.1 wrong: closer
# hint: closer
def share_apart(snapshots):
    def distance(pair):
        return np.linalg.norm(pair[0].mean(0) - pair[1].mean(0))

    return np.mean([distance(d) < distance(start) for _, (start, d, _) in snapshots])


# %% 3.1 wrong: no move counts, too
# hint: does not count
def share_apart(snapshots):
    def distance(pair):
        return np.linalg.norm(pair[0].mean(0) - pair[1].mean(0))

    return np.mean([distance(d) >= distance(start) for _, (start, d, _) in snapshots])


# %% 3.1 wrong: percent
# hint: not percent
def share_apart(snapshots):
    def distance(pair):
        return np.linalg.norm(pair[0].mean(0) - pair[1].mean(0))

    return 100 * np.mean([distance(d) > distance(s) for _, (s, d, _) in snapshots])


# %% 3.1 wrong: a count
# hint: not a number of turns
def share_apart(snapshots):
    def distance(pair):
        return np.linalg.norm(pair[0].mean(0) - pair[1].mean(0))

    return sum(distance(d) > distance(start) for _, (start, d, _) in snapshots)


# %% 3.2 right: features followed by a tanh, a layer of its own
def make_bent_discriminator():
    return keras.Sequential(
        [
            keras.Input((2,)),
            layers.Dense(16),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Dense(16),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Dense(2, name="features"),
            layers.Activation("tanh"),
            layers.Dense(1, name="logit"),
        ]
    )


# %% 3.2 right: the tanh called features
def make_bent_discriminator():
    model = keras.Sequential([keras.Input((2,))])
    for _ in range(2):
        model.add(layers.Dense(16, activation="leaky_relu"))
    model.add(layers.Dense(2))
    model.add(layers.Activation(keras.activations.tanh, name="features"))
    model.add(layers.Dense(1))
    return model


# %% 3.2 right: a functional model
def make_bent_discriminator():
    x = points = keras.Input((2,))
    for _ in range(2):
        x = layers.LeakyReLU(negative_slope=0.2)(layers.Dense(16)(x))
    bent = layers.Dense(2, activation="tanh", name="features")(x)
    return keras.Model(points, layers.Dense(1)(bent))


# %% 3.2 wrong: layers that belong to another network, which make_features cannot cut
# hint: new layers
def make_bent_discriminator():
    *hidden, features, logit = make_discriminator().layers
    bend = layers.Lambda(keras.ops.tanh)
    return keras.Sequential([keras.Input((2,)), *hidden, features, bend, logit])


# %% 3.2 right: a new activation for the layer of the lesson
def make_bent_discriminator():
    discriminator = make_discriminator()
    discriminator.get_layer("features").activation = tf.tanh
    return discriminator


# %% 3.2 wrong: a sigmoid output
# hint: D answers with a logit
def make_bent_discriminator():
    hidden = make_discriminator().layers[:-2]
    bent = layers.Dense(2, activation="tanh", name="features")
    last = layers.Dense(1, activation="sigmoid")
    return keras.Sequential([keras.Input((2,)), *hidden, bent, last])


# %% 3.2 wrong: not bent
# hint: are not bent
def make_bent_discriminator():
    return make_discriminator()


# %% 3.2 wrong: tanh after the logit
# hint: before the logit
def make_bent_discriminator():
    before = make_discriminator().layers
    return keras.Sequential([keras.Input((2,)), *before, layers.Activation("tanh")])


# %% 3.2 wrong: tanh everywhere
# hint: stay leaky
def make_bent_discriminator():
    return keras.Sequential(
        [
            keras.Input((2,)),
            layers.Dense(16, activation="tanh"),
            layers.Dense(16, activation="tanh"),
            layers.Dense(2, activation="tanh", name="features"),
            layers.Dense(1),
        ]
    )


# %% 3.2 wrong: the leaky ReLUs are lost
# hint: have no activation
def make_bent_discriminator():
    dense = [x for x in make_discriminator().layers if isinstance(x, layers.Dense)]
    dense[2].activation = keras.activations.tanh
    return keras.Sequential([keras.Input((2,)), *dense])


# %% 3.2 wrong: a layer too many, with weights
# hint: it gives 363, expected 357
def make_bent_discriminator():
    *before, logit = make_discriminator().layers
    bent = layers.Dense(2, activation="tanh")
    return keras.Sequential([keras.Input((2,)), *before, bent, layers.Dense(1)])


# %% 3.2 wrong: no layer has the name
# hint: No such layer: features
def make_bent_discriminator():
    hidden = make_discriminator().layers[:-2]
    bent = layers.Dense(2, activation="tanh")
    return keras.Sequential([keras.Input((2,)), *hidden, bent, layers.Dense(1)])


# %% 3.2 wrong: a model of its own, which make_features cannot cut
# hint: functional model
class Bent(keras.Model):
    def __init__(self):
        super().__init__()
        self.hidden = [layers.Dense(16, activation="leaky_relu") for _ in range(2)]
        self.features = layers.Dense(2, activation="tanh", name="features")
        self.logit = layers.Dense(1)

    def call(self, x):
        for layer in [*self.hidden, self.features, self.logit]:
            x = layer(x)
        return x


def make_bent_discriminator():
    discriminator = Bent()
    discriminator(tf.zeros((1, 2)))
    return discriminator


# %% 3.2 wrong: no input, so that training finds no weights
# hint: isn't built
def make_bent_discriminator():
    hidden = [layers.Dense(16, activation="leaky_relu") for _ in range(2)]
    bent = layers.Dense(2, activation="tanh", name="features")
    return keras.Sequential([*hidden, bent, layers.Dense(1)])


# %% 3.3 right: the activation by its name, Reshape in place of Flatten
def make_picture_discriminator():
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Reshape((784,)),
            layers.Dense(64, activation="leaky_relu"),
            layers.Dense(2, name="features"),
            layers.Dense(1),
        ]
    )


# %% 3.3 right: a functional model
def make_picture_discriminator():
    pictures = keras.Input((28, 28, 1))
    hidden = layers.Dense(64)(layers.Flatten()(pictures))
    hidden = layers.LeakyReLU(negative_slope=0.2)(hidden)
    features = layers.Dense(2, name="features")(hidden)
    return keras.Model(pictures, layers.Dense(1)(features))


# %% 3.3 right: add, one by one, linear by its name
def make_picture_discriminator():
    model = keras.Sequential()
    model.add(layers.Input(shape=(28, 28, 1), name="pictures"))
    model.add(layers.Flatten())
    model.add(layers.Dense(64))
    model.add(layers.Lambda(lambda x: tf.nn.leaky_relu(x, alpha=0.2)))
    model.add(layers.Dense(2, activation="linear", name="features"))
    model.add(layers.Dense(1, activation=None, name="logit"))
    return model


# %% 3.3 right: the ends of lesson 02's discriminator
def make_picture_discriminator():
    *_, features, logit = make_discriminator().layers
    last = [layers.Dense.from_config(x.get_config()) for x in (features, logit)]
    hidden = [layers.Flatten(), layers.Dense(64), layers.LeakyReLU(negative_slope=0.2)]
    return keras.Sequential([keras.Input((28, 28, 1)), *hidden, *last])


# %% 3.3 right: the activation as a layer in a layer
def make_picture_discriminator():
    leak = layers.LeakyReLU(negative_slope=0.2)
    hidden = layers.Dense(64, activation=leak)
    last = [layers.Dense(2, name="features"), layers.Dense(1)]
    return keras.Sequential([keras.Input((28, 28, 1)), layers.Flatten(), hidden, *last])


# %% 3.3 wrong: a sigmoid output
# hint: D answers with a logit
def make_picture_discriminator():
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Flatten(),
            layers.Dense(64, activation="leaky_relu"),
            layers.Dense(2, name="features"),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


# %% 3.3 wrong: not flattened
# hint: expected 50373
def make_picture_discriminator():
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Dense(64, activation="leaky_relu"),
            layers.Dense(2, name="features"),
            layers.Dense(1),
        ]
    )


# %% 3.3 wrong: leaky features
# hint: the features are linear
def make_picture_discriminator():
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Flatten(),
            layers.Dense(64, activation="leaky_relu"),
            layers.Dense(2, activation="leaky_relu", name="features"),
            layers.Dense(1),
        ]
    )


# %% 3.3 wrong: no activation
# hint: has no activation
def make_picture_discriminator():
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Flatten(),
            layers.Dense(64),
            layers.Dense(2, name="features"),
            layers.Dense(1),
        ]
    )


# %% 3.3 wrong: Keras' own slope
# hint: the slope is 0.2
def make_picture_discriminator():
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Flatten(),
            layers.Dense(64),
            layers.LeakyReLU(),
            layers.Dense(2, name="features"),
            layers.Dense(1),
        ]
    )


# %% 3.3 wrong: ReLU
# hint: the slope is 0.2
def make_picture_discriminator():
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Flatten(),
            layers.Dense(64, activation="relu"),
            layers.Dense(2, name="features"),
            layers.Dense(1),
        ]
    )


# %% 3.3 wrong: no layer has the name
# hint: No such layer: features
def make_picture_discriminator():
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Flatten(),
            layers.Dense(64, activation="leaky_relu"),
            layers.Dense(2),
            layers.Dense(1),
        ]
    )


# %% 3.3 wrong: the 64 units have the name
# hint: it gives [ 3 64], expected [3 2]
def make_picture_discriminator():
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Flatten(),
            layers.Dense(64, activation="leaky_relu", name="features"),
            layers.Dense(2),
            layers.Dense(1),
        ]
    )
