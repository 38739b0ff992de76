"""The promises of speed and memory: `promises.py` says what is promised, `sizes.py` on how much it is measured.

Each group (scoring, intake, forms, documents, orchestration) is one file whose function `measure` yields the figures of
its promises; `running.py` gives each a process of its own, so that its peak of memory is nobody else's.
"""
