import { ActionIcon, Menu, useMantineColorScheme, type MantineColorScheme } from '@mantine/core';
import { words } from '../messages';
import { AutoIcon, CheckIcon, MoonIcon, SunIcon } from '../parts/icons';

const ICONS = { light: SunIcon, dark: MoonIcon, auto: AutoIcon };
const SCHEMES: MantineColorScheme[] = ['light', 'dark', 'auto'];

export function SchemeMenu() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const Current = ICONS[colorScheme];
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          size={40}
          c="var(--ink)"
          aria-label={words.scheme.current(words.scheme[colorScheme])}
          data-no-print
        >
          <Current size={20} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown aria-label={words.scheme.label}>
        {SCHEMES.map((scheme) => {
          const Icon = ICONS[scheme];
          return (
            <Menu.Item
              key={scheme}
              role="menuitemradio"
              aria-checked={scheme === colorScheme}
              leftSection={<Icon />}
              rightSection={scheme === colorScheme ? <CheckIcon size={16} /> : null}
              onClick={() => setColorScheme(scheme)}
            >
              {words.scheme[scheme]}
            </Menu.Item>
          );
        })}
      </Menu.Dropdown>
    </Menu>
  );
}
