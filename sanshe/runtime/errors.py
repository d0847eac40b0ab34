"""The one error of this package."""


class RuntimeProblem(Exception):
    """Something about processes, folders or the database that a person must put right.

    The text is one Chinese sentence that says what is wrong and what to do; it is shown as it is.
    """
