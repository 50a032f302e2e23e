import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect, onTestFinished } from 'vitest';
import { AwsCalls } from '../../../bin/redrive/aws-calls.ts';
import { type Finding, redrive } from '../../../bin/redrive/redrive.ts';
import { reportText } from '../../../bin/redrive/report.ts';
import { region } from '../../../local/assembly/home.ts';
import { Stage } from '../../../local/scenario/stage.ts';
import { awsJsonError, type ServiceRequest } from '../../../local/services.ts';
import { sharedAssembly } from '../../assembly.ts';
import { test } from '../with-engine.ts';

const minute = 60_000;
const root = join(import.meta.dirname, '../../..');

/** A cloud in which one order can be made unreadable for whoever brings executions into line. */
async function open() {
  const folder = await mkdtemp(join(tmpdir(), 'mallway-redrive-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  const poison = { orderId: '' };
  const fault = async ({ caller, body }: ServiceRequest) =>
    poison.orderId && /Resumer|Sweeper/.test(caller.role) && body.includes(`ORDER#${poison.orderId}`)
      ? awsJsonError(400, 'ValidationException', 'poison')
      : undefined;
  const stage = await Stage.open({
    assemblyDirectory: await sharedAssembly(),
    dataDirectory: join(folder, 'data'),
    at: '11:00',
    onExchange: () => {},
    fault,
  });
  onTestFinished(() => stage.close());
  const { servicesUrl, operatorCredentials } = stage.cloud;
  const sqs = new SQSClient({ endpoint: servicesUrl, region, credentials: operatorCredentials });
  const calls = new AwsCalls(sqs, servicesUrl);
  const look = async (more: { dryRun: boolean; queue?: string }) =>
    redrive({ sqs, calls, prefix: 'mallway-dev-', now: stage.now, ...more });
  return { stage, poison, sqs, look };
}

test('a poisonous record stops its own order alone, ends in the queue, and a redrive brings the order home', {
  timeout: 240_000,
}, async () => {
  const { stage, poison, look } = await open();
  stage.openStores();
  stage.sendDriver(0);
  const poisoned = await stage.place(stage.basket([0]));
  const other = await stage.place(stage.basket([0]));
  // Whichever of the two doors comes first: the way from one to the other may be short.
  const onBoard = ['picked_up', 'enroute_to_dropoff', 'arrived_at_dropoff'];
  await stage.until('on board', poisoned.id, 120, ({ status }) => onBoard.includes(status));
  poison.orderId = poisoned.id;
  await stage.untilEnded(other.id);
  const ended = await stage.until('delivered', poisoned.id, 60, ({ endedAt }) => Boolean(endedAt));
  await stage.pass(3 * minute);
  const stuck = await stage.channel.order(poisoned.id);
  expect([ended.status, stuck.ledger]).toEqual(['delivered', []]);

  const queueOf = (reports: Awaited<ReturnType<typeof look>>) =>
    reports.find(({ queue }) => /StreamFailures/.test(queue))!;
  const listed = queueOf(await look({ dryRun: true }));
  const expected: Partial<Finding> = {
    from: expect.stringContaining('Resumer'),
    about: [`order ${poisoned.id}`],
    reason: 'RetryAttemptsExhausted after 6 tries',
    outcome: 'waiting',
  };
  expect(listed.findings.length).toBeGreaterThan(0);
  for (const finding of listed.findings) expect(finding).toMatchObject(expected);
  const text = reportText([listed], true);
  expect(text).toContain(`order ${poisoned.id}`);
  expect(text).toContain('Mend the cause first, then: npm run redrive -- --all');

  const tooEarly = queueOf(await look({ dryRun: false }));
  for (const finding of tooEarly.findings) expect(finding.outcome).toBe('failed again');
  expect(reportText([tooEarly], false)).toContain('the cause is not mended yet');

  poison.orderId = '';
  // As people call it, in a process of its own.
  const { stdout } = await promisify(execFile)(process.execPath, [
    join(root, 'bin/redrive.ts'),
    '--all',
    '--json',
    '--data-dir',
    stage.cloud.dataDirectory,
  ]);
  const told = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Awaited<ReturnType<typeof look>>[number]);
  expect(queueOf(told).findings.map(({ outcome }) => outcome)).toEqual(listed.findings.map(() => 'delivered'));
  // No business time has passed: it was not the sweeper.
  await stage.pass(1);
  await stage.until('settled', poisoned.id, 0.1, ({ ledger }) => ledger.length > 0);
  expect(queueOf(await look({ dryRun: true })).findings).toEqual([]);
  await stage.checkInvariants();
  expect(stage.violations).toEqual([]);
});

test('messages go back to the queue they came from; records that are gone and what nobody knows are told', {
  timeout: 120_000,
}, async () => {
  const { stage, sqs, look } = await open();
  const [dispatch, expiry, streams] = await look({ dryRun: true });
  expect([dispatch, expiry, streams].map((it) => it?.queue)).toEqual([
    expect.stringMatching(/^mallway-dev-dispatch-DispatchQueueFailures.*/),
    expect.stringMatching(/^mallway-dev-dispatch-OfferExpiryQueueFailures.*/),
    expect.stringMatching(/^mallway-dev-lifecycle-StreamFailures.*/),
  ]);
  const put = (queue: string | undefined, body: object, more: object = {}) =>
    sqs.send(
      new SendMessageCommand({
        QueueUrl: `${stage.cloud.servicesUrl}/000000000000/${queue}`,
        MessageBody: JSON.stringify(body),
        ...more,
      }),
    );
  const mallId = stage.mall.mall.id;
  await put(dispatch?.queue, { mallId }, { MessageGroupId: mallId, MessageDeduplicationId: 'x' });
  await put(expiry?.queue, { offerId: 'off_1' });
  await put(streams?.queue, { hello: 'world' });
  await put(streams?.queue, {
    requestContext: {
      requestId: 'r',
      functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:Relay',
      condition: 'RetryAttemptsExhausted',
      approximateInvokeCount: 6,
    },
    DDBStreamBatchInfo: {
      shardId: 's',
      startSequenceNumber: '1',
      endSequenceNumber: '1',
      approximateArrivalOfFirstRecord: '2026-11-01T00:00:00Z',
      batchSize: 1,
      streamArn: 'arn:aws:dynamodb:us-east-1:000000000000:table/gone/stream/x',
    },
  });
  await stage.pass(10_000);

  const reports = await look({ dryRun: false });
  expect(reports.map(({ findings }) => findings.map(({ about, outcome }) => [about, outcome]))).toEqual([
    [[[`mall ${mallId}`], 'sent back']],
    [[['offer off_1'], 'sent back']],
    [
      [[], 'unknown'],
      [['records of 2026-11-01T00:00:00Z'], 'expired'],
    ],
  ]);
  expect(reports[0]!.findings[0]!.reason).toBe('its consumer failed 5 times');
  expect(reportText(reports, false)).toContain('3 done. 1 nobody knows what to do with');
  const left = await look({ dryRun: true, queue: 'stream' });
  expect(left.map(({ findings }) => findings.length)).toEqual([1]);
  await expect(look({ dryRun: true, queue: 'nothing' })).rejects.toThrow('there are mallway-dev-dispatch');
});
