"""A parameter is declared once and checked whenever an instance is made."""

import dataclasses
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from engine import discover_optimizers, discover_schedules
from engine.parameter import Parameter, Parameterised, parameter
from surfaces import discover_surfaces

ALL = {**discover_optimizers(), **discover_schedules(), **discover_surfaces()}


@dataclass(frozen=True)
class Spring(Parameterised):
    stiffness: float = parameter(2.0, 1e-3, 10.0, r"\lambda_1", scale="log", unit="N", help="How hard it pulls.")
    length: float = parameter(0.5, -1.0, 1.0, "l")
    load: float = parameter(0.0, -100.0, 100.0, "m", smallest=0.01)


def test_declaration_stands_on_the_field():
    declared = Spring.parameters()
    assert list(declared) == ["stiffness", "length", "load"]
    assert declared["stiffness"] == Parameter(2.0, 1e-3, 10.0, r"\lambda_1", "log", "N", "How hard it pulls.")
    assert declared["length"] == Parameter(0.5, -1.0, 1.0, "l")
    assert Spring() == Spring(2.0, 0.5, 0.0)


def test_symbol_without_latex():
    assert Spring.parameters()["stiffness"].plain == "λ₁"
    assert Spring.parameters()["length"].plain == "l"


def test_pack_is_the_fields_in_order():
    packed = Spring(stiffness=3.0, load=-7.0).pack()
    np.testing.assert_array_equal(packed, [3.0, 0.5, -7.0])
    assert packed.dtype == np.float64


@pytest.mark.parametrize("value", [1e-3, 10.0, 1, np.float32(2.0), np.float64(2.0), np.int64(3), np.uint8(3)])
def test_real_numbers_in_range_are_stored_as_float(value):
    stored = Spring(stiffness=value).stiffness
    assert type(stored) is float and stored == float(value)


@pytest.mark.parametrize("load", [0.0, -0.0, 0.01, -0.01, 100.0, -100.0])
def test_zero_and_magnitudes_from_the_smallest_are_allowed(load):
    assert Spring(load=load).load == load


BAD = [
    *(np.nan, np.inf, -np.inf, 1e999, 9.9e-4, 10.0001, 0, -1, 10**400, np.float32("nan")),
    *("1", "", b"1", None, True, False, np.True_, 1 + 0j, [1.0], (1.0,), {}, np.array(1.0), np.array([1.0])),
    *(Decimal(1), Fraction(1, 2), object, "<b>1</b>"),
]


@pytest.mark.parametrize("value", BAD, ids=lambda value: f"{type(value).__name__}-{str(value)[:12]}")
def test_everything_else_is_refused_by_name_range_and_value(value):
    with pytest.raises(ValueError) as caught:
        Spring(stiffness=value)
    assert str(caught.value) == f"stiffness must be in [0.001, 10], got {value!r}"


@pytest.mark.parametrize("load", [0.009, -0.009, 5e-324])
def test_magnitudes_below_the_smallest_are_refused(load):
    with pytest.raises(ValueError) as caught:
        Spring(load=load)
    assert str(caught.value) == f"load must be in [-100, 100], and zero or at least 0.01 in magnitude, got {load!r}"


def test_replace_checks_too():
    with pytest.raises(ValueError, match="^length must be"):
        dataclasses.replace(Spring(), length=2.0)


@pytest.mark.parametrize("slug", ALL)
def test_every_declaration_is_complete(slug):
    for name, p in ALL[slug].parameters().items():
        assert p.low < p.high, name
        assert p.check(name, p.default) == p.default
        assert p.scale in ("linear", "log"), name
        if p.scale == "log":
            assert p.low > 0.0 or p.smallest > 0.0, f"{name}: a logarithmic slider needs a smallest magnitude"
        assert p.symbol and p.help.endswith("."), name
        assert "\\" not in p.plain, name
        for outside in (np.nextafter(p.low, -np.inf), np.nextafter(p.high, np.inf), np.nan):
            with pytest.raises(ValueError, match=f"^{name} must be (a whole number )?in "):
                ALL[slug](**{name: outside})


NEVER = {"lr", "alpha", "step_size", "rho", "gamma", "b1", "b2", "eps", "epsilon", "cond", "x", "params", "theta"}


@pytest.mark.parametrize("slug", ALL)
def test_names_are_those_of_the_name_table(slug):
    assert not NEVER & set(ALL[slug].parameters())
    for name in ALL[slug].parameters():
        assert name == name.lower() and name.isidentifier()
