import type { EventBridgeEvent } from 'aws-lambda';
import { sweep } from '../application/sweep.ts';
import { database, nudges, workflow } from '../compose.ts';
import { parseInstant } from '../domain/time.ts';
import { logger } from '../log.ts';

const ports = { database: database('orders', 'fleet', 'catalogue'), workflow: workflow(), nudges: nudges() };

/** Every minute: the second, independent net under both stream consumers. */
export async function handler(event: EventBridgeEvent<'Scheduled Event', unknown>): Promise<void> {
  const outcome = await sweep(ports, parseInstant(event.time));
  if (outcome.failed.length > 0) logger.error('sweep left orders behind', { failed: outcome.failed });
  else if (outcome.resumed + outcome.restarted.length > 0)
    logger.warn('sweep found what the streams had missed', { ...outcome });
}
