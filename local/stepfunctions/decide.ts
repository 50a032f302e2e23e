import type { Catcher, ChoiceState, Definition, MapState, State, TaskState, Template } from './definition.ts';
import { matchesError, StateError } from './errors.ts';
import { type Frame, type Frames, mapItemOf, stateOf, visibleVariables } from './frames.ts';
import { isJsonObject, type Json, type JsonObject, payloadText } from './json.ts';
import { type EvaluationScope, evaluate } from './jsonata.ts';
import type { PlacedRandom } from './random.ts';
import { parseResource } from './resources.ts';

/** What becomes of a runnable frame; `apply` in execution.ts carries it out. Durations count from then. */
export type Decision =
  | { kind: 'exit'; output: Json; assign: JsonObject; next: string | null }
  | { kind: 'wait'; until: number }
  | { kind: 'wait for'; ms: number }
  | { kind: 'call'; arguments: Json; token?: string; timeoutSeconds?: number; heartbeatSeconds?: number }
  | { kind: 'fan out'; inputs: Json[]; items?: Json[]; concurrency: number }
  | { kind: 'retry'; retrier: number; ms: number }
  /** Nothing in this frame handles the error. */
  | { kind: 'fail'; error: string; cause: string }
  /** The work of the state failed: its own Retry and Catch come next. */
  | { kind: 'throw'; error: string; cause: string };

export interface DecisionInput {
  definition: Definition;
  frames: Frames;
  frame: Frame;
  /** `$states.context` but for State, Task and Map. */
  context: JsonObject;
  /** Business ms. */
  now: number;
  random: PlacedRandom;
}

/** AWS runs at most 40 iterations of an inline map at once (AWS: "Using Map state in Inline mode"). */
const MAX_INLINE_CONCURRENCY = 40;
const MAX_SECONDS = 99_999_999;

/** Pure but for the time and randomness it is given: decides the next step of one runnable frame. */
export async function decide(input: DecisionInput): Promise<Decision> {
  const step = new Step(input);
  try {
    return await step.run();
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    return { kind: step.handling ? 'fail' : 'throw', error: error.error, cause: error.cause };
  }
}

class Step {
  /** True while Retry and Catch run: what fails there is not handled by them again. */
  handling = false;
  readonly #state: State;
  readonly #frame: Frame;
  readonly #input: DecisionInput;
  readonly #token: string | undefined;

  constructor(input: DecisionInput) {
    this.#input = input;
    this.#frame = input.frame;
    this.#state = stateOf(input.definition, input.frames, input.frame);
    const callback = this.#state.Type === 'Task' && parseResource(this.#state.Resource).pattern === 'waitForTaskToken';
    this.#token = callback && input.frame.phase.kind === 'ready' ? input.random.token() : undefined;
  }

  run(): Promise<Decision> {
    const { phase } = this.#frame;
    if (phase.kind === 'ready') return this.#begin();
    if (phase.kind === 'returned') return this.#finish(phase.result);
    if (phase.kind === 'threw') return this.#handle(phase.error, phase.cause);
    throw new Error(`A frame in the phase "${phase.kind}" has nothing to decide.`);
  }

  async #begin(): Promise<Decision> {
    const state = this.#state;
    switch (state.Type) {
      case 'Pass':
        return this.#finish(undefined);
      case 'Succeed':
        return this.#exit({ ...(state.Output !== undefined && { Output: state.Output }) }, null, {}, this.#frame.input);
      case 'Fail':
        return {
          kind: 'fail',
          error: await this.#text('Error', state.Error),
          cause: await this.#text('Cause', state.Cause),
        };
      case 'Choice':
        return this.#choose(state);
      case 'Wait':
        if (state.Timestamp !== undefined) return this.#waitUntil(await this.#text('Timestamp', state.Timestamp));
        return { kind: 'wait for', ms: (await this.#seconds('Seconds', state.Seconds!, 0)) * 1000 };
      case 'Task':
        return this.#call(state);
      case 'Parallel': {
        const input =
          state.Arguments === undefined ? this.#frame.input : await this.#evaluate('Arguments', state.Arguments);
        payloadText(input, `Arguments of "${this.#frame.state}"`);
        return { kind: 'fan out', inputs: state.Branches.map(() => input), concurrency: state.Branches.length };
      }
      case 'Map':
        return this.#iterate(state);
    }
  }

  /** The state's work is done: evaluates Output and Assign, both from the variables as they were at entry. */
  #finish(result: Json | undefined): Promise<Decision> {
    const state = this.#state;
    if (state.Type === 'Fail' || state.Type === 'Succeed' || state.Type === 'Choice') {
      throw new Error(`A ${state.Type} state has no result.`);
    }
    return this.#exit(state, state.Next ?? null, result === undefined ? {} : { result }, result ?? this.#frame.input);
  }

  async #exit(
    writes: { Output?: Template; Assign?: Record<string, Template> },
    next: string | null,
    outcome: { result?: Json; errorOutput?: Json },
    defaultOutput: Json,
  ): Promise<Decision> {
    const output = writes.Output === undefined ? defaultOutput : await this.#evaluate('Output', writes.Output, outcome);
    payloadText(output, `Output of "${this.#frame.state}"`);
    const assign: JsonObject = {};
    for (const [name, template] of Object.entries(writes.Assign ?? {})) {
      assign[name] = await this.#evaluate(`Assign ${name}`, template, outcome);
      payloadText(assign[name], `variable "${name}"`);
    }
    return { kind: 'exit', output, assign, next };
  }

  async #choose(state: ChoiceState): Promise<Decision> {
    for (const [index, rule] of state.Choices.entries()) {
      const where = `Choices[${index}].Condition`;
      const verdict = await this.#evaluate(where, rule.Condition);
      if (typeof verdict !== 'boolean') {
        throw this.#badValue(where, `must be true or false, not ${JSON.stringify(verdict)}`);
      }
      if (verdict) return this.#exit(rule, rule.Next, {}, this.#frame.input);
    }
    if (state.Default === undefined) {
      const cause = `No rule of "${this.#frame.state}" matched, and it has no Default.`;
      return { kind: 'fail', error: 'States.NoChoiceMatched', cause };
    }
    return this.#exit(state, state.Default, {}, this.#frame.input);
  }

  #waitUntil(timestamp: string): Decision {
    const until = Date.parse(timestamp);
    if (!/^\d{4}-\d\d-\d\dT/.test(timestamp) || Number.isNaN(until)) {
      throw this.#badValue('Timestamp', `must be an ISO 8601 timestamp, not "${timestamp}"`);
    }
    return { kind: 'wait', until };
  }

  async #call(state: TaskState): Promise<Decision> {
    const args = state.Arguments === undefined ? this.#frame.input : await this.#evaluate('Arguments', state.Arguments);
    payloadText(args, `Arguments of "${this.#frame.state}"`);
    const decision: Decision & { kind: 'call' } = { kind: 'call', arguments: args };
    if (this.#token !== undefined) decision.token = this.#token;
    if (state.TimeoutSeconds !== undefined) {
      decision.timeoutSeconds = await this.#seconds('TimeoutSeconds', state.TimeoutSeconds, 1);
    }
    if (state.HeartbeatSeconds !== undefined) {
      decision.heartbeatSeconds = await this.#seconds('HeartbeatSeconds', state.HeartbeatSeconds, 1);
      if (decision.heartbeatSeconds >= (decision.timeoutSeconds ?? MAX_SECONDS)) {
        throw this.#badValue('HeartbeatSeconds', 'must be below TimeoutSeconds');
      }
    }
    return decision;
  }

  async #iterate(state: MapState): Promise<Decision> {
    const items = state.Items === undefined ? this.#frame.input : await this.#evaluate('Items', state.Items);
    if (!Array.isArray(items)) throw this.#badValue('Items', 'must be an array');
    const limit =
      state.MaxConcurrency === undefined ? 0 : await this.#seconds('MaxConcurrency', state.MaxConcurrency, 0);
    const inputs: Json[] = [];
    for (const [index, item] of items.entries()) {
      const selected =
        state.ItemSelector === undefined
          ? item
          : await this.#evaluate('ItemSelector', state.ItemSelector, {}, { Index: index, Value: item });
      payloadText(selected, `input of iteration ${index} of "${this.#frame.state}"`);
      inputs.push(selected);
    }
    const concurrency = limit === 0 ? MAX_INLINE_CONCURRENCY : Math.min(limit, MAX_INLINE_CONCURRENCY);
    return { kind: 'fan out', inputs, items, concurrency };
  }

  async #handle(error: string, cause: string): Promise<Decision> {
    this.handling = true;
    const state = this.#state;
    if (!('Retry' in state || 'Catch' in state)) return { kind: 'fail', error, cause };
    const retriers = state.Retry ?? [];
    const position = retriers.findIndex((retrier) => matchesError(retrier.ErrorEquals, error));
    const retrier = retriers[position];
    const used = this.#frame.retriesUsed[position] ?? 0;
    if (retrier && used < (retrier.MaxAttempts ?? 3)) {
      const grown = (retrier.IntervalSeconds ?? 1) * (retrier.BackoffRate ?? 2) ** used;
      const seconds = Math.min(grown, retrier.MaxDelaySeconds ?? Number.POSITIVE_INFINITY);
      const share = retrier.JitterStrategy === 'FULL' ? this.#input.random.number() : 1;
      return { kind: 'retry', retrier: position, ms: Math.round(seconds * share * 1000) };
    }
    const catcher = (state.Catch ?? []).find((one: Catcher) => matchesError(one.ErrorEquals, error));
    if (!catcher) return { kind: 'fail', error, cause };
    const errorOutput = { Error: error, Cause: cause };
    return this.#exit(catcher, catcher.Next, { errorOutput }, errorOutput);
  }

  #evaluate(
    field: string,
    template: Template,
    outcome: { result?: Json; errorOutput?: Json } = {},
    mapItem = mapItemOf(this.#input.frames, this.#frame),
  ): Promise<Json> {
    const { frames, now, random } = this.#input;
    const context: JsonObject = {
      ...this.#input.context,
      State: {
        Name: this.#frame.state,
        EnteredTime: new Date(this.#frame.enteredAt).toISOString(),
        RetryCount: this.#frame.retriesUsed.reduce((sum, count) => sum + (count ?? 0), 0),
      },
      ...(this.#token !== undefined && { Task: { Token: this.#token } }),
      ...(mapItem && { Map: { Item: mapItem } }),
    };
    const scope: EvaluationScope = {
      states: { input: this.#frame.input, context, ...outcome },
      variables: visibleVariables(frames, this.#frame),
      now,
      random,
    };
    return evaluate(template, scope, `${field} of "${this.#frame.state}"`);
  }

  async #text(field: string, template: string | undefined): Promise<string> {
    if (template === undefined) return '';
    const value = await this.#evaluate(field, template);
    if (typeof value !== 'string') throw this.#badValue(field, `must be text, not ${JSON.stringify(value)}`);
    return value;
  }

  async #seconds(field: string, template: number | string, least: number): Promise<number> {
    const value = await this.#evaluate(field, template);
    if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > MAX_SECONDS) {
      const range = `a whole number from ${least} to ${MAX_SECONDS}`;
      throw this.#badValue(field, `must be ${range}, not ${JSON.stringify(value)}`);
    }
    return value;
  }

  #badValue(field: string, problem: string): StateError {
    return new StateError('States.QueryEvaluationError', `${field} of "${this.#frame.state}" ${problem}.`);
  }
}

/** The arguments a call sends: a Resource that is a Lambda ARN sends its arguments as the payload. */
export function callArguments(state: TaskState, args: Json): Json {
  const { functionArn } = parseResource(state.Resource);
  return functionArn === undefined ? args : { FunctionName: functionArn, Payload: args };
}

/** What the state sees of a call's result: of a Lambda ARN the payload alone. */
export function callResult(state: TaskState, result: Json): Json {
  const { functionArn } = parseResource(state.Resource);
  return functionArn !== undefined && isJsonObject(result) ? (result.Payload ?? null) : result;
}
