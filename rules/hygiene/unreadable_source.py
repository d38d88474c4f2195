"""A file that the reviewer cannot read.

Syntax of Python 2, a template that is no valid YAML, bytes in another encoding than the declared one, a file beyond the
reviewer's limits, or one that it has no permission to open: what it holds was not reviewed. The review of the other
files goes on.

## Bad
    def handler(event, context):
        print "hello"  # finding

## Good
    def handler(event, context):
        print("hello")

## References
- https://docs.python.org/3/reference/lexical_analysis.html#encoding-declarations
- https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html
"""

from reviewer.finding import Severity
from reviewer.rule import Reports, rule
from reviewer.subjects import Unread


@rule(
    Severity.WARNING,
    suggest="Valid syntax, in UTF-8 or in the encoding that the file declares, brings it into the review.",
)
def unreadable_source(unread: Unread) -> Reports:
    yield unread.at, unread.message
