"""When Python's garbage collector may wait."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_MADE_BEFORE_COLLECTING = 50_000
_ROUNDS_BEFORE_OLDER, _ROUNDS_BEFORE_OLDEST = 5, 4
_YOUNGEST = 0


def collect_rarely() -> None:
    """Let the garbage collector of this process run when 50,000 records have come to be instead of 700.

    A workbook, a set of criteria, a page make a hundred thousand at once that all stay until it is done: looking among
    them for circles after every 700 is a fifth of the time of receiving and evaluating, and finds nothing. What is
    older is looked at often enough that a process that works for many provinces does not keep what each of them leaves
    (engines with the pages of their database, runs): after a million records, and Python itself waits until a quarter
    of all is new.
    """
    gc.set_threshold(_MADE_BEFORE_COLLECTING, _ROUNDS_BEFORE_OLDER, _ROUNDS_BEFORE_OLDEST)


@contextmanager
def collector_waiting(then_collect: bool = False) -> Iterator[None]:
    """The garbage collector waits while much is made and nothing is thrown away: walking through everything again and
    again would only cost time. It is on again afterwards, if it was on before.

    Args:
        then_collect: whether what was made is full of circles and no longer needed, so that it is taken away at once.
            Only that is walked through, as the youngest there is, however much was there before.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if then_collect:
            gc.collect(_YOUNGEST)
        elif not gc.get_freeze_count():
            gc.freeze()
            gc.unfreeze()  # with the oldest now, so that the next collection does not walk through it as if it were new
        if was_on:
            gc.enable()
