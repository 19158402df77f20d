"""Patience: what is made at many places at once is what is made one after another."""

import threading

import pytest

from widgets.patience import each, side_by_side


def go_on(share):
    return True


def test_many_at_once_are_in_the_order_of_their_places():
    places = list(range(40))
    assert side_by_side(places, lambda k: k * k, go_on) == each(places, lambda k: k * k, go_on)
    assert side_by_side([], str, go_on) == []


def test_they_are_made_behind_the_page_and_progress_rises_to_one():
    shares = []
    made = side_by_side(range(6), lambda k: threading.current_thread().name, shares.append)
    assert all(name.startswith("valley") for name in made)
    assert shares == sorted(shares) and shares[-1] == 1.0


def test_none_where_it_was_stopped_and_no_more_than_a_few_had_begun():
    begun, gate = [], threading.Event()

    def slow(k):
        begun.append(k)
        gate.wait(0.2)

    assert side_by_side(range(100), slow, lambda share: False) is None
    assert len(begun) < 20


def test_an_error_reaches_whoever_asked():
    with pytest.raises(ZeroDivisionError):
        side_by_side([1, 0, 2], lambda k: 1 / k, go_on)
