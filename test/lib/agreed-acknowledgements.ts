const everyFunction = [
  'dispatch/Dispatch',
  'lifecycle/Lifecycle',
  'lifecycle/Resumer',
  'lifecycle/Relay',
  'lifecycle/Sweeper',
  'api/Ordering',
  'api/Readiness',
  'api/Drivers',
  'api/Tracking',
  'api/Operations',
  'api/Directory',
  'api/Authorizer',
];

/** Rules of cdk-nag we break on purpose, and where; the reasons stand in the stacks. A new one has to be agreed here. */
export const agreedAcknowledgements: Record<string, string[]> = {
  'AwsSolutions-APIG4': ['api/Api/GET--v1--track--{token}', 'api/Api/GET--openapi.json'],
  'AwsSolutions-IAM5[Resource::*]': ['lifecycle/OrderLifecycleMachineRole'],
  'AwsSolutions-IAM5[Resource::mallway-dev-data-proofs/proofs/*]': ['api/DriversRole', 'api/TrackingRole'],
  'AwsSolutions-IAM5[Resource::<Ticks.Arn>/*]': ['dispatch/DispatchRole'],
  'AwsSolutions-S1': ['data/Proofs', 'dispatch/Ticks'],
  'AwsSolutions-SF2': ['lifecycle/OrderLifecycleMachine'],
  'AwsSolutions-SQS3': ['lifecycle/StreamFailures'],
  'Serverless-EventBusDLQ': ['lifecycle/EveryMinute'],
  'Serverless-LambdaDLQ': everyFunction,
  'Serverless-LambdaEventSourceMappingDestination': [
    'dispatch/DispatchReadsDispatchQueue',
    'dispatch/DispatchReadsOfferExpiryQueue',
  ],
  'Serverless-LambdaTracing': everyFunction,
  'Serverless-SQSRedrivePolicy': [
    'dispatch/DispatchQueueFailures',
    'dispatch/OfferExpiryQueueFailures',
    'lifecycle/StreamFailures',
  ],
  'Serverless-StepFunctionStateMachineXray': ['lifecycle/OrderLifecycleMachine'],
};
