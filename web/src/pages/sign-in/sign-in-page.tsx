import { Button, Code, Paper, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState, type FormEvent } from 'react';
import { post } from '../../api/client';
import { ME_KEY } from '../../api/queries';
import { words } from '../../messages';
import { AlertIcon } from '../../parts/icons';
import { ProblemNotice } from '../../parts/problem-notice';
import { Prose } from '../../parts/prose';
import { Mark } from '../../shell/mark';
import { signInCode } from './sign-in-code';
import styles from './sign-in-page.module.css';

export function SignInPage() {
  useEffect(() => {
    document.title = words.signIn.documentTitle;
  }, []);
  return (
    <main className={styles.page}>
      <Paper className={styles.card}>
        <Stack gap="lg">
          <Mark size={44} />
          <Stack gap="xs">
            <Title order={1} size="h2">
              {words.signIn.title}
            </Title>
            <Text>{words.signIn.how}</Text>
          </Stack>
          {isStale() && <StaleNote />}
          <Stack gap={6}>
            <Text size="sm" c="dimmed">
              {words.signIn.where}
            </Text>
            <Code block c="var(--ink)" className={styles.example}>
              {words.signIn.example(window.location.origin)}
            </Code>
          </Stack>
          <SignInForm />
          <Text size="sm" c="dimmed">
            <Prose>{words.signIn.another}</Prose>
          </Text>
        </Stack>
      </Paper>
    </main>
  );
}

/** Whether the server sent us here because a link signed nobody in. */
const isStale = () => new URLSearchParams(window.location.search).get('sign-in') === 'stale';

function StaleNote() {
  return (
    <div role="status" className={styles.stale}>
      <AlertIcon size={20} />
      <div>
        <Text fw={650}>{words.signIn.staleTitle}</Text>
        <Text size="sm">
          <Prose>{words.signIn.staleDetail}</Prose>
        </Text>
      </div>
    </div>
  );
}

function SignInForm() {
  const client = useQueryClient();
  const [pasted, setPasted] = useState('');
  const [missing, setMissing] = useState(false);
  const signIn = useMutation({
    mutationFn: (token: string) => post('/v1/sign-in', { token }),
    onSuccess: () => client.resetQueries({ queryKey: ME_KEY }),
  });

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const code = signInCode(pasted);
    setMissing(code === '');
    if (code !== '') signIn.mutate(code);
  };

  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <TextInput
          label={words.signIn.label}
          description={words.signIn.description}
          value={pasted}
          onChange={(event) => setPasted(event.currentTarget.value)}
          error={missing ? words.signIn.empty : undefined}
          autoComplete="one-time-code"
          autoCapitalize="off"
          spellCheck={false}
          size="md"
          required
          withAsterisk={false}
        />
        {signIn.error && <ProblemNotice error={signIn.error} />}
        <Button type="submit" size="md" loading={signIn.isPending}>
          {words.signIn.submit}
        </Button>
      </Stack>
    </form>
  );
}
