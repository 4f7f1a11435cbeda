import { Stack, Text } from '@mantine/core';
import { useBring } from '../../api/imports';
import { words } from '../../messages';
import { FileDrop } from '../../parts/file-drop';
import { Panel } from '../../parts/panel';
import { Prose } from '../../parts/prose';
import { Brought, Progress } from './brought';

const say = words.welcome;

/** The vendor's usage report. */
export function ExportPanel() {
  const { bring, sent } = useBring('/v1/imports/token-usage', 'text/csv');
  return (
    <Panel title={say.export.title}>
      <Stack gap="md">
        <Text>
          <Prose>{say.export.detail}</Prose>
        </Text>
        <FileDrop
          label={bring.data ? words.files.another : say.export.choose}
          accept=".csv,text/csv"
          disabled={bring.isPending}
          onFile={(file) => bring.mutate(file)}
        />
        <Progress bring={bring} sent={sent} />
        {bring.data && <Brought text={bring.data.text} kept={[...bring.data.rejected, ...bring.data.quarantined]} />}
      </Stack>
    </Panel>
  );
}
