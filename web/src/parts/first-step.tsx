import { Link } from '@tanstack/react-router';
import { words } from '../messages';
import styles from './page.module.css';
import { useRight } from './use-right';

/** The way to the first data, for whoever may bring it. */
export function FirstStep() {
  if (!useRight('run-faregate')) return null;
  return (
    <Link to="/welcome" className={styles.link}>
      {words.welcome.lead}
    </Link>
  );
}
