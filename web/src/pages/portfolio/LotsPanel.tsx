import { SegmentedControl, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { useCommand } from '../../api/command.ts'
import { newCommandKey } from '../../api/command-key.ts'
import { useReading } from '../../api/reading.ts'
import {
  type LotMethod as SaleMethod,
  PortfolioChooseLotsDocument,
  PortfolioLotsDocument,
} from '../../generated/graphql.ts'
import { i18n } from '../../i18n.ts'
import { notifyDone, notifyFailure } from '../../ui/notify.ts'
import { ReadingPanel } from '../../ui/Panel.tsx'

/** How an account chooses; a sale may also name its lots. */
type LotMethod = Exclude<SaleMethod, 'NAMED'>

const methods = [
  { value: 'FIFO', label: i18n.t('First in, first out') },
  { value: 'HIFO', label: i18n.t('Highest cost first') },
] as const

const meanings: Record<LotMethod, string> = {
  FIFO: i18n.t(
    'A sale takes what you bought first. Its gain is measured against the price that you paid then.',
  ),
  HIFO: i18n.t(
    'A sale takes what cost you most per unit. Its gain is as small, or its loss as large, as your purchases allow; what you keep cost less, so a later sale gains more.',
  ),
}

function Choice({ method }: { method: LotMethod }) {
  /** Shown until the account is read again. */
  const [chosen, setChosen] = useState<{ readonly from: LotMethod; readonly to: LotMethod }>()
  const { run, isRunning } = useCommand(PortfolioChooseLotsDocument)
  const shown = chosen?.from === method ? chosen.to : method
  const choose = async (to: LotMethod) => {
    setChosen({ from: method, to })
    // Each choice replaces the one before, so that none needs the key of another.
    const { failure } = await run({ input: { key: newCommandKey(), method: to } })
    if (failure) {
      setChosen(undefined)
      notifyFailure(failure)
    } else notifyDone(i18n.t('Your later sales follow this choice'))
  }
  return (
    <Stack gap={10}>
      <SegmentedControl
        aria-label={i18n.t('Lots that a sale takes')}
        disabled={isRunning}
        value={shown}
        onChange={(to) => void choose(to)}
        data={[...methods]}
      />
      <Text size="sm">{meanings[shown]}</Text>
      <Text size="xs" c="dimmed">
        {i18n.t(
          'A lot is what you bought of an asset on one day; of more than 32, the oldest become one. The choice counts for every later sale, also of an order that is open now. Past sales keep their lots and their gains.',
        )}
      </Text>
    </Stack>
  )
}

/** The choice of the lots that later sales take. */
export function LotsPanel() {
  const reading = useReading(PortfolioLotsDocument, {})
  return (
    <ReadingPanel
      title={i18n.t('Lots of later sales')}
      reading={reading}
      skeletonRows={3}
      height={{ base: 168, sm: 124 }}
      select={({ me }) => me?.portfolio.lotMethod}
    >
      {(method) => method !== 'NAMED' && <Choice method={method} />}
    </ReadingPanel>
  )
}
