"""Graphs: path sum, backward recursion and complex step are one number; what is typed is read, or refused."""

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charts.graph_layout import BEND, layout
from engine.expression import graph
from engine.formula.grammar import OPERATIONS
from engine.formula.tokens import FormulaError
from engine.graph import SLOPES, VALUES, Graph, Node, Number, agreeing_digits
from engine.graph_program import SLOPES as graph_program_slopes
from engine.graph_program import VALUES as graph_program_values
from engine.graph_program import graph_program
from engine.layered import edges, layered, links, paths, recursion, sum_over_paths

# of the sum of the sizes of all products, beside which a path sum can be small
SUMMED = 1e-14
STEPPED = 1e-9  # a value of 10^5 is known to 10^-11, and its sine no better, in real and in complex arithmetic
GRAPHS = 200
ONE = [kind for kind, slopes in SLOPES.items() if len(slopes) == 1]
TWO = [kind for kind, slopes in SLOPES.items() if len(slopes) == 2]
POINTS = np.array([-1.7, -0.4, 0.3, 1.2, 2.6])


def random_graph(random: Random) -> Graph:
    """Return a graph of 3 to 12 nodes of any kinds, all of which lie on paths from w to o."""
    nodes, unused = [Node("w")], {0}
    size = random.randint(3, 12)
    while len(nodes) < size or len(unused) > 1:
        last = len(nodes) >= size  # what is unused is joined
        taken = random.sample(sorted(unused), 2) if last else [random.randrange(len(nodes)) for _ in range(2)]
        draw = random.random()
        if last:
            node = Node(random.choice(["+", "-", "*"]), tuple(taken))
        elif draw < 0.2:
            node = Node("unit", tuple(taken), (random.uniform(-2, 2), random.uniform(-2, 2)))
        elif draw < 0.5:
            node = Node(random.choice(ONE), (taken[0],))
        elif draw < 0.7:
            number = Number(random.choice([-2.0, 0.5, 2.0, 3.0]))
            node = Node(random.choice(TWO), random.choice([(taken[0], number), (number, taken[0])]))
        else:
            node = Node(random.choice(TWO), tuple(taken))
        unused -= set(node.parents)
        unused.add(len(nodes))
        nodes.append(node)
    return Graph(tuple(nodes))


def test_path_sum_recursion_and_complex_step_are_one_number_on_random_graphs():
    random, checked, kinds = Random(7), 0, set()
    while checked < GRAPHS:
        made = random_graph(random)
        values = made.values(POINTS)
        local = made.local_derivatives(values)
        fine = (np.abs(values) < 1e6).all(axis=0) & (np.abs(local) < 1e6).all(axis=0)
        if not fine.any() or made.path_count > 3000:
            continue
        values, local, points = values[:, fine], local[:, fine], POINTS[fine]
        products = made.products(local)
        assert len(products) == made.path_count == sum(1 for _ in made.paths())
        size = np.abs(products).sum(axis=0) + 1e-300
        total, adjoint = products.sum(axis=0), made.recursion(local)
        assert (np.abs(total - adjoint[0]) <= SUMMED * size).all()
        assert (np.abs(made.complex_step(points) - adjoint[0]) <= STEPPED * size).all(), made
        checked += 1
        kinds |= {node.kind for node in made.nodes}
    assert kinds == {"w", "unit", *VALUES}


def test_the_lectures_graph_has_two_paths_of_three_edges_and_five_edges():
    made = graph("cos(w^2) + sin(w^2)")
    assert [node.kind for node in made.nodes] == ["w", "^", "cos", "sin", "+"]
    assert len(made.edges) == 5 and sorted(map(len, made.paths())) == [3, 3]
    w = np.array([1.2])
    products = made.products(made.local_derivatives(made.values(w)))
    square = w[0] ** 2
    np.testing.assert_allclose(
        sorted(products[:, 0]), sorted([-2.4 * np.sin(square), 2.4 * np.cos(square)]), rtol=1e-15
    )


@pytest.mark.parametrize(
    ("text", "kinds", "edges", "paths"),
    [
        ("w*w", ["w", "*"], 2, 2),
        ("w + w^2 - w", ["w", "^", "+", "-"], 5, 3),
        ("2*w + 1", ["w", "*", "+"], 2, 1),
        ("sin(w)*sin(w)", ["w", "sin", "*"], 3, 2),
        ("max(w, w^2, 1)", ["w", "^", "max", "max"], 4, 2),
        ("w^2 + w^(w^2)", ["w", "^", "^", "+"], 5, 3),  # the second node is not the number 2
    ],
)
def test_what_occurs_twice_is_one_node_and_numbers_are_none(text, kinds, edges, paths):
    made = graph(text)
    assert [node.kind for node in made.nodes] == kinds
    assert (len(made.edges), made.path_count) == (edges, paths)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "type for example cos(w^2) + sin(w^2)"),
        ("w", "w alone is no graph"),
        ("3 + 4", "w is not in the formula"),
        ("x^2", "use w"),
        ("a*w", 'unknown name "a" at character 1: use w'),
        ("w^2 +", 'a number or w is missing after "+" at character 5'),
        ("ww", "w*w"),
        ("__import__('os')", "cannot stand in a formula"),
        ("w.real", "a point stands only within a number"),
        ("+".join(f"sin({k}*w)" for k in range(1, 9)), "nodes: at most 16"),
        ("((((((((w*w+1)^2*(w*w+1))*w)*w)*w)*w)*w)*w)*w*w*w*w*w*w*w*w", "nodes: at most 16"),
    ],
)
def test_what_cannot_be_a_graph_is_refused_in_one_sentence(text, said):
    with pytest.raises(FormulaError, match=".") as caught:
        graph(text)
    assert said in str(caught.value) and "x, y" not in str(caught.value)


def test_a_graph_with_too_many_paths_is_refused():
    text = "w"
    for _ in range(5):
        text = f"({text})*({text})"
    assert graph(text).path_count == 32
    for _ in range(4):
        text = f"({text})*({text})"
    with pytest.raises(FormulaError):
        graph(text)


def test_at_a_corner_an_edge_has_no_derivative():
    made = graph("abs(w) + max(w, 1)")
    values = made.values(np.array([-1.0, 0.0, 0.5, 1.0]))
    assert [node.kind for node in made.nodes] == ["w", "abs", "max", "+"]
    np.testing.assert_array_equal(made.corners(values).any(axis=0), [False, True, False, True])
    local = made.local_derivatives(values)
    np.testing.assert_array_equal(np.isnan(local[:, 1]), [True, False, False, False])
    np.testing.assert_array_equal(made.recursion(local)[0], [-1.0, np.nan, 1.0, np.nan])


def test_whatever_can_be_typed_has_a_value_and_slopes_here_and_in_the_program():
    assert set(OPERATIONS) == set(VALUES) == set(SLOPES) == set(graph_program_values) == set(graph_program_slopes)
    assert all(len(SLOPES[kind]) == len(slopes) for kind, slopes in graph_program_slopes.items())


def test_agreeing_digits():
    assert agreeing_digits(1.0, 1.0) == 16
    assert agreeing_digits(1.0, 1.0 + 1e-8) in (7, 8)
    assert agreeing_digits(1.0, -1.0) == 0


def test_numbers_and_places_of_nodes_are_not_mixed_up():
    made = graph("w^2 + w^sin(w)")  # sin w is node 2
    assert made.nodes[1] == Node("^", (0, Number(2.0))) and made.nodes[3] == Node("^", (0, 2))
    w = np.array([1.3])
    np.testing.assert_allclose(made.values(w)[-1], w**2 + w ** np.sin(w), rtol=1e-15)


@pytest.mark.parametrize("width", [1, 2, 3, 4])
def test_layers_have_as_many_paths_and_edges_as_is_said_and_both_ways_agree(width):
    for layers in (1, 2, 5, 7):
        made = layered(width, layers)
        assert (made.path_count, len(made.edges)) == (paths(width, layers), edges(width, layers))
        linked = links(made, 0.5)
        local = made.local_derivatives(made.values(np.array([0.5])))
        size = np.abs(made.products(local)).sum()
        back = made.recursion(local)[0, 0]
        assert recursion(linked) == back
        assert abs(sum_over_paths(linked) - back) <= SUMMED * size
        assert abs(made.complex_step(np.array([0.5]))[0] - back) <= 1e-13 * size


def test_two_nodes_in_ten_layers_are_the_lectures_1024_terms():
    assert layered(2, 10).path_count == 2**10 == 1024 and len(layered(2, 10).edges) == 40


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=100)
def test_every_node_has_a_place_of_its_own(seed):
    made = random_graph(Random(seed))
    found = layout(len(made.nodes), [edge[:2] for edge in made.edges])
    assert found.nodes[0][0] == 0 and max(column for column, _ in found.nodes) == found.columns - 1
    for edge, bends in zip(made.edges, found.bends, strict=True):
        way = [found.nodes[edge.tail], *bends, found.nodes[edge.head]]
        assert [column for column, _ in way] == list(range(way[0][0], way[-1][0] + 1))
    places = [(place, 1.0) for place in found.nodes] + [(place, BEND) for bends in found.bends for place in bends]
    for (column, height), room in places:
        assert abs(height) + room / 2.0 <= found.height / 2.0 + 1e-9
        others = [(other, more) for other, more in places if other[0] == column and other != (column, height)]
        assert all(abs(height - other[1]) >= (room + more) / 2.0 - 1e-9 for other, more in others)
    assert len({place for place, _ in places}) == len(places)


def test_the_program_that_is_taken_away_prints_the_same(capsys):
    random, checked = Random(3), 0
    while checked < 60:
        made, w = random_graph(random), random.choice(POINTS)
        values = made.values(np.array([w]))
        local = made.local_derivatives(values)
        known = all(node.kind != "unit" for node in made.nodes) and made.path_count < 3000
        if not known or not (np.abs(local) < 1e3).all() or np.abs(values).max() > 1e3:
            continue
        with np.errstate(all="ignore"):
            exec(compile(graph_program(made, "any", float(w)), "program", "exec"), {})
        y, slope = capsys.readouterr().out.replace("dy/dw", "").replace("y", "").split("=")[1:]
        size = np.abs(made.products(local)).sum()
        assert float(y) == pytest.approx(values[-1, 0], rel=1e-9, abs=1e-9)
        assert abs(float(slope) - made.recursion(local)[0, 0]) <= STEPPED * size + 1e-9
        checked += 1
