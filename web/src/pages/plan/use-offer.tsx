import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { createContext, useContext, useState, type ReactNode } from 'react';
import { numbers } from '../../numbers';
import { emptyDraft, fromToml, readDraft, toToml, type Draft } from './offer';
import { OFFER_LENGTH_MAX } from './search';

const route = getRouteApi('/plan');

/** What somebody writes: into fields, or as text. A text that fields show is kept until one of them is changed. */
export type Written = { as: 'fields'; draft: Draft; text?: string } | { as: 'text'; text: string };

type Offering = {
  /** For what it is calculated, in TOML. */
  offered: string;
  written: Written;
  write: (written: Written) => void;
  /** Offers this text: the address holds it, if it is not too long. */
  offer: (text: string) => void;
  isTooLong: boolean;
};

const Context = createContext<Offering | undefined>(undefined);

/** The offer that the parts of planning share: the address says for what is calculated, the form what is written. */
export function OfferProvider({ children }: { children: ReactNode }) {
  const { offer: addressed = '' } = route.useSearch();
  const navigate = useNavigate();
  const [written, write] = useState(() => asWritten(addressed));
  // Calculated although no address can hold it, until an address says another one.
  const [long, setLong] = useState<string>();
  const [seen, setSeen] = useState(addressed);
  if (seen !== addressed) {
    setSeen(addressed);
    const isLeft = long === undefined || addressed !== '';
    if (isLeft) setLong(undefined);
    if (isLeft && textOf(written) !== addressed) write(asWritten(addressed));
  }
  const offer = (text: string) => {
    const isTooLong = text.length > OFFER_LENGTH_MAX;
    setLong(isTooLong ? text : undefined);
    const inAddress = isTooLong || text === '' ? undefined : text;
    // Not from this route: one stays on the part of planning where one is.
    void navigate({ to: '.', search: (rest) => ({ ...rest, offer: inAddress }), resetScroll: false });
  };
  const value = { offered: long ?? addressed, written, write, offer, isTooLong: long !== undefined };
  return <Context value={value}>{children}</Context>;
}

export function useOffer(): Offering {
  const offering = useContext(Context);
  if (!offering) throw new Error('there is no offer outside of planning');
  return offering;
}

/** An offer in fields, where they can show it. */
export function asWritten(text: string): Written {
  if (text === '') return { as: 'fields', draft: emptyDraft(numbers), text };
  const read = fromToml(text, numbers);
  return 'draft' in read ? { as: 'fields', draft: read.draft, text } : { as: 'text', text };
}

/** What is written, as text; nothing while some of it cannot be. */
export function textOf(written: Written): string | undefined {
  if (written.text !== undefined) return written.text;
  const { offer, faults } = readDraft((written as { draft: Draft }).draft, numbers);
  return Object.keys(faults).length === 0 ? toToml(offer) : undefined;
}
