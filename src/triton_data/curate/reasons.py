"""Why a text is left out of a dataset, or what a reader should know of it: the words by which decisions are counted."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    UNPARSABLE = "unparsable"
    UNLABELLED = "unlabelled"
    SECRETS = "secrets"
    TOO_LONG = "too_long"
    PERSONAL = "personal"
    PERSONAL_FLAG = "personal_flag"
    LICENCE = "licence"
    LICENCE_UNKNOWN = "licence_unknown"
    OPTED_OUT = "opted_out"
    CONTAMINATED = "contaminated"
    CONTAMINATED_FLAG = "contaminated_flag"
    CONTAINS_PROBLEM = "contains_problem"  # and computes more
    VERIFICATION_FAILED = "verification_failed"
    UNVERIFIED = "unverified"
    OTHER_SPLIT = "other_split"  # a copy of it is on the other side
    DUPLICATE = "duplicate"
    PROGRAM_LEFT_OUT = "program_left_out"


INFORMING = frozenset(
    {Reason.CONTAMINATED_FLAG, Reason.CONTAINS_PROBLEM, Reason.PERSONAL_FLAG}
)  # they keep nothing out
OF_A_FLAG = (Reason.UNPARSABLE, Reason.UNLABELLED, Reason.SECRETS)  # flags of a Label by the same name
