import { createHash, randomUUID } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Clock } from '../clock.ts';
import type { MessageAttribute, NewMessage, QueueDefinition, ReceivedMessage, SentMessage } from './queue.ts';

/** FIFO queues drop a message whose deduplication id came within 5 minutes (SQS Developer Guide). */
const deduplicationMs = 5 * 60_000;

const schema = `
CREATE TABLE IF NOT EXISTS sqs_messages (
  id INTEGER PRIMARY KEY AUTOINCREMENT, queue TEXT NOT NULL, message_id TEXT NOT NULL, body TEXT NOT NULL,
  attributes TEXT NOT NULL, group_id TEXT, deduplication_id TEXT, sender_id TEXT NOT NULL,
  sent_at INTEGER NOT NULL, available_at INTEGER NOT NULL, invisible_until INTEGER NOT NULL DEFAULT 0,
  receive_count INTEGER NOT NULL DEFAULT 0, first_received_at INTEGER, receipt TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS sqs_messages_of_queue ON sqs_messages (queue, id);
CREATE INDEX IF NOT EXISTS sqs_messages_of_group ON sqs_messages (queue, group_id, id);
CREATE TABLE IF NOT EXISTS sqs_deduplications (
  queue TEXT NOT NULL, deduplication_id TEXT NOT NULL, message_id TEXT NOT NULL, sequence TEXT NOT NULL,
  expires_at INTEGER NOT NULL, PRIMARY KEY (queue, deduplication_id)
) STRICT, WITHOUT ROWID;
`;

interface Row {
  id: number;
  message_id: string;
  body: string;
  attributes: string;
  group_id: string | null;
  deduplication_id: string | null;
  sender_id: string;
  sent_at: number;
  receive_count: number;
  first_received_at: number | null;
}

export interface QueueStoreOptions {
  database: DatabaseSync;
  clock: Clock;
  /** Visibility timeouts are wall time. */
  wallNow?: () => number;
  newId?: () => string;
}

/** The messages of all queues, in the tables `sqs_*`. Delays, retention and deduplication are business time. */
export class QueueStore {
  readonly #database: DatabaseSync;
  readonly #clock: Clock;
  readonly #wallNow: () => number;
  readonly #newId: () => string;
  readonly #queues = new Map<string, QueueDefinition>();
  readonly #listeners = new Map<string, Set<() => void>>();
  readonly #statements = new Map<string, StatementSync>();

  constructor(options: QueueStoreOptions) {
    this.#database = options.database;
    this.#clock = options.clock;
    this.#wallNow = options.wallNow ?? Date.now;
    this.#newId = options.newId ?? randomUUID;
    this.#database.exec(schema);
  }

  declare(queue: QueueDefinition): void {
    this.#queues.set(queue.name, queue);
  }

  find(name: string): QueueDefinition | undefined {
    return this.#queues.get(name);
  }

  names(): string[] {
    return [...this.#queues.keys()].sort();
  }

  /** Queues that have messages and that nobody has declared. */
  strangers(): { name: string; messages: number }[] {
    const rows = this.#prepare(
      'SELECT queue, count(*) AS messages FROM sqs_messages GROUP BY queue ORDER BY queue',
    ).all();
    return rows
      .map(({ queue, messages }) => ({ name: queue as string, messages: messages as number }))
      .filter(({ name }) => !this.#queues.has(name));
  }

  /** Calls `listener` whenever a message of the queue may have become receivable; returns how to stop that. */
  listen(name: string, listener: () => void): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  /**
   * Goes on after a start: messages in flight come back at once, since nobody who received them lives any more, and
   * those that are delayed get their timers again.
   */
  resume(): void {
    this.#prepare('UPDATE sqs_messages SET invisible_until = 0, receipt = NULL WHERE invisible_until > ?').run(
      this.#wallNow(),
    );
    const rows = this.#prepare('SELECT DISTINCT queue, available_at FROM sqs_messages WHERE available_at > ?').all(
      this.#clock.now(),
    );
    for (const { queue, available_at } of rows) this.#announceAt(queue as string, available_at as number);
    for (const name of this.#queues.keys()) this.#announce(name);
  }

  send(queue: QueueDefinition, message: NewMessage): SentMessage {
    const now = this.#clock.now();
    const deduplicationId = this.#deduplicationIdOf(queue, message);
    const once =
      queue.isFifo && queue.deduplicatesByGroup ? JSON.stringify([message.groupId, deduplicationId]) : deduplicationId;
    if (once !== undefined) {
      this.#prepare('DELETE FROM sqs_deduplications WHERE expires_at <= ?').run(now);
      const known = this.#prepare(
        'SELECT message_id, sequence FROM sqs_deduplications WHERE queue = ? AND deduplication_id = ?',
      ).get(queue.name, once);
      if (known) return { messageId: known.message_id as string, sequenceNumber: known.sequence as string };
    }
    const messageId = this.#newId();
    const availableAt = now + (message.delaySeconds ?? queue.delaySeconds) * 1000;
    const { lastInsertRowid } = this.#prepare(
      `INSERT INTO sqs_messages
         (queue, message_id, body, attributes, group_id, deduplication_id, sender_id, sent_at, available_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ).run(
      queue.name,
      messageId,
      message.body,
      JSON.stringify(message.attributes ?? {}),
      message.groupId ?? null,
      deduplicationId ?? null,
      message.senderId,
      now,
      availableAt,
    );
    const sequence = sequenceNumber(Number(lastInsertRowid));
    if (once !== undefined) {
      this.#prepare('INSERT INTO sqs_deduplications VALUES (?, ?, ?, ?, ?)').run(
        queue.name,
        once,
        messageId,
        sequence,
        now + deduplicationMs,
      );
    }
    if (availableAt > now) this.#announceAt(queue.name, availableAt);
    else this.#announce(queue.name);
    return { messageId, ...(queue.isFifo && { sequenceNumber: sequence }) };
  }

  /** Up to `limit` messages, invisible to others for the visibility timeout (wall seconds). */
  receive(
    queue: QueueDefinition,
    limit: number,
    visibilityTimeoutSeconds = queue.visibilityTimeoutSeconds,
  ): ReceivedMessage[] {
    const now = this.#clock.now();
    const wall = this.#wallNow();
    this.#prepare('DELETE FROM sqs_messages WHERE queue = ? AND sent_at <= ?').run(
      queue.name,
      now - queue.retentionSeconds * 1000,
    );
    this.#redrive(queue, now, wall);
    // In a FIFO queue a message waits for every earlier one of its group, in flight or delayed.
    const rows = this.#prepare(
      `SELECT * FROM sqs_messages AS message
       WHERE queue = ?1 AND available_at <= ?2 AND invisible_until <= ?3
         AND (group_id IS NULL OR ?4 = 0 OR NOT EXISTS (
           SELECT 1 FROM sqs_messages AS other WHERE other.queue = ?1 AND other.group_id = message.group_id
             AND (other.invisible_until > ?3 OR (other.id < message.id AND other.available_at > ?2))))
       ORDER BY id LIMIT ?5`,
    ).all(queue.name, now, wall, Number(queue.isFifo), limit) as unknown as Row[];
    return rows.map((row) => {
      const receipt = this.#newId();
      const firstReceivedAt = row.first_received_at ?? now;
      this.#prepare(
        `UPDATE sqs_messages SET invisible_until = ?, receive_count = receive_count + 1, first_received_at = ?, receipt = ?
         WHERE id = ?`,
      ).run(wall + visibilityTimeoutSeconds * 1000, firstReceivedAt, receipt, row.id);
      return {
        messageId: row.message_id,
        receiptHandle: Buffer.from(`${row.id}:${receipt}`).toString('base64'),
        body: row.body,
        attributes: JSON.parse(row.attributes) as Record<string, MessageAttribute>,
        groupId: row.group_id,
        deduplicationId: row.deduplication_id,
        sequenceNumber: sequenceNumber(row.id),
        senderId: row.sender_id,
        sentAt: row.sent_at,
        firstReceivedAt,
        receiveCount: row.receive_count + 1,
      };
    });
  }

  /** False for a handle that is not the message's latest; such a delete does nothing, as in SQS. */
  delete(queue: QueueDefinition, receiptHandle: string): boolean {
    const { id, receipt } = readHandle(receiptHandle);
    const { changes } = this.#prepare('DELETE FROM sqs_messages WHERE id = ? AND queue = ? AND receipt = ?').run(
      id,
      queue.name,
      receipt,
    );
    // The next of its group may come now.
    if (changes > 0 && queue.isFifo) this.#announce(queue.name);
    return changes > 0;
  }

  /** Wall seconds from now; 0 gives the message back at once. */
  changeVisibility(queue: QueueDefinition, receiptHandle: string, seconds: number): boolean {
    const { id, receipt } = readHandle(receiptHandle);
    const { changes } = this.#prepare(
      'UPDATE sqs_messages SET invisible_until = ? WHERE id = ? AND queue = ? AND receipt = ?',
    ).run(this.#wallNow() + seconds * 1000, id, queue.name, receipt);
    if (seconds === 0) this.#announce(queue.name);
    return changes > 0;
  }

  /** Undoes a receive whose message nobody could look at; it can be received again in `seconds` wall seconds. */
  giveBack(queue: QueueDefinition, receiptHandle: string, seconds: number): void {
    if (!this.changeVisibility(queue, receiptHandle, seconds)) return;
    this.#prepare('UPDATE sqs_messages SET receive_count = receive_count - 1 WHERE id = ?').run(
      readHandle(receiptHandle).id,
    );
  }

  counts(queue: QueueDefinition): { visible: number; inFlight: number; delayed: number } {
    return this.#prepare(
      `SELECT coalesce(sum(available_at <= ?2 AND invisible_until <= ?3), 0) AS visible,
              coalesce(sum(invisible_until > ?3), 0) AS inFlight, coalesce(sum(available_at > ?2), 0) AS delayed
       FROM sqs_messages WHERE queue = ?1`,
    ).get(queue.name, this.#clock.now(), this.#wallNow()) as { visible: number; inFlight: number; delayed: number };
  }

  purge(queue: QueueDefinition): void {
    this.#prepare('DELETE FROM sqs_messages WHERE queue = ?').run(queue.name);
  }

  /** Messages received too often go to the dead-letter queue when they would be received once more. */
  #redrive(queue: QueueDefinition, now: number, wall: number): void {
    if (!queue.redrive) return;
    const { deadLetterQueueName, maxReceiveCount } = queue.redrive;
    const { changes } = this.#prepare(
      `UPDATE sqs_messages SET queue = ?, receive_count = 0, first_received_at = NULL, receipt = NULL
       WHERE queue = ? AND receive_count >= ? AND available_at <= ? AND invisible_until <= ?`,
    ).run(deadLetterQueueName, queue.name, maxReceiveCount, now, wall);
    if (changes > 0) this.#announce(deadLetterQueueName);
  }

  #deduplicationIdOf(queue: QueueDefinition, message: NewMessage): string | undefined {
    if (!queue.isFifo) return undefined;
    return message.deduplicationId ?? createHash('sha256').update(message.body).digest('hex');
  }

  #announceAt(name: string, instant: number): void {
    this.#clock.schedule(instant, () => this.#announce(name));
  }

  #announce(name: string): void {
    for (const listener of this.#listeners.get(name) ?? []) listener();
  }

  #prepare(sql: string): StatementSync {
    const statement = this.#statements.get(sql) ?? this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

/** 20 digits that rise with each message. */
function sequenceNumber(id: number): string {
  return String(id).padStart(20, '0');
}

function readHandle(receiptHandle: string): { id: number; receipt: string } {
  const [id = '', receipt = ''] = Buffer.from(receiptHandle, 'base64').toString().split(':');
  return { id: Number(id) || 0, receipt };
}
