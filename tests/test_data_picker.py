"""The data picker, on a page of its own without a browser."""

import re

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest
from visit import TIMEOUT

from surfaces.data import dataset, discover_data
from surfaces.data.moons import Moons
from widgets.data import CARRIED

PAGE = """
import streamlit as st
from widgets import address
from widgets.data import pick_data

ACCEPTS = {
    "anything": lambda data: None,
    "classes": lambda data: None if len(data.classes) == 2 else "The model needs two classes.",
    "numbers": lambda data: None if not data.classes else "The model needs numbers as targets",
}

asked, place = address.query(), st.container()
model = st.sidebar.selectbox("model", ACCEPTS, key="model", bind="query-params")
from widgets.controls import declare
declare("model", tuple(ACCEPTS))

@st.fragment
def page():
    with st.sidebar:
        st.session_state["picked"] = pick_data(ACCEPTS[model], st.session_state.get("first"))
page()
address.report(place, asked)
"""
TABLE = "x,y\n1,2\n2,3\n3,5\n"


def visit(first=None, **query):
    app = AppTest.from_string(PAGE, default_timeout=TIMEOUT)
    app.session_state["first"] = first
    for key, value in query.items():
        app.query_params[key.replace("__", ".")] = value
    return answered(app.run())


def answered(app):
    """The app, once it is sure that nothing of it is a traceback or a nan."""
    assert not app.exception and not app.error
    for item in app.caption:
        assert "nan" not in item.value.replace("“nan”", "")
    return app


def picked(app):
    return app.session_state["picked"]


def offered(app):
    return app.selectbox(key="data").options


def address(app):
    return {key: value if isinstance(value, str) else value[-1] for key, value in app.query_params.items()}


def captions(app):
    return " ".join(item.value for item in app.caption)


def warning(app):
    (item,) = app.warning
    return item.value


def test_without_an_address_it_is_the_first():
    assert picked(visit("moons")) == dataset("moons")
    assert address(visit("moons")) == {}
    assert picked(visit()) == dataset(next(iter(discover_data())))


@pytest.mark.parametrize("slug", discover_data())
def test_every_set_is_picked_by_the_address_with_note_and_source(slug):
    app = visit("moons", data=slug)
    assert picked(app) == dataset(slug)
    assert discover_data()[slug].note in captions(app)
    assert discover_data()[slug].source in captions(app)
    assert not app.warning


def test_only_what_the_model_accepts_is_offered():
    titles = {slug: cls.title for slug, cls in discover_data().items()}
    fit = {titles[slug] for slug in titles if len(dataset(slug).classes) == 2} | {"Your own table"}
    assert set(offered(visit("moons", model="classes"))) == fit
    assert offered(visit("moons", model="classes"))[0] == "Moons"
    assert "Moons" not in offered(visit("moons", model="numbers"))


def test_a_model_that_cannot_take_the_data_says_why_and_shows_others():
    app = visit("moons", data="xor")
    assert picked(app) == dataset("xor")
    app = answered(app.selectbox(key="model").set_value("numbers").run())
    assert "Exclusive or cannot be used here: The model needs numbers as targets." in captions(app)
    assert not picked(app).classes
    assert "data" not in address(app)
    assert "cannot be used" not in captions(answered(app.run()))


def test_an_address_with_a_set_that_is_not_offered_says_so():
    app = visit("moons", data="noisy_line", model="classes")
    assert picked(app) == dataset("moons")
    assert "A line with noise cannot be used here: The model needs two classes." in captions(app)
    assert "`data`" in warning(app)


def test_settings_of_a_generated_set_are_in_the_address():
    app = visit(data="moons", data__noise="0.3", data__rows="40", data__seed="7")
    assert picked(app) == Moons(noise=0.3, rows=40, seed=7).dataset()
    app = answered(app.number_input(key="data.noise").set_value(0.1).run())
    assert picked(app) == Moons(noise=0.1, rows=40, seed=7).dataset()


def test_another_set_begins_with_its_own_settings():
    app = visit("moons", data="moons", data__noise="0.3", data__rows="40")
    app = answered(app.selectbox(key="data").set_value("circles").run())
    assert picked(app) == dataset("circles")
    assert address(app)["data"] == "circles"
    for slug in discover_data():
        app = answered(app.selectbox(key="data").set_value(slug).run())
        assert picked(app) == dataset(slug)


@pytest.mark.parametrize(
    ("key", "value"), [("data", "nothing"), ("data__noise", "9"), ("data__rows", "abc"), ("data__seed", "1.5")]
)
def test_a_bad_address_is_named_and_the_rest_is_used(key, value):
    app = visit("moons", **{"data__noise": "0.2", key: value})
    assert f"`{key.replace('__', '.')}`" in warning(app)
    assert picked(app) == Moons(noise=0.15 if key == "data__noise" else 0.2).dataset()


def test_settings_that_make_what_the_model_cannot_take_are_answered():
    app = visit("moons", model="classes", data="spirals", data__arms="3")
    assert warning(app) == "The model needs two classes. The set is shown as it is first."
    assert picked(app) == dataset("spirals")


def test_inputs_can_be_scaled():
    data = picked(visit(data="platelets", data__scaling="scaled"))
    np.testing.assert_allclose(data.inputs.mean(axis=0), 0.0, atol=1e-12)
    np.testing.assert_allclose(data.inputs.std(axis=0), 1.0)
    assert (data.targets == dataset("platelets").targets).all()


def test_a_table_of_ones_own_begins_with_an_example_that_is_read():
    app = visit("insurance_age", data="own")
    assert app.text_area(key="data.table").value.startswith("age,bought insurance\n22,no\n25,no\n47,yes\n")
    assert (picked(app).rows == dataset("insurance_age").rows).all()
    assert "15 rows: age; target bought insurance, one of no, yes." in captions(app)
    assert address(app) == {"data": "own"}


@pytest.mark.parametrize("slug", discover_data())
def test_the_example_is_the_first_set(slug):
    app = visit(slug, data="own")
    np.testing.assert_allclose(picked(app).rows, dataset(slug).rows, rtol=1e-3, atol=1e-12)
    assert not app.warning
    assert "link" not in captions(app)


def test_a_pasted_table_is_used_and_carried_by_the_address():
    app = visit("moons", data="own")
    app = answered(app.text_area(key="data.table").set_value(TABLE).run())
    assert picked(app).rows.tolist() == [[1, 2], [2, 3], [3, 5]]
    assert address(app) == {"data": "own", "data.table": TABLE}
    assert "3 rows: x; target y, a number." in captions(app)
    again = visit("moons", **address(app))
    assert picked(again) == picked(app)
    assert address(again) == address(app)


def test_a_long_table_is_used_and_not_carried():
    text = "x,y\n" + "".join(f"{n},{n * n}\n" for n in range(300))
    assert len(text) > CARRIED
    app = visit("moons", data="own", data__table=TABLE)
    app = answered(app.text_area(key="data.table").set_value(text).run())
    assert len(picked(app).rows) == 300
    assert address(app) == {"data": "own"}
    assert "A link does not carry a table of more than 1,500 characters." in captions(app)
    assert len(picked(answered(app.run())).rows) == 300


def test_a_table_is_kept_while_another_set_is_looked_at():
    app = visit("moons", data="own")
    app = answered(app.text_area(key="data.table").set_value(TABLE).run())
    app = answered(app.selectbox(key="data").set_value("xor").run())
    assert address(app) == {"data": "xor"}
    app = answered(app.selectbox(key="data").set_value("own").run())
    assert picked(app).rows.tolist() == [[1, 2], [2, 3], [3, 5]]
    assert address(app) == {"data": "own", "data.table": TABLE}


def test_the_address_wins_over_what_stands_in_the_box():
    app = visit("moons", data="own", data__table=TABLE)
    app.query_params["data.table"] = TABLE + "9,9\n"
    assert len(picked(answered(app.run())).rows) == 4
    del app.query_params["data.table"]
    np.testing.assert_allclose(picked(answered(app.run())).rows, dataset("moons").rows, rtol=1e-3)


def test_the_example_follows_the_model_until_it_is_edited():
    app = visit(None, data="own")
    before = picked(app)
    app = answered(app.selectbox(key="model").set_value("classes").run())
    assert picked(app) == before or picked(app).classes
    assert not app.warning


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("", "There is no table: it is empty"),
        ("a,b\n1,2\nabc,3\n3,4", "Row 3, column 1 (a) holds “abc”: not a number"),
        ("a,b\n1,yes\n2,yes\n3,yes", "Column 2 (b) holds only “yes”: two classes at least"),
        ("a,b\n1,nan\n2,3\n3,4", "Row 2, column 2 (b) holds “nan”: not a number"),
        ("1 2\n2 3\n3 4", "There is only one column: separate inputs and target by comma, semicolon or tab"),
        ("1,2\n2,<b>*x*</b>[y](z)\n3,4", "Row 2, column 2 holds “<b>*x*</b>[y](z)”: not a number"),
        ("".join(f"{n},1\n" for n in range(5000)), "The table has 5,000 rows: at most 1,000"),
    ],
)
def test_a_table_with_a_fault_is_answered_and_the_last_good_one_used(table, said):
    app = visit("moons", data="own", data__table=TABLE)
    app = app.text_area(key="data.table").set_value(table).run()
    assert not app.exception
    assert re.sub(r"\\(.)", r"\1", warning(app)) == f"{said}. The last table that could be used is shown."
    assert picked(app).rows.tolist() == [[1, 2], [2, 3], [3, 5]]
    fresh = visit("moons", data="own", data__table=table or " ")
    assert picked(fresh) == dataset("moons")
    assert warning(fresh).endswith("“Moons” is used.")


def test_a_good_table_that_the_model_cannot_take_is_answered():
    app = visit("moons", model="classes", data="own", data__table=TABLE)
    assert warning(app) == "The model needs two classes. “Moons” is used."
    assert picked(app) == dataset("moons")


def test_a_file_is_used_while_it_is_there_and_no_link_carries_it():
    app = visit("moons", data="own")
    app = answered(app.file_uploader(key="data.file").upload("mine.csv", TABLE.encode()).run())
    assert picked(app).rows.tolist() == [[1, 2], [2, 3], [3, 5]]
    assert app.text_area(key="data.table").disabled
    assert "A link does not carry the file." in captions(app)
    assert address(app) == {"data": "own"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff\xfe1\x00", "Row 1 is not text in UTF-8"),
        (b"", "There is no table: it is empty"),
        (b"1,2\n2,\x00\n", "Row 2 has a NUL character"),
        (b"1,2\n" * 500_000, "The table has 2,000 kB and 500,000 lines: at most 1,000 kB and 1,000 rows"),
    ],
)
def test_a_file_with_a_fault_is_answered(content, said):
    app = visit("moons", data="own")
    app = app.file_uploader(key="data.file").upload("mine.csv", content).run()
    assert not app.exception
    assert re.sub(r"\\(.)", r"\1", warning(app)).startswith(said)


def test_names_in_a_table_are_shown_as_they_are():
    app = visit("moons", data="own", data__table="*a*,$x$\n1,2\n2,3\n3,5")
    assert r"\*a\*; target \$x\$, a number" in captions(app)
