import { NativeSelect } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { bucketsQuery } from '../../api/buckets';
import { words } from '../../messages';
import { OrderForm } from '../../parts/order-form';

const say = words.buckets.orders;

const UNALLOCATED = '';

/** Moves tokens to another bucket, or back to the unallocated part of the pool. */
export function TransferForm({ bucket }: { bucket: string }) {
  const buckets = useInfiniteQuery(bucketsQuery(undefined));
  const [to, setTo] = useState(UNALLOCATED);
  const others = buckets.data?.pages.flatMap((page) => page.rows).filter(({ key }) => key !== bucket) ?? [];
  return (
    <OrderForm
      title={say.transferTitle}
      submit={say.transfer}
      order={(tokens, why) => ({ order: 'transfer', from: bucket, to: to || null, tokens, why })}
    >
      <NativeSelect
        label={say.to}
        value={to}
        data={[{ value: UNALLOCATED, label: say.unallocated }, ...others.map(({ key, name }) => ({ value: key, label: name }))]}
        onChange={(event) => setTo(event.currentTarget.value)}
      />
    </OrderForm>
  );
}
