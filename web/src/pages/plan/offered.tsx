import { Stack } from '@mantine/core';
import { useQuery, type UseQueryOptions } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { Loaded, SkeletonLines } from '../../parts/loaded';
import { Panel } from '../../parts/panel';
import { OfferForm } from './offer-form';

type Props<T, Key extends readonly unknown[]> = {
  title: string;
  waiting: string;
  /** The question, for an offer in TOML. */
  query: (offered: string) => UseQueryOptions<T, Error, T, Key>;
  answer: (data: T) => ReactNode;
  /** The panels below the answer. */
  more: (data: T) => ReactNode;
};

/** What is calculated for an offer: its form, the answer, and what is behind it. */
export function Offered<T, Key extends readonly unknown[]>({ title, waiting, query, answer, more }: Props<T, Key>) {
  const [offered, setOffered] = useState('');
  const asked = useQuery(query(offered));
  return (
    <Stack gap="lg">
      <Panel title={title} busy={asked.isPlaceholderData}>
        <Stack gap="md">
          <OfferForm onOffer={setOffered} busy={asked.isFetching} />
          <Loaded of={asked} waiting={waiting} skeleton={<SkeletonLines lines={5} />}>
            {answer}
          </Loaded>
        </Stack>
      </Panel>
      {asked.data !== undefined && more(asked.data)}
    </Stack>
  );
}
