"""The frames: the run in the weights' own frame and in that of the eigenvectors."""

from widgets.details.follow import follow
from widgets.details.kinds import On
from widgets.details.picture import Picture

NAME = "frames"
TITLE = "The same run in two frames"
ORDER = 40
ON = On.QUADRATIC


def draw(picture: Picture) -> None:
    """Draw the runs against the weights and against the distances along the eigenvectors."""
    follow("frames")
