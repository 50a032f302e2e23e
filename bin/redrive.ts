import { parseArgs } from 'node:util';
import { SQSClient } from '@aws-sdk/client-sqs';
import { runCommand } from '../local/command.ts';
import { findRunningCloud } from '../local/running-cloud.ts';
import { AwsCalls } from './redrive/aws-calls.ts';
import { redrive } from './redrive/redrive.ts';
import { isAllWell, reportText } from './redrive/report.ts';

const usage = `npm run redrive -- [--queue NAME | --all] [--dry-run] [--stage dev|prod] [--data-dir DIR] [--json]

Lists what lies in the dead-letter and on-failure queues of a deployment: how old it is, who gave up on it, which order
it is about. With --queue (part of a name will do) or --all it goes back to whom it was for: a message to its queue,
the records of a stream to their function. What fails again stays. Exits 1 if something did.

It goes where the AWS CLI would: AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL and the like. With --data-dir it goes to the
embedded cloud that runs on that folder.`;

/** The client of the account's queues, and what the time is there. */
async function connect(dataDirectory: string | undefined): Promise<{ sqs: SQSClient; calls: AwsCalls; now: number }> {
  if (dataDirectory === undefined) {
    const sqs = new SQSClient({});
    return { sqs, calls: new AwsCalls(sqs), now: Date.now() };
  }
  const { url, token } = await findRunningCloud(dataDirectory);
  const ask = async <T>(path: string) =>
    (await (await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}` } })).json()) as T;
  const { endpoint, region, credentials } = await ask<{
    endpoint: string;
    region: string;
    credentials: { accessKeyId: string; secretAccessKey: string };
  }>('/operator');
  const { now } = await ask<{ now: string }>('/clock');
  const sqs = new SQSClient({ endpoint, region, credentials });
  return { sqs, calls: new AwsCalls(sqs, endpoint), now: Date.parse(now) };
}

await runCommand(usage, async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      queue: { type: 'string' },
      all: { type: 'boolean', default: false },
      'dry-run': { type: 'boolean', default: false },
      stage: { type: 'string', default: 'dev' },
      'data-dir': { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help || positionals.length > 0 || (values.all && values.queue)) return { usage: values.help };
  const dryRun = values['dry-run'] || (!values.all && values.queue === undefined);
  const { sqs, calls, now } = await connect(values['data-dir']);
  const reports = await redrive({ sqs, calls, prefix: `mallway-${values.stage}-`, queue: values.queue, dryRun, now });
  if (values.json) for (const report of reports) process.stdout.write(`${JSON.stringify(report)}\n`);
  else process.stdout.write(reportText(reports, dryRun));
  if (!isAllWell(reports)) process.exitCode = 1;
  return;
});
