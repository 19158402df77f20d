"""Along the gradient: the error against the length of a plain gradient step."""

from widgets.details.follow import follow
from widgets.details.kinds import On
from widgets.details.picture import Picture

NAME = "gradient"
TITLE = "Along the gradient"
ORDER = 20
ON = On.QUADRATIC
OF_A_RATE = True


def draw(picture: Picture) -> None:
    """Draw the error along -g from the point that is looked at, and what the first order predicts."""
    follow("descent")
