import { useDebouncedValue } from '@mantine/hooks'
import { ceilingOf, overCeiling } from '../api/cash-ceiling.ts'
import { useReading } from '../api/reading.ts'
import { config } from '../config.ts'
import { formatMoney } from '../format/money.ts'
import { ShellCashLimitsDocument, TicketPreviewDocument } from '../generated/graphql.ts'
import { i18n } from '../i18n.ts'
import { type DraftedOrder, draftOrder } from '../ticket/amounts.ts'
import { refusalWords } from '../ticket/refusal-words.ts'
import { maskAmounts, useHiddenAmounts } from '../ui/amounts.tsx'
import { type AssetCommand, draftOf, type Of } from './use-palette-commands.tsx'

/** Whether more is to be moved than the user may move now. */
function useCashProblem(command: Of<'cash'> | undefined): string | null {
  const areHidden = useHiddenAmounts()
  const { data } = useReading(ShellCashLimitsDocument, {}, { pause: !command })
  const portfolio = data?.me?.portfolio
  if (!command || !portfolio) return null
  const { amount, direction } = command
  const most = overCeiling(amount, ceilingOf(direction, portfolio))
  if (amount === undefined || most === null) return null
  return i18n.t('{amount} is beyond what you can move. {most}', {
    amount: formatMoney(amount),
    most: areHidden ? maskAmounts(most) : most,
  })
}

const noOrder: DraftedOrder = { assetId: '', side: 'BUY', type: 'MARKET' }

/** The order of a command, where it is complete and exact. */
function orderOf(command: Of<'trade'> | undefined): DraftedOrder | undefined {
  const draft = command && draftOf(command)
  if (!command?.asset || !draft) return undefined
  const { id, quote } = command.asset
  return draftOrder(id, draft, { marketPrice: quote?.price }).order
}

/** Whether the order is worth more than one order may be, by its preview. */
function useOrderProblem(command: Of<'trade'> | undefined): string | null {
  const order = orderOf(command)
  const current = JSON.stringify(order ?? null)
  const [settled] = useDebouncedValue(current, config.previewDelayMs)
  const { data } = useReading(
    TicketPreviewDocument,
    { input: order ?? noOrder },
    { pause: !order || settled !== current },
  )
  const preview = data?.previewOrder
  return order && preview?.refusal === 'ORDER_TOO_LARGE' ? refusalWords(preview, order.type) : null
}

/** The reason why what a text means is not offered, as far as the page knows: its form and the server decide. */
export function useReasonAgainst(commands: readonly AssetCommand[] = []): string | null {
  const areHidden = useHiddenAmounts()
  const only = commands.length === 1 ? commands[0] : undefined
  const cash = useCashProblem(only?.kind === 'cash' ? only : undefined)
  const order = useOrderProblem(only?.kind === 'trade' ? only : undefined)
  const isShare = (each: AssetCommand) => each.kind === 'trade' && each.size?.percent !== undefined
  return areHidden && commands.some(isShare)
    ? i18n.t('Show amounts first: a share of what you have would show it.')
    : (cash ?? order)
}
