import { NativeSelect } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { bucketsQuery } from '../../api/buckets';
import { words } from '../../messages';
import { OrderForm } from '../../parts/order-form';

const say = words.buckets.orders;

const UNALLOCATED = '';

/** Moves tokens out of this bucket or into it: from or to another one, or the unallocated part of the pool. */
export function TransferForm({ bucket, name }: { bucket: string; name: string }) {
  const buckets = useInfiniteQuery(bucketsQuery(undefined));
  const [isInto, setInto] = useState(false);
  const [other, setOther] = useState(UNALLOCATED);
  const others = buckets.data?.pages.flatMap((page) => page.rows).filter(({ key }) => key !== bucket) ?? [];
  const [from, to] = isInto ? [other || null, bucket] : [bucket, other || null];
  return (
    <OrderForm
      title={say.transferTitle}
      submit={say.transfer}
      order={(tokens, why) => ({ order: 'transfer', from, to, tokens, why })}
    >
      <NativeSelect
        label={say.direction}
        value={isInto ? 'into' : 'out'}
        data={[
          { value: 'out', label: say.outOf(name) },
          { value: 'into', label: say.into(name) },
        ]}
        onChange={(event) => setInto(event.currentTarget.value === 'into')}
      />
      <NativeSelect
        label={isInto ? say.from : say.to}
        value={other}
        data={[{ value: UNALLOCATED, label: say.unallocated }, ...others.map(({ key, name }) => ({ value: key, label: name }))]}
        onChange={(event) => setOther(event.currentTarget.value)}
      />
    </OrderForm>
  );
}
