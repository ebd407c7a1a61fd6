# %% 6.1 right: an error is raised again
def call_frozen(network, call):
    before = network.trainable
    network.trainable = False
    try:
        result = call()
    except Exception:
        network.trainable = before
        raise
    network.trainable = before
    return result


# %% 6.1 right: a context manager
import contextlib


@contextlib.contextmanager
def frozen(network):
    before, network.trainable = network.trainable, False
    try:
        yield
    finally:
        network.trainable = before


def call_frozen(network, call):
    with frozen(network):
        return call()


# %% 6.1 right: layer by layer
def call_frozen(network, call):
    before = [layer.trainable for layer in network.layers]
    for layer in network.layers:
        layer.trainable = False
    try:
        return call()
    finally:
        for layer, trainable in zip(network.layers, before):
            layer.trainable = trainable


# %% 6.1 right: a class with exit
class Frozen:
    def __init__(self, network):
        self.network = network

    def __enter__(self):
        self.before = self.network.trainable
        self.network.trainable = False

    def __exit__(self, *error):
        self.network.trainable = self.before


def call_frozen(network, call):
    with Frozen(network):
        result = call()
    return result


# %% 6.1 right: a call on the stack of what to do at the end
import contextlib


def call_frozen(network, call):
    with contextlib.ExitStack() as stack:
        stack.callback(setattr, network, "trainable", network.trainable)
        network.trainable = False
        return call()


# %% 6.1 wrong: an error leaves it frozen
# hint: finally
def call_frozen(network, call):
    before = network.trainable
    network.trainable = False
    result = call()
    network.trainable = before
    return result


# %% 6.1 wrong: nothing after a return is done
# hint: finally
def call_frozen(network, call):
    before = network.trainable
    network.trainable = False
    return call()
    network.trainable = before


# %% 6.1 wrong: always trainable afterwards
# hint: note what `trainable` was
def call_frozen(network, call):
    network.trainable = False
    try:
        return call()
    finally:
        network.trainable = True


# %% 6.1 wrong: the error is swallowed
# hint: finally
def call_frozen(network, call):
    before = network.trainable
    network.trainable = False
    try:
        return call()
    except Exception as error:
        print(end="")
    finally:
        network.trainable = before


# %% 6.1 wrong: no return
# hint: is there a return?
def call_frozen(network, call):
    before = network.trainable
    network.trainable = False
    try:
        call()
    finally:
        network.trainable = before


# %% 6.1 wrong: called before it is frozen
# hint: freeze first
def call_frozen(network, call):
    before, result = network.trainable, call()
    network.trainable = False
    try:
        return result
    finally:
        network.trainable = before


# %% 6.1 wrong: called twice
# hint: once
def call_frozen(network, call):
    before = network.trainable
    network.trainable = False
    try:
        call()
        return call()
    finally:
        network.trainable = before


# %% 6.2 right: one or the other, by tf.reverse
def mirror_some(images, coins):
    mirrored = tf.reverse(images, axis=[2])
    return tf.where(tf.reshape(coins, (-1, 1, 1, 1)), mirrored, images)


# %% 6.2 right: a weighted sum
def mirror_some(images, coins):
    share = tf.cast(coins, images.dtype)[:, tf.newaxis, tf.newaxis, tf.newaxis]
    return share * tf.image.flip_left_right(images) + (1 - share) * images


# %% 6.2 right: picture by picture, in Python
def mirror_some(images, coins):
    pairs = zip(images, coins)
    return tf.stack([one[:, ::-1] if coin else one for one, coin in pairs])


# %% 6.2 right: Keras's functions, along the last axis but one
def mirror_some(images, coins):
    coins = keras.ops.reshape(coins, (len(images), 1, 1, 1))
    return keras.ops.where(coins, keras.ops.flip(images, axis=-2), images)


# %% 6.2 right: columns gathered by number
def mirror_some(images, coins):
    columns = tf.range(images.shape[2])
    order = tf.where(coins[:, None], columns[::-1], columns)
    return tf.gather(images, order, axis=2, batch_dims=1)


# %% 6.2 right: a product with a matrix
def mirror_some(images, coins):
    eye = tf.eye(images.shape[2])
    turned = tf.where(coins[:, None, None], eye[::-1], eye)
    return tf.einsum("nvw,nhwc->nhvc", turned, images)


# %% 6.2 right: a map over the batch
def mirror_some(images, coins):
    def mirror(pair):
        return tf.cond(pair[1], lambda: pair[0][:, ::-1], lambda: pair[0])

    return tf.map_fn(mirror, (images, coins), fn_output_signature=images.dtype)


# %% 6.2 wrong: upside down
# hint: upside down
def mirror_some(images, coins):
    return tf.where(coins[:, None, None, None], images[:, ::-1], images)


# %% 6.2 wrong: one axis too few
# hint: upside down
def mirror_some(images, coins):
    pairs = zip(images, coins)
    return tf.stack([one[::-1] if coin else one for one, coin in pairs])


# %% 6.2 wrong: all of them
# hint: ask the coins
def mirror_some(images, coins):
    return tf.image.flip_left_right(images)


# %% 6.2 wrong: one coin for all
# hint: ask the coins
def mirror_some(images, coins):
    return images[:, :, ::-1] if coins[0] else images


# %% 6.2 wrong: those whose coin is False
# hint: the wrong ones
def mirror_some(images, coins):
    return tf.where(coins[:, None, None, None], images, images[:, :, ::-1])


# %% 6.2 wrong: the colours
# hint: last axis
def mirror_some(images, coins):
    return tf.where(coins[:, None, None, None], images[..., ::-1], images)


# %% 6.2 wrong: NumPy
# hint: NumPy has no tape
def mirror_some(images, coins):
    mirrored = np.array(images)
    mirrored[coins] = mirrored[coins][:, :, ::-1]
    return mirrored


# %% 6.2 wrong: NumPy behind a tensor
# hint: NumPy has no tape
def mirror_some(images, coins):
    flipped = np.flip(images.numpy(), axis=2)
    return tf.constant(np.where(np.reshape(coins, (-1, 1, 1, 1)), flipped, images))


# %% 6.2 wrong: rotated by half a turn
# hint: it gives
def mirror_some(images, coins):
    return tf.where(coins[:, None, None, None], images[:, ::-1, ::-1], images)


# %% 6.2 wrong: the coins along the wrong axis
def mirror_some(images, coins):
    return tf.where(coins, images[:, :, ::-1], images)


# %% 6.2 wrong: as they are
# hint: it gives
def mirror_some(images, coins):
    return images


# %% 6.2 wrong: only those that are mirrored
def mirror_some(images, coins):
    return images[coins][:, :, ::-1]


# %% 6.2 wrong: no return
# hint: is there a return?
def mirror_some(images, coins):
    tf.where(coins[:, None, None, None], images[:, :, ::-1], images)
