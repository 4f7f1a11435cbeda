import type { DailyBurn } from '../../api/types';
import { words } from '../../messages';
import { seriesColour } from '../../theme';
import styles from './legend.module.css';
import { useChartScheme } from '../../parts/use-chart-scheme';

/** The chart's key as real text, so that it wraps, scales and can be read out. */
export function Legend({ daily }: { daily: DailyBurn }) {
  const scheme = useChartScheme();
  return (
    <ul className={styles.legend} aria-label={words.burn.daily.legend}>
      {daily.series.map((series, index) => (
        <li key={series.key}>
          <span className={styles.swatch} style={{ background: seriesColour(scheme, series.key, index) }} />
          {series.name}
        </li>
      ))}
      {daily.plan && (
        <li>
          <span className={styles.plan} />
          {words.burn.daily.plan}
        </li>
      )}
    </ul>
  );
}
