"""What is followed between the yearly rounds: measures, periods, plan tasks, commitments, targets, indices, registers.

Open measures.py first.
"""
