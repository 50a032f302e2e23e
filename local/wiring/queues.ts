import type { Deployment } from '../assembly/deployment.ts';
import type { QueueDefinition } from '../sqs/queue.ts';

/** AWS defaults: AWS::SQS::Queue. */
const defaults = { visibilityTimeoutSeconds: 30, retentionSeconds: 345_600, maximumMessageBytes: 1_048_576 };

/** The queues of the template. */
export function queuesOf(deployment: Deployment): QueueDefinition[] {
  return deployment.ofType('AWS::SQS::Queue').map((resource) => {
    const { name, properties } = resource;
    const { RedrivePolicy } = properties;
    return {
      name,
      arn: deployment.attribute(resource, 'Arn'),
      isFifo: properties.FifoQueue ?? false,
      usesContentBasedDeduplication: properties.ContentBasedDeduplication ?? false,
      deduplicatesByGroup: properties.DeduplicationScope === 'messageGroup',
      delaySeconds: properties.DelaySeconds ?? 0,
      visibilityTimeoutSeconds: properties.VisibilityTimeout ?? defaults.visibilityTimeoutSeconds,
      retentionSeconds: properties.MessageRetentionPeriod ?? defaults.retentionSeconds,
      receiveWaitSeconds: properties.ReceiveMessageWaitTimeSeconds ?? 0,
      maximumMessageBytes: properties.MaximumMessageSize ?? defaults.maximumMessageBytes,
      ...(RedrivePolicy && {
        redrive: {
          deadLetterQueueName: queueNameOf(RedrivePolicy.deadLetterTargetArn),
          maxReceiveCount: RedrivePolicy.maxReceiveCount,
        },
      }),
    };
  });
}

/** `arn:aws:sqs:<region>:<account>:<name>`. */
export function queueNameOf(arn: string): string {
  return arn.split(':').at(-1) ?? arn;
}
