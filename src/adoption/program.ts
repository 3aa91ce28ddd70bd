import { ApiObject, App, Chart } from 'cdk8s';
import { Code, CodeFields, comments, evaluated, namesIn, printed, quoted } from './code';
import { allowed, egressOf, made, NAMES } from './scratch';
import { free, joined } from './words';
import * as library from '../index';
import { Fields } from '../view/fields';

/** One statement of a chart, in the order in which they are written. */
export type Statement =
  | { readonly is: 'service'; readonly id: string; readonly kind: string; readonly props: CodeFields; readonly clients: readonly Code[]; readonly route?: string }
  | { readonly is: 'egress'; readonly id: string; readonly gateway: Code }
  | { readonly is: 'kept'; readonly id: string; readonly object: CodeFields; readonly why: string };

/** The objects of one namespace. */
export interface ChartCode {
  readonly id: string;
  readonly namespace: string;
  readonly statements: readonly Statement[];
}

/** A program: what the mesh is, and what each namespace has. */
export interface Program {
  readonly facts: CodeFields;
  readonly charts: readonly ChartCode[];
}

const OF_CDK8S = ['ApiObject', 'Chart', 'Duration'];

/** The text of a program in TypeScript. */
export function sourceOf({ facts, charts }: Program, heading: readonly string[]): string {
  const hasFacts = Object.keys(facts).length > 0;
  const names = new Set(['FastApp', 'Chart', ...hasFacts ? ['Mesh', ...namesIn(facts)] : [], ...charts.flatMap(({ statements }) => statements.flatMap(namesOf))]);
  names.delete('null');
  const from = (wanted: (name: string) => boolean) => [...names].filter(wanted).sort().join(', ');
  const taken = new Set(['app', ...names]);
  return [
    ...heading.flatMap(line => comments(line)),
    `import { ${from(name => OF_CDK8S.includes(name))} } from 'cdk8s';`,
    `import { ${from(name => !OF_CDK8S.includes(name))} } from 'cdk8s-istio-egress';`,
    '',
    'const app = new FastApp();',
    ...hasFacts ? [`Mesh.declare(app, ${printed(facts)});`] : [],
    ...charts.flatMap(chart => ['', ...chartLines(chart, taken)]),
    '',
    'app.synth();',
    '',
  ].join('\n');
}

function namesOf(statement: Statement): string[] {
  switch (statement.is) {
    case 'service': return [statement.kind, ...namesIn(statement.props), ...statement.clients.flatMap(namesIn)];
    case 'egress': return ['EgressViaGateway', ...namesIn(statement.gateway)];
    case 'kept': return ['ApiObject', ...namesIn(statement.object)];
  }
}

function chartLines({ id, namespace, statements }: ChartCode, taken: Set<string>): string[] {
  const chart = variable(namespace, taken);
  const egresses = new Map<string, string>();
  return [
    `const ${chart} = new Chart(app, ${quoted(id)}, ${printed({ namespace })});`,
    ...statements.flatMap((statement): string[] => {
      switch (statement.is) {
        case 'egress': {
          const name = variable(`${namespace}-${statement.id}`, taken);
          egresses.set(statement.id, name);
          return ['', `const ${name} = new EgressViaGateway(${chart}, ${quoted(statement.id)}, ${printed({ gateway: statement.gateway })});`];
        }
        case 'kept':
          return ['', ...comments(statement.why, 'Kept as it is: '), `new ApiObject(${chart}, ${quoted(statement.id)}, ${printed(statement.object)});`];
        case 'service': {
          const text = `new ${statement.kind}(${chart}, ${quoted(statement.id)}, ${printed(statement.props)});`;
          if (statement.route === undefined) {
            return ['', text];
          }
          const name = variable(`${namespace}-${statement.id}`, taken);
          const clients = `${name}.allowFrom(${statement.clients.map(client => printed(client)).join(', ')});`;
          return ['', `const ${name} = ${text}`, clients, `${egresses.get(statement.route)}.route(${name});`];
        }
      }
    }),
  ];
}

/** A name of JavaScript that nothing else has. */
function variable(text: string, taken: Set<string>): string {
  const words = joined(text);
  const camel = `${words.slice(0, 1).toLowerCase()}${words.slice(1)}`;
  return free(/^[a-z]/.test(camel) && !RESERVED.includes(camel) ? camel : `n${words}`, taken);
}

const RESERVED = [
  'await', 'break', 'case', 'catch', 'class', 'const', 'continue', 'debugger', 'default', 'delete', 'do', 'else', 'enum', 'export', 'extends', 'false', 'finally', 'for', 'function',
  'if', 'implements', 'import', 'in', 'instanceof', 'interface', 'let', 'new', 'null', 'package', 'private', 'protected', 'public', 'return', 'static', 'super', 'switch', 'this',
  'throw', 'true', 'try', 'typeof', 'var', 'void', 'while', 'with', 'yield', 'eval', 'arguments', 'undefined', 'require', 'module', 'exports',
];

/** What a program writes when it runs. */
export interface Written {
  readonly objects: readonly Fields[];
  /** Those of each service, with its route. */
  readonly of: ReadonlyMap<Statement, readonly Fields[]>;
  /** What the library says of the app: synth would stop with it. */
  readonly problems: readonly string[];
}

/** Runs a program. */
export function run({ facts, charts }: Program): Written {
  const app = new App();
  library.Mesh.declare(app, evaluated(facts, NAMES) as library.MeshProps);
  const services = new Map<Statement, library.ExternalService>();
  for (const { id, namespace, statements } of charts) {
    const chart = new Chart(app, id, { namespace });
    const egresses = new Map<string, library.EgressViaGateway>();
    for (const statement of statements) {
      if (statement.is === 'egress') {
        egresses.set(statement.id, egressOf(chart, statement.id, statement));
      } else if (statement.is === 'kept') {
        new ApiObject(chart, statement.id, evaluated(statement.object, NAMES) as { apiVersion: string; kind: string });
      } else {
        const service = made(chart, statement.id, statement);
        services.set(statement, service);
        if (statement.route !== undefined) {
          allowed(service, statement);
          egresses.get(statement.route)!.route(service);
        }
      }
    }
  }
  const written = new Map<unknown, Fields>();
  app.node.findAll().filter(ApiObject.isApiObject).forEach(object => written.set(object, (object as ApiObject).toJson() as Fields));
  const of = new Map([...services].map(([statement, { node }]) => (
    [statement, node.findAll().map(one => written.get(one)).filter(fields => fields !== undefined)] as const)));
  return { objects: [...written.values()], of, problems: app.node.findAll().flatMap(({ node }) => node.validate()) };
}
