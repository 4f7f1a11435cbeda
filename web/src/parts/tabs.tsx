import { Link } from '@tanstack/react-router';
import styles from './page.module.css';

type Props = { label: string; tabs: readonly (readonly [to: string, name: string])[]; first: string };

/** The parts of a page, each with an address of its own. */
export function Tabs({ label, tabs, first }: Props) {
  return (
    <nav aria-label={label} data-no-print>
      <ul className={styles.tabs}>
        {tabs.map(([to, name]) => (
          <li key={to}>
            <Link to={to} className={styles.tab} activeOptions={{ exact: to === first, includeSearch: false }}>
              {name}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
