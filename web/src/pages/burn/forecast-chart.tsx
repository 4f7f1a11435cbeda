import { useReducedMotion } from '@mantine/hooks';
import { useMemo } from 'react';
import type { Forecast } from '../../api/types';
import { day } from '../../format';
import { words } from '../../messages';
import { DayChart } from './day-chart';
import { expectedLines, forecastOption } from './forecast-options';
import { useChartScheme } from '../../parts/use-chart-scheme';
import { usePrinting } from '../../parts/use-printing';

/** The days ahead, drawn. The default export, because the chart library is loaded with it, late. */
export default function ForecastChart({ forecast }: { forecast: Forecast }) {
  const scheme = useChartScheme();
  const printing = usePrinting();
  const calm = useReducedMotion() || printing;
  const option = useMemo(() => forecastOption(forecast, scheme, calm), [forecast, scheme, calm]);
  const { days } = forecast;
  return (
    <DayChart
      label={words.burn.forecast.chartLabel(day(days[0] ?? ''), day(days.at(-1) ?? ''))}
      days={days}
      option={option}
      lines={(index) => expectedLines(forecast, scheme, index)}
    />
  );
}
