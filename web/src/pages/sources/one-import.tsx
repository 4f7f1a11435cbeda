import { CloseButton, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { isUnknown } from '../../api/client';
import { importQuery } from '../../api/taken-in';
import type { Import } from '../../api/types';
import { counted } from '../../format';
import { words } from '../../messages';
import { Facts } from '../../parts/facts';
import { Loaded, SkeletonLines } from '../../parts/loaded';
import page from '../../parts/page.module.css';
import { Panel } from '../../parts/panel';
import { useMoments } from '../../parts/use-moments';
import { kindOf, stateOf } from './imports-panel';
import { TakeBack } from './take-back';

const say = words.imports;

type Props = { number: string; onClose: () => void };

/** One import: its receipt, and the way to take it back. */
export function OneImport({ number, onClose }: Props) {
  const found = useQuery(importQuery(number));
  return (
    <Panel title={say.one(number)} aside={<CloseButton aria-label={say.close} onClick={onClose} data-no-print />}>
      {isUnknown(found.error) ? (
        <Text c="dimmed">{say.unknown}</Text>
      ) : (
        <Loaded of={found} waiting={say.loading} skeleton={<SkeletonLines lines={5} />}>
          {(data) => (
            <Stack gap="md">
              <Receipt told={data} />
              <TakeBack told={data} />
            </Stack>
          )}
        </Loaded>
      )}
    </Panel>
  );
}

function Receipt({ told }: { told: Import }) {
  const when = useMoments();
  const { kind, at, by, files, first, last, quarantined, rejected, undone } = told;
  return (
    <>
      <Facts
        facts={[
          [say.columns.state, stateOf(told)],
          [say.columns.kind, kindOf(kind)],
          [say.columns.at, when(at)],
          [say.columns.by, by || words.table.none],
          [say.columns.files, files.join(', ') || words.table.none],
          [say.span, first && last ? say.fromTo(when(first), when(last)) : words.table.none],
        ]}
      />
      <ul>
        {countsOf(told).map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      {undone && (
        <Text>{say.undone(when(undone.at), undone.by, counted(undone.sessions), counted(undone.kept))}</Text>
      )}
      {quarantined > 0 && (
        <Link to="/sources" search={(rest) => rest} hash="uncharged" className={page.link}>
          {say.toUncharged}
        </Link>
      )}
      {rejected > 0 && (
        <Link to="/sources" search={(rest) => rest} hash="rejected" className={page.link}>
          {say.toRejected}
        </Link>
      )}
    </>
  );
}

/** The receipt, a sentence a count; counts of nothing are left out, but for what was new. */
function countsOf(told: Import): string[] {
  const { counts } = say;
  const lines: [(n: number, shown: string) => string, number][] = [
    [counts.sessions, told.sessions],
    [counts.events, told.events],
    [counts.open, told.open_sessions],
    [counts.closed, told.closed],
    [counts.duplicates, told.duplicates],
    [counts.quarantined, told.quarantined],
    [counts.rejected, told.rejected],
    [counts.overlap, told.overlap.uses],
    [counts.times, told.overlap.times],
    [counts.prices, told.overlap.prices],
  ];
  return lines.filter(([, n], place) => place === 0 || n > 0).map(([sentence, n]) => sentence(n, counted(n)));
}
