import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { App } from 'cdk8s';
import { EXAMPLES } from '../examples/write';

interface Container {
  readonly env?: { readonly name: string; readonly value?: string }[];
}

interface Manifest {
  readonly kind: string;
  readonly spec?: { readonly template?: { readonly spec: { readonly containers: Container[] } } };
}

const folder = path.join(__dirname, '../examples');

function read(directory: string): { [file: string]: string } {
  return Object.fromEntries(fs.readdirSync(directory).sort().map(file => [file, fs.readFileSync(path.join(directory, file), 'utf8')]));
}

describe('examples', () => {
  test.each(EXAMPLES.map(example => [example.folder, example] as const))('%s is what the committed manifests say', (_, example) => {
    const outdir = fs.mkdtempSync(path.join(os.tmpdir(), 'example-'));
    const app = new App({ outdir });
    example.build(app);

    app.synth();

    expect(read(outdir)).toEqual(read(path.join(folder, example.folder)));
    fs.rmSync(outdir, { recursive: true });
  });

  test('every committed folder of manifests belongs to an example', () => {
    const committed = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.yaml')).map(file => path.dirname(file));

    expect([...new Set(committed)].sort()).toEqual(EXAMPLES.map(example => example.folder).sort());
  });

  test.each(EXAMPLES.map(example => [example.folder, example] as const))('%s contains no Secret and no password', (_, example) => {
    const app = new App();
    const objects = example.build(app).toJson() as Manifest[];

    const values = objects.flatMap(({ spec }) => spec?.template?.spec.containers ?? []).flatMap(({ env }) => env ?? [])
      .filter(({ name }) => /PASSWORD|USER/.test(name));

    expect(objects.map(({ kind }) => kind)).not.toContain('Secret');
    expect(values.length).toBeGreaterThan(0);
    values.forEach(({ value }) => expect(value).toBeUndefined());
  });
});
