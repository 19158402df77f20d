"""What can be typed as a formula, and the one sentence that answers everything else."""

import json
import random
import re
import subprocess
import sys
import time

import numpy as np
import pytest
from browser import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest
from visit import TIMEOUT, message, said
from visit import visit as page_visit

from engine import Plane, run
from engine.formula.grammar import DEEPEST, FUNCTIONS, PARTS, read
from engine.formula.latex import latex
from engine.formula.tokens import LONGEST, FormulaError
from engine.optimizers.gradient_descent import GradientDescent
from engine.study import Entry, study
from surfaces.formula import DEFAULT, Formula

POINT = (1.5, -0.75)


def refusal(text: str) -> str:
    """Return why a text is no formula, nothing where it is one."""
    try:
        read(text)
    except FormulaError as error:
        return str(error)
    return ""


def value(text: str, place: tuple[float, float] = POINT, **constants: float) -> float:
    return float(Formula(text, constants).evaluate(np.array(place))[0])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-x^2/2", -1.125),
        ("-x**2/2", -1.125),
        ("2^-x", 2.0**-1.5),
        ("2^-x^2", 2.0**-2.25),
        ("2^x^2", 2.0**2.25),
        ("(2^x)^2", 8.0),
        ("1/x*y", -0.5),
        ("x - y - 1", 1.25),
        ("8/x/y", 8.0 / 1.5 / -0.75),
        ("-x*-y", -1.125),
        ("x - -y", 0.75),
        ("+x--+y", 0.75),
        ("2*x^2", 4.5),
        ("x ^ 2", 2.25),
        ("  x\t*\n2 ", 3.0),
        (".5*x + 1.*y + 1e-1", 0.1),
        ("cos(pi*x) + x*0", 0.0),
        ("log(e^x)", 1.5),
        ("max(x, y, 2) + min(y, 0, x)", 1.25),
        ("abs(y)", 0.75),
        ("sqrt(4*x^2)", 3.0),
        ("x**3", 3.375),
    ],
)
def test_powers_signs_and_products_bind_as_in_mathematics(text, expected):
    assert value(text) == pytest.approx(expected, rel=1e-14, abs=1e-15)


def test_every_other_name_is_a_constant_in_the_order_of_the_text():
    surface = Formula("b*x^2 + lambda*y + a*x*b + k_1", b=2.0, a=0.5)
    assert surface.constants == (("b", 2.0), ("lambda", 1.0), ("a", 0.5), ("k_1", 1.0))
    assert list(surface.parameters())[:4] == ["b", "lambda", "a", "k_1"]
    assert surface.parameters()["lambda"].plain == "λ"
    assert surface.b == 2.0 and surface.k_1 == 1.0
    assert value("b*x", b=3.0) == 4.5


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("2*x + z", 'unknown name "z" at character 7: use x, y or a constant'),
        ("  z", 'unknown name "z" at character 3: use x, y or a constant'),
        ("w1^2", 'unknown name "w1" at character 1: use x, y or a constant'),
        ("2x", 'put * between "2" and "x" at character 2'),
        ("x y", 'put * between "x" and "y" at character 3'),
        ("(x)(y)", 'put * between ")" and "(" at character 4'),
        ("x(y + 1)", 'put * between "x" and "(" at character 2'),
        ("xy", 'put * between the letters of "xy" at character 1: x*y'),
        ("ax^2 + y", 'put * within "ax" at character 1: a*x'),
        ("kappay", 'put * within "kappay" at character 1: kappa*y'),
        ("sin x", '"sin" at character 1 needs parentheses: sin( )'),
        ("sinx + y", 'put parentheses within "sinx" at character 1: sin(x)'),
        ("ln(x)", 'unknown function "ln" at character 1: write log'),
        (
            "x + foo(y)",
            f'unknown function "foo" at character 5: use {", ".join(FUNCTIONS)}, or put * before the bracket',
        ),
        ("x +", 'a number, x, y or a constant is missing after "+" at character 3'),
        ("x + )", 'a number, x, y or a constant is missing before ")" at character 5'),
        ("x // y", 'a number, x, y or a constant is missing before "/" at character 4'),
        ("(x + (y", '"(" at character 6 is never closed'),
        ("x + y)", '")" at character 6 has no "(" before it'),
        ("max(x)", '"max" at character 1 takes two arguments or more, got 1'),
        ("sin(x, y)", '"sin" at character 1 takes one argument, got 2'),
        ("y = x", '"=" at character 3 cannot stand in a formula: type only what stands to the right of ='),
        ("|x|", '"|" at character 1 cannot stand in a formula: write abs( )'),
        ("x²", "character 2 is a superscript two: type ^2 instead"),
        ("x − 1", "character 3 is a minus sign: type - instead"),
        ("2·x", "character 2 is a middle dot: type * instead"),
        ("κ*x", "character 1 is a greek small letter kappa: type kappa instead"),
        ("x + λ", "character 5 is a greek small letter lamda: type lambda instead"),
        ("\u0445 + 1", "character 1 is a cyrillic small letter ha: type x instead"),
        ("\uff58 + 1", "character 1 is a fullwidth latin small letter x: type x instead"),
        ("\U0001d465 + 1", "character 1 is a mathematical italic small x: type x instead"),
        ("9**9**9 + x", "the exponent at character 4 is 387420489: at most 64 in size"),
        ("x^1000", "the exponent at character 3 is 1000: at most 64 in size"),
        ("1e999*x", "the number at character 1 is too large"),
        ("x + exp(1e3)", "what begins at character 5 is not a finite number"),
        ("x/(1 - 1)", "what begins at character 4 is zero: nothing can be divided by it"),
        ("", "the formula is empty: type for example x^2 + 3*y^2"),
        ("3 + a", "neither x nor y is in the formula: the surface would be flat"),
        ("text*x", '"text" at character 1 has another meaning here: give the constant another name'),
        ("nan*x", '"nan" at character 1 is not a number here: give the constant another name'),
        ("x + Inf", '"Inf" at character 5 is not a number here: give the constant another name'),
        ("infinity*y", '"infinity" at character 1 is not a number here: give the constant another name'),
        ("eigenvalues*x", '"eigenvalues" at character 1 has another meaning here: give the constant another name'),
        ("a+b+c+d+f+g+h+i+j+x", '"j" at character 17 is one constant too many: at most 8'),
    ],
)
def test_the_sentence_names_the_place(text, sentence):
    with pytest.raises(FormulaError) as caught:
        Formula(text)
    assert str(caught.value) == sentence


HOSTILE = [
    *(
        "__import__('os').system('id')",
        "x.__class__",
        "().__class__.__bases__",
        "x.real",
        "(x).__init__",
        "sin.__self__",
    ),
    *("eval(x)", "exec(x)", "open(x)", "print(x)", "getattr(x, y)", "sin(x)(y)", "x[0]", "x if y else 1", "x and y"),
    *("[i for i in x]", "(i for i in x)", "{x: y}", "{x}", "lambda: x", "lambda x: x", "(y := x)", "x; y", "x\\\ny"),
    *("import os", "from os import path", "def f(): x", "x = 1", "x == 1", "x < y", "not x", "x @ y", "x % 2", "x!"),
    *("f'{x}'", '"x"', "'x' * 9", "b'x'", "...", "x...", "None", "True", "1_000", "0x10", "1j*x", "0b1"),
    *("9**9**9", "9^9^9^9", "x^9^9", "2^2^2^2^2^2", "1e400", "1e-999999999", "9" * 400, "x" + "0" * 400, "1/0", "0/0"),
    *("(" * 10_000 + "x" + ")" * 10_000, "(" * 240 + "x" + ")" * 240, "-" * 499 + "x", "x^" * 240 + "x", "sin(" * 99),
    *("x" * 1_000_000, "x+" * 500_000, "(" * 1_000_000, "9" * 1_000_000, "\u00b2" * 1_000_000, "\u0660 + x"),
    *("\u0445", "\u0443 + 1", "\uff58", "\U0001d431", "x\u200b", "x\u202e", "\ufeffx", "x\u0301", "\u221e"),
    *("x\u207b\u00b9", "\u00bd", "\u2460", "\ud800", "x\x00", "\x1b[31m", "\U0010ffff"),
    *("#x", "%s", "`x`", "$x$", "${x}", "{{x}}"),
    *("<script>alert(1)</script>", "<b>x</b>", ":material/home:", "\\input{x}", "((((", "()", "sin()", "max(,)", ","),
    *("", " ", "^", "**", "* x", "x ***y", "x^^y", "+", "e", "pi", "_", "__", "_x"),
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_whatever_is_typed_one_sentence_answers_at_once(text):
    began = time.thread_time()
    with pytest.raises(FormulaError) as caught:
        Formula(text)
    assert time.thread_time() - began < 0.1, "seconds of this thread"
    sentence = str(caught.value)
    assert 10 < len(sentence) < 200 and sentence.isprintable() and sentence.isascii()


@pytest.mark.parametrize("text", [None, 3, b"x", ["x"], object()])
def test_what_is_no_text_is_no_formula(text):
    with pytest.raises(ValueError, match="text"):
        Formula(text)


AUDIT = """
import json, sys
sys.path.insert(0, "tests")
from engine.optimizers.gradient_descent import GradientDescent
from engine.study import Entry, study
from surfaces.formula import Formula
texts = json.load(sys.stdin)
Formula("sin(x) + max(a*y, 1)^2").latex, Formula("x").code("np"), Formula("x").pack()
try:
    Formula("\u0661")  # the table of names is loaded
except ValueError:
    pass
modules, seen = set(sys.modules), []
sys.addaudithook(lambda event, arguments: seen.append(event))
for text in texts:
    try:
        made = Formula(text)
        made.pack(), made.latex, made.code("np")
    except ValueError:
        pass
found = {*seen}
print(json.dumps([sorted(found - {"object.__getattr__", "object.__setattr__"}), sorted(set(sys.modules) - modules)]))
"""


def test_reading_opens_imports_and_compiles_nothing():
    typed = [text for text in HOSTILE if "\ud800" not in text] + [DEFAULT, "x^2 + b*y", "2^-x"]
    done = subprocess.run(
        [sys.executable, "-c", AUDIT], cwd=ROOT, input=json.dumps(typed), capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [[], []]


PIECES = [*"xyab+-*/^(),.0123456789 eE_|=", "**", *FUNCTIONS, "pi", "1e5", "kappa", "²", "−", "lambda", "__class__"]


@settings(deadline=None, max_examples=600, derandomize=True)
@given(st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES), max_size=40).map("".join)))
def test_any_text_is_read_or_answered(text):
    sentence = refusal(text)
    assert sentence.isprintable()
    if not sentence:
        surface = Formula(text)
        assert surface.pack().dtype == np.float64 and surface.latex.startswith("E = ")


def test_a_formula_that_was_changed_in_one_place_is_read_or_answered():
    source = random.Random(5)
    for _ in range(3000):
        letters = list("exp(-(x - a)^2/2) + kappa*min(y, 3)^2 - 0.5*x*y")
        for _ in range(source.choice((1, 1, 2, 3))):
            place = source.randrange(len(letters))
            letters[place : place + source.randrange(3)] = source.choice(PIECES) * source.randrange(2)
        sentence = refusal("".join(letters))
        assert not sentence or "character" in sentence or "neither" in sentence


def test_the_limits_are_where_they_are_said_to_be():
    def fits(text):
        return not refusal(text)

    assert fits("x" + " " * (LONGEST - 1)) and not fits("x" + " " * LONGEST)
    assert fits("(" * DEEPEST + "x" + ")" * DEEPEST) and not fits("(" * (DEEPEST + 1) + "x" + ")" * (DEEPEST + 1))
    assert fits("+".join("x" * (PARTS // 2))) and not fits("+".join("x" * (PARTS // 2 + 1)))
    assert fits("x^64 + x^-64") and not fits("x^65") and not fits("x^-65")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-x^2/2", r"\frac{-x^{2}}{2}"),
        ("2^-x", "2^{-x}"),
        ("(x + y)^2*(x - (y - 1))", r"\left(x + y\right)^{2}\,\left(x - \left(y - 1\right)\right)"),
        ("lambda*x + k_1*2", r"\lambda\,x + k_{\mathrm{1}} \cdot 2"),
        ("max(0, x, sin(y)^2)", r"\max\left(0, x, \left(\sin\left(y\right)\right)^{2}\right)"),
        ("1e-7*x - -y", r"10^{-7}\,x - \left(-y\right)"),
        ("sqrt(abs(x))*pi", r"\sqrt{\left|x\right|}\,\pi"),
    ],
)
def test_it_is_shown_as_it_was_read(text, expected):
    assert latex(read(text).tree) == expected
    assert Formula(text).latex == f"E = {expected}"


def test_constants_and_the_view_are_checked_by_name():
    with pytest.raises(ValueError, match=r"^kappa must be in \[-1000, 1000\]"):
        Formula(DEFAULT, kappa=1e4)
    with pytest.raises(ValueError, match=r"^b is no constant of 'x \+ a': it has a$"):
        Formula("x + a", b=1.0)
    with pytest.raises(ValueError, match=r"^width must be in"):
        Formula(width=0.0)


PAGE = """
import streamlit as st
from engine.optimizers.gradient_descent import GradientDescent
from engine.study import Entry, study
from surfaces.formula import Formula
from widgets import address
from widgets.controls import controls

@st.fragment
def page():
    surface, _ = controls(Formula, "surface")
    st.code(repr(surface))

query = address.query()
ignored = st.empty()
page()
address.report(ignored, query)
"""
KEY = "surface.text"


def visit(**query: str) -> AppTest:
    app = AppTest.from_string(PAGE, default_timeout=TIMEOUT)
    for key, asked in query.items():
        app.query_params[key] = asked
    return app.run()


def shown(app: AppTest) -> Formula:
    assert not app.exception
    (code,) = app.code
    return eval(code.value)


def test_the_page_shows_the_default_and_a_link_its_formula_and_constants():
    assert shown(visit()) == Formula()
    app = visit(**{KEY: "a*x^2 + 2*y^2 + lambda", "surface.a": "3", "surface.lambda": "-2", "surface.width": "4"})
    assert shown(app) == Formula("a*x^2 + 2*y^2 + lambda", {"a": 3.0, "lambda": -2.0}, width=4.0)
    assert not app.warning
    assert [item.label for item in app.number_input][:2] == ["a", "lambda λ"]
    assert r"a\,x^{2}" in app.markdown[0].value


def test_what_cannot_be_read_is_answered_below_the_field_and_the_last_formula_stays():
    app = visit()
    app.text_input(key=KEY).set_value("x^2 + b*y^2").run()
    app.number_input(key="surface.b").set_value(5.0).run()
    assert shown(app) == Formula("x^2 + b*y^2", b=5.0)
    app.text_input(key=KEY).set_value("x^2 + b*z^2").run()
    (warning,) = app.warning
    plain = warning.value.replace("\\", "")
    assert plain == 'Unknown name "z" at character 9: use x, y or a constant. The picture shows `x^2 + b*y^2`.'
    assert shown(app) == Formula("x^2 + b*y^2", b=5.0)
    assert app.text_input(key=KEY).value == "x^2 + b*z^2"
    app.text_input(key=KEY).set_value("x^2 + c*y^2").run()
    assert shown(app) == Formula("x^2 + c*y^2") and not app.warning


@pytest.mark.parametrize("text", ["x" * 50_000, "<b>x</b>", "**x** $x$ [x](y) :material/home:", "x²", "", "\x00"])
def test_a_link_with_anything_in_it_is_one_sentence(text):
    app = visit(**{KEY: text})
    assert shown(app) == Formula()
    (warning,) = app.warning
    assert len(warning.value) < 300 and "<" not in warning.value.replace("\\<", "")


def test_a_constant_that_the_formula_does_not_have_is_named():
    app = visit(**{KEY: "x^2 + y^2", "surface.kappa": "3"})
    assert shown(app) == Formula("x^2 + y^2")
    assert "surface.kappa" in app.warning[0].value and "no such setting" in app.warning[0].value


def sentence_of(surface: Formula, start: tuple[float, float], learning_rate: float) -> str:
    entry = Entry("a", GradientDescent(), learning_rate)
    found = study(surface, [entry], entry, start, 50, Plane.of(surface, include=start), families=False)
    return found.present.verdicts[0].sentence


def test_a_run_says_where_the_formula_has_no_value():
    surface = Formula("x + log(x) + y^2")
    lost = sentence_of(surface, (-1.0, 1.0), 0.1)
    assert lost == "E is not a finite number at the start: drag the start to where it is."
    path = run(surface, GradientDescent(), 0.5, (1.0, 1.0), 50)
    sentence = sentence_of(surface, (1.0, 1.0), 0.5)
    assert re.fullmatch(r"Ends at step (\d+): it leads to \(.*\), where E is not a finite number\.", sentence)
    assert int(re.search(r"\d+", sentence)[0]) == path.diverged_at[0]
    assert sentence_of(Formula("-x^2 - y^2"), (1.0, 1.0), 9.0).startswith("Diverges: out of all bounds")


LANDSCAPES = ROOT / "app_pages" / "landscapes" / "landscapes.py"


@pytest.mark.parametrize(
    "text",
    [
        *(DEFAULT, "log(x) + y^2", "sqrt(1 - x^2 - y^2)", "1/x + y^2", "exp(exp(9*x)) + y", "0*x", "x", "max(x, y)"),
        *("1e300*x^3 + y", "1e-300*x^2 + y^2", "x/y", "sin(1e9*x) + y", "1/(x^2 + y^2)", "abs(x) + 3*abs(y)"),
    ],
)
def test_the_landscapes_page_takes_any_formula(text):
    app = page_visit({"surface": "formula", KEY: text, "show": "points"}, LANDSCAPES)
    assert not app.exception and not app.warning
    header, _ = message(app)
    assert header["surface"] == repr(Formula(text))
    assert "nan" not in said(header)["sentence"]


def test_the_landscapes_page_says_where_there_is_nothing_to_see():
    app = page_visit({"surface": "formula", KEY: "log(-1 - x^2) + y"}, LANDSCAPES)
    (warning,) = app.warning
    assert warning.value == "E is not a finite number anywhere in the picture."
    assert said(message(app)[0])["sentence"].startswith("E is not a finite number at the start")


def test_the_landscapes_page_moves_constants_but_not_the_view_by_sliders():
    app = page_visit({"surface": "formula", KEY: "a*x^2 + kappa*y^2", "surface.a": "3"}, LANDSCAPES)
    keys = [slider["key"] for slider in message(app)[0]["sliders"] if slider["key"].startswith("surface.")]
    assert keys == ["surface.a", "surface.kappa"]
    app.selectbox(key="surface").select("himmelblau").run()
    app.selectbox(key="surface").select("formula").run()
    assert not app.exception
    assert app.text_input(key=KEY).value == DEFAULT
