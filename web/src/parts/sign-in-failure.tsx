import { Text } from '@mantine/core';
import { Problem } from '../api/client';
import { words } from '../messages';
import { AlertIcon } from './icons';
import { ProblemNotice } from './problem-notice';
import { Prose } from './prose';
import styles from './sign-in-failure.module.css';

const { failures } = words.signIn;

/** Why somebody was not let in, in the reader's language where the reason is known. */
export function Failure({ error }: { error: Error }) {
  const code = error instanceof Problem ? error.code : undefined;
  return code && failures[code] ? <Refused code={code} /> : <ProblemNotice error={error} />;
}

/** The same for a code that came with the address. */
export function Refused({ code }: { code: string }) {
  const told = failures[code];
  return (
    <div role="status" className={styles.refused}>
      <AlertIcon size={20} />
      <div>
        <Text fw={650}>{told?.title ?? words.problem.title}</Text>
        <Text size="sm">
          <Prose>{told?.detail ?? words.problem.code(code)}</Prose>
        </Text>
      </div>
    </div>
  );
}
