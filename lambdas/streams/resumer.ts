import { database, workflow } from '../compose.ts';
import { resumer } from './consumers.ts';

export const handler = resumer({ database: database('orders'), workflow: workflow() });
