import type { BucketNode } from '../../api/types';

/** A bucket in its place: how deep it lies, and the name of the one above. */
export type Placed = { bucket: BucketNode; depth: number; above: string | undefined };

/** Each bucket after the one above it. One whose parent is not there stands at the top. */
export function inTreeOrder(buckets: readonly BucketNode[]): Placed[] {
  const byKey = new Map(buckets.map((bucket) => [bucket.key, bucket]));
  const below = new Map<string | undefined, BucketNode[]>();
  for (const bucket of buckets) {
    const parent = bucket.parent && byKey.has(bucket.parent) ? bucket.parent : undefined;
    below.set(parent, [...(below.get(parent) ?? []), bucket]);
  }
  const place = (parent: string | undefined, depth: number): Placed[] =>
    (below.get(parent) ?? []).flatMap((bucket) => [
      { bucket, depth, above: parent && byKey.get(parent)?.name },
      ...place(bucket.key, depth + 1),
    ]);
  return place(undefined, 0);
}
