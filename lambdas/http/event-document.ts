import * as z from 'zod/mini';
import { currentVersion, orderUpcasters } from '../domain/event-versions.ts';
import type { OrderEventType } from '../domain/events.ts';
import { orderEvents, orderSnapshot } from './event-schemas.ts';

/** One event as it lies on the bus; the document shows it, and a test holds it against the schema. */
export const exampleEvent = {
  id: 'ord_01m8sc6x80yb014nmnqq2a48s4:6',
  orderId: 'ord_01m8sc6x80yb014nmnqq2a48s4',
  mallId: 'chandler-fashion-center',
  channelId: 'marketplace',
  externalId: 'A-1047',
  sequence: 6,
  type: 'pickup.ready',
  version: 1,
  occurredAt: '2026-12-01T18:10:00.000Z',
  recordedAt: '2026-12-01T18:10:00.000Z',
  data: { storeId: 'chandler.saguaro-books', parcels: 1, missingLines: 0 },
  snapshot: {
    status: 'created',
    partial: false,
    pickups: [{ storeId: 'chandler.saguaro-books', status: 'ready', readyAt: '2026-12-01T18:10:00.000Z' }],
    parcels: [{ id: 'pcl_01m8scs9r0aa', storeId: 'chandler.saguaro-books', at: 'store', toReturn: false }],
  },
} as const;

/** docs/events.md: what a rule of the operator can match, from the schemas that every event is held against. */
export function eventDocument(): string {
  const rows = Object.entries(orderEvents).map(
    ([type, { says, data }]) => `| \`${type}\` | ${versionOf(type)} | ${says} | ${fieldsOf(data) || ' '} |`,
  );
  return `${beforeTypes}
| type | version | tells | data |
| --- | --- | --- | --- |
${rows.join('\n')}

\`snapshot\` is ${fieldsOf(orderSnapshot)}.
${afterTypes}`;
}

const versionOf = (type: string) => currentVersion(type as OrderEventType, orderUpcasters);

interface Json {
  type?: string;
  format?: string;
  const?: unknown;
  enum?: unknown[];
  items?: Json;
  properties?: Record<string, Json>;
  required?: string[];
}

function fieldsOf(schema: z.ZodMiniType): string {
  return membersOf(z.toJSONSchema(schema) as Json);
}

function membersOf({ properties = {}, required = [] }: Json): string {
  return Object.entries(properties)
    .map(([name, value]) => `\`${name}${required.includes(name) ? '' : '?'}\` ${wordsFor(value)}`)
    .join(', ');
}

function wordsFor(json: Json): string {
  if (json.const !== undefined) return `\`${JSON.stringify(json.const)}\``;
  if (json.enum) return json.enum.map((value) => `\`${value}\``).join(' or ');
  if (json.type === 'array')
    return `list of ${wordsFor(json.items!)}${json.items!.type === 'string' && !json.items!.enum ? 's' : ''}`;
  if (json.type === 'object') return `{${membersOf(json)}}`;
  if (json.type === 'string') return json.format === 'date-time' ? 'instant' : 'text';
  return json.type === 'integer' ? 'count' : json.type!;
}

const beforeTypes = `# Events for integrations of your own

<!-- Written by \`npm run openapi\` from lambdas/http/event-schemas.ts; do not edit it here. -->

Everything that happens to an order is put on an EventBridge bus of your account, \`mallway-<stage>-order-events\`. Rules,
targets and archives on it are yours: the stacks have none. The setting \`publishEvents\` of a stage (\`lib/settings.ts\`)
turns it off.

- **Each event at least once.** Drop what you have seen by \`id\`, which is the order and its \`sequence\`.
- **In no order.** \`sequence\` is gap-free from 1 within an order: keep the highest you acted on, and ignore what is below.
  Each event has the order's whole public state after it in \`snapshot\`, so that the newest is all you need.
- **Nothing personal.** No name, phone number, address, instruction or PIN is ever in an event. What your channel told us
  about the shopper, it finds by \`externalId\` or \`orderId\`.
- **Never in the way.** An event that the bus does not take is sent again, after one minute, then two, four and so on to an
  hour, until it is; orders go on meanwhile.
- **Cost**: 1 USD per million events of up to 64 KB. An order of three stores has some 20: 0.00002 USD. Delivery to targets
  in the same account is free; what targets cost is theirs.

## An event

\`source\` is \`mallway.orders\`, \`detail-type\` is the type, \`resources\` holds the order's id, and \`detail\` is:

\`\`\`json
${JSON.stringify(exampleEvent, null, 2)}
\`\`\`

\`occurredAt\` is when it happened by the clock of the device that saw it, \`recordedAt\` when we heard of it. New types,
members and values come without notice. When a member changes its meaning or goes, the \`version\` of its type grows: put
\`version\` into a rule that depends on one. An event from before such a change is told in today's version, by the API and by a
bus that gets it late; what an archive of yours replays is as it was.

## Types
`;

const afterTypes = `
## A new version of a type, for who changes Mallway

Events are kept as they were written, and read for as long as orders are. To change the data of a type:

1. In \`lambdas/http/event-schemas.ts\` say what it is from now on. An optional member, or a further value, needs no more than
   \`node test/corpus/record-schemas.ts\`, which refuses anything else under the version it has.
2. In \`lambdas/domain/event-versions.ts\` add the step that reads the version before. The number of steps is the version: there
   is none without the other. A step stays.
3. Write it: rules emit today's version. Record it: \`node test/corpus/record-schemas.ts\`, then
   \`RECORD_EVENTS=test/corpus/order-events.jsonl npx vitest run test/domain --maxWorkers=1\`, then \`npm run openapi\`.

Tests hold every event ever recorded against today's schemas, through these steps. An event of a version that a deployment does
not know, as after going back to an earlier release, is not guessed at: what is told of its order waits until the release that
wrote it is deployed again ([deploy.md](deploy.md), 9), and of no other order.

## Example: ends of orders into a queue, and everything into an archive

A stack of your own, beside ours. An archive can be replayed to one rule, for example after a target was broken.

\`\`\`yaml
Resources:
  Ended:
    Type: AWS::SQS::Queue
  WhenEnded:
    Type: AWS::Events::Rule
    Properties:
      EventBusName: mallway-prod-order-events
      EventPattern:
        source: [mallway.orders]
        detail-type: [delivery.delivered, delivery.returned, delivery.cancelled, delivery.failed]
        detail: { channelId: [marketplace] }
      Targets:
        - Id: Ended
          Arn: !GetAtt Ended.Arn
  MayFill:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Ended]
      PolicyDocument:
        Statement:
          - Effect: Allow
            Principal: { Service: events.amazonaws.com }
            Action: sqs:SendMessage
            Resource: !GetAtt Ended.Arn
            Condition: { ArnEquals: { aws:SourceArn: !GetAtt WhenEnded.Arn } }
  Everything:
    Type: AWS::Events::Archive
    Properties:
      SourceArn: !Sub arn:aws:events:\${AWS::Region}:\${AWS::AccountId}:event-bus/mallway-prod-order-events
      RetentionDays: 30
\`\`\`

On a laptop \`npm start\` runs the bus without rules; what is put on it is appended to \`logs/\` of the data folder.
`;
