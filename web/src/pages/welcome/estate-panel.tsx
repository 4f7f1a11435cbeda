import { Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useEstate, type EstateFile } from '../../api/imports';
import type { EstateTaken } from '../../api/types';
import { words } from '../../messages';
import { FileDrop } from '../../parts/file-drop';
import { Panel } from '../../parts/panel';
import { ProblemNotice } from '../../parts/problem-notice';
import { Prose } from '../../parts/prose';

const say = words.welcome.estate;

/** A file of people, buckets or seats: what it would change, and then changes. */
export function EstatePanel() {
  const [file, setFile] = useState<EstateFile | null>(null);
  const estate = useEstate();
  const choose = async (chosen: File) => {
    const read = { name: chosen.name, text: await chosen.text() };
    setFile(read);
    estate.mutate({ files: [read], dryRun: true });
  };
  return (
    <Panel title={say.title} id="estate">
      <Stack gap="md">
        <Text>
          <Prose>{say.detail}</Prose>
        </Text>
        <FileDrop
          label={say.choose}
          accept=".csv,.toml"
          disabled={estate.isPending}
          onFile={(chosen) => void choose(chosen)}
        />
        {estate.error && <ProblemNotice error={estate.error} />}
        {estate.data && <Told taken={estate.data} />}
        {file && estate.data?.dry_run && estate.data.changes.length > 0 && (
          <Group>
            <Button loading={estate.isPending} onClick={() => estate.mutate({ files: [file], dryRun: false })}>
              {say.apply}
            </Button>
          </Group>
        )}
      </Stack>
    </Panel>
  );
}

function Told({ taken: { dry_run, summary, changes, notes } }: { taken: EstateTaken }) {
  const title = !dry_run ? words.welcome.done.title : changes.length === 0 ? say.nothing : say.would;
  return (
    <Stack gap="xs" role="status">
      <Text fw={650}>{title}</Text>
      <Text>
        <Prose>{summary}</Prose>
      </Text>
      {notes.map((note) => (
        <Text key={note} size="sm">
          <Prose>{note}</Prose>
        </Text>
      ))}
    </Stack>
  );
}
