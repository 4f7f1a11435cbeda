import type { CSSProperties } from 'react';
import styles from './meter.module.css';

type MeterProps = { label: string; value: number; max: number; valueText: string };

/** One amount as a part of another. CSS divides; the numbers stay as the server gave them. */
export function Meter({ label, value, max, valueText }: MeterProps) {
  return (
    <div {...meterRole(label, value, max, valueText)} className={styles.meter}>
      {max > 0 && value > 0 && <div className={styles.fill} style={amount(value, max)} />}
    </div>
  );
}

export type Part = { kind: 'available' | 'held' | 'spent'; amount: number };

/** A whole in its parts, side by side. */
export function PartsMeter({ parts, ...meter }: MeterProps & { parts: Part[] }) {
  return (
    <div {...meterRole(meter.label, meter.value, meter.max, meter.valueText)} className={styles.meter}>
      {parts
        .filter((part) => part.amount > 0)
        .map((part) => (
          <div key={part.kind} data-kind={part.kind} className={styles.part} style={amount(part.amount)} />
        ))}
    </div>
  );
}

function meterRole(label: string, value: number, max: number, valueText: string) {
  return {
    role: 'meter',
    'aria-label': label,
    'aria-valuemin': 0,
    'aria-valuemax': max,
    // An overdrawn account lies outside the meter; the text still says the truth.
    'aria-valuenow': Math.min(Math.max(value, 0), max),
    'aria-valuetext': valueText,
  } as const;
}

function amount(value: number, whole?: number): CSSProperties {
  return { '--amount': value, '--whole': whole } as CSSProperties;
}
