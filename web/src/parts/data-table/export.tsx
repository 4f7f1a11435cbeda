import { Button, Popover, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { getFile, type Query } from '../../api/client';
import { words } from '../../messages';
import { ProblemNotice } from '../problem-notice';
import { saveFile } from '../save-file';

const say = words.table;
const FORMATS = ['csv', 'xlsx'] as const;

/** Takes the table along: the server's file of all rows that its filters leave. */
export function Export({ path, query }: { path: string; query: Query }) {
  const making = useMutation({
    mutationFn: (format: (typeof FORMATS)[number]) => getFile(path, { ...query, format }),
    onSuccess: saveFile,
  });
  return (
    <Popover position="bottom-end" shadow="md" trapFocus returnFocus width={280}>
      <Popover.Target>
        <Button variant="default">{say.export}</Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={say.export}>
        <Stack gap="sm">
          <Text size="sm" c="dimmed">
            {say.exportHelp}
          </Text>
          {FORMATS.map((format) => (
            <Button
              key={format}
              variant="default"
              loading={making.isPending && making.variables === format}
              onClick={() => making.mutate(format)}
            >
              {say.exports[format]}
            </Button>
          ))}
          <Text size="sm" role="status">
            {making.data && say.exported(making.data.name)}
          </Text>
          {making.error && <ProblemNotice error={making.error} />}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
