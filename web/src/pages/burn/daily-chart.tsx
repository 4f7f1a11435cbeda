import { useReducedMotion } from '@mantine/hooks';
import { useMemo } from 'react';
import type { Burn, DailyBurn } from '../../api/types';
import { day } from '../../format';
import { words } from '../../messages';
import { chartOption, dayLines } from './chart-options';
import { DayChart } from './day-chart';
import { useChartScheme } from '../../parts/use-chart-scheme';
import { usePrinting } from '../../parts/use-printing';

type Props = { daily: DailyBurn; days: Burn | undefined };

/** The burn by day, drawn. The default export, because the chart library is loaded with it, late. */
export default function DailyChart({ daily, days }: Props) {
  const scheme = useChartScheme();
  const printing = usePrinting();
  const calm = useReducedMotion() || printing;
  const option = useMemo(() => chartOption({ daily, days, scheme, calm }), [daily, days, scheme, calm]);
  return (
    <DayChart
      label={words.burn.daily.chartLabel(day(daily.from), day(daily.to))}
      days={daily.days}
      option={option}
      lines={(index) => dayLines(daily, days, scheme, index)}
    />
  );
}
