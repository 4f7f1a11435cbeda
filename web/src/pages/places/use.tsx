import { NativeSelect, Stack, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { CSSProperties } from 'react';
import { productsQuery } from '../../api/gate';
import { placeUseQuery, sitesQuery } from '../../api/places';
import type { PlaceUse } from '../../api/types';
import { counted, countryName, monthName } from '../../format';
import { words } from '../../messages';
import { EmptyNote } from '../../parts/empty-note';
import { Loaded, SkeletonLines } from '../../parts/loaded';
import styles from '../../parts/page.module.css';
import { Panel } from '../../parts/panel';
import { ScrollRegion } from '../../parts/scroll-region';
import { matrixOf, type Matrix, type Place, type Used } from './matrix';
import own from './places.module.css';
import { COLUMNS, type Columns } from './search';
import { usePeriod } from './use-period';

const route = getRouteApi('/places');
const say = words.places.use;

/** Where what was used: a row for each place, a column for each bucket or offering that paid, product or month. */
export function UsePart() {
  const { columns = 'payer' } = route.useSearch();
  const used = useQuery(placeUseQuery(usePeriod(), columns));
  return (
    <Panel title={say.title} busy={used.isPlaceholderData} aside={<ColumnsChoice columns={columns} />}>
      <Loaded of={used} waiting={say.loading} skeleton={<SkeletonLines lines={8} height={28} />}>
        {({ rows, next, columns: shown }) =>
          rows.length === 0 ? (
            <EmptyNote first title={say.emptyTitle} detail={say.emptyDetail} />
          ) : (
            <Stack gap="sm">
              <Text size="sm" c="dimmed">
                {say.helps[shown]}
              </Text>
              <MatrixTable matrix={matrixOf(rows)} of={shown} />
              {next && (
                <Text size="sm" c="dimmed">
                  {say.cut(counted(rows.length))}
                </Text>
              )}
            </Stack>
          )
        }
      </Loaded>
    </Panel>
  );
}

function ColumnsChoice({ columns }: { columns: Columns }) {
  const navigate = route.useNavigate();
  return (
    <div data-no-print>
      <NativeSelect
        size="xs"
        label={say.columns}
        value={columns}
        data={COLUMNS.map((value) => ({ value, label: say.bys[value] }))}
        onChange={(event) => {
          const wanted = event.currentTarget.value as Columns;
          const chosen = wanted === 'payer' ? undefined : wanted;
          void navigate({ to: '.', search: (rest) => ({ ...rest, columns: chosen }), resetScroll: false });
        }}
      />
    </div>
  );
}

type MatrixProps = { matrix: Matrix; of: Columns };

function MatrixTable({ matrix: { places, columns, cellOf, most }, of }: MatrixProps) {
  const siteName = useSiteNames();
  const productName = useProductNames();
  return (
    <ScrollRegion label={say.title} maxHeight={640}>
      <Table className={`${styles.table} ${own.matrix}`} stickyHeader style={{ '--most': most } as CSSProperties}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col" className={own.first}>
              {say.place}
            </Table.Th>
            {columns.map((column) => {
              const [name, kind] = headOf(column, of, productName);
              return (
                <Table.Th key={column.id} scope="col" className={styles.number}>
                  {name}
                  {kind && <span className={own.kind}>{kind}</span>}
                </Table.Th>
              );
            })}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {places.map((place) => (
            <Table.Tr key={place.id}>
              <Table.Th scope="row" className={own.first}>
                {placeName(place, siteName)}
                {place.site && place.country && <span className={own.kind}>{countryName(place.country)}</span>}
              </Table.Th>
              {columns.map((column) => (
                <Cell key={column.id} used={cellOf(place, column)} isTurnedAway={of === 'payer' && column.of === null} />
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollRegion>
  );
}

function placeName({ site, country }: Place, siteName: (key: string) => string): string {
  if (site) return siteName(site);
  return country ? say.elsewhereIn(countryName(country)) : say.unknown;
}

function useProductNames(): (key: string) => string {
  const products = useQuery(productsQuery).data?.rows;
  return (key) => products?.find((product) => product.key === key)?.name ?? key;
}

function useSiteNames(): (key: string) => string {
  const sites = useQuery(sitesQuery).data?.sites;
  return (key) => sites?.find((site) => site.key === key)?.name ?? key;
}

/** The name of a column, and of what kind it is. */
function headOf({ month, of, key }: Used, columns: Columns, productName: (key: string) => string): [string, string?] {
  if (month) return [monthName(month.slice(0, 7))];
  if (columns === 'product') return of === null ? [say.unknownProduct] : [productName(key ?? '')];
  return of === null ? [say.refused, say.refusedKind] : [key ?? say.pool, say.kinds[of] ?? of];
}

type CellProps = { used: PlaceUse | undefined; isTurnedAway: boolean };

/** What was let through, and below it what was turned away; breaches lead to their list. */
function Cell({ used, isTurnedAway }: CellProps) {
  const { from, to } = route.useSearch();
  if (!used) {
    return <Table.Td className={styles.number}>{words.table.none}</Table.Td>;
  }
  const { opened, refused, breaches } = used;
  const amount = isTurnedAway ? refused : opened;
  return (
    <Table.Td className={`${styles.number} ${own.cell}`} style={{ '--amount': amount } as CSSProperties}>
      {counted(amount)}
      {!isTurnedAway && refused > 0 && <span className={own.kind}>{say.turnedAway(counted(refused))}</span>}
      {breaches > 0 && (
        <Link to="/places/breaches" search={{ from, to }} className={own.breaches}>
          {say.breaches(breaches, counted(breaches))}
        </Link>
      )}
    </Table.Td>
  );
}
