import { Button, Text } from '@mantine/core';
import { useRef, useState, type DragEvent } from 'react';
import { words } from '../messages';
import styles from './file-drop.module.css';

const say = words.files;

type Props = {
  /** What the file is, for the button. */
  label: string;
  /** Endings that the dialogue of the browser offers first. */
  accept: string;
  disabled?: boolean;
  onFile: (file: File) => void;
};

/** A place for one file: dropped there, or chosen with the button, which the keyboard reaches. */
export function FileDrop({ label, accept, disabled = false, onFile }: Props) {
  const field = useRef<HTMLInputElement>(null);
  const [isOver, setOver] = useState(false);
  const take = (files: FileList | null) => {
    const file = files?.[0];
    if (file && !disabled) onFile(file);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files);
  };
  return (
    <div
      className={styles.drop}
      data-over={isOver && !disabled}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <input
        ref={field}
        type="file"
        // The button beside it is the one that is there for everybody.
        aria-hidden="true"
        accept={accept}
        aria-label={label}
        tabIndex={-1}
        className={styles.field}
        disabled={disabled}
        onChange={(event) => {
          take(event.currentTarget.files);
          // The same file may be chosen again.
          event.currentTarget.value = '';
        }}
      />
      <Button variant="default" disabled={disabled} onClick={() => field.current?.click()}>
        {label}
      </Button>
      <Text size="sm" c="dimmed">
        {say.orDrop}
      </Text>
    </div>
  );
}
