import {
  type SendTaskFailureCommand,
  SendTaskSuccessCommand,
  type SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { ApiError } from '../../local/stepfunctions/errors.ts';
import type { Interpreter } from '../../local/stepfunctions/interpreter.ts';
import { type Faults, InjectedFault } from './faults.ts';

type Command = StartExecutionCommand | SendTaskSuccessCommand | SendTaskFailureCommand;

/** The SDK's client of Step Functions in front of our interpreter, with what may happen between the two. */
export function engineClient(interpreter: Interpreter, faults: Faults): SFNClient {
  const tokens: string[] = [];

  const perform = (command: Command) => {
    if (command instanceof StartExecutionCommand) {
      const { stateMachineArn, name, input } = command.input;
      const { arn } = interpreter.startExecution({ stateMachineArn: stateMachineArn!, name: name!, input: input! });
      return { executionArn: arn };
    }
    const { taskToken } = command.input;
    tokens.push(taskToken!);
    if (command instanceof SendTaskSuccessCommand) interpreter.sendTaskSuccess(taskToken!, command.input.output!);
    else interpreter.sendTaskFailure(taskToken!, command.input.error, command.input.cause);
    return {};
  };

  const send = async (command: Command): Promise<object> => {
    await faults.point();
    if (faults.strikes('workflowThrottle')) throw new InjectedFault('workflowThrottle');
    if (faults.strikes('workflowTwice')) outcomeOf(command);
    if (tokens.length > 0 && faults.strikes('staleToken')) {
      outcomeOf(new SendTaskSuccessCommand({ taskToken: faults.random.pick(tokens), output: '{"outcome":"stale"}' }));
    }
    const outcome = outcomeOf(command);
    await faults.point();
    if (faults.strikes('workflowLost')) throw new InjectedFault('workflowLost');
    if (outcome instanceof Error) throw outcome;
    return outcome;
  };

  /** The answer of the API, refusals included; a fault of the interpreter is thrown. */
  const outcomeOf = (command: Command): object => {
    try {
      return faults.outside(() => perform(command));
    } catch (error) {
      if (error instanceof ApiError) return error;
      throw error;
    }
  };
  return { send } as unknown as SFNClient;
}
