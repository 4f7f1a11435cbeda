import { Textarea } from '@mantine/core';
import { useRef, type Ref } from 'react';
import { words } from '../../messages';
import own from './policies.module.css';

const say = words.gate.policies;

const ROWS_MIN = 12;
const ROWS_MAX = 32;
const TEXT_MAX = 262_144;

type Props = { text: string; onText: (text: string) => void; ref: Ref<HTMLTextAreaElement> };

/** A text whose lines are numbered, because faults are told by them. */
export function PolicyText({ text, onText, ref }: Props) {
  const numbers = useRef<HTMLPreElement>(null);
  const lines = text.split('\n').length;
  return (
    <div className={own.editor}>
      <pre ref={numbers} className={own.numbers} aria-hidden="true">
        {Array.from({ length: lines }, (_, line) => line + 1).join('\n')}
      </pre>
      <Textarea
        ref={ref}
        label={say.text}
        value={text}
        rows={Math.min(Math.max(lines + 1, ROWS_MIN), ROWS_MAX)}
        maxLength={TEXT_MAX}
        spellCheck={false}
        wrap="off"
        classNames={{ root: own.root, input: own.text, label: own.label }}
        onChange={(event) => onText(event.currentTarget.value)}
        onScroll={(event) => numbers.current?.scrollTo?.({ top: event.currentTarget.scrollTop })}
      />
    </div>
  );
}

/** Brings a line of the text, counted from 1, into sight and marks it. */
export function toLine(field: HTMLTextAreaElement | null, line: number): void {
  if (!field) return;
  const lines = field.value.split('\n');
  const from = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  field.focus();
  field.setSelectionRange(from, from + (lines[line - 1]?.length ?? 0));
}
