"""3-D: the surface in space, the paths lying on it."""

from widgets.details.follow import follow
from widgets.details.kinds import On
from widgets.details.picture import Picture

NAME = "3-D"
TITLE = "The surface in space"
ORDER = 60
ON = On.PLANE | On.CUT


def draw(picture: Picture) -> None:
    """Draw the surface and the runs in 3-D."""
    follow("space")
