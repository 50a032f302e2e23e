import { DatabaseSync } from 'node:sqlite';
import { CALLBACK, cloud, deploy } from './harness.ts';

/** A process of its own: brings an execution to its callback, prints the token, and stays until it is killed. */
const database = new DatabaseSync(process.argv[2]!);
database.exec('PRAGMA journal_mode = WAL');
const on = cloud(() => ({}), { database });
const Arguments = { Token: '{% $states.context.Task.Token %}' };
const stateMachineArn = deploy(on, { Ask: { Type: 'Task', Resource: CALLBACK, Arguments, End: true } });
on.interpreter.startExecution({ stateMachineArn });
await on.clock.settled();
process.stdout.write(`${on.calls[0]!.args.Token}\n`);
setInterval(() => {}, 60_000);
