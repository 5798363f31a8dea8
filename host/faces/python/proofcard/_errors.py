"""What the functions of this package raise."""


class Error(Exception):
    """Of all errors: ``str(error)`` is one sentence, ``error.where`` the thing that it is about."""

    def __init__(self, message: str, where: str = "") -> None:
        super().__init__(message, where)
        self.where = where

    def __str__(self) -> str:
        return str(self.args[0])


class BadInput(Error, ValueError):
    """A malformed or unsupported file, model, value or option; a file that cannot be read or written."""


class Rejected(Error):
    """A proof that does not verify, or a commitment or opening that is another one's. ``error.stage`` is the check that failed."""

    @property
    def stage(self) -> str:
        return self.where


class DeviceFault(Error, RuntimeError):
    """A card or its driver failed, or its sums were wrong."""
