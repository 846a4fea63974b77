"""What can become of one request on its way to the platform and back."""

from __future__ import annotations

from enum import StrEnum, auto


class Outcome(StrEnum):
    """One way in which a call goes wrong, or at least not as usual. In those that are ACTED the platform did it."""

    REFUSE = auto()
    HANG = auto()
    HANG_ACTED = auto()
    RESET = auto()
    RESET_MID_REQUEST = auto()
    RESET_MID_ANSWER_ACTED = auto()
    TRUNCATE_ACTED = auto()
    SHORT_ACTED = auto()
    TRICKLE_ACTED = auto()
    TRICKLE_FOR_EVER_ACTED = auto()
    HTTP_500 = auto()
    HTTP_503_ACTED = auto()
    GATEWAY_HTML = auto()
    GATEWAY_HTML_200_ACTED = auto()
    LOST_ACTED = auto()
    FORGED_ACTED = auto()
    UNSIGNED_ACTED = auto()
    REPLAYED = auto()
    REPLAYED_ACTED = auto()
    CROSSED_ACTED = auto()
    REFLECTED = auto()
    REFLECTED_ACTED = auto()
    REDIRECT_307 = auto()
    REDIRECT_302_ACTED = auto()
    WRONG_CLOCK_ACTED = auto()
    GARBAGE_ACTED = auto()
    DOUBLED_ACTED = auto()
