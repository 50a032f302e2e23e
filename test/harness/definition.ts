import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AttributeType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { DefinitionBody, QueryLanguage, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { OrderLifecycle } from '../../lib/workflow/order-lifecycle.ts';
import type { Definition } from '../../local/stepfunctions/definition.ts';
import { readDefinition } from '../../local/stepfunctions/validate.ts';

export const ordersTableName = 'orders';
export const lifecycleFunctionName = 'Lifecycle';

let cached: Definition | undefined;

/**
 * The definition of an order's life as CDK synthesises it, with its references resolved to names of the harness;
 * checked against the published schema once for all worlds of a process.
 */
export function synthesisedDefinition(): Definition {
  cached ??= readDefinition(synthesise());
  return cached;
}

function synthesise(): object {
  const stack = new Stack(new App(), 'Harness');
  const orders = new Table(stack, 'Orders', { partitionKey: { name: 'pk', type: AttributeType.STRING } });
  const lifecycle = new LambdaFunction(stack, 'Lifecycle', {
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: Code.fromInline('exports.handler = async () => ({});'),
  });
  new StateMachine(stack, 'Machine', {
    queryLanguage: QueryLanguage.JSONATA,
    definitionBody: DefinitionBody.fromChainable(new OrderLifecycle(stack, 'Life', { orders, lifecycle }).start),
  });
  const [machine] = Object.values(Template.fromStack(stack).findResources('AWS::StepFunctions::StateMachine'));
  return JSON.parse(resolve(machine!.Properties.DefinitionString));
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
