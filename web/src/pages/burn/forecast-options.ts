/** From a forecast to what ECharts draws. Pure: the same forecast gives the same options. */
import type { Forecast } from '../../api/types';
import { estimate } from '../../format';
import { words } from '../../messages';
import { CHART_COLOURS, seriesColour, type Scheme } from '../../theme';
import { frame, type ChartOption, type Line } from './chart-options';

const say = words.burn.forecast;

export function forecastOption(forecast: Forecast, scheme: Scheme, calm: boolean): ChartOption {
  const colour = seriesColour(scheme, 'expected', 0);
  return {
    ...frame(forecast.days, scheme, calm, (index) => expectedLines(forecast, scheme, index)),
    series: [
      {
        type: 'bar',
        id: 'expected',
        name: say.expected,
        data: forecast.tokens,
        barMaxWidth: 34,
        barCategoryGap: '22%',
        // Striped and edged: nothing of it has happened yet.
        itemStyle: {
          color: CHART_COLOURS[scheme].surface,
          borderColor: colour,
          borderWidth: 1.5,
          decal: { symbol: 'rect', color: colour, dashArrayX: [1, 0], dashArrayY: [3, 4], rotation: -Math.PI / 4 },
        },
        emphasis: { disabled: true },
      },
    ],
  };
}

/** One day ahead in words. */
export function expectedLines({ tokens }: Forecast, scheme: Scheme, index: number): Line[] {
  return [{ name: say.expected, shown: estimate(tokens[index] ?? 0), colour: seriesColour(scheme, 'expected', 0) }];
}
