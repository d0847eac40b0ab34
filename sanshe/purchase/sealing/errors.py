"""What can be wrong with a sealed bid, each as one sentence for the person in front of the screen."""


class SealError(ValueError):
    """Base of all refusals here; `str(error)` is a Chinese sentence that may be shown as it is."""


class KeyCodeError(SealError):
    """The typed key code is not a key code: it was mistyped, and can be corrected before it is used."""


class WrongKey(SealError):
    """A well-formed key that does not belong to this sealed file."""

    def __init__(self) -> None:
        super().__init__("钥匙不对：这把钥匙打不开这份投标文件，请核对是不是这一份文件的钥匙码。")


class Altered(SealError):
    """The file is not, byte for byte, what was sealed: cut short, damaged or changed on purpose."""

    def __init__(self, sentence: str = "文件已被改动：内容与密封时不一致，不能打开。") -> None:
        super().__init__(sentence)


class NotForThisCall(SealError):
    """A sound sealed file that was made for another call or by another bidder."""


class NotSealed(SealError):
    """Not a sealed bid at all, or one of a version that this program does not know."""


class BadContent(SealError):
    """Fields or files that may not go into a bid, or that came out of one in a form not allowed."""


class DigestError(SealError):
    """A typed file digest that cannot be one."""
