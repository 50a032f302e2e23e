import { z } from 'zod';
import { splitMachineArn } from './arns.ts';
import { ApiError } from './errors.ts';
import { wireEvent } from './history.ts';
import type { Interpreter } from './interpreter.ts';
import { operation, seconds } from './operation.ts';
import { pageSize, readToken, writeToken } from './paging.ts';
import type { ExecutionRecord } from './record.ts';
import type { ExecutionFilter } from './store.ts';

const arn = z.string();
const paged = { maxResults: z.number().optional(), nextToken: z.string().optional() };
const token = z.string().min(1).max(2048);
const error = z.string().max(256).optional();
const cause = z.string().max(32_768).optional();
const status = z.enum(['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED']);

export const operations = {
  StartExecution: operation(
    z.strictObject({
      stateMachineArn: arn,
      name: z.string().optional(),
      input: z.string().optional(),
      traceHeader: z.string().optional(),
    }),
    (interpreter, { stateMachineArn, name, input }) => {
      const record = interpreter.startExecution({
        stateMachineArn,
        ...(name !== undefined && { name }),
        ...(input !== undefined && { input }),
      });
      return { executionArn: record.arn, startDate: seconds(record.startDate) };
    },
  ),

  DescribeExecution: operation(
    z.strictObject({ executionArn: arn, includedData: z.enum(['ALL_DATA', 'METADATA_ONLY']).optional() }),
    (interpreter, { executionArn, includedData }) => {
      const record = interpreter.execution(executionArn);
      const withData = includedData !== 'METADATA_ONLY';
      return {
        ...summary(record),
        ...(withData && { input: record.input, inputDetails: { included: true } }),
        ...(withData && record.output !== null && { output: record.output, outputDetails: { included: true } }),
        ...(record.error !== null && { error: record.error }),
        ...(record.cause !== null && { cause: record.cause }),
        ...redriveStatus(interpreter, record),
      };
    },
  ),

  ListExecutions: operation(
    z.strictObject({ stateMachineArn: arn, statusFilter: status.optional(), ...paged }),
    (interpreter, request) => {
      const limit = pageSize(request);
      const listing = `ListExecutions ${request.stateMachineArn} ${request.statusFilter ?? ''}`;
      const beforeId = readToken(listing, request.nextToken);
      const records = interpreter.store.list({
        ...ownerOf(interpreter, request.stateMachineArn),
        ...(request.statusFilter !== undefined && { status: request.statusFilter }),
        ...(beforeId !== undefined && { beforeId }),
        limit: limit + 1,
      });
      const shown = records.slice(0, limit);
      const more = records.length > limit;
      return {
        executions: shown.map(summary),
        ...(more && { nextToken: writeToken(listing, shown.at(-1)!.id) }),
      };
    },
  ),

  GetExecutionHistory: operation(
    z.strictObject({
      executionArn: arn,
      reverseOrder: z.boolean().optional(),
      includeExecutionData: z.boolean().optional(),
      ...paged,
    }),
    (interpreter, request) => {
      const { executionArn, reverseOrder = false, includeExecutionData = true } = request;
      const limit = pageSize(request);
      const listing = `GetExecutionHistory ${executionArn} ${reverseOrder}`;
      const after = readToken(listing, request.nextToken);
      const events = interpreter.store.events(interpreter.execution(executionArn).id, {
        reverse: reverseOrder,
        limit: limit + 1,
        ...(after !== undefined && { after }),
      });
      const shown = events.slice(0, limit);
      const more = events.length > limit;
      return {
        events: shown.map((event) => wireEvent(event, includeExecutionData)),
        ...(more && { nextToken: writeToken(listing, shown.at(-1)!.id) }),
      };
    },
  ),

  StopExecution: operation(z.strictObject({ executionArn: arn, error, cause }), (interpreter, request) => {
    const record = interpreter.stopExecution(request.executionArn, request.error, request.cause);
    return { stopDate: seconds(record.stopDate!) };
  }),

  RedriveExecution: operation(
    z.strictObject({ executionArn: arn, clientToken: z.string().optional() }),
    (interpreter, { executionArn }) => ({
      redriveDate: seconds(interpreter.redriveExecution(executionArn).redriveDate!),
    }),
  ),

  SendTaskSuccess: operation(z.strictObject({ taskToken: token, output: z.string() }), (interpreter, request) => {
    interpreter.sendTaskSuccess(request.taskToken, request.output);
    return {};
  }),

  SendTaskFailure: operation(z.strictObject({ taskToken: token, error, cause }), (interpreter, request) => {
    interpreter.sendTaskFailure(request.taskToken, request.error, request.cause);
    return {};
  }),

  SendTaskHeartbeat: operation(z.strictObject({ taskToken: token }), (interpreter, { taskToken }) => {
    interpreter.sendTaskHeartbeat(taskToken);
    return {};
  }),
};

function summary(record: ExecutionRecord): object {
  return {
    executionArn: record.arn,
    stateMachineArn: record.machineArn,
    name: record.name,
    status: record.status,
    startDate: seconds(record.startDate),
    redriveCount: record.redriveCount,
    ...(record.stopDate !== null && { stopDate: seconds(record.stopDate) }),
    ...(record.redriveDate !== null && { redriveDate: seconds(record.redriveDate) }),
    ...(record.versionArn !== null && { stateMachineVersionArn: record.versionArn }),
    ...(record.aliasArn !== null && { stateMachineAliasArn: record.aliasArn }),
  };
}

function redriveStatus(interpreter: Interpreter, record: ExecutionRecord): object {
  const reason = interpreter.notRedrivableBecause(record);
  return reason === undefined
    ? { redriveStatus: 'REDRIVABLE' }
    : { redriveStatus: 'NOT_REDRIVABLE', redriveStatusReason: reason };
}

/** Whose executions an ARN lists: of the machine, of one version, or of an alias. */
function ownerOf({ machines }: Interpreter, owner: string): Pick<ExecutionFilter, 'by' | 'value'> {
  const { machine, qualifier } = splitMachineArn(owner);
  machines.machine(machine);
  if (qualifier === undefined) return { by: 'machineArn', value: machine };
  if (/^\d+$/.test(qualifier)) return { by: 'versionArn', value: machines.version(owner).arn };
  if (!machines.hasAlias(owner)) throw new ApiError('ResourceNotFound', `Alias Does Not Exist: '${owner}'`);
  return { by: 'aliasArn', value: owner };
}
