import { Button, CloseButton, Group, Popover, Stack, Text, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { words } from '../../messages';
import type { ToolbarProps } from './toolbar';
import { useViews, type View } from './views';

const say = words.table;

/** Filters and columns under a name, kept in this browser. */
export function SavedViews<Row>({ name, search, onSearch, hidden, onHidden }: ToolbarProps<Row>) {
  const [views, keepViews] = useViews(name);
  const [opened, setOpened] = useState(false);
  const show = (view: View) => {
    onHidden(view.hidden);
    onSearch(view.search);
    setOpened(false);
  };
  const save = (called: string) => {
    const given = Object.entries(search).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const view = { name: called, search: Object.fromEntries(given), hidden };
    keepViews([...views.filter((each) => each.name !== called), view]);
  };
  const forget = (called: string) => keepViews(views.filter((view) => view.name !== called));
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" shadow="md" trapFocus returnFocus width={300}>
      <Popover.Target>
        <Button variant="default" onClick={() => setOpened(!opened)}>
          {say.views}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={say.views}>
        <Stack gap="sm">
          {views.length === 0 && (
            <Text size="sm" c="dimmed">
              {say.noViews}
            </Text>
          )}
          {views.map((view) => (
            <Group key={view.name} gap="xs" wrap="nowrap" justify="space-between">
              <Button size="xs" variant="subtle" justify="start" flex={1} onClick={() => show(view)}>
                {view.name}
              </Button>
              <CloseButton size={28} aria-label={say.forget(view.name)} onClick={() => forget(view.name)} />
            </Group>
          ))}
          <SaveForm onSave={save} />
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

function SaveForm({ onSave }: { onSave: (name: string) => void }) {
  const [called, setCalled] = useState('');
  const save = (event: FormEvent) => {
    event.preventDefault();
    if (called.trim() === '') return;
    onSave(called.trim());
    setCalled('');
  };
  return (
    <form onSubmit={save}>
      <Group gap="xs" align="end" wrap="nowrap">
        <TextInput
          flex={1}
          label={say.viewName}
          value={called}
          maxLength={60}
          onChange={(event) => setCalled(event.currentTarget.value)}
        />
        <Button type="submit" disabled={called.trim() === ''}>
          {say.save}
        </Button>
      </Group>
    </form>
  );
}
