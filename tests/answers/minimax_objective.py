# %% 1.1 right: logits instead of a quotient
def best_d_with_prior(p_x, q_x, prior):
    logit = np.log(prior * p_x) - np.log((1 - prior) * q_x)
    return 1 / (1 + np.exp(-logit))


# %% 1.1 right: TensorFlow, in float32
def best_d_with_prior(p_x, q_x, prior):
    real = tf.constant(prior, tf.float32) * p_x
    return real / (real + (1 - tf.constant(prior)) * q_x)


# %% 1.1 right: the inverse of one plus the odds
def best_d_with_prior(p_x, q_x, prior):
    return 1 / (1 + (1 - prior) / prior * q_x / p_x)


# %% 1.1 right: a search over a thousand answers, which miss the best by a little
def best_d_with_prior(p_x, q_x, prior):
    d = np.linspace(0, 1, 1000)[1:-1]
    value = prior * p_x * np.log(d) + (1 - prior) * q_x * np.log(1 - d)
    return d[np.argmax(value)]


# %% 1.1 right: an array (1, 1) of float32
def best_d_with_prior(p_x, q_x, prior):
    shares = np.float32([[prior, 1 - prior]])
    return shares[:, :1] * p_x / (shares @ np.float32([[p_x], [q_x]]))


# %% 1.1 wrong: the prior on the wrong side
# hint: real
def best_d_with_prior(p_x, q_x, prior):
    return (1 - prior) * p_x / ((1 - prior) * p_x + prior * q_x)


# %% 1.1 wrong: no prior
# hint: does not depend on the prior
def best_d_with_prior(p_x, q_x, prior):
    return p_x / (p_x + q_x)


# %% 1.1 wrong: the prior of real samples alone
# hint: it gives 0.6
def best_d_with_prior(p_x, q_x, prior):
    return prior * p_x / (prior * p_x + q_x)


# %% 1.1 wrong: the old D times the prior
# hint: it gives 0.375
def best_d_with_prior(p_x, q_x, prior):
    return prior * p_x / (p_x + q_x)


# %% 1.1 wrong: the odds
# hint: odds
def best_d_with_prior(p_x, q_x, prior):
    return prior * p_x / ((1 - prior) * q_x)


# %% 1.1 wrong: its logit
# hint: it gives 1.0986
def best_d_with_prior(p_x, q_x, prior):
    return np.log(prior * p_x) - np.log((1 - prior) * q_x)


# %% 1.2 right: a search over all answers
def best_smoothed_d(p_x, q_x, label=0.9):
    d = np.linspace(0, 1, 5001)[1:-1]
    value = p_x * (label * np.log(d) + (1 - label) * np.log(1 - d))
    return d[np.argmax(value + q_x * np.log(1 - d))]


# %% 1.2 right: where the derivative is zero, halved again and again
def best_smoothed_d(p_x, q_x, label=0.9):
    low, high = 0.0, 1.0
    for _ in range(40):
        d = (low + high) / 2
        slope = label * p_x / d - ((1 - label) * p_x + q_x) / (1 - d)
        low, high = (d, high) if slope > 0 else (low, d)
    return d


# %% 1.2 right: TensorFlow, shape (1, 1)
def best_smoothed_d(p_x, q_x, label=0.9):
    densities = tf.constant([[p_x, q_x]], tf.float32)
    return label * densities[:, :1] / tf.reduce_sum(densities, axis=1, keepdims=True)


# %% 1.2 right: the shares that are called real and generated
def best_smoothed_d(p_x, q_x, label=0.9):
    real, fake = label * p_x, (1 - label) * p_x + q_x
    return real / (real + fake)


# %% 1.2 right: the old D times the label, in float32
def best_smoothed_d(p_x, q_x, label=0.9):
    return np.float32(label) * np.float32(p_x) / np.float32(p_x + q_x)


# %% 1.2 wrong: the old D
# hint: the old D
def best_smoothed_d(p_x, q_x, label=0.9):
    return p_x / (p_x + q_x)


# %% 1.2 wrong: the old D, cut off
# hint: the old D
def best_smoothed_d(p_x, q_x, label=0.9):
    return np.minimum(p_x / (p_x + q_x), label)


# %% 1.2 wrong: 0.1 log(1 - d) forgotten
# hint: 0.1 p joins q
def best_smoothed_d(p_x, q_x, label=0.9):
    return label * p_x / (label * p_x + q_x)


# %% 1.2 wrong: the label taken for a prior
# hint: not with q
def best_smoothed_d(p_x, q_x, label=0.9):
    return label * p_x / (label * p_x + (1 - label) * q_x)


# %% 1.2 wrong: 0.9 whatever the label
# hint: it gives 0.675
def best_smoothed_d(p_x, q_x, label=0.9):
    return 0.9 * p_x / (p_x + q_x)


# %% 1.2 wrong: the least value instead of the greatest
# hint: it gives 0.01
def best_smoothed_d(p_x, q_x, label=0.9):
    d = np.linspace(0.01, 0.99, 99)
    value = p_x * (label * np.log(d) + (1 - label) * np.log(1 - d))
    return d[np.argmin(value + q_x * np.log(1 - d))]


# %% 1.2 wrong: it prints
# hint: is there a return
def best_smoothed_d(p_x, q_x, label=0.9):
    label * p_x / (p_x + q_x)


# %% 1.3 right: arrays
def optimistic(now, before, h):
    turn = np.array([[0, -1], [1, 0]])
    return np.array(now) + h * turn @ (2 * np.array(now) - np.array(before))


# %% 1.3 right: an ordinary step and a correction, as a list
def optimistic(now, before, h):
    x, y = simultaneous(*now, h)
    return [x - h * (now[1] - before[1]), y + h * (now[0] - before[0])]


# %% 1.3 right: a complex number, in float32
def optimistic(now, before, h):
    z, old_z = np.complex64(complex(*now)), np.complex64(complex(*before))
    z = z + 1j * h * (2 * z - old_z)
    return z.real, z.imag


# %% 1.3 right: TensorFlow's gradients
def optimistic(now, before, h):
    gradients = []
    for place in (now, before):
        x, y = tf.Variable(place[0]), tf.Variable(place[1])
        with tf.GradientTape() as tape:
            product = x * y
        gradients.append(tape.gradient(product, [x, y]))
    (dx, dy), (old_dx, old_dy) = gradients
    return now[0] - h * (2 * dx - old_dx), now[1] + h * (2 * dy - old_dy)


# %% 1.3 right: slopes by small differences
def optimistic(now, before, h):
    def slopes(x, y, e=1e-4):
        along_x = ((x + e) * y - (x - e) * y) / (2 * e)
        return along_x, (x * (y + e) - x * (y - e)) / (2 * e)

    (dx, dy), (old_dx, old_dy) = slopes(*now), slopes(*before)
    return now[0] - h * (2 * dx - old_dx), now[1] + h * (2 * dy - old_dy)


# %% 1.3 wrong: alternating
# hint: y needs the old x
def optimistic(now, before, h):
    (x, y), (old_x, old_y) = now, before
    x = x - h * (2 * y - old_y)
    y = y + h * (2 * x - old_x)
    return x, y


# %% 1.3 wrong: weights 3 and -2
# hint: weights 2 and -1
def optimistic(now, before, h):
    (x, y), (old_x, old_y) = now, before
    return x - h * (3 * y - 2 * old_y), y + h * (3 * x - 2 * old_x)


# %% 1.3 wrong: the place before is not used
# hint: the gradient before
def optimistic(now, before, h):
    return simultaneous(*now, h)


# %% 1.3 wrong: both go down
# hint: y up
def optimistic(now, before, h):
    (x, y), (old_x, old_y) = now, before
    return x - h * (2 * y - old_y), y - h * (2 * x - old_x)


# %% 1.3 wrong: now and before swapped
# hint: it gives [2.2 5.5]
def optimistic(before, now, h):
    (x, y), (old_x, old_y) = now, before
    return x - h * (2 * y - old_y), y + h * (2 * x - old_x)


# %% 1.3 wrong: extragradient
# hint: it gives [0.96 0.2 ]
def optimistic(now, before, h):
    return extragradient(*now, h)


# %% 1.3 wrong: the gradient before is added
# hint: it gives [1. 0.6]
def optimistic(now, before, h):
    (x, y), (old_x, old_y) = now, before
    return x - h * (2 * y + old_y), y + h * (2 * x + old_x)
