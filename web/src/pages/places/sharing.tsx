import { Stack, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { sharingQuery } from '../../api/places';
import type { RegionsShared } from '../../api/types';
import { counted, hours } from '../../format';
import { words } from '../../messages';
import { EmptyNote } from '../../parts/empty-note';
import { Facts } from '../../parts/facts';
import { HeatMap } from '../../parts/heat-map';
import { Loaded, SkeletonLines } from '../../parts/loaded';
import styles from '../../parts/page.module.css';
import { Panel } from '../../parts/panel';
import { ScrollRegion } from '../../parts/scroll-region';
import { Twin } from '../../parts/twin';
import { useMoments, useToldMoments } from '../../parts/use-moments';
import { usePeriod } from './use-period';

const route = getRouteApi('/places/sharing');
const say = words.places.sharing;

const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
const TICK_EVERY = 3;
const TICKS = HOURS.map((hour) => (hour % TICK_EVERY === 0 ? clock(hour) : ''));

/** Following the sun: which regions use what when, and how far one pool serves them all. */
export function SharingPart() {
  const shared = useQuery(sharingQuery(usePeriod()));
  return (
    <Loaded of={shared} waiting={say.loading} skeleton={<SkeletonLines lines={8} height={28} />}>
      {(data) =>
        data.regions.length === 0 ? (
          <Panel title={say.title}>
            <EmptyNote title={say.emptyTitle} detail={say.emptyDetail} />
          </Panel>
        ) : (
          <Stack gap="lg">
            <Day shared={data} />
            <Peaks shared={data} />
          </Stack>
        )
      }
    </Loaded>
  );
}

function Day({ shared: { regions, text } }: { shared: RegionsShared }) {
  const { view } = route.useSearch();
  const navigate = route.useNavigate();
  const told = useToldMoments();
  const show = (wanted: 'table' | undefined) =>
    void navigate({ search: (rest) => ({ ...rest, view: wanted }), resetScroll: false, replace: true });
  return (
    <Panel title={say.title} aside={<Twin of={say.title} asTable={view === 'table'} onShow={show} />}>
      <Stack gap="md">
        <Text>{told(text)}</Text>
        {view === 'table' ? (
          <HoursTable regions={regions} />
        ) : (
          <HeatMap
            label={say.chart}
            rows={regions.map(({ region, name, seconds }) => ({ key: region, name: named(region, name), amounts: seconds }))}
            ticks={TICKS}
            cell={({ name, amounts }, hour) => say.cell(name, clock(hour), clock(hour + 1), hours(amounts[hour] ?? 0))}
          />
        )}
        <Text size="sm" c="dimmed">
          {say.utc}
        </Text>
      </Stack>
    </Panel>
  );
}

const named = (region: string, name: string) => (region === 'unknown' ? words.places.use.unknown : name);

function clock(hour: number): string {
  return `${String(hour).padStart(2, '0')}:00`;
}

function HoursTable({ regions }: { regions: RegionsShared['regions'] }) {
  return (
    <ScrollRegion label={say.chart} maxHeight={560}>
      <Table className={styles.table} stickyHeader>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{say.hour}</Table.Th>
            {regions.map(({ region, name }) => (
              <Table.Th key={region} scope="col" className={styles.number}>
                {named(region, name)}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {HOURS.map((hour) => (
            <Table.Tr key={hour}>
              <Table.Th scope="row">{say.span(clock(hour), clock(hour + 1))}</Table.Th>
              {regions.map(({ region, seconds }) => (
                <Table.Td key={region} className={styles.number}>
                  {hours(seconds[hour] ?? 0)}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollRegion>
  );
}

/** How far one pool serves all: the regions' own peaks beside that of all together. */
function Peaks({ shared: { regions, peak_of_sum, peak_at, sum_of_peaks } }: { shared: RegionsShared }) {
  const when = useMoments();
  const { columns } = say;
  return (
    <Panel title={say.peaks}>
      <Stack gap="md">
        <Facts
          facts={[
            [say.onePool, counted(peak_of_sum)],
            [say.ownPools, counted(sum_of_peaks)],
            ...(peak_at ? ([[say.peakAt, when(peak_at)]] as const) : []),
          ]}
        />
        <ScrollRegion label={say.peaks}>
          <Table className={styles.table}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{columns.region}</Table.Th>
                <Table.Th scope="col" className={styles.number}>
                  {columns.peak}
                </Table.Th>
                <Table.Th scope="col">{columns.peakAt}</Table.Th>
                <Table.Th scope="col" className={styles.number}>
                  {columns.atPeakOfAll}
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {regions.map((one) => (
                <Table.Tr key={one.region}>
                  <Table.Th scope="row">{named(one.region, one.name)}</Table.Th>
                  <Table.Td className={styles.number}>{counted(one.peak)}</Table.Td>
                  <Table.Td>{when(one.peak_at)}</Table.Td>
                  <Table.Td className={styles.number}>{counted(one.at_the_peak_of_all)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </ScrollRegion>
      </Stack>
    </Panel>
  );
}
