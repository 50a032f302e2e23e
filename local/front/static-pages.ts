import { createReadStream, statSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
  '.map': 'application/json',
};

/** Which page serves an address: the first whose pattern matches. */
const pages: [pattern: RegExp, page: string][] = [
  [/^\/$/, 'front'],
  [/^\/t\/[^/]+\/?$/, 'tracking'],
  [/^\/(store|drive|ops)(\/[^.]*)?$/, '$1'],
];

/** Names that change with their content may be kept for ever. */
const isImmutable = (path: string) => /-[A-Z0-9]{8}\.(js|css)$/.test(path);

/** Serves the pages from the folder they were built into, as the CDN will. */
export function staticPages(directory: string) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end();
      return;
    }
    const path = decode((request.url ?? '/').split('?')[0] ?? '/');
    const file = path === undefined ? undefined : fileOf(directory, path);
    if (!file) {
      response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end('There is no such page.\n');
      return;
    }
    response.writeHead(200, {
      'content-type': types[extname(file.path)] ?? 'application/octet-stream',
      'content-length': file.size,
      'cache-control': isImmutable(file.path) ? 'public, max-age=31536000, immutable' : 'no-cache',
      'x-content-type-options': 'nosniff',
      // The address of a tracking page is a secret.
      'referrer-policy': path?.startsWith('/t/') ? 'no-referrer' : 'strict-origin-when-cross-origin',
    });
    if (request.method === 'HEAD') response.end();
    else createReadStream(file.path).pipe(response);
  };
}

function fileOf(directory: string, path: string): { path: string; size: number } | undefined {
  const page = pages.find(([pattern]) => pattern.test(path));
  const relative = page ? join(path.replace(page[0], page[1]), 'index.html') : path;
  const file = normalize(join(directory, relative));
  if (!file.startsWith(directory + sep)) return undefined;
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats?.isFile() ? { path: file, size: stats.size } : undefined;
}

function decode(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}
