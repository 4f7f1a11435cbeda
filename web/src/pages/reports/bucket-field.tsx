import { NativeSelect } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { bucketsQuery } from '../../api/buckets';
import type { ReportKnown } from '../../api/types';
import { words } from '../../messages';

const say = words.reports.make;

type Props = { report: ReportKnown; value: string | undefined; onChange: (bucket: string | undefined) => void };

/** Of which bucket a report is; all of them, where the reader may have that. */
export function BucketField({ report, value, onChange }: Props) {
  const buckets = useInfiniteQuery(bucketsQuery(undefined));
  const rows = buckets.data?.pages.flatMap((page) => page.rows) ?? [];
  const nothing = report.needs_bucket ? say.chooseBucket : say.allBuckets;
  return (
    <NativeSelect
      label={say.bucket}
      value={value ?? ''}
      data={[{ value: '', label: nothing }, ...rows.map(({ key, name }) => ({ value: key, label: name }))]}
      onChange={(event) => onChange(event.currentTarget.value || undefined)}
    />
  );
}
