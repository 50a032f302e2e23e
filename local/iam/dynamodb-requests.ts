import { arn } from '../assembly/home.ts';
import type { Context } from './condition.ts';
import { type Demand, type Lookup, via } from './requests.ts';

type Attributes = Record<string, Record<string, unknown>>;

interface Input {
  TableName?: string;
  IndexName?: string;
  Key?: Attributes;
  Item?: Attributes;
  RequestItems?: Record<string, unknown>;
  TransactItems?: Record<string, Input>[];
  Keys?: Attributes[];
  KeyConditionExpression?: string;
  KeyConditions?: Record<string, { AttributeValueList?: Record<string, unknown>[] }>;
  AttributesToGet?: string[];
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues?: Attributes;
  Select?: string;
  ReturnValues?: string;
  [other: string]: unknown;
}

const transactionActions: Record<string, string> = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
  Get: 'GetItem',
};

/**
 * What a call of DynamoDB asks for. A transaction is authorised item by item, by the action of each; a batch is an
 * action of its own on each table; a query of an index asks for the index only. Whoever reaches a table with a key of
 * its own needs `kms:Decrypt` on that key: DynamoDB opens the table's key as its caller.
 * Source: "IAM policies and transactions", "DynamoDB encryption at rest", DynamoDB Developer Guide.
 */
export function dynamoDbDemands(operation: string, input: Input, lookup: Lookup): Demand[] {
  const demands = dataDemands(operation, input, lookup);
  const tables = new Set(demands.map(({ resource }) => resource.split('/index/')[0]!));
  return [...demands, ...[...tables].flatMap((table) => tableKeyDemands(table, lookup))];
}

/** What reaching the items or the stream of a table asks of its key. */
export function tableKeyDemands(tableArn: string, { tableKey }: Lookup): Demand[] {
  const key = tableKey(tableArn);
  if (key === undefined) return [];
  const context = {
    ...via('dynamodb'),
    'kms:encryptioncontext:aws:dynamodb:tablename': [tableArn.split('/')[1] ?? ''],
  };
  return [{ action: 'kms:Decrypt', resource: key, context }];
}

function dataDemands(operation: string, input: Input, lookup: Lookup): Demand[] {
  switch (operation) {
    case 'TransactWriteItems':
    case 'TransactGetItems':
      return (input.TransactItems ?? []).flatMap((item) =>
        Object.entries(item).map(([kind, one]) => {
          const { action, resource, context } = itemDemand(transactionActions[kind] ?? kind, one, lookup);
          return { action, resource, context: { ...context, 'dynamodb:enclosingoperation': [operation] } };
        }),
      );
    case 'BatchGetItem':
    case 'BatchWriteItem':
      return Object.entries(input.RequestItems ?? {}).map(([TableName, requests]) =>
        itemDemand(operation, batchOf(TableName, requests), lookup),
      );
    case 'ListTables':
      return [{ action: 'dynamodb:ListTables', resource: '*', context: {} }];
    default:
      return [itemDemand(operation, input, lookup)];
  }
}

function batchOf(TableName: string, requests: unknown): Input {
  if (!Array.isArray(requests)) return { TableName, ...(requests as object) };
  const items = (requests as { PutRequest?: Input; DeleteRequest?: Input }[]).map(
    ({ PutRequest, DeleteRequest }) => PutRequest?.Item ?? DeleteRequest?.Key ?? {},
  );
  return { TableName, Keys: items };
}

function itemDemand(action: string, input: Input, { tableHashKey }: Lookup): Demand {
  const table = tableArn(input.TableName ?? '');
  const resource = input.IndexName === undefined ? table : `${table}/index/${input.IndexName}`;
  const hashKey = tableHashKey(table, input.IndexName);
  const leading = hashKey === undefined ? [] : leadingKeys(input, hashKey);
  const attributes = attributesOf(input);
  const context: Context = {
    ...(leading.length > 0 && { 'dynamodb:leadingkeys': leading }),
    ...(attributes.length > 0 && { 'dynamodb:attributes': attributes }),
    ...(input.Select !== undefined && { 'dynamodb:select': [input.Select] }),
    ...(input.ReturnValues !== undefined && { 'dynamodb:returnvalues': [input.ReturnValues] }),
  };
  return { action: `dynamodb:${action}`, resource, context };
}

function tableArn(name: string): string {
  return name.startsWith('arn:') ? name : arn('dynamodb', `table/${name}`);
}

/** Values of the partition key that a request names. */
function leadingKeys(input: Input, hashKey: string): string[] {
  const items = [input.Key, input.Item, ...(input.Keys ?? [])].filter((item) => item !== undefined);
  const given = items.flatMap((item) => Object.values(item[hashKey] ?? {}).map(String));
  const conditions = input.KeyConditions?.[hashKey]?.AttributeValueList ?? [];
  given.push(...conditions.flatMap((value) => Object.values(value).map(String)));
  const { KeyConditionExpression = '', ExpressionAttributeNames = {}, ExpressionAttributeValues = {} } = input;
  for (const [, name = '', value = ''] of KeyConditionExpression.matchAll(/([#\w]+)\s*=\s*(:\w+)/g)) {
    if ((ExpressionAttributeNames[name] ?? name) !== hashKey) continue;
    given.push(...Object.values(ExpressionAttributeValues[value] ?? {}).map(String));
  }
  return [...new Set(given)];
}

const words =
  /^(SET|REMOVE|ADD|DELETE|AND|OR|NOT|IN|BETWEEN|(attribute_(not_)?exists|attribute_type|begins_with|contains|size|if_not_exists|list_append))$/i;

/** Top-level attributes that a request names, in items, keys and expressions. */
function attributesOf(input: Input): string[] {
  const { ExpressionAttributeNames = {} } = input;
  const items = [input.Key, input.Item, input.KeyConditions, ...(input.Keys ?? [])].flatMap((item) =>
    Object.keys(item ?? {}),
  );
  const expressions = Object.entries(input).filter(([name]) => name.endsWith('Expression'));
  const named = expressions.flatMap(([, text]) =>
    [...String(text).matchAll(/(?<![:.\w#])[#A-Za-z_]\w*/g)].map(([name]) => ExpressionAttributeNames[name] ?? name),
  );
  return [...new Set([...items, ...(input.AttributesToGet ?? []), ...named.filter((name) => !words.test(name))])];
}
