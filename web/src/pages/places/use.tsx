import { Stack, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { CSSProperties } from 'react';
import { placeUseQuery, sitesQuery } from '../../api/places';
import type { PlaceUse } from '../../api/types';
import { counted, countryName } from '../../format';
import { words } from '../../messages';
import { EmptyNote } from '../../parts/empty-note';
import { Loaded, SkeletonLines } from '../../parts/loaded';
import styles from '../../parts/page.module.css';
import { Panel } from '../../parts/panel';
import { ScrollRegion } from '../../parts/scroll-region';
import { matrixOf, type Matrix, type Place } from './matrix';
import own from './places.module.css';
import { usePeriod } from './use-period';

const route = getRouteApi('/places');
const say = words.places.use;

/** Where what was used: a row for each place, a column for each bucket or offering that paid. */
export function UsePart() {
  const used = useQuery(placeUseQuery(usePeriod()));
  return (
    <Panel title={say.title} busy={used.isPlaceholderData}>
      <Loaded of={used} waiting={say.loading} skeleton={<SkeletonLines lines={8} height={28} />}>
        {({ rows, next }) =>
          rows.length === 0 ? (
            <EmptyNote first title={say.emptyTitle} detail={say.emptyDetail} />
          ) : (
            <Stack gap="sm">
              <Text size="sm" c="dimmed">
                {say.help}
              </Text>
              <MatrixTable matrix={matrixOf(rows)} />
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

function MatrixTable({ matrix: { places, columns, cellOf, most } }: { matrix: Matrix }) {
  const siteName = useSiteNames();
  return (
    <ScrollRegion label={say.title} maxHeight={640}>
      <Table className={`${styles.table} ${own.matrix}`} stickyHeader style={{ '--most': most } as CSSProperties}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col" className={own.first}>
              {say.place}
            </Table.Th>
            {columns.map(({ of, key }) => (
              <Table.Th key={`${of} ${key}`} scope="col" className={styles.number}>
                {of === null ? say.refused : (key ?? say.pool)}
                <span className={own.kind}>{of === null ? say.refusedKind : (say.kinds[of] ?? of)}</span>
              </Table.Th>
            ))}
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
                <Cell key={`${column.of} ${column.key}`} used={cellOf(place, column)} />
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

function useSiteNames(): (key: string) => string {
  const sites = useQuery(sitesQuery).data?.sites;
  return (key) => sites?.find((site) => site.key === key)?.name ?? key;
}

/** What was let through, or turned away; breaches lead to their list. */
function Cell({ used }: { used: PlaceUse | undefined }) {
  const { month } = route.useSearch();
  if (!used) {
    return <Table.Td className={styles.number}>{words.table.none}</Table.Td>;
  }
  const { of, opened, refused, breaches } = used;
  const amount = of == null ? refused : opened;
  return (
    <Table.Td className={`${styles.number} ${own.cell}`} style={{ '--amount': amount } as CSSProperties}>
      {counted(amount)}
      {breaches > 0 && (
        <Link to="/places/breaches" search={{ month }} className={own.breaches}>
          {say.breaches(breaches, counted(breaches))}
        </Link>
      )}
    </Table.Td>
  );
}
