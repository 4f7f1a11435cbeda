import { Button, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { ownBurnQuery } from '../../api/me';
import { periodsQuery } from '../../api/queries';
import { day, money, tokens } from '../../format';
import { words } from '../../messages';
import { Loaded, SkeletonLines } from '../../parts/loaded';
import { Panel } from '../../parts/panel';
import { Ranking } from '../../parts/ranking';
import { PRESETS, resolveRange } from '../burn/search';
import { RANGE_DEFAULT, type MySearch } from './search';

const route = getRouteApi('/me');
const say = words.me.used;

/** What one's own use has cost in the days of the address, by product or by day. */
export function UsedPanel() {
  const { range = RANGE_DEFAULT, by = 'product' } = route.useSearch();
  const navigate = route.useNavigate();
  const today = useQuery(periodsQuery).data?.today.to;
  // Before the contract's own today is known, nothing is asked.
  const { from, to } = today ? resolveRange({ range }, today) : { from: '', to: '' };
  const burn = useQuery({ ...ownBurnQuery(by, { from, to }), enabled: today !== undefined });
  const choose = (changed: MySearch) =>
    void navigate({ search: (rest: MySearch) => ({ ...rest, ...changed }), resetScroll: false });
  const total = burn.data?.total;
  return (
    <Panel
      title={say.title}
      busy={burn.isPlaceholderData}
      aside={
        <Group gap="sm">
          <Choice
            label={words.burn.range.label}
            options={PRESETS.map((preset) => [preset, words.burn.range.presets[preset]])}
            chosen={range}
            onChoose={(preset) => choose({ range: preset === RANGE_DEFAULT ? undefined : preset })}
          />
          <Choice
            label={say.by}
            options={[
              ['product', say.byProduct],
              ['day', say.byDay],
            ]}
            chosen={by}
            onChoose={(wanted) => choose({ by: wanted === 'day' ? 'day' : undefined })}
          />
        </Group>
      }
    >
      <Loaded of={burn} waiting={say.loading} skeleton={<SkeletonLines lines={4} height={26} />}>
        {(data) => (
          <Stack gap="md">
            <Text>
              {data.rows.length === 0
                ? say.none(day(data.from), day(data.to))
                : say.total(
                    words.units.tokens(data.total.tokens, tokens(data.total.tokens)),
                    total?.money ? money(total.money) : undefined,
                    day(data.from),
                    day(data.to),
                  )}
            </Text>
            {data.rows.length > 0 && (
              <Ranking
                burn={data}
                of={by === 'day' ? words.burn.daily.day : words.burn.ranking.name.product}
                fading={burn.isPlaceholderData}
                nameOf={data.by === 'day' ? ({ key }) => day(key) : undefined}
              />
            )}
          </Stack>
        )}
      </Loaded>
    </Panel>
  );
}

type ChoiceProps<Value extends string> = {
  label: string;
  options: readonly (readonly [Value, string])[];
  chosen: Value;
  onChoose: (value: Value) => void;
};

/** One of a few, all in sight. */
function Choice<Value extends string>({ label, options, chosen, onChoose }: ChoiceProps<Value>) {
  return (
    <Group gap={4} role="group" aria-label={label} data-no-print>
      {options.map(([value, shown]) => (
        <Button
          key={value}
          size="xs"
          variant={value === chosen ? 'filled' : 'default'}
          aria-pressed={value === chosen}
          onClick={() => onChoose(value)}
        >
          {shown}
        </Button>
      ))}
    </Group>
  );
}
