import { Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { burnQuery, type Span } from '../../api/queries';
import type { Burn } from '../../api/types';
import { clock, tokens, weekday } from '../../format';
import { words } from '../../messages';
import { HeatMap, HOUR_TICKS, HOURS, type HeatRow } from '../../parts/heat-map';
import { Loaded, SkeletonLines } from '../../parts/loaded';
import { Panel } from '../../parts/panel';
import { PlainTable } from '../../parts/plain-table';
import { Twin } from '../../parts/twin';

const route = getRouteApi('/burn');
const say = words.burn.hours;

/** As the server names them, Monday first. */
const WEEK = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const WEEK_HOURS = 168;

/** When in the week tokens are burned. */
export function HoursPanel({ span }: { span: Span }) {
  const burn = useQuery(burnQuery('week-hour', span, WEEK_HOURS));
  const { hours } = route.useSearch();
  const navigate = route.useNavigate();
  const show = (wanted: 'table' | undefined) =>
    void navigate({ search: (rest) => ({ ...rest, hours: wanted }), resetScroll: false, replace: true });
  const aside = <Twin of={say.title} asTable={hours === 'table'} onShow={show} />;
  return (
    <Panel title={say.title} busy={burn.isPlaceholderData} aside={aside}>
      <Loaded of={burn} waiting={say.loading} skeleton={<SkeletonLines lines={7} height={28} />}>
        {(data) =>
          data.rows.length === 0 ? (
            <Text c="dimmed">{say.empty}</Text>
          ) : (
            <Stack gap="md">
              <Text size="sm" c="dimmed">
                {data.text}
              </Text>
              {hours === 'table' ? <HoursTable burn={data} /> : <HoursMap burn={data} />}
            </Stack>
          )
        }
      </Loaded>
    </Panel>
  );
}

/** A row for each day of the week; hours in which nothing was burned are not among the server's rows. */
function weekOf({ rows }: Burn): HeatRow[] {
  const burned = new Map(rows.map((row) => [row.key, row.tokens]));
  return WEEK.map((day, place) => ({
    key: day,
    name: weekday(place),
    amounts: HOURS.map((hour) => burned.get(`${day}-${String(hour).padStart(2, '0')}`) ?? 0),
  }));
}

function HoursMap({ burn }: { burn: Burn }) {
  return (
    <HeatMap
      label={say.chart}
      rows={weekOf(burn)}
      ticks={HOUR_TICKS}
      cell={({ name, amounts }, hour) => {
        const amount = amounts[hour] ?? 0;
        return say.cell(name, clock(hour), clock(hour + 1), words.units.tokens(amount, tokens(amount)));
      }}
    />
  );
}

function HoursTable({ burn }: { burn: Burn }) {
  return (
    <PlainTable
      label={say.chart}
      maxHeight={480}
      rows={HOURS}
      rowKey={(hour) => hour}
      columns={[
        { head: say.hour, cell: (hour) => say.span(clock(hour), clock(hour + 1)) },
        ...weekOf(burn).map(({ name, amounts }) => ({
          head: name,
          kind: 'number' as const,
          cell: (hour: number) => tokens(amounts[hour] ?? 0),
        })),
      ]}
    />
  );
}
