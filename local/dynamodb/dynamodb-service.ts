import { arn } from '../assembly/home.ts';
import { awsJsonError, jsonBody, type Meter, type ServiceHandler, type ServiceResponse } from '../services.ts';
import type { EngineClient, RawAnswer } from './engine-client.ts';

export interface DynamoDbServiceOptions {
  client: EngineClient;
  meter: Meter;
  /** Called after a write, before the writer has its answer. */
  onWrite: (tableNames: string[]) => void;
}

type Kind = 'read' | 'write' | 'describe';

/** The operations functions may use; tables themselves come from the template. */
const operations: Record<string, Kind> = {
  GetItem: 'read',
  BatchGetItem: 'read',
  Query: 'read',
  Scan: 'read',
  TransactGetItems: 'read',
  PutItem: 'write',
  UpdateItem: 'write',
  DeleteItem: 'write',
  BatchWriteItem: 'write',
  TransactWriteItems: 'write',
  DescribeTable: 'describe',
  DescribeTimeToLive: 'describe',
  ListTables: 'describe',
};

interface Input {
  TableName?: string;
  RequestItems?: Record<string, unknown>;
  TransactItems?: Record<string, { TableName?: string }>[];
  ReturnConsumedCapacity?: string;
}

interface Capacity {
  TableName?: string;
  CapacityUnits?: number;
}

/** DynamoDB: passes requests on to the engine, counts request units, and tells of writes. */
export function dynamoDbService({ client, meter, onWrite }: DynamoDbServiceOptions): ServiceHandler {
  return async (request) => {
    const { headers, body } = request;
    const target = headers['x-amz-target'] ?? '';
    const operation = target.replace(/^DynamoDB_20120810\./, '');
    const kind = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
    if (!kind) {
      return awsJsonError(
        400,
        'com.amazon.coral.service#UnknownOperationException',
        `The DynamoDB operation ${operation} is not emulated here; tables and streams come from the template.`,
      );
    }
    const text = body.toString('utf8');
    if (kind === 'describe') return answer(rewriteArns(await forward(client, target, text)));
    const input = jsonBody(request) as Input;
    const wantsCapacity = (input.ReturnConsumedCapacity ?? 'NONE') !== 'NONE';
    const raw = await forward(client, target, wantsCapacity ? text : askingForCapacity(text, input));
    const tables = tablesOf(input);
    const unit = kind === 'read' ? 'dynamodb.readUnit' : 'dynamodb.writeUnit';
    if (raw.status !== 200) {
      for (const [resource, units] of refusedUnits(raw, input, tables)) meter.count(unit, units, { resource });
      return answer(raw);
    }
    const { consumed, rest } = withoutCapacity(raw.body);
    for (const { TableName, CapacityUnits } of [consumed ?? []].flat()) {
      meter.count(unit, CapacityUnits ?? 0, TableName ? { resource: TableName } : {});
    }
    if (kind === 'write') onWrite(tables);
    return answer(wantsCapacity ? raw : { ...raw, body: rest });
  };
}

/** The same request, without writing an item anew that may be large. */
function askingForCapacity(text: string, input: Input): string {
  const asks = { ReturnConsumedCapacity: 'TOTAL' };
  if (input.ReturnConsumedCapacity !== undefined || !text.startsWith('{"'))
    return JSON.stringify({ ...input, ...asks });
  return `${JSON.stringify(asks).slice(0, -1)},${text.slice(1)}`;
}

const capacityMember = Buffer.from('"ConsumedCapacity":');

interface Output {
  ConsumedCapacity?: Capacity | Capacity[];
  [more: string]: unknown;
}

/** What an answer says was consumed, and the rest of it. The engine says so last, so that what comes before stays as it is. */
function withoutCapacity(body: Buffer): { consumed: Output['ConsumedCapacity']; rest: Buffer } {
  const start = body.lastIndexOf(capacityMember);
  const last = start < 0 ? undefined : objectIn(`{${body.toString('utf8', start)}`);
  if (last && Object.keys(last).length === 1) {
    const before = body.subarray(0, start).toString('latin1').replace(/,$/, '');
    return { consumed: last.ConsumedCapacity, rest: Buffer.from(`${before}}`, 'latin1') };
  }
  const { ConsumedCapacity, ...output } = JSON.parse(body.toString('utf8')) as Output;
  return { consumed: ConsumedCapacity, rest: Buffer.from(JSON.stringify(output)) };
}

function objectIn(text: string): Output | undefined {
  try {
    return JSON.parse(text) as Output;
  } catch {
    return undefined;
  }
}

async function forward(client: EngineClient, target: string, text: string): Promise<RawAnswer> {
  try {
    return await client.post(target, text);
  } catch {
    // The engine is being started again; clients retry a 500.
    const { status, body } = awsJsonError(500, 'InternalServerError', 'The DynamoDB engine is starting again.');
    return { status, body: Buffer.from(body) };
  }
}

function answer({ status, body }: RawAnswer): ServiceResponse {
  return { status, headers: { 'content-type': 'application/x-amz-json-1.0' }, body };
}

function tablesOf({ TableName, RequestItems, TransactItems }: Input): string[] {
  const inTransaction = (TransactItems ?? []).flatMap((item) => Object.values(item).map((action) => action?.TableName));
  const names = [TableName, ...Object.keys(RequestItems ?? {}), ...inTransaction];
  return [...new Set(names.filter((name) => name !== undefined))];
}

/**
 * A write refused by its condition is paid like one that was done, a cancelled transaction twice for each item; the
 * engine does not say how much, so each counts as 1 KB. Source: "Read and write operations", DynamoDB Developer Guide.
 */
function refusedUnits(raw: RawAnswer, input: Input, [table]: string[]): [string, number][] {
  const type = raw.body.toString('utf8');
  if (type.includes('ConditionalCheckFailedException') && input.TableName) return [[input.TableName, 1]];
  if (type.includes('TransactionCanceledException') && table) return [[table, 2 * (input.TransactItems?.length ?? 0)]];
  return [];
}

/** The engine names a region of its own. */
function rewriteArns(raw: RawAnswer): RawAnswer {
  const body = raw.body.toString('utf8').replaceAll('arn:aws:dynamodb:dynoxide:000000000000:', arn('dynamodb', ''));
  return { ...raw, body: Buffer.from(body) };
}
