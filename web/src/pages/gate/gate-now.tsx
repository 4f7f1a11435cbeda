import { Stack } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { ExplainPanel } from './explain-panel';
import { NowPanel } from './now-panel';

const route = getRouteApi('/gate/');

/** Who is through the gate now, and why somebody was let through or turned away. */
export function GateNow() {
  const { decision } = route.useSearch();
  const navigate = route.useNavigate();
  const explain = (id: string) =>
    void navigate({ search: (rest) => ({ ...rest, decision: id }), resetScroll: false });
  return (
    <Stack gap="lg">
      {/* Another decision begins with its own number in the field. */}
      <ExplainPanel key={decision} decision={decision} onExplain={explain} />
      <NowPanel onExplain={explain} />
    </Stack>
  );
}
