import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../clock.ts';
import { checkName, type Home, machineArn, splitMachineArn } from './arns.ts';
import type { Definition } from './definition.ts';
import { ApiError } from './errors.ts';
import type { PlacedRandom } from './random.ts';
import { readDefinition } from './validate.ts';

const SCHEMA = `
CREATE TABLE IF NOT EXISTS sfn_definitions (hash TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sfn_machines (
  arn TEXT PRIMARY KEY, name TEXT NOT NULL, definitionHash TEXT NOT NULL, roleArn TEXT NOT NULL,
  revisionId TEXT NOT NULL, createdAt INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS sfn_versions (
  arn TEXT PRIMARY KEY, machineArn TEXT NOT NULL, version INTEGER NOT NULL, definitionHash TEXT NOT NULL,
  roleArn TEXT NOT NULL, revisionId TEXT NOT NULL, description TEXT, createdAt INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS sfn_aliases (
  arn TEXT PRIMARY KEY, machineArn TEXT NOT NULL, name TEXT NOT NULL, description TEXT, routing TEXT NOT NULL,
  createdAt INTEGER NOT NULL, updatedAt INTEGER NOT NULL
) STRICT;
`;

export interface StateMachine {
  arn: string;
  name: string;
  definitionHash: string;
  roleArn: string;
  revisionId: string;
  /** Business ms. */
  createdAt: number;
}

export interface StateMachineVersion extends StateMachine {
  machineArn: string;
  version: number;
  description: string | null;
}

export interface Route {
  stateMachineVersionArn: string;
  /** Per cent; the weights of an alias sum to 100. */
  weight: number;
}

export interface StateMachineAlias {
  arn: string;
  machineArn: string;
  name: string;
  description: string | null;
  routing: Route[];
  createdAt: number;
  updatedAt: number;
}

/** What a StartExecution runs. */
export interface Revision {
  machine: StateMachine;
  definitionHash: string;
  roleArn: string;
  versionArn: string | null;
  aliasArn: string | null;
}

type Row = Record<string, unknown>;

/** State machines with their versions and aliases, on disk; definitions are kept for as long as anything ran them. */
export class MachineRegistry {
  readonly #database: DatabaseSync;
  readonly #clock: Clock;
  readonly #home: Home;
  readonly #check: typeof readDefinition;
  readonly #definitions = new Map<string, Definition>();

  constructor(database: DatabaseSync, clock: Clock, home: Home, check = readDefinition) {
    this.#database = database;
    this.#clock = clock;
    this.#home = home;
    this.#check = check;
    database.exec(SCHEMA);
  }

  /** Creates the machine, or gives it a new definition and role; its versions and executions are untouched. */
  put(request: { name: string; definition: string | object; roleArn: string }): StateMachine {
    checkName(request.name);
    const arn = machineArn(this.#home, request.name);
    const definitionHash = this.#keep(request.definition);
    const revisionId = hash(`${definitionHash} ${request.roleArn}`).slice(0, 36);
    this.#database
      .prepare(
        `INSERT INTO sfn_machines VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (arn) DO UPDATE SET
         definitionHash = excluded.definitionHash, roleArn = excluded.roleArn, revisionId = excluded.revisionId`,
      )
      .run(arn, request.name, definitionHash, request.roleArn, revisionId, this.#clock.now());
    return this.machine(arn);
  }

  /** As CreateStateMachine: the same request again returns the machine, another definition or role is refused. */
  create(request: { name: string; definition: string | object; roleArn: string }): StateMachine {
    checkName(request.name);
    const arn = machineArn(this.#home, request.name);
    const existing = this.#row('SELECT * FROM sfn_machines WHERE arn = ?', arn);
    if (!existing) return this.put(request);
    if (existing.definitionHash !== this.#keep(request.definition) || existing.roleArn !== request.roleArn) {
      throw new ApiError('StateMachineAlreadyExists', `State Machine Already Exists: '${arn}'`);
    }
    return this.machine(arn);
  }

  machine(arn: string): StateMachine {
    const row = this.#row('SELECT * FROM sfn_machines WHERE arn = ?', arn);
    if (!row) throw new ApiError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
    return row as unknown as StateMachine;
  }

  list(): StateMachine[] {
    return this.#database.prepare('SELECT * FROM sfn_machines ORDER BY name').all() as unknown as StateMachine[];
  }

  /** Publishes what the machine is now; publishing an unchanged machine again returns its latest version. */
  publish(arn: string, description?: string): StateMachineVersion {
    const machine = this.machine(splitMachineArn(arn).machine);
    const latest = this.#row(
      'SELECT * FROM sfn_versions WHERE machineArn = ? ORDER BY version DESC LIMIT 1',
      machine.arn,
    );
    if (latest?.revisionId === machine.revisionId) return this.version(latest.arn as string);
    const version = ((latest?.version as number | undefined) ?? 0) + 1;
    const versionArn = `${machine.arn}:${version}`;
    this.#database
      .prepare('INSERT INTO sfn_versions VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
      .run(
        versionArn,
        machine.arn,
        version,
        machine.definitionHash,
        machine.roleArn,
        machine.revisionId,
        description ?? null,
        this.#clock.now(),
      );
    return this.version(versionArn);
  }

  version(arn: string): StateMachineVersion {
    const row = this.#row('SELECT * FROM sfn_versions WHERE arn = ?', arn);
    if (!row) throw new ApiError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
    return { ...row, name: this.machine(row.machineArn as string).name } as unknown as StateMachineVersion;
  }

  /** Latest first. */
  versions(arn: string): StateMachineVersion[] {
    const { name } = this.machine(arn);
    const rows = this.#database
      .prepare('SELECT * FROM sfn_versions WHERE machineArn = ? ORDER BY version DESC')
      .all(arn);
    return rows.map((row) => ({ ...row, name }) as unknown as StateMachineVersion);
  }

  /** Creates the alias, or points it elsewhere. */
  putAlias(request: { name: string; routing: Route[]; description?: string }): StateMachineAlias {
    const { name, routing, description } = request;
    const machines = new Set(routing.map((route) => this.version(route.stateMachineVersionArn).machineArn));
    const total = routing.reduce((sum, route) => sum + route.weight, 0);
    if (routing.length < 1 || routing.length > 2 || machines.size !== 1 || total !== 100) {
      throw new ApiError(
        'ValidationException',
        `The alias '${name}' must route to one or two versions of one state machine with weights that sum to 100`,
      );
    }
    if (!/^(?=.*[a-zA-Z_\-.])[a-zA-Z0-9_\-.]{1,80}$/.test(name)) {
      throw new ApiError(
        'ValidationException',
        `'${name}' is no name for an alias: letters, digits, _ - . and not only digits`,
      );
    }
    const machine = [...machines][0]!;
    const now = this.#clock.now();
    this.#database
      .prepare(
        `INSERT INTO sfn_aliases VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (arn) DO UPDATE SET
         description = excluded.description, routing = excluded.routing, updatedAt = excluded.updatedAt`,
      )
      .run(`${machine}:${name}`, machine, name, description ?? null, JSON.stringify(routing), now, now);
    return this.alias(`${machine}:${name}`);
  }

  alias(arn: string): StateMachineAlias {
    const row = this.#row('SELECT * FROM sfn_aliases WHERE arn = ?', arn);
    if (!row) throw new ApiError('ResourceNotFound', `Alias Does Not Exist: '${arn}'`);
    return { ...row, routing: JSON.parse(row.routing as string) } as unknown as StateMachineAlias;
  }

  /** The alias of this name on the machine whose versions it would route to. */
  findAlias({ name, routing }: { name: string; routing: Route[] }): StateMachineAlias | undefined {
    const first = routing[0]?.stateMachineVersionArn;
    if (first === undefined) return undefined;
    const arn = `${splitMachineArn(first).machine}:${name}`;
    return this.hasAlias(arn) ? this.alias(arn) : undefined;
  }

  hasAlias(arn: string): boolean {
    return this.#row('SELECT 1 FROM sfn_aliases WHERE arn = ?', arn) !== undefined;
  }

  /** What an ARN of a machine, a version or an alias runs; `random` chooses between the versions of an alias. */
  resolve(arn: string, random: PlacedRandom): Revision {
    const { machine: machineArn, qualifier } = splitMachineArn(arn);
    const machine = this.machine(machineArn);
    if (qualifier === undefined) {
      return {
        machine,
        definitionHash: machine.definitionHash,
        roleArn: machine.roleArn,
        versionArn: null,
        aliasArn: null,
      };
    }
    if (/^\d+$/.test(qualifier)) {
      const { definitionHash, roleArn } = this.version(arn);
      return { machine, definitionHash, roleArn, versionArn: arn, aliasArn: null };
    }
    if (!this.hasAlias(arn)) throw new ApiError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
    const { routing } = this.alias(arn);
    const chosen = random.number() * 100 < routing[0]!.weight ? routing[0]! : routing[1]!;
    const { definitionHash, roleArn } = this.version(chosen.stateMachineVersionArn);
    return { machine, definitionHash, roleArn, versionArn: chosen.stateMachineVersionArn, aliasArn: arn };
  }

  definition(definitionHash: string): Definition {
    let definition = this.#definitions.get(definitionHash);
    if (!definition) {
      definition = JSON.parse(this.definitionText(definitionHash)) as Definition;
      this.#definitions.set(definitionHash, definition);
    }
    return definition;
  }

  definitionText(definitionHash: string): string {
    return this.#row('SELECT body FROM sfn_definitions WHERE hash = ?', definitionHash)!.body as string;
  }

  /** Checks a definition and keeps it under the hash of its text. */
  #keep(source: string | object): string {
    const text = typeof source === 'string' ? source : JSON.stringify(source);
    const definitionHash = hash(text);
    if (this.#row('SELECT 1 FROM sfn_definitions WHERE hash = ?', definitionHash)) return definitionHash;
    this.#check(source);
    this.#database.prepare('INSERT INTO sfn_definitions VALUES (?, ?)').run(definitionHash, text);
    return definitionHash;
  }

  #row(sql: string, ...values: string[]): Row | undefined {
    return this.#database.prepare(sql).get(...values) as Row | undefined;
  }
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
