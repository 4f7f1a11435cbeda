import { ActionIcon, Menu } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { post, Problem } from '../api/client';
import { ME_KEY, meQuery } from '../api/queries';
import { words } from '../messages';
import { chooseLanguage, language, LANGUAGE_NAMES, LANGUAGES, type Language } from '../messages/language';
import { CheckIcon, PersonIcon, SignOutIcon } from '../parts/icons';

export function UserMenu() {
  const me = useQuery(meQuery);
  const signOut = useSignOut();
  const name = me.data?.name ?? '';
  return (
    <Menu position="bottom-end" withinPortal>
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
        <Menu.Label c="dimmed">{words.shell.roles(name)}</Menu.Label>
        <Languages />
        <Menu.Item leftSection={<SignOutIcon />} onClick={() => signOut.mutate()}>
          {words.shell.signOut}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
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

function useSignOut() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => post('/v1/sign-out'),
    onSuccess: async () => {
      // The gate looks at `me`; closing it first stops every other question, then the answers are forgotten.
      await client.resetQueries({ queryKey: ME_KEY });
      client.removeQueries({ predicate: (query) => query.queryKey[0] !== ME_KEY[0] });
    },
    onError: (error) => {
      if (error instanceof Problem && error.status === 401) {
        void client.resetQueries({ queryKey: ME_KEY });
      }
    },
  });
}
