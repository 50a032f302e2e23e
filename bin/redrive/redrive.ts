import type { Message, SQSClient } from '@aws-sdk/client-sqs';
import type { AwsCalls } from './aws-calls.ts';
import { type FailureQueue, failureQueues, messagesOf, release, remove, sendBack } from './failure-queues.ts';
import { deliverAgain, functionOf, isStreamFailure, recordsOf, subjectsOf } from './stream-records.ts';

export interface RedriveRequest {
  sqs: SQSClient;
  calls: AwsCalls;
  /** What the names of the deployment's queues begin with: `mallway-dev-`. */
  prefix: string;
  /** Part of the name of the only queue to look at. */
  queue?: string | undefined;
  /** Only tell what is there. */
  dryRun: boolean;
  /** Epoch ms, for ages. */
  now: number;
}

export type Outcome = 'waiting' | 'sent back' | 'delivered' | 'expired' | 'failed again' | 'unknown';

/** One message of a queue of failures, and what became of it. */
export interface Finding {
  messageId: string;
  ageSeconds: number;
  /** The queue or function that gave up. */
  from: string;
  /** `order ord_…`, `mall chandler`, … */
  about: string[];
  reason: string;
  outcome: Outcome;
  /** What to do next, where something is left to do. */
  hint?: string;
}

export interface QueueReport {
  queue: string;
  waiting: number;
  findings: Finding[];
}

/** What is to be done with a message: tells it, and does it unless only asked. */
interface Plan extends Pick<Finding, 'from' | 'about' | 'reason' | 'hint'> {
  ageSeconds?: number;
  /** Null where nothing can be done. */
  act: (() => Promise<Outcome>) | null;
}

/** Looks through the queues of failures and gives each message back to whom it was for. */
export async function redrive(request: RedriveRequest): Promise<QueueReport[]> {
  const all = await failureQueues(request.sqs, request.prefix);
  if (all.length === 0) {
    throw new Error(
      `No queue of failures has a name that begins with ${request.prefix}: is this the right account, region and stage?`,
    );
  }
  const wanted = all.filter(({ name }) => name.toLowerCase().includes((request.queue ?? '').toLowerCase()));
  if (wanted.length === 0) {
    throw new Error(
      `No queue of failures is called ${request.queue}; there are ${all.map(({ name }) => name).join(', ')}.`,
    );
  }
  const reports: QueueReport[] = [];
  for (const queue of wanted) reports.push(await redriveQueue(request, queue));
  return reports;
}

async function redriveQueue(request: RedriveRequest, queue: FailureQueue): Promise<QueueReport> {
  const { sqs, dryRun, now } = request;
  const findings: Finding[] = [];
  const kept: Message[] = [];
  for await (const message of messagesOf(sqs, queue)) {
    const { act, ...told } = await planFor(request, queue, message);
    const sentAt = Number(message.Attributes?.SentTimestamp);
    const finding: Finding = {
      messageId: message.MessageId!,
      ageSeconds: Math.max(0, Math.round((now - sentAt) / 1000)),
      ...told,
      outcome: act ? 'waiting' : 'unknown',
    };
    findings.push(finding);
    if (!act || dryRun) {
      kept.push(message);
      continue;
    }
    try {
      finding.outcome = await act();
      await remove(sqs, queue, message);
    } catch (error) {
      finding.outcome = 'failed again';
      finding.hint = error instanceof Error ? error.message : String(error);
      kept.push(message);
    }
  }
  for (const message of kept) await release(sqs, queue, message);
  return { queue: queue.name, waiting: queue.waiting, findings };
}

async function planFor({ sqs, calls }: RedriveRequest, queue: FailureQueue, message: Message): Promise<Plan> {
  const body = parse(message.Body);
  const { source } = queue;
  if (source) {
    return {
      from: source.name,
      about: aboutMessage(body),
      reason: `its consumer failed ${source.tries} times`,
      act: async () => {
        await sendBack(sqs, source.url, message);
        return 'sent back';
      },
    };
  }
  if (!isStreamFailure(body)) {
    const hint = 'no message of a stream: read its body in the console';
    return { from: '?', about: [], reason: 'unknown', hint, act: null };
  }
  const { condition, approximateInvokeCount, requestId } = body.requestContext;
  const records = await recordsOf(calls, body);
  return {
    from: functionOf(body),
    about: records ? subjectsOf(records) : [`records of ${body.DDBStreamBatchInfo.approximateArrivalOfFirstRecord}`],
    reason: `${condition} after ${approximateInvokeCount} tries`,
    hint: records
      ? `log: request ${requestId} of ${functionOf(body)}`
      : 'the stream no longer has them; the sweeper has looked at their orders every minute',
    act: async () => {
      if (!records) return 'expired';
      await deliverAgain(calls, body, records);
      return 'delivered';
    },
  };
}

function aboutMessage(body: unknown): string[] {
  const { mallId, offerId, orderId, blocksOf } = (body ?? {}) as Record<string, unknown>;
  return Object.entries({ order: orderId, offer: offerId, mall: mallId, driver: blocksOf }).flatMap(([kind, id]) =>
    typeof id === 'string' ? [`${kind} ${id}`] : [],
  );
}

function parse(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return null;
  }
}
