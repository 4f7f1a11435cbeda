import { Button, CopyButton, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { FormEvent } from 'react';
import { summaryQuery } from '../../api/queries';
import { makeReport, reportAddress, type Made } from '../../api/reports';
import type { ReportKnown } from '../../api/types';
import { addDays, firstOfMonth, lastOfMonth, monthsBefore } from '../../days';
import { dayOf } from '../../format';
import { words } from '../../messages';
import { DayField } from '../../parts/day-field';
import styles from '../../parts/page.module.css';
import { ProblemNotice } from '../../parts/problem-notice';
import { saveFile } from '../../parts/save-file';
import { BucketField } from './bucket-field';
import own from './reports.module.css';

const route = getRouteApi('/reports');
const say = words.reports.make;

const CURRENCY = /^[A-Z]{3}$/;

/** What is to be in one report, kept in the address, and ways to get its file. */
export function MakeForm({ report }: { report: ReportKnown }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const made = madeOf(report, search);
  const why = whyNot(report, made);
  const making = useMutation({ mutationFn: () => makeReport(report.name, made), onSuccess: saveFile });
  const choose = (changed: Made) =>
    void navigate({ search: { report: report.name, ...made, ...changed }, replace: true, resetScroll: false });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!why) making.mutate();
  };
  const link = new URL(reportAddress(report.name, made), window.location.href).href;
  return (
    <form onSubmit={submit} className={own.form} aria-label={say.label(words.reports.known[report.name]?.title ?? report.title)}>
      <Stack gap="md">
        <Group gap="sm" align="end">
          {report.of_period && <PeriodFields made={made} onChoose={choose} />}
          {report.of_bucket && (
            <BucketField report={report} value={made.bucket} onChange={(bucket) => choose({ bucket })} />
          )}
          <NativeSelect
            label={say.format}
            value={made.format ?? report.formats[0]}
            data={report.formats.map((format) => ({ value: format, label: say.formats[format] ?? format.toUpperCase() }))}
            onChange={(event) => choose({ format: event.currentTarget.value })}
          />
          {report.of_period && (
            <TextInput
              label={say.currency}
              placeholder={say.currencyPlaceholder}
              w="8rem"
              maxLength={3}
              value={made.currency ?? ''}
              onChange={(event) => choose({ currency: event.currentTarget.value.toUpperCase() || undefined })}
            />
          )}
        </Group>
        <Group gap="sm">
          <Button type="submit" disabled={why !== undefined} loading={making.isPending}>
            {say.download}
          </Button>
          {!why && (
            <a href={link} download className={styles.link}>
              {say.link}
            </a>
          )}
          {/* Without HTTPS the browser has no clipboard for us. */}
          {!why && window.isSecureContext && (
            <CopyButton value={link}>
              {({ copied, copy }) => (
                <Button variant="default" onClick={copy}>
                  {copied ? words.copying.copied : say.copy}
                </Button>
              )}
            </CopyButton>
          )}
          {why && (
            <Text size="sm" c="dimmed">
              {why}
            </Text>
          )}
        </Group>
        <div role="status">
          {making.isPending && <Text size="sm">{say.making}</Text>}
          {making.data && !making.isPending && <Text size="sm">{say.made(making.data.name)}</Text>}
        </div>
        {making.error && <ProblemNotice error={making.error} />}
      </Stack>
    </form>
  );
}

/** What the address says, without what this report does not have. */
function madeOf(report: ReportKnown, { format, from, to, bucket, currency }: Made): Made {
  return {
    format: format && report.formats.includes(format) ? format : report.formats[0],
    ...(report.of_period ? { from, to, currency } : {}),
    ...(report.of_bucket ? { bucket } : {}),
  };
}

function whyNot(report: ReportKnown, { from, to, bucket, currency }: Made): string | undefined {
  if (report.needs_bucket && !bucket) return say.needsBucket;
  if (from && to && from > to) return say.backwards;
  return currency && !CURRENCY.test(currency) ? say.noCurrency : undefined;
}

type FieldsProps = { made: Made; onChoose: (changed: Made) => void };

function PeriodFields({ made: { from, to }, onChoose }: FieldsProps) {
  const summary = useQuery(summaryQuery).data;
  const presets = summary ? presetsOf(dayOf(summary.as_of, summary.contract.zone)) : [];
  const chosen = presets.find((preset) => preset.from === from && preset.to === to);
  return (
    <>
      <NativeSelect
        label={say.period}
        value={chosen?.key ?? (from || to ? 'custom' : '')}
        data={[
          { value: '', label: say.usual },
          ...presets.map(({ key }) => ({ value: key, label: say.presets[key] })),
          { value: 'custom', label: say.custom },
        ]}
        onChange={(event) => {
          const wanted = presets.find(({ key }) => key === event.currentTarget.value);
          if (event.currentTarget.value !== 'custom') onChoose({ from: wanted?.from, to: wanted?.to });
        }}
      />
      <DayField label={say.from} value={from} onChange={(day) => onChoose({ from: day })} />
      <DayField label={say.to} value={to} onChange={(day) => onChoose({ to: day })} />
    </>
  );
}

/** The last month first: reports are mostly made of it. */
function presetsOf(today: string) {
  const [, last = ''] = monthsBefore(today, 2);
  return [
    { key: 'lastMonth', from: `${last}-01`, to: lastOfMonth(last) },
    { key: 'thisMonth', from: firstOfMonth(today), to: today },
    { key: 'ninetyDays', from: addDays(today, -89), to: today },
    { key: 'year', from: addDays(today, -364), to: today },
  ] as const;
}
