import { Stack, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { breachesQuery } from '../../api/places';
import type { PlaceBreach } from '../../api/types';
import { counted } from '../../format';
import { words } from '../../messages';
import { Badge } from '../../parts/badge';
import { DataTable, type Column } from '../../parts/data-table/data-table';
import { Panel } from '../../parts/panel';
import { useMoments } from '../../parts/use-moments';
import { allowedIn, evidenceOf, placeOf, TONES } from './breach';
import { OneBreach } from './one-breach';
import { usePeriod } from './use-period';

const route = getRouteApi('/places/breaches');
const say = words.places.breaches;

/** Use outside of territories: what speaks for it, and what somebody who looked at it made of it. */
export function BreachesPart() {
  const { state, breach } = route.useSearch();
  const navigate = route.useNavigate();
  const breaches = useInfiniteQuery(breachesQuery(usePeriod(), state ?? 'all'));
  const waiting = breaches.data?.pages[0]?.waiting;
  const loaded = breaches.data?.pages.flatMap((page) => page.rows);
  const when = useMoments();
  const columns = useMemo(() => columnsOf(when), [when]);
  return (
    <Stack gap="lg">
      {breach && loaded && (
        <OneBreach
          key={breach}
          decision={breach}
          breach={loaded.find(({ decision }) => String(decision) === breach)}
          onClose={() => void navigate({ search: (rest) => ({ ...rest, breach: undefined }), resetScroll: false })}
        />
      )}
      <Panel
        title={say.title}
        busy={breaches.isPlaceholderData}
        aside={waiting !== undefined && <Text c="dimmed">{say.waiting(waiting, counted(waiting))}</Text>}
      >
        <DataTable
          name="breaches"
          label={say.title}
          columns={columns}
          rowKey={({ decision }) => String(decision)}
          of={breaches}
          search={{ state }}
          onSearch={(changed) =>
            void navigate({
              search: (rest) => ({ ...rest, state: changed.state === 'waiting' ? 'waiting' : undefined }),
              resetScroll: false,
            })
          }
          filters={[{ key: 'state', label: say.state, options: [['waiting', say.waitingOnly]] }]}
          empty={say.empty}
        />
      </Panel>
    </Stack>
  );
}

function columnsOf(when: (instant: string) => string): Column<PlaceBreach>[] {
  const { columns } = say;
  return [
    {
      id: 'at',
      header: columns.at,
      width: 6.5,
      cell: ({ decision, at }) => (
        <Link to="/places/breaches" search={(rest) => ({ ...rest, breach: String(decision) })} resetScroll={false}>
          {when(at)}
        </Link>
      ),
    },
    { id: 'person', header: columns.person, width: 9.5, cell: ({ person }) => person },
    { id: 'product', header: columns.product, width: 7, cell: ({ product }) => product },
    { id: 'place', header: columns.place, width: 9.5, cell: ({ place }) => placeOf(place) },
    { id: 'evidence', header: columns.evidence, width: 11, cell: ({ evidence }) => evidenceOf(evidence) },
    { id: 'allowed', header: columns.allowed, width: 10, cell: ({ territory }) => allowedIn(territory) },
    { id: 'done', header: columns.done, width: 8, cell: ({ done }) => <Badge tone={TONES[done]}>{say.dones[done] ?? done}</Badge> },
    { id: 'review', header: columns.review, width: 8, cell: reviewed },
  ];
}

function reviewed({ done, review }: PlaceBreach) {
  if (review) {
    return <Badge tone={review.accepted ? 'good' : 'bad'}>{review.accepted ? say.accepted : say.rejected}</Badge>;
  }
  return done === 'quarantined' ? <Badge tone="warn">{say.unseen}</Badge> : words.table.none;
}
