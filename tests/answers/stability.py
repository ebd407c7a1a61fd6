# %% 10.1 right: case by case
def rate_of_decay(gamma, s=0.5):
    if gamma <= 2 * s:
        return gamma / 2
    return gamma / 2 - np.sqrt(gamma**2 / 4 - s**2)


# %% 10.1 right: from the matrix
def rate_of_decay(gamma, s=0.5):
    return -np.linalg.eigvals([[0, s], [-s, -gamma]]).real.max()


# %% 10.1 right: the roots of the polynomial
def rate_of_decay(gamma, s=0.5):
    return -max(root.real for root in np.roots([1, gamma, s**2]))


# %% 10.1 right: complex numbers in Python
def rate_of_decay(gamma, s=0.5):
    return -(-gamma / 2 + complex(gamma**2 / 4 - s**2) ** 0.5).real


# %% 10.1 wrong: the sign
# hint: positive
def rate_of_decay(gamma, s=0.5):
    return np.linalg.eigvals([[0, s], [-s, -gamma]]).real.max()


# %% 10.1 wrong: the faster term
# hint: faster term
def rate_of_decay(gamma, s=0.5):
    return gamma / 2 + np.emath.sqrt(gamma**2 / 4 - s**2).real


# %% 10.1 wrong: half of gamma throughout
# hint: it counts
def rate_of_decay(gamma, s=0.5):
    return gamma / 2


# %% 10.1 wrong: NaN below the critical value
# hint: only turning
def rate_of_decay(gamma, s=0.5):
    with np.errstate(invalid="ignore"):
        root = np.sqrt(gamma**2 / 4 - s**2)
    return gamma / 2 - root if gamma else 0.0


# %% 10.1 wrong: lesson 02's slope for all
# hint: `s` does not count
def rate_of_decay(gamma, s=0.5):
    return gamma / 2 - np.emath.sqrt(gamma**2 / 4 - 0.25).real


# %% 10.3 right: one after the other
def largest_step(eigenvalues):
    bound = np.inf
    for value in eigenvalues:
        bound = min(bound, -2 * value.real / (value.real**2 + value.imag**2))
    return bound if bound > 0 else 0


# %% 10.3 right: clipped
def largest_step(eigenvalues):
    values = np.array(eigenvalues)
    return np.clip(np.min(-2 * values.real / (values * values.conj()).real), 0, None)


# %% 10.3 right: by bisection
def largest_step(eigenvalues):
    values = np.array(eigenvalues)
    low, high = 0.0, 100.0
    for _ in range(80):
        middle = (low + high) / 2
        if (np.abs(1 + middle * values) < 1 - 1e-15).all():
            low = middle
        else:
            high = middle
    return low if low > 1e-9 else 0


# %% 10.3 right: TensorFlow
import tensorflow as tf


def largest_step(eigenvalues):
    values = tf.cast(tf.constant(np.array(eigenvalues)), tf.complex128)
    bounds = -2 * tf.math.real(values) / tf.abs(values) ** 2
    return tf.maximum(tf.reduce_min(bounds), 0)


# %% 10.3 wrong: the largest of the bounds
# hint: the smallest bound
def largest_step(eigenvalues):
    values = np.array(eigenvalues)
    return max(0, (-2 * values.real / np.abs(values) ** 2).max())


# %% 10.3 wrong: without the imaginary part
# hint: imaginary part
def largest_step(eigenvalues):
    return max(0, min(-2 / np.array(eigenvalues).real))


# %% 10.3 wrong: half of it
# hint: twice
def largest_step(eigenvalues):
    values = np.array(eigenvalues)
    return max(0, (-values.real / np.abs(values) ** 2).min())


# %% 10.3 wrong: below 0
# hint: 0, not below
def largest_step(eigenvalues):
    values = np.array(eigenvalues)
    return (-2 * values.real / np.abs(values) ** 2).min()


# %% 10.3 wrong: not squared
# hint: not by
def largest_step(eigenvalues):
    values = np.array(eigenvalues)
    return max(0, (-2 * values.real / np.abs(values)).min())


# %% 10.4 right: the norm of a matrix
def slope_bound(kernels):
    bound = 1.0
    for kernel in kernels:
        bound *= np.linalg.norm(kernel, 2)
    return bound


# %% 10.4 right: from the eigenvalues
def slope_bound(kernels):
    largest = [np.linalg.eigvalsh(a.T @ a).max() for a in kernels]
    return np.sqrt(np.prod(largest))


# %% 10.4 right: TensorFlow
import tensorflow as tf


def slope_bound(kernels):
    return tf.reduce_prod([tf.linalg.svd(a, compute_uv=False)[0] for a in kernels])


# %% 10.4 right: by the lesson's power iteration
def slope_bound(kernels):
    bound = 1.0
    for kernel in kernels:
        u = tf.ones(kernel.shape[1], tf.float64)
        for _ in range(300):
            sigma, u = largest_singular_value(tf.constant(kernel), u)
        bound *= float(sigma)
    return bound


# %% 10.4 wrong: added up
# hint: multiply
def slope_bound(kernels):
    return sum(np.linalg.norm(kernel, 2) for kernel in kernels)


# %% 10.4 wrong: the largest layer
# hint: does not bound
def slope_bound(kernels):
    return max(np.linalg.norm(kernel, 2) for kernel in kernels)


# %% 10.4 wrong: all singular values
# hint: singular values
def slope_bound(kernels):
    return np.prod([np.linalg.norm(kernel) for kernel in kernels])


# %% 10.4 wrong: the last singular value
# hint: not the last
def slope_bound(kernels):
    return np.prod([np.linalg.svd(kernel)[1][-1] for kernel in kernels])


# %% 10.2 right: by limits
def holm(p_values, level=0.05):
    p_values = np.array(p_values)
    order = np.argsort(p_values)
    below = p_values[order] < level / np.arange(len(order), 0, -1)
    passed = np.empty(len(order), bool)
    passed[order] = np.logical_and.accumulate(below)
    return passed


# %% 10.2 right: adjusted values
def holm(p_values, level=0.05):
    order = np.argsort(p_values)
    factors = np.arange(len(order), 0, -1)
    adjusted = np.maximum.accumulate(factors * np.array(p_values)[order])
    return (adjusted < level)[np.argsort(order)]


# %% 10.2 right: a list
def holm(p_values, level=0.05):
    left, found = sorted(p_values), []
    while left and left[0] < level / len(left):
        found.append(left.pop(0))
    return [p in found for p in p_values]


# %% 10.2 right: step by step
def holm(p_values, level=0.05):
    passed, left = [False] * len(p_values), len(p_values)
    while left:
        k = min((p, k) for k, p in enumerate(p_values) if not passed[k])[1]
        if p_values[k] >= level / left:
            break
        passed[k], left = True, left - 1
    return passed


# %% 10.2 wrong: Bonferroni
# hint: that is Bonferroni
def holm(p_values, level=0.05):
    return np.array(p_values) < level / len(p_values)


# %% 10.2 wrong: no correction
# hint: no correction
def holm(p_values, level=0.05):
    return np.array(p_values) < level


# %% 10.2 wrong: goes on after the first that fails
# hint: do not go on
def holm(p_values, level=0.05):
    order = np.argsort(p_values)
    passed = np.zeros(len(order), bool)
    for rank, k in enumerate(order):
        passed[k] = p_values[k] < level / (len(order) - rank)
    return passed


# %% 10.2 wrong: sorted
# hint: keep the order
def holm(p_values, level=0.05):
    p_values = np.sort(p_values)
    below = p_values < level / np.arange(len(p_values), 0, -1)
    return np.logical_and.accumulate(below)


# %% 10.2 wrong: one level
# hint: `level` does not count
def holm(p_values, level=0.05):
    order = np.argsort(p_values)
    below = np.array(p_values)[order] < 0.05 / np.arange(len(order), 0, -1)
    return np.logical_and.accumulate(below)[np.argsort(order)]
