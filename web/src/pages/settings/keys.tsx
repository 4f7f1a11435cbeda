import { Button, Group, Modal, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { isForbidden } from '../../api/client';
import { keysQuery, useMakeKey, useRevokeKey } from '../../api/settings';
import type { ApiKey } from '../../api/types';
import { words } from '../../messages';
import { Command } from '../../parts/command';
import { EmptyNote } from '../../parts/empty-note';
import { Loaded, SkeletonLines } from '../../parts/loaded';
import { Panel } from '../../parts/panel';
import { PlainTable } from '../../parts/plain-table';
import { ProblemNotice } from '../../parts/problem-notice';
import { useMoments } from '../../parts/use-moments';
import { useRight } from '../../parts/use-right';
import { Withheld } from '../../parts/withheld';
import { MACHINES_ROLES, PEOPLES_ROLES } from './roles';

const say = words.settings.keys;

/** With what programs come in. */
export function KeysPart() {
  const keys = useQuery(keysQuery);
  const mayManage = useRight('manage-access') === true;
  const [opened, setOpened] = useState<ApiKey | 'new' | null>(null);
  if (isForbidden(keys.error)) return <Withheld title={say.title}>{words.settings.accounts.withheld}</Withheld>;
  const make = (
    <Button disabled={!mayManage} onClick={() => setOpened('new')}>
      {say.make}
    </Button>
  );
  return (
    <Panel title={say.title} aside={make}>
      <Stack gap="md">
        {!mayManage && (
          <Text size="sm" c="dimmed">
            {words.settings.readOnly}
          </Text>
        )}
        <Loaded of={keys} waiting={say.loading} skeleton={<SkeletonLines lines={4} height={34} />}>
          {(rows) =>
            rows.length === 0 ? (
              <EmptyNote title={say.emptyTitle} detail={say.emptyDetail} />
            ) : (
              <Keys rows={rows} onRevoke={mayManage ? setOpened : undefined} />
            )
          }
        </Loaded>
      </Stack>
      {opened === 'new' && <MakeKey onClose={() => setOpened(null)} />}
      {opened && opened !== 'new' && <RevokeKey apiKey={opened} onClose={() => setOpened(null)} />}
    </Panel>
  );
}

function Keys({ rows, onRevoke }: { rows: ApiKey[]; onRevoke?: (key: ApiKey) => void }) {
  const when = useMoments();
  return (
    <PlainTable
      label={say.title}
      rows={rows}
      rowKey={({ id }) => id}
      columns={[
        { head: say.columns.name, cell: ({ name }) => name },
        { head: say.columns.role, cell: ({ role }) => words.access.roles[role] ?? role },
        { head: say.columns.ends, cell: ({ expires }) => (expires ? when(expires) : say.never) },
        { head: say.columns.id, cell: ({ id }) => id },
        ...(onRevoke
          ? [
              {
                head: say.columns.revoke,
                cell: (key: ApiKey) => (
                  <Button
                    size="compact-sm"
                    variant="default"
                    aria-label={say.revokeNamed(key.name, key.id)}
                    onClick={() => onRevoke(key)}
                  >
                    {say.revoke}
                  </Button>
                ),
              },
            ]
          : []),
      ]}
    />
  );
}

function RevokeKey({ apiKey: { id, name }, onClose }: { apiKey: ApiKey; onClose: () => void }) {
  const revoke = useRevokeKey();
  return (
    <Modal opened onClose={onClose} title={say.revokeNamed(name, id)} closeButtonProps={{ 'aria-label': words.settings.close }}>
      <Stack gap="md">
        <Text>{say.revokeHelp}</Text>
        {revoke.error && <ProblemNotice error={revoke.error} />}
        <Group justify="end">
          <Button variant="default" onClick={onClose}>
            {words.settings.cancel}
          </Button>
          <Button color="red" loading={revoke.isPending} onClick={() => revoke.mutate(id, { onSuccess: onClose })}>
            {say.revokeReally}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

const FOREVER = '';
const LASTING_DAYS = ['30', '90', '365'] as const;

function MakeKey({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('');
  const [role, setRole] = useState<string>('viewer');
  const [days, setDays] = useState<string>(FOREVER);
  const make = useMakeKey();
  const missing = name.trim() === '';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!missing) make.mutate({ name: name.trim(), role, days: days === FOREVER ? null : Number(days) });
  };
  const option = (value: string) => ({ value, label: words.access.roles[value] ?? value });
  return (
    <Modal opened onClose={onClose} title={say.make} closeButtonProps={{ 'aria-label': words.settings.close }}>
      {make.data ? (
        <Stack gap="md" role="status">
          <Text fw={650}>{say.shownOnce}</Text>
          <Command>{make.data.key}</Command>
          <Text size="sm" c="dimmed">
            {say.howToSend}
          </Text>
          <Group justify="end">
            <Button onClick={onClose}>{say.kept}</Button>
          </Group>
        </Stack>
      ) : (
        <form onSubmit={submit} noValidate>
          <Stack gap="md">
            <TextInput
              label={say.columns.name}
              description={say.nameHelp}
              data-autofocus
              value={name}
              maxLength={128}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <NativeSelect
              label={say.columns.role}
              value={role}
              data={[
                { group: say.people, items: PEOPLES_ROLES.map(option) },
                { group: say.machines, items: MACHINES_ROLES.map(option) },
              ]}
              onChange={(event) => setRole(event.currentTarget.value)}
            />
            <NativeSelect
              label={say.columns.ends}
              value={days}
              data={[
                { value: FOREVER, label: say.never },
                ...LASTING_DAYS.map((count) => ({ value: count, label: say.inDays(count) })),
              ]}
              onChange={(event) => setDays(event.currentTarget.value)}
            />
            {make.error && <ProblemNotice error={make.error} />}
            <Group justify="end">
              {missing && (
                <Text size="sm" c="dimmed">
                  {say.nameMissing}
                </Text>
              )}
              <Button type="submit" disabled={missing} loading={make.isPending}>
                {say.makeIt}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  );
}
