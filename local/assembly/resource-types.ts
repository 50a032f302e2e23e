import { z } from 'zod';
import { bucketPolicy, queuePolicy, role, rolePolicy } from './access-types.ts';
import { authorizer, httpApi, integration, route, stage } from './api-types.ts';
import { bucket, key, keyAlias, queue, table } from './data-types.ts';
import {
  eventBus,
  eventInvokeConfig,
  eventSourceMapping,
  fn,
  permission,
  rule,
  stateMachine,
  stateMachineAlias,
  stateMachineVersion,
} from './function-types.ts';
import { arn } from './home.ts';
import { userPool, userPoolClient } from './people-types.ts';
import { placeIndex, routeCalculator } from './place-types.ts';
import { byName, generatedName, type ResourceType } from './resource-type.ts';
import { secret } from './secret-types.ts';
import { alarm, topic } from './watch-types.ts';
import {
  bucketDeployment,
  deliveryArn,
  distribution,
  edgeFunction,
  responseHeadersPolicy,
  ssmParameter,
} from './web-types.ts';

/** A type that is there for those who operate it in AWS; whatever it says, nothing here changes by it. */
function withoutEffect(reason: string, more: Partial<ResourceType> = {}): ResourceType<z.ZodType<object>> {
  return {
    noOp: reason,
    properties: z.looseObject({}),
    defaultName: generatedName(128),
    ref: byName,
    attributes: {},
    ...more,
  } as ResourceType<z.ZodType<object>>;
}

/** Every resource type a template may have here; any other stops the embedded cloud. */
export const resourceTypes = {
  'AWS::ApiGatewayV2::Api': httpApi,
  'AWS::ApiGatewayV2::Authorizer': authorizer,
  'AWS::ApiGatewayV2::Integration': integration,
  'AWS::ApiGatewayV2::Route': route,
  'AWS::ApiGatewayV2::Stage': stage,
  'AWS::CloudFront::Distribution': distribution,
  'AWS::CloudFront::Function': edgeFunction,
  'AWS::CloudFront::ResponseHeadersPolicy': responseHeadersPolicy,
  'AWS::CloudWatch::Alarm': alarm,
  'AWS::Cognito::UserPool': userPool,
  'AWS::Cognito::UserPoolClient': userPoolClient,
  'AWS::DynamoDB::Table': table,
  'AWS::Events::EventBus': eventBus,
  'AWS::Events::Rule': rule,
  'AWS::IAM::Policy': rolePolicy,
  'AWS::IAM::Role': role,
  'AWS::KMS::Alias': keyAlias,
  'AWS::KMS::Key': key,
  'AWS::Lambda::EventInvokeConfig': eventInvokeConfig,
  'AWS::Lambda::EventSourceMapping': eventSourceMapping,
  'AWS::Lambda::Function': fn,
  'AWS::Lambda::Permission': permission,
  'AWS::Location::PlaceIndex': placeIndex,
  'AWS::Location::RouteCalculator': routeCalculator,
  'AWS::S3::Bucket': bucket,
  'AWS::S3::BucketPolicy': bucketPolicy,
  'AWS::SQS::Queue': queue,
  'AWS::SQS::QueuePolicy': queuePolicy,
  'AWS::SSM::Parameter': ssmParameter,
  'AWS::SecretsManager::Secret': secret,
  'AWS::StepFunctions::StateMachine': stateMachine,
  'AWS::StepFunctions::StateMachineAlias': stateMachineAlias,
  'AWS::StepFunctions::StateMachineVersion': stateMachineVersion,
  'Custom::CDKBucketDeployment': bucketDeployment,
  'AWS::CDK::Metadata': withoutEffect('it reports the versions of constructs'),
  'AWS::CloudFront::OriginAccessControl': withoutEffect('the front port reads the built pages from the assembly', {
    attributes: { Id: byName },
  }),
  'AWS::CloudWatch::Dashboard': withoutEffect('there is no console here; the control port lists alarms', {
    nameProperty: 'DashboardName',
  }),
  'AWS::Cognito::ManagedLoginBranding': withoutEffect('the embedded issuer has a plain sign-in page of its own'),
  'AWS::Cognito::UserPoolDomain': withoutEffect('the sign-in page is on the public port'),
  'AWS::Logs::Delivery': withoutEffect('the API logs its requests; pages are files of this machine'),
  'AWS::Logs::DeliveryDestination': withoutEffect('the API logs its requests; pages are files of this machine', {
    nameProperty: 'Name',
    attributes: { Arn: deliveryArn('delivery-destination') },
  }),
  'AWS::Logs::DeliverySource': withoutEffect('the API logs its requests; pages are files of this machine', {
    nameProperty: 'Name',
  }),
  'AWS::Logs::LogGroup': withoutEffect('lines go to logs/ of the data folder, whose files are kept small', {
    nameProperty: 'LogGroupName',
    attributes: { Arn: ({ name }) => `${arn('logs', `log-group:${name}`)}:*` },
  }),
  'AWS::Logs::QueryDefinition': withoutEffect('logs are plain files here'),
  'AWS::SNS::Subscription': withoutEffect('nobody is written to'),
  'AWS::SNS::Topic': topic,
  'AWS::SNS::TopicPolicy': withoutEffect('nobody is written to'),
} as const satisfies Record<string, ResourceType>;

export type ResourceTypeName = keyof typeof resourceTypes;
export type PropertiesOf<Type extends ResourceTypeName> = z.infer<(typeof resourceTypes)[Type]['properties']>;
