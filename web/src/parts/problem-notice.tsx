import { Alert, Button, Stack, Text } from '@mantine/core';
import { Problem } from '../api/client';
import { words } from '../messages';
import { AlertIcon } from './icons';

type Props = { error: Error; onRetry?: () => void; busy?: boolean };

/** A failure in the server's own words: what happened, what helps, and a way to try again. */
export function ProblemNotice({ error, onRetry, busy = false }: Props) {
  const problem = error instanceof Problem ? error : undefined;
  return (
    <Alert color="red" variant="light" title={problem?.message ?? words.problem.unexpected} icon={<AlertIcon />}>
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{problem ? problem.detail : error.message}</Text>
        {problem?.help && (
          <Text size="sm" fw={600}>
            {problem.help}
          </Text>
        )}
        {problem?.code && (
          <Text size="xs" ff="monospace">
            {words.problem.code(problem.code)}
          </Text>
        )}
        {onRetry && (
          <Button size="xs" variant="default" onClick={onRetry} loading={busy}>
            {words.problem.retry}
          </Button>
        )}
      </Stack>
    </Alert>
  );
}
