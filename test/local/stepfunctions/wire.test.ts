import {
  CreateStateMachineAliasCommand,
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  DescribeStateMachineAliasCommand,
  DescribeStateMachineCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  ExecutionNotRedrivable,
  GetExecutionHistoryCommand,
  InvalidArn,
  InvalidDefinition,
  InvalidExecutionInput,
  InvalidName,
  InvalidOutput,
  InvalidToken,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  ListStateMachineVersionsCommand,
  PublishStateMachineVersionCommand,
  RedriveExecutionCommand,
  SendTaskFailureCommand,
  SendTaskHeartbeatCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  StateMachineAlreadyExists,
  StateMachineDoesNotExist,
  StopExecutionCommand,
  TaskDoesNotExist,
  TaskTimedOut,
  UpdateStateMachineAliasCommand,
  UpdateStateMachineCommand,
  ValidationException,
} from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { stepFunctionsHandler } from '../../../local/stepfunctions/wire.ts';
import { CALLBACK, type Cloud, cloud, ROLE, START } from './harness.ts';
import { serve } from './server.ts';

const definition = (states: object) =>
  JSON.stringify({ QueryLanguage: 'JSONata', StartAt: Object.keys(states)[0], States: states });
const WAITING = definition({
  Ask: { Type: 'Task', Resource: CALLBACK, Arguments: { Token: '{% $states.context.Task.Token %}' }, End: true },
});
const says = (word: string) => definition({ Say: { Type: 'Pass', Output: `{% '${word}' %}`, End: true } });

let on: Cloud;
let client: SFNClient;
let end: () => Promise<void>;

beforeAll(async () => {
  const server = await serve((request) => stepFunctionsHandler(on.interpreter)(request));
  end = server.end;
  client = new SFNClient({
    endpoint: server.endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
    maxAttempts: 1,
  });
});
beforeEach(() => {
  on = cloud();
});
afterAll(async () => {
  client.destroy();
  await end();
});

const create = async (text: string, name = 'Orders') =>
  (await client.send(new CreateStateMachineCommand({ name, definition: text, roleArn: ROLE }))).stateMachineArn!;
const start = (stateMachineArn: string, name?: string, input?: string) =>
  client.send(
    new StartExecutionCommand({ stateMachineArn, ...(name && { name }), ...(input !== undefined && { input }) }),
  );
const describeExecution = (executionArn: string) => client.send(new DescribeExecutionCommand({ executionArn }));

describe('StartExecution', () => {
  it('is idempotent on name and input while the execution is open', async () => {
    const machine = await create(WAITING);
    const first = await start(machine, 'order-1', '{"id":1}');
    await on.clock.advanceBy(5_000);
    const again = await start(machine, 'order-1', '{"id":1}');
    expect(again.executionArn).toBe(first.executionArn);
    expect(again.startDate).toEqual(new Date(START));
    expect(on.calls).toHaveLength(1);
    await expect(start(machine, 'order-1', '{"id":2}')).rejects.toBeInstanceOf(ExecutionAlreadyExists);
    await client.send(new StopExecutionCommand({ executionArn: first.executionArn! }));
    await expect(start(machine, 'order-1', '{"id":1}')).rejects.toBeInstanceOf(ExecutionAlreadyExists);
  });

  it('gives a closed name free after 90 days', async () => {
    const machine = await create(says('a'));
    const { executionArn } = await start(machine, 'order-1');
    await on.clock.advanceBy(90 * 86_400_000 - 1);
    await expect(start(machine, 'order-1')).rejects.toBeInstanceOf(ExecutionAlreadyExists);
    await on.clock.advanceBy(1);
    expect((await start(machine, 'order-1')).executionArn).toBe(executionArn);
    expect((await describeExecution(executionArn!)).startDate).toEqual(new Date(on.clock.now()));
  });

  it('refuses bad names, inputs and machines', async () => {
    const machine = await create(says('a'));
    await expect(start(machine, 'a b')).rejects.toBeInstanceOf(InvalidName);
    await expect(start(machine, 'x'.repeat(81))).rejects.toBeInstanceOf(InvalidName);
    await expect(start(machine, 'a', '{')).rejects.toBeInstanceOf(InvalidExecutionInput);
    await expect(start(machine, 'a', `"${'x'.repeat(262_144)}"`)).rejects.toBeInstanceOf(ValidationException);
    await expect(start(`${machine}x`)).rejects.toBeInstanceOf(StateMachineDoesNotExist);
    await expect(start(`${machine}:7`)).rejects.toBeInstanceOf(StateMachineDoesNotExist);
    await expect(start('nonsense')).rejects.toBeInstanceOf(InvalidArn);
  });

  it('names an execution itself when told no name', async () => {
    const machine = await create(says('a'));
    const names = await Promise.all([start(machine), start(machine)]);
    expect(new Set(names.map(({ executionArn }) => executionArn)).size).toBe(2);
  });
});

describe('Versions and aliases', () => {
  const run = async (arn: string, name: string) => {
    const { executionArn } = await start(arn, name);
    await on.clock.settled();
    return describeExecution(executionArn!);
  };

  it('run what was published, whatever the machine is by now', async () => {
    const machine = await create(says('one'));
    const one = await client.send(new PublishStateMachineVersionCommand({ stateMachineArn: machine }));
    const again = await client.send(new PublishStateMachineVersionCommand({ stateMachineArn: machine }));
    expect(again.stateMachineVersionArn).toBe(one.stateMachineVersionArn);
    const { stateMachineAliasArn: live } = await client.send(
      new CreateStateMachineAliasCommand({
        name: 'live',
        routingConfiguration: [{ stateMachineVersionArn: one.stateMachineVersionArn, weight: 100 }],
      }),
    );
    const two = await client.send(
      new UpdateStateMachineCommand({ stateMachineArn: machine, definition: says('two'), publish: true }),
    );
    expect(two.stateMachineVersionArn).toBe(`${machine}:2`);
    expect((await run(live!, 'a')).output).toBe('"one"');
    expect((await run(machine, 'b')).output).toBe('"two"');
    await client.send(
      new UpdateStateMachineAliasCommand({
        stateMachineAliasArn: live!,
        routingConfiguration: [{ stateMachineVersionArn: two.stateMachineVersionArn!, weight: 100 }],
      }),
    );
    expect(await run(live!, 'c')).toMatchObject({
      output: '"two"',
      stateMachineArn: machine,
      stateMachineVersionArn: `${machine}:2`,
      stateMachineAliasArn: live,
    });
    const listed = await client.send(new ListStateMachineVersionsCommand({ stateMachineArn: machine }));
    expect(listed.stateMachineVersions?.map((version) => version.stateMachineVersionArn)).toEqual([
      `${machine}:2`,
      `${machine}:1`,
    ]);
    const alias = await client.send(new DescribeStateMachineAliasCommand({ stateMachineAliasArn: live! }));
    expect(alias.routingConfiguration).toEqual([{ stateMachineVersionArn: `${machine}:2`, weight: 100 }]);
  });

  it('a running execution keeps the definition it started with', async () => {
    const machine = await create(
      definition({
        Nap: { Type: 'Wait', Seconds: 9, Next: 'Say' },
        Say: { Type: 'Pass', Output: "{% 'old' %}", End: true },
      }),
    );
    const { executionArn } = await start(machine, 'a');
    await client.send(new UpdateStateMachineCommand({ stateMachineArn: machine, definition: says('new') }));
    await on.clock.advanceBy(9_000);
    expect((await describeExecution(executionArn!)).output).toBe('"old"');
  });

  it('an alias with two routes spreads executions by weight', async () => {
    const machine = await create(says('one'));
    const publish = async () =>
      (await client.send(new PublishStateMachineVersionCommand({ stateMachineArn: machine }))).stateMachineVersionArn;
    const one = await publish();
    await client.send(new UpdateStateMachineCommand({ stateMachineArn: machine, definition: says('two') }));
    const two = await publish();
    const { arn } = on.interpreter.machines.putAlias({
      name: 'canary',
      routing: [
        { stateMachineVersionArn: one!, weight: 80 },
        { stateMachineVersionArn: two!, weight: 20 },
      ],
    });
    const records = await Promise.all(Array.from({ length: 200 }, () => on.interpreter.run({ stateMachineArn: arn })));
    const ones = records.filter(({ output }) => output === '"one"').length;
    expect(ones).toBeGreaterThan(130);
    expect(ones).toBeLessThan(190);
  });

  it('machines are described and listed; another definition under the same name is refused', async () => {
    const machine = await create(says('one'));
    expect(await create(says('one'))).toBe(machine);
    await expect(create(says('two'))).rejects.toBeInstanceOf(StateMachineAlreadyExists);
    await expect(create('{"StartAt":"A","States":{}}', 'Other')).rejects.toBeInstanceOf(InvalidDefinition);
    const shown = await client.send(new DescribeStateMachineCommand({ stateMachineArn: machine }));
    expect(shown).toMatchObject({ name: 'Orders', roleArn: ROLE, definition: says('one'), type: 'STANDARD' });
    const { stateMachines } = await client.send(new ListStateMachinesCommand({}));
    expect(stateMachines).toEqual([
      { stateMachineArn: machine, name: 'Orders', type: 'STANDARD', creationDate: new Date(START) },
    ]);
  });
});

describe('Task tokens', () => {
  it('answer with typed errors', async () => {
    const machine = await create(WAITING);
    const { executionArn } = await start(machine, 'order-1');
    await on.clock.settled();
    const taskToken = on.calls[0]!.args.Token as string;
    await client.send(new SendTaskHeartbeatCommand({ taskToken }));
    const success = (token: string, output = '{}') =>
      client.send(new SendTaskSuccessCommand({ taskToken: token, output }));
    await expect(success(taskToken, '{')).rejects.toBeInstanceOf(InvalidOutput);
    await expect(success('garbage')).rejects.toBeInstanceOf(InvalidToken);
    const other = `${taskToken.slice(0, -2)}${taskToken.endsWith('AA') ? 'BB' : 'AA'}`;
    await expect(success(other)).rejects.toBeInstanceOf(TaskDoesNotExist);
    await success(taskToken, '{"ok":true}');
    await expect(success(taskToken, '{"ok":true}')).rejects.toBeInstanceOf(TaskTimedOut);
    await expect(client.send(new SendTaskFailureCommand({ taskToken }))).rejects.toBeInstanceOf(TaskTimedOut);
    await on.clock.settled();
    const shown = await describeExecution(executionArn!);
    expect(shown).toMatchObject({ status: 'SUCCEEDED', output: '{"ok":true}', name: 'order-1', input: '{}' });
  });

  it('fail, stop and redrive', async () => {
    const machine = await create(WAITING);
    const { executionArn } = await start(machine, 'order-1');
    await on.clock.settled();
    const taskToken = on.calls[0]!.args.Token as string;
    await expect(client.send(new RedriveExecutionCommand({ executionArn: executionArn! }))).rejects.toBeInstanceOf(
      ExecutionNotRedrivable,
    );
    await client.send(new SendTaskFailureCommand({ taskToken, error: 'Lost', cause: 'gone' }));
    await on.clock.settled();
    expect(await describeExecution(executionArn!)).toMatchObject({
      status: 'FAILED',
      error: 'Lost',
      cause: 'gone',
      redriveStatus: 'REDRIVABLE',
    });
    await client.send(new RedriveExecutionCommand({ executionArn: executionArn! }));
    await on.clock.settled();
    expect(on.calls).toHaveLength(2);
    await client.send(new SendTaskSuccessCommand({ taskToken: on.calls[1]!.args.Token as string, output: '1' }));
    await on.clock.settled();
    expect(await describeExecution(executionArn!)).toMatchObject({ status: 'SUCCEEDED', redriveCount: 1 });
    await expect(describeExecution(`${executionArn}x`)).rejects.toBeInstanceOf(ExecutionDoesNotExist);
  });
});

describe('Listings', () => {
  it('page executions, latest first, by status', async () => {
    const machine = await create(says('a'));
    for (const name of ['a', 'b', 'c']) await start(machine, name);
    await on.clock.settled();
    const list = (nextToken?: string) =>
      client.send(
        new ListExecutionsCommand({ stateMachineArn: machine, maxResults: 2, ...(nextToken && { nextToken }) }),
      );
    const first = await list();
    const second = await list(first.nextToken);
    expect([...first.executions!, ...second.executions!].map(({ name }) => name)).toEqual(['c', 'b', 'a']);
    expect(second.nextToken).toBeUndefined();
    const failed = new ListExecutionsCommand({ stateMachineArn: machine, statusFilter: 'FAILED' });
    expect((await client.send(failed)).executions).toEqual([]);
    await expect(list('nonsense')).rejects.toBeInstanceOf(InvalidToken);
  });

  it('page the history both ways, with or without data', async () => {
    const machine = await create(WAITING);
    const { executionArn } = await start(machine, 'order-1', '{"secret":1}');
    await on.clock.settled();
    await client.send(new SendTaskSuccessCommand({ taskToken: on.calls[0]!.args.Token as string, output: '{}' }));
    await on.clock.settled();
    const history = (request: object) =>
      client.send(new GetExecutionHistoryCommand({ executionArn: executionArn!, ...request }));
    const { events } = await history({});
    expect(events!.map(({ type }) => type)).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'TaskSubmitted',
      'TaskSucceeded',
      'TaskStateExited',
      'ExecutionSucceeded',
    ]);
    expect(events!.map(({ id, previousEventId }) => [id, previousEventId])).toEqual([
      [1, 0],
      ...[2, 3, 4, 5, 6, 7, 8].map((id) => [id, id - 1]),
    ]);
    expect(events![0]!.executionStartedEventDetails).toMatchObject({ input: '{"secret":1}', roleArn: ROLE });
    expect(events![2]!.taskScheduledEventDetails).toMatchObject({
      resourceType: 'aws-sdk:dynamodb',
      resource: 'updateItem.waitForTaskToken',
      region: 'eu-west-1',
    });
    const bare = await history({ includeExecutionData: false });
    expect(JSON.stringify(bare.events)).not.toContain('secret');
    const last = await history({ reverseOrder: true, maxResults: 3 });
    const rest = await history({ reverseOrder: true, nextToken: last.nextToken });
    expect([...last.events!, ...rest.events!].map(({ id }) => id)).toEqual([8, 7, 6, 5, 4, 3, 2, 1]);
  });

  it('an operation or a member that is not known is named', async () => {
    const handler = stepFunctionsHandler(on.interpreter);
    const ask = (target: string, body: object) =>
      handler({
        service: 'states',
        caller: { role: 'operator', accessKeyId: 'key' },
        method: 'POST',
        path: '/',
        query: new URLSearchParams(),
        headers: { 'x-amz-target': `AWSStepFunctions.${target}` },
        body: Buffer.from(JSON.stringify(body)),
      });
    expect((await ask('CreateActivity', {})).body).toContain('no operation \\"CreateActivity\\"');
    expect((await ask('ListStateMachines', { colour: 1 })).body).toContain('colour');
  });
});
