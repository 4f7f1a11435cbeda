import { ActionIcon, Anchor, Popover, Skeleton, Text } from '@mantine/core';
import type { Estimate, Periods, Summary } from '../../api/types';
import { counted, estimate, tokens } from '../../format';
import { words } from '../../messages';
import { AlertIcon, InfoIcon } from '../../parts/icons';
import { Meter } from '../../parts/meter';
import { SESSIONS_ANCHOR } from './sessions-panel';
import { Tile } from './tile';
import styles from './tiles.module.css';

const say = words.burn.tiles;

type Props = { summary: Summary; periods?: Periods };

export function Tiles({ summary, periods }: Props) {
  const { balance, burn, open_sessions, unclosed_sessions } = summary;
  const month = periods?.spans.find((span) => span.key === 'month-to-date');
  return (
    <section className={styles.tiles} aria-label={say.label}>
      <LeftTile balance={balance} />
      <Tile label={say.today} value={tokens(burn.today.tokens)} money={burn.today.money}>
        <Usual usual={periods?.usual} />
      </Tile>
      <Tile label={say.yesterday} value={tokens(burn.yesterday.tokens)} money={burn.yesterday.money} />
      <Tile label={say.month} value={tokens(burn.month_to_date.tokens)} money={burn.month_to_date.money}>
        {month && (
          <Text size="sm" c="dimmed" component="p">
            {say.beforeMonth(tokens(month.before.tokens))}
          </Text>
        )}
      </Tile>
      <ProjectedTile estimate={burn.projected_month} />
      <Tile label={say.sessions} value={counted(open_sessions)}>
        {unclosed_sessions > 0 && (
          <Text size="sm" c="dimmed" component="p">
            {say.unclosed(counted(unclosed_sessions))}
          </Text>
        )}
        {(open_sessions > 0 || unclosed_sessions > 0) && (
          <Anchor href={`#${SESSIONS_ANCHOR}`} size="sm" underline="always" className={styles.link} data-no-print>
            {say.sessionsLink}
          </Anchor>
        )}
      </Tile>
    </section>
  );
}

/** Today beside comparable days up to the same hour; nothing where there is none. */
function Usual({ usual }: { usual: Periods['usual'] }) {
  if (!usual) return null;
  return (
    <Text size="sm" c="dimmed" component="p">
      {say.usual(estimate(usual.mean.tokens), tokens(usual.low.tokens), tokens(usual.high.tokens))}
    </Text>
  );
}

function LeftTile({ balance }: { balance: Summary['balance'] }) {
  const left = tokens(balance.left);
  const purchased = tokens(balance.purchased);
  return (
    <Tile label={say.left} value={left} hero warn={balance.uncovered > 0}>
      <Text size="sm" c="dimmed" component="p">
        {balance.purchased > 0 ? say.ofPurchased(purchased) : say.nonePurchased}
      </Text>
      <Meter
        label={say.meter}
        value={balance.left}
        max={balance.purchased}
        valueText={say.meterValue(left, purchased)}
      />
      <Text size="sm" c="dimmed" component="p">
        {say.held(tokens(balance.held))} · {say.available(tokens(balance.available))}
      </Text>
      {balance.uncovered > 0 && (
        <p className={styles.uncovered}>
          <AlertIcon size={16} /> {words.burn.uncovered.tile(tokens(balance.uncovered))}
        </p>
      )}
    </Tile>
  );
}

function ProjectedTile({ estimate }: { estimate: Estimate }) {
  return (
    <Tile
      label={say.projected}
      value={tokens(estimate.tokens)}
      money={estimate.money}
      aside={<Method words={estimate.method} />}
    >
      <Text size="sm" c="dimmed" component="p">
        {say.range(tokens(estimate.low), tokens(estimate.high))}
      </Text>
    </Tile>
  );
}

function Method({ words: method }: { words: string }) {
  return (
    <Popover width={280} position="bottom-end" withArrow shadow="md">
      <Popover.Target>
        <ActionIcon variant="subtle" color="gray" size={24} c="var(--ink-soft)" aria-label={say.method} data-no-print>
          <InfoIcon size={16} />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown>
        <Text size="sm">{method}</Text>
      </Popover.Dropdown>
    </Popover>
  );
}

export function TilesSkeleton() {
  return (
    <div className={styles.tiles} aria-hidden="true">
      {[true, false, false, false, false, false].map((hero, tile) => (
        <div key={tile} className={styles.tile} data-hero={hero}>
          <Skeleton height={12} width="60%" />
          <Skeleton height={hero ? 34 : 26} width="80%" mt={6} />
          <Skeleton height={12} width="50%" mt={6} />
        </div>
      ))}
    </div>
  );
}
