import { isDate } from '../../src/private/date';

test.each(['2027-01-31', '2028-02-29', '2000-02-29', '2027-12-01'])('%s is a day', day => {
  expect(isDate(day)).toBe(true);
});

test.each(['2027-02-29', '2100-02-29', '2027-13-01', '2027-00-10', '2027-04-31', '2027-1-31', '27-01-31', '2027-01-00', '2027-01-31T00:00:00Z', 'soon', ''])('%p is none', text => {
  expect(isDate(text)).toBe(false);
});
