import { Button, Group, NativeSelect, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { addSchedule, SCHEDULES_KEY } from '../../api/reports';
import type { NewSchedule, ReportKnown } from '../../api/types';
import { words } from '../../messages';
import { ProblemNotice } from '../../parts/problem-notice';
import { BucketField } from './bucket-field';
import own from './reports.module.css';

const say = words.reports.schedules;
const { formats } = words.reports.make;

const KEY = /^[a-z0-9][a-z0-9-]*$/;
const EVERY = ['daily', 'weekly', 'monthly'] as const;

type Props = { reports: ReportKnown[]; channels: string[]; taken: string[] };

/** Has a report sent by the clock. */
export function ScheduleForm({ reports, channels, taken }: Props) {
  const nothing: NewSchedule = { key: '', report: reports[0]?.name ?? '', every: 'weekly', at: '07:00', to: [] };
  const [said, setSaid] = useState(nothing);
  const [to, setTo] = useState('');
  const client = useQueryClient();
  const add = useMutation({
    mutationFn: addSchedule,
    onSuccess: () => {
      setSaid(nothing);
      setTo('');
      return client.invalidateQueries({ queryKey: SCHEDULES_KEY });
    },
  });
  const report = reports.find(({ name }) => name === said.report);
  const addresses = to.split(/[\s,;]+/).filter(Boolean);
  const why = whyNot(said, addresses, taken, report);
  const change = (changed: Partial<NewSchedule>) => setSaid({ ...said, ...changed });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!why) add.mutate({ ...said, to: addresses });
  };
  return (
    <form onSubmit={submit} aria-label={say.addTitle} data-no-print>
      <Stack gap="sm">
        <Title order={3} size="h5">
          {say.addTitle}
        </Title>
        <Group gap="sm" align="end">
          <NativeSelect
            label={say.columns.report}
            value={said.report}
            data={reports.map(({ name, title }) => ({ value: name, label: words.reports.known[name]?.title ?? title }))}
            onChange={(event) => change({ report: event.currentTarget.value, format: undefined, bucket: undefined })}
          />
          {report?.of_bucket && (
            <BucketField report={report} value={said.bucket ?? undefined} onChange={(bucket) => change({ bucket })} />
          )}
          <NativeSelect
            label={words.reports.make.format}
            value={said.format ?? report?.formats[0]}
            data={report?.formats.map((format) => ({ value: format, label: formats[format] ?? format.toUpperCase() }))}
            onChange={(event) => change({ format: event.currentTarget.value })}
          />
          <NativeSelect
            label={say.every}
            value={said.every}
            data={EVERY.map((every) => ({ value: every, label: say.everys[every] ?? every }))}
            onChange={(event) => change({ every: event.currentTarget.value })}
          />
          <TextInput
            type="time"
            label={say.at}
            value={said.at ?? ''}
            onChange={(event) => change({ at: event.currentTarget.value || undefined })}
          />
          {channels.length > 1 && (
            <NativeSelect
              label={say.channel}
              value={said.channel ?? channels[0]}
              data={channels}
              onChange={(event) => change({ channel: event.currentTarget.value })}
            />
          )}
        </Group>
        <Group gap="sm" align="end">
          <TextInput
            label={say.to}
            description={say.toHelp}
            className={own.recipients}
            value={to}
            onChange={(event) => setTo(event.currentTarget.value)}
          />
          <TextInput
            label={say.columns.key}
            description={say.keyHelp}
            value={said.key}
            maxLength={60}
            onChange={(event) => change({ key: event.currentTarget.value })}
          />
          <Button type="submit" disabled={why !== undefined} loading={add.isPending}>
            {say.add}
          </Button>
        </Group>
        {why && (
          <Text size="sm" c="dimmed">
            {why}
          </Text>
        )}
        {add.error && <ProblemNotice error={add.error} />}
      </Stack>
    </form>
  );
}

function whyNot(
  { key, bucket }: NewSchedule,
  addresses: readonly string[],
  taken: readonly string[],
  report: ReportKnown | undefined,
): string | undefined {
  if (report?.needs_bucket && !bucket) return words.reports.make.needsBucket;
  if (addresses.length === 0) return say.nobody;
  if (addresses.some((address) => !address.includes('@'))) return say.noAddress;
  if (!KEY.test(key)) return say.noKey;
  return taken.includes(key) ? say.takenKey : undefined;
}
