import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { Deployment, Resource } from '../assembly/deployment.ts';
import type { Clock } from '../clock.ts';
import { recordFilter } from '../dynamodb/record-filter.ts';
import { StreamMapping } from '../dynamodb/stream-mapping.ts';
import type { TableStream } from '../dynamodb/table-stream.ts';
import type { StreamFaults } from '../faults/faults.ts';
import { functionNameOf } from '../lambda/registration.ts';
import type { FunctionInvoker, Meter } from '../services.ts';
import { QueueMapping } from '../sqs/queue-mapping.ts';
import type { QueueStore } from '../sqs/queue-store.ts';
import { queueNameOf } from './queues.ts';

export interface EventSourceOptions {
  deployment: Deployment;
  database: DatabaseSync;
  clock: Clock;
  meter: Meter;
  invoker: FunctionInvoker;
  queues: QueueStore;
  streams: TableStream[];
  streamFaults: StreamFaults;
  wallNow: () => number;
  onIteratorAge: (functionName: string, ageMs: number) => void;
  sendTo: (destinationArn: string, message: object) => void;
  log: (line: string) => void;
}

/** A laptop has room for two batches of a queue at a time; AWS begins with five. */
const queueConcurrency = 2;
/** AWS defaults: AWS::Lambda::EventSourceMapping. */
const defaultBatchSize = { queue: 10, stream: 100 };

/** Starts every mapping of the template from a queue or a stream to a function. */
export async function startEventSources(options: EventSourceOptions): Promise<(QueueMapping | StreamMapping)[]> {
  const mappings: (QueueMapping | StreamMapping)[] = [];
  for (const resource of options.deployment.ofType('AWS::Lambda::EventSourceMapping')) {
    if (resource.properties.Enabled === false) continue;
    const mapping = mappingOf(resource, options);
    await mapping.start();
    mappings.push(mapping);
  }
  return mappings;
}

function mappingOf(
  { stack, logicalId, properties, name: id }: Resource<'AWS::Lambda::EventSourceMapping'>,
  options: EventSourceOptions,
): QueueMapping | StreamMapping {
  const { deployment, queues, streams, sendTo } = options;
  const { EventSourceArn, BatchSize } = properties;
  const functionName = functionNameOf(properties.FunctionName);
  const target = deployment.ofType('AWS::Lambda::Function').find(({ name }) => name === functionName);
  if (!target) throw new Error(`${stack}/${logicalId}: there is no function ${functionName}.`);
  const reportsItemFailures = properties.FunctionResponseTypes?.includes('ReportBatchItemFailures') ?? false;
  const queue = queues.find(queueNameOf(EventSourceArn));
  const patterns = properties.FilterCriteria?.Filters.map(({ Pattern }) => Pattern) ?? [];
  if (queue && queue.arn === EventSourceArn) {
    if (patterns.length > 0) throw new Error(`${stack}/${logicalId}: filters of a queue's messages are not emulated.`);
    const definition = {
      functionName,
      batchSize: BatchSize ?? defaultBatchSize.queue,
      reportsItemFailures,
      maximumConcurrency: Math.min(properties.ScalingConfig?.MaximumConcurrency ?? queueConcurrency, queueConcurrency),
    };
    return new QueueMapping({ ...options, definition, queue, store: queues });
  }
  const stream = streams.find(({ streamArn }) => streamArn === EventSourceArn);
  if (!stream) {
    throw new Error(`${stack}/${logicalId}: ${EventSourceArn} is no queue and no stream of a table in the template.`);
  }
  const destination = properties.DestinationConfig?.OnFailure.Destination;
  return new StreamMapping({
    ...options,
    stream,
    faults: options.streamFaults,
    definition: {
      id,
      functionName,
      functionArn: deployment.attribute(target, 'Arn'),
      startingPosition: properties.StartingPosition ?? 'TRIM_HORIZON',
      batchSize: BatchSize ?? defaultBatchSize.stream,
      takes: recordFilter(patterns),
      bisectsOnError: properties.BisectBatchOnFunctionError ?? false,
      reportsItemFailures,
      maximumRetryAttempts: properties.MaximumRetryAttempts ?? -1,
      maximumRecordAgeSeconds: properties.MaximumRecordAgeInSeconds ?? -1,
    },
    onFailure: destination ? (description) => sendTo(destination, description) : undefined,
    newId: randomUUID,
  });
}
