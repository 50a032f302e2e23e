import { afterEach, describe, expect, it } from 'vitest';
import type { ServiceRequest, ServiceResponse } from '../../../local/services.ts';
import { awsJson, awsJsonError } from '../../../local/services.ts';
import { WireTaskServices } from '../../../local/stepfunctions/task-services.ts';
import { ROLE } from './harness.ts';
import { serve } from './server.ts';

let end: (() => Promise<void>) | undefined;
afterEach(async () => {
  await end?.();
});

async function services(answer: ServiceResponse) {
  const requests: ServiceRequest[] = [];
  const invoked: unknown[] = [];
  const server = await serve(async (request) => {
    requests.push(request);
    return answer;
  });
  end = server.end;
  const wire = new WireTaskServices({
    endpoint: server.endpoint,
    region: 'eu-west-1',
    keyOf: (roleArn) => ({ accessKeyId: `KEYOF${roleArn.split('/')[1]}`, secretAccessKey: 'secret' }),
    functions: {
      invoke: async (name, payload) => {
        invoked.push([name, payload]);
        if (name === 'broken') return { ok: false, errorType: 'Oops', errorMessage: 'it broke', trace: ['at x'] };
        return { ok: true, payload: { n: 1 } };
      },
    },
  });
  const call = (service: string, action: string, args: object) =>
    wire.call({ service, action }, args, { roleArn: ROLE });
  return { call, requests, invoked };
}

describe('Task services over the wire', () => {
  it('sign a DynamoDB call with the key of the role', async () => {
    const { call, requests } = await services(awsJson({ Attributes: { a: { S: 'x' } } }));
    const args = { TableName: 'orders', Key: { pk: { S: 'ORDER#1' } } };
    expect(await call('dynamodb', 'updateItem', args)).toEqual({ Attributes: { a: { S: 'x' } } });
    const { headers, body } = requests[0]!;
    expect(headers['x-amz-target']).toBe('DynamoDB_20120810.UpdateItem');
    expect(headers['content-type']).toBe('application/x-amz-json-1.0');
    expect(headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=KEYOFMachine\/\d{8}\/eu-west-1\/dynamodb\/aws4_request/,
    );
    expect(JSON.parse(body.toString())).toEqual(args);
  });

  it('report the service’s own error name', async () => {
    const type = 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException';
    const { call } = await services(awsJsonError(400, type, 'The conditional request failed'));
    await expect(call('dynamodb', 'putItem', {})).rejects.toMatchObject({
      name: 'ConditionalCheckFailedException',
      message: 'The conditional request failed',
      statusCode: 400,
    });
  });

  it('write JSON bodies as text where the service takes text, and camelCase where it wants that', async () => {
    const { call, requests } = await services(awsJson({ executionArn: 'arn', startDate: 1 }));
    await call('sqs', 'sendMessage', { QueueUrl: 'u', MessageBody: { a: 1 } });
    await call('events', 'putEvents', { Entries: [{ Source: 's', Detail: { b: 2 } }] });
    const started = await call('states', 'startExecution', { StateMachineArn: 'm', Input: { c: 3 } });
    expect(started).toEqual({ ExecutionArn: 'arn', StartDate: 1 });
    expect(requests.map(({ headers }) => headers['x-amz-target'])).toEqual([
      'AmazonSQS.SendMessage',
      'AWSEvents.PutEvents',
      'AWSStepFunctions.StartExecution',
    ]);
    expect(requests.map(({ body }) => JSON.parse(body.toString()))).toEqual([
      { QueueUrl: 'u', MessageBody: '{"a":1}' },
      { Entries: [{ Source: 's', Detail: '{"b":2}' }] },
      { stateMachineArn: 'm', input: '{"c":3}' },
    ]);
  });

  it('invoke functions and pass their failures on', async () => {
    const { call, invoked } = await services(awsJson({}));
    expect(await call('lambda', 'invoke', { FunctionName: 'f', Payload: { a: 1 } })).toEqual({
      Payload: { n: 1 },
      StatusCode: 200,
      ExecutedVersion: '$LATEST',
    });
    expect(invoked).toEqual([['f', { a: 1 }]]);
    await expect(call('lambda', 'invoke', { FunctionName: 'broken' })).rejects.toMatchObject({
      errorType: 'Oops',
      message: 'it broke',
      trace: ['at x'],
    });
  });

  it('report a service out of reach as an SdkClientException', async () => {
    const { call } = await services(awsJson({}));
    await end?.();
    end = undefined;
    await expect(call('dynamodb', 'putItem', {})).rejects.toMatchObject({ name: 'SdkClientException' });
  });

  it('name what they cannot call', async () => {
    const { call } = await services(awsJson({}));
    await expect(call('rds', 'stop', {})).rejects.toThrow('cannot call the service "rds"');
  });
});
