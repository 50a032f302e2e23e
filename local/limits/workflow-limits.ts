import aslValidator from 'asl-validator';
import { innerScopes, type Scope } from '../stepfunctions/definition.ts';
import { type AssemblyUnderCheck, ofType } from './assembly-under-check.ts';
import { bytes, type Limit } from './limit.ts';

interface Machine {
  DefinitionString: string;
}

const quotas = 'Step Functions Developer Guide, "Step Functions service quotas"';

export const workflowLimits: Limit[] = [
  {
    name: 'bytes of a workflow definition',
    allowed: 1_048_576,
    source: quotas,
    mend: 'Move a part of it into a workflow of its own.',
    measure: (assembly) => machines(assembly).map(({ where, text }) => ({ where, value: bytes(text) })),
  },
  {
    name: 'faults of a workflow definition',
    allowed: 0,
    source: 'the published schema of the Amazon States Language (asl-validator)',
    mend: 'Mend the state that is named, in lib/workflow.',
    measure: (assembly) =>
      machines(assembly).map(({ where, text }) => {
        const faults = faultsOf(text);
        return { where, value: faults.length, ...(faults.length > 0 && { found: faults.join('; ') }) };
      }),
  },
  {
    name: 'characters of the name of a state',
    allowed: 80,
    source: quotas,
    mend: 'Shorten the name; a Comment has room for more.',
    measure: (assembly) =>
      machines(assembly).flatMap(({ where, text }) =>
        stateNames(text).map((name) => ({ where, value: name.length, found: `state "${name}"` })),
      ),
  },
];

function machines(assembly: AssemblyUnderCheck): { where: string; text: string }[] {
  return ofType<Machine>(assembly, 'AWS::StepFunctions::StateMachine').map(({ where, properties }) => ({
    where,
    text: properties.DefinitionString ?? '',
  }));
}

function faultsOf(text: string): string[] {
  let definition: object;
  try {
    definition = JSON.parse(text) as object;
  } catch (error) {
    return [`it is not JSON: ${(error as Error).message}`];
  }
  // The names are stand-ins, so ARNs are not looked at.
  const { isValid, errorsText } = aslValidator(definition, { checkPaths: true, checkArn: false });
  return isValid ? [] : errorsText('\n').split('\n');
}

function stateNames(text: string): string[] {
  try {
    return namesIn(JSON.parse(text) as Scope);
  } catch {
    return [];
  }
}

function namesIn({ States = {} }: Partial<Scope>): string[] {
  return Object.entries(States).flatMap(([name, state]) => [name, ...innerScopes(state).flatMap(namesIn)]);
}
