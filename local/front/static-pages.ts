import { createReadStream, statSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname } from 'node:path';
import type { Edge } from './edge.ts';

export interface PageFile {
  path: string;
  cacheControl: string;
}

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
};

/** Serves the pages as the distribution of the template does: its files, its rewriting of addresses. */
export function staticPages({ files, rewrite }: Pick<Edge, 'files' | 'rewrite'>) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(403, { 'content-type': 'text/plain; charset=utf-8' }).end('Pages are read only.\n');
      return;
    }
    const address = rewrite((request.url ?? '/').split('?')[0] ?? '/');
    const file = address === undefined ? undefined : files.get(address);
    const stats = file && statSync(file.path, { throwIfNoEntry: false });
    if (!file || !stats?.isFile()) {
      response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end('There is no such page.\n');
      return;
    }
    response.writeHead(200, {
      'content-type': types[extname(file.path)] ?? 'application/octet-stream',
      'content-length': stats.size,
      'cache-control': file.cacheControl,
    });
    if (request.method === 'HEAD') response.end();
    else createReadStream(file.path).pipe(response);
  };
}
