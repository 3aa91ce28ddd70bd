import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { parse } from 'yaml';

const SCRIPT = path.join(__dirname, '../pipelines/kubectl/apply.sh');

/** Of an ApplySet "shop-egress" of the cluster, as kubectl has accepted it from an API server. */
const SHOP = 'applyset-MqnAUkKMmlvrVlfcBg947gNbsQOBi-EuRnf3QFD7SJk-v1';

/** What the cluster has, as far as apply.sh asks for it: files of the folder in which this kubectl runs. */
const KUBECTL = `#!/bin/sh
printf '%s\\n' "$*" >> calls
case "$*" in
  "create --filename -") cat > created ;;
  "get applysets"*labels*) cat "id of \${2##*/}" ;;
  "get applysets"*annotations*) cat namespaces ;;
  *"--selector applyset.kubernetes.io/part-of="*) cat "$4 in $2" 2> /dev/null || true ;;
  "get --filename"*) cat kept ;;
esac
`;

let folder: string;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'istio-egress-test-'));
  fs.copyFileSync(SCRIPT, path.join(folder, 'apply.sh'));
  fs.mkdirSync(path.join(folder, 'programs'));
  for (const [name, text] of [['kubectl', KUBECTL], ['sleep', '#!/bin/sh\n']]) {
    fs.writeFileSync(path.join(folder, 'programs', name), text, { mode: 0o755 });
  }
  put({ 'id of shop-egress': SHOP, 'namespaces': '', 'kept': '' });
});

afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

function put(files: { readonly [name: string]: string }): void {
  Object.entries(files).forEach(([name, text]) => fs.writeFileSync(path.join(folder, name), text));
}

const read = (file: string) => (fs.existsSync(path.join(folder, file)) ? fs.readFileSync(path.join(folder, file), 'utf8') : '');

/** Runs the script; gives what it asked kubectl for. */
function apply(...args: string[]): { code: number | null; err: string; calls: string[] } {
  put({ calls: '' });
  const env = { ...process.env, PATH: `${folder}/programs:${process.env.PATH}` };
  const { status, stderr } = spawnSync('sh', ['apply.sh', ...args], { cwd: folder, encoding: 'utf8', env });
  return { code: status, err: stderr, calls: read('calls').trim().split('\n') };
}

const rename = (app: string) => put({ 'apply.sh': read('apply.sh').replace('app=shop-egress', `app=${app}`) });

/** The calls that change something. */
const changes = (calls: readonly string[]) => calls.filter(call => !/^get |^label --local| get |^diff /.test(call));

test('the set has the id that kubectl computes of its name', () => {
  expect(apply('create').code).toBe(0);
  expect(parse(read('created'))).toMatchObject({ kind: 'ApplySet', metadata: { name: 'shop-egress', labels: { 'applyset.kubernetes.io/id': SHOP } } });
});

test('another name of the app in one place gives it a set, and objects, of its own', () => {
  rename('cart-egress');
  apply('create');
  const { metadata } = parse(read('created')) as { metadata: { name: string; labels: { [name: string]: string } } };
  const id = metadata.labels['applyset.kubernetes.io/id'];
  put({ 'id of cart-egress': id, 'namespaces': 'cart' });
  const { code, calls } = apply();

  expect(code).toBe(0);
  expect(metadata.name).toBe('cart-egress');
  expect(id).toMatch(/^applyset-[\w-]{43}-v1$/);
  expect(calls.join('\n')).not.toMatch(new RegExp(`shop-egress|${SHOP}`));
  expect(calls.filter(call => call.includes('--selector')).every(call => call.includes(`part-of=${id}`))).toBe(true);
  expect(calls.at(-1)).toBe('apply --server-side --field-manager=cart-egress --applyset=applysets.egress.example.com/cart-egress --prune --filename dist');
});

test.each([[[]], [['delete']]])('%j changes nothing where the set has the id of another app, or is not there', args => {
  rename('cart-egress');
  const missing = apply(...args);
  put({ 'id of cart-egress': SHOP, 'namespaces': 'shop' });
  const foreign = apply(...args);

  expect([missing.code, foreign.code]).toEqual([1, 1]);
  expect(missing.err).toContain('applysets.egress.example.com/cart-egress cannot be read: make it with "apply.sh create"');
  expect(foreign.err).toContain(`has the label applyset.kubernetes.io/id=${SHOP}, which is not that of its name`);
  expect([...changes(missing.calls), ...changes(foreign.calls)]).toEqual([]);
});

test('without openssl it changes nothing', () => {
  put({ 'programs/openssl': '#!/bin/sh\nexit 127\n' });
  fs.chmodSync(path.join(folder, 'programs/openssl'), 0o755);
  const outcomes = [apply(), apply('delete'), apply('create')];

  expect(outcomes.map(({ code }) => code)).toEqual([1, 1, 1]);
  expect(outcomes.flatMap(({ calls }) => changes(calls)).join('')).toBe('');
});

describe('in every namespace that kubectl knows of', () => {
  const OBJECTS = {
    'namespaces': 'data,shop',
    'virtualservices.networking.istio.io in data': 'u1 stock.data.outbound\nu2 stock.data.from-gateway\n',
    'virtualservices.networking.istio.io in shop': 'u3 orders.shop.outbound\nu4 carts.shop.outbound\n',
    'gateways.networking.istio.io in data': 'u5 stock--data\n',
    'gateways.networking.istio.io in shop': 'u6 orders--shop\nu7 carts--shop\n',
  };

  test('routes go first, then Gateways, then the rest; what dist/ has stays', () => {
    put({ ...OBJECTS, kept: 'u4 u7 u8' });
    const { code, calls } = apply();

    expect(code).toBe(0);
    expect(changes(calls).slice(1)).toEqual([
      '--namespace data delete virtualservices.networking.istio.io stock.data.outbound',
      '--namespace shop delete virtualservices.networking.istio.io orders.shop.outbound',
      '--namespace data delete gateways.networking.istio.io stock--data',
      '--namespace shop delete gateways.networking.istio.io orders--shop',
      'apply --server-side --field-manager=shop-egress --applyset=applysets.egress.example.com/shop-egress --prune --filename dist',
    ]);
  });

  test('an app is deleted in the same order', () => {
    put(OBJECTS);
    const { code, calls } = apply('delete');

    expect(code).toBe(0);
    expect(changes(calls).map(call => call.replace('.networking.istio.io', ''))).toEqual([
      '--namespace data delete virtualservices stock.data.outbound',
      '--namespace shop delete virtualservices orders.shop.outbound',
      '--namespace shop delete virtualservices carts.shop.outbound',
      '--namespace data delete gateways stock--data',
      '--namespace shop delete gateways orders--shop',
      '--namespace shop delete gateways carts--shop',
      'delete --filename dist --ignore-not-found',
      'delete applysets.egress.example.com/shop-egress',
    ]);
  });
});

test('a word that is none of its own is refused', () => {
  expect(apply('remove')).toMatchObject({ code: 1, err: 'apply.sh: there is no "remove": write create, delete, or nothing to apply\n', calls: [''] });
});
