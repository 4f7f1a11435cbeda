import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { CSSProperties } from 'react';
import { burnQuery, type Span } from '../../api/queries';
import type { Burn } from '../../api/types';
import { counted, money, share, tokens } from '../../format';
import { words } from '../../messages';
import { Loaded, SkeletonLines } from '../../parts/loaded';
import { Panel } from '../../parts/panel';
import styles from './ranking-panel.module.css';

const say = words.burn.ranking;
const ROWS_MAX = 10;

const BY = {
  person: { title: say.persons, loading: say.loadingPersons, empty: say.emptyPersons },
  product: { title: say.products, loading: say.loadingProducts, empty: say.emptyProducts },
};

/** Who, or what, burned the most in the days shown. */
export function RankingPanel({ by, span }: { by: keyof typeof BY; span: Span }) {
  const burn = useQuery(burnQuery(by, span, ROWS_MAX));
  return (
    <Panel title={BY[by].title} busy={burn.isPlaceholderData}>
      <Loaded of={burn} waiting={BY[by].loading} skeleton={<SkeletonLines lines={6} height={26} />}>
        {(data) =>
          data.rows.length === 0 ? (
            <Text c="dimmed">{BY[by].empty}</Text>
          ) : (
            <Ranking burn={data} by={by} fading={burn.isPlaceholderData} />
          )
        }
      </Loaded>
    </Panel>
  );
}

function Ranking({ burn, by, fading }: { burn: Burn; by: keyof typeof BY; fading: boolean }) {
  const priced = burn.rows.some((row) => row.money);
  return (
    <table className={styles.ranking} data-fading={fading}>
      <thead>
        <tr>
          <th scope="col">{say.name[by]}</th>
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
              <span className={styles.name}>{row.name}</span>
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
