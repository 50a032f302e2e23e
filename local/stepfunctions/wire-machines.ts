import { z } from 'zod';
import { splitMachineArn } from './arns.ts';
import { ApiError } from './errors.ts';
import type { StateMachineAlias, StateMachineVersion } from './machines.ts';
import { operation, seconds } from './operation.ts';
import { type Page, page } from './paging.ts';

const arn = z.string();
const routing = z.array(z.strictObject({ stateMachineVersionArn: arn, weight: z.number() }));
const paged = { maxResults: z.number().optional(), nextToken: z.string().optional() };
/** What is accepted and has no effect on one machine. */
const observed = {
  loggingConfiguration: z.unknown().optional(),
  tracingConfiguration: z.unknown().optional(),
  tags: z.unknown().optional(),
};

export const operations = {
  CreateStateMachine: operation(
    z.strictObject({
      name: z.string(),
      definition: z.string(),
      roleArn: arn,
      type: z.literal('STANDARD').optional(),
      publish: z.boolean().optional(),
      versionDescription: z.string().optional(),
      ...observed,
    }),
    ({ machines }, request) => {
      const machine = machines.create(request);
      const version = request.publish ? machines.publish(machine.arn, request.versionDescription) : undefined;
      return {
        stateMachineArn: machine.arn,
        creationDate: seconds(machine.createdAt),
        ...(version && { stateMachineVersionArn: version.arn }),
      };
    },
  ),

  UpdateStateMachine: operation(
    z.strictObject({
      stateMachineArn: arn,
      definition: z.string().optional(),
      roleArn: arn.optional(),
      publish: z.boolean().optional(),
      versionDescription: z.string().optional(),
      ...observed,
    }),
    ({ machines, clock }, request) => {
      const { name, definitionHash, roleArn } = machines.machine(request.stateMachineArn);
      const definition = request.definition ?? machines.definitionText(definitionHash);
      const machine = machines.put({ name, definition, roleArn: request.roleArn ?? roleArn });
      const version = request.publish ? machines.publish(machine.arn, request.versionDescription) : undefined;
      return {
        updateDate: seconds(clock.now()),
        revisionId: machine.revisionId,
        ...(version && { stateMachineVersionArn: version.arn }),
      };
    },
  ),

  DescribeStateMachine: operation(
    z.strictObject({ stateMachineArn: arn, includedData: z.enum(['ALL_DATA', 'METADATA_ONLY']).optional() }),
    ({ machines }, request) => {
      const { machine: machineArn, qualifier } = splitMachineArn(request.stateMachineArn);
      const shown = qualifier === undefined ? machines.machine(machineArn) : machines.version(request.stateMachineArn);
      return {
        stateMachineArn: shown.arn,
        name: shown.name,
        status: 'ACTIVE',
        type: 'STANDARD',
        roleArn: shown.roleArn,
        definition: machines.definitionText(shown.definitionHash),
        creationDate: seconds(shown.createdAt),
        revisionId: shown.revisionId,
        ...('description' in shown && shown.description !== null && { description: shown.description }),
      };
    },
  ),

  ListStateMachines: operation(z.strictObject(paged), ({ machines }, request) => {
    const { items, nextToken } = page(machines.list(), request, 'ListStateMachines');
    return {
      stateMachines: items.map((machine) => ({
        stateMachineArn: machine.arn,
        name: machine.name,
        type: 'STANDARD',
        creationDate: seconds(machine.createdAt),
      })),
      ...nextToken,
    };
  }),

  PublishStateMachineVersion: operation(
    z.strictObject({ stateMachineArn: arn, revisionId: z.string().optional(), description: z.string().optional() }),
    ({ machines }, request) => {
      const machine = machines.machine(request.stateMachineArn);
      if (request.revisionId !== undefined && request.revisionId !== machine.revisionId) {
        throw new ApiError('ConflictException', `The revision is ${machine.revisionId}, not ${request.revisionId}`);
      }
      const version = machines.publish(machine.arn, request.description);
      return { stateMachineVersionArn: version.arn, creationDate: seconds(version.createdAt) };
    },
  ),

  ListStateMachineVersions: operation(z.strictObject({ stateMachineArn: arn, ...paged }), ({ machines }, request) => {
    const versions: Page<StateMachineVersion> = page(
      machines.versions(request.stateMachineArn),
      request,
      'ListStateMachineVersions',
    );
    return {
      stateMachineVersions: versions.items.map((version) => ({
        stateMachineVersionArn: version.arn,
        creationDate: seconds(version.createdAt),
      })),
      ...versions.nextToken,
    };
  }),

  CreateStateMachineAlias: operation(
    z.strictObject({ name: z.string(), description: z.string().optional(), routingConfiguration: routing }),
    ({ machines }, { name, description, routingConfiguration }) => {
      const request = { name, routing: routingConfiguration, ...(description !== undefined && { description }) };
      const existing = machines.findAlias(request);
      const same =
        existing &&
        JSON.stringify(existing.routing) === JSON.stringify(routingConfiguration) &&
        existing.description === (description ?? null);
      if (existing && !same) throw new ApiError('ConflictException', `Alias already exists: '${existing.arn}'`);
      const alias = existing ?? machines.putAlias(request);
      return { stateMachineAliasArn: alias.arn, creationDate: seconds(alias.createdAt) };
    },
  ),

  UpdateStateMachineAlias: operation(
    z.strictObject({
      stateMachineAliasArn: arn,
      description: z.string().optional(),
      routingConfiguration: routing.optional(),
    }),
    ({ machines }, request) => {
      const { name, routing: routes, description } = machines.alias(request.stateMachineAliasArn);
      const described = request.description ?? description;
      const alias = machines.putAlias({
        name,
        routing: request.routingConfiguration ?? routes,
        ...(described !== null && { description: described }),
      });
      return { updateDate: seconds(alias.updatedAt) };
    },
  ),

  DescribeStateMachineAlias: operation(z.strictObject({ stateMachineAliasArn: arn }), ({ machines }, request) =>
    aliasBody(machines.alias(request.stateMachineAliasArn)),
  ),
};

function aliasBody(alias: StateMachineAlias): object {
  return {
    stateMachineAliasArn: alias.arn,
    name: alias.name,
    ...(alias.description !== null && { description: alias.description }),
    routingConfiguration: alias.routing,
    creationDate: seconds(alias.createdAt),
    updateDate: seconds(alias.updatedAt),
  };
}
