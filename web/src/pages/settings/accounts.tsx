import { Button, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { isForbidden } from '../../api/client';
import { accountsQuery } from '../../api/settings';
import type { Account } from '../../api/types';
import { words } from '../../messages';
import { Badge } from '../../parts/badge';
import { EmptyNote } from '../../parts/empty-note';
import { Loaded, SkeletonLines } from '../../parts/loaded';
import { Panel } from '../../parts/panel';
import { PlainTable } from '../../parts/plain-table';
import { useRight } from '../../parts/use-right';
import { Withheld } from '../../parts/withheld';
import { AddAccount, ChangeAccount } from './account-dialogues';

const say = words.settings.accounts;

/** Who signs in with a password here, and as what. */
export function AccountsPart() {
  const accounts = useQuery(accountsQuery);
  const mayManage = useRight('manage-access') === true;
  const [opened, setOpened] = useState<Account | 'new' | null>(null);
  if (isForbidden(accounts.error)) return <Withheld title={say.title}>{say.withheld}</Withheld>;
  const close = () => setOpened(null);
  const add = (
    <Button disabled={!mayManage} onClick={() => setOpened('new')}>
      {say.add}
    </Button>
  );
  return (
    <Panel title={say.title} aside={add}>
      <Stack gap="md">
        {!mayManage && (
          <Text size="sm" c="dimmed">
            {words.settings.readOnly}
          </Text>
        )}
        <Loaded of={accounts} waiting={say.loading} skeleton={<SkeletonLines lines={4} height={34} />}>
          {(rows) =>
            rows.length === 0 ? (
              <EmptyNote title={say.emptyTitle} detail={say.emptyDetail} />
            ) : (
              <Accounts rows={rows} onChange={mayManage ? setOpened : undefined} />
            )
          }
        </Loaded>
      </Stack>
      {opened === 'new' && <AddAccount onClose={close} />}
      {opened && opened !== 'new' && <ChangeAccount account={opened} onClose={close} />}
    </Panel>
  );
}

function Accounts({ rows, onChange }: { rows: Account[]; onChange?: (account: Account) => void }) {
  const { columns } = say;
  return (
    <PlainTable
      label={say.title}
      rows={rows}
      rowKey={({ name }) => name}
      columns={[
        { head: columns.name, cell: ({ name }) => name },
        { head: columns.display, cell: ({ display, name }) => (display === name ? words.table.none : display) },
        { head: columns.role, cell: ({ roles }) => roles.map((role) => words.access.roles[role] ?? role).join(', ') },
        { head: columns.email, cell: ({ email }) => email ?? words.table.none },
        { head: columns.state, cell: (account) => <State account={account} /> },
        ...(onChange
          ? [
              {
                head: columns.change,
                cell: (account: Account) => (
                  <Button
                    size="compact-sm"
                    variant="default"
                    aria-label={say.changeNamed(account.name)}
                    onClick={() => onChange(account)}
                  >
                    {say.change}
                  </Button>
                ),
              },
            ]
          : []),
      ]}
    />
  );
}

function State({ account: { disabled, must_change, has_password } }: { account: Account }) {
  if (disabled) return <Badge tone="bad">{say.states.disabled}</Badge>;
  if (!has_password) return <Badge>{say.states.noPassword}</Badge>;
  return must_change ? <Badge tone="warn">{say.states.mustChange}</Badge> : <Badge tone="good">{say.states.well}</Badge>;
}
