import { renewalQuery } from '../../api/plans';
import type { Renewal } from '../../api/types';
import { counted, estimate, money, roundShare } from '../../format';
import { words } from '../../messages';
import { Badge } from '../../parts/badge';
import { Facts } from '../../parts/facts';
import { Panel } from '../../parts/panel';
import { PlainTable } from '../../parts/plain-table';
import { Basis } from './basis';
import { Offered } from './offered';

const say = words.plan.renewal;
const sum = (amount: number, currency: string) => money({ amount: String(amount), currency });

/** What to ask for at the renewal: what the vendor will propose, and what each lever is worth. */
export function RenewalPart() {
  return (
    <Offered
      part="renewal"
      title={say.title}
      waiting={say.loading}
      query={renewalQuery}
      answer={(renewal) => <Proposal renewal={renewal} />}
      more={(renewal) => (
        <>
          <Levers renewal={renewal} />
          <Sensitivities renewal={renewal} />
        </>
      )}
    />
  );
}

function Proposal({ renewal }: { renewal: Renewal }) {
  const { proposal, mean, known_from, known_to, gaps } = renewal;
  return (
    <>
      <Facts
        facts={[
          [say.proposed, words.units.tokens(proposal.tokens, estimate(proposal.tokens))],
          [say.growth, roundShare(proposal.growth)],
          [say.need, estimate(mean)],
          [say.waste, estimate(proposal.expected_waste)],
          [say.tooMany, roundShare(proposal.probability_below)],
          [say.leastDiscount, roundShare(proposal.least_discount)],
        ]}
      />
      <Basis from={known_from} to={known_to} gaps={gaps} />
    </>
  );
}

function Levers({ renewal: { levers, currency } }: { renewal: Renewal }) {
  const { columns } = say;
  return (
    <Panel title={say.levers}>
      <PlainTable
        label={say.levers}
        maxHeight={560}
        rows={levers}
        rowKey={({ number }) => number}
        columns={[
          { head: columns.lever, kind: 'words', cell: ({ number, text }) => say.numbered(counted(number), text) },
          { head: columns.value, cell: ({ value }) => sum(value, currency) },
          { head: columns.priority, cell: ({ priority }) => <Priority of={priority} /> },
          {
            head: columns.least,
            cell: ({ least_discount: least }) => (least == null ? words.table.none : roundShare(least)),
          },
        ]}
      />
    </Panel>
  );
}

function Priority({ of }: { of: string }) {
  return <Badge tone={of === 'high' ? 'warn' : 'plain'}>{say.priorities[of] ?? of}</Badge>;
}

function Sensitivities({ renewal: { sensitivities, currency } }: { renewal: Renewal }) {
  const { columns } = say;
  return (
    <Panel title={say.sensitivities}>
      <PlainTable
        label={say.sensitivities}
        rows={sensitivities}
        rowKey={({ assumption }) => assumption}
        columns={[
          { head: columns.assumption, cell: ({ assumption }) => say.assumptions[assumption] ?? assumption },
          { head: columns.moved, kind: 'words', cell: ({ moved }) => moved },
          { head: columns.low, cell: ({ low }) => sum(low, currency) },
          { head: columns.high, cell: ({ high }) => sum(high, currency) },
        ]}
      />
    </Panel>
  );
}
