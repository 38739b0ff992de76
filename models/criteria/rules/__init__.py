"""How a component gets its points: one file a kind of rule, which says everything there is to know about that kind.

In: a rule as a criteria set writes it, and the facts of a unit. Out: points, and all that follows from the kind: the
facts it asks for, their cells in the forms, its sentence, its formula, its faults, the next step, the repair. Nothing
outside this folder knows a kind by name. Open base.py first: it lists what a kind has to say; any_rule.py lists the
kinds. A new kind is one new file and its line there.
"""
