"""The reviewer's own marks, and what it cannot read."""
