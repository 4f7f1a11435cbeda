import { Button, Stack, Text, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useSignIn } from '../../api/access';
import { isCode } from '../../api/client';
import { words } from '../../messages';
import { NewPasswordField, PasswordField, PASSWORD_LETTERS_MIN } from '../../parts/password-field';
import { Failure } from '../../parts/sign-in-failure';
import { useWait } from '../../parts/use-wait';
import { forgetFailure } from './wanted';

const say = words.signIn;

/** By name and password; whoever got theirs from somebody else chooses another one here. */
export function PasswordForm() {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [replacement, setReplacement] = useState('');
  const [tried, setTried] = useState(false);
  const [isReplaced, setReplaced] = useState(false);
  const signIn = useSignIn(forgetFailure);
  const wait = useWait(signIn.error);
  const isShort = isReplaced && replacement.length < PASSWORD_LETTERS_MIN;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (name.trim() === '' || password === '' || isShort) return;
    const proof = { name: name.trim(), password, ...(isReplaced && { new_password: replacement }) };
    signIn.mutate(proof, {
      onError: (error) => {
        if (!isCode(error, 'password-must-change')) return;
        setTried(false);
        setReplaced(true);
      },
    });
  };
  const failure = signIn.error && !isCode(signIn.error, 'password-must-change') ? signIn.error : null;
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <TextInput
          label={say.name}
          name="username"
          autoComplete="username"
          autoCapitalize="off"
          spellCheck={false}
          size="md"
          value={name}
          error={tried && name.trim() === '' && say.nameMissing}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <PasswordField
          label={say.password}
          autoComplete="current-password"
          size="md"
          value={password}
          error={tried && password === '' && say.passwordMissing}
          onValue={setPassword}
        />
        {isReplaced && (
          <>
            <Text role="status">{say.mustChange}</Text>
            <NewPasswordField size="md" autoFocus value={replacement} tried={tried} onValue={setReplacement} />
          </>
        )}
        {failure && <Failure error={failure} />}
        <Button type="submit" size="md" loading={signIn.isPending} disabled={wait > 0}>
          {wait > 0 ? say.waiting(wait) : isReplaced ? say.changeAndSignIn : say.submit}
        </Button>
      </Stack>
    </form>
  );
}
