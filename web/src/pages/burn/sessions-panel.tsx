import { Button, CloseButton, Group, Stack, Text, TextInput } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo, type ReactNode } from 'react';
import { openSessionsQuery } from '../../api/queries';
import type { Session } from '../../api/types';
import { counted } from '../../format';
import { words } from '../../messages';
import { EmptyNote } from '../../parts/empty-note';
import { SearchIcon } from '../../parts/icons';
import { Loaded, SkeletonLines } from '../../parts/loaded';
import { Panel } from '../../parts/panel';
import { SessionsTable } from './sessions-table';

const route = getRouteApi('/burn');
const say = words.burn.sessions;

export const SESSIONS_ANCHOR = 'sessions';

type Props = { zone: string; today: string };

/** Who has a product open now, and what pays for it. */
export function SessionsPanel({ zone, today }: Props) {
  const sessions = useInfiniteQuery(openSessionsQuery);
  const rows = useMemo(() => sessions.data?.pages.flatMap((page) => page.rows), [sessions.data]);
  // The last page was asked last; its count is the freshest.
  const last = sessions.data?.pages.at(-1);
  const counts = { openNow: last?.open_now ?? 0, unclosed: last?.unclosed ?? 0 };
  const question = { ...sessions, data: rows };
  return (
    <Panel title={say.title} id={SESSIONS_ANCHOR} aside={rows && rows.length > 0 && <Filter />}>
      <Loaded of={question} waiting={say.loading} skeleton={<SkeletonLines lines={6} height={28} />}>
        {(loaded) => (
          <Sessions rows={loaded} counts={counts} zone={zone} today={today}>
            {sessions.hasNextPage && (
              <Button
                size="xs"
                variant="default"
                loading={sessions.isFetchingNextPage}
                onClick={() => void sessions.fetchNextPage()}
              >
                {say.more}
              </Button>
            )}
          </Sessions>
        )}
      </Loaded>
    </Panel>
  );
}

type Counts = { openNow: number; unclosed: number };
type SessionsProps = Props & { rows: Session[]; counts: Counts; children: ReactNode };

function Sessions({ rows, counts, zone, today, children }: SessionsProps) {
  const filter = route.useSearch().q ?? '';
  if (rows.length === 0) {
    return <EmptyNote title={say.emptyTitle} detail={say.emptyDetail} />;
  }
  return (
    <Stack gap="sm">
      {filter && (
        <Text size="sm" data-print-only>
          {say.printed(filter)}
        </Text>
      )}
      <SessionsTable
        rows={rows}
        zone={zone}
        today={today}
        footer={(shown) => (
          <Group gap="md">
            <Count shown={openNow(shown)} loaded={openNow(rows)} counts={counts} filter={filter} />
            {children}
          </Group>
        )}
      />
    </Stack>
  );
}

/** Sessions that only a log without their end tells of are in the table, but nobody knows whether they go on. */
const openNow = (rows: Session[]) => rows.filter((row) => !row.unclosed).length;

type CountProps = { shown: number; loaded: number; counts: Counts; filter: string };

/** Read out only while a filter is set; otherwise each opened session would interrupt the reader. */
function Count({ shown, loaded, counts: { openNow: total, unclosed }, filter }: CountProps) {
  const words = filter ? say.matching : say.shown;
  const parts = [
    (total > 0 || unclosed === 0) && words(counted(shown), total, counted(total)),
    unclosed > 0 && say.unclosedCount(counted(unclosed)),
    filter && loaded < total && say.loadedOnly(counted(loaded)),
  ];
  return (
    <Text size="sm" c="dimmed" role={filter ? 'status' : undefined}>
      {parts.filter(Boolean).join(' · ')}
    </Text>
  );
}

function Filter() {
  const filter = route.useSearch().q ?? '';
  const navigate = route.useNavigate();
  const set = (q: string) =>
    void navigate({ search: (rest) => ({ ...rest, q: q || undefined }), replace: true, resetScroll: false });
  return (
    <div data-no-print>
      <TextInput
        size="xs"
        w={280}
        maw="100%"
        aria-label={say.filter}
        placeholder={say.filterPlaceholder}
        leftSection={<SearchIcon size={16} />}
        rightSection={filter && <CloseButton size="sm" aria-label={say.clear} onClick={() => set('')} />}
        value={filter}
        onChange={(event) => set(event.currentTarget.value)}
      />
    </div>
  );
}
