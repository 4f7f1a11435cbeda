/** The command palette: pages; people, buckets and products that the server finds, and commands, by their names. */
import { Modal, TextInput, useMantineColorScheme } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useId, useState, type KeyboardEvent } from 'react';
import { foundBucketsQuery, foundPeopleQuery, foundProductsQuery, meQuery } from '../api/queries';
import { words } from '../messages';
import { chooseLanguage, LANGUAGE_NAMES, LANGUAGES } from '../messages/language';
import { SearchIcon } from '../parts/icons';
import { useRight } from '../parts/use-right';
import { pagesFor } from './pages';
import styles from './palette.module.css';

const say = words.palette;
const ASK_AFTER_MS = 200;

type Command = { id: string; name: string; group: keyof typeof say.groups; run: () => void };
type Props = { onClose: () => void; onShortcuts: () => void };

export function Palette({ onClose, onShortcuts }: Props) {
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const list = useId();
  const { commands, searching } = useCommands(text, onShortcuts);
  const chosen = Math.min(at, commands.length - 1);
  const run = (command: Command | undefined) => {
    if (!command) return;
    onClose();
    command.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && commands.length > 0) {
      event.preventDefault();
      setAt((chosen + step + commands.length) % commands.length);
    } else if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
      event.preventDefault();
      run(commands[chosen]);
    }
  };
  return (
    <Modal opened onClose={onClose} title={say.open} closeButtonProps={{ 'aria-label': say.close }} size="lg" yOffset="12vh">
      <TextInput
        value={text}
        size="md"
        leftSection={<SearchIcon />}
        placeholder={say.placeholder}
        aria-label={say.label}
        role="combobox"
        aria-expanded
        aria-controls={list}
        aria-activedescendant={commands[chosen] && `${list}-${commands[chosen].id}`}
        data-autofocus
        onChange={(event) => {
          setText(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      <ul id={list} role="listbox" aria-label={say.results} className={styles.list}>
        {commands.map((command, place) => (
          <Option
            key={command.id}
            id={`${list}-${command.id}`}
            command={command}
            isChosen={place === chosen}
            onRun={() => run(command)}
          />
        ))}
      </ul>
      <p role="status" className={styles.status}>
        {searching ? say.searching : commands.length === 0 ? say.none(text) : ''}
      </p>
    </Modal>
  );
}

type OptionProps = { id: string; command: Command; isChosen: boolean; onRun: () => void };

function Option({ id, command, isChosen, onRun }: OptionProps) {
  return (
    <li
      id={id}
      role="option"
      aria-selected={isChosen}
      className={styles.option}
      ref={(element) => {
        if (isChosen) element?.scrollIntoView?.({ block: 'nearest' });
      }}
      onClick={onRun}
    >
      {command.name}{' '}
      <span className={styles.group}>{say.groups[command.group]}</span>
    </li>
  );
}

function useCommands(text: string, onShortcuts: () => void) {
  const own = useOwnCommands(onShortcuts);
  const found = useFound(text.trim());
  const wanted = text.trim().toLocaleLowerCase();
  const matching = own.filter(({ name }) => name.toLocaleLowerCase().includes(wanted));
  return { commands: [...matching, ...found.commands], searching: found.searching };
}

/** What the pages know themselves: where one can go, and what one can do anywhere. */
function useOwnCommands(onShortcuts: () => void): Command[] {
  const router = useRouter();
  const me = useQuery(meQuery).data;
  const { setColorScheme } = useMantineColorScheme();
  return [
    ...pagesFor(me).map(({ key, to }) => ({
      id: `page-${key}`,
      name: words.shell.pages[key],
      group: 'pages' as const,
      run: () => void router.navigate({ to }),
    })),
    ...(['light', 'dark', 'auto'] as const).map((scheme) => ({
      id: `scheme-${scheme}`,
      name: say.colours(words.scheme[scheme]),
      group: 'actions' as const,
      run: () => setColorScheme(scheme),
    })),
    ...LANGUAGES.map((each) => ({
      id: `language-${each}`,
      name: say.language(LANGUAGE_NAMES[each]),
      group: 'actions' as const,
      run: () => chooseLanguage(each),
    })),
    { id: 'shortcuts', name: say.shortcuts, group: 'actions', run: onShortcuts },
  ];
}

/** What the server finds by a part of a name: people, buckets and products, each where the reader may see them. */
function useFound(text: string): { commands: Command[]; searching: boolean } {
  const [asked] = useDebouncedValue(text, ASK_AFTER_MS);
  const router = useRouter();
  const people = useQuery({ ...foundPeopleQuery(asked), enabled: asked !== '' });
  const buckets = useQuery({ ...foundBucketsQuery(asked), enabled: asked !== '' });
  // A product has no page of its own: it leads to who burned tokens on it.
  const seesBurn = useRight('read-burn') ?? false;
  const products = useQuery({ ...foundProductsQuery(asked), enabled: asked !== '' && seesBurn });
  if (text === '') return { commands: [], searching: false };
  const go = (to: string) => () => void router.navigate({ to });
  return {
    searching: asked !== text || people.isFetching || buckets.isFetching || products.isFetching,
    commands: [
      ...(people.data?.rows ?? []).map(({ key, name }) => ({
        id: `person-${key}`,
        name,
        group: 'people' as const,
        run: go(`/people/${encodeURIComponent(key)}`),
      })),
      ...(buckets.data?.rows ?? []).map(({ key, name }) => ({
        id: `bucket-${key}`,
        name,
        group: 'buckets' as const,
        run: go(`/buckets/${encodeURIComponent(key)}`),
      })),
      ...(products.data?.rows ?? []).map(({ key, name }) => ({
        id: `product-${key}`,
        name,
        group: 'products' as const,
        run: () => void router.navigate({ to: '/burn', search: { product: key } }),
      })),
    ],
  };
}
