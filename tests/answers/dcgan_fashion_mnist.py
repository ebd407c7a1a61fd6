# %% 5.1 right: TensorFlow, float32
def moving_average(values, decay):
    average = tf.Variable(values[0], dtype=tf.float32)
    for value in values:
        average.assign(decay * average + (1 - decay) * value)
    return average


# %% 5.1 right: all weights at once
def moving_average(values, decay):
    age = np.arange(len(values))[::-1]
    weights = (1 - decay) * decay**age
    weights[0] = decay ** age[0]
    return weights @ np.array(values)


# %% 5.1 right: a step towards each value
def moving_average(values, decay):
    average = values[0]
    for value in values[1:]:
        average += (1 - decay) * (value - average)
    return average


# %% 5.1 right: recursion
def moving_average(values, decay):
    *before, last = values
    if not before:
        return last
    return decay * moving_average(before, decay) + (1 - decay) * last


# %% 5.1 right: float32, in an array
def moving_average(values, decay):
    average = np.float32(values[:1])
    for value in np.float32(values):
        average = np.float32(decay) * average + np.float32(1 - decay) * value
    return average


# %% 5.1 wrong: the decay on the new value
# hint: d belongs to
def moving_average(values, decay):
    average = values[0]
    for value in values[1:]:
        average = (1 - decay) * average + decay * value
    return average


# %% 5.1 wrong: from 0
# hint: not from 0
def moving_average(values, decay):
    average = 0
    for value in values:
        average = decay * average + (1 - decay) * value
    return average


# %% 5.1 wrong: all averages
# hint: last value only
def moving_average(values, decay):
    averages = values[:1]
    for value in values[1:]:
        averages.append(decay * averages[-1] + (1 - decay) * value)
    return averages


# %% 5.1 wrong: a mean
# hint: plain mean
def moving_average(values, decay):
    return np.mean(values)


# %% 5.1 wrong: the first and the last value only
# hint: it gives 0.9, expected 0.1216
def moving_average(values, decay):
    return decay * values[0] + (1 - decay) * values[-1]


# %% 5.1 wrong: returns inside the loop
# hint: it gives None; is there a return?
def moving_average(values, decay):
    average = values[0]
    for value in values[1:]:
        average = decay * average + (1 - decay) * value
        return average


# %% 5.2 right: TensorFlow
def walk_on_sphere(a, b, t):
    a, b = tf.constant(a), tf.constant(b)
    angle = tf.acos(tf.tensordot(a, b, 1) / (tf.norm(a) * tf.norm(b)))
    return (tf.sin((1 - t) * angle) * a + tf.sin(t * angle) * b) / tf.sin(angle)


# %% 5.2 right: unit vectors first
def walk_on_sphere(a, b, t):
    u, v = a / np.linalg.norm(a), b / np.linalg.norm(b)
    angle = 2 * np.arctan2(np.linalg.norm(u - v), np.linalg.norm(u + v))
    first, second = np.sin([(1 - t) * angle, t * angle]) / np.sin(angle)
    return first * a + second * b


# %% 5.2 right: (1, z), by Keras
def walk_on_sphere(a, b, t):
    rows = np.stack([a, b])
    units = keras.utils.normalize(rows, axis=1)
    angle = np.arccos(units[0] @ units[1])
    return np.sin([[(1 - t) * angle, t * angle]]) @ rows / np.sin(angle)


# %% 5.2 right: lists, float64
def walk_on_sphere(a, b, t):
    a, b = a.tolist(), b.tolist()
    dot, aa, bb = (sum(x * y for x, y in zip(*two)) for two in ((a, b), (a, a), (b, b)))
    angle = np.arccos(dot / (aa * bb) ** 0.5)
    first, second = (np.sin(s * angle) / np.sin(angle) for s in (1 - t, t))
    return [first * x + second * y for x, y in zip(a, b)]


# %% 5.2 right: a turn of the one and the length of the other
def walk_on_sphere(a, b, t):
    across = b - a * (a @ b) / (a @ a)
    angle = np.arctan2(np.linalg.norm(across), a @ b / np.linalg.norm(a))
    weight = np.sin(t * angle) / np.sin(angle)
    return (np.cos(t * angle) - weight * np.cos(angle)) * a + weight * b


# %% 5.2 wrong: lengths are forgotten in the cosine
# hint: both lengths
def walk_on_sphere(a, b, t):
    angle = np.arccos(np.clip(a @ b, -1, 1))
    return (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle)


# %% 5.2 wrong: always a right angle
# hint: 90 degrees
def walk_on_sphere(a, b, t):
    return np.cos(t * np.pi / 2) * a + np.sin(t * np.pi / 2) * b


# %% 5.2 wrong: the straight line
# hint: straight
def walk_on_sphere(a, b, t):
    return (1 - t) * a + t * b


# %% 5.2 wrong: not divided by the sine
# hint: sin
def walk_on_sphere(a, b, t):
    angle = np.arccos(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)))
    return np.sin((1 - t) * angle) * a + np.sin(t * angle) * b


# %% 5.2 wrong: from b to a
# hint: at t = 0 it is a
def walk_on_sphere(a, b, t):
    angle = np.arccos(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)))
    return (np.sin(t * angle) * a + np.sin((1 - t) * angle) * b) / np.sin(angle)


# %% 5.2 wrong: degrees
# hint: it gives
def walk_on_sphere(a, b, t):
    cosine = a @ b / (np.linalg.norm(a) * np.linalg.norm(b))
    angle = np.rad2deg(np.arccos(cosine))
    return (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle)


# %% 5.2 wrong: the straight line, stretched to a's length
# hint: it gives
def walk_on_sphere(a, b, t):
    point = (1 - t) * a + t * b
    return point / np.linalg.norm(point) * np.linalg.norm(a)


# %% 5.3 right: the limit is one of the gaps
def share_of_copies(generated_gaps, held_out_gaps):
    limit = sorted(held_out_gaps)[len(held_out_gaps) // 100 - 1]
    return sum(gap <= limit for gap in generated_gaps) / len(generated_gaps)


# %% 5.3 right: percentiles
def share_of_copies(generated_gaps, held_out_gaps):
    return (generated_gaps < np.percentile(held_out_gaps, 1)).sum() / len(
        generated_gaps
    )


# %% 5.3 right: TensorFlow, float32
def share_of_copies(generated_gaps, held_out_gaps):
    gaps, ruler = (tf.cast(x, tf.float32) for x in (generated_gaps, held_out_gaps))
    limit = tf.sort(ruler)[len(held_out_gaps) // 100]
    return tf.reduce_mean(tf.cast(gaps < limit, tf.float32))


# %% 5.3 right: how many held-out gaps are smaller
def share_of_copies(generated_gaps, held_out_gaps):
    smaller = np.mean(held_out_gaps < generated_gaps[:, None], axis=1)
    return np.mean(smaller < 0.01, keepdims=True)


# %% 5.3 right: the gap with a hundredth below
def share_of_copies(generated_gaps, held_out_gaps):
    limit = np.quantile(held_out_gaps, 0.01, method="higher")
    return float(np.count_nonzero(generated_gaps <= limit)) / generated_gaps.size


# %% 5.3 wrong: in percent
# hint: from 0 to 1
def share_of_copies(generated_gaps, held_out_gaps):
    return 100 * np.mean(generated_gaps < np.quantile(held_out_gaps, 0.01))


# %% 5.3 wrong: a number of pictures
# hint: divide by
def share_of_copies(generated_gaps, held_out_gaps):
    return np.sum(generated_gaps < np.quantile(held_out_gaps, 0.01))


# %% 5.3 wrong: the other side
# hint: below the limit
def share_of_copies(generated_gaps, held_out_gaps):
    return np.mean(generated_gaps > np.quantile(held_out_gaps, 0.01))


# %% 5.3 wrong: one percent is taken for 1
# hint: 1 % is 0.01
def share_of_copies(generated_gaps, held_out_gaps):
    return np.mean(generated_gaps < np.quantile(held_out_gaps, 1))


# %% 5.3 wrong: the two are swapped
# hint: held-out
def share_of_copies(generated_gaps, held_out_gaps):
    return np.mean(held_out_gaps < np.quantile(generated_gaps, 0.01))


# %% 5.3 wrong: compared with the mean
# hint: it gives 0.57
def share_of_copies(generated_gaps, held_out_gaps):
    return np.mean(generated_gaps < held_out_gaps.mean())


# %% 5.3 wrong: a hundredth of the largest gap
# hint: it gives 0., expected 0.01
def share_of_copies(generated_gaps, held_out_gaps):
    return np.mean(generated_gaps < 0.01 * held_out_gaps.max())


# %% 5.3 wrong: not sorted
# hint: it gives
def share_of_copies(generated_gaps, held_out_gaps):
    limit = held_out_gaps[len(held_out_gaps) // 100]
    return np.mean(generated_gaps < limit)
