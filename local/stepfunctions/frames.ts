import type { Definition, Scope, State } from './definition.ts';
import type { Json } from './json.ts';

/**
 * One running scope of an execution: the machine itself (id 0), a branch, or a map iteration. An execution is the
 * tree of its frames; each is a plain JSON value, so that what is stored is all there is.
 */
export interface Frame {
  id: number;
  parentId: number | null;
  /** Which branch or iteration of the parent's state. */
  index: number;
  /** The item of a map iteration. */
  item?: Json;
  /** The scope's own variables; outer ones are read through the parents. */
  variables: Record<string, Json>;
  state: string;
  input: Json;
  /** Business ms. */
  enteredAt: number;
  /** Attempts used of each retrier of the state, by position. */
  retriesUsed: number[];
  /** The last history event of this frame: the next one's `previousEventId`. */
  lastEventId: number;
  phase: Phase;
}

/** Where a frame is within its state. `ready`, `returned` and `threw` are the runnable ones. */
export type Phase =
  | { kind: 'ready' }
  | { kind: 'waiting'; until: number }
  | { kind: 'retrying'; until: number }
  | TaskPhase
  | ChildrenPhase
  /** The work of the state succeeded; its Output, Assign and Next are to come. */
  | { kind: 'returned'; result?: Json }
  /** The state failed; Retry and Catch are to come. `children` is what a redrive would take up again. */
  | { kind: 'threw'; error: string; cause: string; children?: ChildrenPhase }
  /** Ended without an outcome by a failure or a stop: a redrive runs it again. */
  | { kind: 'stopped'; children?: ChildrenPhase };

export interface TaskPhase {
  kind: 'task';
  arguments: Json;
  /** Only for waitForTaskToken. */
  token?: string;
  /** The service has accepted the call; what is left is the callback. */
  submitted: boolean;
  /** Business ms. */
  deadline?: number;
  timeoutSeconds?: number;
  heartbeatSeconds?: number;
  /** Business ms; each heartbeat moves it. */
  heartbeatDue?: number;
}

export interface ChildrenPhase {
  kind: 'children';
  results: Json[];
  /** Children that have not succeeded yet, started or not. */
  open: number;
  /** Inputs of the map iterations still to start, in order, and how many may run at once. */
  pending: { index: number; input: Json; item: Json }[];
  concurrency: number;
}

export function isRunnable(phase: Phase): boolean {
  return phase.kind === 'ready' || phase.kind === 'returned' || phase.kind === 'threw';
}

/** When business time will change the frame's phase by itself, ms. */
export function dueOf(phase: Phase): number | undefined {
  if (phase.kind === 'waiting' || phase.kind === 'retrying') return phase.until;
  if (phase.kind !== 'task') return undefined;
  const dues = [phase.deadline, phase.heartbeatDue].filter((due) => due !== undefined);
  return dues.length > 0 ? Math.min(...dues) : undefined;
}

export type Frames = Map<number, Frame>;

export function scopeOf(definition: Definition, frames: Frames, frame: Frame): Scope {
  if (frame.parentId === null) return definition;
  const state = stateOf(definition, frames, frames.get(frame.parentId)!);
  if (state.Type === 'Parallel') return state.Branches[frame.index]!;
  if (state.Type === 'Map') return state.ItemProcessor;
  throw new Error(`A ${state.Type} state has no inner scopes.`);
}

export function stateOf(definition: Definition, frames: Frames, frame: Frame): State {
  return scopeOf(definition, frames, frame).States[frame.state]!;
}

/** Every variable the frame can read; its own hide those of outer scopes. */
export function visibleVariables(frames: Frames, frame: Frame): Record<string, Json> {
  if (frame.parentId === null) return frame.variables;
  return { ...visibleVariables(frames, frames.get(frame.parentId)!), ...frame.variables };
}

/** The items of the map iterations the frame is in; the innermost is what `$states.context.Map.Item` shows. */
export function mapItemOf(frames: Frames, frame: Frame): { Index: number; Value: Json } | undefined {
  if (frame.item !== undefined) return { Index: frame.index, Value: frame.item };
  return frame.parentId === null ? undefined : mapItemOf(frames, frames.get(frame.parentId)!);
}

export function childrenOf(frames: Frames, parent: Frame): Frame[] {
  return [...frames.values()].filter((frame) => frame.parentId === parent.id);
}
