import { Button, Group, Stack, Text } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { useUndo } from '../../api/taken-in';
import type { Import, ImportUndo } from '../../api/types';
import { counted, tokens } from '../../format';
import { words } from '../../messages';
import { PlainTable } from '../../parts/plain-table';
import { ProblemNotice } from '../../parts/problem-notice';
import { useRight } from '../../parts/use-right';

const say = words.imports.undo;

/** Takes an import back, once the reader has seen what that does. */
export function TakeBack({ told: { number, undone } }: { told: Import }) {
  const mayUndo = useRight('run-faregate');
  const undo = useUndo(number);
  const why = mayUndo === false ? say.noRight : undone ? say.undoneAlready : undefined;
  const tried = undo.data?.dry_run ? undo.data : undefined;
  const done = undo.data && !undo.data.dry_run ? undo.data : undefined;
  const place = useRef<HTMLDivElement>(null);
  const stage = done ? 'done' : tried ? 'tried' : 'asked';
  const before = useRef(stage);
  useEffect(() => {
    // The button that was pressed is gone: the next Tab leads to what stands in its place.
    if (before.current !== stage) place.current?.focus();
    before.current = stage;
  }, [stage]);
  return (
    <Stack gap="sm" ref={place} tabIndex={-1}>
      <div role="status">
        {tried && <Consequences title={say.would} undo={tried} />}
        {done && <Consequences title={say.done} undo={done} />}
      </div>
      {!done && (
        <Group gap="sm" data-no-print>
          {tried ? (
            <>
              <Button color="red" loading={undo.isPending} onClick={() => undo.mutate({ dryRun: false })}>
                {say.confirm(counted(number))}
              </Button>
              <Button variant="default" disabled={undo.isPending} onClick={undo.reset}>
                {say.keep}
              </Button>
            </>
          ) : (
            <Button
              variant="default"
              disabled={why !== undefined || mayUndo === undefined}
              loading={undo.isPending}
              onClick={() => undo.mutate({ dryRun: true })}
            >
              {say.look}
            </Button>
          )}
          <Text size="sm" c="dimmed">
            {why ?? (tried ? say.confirmHelp : say.lookHelp)}
          </Text>
        </Group>
      )}
      {undo.error && <ProblemNotice error={undo.error} />}
    </Stack>
  );
}

/** What goes, what stays, and what each bucket has before and after. */
function Consequences({ title, undo }: { title: string; undo: ImportUndo }) {
  const { sessions, kept, reopened, reversed, charged, buckets, uncovered } = undo;
  const lines: [(n: number, shown: string) => string, number][] = [
    [say.sessions, sessions],
    [say.kept, kept],
    [say.reopened, reopened],
    [say.reversed, reversed],
    [say.charged, charged],
  ];
  return (
    <Stack gap="sm">
      <Text fw={650}>{title}</Text>
      <ul>
        {lines
          .filter(([, n], place) => place === 0 || n > 0)
          .map(([sentence, n]) => (
            <li key={sentence(n, counted(n))}>{sentence(n, counted(n))}</li>
          ))}
        {uncovered.before !== uncovered.after && (
          <li>{say.uncovered(tokens(uncovered.before), tokens(uncovered.after))}</li>
        )}
        <li>{say.stays}</li>
      </ul>
      {buckets.length === 0 ? (
        <Text c="dimmed">{say.noBucket}</Text>
      ) : (
        <PlainTable
          label={say.buckets}
          rows={buckets}
          rowKey={({ bucket }) => bucket}
          columns={[
            { head: say.columns.bucket, cell: ({ name }) => name },
            { head: say.columns.spent, kind: 'number', cell: ({ spent }) => tokens(spent.before) },
            { head: say.columns.spentAfter, kind: 'number', cell: ({ spent }) => tokens(spent.after) },
            { head: say.columns.available, kind: 'number', cell: ({ available }) => tokens(available.before) },
            { head: say.columns.availableAfter, kind: 'number', cell: ({ available }) => tokens(available.after) },
          ]}
        />
      )}
    </Stack>
  );
}
