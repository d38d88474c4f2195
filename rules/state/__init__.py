"""What lives on between invocations."""
