import { Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { ownCapsQuery } from '../../api/me';
import type { Cap } from '../../api/types';
import { tokens } from '../../format';
import { words } from '../../messages';
import { Meter } from '../../parts/meter';

const say = words.me.caps;

/** Each cap that counts for the reader, and how far it is used up; nothing where there is none. */
export function CapsPanel() {
  const caps = useQuery(ownCapsQuery).data?.rows.filter(({ mode }) => mode === 'enforce') ?? [];
  if (caps.length === 0) {
    return (
      <Text size="sm" c="dimmed" mt="md">
        {say.none}
      </Text>
    );
  }
  return (
    <Stack gap="sm" mt="md">
      {caps.map((cap) => (
        <OneCap key={cap.key} cap={cap} />
      ))}
    </Stack>
  );
}

function OneCap({ cap: { key, measure, span, product, limit, counted, then, each } }: { cap: Cap }) {
  const label = say.label(say.measures[measure] ?? measure, say.spans[span] ?? span, product ?? undefined);
  const used = say.used(tokens(counted ?? 0), tokens(limit));
  return (
    <div>
      <Text size="sm" fw={600}>
        {label}
        {each === 'together' && ` ${say.together}`}
      </Text>
      <Meter label={`${label} (${key})`} value={counted ?? 0} max={limit} valueText={used} />
      <Text size="sm" c="dimmed">
        {used} {then === 'confirm' ? say.confirms : say.refuses}
      </Text>
    </div>
  );
}
