"""A deployment ZIP as Lambda runs it: a process of its own, with Lambda's runtime client, and the Runtime API."""
