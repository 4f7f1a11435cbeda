import type { CSSProperties } from 'react';
import type { Burn, BurnRow } from '../api/types';
import { counted, money, share, tokens } from '../format';
import { words } from '../messages';
import styles from './ranking.module.css';

const say = words.burn.ranking;

type Props = { burn: Burn; of: string; fading: boolean; nameOf?: (row: BurnRow) => string };

/** Rows of burn with their share of the whole, as the server ranks them. */
export function Ranking({ burn, of, fading, nameOf = ({ name }) => name }: Props) {
  const priced = burn.rows.some((row) => row.money);
  return (
    <table className={styles.ranking} data-fading={fading}>
      <thead>
        <tr>
          <th scope="col">{of}</th>
          <th scope="col" className={styles.number}>
            {say.tokens}
          </th>
          <th scope="col" className={styles.number}>
            {say.share}
          </th>
        </tr>
      </thead>
      <tbody>
        {burn.rows.map((row) => (
          <tr key={row.key}>
            <th scope="row">
              <span className={styles.name}>{nameOf(row)}</span>
              <span className={styles.bar} style={{ '--share': row.share } as CSSProperties} aria-hidden="true" />
            </th>
            <td className={styles.number}>
              {tokens(row.tokens)}
              <span className={styles.soft}>
                {priced && row.money ? money(row.money) : words.units.charges(row.charges, counted(row.charges))}
              </span>
            </td>
            <td className={styles.number}>{share(row.share)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
