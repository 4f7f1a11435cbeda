import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { burnQuery, type Span } from '../../api/queries';
import { words } from '../../messages';
import { Loaded, SkeletonLines } from '../../parts/loaded';
import { Panel } from '../../parts/panel';
import { Ranking } from '../../parts/ranking';

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
            <Ranking burn={data} of={say.name[by]} fading={burn.isPlaceholderData} />
          )
        }
      </Loaded>
    </Panel>
  );
}
