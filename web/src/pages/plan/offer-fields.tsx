import { Checkbox, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { summaryQuery } from '../../api/queries';
import { words } from '../../messages';
import { numbers } from '../../numbers';
import { DEFAULTS, FIELDS, show, tidied, type Draft, type FieldName } from './offer';
import { PARTS, type Part, type Section } from './offer-parts';
import { OfferRows } from './offer-rows';
import styles from './plan.module.css';

const say = words.plan.offer;

/** What can be chosen: a key, and its name for the reader. */
export type Named = { key: string; name: string };

/** What there is to choose from; not known yet, or nothing. */
export type Known = readonly Named[] | undefined;

export type FieldsProps = {
  part: Part;
  draft: Draft;
  onDraft: (draft: Draft) => void;
  /** What is wrong, in words, by place. */
  faults: Record<string, string>;
  offerings: Known;
};

/** What a part reads of an offer, in fields. */
export function OfferFields({ part, ...props }: FieldsProps) {
  return PARTS[part].map((section) => <Fields key={section.title} section={section} {...props} />);
}

function Fields({ section: { title, fields, lists }, draft, onDraft, faults, offerings }: Omit<FieldsProps, 'part'> & { section: Section }) {
  return (
    <fieldset className={styles.section}>
      <legend>{say.sections[title]}</legend>
      {title === 'levers' && (
        <Text size="sm" c="dimmed" mb="xs">
          {say.levers}
        </Text>
      )}
      <div className={styles.fields}>
        {fields.map((name) => (
          <OfferField
            key={name}
            name={name}
            text={draft[name]}
            fault={faults[name]}
            onText={(text) => onDraft({ ...draft, [name]: text })}
          />
        ))}
      </div>
      {lists.length > 0 && (
        <div className={styles.lists}>
          {lists.map((list) => (
            <OfferRows
              key={list}
              list={list}
              rows={draft.lists[list]}
              onRows={(rows) => onDraft({ ...draft, lists: { ...draft.lists, [list]: rows } })}
              faults={faults}
              offerings={offerings}
            />
          ))}
        </div>
      )}
    </fieldset>
  );
}

type FieldProps = { name: FieldName; text: string; fault: string | undefined; onText: (text: string) => void };

function OfferField({ name, text, fault, onText }: FieldProps) {
  const price = useQuery(summaryQuery).data?.contract.price;
  const kind = FIELDS[name];
  const { label, help, empty }: { label: string; help: string; empty?: string } = say.fields[name];
  if (kind === 'flag') {
    return (
      <Checkbox
        label={label}
        description={help}
        checked={text !== ''}
        onChange={(event) => onText(event.currentTarget.checked ? 'yes' : '')}
      />
    );
  }
  const tariffs = name === 'token_price' && price ? numbers.show(Number(price.amount)) : undefined;
  const tidy = tidied(kind, text, numbers);
  return (
    <TextInput
      label={unitOf(name, price?.currency) ? say.labelled(label, unitOf(name, price?.currency)!) : label}
      description={help}
      placeholder={empty ?? tariffs ?? show(kind, DEFAULTS[name], numbers)}
      inputMode={kind === 'amount' || kind === 'share' ? 'decimal' : kind === 'whole' ? 'numeric' : 'text'}
      autoComplete="off"
      value={text}
      error={fault}
      onChange={(event) => onText(event.currentTarget.value)}
      // How it was read is seen when one leaves it: 3.500 is not 3,5 everywhere.
      onBlur={() => tidy !== text && onText(tidy)}
    />
  );
}

function unitOf(name: FieldName, currency: string | undefined): string | undefined {
  if (name === 'lead_days') return say.units.days;
  if (name === 'renewal.last_year' || name === 'left_over' || name === 'packs') return say.units.tokens;
  if (name === 'renewal.freeze') return undefined;
  return FIELDS[name] === 'amount' ? currency : say.units.percent;
}
