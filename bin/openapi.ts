import { writeFileSync } from 'node:fs';
import { openApiDocument } from '../lambdas/http/openapi.ts';

/** Writes docs/api/openapi.json from the route table and the schemas. */
const target = new URL('../docs/api/openapi.json', import.meta.url);
writeFileSync(target, `${JSON.stringify(openApiDocument(), null, 2)}\n`);
