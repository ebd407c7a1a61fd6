# %% 0.1 right: a loop with two cases
def total_minutes(lessons, dense, convolution):
    total = 0
    for lesson in lessons:
        if lesson.work == "dense":
            total += lesson.minutes * dense
        else:
            total += lesson.minutes * convolution
    return total


# %% 0.1 right: a scalar product in float32
def total_minutes(lessons, dense, convolution):
    minutes = np.float32([lesson.minutes for lesson in lessons])
    is_dense = np.array([lesson.work == "dense" for lesson in lessons], bool)
    return minutes @ np.where(is_dense, dense, convolution).astype("float32")


# %% 0.1 right: TensorFlow
def total_minutes(lessons, dense, convolution):
    terms = [
        tf.constant(
            one.minutes * (dense if one.work == "dense" else convolution), "float32"
        )
        for one in lessons
    ]
    return tf.add_n([tf.constant(0.0), *terms])


# %% 0.1 right: the course's own function
def total_minutes(lessons, dense, convolution):
    speed = {"dense": dense, "convolution": convolution}
    return sum(course.expected_minutes(lesson, speed) for lesson in lessons)


# %% 0.1 right: two sums
def total_minutes(lessons, dense, convolution):
    of_dense = sum(x.minutes for x in lessons if x.work == "dense")
    return dense * of_dense + convolution * (sum(x.minutes for x in lessons) - of_dense)


# %% 0.1 wrong: the factors swapped
# hint: changed places
def total_minutes(lessons, dense, convolution):
    factors = {"dense": convolution, "convolution": dense}
    return sum(lesson.minutes * factors[lesson.work] for lesson in lessons)


# %% 0.1 wrong: it divides
# hint: multiply
def total_minutes(lessons, dense, convolution):
    factors = {"dense": dense, "convolution": convolution}
    return sum(lesson.minutes / factors[lesson.work] for lesson in lessons)


# %% 0.1 wrong: the first lesson decides for all
# hint: its own kind
def total_minutes(lessons, dense, convolution):
    if not lessons:
        return 0
    factor = dense if lessons[0].work == "dense" else convolution
    return factor * sum(lesson.minutes for lesson in lessons)


# %% 0.1 wrong: both factors for each
# hint: not both
def total_minutes(lessons, dense, convolution):
    return sum(lesson.minutes * (dense + convolution) for lesson in lessons)


# %% 0.1 wrong: the mean
# hint: the sum
def total_minutes(lessons, dense, convolution):
    factors = {"dense": dense, "convolution": convolution}
    return np.mean([lesson.minutes * factors[lesson.work] for lesson in lessons])


# %% 0.1 wrong: all lessons of the course, whichever are given
# hint: expected 15
def total_minutes(lessons, dense, convolution):
    factors = {"dense": dense, "convolution": convolution}
    return sum(lesson.minutes * factors[lesson.work] for lesson in course.LESSONS)


# %% 0.1 wrong: it prints
# hint: is there a return
def total_minutes(lessons, dense, convolution):
    factors = {"dense": dense, "convolution": convolution}
    sum(lesson.minutes * factors[lesson.work] for lesson in lessons)


# %% 0.1 wrong: only the first lesson, by a return in the loop
# hint: it gives 5
def total_minutes(lessons, dense, convolution):
    for lesson in lessons:
        return lesson.minutes * (dense if lesson.work == "dense" else convolution)


# %% 0.2 right: two columns stacked
def sample_circle(n, seed):
    angle = 2 * np.pi * tf.random.stateless_uniform((n,), seed)
    return tf.stack([tf.cos(angle), tf.sin(angle)], axis=-1)


# %% 0.2 right: normal points, pulled to the circle
def sample_circle(n, seed):
    points = tf.random.stateless_normal((n, 2), seed)
    return points / tf.norm(points, axis=1, keepdims=True)


# %% 0.2 right: float64, and the angle from -π to π
def sample_circle(n, seed):
    angle = tf.random.stateless_uniform((n, 1), seed, -np.pi, np.pi, dtype="float64")
    return tf.concat([tf.sin(angle), tf.cos(angle)], 1)


# %% 0.2 right: complex numbers
def sample_circle(n, seed):
    turn = tf.random.stateless_uniform([n], seed, 0, 1, alg="philox")
    number = tf.exp(tf.complex(0.0 * turn, 2 * np.pi * turn))
    return tf.transpose([tf.math.real(number), tf.math.imag(number)])


# %% 0.2 right: the seed as a tensor, in Keras' operations
def sample_circle(n, seed):
    seed = tf.convert_to_tensor(seed)
    angle = tf.random.stateless_uniform((n, 1), seed, maxval=2 * np.pi)
    return keras.ops.concatenate([keras.ops.cos(angle), keras.ops.sin(angle)], axis=1)


# %% 0.2 wrong: NumPy, at which training raises an error
# hint: where NumPy cannot run
def sample_circle(n, seed):
    angle = np.random.default_rng(seed).uniform(0, 2 * np.pi, (n, 1))
    return np.concatenate([np.cos(angle), np.sin(angle)], axis=1)


# %% 0.2 wrong: NumPy in a tensor, at which training raises an error
# hint: where NumPy cannot run
def sample_circle(n, seed):
    angle = np.random.default_rng(seed).uniform(0, 2 * np.pi, (n, 1))
    return tf.constant(np.concatenate([np.cos(angle), np.sin(angle)], axis=1))


# %% 0.2 wrong: half a circle
# hint: 2π
def sample_circle(n, seed):
    angle = tf.random.stateless_uniform((n, 1), seed, 0, np.pi)
    return tf.concat([tf.cos(angle), tf.sin(angle)], axis=1)


# %% 0.2 wrong: no seed
# hint: two calls differ
def sample_circle(n, seed):
    angle = tf.random.uniform((n, 1), 0, 2 * np.pi)
    return tf.concat([tf.cos(angle), tf.sin(angle)], axis=1)


# %% 0.2 wrong: the same points for every seed
# hint: both numbers
def sample_circle(n, seed):
    angle = tf.linspace(0.0, 2 * np.pi, n)[:, None]
    return tf.concat([tf.cos(angle), tf.sin(angle)], axis=1)


# %% 0.2 wrong: the iteration does not count, so that every batch is the same
# hint: both numbers
def sample_circle(n, seed):
    angle = tf.random.stateless_uniform((n, 1), [seed[0], 0], 0, 2 * np.pi)
    return tf.concat([tf.cos(angle), tf.sin(angle)], axis=1)


# %% 0.2 wrong: an angle for each coordinate
# hint: it gives
def sample_circle(n, seed):
    angles = tf.random.stateless_uniform((n, 2), seed, 0, 2 * np.pi)
    return tf.concat([tf.cos(angles[:, :1]), tf.sin(angles[:, 1:])], axis=1)


# %% 0.2 wrong: the disk
# hint: it gives
def sample_circle(n, seed):
    polar = tf.random.stateless_uniform((n, 2), seed)
    angle, radius = 2 * np.pi * polar[:, :1], polar[:, 1:]
    return radius * tf.concat([tf.cos(angle), tf.sin(angle)], axis=1)


# %% 0.2 wrong: one column above the other
# hint: it gives [2000 1], expected [1000 2]
def sample_circle(n, seed):
    angle = tf.random.stateless_uniform((n, 1), seed, 0, 2 * np.pi)
    return tf.concat([tf.cos(angle), tf.sin(angle)], axis=0)


# %% 0.2 wrong: a list, which a network does not take
# hint: has no attribute 'shape'
def sample_circle(n, seed):
    angle = tf.random.stateless_uniform((n,), seed, 0, 2 * np.pi)
    return [[tf.cos(a), tf.sin(a)] for a in angle]
