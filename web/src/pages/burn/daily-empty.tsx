import { Button, Stack } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Usage } from '../../api/types';
import { day } from '../../format';
import { words } from '../../messages';
import { Command } from '../../parts/command';
import { EmptyNote } from '../../parts/empty-note';
import { usageSpan } from './search';

const say = words.burn.daily;

type Props = { from: string; to: string; usage: Usage | null };

/** No usage in these days: on which days there is some, or the commands that bring the first. */
export function DailyEmpty({ from, to, usage }: Props) {
  const title = say.emptyTitle(day(from), day(to));
  if (usage) {
    return (
      <EmptyNote title={title} detail={say.usageDetail(day(usage.first), day(usage.last))}>
        <ShowUsage usage={usage} />
      </EmptyNote>
    );
  }
  return (
    <EmptyNote first title={title} detail={say.emptyDetail}>
      <Stack gap="xs" align="center" maw="100%">
        <Command>{say.emptyImport}</Command>
        <Command>{say.emptyDemo}</Command>
      </Stack>
    </EmptyNote>
  );
}

function ShowUsage({ usage }: { usage: Usage }) {
  const span = usageSpan(usage);
  return (
    <Button
      size="xs"
      renderRoot={(props) => (
        <Link to="/burn" search={(rest) => ({ ...rest, range: undefined, ...span })} resetScroll={false} {...props} />
      )}
    >
      {say.usageShow(day(span.from), day(span.to))}
    </Button>
  );
}
