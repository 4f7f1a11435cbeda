import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { importsQuery } from '../../api/taken-in';
import type { Import } from '../../api/types';
import { counted } from '../../format';
import { words } from '../../messages';
import { Badge } from '../../parts/badge';
import { DataTable, type Column } from '../../parts/data-table/data-table';
import { Panel } from '../../parts/panel';
import { useMoments } from '../../parts/use-moments';

const route = getRouteApi('/sources');
const say = words.imports;

/** What was taken in, import by import, the newest first. */
export function ImportsPanel() {
  const { q } = route.useSearch();
  const navigate = route.useNavigate();
  const imports = useInfiniteQuery(importsQuery(q));
  const when = useMoments();
  const columns = useMemo(() => columnsOf(when), [when]);
  return (
    <Panel title={say.title} busy={imports.isPlaceholderData} id="imports">
      <DataTable
        name="imports"
        label={say.title}
        columns={columns}
        rowKey={({ number }) => String(number)}
        of={imports}
        search={{ q }}
        onSearch={(changed) =>
          void navigate({ search: (rest) => ({ ...rest, q: changed.q }), replace: true, resetScroll: false })
        }
        searchLabel={say.search}
        empty={say.empty}
      />
    </Panel>
  );
}

function columnsOf(when: (instant: string) => string): Column<Import>[] {
  const { columns } = say;
  return [
    {
      id: 'number',
      header: columns.number,
      width: 5,
      cell: ({ number, kind }) => (
        <Link
          to="/sources"
          search={(rest) => ({ ...rest, import: String(number) })}
          resetScroll={false}
          aria-label={say.openNamed(counted(number), kindOf(kind))}
        >
          {counted(number)}
        </Link>
      ),
    },
    { id: 'at', header: columns.at, width: 7.5, cell: ({ at }) => when(at) },
    { id: 'kind', header: columns.kind, width: 9, cell: ({ kind }) => kindOf(kind) },
    { id: 'files', header: columns.files, width: 12, cell: ({ files }) => files.join(', ') || words.table.none },
    { id: 'sessions', header: columns.sessions, width: 6, numeric: true, cell: ({ sessions }) => counted(sessions) },
    { id: 'rejected', header: columns.rejected, width: 6, numeric: true, cell: ({ rejected }) => counted(rejected) },
    {
      id: 'quarantined',
      header: columns.quarantined,
      width: 6.5,
      numeric: true,
      cell: ({ quarantined }) => counted(quarantined),
    },
    { id: 'by', header: columns.by, width: 8, cell: ({ by }) => by || words.table.none },
    { id: 'state', header: columns.state, width: 8, cell: stateOf },
  ];
}

/** What a receipt says that it was, in words where there are some. */
export function kindOf(kind: string): string {
  const table = kind.startsWith('csv:') ? say.table(kind.slice('csv:'.length)) : undefined;
  return say.kinds[kind] ?? table ?? kind;
}

export function stateOf({ undone }: Pick<Import, 'undone'>) {
  return undone ? <Badge>{say.states.undone}</Badge> : <Badge tone="good">{say.states.stands}</Badge>;
}
