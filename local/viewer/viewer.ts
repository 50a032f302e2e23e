import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { executionPage, listPage, problemPage } from './pages.ts';
import type { ExecutionSource } from './source.ts';

interface Answer {
  status: number;
  type: string;
  body: string;
}

const assets: Record<string, { type: string; file: string }> = {
  'style.css': { type: 'text/css', file: 'style.css' },
  'refresh.js': { type: 'text/javascript', file: 'refresh.js' },
};

/**
 * What the Step Functions console shows, for the executions of the embedded cloud. It answers `GET /executions`,
 * `/executions/<name or ARN>`, the same with `.json` for the read model and its history, and the page's own assets.
 */
export function executionViewer(
  source: ExecutionSource,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  return async (request, response) => {
    const { status, type, body } = await answer(source, request).catch(unexpected);
    response.writeHead(status, {
      'content-type': `${type}; charset=utf-8`,
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'",
    });
    response.end(request.method === 'HEAD' ? undefined : body);
  };
}

async function answer(source: ExecutionSource, request: IncomingMessage): Promise<Answer> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return problem(405, `${request.method} is not possible here`, 'Executions can only be looked at: use GET.');
  }
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  const rest = pathname.replace(/^\/executions\/?/, '');
  if (rest === '') return page(listPage(await source.list()));
  if (rest.startsWith('-/')) return asset(rest.slice(2));
  const isJson = rest.endsWith('.json');
  const name = decoded(isJson ? rest.slice(0, -'.json'.length) : rest);
  const view = await source.describe(name);
  if (!view) {
    return problem(
      404,
      `There is no execution ${name}`,
      'It may have been forgotten after its time, or never started.',
    );
  }
  const history = (await source.history(name)) ?? [];
  if (!isJson) return page(executionPage(view, history));
  return { status: 200, type: 'application/json', body: JSON.stringify({ ...view, history }) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function asset(name: string): Answer {
  const known = assets[name];
  if (!known) return problem(404, `There is no file ${name}`, 'Load the page again.');
  return { status: 200, type: known.type, body: readFileSync(new URL(known.file, import.meta.url), 'utf8') };
}

function page(body: string): Answer {
  return { status: 200, type: 'text/html', body };
}

function problem(status: number, title: string, mend: string): Answer {
  return { status, type: 'text/html', body: problemPage(title, mend) };
}

function unexpected(error: unknown): Answer {
  return problem(500, 'The execution could not be read', `${(error as Error).message} Load the page again.`);
}
