import { expect, it } from 'vitest';
import type { Balances, Burn, BurnRow } from '../../api/types';
import { flowsOf } from './flows';

const words = { pool: 'Pool', unallocated: 'Unallocated', available: 'Available', held: 'Held', others: 'Others' };
const row = (key: string, tokens: number): BurnRow => ({ key, name: key, tokens, money: null, charges: 1, share: 0 });
const burn = (rows: BurnRow[]): Burn => ({ by: 'product', from: '', to: '', rows, total: { tokens: 0, money: null }, stale: [], text: '' });
const balances: Balances = {
  packs: [{ id: 1, name: 'Flex', bought: 100, remaining: 60, starts: '2026-01-01', ends: '2027-01-01' }],
  unallocated: 10,
  buckets: [
    { key: 'north', name: 'North', allocated: 60, spent: 40, held: 0, available: 20, uncovered: 0 },
    { key: 'south', name: 'South', allocated: 30, spent: 0, held: 5, available: 25, uncovered: 0 },
  ],
  text: '',
};

it('each flow is one amount of the server, and nothing flows that is nothing', () => {
  const spent = [{ bucket: 'north', burn: burn([row('revit', 30), row('maya', 6), row('vred', 4)]) }];
  const flows = flowsOf(balances, spent, new Set(['revit']), words);
  expect(flows.map(({ from, to, tokens }) => `${from.name} → ${to.name} ${tokens}`)).toEqual([
    'Flex → Pool 100',
    'Pool → Unallocated 10',
    'Pool → North 60',
    'North → revit 30',
    'North → Others 6',
    'North → Others 4',
    'North → Available 20',
  ]);
});

it('a bucket without use passes nothing on', () => {
  const flows = flowsOf(balances, [{ bucket: 'south', burn: burn([]) }], new Set(), words);
  expect(flows.slice(2).map(({ to, tokens }) => [to.id, tokens])).toEqual([
    ['bucket south', 30],
    ['available', 25],
    ['held', 5],
  ]);
});
