"""A queue that shows a message again while the function may still work on it.

A message that a function has received is hidden for the queue's visibility timeout, 30 seconds unless set. Lambda
refuses an event source mapping where that is less than the function's timeout. AWS advises six times the function's
timeout: after a throttled attempt, time is left for others. With less, a slow batch can be delivered twice.

An error is a visibility timeout below the function's own; a note is one below six times that.

## Bad
    # template.yaml
    Resources:
      Orders:
        Type: AWS::SQS::Queue
        Properties:
          VisibilityTimeout: 45  # finding
      Pack:
        Type: AWS::Serverless::Function
        Properties:
          InlineCode: |
            def handler(event, context):
                print(len(event["Records"]))
          Handler: index.handler
          Runtime: python3.13
          Timeout: 60
          Events:
            Order: {Type: SQS, Properties: {Queue: !GetAtt Orders.Arn}}

## Good
    # template.yaml
    Resources:
      Orders:
        Type: AWS::SQS::Queue
        Properties:
          VisibilityTimeout: 360
      Pack:
        Type: AWS::Serverless::Function
        Properties:
          InlineCode: |
            def handler(event, context):
                print(len(event["Records"]))
          Handler: index.handler
          Runtime: python3.13
          Timeout: 60
          Events:
            Order: {Type: SQS, Properties: {Queue: !GetAtt Orders.Arn}}

## References
- https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
"""

from reviewer.finding import Severity
from reviewer.rule import Note, Report, Reports, offered, rule
from reviewer.subjects import Template


@rule(
    Severity.ERROR,
    suggest="A visibility timeout of six times the function's timeout leaves time for a throttled attempt.",
)
def visibility_below_timeout(template: Template) -> Reports:
    for short in template.short_visibilities:
        function, timeout = short.function, f"{short.timeout:g} s"
        hidden = f"The queue `{short.queue}` hides a message for {short.seconds:g} s"
        if short.is_refused:
            message = f"{hidden}, less than the {timeout} that `{function.id.name}` may take"
        else:
            message = f"{hidden}, less than six times the {timeout} of `{function.id.name}`"
        at = function.timeout.at if function.timeout else function.at
        yield Report(
            short.at,
            message,
            related=(Note(at, f"`{function.id.name}` may take {timeout}"),),
            severity=None if short.is_refused else Severity.NOTE,
            fixes=offered(f"Writing {short.advised:g} s hides a message for long enough", template.lengthened(short)),
        )
