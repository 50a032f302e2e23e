import aslValidator from 'asl-validator';
import { type Definition, innerScopes, type Scope, type State } from './definition.ts';
import { ApiError } from './errors.ts';
import { isJsonObject, type Json } from './json.ts';
import { checkTemplate } from './jsonata.ts';
import { parseResource } from './resources.ts';

const COMMON = ['Type', 'Comment', 'QueryLanguage'];
const WRITES = ['Output', 'Assign'];
const TRANSITION = ['Next', 'End'];
const HANDLES = ['Retry', 'Catch'];

/** What the interpreter carries out, by state type. Any other field is refused, never ignored. */
const FIELDS: Record<State['Type'], string[]> = {
  Pass: [...COMMON, ...TRANSITION, ...WRITES],
  Wait: [...COMMON, ...TRANSITION, ...WRITES, 'Seconds', 'Timestamp'],
  Succeed: [...COMMON, 'Output'],
  Fail: [...COMMON, 'Error', 'Cause'],
  Choice: [...COMMON, ...WRITES, 'Choices', 'Default'],
  Task: [
    ...COMMON,
    ...TRANSITION,
    ...WRITES,
    ...HANDLES,
    'Resource',
    'Arguments',
    'TimeoutSeconds',
    'HeartbeatSeconds',
  ],
  Parallel: [...COMMON, ...TRANSITION, ...WRITES, ...HANDLES, 'Branches', 'Arguments'],
  Map: [...COMMON, ...TRANSITION, ...WRITES, ...HANDLES, 'Items', 'ItemSelector', 'ItemProcessor', 'MaxConcurrency'],
};
const MACHINE_FIELDS = ['StartAt', 'States', 'Comment', 'QueryLanguage', 'TimeoutSeconds', 'Version'];
const BRANCH_FIELDS = ['StartAt', 'States', 'Comment'];
const PROCESSOR_FIELDS = [...BRANCH_FIELDS, 'ProcessorConfig'];
const RETRIER_FIELDS = [
  'ErrorEquals',
  'IntervalSeconds',
  'MaxAttempts',
  'BackoffRate',
  'MaxDelaySeconds',
  'JitterStrategy',
  'Comment',
];
const CATCHER_FIELDS = ['ErrorEquals', 'Next', 'Comment', ...WRITES];
const RULE_FIELDS = ['Condition', 'Next', 'Comment', ...WRITES];
const TEMPLATES = [
  'Output',
  'Arguments',
  'Items',
  'ItemSelector',
  'Seconds',
  'Timestamp',
  'TimeoutSeconds',
  'HeartbeatSeconds',
  'MaxConcurrency',
  'Error',
  'Cause',
];

/**
 * Reads a definition (text or parsed) and checks all of it, so that an execution meets no surprise later.
 * Throws `InvalidDefinition` naming the state and the field.
 */
export function readDefinition(source: string | object): Definition {
  const machine = readCarriedOut(source);
  // It writes into what it checks, hence the copy.
  const { isValid, errorsText } = aslValidator(structuredClone(machine), { checkPaths: true, checkArn: false });
  if (!isValid) refuse('The definition', errorsText('; '));
  return machine;
}

/** As `readDefinition`, without the published schema, which takes some 100 ms: what the interpreter carries out. */
export function readCarriedOut(source: string | object): Definition {
  const definition = typeof source === 'string' ? parse(source) : source;
  if (!isJsonObject(definition)) refuse('The definition', 'must be a JSON object');
  if (definition.QueryLanguage !== 'JSONata') {
    refuse('The definition', 'must set "QueryLanguage": "JSONata"; JSONPath state machines are not carried out here');
  }
  onlyFields('The definition', definition, MACHINE_FIELDS);
  const machine = definition as unknown as Definition;
  checkScope('The state machine', machine, new Set(), new Set());
  return machine;
}

function checkScope(where: string, scope: Scope, seen: Set<string>, outerVariables: ReadonlySet<string>): void {
  if (!isJsonObject(scope.States)) refuse(where, 'has no States');
  if (!Object.hasOwn(scope.States, scope.StartAt))
    refuse(where, `starts at "${scope.StartAt}", which it does not have`);
  const own = new Set<string>();
  for (const [name, state] of Object.entries(scope.States)) {
    const place = `State "${name}"`;
    if (name.length > 80) refuse(place, 'has a name above 80 characters');
    if (seen.has(name)) refuse(place, 'appears twice; a state name is unique in the whole state machine');
    seen.add(name);
    checkState(place, state, scope);
    for (const variable of assignedBy(state)) own.add(variable);
  }
  for (const variable of own) {
    if (outerVariables.has(variable)) {
      refuse(where, `assigns "${variable}", a variable of an outer scope; an inner scope may only read it`);
    }
  }
  const visible = new Set([...outerVariables, ...own]);
  for (const [name, state] of Object.entries(scope.States)) {
    innerScopes(state).forEach((inner, index) => {
      const place = state.Type === 'Map' ? `The processor of "${name}"` : `Branch ${index + 1} of "${name}"`;
      onlyFields(place, inner, state.Type === 'Map' ? PROCESSOR_FIELDS : BRANCH_FIELDS);
      checkScope(place, inner, seen, visible);
    });
  }
}

function checkState(place: string, state: State, scope: Scope): void {
  const allowed = Object.hasOwn(FIELDS, state.Type) ? FIELDS[state.Type] : undefined;
  if (!allowed) refuse(place, `has the type "${state.Type}"; known are ${Object.keys(FIELDS).join(', ')}`);
  onlyFields(place, state, allowed);
  if (state.QueryLanguage !== undefined && state.QueryLanguage !== 'JSONata') {
    refuse(place, `uses ${state.QueryLanguage}; only JSONata is carried out here`);
  }
  checkTemplates(place, state);
  if ('Next' in state || 'End' in state) checkTransition(place, state, scope);
  if (state.Type === 'Choice') {
    if (!Array.isArray(state.Choices) || state.Choices.length === 0) refuse(place, 'has no Choices');
    state.Choices.forEach((rule, index) => {
      const at = `${place}, choice ${index + 1}`;
      onlyFields(at, rule, RULE_FIELDS);
      checkTemplates(at, rule);
      checkTemplate(`${at}, Condition`, rule.Condition);
      target(at, rule.Next, scope);
    });
    if (state.Default !== undefined) target(place, state.Default, scope);
  }
  if (state.Type === 'Task') checkTask(place, state.Resource);
  if (state.Type === 'Wait' && (state.Seconds === undefined) === (state.Timestamp === undefined)) {
    refuse(place, 'must have either Seconds or Timestamp');
  }
  if (state.Type === 'Map') {
    const config = state.ItemProcessor.ProcessorConfig ?? {};
    onlyFields(`${place}, ProcessorConfig`, config, ['Mode']);
    if (config.Mode !== undefined && config.Mode !== 'INLINE') {
      refuse(place, `has the mode ${config.Mode}; only INLINE maps are carried out here`);
    }
  }
  if ('Retry' in state) for (const retrier of state.Retry ?? []) onlyFields(`${place}, Retry`, retrier, RETRIER_FIELDS);
  if ('Catch' in state) {
    for (const catcher of state.Catch ?? []) {
      onlyFields(`${place}, Catch`, catcher, CATCHER_FIELDS);
      checkTemplates(`${place}, Catch`, catcher);
      target(`${place}, Catch`, catcher.Next, scope);
    }
  }
}

function checkTemplates(place: string, holder: object): void {
  for (const [field, value] of Object.entries(holder)) {
    if (TEMPLATES.includes(field)) checkTemplate(`${place}, ${field}`, value as Json);
    if (field === 'Assign') checkAssign(place, value as Json);
  }
}

function checkAssign(place: string, assign: Json): void {
  if (!isJsonObject(assign)) refuse(place, 'has an Assign that is not an object');
  for (const [name, value] of Object.entries(assign)) {
    if (name === 'states' || !/^[\p{L}_][\p{L}\p{N}_]{0,79}$/u.test(name)) {
      refuse(place, `assigns "${name}", which is no name for a variable`);
    }
    checkTemplate(`${place}, Assign ${name}`, value);
  }
}

function checkTransition(place: string, state: { Next?: string; End?: boolean }, scope: Scope): void {
  if (state.Next === undefined && state.End !== true) refuse(place, 'must have Next, or "End": true');
  if (state.Next !== undefined) target(place, state.Next, scope);
}

function checkTask(place: string, resource: string): void {
  try {
    parseResource(resource);
  } catch (error) {
    refuse(place, `names a resource that cannot be called: ${(error as Error).message}`);
  }
}

function assignedBy(state: State): string[] {
  const holders: object[] = [state];
  if (state.Type === 'Choice') holders.push(...state.Choices);
  if ('Catch' in state) holders.push(...(state.Catch ?? []));
  return holders.flatMap((holder) => Object.keys('Assign' in holder ? (holder.Assign as object) : {}));
}

function target(place: string, next: string, scope: Scope): void {
  if (!Object.hasOwn(scope.States, next)) refuse(place, `goes to "${next}", which its state machine does not have`);
}

function onlyFields(place: string, holder: object, allowed: string[]): void {
  for (const field of Object.keys(holder)) {
    if (!allowed.includes(field)) refuse(place, `has the field "${field}", which is not carried out here`);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return refuse('The definition', `is not JSON: ${(error as Error).message}`);
  }
}

function refuse(place: string, problem: string): never {
  throw new ApiError('InvalidDefinition', `Invalid State Machine Definition: ${place} ${problem}.`);
}
