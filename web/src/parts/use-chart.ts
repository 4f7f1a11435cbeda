import { init, type ECharts } from 'echarts/core';
import { useEffect, useRef } from 'react';

/** A drawing that is as large as its canvas, and gone with it. It comes with the chart library: load it late. */
export function useChart() {
  const canvas = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts | null>(null);
  useEffect(() => {
    const element = canvas.current!;
    const drawn = init(element);
    chart.current = drawn;
    const observer = new ResizeObserver(() => drawn.resize());
    observer.observe(element);
    return () => {
      observer.disconnect();
      drawn.dispose();
      chart.current = null;
    };
  }, []);
  return { canvas, chart };
}
