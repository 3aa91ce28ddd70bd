import { run } from './helpers';

test('without a command it says which there are', async () => {
  const { code, out, err } = await run([]);

  expect([code, out]).toEqual([2, '']);
  expect(err).toContain('lint     finds mistakes in manifests');
});

test.each([[['--help']], [['-h']], [['help']]])('%j is help', async args => {
  expect(await run(args)).toMatchObject({ code: 0, err: '', out: expect.stringContaining('COMMAND') as string });
});

test('each command has help of its own', async () => {
  expect(await run(['lint', 'x.yaml', '--help'])).toMatchObject({ code: 0, err: '', out: expect.stringMatching(/FILES[^]*--format text\|json\|sarif\|junit/) as string });
});

test('the version is that of the package', async () => {
  expect(await run(['--version'])).toMatchObject({ code: 0, out: '0.0.0\n' });
});

test.each([
  [['lnt'], 'cdk8s-istio-egress: there is no command "lnt": did you mean lint?\n'],
  [['whatever'], 'cdk8s-istio-egress: there is no command "whatever": see --help\n'],
  [['lint'], 'cdk8s-istio-egress: give at least one file or folder, or "-" for the standard input\n'],
  [['lint', '--frmat', 'json'], 'cdk8s-istio-egress: there is no option --frmat: did you mean --format?\n'],
])('%j is wrong use', async (args, err) => {
  expect(await run(args)).toMatchObject({ code: 2, out: '', err });
});
