"""The loops, averages and checkpoints against step-by-step NumPy and plain runs."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from gan_helpers import training


def counting_step(iteration):
    i = tf.cast(iteration, tf.float32)
    return i, -i


@pytest.mark.parametrize("jit_compile", [False, True])
def test_compile_loop_runs_each_iteration_once_in_order(jit_compile):
    run = training.compile_loop(counting_step, max_steps=8, jit_compile=jit_compile)
    np.testing.assert_array_equal(run(5, 3), [[5, -5], [6, -6], [7, -7]])
    assert run(0, 8).shape == (8, 2)
    assert run(0, 0).shape == (0, 2)
    with pytest.raises(ValueError, match="n is 9, expected 0 to max_steps, 8"):
        run(0, 9)


def test_compile_loop_falls_back_when_xla_lacks_an_operation():
    calls = []

    def step(iteration):
        def remember(i):
            calls.append(int(i))
            return np.float32(i)

        i = tf.numpy_function(remember, [iteration], tf.float32)
        return tf.ensure_shape(i, ()), 0.0

    run = training.compile_loop(step, max_steps=4, jit_compile=True)
    assert calls == []  # no iteration was spent on finding out
    np.testing.assert_array_equal(run(2, 3), [[2, 0], [3, 0], [4, 0]])
    assert calls == [2, 3, 4]


@pytest.mark.parametrize(("n_steps", "compilers"), [(299, 1), (300, 2)])
def test_a_short_run_is_not_handed_to_xla(n_steps, compilers):
    traced = []

    def step(iteration):
        traced.append(iteration)
        # XLA lacks this one, so that a loop it is given is compiled a second time.
        i = tf.numpy_function(np.float32, [iteration], tf.float32)
        return tf.ensure_shape(i, ()), 0.0

    history = training.fit(step, n_steps, jit_compile=True)
    assert len(traced) == compilers
    np.testing.assert_array_equal(history.d_loss, np.arange(n_steps))


@pytest.mark.parametrize("jit_compile", [False, True])
def test_a_run_of_no_iterations_changes_nothing(jit_compile):
    count = tf.Variable(0)

    def step(iteration):
        count.assign_add(1)
        return counting_step(iteration)

    run = training.compile_loop(step, jit_compile=jit_compile)
    run(0, 0)
    assert int(count) == 0
    run(0, 3)
    assert int(count) == 3


def test_update_moves_one_network_down_the_loss_and_no_other():
    first, second = (
        keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)]) for _ in range(2)
    )
    for network in (first, second):
        network.set_weights([np.array([[2.0]]), np.array([1.0])])
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(second(first(tf.constant([[3.0]]))))
    training.update(keras.optimizers.SGD(0.1), tape, loss, first)
    # loss = 2 (3 w + b) + 1, so its slopes are 6 and 2.
    np.testing.assert_allclose(first.get_weights()[0], [[2 - 0.6]], rtol=1e-6)
    np.testing.assert_allclose(first.get_weights()[1], [1 - 0.2], rtol=1e-6)
    assert [w.item() for w in second.get_weights()] == [2.0, 1.0]


def test_update_refuses_a_network_that_a_leftover_flag_has_frozen():
    network = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)], name="d")
    network.trainable = False
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(network(tf.ones((1, 1))))
    with pytest.raises(ValueError, match="'d' has no trainable weights.*`trainable`"):
        training.update(keras.optimizers.SGD(0.1), tape, loss, network)


def test_fit_logs_and_takes_snapshots_at_the_stated_iterations():
    seen = tf.Variable(0)

    def step(iteration):
        seen.assign_add(1)
        return counting_step(iteration)

    history = training.fit(
        step, 2501, log_every=10, snapshot=lambda: int(seen), snapshot_every=1000
    )
    np.testing.assert_array_equal(history.iteration, np.arange(0, 2501, 10))
    np.testing.assert_array_equal(history.d_loss, np.arange(0, 2501, 10))
    np.testing.assert_array_equal(history.g_loss, -np.arange(0, 2501, 10))
    # A snapshot at iteration i is taken after exactly i iterations.
    assert history.snapshots == [(i, i) for i in (0, 1000, 2000, 2501)]


def test_fit_continues_from_a_start_that_no_chunk_divides():
    history = training.fit(counting_step, 20, start=95, log_every=4)
    np.testing.assert_array_equal(history.iteration, [96, 100, 104, 108, 112])


def test_fit_names_the_loss_and_iteration_that_went_bad():
    def step(iteration):
        bad = tf.where(iteration == 123, np.nan, 1.0)
        return 1.0, tf.cast(bad, tf.float32)

    with pytest.raises(FloatingPointError, match="generator's loss is nan at .* 123"):
        training.fit(step, 300)


def test_batches_visit_every_picture_once_an_epoch_in_a_new_order():
    images = np.arange(20, dtype=np.uint8).reshape(20, 1, 1, 1)
    batch_at = training.make_batches(images, 5, seed=3)

    def epoch(first):
        batches = [batch_at(tf.constant(i)).numpy() for i in range(first, first + 4)]
        return np.round((np.concatenate(batches).ravel() + 1) * 127.5).astype(int)

    first, second = epoch(0), epoch(4)
    np.testing.assert_array_equal(np.sort(first), np.arange(20))
    np.testing.assert_array_equal(np.sort(second), np.arange(20))
    assert not np.array_equal(first, second)
    np.testing.assert_array_equal(first, epoch(0))
    with pytest.raises(ValueError, match="20 images do not fill one batch of 21"):
        training.make_batches(images, 21, seed=3)


def test_byte_pictures_are_shuffled_and_picked_on_the_cpu():
    """No GPU here: the devices that the operations ask for are what can be seen."""
    images = np.zeros((20, 2, 2, 1), np.uint8)
    batch_at = tf.function(training.make_batches(images, 5, seed=3))
    graph = batch_at.get_concrete_function(tf.TensorSpec((), tf.int32)).graph
    asked = {op.type: op.device for op in graph.get_operations()}
    for kind in ("RandomIndexShuffle", "GatherV2"):
        assert "CPU" in asked[kind]
    assert asked["Mul"] == ""  # scaled wherever the training is


@pytest.mark.parametrize("to_noise", [np.asarray, tf.constant])
def test_generate_in_batches_is_generate_at_once(to_noise):
    model = keras.Sequential(
        [keras.Input((3,)), keras.layers.BatchNormalization(), keras.layers.Dense(2)]
    )
    model.layers[0].moving_mean.assign([5.0, 0.0, -5.0])
    noise = np.random.default_rng(0).normal(size=(7, 3)).astype("float32")
    made = training.generate(model, to_noise(noise), batch_size=3)
    assert isinstance(made, np.ndarray) and made.dtype == np.float32
    np.testing.assert_allclose(made, model(noise, training=False), rtol=1e-5)


def test_generate_takes_noise_and_labels():
    noise, label = keras.Input((3,)), keras.Input((), dtype="int32")
    row = keras.layers.Embedding(2, 3)(label)
    model = keras.Model([noise, label], keras.layers.Multiply()([noise, row]))
    numbers = np.random.default_rng(0).normal(size=(7, 3)).astype("float32")
    labels = np.arange(7) % 2
    made = training.generate(model, [numbers, labels], batch_size=3)
    [rows] = model.get_weights()
    np.testing.assert_allclose(made, numbers * rows[labels], rtol=1e-6)


def test_average_follows_the_formula():
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.set_weights([np.array([[4.0]]), np.array([2.0])])
    average = training.make_average(model)
    model.set_weights([np.array([[8.0]]), np.array([0.0])])
    training.update_average(average, model, tf.constant(10**6), decay=0.75)
    np.testing.assert_allclose(average.get_weights()[0], [[0.75 * 4 + 0.25 * 8]])
    np.testing.assert_allclose(average.get_weights()[1], [0.75 * 2])
    # At iteration 0 the decay is (1 + 0) / (10 + 0).
    training.update_average(average, model, tf.constant(0), decay=0.75)
    np.testing.assert_allclose(average.get_weights()[0], [[0.1 * 5 + 0.9 * 8]])


def make_gan(seed=7):
    """A small GAN with batch normalisation and Dropout, and its training step."""
    keras.utils.set_random_seed(seed)
    generator = keras.Sequential(
        [
            keras.Input((3,)),
            keras.layers.Dense(8),
            keras.layers.BatchNormalization(),
            keras.layers.Dense(2),
        ]
    )
    discriminator = keras.Sequential(
        [
            keras.Input((2,)),
            keras.layers.Dense(8, activation="relu"),
            keras.layers.Dropout(0.4),
            keras.layers.Dense(1),
        ]
    )
    g_optimizer, d_optimizer = keras.optimizers.Adam(1e-2), keras.optimizers.Adam(1e-2)
    g_optimizer.build(generator.trainable_variables)
    d_optimizer.build(discriminator.trainable_variables)

    def step(iteration):
        noise = tf.random.stateless_normal((16, 3), [1, iteration])
        real = tf.random.stateless_normal((16, 2), [2, iteration]) + 3.0
        with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
            fake_logits = discriminator(generator(noise, training=True), training=True)
            real_logits = discriminator(real, training=True)
            d_loss = tf.reduce_mean(
                tf.nn.softplus(-real_logits) + tf.nn.softplus(fake_logits)
            )
            g_loss = tf.reduce_mean(tf.nn.softplus(-fake_logits))
        d_variables = discriminator.trainable_variables
        g_variables = generator.trainable_variables
        d_gradients = d_tape.gradient(d_loss, d_variables)
        g_gradients = g_tape.gradient(g_loss, g_variables)
        d_optimizer.apply(d_gradients, d_variables)
        g_optimizer.apply(g_gradients, g_variables)
        return d_loss, g_loss

    state = {
        "generator": generator,
        "discriminator": discriminator,
        "g_optimizer": g_optimizer,
        "d_optimizer": d_optimizer,
    }
    return step, state


def test_a_resumed_run_equals_an_uninterrupted_one_bit_for_bit(tmp_path):
    step, whole = make_gan()
    expected = training.fit(step, 60)

    step, state = make_gan()
    training.fit(step, 30)
    training.save_checkpoint(tmp_path, 30, **state)

    step, state = make_gan()
    training.fit(step, 5)  # whatever happened before the restore must not matter
    assert training.restore_checkpoint(tmp_path, **state) == 30
    resumed = training.fit(step, 30, start=30)

    np.testing.assert_array_equal(resumed.d_loss, expected.d_loss[30:])
    np.testing.assert_array_equal(resumed.g_loss, expected.g_loss[30:])
    for name, object_ in state.items():
        for a, b in zip(object_.variables, whole[name].variables, strict=True):
            np.testing.assert_array_equal(a.numpy(), b.numpy())


def test_checkpoints_keep_two_and_survive_an_interrupted_write(tmp_path):
    _, state = make_gan()
    for iteration in (10, 20, 30):
        training.save_checkpoint(tmp_path, iteration, **state)
    kept = {p.name.split(".")[0] for p in tmp_path.glob("ckpt-*")}
    assert kept == {"ckpt-20", "ckpt-30"}
    # A write that was cut off leaves files that the list of checkpoints does not name.
    (tmp_path / "ckpt-40.index").write_bytes(b"half")
    assert training.restore_checkpoint(tmp_path, **state) == 30


def test_restoring_without_or_with_a_foreign_checkpoint(tmp_path):
    _, state = make_gan()
    assert training.restore_checkpoint(tmp_path / "none", **state) == 0
    training.save_checkpoint(tmp_path, 1, **state)
    other = keras.Sequential([keras.Input((3,)), keras.layers.Dense(9)])
    with pytest.raises(ValueError, match=r"\[3, 8\] for variable 0 of generator"):
        training.restore_checkpoint(tmp_path, generator=other)
