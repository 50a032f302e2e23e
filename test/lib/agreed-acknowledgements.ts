const everyFunction = [
  'dispatch/Dispatch',
  'lifecycle/Lifecycle',
  'lifecycle/Resumer',
  'lifecycle/Relay',
  'lifecycle/Sweeper',
  'lifecycle/Reconciler',
  'api/Ordering',
  'api/Readiness',
  'api/Drivers',
  'api/Tracking',
  'api/Operations',
  'api/Directory',
  'api/People',
  'api/Authorizer',
];

/** CDK's function that uploads the pages while the stack is deployed. */
const upload = ['pages/Custom::CDKBucketDeployment8693BB64968944B69AAFB0CC9EB8756C512MiB'];

/** Rules of cdk-nag we break on purpose, and where; the reasons stand in the stacks. A new one has to be agreed here. */
export const agreedAcknowledgements: Record<string, string[]> = {
  'AwsSolutions-APIG4': ['api/GET--v1--track--{token}', 'api/POST--v1--devices', 'api/GET--openapi.json'],
  'AwsSolutions-CFR1': ['web/Distribution'],
  'AwsSolutions-CFR2': ['web/Distribution'],
  'AwsSolutions-CFR3': ['web/Distribution'],
  'AwsSolutions-CFR4': ['web/Distribution'],
  'AwsSolutions-COG2': ['people/Staff'],
  'AwsSolutions-COG3': ['people/Operations', 'people/Staff'],
  'AwsSolutions-COG8': ['people/Operations', 'people/Staff'],
  'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]': upload,
  'AwsSolutions-IAM5[Action::s3:Abort*]': upload,
  'AwsSolutions-IAM5[Action::s3:DeleteObject*]': upload,
  'AwsSolutions-IAM5[Action::s3:GetBucket*]': upload,
  'AwsSolutions-IAM5[Action::s3:GetObject*]': upload,
  'AwsSolutions-IAM5[Action::s3:List*]': upload,
  'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::cdk-hnb659fds-assets-<AWS::AccountId>-<AWS::Region>/*]':
    upload,
  'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::mallway-dev-pages-<AWS::AccountId>-<AWS::Region>/*]': upload,
  'AwsSolutions-L1': upload,
  'CloudFormation-Validate::F3014': ['web/Distribution'],
  'Serverless-LambdaLatestVersion': upload,
  'AwsSolutions-IAM5[Resource::*]': ['lifecycle/OrderLifecycleMachineRole'],
  'AwsSolutions-IAM5[Resource::mallway-dev-data-proofs/proofs/*]': [
    'lifecycle/ReconcilerRole',
    'api/DriversRole',
    'api/TrackingRole',
    'api/OperationsRole',
  ],
  'AwsSolutions-IAM5[Resource::<Ticks.Arn>/*]': ['dispatch/DispatchRole'],
  'AwsSolutions-S1': ['web/Pages', 'data/Proofs', 'dispatch/Ticks'],
  'AwsSolutions-SF2': ['lifecycle/OrderLifecycleMachine'],
  'AwsSolutions-SMG4': ['web/OriginKey1'],
  'AwsSolutions-SQS3': ['lifecycle/StreamFailures'],
  'Serverless-EventBusDLQ': ['lifecycle/EveryMinute', 'lifecycle/EveryHour'],
  'Serverless-LambdaDLQ': [...everyFunction, ...upload],
  'Serverless-LambdaEventSourceMappingDestination': [
    'dispatch/DispatchReadsDispatchQueue',
    'dispatch/DispatchReadsOfferExpiryQueue',
  ],
  'Serverless-LambdaTracing': [...everyFunction, ...upload],
  'Serverless-SQSRedrivePolicy': [
    'dispatch/DispatchQueueFailures',
    'dispatch/OfferExpiryQueueFailures',
    'lifecycle/StreamFailures',
  ],
  'Serverless-StepFunctionStateMachineXray': ['lifecycle/OrderLifecycleMachine'],
};
