import { Button, Stack } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { day } from '../../format';
import { words } from '../../messages';
import { Command } from '../../parts/command';
import { EmptyNote } from '../../parts/empty-note';

const route = getRouteApi('/');
const say = words.burn.daily;

/** No usage in these days: why that may be, the commands that bring some, and a wider look. */
export function DailyEmpty({ from, to }: { from: string; to: string }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <EmptyNote title={say.emptyTitle(day(from), day(to))} detail={say.emptyDetail}>
      <Stack gap="xs" align="center" maw="100%">
        <Command>{say.emptyImport}</Command>
        <Command>{say.emptyDemo}</Command>
      </Stack>
      {search.range !== '365d' && (
        <Button
          variant="default"
          size="xs"
          onClick={() => void navigate({ search: { range: '365d' }, resetScroll: false })}
        >
          {say.emptyWider}
        </Button>
      )}
    </EmptyNote>
  );
}
