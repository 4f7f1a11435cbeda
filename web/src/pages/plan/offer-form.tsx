import { Button, Group, Stack, Text } from '@mantine/core';
import { useRef, useState, type FormEvent } from 'react';
import { flushSync } from 'react-dom';
import { Problem } from '../../api/client';
import { counted } from '../../format';
import { words } from '../../messages';
import { numbers } from '../../numbers';
import { ProblemNotice } from '../../parts/problem-notice';
import { Prose } from '../../parts/prose';
import { fromToml, hasComments, LISTS, readDraft, type FieldName, type ListName, type Unshown } from './offer';
import { faultAt } from './offer-faults';
import { OfferFields, type Known } from './offer-fields';
import { entered, isShown, nameOf, type Part } from './offer-parts';
import { OfferText } from './offer-text';
import styles from './plan.module.css';
import { asWritten, textOf, useOffer, type Written } from './use-offer';

const say = words.plan.offer;

type Props = {
  part: Part;
  busy: boolean;
  /** Why the server refuses the offer that was sent last. */
  refused: Problem | undefined;
  /** The products of which seats can be had, where they are known. */
  offerings: Known;
};

/** What the vendor offers, in fields or as text; without it the tariff's prices hold. */
export function OfferForm({ part, busy, refused, offerings }: Props) {
  const { offered, written, write, isTooLong } = useOffer();
  const { form, tried, unshown, turn, submit, clear } = useTurns();
  // What was there when one came is seen at once; later it is up to the reader.
  const [wasOffered] = useState(offered !== '');
  const text = textOf(written);
  const isSent = text === offered;
  const told = whatIsWrong(part, written, tried, isSent && !busy ? refused : undefined);
  const notes = [
    unshown && wordsOf(unshown),
    ...told.notes,
    !isSent && say.changed,
    isSent && isTooLong && say.tooLong,
    ...beside(part, written),
  ];
  return (
    <details className={styles.offer} open={wasOffered}>
      <summary>
        {say.title}
        <span className={styles.aside}> – {summary(written)}</span>
      </summary>
      <form ref={form} onSubmit={submit} noValidate aria-label={say.title}>
        <Stack gap="md">
          {told.above && <ProblemNotice error={told.above} />}
          {written.as === 'text' ? (
            <OfferText text={written.text} error={told.atText} onText={(changed) => write({ as: 'text', text: changed })} />
          ) : (
            <>
              <Text size="sm" c="dimmed">
                {say.help}
              </Text>
              <OfferFields
                part={part}
                draft={written.draft}
                onDraft={(draft) => write({ as: 'fields', draft })}
                faults={told.faults}
                offerings={offerings}
              />
            </>
          )}
          <Group gap="sm">
            <Button type="submit" loading={busy}>
              {say.calculate}
            </Button>
            <Button variant="default" onClick={turn}>
              {written.as === 'fields' ? say.asText : say.asFields}
            </Button>
            {(text !== '' || offered !== '') && (
              <Button variant="subtle" onClick={clear}>
                {say.clear}
              </Button>
            )}
          </Group>
          <Notes notes={notes} />
        </Stack>
      </form>
    </details>
  );
}

/** Calculating, and turning fields into text and back: none of them loses what was written. */
function useTurns() {
  const { written, write, offer } = useOffer();
  const [tried, setTried] = useState(false);
  // Of which text it was tried in vain.
  const [stuck, setStuck] = useState<{ text: string; unshown: Unshown }>();
  const form = useRef<HTMLFormElement>(null);
  /** Goes on with the text of what is written, or to the first field that cannot be read. */
  const withText = (then: (text: string) => void) => {
    const text = textOf(written);
    if (text !== undefined) return then(text);
    flushSync(() => setTried(true));
    form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  };
  const begin = (begun: Written) => {
    setTried(false);
    write(begun);
  };
  const turn = () => {
    if (written.as === 'fields') return withText((text) => begin({ as: 'text', text }));
    const read = fromToml(written.text, numbers);
    if ('draft' in read) begin(asWritten(written.text));
    else setStuck({ text: written.text, unshown: read.unshown });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    withText(offer);
  };
  const clear = () => {
    begin(asWritten(''));
    offer('');
  };
  const unshown = written.as === 'text' && written.text === stuck?.text ? stuck.unshown : undefined;
  return { form, tried, unshown, turn, submit, clear };
}

function Notes({ notes }: { notes: (string | false | undefined)[] }) {
  return (
    <div role="status">
      {notes.map(
        (note) =>
          note && (
            <Text key={note} size="sm" c="dimmed">
              <Prose>{note}</Prose>
            </Text>
          ),
      )}
    </div>
  );
}

type Told = {
  /** By place. */
  faults: Record<string, string>;
  notes: string[];
  above?: Error;
  atText?: string;
};

/** What cannot be read, once it was tried to, or else what the server says of what was sent. */
function whatIsWrong(part: Part, written: Written, tried: boolean, refused: Problem | undefined): Told {
  if (written.as === 'text') {
    if (!refused) return { faults: {}, notes: [] };
    return { faults: {}, notes: [say.refusedAt(say.text.label)], atText: refused.detail ?? refused.message };
  }
  if (refused) {
    const fault = faultAt(refused.detail ?? '', textOf(written) ?? '', written.draft);
    if (!fault || !isShown(part, nameOf(fault.place))) return { faults: {}, notes: [], above: refused };
    return { faults: { [fault.place]: fault.what }, notes: [say.refusedAt(labels([fault.place]))] };
  }
  if (!tried || written.text !== undefined) return { faults: {}, notes: [] };
  const found = Object.entries(readDraft(written.draft, numbers).faults);
  const faults = Object.fromEntries(found.map(([place, fault]) => [place, faultWords(fault)]));
  return { faults, notes: found.length > 0 ? [say.unreadable(labels(Object.keys(faults)))] : [] };
}

const faultWords = (fault: string) => say.faults[fault as keyof typeof say.faults] ?? fault;

/** What else there is to know of what is written. */
function beside(part: Part, written: Written): string[] {
  if (written.as === 'text') return [];
  const others = entered(written.draft).filter((name) => !isShown(part, name));
  return [
    ...(others.length > 0 ? [say.kept(labels(others))] : []),
    ...(written.text && hasComments(written.text) ? [say.comments] : []),
  ];
}

const wordsOf = (unshown: Unshown) =>
  'line' in unshown ? say.text.noFields(counted(unshown.line)) : say.text.noField(unshown.key);

function labels(places: readonly string[]): string {
  const named = (name: FieldName | ListName) =>
    name in LISTS ? say.lists[name as ListName].title : say.fields[name as FieldName].label;
  return [...new Set(places.map((place) => named(nameOf(place))))].join('; ');
}

function summary(written: Written): string {
  if (written.as === 'text' && written.text.trim() !== '') return say.text.label;
  const count = written.as === 'fields' ? entered(written.draft).length : 0;
  return count === 0 ? say.holdsTariff : say.entered(count, counted(count));
}
