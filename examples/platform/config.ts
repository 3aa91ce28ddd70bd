/** The dependencies as JSON: what they are in dependencies.json, where they are in config/<environment>.json. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import Ajv, { ErrorObject, JSONSchemaType } from 'ajv';
import { Kind, KINDS } from './kinds';

/** What a dependency is, in every environment. */
export interface Dependency {
  readonly kind: Kind;
  /** The team that answers for it. */
  readonly owner: string;
  /** Why it exists. */
  readonly reason: string;
  /** The service accounts that may use it, as `namespace/account`. */
  readonly clients: string[];
}

/** Where it is, in one environment. */
export interface Location {
  /** The addresses of each host; none for a host that is found by DNS. */
  readonly hosts: { readonly [host: string]: string[] };
  /** The port, when it is not the usual one of the kind. */
  readonly port?: number;
}

/** Everything that one environment is made of. */
export interface Environment {
  readonly name: string;
  readonly dependencies: readonly (Dependency & Location & { readonly name: string })[];
}

// The compiler compares both with the types above. A description tells the reader of a message what to write.
const DEPENDENCIES: JSONSchemaType<{ [name: string]: Dependency }> = {
  type: 'object',
  required: [],
  additionalProperties: {
    type: 'object',
    properties: {
      kind: { type: 'string', enum: Object.keys(KINDS) as Kind[] },
      owner: { type: 'string', minLength: 1 },
      reason: { type: 'string', minLength: 1 },
      clients: { type: 'array', minItems: 1, items: { type: 'string', pattern: '^[^/]+/[^/]+$', description: 'a service account, like "shop/cart"' } },
    },
    required: ['kind', 'owner', 'reason', 'clients'],
    additionalProperties: false,
  },
};

const LOCATIONS: JSONSchemaType<{ [name: string]: Location }> = {
  type: 'object',
  required: [],
  additionalProperties: {
    type: 'object',
    properties: {
      hosts: {
        type: 'object',
        required: [],
        additionalProperties: { type: 'array', items: { type: 'string' }, description: 'its addresses, like ["192.0.2.14"], or [] for DNS' },
      },
      port: { type: 'integer', nullable: true },
    },
    required: ['hosts'],
    additionalProperties: false,
  },
};

/** Reads an environment; an error names the file, the place in it, what is wrong there, and the value. */
export function readEnvironment(name: string, folder = __dirname): Environment {
  const names = fs.readdirSync(path.join(folder, 'config')).map(file => path.parse(file).name);
  if (!names.includes(name)) {
    throw new Error(`ENVIRONMENT must be one of ${names.join(', ')}, got "${name}"`);
  }
  const file = `config/${name}.json`;
  const dependencies = read(folder, 'dependencies.json', DEPENDENCIES);
  const locations = read(folder, file, LOCATIONS);
  const stray = Object.keys(locations).find(key => !dependencies[key]);
  if (stray) {
    throw new Error(`${file}: ${stray} is no dependency: add it to dependencies.json, or correct its name`);
  }
  return {
    name,
    dependencies: Object.entries(dependencies).map(([key, dependency]) => {
      if (!locations[key]) {
        throw new Error(`${file}: ${key} is missing: say where the dependency is in ${name}`);
      }
      return { name: key, ...dependency, ...locations[key] };
    }),
  };
}

const ajv = new Ajv({ verbose: true });

function read<T>(folder: string, file: string, schema: JSONSchemaType<T>): T {
  const text = fs.readFileSync(path.join(folder, file), 'utf8');
  const validate = ajv.compile(schema);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`${file}: ${(error as Error).message}`);
  }
  if (!validate(value)) {
    throw new Error(`${file}: ${told(validate.errors![0])}`);
  }
  return value;
}

function told({ instancePath, message, params, parentSchema, data }: ErrorObject): string {
  const allowed = params.allowedValues ? ` (${params.allowedValues.join(', ')})` : '';
  const got = params.additionalProperty ? `"${params.additionalProperty}"` : JSON.stringify(data);
  const write = parentSchema?.description ? `: write ${parentSchema.description}` : '';
  return `${instancePath.slice(1) || 'the file'} ${message}${allowed}, got ${got}${write}`;
}
