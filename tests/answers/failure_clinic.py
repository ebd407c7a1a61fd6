# %% 8.1 right: TensorFlow, the company first
def change_in_company(discriminator, points, company):
    mixed = discriminator(tf.concat([company, points], axis=0), training=True)
    alone = discriminator(points, training=True)
    return tf.reduce_max(tf.abs(mixed[-len(points) :] - alone))


# %% 8.1 right: one by one, in Python
def change_in_company(discriminator, points, company):
    alone = discriminator(points, training=True).numpy().ravel().tolist()
    both = discriminator(np.vstack((points, company)), training=True)
    return max(abs(x - y) for x, y in zip(alone, both.numpy().ravel().tolist()))


# %% 8.1 right: a model around D
def change_in_company(discriminator, points, company):
    inputs = keras.Input(points.shape[1:])
    model = keras.Model(inputs, discriminator(inputs, training=True))
    alone, mixed = (model(x) for x in (points, np.r_[points, company]))
    return keras.ops.max(keras.ops.abs(alone - mixed[: points.shape[0]]))


# %% 8.1 right: a norm, in float64
def change_in_company(discriminator, points, company):
    batches = points, np.append(points, company, axis=0)
    alone, mixed = (
        np.float64(discriminator(tf.constant(x), training=True)) for x in batches
    )
    return np.linalg.norm((mixed[: len(points)] - alone).ravel(), ord=np.inf)


# %% 8.1 right: the largest of each column, (1,)
def change_in_company(discriminator, points, company):
    alone = discriminator(points, training=True)
    mixed = discriminator(np.concatenate([points, company]), training=True)
    return np.ptp([alone, mixed[: len(points)]], axis=0).max(axis=0)


# %% 8.1 wrong: not in training
# hint: training=True
def change_in_company(discriminator, points, company):
    alone = discriminator(points)
    mixed = discriminator(np.concatenate([points, company]))
    return np.abs(mixed[: len(points)] - alone).max()


# %% 8.1 wrong: predicted
# hint: training=True
def change_in_company(discriminator, points, company):
    alone = discriminator.predict_on_batch(points)
    mixed = discriminator.predict_on_batch(np.concatenate([points, company]))
    return np.abs(mixed[: len(points)] - alone).max()


# %% 8.1 wrong: with its sign
# hint: absolute
def change_in_company(discriminator, points, company):
    alone = discriminator(points, training=True)
    mixed = discriminator(np.concatenate([points, company]), training=True)
    return np.max(mixed[: len(points)] - alone)


# %% 8.1 wrong: the mean
# hint: largest
def change_in_company(discriminator, points, company):
    alone = discriminator(points, training=True)
    mixed = discriminator(np.concatenate([points, company]), training=True)
    return np.abs(mixed[: len(points)] - alone).mean()


# %% 8.1 wrong: other points than before
# hint: same points
def change_in_company(discriminator, points, company):
    alone = discriminator(points, training=True)
    mixed = discriminator(np.concatenate([points, company]), training=True)
    return np.abs(mixed[len(points) :] - alone).max()


# %% 8.1 wrong: the company in a batch of its own
# hint: it gives
def change_in_company(discriminator, points, company):
    alone = discriminator(points, training=True)
    return np.abs(discriminator(company, training=True) - alone).max()


# %% 8.1 wrong: probabilities
# hint: it gives 0.4
def change_in_company(discriminator, points, company):
    alone = discriminator(points, training=True)
    mixed = discriminator(np.concatenate([points, company]), training=True)
    return np.abs(tf.sigmoid(mixed[: len(points)]) - tf.sigmoid(alone)).max()


# %% 8.1 wrong: the batches have different lengths
# hint: raised
def change_in_company(discriminator, points, company):
    alone = discriminator(points, training=True)
    mixed = discriminator(np.concatenate([points, company]), training=True)
    return np.abs(mixed - alone).max()


# %% 8.2 right: TensorFlow
def dead_discriminator(reading):
    logits = tf.concat([reading.real_logits, reading.fake_logits], axis=0)
    deviation = tf.math.reduce_std(logits)
    if deviation < 0.01:
        return f"deviation {deviation:.4f}"
    return None


# %% 8.2 right: nothing is returned where nothing is found
def dead_discriminator(reading):
    if np.std([reading.real_logits, reading.fake_logits]) < 0.01:
        return "D always says the same"


# %% 8.2 right: the variance, in float64
def dead_discriminator(reading):
    logits = np.r_[reading.real_logits, reading.fake_logits].astype("float64")
    dead = np.mean(logits**2) - np.mean(logits) ** 2 < 0.01**2
    return f"all logits are about {logits.mean():.2f}" if dead else None


# %% 8.2 right: plain Python, n - 1
import statistics


def dead_discriminator(reading):
    logits = [float(x) for x in [*reading.real_logits, *reading.fake_logits]]
    return None if statistics.stdev(logits) >= 0.01 else str(logits[0]) + " everywhere"


# %% 8.2 wrong: a difference of means
# hint: by chance
def dead_discriminator(reading):
    gap = abs(reading.real_logits.mean() - reading.fake_logits.mean())
    return f"the means differ by {gap:.4f}" if gap < 0.01 else None


# %% 8.2 wrong: always None
# hint: None
def dead_discriminator(reading):
    return None


# %% 8.2 wrong: the message is printed
# hint: is there a return?
def dead_discriminator(reading):
    logits = np.concatenate([reading.real_logits, reading.fake_logits])
    if logits.std() < 0.01:
        print(end="")


# %% 8.2 wrong: each kind by itself
# hint: together
def dead_discriminator(reading):
    if reading.real_logits.std() < 0.01 and reading.fake_logits.std() < 0.01:
        return "D always says the same"


# %% 8.2 wrong: True and False
# hint: text
def dead_discriminator(reading):
    logits = np.concatenate([reading.real_logits, reading.fake_logits])
    return bool(logits.std() < 0.01)


# %% 8.2 wrong: an empty text
# hint: no '' or False
def dead_discriminator(reading):
    logits = np.concatenate([reading.real_logits, reading.fake_logits])
    return "D always says the same" if logits.std() < 0.01 else ""


# %% 8.2 wrong: small logits
# hint: 2 as well
def dead_discriminator(reading):
    logits = np.concatenate([reading.real_logits, reading.fake_logits])
    return "D says nothing" if np.abs(logits).max() < 0.01 else None


# %% 8.2 wrong: the variance below 0.01
# hint: variance
def dead_discriminator(reading):
    logits = np.concatenate([reading.real_logits, reading.fake_logits])
    return "D always says the same" if logits.var() < 0.01 else None


# %% 8.2 wrong: only the very same logit
# hint: not only
def dead_discriminator(reading):
    logits = np.concatenate([reading.real_logits, reading.fake_logits])
    return "D always says the same" if np.all(logits == logits[0]) else None


# %% 8.2 wrong: always alarmed
# hint: not dead
def dead_discriminator(reading):
    return "D always says the same"


# %% 8.3 right: tf.reshape
def pack(points):
    return tf.reshape(points, (-1, 4))


# %% 8.3 right: even and odd points
def pack(points):
    return np.hstack([points[::2], points[1::2]])


# %% 8.3 right: lists
def pack(points):
    return [[*points[k], *points[k + 1]] for k in range(0, len(points), 2)]


# %% 8.3 right: tf.concat, float32
def pack(points):
    points = tf.cast(points, tf.float32)
    return tf.concat([points[::2], points[1::2]], axis=1)


# %% 8.3 right: Keras
def pack(points):
    pairs = keras.ops.reshape(points, (len(points) // 2, 2, 2))
    return keras.ops.concatenate([pairs[:, 0], pairs[:, 1]], axis=-1)


# %% 8.3 wrong: a shape for this batch only
# hint: depends on the batch
def pack(points):
    return np.reshape(points, (3, 4))


# %% 8.3 wrong: the shape of the exercise's last cell
# hint: raised ValueError
def pack(points):
    return points.reshape(256, 4)


# %% 8.3 wrong: the halves of the batch
# hint: neighbours
def pack(points):
    half = len(points) // 2
    return np.hstack([points[:half], points[half:]])


# %% 8.3 wrong: two axes for a pair
# hint: one row
def pack(points):
    return np.reshape(points, (-1, 2, 2))


# %% 8.3 wrong: each point twice
# hint: one pair only
def pack(points):
    return np.hstack([points[:-1], points[1:]])


# %% 8.3 wrong: x and x, y and y
# hint: first both numbers
def pack(points):
    even, odd = points[::2], points[1::2]
    return np.stack([even, odd], axis=-1).reshape(-1, 4)


# %% 8.3 wrong: below each other
# hint: its shape is (6, 2)
def pack(points):
    return np.concatenate([points[::2], points[1::2]])
