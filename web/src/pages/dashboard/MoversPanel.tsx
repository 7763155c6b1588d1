import { Group, SimpleGrid, Stack, Text } from '@mantine/core'
import { Link } from 'react-router'
import { useLivePrices } from '../../api/live-prices.ts'
import { useReading } from '../../api/reading.ts'
import { config } from '../../config.ts'
import { DashboardMoversDocument, type DashboardMoversQuery } from '../../generated/graphql.ts'
import { i18n } from '../../i18n.ts'
import { LiveChange, LivePrice } from '../../lists/LivePrice.tsx'
import { paths } from '../../paths.ts'
import { AssetName } from '../../ui/AssetLogo.tsx'
import { FeedBadge } from '../../ui/FeedBadge.tsx'
import { ReadingPanel } from '../../ui/Panel.tsx'

type Mover = DashboardMoversQuery['rising']['nodes'][number]

const shown = 4

/** The assets that moved in one direction; a market that only rises has none that fall. */
const movedBy = (nodes: readonly Mover[], sign: 1 | -1): readonly Mover[] =>
  nodes.filter(({ marketData }) => Math.sign(marketData.changePercent24h ?? 0) === sign)

function MoverList({ title, assets }: { title: string; assets: readonly Mover[] }) {
  return (
    <Stack gap={6}>
      <Text size="sm" c="dimmed" component="h3" fw={500} m={0}>
        {title}
      </Text>
      {assets.length === 0 && <Text size="sm">{i18n.t('None')}</Text>}
      <Stack component="ul" gap={0} m={0} p={0} className="plain-list">
        {assets.map(({ id, name, quote, marketData }) => (
          <Group key={id} component="li" justify="space-between" wrap="nowrap" mih={52} gap={12}>
            <Link to={paths.asset(id)} className="plain-link">
              <AssetName id={id} name={name} />
            </Link>
            <Stack gap={0} align="flex-end" ta="right" fz="sm">
              <LivePrice assetId={id} quote={quote} />
              <LiveChange assetId={id} quote={quote} percent={marketData.changePercent24h} />
            </Stack>
          </Group>
        ))}
      </Stack>
    </Stack>
  )
}

/** The assets that rose and fell most in 24 hours. */
export function MoversPanel() {
  const everyMs = config.newsEveryMs
  const reading = useReading(DashboardMoversDocument, { first: shown }, { everyMs })
  const { rising, falling } = reading.data ?? {}
  const ids = [...(rising?.nodes ?? []), ...(falling?.nodes ?? [])].map(({ id }) => id)
  const feed = useLivePrices(ids)
  return (
    <ReadingPanel
      title={i18n.t('Movers in 24 hours')}
      reading={reading}
      skeletonRows={5}
      select={(data) => data}
      action={<FeedBadge state={feed} />}
    >
      {(data) => (
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing={32}>
          <MoverList title={i18n.t('Up most')} assets={movedBy(data.rising.nodes, 1)} />
          <MoverList title={i18n.t('Down most')} assets={movedBy(data.falling.nodes, -1)} />
        </SimpleGrid>
      )}
    </ReadingPanel>
  )
}
