"""A file that the reviewer cannot read.

Syntax of Python 2, bytes in another encoding than the declared one, or a file beyond the reviewer's limits: what it
holds was not reviewed. The review of the other files goes on.

## Bad
    def handler(event, context):
        print "hello"  # finding

## Good
    def handler(event, context):
        print("hello")

## References
- https://docs.python.org/3/reference/lexical_analysis.html#encoding-declarations
"""

from reviewer.finding import Severity
from reviewer.rule import Reports, rule
from reviewer.subjects import Unread


@rule(
    Severity.WARNING,
    suggest="Valid Python 3 in UTF-8, or in the encoding that it declares, brings it into the review.",
)
def unreadable_source(unread: Unread) -> Reports:
    yield unread.at, f"This file cannot be read: {unread.reason}"
