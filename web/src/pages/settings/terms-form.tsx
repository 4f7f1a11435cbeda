import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { stringify } from 'smol-toml';
import { useEstate } from '../../api/imports';
import type { Terms } from '../../api/types';
import { words } from '../../messages';
import { numbers } from '../../numbers';
import { asTokens } from '../../parts/order-form';
import pageStyles from '../../parts/page.module.css';
import { PeopleField } from '../../parts/people-field';
import { ProblemNotice } from '../../parts/problem-notice';
import { Prose } from '../../parts/prose';

const say = words.settings.contract.terms;

/** Who decides where no bucket's owner does: a row of a file of the estate, written here. */
export function TermsForm({ terms: { owners, large } }: { terms: Terms }) {
  const [people, setPeople] = useState(owners);
  const [written, setWritten] = useState(large == null ? '' : numbers.show(large));
  const estate = useEstate();
  const isAmount = written.trim() === '' || asTokens(written) !== undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isAmount) return;
    estate.mutate({ files: [{ name: 'terms.toml', text: termsFile({ owners, large }, people, asTokens(written)) }], dryRun: false });
  };
  return (
    <details className={pageStyles.more}>
      <summary>{say.open}</summary>
      <form onSubmit={submit}>
        <Stack gap="sm" mt="sm">
          <PeopleField label={say.owners} description={say.ownersHelp} value={people} onChange={setPeople} />
          <TextInput
            label={say.large}
            description={say.largeHelp}
            inputMode="decimal"
            value={written}
            error={isAmount ? undefined : say.noTokens}
            onChange={(event) => setWritten(event.currentTarget.value)}
          />
          <Group gap="sm">
            <Button type="submit" loading={estate.isPending}>
              {say.submit}
            </Button>
          </Group>
          {estate.error && <ProblemNotice error={estate.error} />}
          <Text size="sm" role="status">
            {estate.data && <Prose>{estate.data.summary}</Prose>}
          </Text>
        </Stack>
      </form>
    </details>
  );
}

type Deciding = Pick<Terms, 'owners' | 'large'>;

/** What is the same is left out: somebody else may have changed it meanwhile. `-` takes away what is there. */
function termsFile(before: Deciding, owners: string[], large: number | undefined): string {
  const changed = {
    ...(owners.join() === before.owners.join() ? {} : { owners }),
    ...((large ?? null) === (before.large ?? null) ? {} : { large: large ?? '-' }),
  };
  return stringify({ terms: changed });
}
