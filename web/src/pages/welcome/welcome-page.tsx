/** The first run: a log, an export or demo data, and then what is missing still. One chunk. */
import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { firstRunQuery } from '../../api/imports';
import { words } from '../../messages';
import { EmptyNote } from '../../parts/empty-note';
import { Loaded, SkeletonLines } from '../../parts/loaded';
import { PageHead } from '../../parts/page-head';
import styles from '../../parts/page.module.css';
import { useRight } from '../../parts/use-right';
import { DemoPanel } from './demo-panel';
import { EstatePanel } from './estate-panel';
import { NextSteps } from './next-steps';
import { UsePanel } from './use-panel';

const say = words.welcome;

export function WelcomePage() {
  const mayBring = useRight('run-faregate');
  const first = useQuery({ ...firstRunQuery, enabled: mayBring === true });
  if (mayBring === false) {
    return <EmptyNote heading="h1" title={say.notYours} detail={say.notYoursDetail} />;
  }
  return (
    <div className={styles.page}>
      <PageHead title={say.title} aside={first.data?.contract} />
      <Loaded of={first} waiting={say.next.loading} skeleton={<SkeletonLines lines={8} />}>
        {(data) => (
          <>
            <Text maw="70ch">{data.empty ? say.intro : say.more}</Text>
            <div className={styles.pair}>
              <UsePanel contractZone={data.zone} />
              <DemoPanel mayFill={data.may_fill} />
            </div>
            <NextSteps first={data} />
            <EstatePanel />
          </>
        )}
      </Loaded>
    </div>
  );
}
