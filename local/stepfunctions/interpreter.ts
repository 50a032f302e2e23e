import type { DatabaseSync } from 'node:sqlite';
import type { Clock, Timer } from '../clock.ts';
import type { Meter } from '../services.ts';
import { checkExecutionArn, checkName, executionArn, type Home } from './arns.ts';
import { callArguments, callResult, decide } from './decide.ts';
import type { TaskState } from './definition.ts';
import { ApiError, StateError } from './errors.ts';
import { Execution } from './execution.ts';
import { dueOf, type Frame, stateOf, type TaskPhase } from './frames.ts';
import type { HistoryEvent } from './history.ts';
import { type Json, type JsonObject, payloadText } from './json.ts';
import { MachineRegistry } from './machines.ts';
import { PlacedRandom, TOKEN_PATTERN } from './random.ts';
import { type ExecutionRecord, startedRecord } from './record.ts';
import { inputText, parseOutput } from './requests.ts';
import { parseResource, stateErrorOf, type TaskServices } from './resources.ts';
import { ExecutionStore } from './store.ts';
import type { readDefinition } from './validate.ts';

export interface InterpreterOptions extends Home {
  clock: Clock;
  /** Shared with other parts; all tables here begin with `sfn_`. */
  database: DatabaseSync;
  services: TaskServices;
  meter?: Meter;
  /** The same seed gives the same tokens, jitter, `$random()` and `$uuid()`. */
  seed: string;
  /** Sees the events of every step once they are written. */
  onEvents?: (record: ExecutionRecord, events: HistoryEvent[]) => void;
  /** Told when a step cannot be written; by default the process ends, as nothing may follow such a step. */
  onFault?: (error: unknown) => void;
  /** How definitions are checked when they come in; `readDefinition` unless a test is in a hurry. */
  checkDefinition?: typeof readDefinition;
}

const DAY_MS = 86_400_000;
/** A closed execution keeps its name and history this long (AWS: StartExecution, `name`). */
const RETENTION_MS = 90 * DAY_MS;
/** AWS: RedriveExecution. */
const REDRIVABLE_MS = 14 * DAY_MS;
/** The place of the machine's own timeout among the timers of an execution, which are kept by frame id. */
const EXECUTION_TIMER = -1;

/** An execution that runs, with what only memory holds. */
interface Live {
  execution: Execution;
  timers: Map<number, Timer>;
  context: JsonObject;
  driving: boolean;
}

/**
 * Runs executions: a decision for each runnable frame, one transaction for each step, effects after the commit.
 * What is on disk is enough to go on after a crash at any instant: call `resume()` once after construction.
 */
export class Interpreter {
  readonly machines: MachineRegistry;
  readonly store: ExecutionStore;
  readonly clock: Clock;
  readonly #services: TaskServices;
  readonly #meter: Meter | undefined;
  readonly #seed: string;
  readonly #onEvents: InterpreterOptions['onEvents'];
  readonly #onFault: (error: unknown) => void;
  readonly #live = new Map<string, Live>();
  readonly #endings = new Map<string, (() => void)[]>();
  /** Task phases whose service this process has called. */
  readonly #called = new WeakSet<TaskPhase>();
  #halted = false;

  constructor(options: InterpreterOptions) {
    this.clock = options.clock;
    this.#services = options.services;
    this.#meter = options.meter;
    this.#seed = options.seed;
    this.#onEvents = options.onEvents;
    this.#onFault = options.onFault ?? endProcess;
    this.machines = new MachineRegistry(options.database, options.clock, options, options.checkDefinition);
    this.store = new ExecutionStore(options.database);
  }

  /** Takes up every running execution where it was left; a task in flight without a callback is called again. */
  resume(): void {
    this.store.forgetClosedBefore(this.clock.now() - RETENTION_MS);
    for (const record of this.store.running()) {
      const live = this.#adopt(
        new Execution(record, this.machines.definition(record.definitionHash), this.store.frames(record.id)),
      );
      for (const frame of live.execution.frames.values()) this.#watch(live, frame);
      this.#drive(live);
    }
  }

  /** Stops all work in this process, leaving the store as it is: what a crash does, in an orderly way. */
  halt(): void {
    this.#halted = true;
    for (const live of this.#live.values()) for (const timer of live.timers.values()) timer.cancel();
    this.#live.clear();
  }

  /**
   * `stateMachineArn` may name a machine, a version or an alias. Idempotent while an execution of the same name and
   * input is open; a name stays taken for 90 days after its execution closed.
   */
  startExecution(request: { stateMachineArn: string; name?: string; input?: string | Json }): ExecutionRecord {
    const id = this.store.nextId();
    const name = request.name ?? new PlacedRandom(this.#seed, 'execution name', id).uuid();
    checkName(name);
    const input = inputText(request.input ?? {});
    const revision = this.machines.resolve(request.stateMachineArn, new PlacedRandom(this.#seed, 'routing', name));
    const arn = executionArn(revision.machine.arn, name);
    let existing = this.store.execution(arn);
    if (existing?.stopDate != null && existing.stopDate + RETENTION_MS <= this.clock.now()) {
      this.store.forgetClosedBefore(this.clock.now() - RETENTION_MS + 1);
      existing = undefined;
    }
    if (existing) {
      if (existing.status === 'RUNNING' && existing.input === input) return existing;
      throw new ApiError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
    }
    const { machine, ...rest } = revision;
    const record = startedRecord({
      id,
      arn,
      name,
      machineArn: machine.arn,
      machineName: machine.name,
      ...rest,
      input,
      startDate: this.clock.now(),
    });
    const live = this.#adopt(new Execution(record, this.machines.definition(record.definitionHash)));
    live.execution.start(this.clock.now());
    this.#commit(live);
    this.#drive(live);
    return record;
  }

  /** Starts an execution and waits for its end; on a stepped clock somebody else has to advance it. */
  async run(request: { stateMachineArn: string; name?: string; input?: string | Json }): Promise<ExecutionRecord> {
    const { arn } = this.startExecution(request);
    await this.ended(arn);
    return this.execution(arn);
  }

  /** Resolves once the execution is closed. */
  ended(arn: string): Promise<void> {
    if (!this.#live.has(arn)) return Promise.resolve();
    return new Promise((resolve) => {
      this.#endings.set(arn, [...(this.#endings.get(arn) ?? []), resolve]);
    });
  }

  execution(arn: string): ExecutionRecord {
    checkExecutionArn(arn);
    const record = this.#live.get(arn)?.execution.record ?? this.store.execution(arn);
    if (!record) throw new ApiError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
    return record;
  }

  /** Billable state transitions: states entered, retries, states run again by a redrive. */
  transitionsOf(arn: string): number {
    return this.execution(arn).transitions;
  }

  stopExecution(arn: string, error?: string, cause?: string): ExecutionRecord {
    const record = this.execution(arn);
    const live = this.#live.get(arn);
    if (!live) return record;
    live.execution.abort(error ?? null, cause ?? null, this.clock.now());
    this.#commit(live);
    return record;
  }

  /** Runs an execution that did not succeed again, from the states that ended without an outcome. */
  redriveExecution(arn: string): ExecutionRecord {
    const record = this.execution(arn);
    const obstacle = this.notRedrivableBecause(record);
    if (obstacle !== undefined) throw new ApiError('ExecutionNotRedrivable', `${obstacle}: '${arn}'`);
    const frames = this.store.frames(record.id);
    const execution = new Execution(record, this.machines.definition(record.definitionHash), frames);
    execution.redrive(this.clock.now());
    const live = this.#adopt(execution);
    this.#commit(live);
    this.#drive(live);
    return record;
  }

  /** Why the execution cannot be redriven, or undefined where it can. */
  notRedrivableBecause(record: ExecutionRecord): string | undefined {
    const { status, stopDate } = record;
    if (status === 'RUNNING' || status === 'SUCCEEDED') return `Execution is ${status} and cannot be redriven`;
    if (stopDate !== null && stopDate + REDRIVABLE_MS >= this.clock.now()) return undefined;
    return 'Execution closed more than 14 days ago and cannot be redriven';
  }

  /** Ends the open task of the token with `output`; text is read as JSON. */
  sendTaskSuccess(token: string, output: string | Json): void {
    const { live, frame } = this.#openTask(token);
    live.execution.taskSucceeded(frame, parseOutput(output), this.clock.now());
    this.#commit(live);
    this.#drive(live);
  }

  sendTaskFailure(token: string, error = 'States.TaskFailed', cause = ''): void {
    const { live, frame } = this.#openTask(token);
    live.execution.taskFailed(frame, new StateError(error, cause), this.clock.now());
    this.#commit(live);
    this.#drive(live);
  }

  sendTaskHeartbeat(token: string): void {
    const { live, frame, phase } = this.#openTask(token);
    live.execution.heartbeat(frame, phase, this.clock.now());
    this.#commit(live);
  }

  #openTask(token: string): { live: Live; frame: Frame; phase: TaskPhase } {
    if (!TOKEN_PATTERN.test(token)) throw new ApiError('InvalidToken', `Invalid Token: 'Invalid token'`);
    const place = this.store.token(token);
    if (!place) throw new ApiError('TaskDoesNotExist', "Task Does Not Exist: 'Task does not exist'");
    const live = this.#live.get(place.arn);
    const frame = live?.execution.frames.get(place.frameId);
    const phase = frame?.phase;
    const now = this.clock.now();
    if (!live || phase?.kind !== 'task' || phase.token !== token || (dueOf(phase) ?? now + 1) <= now) {
      throw new ApiError('TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'");
    }
    return { live, frame: frame!, phase };
  }

  #adopt(execution: Execution): Live {
    const { record } = execution;
    const context: JsonObject = {
      Execution: {
        Id: record.arn,
        Name: record.name,
        Input: JSON.parse(record.input) as Json,
        StartTime: new Date(record.startDate).toISOString(),
        RoleArn: record.roleArn,
        RedriveCount: record.redriveCount,
        ...(record.redriveDate !== null && { RedriveTime: new Date(record.redriveDate).toISOString() }),
      },
      StateMachine: { Id: record.machineArn, Name: record.machineName },
    };
    const live: Live = { execution, timers: new Map(), context, driving: false };
    this.#live.set(record.arn, live);
    const { deadline } = execution;
    if (deadline !== undefined) {
      const timer = this.clock.schedule(deadline, () => {
        execution.timeOut(this.clock.now());
        this.#commit(live);
      });
      live.timers.set(EXECUTION_TIMER, timer);
    }
    return live;
  }

  #drive(live: Live): void {
    if (live.driving || this.#halted) return;
    live.driving = true;
    this.#background(this.#loop(live));
  }

  #background(work: Promise<void>): void {
    void this.clock.track(work).catch((error: unknown) => {
      this.halt();
      this.#onFault(error);
    });
  }

  async #loop(live: Live): Promise<void> {
    const { execution } = live;
    for (let frame = execution.nextRunnable(); frame && !this.#halted; frame = execution.nextRunnable()) {
      const { phase } = frame;
      try {
        const decision = await this.#decide(live, frame);
        const overtaken = this.#halted || execution.frames.get(frame.id) !== frame || frame.phase !== phase;
        if (overtaken || execution.record.status !== 'RUNNING') continue;
        execution.apply(frame, decision, this.clock.now());
      } catch (error) {
        execution.fault(`The interpreter failed: ${(error as Error).stack}`, this.clock.now());
      }
      this.#commit(live);
    }
    live.driving = false;
  }

  #decide(live: Live, frame: Frame) {
    const { definition, frames, record } = live.execution;
    const random = new PlacedRandom(this.#seed, record.arn, record.startDate, record.nextEventId, frame.id);
    return decide({ definition, frames, frame, context: live.context, now: this.clock.now(), random });
  }

  /** Writes the step, then sets off what it calls for. */
  #commit(live: Live): void {
    const { execution, timers } = live;
    const { record } = execution;
    const commit = execution.takeCommit();
    this.store.save(commit);
    this.#onEvents?.(record, commit.events);
    if (commit.transitions > 0) {
      this.#meter?.count('states.transition', commit.transitions, {
        resource: record.machineName,
      });
    }
    for (const frameId of commit.removedFrames) {
      timers.get(frameId)?.cancel();
      timers.delete(frameId);
    }
    if (record.status !== 'RUNNING') this.#close(live);
    else for (const frame of commit.frames) this.#watch(live, frame);
  }

  #close(live: Live): void {
    const { arn } = live.execution.record;
    for (const timer of live.timers.values()) timer.cancel();
    this.#live.delete(arn);
    for (const resolve of this.#endings.get(arn) ?? []) resolve();
    this.#endings.delete(arn);
  }

  /** Sets the timer of a frame's phase, and calls its task unless that has been done. */
  #watch(live: Live, frame: Frame): void {
    const { phase } = frame;
    const { timers } = live;
    timers.get(frame.id)?.cancel();
    timers.delete(frame.id);
    const due = dueOf(phase);
    if (due !== undefined) {
      const timer = this.clock.schedule(due, () => {
        if (frame.phase !== phase) return;
        live.execution.fallDue(frame, this.clock.now());
        this.#commit(live);
        this.#drive(live);
      });
      timers.set(frame.id, timer);
    }
    if (phase.kind === 'task' && !phase.submitted && !this.#called.has(phase)) {
      this.#called.add(phase);
      this.#background(this.#callTask(live, frame, phase));
    }
  }

  async #callTask(live: Live, frame: Frame, phase: TaskPhase): Promise<void> {
    const { execution } = live;
    const state = stateOf(execution.definition, execution.frames, frame) as TaskState;
    const call = parseResource(state.Resource);
    let outcome: Json | StateError;
    try {
      const context = { roleArn: execution.record.roleArn };
      const result = await this.#services.call(call, callArguments(state, phase.arguments), context);
      outcome = callResult(state, (result ?? null) as Json);
      payloadText(outcome, `result of "${frame.state}"`);
    } catch (error) {
      outcome = stateErrorOf(call, error);
    }
    // A timeout, a callback, a stop or a failed sibling may have come first.
    if (this.#halted || frame.phase !== phase || execution.record.status !== 'RUNNING') return;
    const now = this.clock.now();
    if (outcome instanceof StateError) execution.taskFailed(frame, outcome, now);
    else if (phase.token !== undefined) execution.taskSubmitted(frame, phase, outcome, now);
    else execution.taskSucceeded(frame, outcome, now);
    this.#commit(live);
    this.#drive(live);
  }
}

function endProcess(error: unknown): void {
  setImmediate(() => {
    throw error;
  });
}
