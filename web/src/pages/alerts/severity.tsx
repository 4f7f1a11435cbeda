import { words } from '../../messages';
import { AlertIcon, CriticalIcon, InfoIcon } from '../../parts/icons';
import styles from './severity.module.css';

const ICONS: Record<string, typeof InfoIcon> = { info: InfoIcon, warning: AlertIcon, critical: CriticalIcon };

/** How much it matters, as a shape and a word; the colour only repeats them. */
export function Severity({ of }: { of: string }) {
  const Icon = ICONS[of] ?? InfoIcon;
  return (
    <span className={styles.severity} data-severity={of}>
      <Icon size={16} />
      {words.alerts.severities[of] ?? of}
    </span>
  );
}
