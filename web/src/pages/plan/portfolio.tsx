import { Stack, Text } from '@mantine/core';
import { portfolioQuery } from '../../api/plans';
import type { Portfolio } from '../../api/types';
import { counted, money, roundShare, share } from '../../format';
import { words } from '../../messages';
import { Badge } from '../../parts/badge';
import { Facts } from '../../parts/facts';
import styles from '../../parts/page.module.css';
import { Panel } from '../../parts/panel';
import { PlainTable } from '../../parts/plain-table';
import { Basis } from './basis';
import { Offered } from './offered';

const say = words.plan.portfolio;

/** The mix of seats and tokens that costs least, with the proof that nothing costs less. */
export function PortfolioPart() {
  return (
    <Offered
      part="portfolio"
      title={say.title}
      waiting={say.loading}
      query={portfolioQuery}
      offerings={({ offerings }) => offerings.map(({ offering, name }) => ({ key: offering, name }))}
      answer={(portfolio) => <Answer portfolio={portfolio} />}
      more={(portfolio) => (
        <>
          <div className={styles.pair}>
            <Offerings portfolio={portfolio} />
            <Certificate portfolio={portfolio} />
          </div>
          <Alternatives portfolio={portfolio} />
        </>
      )}
    />
  );
}

function Answer({ portfolio }: { portfolio: Portfolio }) {
  const { cost, seats, tokens_cost, tokens, on_seats, people, known_from, known_to, gaps } = portfolio;
  return (
    <>
      <Facts
        facts={[
          [say.cost, money(cost)],
          [say.seats, money(seats)],
          [say.tokensCost, money(tokens_cost)],
          [say.tokens, words.units.tokens(tokens, counted(tokens))],
          [say.onSeats, say.ofPeople(counted(on_seats), counted(people))],
        ]}
      />
      <Basis from={known_from} to={known_to} gaps={gaps} />
    </>
  );
}

function Offerings({ portfolio: { offerings } }: { portfolio: Portfolio }) {
  const { columns } = say;
  return (
    <Panel title={say.offerings}>
      <PlainTable
        label={say.offerings}
        rows={offerings}
        rowKey={({ offering }) => offering}
        columns={[
          { head: columns.offering, cell: ({ name }) => name },
          { head: columns.now, cell: ({ now }) => counted(now) },
          { head: columns.then, cell: ({ seats }) => counted(seats) },
        ]}
      />
    </Panel>
  );
}

function Certificate({ portfolio: { lower_bound, gap, is_checked, bands, marginals } }: { portfolio: Portfolio }) {
  return (
    <Panel
      title={say.certificate}
      aside={<Badge tone={is_checked ? 'good' : 'bad'}>{is_checked ? say.checked : say.unchecked}</Badge>}
    >
      <Stack gap="sm">
        <Text>{say.bound(money(lower_bound), share(gap))}</Text>
        <ul>
          {bands.map(({ text, bound }) => (
            <li key={text}>{say.band(text, money(bound))}</li>
          ))}
          {marginals.map(({ text, value }) => (
            <li key={text}>{say.marginal(text, money(value))}</li>
          ))}
        </ul>
      </Stack>
    </Panel>
  );
}

function Alternatives({ portfolio: { alternatives } }: { portfolio: Portfolio }) {
  const { columns } = say;
  return (
    <Panel title={say.alternatives}>
      <PlainTable
        label={say.alternatives}
        rows={alternatives}
        rowKey={({ buffer }) => buffer}
        columns={[
          { head: columns.buffer, cell: ({ buffer }) => roundShare(buffer) },
          { head: columns.service, cell: ({ service }) => roundShare(service) },
          { head: columns.cost, cell: ({ cost }) => money(cost) },
          { head: columns.seats, cell: ({ seats }) => counted(seats) },
          { head: columns.tokens, cell: ({ tokens }) => counted(tokens) },
        ]}
      />
    </Panel>
  );
}
