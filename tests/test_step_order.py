"""A compiled step reads every weight before it moves it, or after: never in between.

TensorFlow orders reads and writes by the order of the code, and its graph optimizer
may drop an edge that it takes for superfluous. What is left is looked at here, in the
graph that runs: an unordered pair is a race, which a test of numbers meets once in
twenty runs.
"""

from collections import defaultdict

import keras
import pytest
import tensorflow as tf
from page_agreement import PENALTIES, Case, make_networks
from tensorflow.python.eager import context

from gan_helpers.lab import networks, steps


def unordered_pairs(graph) -> tuple[list[tuple[str, str]], int]:
    """Reads and writes of one variable with no path between; how many writes."""
    inputs = {node.name: [*map(origin, node.input)] for node in graph.node}
    reads, writes = defaultdict(list), defaultdict(list)
    for node in graph.node:
        if node.op == "ReadVariableOp":
            reads[variable_of(node.name, inputs)].append(node.name)
        elif node.op.startswith("Assign") and node.op.endswith("VariableOp"):
            writes[variable_of(node.name, inputs)].append(node.name)
    before = {name: ancestors(name, inputs) for name in sum(writes.values(), [])}
    pairs = [
        (other, write)
        for variable, names in writes.items()
        for k, write in enumerate(names)
        for other in reads[variable] + names[:k]
        if other not in before[write] and write not in ancestors(other, inputs)
    ]
    return pairs, len(before)


def origin(edge: str) -> str:
    """The node of an edge: `^name` for a dependency, `name:port` for a tensor."""
    return edge.lstrip("^").split(":")[0]


def variable_of(name: str, inputs: dict) -> str:
    """The argument that a read or a write goes back to, through identities."""
    while inputs[name]:
        name = inputs[name][0]
    return name


def ancestors(name: str, inputs: dict) -> set[str]:
    found: set[str] = set()
    left = [name]
    while left:
        new = set(inputs[left.pop()]) - found
        found |= new
        left += new
    return found


def optimized_graph(function, *arguments):
    """The largest graph that runs when `function` is called."""
    context.enable_run_metadata()
    try:
        function(*arguments)
        graphs = context.export_run_metadata().function_graphs
    finally:
        context.disable_run_metadata()
    found = [graph.post_optimization_graph for graph in graphs]
    return max(found, key=lambda graph: len(graph.node))


def test_a_missing_edge_is_found():
    @tf.function
    def read_and_write():
        value = variable.read_value()
        variable.assign_add(1.0)
        return value

    variable = tf.Variable(1.0)
    graph = optimized_graph(read_and_write)
    assert unordered_pairs(graph) == ([], 1)
    (write,) = (node for node in graph.node if node.op == "AssignAddVariableOp")
    kept = [edge for edge in write.input if not edge.startswith("^")]
    del write.input[:]
    write.input.extend(kept)
    (read,) = (node.name for node in graph.node if node.op == "ReadVariableOp")
    assert unordered_pairs(graph) == ([(read, write.name)], 1)


@pytest.mark.parametrize("penalty", PENALTIES)
@pytest.mark.parametrize("activation", networks.ACTIVATIONS)
def test_both_steps_read_before_they_write(penalty, activation):
    case = Case("minimax", penalty, "RMSProp", activation, (4, 5))
    players = make_networks(case, "float32")
    optimizers = [keras.optimizers.RMSprop(), keras.optimizers.RMSprop()]
    for optimizer, model in zip(optimizers, players.values(), strict=True):
        optimizer.build(model.trainable_variables)
    function = PENALTIES[penalty]
    game = steps.Game(*players.values(), *optimizers, None, 0, function, 0.7)
    real, noise, seed = tf.ones((4, 2)), tf.ones((4, 3)), tf.constant([0, 1])

    @tf.function(autograph=False)
    def iterate():
        return game.d_step(real, noise, seed), game.g_step(real, noise)

    pairs, n_writes = unordered_pairs(optimized_graph(iterate))
    n_weights = sum(len(model.trainable_variables) for model in players.values())
    assert pairs == []
    assert n_writes >= 2 * n_weights  # each weight and its running mean of squares
