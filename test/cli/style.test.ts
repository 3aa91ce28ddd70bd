import { run } from './helpers';
import { visible } from '../../src/private/visible';

test('control characters, line ends and characters that turn a text are seen and have no effect', () => {
  expect(visible('a\u001b[31m\n::error file=x::\u202eb')).toBe('a\\u001b[31m\\u000a::error file=x::\\u202eb');
  expect(visible('Namespace "bücher", 日本')).toBe('Namespace "bücher", 日本');
  expect(visible('sh\u200bop\ufeff \u00ad\u{e0041}')).toBe('sh\\u200bop\\ufeff \\u00ad\\udb40\\udc41');
});

test.each([['lint', []], ['explain', ['--from', 'shop/cart', '--to', 'db.example.com:3306']]])('a name in a manifest writes nothing of its own to a terminal: %s', async (command, args) => {
  const name = JSON.stringify('db\u001b[2J\n::error::boo');
  const entry = (host: string) => `{apiVersion: networking.istio.io/v1, kind: ServiceEntry, metadata: {name: ${name}, namespace: shop}, `
    + `spec: {hosts: [${host}], ports: [{number: 3306, name: tcp, protocol: TCP}], resolution: DNS}}`;
  const { out, err } = await run([command, ...args, '-'], { stdin: `${entry('db.example.com')}\n---\n${entry('stock.example.com')}\n` });

  expect(out).toContain('db\\u001b[2J\\u000a::error::boo');
  expect(out + err).not.toMatch(/\u001b|^::error/m);
});
