import { Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { sourcesQuery, summaryQuery } from '../../api/queries';
import { moment } from '../../format';
import { words } from '../../messages';
import { PageHead } from '../../parts/page-head';
import page from '../../parts/page.module.css';
import { useRight } from '../../parts/use-right';
import { HealthPanel } from './health-panel';
import { ImportsPanel } from './imports-panel';
import { OneImport } from './one-import';
import { RejectedPanel } from './rejected-panel';
import { UnchargedPanel } from './uncharged-panel';

const route = getRouteApi('/sources');
const say = words.sources;

/** Where use comes from: how each source is doing, what was taken in, and what of it is not in the books. */
export function SourcesPage() {
  const { import: number } = route.useSearch();
  const navigate = route.useNavigate();
  const sources = useQuery(sourcesQuery).data;
  const mayBring = useRight('run-faregate');
  // Times are told in the contract's zone, as on the other pages.
  const zone = useQuery(summaryQuery).data?.contract.zone ?? 'UTC';
  const opened = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const close = () => {
    void navigate({ search: (rest) => ({ ...rest, import: undefined }), resetScroll: false });
    list.current?.focus();
  };
  // The rows that one opens it from stand below: what they lead to must not be out of sight.
  useEffect(() => {
    if (number) opened.current?.scrollIntoView?.({ block: 'nearest' });
  }, [number]);
  return (
    <div className={page.page}>
      <PageHead title={say.title} aside={sources && words.burn.asOf(moment(sources.as_of, zone), zone)}>
        {mayBring && (
          <Link to="/welcome" className={page.link}>
            {say.bring}
          </Link>
        )}
      </PageHead>
      <HealthPanel zone={zone} />
      <Stack gap="lg">
        {number && (
          <div ref={opened}>
            <OneImport
              key={number}
              number={number}
              onClose={close}
            />
          </div>
        )}
        <div ref={list} tabIndex={-1}>
          <ImportsPanel />
        </div>
      </Stack>
      <UnchargedPanel />
      <RejectedPanel />
    </div>
  );
}
