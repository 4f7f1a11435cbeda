import { Button, Text, TextInput } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { RANGE_DAYS_MAX, type Span } from '../../api/queries';
import { isDay } from '../../days';
import { counted } from '../../format';
import { words } from '../../messages';
import styles from './range-bar.module.css';
import { PRESET_DEFAULT, PRESETS, spanFault, type BurnSearch, type Preset, type Range, type SpanFault } from './search';

const route = getRouteApi('/burn');
const say = words.burn.range;

const DAY_MIN = '2000-01-01';
const TYPING_PAUSE_MS = 500;

const FAULTS: Record<SpanFault, string> = {
  backwards: say.backwards,
  'too-long': say.tooLong(counted(RANGE_DAYS_MAX)),
};

/** Which days the panels below show. The address holds the choice, so that a link shows the same. */
export function RangeBar({ range, today }: { range: Range; today: string }) {
  const navigate = route.useNavigate();
  const choose = (preset: Preset) =>
    void navigate({
      search: (rest: BurnSearch) => ({
        ...rest,
        from: undefined,
        to: undefined,
        range: preset === PRESET_DEFAULT ? undefined : preset,
      }),
      resetScroll: false,
    });
  return (
    <div className={styles.bar} role="group" aria-label={say.label} data-no-print>
      <div className={styles.presets}>
        {PRESETS.map((preset) => (
          <Button
            key={preset}
            size="xs"
            variant={preset === range.preset ? 'filled' : 'default'}
            aria-pressed={preset === range.preset}
            onClick={() => choose(preset)}
          >
            {say.presets[preset]}
          </Button>
        ))}
      </div>
      <CustomSpan range={range} today={today} />
    </div>
  );
}

function CustomSpan({ range, today }: { range: Range; today: string }) {
  const { from, to, setFrom, setTo, fault } = useDraft(range);
  return (
    <div className={styles.custom}>
      <DayField label={say.from} value={from} max={to || today} onChange={setFrom} faulty={fault !== null} />
      <DayField label={say.to} value={to} max={today} onChange={setTo} faulty={fault !== null} />
      <Text size="sm" c="var(--mantine-color-error)" role="status" className={styles.fault}>
        {fault && FAULTS[fault]}
      </Text>
    </div>
  );
}

/** What is being typed; it becomes the address once it is a whole span and the typing has paused. */
function useDraft(range: Range) {
  const navigate = route.useNavigate();
  const [draft, setDraft] = useState<Span>(range);
  const [shown, setShown] = useState<Span>(range);
  if (shown.from !== range.from || shown.to !== range.to) {
    setShown(range);
    setDraft(range);
  }
  const { from, to } = draft;
  // The first digits of a typed year make a valid day of long ago.
  const complete = isDay(from) && isDay(to) && from >= DAY_MIN && to >= DAY_MIN;
  const fault = complete ? spanFault(from, to) : null;
  const changed = from !== range.from || to !== range.to;

  useEffect(() => {
    if (!complete || fault || !changed) return;
    const search = (rest: BurnSearch) => ({ ...rest, range: undefined, from, to });
    const timer = setTimeout(() => void navigate({ search, resetScroll: false }), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [complete, fault, changed, from, to, navigate]);

  return {
    from,
    to,
    fault,
    setFrom: (day: string) => setDraft({ from: day, to }),
    setTo: (day: string) => setDraft({ from, to: day }),
  };
}

type FieldProps = {
  label: string;
  value: string;
  max: string;
  faulty: boolean;
  onChange: (day: string) => void;
};

function DayField({ label, value, max, faulty, onChange }: FieldProps) {
  return (
    <TextInput
      type="date"
      size="xs"
      label={label}
      value={value}
      max={max}
      error={faulty}
      onChange={(event) => onChange(event.currentTarget.value)}
      min={DAY_MIN}
      classNames={{ root: styles.field, label: styles.fieldLabel }}
    />
  );
}
