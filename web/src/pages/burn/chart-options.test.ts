import { describe, expect, it } from 'vitest';
import type { Burn, DailyBurn } from '../../api/types';
import { chartOption, dayLines } from './chart-options';

const daily: DailyBurn = {
  from: '2026-11-21',
  to: '2026-11-22',
  zone: 'Europe/Madrid',
  days: ['2026-11-21', '2026-11-22'],
  series: [
    { key: 'revit', name: 'Revit', tokens: [10, 20] },
    { key: 'other', name: 'Other', tokens: [0, 1.5] },
  ],
  plan: [12, 13],
  stale: [],
  total: { tokens: 31.5, money: null },
  text: '',
};
const days = { rows: [{ key: '2026-11-22', tokens: 21.5 }] } as Burn;

describe('the chart', () => {
  it('stacks the products and lays the plan over them', () => {
    const { series } = chartOption({ daily, days, scheme: 'light', calm: true });
    expect(series).toMatchObject([
      { type: 'bar', stack: 'burn', data: [10, 20] },
      { type: 'bar', stack: 'burn', data: [0, 1.5] },
      { type: 'line', data: [12, 13] },
    ]);
  });

  it('draws no plan where there is none', () => {
    const { series } = chartOption({ daily: { ...daily, plan: null }, days, scheme: 'dark', calm: true });
    expect(series).toHaveLength(2);
  });

  it('names only what burned, and takes the total from the server', () => {
    const said = (index: number) => dayLines(daily, days, 'light', index).map((line) => `${line.name} ${line.shown}`);
    expect(said(0)).toEqual(['Revit 10', 'Plan 12']);
    expect(said(1)).toEqual(['Revit 20', 'Other 1.5', 'Total 21.5', 'Plan 13']);
  });

  it('never reads a name as markup', () => {
    const hostile = { ...daily, series: [{ key: 'x', name: '<img src=x onerror=alert(1)>', tokens: [1, 1] }] };
    const { tooltip } = chartOption({ daily: hostile, days, scheme: 'light', calm: true });
    const { formatter } = tooltip as { formatter: (params: unknown) => HTMLElement };
    const box = formatter([{ dataIndex: 1 }]);
    expect(box.querySelector('img')).toBeNull();
    expect(box.textContent).toContain('<img src=x');
  });
});
