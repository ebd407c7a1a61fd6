# %% 11.1 right: class by class
def agreement_of(asked, found, n_classes=10):
    pairs = list(zip(asked, found))
    shares = []
    for k in range(n_classes):
        read = [f == k for a, f in pairs if a == k]
        shares.append(sum(read) / len(read) if read else float("nan"))
    return shares


# %% 11.1 right: by counting
def agreement_of(asked, found, n_classes=10):
    asked, found = np.array(asked), np.array(found)
    right = np.bincount(asked[asked == found], minlength=n_classes)
    with np.errstate(invalid="ignore"):
        return right / np.bincount(asked, minlength=n_classes)


# %% 11.1 right: the diagonal of a table
def agreement_of(asked, found, n_classes=10):
    table = np.zeros((n_classes, n_classes))
    for a, f in zip(asked, found):
        table[a, f] += 1
    total = table.sum(axis=1)
    return np.where(total > 0, np.diag(table) / np.maximum(total, 1), np.nan)


# %% 11.1 right: one-hot vectors
def agreement_of(asked, found, n_classes=10):
    one_hot = np.eye(n_classes)[np.asarray(asked)]
    same = (np.asarray(asked) == np.asarray(found))[:, None]
    total = one_hot.sum(axis=0)
    total[total == 0] = np.nan
    return (one_hot * same).sum(axis=0) / total


# %% 11.1 wrong: by how often it is read
# hint: not by how often read
def agreement_of(asked, found, n_classes=10):
    asked, found = np.array(asked), np.array(found)
    shares = np.full(n_classes, np.nan)
    for k in np.unique(found):
        shares[k] = np.mean(asked[found == k] == k)
    return shares


# %% 11.1 wrong: one number
# hint: one number for each class
def agreement_of(asked, found, n_classes=10):
    return np.mean(np.array(asked) == np.array(found))


# %% 11.1 wrong: by all pictures
# hint: that class was asked for
def agreement_of(asked, found, n_classes=10):
    asked, found = np.array(asked), np.array(found)
    right = [np.mean((asked == k) & (found == k)) for k in range(n_classes)]
    return [r if k in asked else np.nan for k, r in enumerate(right)]


# %% 11.1 wrong: 0 for a class that nobody asked for
# hint: nan, not 0
def agreement_of(asked, found, n_classes=10):
    asked, found = np.array(asked), np.array(found)
    right = np.bincount(asked[asked == found], minlength=n_classes)
    return right / np.maximum(np.bincount(asked, minlength=n_classes), 1)


# %% 11.2 right: a loop
def projection_logits(phi, labels, rows, weights, bias):
    return [rows[y] @ x + weights @ x + bias for x, y in zip(phi, labels)]


# %% 11.2 right: one sum
def projection_logits(phi, labels, rows, weights, bias):
    return ((rows[labels] + weights) * phi).sum(axis=1) + bias


# %% 11.2 right: one-hot vectors
def projection_logits(phi, labels, rows, weights, bias):
    one_hot = np.eye(len(rows))[labels]
    return np.sum((phi @ rows.T) * one_hot, axis=1) + phi @ weights + bias


# %% 11.2 right: Einstein's way
def projection_logits(phi, labels, rows, weights, bias):
    return np.einsum("nm,nm->n", rows[labels], phi) + phi @ weights + bias


# %% 11.2 wrong: all pairs
# hint: not (n, n)
def projection_logits(phi, labels, rows, weights, bias):
    return rows[labels] @ phi.T + phi @ weights + bias


# %% 11.2 wrong: without psi
# hint: is missing
def projection_logits(phi, labels, rows, weights, bias):
    return np.sum(rows[labels] * phi, axis=1)


# %% 11.2 wrong: without the bias
# hint: where is the bias
def projection_logits(phi, labels, rows, weights, bias):
    return np.sum(rows[labels] * phi, axis=1) + phi @ weights


# %% 11.2 wrong: the row of the place
# hint: not of the place
def projection_logits(phi, labels, rows, weights, bias):
    return np.sum(rows[: len(phi)] * phi, axis=1) + phi @ weights + bias


# %% 11.3 right: with a unit vector
def without(a, b):
    unit = b / np.linalg.norm(b)
    rest = a - (a @ unit) * unit
    return rest / np.sqrt(rest @ rest)


# %% 11.3 right: with a matrix
def without(a, b):
    b = np.asarray(b, float)
    rest = (np.eye(len(b)) - np.outer(b, b) / (b @ b)) @ a
    return rest / np.linalg.norm(rest)


# %% 11.3 right: by least squares
def without(a, b):
    b = np.asarray(b, float)[:, None]
    rest = a - b @ np.linalg.lstsq(b, a, rcond=None)[0]
    return rest / np.linalg.norm(rest)


# %% 11.3 right: by QR
def without(a, b):
    q = np.linalg.qr(np.column_stack([b, a]))[0][:, 1]
    return q * np.sign(q @ a)


# %% 11.3 wrong: not of length 1
# hint: length 1
def without(a, b):
    return a - (a @ b) / (b @ b) * b


# %% 11.3 wrong: b taken for a unit vector
# hint: divide by b
def without(a, b):
    rest = a - (a @ b) * b
    return rest / np.linalg.norm(rest)


# %% 11.3 wrong: the part along b
# hint: subtract it
def without(a, b):
    along = (a @ b) / (b @ b) * b
    return along / np.linalg.norm(along)


# %% 11.3 wrong: only the difference
# hint: divide by b
def without(a, b):
    rest = a - b
    return rest / np.linalg.norm(rest)


# %% 11.4 right: by scipy's way
def log_z(logits):
    largest = logits.max(axis=1)
    return largest + np.log(np.exp(logits - largest[:, None]).sum(axis=1))


# %% 11.4 right: by logaddexp
def log_z(logits):
    return np.logaddexp.reduce(logits, axis=1)


# %% 11.4 right: by TensorFlow
def log_z(logits):
    return tf.reduce_logsumexp(tf.constant(logits), axis=1)


# %% 11.4 right: row by row
def log_z(logits):
    return [max(row) + np.log(sum(np.exp(row - max(row)))) for row in logits]


# %% 11.4 wrong: infinite
# hint: take the largest out first
def log_z(logits):
    with np.errstate(over="ignore", divide="ignore"):
        return np.log(np.sum(np.exp(logits), axis=1))


# %% 11.4 wrong: the largest alone
# hint: not the whole sum
def log_z(logits):
    return np.max(logits, axis=1)


# %% 11.4 wrong: the sum of logits
# hint: of exponentials
def log_z(logits):
    return np.sum(logits, axis=1)


# %% 11.4 wrong: over the pictures
# hint: axis 1
def log_z(logits):
    return np.logaddexp.reduce(logits, axis=0)
