import { describe, expect, it } from 'vitest';
import { readDefinition } from '../../../local/stepfunctions/validate.ts';

const machine = (states: object, extra: object = {}) => ({
  QueryLanguage: 'JSONata',
  StartAt: Object.keys(states)[0],
  States: states,
  ...extra,
});
const pass = { Type: 'Pass', End: true };

describe('A definition is refused', () => {
  it.each<[string, object, string]>([
    ['without JSONata', { StartAt: 'A', States: { A: pass } }, 'JSONPath state machines are not carried out here'],
    ['in JSONPath in one state', machine({ A: { ...pass, QueryLanguage: 'JSONPath' } }), 'State "A" uses JSONPath'],
    ['with a JSONPath field', machine({ A: { ...pass, ResultPath: '$' } }), 'State "A" has the field "ResultPath"'],
    ['with an unknown field', machine({ A: { ...pass, Foo: 1 } }), 'State "A" has the field "Foo"'],
    ['with an unknown top-level field', machine({ A: pass }, { Foo: 1 }), 'The definition has the field "Foo"'],
    ['with an unknown state type', machine({ A: { Type: 'Loop', End: true } }), 'State "A" has the type "Loop"'],
    ['with a wrong target', machine({ A: { Type: 'Pass', Next: 'B' } }), 'State "A" goes to "B"'],
    ['with no end', machine({ A: { Type: 'Pass' } }), 'The definition'],
    ['with an unreachable state', machine({ A: pass, B: pass }), 'The definition'],
    ['with broken JSONata', machine({ A: { ...pass, Output: '{% 1 + %}' } }), 'State "A", Output is not JSONata'],
    ['with an open expression', machine({ A: { ...pass, Output: '{% 1' } }), 'does not end with "%}"'],
    ['with a wrong variable name', machine({ A: { ...pass, Assign: { states: 1 } } }), 'assigns "states"'],
    [
      'with an unknown service',
      machine({ A: { Type: 'Task', Resource: 'arn:aws:states:::aws-sdk:rds:stop', Arguments: {}, End: true } }),
      'uses the service "rds"',
    ],
    [
      'with an unknown pattern',
      machine({
        A: { Type: 'Task', Resource: 'arn:aws:states:::states:startExecution.sync:2', Arguments: {}, End: true },
      }),
      'State "A" names a resource that cannot be called',
    ],
    [
      'with a distributed map',
      machine({
        A: {
          Type: 'Map',
          Items: [],
          ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED' }, StartAt: 'B', States: { B: pass } },
          End: true,
        },
      }),
      'only INLINE maps',
    ],
  ])('%s', (_, definition, problem) => {
    expect(() => readDefinition(definition)).toThrow(problem);
  });

  it('that is no JSON', () => {
    expect(() => readDefinition('{')).toThrow('The definition is not JSON');
  });
});
