import * as fc from 'fast-check';
import { selects } from '../../src/view/fields';
import { LabelTable } from '../../src/view/label-table';
import { LabelledThings } from '../../src/view/labelled-things';

const labels = fc.dictionary(fc.constantFrom('app', 'version', 'team'), fc.constantFrom('one', 'two'), { maxKeys: 3 });

test('finds the selectors of labels, and the labels of a selector, as comparing with each does', () => {
  fc.assert(fc.property(fc.array(labels, { maxLength: 8 }), labels, (all, asked) => {
    const places = all.map((_, i) => i);

    expect(new LabelTable(all.map((selector, i) => [selector, i])).selecting(asked)).toEqual(places.filter(i => selects(all[i], asked)));
    expect(new LabelledThings(all.map((own, i) => ({ labels: own, i }))).selectedBy(asked).map(({ i }) => i))
      .toEqual(places.filter(i => selects(asked, all[i])));
  }));
});
