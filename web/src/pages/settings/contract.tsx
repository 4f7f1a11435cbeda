import { Group, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { isForbidden } from '../../api/client';
import { useOrder } from '../../api/orders';
import { summaryQuery } from '../../api/queries';
import { termsQuery } from '../../api/settings';
import type { Terms } from '../../api/types';
import { isDay } from '../../days';
import { counted, dayOf, money, share, tokens } from '../../format';
import { words } from '../../messages';
import { numbers } from '../../numbers';
import { Facts } from '../../parts/facts';
import { Loaded, SkeletonLines } from '../../parts/loaded';
import { asTokens, OrderEnd } from '../../parts/order-form';
import pageStyles from '../../parts/page.module.css';
import { Panel } from '../../parts/panel';
import { Prose } from '../../parts/prose';
import { useRight } from '../../parts/use-right';
import { PacksPanel } from '../burn/packs-panel';
import { TermsForm } from './terms-form';

const say = words.settings.contract;

/** What is agreed of the contract, its packs, and taking in another one. */
export function ContractPart() {
  const summary = useQuery(summaryQuery).data;
  const mayBuy = useRight('buy-packs');
  return (
    <div className={pageStyles.page}>
      <TermsPanel />
      <div className={pageStyles.pair}>
        {summary && <PacksPanel today={dayOf(summary.as_of, summary.contract.zone)} />}
        {mayBuy && <BuyForm />}
      </div>
    </div>
  );
}

function TermsPanel() {
  const terms = useQuery(termsQuery);
  const contract = useQuery(summaryQuery).data?.contract;
  const mayChange = useRight('run-faregate');
  if (isForbidden(terms.error)) return null;
  return (
    <Panel title={say.title}>
      <Loaded of={terms} waiting={say.loading} skeleton={<SkeletonLines lines={5} />}>
        {(data) => (
          <Stack gap="md">
            <Facts
              facts={[
                ...(contract
                  ? [
                      [say.name, contract.name] as const,
                      [say.zone, contract.zone] as const,
                      [say.price, contract.price ? money(contract.price) : say.noPrice] as const,
                    ]
                  : []),
                ...factsOf(data),
              ]}
            />
            {mayChange && <TermsForm terms={data} />}
            <Text size="sm" c="dimmed">
              <Prose>{say.changing}</Prose>
            </Text>
          </Stack>
        )}
      </Loaded>
    </Panel>
  );
}

function factsOf(terms: Terms): (readonly [string, string])[] {
  const { owners, large, request_seconds, seat_moves_a_day, seat_hosts_max, seat_move_cost, carry_share } = terms;
  return [
    [say.owners, owners.join(', ') || words.table.none],
    [say.large, large === null || large === undefined ? say.never : words.units.tokens(large, tokens(large))],
    [say.requests, lasting(request_seconds)],
    [say.seatMoves, counted(seat_moves_a_day)],
    [say.seatHosts, seat_hosts_max === null || seat_hosts_max === undefined ? say.noLimit : counted(seat_hosts_max)],
    [say.seatMoveCost, seat_move_cost ? money(seat_move_cost) : words.table.none],
    [
      say.carry,
      carry_share === null || carry_share === undefined
        ? say.noCarry
        : say.carries(share(carry_share), lasting(terms.carry_seconds ?? 0)),
    ],
  ];
}

const HOUR_SECONDS = 3_600;
const DAY_SECONDS = 86_400;

/** A stretch of time in its largest whole unit. */
function lasting(seconds: number): string {
  const [unit, size] = seconds % DAY_SECONDS === 0 ? (['day', DAY_SECONDS] as const) : (['hour', HOUR_SECONDS] as const);
  return say.lasting[unit](seconds / size, counted(seconds / size));
}

function BuyForm() {
  const order = useOrder();
  const nothing = { name: '', amount: '', from: '', until: '', price: '', currency: 'USD' };
  const [written, setWritten] = useState(nothing);
  const set = (key: keyof typeof nothing) => (event: { currentTarget: { value: string } }) =>
    setWritten({ ...written, [key]: event.currentTarget.value });
  const bought = asTokens(written.amount);
  const missing = whatIsMissing(written, bought);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (missing || bought === undefined) return;
    const { name, from, until, price, currency } = written;
    const asMoney = price.trim() === '' ? null : { amount: String(numbers.read(price)), currency };
    order.mutate(
      { order: 'buy', name: name.trim(), tokens: bought, from, until, price: asMoney },
      { onSuccess: () => setWritten(nothing) },
    );
  };
  return (
    <Panel title={say.buy.title}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <TextInput label={say.buy.name} value={written.name} maxLength={120} onChange={set('name')} />
          <TextInput label={say.buy.tokens} inputMode="decimal" value={written.amount} onChange={set('amount')} />
          <Group gap="sm" grow>
            <TextInput type="date" label={say.buy.from} value={written.from} onChange={set('from')} />
            <TextInput type="date" label={say.buy.until} value={written.until} onChange={set('until')} />
          </Group>
          <Group gap="sm" align="end">
            <TextInput
              label={say.buy.price}
              description={say.buy.priceHelp}
              inputMode="decimal"
              value={written.price}
              onChange={set('price')}
            />
            <TextInput label={say.buy.currency} w="6rem" maxLength={3} value={written.currency} onChange={set('currency')} />
          </Group>
          <OrderEnd order={order} missing={missing} submit={say.buy.submit} />
        </Stack>
      </form>
    </Panel>
  );
}

type Written = { name: string; from: string; until: string; price: string };

function whatIsMissing({ name, from, until, price }: Written, bought: number | undefined): string | undefined {
  if (name.trim() === '') return say.buy.noName;
  if (bought === undefined) return say.buy.noTokens;
  if (!isDay(from) || !isDay(until)) return say.buy.noDays;
  if (from >= until) return say.buy.backwards;
  return price.trim() === '' || numbers.read(price) !== undefined ? undefined : say.buy.noPrice;
}
