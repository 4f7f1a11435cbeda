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
        <Menu.RadioGroup value={colorScheme} onChange={(chosen) => setColorScheme(chosen as MantineColorScheme)}>
          {SCHEMES.map((scheme) => {
            const Icon = ICONS[scheme];
            return (
              <Menu.RadioItem
                key={scheme}
                value={scheme}
                rightSection={<Icon />}
                checkIcon={<CheckIcon size={16} />}
                closeMenuOnClick
              >
                {words.scheme[scheme]}
              </Menu.RadioItem>
            );
          })}
        </Menu.RadioGroup>
      </Menu.Dropdown>
    </Menu>
  );
}
