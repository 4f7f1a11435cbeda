import { Stack } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useCallback, useEffect, useRef } from 'react';
import { DecisionsPanel } from './decisions-panel';
import { ExplainPanel } from './explain-panel';
import { NowPanel } from './now-panel';

const route = getRouteApi('/gate/');

/** Who is through the gate now, and why somebody was let through or turned away. */
export function GateNow() {
  const { decision } = route.useSearch();
  const navigate = route.useNavigate();
  const explain = useCallback(
    (id: string) => void navigate({ search: (rest) => ({ ...rest, decision: id }), resetScroll: false }),
    [navigate],
  );
  const explained = useRef<HTMLDivElement>(null);
  // The rows that one explains stand below: what they lead to must not be out of sight.
  useEffect(() => {
    if (decision) explained.current?.scrollIntoView?.({ block: 'nearest' });
  }, [decision]);
  return (
    <Stack gap="lg">
      <div ref={explained}>
        {/* Another decision begins with its own number in the field. */}
        <ExplainPanel key={decision} decision={decision} onExplain={explain} />
      </div>
      <DecisionsPanel />
      <NowPanel onExplain={explain} />
    </Stack>
  );
}
