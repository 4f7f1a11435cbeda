import { Stack, Text } from '@mantine/core';
import { useQuery, type UseQueryOptions } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { words } from '../../messages';
import { Loaded, SkeletonLines } from '../../parts/loaded';
import { Panel } from '../../parts/panel';
import { isRefusal } from './offer-faults';
import type { Named } from './offer-fields';
import { OfferForm } from './offer-form';
import type { Part } from './offer-parts';
import { useOffer } from './use-offer';

const say = words.plan.offer;

type Props<T, Key extends readonly unknown[]> = {
  part: Part;
  title: string;
  waiting: string;
  /** The question, for an offer in TOML. */
  query: (offered: string) => UseQueryOptions<T, Error, T, Key>;
  /** The offerings that an answer names. */
  offerings?: (data: T) => Named[];
  answer: (data: T) => ReactNode;
  /** The panels below the answer. */
  more: (data: T) => ReactNode;
};

/** What is calculated for an offer: its form, the answer, and what is behind it. */
export function Offered<T, Key extends readonly unknown[]>(props: Props<T, Key>) {
  const { part, title, waiting, query, offerings, answer, more } = props;
  const { offered } = useOffer();
  const asked = useQuery(query(offered));
  // An offer that is refused takes no answer away: the one before stays.
  const [last, setLast] = useState(asked.data);
  if (asked.data !== undefined && asked.data !== last) setLast(asked.data);
  const data = asked.data ?? last;
  const refused = isRefusal(asked.error) ? asked.error : undefined;
  return (
    <Stack gap="lg">
      <Panel title={title} busy={asked.isPlaceholderData}>
        <Stack gap="md">
          <OfferForm
            part={part}
            busy={asked.isFetching}
            refused={refused}
            offerings={data ? offerings?.(data) : asked.error ? [] : undefined}
          />
          {refused && <Text c="dimmed">{data === undefined ? say.noAnswer : say.ofBefore}</Text>}
          {(!refused || data !== undefined) && (
            <Loaded of={{ ...asked, data, error: refused ? null : asked.error }} waiting={waiting} skeleton={<SkeletonLines lines={5} />}>
              {answer}
            </Loaded>
          )}
        </Stack>
      </Panel>
      {data !== undefined && more(data)}
    </Stack>
  );
}
