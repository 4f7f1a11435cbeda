import { ActionIcon, Drawer, UnstyledButton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { summaryQuery } from '../api/queries';
import { words } from '../messages';
import { MenuIcon, SearchIcon } from '../parts/icons';
import { LiveIndicator } from './live-indicator';
import { Mark } from './mark';
import { Navigation } from './navigation';
import { SchemeMenu } from './scheme-menu';
import styles from './shell.module.css';
import { UserMenu } from './user-menu';

export function Header({ onSearch }: { onSearch: () => void }) {
  const contract = useQuery(summaryQuery).data?.contract?.name;
  return (
    <header className={styles.header}>
      <div className={styles.bar}>
        <PagesDrawer />
        <Link to="/" className={styles.brand} aria-label={words.product}>
          <Mark />
          <span className={styles.brandName}>{words.product}</span>
        </Link>
        {contract && (
          <span className={styles.contract} title={words.shell.contract}>
            {contract}
          </span>
        )}
        <div className={styles.end}>
          <UnstyledButton
            className={styles.search}
            aria-label={words.palette.open}
            aria-keyshortcuts="Control+K Meta+K"
            onClick={onSearch}
            data-no-print
          >
            <SearchIcon />
            <span className={styles.searchWords}>{words.palette.open}</span>
            <kbd className={styles.keys}>Ctrl K</kbd>
          </UnstyledButton>
          <LiveIndicator />
          <SchemeMenu />
          <UserMenu />
        </div>
      </div>
    </header>
  );
}

/** On a narrow page the list of pages comes in from the side. */
function PagesDrawer() {
  const [opened, setOpened] = useState(false);
  return (
    <>
      <ActionIcon
        className={styles.burger}
        variant="subtle"
        color="gray"
        size={44}
        c="var(--ink)"
        aria-label={words.shell.openMenu}
        aria-expanded={opened}
        aria-haspopup="dialog"
        onClick={() => setOpened(true)}
        data-no-print
      >
        <MenuIcon size={22} />
      </ActionIcon>
      <Drawer
        opened={opened}
        onClose={() => setOpened(false)}
        title={words.shell.navigation}
        size="18rem"
        closeButtonProps={{ 'aria-label': words.shell.closeMenu, size: 44 }}
        // The heading of the page that was chosen takes the focus.
        returnFocus={false}
      >
        <Navigation onChosen={() => setOpened(false)} />
      </Drawer>
    </>
  );
}
