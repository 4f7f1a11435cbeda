import { useComputedColorScheme } from '@mantine/core';
import type { Scheme } from '../theme';
import { usePrinting } from './use-printing';

/** The scheme whose colours the chart and its key share; paper is always light. */
export function useChartScheme(): Scheme {
  const preferred = useComputedColorScheme('light');
  return usePrinting() ? 'light' : preferred;
}
