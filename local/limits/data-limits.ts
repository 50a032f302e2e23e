import { ofType } from './assembly-under-check.ts';
import type { Limit } from './limit.ts';

const sqsQuotas = 'SQS Developer Guide, "Amazon SQS message quotas"';

export const dataLimits: Limit[] = [
  property('AWS::DynamoDB::Table', 'global secondary indexes of a table', 20, {
    value: ({ GlobalSecondaryIndexes = [] }: { GlobalSecondaryIndexes?: object[] }) => GlobalSecondaryIndexes.length,
    source: 'DynamoDB Developer Guide, "Quotas in Amazon DynamoDB": 20 by default',
    mend: 'Let kinds of items share an index by the prefix of its key.',
  }),
  property('AWS::DynamoDB::Table', 'local secondary indexes of a table', 5, {
    value: ({ LocalSecondaryIndexes = [] }: { LocalSecondaryIndexes?: object[] }) => LocalSecondaryIndexes.length,
    source: 'DynamoDB Developer Guide, "Quotas in Amazon DynamoDB"',
    mend: 'Use a global index.',
  }),
  property('AWS::SQS::Queue', 'seconds that a queue delays', 900, {
    value: ({ DelaySeconds = 0 }: { DelaySeconds?: number }) => DelaySeconds,
    source: sqsQuotas,
    mend: 'Let the message come back with a new delay, or use a deadline of the workflow.',
  }),
  property('AWS::SQS::Queue', 'seconds that a queue keeps a message', 1_209_600, {
    value: ({ MessageRetentionPeriod = 345_600 }: { MessageRetentionPeriod?: number }) => MessageRetentionPeriod,
    source: sqsQuotas,
    mend: 'Keep it for 14 days or less.',
  }),
  property('AWS::SQS::Queue', 'seconds that a queue hides a message', 43_200, {
    value: ({ VisibilityTimeout = 30 }: { VisibilityTimeout?: number }) => VisibilityTimeout,
    source: sqsQuotas,
    mend: 'Hide it for 12 hours or less.',
  }),
  property('AWS::Events::Rule', 'targets of a rule', 5, {
    value: ({ Targets = [] }: { Targets?: object[] }) => Targets.length,
    source: 'EventBridge User Guide, "Amazon EventBridge quotas"',
    mend: 'Add a second rule with the same pattern.',
  }),
  {
    name: 'rules of an event bus',
    allowed: 100,
    source: 'EventBridge User Guide, "Amazon EventBridge quotas": 300 in most regions, 100 in some',
    mend: 'Let one function handle what several rules sent it, or ask AWS for more.',
    measure: (assembly) => {
      const rules = ofType(assembly, 'AWS::Events::Rule');
      return rules.length === 0 ? [] : [{ where: rules.at(-1)!.where, value: rules.length }];
    },
  },
  named('AWS::IAM::Role', 'RoleName', 64),
  named('AWS::Lambda::Function', 'FunctionName', 64),
  named('AWS::SQS::Queue', 'QueueName', 80),
  named('AWS::S3::Bucket', 'BucketName', 63),
  named('AWS::StepFunctions::StateMachine', 'StateMachineName', 80),
  named('AWS::DynamoDB::Table', 'TableName', 255),
  named('AWS::Location::PlaceIndex', 'IndexName', 100),
  named('AWS::Location::RouteCalculator', 'CalculatorName', 100),
];

function property<Properties extends object>(
  type: string,
  name: string,
  allowed: number,
  { value, source, mend }: { value: (properties: Properties) => number; source: string; mend: string },
): Limit {
  return {
    name,
    allowed,
    source,
    mend,
    measure: (assembly) =>
      ofType<Properties>(assembly, type).map(({ where, properties }) => ({
        where,
        value: value(properties as Properties),
      })),
  };
}

/** Names that the template gives; those that CloudFormation makes fit by themselves. */
function named(type: string, nameProperty: string, allowed: number): Limit {
  return {
    name: `characters of ${nameProperty}`,
    allowed,
    source: `CloudFormation Template Reference, ${type}`,
    mend: 'Shorten the name, or let CloudFormation make one.',
    measure: (assembly) =>
      ofType<Record<string, string>>(assembly, type)
        .filter(({ properties }) => properties[nameProperty])
        .map(({ where, properties }) => ({ where, value: properties[nameProperty]!.length })),
  };
}
