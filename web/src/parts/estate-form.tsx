import { Button, Group, Stack, Text } from '@mantine/core';
import type { FormEvent, ReactNode } from 'react';
import type { useEstate } from '../api/imports';
import pageStyles from './page.module.css';
import { ProblemNotice } from './problem-notice';
import { Prose } from './prose';

type Props = {
  title: string;
  submit: string;
  estate: ReturnType<typeof useEstate>;
  onSubmit: () => void;
  /** What has to be written before it can be sent. */
  missing?: string;
  /** Said in the place of what the files came to. */
  refused?: string;
  children: ReactNode;
};

/** A form that writes a row of a file of the estate, behind its heading; and what became of it. */
export function EstateForm({ title, submit, estate, onSubmit, missing, refused, children }: Props) {
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (!missing) onSubmit();
  };
  const taken = estate.data && !estate.data.dry_run ? estate.data.summary : undefined;
  return (
    <details className={pageStyles.more} data-no-print>
      <summary>{title}</summary>
      <form onSubmit={send}>
        <Stack gap="sm" mt="sm" maw="32rem">
          {children}
          <Group gap="sm">
            <Button type="submit" disabled={missing !== undefined} loading={estate.isPending}>
              {submit}
            </Button>
            {missing && (
              <Text size="sm" c="dimmed">
                {missing}
              </Text>
            )}
          </Group>
          {estate.error && <ProblemNotice error={estate.error} />}
          <Text size="sm" role="status">
            {refused ?? (taken && <Prose>{taken}</Prose>)}
          </Text>
        </Stack>
      </form>
    </details>
  );
}
