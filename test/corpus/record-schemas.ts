/** Adds what is new in the sources to event-schemas.jsonl: `node test/corpus/record-schemas.ts`, for a new type or version. */
import { readRecord, recordWith, schemasNow, writeRecord } from './schema-record.ts';

writeRecord(recordWith(readRecord(), schemasNow()));
