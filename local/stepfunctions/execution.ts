import type { Decision } from './decide.ts';
import type { Definition, TaskState } from './definition.ts';
import type { StateError } from './errors.ts';
import {
  type ChildrenPhase,
  childrenOf,
  type Frame,
  type Frames,
  isRunnable,
  type Phase,
  scopeOf,
  stateOf,
  type TaskPhase,
} from './frames.ts';
import { assignedText, enteredEvent, exitedEvent, HISTORY_LIMIT_EVENTS } from './history.ts';
import { type Commit, HistoryFull, Journal } from './journal.ts';
import type { Json, JsonObject } from './json.ts';
import type { ExecutionRecord, ExecutionStatus } from './record.ts';
import { taskEvent } from './task-events.ts';

/**
 * One execution in memory: applies decisions and outside facts to its tree of frames, and notes what is to be
 * written. Synchronous, so that each step is whole; it knows neither the store nor timers nor services.
 */
export class Execution {
  readonly record: ExecutionRecord;
  readonly definition: Definition;
  readonly frames: Frames;
  readonly #journal: Journal;
  #now = 0;

  constructor(record: ExecutionRecord, definition: Definition, frames: Frame[] = []) {
    this.record = record;
    this.definition = definition;
    this.frames = new Map(frames.map((frame) => [frame.id, frame]));
    this.#journal = new Journal(record);
  }

  /** When `TimeoutSeconds` of the machine ends the execution, business ms. */
  get deadline(): number | undefined {
    const seconds = this.definition.TimeoutSeconds;
    return seconds === undefined ? undefined : (this.record.redriveDate ?? this.record.startDate) + seconds * 1000;
  }

  nextRunnable(): Frame | undefined {
    if (this.record.status !== 'RUNNING') return undefined;
    for (const frame of this.frames.values()) if (isRunnable(frame.phase)) return frame;
    return undefined;
  }

  takeCommit(): Commit {
    return this.#journal.take();
  }

  start(now: number): void {
    this.#step(now, () => {
      const { input, roleArn, versionArn, aliasArn } = this.record;
      this.#emit(null, 'ExecutionStarted', {
        input,
        roleArn,
        ...(versionArn !== null && { stateMachineVersionArn: versionArn }),
        ...(aliasArn !== null && { stateMachineAliasArn: aliasArn }),
      });
      const last = this.record.nextEventId - 1;
      this.#spawn(null, 0, JSON.parse(input) as Json, last);
    });
  }

  apply(frame: Frame, decision: Decision, now: number): void {
    this.#step(now, () => {
      switch (decision.kind) {
        case 'exit':
          return this.#exit(frame, decision.output, decision.assign, decision.next);
        case 'wait':
          return this.#set(frame, { kind: 'waiting', until: decision.until });
        case 'wait for':
          return this.#set(frame, { kind: 'waiting', until: now + decision.ms });
        case 'call':
          return this.#call(frame, decision);
        case 'fan out':
          return this.#fanOut(frame, decision);
        case 'retry':
          this.#removeDescendants(frame);
          frame.retriesUsed[decision.retrier] = (frame.retriesUsed[decision.retrier] ?? 0) + 1;
          for (let position = 0; position < decision.retrier; position++) frame.retriesUsed[position] ??= 0;
          return this.#set(frame, { kind: 'retrying', until: now + decision.ms });
        case 'throw':
          if (decision.error === 'States.QueryEvaluationError') {
            this.#emit(frame, 'EvaluationFailed', { ...errorDetails(decision), state: frame.state });
          }
          return this.#set(frame, { kind: 'threw', error: decision.error, cause: decision.cause });
        case 'fail':
          return this.#fail(frame, decision.error, decision.cause);
      }
    });
  }

  /** The service accepted the call of a waitForTaskToken task; the token decides what comes of it. */
  taskSubmitted(frame: Frame, phase: TaskPhase, output: Json, now: number): void {
    this.#step(now, () => {
      phase.submitted = true;
      this.#emitTask(frame, 'Submitted', { output: JSON.stringify(output) });
      this.#journal.changed(frame);
    });
  }

  taskSucceeded(frame: Frame, result: Json, now: number): void {
    this.#step(now, () => {
      this.#emitTask(frame, 'Succeeded', { output: JSON.stringify(result) });
      this.#set(frame, { kind: 'returned', result });
    });
  }

  taskFailed(frame: Frame, failure: StateError, now: number): void {
    this.#step(now, () => {
      this.#emitTask(frame, 'Failed', errorDetails(failure));
      this.#set(frame, { kind: 'threw', error: failure.error, cause: failure.cause });
    });
  }

  heartbeat(frame: Frame, phase: TaskPhase, now: number): void {
    this.#step(now, () => {
      if (phase.heartbeatSeconds !== undefined) phase.heartbeatDue = now + phase.heartbeatSeconds * 1000;
      this.#journal.changed(frame);
    });
  }

  /** Business time has reached what the frame's phase was waiting for. */
  fallDue(frame: Frame, now: number): void {
    this.#step(now, () => {
      const { phase } = frame;
      if (phase.kind === 'waiting') return this.#set(frame, { kind: 'returned' });
      if (phase.kind === 'retrying') {
        this.#journal.countTransition();
        return this.#set(frame, { kind: 'ready' });
      }
      if (phase.kind !== 'task') return;
      const silent = phase.deadline === undefined || now < phase.deadline;
      const error = silent ? 'States.HeartbeatTimeout' : 'States.Timeout';
      const cause = silent
        ? `No heartbeat came within ${phase.heartbeatSeconds} s.`
        : `The task did not end within ${phase.timeoutSeconds} s.`;
      this.#emitTask(frame, 'TimedOut', { error, cause });
      this.#set(frame, { kind: 'threw', error, cause });
    });
  }

  abort(error: string | null, cause: string | null, now: number): void {
    this.#step(now, () => this.#end('ABORTED', { error, cause }));
  }

  timeOut(now: number): void {
    this.#step(now, () => this.#end('TIMED_OUT', { error: 'States.Timeout', cause: null }));
  }

  /** A fault of the interpreter itself: fails the execution where it can be seen. */
  fault(message: string, now: number): void {
    this.#step(now, () => this.#end('FAILED', { error: 'States.Runtime', cause: message }));
  }

  /** Runs again every state that ended without an outcome; branches that succeeded keep their results. */
  redrive(now: number): void {
    this.#step(now, () => {
      const { record } = this;
      Object.assign(record, { status: 'RUNNING', stopDate: null, output: null, error: null, cause: null });
      record.redriveCount++;
      record.redriveDate = now;
      this.#emit(null, 'ExecutionRedriven', { redriveCount: record.redriveCount });
      const last = record.nextEventId - 1;
      for (const frame of this.frames.values()) {
        if (frame.phase.kind !== 'stopped') continue;
        frame.retriesUsed = [];
        frame.lastEventId = last;
        if (!frame.phase.children) this.#journal.countTransition();
        this.#set(frame, frame.phase.children ?? { kind: 'ready' });
      }
    });
  }

  #step(now: number, change: () => void): void {
    this.#now = now;
    try {
      change();
    } catch (error) {
      if (!(error instanceof HistoryFull)) throw error;
      const cause = `The execution reached the maximum number of history events (${HISTORY_LIMIT_EVENTS}).`;
      this.#end('FAILED', { error: 'States.Runtime', cause });
    }
  }

  #enter(frame: Frame, name: string, input: Json): void {
    frame.state = name;
    frame.input = input;
    frame.enteredAt = this.#now;
    frame.retriesUsed = [];
    const state = stateOf(this.definition, this.frames, frame);
    this.#emit(frame, enteredEvent(state), { name, input: JSON.stringify(input) });
    this.#journal.countTransition();
    this.#set(frame, { kind: 'ready' });
  }

  #exit(frame: Frame, output: Json, assign: JsonObject, next: string | null): void {
    this.#removeDescendants(frame);
    const state = stateOf(this.definition, this.frames, frame);
    const text = JSON.stringify(output);
    const assigned = Object.keys(assign).length > 0 && { assignedVariables: assignedText(assign) };
    this.#emit(frame, exitedEvent(state), { name: frame.state, output: text, ...assigned });
    frame.variables = { ...frame.variables, ...assign };
    if (next !== null) {
      this.#enter(frame, next, output);
      return;
    }
    this.frames.delete(frame.id);
    this.#journal.removed(frame);
    if (frame.parentId === null) this.#succeed(frame, text);
    else this.#childSucceeded(this.frames.get(frame.parentId)!, frame, output);
  }

  #succeed(frame: Frame, output: string): void {
    const { record } = this;
    this.#emit(frame, 'ExecutionSucceeded', { output });
    Object.assign(record, { status: 'SUCCEEDED', output, stopDate: this.#now });
  }

  #childSucceeded(parent: Frame, child: Frame, output: Json): void {
    const phase = parent.phase as ChildrenPhase;
    const map = stateOf(this.definition, this.frames, parent).Type === 'Map';
    if (map) this.#emit(child, 'MapIterationSucceeded', { name: parent.state, index: child.index });
    phase.results[child.index] = output;
    phase.open--;
    parent.lastEventId = child.lastEventId;
    this.#journal.changed(parent);
    if (phase.open === 0) this.#childrenSucceeded(parent, phase, map);
    else this.#startPending(parent, phase);
  }

  #childrenSucceeded(parent: Frame, phase: ChildrenPhase, map: boolean): void {
    this.#emit(parent, map ? 'MapStateSucceeded' : 'ParallelStateSucceeded');
    this.#set(parent, { kind: 'returned', result: phase.results });
  }

  #fanOut(frame: Frame, decision: Decision & { kind: 'fan out' }): void {
    const { inputs, items, concurrency } = decision;
    if (items) this.#emit(frame, 'MapStateStarted', { length: items.length });
    else this.#emit(frame, 'ParallelStateStarted');
    const pending = inputs.map((input, index) => ({ index, input, item: items?.[index] ?? null }));
    const results = inputs.map(() => null);
    const phase: ChildrenPhase = { kind: 'children', results, open: inputs.length, pending, concurrency };
    this.#set(frame, phase);
    if (inputs.length === 0) this.#childrenSucceeded(frame, phase, items !== undefined);
    else this.#startPending(frame, phase);
  }

  #startPending(parent: Frame, phase: ChildrenPhase): void {
    const map = stateOf(this.definition, this.frames, parent).Type === 'Map';
    while (phase.pending.length > 0 && phase.open - phase.pending.length < phase.concurrency) {
      const { index, input, item } = phase.pending.shift()!;
      const from = map ? this.#emit(parent, 'MapIterationStarted', { name: parent.state, index }) : parent.lastEventId;
      this.#spawn(parent, index, input, from, map ? item : undefined);
    }
  }

  #spawn(parent: Frame | null, index: number, input: Json, lastEventId: number, item?: Json): void {
    const frame: Frame = {
      id: this.record.nextFrameId++,
      parentId: parent?.id ?? null,
      index,
      variables: {},
      state: '',
      input,
      enteredAt: this.#now,
      retriesUsed: [],
      lastEventId,
      phase: { kind: 'ready' },
      ...(item !== undefined && { item }),
    };
    this.frames.set(frame.id, frame);
    this.#enter(frame, scopeOf(this.definition, this.frames, frame).StartAt, input);
  }

  #call(frame: Frame, decision: Decision & { kind: 'call' }): void {
    const { kind: _, ...call } = decision;
    const { timeoutSeconds, heartbeatSeconds, token } = decision;
    this.#emitTask(frame, 'Scheduled', {
      region: this.record.arn.split(':')[3]!,
      parameters: JSON.stringify(decision.arguments),
      ...(timeoutSeconds !== undefined && { timeoutInSeconds: timeoutSeconds }),
      ...(heartbeatSeconds !== undefined && { heartbeatInSeconds: heartbeatSeconds }),
    });
    this.#emitTask(frame, 'Started', {});
    if (token !== undefined) this.#journal.token(token, frame);
    this.#set(frame, {
      kind: 'task',
      ...call,
      submitted: false,
      ...(timeoutSeconds !== undefined && { deadline: this.#now + timeoutSeconds * 1000 }),
      ...(heartbeatSeconds !== undefined && { heartbeatDue: this.#now + heartbeatSeconds * 1000 }),
    });
  }

  #fail(frame: Frame, error: string, cause: string): void {
    const children = frame.phase.kind === 'threw' ? frame.phase.children : undefined;
    this.#set(frame, { kind: 'stopped', ...(children && { children }) });
    if (frame.parentId === null) {
      this.#end('FAILED', { error, cause });
      return;
    }
    const parent = this.frames.get(frame.parentId)!;
    const map = stateOf(this.definition, this.frames, parent).Type === 'Map';
    if (map) this.#emit(frame, 'MapIterationFailed', { name: parent.state, index: frame.index });
    parent.lastEventId = frame.lastEventId;
    for (const sibling of childrenOf(this.frames, parent)) this.#freeze(sibling);
    this.#emit(parent, map ? 'MapStateFailed' : 'ParallelStateFailed');
    this.#set(parent, { kind: 'threw', error, cause, children: parent.phase as ChildrenPhase });
  }

  /** Stops a frame and all below it, keeping what a redrive needs. */
  #freeze(frame: Frame): void {
    const { phase } = frame;
    if (phase.kind === 'stopped') return;
    for (const child of childrenOf(this.frames, frame)) this.#freeze(child);
    const children = phase.kind === 'children' ? phase : phase.kind === 'threw' ? phase.children : undefined;
    this.#set(frame, { kind: 'stopped', ...(children && { children }) });
    const { Type } = stateOf(this.definition, this.frames, frame);
    if (!this.#journal.full && ['Task', 'Wait', 'Parallel', 'Map'].includes(Type))
      this.#emit(frame, `${Type}StateAborted`);
  }

  #end(status: ExecutionStatus, outcome: { error: string | null; cause: string | null }): void {
    const { record } = this;
    const root = this.frames.get(0);
    if (root) this.#freeze(root);
    const type = { FAILED: 'ExecutionFailed', ABORTED: 'ExecutionAborted', TIMED_OUT: 'ExecutionTimedOut' }[
      status as string
    ]!;
    const details = Object.entries(outcome).filter(([, value]) => value !== null);
    this.#journal.lastEvent(root ?? null, type, this.#now, Object.fromEntries(details));
    Object.assign(record, { status, stopDate: this.#now, error: outcome.error, cause: outcome.cause });
  }

  #removeDescendants(frame: Frame): void {
    for (const child of childrenOf(this.frames, frame)) {
      this.#removeDescendants(child);
      this.frames.delete(child.id);
      this.#journal.removed(child);
    }
  }

  #set(frame: Frame, phase: Phase): void {
    frame.phase = phase;
    this.#journal.changed(frame);
  }

  #emitTask(frame: Frame, what: Parameters<typeof taskEvent>[1], details: JsonObject): void {
    const state = stateOf(this.definition, this.frames, frame) as TaskState;
    const event = taskEvent(state, what, details);
    this.#emit(frame, event.type, event.details);
  }

  #emit(frame: Frame | null, type: string, details?: JsonObject): number {
    return this.#journal.event(frame, type, this.#now, details);
  }
}

function errorDetails({ error, cause }: { error: string; cause: string }): JsonObject {
  return { error, cause };
}
