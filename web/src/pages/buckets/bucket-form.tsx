import { Button, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { stringify } from 'smol-toml';
import { bucketsQuery } from '../../api/buckets';
import { useEstate } from '../../api/imports';
import type { EstateTaken, OneBucket } from '../../api/types';
import { words } from '../../messages';
import { asTokens } from '../../parts/order-form';
import pageStyles from '../../parts/page.module.css';
import { PeopleField } from '../../parts/people-field';
import { ProblemNotice } from '../../parts/problem-notice';
import { Prose } from '../../parts/prose';

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
      row={(name, owners) => ({ key: key.trim(), name: name || key.trim(), owners, parent, period, tokens })}
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
      // What is the same is left out: somebody else may have changed it meanwhile.
      row={(called, deciding) => ({
        key,
        name: called === name ? undefined : called,
        owners: deciding.join() === owners.join() ? undefined : deciding,
      })}
    />
  );
}

type Props = {
  title: string;
  submit: string;
  name?: string;
  owners?: string[];
  /** What has to be written before it can be sent. */
  missing?: string;
  /** Whether nothing of this key may be there yet: a row changes what is. */
  isNew?: boolean;
  row: (name: string, owners: string[]) => BucketRow;
  before?: ReactNode;
  children?: ReactNode;
};

function RowForm({ title, submit, name = '', owners = [], missing, isNew = false, row, before, children }: Props) {
  const [called, setCalled] = useState(name);
  const [deciding, setDeciding] = useState(owners);
  const [isTaken, setTaken] = useState(false);
  const estate = useEstate();
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (missing) return;
    setTaken(false);
    const files = [{ name: 'bucket.toml', text: bucketFile(row(called.trim(), deciding)) }];
    if (!isNew) return estate.mutate({ files, dryRun: false });
    const take = ({ changes }: EstateTaken) =>
      changes.some(({ kind, verb }) => kind === 'bucket' && verb !== 'added')
        ? setTaken(true)
        : estate.mutate({ files, dryRun: false });
    estate.mutate({ files, dryRun: true }, { onSuccess: take });
  };
  return (
    <details className={pageStyles.more} data-no-print>
      <summary>{title}</summary>
      <form onSubmit={send}>
        <Stack gap="sm" mt="sm" maw="32rem">
          {before}
          <TextInput
            label={say.name}
            value={called}
            maxLength={120}
            onChange={(event) => setCalled(event.currentTarget.value)}
          />
          <PeopleField label={say.owners} description={say.ownersHelp} value={deciding} onChange={setDeciding} />
          {children}
          <Group gap="sm">
            <Button type="submit" disabled={missing !== undefined} loading={estate.isPending}>
              {submit}
            </Button>
            {missing && (
              <Text size="sm" c="dimmed">
                {missing}
              </Text>
            )}
          </Group>
          {estate.error && <ProblemNotice error={estate.error} />}
          <Text size="sm" role="status">
            {isTaken ? say.taken : estate.data && !estate.data.dry_run && <Prose>{estate.data.summary}</Prose>}
          </Text>
        </Stack>
      </form>
    </details>
  );
}

function bucketFile(row: BucketRow): string {
  const given = Object.entries(row).filter(([, value]) => value !== undefined && value !== '');
  return stringify({ bucket: [Object.fromEntries(given)] });
}
