import { NativeSelect, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useId } from 'react';
import { balancesQuery, foundPeopleQuery } from '../../api/queries';
import { words } from '../../messages';
import { useRight } from '../../parts/use-right';
import type { Known } from './offer-fields';

const say = words.plan.offer;
const ASK_AFTER_MS = 200;

type Props = { label: string; value: string; error: string | undefined; onValue: (key: string) => void };

/** A bucket, an offering or a person, chosen from those that the server tells of. */
export function KeyField({ of, offerings, ...props }: Props & { of: string; offerings: Known }) {
  if (of === 'bucket') return <BucketField {...props} />;
  return of === 'person' ? <PersonField {...props} /> : <ChosenField {...props} from={offerings} />;
}

/** Whoever buys may read the balances, not the buckets' people: both name the buckets. */
function BucketField(props: Props) {
  const { data, isError } = useQuery(balancesQuery);
  return <ChosenField {...props} from={isError ? [] : data?.buckets} />;
}

/** One of a list; its key is written where there is none to choose from. */
function ChosenField({ from, label, value, error, onValue }: Props & { from: Known }) {
  const props = { label, value, error };
  if (from?.length === 0) return <TextInput {...props} onChange={(event) => onValue(event.currentTarget.value)} />;
  const known = (from ?? []).map(({ key, name }) => ({ value: key, label: name }));
  const isUnknown = value !== '' && !known.some((each) => each.value === value);
  const data = [{ value: '', label: say.choose }, ...known, ...(isUnknown ? [value] : [])];
  return <NativeSelect {...props} data={data} onChange={(event) => onValue(event.currentTarget.value)} />;
}

/** There may be a hundred thousand: the server proposes some for what is written, to whoever may read them. */
function PersonField({ label, value, error, onValue }: Props) {
  const proposed = useId();
  const mayRead = useRight('read-estate');
  const [asked] = useDebouncedValue(value.trim(), ASK_AFTER_MS);
  const people = useQuery({ ...foundPeopleQuery(asked), enabled: mayRead === true && asked !== '' }).data?.rows ?? [];
  return (
    <>
      <TextInput
        label={label}
        value={value}
        error={error}
        list={proposed}
        autoComplete="off"
        onChange={(event) => onValue(event.currentTarget.value)}
      />
      <datalist id={proposed}>
        {people.map(({ key, name }) => (
          <option key={key} value={key}>
            {name}
          </option>
        ))}
      </datalist>
    </>
  );
}
