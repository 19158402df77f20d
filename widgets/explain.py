"""The formulas behind the picture, on demand."""

from collections.abc import Iterable, Mapping

import streamlit as st

from engine.optimizer import Optimizer
from engine.study import Entry
from engine.surface import Surface
from surfaces.quadratic import Quadratic

MODES = r"""
Along each eigenvector $u_i$ the distance from the minimum, $\alpha_i = u_i^{\mathsf T}(\mathbf w - \mathbf w^*)$, goes
its own way. Gradient descent multiplies it by $1 - \eta\lambda_i$ at every step. With momentum or Nesterov
$\alpha_i$ after $k$ steps is a combination of the $k$-th powers of two numbers, the roots of a quadratic equation in
which only $\eta\lambda_i$ and $\mu$ appear; these are its factors. A run converges where every factor is smaller than
1 in size (in a flat direction, $\lambda_i = 0$, it just stays where it is). The largest eigenvalue sets the limit of
$\eta$; far below that limit the smallest sets how long it takes.
"""
ADAPTIVE = r"""
The steps of AdaGrad, RMSProp and Adam are not linear in the gradient, so no closed form of their paths is known. Each
weight has a learning rate of its own; unless the valley is aligned with the axes, that mixes the directions. The limit
of the moment is $c/\lambda_{max}(\mathbf P^{-1}\mathbf H)$ with $\mathbf P = \mathrm{diag}(\sqrt{r_i} + \delta)$ and
$c = 2$. For Adam $r_i$ is corrected, and $c = (2 + 2\beta_1)/(1 - \beta_1)$ gives its long-run limit. It moves as
the averages do. The stabiliser $\delta$ stands outside the root.
"""


def formulas(surface: Surface, entries: Iterable[Entry]) -> None:
    """Draw one closed expander: the surface and the rules of the picture."""
    with st.expander("The formulas"):
        _write(surface.latex, {type(entry.optimizer): None for entry in entries})


def explain(optimizers: Mapping[str, type[Optimizer]]) -> None:
    """Draw one closed expander: the quadratic, every update rule, and why they converge or not."""
    with st.expander("The formulas"):
        _write(Quadratic.latex, optimizers.values())
        st.markdown(MODES)
        st.markdown(ADAPTIVE)


def _write(latex: str, rules: Iterable[type[Optimizer]]) -> None:
    st.latex(latex)
    for rule in rules:
        st.markdown(f"**{rule.title}**")
        st.latex(rule.latex)
