import { Kbd, Modal, Switch, Table } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Fragment, useState } from 'react';
import { meQuery } from '../api/queries';
import { words } from '../messages';
import { pagesFor } from './pages';
import { setSingleKeys, singleKeysOn } from './use-shortcuts';

const say = words.shortcuts;

/** Which keys do what, and a way to turn the single ones off. */
export function ShortcutSheet({ onClose }: { onClose: () => void }) {
  const [on, setOn] = useState(singleKeysOn);
  const me = useQuery(meQuery).data;
  const rows: [string[], string][] = [
    [['Ctrl', 'K'], say.palette],
    [['?'], say.help],
    [['/'], say.filter],
    ...pagesFor(me).map(({ key, letter }): [string[], string] => [['g', letter], say.go(words.shell.pages[key])]),
  ];
  const change = (wanted: boolean) => {
    setSingleKeys(wanted);
    setOn(wanted);
  };
  return (
    <Modal opened onClose={onClose} title={say.title} closeButtonProps={{ 'aria-label': say.close }}>
      <Table mb="md">
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{say.keys}</Table.Th>
            <Table.Th scope="col">{say.does}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(([keys, does]) => (
            <Table.Tr key={does}>
              <Table.Td>
                {keys.map((key, place) => (
                  <Fragment key={place}>
                    {place > 0 && (keys[0] === 'g' ? ` ${say.then} ` : ' ')}
                    <Kbd>{key}</Kbd>
                  </Fragment>
                ))}
              </Table.Td>
              <Table.Td>{does}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Switch
        label={say.enabled}
        description={say.enabledHelp}
        checked={on}
        onChange={(event) => change(event.currentTarget.checked)}
      />
    </Modal>
  );
}
