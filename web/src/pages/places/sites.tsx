import { Stack, Table } from '@mantine/core';
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
import { ScrollRegion } from '../../parts/scroll-region';
import { useMoments } from '../../parts/use-moments';
import { TONES } from './breach';
import own from './places.module.css';

const say = words.places.sites;

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
      <ScrollRegion label={say.territories} maxHeight={480}>
        <Table className={styles.table} stickyHeader>
          <Head columns={[say.columns.of, say.columns.allowed, say.columns.elsewhere, say.columns.unknown, say.columns.term]} />
          <Table.Tbody>
            {territories.map(({ of, key, allowed, breach, unknown, from, until }) => (
              <Table.Tr key={`${of} ${key} ${from}`}>
                <Table.Th scope="row">{of === 'pool' ? words.places.use.pool : say.of(say.kinds[of] ?? of, key ?? '')}</Table.Th>
                <Table.Td className={styles.words}>{allowed.map(named).join(', ')}</Table.Td>
                <Table.Td>
                  <Badge tone={TONES[breach]}>{say.breaches[breach] ?? breach}</Badge>
                </Table.Td>
                <Table.Td>
                  <Badge tone={TONES[unknown]}>{say.breaches[unknown] ?? unknown}</Badge>
                </Table.Td>
                <Table.Td>
                  {[from && say.from(when(from)), until && say.until(when(until))].filter(Boolean).join(' ') || say.always}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollRegion>
    </Panel>
  );
}

function SitesPanel({ of: { sites } }: { of: Sites }) {
  return (
    <Panel title={say.sites}>
      {sites.length === 0 ? (
        <EmptyNote title={say.noSites} detail={say.noSitesDetail} />
      ) : (
        <ScrollRegion label={say.sites} maxHeight={480}>
          <Table className={styles.table} stickyHeader>
            <Head columns={[say.columns.site, say.columns.country, say.columns.zone, say.columns.networks]} />
            <Table.Tbody>
              {sites.map(({ key, name, country, zone, networks }) => (
                <Table.Tr key={key}>
                  <Table.Th scope="row">
                    {name} <span className={styles.soft}>{key}</span>
                  </Table.Th>
                  <Table.Td>{countryName(country)}</Table.Td>
                  <Table.Td>{zone}</Table.Td>
                  <Table.Td className={styles.words}>
                    {networks.map(({ cidr, room, vpn }) => (
                      <div key={cidr}>
                        <span className={own.address}>{cidr}</span>
                        {[vpn && say.vpn, room && say.room(room)].filter(Boolean).map((said) => ` · ${said}`)}
                      </div>
                    ))}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </ScrollRegion>
      )}
    </Panel>
  );
}

function RegionsPanel({ of: { regions } }: { of: Sites }) {
  if (regions.length === 0) return null;
  return (
    <Panel title={say.regions}>
      <ScrollRegion label={say.regions} maxHeight={480}>
        <Table className={styles.table} stickyHeader>
          <Head columns={[say.columns.region, say.columns.countries]} />
          <Table.Tbody>
            {regions.map(({ key, name, countries }) => (
              <Table.Tr key={key}>
                <Table.Th scope="row">
                  {name} <span className={styles.soft}>{key}</span>
                </Table.Th>
                <Table.Td className={styles.words}>{countries.map(countryName).join(', ')}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollRegion>
    </Panel>
  );
}

function Head({ columns }: { columns: readonly string[] }) {
  return (
    <Table.Thead>
      <Table.Tr>
        {columns.map((column) => (
          <Table.Th key={column} scope="col">
            {column}
          </Table.Th>
        ))}
      </Table.Tr>
    </Table.Thead>
  );
}
