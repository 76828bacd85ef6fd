"""What people use instead, one Lambda function a file, and the limit. `requirements/` says what they are made of.

Each file is copied into a function's directory, as lambda_function.py, and runs there: it imports nothing of ours.
"""
