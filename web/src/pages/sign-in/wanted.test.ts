import { expect, it } from 'vitest';
import { failedCode, wantedAddress } from './wanted';

it.each([
  ['http://h/', '/', undefined],
  ['http://h/plan/plans/p1?view=table', '/plan/plans/p1?view=table', undefined],
  ['http://h/?sign-in=stale', '/', 'link-used'],
  ['http://h/burn?range=7d&failed=not-admitted', '/burn?range=7d', 'not-admitted'],
])('%s wanted %s, and failed for %s', (address, wanted, failed) => {
  expect(wantedAddress(address)).toBe(wanted);
  expect(failedCode(address)).toBe(failed);
});
