import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import {
  type AttributeValue,
  BatchGetItemCommand,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import {
  CommitRefused,
  type Database,
  type IndexPage,
  type IndexRange,
  type Item,
  type Key,
  type Range,
  type TableName,
  type Write,
} from '../application/database.ts';
import { cursorOf, placeOf } from './cursor.ts';

const indexKeys = {
  lists: { pk: 'listPk', sk: 'listSk' },
  due: { pk: 'duePk', sk: 'dueSk' },
  dispatch: { pk: 'dispatchPk', sk: 'dispatchSk' },
} as const;

type Attributes = Record<string, AttributeValue>;

/** A throttle, a conflict or a lost answer: tried again, with the same token, so that it acts once. */
const transient = new Set([
  'TransactionConflict',
  'TransactionConflictException',
  'TransactionInProgressException',
  'ThrottlingError',
  'ThrottlingException',
  'ProvisionedThroughputExceeded',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'InternalServerError',
  'TimeoutError',
]);
const transientTries = 8;
const batchSize = 100;

/** The tables in DynamoDB. `tables` gives the name of each one that the function may touch. */
export class DynamoDatabase implements Database {
  readonly #client: DynamoDBClient;
  readonly #tables: Partial<Record<TableName, string>>;

  constructor(tables: Partial<Record<TableName, string>>, client = new DynamoDBClient({ maxAttempts: 5 })) {
    this.#client = client;
    this.#tables = tables;
  }

  async get({ table, pk, sk }: Key): Promise<Item | null> {
    const { Item: found } = await this.#client.send(
      new GetItemCommand({ TableName: this.#name(table), Key: keyAttributes(pk, sk), ConsistentRead: true }),
    );
    return found ? itemOf(found) : null;
  }

  async getMany(keys: readonly Key[]): Promise<Item[]> {
    const unique = [...new Map(keys.map((key) => [idOf(key), key])).values()];
    const found = new Map<string, Item>();
    for (let start = 0; start < unique.length; start += batchSize) {
      await this.#getBatch(unique.slice(start, start + batchSize), found);
    }
    return keys.flatMap((key) => found.get(idOf(key)) ?? []);
  }

  async query(range: Range): Promise<Item[]> {
    const { table, after, limit, newestFirst } = range;
    const condition = keyCondition(range);
    if (!condition) return [];
    const items: Item[] = [];
    let from: Attributes | undefined;
    do {
      const page = await this.#client.send(
        new QueryCommand({
          TableName: this.#name(table),
          ...condition,
          ConsistentRead: true,
          ScanIndexForward: !newestFirst,
          ExclusiveStartKey: from,
          // One more where `after` itself may be among them.
          ...(limit && { Limit: limit - items.length + (after === undefined ? 0 : 1) }),
        }),
      );
      items.push(...(page.Items ?? []).map(itemOf).filter(({ sk }) => sk !== after));
      from = page.LastEvaluatedKey;
    } while (from && (limit === undefined || items.length < limit));
    return items.slice(0, limit);
  }

  async queryIndex(range: IndexRange): Promise<IndexPage> {
    const { table, index, pk, limit, newestFirst, cursor } = range;
    const names = indexKeys[index];
    const { condition, attribute, values } = within(range, names.sk);
    const page = await this.#client.send(
      new QueryCommand({
        TableName: this.#name(table),
        IndexName: index,
        KeyConditionExpression: `#pk = :pk${condition}`,
        ExpressionAttributeNames: { '#pk': names.pk, ...attribute },
        ExpressionAttributeValues: { ':pk': { S: pk }, ...values },
        ScanIndexForward: !newestFirst,
        Limit: limit,
        ...(cursor && { ExclusiveStartKey: startKey(names, pk, cursor) }),
      }),
    );
    return {
      keys: (page.Items ?? []).map((item) => ({ table, pk: item.pk!.S!, sk: item.sk!.S!, at: item[names.sk]!.S! })),
      ...(page.LastEvaluatedKey && { cursor: cursorAfter(names, page.LastEvaluatedKey) }),
    };
  }

  async commit(writes: readonly Write[]): Promise<void> {
    if (writes.length === 0) return;
    const token = randomUUID();
    for (let attempt = 1; ; attempt++) {
      try {
        if (writes.length === 1) await this.#commitOne(writes[0]!);
        else {
          await this.#client.send(
            new TransactWriteItemsCommand({
              TransactItems: writes.map((write) => this.#transactItem(write)),
              ClientRequestToken: token,
            }),
          );
        }
        return;
      } catch (error) {
        const refused = refusedWrites(error);
        if (refused) throw new CommitRefused(refused);
        if (!isTransient(error) || attempt === transientTries) throw error;
        await this.yieldToRivals(attempt);
      }
    }
  }

  async yieldToRivals(attempt: number): Promise<void> {
    const most = Math.min(1000, 10 * 2 ** attempt);
    await new Promise((resolve) => setTimeout(resolve, Math.random() * most));
  }

  async #getBatch(keys: Key[], found: Map<string, Item>): Promise<void> {
    let request: Record<string, { Keys: Attributes[]; ConsistentRead: boolean }> = {};
    for (const { table, pk, sk } of keys) {
      request[this.#name(table)] ??= { Keys: [], ConsistentRead: true };
      request[this.#name(table)]!.Keys.push(keyAttributes(pk, sk));
    }
    const tableOf = new Map(keys.map(({ table }) => [this.#name(table), table]));
    for (let attempt = 1; Object.keys(request).length > 0; attempt++) {
      const { Responses = {}, UnprocessedKeys = {} } = await this.#client.send(
        new BatchGetItemCommand({ RequestItems: request }),
      );
      for (const [name, items] of Object.entries(Responses)) {
        for (const item of items.map(itemOf)) found.set(idOf({ table: tableOf.get(name)!, ...item }), item);
      }
      request = UnprocessedKeys as typeof request;
      if (Object.keys(request).length > 0) await this.yieldToRivals(attempt);
    }
  }

  async #commitOne(write: Write): Promise<void> {
    const { Put, Delete } = this.#transactItem(write);
    if (!Put) {
      await this.#client.send(new DeleteItemCommand(Delete!));
      return;
    }
    try {
      await this.#client.send(new PutItemCommand({ ...Put, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }));
    } catch (error) {
      // Unlike a transaction, a put has no token: the answer to an earlier try of ours may have been lost.
      const { name, Item: stored } = error as { name: string; Item?: Attributes };
      if (name !== 'ConditionalCheckFailedException' || !isDeepStrictEqual(stored, Put.Item)) throw error;
    }
  }

  #transactItem(write: Write): Pick<TransactWriteItem, 'Put' | 'Delete'> {
    const TableName = this.#name(write.table);
    if (write.kind === 'delete') {
      return {
        Delete: {
          TableName,
          Key: keyAttributes(write.pk, write.sk),
          ...(write.if && {
            ConditionExpression: '#attribute = :value',
            ExpressionAttributeNames: { '#attribute': write.if.attribute },
            ExpressionAttributeValues: { ':value': { S: write.if.equals } },
          }),
        },
      };
    }
    const Item = marshall(write.item, { removeUndefinedValues: true });
    if (write.ifVersion === 'any') return { Put: { TableName, Item } };
    if (write.ifVersion === 'absent') {
      return { Put: { TableName, Item, ConditionExpression: 'attribute_not_exists(pk)' } };
    }
    return {
      Put: {
        TableName,
        Item,
        ConditionExpression: '#version = :version',
        ExpressionAttributeNames: { '#version': 'version' },
        ExpressionAttributeValues: { ':version': { N: String(write.ifVersion) } },
      },
    };
  }

  #name(table: TableName): string {
    const name = this.#tables[table];
    if (!name) throw new Error(`This function has no access to the ${table} table.`);
    return name;
  }
}

/** Above any sort key with the prefix: the highest code point. */
const highest = '\u{10FFFF}';

/** A sort key takes one condition only, so `prefix` and `after` become one range, `after` included; null if empty. */
function keyCondition({ pk, prefix, after, before }: Range) {
  const values = (sk: Record<string, string>) =>
    Object.fromEntries(Object.entries({ ':pk': pk, ...sk }).map(([name, S]) => [name, { S }]));
  if (before !== undefined) {
    return {
      KeyConditionExpression: 'pk = :pk AND sk < :before',
      ExpressionAttributeValues: values({ ':before': before }),
    };
  }
  if (prefix === undefined && after === undefined) {
    return { KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: values({}) };
  }
  if (prefix === undefined) {
    return {
      KeyConditionExpression: 'pk = :pk AND sk > :after',
      ExpressionAttributeValues: values({ ':after': after! }),
    };
  }
  if (after === undefined || after < prefix) {
    return {
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: values({ ':prefix': prefix }),
    };
  }
  if (!after.startsWith(prefix)) return null;
  return {
    KeyConditionExpression: 'pk = :pk AND sk BETWEEN :after AND :last',
    ExpressionAttributeValues: values({ ':after': after, ':last': `${prefix}${highest}` }),
  };
}

function refusedWrites(error: unknown): number[] | null {
  const { name, CancellationReasons: reasons } = error as { name: string; CancellationReasons?: { Code?: string }[] };
  if (name === 'ConditionalCheckFailedException') return [0];
  if (name !== 'TransactionCanceledException') return null;
  const failed = (reasons ?? []).flatMap(({ Code }, index) => (Code === 'ConditionalCheckFailed' ? [index] : []));
  return failed.length > 0 ? failed : null;
}

function isTransient(error: unknown): boolean {
  const { name, CancellationReasons: reasons } = error as { name: string; CancellationReasons?: { Code?: string }[] };
  return transient.has(name) || (reasons ?? []).some(({ Code }) => Code !== undefined && transient.has(Code));
}

function keyAttributes(pk: string, sk: string): Attributes {
  return { pk: { S: pk }, sk: { S: sk } };
}

function itemOf(attributes: Attributes): Item {
  return unmarshall(attributes) as Item;
}

function idOf({ table, pk, sk }: Key): string {
  return `${table}\n${pk}\n${sk}`;
}

type IndexKeys = (typeof indexKeys)[keyof typeof indexKeys];

function cursorAfter(names: IndexKeys, key: Attributes): string {
  return cursorOf([key[names.sk]!.S!, key.pk!.S!, key.sk!.S!]);
}

function startKey(names: IndexKeys, indexPk: string, cursor: string): Attributes {
  const [indexSk, pk, sk] = placeOf(cursor);
  return { pk: { S: pk }, sk: { S: sk }, [names.pk]: { S: indexPk }, [names.sk]: { S: indexSk } };
}

/** The part of a key condition that keeps an index to a range of its sort keys. */
function within({ since, until }: IndexRange, sortKey: string) {
  if (since === undefined && until === undefined) return { condition: '', attribute: {}, values: {} };
  const both = since !== undefined && until !== undefined;
  return {
    condition: both
      ? ' AND #sk BETWEEN :since AND :until'
      : ` AND #sk ${since === undefined ? '<= :until' : '>= :since'}`,
    attribute: { '#sk': sortKey },
    values: {
      ...(since !== undefined && { ':since': { S: since } }),
      ...(until !== undefined && { ':until': { S: until } }),
    },
  };
}
