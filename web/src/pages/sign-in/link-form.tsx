import { Button, Code, Stack, Text, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useSignIn } from '../../api/access';
import { words } from '../../messages';
import { Prose } from '../../parts/prose';
import { Failure } from '../../parts/sign-in-failure';
import { signInCode } from './sign-in-code';
import styles from './sign-in-page.module.css';
import { forgetFailure } from './wanted';

const say = words.signIn;

/** By the link that the server printed, pasted as a whole or in part. */
export function LinkForm() {
  const [pasted, setPasted] = useState('');
  const [missing, setMissing] = useState(false);
  const signIn = useSignIn(forgetFailure);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const token = signInCode(pasted);
    setMissing(token === '');
    if (token !== '') signIn.mutate({ token });
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <Text>{say.how}</Text>
        <Stack gap={6}>
          <Text size="sm" c="dimmed">
            {say.where}
          </Text>
          <Code block c="var(--ink)" className={styles.example}>
            {say.example(window.location.origin)}
          </Code>
        </Stack>
        <TextInput
          label={say.label}
          description={say.description}
          value={pasted}
          onChange={(event) => setPasted(event.currentTarget.value)}
          error={missing ? say.empty : undefined}
          autoComplete="one-time-code"
          autoCapitalize="off"
          spellCheck={false}
          size="md"
          required
          withAsterisk={false}
        />
        {signIn.error && <Failure error={signIn.error} />}
        <Button type="submit" size="md" loading={signIn.isPending}>
          {say.submitLink}
        </Button>
        <Text size="sm" c="dimmed">
          <Prose>{say.another}</Prose>
        </Text>
      </Stack>
    </form>
  );
}
