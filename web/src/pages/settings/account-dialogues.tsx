import { Button, Checkbox, Group, Modal, NativeSelect, Stack, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useAddAccount, useChangeAccount } from '../../api/settings';
import type { Account } from '../../api/types';
import { words } from '../../messages';
import { NewPasswordField, PASSWORD_LETTERS_MIN } from '../../parts/password-field';
import { ProblemNotice } from '../../parts/problem-notice';
import { PEOPLES_ROLES } from './roles';

const say = words.settings.accounts;

type Written = { name: string; display: string; email: string; role: string; password: string; disabled: boolean };

/** An account for somebody who has none. */
export function AddAccount({ onClose }: { onClose: () => void }) {
  const add = useAddAccount();
  const nothing = { name: '', display: '', email: '', role: 'member', password: '', disabled: false };
  const save = ({ name, display, email, role, password }: Written) =>
    add.mutate(
      { name, role, password, display: display || null, email: email || null },
      { onSuccess: onClose },
    );
  return (
    <Dialogue title={say.add} onClose={onClose}>
      <AccountForm written={nothing} isNew error={add.error} busy={add.isPending} onSave={save} submit={say.add} />
    </Dialogue>
  );
}

/** Another role, another password, or no way in for now. */
export function ChangeAccount({ account, onClose }: { account: Account; onClose: () => void }) {
  const change = useChangeAccount(account.name);
  const { name, display, disabled } = account;
  const was = { name, display, email: account.email ?? '', role: account.roles[0] ?? 'member', password: '', disabled };
  const save = ({ display: shown, email, role, password, disabled: off }: Written) =>
    change.mutate(
      { display: shown, email, ...(role !== was.role && { role }), ...(password && { password }), disabled: off },
      { onSuccess: onClose },
    );
  return (
    <Dialogue title={say.changeNamed(name)} onClose={onClose}>
      <AccountForm
        written={was}
        isNew={false}
        error={change.error}
        busy={change.isPending}
        onSave={save}
        submit={say.save}
      />
    </Dialogue>
  );
}

type DialogueProps = { title: string; onClose: () => void; children: React.ReactNode };

function Dialogue({ title, onClose, children }: DialogueProps) {
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ 'aria-label': words.settings.close }}>
      {children}
    </Modal>
  );
}

type FormProps = {
  written: Written;
  isNew: boolean;
  error: Error | null;
  busy: boolean;
  submit: string;
  onSave: (written: Written) => void;
};

function AccountForm({ written: was, isNew, error, busy, submit, onSave }: FormProps) {
  const [written, setWritten] = useState(was);
  const [tried, setTried] = useState(false);
  const set = (changed: Partial<Written>) => setWritten({ ...written, ...changed });
  const isShort = (isNew || written.password !== '') && written.password.length < PASSWORD_LETTERS_MIN;
  const save = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (written.name.trim() !== '' && !isShort) onSave({ ...written, name: written.name.trim() });
  };
  return (
    <form onSubmit={save} noValidate autoComplete="off">
      <Stack gap="md">
        {isNew && (
          <TextInput
            label={say.columns.name}
            description={say.nameHelp}
            autoCapitalize="off"
            spellCheck={false}
            data-autofocus
            value={written.name}
            error={tried && written.name.trim() === '' && words.signIn.nameMissing}
            onChange={(event) => set({ name: event.currentTarget.value })}
          />
        )}
        <NativeSelect
          label={say.columns.role}
          value={written.role}
          data={PEOPLES_ROLES.map((role) => ({ value: role, label: words.access.roles[role] ?? role }))}
          onChange={(event) => set({ role: event.currentTarget.value })}
        />
        <TextInput
          label={say.columns.display}
          value={written.display}
          onChange={(event) => set({ display: event.currentTarget.value })}
        />
        <TextInput
          type="email"
          label={say.columns.email}
          value={written.email}
          onChange={(event) => set({ email: event.currentTarget.value })}
        />
        <NewPasswordField
          label={isNew ? say.firstPassword : say.anotherPassword}
          description={isNew ? say.firstPasswordHelp : say.anotherPasswordHelp}
          value={written.password}
          tried={tried && isShort}
          onValue={(password) => set({ password })}
        />
        {!isNew && (
          <Checkbox
            label={say.disabled}
            description={say.disabledHelp}
            checked={written.disabled}
            onChange={(event) => set({ disabled: event.currentTarget.checked })}
          />
        )}
        {error && <ProblemNotice error={error} />}
        <Group justify="end">
          <Button type="submit" loading={busy}>
            {submit}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
