import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useChangePassword } from '../api/access';
import { words } from '../messages';
import { NewPasswordField, PasswordField, PASSWORD_LETTERS_MIN } from '../parts/password-field';
import { Failure } from '../parts/sign-in-failure';
import { useWait } from '../parts/use-wait';

const say = words.access.password;

/** Another password of one's own. */
export function OwnPassword({ name, onClose }: { name: string; onClose: () => void }) {
  const [password, setPassword] = useState('');
  const [replacement, setReplacement] = useState('');
  const [tried, setTried] = useState(false);
  const change = useChangePassword();
  const wait = useWait(change.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (password === '' || replacement.length < PASSWORD_LETTERS_MIN) return;
    change.mutate({ password, new_password: replacement });
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={say.title}
      closeButtonProps={{ 'aria-label': words.access.signIns.close }}
    >
      {change.isSuccess ? (
        <Text role="status">{say.done}</Text>
      ) : (
        <form onSubmit={submit} noValidate>
          <Stack gap="md">
            {/* Whose it is, for password managers. */}
            <input type="hidden" name="username" autoComplete="username" value={name} />
            <PasswordField
              label={say.current}
              autoComplete="current-password"
              data-autofocus
              value={password}
              error={tried && password === '' && say.currentMissing}
              onValue={setPassword}
            />
            <NewPasswordField value={replacement} tried={tried} onValue={setReplacement} />
            {change.error && <Failure error={change.error} />}
            <Text size="sm" c="dimmed">
              {say.ends}
            </Text>
            <Group justify="end">
              <Button type="submit" loading={change.isPending} disabled={wait > 0}>
                {wait > 0 ? words.signIn.waiting(wait) : say.submit}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  );
}
