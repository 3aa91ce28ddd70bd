import { BREAKAGES } from '../lab/breakage';
import { Manifest } from '../lab/manifest';

const whole = Manifest.ofExample('cart-external-redis', 'via-gateway');

describe.each(BREAKAGES.map((breakage) => [breakage.name, breakage] as const))('%s', (_, breakage) => {
  afterEach(() => { Manifest.breakage = undefined; });

  test('is made in what the library gives today: a mistake that changes nothing would prove nothing', () => {
    Manifest.breakage = breakage;
    expect(Manifest.ofExample('cart-external-redis', 'via-gateway').objects).not.toEqual(whole.objects);
  });

  test('leaves the original as it is', () => {
    const before = JSON.stringify(whole.objects);
    for (const object of whole.objects) { breakage.breaks(object); }
    expect(JSON.stringify(whole.objects)).toBe(before);
  });
});
