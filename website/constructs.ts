/** A page for each construct and value of the package, from the jsii assembly. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { Examples } from './examples';
import { proseForVue } from './vue';

const ASSEMBLY = path.join(__dirname, '../.jsii');

interface Docs {
  readonly summary?: string;
  readonly remarks?: string;
  readonly example?: string;
  readonly default?: string;
  readonly returns?: string;
  readonly see?: string;
  readonly custom?: { readonly throws?: string };
}

interface TypeRef {
  readonly fqn?: string;
  readonly primitive?: string;
  readonly collection?: { readonly kind: string; readonly elementtype: TypeRef };
  readonly union?: { readonly types: readonly TypeRef[] };
}

interface Member {
  readonly name: string;
  readonly docs?: Docs;
  readonly type?: TypeRef;
  readonly optional?: boolean;
  readonly static?: boolean;
  readonly returns?: { readonly type: TypeRef };
  readonly parameters?: readonly Member[];
}

interface Type {
  readonly name: string;
  readonly fqn: string;
  readonly kind: 'class' | 'interface' | 'enum';
  readonly base?: string;
  readonly datatype?: boolean;
  readonly docs?: Docs;
  readonly initializer?: { readonly parameters?: readonly Member[] };
  readonly methods?: readonly Member[];
  readonly properties?: readonly Member[];
  readonly interfaces?: readonly string[];
}

type Types = ReadonlyMap<string, Type>;

function typesOfPackage(): Types {
  return new Map(Object.entries((JSON.parse(fs.readFileSync(ASSEMBLY, 'utf8')) as { readonly types: { readonly [fqn: string]: Type } }).types));
}

/** A group of pages, one for each class. */
interface ConstructGroup {
  readonly title: string;
  readonly classes: readonly Type[];
}

function groupsOf(all: Types): ConstructGroup[] {
  const classes = [...all.values()].filter(({ kind }) => kind === 'class').sort((a, b) => (a.name < b.name ? -1 : 1));
  const isConstruct = ({ base = '' }: Type): boolean => base === 'constructs.Construct' || (all.has(base) && isConstruct(all.get(base)!));
  return [
    { title: 'Constructs', classes: classes.filter(isConstruct) },
    { title: 'Values', classes: classes.filter(type => !isConstruct(type)) },
  ];
}

/** The names of the pages, constructs before values. */
export function constructPages(): readonly { readonly title: string; readonly names: readonly string[] }[] {
  return groupsOf(typesOfPackage()).map(({ title, classes }) => ({ title, names: classes.map(({ name }) => name) }));
}

/** Writes the pages of all classes, each with what it takes. */
export function writeConstructs(folder: string, examples: Examples): void {
  const all = typesOfPackage();
  const groups = groupsOf(all);
  fs.mkdirSync(path.join(folder, 'constructs'), { recursive: true });
  groups.forEach(({ classes }) => classes.forEach(type => fs.writeFileSync(path.join(folder, 'constructs', `${type.name}.md`), pageOf(type, all, examples))));
  const list = groups.map(({ title, classes }) => `## ${title}\n\n${classes.map(({ name, docs }) => `- [${name}](/constructs/${name}): ${proseForVue(docs?.summary ?? '')}`).join('\n')}`);
  fs.writeFileSync(path.join(folder, 'constructs/index.md'), `# Constructs and values\n\nWith the names of TypeScript; [other languages](/languages) have their own, as the examples show.\n\n${list.join('\n\n')}\n`);
}

function pageOf(type: Type, all: Types, examples: Examples): string {
  const { docs = {}, initializer, methods = [], properties = [] } = type;
  const props = initializer?.parameters?.map(({ type: of }) => all.get(of?.fqn ?? '')).find(of => of?.datatype);
  const visible = methods.filter(({ name }) => !name.startsWith('_'));
  return `${[
    `# ${type.name}`,
    proseForVue(docs.summary ?? ''),
    proseForVue(docs.remarks ?? ''),
    docs.example === undefined ? '' : examples.markdown(docs.example),
    docs.see === undefined ? '' : `See [${docs.see}](${docs.see}).`,
    ...props === undefined ? [] : [`## Properties of \`new ${type.name}()\``, table(propertiesOf(props, all))],
    ...visible.length === 0 ? [] : ['## Methods', ...visible.flatMap(method => methodText(method, examples))],
    ...properties.length === 0 ? [] : ['## Attributes', table(properties)],
  ].flat().filter(part => part !== '').join('\n\n')}\n`;
}

/** Those of the interface, and of what it extends. */
function propertiesOf(type: Type, all: Types): Member[] {
  return [...(type.interfaces ?? []).flatMap(fqn => (all.has(fqn) ? propertiesOf(all.get(fqn)!, all) : [])), ...type.properties ?? []]
    .sort((a, b) => Number(a.optional ?? false) - Number(b.optional ?? false));
}

function methodText({ name, docs = {}, parameters = [], returns, static: isStatic }: Member, examples: Examples): string[] {
  const given = parameters.map(({ name: own, optional }) => `${own}${optional ? '?' : ''}`).join(', ');
  return [
    `### ${isStatic ? 'static ' : ''}${name}(${given})`,
    proseForVue(docs.summary ?? ''),
    proseForVue(docs.remarks ?? ''),
    ...parameters.length === 0 ? [] : [table(parameters)],
    ...returns === undefined ? [] : [`Returns \`${nameOf(returns.type)}\`${docs.returns === undefined ? '' : `: ${proseForVue(docs.returns)}`}`],
    ...docs.custom?.throws === undefined ? [] : [`Throws ${proseForVue(docs.custom.throws)}.`],
    ...docs.example === undefined ? [] : [examples.markdown(docs.example)],
  ].filter(part => part !== '');
}

function table(members: readonly Member[]): string {
  const rows = members.map(({ name, type, docs = {}, optional }) => {
    const fallback = docs.default === undefined ? optional ? 'optional' : 'required' : docs.default.replace(/^- /, '');
    return `| **\`${name}\`**${type === undefined ? '' : `<br>\`${nameOf(type)}\``} | ${cell(`${docs.summary ?? ''} ${docs.remarks ?? ''}`)} | ${cell(fallback)} |`;
  });
  return ['| name and type | | default |', '|---|---|---|', ...rows].join('\n');
}

function nameOf({ fqn, primitive, collection, union }: TypeRef): string {
  return fqn?.split('.').pop() ?? primitive ?? (collection ? `${nameOf(collection.elementtype)}${collection.kind === 'array' ? '[]' : '{}'}` : union?.types.map(nameOf).join(' or ') ?? '');
}

function cell(text: string): string {
  return proseForVue(text.trim().replace(/\s*\n\s*/g, ' ')).replace(/\|/g, '\\|');
}
