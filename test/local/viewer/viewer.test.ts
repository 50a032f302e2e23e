import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { executionViewer } from '../../../local/viewer/viewer.ts';
import { runningExecution, source } from './fixtures.ts';

let server: Server;
let url: string;

beforeAll(async () => {
  const view = executionViewer(source);
  server = createServer((request, response) => void view(request, response));
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  url = `http://localhost:${(server.address() as AddressInfo).port}`;
});

afterAll(() => new Promise((resolve) => server.close(resolve)));

async function read(path: string, init?: RequestInit) {
  const response = await fetch(url + path, init);
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
}

it('lists executions with their status and a link to each', async () => {
  const { status, text } = await read('/executions');
  expect(status).toBe(200);
  expect(text).toContain('1 running, 1 ended');
  expect(text).toContain('href="/executions/ord_1"');
  expect(text).toContain('<span class="pill bad">failed</span>');
});

it('shows whom a running execution waits for and until when, what was entered, and every event', async () => {
  const { text } = await read('/executions/ord_1');
  const words = text.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');
  expect(words).toContain('Waiting for Stores confirm since 19:00:01 , until 19:10:00 at the latest');
  expect(words).toContain('Waits for the stores. Operations may cancel.');
  expect(words).toContain('3 state transitions');
  expect(words).toContain('Look the order up 19:00:00 , for 1 s');
  expect(words).toContain('TaskStateEntered Stores confirm');
  expect(text).toContain('href="/ops/orders/ord_1"');
});

it('finds an execution by its ARN too, and shows its error', async () => {
  const { text } = await read(`/executions/${encodeURIComponent('arn:aws:states:us-east-1:0:execution:M:ord_2')}`);
  expect(text).toContain('Error: States.Runtime');
});

it('escapes what executions hold', async () => {
  const { text } = await read('/executions/ord_2');
  expect(text).not.toContain('<script>alert');
  expect(text).toContain('&lt;script&gt;alert');
});

it('gives the read model and the history as JSON', async () => {
  const { type, text } = await read('/executions/ord_1.json');
  expect(type).toContain('application/json');
  const body = JSON.parse(text) as { history: unknown[] };
  expect(body).toMatchObject({ name: 'ord_1', status: 'RUNNING', waiting: runningExecution.waiting });
  expect(body.history).toHaveLength(3);
});

it('serves its own style and script and nothing else', async () => {
  expect((await read('/executions/-/style.css')).type).toContain('text/css');
  expect((await read('/executions/-/refresh.js')).type).toContain('text/javascript');
  expect((await read('/executions/-/viewer.ts')).status).toBe(404);
});

it('says in words that there is no such execution, and that one can only look', async () => {
  const missing = await read('/executions/ord_9');
  expect(missing.status).toBe(404);
  expect(missing.text).toContain('There is no execution ord_9');
  const posted = await read('/executions/ord_1', { method: 'POST' });
  expect(posted.status).toBe(405);
  expect(posted.text).toContain('use GET');
});
