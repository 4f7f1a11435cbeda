import { TagsInput, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { peopleNamedQuery } from '../api/people';

const ASK_AFTER_MS = 250;

type Props = { label: string; description?: string; value: string[]; onChange: (keys: string[]) => void };

/** People by their keys, found by a part of a key or name. */
export function PeopleField({ label, description, value, onChange }: Props) {
  const [text, setText] = useState('');
  const [asked] = useDebouncedValue(text, ASK_AFTER_MS);
  const found = useQuery({ ...peopleNamedQuery(asked), placeholderData: keepPreviousData }).data ?? [];
  const names = new Map(found.map(({ key, name }) => [key, name]));
  return (
    <TagsInput
      label={label}
      description={description}
      value={value}
      onChange={onChange}
      data={[...names.keys()]}
      // The server has searched, names too.
      filter={({ options }) => options}
      searchValue={text}
      onSearchChange={setText}
      renderOption={({ option }) => (
        <div>
          {names.get(option.value)}
          <Text size="xs" c="dimmed">
            {option.value}
          </Text>
        </div>
      )}
    />
  );
}
