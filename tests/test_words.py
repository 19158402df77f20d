"""Numbers in words: what is read back is what was meant, to as many digits as were asked for."""

import cmath
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spoken import unit_of, value_of

from engine.words import apart, count, duration, factor, number, percent, whole

finite = st.floats(-1e307, 1e307)
many = settings(max_examples=500)


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (0.0, 3, "0"),
        (-0.0, 3, "0"),
        (1.0, 3, "1"),
        (-1.2, 3, "−1.2"),
        (0.0952, 3, "0.0952"),
        (1e-300, 3, "10⁻³⁰⁰"),
        (5e-324, 3, "4.94·10⁻³²⁴"),
        (2.1e-15, 2, "2.1·10⁻¹⁵"),
        (0.0001, 3, "0.0001"),
        (0.00001, 3, "10⁻⁵"),
        (math.nan, 3, "–"),
        (math.inf, 3, "∞"),
        (-math.inf, 3, "−∞"),
        (0.99999999, 3, "1"),
        (999.96, 4, "1000"),
        (999.96, 3, "1000"),
        (1e5, 4, "10⁵"),
        (99_999.6, 4, "10⁵"),
        (12_346.0, 4, "12350"),
        (123.0, 2, "120"),
        (-1.5e9, 3, "−1.5·10⁹"),
        (1.7976931348623157e308, 3, "1.8·10³⁰⁸"),
    ],
)
def test_number(value, digits, text):
    assert number(value, digits) == text


@many
@given(finite, st.integers(2, 6))
def test_a_number_read_back_is_right_to_its_last_digit(value, digits):
    text = number(value, digits)
    if value == 0.0:
        assert text == "0"
        return
    unit = 10.0 ** (math.floor(math.log10(abs(value))) + 1 - digits)
    assert abs(value_of(text) - value) <= 0.501 * unit + 1e-12 * abs(value)
    assert not set(text) & set("e+-nfa,_")
    assert len(text) <= digits + 9


@many
@given(finite)
def test_a_number_is_as_the_negative_of_its_negative(value):
    assert value == 0.0 or number(-value).replace("−", "", 1) == number(value).replace("−", "", 1)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (131.0, "131"),
        (999.0, "999"),
        (1400.0, "1\u202f400"),
        (99_999.0, "99\u202f999"),
        (1e5, "100\u202f000"),
        (1_449_999.0, "1\u202f400\u202f000"),
        (1e9, "10⁹"),
        (2.34e12, "2.3·10¹²"),
        (math.inf, "never"),
        (math.nan, "never"),
    ],
)
def test_count(value, text):
    assert count(value) == text


@many
@given(st.integers(0, 10**9))
def test_a_count_is_exact_below_a_hundred_thousand_and_two_digits_beyond(value):
    found = value_of(count(float(value)))
    assert found == value if value < 1e5 else abs(found / value - 1.0) <= 0.0501


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0j, "0"),
        (complex(0.95), "0.95"),
        (complex(-1.2), "−1.2"),
        (complex(1.0), "1"),
        (complex(-1.0), "−1"),
        (complex(0.99999999), "0.99999999"),
        (complex(-1.045), "−1.045"),
        (complex(0.949), "0.949"),
        (complex(-0.0, 0.0), "0"),
        (cmath.rect(0.818, math.radians(179.9)), "0.818 ∠ 179.9°"),
        (complex(-1.00002), "−1.00002"),
        (complex(1.0 - 1e-14), "1"),
        (complex(0.0, 1.0), "1 ∠ 90°"),
        (0.95 * complex(math.cos(0.4), math.sin(0.4)), "0.95 ∠ 23°"),
        (0.95 * complex(math.cos(0.4), -math.sin(0.4)), "0.95 ∠ 23°"),
    ],
)
def test_factor(value, text):
    assert factor(value) == text


@many
@given(st.floats(-14.0, 3.0), st.booleans(), st.booleans())
def test_a_factor_never_looks_like_1_unless_rounding_makes_it(exponent, above, negative):
    gap = 10.0**exponent
    size = 1.0 + gap if above else 1.0 - min(gap, 1.0)
    text = factor(complex(-size if negative else size))
    shown = abs(value_of(text))
    if abs(size - 1.0) > 2e-12:
        assert (shown > 1.0) == (size > 1.0) and (shown < 1.0) == (size < 1.0)
    assert abs(shown - size) <= unit_of(text)


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.0, "0 %"), (0.5, "50 %"), (0.9048, "90.5 %"), (0.9998, "99.98 %"), (0.99999999, "99.999999 %")],
)
def test_percent(share, text):
    assert percent(share) == text


@many
@given(st.floats(1e-3, 1.0 - 2e-12))
def test_a_share_below_all_never_reads_as_all(share):
    shown = value_of(percent(share).removesuffix(" %"))
    assert shown < 100.0
    assert shown == pytest.approx(100.0 * share, rel=0.006)


@many
@given(st.floats(1e-8, 1e4), st.floats(-15.0, 0.0), st.booleans())
def test_two_numbers_that_differ_read_differently_and_in_order(value, exponent, up):
    other = value * (1.0 + 10.0**exponent) if up else value / (1.0 + 10.0**exponent)
    one, two = apart(value, other)
    if value == other:
        assert one == two
    elif abs(value / other - 1.0) > 1e-14:
        assert (value_of(one) < value_of(two)) == (value < other)


def test_two_numbers_get_four_digits_where_those_are_enough():
    assert apart(0.1005, 0.1) == ("0.1005", "0.1")
    assert apart(0.10000001, 0.1) == ("0.10000001", "0.1")
    assert apart(0.1, 0.1) == ("0.1", "0.1")


def test_a_whole_number_is_told_to_the_last_one_and_a_count_is_not_cut_off():
    assert whole(6_021_733) == "6\u202f021\u202f733" and whole(12) == "12"
    assert count(122.6) == "123" and count(99_999.6) == "100\u202f000"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (4e-7, "0.4 µs"),
        (1.6e-6, "1.6 µs"),
        (0.0154, "15.4 ms"),
        (1.5, "1.5 s"),
        (5e-4, "500 µs"),
        (0.045, "45 ms"),
        (1.0, "1 s"),
        (90.0, "90 s"),
        (150.0, "2.5 minutes"),
        (9000.0, "2.5 hours"),
        (950400.0, "11 days"),
        (6.3e7, "2 years"),
    ],
)
def test_a_time_is_said_in_the_unit_in_which_it_is_read(seconds, text):
    assert duration(seconds) == text
