import { writeFileSync } from 'node:fs';
import { eventDocument } from '../lambdas/http/event-document.ts';
import { openApiDocument } from '../lambdas/http/openapi.ts';

/** Writes docs/api/openapi.json and docs/events.md from the route table and the schemas. */
const write = (path: string, text: string) => writeFileSync(new URL(`../docs/${path}`, import.meta.url), text);
write('api/openapi.json', `${JSON.stringify(openApiDocument(), null, 2)}\n`);
write('events.md', eventDocument());
