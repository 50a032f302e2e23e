import { ofType } from './assembly-under-check.ts';
import { bytes, type Limit, summed } from './limit.ts';

interface Function {
  Code: { S3Key?: string };
  MemorySize: number;
  Timeout: number;
  Description: string;
  Environment: { Variables?: Record<string, string> };
  Layers: string[];
  ReservedConcurrentExecutions: number;
}

interface Mapping {
  EventSourceArn: string;
  FunctionName: string;
  BatchSize: number;
  MaximumBatchingWindowInSeconds: number;
}

interface Queue {
  FifoQueue: boolean;
  VisibilityTimeout: number;
}

const quotas = 'Lambda Developer Guide, "Lambda quotas"';
const queues = 'Lambda Developer Guide, "Using Lambda with Amazon SQS"';
const type = 'AWS::Lambda::Function';
const mappingType = 'AWS::Lambda::EventSourceMapping';

export const functionLimits: Limit[] = [
  each(
    'bytes of unzipped code',
    262_144_000,
    'Bundle less: bundle/meta.json tells what the code is made of.',
    (p, a) => a.get(p.Code?.S3Key ?? '')?.unzippedBytes,
  ),
  each(
    'bytes of zipped code',
    52_428_800,
    'Bundle less: bundle/meta.json tells what the code is made of. Larger code also starts slower.',
    (p, a) => a.get(p.Code?.S3Key ?? '')?.zippedBytes,
  ),
  each("bytes of a function's environment", 4_096, 'Keep long values in a parameter or a table.', (p) =>
    bytes(p.Environment?.Variables ?? {}),
  ),
  each(
    'megabytes of memory on a new account',
    3_008,
    'Take 3,008 or less, or ask AWS for more before deploying.',
    (p) => p.MemorySize ?? 128,
  ),
  each('seconds of timeout', 900, 'Split the work, or let the workflow wait.', (p) => p.Timeout ?? 3),
  each('layers', 5, 'Bundle what the layers hold.', (p) => p.Layers?.length ?? 0),
  each("characters of a function's description", 256, 'Shorten the description.', (p) => p.Description?.length ?? 0),
  each(
    'reserved concurrency',
    0,
    'Take it away: a new account has 10 in all and must keep them unreserved, so the deployment would fail.',
    (p) => p.ReservedConcurrentExecutions ?? 0,
  ),
  {
    name: 'provisioned concurrency',
    allowed: 0,
    source: quotas,
    mend: 'Take it away: it fails on a new account, and costs while nothing runs.',
    measure: (assembly) =>
      ['AWS::Lambda::Alias', 'AWS::Lambda::Version'].flatMap((kind) =>
        ofType<{ ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions?: number } }>(assembly, kind).map(
          ({ where, properties }) => ({
            where,
            value: properties.ProvisionedConcurrencyConfig?.ProvisionedConcurrentExecutions ?? 0,
          }),
        ),
      ),
  },
  {
    name: 'functions that read a stream',
    allowed: 2,
    source: 'DynamoDB Developer Guide, "Change data capture": two readers of a shard at most',
    mend: 'Let one of the functions do the work of two, or read from a queue that one of them writes to.',
    measure: (assembly) =>
      summed(
        ofType<Mapping>(assembly, mappingType)
          .filter(({ properties }) => /StreamArn|\/stream\//.test(properties.EventSourceArn ?? ''))
          .map(({ properties }) => ({ where: properties.EventSourceArn!, value: 1 })),
      ).map(({ where, value }) => {
        const readers = ofType<Mapping>(assembly, mappingType).filter(
          ({ properties }) => properties.EventSourceArn === where,
        );
        return { where: readers.map((reader) => reader.where).join(', '), value };
      }),
  },
  {
    name: 'messages of a FIFO queue in a batch',
    allowed: 10,
    source: queues,
    mend: 'Set BatchSize to 10 or less: FIFO queues have no larger batches.',
    measure: (assembly) =>
      queueReaders(assembly)
        .filter(({ queue }) => queue.properties.FifoQueue)
        .map(({ where, properties }) => ({ where, value: properties.BatchSize ?? 10 })),
  },
  {
    name: 'seconds that a queue hides messages too short',
    allowed: 0,
    source: `${queues}: a shorter visibility timeout than the function's timeout is refused`,
    mend: "Set VisibilityTimeout of the queue to six times the function's timeout.",
    measure: (assembly) =>
      queueReaders(assembly).map(({ queue, properties }) => {
        const reader = ofType<Function>(assembly, type).find(({ name }) => properties.FunctionName?.endsWith(name));
        const short = (reader?.properties.Timeout ?? 3) - (queue.properties.VisibilityTimeout ?? 30);
        return { where: queue.where, value: Math.max(0, short) };
      }),
  },
];

function each(
  name: string,
  allowed: number,
  mend: string,
  value: (properties: Partial<Function>, bundles: Parameters<Limit['measure']>[0]['bundles']) => number | undefined,
): Limit {
  return {
    name,
    allowed,
    source: quotas,
    mend,
    measure: (assembly) =>
      ofType<Function>(assembly, type).flatMap(({ where, properties }) => {
        const measured = value(properties, assembly.bundles);
        return measured === undefined ? [] : [{ where, value: measured }];
      }),
  };
}

function queueReaders(assembly: Parameters<Limit['measure']>[0]) {
  return ofType<Mapping>(assembly, mappingType).flatMap((mapping) => {
    const queue = ofType<Queue>(assembly, 'AWS::SQS::Queue').find(({ name }) =>
      mapping.properties.EventSourceArn?.endsWith(name),
    );
    return queue ? [{ ...mapping, queue }] : [];
  });
}
