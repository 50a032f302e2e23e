import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Definition } from '../../local/stepfunctions/definition.ts';
import { readDefinition } from '../../local/stepfunctions/validate.ts';

export const ordersTableName = 'orders';
export const lifecycleFunctionName = 'Lifecycle';

const root = join(import.meta.dirname, '../..');
const source = join(root, 'lib/workflow/order-lifecycle.ts');

/**
 * The definition of an order's life as CDK synthesises it, with its references resolved to names of the harness, and
 * checked against the published schema. Synthesis takes seconds, so it is kept for as long as its source, this file
 * and the CDK stay the same.
 */
const definition: Definition = await keptOr(synthesise);

export function synthesisedDefinition(): Definition {
  return definition;
}

async function keptOr(make: () => Promise<Definition>): Promise<Definition> {
  const cdk = createRequire(import.meta.url)('aws-cdk-lib/package.json') as { version: string };
  const hash = createHash('sha256').update(cdk.version);
  for (const path of [source, import.meta.filename]) hash.update(readFileSync(path));
  const folder = join(root, 'node_modules/.cache/mallway');
  const file = join(folder, `order-lifecycle-${hash.digest('hex').slice(0, 16)}.json`);
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Definition;
  const made = await make();
  mkdirSync(folder, { recursive: true });
  // Several test processes may be here at once; each puts a whole file in place.
  writeFileSync(`${file}.${process.pid}`, JSON.stringify(made));
  renameSync(`${file}.${process.pid}`, file);
  return made;
}

async function synthesise(): Promise<Definition> {
  const [{ App, Stack }, { Template }, { AttributeType, Table }, lambda, stepFunctions, { OrderLifecycle }] =
    await Promise.all([
      import('aws-cdk-lib'),
      import('aws-cdk-lib/assertions'),
      import('aws-cdk-lib/aws-dynamodb'),
      import('aws-cdk-lib/aws-lambda'),
      import('aws-cdk-lib/aws-stepfunctions'),
      import('../../lib/workflow/order-lifecycle.ts'),
    ]);
  const stack = new Stack(new App(), 'Harness');
  const orders = new Table(stack, 'Orders', { partitionKey: { name: 'pk', type: AttributeType.STRING } });
  const lifecycle = new lambda.Function(stack, 'Lifecycle', {
    runtime: lambda.Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: lambda.Code.fromInline('exports.handler = async () => ({});'),
  });
  const { start } = new OrderLifecycle(stack, 'Life', { orders, lifecycle });
  new stepFunctions.StateMachine(stack, 'Machine', {
    queryLanguage: stepFunctions.QueryLanguage.JSONATA,
    definitionBody: stepFunctions.DefinitionBody.fromChainable(start),
  });
  const [machine] = Object.values(Template.fromStack(stack).findResources('AWS::StepFunctions::StateMachine'));
  return readDefinition(resolve(machine!.Properties.DefinitionString));
}

function resolve(value: unknown): string {
  if (typeof value === 'string') return value;
  const [[name, argument]] = Object.entries(value as Record<string, unknown>) as [[string, unknown]];
  if (name === 'Fn::Join') return ((argument as [string, unknown[]])[1] ?? []).map(resolve).join('');
  if (name === 'Ref' && argument === 'AWS::Partition') return 'aws';
  if (name === 'Ref') return ordersTableName;
  if (name === 'Fn::GetAtt') return `arn:aws:lambda:us-east-1:000000000000:function:${lifecycleFunctionName}`;
  throw new Error(`The definition uses ${name}, which the harness does not resolve.`);
}
