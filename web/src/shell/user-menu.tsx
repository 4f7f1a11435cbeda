import { ActionIcon, Menu, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { useSignOut, waysQuery } from '../api/access';
import { meQuery } from '../api/queries';
import { words } from '../messages';
import { chooseLanguage, language, LANGUAGE_NAMES, LANGUAGES, type Language } from '../messages/language';
import { CheckIcon, KeyIcon, PersonIcon, ScreenIcon, SignOutIcon } from '../parts/icons';

const say = words.access;

// They come when they are first asked for.
const OwnSignIns = lazy(() => import('./own-sign-ins').then((it) => ({ default: it.OwnSignIns })));
const OwnPassword = lazy(() => import('./own-password').then((it) => ({ default: it.OwnPassword })));

/** Who one is, in which language one reads, and the way out. */
export function UserMenu() {
  const me = useQuery(meQuery).data;
  const hasPasswords = useQuery(waysQuery).data?.password;
  const [opened, setOpened] = useState<'sign-ins' | 'password' | null>(null);
  const signOut = useSignOut('here');
  const name = me?.name ?? '';
  const close = () => setOpened(null);
  return (
    <>
      <Menu position="bottom-end" withinPortal width={260}>
        <Menu.Target>
          <ActionIcon
            variant="subtle"
            color="gray"
            size={40}
            c="var(--ink)"
            aria-label={words.shell.menu(name)}
            data-no-print
          >
            <PersonIcon size={20} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label c="var(--ink)">
            <Text fw={650} style={{ overflowWrap: 'anywhere' }}>
              {name}
            </Text>
            <Text size="sm" c="dimmed">
              {me?.roles.map((role) => say.roles[role] ?? role).join(', ')}
            </Text>
          </Menu.Label>
          <Menu.Divider />
          <Menu.Item leftSection={<ScreenIcon />} onClick={() => setOpened('sign-ins')}>
            {say.menu.signIns}
          </Menu.Item>
          {hasPasswords && (
            <Menu.Item leftSection={<KeyIcon />} onClick={() => setOpened('password')}>
              {say.menu.password}
            </Menu.Item>
          )}
          <Languages />
          <Menu.Item leftSection={<SignOutIcon />} onClick={() => signOut.mutate()}>
            {words.shell.signOut}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Suspense>
        {opened === 'sign-ins' && <OwnSignIns onClose={close} />}
        {opened === 'password' && <OwnPassword name={name} onClose={close} />}
      </Suspense>
    </>
  );
}

function Languages() {
  return (
    <>
      <Menu.Divider />
      <Menu.Label c="dimmed">{words.shell.language}</Menu.Label>
      <Menu.RadioGroup value={language} onChange={(chosen) => chooseLanguage(chosen as Language)}>
        {LANGUAGES.map((each) => (
          <Menu.RadioItem key={each} value={each} lang={each} checkIcon={<CheckIcon size={16} />}>
            {LANGUAGE_NAMES[each]}
          </Menu.RadioItem>
        ))}
      </Menu.RadioGroup>
      <Menu.Divider />
    </>
  );
}
