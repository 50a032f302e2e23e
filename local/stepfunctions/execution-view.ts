import type { Definition, Scope } from './definition.ts';
import { innerScopes } from './definition.ts';
import { dueOf } from './frames.ts';
import type { HistoryEvent } from './history.ts';
import type { Interpreter } from './interpreter.ts';
import type { Json } from './json.ts';
import type { ExecutionStatus } from './record.ts';

/** What a person sees of one execution. Instants are business ms. */
export interface ExecutionView {
  arn: string;
  name: string;
  machine: string;
  status: ExecutionStatus;
  startedAt: number;
  endedAt: number | null;
  input: Json;
  output: Json | null;
  error: { error: string; cause: string } | null;
  /** In the order they were entered; `exitedAt` is null for a state that is open or ended without an exit. */
  states: { name: string; enteredAt: number; exitedAt: number | null; comment: string | null }[];
  /** Where the execution stands now: one entry for each branch that waits. */
  waiting: { state: string; since: number; until: number | null; comment: string | null }[];
  transitions: number;
}

/** Reads an execution for a viewer; throws `ExecutionDoesNotExist`. */
export function describeExecution(interpreter: Interpreter, arn: string): ExecutionView {
  const record = interpreter.execution(arn);
  const comments = commentsOf(interpreter.machines.definition(record.definitionHash));
  const open = record.status === 'RUNNING' ? interpreter.store.frames(record.id) : [];
  const waiting = open
    .filter(({ phase }) => phase.kind === 'task' || phase.kind === 'waiting' || phase.kind === 'retrying')
    .map(({ state, enteredAt, phase }) => ({
      state,
      since: enteredAt,
      until: dueOf(phase) ?? null,
      comment: comments.get(state) ?? null,
    }));
  return {
    arn: record.arn,
    name: record.name,
    machine: record.machineName,
    status: record.status,
    startedAt: record.startDate,
    endedAt: record.stopDate,
    input: JSON.parse(record.input) as Json,
    output: record.output === null ? null : (JSON.parse(record.output) as Json),
    error: record.error === null ? null : { error: record.error, cause: record.cause ?? '' },
    states: statesEntered(interpreter.store.events(record.id), comments),
    waiting,
    transitions: record.transitions,
  };
}

function statesEntered(events: HistoryEvent[], comments: Map<string, string>): ExecutionView['states'] {
  const states: ExecutionView['states'] = [];
  const parents = new Map(events.map((event) => [event.id, event.previousEventId]));
  const entries = new Map<number, ExecutionView['states'][number]>();
  for (const { id, type, timestamp, details } of events) {
    const name = String(details?.name ?? '');
    if (type.endsWith('StateEntered')) {
      const entry = { name, enteredAt: timestamp, exitedAt: null, comment: comments.get(name) ?? null };
      states.push(entry);
      entries.set(id, entry);
    } else if (type.endsWith('StateExited')) {
      // The same state may be open in several iterations: its own entry is the nearest one back along the chain.
      let at: number | undefined = parents.get(id);
      while (at && entries.get(at)?.name !== name) at = parents.get(at);
      const entry = at === undefined ? undefined : entries.get(at);
      if (entry) entry.exitedAt = timestamp;
    }
  }
  return states;
}

function commentsOf(definition: Definition): Map<string, string> {
  const comments = new Map<string, string>();
  const collect = (scope: Scope) => {
    for (const [name, state] of Object.entries(scope.States)) {
      if (state.Comment !== undefined) comments.set(name, state.Comment);
      innerScopes(state).forEach(collect);
    }
  };
  collect(definition);
  return comments;
}
