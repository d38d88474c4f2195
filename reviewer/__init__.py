"""A static reviewer for AWS Lambda handlers written in Python, read together with their deployment."""
