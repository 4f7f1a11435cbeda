/** From the server's series to what ECharts draws. Pure: the same burn gives the same options. */
import type { BarSeriesOption, LineSeriesOption } from 'echarts/charts';
import type { GridComponentOption, TooltipComponentOption } from 'echarts/components';
import type { ComposeOption } from 'echarts/core';
import type { Burn, DailyBurn } from '../../api/types';
import { compactTokens, longDay, shortDay, tokens } from '../../format';
import { words } from '../../messages';
import { CHART_COLOURS, FONT, seriesColour, type Scheme } from '../../theme';

export type ChartOption = ComposeOption<
  BarSeriesOption | LineSeriesOption | GridComponentOption | TooltipComponentOption
>;

/** Above this many days a gap between the segments would swallow the bars, and dashes would blur. */
const FINE_DAYS_MAX = 95;

export type ChartInput = { daily: DailyBurn; days: Burn | undefined; scheme: Scheme; calm: boolean };

export function chartOption({ daily, days, scheme, calm }: ChartInput): ChartOption {
  return {
    ...frame(daily.days, scheme, calm, (index) => dayLines(daily, days, scheme, index)),
    series: [...bars(daily, scheme), ...plan(daily, scheme)],
  };
}

/** Days below, tokens at the side, and a box that tells of one day. */
export function frame(
  days: string[],
  scheme: Scheme,
  calm: boolean,
  lines: (index: number) => Line[],
): Omit<ChartOption, 'series'> {
  const colours = CHART_COLOURS[scheme];
  return {
    animation: !calm,
    animationDuration: 250,
    // Redrawing thousands of bars each second leaves no time to move them.
    animationDurationUpdate: days.length <= FINE_DAYS_MAX ? 200 : 0,
    textStyle: { fontFamily: FONT },
    grid: { left: 4, right: 8, top: 28, bottom: 4, outerBoundsMode: 'same' },
    tooltip: {
      trigger: 'axis',
      axisPointer: { type: 'shadow', shadowStyle: { color: colours.dimmed, opacity: 0.12 } },
      backgroundColor: colours.surface,
      borderColor: colours.line,
      textStyle: { color: colours.ink, fontSize: 13 },
      confine: true,
      transitionDuration: calm ? 0 : 0.15,
      formatter: (params: unknown) => {
        const index = firstIndex(params);
        return tooltip(days[index] ?? '', lines(index));
      },
    },
    xAxis: {
      type: 'category',
      data: days,
      axisTick: { show: false },
      axisLine: { lineStyle: { color: colours.line } },
      axisLabel: { color: colours.dimmed, hideOverlap: true, formatter: (date: string) => shortDay(date) },
    },
    yAxis: {
      type: 'value',
      // Less than a token is drawn as next to nothing, and not as high as thousands.
      max: ({ max }: { max: number }) => (max < 1 ? 1 : (undefined as never)),
      name: words.burn.daily.axis,
      nameTextStyle: { color: colours.dimmed, align: 'left', padding: [0, 0, 0, -24] },
      axisLabel: { color: colours.dimmed, formatter: (value: number) => compactTokens(value) },
      splitLine: { lineStyle: { color: colours.line } },
    },
  };
}

function bars(daily: DailyBurn, scheme: Scheme): BarSeriesOption[] {
  const bordered = daily.days.length <= FINE_DAYS_MAX;
  return daily.series.map((series, index) => ({
    type: 'bar',
    id: series.key,
    name: series.name,
    stack: 'burn',
    data: series.tokens,
    barMaxWidth: 34,
    barCategoryGap: '22%',
    itemStyle: {
      color: seriesColour(scheme, series.key, index),
      // A line of the ground between two segments tells them apart without relying on colour.
      borderColor: CHART_COLOURS[scheme].surface,
      borderWidth: bordered ? 0.75 : 0,
    },
    emphasis: { disabled: true },
  }));
}

function plan(daily: DailyBurn, scheme: Scheme): LineSeriesOption[] {
  if (!daily.plan) {
    return [];
  }
  const fine = daily.days.length <= FINE_DAYS_MAX;
  return [
    {
      type: 'line',
      // No product's key begins with a colon.
      id: ':plan',
      name: words.burn.daily.plan,
      data: daily.plan,
      step: 'middle',
      symbol: 'none',
      lineStyle: { color: CHART_COLOURS[scheme].plan, width: fine ? 2 : 1, type: fine ? [6, 4] : 'solid' },
      emphasis: { disabled: true },
      z: 5,
    },
  ];
}

export type Line = { name: string; shown: string; colour: string | null };

/** One day in words: the products that burned something, then the total and the plan. */
export function dayLines(daily: DailyBurn, days: Burn | undefined, scheme: Scheme, index: number): Line[] {
  const lines: Line[] = daily.series.flatMap((series, order) => {
    const amount = series.tokens[index] ?? 0;
    return amount === 0
      ? []
      : [{ name: series.name, shown: tokens(amount), colour: seriesColour(scheme, series.key, order) }];
  });
  const total = days?.rows.find((row) => row.key === daily.days[index]);
  if (total) lines.push({ name: words.burn.daily.totalColumn, shown: tokens(total.tokens), colour: null });
  const planned = daily.plan?.[index];
  if (planned !== undefined) lines.push({ name: words.burn.daily.plan, shown: tokens(planned), colour: null });
  return lines;
}

/** Built from nodes, never from markup: names come from licence logs and may hold anything. */
function tooltip(date: string, lines: Line[]): HTMLElement {
  const box = document.createElement('div');
  const head = box.appendChild(document.createElement('div'));
  head.textContent = date && longDay(date);
  head.style.cssText = 'font-weight:650;margin-bottom:4px';
  for (const line of lines) {
    const row = box.appendChild(document.createElement('div'));
    row.style.cssText = 'display:flex;gap:8px;align-items:center;font-variant-numeric:tabular-nums';
    const swatch = row.appendChild(document.createElement('span'));
    swatch.style.cssText = `width:10px;height:10px;border-radius:3px;background:${line.colour ?? 'transparent'}`;
    row.appendChild(document.createElement('span')).textContent = line.name;
    const amount = row.appendChild(document.createElement('span'));
    amount.textContent = line.shown;
    amount.style.cssText = 'margin-left:auto;padding-left:20px;font-weight:600';
  }
  return box;
}

function firstIndex(params: unknown): number {
  const first = (Array.isArray(params) ? params[0] : params) as { dataIndex?: number } | undefined;
  return first?.dataIndex ?? 0;
}
