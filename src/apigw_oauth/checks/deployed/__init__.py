"""What is deployed, compared with the project: read from the control planes of AWS; nothing is changed."""
