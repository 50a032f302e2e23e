import { z } from 'zod';
import { statistics } from '../cloudwatch/metrics.ts';
import { arnOf, generatedName, type Identity, noOp } from './resource-type.ts';
import { tags, text, whole } from './shapes.ts';

/* What watches: alarms, and whom they tell. */

/** On one metric, with one of its plain statistics; no metric math, no percentiles, no anomaly detection. */
export const alarm = {
  properties: z.strictObject({
    AlarmName: text.optional(),
    AlarmDescription: text,
    Namespace: text,
    MetricName: text,
    Dimensions: z.array(z.strictObject({ Name: text, Value: text })).optional(),
    Statistic: z.enum(statistics),
    /** Whole minutes: nothing finer is kept. */
    Period: whole.multipleOf(60),
    EvaluationPeriods: whole.min(1),
    DatapointsToAlarm: whole.min(1).optional(),
    Threshold: z.coerce.number(),
    ComparisonOperator: z.enum([
      'GreaterThanThreshold',
      'GreaterThanOrEqualToThreshold',
      'LessThanThreshold',
      'LessThanOrEqualToThreshold',
    ]),
    TreatMissingData: z.enum(['breaching', 'notBreaching']),
    ActionsEnabled: noOp('nobody is written to; the control port and the log tell'),
    AlarmActions: noOp('nobody is written to; the control port and the log tell'),
    OKActions: noOp('nobody is written to; the control port and the log tell'),
    Tags: tags,
  }),
  nameProperty: 'AlarmName',
  defaultName: generatedName(255),
  ref: ({ name }: Identity) => name,
  attributes: { Arn: arnOf('cloudwatch', 'alarm:') },
};

const unsent = 'nobody is written to; the control port and the log tell of alarms';

export const topic = {
  noOp: unsent,
  properties: z.looseObject({ TopicName: text.optional() }),
  nameProperty: 'TopicName',
  defaultName: generatedName(256),
  ref: arnOf('sns'),
  attributes: { TopicArn: arnOf('sns'), TopicName: ({ name }: Identity) => name },
};
