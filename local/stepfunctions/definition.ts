import type { Json, JsonObject } from './json.ts';

/** A value in which any string `{% … %}`, at any depth, is a JSONata expression. */
export type Template = Json;

/** A state machine, a branch of a Parallel state, or the processor of a Map state. */
export interface Scope {
  StartAt: string;
  States: Record<string, State>;
  Comment?: string;
}

export interface Definition extends Scope {
  QueryLanguage: 'JSONata';
  TimeoutSeconds?: number;
  Version?: string;
}

interface StateBase {
  Comment?: string;
  QueryLanguage?: 'JSONata';
}

interface Transition {
  Next?: string;
  End?: boolean;
}

interface Writes {
  Output?: Template;
  Assign?: Record<string, Template>;
}

export interface Retrier {
  ErrorEquals: string[];
  IntervalSeconds?: number;
  MaxAttempts?: number;
  BackoffRate?: number;
  MaxDelaySeconds?: number;
  JitterStrategy?: 'FULL' | 'NONE';
}

export interface Catcher extends Writes {
  ErrorEquals: string[];
  Next: string;
}

interface Handles {
  Retry?: Retrier[];
  Catch?: Catcher[];
}

export interface PassState extends StateBase, Transition, Writes {
  Type: 'Pass';
}
export interface WaitState extends StateBase, Transition, Writes {
  Type: 'Wait';
  Seconds?: number | string;
  Timestamp?: string;
}
export interface SucceedState extends StateBase {
  Type: 'Succeed';
  Output?: Template;
}
export interface FailState extends StateBase {
  Type: 'Fail';
  Error?: string;
  Cause?: string;
}
export interface ChoiceRule extends Writes {
  Condition: string;
  Next: string;
  Comment?: string;
}
export interface ChoiceState extends StateBase, Writes {
  Type: 'Choice';
  Choices: ChoiceRule[];
  Default?: string;
}
export interface TaskState extends StateBase, Transition, Writes, Handles {
  Type: 'Task';
  Resource: string;
  Arguments?: Template;
  TimeoutSeconds?: number | string;
  HeartbeatSeconds?: number | string;
}
export interface ParallelState extends StateBase, Transition, Writes, Handles {
  Type: 'Parallel';
  Branches: Scope[];
  Arguments?: Template;
}
export interface MapState extends StateBase, Transition, Writes, Handles {
  Type: 'Map';
  Items?: Template;
  ItemSelector?: JsonObject;
  ItemProcessor: Scope & { ProcessorConfig?: { Mode?: 'INLINE' } };
  MaxConcurrency?: number | string;
}

export type State =
  | PassState
  | WaitState
  | SucceedState
  | FailState
  | ChoiceState
  | TaskState
  | ParallelState
  | MapState;

/** The scopes directly inside a state: branches, or the item processor. */
export function innerScopes(state: State): Scope[] {
  if (state.Type === 'Parallel') return state.Branches;
  return state.Type === 'Map' ? [state.ItemProcessor] : [];
}
