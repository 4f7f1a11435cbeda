import { Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { sharingQuery } from '../../api/places';
import type { RegionsShared } from '../../api/types';
import { clock, counted, hours } from '../../format';
import { words } from '../../messages';
import { EmptyNote } from '../../parts/empty-note';
import { Facts } from '../../parts/facts';
import { HeatMap, HOUR_TICKS, HOURS } from '../../parts/heat-map';
import { Loaded, SkeletonLines } from '../../parts/loaded';
import { Panel } from '../../parts/panel';
import { PlainTable } from '../../parts/plain-table';
import { Twin } from '../../parts/twin';
import { useMoments, useToldMoments } from '../../parts/use-moments';
import { usePeriod } from './use-period';

const route = getRouteApi('/places/sharing');
const say = words.places.sharing;

/** Following the sun: which regions use what when, and how far one pool serves them all. */
export function SharingPart() {
  const shared = useQuery(sharingQuery(usePeriod()));
  return (
    <Loaded of={shared} waiting={say.loading} skeleton={<SkeletonLines lines={8} height={28} />}>
      {(data) =>
        data.regions.length === 0 ? (
          <Panel title={say.title}>
            <EmptyNote first title={say.emptyTitle} detail={say.emptyDetail} />
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
            ticks={HOUR_TICKS}
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

function HoursTable({ regions }: { regions: RegionsShared['regions'] }) {
  return (
    <PlainTable
      label={say.chart}
      maxHeight={560}
      rows={HOURS}
      rowKey={(hour) => hour}
      columns={[
        { head: say.hour, cell: (hour) => say.span(clock(hour), clock(hour + 1)) },
        ...regions.map(({ region, name, seconds }) => ({
          head: named(region, name),
          kind: 'number' as const,
          cell: (hour: number) => hours(seconds[hour] ?? 0),
        })),
      ]}
    />
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
        <PlainTable
          label={say.peaks}
          rows={regions}
          rowKey={({ region }) => region}
          columns={[
            { head: columns.region, cell: ({ region, name }) => named(region, name) },
            { head: columns.peak, kind: 'number', cell: ({ peak }) => counted(peak) },
            { head: columns.peakAt, cell: (one) => when(one.peak_at) },
            { head: columns.atPeakOfAll, kind: 'number', cell: ({ at_the_peak_of_all }) => counted(at_the_peak_of_all) },
          ]}
        />
      </Stack>
    </Panel>
  );
}
