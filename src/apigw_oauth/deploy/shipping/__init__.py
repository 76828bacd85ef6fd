"""The CloudFormation stack: what is there, what would change, and how it is changed."""
