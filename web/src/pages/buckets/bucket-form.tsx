import { NativeSelect, TextInput } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { stringify } from 'smol-toml';
import { bucketsQuery } from '../../api/buckets';
import { useEstate } from '../../api/imports';
import type { EstateTaken, OneBucket } from '../../api/types';
import { words } from '../../messages';
import { EstateForm } from '../../parts/estate-form';
import { asTokens } from '../../parts/order-form';
import { PeopleField } from '../../parts/people-field';

const say = words.buckets.form;
const PERIODS = ['open', 'month', 'quarter', 'year'] as const;

/** A row of a file of the estate; what is not in it stays as it is. */
type BucketRow = {
  key: string;
  name?: string;
  owners?: string[];
  parent?: string;
  period?: string;
  tokens?: number;
};

/** Makes a bucket, with what it begins with. */
export function AddBucket() {
  // All that are known, whatever the list above is searched for.
  const buckets = useInfiniteQuery(bucketsQuery(undefined)).data?.pages.flatMap((page) => page.rows) ?? [];
  const [key, setKey] = useState('');
  const [parent, setParent] = useState('');
  const [period, setPeriod] = useState('open');
  const [amount, setAmount] = useState('');
  const tokens = asTokens(amount);
  const missing = key.trim() === '' ? say.noKey : amount.trim() !== '' && tokens === undefined ? say.badTokens : undefined;
  return (
    <RowForm
      title={say.add}
      submit={say.add}
      missing={missing}
      isNew
      row={({ name, owners }) => ({ key: key.trim(), name: name || key.trim(), owners, parent, period, tokens })}
      before={
        <TextInput
          label={say.key}
          description={say.keyHelp}
          value={key}
          maxLength={100}
          onChange={(event) => setKey(event.currentTarget.value)}
        />
      }
    >
      <NativeSelect
        label={say.parent}
        value={parent}
        data={[{ value: '', label: say.top }, ...buckets.map((each) => ({ value: each.key, label: each.name }))]}
        onChange={(event) => setParent(event.currentTarget.value)}
      />
      <NativeSelect
        label={say.period}
        value={period}
        data={PERIODS.map((each) => ({ value: each, label: say.periods[each] }))}
        onChange={(event) => setPeriod(event.currentTarget.value)}
      />
      <TextInput
        label={say.tokens}
        description={say.tokensHelp}
        inputMode="decimal"
        value={amount}
        onChange={(event) => setAmount(event.currentTarget.value)}
      />
    </RowForm>
  );
}

/** Changes what a bucket is called and who decides on it. */
export function ChangeBucket({ bucket: { key, name, owners } }: { bucket: OneBucket }) {
  return (
    <RowForm
      title={say.change}
      submit={say.save}
      name={name}
      owners={owners}
      row={(now, before) => ({
        key,
        name: now.name === before.name ? undefined : now.name,
        owners: now.owners.join() === before.owners.join() ? undefined : now.owners,
      })}
    />
  );
}

type Said = { name: string; owners: string[] };

type Props = {
  title: string;
  submit: string;
  name?: string;
  owners?: string[];
  /** What has to be written before it can be sent. */
  missing?: string;
  /** Whether nothing of this key may be there yet: a row changes what is. */
  isNew?: boolean;
  /** What is to be sent, of what the form says now and what it said at first. */
  row: (now: Said, before: Said) => BucketRow;
  before?: ReactNode;
  children?: ReactNode;
};

function RowForm({ title, submit, name = '', owners = [], missing, isNew = false, row, before: above, children }: Props) {
  // What stood in the form at first: what others change meanwhile is theirs.
  const [before, setBefore] = useState<Said>({ name, owners });
  const [called, setCalled] = useState(name);
  const [deciding, setDeciding] = useState(owners);
  const [isTaken, setTaken] = useState(false);
  const estate = useEstate();
  const send = () => {
    setTaken(false);
    const now = { name: called.trim(), owners: deciding };
    const files = [{ name: 'bucket.toml', text: bucketFile(row(now, before)) }];
    const take = () => estate.mutate({ files, dryRun: false }, { onSuccess: () => setBefore(now) });
    const isThere = ({ changes }: EstateTaken) => changes.some(({ kind, verb }) => kind === 'bucket' && verb !== 'added');
    if (!isNew) return take();
    estate.mutate({ files, dryRun: true }, { onSuccess: (tried) => (isThere(tried) ? setTaken(true) : take()) });
  };
  return (
    <EstateForm
      title={title}
      submit={submit}
      estate={estate}
      onSubmit={send}
      missing={missing}
      refused={isTaken ? say.taken : undefined}
    >
      {above}
      <TextInput
        label={say.name}
        value={called}
        maxLength={120}
        onChange={(event) => setCalled(event.currentTarget.value)}
      />
      <PeopleField label={say.owners} description={say.ownersHelp} value={deciding} onChange={setDeciding} />
      {children}
    </EstateForm>
  );
}

function bucketFile(row: BucketRow): string {
  const given = Object.entries(row).filter(([, value]) => value !== undefined && value !== '');
  return stringify({ bucket: [Object.fromEntries(given)] });
}
