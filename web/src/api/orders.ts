/** Orders: what a reader asks the server to do, each carried out once however often it is sent. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { postFor } from './client';
import { LIVE_KEY } from './queries';
import type { Order, OrderDone } from './types';

/** A name for one order. `randomUUID` is missing where a page is served without HTTPS. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Gives an order; who may act for others can name for whom. */
export function giveOrder(order: Order, key: string, onBehalfOf?: string): Promise<OrderDone> {
  const acting: Record<string, string> = onBehalfOf ? { 'Faregate-On-Behalf-Of': utf8(onBehalfOf) } : {};
  return postFor('/v1/orders', { body: order, headers: { 'Idempotency-Key': key, ...acting } });
}

/**
 * Gives orders, and asks again for what they changed.
 * An order that is tried once more after a failure bears its first name: what the server has done already,
 * although the answer was lost, is not done twice.
 */
export function useOrder(onBehalfOf?: string) {
  const client = useQueryClient();
  const tried = useRef<{ text: string; key: string } | null>(null);
  return useMutation({
    mutationFn: (order: Order) => {
      const text = JSON.stringify([order, onBehalfOf]);
      if (tried.current?.text !== text) tried.current = { text, key: newKey() };
      return giveOrder(order, tried.current.key, onBehalfOf);
    },
    onSuccess: () => {
      tried.current = null;
      return client.invalidateQueries({ queryKey: LIVE_KEY });
    },
  });
}

export type Ordering = ReturnType<typeof useOrder>;

/** A header carries bytes; the browser makes one of each letter, so each has to be a byte of UTF-8. */
function utf8(text: string): string {
  return String.fromCharCode(...new TextEncoder().encode(text));
}
