import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { findLeaks } from './scanner.ts';

const secret = { what: 'phone', value: '+1 480 555 0177' };
const found = (text: string, value = secret.value) =>
  findLeaks([{ ...secret, value }], [{ where: 'a log', text }]).map(({ as }) => as);

test.each([
  ['plain', `{"phone":"${secret.value}"}`],
  ['URL-encoded', `GET /x?phone=${encodeURIComponent(secret.value)}`],
  ['form-encoded', `phone=${encodeURIComponent(secret.value).replaceAll('%20', '+')}`],
  ['base64', Buffer.from(`{"phone":"${secret.value}"}`).toString('base64')],
  ['base64', Buffer.from(`{"phone" :"${secret.value}"}`).toString('base64')],
  ['base64', Buffer.from(`{"phone"  :"${secret.value}"}`).toString('base64')],
  ['unsalted SHA-256, hex', createHash('sha256').update(secret.value).digest('hex')],
  ['unsalted SHA-256, base64', createHash('sha256').update(secret.value).digest('base64')],
])('what is written %s is found', (as, text) => {
  expect(found(text)).toContain(as);
});

test('what is escaped in JSON, once or twice, is found', () => {
  const value = 'ring "twice"';
  const once = JSON.stringify({ value });
  expect(found(once, value)).toContain('JSON in JSON');
  expect(found(JSON.stringify({ body: once }), value)).toContain('JSON in JSON in JSON');
});

test('a hash of what nobody can guess is none', () => {
  const text = createHash('sha256').update('a token').digest('hex');
  const secret = { what: 'token', value: 'a token' };
  expect(findLeaks([secret], [{ where: 'x', text }])).toHaveLength(1);
  expect(findLeaks([{ ...secret, isUnguessable: true }], [{ where: 'x', text }])).toEqual([]);
});

test('a number is not found in a longer one, and nothing in a text without it', () => {
  expect(found('at 1764579600000, 0.123456', '123456')).toEqual([]);
  expect(found('pin 123456.', '123456')).toEqual(['plain']);
  expect(found('all is well')).toEqual([]);
});
