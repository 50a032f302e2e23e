import type { LogSink } from '../lambda/environment.ts';
import type { Meter } from '../services.ts';
import type { HistoryEvent } from '../stepfunctions/history.ts';
import type { ExecutionRecord } from '../stepfunctions/record.ts';

const bytesPerGb = 1e9;

/** The lines that Lambda itself logs, as text, with figures of the usual length. */
const requestId = '00000000-0000-0000-0000-000000000000';
const initLine =
  'INIT_START Runtime Version: nodejs:24.v12\tRuntime Version ARN: ' +
  `arn:aws:lambda:us-east-1::runtime:${'0'.repeat(64)}`;
const invocationLines = [
  `START RequestId: ${requestId} Version: $LATEST`,
  `END RequestId: ${requestId}`,
  `REPORT RequestId: ${requestId}\tDuration: 12.34 ms\tBilled Duration: 13 ms\tMemory Size: 512 MB\tMax Memory Used: 99 MB\t`,
];
const initDuration = 'Init Duration: 234.56 ms\t';

/** What Lambda logs about an invocation before the function says anything; source: Lambda Developer Guide, "Log formats". */
export function countPlatformLines(meter: Meter, functionName: string, isCold: boolean): void {
  const lines = isCold ? [initLine, ...invocationLines, initDuration] : invocationLines;
  meter.count('logs.gb', Buffer.byteLength(lines.join('')) / bytesPerGb, { resource: functionName });
}

/** Counts what is logged on its way to `sink`; the line that begins an environment is counted by `countPlatformLines`. */
export function meteredLog(sink: LogSink, meter: Meter): LogSink {
  return (name, request, line) => {
    if (!line.startsWith('INIT_START ')) {
      meter.count('logs.gb', Buffer.byteLength(line) / bytesPerGb, { resource: name });
    }
    sink(name, request, line);
  };
}

/** Whether the logged history of a machine includes inputs and outputs. */
export interface HistoryLog {
  includesData: boolean;
}

/**
 * Counts the history that Step Functions logs.
 *
 * @param logs of the machines whose level is ALL, by machine name; the other levels log next to nothing
 */
export function meteredHistory(logs: Map<string, HistoryLog>, meter: Meter) {
  return (record: ExecutionRecord, events: HistoryEvent[]): void => {
    const log = logs.get(record.machineName);
    if (!log) return;
    const bytes = events.reduce((sum, event) => sum + Buffer.byteLength(logLine(record, event, log)), 0);
    meter.count('logs.gb', bytes / bytesPerGb, { resource: record.machineName });
  };
}

/** Source: Step Functions Developer Guide, "Using CloudWatch Logs to log execution history". */
function logLine({ arn, redriveCount }: ExecutionRecord, event: HistoryEvent, { includesData }: HistoryLog): string {
  const { input, output, parameters, assignedVariables, ...bare } = event.details ?? {};
  return JSON.stringify({
    id: String(event.id),
    type: event.type,
    details: includesData ? event.details : bare,
    redrive_count: String(redriveCount),
    previous_event_id: String(event.previousEventId),
    event_timestamp: String(event.timestamp),
    execution_arn: arn,
  });
}
