# %% 12.1 right: one count
def follow_scale(finite, scale=2.0**15, growth=2000):
    good = 0
    for ok in finite:
        if not ok:
            scale, good = scale / 2, 0
            continue
        good += 1
        if good == growth:
            scale, good = scale * 2, 0
    return scale


# %% 12.1 right: by runs of good steps
def follow_scale(finite, scale=2.0**15, growth=2000):
    text = "".join("1" if ok else "0" for ok in finite)
    for run in text.split("0"):
        scale *= 2 ** (len(run) // growth)
    return scale / 2 ** text.count("0")


# %% 12.1 right: as Keras counts
def follow_scale(finite, scale=2.0**15, growth=2000):
    counter = 0
    for ok in finite:
        if ok and counter == growth - 1:
            counter, scale = 0, scale * 2.0
        elif ok:
            counter += 1
        else:
            counter, scale = 0, scale * 0.5
    return np.float32(scale)


# %% 12.1 right: in exponents
def follow_scale(finite, scale=2.0**15, growth=2000):
    exponent, streak = np.log2(scale), 0
    for ok in finite:
        streak = (streak + 1) * bool(ok)
        exponent += -1 if not ok else (streak > 0 and streak % growth == 0)
    return 2.0**exponent


# %% 12.1 wrong: good steps in all, not in a row
# hint: starts the count of good ones again
def follow_scale(finite, scale=2.0**15, growth=2000):
    good = 0
    for ok in finite:
        good += bool(ok)
        if not ok:
            scale /= 2
        elif good == growth:
            scale, good = scale * 2, 0
    return scale


# %% 12.1 wrong: doubled at every further good step
# hint: count anew after
def follow_scale(finite, scale=2.0**15, growth=2000):
    good = 0
    for ok in finite:
        good = good + 1 if ok else 0
        if not ok:
            scale /= 2
        elif good >= growth:
            scale *= 2
    return scale


# %% 12.1 wrong: one step late
# hint: not one later
def follow_scale(finite, scale=2.0**15, growth=2000):
    good = 0
    for ok in finite:
        if not ok:
            scale, good = scale / 2, 0
        elif good == growth:
            scale, good = scale * 2, 0
        else:
            good += 1
    return scale


# %% 12.1 wrong: up and down alike
# hint: a good step alone changes nothing
def follow_scale(finite, scale=2.0**15, growth=2000):
    for ok in finite:
        scale = scale * 2 if ok else scale / 2
    return scale


# %% 12.3 right: by averages
def merge_moments(means, variances, counts):
    mean = np.average(means, weights=counts)
    squares = np.array(variances) + np.square(means)
    return mean, np.average(squares, weights=counts) - mean**2


# %% 12.3 right: in plain Python
def merge_moments(means, variances, counts):
    n = sum(counts)
    mean = sum(c * m for c, m in zip(counts, means)) / n
    total = sum(c * (v + (m - mean) ** 2) for c, v, m in zip(counts, variances, means))
    return mean, total / n


# %% 12.3 right: two at a time
def merge_moments(means, variances, counts):
    mean, square, n = 0.0, 0.0, 0
    for m, v, c in zip(means, variances, counts):
        gap = m - mean
        square += c * v + gap**2 * n * c / (n + c)
        mean += gap * c / (n + c)
        n += c
    return mean, square / n


# %% 12.3 right: arrays of shape (1,)
def merge_moments(means, variances, counts):
    m, v, c = (np.array(x, float)[None] for x in (means, variances, counts))
    share = c / c.sum()
    mean = (share * m).sum(axis=1)
    return np.stack([mean, (share * (v + (m - mean[:, None]) ** 2)).sum(axis=1)])


# %% 12.3 wrong: the mean of the variances
# hint: that is part of the variance
def merge_moments(means, variances, counts):
    return np.average(means, weights=counts), np.average(variances, weights=counts)


# %% 12.3 wrong: parts count alike
# hint: counts by its samples
def merge_moments(means, variances, counts):
    mean = np.mean(means)
    return mean, np.mean(np.array(variances) + (np.array(means) - mean) ** 2)


# %% 12.3 wrong: a deviation
# hint: not deviations
def merge_moments(means, variances, counts):
    mean = np.average(means, weights=counts)
    squares = np.array(variances) + (np.array(means) - mean) ** 2
    return mean, np.sqrt(np.average(squares, weights=counts))


# %% 12.3 wrong: a sum for a mean
def merge_moments(means, variances, counts):
    return np.sum(means), np.sum(variances)


# %% 12.2 right: each job against each row
def jobs_left(jobs, rows):
    left = []
    for job in jobs:
        done = any(all(row[k] == str(v) for k, v in job.items()) for row in rows)
        if not done and job not in left:
            left.append(job)
    return left


# %% 12.2 right: sets of texts
def jobs_left(jobs, rows):
    seen, left = set(), []
    for job in jobs:
        names = sorted(job)
        known = {tuple(row[name] for name in names) for row in rows}
        key = tuple(str(job[name]) for name in names)
        if key not in known | seen:
            left.append(job)
        seen.add(key)
    return left


# %% 12.2 right: rows turned into numbers
def jobs_left(jobs, rows):
    done = [{name: float(row[name]) for name in jobs[0]} for row in rows]
    left = []
    for job in jobs:
        if job not in done and job not in left:
            left.append(job)
    return left


# %% 12.2 right: a generator
def jobs_left(jobs, rows):
    def find():
        seen = []
        for job in jobs:
            items = {(k, str(v)) for k, v in job.items()}
            if items in seen or any(items <= set(row.items()) for row in rows):
                continue
            seen.append(items)
            yield job

    return list(find())


# %% 12.2 wrong: numbers against texts
# hint: rows hold texts
def jobs_left(jobs, rows):
    left = []
    for job in jobs:
        if not any(job.items() <= row.items() for row in rows) and job not in left:
            left.append(job)
    return left


# %% 12.2 wrong: one value in common
# hint: share a value
def jobs_left(jobs, rows):
    left = []
    for job in jobs:
        texts = {k: str(v) for k, v in job.items()}
        if not any(set(texts.items()) & set(row.items()) for row in rows):
            left.append(job)
    return left


# %% 12.2 wrong: values without their names
# hint: by their names
def jobs_left(jobs, rows):
    left = []
    for job in jobs:
        texts = {str(v) for v in job.values()}
        if not any(texts <= set(row.values()) for row in rows) and job not in left:
            left.append(job)
    return left


# %% 12.2 wrong: what is done
# hint: the rest is left
def jobs_left(jobs, rows):
    texts = [{k: str(v) for k, v in job.items()} for job in jobs]
    return [
        job
        for job, text in zip(jobs, texts)
        if any(text.items() <= row.items() for row in rows)
    ]


# %% 12.2 wrong: a job that comes twice
# hint: would run twice
def jobs_left(jobs, rows):
    left = []
    for job in jobs:
        texts = {k: str(v) for k, v in job.items()}
        if not any(texts.items() <= row.items() for row in rows):
            left.append(job)
    return left


# %% 12.4 right: rounded up by hand
def hours_of(n_runs, seconds, workers):
    rounds = n_runs // workers + (n_runs % workers > 0)
    return rounds * seconds / 3600, rounds * seconds / 3600 * workers


# %% 12.4 right: by NumPy
def hours_of(n_runs, seconds, workers):
    hours = np.ceil(n_runs / workers) * seconds / 3600
    return np.array([hours, workers * hours])


# %% 12.4 right: played through
def hours_of(n_runs, seconds, workers):
    busy = [0.0] * workers
    for _ in range(n_runs):
        busy[busy.index(min(busy))] += seconds
    return [max(busy) / 3600, max(busy) / 3600 * workers]


# %% 12.4 right: run by run
def hours_of(n_runs, seconds, workers):
    hours = 0.0
    while n_runs > 0:
        n_runs, hours = n_runs - workers, hours + seconds / 3600
    return hours, hours * workers


# %% 12.4 wrong: runs in pieces
# hint: round up
def hours_of(n_runs, seconds, workers):
    hours = n_runs * seconds / 3600
    return hours / workers, hours


# %% 12.4 wrong: seconds
# hint: seconds, not hours
def hours_of(n_runs, seconds, workers):
    rounds = -(-n_runs // workers)
    return rounds * seconds, rounds * seconds * workers


# %% 12.4 wrong: only those who work are paid
# hint: those who wait
def hours_of(n_runs, seconds, workers):
    return -(-n_runs // workers) * seconds / 3600, n_runs * seconds / 3600


# %% 12.4 wrong: rounded down
def hours_of(n_runs, seconds, workers):
    hours = n_runs // workers * seconds / 3600
    return hours, hours * workers
