"""When Python's garbage collector may wait."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_waiting(then_collect: bool = False) -> Iterator[None]:
    """The garbage collector waits while much is made and nothing is thrown away: walking through everything again and
    again would only cost time. It is on again afterwards, if it was on before.

    Args:
        then_collect: whether what was made is full of circles and no longer needed, so that it is taken away at once.
            Only that is walked through: what was there before is set aside meanwhile, however much it is.
    """
    was_on = gc.isenabled()
    gc.disable()
    if then_collect:
        gc.freeze()
    try:
        yield
    finally:
        if then_collect:
            gc.collect()
            gc.unfreeze()
        if was_on:
            gc.enable()
