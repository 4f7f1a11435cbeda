import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { stringify } from 'smol-toml';
import { useEstate } from '../../api/imports';
import type { Terms } from '../../api/types';
import { words } from '../../messages';
import { numbers } from '../../numbers';
import { EstateForm } from '../../parts/estate-form';
import { asTokens } from '../../parts/order-form';
import { PeopleField } from '../../parts/people-field';

const say = words.settings.contract.terms;

type Deciding = { owners: string[]; large: number | undefined };

/** Who decides where no bucket's owner does. */
export function TermsForm({ terms }: { terms: Terms }) {
  // What stood in the form at first: what others change meanwhile is theirs.
  const [before, setBefore] = useState<Deciding>({ owners: terms.owners, large: terms.large ?? undefined });
  const [owners, setOwners] = useState(before.owners);
  const [written, setWritten] = useState(before.large === undefined ? '' : numbers.show(before.large));
  const estate = useEstate();
  const isAmount = written.trim() === '' || asTokens(written) !== undefined;
  const send = () => {
    const now = { owners, large: asTokens(written) };
    const files = [{ name: 'terms.toml', text: termsFile(before, now) }];
    estate.mutate({ files, dryRun: false }, { onSuccess: () => setBefore(now) });
  };
  return (
    <EstateForm
      title={say.open}
      submit={say.submit}
      estate={estate}
      onSubmit={send}
      missing={isAmount ? undefined : say.noTokens}
    >
      <PeopleField label={say.owners} description={say.ownersHelp} value={owners} onChange={setOwners} />
      <TextInput
        label={say.large}
        description={say.largeHelp}
        inputMode="decimal"
        value={written}
        onChange={(event) => setWritten(event.currentTarget.value)}
      />
    </EstateForm>
  );
}

/** What is the same is left out; `-` takes away what is there. */
function termsFile(before: Deciding, { owners, large }: Deciding): string {
  const changed = {
    ...(owners.join() === before.owners.join() ? {} : { owners }),
    ...(large === before.large ? {} : { large: large ?? '-' }),
  };
  return stringify({ terms: changed });
}
