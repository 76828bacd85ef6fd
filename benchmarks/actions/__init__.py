"""What is done over and over, one action a file: ours, and what it is compared with.

Each file runs in a process of its own, which timed_loop.py is the beginning of, and imports nothing of the others.
"""
