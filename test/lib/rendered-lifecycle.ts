import { App, Stack } from 'aws-cdk-lib';
import { AttributeType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { type CfnStateMachine, DefinitionBody, QueryLanguage, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { OrderLifecycle } from '../../lib/workflow/order-lifecycle.ts';
import { join } from './templates.ts';

export interface State {
  Type: string;
  Comment?: string;
  Next?: string;
  End?: boolean;
  Default?: string;
  Resource?: string;
  Arguments?: Record<string, unknown>;
  TimeoutSeconds?: string;
  Choices?: { Condition: string; Next: string }[];
  Catch?: { ErrorEquals: string[]; Next: string }[];
  Retry?: { ErrorEquals: string[]; MaxAttempts: number; MaxDelaySeconds: number; JitterStrategy: string }[];
  Branches?: Scope[];
}

export interface Scope {
  StartAt: string;
  States: Record<string, State>;
}

/** The definition as deployed, with readable names where CloudFormation puts in what it made. */
export function renderedLifecycle(): Scope {
  const stack = new Stack(new App({ analyticsReporting: false }), 'Stack');
  const orders = new Table(stack, 'orders', { partitionKey: { name: 'pk', type: AttributeType.STRING } });
  const lifecycle = new LambdaFunction(stack, 'Lifecycle', {
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: Code.fromInline('0'),
  });
  const { start } = new OrderLifecycle(stack, 'OrderLifecycle', { orders, lifecycle });
  const machine = new StateMachine(stack, 'Machine', {
    queryLanguage: QueryLanguage.JSONATA,
    definitionBody: DefinitionBody.fromChainable(start),
  });
  const names: Record<string, string> = {
    'AWS::Partition': 'aws',
    [stack.getLogicalId(orders.node.defaultChild as never)]: 'orders',
    [stack.getLogicalId(lifecycle.node.defaultChild as never)]:
      'arn:aws:lambda:us-east-1:000000000000:function:Lifecycle',
  };
  const definition = stack.resolve((machine.node.defaultChild as CfnStateMachine).definitionString);
  return JSON.parse(join(definition, (logicalId) => names[logicalId] ?? logicalId));
}

/** Every state of the machine by name, those inside branches included. */
export function allStates(scope: Scope): [string, State][] {
  return Object.entries(scope.States).flatMap(([name, state]) => [
    [name, state] as [string, State],
    ...(state.Branches ?? []).flatMap(allStates),
  ]);
}
