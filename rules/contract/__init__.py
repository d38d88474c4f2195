"""What the Lambda runtime requires of a handler."""
