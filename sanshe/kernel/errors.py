"""What can go wrong on purpose. Each error carries a Chinese sentence and maps to one status, once (kernel.http)."""

from __future__ import annotations


class SansheError(Exception):
    """Base of all errors that a user may cause. `sentence` is shown as it is."""

    status = 400
    code = "error"

    def __init__(self, sentence: str = "") -> None:
        self.sentence = sentence or self.default
        super().__init__(self.sentence)

    default = "这一步没有完成，请返回后再试一次。"


class NotVisible(SansheError):
    """The thing does not exist for this viewer (404)."""

    status = 404
    code = "not_found"
    default = "没有找到这个页面，或者它不在您可以查看的范围内。"


class NotAllowed(SansheError):
    """The viewer sees the thing but may not do this (403)."""

    status = 403
    code = "not_allowed"
    default = "这一步不由您办理。"


class WrongState(SansheError):
    """The thing has moved on, or is not there yet (409)."""

    status = 409
    code = "wrong_state"
    default = "情况已有变化，请刷新页面后再看。"


class Invalid(SansheError):
    """Input that can not be taken (422).

    `errors` maps a field to a sentence; the key "" speaks of the whole form.
    """

    status = 422
    code = "invalid"

    def __init__(self, errors: dict[str, str] | str) -> None:
        self.errors = {"": errors} if isinstance(errors, str) else errors
        super().__init__("；".join(self.errors.values()))
