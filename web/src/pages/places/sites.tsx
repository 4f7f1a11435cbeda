import { Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { sitesQuery } from '../../api/places';
import type { Sites } from '../../api/types';
import { countryName } from '../../format';
import { words } from '../../messages';
import { Badge } from '../../parts/badge';
import { EmptyNote } from '../../parts/empty-note';
import { Loaded, SkeletonLines } from '../../parts/loaded';
import styles from '../../parts/page.module.css';
import { Panel } from '../../parts/panel';
import { PlainTable } from '../../parts/plain-table';
import { useMoments } from '../../parts/use-moments';
import { TONES } from './breach';
import own from './places.module.css';

const say = words.places.sites;
const { columns } = say;

/** Sites with their networks, regions, and where what may be used. */
export function SitesPart() {
  const sites = useQuery(sitesQuery);
  return (
    <Loaded of={sites} waiting={say.loading} skeleton={<SkeletonLines lines={6} height={28} />}>
      {(data) => (
        <Stack gap="lg">
          <TerritoriesPanel of={data} />
          <SitesPanel of={data} />
          <RegionsPanel of={data} />
        </Stack>
      )}
    </Loaded>
  );
}

function TerritoriesPanel({ of: { territories, regions } }: { of: Sites }) {
  const when = useMoments();
  const named = (key: string) => regions.find((region) => region.key === key)?.name ?? countryName(key);
  if (territories.length === 0) {
    return (
      <Panel title={say.territories}>
        <EmptyNote title={say.noTerritories} detail={say.noTerritoriesDetail} />
      </Panel>
    );
  }
  return (
    <Panel title={say.territories}>
      <PlainTable
        label={say.territories}
        maxHeight={480}
        rows={territories}
        rowKey={({ of, key, from }) => `${of} ${key} ${from}`}
        columns={[
          {
            head: columns.of,
            cell: ({ of, key }) => (of === 'pool' ? words.places.use.pool : say.of(say.kinds[of] ?? of, key ?? '')),
          },
          { head: columns.allowed, kind: 'words', cell: ({ allowed }) => allowed.map(named).join(', ') },
          { head: columns.elsewhere, cell: ({ breach }) => <Deed of={breach} /> },
          { head: columns.unknown, cell: ({ unknown }) => <Deed of={unknown} /> },
          {
            head: columns.term,
            cell: ({ from, until }) =>
              [from && say.from(when(from)), until && say.until(when(until))].filter(Boolean).join(' ') || say.always,
          },
        ]}
      />
    </Panel>
  );
}

/** What is done about use elsewhere. */
function Deed({ of }: { of: string }) {
  return <Badge tone={TONES[of]}>{say.breaches[of] ?? of}</Badge>;
}

function SitesPanel({ of: { sites } }: { of: Sites }) {
  return (
    <Panel title={say.sites}>
      {sites.length === 0 ? (
        <EmptyNote title={say.noSites} detail={say.noSitesDetail} />
      ) : (
        <PlainTable
          label={say.sites}
          maxHeight={480}
          rows={sites}
          rowKey={({ key }) => key}
          columns={[
            { head: columns.site, cell: ({ name, key }) => <Named name={name} of={key} /> },
            { head: columns.country, cell: ({ country }) => countryName(country) },
            { head: columns.zone, cell: ({ zone }) => zone },
            { head: columns.networks, kind: 'words', cell: ({ networks }) => <Networks of={networks} /> },
          ]}
        />
      )}
    </Panel>
  );
}

function Networks({ of }: { of: Sites['sites'][number]['networks'] }) {
  return of.map(({ cidr, room, vpn }) => (
    <div key={cidr}>
      <span className={own.address}>{cidr}</span>
      {[vpn && say.vpn, room && say.room(room)].filter(Boolean).map((said) => ` · ${said}`)}
    </div>
  ));
}

function RegionsPanel({ of: { regions } }: { of: Sites }) {
  if (regions.length === 0) return null;
  return (
    <Panel title={say.regions}>
      <PlainTable
        label={say.regions}
        maxHeight={480}
        rows={regions}
        rowKey={({ key }) => key}
        columns={[
          { head: columns.region, cell: ({ name, key }) => <Named name={name} of={key} /> },
          { head: columns.countries, kind: 'words', cell: ({ countries }) => countries.map(countryName).join(', ') },
        ]}
      />
    </Panel>
  );
}

/** A name, with the key by which files know it. */
function Named({ name, of }: { name: string; of: string }) {
  return (
    <>
      {name} <span className={styles.soft}>{of}</span>
    </>
  );
}
