import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { CognitoIdentities } from '../lambdas/adapters/cognito-identities.ts';
import { DynamoDatabase } from '../lambdas/adapters/dynamodb-database.ts';
import type { RepeatableRequest } from '../lambdas/application/act.ts';
import { applyPerson, invitePerson } from '../lambdas/application/people.ts';
import { isRejection } from '../lambdas/domain/rejection.ts';
import { instant } from '../lambdas/domain/time.ts';
import { runCommand } from '../local/command.ts';
import { type ErasureStores, erase, type What } from './admin/erase.ts';

const usage = `npm run admin -- invite --role operations --email ADDRESS [--name NAME] [--stage dev | --data-dir .mallway]
npm run admin -- bind --role operations --subject SUB [--stage dev | --data-dir .mallway]
npm run admin -- erase --order ORDER [--stage dev | --data-dir .mallway]
npm run admin -- erase --again --since DATE [--stage dev | --data-dir .mallway]

invite makes the first person of operations: an identity that is sent a first password, and their role. Doing it again
sends the message again. bind gives the role to the subject of an identity provider of your own. Everybody else is invited
on the page /ops. erase takes away what tells who an order that has ended was for; with --again every order that was erased
since then, as is needed after a restore. All of it works with your AWS credentials on a stage, or on the embedded cloud
that runs on a data folder.`;

await runCommand(usage, async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      role: { type: 'string' },
      email: { type: 'string' },
      subject: { type: 'string' },
      name: { type: 'string', default: 'First operator' },
      order: { type: 'string' },
      again: { type: 'boolean' },
      since: { type: 'string' },
      stage: { type: 'string', default: 'dev' },
      'data-dir': { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  const [verb, surplus] = positionals;
  const whom = verb === 'invite' ? values.email : verb === 'bind' ? values.subject : undefined;
  const what = verb === 'erase' ? whatToErase(values) : undefined;
  const isOfPerson = whom !== undefined && values.role === 'operations';
  if (values.help || surplus !== undefined || !(isOfPerson || what)) return { usage: values.help === true };
  const dataDirectory = values['data-dir'];
  const access = dataDirectory === undefined ? {} : await ofEmbeddedCloud(dataDirectory);
  const told = (name: string) => parameter(access, `/mallway/${values.stage}/${name}`);
  const requestId = randomUUID();
  const requestFor = (operation: string): RepeatableRequest => ({
    principal: 'admin',
    operation,
    key: '',
    bodyHash: '',
    by: { kind: 'operations', subject: 'npm-run-admin', requestId },
  });
  const now = instant(Date.now());
  if (what) {
    const stores = JSON.parse(await told('erasure-stores')) as ErasureStores;
    const said = await erase(access, stores, what, requestFor('eraseOrder'), now);
    process.stdout.write(`${said.join('\n')}\n`);
    return;
  }
  if (whom === undefined) return { usage: false };
  const tables = JSON.parse(await told('people-tables')) as { catalogue: string; requests: string };
  const client = new DynamoDBClient(access);
  const database = new DynamoDatabase(tables, client);
  const request = requestFor(verb === 'invite' ? 'invitePerson' : 'applyPerson');
  const role = { kind: 'operations' } as const;
  try {
    const outcome =
      verb === 'bind'
        ? await applyPerson({ database, identities: null }, { subject: whom, role }, request, now)
        : await invitePerson(
            { database, identities: await pools(access, told) },
            { email: whom, name: values.name, role },
            request,
            now,
          );
    if (isRejection(outcome)) throw new Error(`${outcome.detail} ${outcome.mend}`);
    const { subject } = outcome.body as { subject: string };
    process.stdout.write(`${whom} is operations, as ${subject}.\n`);
  } finally {
    client.destroy();
  }
  return;
});

function whatToErase({ order, again, since }: { order?: string; again?: boolean; since?: string }): What | undefined {
  if (order !== undefined) return again || since !== undefined ? undefined : { orderId: order };
  return again && since !== undefined ? { since } : undefined;
}

/** Where the clients of the SDK go: AWS, by your own profile, unless told. */
interface Access {
  endpoint?: string;
  region?: string;
  credentials?: { accessKeyId: string; secretAccessKey: string };
}

async function ofEmbeddedCloud(dataDirectory: string): Promise<Access> {
  const file = join(resolve(dataDirectory), 'control.json');
  const control = await readFile(file, 'utf8').catch(() => {
    throw new Error(`There is no ${file}: start the embedded cloud with npm start, or name another folder.`);
  });
  const { url, token } = JSON.parse(control) as { url: string; token: string };
  const response = await fetch(`${url}/operator`, { headers: { authorization: `Bearer ${token}` } });
  const { endpoint, region, credentials } = (await response.json()) as Required<Access>;
  return { endpoint, region, credentials };
}

async function pools(access: Access, told: (name: string) => Promise<string>): Promise<CognitoIdentities> {
  const [operations, staff] = await Promise.all([told('people/operations-pool'), told('people/staff-pool')]);
  return new CognitoIdentities({ operations, staff }, new CognitoIdentityProviderClient(access));
}

/** What the stacks left there when they were deployed. */
async function parameter(access: Access, Name: string): Promise<string> {
  const client = new SSMClient(access);
  const { Parameter } = await client.send(new GetParameterCommand({ Name }));
  if (!Parameter?.Value) throw new Error(`The parameter ${Name} is not there: deploy the stacks of this stage first.`);
  return Parameter.Value;
}
