import { NativeSelect, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { productsQuery, quoteQuery } from '../../api/me';
import type { OnePerson, Quoted } from '../../api/types';
import { money, tokens } from '../../format';
import { words } from '../../messages';
import { Badge } from '../../parts/badge';
import { Facts } from '../../parts/facts';
import { Loaded, SkeletonLines } from '../../parts/loaded';
import styles from '../../parts/page.module.css';
import { Panel } from '../../parts/panel';
import { Prose } from '../../parts/prose';
import type { MySearch } from './search';

const route = getRouteApi('/me');
const say = words.me.quote;

/** Where one has nothing open, no workstation is known to ask for. */
const SOME_HOST = 'any';

/** What opening a product would come to now, before anything is charged. */
export function QuotePanel({ person }: { person: OnePerson }) {
  const { product } = route.useSearch();
  const navigate = route.useNavigate();
  const products = useQuery(productsQuery);
  const choose = (key: string) =>
    void navigate({ search: (rest: MySearch) => ({ ...rest, product: key || undefined }), resetScroll: false });
  return (
    <Panel title={say.title}>
      <Stack gap="md">
        <Loaded of={products} waiting={say.loadingProducts} skeleton={<SkeletonLines lines={1} height={36} />}>
          {({ rows }) => (
            <NativeSelect
              label={say.product}
              value={product ?? ''}
              data={[{ value: '', label: say.choose }, ...rows.map(({ key, name }) => ({ value: key, label: name }))]}
              onChange={(event) => choose(event.currentTarget.value)}
            />
          )}
        </Loaded>
        {product ? <Quote person={person} product={product} /> : <Text c="dimmed">{say.none}</Text>}
      </Stack>
    </Panel>
  );
}

function Quote({ person, product }: { person: OnePerson; product: string }) {
  const host = person.sessions[0]?.host ?? SOME_HOST;
  const quote = useQuery(quoteQuery(person.key, product, host));
  return (
    <Loaded of={quote} waiting={say.loading} skeleton={<SkeletonLines lines={3} />}>
      {(data) => <Told quote={data} bucket={person.bucket ?? undefined} />}
    </Loaded>
  );
}

const TONES = { seat: 'good', 'free-seat': 'good', tokens: 'plain', refused: 'warn' } as const;

function Told({ quote, bucket }: { quote: Quoted; bucket: string | undefined }) {
  const { route: fare, tokens: cost, money: price, left, refusal, warnings, alternatives } = quote;
  return (
    <Stack gap="sm" role="status">
      <Text>
        <Badge tone={TONES[fare as keyof typeof TONES] ?? 'plain'}>{say.fares[fare] ?? fare}</Badge>{' '}
        {sentence(quote)}
      </Text>
      {fare === 'tokens' && (
        <Facts
          facts={[
            [say.cost, words.units.tokens(cost, tokens(cost))],
            ...(price ? ([[say.price, money(price)]] as const) : []),
            ...(left !== null && left !== undefined ? ([[say.leftAfter, tokens(left)]] as const) : []),
          ]}
        />
      )}
      {refusal && (
        <>
          <Text fw={600}>{refusal.say ?? refusal.detail}</Text>
          <List title={say.remedies} items={refusal.remedies} />
        </>
      )}
      {warnings.length > 0 && <List title={say.warnings} items={warnings} />}
      {alternatives.length > 0 && <List title={say.alternatives} items={alternatives.map(({ text }) => text)} />}
      {fare === 'refused' && bucket && (
        <Link to="/buckets/$key" params={{ key: bucket }} className={styles.link}>
          {say.ask}
        </Link>
      )}
    </Stack>
  );
}

/** What it comes to, in a sentence; the unit that runs already is not paid twice. */
function sentence({ route: fare, tokens: cost, meter }: Quoted): string {
  if (fare === 'seat') return say.onSeat;
  if (fare === 'free-seat') return say.onFreeSeat;
  if (fare !== 'tokens') return say.refused;
  return cost === 0 ? say.paidAlready : say.onTokens(say.meters[meter ?? ''] ?? meter ?? '');
}

function List({ title, items }: { title: string; items: string[] }) {
  return (
    <div>
      <Text size="sm" c="dimmed">
        {title}
      </Text>
      <ul>
        {items.map((item) => (
          <li key={item}>
            <Prose>{item}</Prose>
          </li>
        ))}
      </ul>
    </div>
  );
}
