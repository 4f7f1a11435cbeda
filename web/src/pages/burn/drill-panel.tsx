import { CloseButton, Group, NativeSelect, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Problem } from '../../api/client';
import { narrowedBurnQuery, type Narrowed, type Span } from '../../api/queries';
import type { Amount, Burn, BurnRow } from '../../api/types';
import { daysBetween } from '../../days';
import { counted, day, money, share, tokens } from '../../format';
import { words } from '../../messages';
import { Badge } from '../../parts/badge';
import { Loaded, SkeletonLines } from '../../parts/loaded';
import styles from '../../parts/page.module.css';
import { Panel } from '../../parts/panel';
import { PlainTable } from '../../parts/plain-table';
import { DRILL_BY, NARROWING, spanBefore, type BurnSearch, type DrillBy } from './search';

const route = getRouteApi('/burn');
const say = words.burn.drill;

const ROWS_MAX = 200;

/** From the team to the product, the person and the day, beside as many days before. */
export function DrillPanel({ span }: { span: Span }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const narrowed = narrowedBy(search);
  const teams = useQuery({ ...narrowedBurnQuery('department', span, {}, ROWS_MAX), retry: false });
  // Where nobody said who is in which department, the bucket that pays is the team.
  const team = teams.error instanceof Problem && teams.error.code === 'no-dimension' ? 'bucket' : 'department';
  const by = search.by ?? nextBy(team, narrowed);
  const now = useQuery(narrowedBurnQuery(by, span, narrowed, ROWS_MAX));
  const before = useQuery(narrowedBurnQuery(by, spanBefore(span), narrowed, ROWS_MAX));
  const choice = (
    <div data-no-print>
      <NativeSelect
        size="xs"
        label={say.by}
        value={by}
        data={DRILL_BY.map((value) => ({ value, label: say.bys[value] }))}
        onChange={(event) => {
          const wanted = event.currentTarget.value as DrillBy;
          void navigate({ search: (rest) => ({ ...rest, by: wanted }), resetScroll: false });
        }}
      />
    </div>
  );
  return (
    <Panel title={say.title} busy={now.isPlaceholderData} aside={choice}>
      <Stack gap="md">
        <Path narrowed={narrowed} nameOf={(key) => teams.data?.rows.find((row) => row.key === key)?.name ?? key} />
        <Loaded of={now} waiting={say.loading} skeleton={<SkeletonLines lines={6} />}>
          {(data) => (
            <>
              <Text>{beside(data.total, before.data?.total, span)}</Text>
              {data.rows.length === 0 ? (
                <Text c="dimmed">{say.empty}</Text>
              ) : (
                <Rows burn={data} before={before.data?.by === data.by ? before.data : undefined} narrowed={narrowed} />
              )}
              {narrowed.person && (
                <Group gap="lg" data-no-print>
                  <Link
                    to="/gate"
                    search={{ person: narrowed.person, product: narrowed.product, ...span }}
                    className={styles.link}
                  >
                    {say.toDecisions}
                  </Link>
                  <Link to="/people/$key" params={{ key: narrowed.person }} className={styles.link}>
                    {say.toPerson}
                  </Link>
                </Group>
              )}
            </>
          )}
        </Loaded>
      </Stack>
    </Panel>
  );
}

function narrowedBy({ group, bucket, product, person }: BurnSearch): Narrowed {
  return { group, bucket, product, person };
}

/** What a row of a table narrows down, if anything. */
const NARROWS: Partial<Record<DrillBy, keyof Narrowed>> = {
  department: 'group',
  bucket: 'bucket',
  product: 'product',
  person: 'person',
};

/** The next thing to ask: whose team, then which product, then who, then when. */
function nextBy(team: 'department' | 'bucket', { group, bucket, product, person }: Narrowed): DrillBy {
  if (!group && !bucket && !product && !person) return team;
  if (!product) return 'product';
  return person ? 'day' : 'person';
}

/** What was chosen on the way down, each with a way back. */
function Path({ narrowed, nameOf }: { narrowed: Narrowed; nameOf: (key: string) => string }) {
  const navigate = route.useNavigate();
  const chosen = NARROWING.filter((key) => narrowed[key]);
  if (chosen.length === 0) return null;
  return (
    <Group gap="sm" role="group" aria-label={say.path}>
      {chosen.map((key) => {
        const name = nameOf(narrowed[key] ?? '');
        return (
          <Group key={key} gap={2} wrap="nowrap">
            <Badge>{say.narrowed[key](name)}</Badge>
            <CloseButton
              size={28}
              aria-label={say.widen(name)}
              onClick={() =>
                void navigate({ search: (rest) => ({ ...rest, [key]: undefined, by: undefined }), resetScroll: false })
              }
              data-no-print
            />
          </Group>
        );
      })}
    </Group>
  );
}

/** The days beside as many before, in words. */
function beside(now: Amount, before: Amount | undefined, span: Span): string {
  const said = (amount: Amount) =>
    [words.units.tokens(amount.tokens, tokens(amount.tokens)), amount.money && money(amount.money)].filter(Boolean).join(', ');
  if (!before) return say.now(said(now));
  const { from, to } = spanBefore(span);
  const days = daysBetween(from, to);
  const verdict = now.tokens > before.tokens ? say.more : now.tokens < before.tokens ? say.less : say.same;
  return say.beside(said(now), said(before), words.units.days(days, counted(days)), day(from), day(to), verdict);
}

type RowsProps = { burn: Burn; before: Burn | undefined; narrowed: Narrowed };

// The table says itself what it is by: it may still be the one before, until the next is there.
function Rows({ burn: { rows, by }, before, narrowed }: RowsProps) {
  const was = new Map(before?.rows.map((row) => [row.key, row.tokens]));
  // Whoever is not among all rows burned nothing; of the largest alone that cannot be said.
  const nothing = before && before.rows.length < ROWS_MAX ? tokens(0) : words.table.none;
  const wasTokens = ({ key }: BurnRow) => {
    const amount = was.get(key);
    return amount === undefined ? nothing : tokens(amount);
  };
  const { columns } = say;
  const isCut = rows.length === ROWS_MAX;
  return (
    <>
      <PlainTable
        label={say.title}
        maxHeight={520}
        rows={rows}
        rowKey={({ key }) => key}
        columns={[
          { head: say.bys[by as DrillBy], cell: (row) => <Name row={row} by={by as DrillBy} narrowed={narrowed} /> },
          { head: columns.tokens, kind: 'number', cell: (row) => tokens(row.tokens) },
          // A day has no day before it of the same name.
          ...(by === 'day'
            ? []
            : [{ head: columns.before, kind: 'number' as const, cell: wasTokens }]),
          { head: columns.share, kind: 'number', cell: (row) => share(row.share) },
          { head: columns.charges, kind: 'number', cell: ({ charges }) => counted(charges) },
          { head: columns.money, kind: 'number', cell: (row) => (row.money ? money(row.money) : words.table.none) },
        ]}
      />
      {isCut && (
        <Text size="sm" c="dimmed">
          {say.cut(counted(ROWS_MAX))}
        </Text>
      )}
    </>
  );
}

/** Leads one step down, where there is one. */
function Name({ row: { key, name }, by, narrowed }: { row: BurnRow; by: DrillBy; narrowed: Narrowed }) {
  const narrows = NARROWS[by];
  const shown = by === 'day' ? day(key) : name;
  if (!narrows || key === '' || narrowed[narrows] === key) return shown;
  return (
    <Link
      to="/burn"
      search={(rest) => ({ ...rest, [narrows]: key, by: undefined })}
      className={styles.link}
      resetScroll={false}
    >
      {shown}
    </Link>
  );
}
