import { VisuallyHidden } from '@mantine/core';
import { BarChart, LineChart } from 'echarts/charts';
import { GridComponent, TooltipComponent } from 'echarts/components';
import { use, type ECharts } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { useEffect, useId, useState, type KeyboardEvent } from 'react';
import { longDay } from '../../format';
import { words } from '../../messages';
import { useChart } from '../../parts/use-chart';
import type { ChartOption, Line } from './chart-options';
import styles from './daily-chart.module.css';

use([BarChart, LineChart, GridComponent, TooltipComponent, CanvasRenderer]);

const say = words.burn.daily;

type Props = {
  label: string;
  days: string[];
  option: ChartOption;
  /** One day in words, by its place. */
  lines: (index: number) => Line[];
};

/** A chart over days, drawn; the arrow keys read one day after another. */
export function DayChart({ label, days, option, lines }: Props) {
  const { canvas, chart } = useChart();
  const cursor = useDayCursor(days.length - 1, chart);
  const help = useId();

  useEffect(() => {
    chart.current?.setOption(option, { replaceMerge: ['series'] });
  }, [chart, option]);

  return (
    <div
      className={styles.chart}
      role="group"
      tabIndex={0}
      aria-label={label}
      aria-describedby={help}
      onKeyDown={cursor.onKeyDown}
      onBlur={cursor.leave}
    >
      <div ref={canvas} className={styles.canvas} aria-hidden="true" />
      <VisuallyHidden id={help}>{say.chartKeys}</VisuallyHidden>
      <VisuallyHidden role="status">
        {cursor.index !== null &&
          say.readOut(
            longDay(days[cursor.index] ?? ''),
            lines(cursor.index).map((line) => say.part(line.name, line.shown)),
          )}
      </VisuallyHidden>
    </div>
  );
}

/** The arrow keys walk over the days; each is shown as the pointer would show it and read out. */
function useDayCursor(last: number, chart: { current: ECharts | null }) {
  const [index, setIndex] = useState<number | null>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    const next = nextIndex(event.key, index, last);
    if (next === undefined) return;
    event.preventDefault();
    setIndex(next);
    if (next === null) chart.current?.dispatchAction({ type: 'hideTip' });
    else chart.current?.dispatchAction({ type: 'showTip', seriesIndex: 0, dataIndex: next });
  };
  const leave = () => {
    setIndex(null);
    chart.current?.dispatchAction({ type: 'hideTip' });
  };
  return { index: index === null ? null : Math.min(index, last), onKeyDown, leave };
}

function nextIndex(key: string, index: number | null, last: number): number | null | undefined {
  switch (key) {
    case 'ArrowLeft':
      return Math.max(0, (index ?? last + 1) - 1);
    case 'ArrowRight':
      return Math.min(last, (index ?? last - 1) + 1);
    case 'Home':
      return 0;
    case 'End':
      return last;
    case 'Escape':
      return null;
    default:
      return undefined;
  }
}
