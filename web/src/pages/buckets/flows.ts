/** From balances and burn to flows of tokens: packs, the pool, buckets, products. A flow is one amount of the server. */
import type { Balances, Burn } from '../../api/types';

export type FlowNode = { id: string; name: string; kind: 'pack' | 'pool' | 'bucket' | 'product' | 'rest' };
export type Flow = { from: FlowNode; to: FlowNode; tokens: number };

/** What the nodes are called that bear no name of the estate. */
export type FlowWords = { pool: string; unallocated: string; available: string; held: string; others: string };

export type SpentOn = { bucket: string; burn: Burn };

/** The flows, in the order in which tokens pass; `known` are the products that get a place of their own. */
export function flowsOf(
  { packs, buckets, unallocated }: Balances,
  spent: readonly SpentOn[],
  known: ReadonlySet<string>,
  words: FlowWords,
): Flow[] {
  const pool: FlowNode = { id: 'pool', name: words.pool, kind: 'pool' };
  const rest = (id: 'unallocated' | 'available' | 'held'): FlowNode => ({ id, name: words[id], kind: 'rest' });
  const shown = new Map(spent.map(({ bucket, burn }) => [bucket, burn]));
  const flows: Flow[] = packs.map(({ id, name, bought }) => ({
    from: { id: `pack ${id}`, name, kind: 'pack' },
    to: pool,
    tokens: bought,
  }));
  flows.push({ from: pool, to: rest('unallocated'), tokens: unallocated });
  for (const { key, name, allocated, available, held } of buckets) {
    const burn = shown.get(key);
    if (!burn) continue;
    const bucket: FlowNode = { id: `bucket ${key}`, name, kind: 'bucket' };
    flows.push({ from: pool, to: bucket, tokens: allocated });
    for (const row of burn.rows) {
      // What has no place of its own flows there by itself: nothing is added up here.
      const product = known.has(row.key) ? { id: `product ${row.key}`, name: row.name } : { id: 'others', name: words.others };
      flows.push({ from: bucket, to: { ...product, kind: 'product' }, tokens: row.tokens });
    }
    flows.push({ from: bucket, to: rest('available'), tokens: available }, { from: bucket, to: rest('held'), tokens: held });
  }
  return flows.filter(({ tokens }) => tokens > 0);
}
