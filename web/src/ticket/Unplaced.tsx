import { Alert, Button, Group, Text } from '@mantine/core'
import { IconHelpCircle } from '@tabler/icons-react'
import type { Failure } from '../api/errors.ts'
import { FailureNotice, FailureReference } from '../ui/FailureNotice.tsx'
import type { TicketState } from './use-ticket.ts'

/** What to do about a refusal whose own sentence does not say it. */
const nextSteps: Partial<Record<Failure['code'], string>> = {
  INSUFFICIENT_FUNDS: 'Go back and choose a smaller amount, or deposit cash first.',
  INSUFFICIENT_HOLDINGS: 'Go back and choose a smaller quantity.',
  ORDER_TOO_SMALL: 'Go back and choose a larger amount.',
  ORDER_TOO_LARGE: 'Go back and choose a smaller amount.',
  PRICE_MOVED: 'It is shown above: place the order at it, or go back.',
  ASSET_NOT_TRADABLE: 'Go back and choose another asset.',
  ASSET_HALTED: 'You can wait here until it trades again.',
  LIMIT_REACHED: 'Cancel an open order, then place this one.',
  BAD_USER_INPUT: 'Go back and change the order.',
  FORBIDDEN: 'Go back: this account cannot place it.',
}

/** A refused order: the reason, and what to do next. */
export function NotPlaced({ failure }: { failure: Failure }) {
  const { sentence, code } = failure
  const words = ['The order was not placed.', sentence, nextSteps[code]].filter(Boolean)
  return <FailureNotice failure={{ ...failure, sentence: words.join(' ') }} />
}

/** The last order was sent without a response: the user repeats it unchanged, or gives up. */
export function Unsettled({ ticket }: { ticket: TicketState }) {
  const { placeFailure } = ticket
  return (
    <Alert
      color="yellow"
      icon={<IconHelpCircle size={20} />}
      title="Did your last order go through?"
    >
      <Text size="sm">
        No answer arrived. Try again: the order carries its own key, so that it cannot be placed
        twice.
      </Text>
      {placeFailure && <FailureReference failure={placeFailure} />}
      <Group mt="sm" gap="xs">
        <Button size="xs" onClick={() => void ticket.sendAgain()}>
          Ask again
        </Button>
        <Button size="xs" variant="default" onClick={ticket.startOver}>
          Start over
        </Button>
      </Group>
    </Alert>
  )
}
