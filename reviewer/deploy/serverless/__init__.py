"""The Serverless Framework: a service's configuration, as the CloudFormation template that it stands for."""
