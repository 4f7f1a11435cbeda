import { Stack, Text, TextInput } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useBring } from '../../api/imports';
import type { LogBatch, LogTaken } from '../../api/types';
import { counted, day } from '../../format';
import { words } from '../../messages';
import { Facts } from '../../parts/facts';
import { FileDrop } from '../../parts/file-drop';
import page from '../../parts/page.module.css';
import { Panel } from '../../parts/panel';
import { Prose } from '../../parts/prose';
import { usageSpan } from '../burn/search';
import { Brought, Progress } from './brought';

const say = words.welcome.use;

const ZONES = 'zones-of-the-world';

/** A file of use, told by what is in it. */
export function UsePanel({ contractZone }: { contractZone: string }) {
  // Logs of licence servers name no zone: that of the contract is the likeliest.
  const [zone, setZone] = useState(contractZone);
  const { bring, sent } = useBring('/v1/imports/log', 'application/octet-stream', ({ name }) => ({ name, zone }));
  return (
    <Panel title={say.title} id="use">
      <Stack gap="md">
        <Text>
          <Prose>{say.detail}</Prose>
        </Text>
        <TextInput
          label={say.zone}
          description={say.zoneHelp}
          list={ZONES}
          value={zone}
          onChange={(event) => setZone(event.currentTarget.value)}
        />
        <datalist id={ZONES}>
          {Intl.supportedValuesOf('timeZone').map((each) => (
            <option key={each} value={each} />
          ))}
        </datalist>
        <FileDrop
          label={bring.data ? words.files.another : say.choose}
          accept=".log,.txt,.csv,.json,.gz,.zst,.zip"
          disabled={bring.isPending}
          onFile={(file) => bring.mutate(file)}
        />
        <Progress bring={bring} sent={sent} />
        {bring.data && <Taken taken={bring.data} />}
        <Text size="sm" c="dimmed">
          <Prose>{say.large}</Prose>
        </Text>
      </Stack>
    </Panel>
  );
}

function Taken({ taken: { imports, rejected, rejected_lines, passed_over, unlisted } }: { taken: LogTaken }) {
  const lines = rejected.map(({ line, reason }) => ({ line, why: reason }));
  return (
    <Brought kept={lines} keptCount={rejected_lines} isNothing={imports.length === 0}>
      {imports.map((batch) => (
        <Batch key={batch.kind} batch={batch} />
      ))}
      {unlisted && <Text size="sm">{say.unlisted(unlisted)}</Text>}
      {rejected_lines > 0 && !unlisted && (
        <Link to="/sources" hash="rejected" className={page.link}>
          {say.toRejected}
        </Link>
      )}
      {passed_over.map(({ what, why }) => (
        <Text key={what} size="sm">
          {what}: <Prose>{why}</Prose>
        </Text>
      ))}
    </Brought>
  );
}

function Batch({ batch: { kind, number, sessions, duplicates, quarantined, first, last } }: { batch: LogBatch }) {
  const span = first && last ? usageSpan({ first: first.slice(0, 10), last: last.slice(0, 10) }) : undefined;
  return (
    <>
      <Facts
        facts={[
          [say.kind, say.kinds[kind] ?? kind],
          [say.sessions, counted(sessions)],
          [say.duplicates, counted(duplicates)],
          [say.quarantined, counted(quarantined)],
        ]}
      />
      {number !== null && number !== undefined && (
        <Link to="/sources" search={{ import: String(number) }} className={page.link}>
          {say.toImport(counted(number))}
        </Link>
      )}
      {quarantined > 0 && (
        <Link to="/sources" hash="uncharged" className={page.link}>
          {say.toUncharged}
        </Link>
      )}
      {span && (
        <Link to="/burn" search={span} className={page.link}>
          {say.toDays(day(span.from), day(span.to))}
        </Link>
      )}
    </>
  );
}
