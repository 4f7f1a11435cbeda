import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { bucketQuery } from '../../api/buckets';
import type { OnePerson } from '../../api/types';
import { tokens } from '../../format';
import { words } from '../../messages';
import { Facts } from '../../parts/facts';
import { Panel } from '../../parts/panel';

const say = words.me;

type Props = { person: OnePerson; children: ReactNode };

/** What somebody has used this month, who pays, and what is left there. */
export function Standing({ person: { bucket, month_to_date }, children }: Props) {
  const payer = useQuery({ ...bucketQuery(bucket ?? ''), enabled: Boolean(bucket) }).data;
  return (
    <Panel title={say.standing}>
      <Facts
        facts={[
          [say.monthToDate, words.units.tokens(month_to_date, tokens(month_to_date))],
          [say.paidBy, bucket ? (payer?.name ?? bucket) : words.people.one.noBucket],
          ...(payer ? ([[say.leftThere, words.units.tokens(payer.available, tokens(payer.available))]] as const) : []),
        ]}
      />
      {children}
    </Panel>
  );
}
