import { DOMParser } from '@xmldom/xmldom';
import { Chart, scaleOf, svgOf } from '../peers/chart';

const chart: Chart = {
  title: 'Time <of> a & b',
  description: 'as in the table',
  sizes: [100, 1_000],
  label: value => `${value} s`,
  panels: [
    { title: 'One chart', rows: [{ title: 'first', values: [0.2, 3] }, { title: 'second', values: [5, undefined] }] },
    { title: '100 charts', rows: [{ title: 'first', values: [undefined, 40] }] },
  ],
};

const parsed = new DOMParser().parseFromString(svgOf(chart), 'image/svg+xml');
const all = (name: string) => Array.from(parsed.getElementsByTagName(name));
const marksOf = (name: string) => all(name).filter(element => /^[abc]$/.test(element.getAttribute('class') ?? ''));

describe('the chart', () => {
  test('has a mark for each value that was measured, in the form of its size', () => {
    expect([marksOf('circle').length, marksOf('rect').length]).toEqual([2 + 1, 2 + 1]);
  });

  test('has its marks where the scale has their values', () => {
    const scale = scaleOf([0.2, 3, 5, 40]);

    expect(marksOf('circle').slice(1).map(mark => Number(mark.getAttribute('cx')))).toEqual([0.2, 5].map(scale.at));
  });

  test('names its title, description, panels and rows, and escapes them', () => {
    const texts = all('text').map(text => text.textContent);

    expect(texts).toEqual(expect.arrayContaining(['Time <of> a & b', 'One chart', '100 charts', 'first', 'second', '100 services', '1,000 services']));
    expect([all('title')[0].textContent, all('desc')[0].textContent]).toEqual(['Time <of> a & b', 'as in the table']);
  });

  test('has a colour of light and of dark pages for each mark', () => {
    const [light, dark] = all('style')[0].textContent!.split('@media (prefers-color-scheme: dark)');

    for (const name of ['.ground', 'text', '.quiet', '.a', '.b', '.c']) {
      expect(light).toContain(`${name} {`);
      expect(dark).toContain(`${name} {`);
    }
  });
});

describe('the scale', () => {
  test('goes from one power of ten to another', () => {
    expect(scaleOf([0.2, 40]).powers).toEqual([0.1, 1, 10, 100]);
    expect(scaleOf([10, 10]).powers).toEqual([10, 100]);
    expect(scaleOf([]).powers).toEqual([1, 10]);
  });

  test('has each power as far from the one before', () => {
    const { at } = scaleOf([0.1, 100]);

    expect(at(1) - at(0.1)).toBeCloseTo(at(100) - at(10), 0);
    expect(at(10)).toBeGreaterThan(at(9));
  });
});
