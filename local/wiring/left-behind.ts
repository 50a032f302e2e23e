import type { Deployment } from '../assembly/deployment.ts';
import type { Engine } from '../dynamodb/engine.ts';
import type { KeyStore } from '../kms/key-store.ts';
import { functionNameOf } from '../lambda/registration.ts';
import type { QueueStore } from '../sqs/queue-store.ts';
import type { Interpreter } from '../stepfunctions/interpreter.ts';
import type { ExecutionRecord } from '../stepfunctions/record.ts';
import { roleNameOf } from './functions.ts';

export interface LeftBehindOptions {
  deployment: Deployment;
  engine: Engine;
  queues: QueueStore;
  keys: KeyStore;
  interpreter: Interpreter;
}

/**
 * What a data folder keeps of an earlier assembly that this one no longer has, and which executions go on as they began:
 * a sentence each. All of it stays where it is, for the earlier assembly to be started again.
 */
export async function leftBehind(options: LeftBehindOptions): Promise<string[]> {
  const { queues, keys } = options;
  return [
    ...olderExecutions(options),
    ...(await strangeTables(options)).map(
      (name) => `The table ${name} is not in this assembly any more: what is in it stays, and nobody reads it.`,
    ),
    ...queues
      .strangers()
      .map(
        ({ name, messages }) =>
          `The queue ${name} is not in this assembly any more: ${counted(messages, 'message')} in it will not be read.`,
      ),
    ...keys
      .strangers()
      .map((id) => `The key ${id} is not in this assembly any more: what it encrypted cannot be read with another.`),
  ];
}

function olderExecutions({ deployment, interpreter }: LeftBehindOptions): string[] {
  const { machines, store } = interpreter;
  const groups = new Map<string, ExecutionRecord[]>();
  for (const record of store.running()) {
    const machine = machines.machine(record.machineArn);
    const isDeclared = deployment.ofType('AWS::StepFunctions::StateMachine').some(({ ref }) => ref === machine.arn);
    if (isDeclared && record.definitionHash === machine.definitionHash && record.roleArn === machine.roleArn) continue;
    const key = `${record.machineArn} ${record.definitionHash} ${record.roleArn}`;
    groups.set(key, [...(groups.get(key) ?? []), record]);
  }
  return [...groups.values()].map((records) => {
    const [{ machineName, versionArn, definitionHash, roleArn }] = records as [ExecutionRecord];
    const version = versionArn ? `version ${versionArn.split(':').at(-1)} of ` : '';
    const missing = missingIn(deployment, JSON.parse(machines.definitionText(definitionHash)), roleArn);
    const but =
      missing.length > 0 ? `, but this assembly has no ${missing.join(', no ')} any more: what needs it fails` : '';
    return `${counted(records.length, 'execution')} of ${version}${machineName} ${records.length === 1 ? 'goes' : 'go'} on as begun${but}.`;
  });
}

/** What a definition and its role name of this account that the assembly does not have. */
function missingIn(deployment: Deployment, definition: unknown, roleArn: string): string[] {
  const has = (type: 'AWS::DynamoDB::Table' | 'AWS::Lambda::Function' | 'AWS::SQS::Queue' | 'AWS::IAM::Role') => {
    const names = new Set(deployment.ofType(type).map(({ name }) => name));
    return (name: string) => names.has(name);
  };
  const kinds = [
    { member: 'FunctionName', kind: 'function', nameOf: functionNameOf, isThere: has('AWS::Lambda::Function') },
    { member: 'TableName', kind: 'table', nameOf: (text: string) => text, isThere: has('AWS::DynamoDB::Table') },
    {
      member: 'QueueUrl',
      kind: 'queue',
      nameOf: (url: string) => url.split('/').at(-1) ?? url,
      isThere: has('AWS::SQS::Queue'),
    },
  ];
  const role = roleNameOf(roleArn);
  const missing = kinds.flatMap(({ member, kind, nameOf, isThere }) =>
    membersNamed(member, definition)
      .filter((text) => !text.startsWith('{%'))
      .map(nameOf)
      .filter((name) => !isThere(name))
      .map((name) => `${kind} ${name}`),
  );
  return [...new Set([...missing, ...(has('AWS::IAM::Role')(role) ? [] : [`role ${role}`])])].sort();
}

function membersNamed(member: string, value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) =>
    name === member && typeof part === 'string' ? [part] : membersNamed(member, part),
  );
}

/** An engine of one's own may have tables of others as well: ours begin with the name of a stack. */
async function strangeTables({ deployment, engine }: LeftBehindOptions): Promise<string[]> {
  const known = new Set(deployment.ofType('AWS::DynamoDB::Table').map(({ name }) => name));
  const stacks = Object.keys(deployment.outputs);
  const { TableNames } = await engine.client.call<{ TableNames: string[] }>('ListTables', {});
  return TableNames.filter((name) => !known.has(name) && stacks.some((stack) => name.startsWith(`${stack}-`))).sort();
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
