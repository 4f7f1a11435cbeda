/** Orders about an amount of tokens and why: asking for some, moving some. */
import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useOrder, type Ordering } from '../api/orders';
import type { Order } from '../api/types';
import { words } from '../messages';
import { numbers } from '../numbers';
import { Panel } from './panel';
import { ProblemNotice } from './problem-notice';
import { Said } from './said';

const say = words.buckets.orders;

/** A token has a million ticks: what is finer cannot be moved. */
const FINER_THAN_A_TICK = /[.,]\d{7,}\s*$/;

/** A written amount, as the reader writes numbers; nothing when it is no amount that can be moved. */
export function asTokens(written: string): number | undefined {
  const amount = numbers.read(written);
  return amount !== undefined && amount > 0 && !FINER_THAN_A_TICK.test(written) ? amount : undefined;
}

/** Asks those who decide for more. */
export function AskForm({ bucket }: { bucket: string }) {
  const [due, setDue] = useState('');
  return (
    <OrderForm
      title={say.askTitle}
      submit={say.ask}
      order={(tokens, why) => ({ order: 'request', bucket, tokens, why, due: due || null })}
    >
      <TextInput
        type="date"
        label={say.due}
        description={say.dueHelp}
        value={due}
        onChange={(event) => setDue(event.currentTarget.value)}
      />
    </OrderForm>
  );
}

type OrderFormProps = {
  title: string;
  submit: string;
  order: (tokens: number, why: string) => Order;
  children: ReactNode;
};

export function OrderForm({ title, submit, order: make, children }: OrderFormProps) {
  const [amount, setAmount] = useState('');
  const [why, setWhy] = useState('');
  const order = useOrder();
  const tokens = asTokens(amount);
  const missing = tokens === undefined ? say.noAmount : why.trim() === '' ? say.noReason : undefined;
  const give = (event: FormEvent) => {
    event.preventDefault();
    if (tokens === undefined || missing) return;
    order.mutate(make(tokens, why.trim()), {
      onSuccess: () => {
        setAmount('');
        setWhy('');
      },
    });
  };
  return (
    <Panel title={title}>
      <form onSubmit={give}>
        <Stack gap="sm">
          <TextInput
            label={say.tokens}
            inputMode="decimal"
            value={amount}
            onChange={(event) => setAmount(event.currentTarget.value)}
          />
          <TextInput
            label={say.why}
            value={why}
            maxLength={500}
            onChange={(event) => setWhy(event.currentTarget.value)}
          />
          {children}
          <OrderEnd order={order} missing={missing} submit={submit} />
        </Stack>
      </form>
    </Panel>
  );
}

type OrderEndProps = {
  order: Ordering;
  /** What has to be written before it can be given. */
  missing: string | undefined;
  submit: string;
};

/** The end of a form that gives an order: its button, why it cannot be pressed, and what became of it. */
export function OrderEnd({ order, missing, submit }: OrderEndProps) {
  return (
    <>
      <Group gap="sm">
        <Button type="submit" disabled={missing !== undefined} loading={order.isPending}>
          {submit}
        </Button>
        {missing && !order.data && (
          <Text size="sm" c="dimmed">
            {missing}
          </Text>
        )}
      </Group>
      {order.error && <ProblemNotice error={order.error} />}
      <Said done={order.data} />
    </>
  );
}
