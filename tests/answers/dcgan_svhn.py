# %% 4.1 right: the number of stops
def valid_size(h, k, s):
    return len(range(0, h - k + 1, s))


# %% 4.1 right: rounded up from the other side, a float
def valid_size(h, k, s):
    return np.ceil((h - k + 1) / s)


# %% 4.1 right: a loop
def valid_size(h, k, s):
    size, place = 0, 0
    while place + k <= h:
        size += 1
        place += s
    return size


# %% 4.1 right: asks TensorFlow
def valid_size(h, k, s):
    picture = tf.zeros((1, h, h, 1))
    return tf.shape(tf.nn.conv2d(picture, tf.zeros((k, k, 1, 1)), s, "VALID"))[1]


# %% 4.1 right: float32
def valid_size(h, k, s):
    return np.floor(np.float32(h - k) / np.float32(s)) + 1


# %% 4.1 wrong: a padded convolution
# hint: 'same'
def valid_size(h, k, s):
    return -(-h // s)


# %% 4.1 wrong: the first stop is forgotten
# hint: + 1
def valid_size(h, k, s):
    return (h - k) // s


# %% 4.1 wrong: not rounded
# hint: round down
def valid_size(h, k, s):
    return (h - k) / s + 1


# %% 4.1 wrong: rounded up
# hint: round down
def valid_size(h, k, s):
    return int(np.ceil((h - k) / s)) + 1


# %% 4.1 wrong: + 1 before the division
# hint: expected [ 2 2 3 2 14 1]
def valid_size(h, k, s):
    return (h - k + 1) // s


# %% 4.1 wrong: the transposed convolution
# hint: it gives 6, expected 2
def valid_size(h, k, s):
    return (h - 1) * s + k


# %% 4.1 wrong: height and width
# hint: its shape is (2,)
def valid_size(h, k, s):
    size = (h - k) // s + 1
    return size, size


# %% 4.2 right: TensorFlow, float32
def best_discriminator(p, q, a, b):
    p, q = tf.constant([p, q], tf.float32)
    return tf.math.divide(a * p + b * q, p + q)


# %% 4.2 right: a search over answers
def best_discriminator(p, q, a, b):
    d = np.linspace(0.001, 0.999, 999)
    loss = -(a * p + b * q) * np.log(d)
    loss -= ((1 - a) * p + (1 - b) * q) * np.log(1 - d)
    return d[loss.argmin()]


# %% 4.2 right: a search in pure Python, by hundredths
def best_discriminator(p, q, a, b):
    def loss(d):
        real = a * np.log(d) + (1 - a) * np.log(1 - d)
        fake = b * np.log(d) + (1 - b) * np.log(1 - d)
        return -p * real - q * fake

    return min((k / 100 for k in range(1, 100)), key=loss)


# %% 4.2 right: the sigmoid of a logit
def best_discriminator(p, q, a, b):
    ones, zeros = a * p + b * q, (1 - a) * p + (1 - b) * q
    return 1 / (1 + np.exp(np.log(zeros) - np.log(ones)))


# %% 4.2 right: a mean of labels, in a list
def best_discriminator(p, q, a, b):
    return [np.average([a, b], weights=[p, q])]


# %% 4.2 wrong: one side only
# hint: do you use it?
def best_discriminator(p, q, a, b):
    return a * p / (p + q)


# %% 4.2 wrong: labels as weights
# hint: no weight
def best_discriminator(p, q, a, b):
    return a * p / (a * p + b * q)


# %% 4.2 wrong: not divided
# hint: p + q
def best_discriminator(p, q, a, b):
    return a * p + b * q


# %% 4.2 wrong: labels swapped
# hint: a belongs to p
def best_discriminator(p, q, a, b):
    return (b * p + a * q) / (p + q)


# %% 4.2 wrong: no smoothing at all
# hint: not used
def best_discriminator(p, q, a, b):
    return p / (p + q)


# %% 4.2 wrong: b for all of the data
# hint: it gives 0.325, expected 0.3
def best_discriminator(p, q, a, b):
    return (a * p + b * (p + q)) / (p + q)


# %% 4.3 right: TensorFlow
def typical_noise(noise, digits, k, length):
    chosen = tf.boolean_mask(noise, digits == k)
    return length * tf.math.l2_normalize(tf.reduce_mean(chosen, axis=0))


# %% 4.3 right: the sum points the same way
def typical_noise(noise, digits, k, length):
    total = sum(z for z, digit in zip(noise, digits) if digit == k)
    return total * (length / np.sqrt((total**2).sum()))


# %% 4.3 right: (1, z), by Keras
def typical_noise(noise, digits, k, length):
    mean = noise[np.flatnonzero(digits == k)].mean(axis=0, keepdims=True)
    return keras.utils.normalize(mean, axis=1) * length


# %% 4.3 right: a list, float64
def typical_noise(noise, digits, k, length):
    chosen = [z for z, digit in zip(noise.tolist(), digits) if digit == k]
    mean = [sum(column) / len(chosen) for column in zip(*chosen)]
    scale = length / sum(x * x for x in mean) ** 0.5
    return [scale * x for x in mean]


# %% 4.3 wrong: not stretched
# hint: own length
def typical_noise(noise, digits, k, length):
    return noise[digits == k].mean(axis=0)


# %% 4.3 wrong: multiplied only
# hint: divide by
def typical_noise(noise, digits, k, length):
    return length * noise[digits == k].mean(axis=0)


# %% 4.3 wrong: the noise of all digits
# hint: digit k only
def typical_noise(noise, digits, k, length):
    mean = noise.mean(axis=0)
    return mean / np.linalg.norm(mean) * length


# %% 4.3 wrong: one number, the mean over everything
# hint: its shape is (), expected (2,)
def typical_noise(noise, digits, k, length):
    mean = noise[digits == k].mean()
    return mean / np.linalg.norm(mean) * length


# %% 4.3 wrong: stretched before the mean
# hint: it gives [7.65
def typical_noise(noise, digits, k, length):
    chosen = noise[digits == k]
    return np.mean(length * chosen / np.linalg.norm(chosen, axis=1)[:, None], axis=0)


# %% 4.3 wrong: the largest number is 1, not the length
# hint: it gives [ 7.5 10. ], expected [6 8]
def typical_noise(noise, digits, k, length):
    mean = noise[digits == k].mean(axis=0)
    return mean / np.abs(mean).max() * length
