import { TextInput } from '@mantine/core';
import { isDay } from '../days';

type Props = { label: string; value: string | undefined; onChange: (day: string | undefined) => void };

/** A day that can be left out; what the address says and is none is shown as none. */
export function DayField({ label, value, onChange }: Props) {
  return (
    <TextInput
      type="date"
      label={label}
      value={isDay(value) ? value : ''}
      onChange={(event) => onChange(event.currentTarget.value || undefined)}
    />
  );
}
