import { type DynamoDBClient, PutItemCommand, type TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { DynamoDatabase } from '../../lambdas/adapters/dynamodb-database.ts';
import { CommitRefused, type Write } from '../../lambdas/application/database.ts';

const put: Write = { kind: 'put', table: 'orders', item: { pk: 'A', sk: 'A', version: 2 }, ifVersion: 1 };
const other: Write = { kind: 'put', table: 'orders', item: { pk: 'B', sk: 'B' }, ifVersion: 'absent' };
const stored = { pk: { S: 'A' }, sk: { S: 'A' }, version: { N: '2' } };

const cancelled = (...codes: string[]) => ({
  name: 'TransactionCanceledException',
  CancellationReasons: codes.map((Code) => ({ Code })),
});

test.each([
  ['a rival transaction', cancelled('None', 'TransactionConflict')],
  ['a throttle inside', cancelled('ThrottlingError', 'None')],
  ['a throttle', { name: 'ThrottlingException' }],
  ['the same transaction still under way', { name: 'TransactionInProgressException' }],
  ['a lost answer', { name: 'TimeoutError' }],
])('%s is tried again, as the same transaction', async (_what, error) => {
  const { database, sent } = answering(error, error, {});
  await database.commit([put, other]);
  expect(sent).toHaveLength(3);
  const tokens = sent.map((command) => (command as TransactWriteItemsCommand).input.ClientRequestToken);
  expect(new Set(tokens).size).toBe(1);
});

test('a condition that does not hold is a refusal, whatever else happened to the transaction', async () => {
  const { database, sent } = answering(cancelled('TransactionConflict', 'ConditionalCheckFailed'));
  await expect(database.commit([put, other])).rejects.toMatchObject({ name: 'CommitRefused', failed: [1] });
  expect(sent).toHaveLength(1);
});

test('what does not pass by itself is given up, and is no refusal', async () => {
  const { database, sent } = answering(...Array(8).fill({ name: 'InternalServerError' }), {});
  await expect(database.commit([put, other])).rejects.toMatchObject({ name: 'InternalServerError' });
  expect(sent).toHaveLength(8);
  const wrong = answering({ name: 'ValidationException' });
  await expect(wrong.database.commit([put, other])).rejects.toMatchObject({ name: 'ValidationException' });
});

test('a single put whose answer was lost is not taken for a rival', async () => {
  const refused = { name: 'ConditionalCheckFailedException', Item: stored };
  const { database, sent } = answering({ name: 'TimeoutError' }, refused);
  await database.commit([put]);
  expect(sent.map((command) => command.constructor)).toEqual([PutItemCommand, PutItemCommand]);
});

test('a single put over what a rival has written is refused', async () => {
  const theirs = { ...stored, by: { S: 'a rival' } };
  const { database } = answering({ name: 'ConditionalCheckFailedException', Item: theirs });
  await expect(database.commit([put])).rejects.toThrow(CommitRefused);
  const gone = answering({ name: 'ConditionalCheckFailedException' });
  await expect(gone.database.commit([put])).rejects.toThrow(CommitRefused);
});

/** The adapter over a client that gives these answers in turn; whatever has a name is thrown. */
function answering(...answers: object[]) {
  const sent: object[] = [];
  const send = async (command: object) => {
    sent.push(command);
    const answer = answers.shift();
    if (answer && 'name' in answer) throw answer;
    return answer;
  };
  return { sent, database: new DynamoDatabase({ orders: 'orders' }, { send } as unknown as DynamoDBClient) };
}
