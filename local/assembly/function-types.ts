import { z } from 'zod';
import { filterPattern } from '../dynamodb/record-filter.ts';
import { arnOf, byName, generatedId, generatedName, generatedUuid, type Identity, noOp } from './resource-type.ts';
import { tags, text, whole } from './shapes.ts';

/* What runs: functions, what invokes them, state machines. */

export const fn = {
  properties: z.strictObject({
    FunctionName: text.optional(),
    Code: z.strictObject({ S3Bucket: text, S3Key: text }),
    Handler: text,
    Runtime: text,
    Role: text,
    Timeout: whole.optional(),
    MemorySize: whole.optional(),
    Environment: z.strictObject({ Variables: z.record(text, z.coerce.string()) }).optional(),
    Description: text.optional(),
    Architectures: noOp('a bundle of JavaScript runs on every processor'),
    LoggingConfig: noOp('lines go to logs/<function>.log of the data folder'),
    TracingConfig: noOp('there is no X-Ray here'),
    Tags: tags,
  }),
  nameProperty: 'FunctionName',
  defaultName: generatedName(64),
  ref: byName,
  attributes: { Arn: arnOf('lambda', 'function:') },
};

export const eventInvokeConfig = {
  properties: z.strictObject({
    FunctionName: text,
    Qualifier: z.literal('$LATEST'),
    MaximumRetryAttempts: whole.min(0).max(2).optional(),
    MaximumEventAgeInSeconds: whole.min(60).max(21_600).optional(),
    DestinationConfig: z.strictObject({ OnFailure: z.strictObject({ Destination: text }) }).optional(),
  }),
  defaultName: generatedUuid,
  ref: byName,
  attributes: {},
};

export const eventSourceMapping = {
  properties: z.strictObject({
    EventSourceArn: text,
    FunctionName: text,
    Enabled: z.boolean().optional(),
    BatchSize: whole.min(1).max(10_000).optional(),
    StartingPosition: z.enum(['TRIM_HORIZON', 'LATEST']).optional(),
    FunctionResponseTypes: z.array(z.literal('ReportBatchItemFailures')).optional(),
    BisectBatchOnFunctionError: z.boolean().optional(),
    MaximumRetryAttempts: whole.min(-1).max(10_000).optional(),
    MaximumRecordAgeInSeconds: whole.min(-1).max(604_800).optional(),
    DestinationConfig: z.strictObject({ OnFailure: z.strictObject({ Destination: text }) }).optional(),
    FilterCriteria: z.strictObject({ Filters: z.array(z.strictObject({ Pattern: filterPattern })).max(10) }).optional(),
    ScalingConfig: z.strictObject({ MaximumConcurrency: whole.min(2).max(1000) }).optional(),
    Tags: tags,
  }),
  defaultName: generatedUuid,
  ref: byName,
  attributes: { Id: byName },
};

export const eventBus = {
  properties: z.strictObject({ Name: text, Description: text.optional(), Tags: tags }),
  nameProperty: 'Name',
  defaultName: generatedName(256),
  ref: byName,
  attributes: { Name: byName, Arn: arnOf('events', 'event-bus/') },
};

/** Schedules only: rules on the bus of orders are in stacks of the operator's own. */
export const rule = {
  properties: z.strictObject({
    Name: text.optional(),
    Description: text.optional(),
    ScheduleExpression: text,
    State: z.enum(['ENABLED', 'DISABLED']).optional(),
    Targets: z
      .array(
        z.strictObject({
          Arn: text,
          Id: text,
          Input: text.optional(),
          RetryPolicy: z
            .strictObject({ MaximumEventAgeInSeconds: whole.optional(), MaximumRetryAttempts: whole.optional() })
            .optional(),
        }),
      )
      .optional(),
    Tags: tags,
  }),
  nameProperty: 'Name',
  defaultName: generatedName(64),
  ref: byName,
  attributes: { Arn: arnOf('events', 'rule/') },
};

export const stateMachine = {
  properties: z.strictObject({
    StateMachineName: text.optional(),
    DefinitionString: text,
    RoleArn: text,
    StateMachineType: z.literal('STANDARD').optional(),
    /** The history is kept and shown whole; how much of it AWS would log is metered. */
    LoggingConfiguration: z
      .strictObject({
        Level: z.enum(['ALL', 'ERROR', 'FATAL', 'OFF']).optional(),
        IncludeExecutionData: z.boolean().optional(),
        Destinations: z.array(z.unknown()).optional(),
      })
      .optional(),
    TracingConfiguration: noOp('there is no X-Ray here'),
    Tags: tags,
  }),
  nameProperty: 'StateMachineName',
  defaultName: generatedName(80),
  ref: arnOf('states', 'stateMachine:'),
  attributes: {
    Arn: arnOf('states', 'stateMachine:'),
    Name: byName,
    // Only a version asks for it, and a version here is of the machine as the template has it.
    StateMachineRevisionId: () => 'template',
  },
};

export const stateMachineVersion = {
  properties: z.strictObject({
    StateMachineArn: text,
    StateMachineRevisionId: text.optional(),
    Description: text.optional(),
  }),
  defaultName: (_: string, logicalId: string) => logicalId,
  // Its number is known once it is published; until then its logical id stands for it.
  ref: (identity: Identity) => `${identity.properties().StateMachineArn}:${identity.name}`,
  attributes: { Arn: (identity: Identity) => `${identity.properties().StateMachineArn}:${identity.name}` },
};

const routing = z.array(z.strictObject({ StateMachineVersionArn: text, Weight: whole }));

function aliasArn(identity: Identity): string {
  const [first] = routing.parse(identity.properties().RoutingConfiguration);
  return `${first?.StateMachineVersionArn.split(':').slice(0, -1).join(':')}:${identity.name}`;
}

export const stateMachineAlias = {
  properties: z.strictObject({ Name: text, RoutingConfiguration: routing, Description: text.optional() }),
  nameProperty: 'Name',
  defaultName: (_: string, logicalId: string) => logicalId,
  ref: aliasArn,
  attributes: { Arn: aliasArn },
};

export const permission = {
  properties: z.strictObject({
    Action: text,
    FunctionName: text,
    Principal: text,
    SourceArn: text.optional(),
    SourceAccount: text.optional(),
  }),
  defaultName: generatedId(12),
  ref: byName,
  attributes: {},
};
