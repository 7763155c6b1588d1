import { Checkbox, Stack, Text } from '@mantine/core'
import { problemAt } from '../api/errors.ts'
import { i18n } from '../i18n.ts'
import { Money, Quantity } from '../ui/Money.tsx'
import { fieldMessage } from '../ui/field-message.tsx'
import { lotDay, lotName } from './lots.ts'
import type { TicketState } from './use-ticket.ts'

type LotProps = { readonly ticket: TicketState; readonly isLocked: boolean }

/** The lots of the holding, each with what is left of it and what that has cost. */
function Choice({ ticket, isLocked }: LotProps) {
  const { draft, change, balances, failure } = ticket
  const lots = balances.data?.me?.portfolio.holding?.lots ?? []
  if (lots.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {i18n.t('You have nothing to choose from.')}
      </Text>
    )
  }
  return (
    <Checkbox.Group
      label={i18n.t('Lots, by the day of purchase')}
      value={[...draft.lots]}
      {...fieldMessage(
        problemAt(failure, 'lots') ?? null,
        i18n.t('The oldest of them is sold first.'),
        2,
      )}
      onChange={(chosen) => change({ lots: chosen })}
    >
      <Stack gap={6} my={6}>
        {lots.map((lot) => (
          <Checkbox
            key={lotName(lot)}
            value={lotName(lot)}
            disabled={isLocked}
            label={
              <>
                {lotDay(lot.acquiredOn)} · <Quantity value={lot.quantity} /> ·{' '}
                <Money value={lot.basis} />
              </>
            }
          />
        ))}
      </Stack>
    </Checkbox.Group>
  )
}

/** Which lots a sale takes, instead of those that the account's choice would. */
export function LotFields({ ticket, isLocked }: LotProps) {
  const { draft, change } = ticket
  if (draft.side !== 'SELL') return null
  return (
    <>
      <Checkbox
        label={i18n.t('Choose the lots to sell')}
        disabled={isLocked}
        checked={draft.hasLots}
        onChange={({ currentTarget: { checked } }) => change({ hasLots: checked, lots: [] })}
      />
      {draft.hasLots && <Choice ticket={ticket} isLocked={isLocked} />}
    </>
  )
}
